"""From a file to an approved dataset, and the ways an approval ends."""

from __future__ import annotations

import copy
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from gongkai import keys, lifecycle, settings
from gongkai.errors import ConfigError, Refused
from gongkai.registry.store import Registry
from gongkai.settings import Settings

DOCUMENT: dict[str, Any] = {
    "code": "social_card",
    "title": "社会保障卡发放信息",
    "department": "hrss",
    "category": "社会保障",
    "provider": {"name": "某市人力资源和社会保障局", "code": "11450900MB0000000X"},
    "abstract": "社会保障卡的状态。",
    "format": "数据库",
    "sharing": {"type": "unconditional"},
    "opening": {"type": "unconditional"},
    "update": {"frequency": "daily"},
    "issued": "2026-01-01",
    "licence": {"name": "开放许可协议"},
    "contact": {"unit": "信息中心", "name": "数据管理员"},
    "source": {"kind": "sql", "connection": "hrss", "table": "social_card"},
    "columns": [
        {"name": "name", "title": "姓名", "entity": "PERSON_NAME", "method": "mask", "params": {"keep": [1, 0]}},
        {"name": "status", "title": "卡状态", "entity": "NONE", "method": "keep"},
    ],
    "formats": ["csv", "json"],
}
CLOSED = {"type": "closed", "grounds": "法", "review_by": "2027-01-01"}

Write = Callable[..., Path]


@pytest.fixture
def project(home: Path) -> Settings:
    return settings.load()


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


def states(project: Settings) -> dict[str, str]:
    return {item.revision.code: item.state for item in lifecycle.status(project)}


def what(changes: list[Any]) -> list[tuple[str, int, str]]:
    return [(change.code, change.number, change.what) for change in changes]


def test_files_become_revisions(project: Settings, write: Write) -> None:
    write()
    write("second")
    assert what(lifecycle.apply(project, [project.catalog])) == [("second", 1, "new"), ("social_card", 1, "new")]
    write(title="改")
    changed = [("second", 1, "same"), ("social_card", 2, "changed")]
    assert what(lifecycle.apply(project, [project.catalog], dry_run=True)) == changed
    assert what(lifecycle.apply(project, [project.catalog])) == changed


def test_one_fault_in_one_file_changes_nothing_at_all(project: Settings, write: Write) -> None:
    write()
    write("second", sharing={"type": "unconditional", "obtained": True})
    write("third", opening={"type": "conditional"})
    with pytest.raises(ConfigError) as caught:
        lifecycle.apply(project, [project.catalog])
    assert [(fault.file, fault.key) for fault in caught.value.faults] == [
        ("catalog/hrss/second.yml", "sharing.obtained"),
        ("catalog/hrss/third.yml", "opening.conditions"),
    ]
    assert Registry(project.database).revisions() == []


def test_a_fault_in_the_expectations_is_one_of_the_entry(project: Settings, write: Write) -> None:
    write()
    write("second")
    (project.home / "expectations").mkdir()
    (project.home / "expectations" / "second.yml").write_text("a: [\n")
    with pytest.raises(ConfigError) as caught:
        lifecycle.apply(project, [project.catalog])
    assert [fault.file for fault in caught.value.faults] == ["expectations/second.yml"]


def test_a_code_stays_with_its_department(project: Settings, write: Write) -> None:
    path = write()
    lifecycle.apply(project, [path])
    other = project.catalog / "civil" / "social_card.yml"
    other.parent.mkdir()
    other.write_text(path.read_text("utf-8").replace("department: hrss", "department: civil"), "utf-8")
    path.unlink()
    with pytest.raises(ConfigError, match="another department"):
        lifecycle.apply(project, [other])


def test_an_approval_ends_with_any_change(project: Settings, write: Write) -> None:
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
    assert states(project) == {"social_card": "outdated"}
    assert lifecycle.approved(project) == []
    write()
    lifecycle.apply(project, [path])
    assert states(project) == {"social_card": "outdated"}


@pytest.mark.parametrize("place", ["rules/policy.yml", "transforms/mask.py", "expectations/_common.yml"])
def test_an_approval_ends_when_what_it_stands_on_changes(project: Settings, write: Write, place: str) -> None:
    from gongkai import content

    lifecycle.apply(project, [write()])
    lifecycle.approve(project, "social_card", by="王", note="同意开放")
    shipped = (content.shipped() / place).read_text("utf-8")
    own = project.home / place
    own.parent.mkdir(exist_ok=True)
    own.write_text(shipped.replace("last: 4", "last: 3") if place.startswith("rules") else f"{shipped}\n# changed\n", "utf-8")
    assert states(project) == {"social_card": "outdated"}
    own.unlink()
    assert states(project) == {"social_card": "approved"}


def test_a_closed_dataset_stays_closed(project: Settings, write: Write) -> None:
    lifecycle.apply(project, [write(opening=CLOSED)])
    with pytest.raises(Refused, match=r"approval\.closed"):
        lifecycle.approve(project, "social_card", by="王", note="同意")
    assert states(project) == {"social_card": "closed"}
    assert lifecycle.status(project)[0].approval is None


def test_what_the_rules_no_longer_allow_is_not_approved(project: Settings, write: Write) -> None:
    lifecycle.apply(project, [write()])
    (project.home / "rules").mkdir()
    text = "levels: {core: 核心, important: 重要, general_4: 四, general_3: 三, general_2: 二, general_1: 一}\nallow: {}\n"
    (project.home / "rules" / "policy.yml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="forbids mask"):
        lifecycle.approve(project, "social_card", by="王", note="同意")
    assert states(project) == {"social_card": "draft"}


def test_only_what_was_reviewed_is_approved(project: Settings, write: Write) -> None:
    path = write()
    [change] = lifecycle.apply(project, [path])
    write(title="改")
    lifecycle.apply(project, [path])
    with pytest.raises(Refused, match=r"approval\.superseded"):
        lifecycle.approve(project, "social_card", by="王", note="同意", revision=change.hash)


def test_a_project_begins_with_its_folders_a_key_and_an_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "某市" / "open"
    made = lifecycle.init(folder)
    assert {path.name for path in folder.iterdir() if path.is_dir()} == set(lifecycle.FOLDERS)
    assert {name: stat.S_IMODE((folder / name).stat().st_mode) for name in lifecycle.PRIVATE} == {"keys": 0o700, "var": 0o700}
    key = folder / "keys" / "default.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key in made
    monkeypatch.setenv("GONGKAI_HOME", str(folder))
    assert keys.load(settings.load()).version == 1
    assert len(keys.load(settings.load()).secret) == 32
    assert (folder / ".gitignore").read_text() == "/keys/\n/var/\n"
    example = folder / "catalog" / "example" / "social_card.yml.example"
    example.rename(example.with_suffix(""))
    assert what(lifecycle.apply(settings.load(), [folder / "catalog"])) == [("social_card", 1, "new")]


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
