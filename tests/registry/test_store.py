"""The registry on SQLite and PostgreSQL: revisions, approvals, runs, and many processes at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gongkai.errors import ConfigError, Refused, TransientError
from gongkai.registry.entry import Entry
from gongkai.registry.store import Registry, RunRecord

MakeEntry = Callable[..., Entry]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def record(code: str = "social_card", run: str = "r1", **other: Any) -> RunRecord:
    values: dict[str, Any] = {
        "run": run,
        "code": code,
        "revision": "h",
        "plan": "p",
        "verdict": "published",
        "release": "20260101-1",
        "content": "c",
        "rows_in": 3_000_000_000,
        "rows_out": 9,
        "watermark": "2026-01-01 00:00:00",
        "full": True,
        "started": NOON,
        "finished": NOON + timedelta(minutes=1),
        "reasons": [],
    }
    return RunRecord(**{**values, **other})


def test_an_entry_becomes_a_revision_and_comes_back_whole(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    given = entry(update={"frequency": "irregular", "max_age": "P90D"})
    [change] = registry.save([given], rules="r")
    current = Registry(url).current("social_card")
    assert (change.what, change.number, change.hash) == ("new", 1, given.digest())
    assert current.entry == given
    assert current.hash == current.entry.digest() == given.digest()
    assert current.created.tzinfo is not None
    assert abs(datetime.now(UTC) - current.created) < timedelta(minutes=5)


def test_revisions_count_up_and_the_same_changes_nothing(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    first, second = entry(), entry(title="另一个名称")
    what = [registry.save([given], rules="r")[0] for given in (first, first, second, first)]
    assert [(change.what, change.number) for change in what] == [("new", 1), ("same", 1), ("changed", 2), ("changed", 3)]
    assert [change.number for change in registry.history("social_card")] == [3, 2, 1]
    assert registry.current("social_card").hash == first.digest()
    assert [revision.number for revision in registry.revisions()] == [3]


def test_comparing_says_the_same_and_changes_nothing(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    assert [change.what for change in registry.compare([entry()])] == ["new"]
    assert registry.revisions() == []


def test_all_entries_or_none(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    registry.save([entry(code="aa")], rules="r")
    with pytest.raises(ConfigError, match="another department"):
        registry.save([entry(code="bb"), entry(code="aa", department="other")], rules="r")
    assert [revision.code for revision in registry.revisions()] == ["aa"]


def test_more_datasets_than_a_statement_takes_parameters(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    entries = [entry(code=f"d{number:04}") for number in range(1500)]
    assert {change.what for change in registry.save(entries, rules="r")} == {"new"}
    assert {change.what for change in registry.save(entries, rules="r")} == {"same"}
    assert [revision.code for revision in registry.revisions()] == [given.code for given in entries]


def test_an_unknown_code_names_near_ones(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    with pytest.raises(ConfigError, match="none is yet"):
        registry.current("social_card")
    registry.save([entry()], rules="r")
    with pytest.raises(ConfigError, match="did you mean 'social_card'"):
        registry.current("social_cart")


def test_an_approval_holds_for_one_revision_on_one_basis(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    registry.save([entry()], rules="r")
    assert registry.approval("social_card", basis="R1") is None
    given = registry.approve("social_card", by=" 王 ", note=" 同意 ", basis="R1")
    assert (given.by, given.note, given.number, given.basis, given.hash) == ("王", "同意", 1, "R1", entry().digest())
    assert registry.approval("social_card", basis="R1") == given
    assert registry.approval("social_card", basis="R2") is None
    registry.save([entry()], rules="r")
    assert registry.approval("social_card", basis="R1") == given
    registry.save([entry(title="改")], rules="r")
    assert registry.approval("social_card", basis="R1") is None


def test_an_edit_that_goes_back_needs_approval_anew(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    for given in (entry(), entry(title="改"), entry()):
        registry.save([given], rules="r")
        if registry.current("social_card").number == 1:
            registry.approve("social_card", by="w", note="n", basis="R")
    assert registry.current("social_card").hash == entry().digest()
    assert registry.approval("social_card", basis="R") is None


def test_the_newest_approval_is_the_one_in_force(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    registry.save([entry()], rules="r")
    registry.approve("social_card", by="first", note="n", basis="R")
    second = registry.approve("social_card", by="second", note="n", basis="R")
    assert registry.approval("social_card", basis="R") == second
    assert [approval.by for approval in registry.approvals("social_card")] == ["first", "second"]


def test_each_kind_of_review_that_is_required_must_have_passed(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    registry.save([entry()], rules="r")

    def may_run(required: list[str]) -> bool:
        found = registry.approved(lambda _: "R", lambda _: required)
        assert [approval for _, approval in found] == [each for each in [registry.approval("social_card", basis="R", required=required)] if each]
        return bool(found)

    registry.approve("social_card", by="法制", note="n", basis="R", kinds=["legal"])
    assert may_run(["legal"])
    assert not may_run(["legal", "committee"])
    registry.approve("social_card", by="委员会", note="n", basis="R0", kinds=["committee"])
    assert not may_run(["legal", "committee"])  # on another basis
    registry.approve("social_card", by="委员会", note="n", basis="R", kinds=["committee"])
    assert may_run(["legal", "committee"])
    assert [approval.kinds for approval in registry.approvals("social_card")] == [("legal",), ("committee",), ("committee",)]


@pytest.mark.parametrize(("by", "note", "key"), [("", "n", "by"), (" ", "n", "by"), ("w", "\n", "note")])
def test_an_approval_says_who_and_why(url: str, entry: MakeEntry, by: str, note: str, key: str) -> None:
    registry = Registry(url)
    registry.save([entry()], rules="r")
    with pytest.raises(ConfigError, match=f"^{key}: is empty"):
        registry.approve("social_card", by=by, note=note, basis="R")
    assert registry.approvals() == []


def test_a_closed_dataset_is_never_approved_nor_runs(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    registry.save([entry()], rules="r")
    registry.approve("social_card", by="w", note="n", basis="R")
    registry.save([entry(opening={"type": "closed", "grounds": "法", "review_by": "2027-01-01"})], rules="r")
    with pytest.raises(Refused, match=r"approval\.closed"):
        registry.approve("social_card", by="w", note="n", basis="R")
    assert registry.approval("social_card", basis="R") is None
    assert registry.approved(lambda given: "R") == []


def test_what_was_reviewed_is_what_is_approved(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    registry.save([entry()], rules="r")
    reviewed = registry.current("social_card").hash
    registry.save([entry(title="改")], rules="r")
    for stale in (reviewed, reviewed[:8], ""):
        with pytest.raises(Refused, match=r"approval\.superseded"):
            registry.approve("social_card", by="w", note="n", basis="R", revision=stale)
    fresh = registry.current("social_card").hash[:8]
    assert registry.approve("social_card", by="w", note="n", basis="R", revision=fresh).number == 2


def test_only_what_is_approved_on_its_basis_may_run(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    registry.save([entry(code=code) for code in ("aa", "bb", "cc", "dd")], rules="r")
    registry.approve("aa", by="w", note="n", basis="R-aa")
    registry.approve("bb", by="w", note="n", basis="old")
    registry.approve("cc", by="w", note="n", basis="R-cc")
    newest = registry.approve("dd", by="x", note="n", basis="R-dd")
    registry.save([entry(code="cc", title="改")], rules="r")
    found = registry.approved(lambda given: f"R-{given.code}")
    assert [revision.code for revision, _ in found] == ["aa", "dd"]
    assert found[1][1] == newest


def test_a_run_keeps_one_row_however_often_it_is_tried(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    registry.save([entry(), entry(code="other")], rules="r")
    registry.begin("social_card", "r1")
    registry.begin("other", "r1")
    registry.begin("social_card", "r1")
    [running] = registry.runs("social_card")
    assert (running.verdict, running.finished, running.rows_in) == ("running", None, None)
    registry.finish("r1", record())
    assert registry.runs("social_card") == [record()]
    assert len(registry.runs()) == 2
    assert len(registry.runs(limit=1)) == 1


def test_a_run_of_an_unknown_dataset_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="no dataset 'social_card'"):
        Registry(url).begin("social_card", "r1")


def test_the_last_published_is_the_newest_good_one(url: str) -> None:
    registry = Registry(url)
    assert registry.last_published("social_card") is None
    later = NOON + timedelta(days=1)
    registry.finish("r1", record())
    registry.finish("r2", record(run="r2", verdict="unchanged", started=later, finished=later, reasons=["a", "b"]))
    registry.finish("r3", record(run="r3", verdict="refused", release=None, started=later, finished=later + timedelta(days=1)))
    registry.finish("o", record(code="other", run="o", finished=later + timedelta(days=9)))
    assert registry.last_published("social_card") == record(
        run="r2", verdict="unchanged", started=later, finished=later, reasons=["a", "b"]
    )


def test_a_failed_retry_does_not_undo_what_was_published(url: str, entry: MakeEntry) -> None:
    registry = Registry(url)
    registry.save([entry()], rules="r")
    registry.finish("r1", record())
    registry.begin("social_card", "r1")
    registry.finish("r1", record(verdict="failed", release=None, content=None, rows_in=None, revision=None, plan=None))
    assert registry.last_published("social_card") == record()
    assert [run.verdict for run in registry.runs()] == ["failed"]


def test_moments_come_back_in_utc(url: str) -> None:
    from zoneinfo import ZoneInfo

    registry = Registry(url)
    registry.finish("r1", record(started=NOON.astimezone(ZoneInfo("Asia/Shanghai"))))
    [run] = registry.runs()
    assert run.started == NOON
    assert run.started.utcoffset() == timedelta(0)


def apply_many(url: str, document: dict[str, Any], worker: int) -> None:
    registry = Registry(url)
    for turn in range(5):
        entries = [{**document, "code": f"d{number}", "title": f"{worker}-{turn}"} for number in range(5)]
        registry.save([Entry.model_validate(given) for given in entries], rules="r")
        registry.approve("d0", by=str(worker), note="n", basis="R")
        registry.begin("d0", f"{worker}-{turn}")


def test_many_processes_open_and_write_at_once(url: str, document: dict[str, Any]) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        pool.starmap(apply_many, [(url, document, worker) for worker in range(4)])
    registry = Registry(url)
    assert len(registry.revisions()) == 5
    assert {revision.number for revision in registry.revisions()} == {20}
    assert {tuple(change.number for change in registry.history(f"d{number}")) for number in range(5)} == {
        tuple(range(20, 0, -1))
    }
    assert len({revision.entry.title for revision in registry.revisions()}) == 1
    assert len(registry.approvals("d0")) == 20
    assert len(registry.runs("d0")) == 20


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        ("postgresql://u:S3cret@127.0.0.1:1/x", TransientError, "registry is out of reach"),
        ("postgresql+psycopg://u:S3cret@127.0.0.1:1/x", TransientError, "registry is out of reach"),
        ("mysql+pymysql://u:S3cret@127.0.0.1/x", ConfigError, "GONGKAI_REGISTRY_URL: is not the URL"),
        ("S3cret", ConfigError, "GONGKAI_REGISTRY_URL: is not the URL"),
        ("sqlite://", ConfigError, "GONGKAI_REGISTRY_URL: names no file"),
        ("sqlite:///:memory:", ConfigError, "GONGKAI_REGISTRY_URL: names no file"),
    ],
)
def test_a_registry_that_cannot_be_opened_says_so_without_its_password(url: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        Registry(url)
    assert "S3cret" not in repr(caught.value) + str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_file_that_is_no_database_is_a_fault_of_configuration(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    path.write_text("not a database, " * 100)
    with pytest.raises(ConfigError, match="registry's database refuses"):
        Registry(f"sqlite:///{path}")


def test_a_stored_entry_this_version_does_not_know_is_told_by_its_code(tmp_path: Path, entry: MakeEntry) -> None:
    import sqlite3

    registry = Registry(f"sqlite:///{tmp_path}/r.db")
    registry.save([entry()], rules="r")
    with sqlite3.connect(tmp_path / "r.db") as connection:
        connection.execute("UPDATE gongkai_revision SET document = '{}'")
    connection.close()
    with pytest.raises(ConfigError, match="the registered entry of social_card"):
        registry.current("social_card")
