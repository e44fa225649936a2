"""One dataset from its source to the store, through the functions the command line and the DAGs call."""

from __future__ import annotations

import json
from functools import wraps

import pytest

from gongkai import lifecycle, pipeline
from gongkai.errors import DataError, Refused, TransientError
from gongkai.lifecycle import basis
from gongkai.pipeline.workspace import Workspace
from gongkai.project import SHIPPED, Project
from gongkai.registry.store import Registry

RAW = ("11010519491231002X", "440308199901101512", "欧阳震华", "诸葛明亮", "13812345678", "13987654321")


def test_a_registered_table_becomes_a_release(project) -> None:
    project.register()
    outcome = project.run()
    assert (outcome.verdict, outcome.exit_code, outcome.reasons) == ("published", 0, [])
    assert (outcome.rows_in, outcome.rows_out) == (3, 3)
    assert project.published().release == outcome.release
    assert {path.name for path in project.shown.iterdir()} >= {
        *(f"data.{name}" for name in ("csv", "json", "jsonl", "xml", "xlsx", "parquet")),
        "manifest.json", "plan.lock.json", "report.json", "report.html", "dictionary.csv", "LICENSE.txt", "CITATION.txt",
    }  # fmt: skip


def test_no_raw_value_is_in_the_release(project) -> None:
    project.register()
    project.run()
    rows = [json.loads(line) for line in (project.shown / "data.jsonl").read_text().splitlines()]
    assert [row["姓名"] for row in rows] == ["欧***", "诸***", "司***"]
    assert [row["区划"] for row in rows] == ["011", "011", "440308"]
    assert rows[2]["身份证号"] is None
    for path in project.home.joinpath("var").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [value for value in RAW if value.encode() in content], path.name


def test_the_same_rows_publish_nothing_new(project) -> None:
    project.register()
    first = project.run()
    second = project.run()
    assert (second.verdict, second.exit_code, second.release) == ("unchanged", 0, first.release)
    assert [run.verdict for run in Registry(Project.find().settings.database).runs(project.code)] == ["unchanged", "published"]


def test_the_same_rows_in_another_order_are_the_same_release(project) -> None:
    project.register()
    project.run()
    header, *rows = project.rows.read_text().splitlines()
    project.write_rows(text="\n".join([header, *reversed(rows)]) + "\n")
    assert project.run().verdict == "unchanged"


def test_new_rows_are_a_new_release_and_the_old_one_stays(project) -> None:
    project.register()
    first = project.run()
    project.write_rows(("12.50", "12.51"))
    second = project.run()
    assert (second.verdict, second.release == first.release) == ("published", False)
    assert (project.releases / first.release / "manifest.json").is_file()


def test_an_unapproved_entry_never_runs_to_the_store(project) -> None:
    lifecycle.apply(Project.find(), [project.entry])
    outcome = project.run()
    assert (outcome.verdict, outcome.exit_code) == ("refused", 3)
    assert "approval.missing" in outcome.reasons[0]
    assert project.published() is None


def test_an_edit_needs_approval_anew(project) -> None:
    project.register()
    project.run()
    project.write_entry(("持卡人的基本信息，虚构。", "持卡人的基本信息。"))
    lifecycle.apply(Project.find(), [project.entry])
    assert "approval.missing" in project.run().reasons[0]


def test_a_changed_rule_needs_approval_anew(project) -> None:
    project.register()
    project.run()
    (project.home / "expectations").mkdir()
    (project.home / "expectations" / f"{project.code}.yml").write_text(
        "rules:\n  - {code: D-01, type: expect_column_values_to_not_be_null, column: 卡号, severity: critical, dimension: completeness,"
        " description: {zh: 卡号必填, en: needed}}\n"
    )
    [reason] = project.run().reasons
    assert "approval.missing" in reason
    assert f"since a change of expectations/{project.code}.yml" in reason


def test_an_approval_that_does_not_say_what_it_stands_on_is_given_anew(project) -> None:
    lifecycle.apply(Project.find(), [project.entry])
    registry = Registry(Project.find().settings.database)
    registry.approve(project.code, by="审查员", note="虚构数据", basis="0" * 64)
    [reason] = project.run().reasons
    assert "approval.missing" in reason
    assert basis.UNKNOWN in reason


def test_a_kind_of_review_that_is_missing_is_named(project) -> None:
    lifecycle.apply(Project.find(), [project.entry])
    lifecycle.approve(Project.find(), project.code, by="审查员", note="虚构数据", kinds=["legal"])
    [reason] = project.run().reasons
    assert "approval.missing: this revision was approved without review technical, review committee;" in reason
    lifecycle.approve(Project.find(), project.code, by="专家委员会", note="虚构数据", kinds=["committee"])
    [reason] = project.run().reasons
    assert "approval.missing: this revision was approved without review technical;" in reason
    lifecycle.approve(Project.find(), project.code, by="专家组", note="虚构数据", kinds=["technical"])
    assert project.run().verdict == "published"


def test_a_release_packaged_before_an_edit_is_not_published(project) -> None:

    project.register()
    ref = pipeline.package(Project.find(), pipeline.check(Project.find(), pipeline.desensitize(Project.find(), project.code, "manual-1")))
    project.write_entry(("daily", "weekly"))
    project.register()
    with pytest.raises(Refused, match=r"approval\.revision"):
        pipeline.publish(Project.find(), ref)
    assert project.published() is None


def test_a_staged_table_that_was_touched_is_refused(project) -> None:

    project.register()
    ref = pipeline.desensitize(Project.find(), project.code, "manual-1")
    staged = Workspace(Project.find(), project.code, "manual-1").staged
    staged.write_bytes(staged.read_bytes()[:-1] + b"x")
    with pytest.raises(DataError, match=r"staged\.changed"):
        pipeline.check(Project.find(), ref)


def test_a_packaged_release_that_was_touched_is_not_published(project) -> None:
    project.register()
    ref = pipeline.package(Project.find(), pipeline.check(Project.find(), pipeline.desensitize(Project.find(), project.code, "manual-1")))
    manifest = Workspace(Project.find(), project.code, "manual-1").sealed / "manifest.json"
    manifest.chmod(0o600)
    manifest.write_bytes(manifest.read_bytes() + b" ")
    with pytest.raises(DataError, match=r"package\.changed"):
        pipeline.publish(Project.find(), ref)
    assert project.published() is None


def test_a_key_rotated_while_a_run_is_on_changes_neither_that_run_nor_its_scan(project) -> None:
    """Half a release under one key and half under another would let every raw value pass the scan."""
    from gongkai.keys import change

    project.register()
    ref = pipeline.desensitize(Project.find(), project.code, "manual-1")
    change.rotate(Project.find())
    first = pipeline.publish(Project.find(), pipeline.package(Project.find(), pipeline.check(Project.find(), ref))).release
    again = project.run()
    assert (again.verdict, again.release == first) == ("published", False)


def test_a_key_that_is_gone_while_a_run_is_on_stops_it(project) -> None:

    project.register()
    ref = pipeline.desensitize(Project.find(), project.code, "manual-1")
    (project.home / "keys" / "default.key").unlink()
    with pytest.raises(DataError, match=r"leak\.sketch"):
        pipeline.check(Project.find(), ref)
    assert project.published() is None


def test_nothing_is_left_in_staging(project) -> None:
    project.register()
    project.run()
    project.write_rows(("11010519491231002X", "11010519491231002X,x"))
    assert project.run().verdict == "refused"
    assert [path for path in Project.find().settings.staging.rglob("*") if path.is_file()] == []


INCREMENTAL = (
    "{kind: file, path: drops/cards.csv}",
    "{kind: file, path: drops/cards.csv, load: {mode: incremental, watermark: 办卡日期, full_every: P30D}}",
)
"""Loads only rows not older than the newest seen, merged by 卡号."""


@pytest.fixture
def growing(project):
    """A project whose dataset is loaded incrementally, with a first release of three rows."""
    project.write_entry(INCREMENTAL)
    project.write_rows(("1000000.10,", "1000000.10,2024-03-01"))
    project.register()
    assert project.run().rows_out == 3
    return project


def deliver(project, *lines: str) -> None:
    """A file of these lines only, as a source that gives what is new."""
    header = project.rows.read_text().splitlines()[0]
    project.write_rows(text="\n".join([header, *lines]) + "\n")


NEW = "0004,110105194912310038,东方不败,13700000000,011,1.00,2024-03-02"


def test_an_incremental_load_takes_up_where_the_last_one_ended(growing) -> None:
    deliver(growing, "0003,,司马懿懿,,440308,5.00,2024-03-01", NEW)
    outcome = growing.run()
    assert (outcome.verdict, outcome.rows_in, outcome.rows_out) == ("published", 2, 4)


def test_another_key_makes_the_whole_table_due(growing) -> None:
    (growing.home / "keys" / "default.key").write_text(
        "2:" + "0123456789abcdeffedcba98765432100f1e2d3c4b5a69788796a5b4c3d2e1f0\n"
    )
    assert growing.run().rows_in == 3


def test_a_load_goes_on_only_from_the_release_of_its_watermark(growing) -> None:
    first = growing.shown
    deliver(growing, NEW)
    assert growing.run().rows_out == 4
    current = first.parent.parent / "current"
    current.unlink()
    current.symlink_to(f"releases/{first.name}")
    deliver(growing, NEW.replace("0004", "0005"), NEW, "0001,,欧阳震华,,011,12.50,2024-01-05")
    assert growing.run().rows_in == 3


def test_a_load_does_not_go_on_from_a_damaged_release(growing) -> None:
    table = growing.shown / "data.parquet"
    content = bytearray(table.read_bytes())
    content[40] ^= 1
    table.chmod(0o600)
    table.write_bytes(content)
    deliver(growing, NEW)
    assert "store.damaged" in growing.run().reasons[0]


def test_a_whole_load_that_shrank_is_refused_though_loads_are_incremental(growing) -> None:
    (growing.home / "keys" / "default.key").write_text(
        "2:" + "0123456789abcdeffedcba98765432100f1e2d3c4b5a69788796a5b4c3d2e1f0\n"
    )
    deliver(growing, NEW)
    assert "rows.change" in growing.run().reasons[0]


def test_nothing_new_is_unchanged(growing) -> None:
    deliver(growing)
    outcome = growing.run()
    assert (outcome.verdict, outcome.rows_in) == ("unchanged", 0)


def test_keys_that_do_not_fit_are_not_merged_by(project) -> None:
    project.write_entry(
        INCREMENTAL, ("entity: CN_ID_CARD, method: pseudonymize}", "entity: CN_ID_CARD, method: pseudonymize, key: true}")
    )
    project.write_rows(("1000000.10,", "1000000.10,2024-03-01"), ("440308199901101512", "44030819"))
    project.register()
    assert "key.unfit" in project.run().reasons[0]


def test_a_publication_cut_off_after_the_swing_can_be_tried_again(project) -> None:

    project.register()
    ref = pipeline.package(Project.find(), pipeline.check(Project.find(), pipeline.desensitize(Project.find(), project.code, "manual-1")))
    assert pipeline.publish(Project.find(), ref).verdict == "published"
    assert pipeline.publish(Project.find(), ref).verdict == "published"


def test_two_runs_of_one_dataset_do_not_overtake_each_other(project) -> None:

    project.register()
    slow = pipeline.package(Project.find(), pipeline.check(Project.find(), pipeline.desensitize(Project.find(), project.code, "manual-1")))
    project.write_rows(("12.50", "12.51"))
    assert project.run().verdict == "published"
    with pytest.raises(TransientError, match="another run published"):
        pipeline.publish(Project.find(), slow)


def test_an_unforeseen_fault_is_on_record(project, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongkai import quality

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("13812345678")

    project.register()
    monkeypatch.setattr(quality, "check", broken)
    with pytest.raises(RuntimeError):
        project.run()
    (record,) = Registry(Project.find().settings.database).runs(project.code)
    assert (record.verdict, record.reasons) == ("failed", ["run.stopped: the run stopped before its end"])
    assert [path for path in Project.find().settings.staging.rglob("*") if path.is_file()] == []


def test_the_plan_in_a_release_tells_no_code_list(project) -> None:
    project.write_entry(
        ("method: mask, params: {keep: [1, 0]}", "clean: [trim, {null_tokens: [无名氏]}], method: mask, params: {keep: [1, 0]}")
    )
    project.register()
    project.run()
    lock = (project.shown / "plan.lock.json").read_text()
    assert "无名氏" not in lock
    assert '"null_tokens"' in lock


@pytest.mark.parametrize("method", ["mask", "pseudonymize"])
def test_a_broken_method_stops_the_run_before_anything_is_written(
    project, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    from gongkai import plugins

    module = plugins.load(SHIPPED, "transforms", method)
    project.register()
    monkeypatch.setattr(module, "apply", wraps(module.apply)(lambda column, **_: column))
    outcome = project.run()
    assert (outcome.verdict, project.published()) == ("refused", None)
    assert {reason.partition(":")[0] for reason in outcome.reasons} <= {"canary.survived", "leak.unmasked"}
    files = [path for path in project.home.joinpath("var").rglob("*") if path.is_file()]
    assert not [path.name for path in files for value in RAW if value.encode() in path.read_bytes()]


def test_canaries_are_neither_counted_nor_published(project) -> None:

    project.register()
    ref = pipeline.desensitize(Project.find(), project.code, "manual-1")
    tally = Workspace(Project.find(), project.code, "manual-1").kept("counts")
    assert (ref.rows_in, ref.rows_out, tally["rows_in"]) == (3, 3, 3)
    assert tally["columns"] == {"身份证号": {"desensitized": 2}, "姓名": {"desensitized": 3}, "手机": {"desensitized": 2}}


def test_a_paper_that_holds_a_value_stops_the_release(project, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongkai.package import accompanying_files

    project.write_rows(("13812345678", "0775-2823456"))
    project.register()
    monkeypatch.setattr(accompanying_files, "licence", lambda entry: "来电请拨0775-2823456。")
    outcome = project.run()
    assert outcome.reasons == ["leak.listed: original values in LICENSE.txt, paper (1 value)"]
    assert (outcome.exit_code, project.published()) == (3, None)


def test_a_value_in_a_column_that_was_registered_as_plain_stops_the_check(project) -> None:
    project.write_rows(("13812345678", "0775-2823456"), ("0003,,司马相如,,440308", "0003,,司马相如,,0775-2823456"))
    project.register()
    assert project.run().reasons == ["scan.listed: original values in published text (column 区划, 1 value)"]


def test_somebody_may_answer_for_such_a_value(project) -> None:
    (project.home / "expectations").mkdir()
    text = "allow: [{column: 区划, kind: listed, reason: 办事大厅的公开电话}]\n"
    (project.home / "expectations" / f"{project.code}.yml").write_text(text, encoding="utf-8")
    project.write_rows(("13812345678", "0775-2823456"), ("0003,,司马相如,,440308", "0003,,司马相如,,0775-2823456"))
    project.register()
    assert project.run().verdict == "published"


def test_a_project_without_a_key_has_a_list_all_the_same(project) -> None:
    (project.home / "keys" / "default.key").unlink()
    project.write_entry(("entity: CN_ID_CARD, method: pseudonymize}", "entity: CN_ID_CARD, method: suppress}"))
    project.write_rows(("13812345678", "0775-2823456"), ("0003,,司马相如,,440308", "0003,,司马相如,,0775-2823456"))
    project.register()
    assert "scan.listed" in project.run().reasons[0]


@pytest.mark.parametrize("name", ["sketch.bin", "allowed.bin"])
def test_a_run_that_lost_its_list_goes_no_further(project, name: str) -> None:

    project.register()
    ref = pipeline.check(Project.find(), pipeline.desensitize(Project.find(), project.code, "manual-1"))
    (Workspace(Project.find(), project.code, "manual-1").part("leaks") / name).unlink()
    with pytest.raises(DataError, match=r"leak\.sketch"):
        pipeline.package(Project.find(), ref)


def test_an_incremental_load_has_canaries_too(growing, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongkai import plugins

    module = plugins.load(SHIPPED, "transforms", "mask")
    monkeypatch.setattr(module, "apply", wraps(module.apply)(lambda column, **_: column))
    deliver(growing)
    assert "canary.survived" in growing.run().reasons[0]
