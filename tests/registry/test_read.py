"""Entries that must be refused: what was wrong, what the user is told, and that all of it is told at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongkai import plan, rules
from gongkai.errors import ConfigError, Fault
from gongkai.project import SHIPPED
from gongkai.registry import read
from gongkai.registry.entry import Entry

Document = dict[str, Any]
Write = Callable[..., Path]
CANARY = "S3cretCanary"
RULES = rules.load(SHIPPED)


def further(entry: Entry, file: str) -> list[Fault]:
    return plan.faults(SHIPPED, entry, file)


def entries(home: Path, *paths: Path) -> list[Entry]:
    return read.entries(home / "catalog", paths or [home / "catalog"], RULES, further)


def refused(home: Path, *paths: Path) -> list[Fault]:
    with pytest.raises(ConfigError) as caught:
        entries(home, *paths)
    assert caught.value.__cause__ is None
    return list(caught.value.faults)


def put(key: str, value: Any) -> Callable[[Document], None]:
    """An edit that sets what stands at a key path; ``columns.1.name`` counts from 0."""

    def edit(document: Document) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in key.split(".")]
        holder: Any = document
        for part in way:
            holder = holder[part]
        holder[last] = copy.deepcopy(value)

    return edit


def drop(key: str) -> Callable[[Document], None]:
    def edit(document: Document) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in key.split(".")]
        holder: Any = document
        for part in way:
            holder = holder[part]
        del holder[last]

    return edit


def all_of(*edits: Callable[[Document], None]) -> Callable[[Document], None]:
    def edit(document: Document) -> None:
        for one in edits:
            one(document)

    return edit


CLOSED = {"type": "closed", "grounds": "法", "review_by": "2027-01-01"}
incremental = all_of(
    put("source.load", {"mode": "incremental", "watermark": "issued_on", "full_every": "P30D"}),
    put("formats", ["csv", "parquet"]),
)

BAD = [
    # shape
    ("code missing", drop("code"), "code", "is missing"),
    ("code with capitals", put("code", "Social"), "code", "small letters"),
    ("code a number", put("code", 123), "code", "quote it"),
    ("title a number", put("title", 2026), "title", "quote it"),
    ("title null", put("title", None), "title", "quote it"),
    ("title empty", put("title", ""), "title", "is empty"),
    ("title blank", put("title", "　 "), "title", "is blank"),
    ("title too long", put("title", "x" * 2001), "title", "is too long"),
    ("key misspelt", put("tittle", "x"), "tittle", "did you mean 'title'?"),
    ("key misspelt in a column", put("columns.1.methode", "mask"), "columns[1].methode", "did you mean 'method'?"),
    ("key misspelt in a part", put("opening.conditons", "x"), "opening.conditons", "did you mean 'conditions'?"),
    ("open type misspelt", put("opening.type", "conditionl"), "opening.type", "did you mean 'conditional'?"),
    ("open type in Chinese", put("opening.type", "无条件开放"), "opening.type", "known: closed, conditional, unconditional"),
    ("frequency misspelt", put("update.frequency", "dayly"), "update.frequency", "did you mean 'daily'?"),
    ("time of day out of range", put("update.at", "25:00"), "update.at", "HH:MM"),
    ("duration without unit", put("update.grace", 3), "update.grace", "has no unit"),
    ("duration in digits", put("update.max_age", "90"), "update.max_age", "has no unit"),
    ("duration not readable", put("update.max_age", "three days"), "update.max_age", "P30D"),
    ("duration negative", put("update.grace", "-P1D"), "update.grace", "length of time that can pass"),
    ("date not readable", put("issued", "01.02.2026"), "issued", "YYYY-MM-DD"),
    ("flag not readable", put("deduplicate", "maybe"), "deduplicate", "true or false"),
    ("provider code too short", put("provider.code", "123"), "provider.code", "统一社会信用代码"),
    ("a part that is a text", put("provider", "人社局"), "provider", "write keys with values"),
    ("columns that are no list", put("columns", {"name": "a"}), "columns", "is not a list"),
    ("no columns", put("columns", []), "columns", "is empty"),
    ("unknown type", put("columns.3.type", "varchar"), "columns[3].type", "one of text, integer"),
    ("decimal without digits", put("columns.3.type", "decimal(2,3)"), "columns[3].type", "one of text, integer"),
    ("load mode misspelt", put("source.load", {"mode": "incrementel"}), "source.load.mode", "did you mean 'incremental'?"),
    # the law
    ("obtained by sharing", put("sharing.obtained", True), "sharing.obtained", "连云港第11条"),
    ("not shared yet open", put("sharing.type", "not_shared"), "opening.type", "目录编制指南 2017"),
    ("conditional without conditions", put("opening.type", "conditional"), "opening.conditions", "is missing"),
    ("conditions blank", put("opening", {"type": "conditional", "conditions": " "}), "opening.conditions", "is missing"),
    ("sharing without conditions", put("sharing.type", "conditional"), "sharing.conditions", "is missing"),
    ("closed without grounds", put("opening", {**CLOSED, "grounds": ""}), "opening.grounds", "name the law"),
    ("closed without review", put("opening", {"type": "closed", "grounds": "法"}), "opening.review_by", "looked at again"),
    ("irregular without age", put("update.frequency", "irregular"), "update.max_age", "nobody could say when it is late"),
    # columns
    ("no entity", drop("columns.4.entity"), "columns[4].entity", "NONE when it is not about a person"),
    ("no method", drop("columns.4.method"), "columns[4].method", "keep when it needs nothing"),
    ("unknown entity", put("columns.1.entity", "PERSON_NAM"), "columns[1].entity", "did you mean 'PERSON_NAME'?"),
    ("unknown entity inside", put("columns.2.entity", "ID"), "columns[2].entity", "rules/entities.yml"),
    ("column listed twice", put("columns.4.name", "name"), "columns[4].name", "name of an earlier column"),
    ("published name twice", put("columns.4.publish_as", "name"), "columns[4].publish_as", "published name of an"),
    ("column name blank", put("columns.4.name", " "), "columns[4].name", "is blank"),
    ("deduplicated without key", all_of(drop("columns.0.key"), put("deduplicate", True)), "deduplicate", "needs a key"),
    ("format twice", put("formats", ["csv", "csv"]), "formats[1]", "is listed twice"),
    ("no formats", put("formats", []), "formats", "is empty"),
    (
        "nothing published",
        all_of(*(put(f"columns.{index}.publish", False) for index in range(5))),
        "columns",
        "publish nothing",
    ),
    # the load
    ("watermark in a full load", put("source.load", {"watermark": "issued_on"}), "source.load.watermark", "no meaning"),
    ("no watermark", all_of(incremental, drop("source.load.watermark")), "source.load.watermark", "tells newer rows"),
    ("watermark not listed", all_of(incremental, put("source.load.watermark", "at")), "source.load.watermark", "is not one"),
    ("no full load ever", all_of(incremental, drop("source.load.full_every")), "source.load.full_every", "rows deleted"),
    ("no key to merge by", all_of(incremental, drop("columns.0.key")), "columns", "have no key"),
    (
        "key masked",
        all_of(incremental, put("columns.0.method", "mask"), put("columns.0.params", {"keep": [0, 0]})),
        "columns[0].method",
        "makes different keys equal",
    ),
    ("key not published", all_of(incremental, put("columns.0.publish", False)), "columns[0].publish", "merges by this key"),
    # credentials
    ("password in the source", put("source.password", CANARY), "source.password", "Airflow Connection"),
    ("password by another name", put("source.db_passwd", CANARY), "source.db_passwd", "credential"),
    ("token deep inside", put("source.options", [{"auth-token": CANARY}]), "source.options[0].auth-token", "credential"),
    ("URL as connection", put("source.connection", f"postgresql://u:{CANARY}@h/d"), "source.connection", "credential"),
    ("URL without password", put("source.connection", "postgresql://h/d"), "source.connection", "is not the id"),
    ("URL as table", put("source.table", f"mysql+pymysql://root:{CANARY}@10.0.0.1/x"), "source.table", "credential"),
    ("URL with odd password", put("source.table", f"mysql://u:p/{CANARY}?#@h/d"), "source.table", "credential"),
    ("keywords", put("source.table", f"host=h user=u password={CANARY}"), "source.table", "credential"),
    ("口令 in the abstract", put("abstract", f"库的口令：{CANARY}"), "abstract", "credential"),
    ("URL in a note", put("columns.0.description", f"from oracle://u:{CANARY}@h"), "columns[0].description", "credential"),
    # methods and policy, by the plan
    ("unknown method", put("columns.1.method", "maks"), "columns[1].method", "did you mean 'mask'?"),
    ("name kept", all_of(put("columns.1.method", "keep"), drop("columns.1.params")), "columns[1].method", "forbids keep"),
    ("too much of a name", put("columns.1.params", {"keep": [4, 4]}), "columns[1].params", "at most"),
    ("unknown format", put("formats", ["csvv"]), "formats[0]", "no format"),
    ("unknown source", put("source", {"kind": "sqll"}), "source.kind", "no source"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "key", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_entry_is_told_by_its_key(
    home: Path, write: Write, edit: Callable[[Document], None], key: str, words: str
) -> None:
    write(edit)
    faults = refused(home)
    assert key in [fault.key for fault in faults]
    assert any(words in str(fault) for fault in faults if fault.key == key)
    assert {fault.file for fault in faults} == {"catalog/hrss/social_card.yml"}
    assert all(fault.remedy for fault in faults)
    assert CANARY not in "".join(map(repr, faults))


@pytest.mark.parametrize(
    "edit",
    [
        put("deduplicate", True),
        put("opening", {"type": "conditional", "conditions": "签订协议"}),
        all_of(put("opening", CLOSED), drop("columns.1.method")),
        all_of(put("opening", CLOSED), put("sharing.type", "not_shared")),
        put("update", {"frequency": "irregular", "max_age": "P90D"}),
        put("update", {"frequency": "daily", "at": "05:30", "workdays": True, "grace": "PT0S"}),
        incremental,
        put("columns.2.name", "PASSWORD"),
        put("licence.url", "https://data.example.gov.cn:8443/licence?id=1"),
        put("contact.email", "open@example.gov.cn"),
        put("abstract", "含 token 字段说明, 时间 08:30@办事大厅。"),
    ],
)  # fmt: skip
def test_a_good_entry_is_read(home: Path, write: Write, edit: Callable[[Document], None]) -> None:
    write(edit)
    [entry] = entries(home)
    assert entry.code == "social_card"


def test_every_fault_of_every_file_is_told_at_once(home: Path, write: Write) -> None:
    write(all_of(put("columns.3.type", "varchar"), put("sharing.obtained", True), put("columns.1.method", "maks"), put("x", 1)))
    write(all_of(put("code", "other"), put("source.password", CANARY), drop("title"), drop("columns.4.method")), "hrss/b.yml")
    (home / "catalog" / "hrss" / "c.yml").write_text("a: [\n")
    (home / "catalog" / "hrss" / "d.yaml").write_text("a: 1\n")
    found = {(fault.file.rpartition("/")[2], fault.key) for fault in refused(home)}
    assert found >= {
        ("social_card.yml", "columns[3].type"),
        ("social_card.yml", "sharing.obtained"),
        ("social_card.yml", "columns[1].method"),
        ("social_card.yml", "x"),
        ("b.yml", "source.password"),
        ("b.yml", "title"),
        ("b.yml", "columns[4].method"),
        ("c.yml", "line 2"),
        ("d.yaml", ""),
    }


@pytest.mark.parametrize("edit", [row[1] for row in BAD[:28]], ids=[row[0] for row in BAD[:28]])
def test_a_wrong_shape_hides_no_other_fault_and_invents_none(
    home: Path, write: Write, edit: Callable[[Document], None]
) -> None:
    write(edit)
    alone = refused(home)
    write(all_of(put("licence.name", "  "), edit))
    assert sorted(fault.key for fault in refused(home)) == sorted([*(fault.key for fault in alone), "licence.name"])
    assert len({fault.key.partition(".")[0] for fault in alone}) == 1


def test_a_key_that_is_a_credential_is_not_repeated(home: Path, write: Write) -> None:
    write(all_of(put("source", {"kind": "sql", f"mysql://u:{CANARY}@h": 1}), put("entity", CANARY)))
    faults = refused(home)
    assert CANARY not in "".join(map(str, faults))
    assert "source.…" in [fault.key for fault in faults]


@pytest.mark.parametrize(
    ("place", "edit", "words"),
    [
        ("social_card.yml", put("x", 1), "put it at catalog/<department>/<dataset>.yml"),
        ("hrss/deep/social_card.yml", put("x", 1), "put it at catalog/<department>/<dataset>.yml"),
        ("hrss/social_card.yaml", put("x", 1), "does not end in .yml"),
        ("civil/social_card.yml", put("title", "y"), "is not the name of the folder"),
    ],
)
def test_an_entry_lies_in_its_department_s_folder(
    home: Path, write: Write, place: str, edit: Callable[[Document], None], words: str
) -> None:
    write(edit, place)
    faults = refused(home)
    assert len(faults) == 1
    assert words in str(faults[0])
    assert faults[0].file == f"catalog/{place}"


def test_what_is_named_must_be_there_and_in_the_catalogue(home: Path, write: Write, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yml"
    outside.write_text("a: 1")
    (home / "catalog" / "empty").mkdir()
    faults = refused(home, home / "none", outside, home / "catalog" / "empty")
    assert [
        words in str(fault) for words, fault in zip(("does not exist", "lies outside", "no entry"), faults, strict=True)
    ] == [True] * 3


def test_a_code_names_one_dataset(home: Path, write: Write) -> None:
    write()
    second = write(place="hrss/second.yml")
    assert [(fault.file, fault.key) for fault in refused(home)] == [("catalog/hrss/social_card.yml", "code")]
    [fault] = refused(home, second)
    assert str(fault).startswith("catalog/hrss/second.yml: code: is also the code of catalog/hrss/social_card.yml;")


def test_files_and_folders_may_overlap_and_be_named_from_anywhere(
    home: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(put("code", "bb"), "hrss/b.yml")
    write()
    monkeypatch.chdir(home / "catalog" / "hrss")
    (home / "catalog" / "hrss" / "x.yml.example").write_text("a: [")
    (home / "catalog" / "hrss" / ".swap.yml").write_text("a: [")
    found = entries(home, Path("b.yml"), Path(), home / "catalog", Path("../hrss/b.yml"))
    assert [entry.code for entry in found] == ["bb", "social_card"]


@pytest.mark.parametrize(
    ("text", "words"), [("", "is empty"), ("- a\n", "is not a set of keys"), ("x", "is not a set of keys")]
)
def test_a_file_without_an_entry_is_told(home: Path, text: str, words: str) -> None:
    folder = home / "catalog" / "hrss"
    folder.mkdir()
    (folder / "a.yml").write_text(text)
    assert [words in str(fault) for fault in refused(home)] == [True]


def test_the_example_is_a_correct_entry(home: Path) -> None:
    folder = home / "catalog" / "example"
    folder.mkdir()
    text = Path(read.__file__).with_name("example.yml").read_text("utf-8")
    (folder / "social_card.yml").write_text(text, "utf-8")
    assert [entry.code for entry in entries(home)] == ["social_card"]


def test_an_entry_read_and_stored_is_the_same(home: Path, write: Write) -> None:
    write(all_of(incremental, put("columns.1.params", {"keep": [1, 0], "char": "＊"})))
    [entry] = entries(home)
    assert Entry.model_validate(entry.document()).digest() == entry.digest()
