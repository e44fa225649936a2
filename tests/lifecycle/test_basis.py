"""What an approval stands on: anything that decides about what is published ends it, anything else does not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests import entries

from gongkai import lifecycle
from gongkai.errors import ConfigError
from gongkai.lifecycle import basis
from gongkai.methods.table import Treatment
from gongkai.plan import contract
from gongkai.project import SHIPPED, Project, shipped_folder
from gongkai.registry import store
from gongkai.registry.entry import Entry
from gongkai.registry.store import Approval, Registry

DOCUMENT = entries.document(opening={"type": "conditional", "conditions": "凭申请"})
COLUMNS: Mapping[str, dict[str, Any]] = {
    "kept": {"entity": "NONE", "method": "keep"},
    "ends": {"entity": "PERSON_NAME", "method": "mask", "params": {"keep": [1, 0]}},
    "surname": {"entity": "PERSON_NAME", "method": "mask", "params": {"show": ["surname"]}},
    "birth": {"entity": "CN_ID_CARD", "method": "mask", "params": {"show": ["birth_year"]}},
    "link": {"entity": "CN_ID_CARD", "method": "pseudonymize"},
    "phone": {"entity": "PHONE", "method": "encrypt_fpe"},
    "identity": {"entity": "CN_ID_CARD", "method": "encrypt_fpe", "params": {"alphabet": "id_number"}},
    "schooling": {"entity": "EDUCATION", "method": "generalize", "params": {"hierarchy": "education", "level": 1}},
    "trade": {"entity": "OCCUPATION", "method": "generalize", "params": {"hierarchy": "trades", "level": 1}},
    "region": {"entity": "ADDRESS_REGION", "method": "generalize_region", "params": {"to": "city"}},
    "address": {"entity": "ADDRESS", "method": "truncate_address", "params": {"to": "city"}},
    "made up": {"entity": "PERSON_NAME", "method": "fake"},
    "made up address": {"entity": "ADDRESS", "method": "fake"},
    "text": {"entity": "FREE_TEXT", "method": "redact_text"},
    "joined age": {"entity": "AGE", "type": "integer", "method": "k_anonymize"},
    "joined region": {"entity": "ADDRESS_REGION", "method": "k_anonymize"},
    "joined address": {"entity": "ADDRESS", "method": "k_anonymize"},
    "joined schooling": {"entity": "EDUCATION", "method": "k_anonymize", "params": {"ladder": "file", "hierarchy": "education"}},
}
"""A column for each way in which a method reads a content file, or none."""
VALUES: Mapping[str, Any] = {
    "CN_ID_CARD": "11010519491231002X",
    "PHONE": "13812345678",
    "PERSON_NAME": "欧阳震华",
    "EDUCATION": "小学",
    "OCCUPATION": "医生",
    "ADDRESS_REGION": "370102",
    "ADDRESS": "山东省济南市历下区文化路1号",
    "FREE_TEXT": "市民王建国来电，家住济南市历下区文化路1号，其电话13812345678。",
    "AGE": 35,
    "NONE": "正常",
}
TRADES = "医生;医疗\n护士;医疗\n教师;教育\n"
SCHOOLING, NAMES = {"schooling", "joined schooling"}, {"surname", "text"}
DIVISIONS = {"identity", "region", "address", "made up address", "joined region", "joined address"}
MASKED, ALL, NOBODY = {"ends", "surname", "birth"}, set(COLUMNS), set[str]()
YAML = ["rules/policy.yml", "rules/entities.yml", "rules/text.yml", "rules/values/names.yml", "expectations/_common.yml"]


def entry(*names: str, **other: Any) -> Entry:
    """An entry with these columns."""
    columns = [{"name": name, "title": name, **COLUMNS[name]} for name in names]
    return Entry.model_validate({**DOCUMENT, "columns": columns, **other})


def shipped(place: str) -> str:
    return (shipped_folder() / place).read_text("utf-8")


def write(home: Path, place: str, text: str) -> None:
    path = home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def digests(home: Path) -> dict[str, str]:
    """By column, the digest of the basis of an entry of this column alone, as the files are now."""
    project = Project.at(home)
    return {name: basis.of(project, entry(name)).digest for name in COLUMNS}


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {name for name in COLUMNS if after[name] != before[name]}


@pytest.fixture(autouse=True)
def trades(home: Path) -> None:
    """A hierarchy of the city's own."""
    write(home, "rules/hierarchies/trades.csv", TRADES)


@pytest.mark.parametrize(
    ("place", "old", "new", "users"),
    [
        ("rules/hierarchies/education.csv", "", "其他学历;其他;其他;其他\n", SCHOOLING),
        ("rules/reference/divisions.csv", "济南市", "泉城市", DIVISIONS),
        ("rules/values/names.yml", "欧阳", "欧羊", NAMES),
        ("rules/text.yml", "mode: balanced", "mode: strict", {"text"}),
        ("rules/values/places.yml", "", "more: [某地]\n", NOBODY),
        ("rules/headers/plain.yml", "", "more: [某列]\n", NOBODY),
        ("rules/policy.yml", "last: 4", "last: 3", ALL),
        ("rules/entities.yml", "title: 单位公开电话", "title: 公开电话", ALL),
        ("expectations/_common.yml", "row_change: 50", "row_change: 49", ALL),
    ],
)
def test_a_changed_copy_of_a_shipped_file_counts_for_the_entries_that_use_it(
    home: Path, place: str, old: str, new: str, users: set[str]
) -> None:
    before, text = digests(home), shipped(place)
    assert old in text
    write(home, place, text.replace(old, new) if old else text + new)
    assert differing(before, digests(home)) == users


@pytest.mark.parametrize("place", ["rules/hierarchies/education.csv", "rules/reference/divisions.csv", *YAML])
def test_a_copy_of_a_shipped_file_changes_nothing(home: Path, place: str) -> None:
    before = digests(home)
    write(home, place, shipped(place))
    assert digests(home) == before


@pytest.mark.parametrize(
    ("place", "text", "users"),
    [
        ("rules/hierarchies/trades.csv", TRADES + "律师;法律\n", {"trade"}),
        ("rules/hierarchies/other.csv", TRADES, NOBODY),
        ("expectations/social_card.yml", "row_change: 49\n", ALL),
        ("expectations/other.yml", "row_change: 49\n", NOBODY),
        ("transforms/mask.py", "# lacks its verb\n", MASKED),
        ("transforms/mask.py", "is not Python\n", MASKED),
        ("transforms/bucket.py", "# not used by these entries\n", NOBODY),
        ("transforms/own.py", "# not used by these entries\n", NOBODY),
        ("transforms/_shared.py", "# no method\n", NOBODY),
        ("sources/sql.py", "# the city's own\n", ALL),
        ("sources/file.py", "# not used by these entries\n", NOBODY),
        ("formats/csv.py", "# the city's own\n", ALL),
        ("formats/json.py", "# not used by these entries\n", NOBODY),
        ("stores/folder.py", "# the city's own\n", ALL),
    ],
)
def test_a_file_of_the_city_s_own_counts_for_the_entries_that_use_it(
    home: Path, place: str, text: str, users: set[str]
) -> None:
    before = digests(home)
    write(home, place, text)
    assert differing(before, digests(home)) == users


@pytest.mark.parametrize("place", YAML)
def test_comments_and_line_ends_of_yaml_do_not_count(home: Path, place: str) -> None:
    before = digests(home)
    write(home, place, "# a comment more\r\n" + shipped(place).replace("\n", "\r\n"))
    assert digests(home) == before


def test_the_order_of_the_levels_counts(home: Path) -> None:
    before, text = digests(home), shipped("rules/policy.yml")
    two = [line for line in text.splitlines(keepends=True) if line.startswith(("  general_1: ", "  general_2: "))][:2]
    write(home, "rules/policy.yml", text.replace("".join(two), "".join(reversed(two))))
    assert differing(before, digests(home)) == ALL


def test_a_method_of_the_city_s_own_counts_byte_for_byte(home: Path) -> None:
    text = shipped("transforms/mask.py")
    found = [digests(home)]
    for changed in (text, f"{text}# changed\n", text.replace("\n", "\r\n")):
        write(home, "transforms/mask.py", changed)
        found.append(digests(home))
    program, own, commented, ends = found
    assert differing(program, own) == differing(own, commented) == differing(program, commented) == MASKED
    assert ends == own
    parts = basis.of(Project.at(home), entry("ends")).parts
    assert "transforms/mask.py" in parts
    assert "method mask" not in parts


def test_where_releases_go_counts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digests(home)
    write(home, "stores/other.py", "# the city's own\n")
    assert digests(home) == before
    monkeypatch.setenv("GONGKAI_STORE", "other:somewhere")
    assert differing(before, digests(home)) == ALL


def test_the_version_of_a_shipped_method_counts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digests(home)
    monkeypatch.setattr(contract.load(SHIPPED, "mask").module, "VERSION", 99)
    assert differing(before, digests(home)) == MASKED


def test_it_is_the_same_each_time(home: Path) -> None:
    project, of_all = Project.at(home), entry(*COLUMNS)
    first = basis.of(project, of_all)
    assert first == basis.of(project, of_all) == basis.of(Project.at(home), of_all)
    assert list(first.parts) == list(basis.of(Project.at(home), of_all).parts)


def test_what_the_project_read_before_decides_nothing(home: Path) -> None:
    """The files of an entry's methods are noted though another entry had them read."""
    project = Project.at(home)
    for name in COLUMNS:
        assert basis.of(project, entry(name)) == basis.of(Project.at(home), entry(name)), name


def test_a_file_that_changes_in_place_is_read_again(home: Path) -> None:
    found = set()
    for text in ("row_change: 1\n", "row_change: 22\n", "row_change: 333\n"):
        write(home, "expectations/social_card.yml", text)
        found.add(basis.of(Project.at(home), entry("kept")).digest)
    assert len(found) == 3


@pytest.mark.parametrize("name", COLUMNS)
def test_a_method_reads_nothing_that_no_approval_covers(home: Path, tmp_path: Path, name: str) -> None:
    files = basis.of(Project.at(home), entry(name)).files
    treat(Project.at(home).held_to(files), name, tmp_path)


@pytest.mark.parametrize(
    ("place", "users"),
    [
        ("rules/hierarchies/education.csv", SCHOOLING),
        ("rules/reference/divisions.csv", DIVISIONS),
        ("rules/values/names.yml", NAMES),
        ("rules/text.yml", {"text"}),
    ],
)
def test_a_method_that_reads_more_is_stopped(home: Path, tmp_path: Path, place: str, users: set[str]) -> None:
    for name in sorted(users):
        files = basis.of(Project.at(home), entry(name)).files
        with pytest.raises(ConfigError, match=f"{place}: is read, but no approval covers it"):
            treat(Project.at(home).held_to(files - {place}), name, tmp_path)


def treat(project: Project, name: str, scratch: Path) -> None:
    """Rows of one value, by the method of a column."""
    [column] = entry(name).columns
    method = contract.load(project, str(column.method))
    given = method.check(column.params)[0]
    rows = pa.array([VALUES[str(column.entity)]] * 3)
    if method.whole_table:
        entities = {"c": str(column.entity)}
        treatment = Treatment(columns={"c": given}, entities=entities, scratch=scratch, project=project)
        made = method.stage(iter([pa.record_batch({"c": rows})]), method.table_params({"k": 2}), treatment)
        assert sum(len(each) for each in made) == 3
    else:
        assert len(method.apply(rows, given, entity=str(column.entity), key=bytes(range(32)))) == 3


@pytest.fixture
def registry(home: Path) -> Registry:
    return store.of(Project.at(home))


def approve(registry: Registry, home: Path, given: Entry) -> Approval:
    registry.save([given], rules="r")
    now = basis.of(Project.at(home), given)
    return registry.approve(given.code, by="王", note="同意", basis=now.digest, stands_on=now.parts)


def why(registry: Registry, home: Path) -> tuple[str, ...]:
    """Why the last approval no longer holds, as the registry has it."""
    return basis.changes(Project.at(home), registry.current("social_card"), registry.approvals("social_card")[-1])


def test_nothing_changed(home: Path, registry: Registry) -> None:
    approve(registry, home, entry(*COLUMNS))
    assert why(registry, home) == ()


@pytest.mark.parametrize(
    ("place", "text", "told"),
    [
        ("rules/hierarchies/trades.csv", TRADES + "律师;法律\n", ("rules/hierarchies/trades.csv",)),
        ("expectations/social_card.yml", "row_change: 49\n", ("expectations/social_card.yml",)),
        ("transforms/mask.py", shipped("transforms/mask.py"), ("method mask", "transforms/mask.py")),
        ("rules/text.yml", shipped("rules/text.yml").replace("mode: balanced", "mode: strict"), ("rules/text.yml",)),
        ("rules/hierarchies/other.csv", TRADES, ()),
    ],
    ids=lambda given: given if str(given).endswith((".csv", ".yml", ".py")) else "",
)
def test_what_changed_is_named(home: Path, registry: Registry, place: str, text: str, told: tuple[str, ...]) -> None:
    approve(registry, home, entry(*COLUMNS))
    write(home, place, text)
    assert why(registry, home) == told


def test_everything_that_changed_is_named(home: Path, registry: Registry) -> None:
    approve(registry, home, entry(*COLUMNS))
    write(home, "rules/hierarchies/trades.csv", TRADES + "律师;法律\n")
    write(home, "expectations/social_card.yml", "row_change: 49\n")
    assert why(registry, home) == ("expectations/social_card.yml", "rules/hierarchies/trades.csv")


def test_a_file_that_is_gone_or_broken_is_named(home: Path, registry: Registry) -> None:
    approve(registry, home, entry("trade"))
    for text in ("医生;医疗\n护士\n", None):
        if text is None:
            (home / "rules/hierarchies/trades.csv").unlink()
        else:
            write(home, "rules/hierarchies/trades.csv", text)
        assert why(registry, home) == ("rules/hierarchies/trades.csv",)
    write(home, "rules/hierarchies/trades.csv", TRADES)
    assert why(registry, home) == ()


def test_a_changed_entry_is_told_first(home: Path, registry: Registry) -> None:
    approve(registry, home, entry("ends"))
    registry.save([entry("ends", title="改")], rules="r")
    write(home, "expectations/social_card.yml", "row_change: 49\n")
    assert why(registry, home) == (basis.ENTRY,)


def test_an_approval_that_does_not_say_what_it_stands_on_holds_no_longer(home: Path, registry: Registry) -> None:
    registry.save([entry("ends")], rules="r")
    registry.approve("social_card", by="王", note="同意", basis="0" * 64)
    assert registry.approvals("social_card")[-1].stands_on == {}
    assert why(registry, home) == (basis.UNKNOWN,)
    [found] = lifecycle.status(Project.at(home))
    assert (found.state, found.due) == ("due", (basis.UNKNOWN,))
