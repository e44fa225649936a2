"""From a file to an approved dataset, and the ways an approval ends."""

from __future__ import annotations

import copy
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests import entries

from gongkai import keys, lifecycle
from gongkai.errors import ConfigError, Refused
from gongkai.lifecycle import scaffold
from gongkai.project import Project, shipped_folder
from gongkai.registry.store import Registry

DOCUMENT = entries.document(
    columns=[
        entries.column("name", "PERSON_NAME", "mask", title="姓名", params={"keep": [1, 0]}),
        entries.column("status", title="卡状态"),
    ],
    formats=["csv", "json"],
)
CLOSED = {"type": "closed", "grounds": "法", "review_by": "2027-01-01"}

Write = Callable[..., Path]


@pytest.fixture
def project(home: Path) -> Project:
    return Project.find()


@pytest.fixture
def write(home: Path) -> Write:
    """Write an entry with other top-level values into the catalogue."""

    def write(name: str = "social_card", **other: Any) -> Path:
        path = home / "catalog" / "hrss" / f"{name}.yml"
        path.parent.mkdir(exist_ok=True)
        document = {**copy.deepcopy(DOCUMENT), "code": name, **other}
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        return path

    return write


def states(project: Project) -> dict[str, str]:
    """By its files as they are now."""
    return {item.revision.code: item.state for item in lifecycle.status(Project.at(project.settings.home))}


def what(changes: list[Any]) -> list[tuple[str, int, str]]:
    return [(change.code, change.number, change.what) for change in changes]


def test_files_become_revisions(project: Project, write: Write) -> None:
    write()
    write("second")
    assert what(lifecycle.apply(project, [project.settings.catalog])) == [("second", 1, "new"), ("social_card", 1, "new")]
    write(title="改")
    changed = [("second", 1, "same"), ("social_card", 2, "changed")]
    assert what(lifecycle.apply(project, [project.settings.catalog], dry_run=True)) == changed
    assert what(lifecycle.apply(project, [project.settings.catalog])) == changed


def test_one_fault_in_one_file_changes_nothing_at_all(project: Project, write: Write) -> None:
    write()
    write("second", sharing={"type": "unconditional", "obtained": True})
    write("third", opening={"type": "conditional"})
    with pytest.raises(ConfigError) as caught:
        lifecycle.apply(project, [project.settings.catalog])
    assert [(fault.file, fault.key) for fault in caught.value.faults] == [
        ("catalog/hrss/second.yml", "sharing.obtained"),
        ("catalog/hrss/third.yml", "opening.conditions"),
    ]
    assert Registry(project.settings.database).revisions() == []


def test_a_fault_in_the_expectations_is_one_of_the_entry(project: Project, write: Write) -> None:
    write()
    write("second")
    (project.settings.home / "expectations").mkdir()
    (project.settings.home / "expectations" / "second.yml").write_text("a: [\n")
    with pytest.raises(ConfigError) as caught:
        lifecycle.apply(project, [project.settings.catalog])
    assert [fault.file for fault in caught.value.faults] == ["expectations/second.yml"]


def test_a_code_stays_with_its_department(project: Project, write: Write) -> None:
    path = write()
    lifecycle.apply(project, [path])
    other = project.settings.catalog / "civil" / "social_card.yml"
    other.parent.mkdir()
    other.write_text(path.read_text("utf-8").replace("department: hrss", "department: civil"), "utf-8")
    path.unlink()
    with pytest.raises(ConfigError, match="another department"):
        lifecycle.apply(project, [other])


def test_an_approval_ends_with_any_change(project: Project, write: Write) -> None:
    path = write()
    lifecycle.apply(project, [path])
    assert states(project) == {"social_card": "draft"}
    approval = lifecycle.approve(project, "social_card", by="王", note="同意开放")
    assert states(project) == {"social_card": "approved"}
    assert [(revision.code, given) for revision, given in lifecycle.approved(project)] == [("social_card", approval)]
    lifecycle.apply(project, [path])
    assert states(project) == {"social_card": "approved"}
    write(title="改")
    lifecycle.apply(project, [path])
    assert states(project) == {"social_card": "due"}
    assert lifecycle.approved(project) == []
    write()
    lifecycle.apply(project, [path])
    assert states(project) == {"social_card": "due"}


@pytest.mark.parametrize(
    ("place", "edit", "due"),
    [
        ("rules/policy.yml", lambda text: text.replace("last: 4", "last: 3"), ("rules/policy.yml",)),
        ("transforms/mask.py", lambda text: f"{text}\n# changed\n", ("method mask", "transforms/mask.py")),
        ("expectations/_common.yml", lambda text: text.replace("row_change: 50", "row_change: 49"), ("expectations/_common.yml",)),
    ],
)
def test_an_approval_ends_when_what_it_stands_on_changes(
    project: Project, write: Write, place: str, edit: Callable[[str], str], due: tuple[str, ...]
) -> None:
    lifecycle.apply(project, [write()])
    lifecycle.approve(project, "social_card", by="王", note="同意开放")
    shipped = (shipped_folder() / place).read_text("utf-8")
    own = project.settings.home / place
    own.parent.mkdir(exist_ok=True)
    own.write_text(edit(shipped), "utf-8")
    assert states(project) == {"social_card": "due"}
    assert lifecycle.status(Project.find())[0].due == due
    own.unlink()
    assert states(project) == {"social_card": "approved"}


def test_each_kind_of_review_that_is_missing_is_due(project: Project, write: Write) -> None:
    lifecycle.apply(project, [write()])
    due = [()]
    for kind in ("technical", "legal"):
        [item] = lifecycle.status(project)
        assert (item.state, item.due) == ("draft" if item.approval is None else "due", due[-1])
        lifecycle.approve(project, "social_card", by="王", note="同意开放", kinds=[kind])
        due.append(lifecycle.status(project)[0].due)
    assert due == [(), ("review legal",), ()]
    assert states(project) == {"social_card": "approved"}


def test_a_review_on_another_basis_is_none(project: Project, write: Write) -> None:
    lifecycle.apply(project, [write()])
    lifecycle.approve(project, "social_card", by="王", note="同意开放", kinds=["technical"])
    own = project.settings.home / "expectations" / "social_card.yml"
    own.parent.mkdir()
    own.write_text("row_change: 49\n", "utf-8")
    changed = Project.find()
    assert lifecycle.status(changed)[0].due == ("expectations/social_card.yml",)
    lifecycle.approve(changed, "social_card", by="王", note="同意开放", kinds=["legal"])
    assert lifecycle.status(changed)[0].due == ("review technical",)


def test_a_closed_dataset_stays_closed(project: Project, write: Write) -> None:
    lifecycle.apply(project, [write(opening=CLOSED)])
    with pytest.raises(Refused, match=r"approval\.closed"):
        lifecycle.approve(project, "social_card", by="王", note="同意")
    assert states(project) == {"social_card": "closed"}
    assert lifecycle.status(project)[0].approval is None


def test_what_the_rules_no_longer_allow_is_not_approved(project: Project, write: Write) -> None:
    lifecycle.apply(project, [write()])
    (project.settings.home / "rules").mkdir()
    text = "levels: {core: 核心, important: 重要, general_4: 四, general_3: 三, general_2: 二, general_1: 一}\nallow: {}\n"
    (project.settings.home / "rules" / "policy.yml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="forbids mask"):
        lifecycle.approve(Project.find(), "social_card", by="王", note="同意")
    assert states(project) == {"social_card": "draft"}


def test_only_what_was_reviewed_is_approved(project: Project, write: Write) -> None:
    path = write()
    [change] = lifecycle.apply(project, [path])
    write(title="改")
    lifecycle.apply(project, [path])
    with pytest.raises(Refused, match=r"approval\.superseded"):
        lifecycle.approve(project, "social_card", by="王", note="同意", revision=change.hash)


def test_a_project_begins_with_its_folders_a_key_and_an_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "某市" / "open"
    made = lifecycle.init(folder)
    assert {path.name for path in folder.iterdir() if path.is_dir()} == set(scaffold.FOLDERS)
    assert {name: stat.S_IMODE((folder / name).stat().st_mode) for name in scaffold.PRIVATE} == {"keys": 0o700, "var": 0o700}
    key = folder / "keys" / "default.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key in made
    monkeypatch.setenv("GONGKAI_HOME", str(folder))
    assert keys.load(Project.find()).version == 1
    assert len(keys.load(Project.find()).secret) == 32
    assert (folder / ".gitignore").read_text() == "/keys/\n/var/\n"
    example = folder / "catalog" / "example" / "social_card.yml.example"
    example.rename(example.with_suffix(""))
    assert what(lifecycle.apply(Project.find(), [folder / "catalog"])) == [("social_card", 1, "new")]


def test_beginning_again_touches_nothing(tmp_path: Path) -> None:
    lifecycle.init(tmp_path)
    (tmp_path / ".gitignore").write_text("mine\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert lifecycle.init(tmp_path) == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_two_projects_have_two_keys(tmp_path: Path) -> None:
    contents = set()
    for name in ("a", "b"):
        lifecycle.init(tmp_path / name)
        contents.add((tmp_path / name / "keys" / "default.key").read_text())
    assert len(contents) == 2


def test_a_project_cannot_begin_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="cannot be made"):
        lifecycle.init(tmp_path / "file")
