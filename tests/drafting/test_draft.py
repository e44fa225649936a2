"""From a table nobody registered to a published release: the draft applies, plans and runs as it was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from tests.drafting import tables
from tests.drafting.tables import Table
from typer.testing import CliRunner

from gongkai import documents, lifecycle, pipeline
from gongkai.cli.main import build
from gongkai.project import Project

Place = Callable[[Table, Path, pytest.FixtureRequest, pytest.MonkeyPatch], list[str]]


def gongkai(*words: str | Path) -> str:
    """What the command prints on standard output; its errors are raised."""
    return CliRunner().invoke(build(), list(map(str, words)), catch_exceptions=False, standalone_mode=False).stdout


def in_database(kind: str, scheme: str) -> Place:
    def place(table: Table, home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        url = request.getfixturevalue(kind)
        table.load(url)
        monkeypatch.setenv("AIRFLOW_CONN_SEEN", f"{scheme}://{url.partition('://')[2]}")
        return ["--url", url, "--connection", "seen", "--table", table.name]

    return place


def in_gbk(table: Table, home: Path, *_: object) -> list[str]:
    return ["--file", str(table.write(home / "drops" / "table.csv", "gbk"))]


def in_xlsx(table: Table, home: Path, *_: object) -> list[str]:
    return ["--file", str(table.write_xlsx(home / "drops" / "table.xlsx"))]


UNSEEN = [
    pytest.param(tables.petitions, in_database("postgres_url", "postgresql"), id="petitions-postgres"),
    pytest.param(tables.clinic, in_database("postgres_url", "postgresql"), id="clinic-postgres"),
    pytest.param(tables.parking, in_gbk, id="parking-gbk"),
    pytest.param(tables.clinic, in_xlsx, id="clinic-without-comments-xlsx"),
    pytest.param(
        lambda: tables.clinic("datetime"), in_database("mariadb_url", "mysql"), id="clinic-mariadb", marks=pytest.mark.mariadb
    ),
]


@pytest.mark.parametrize(("make", "place"), UNSEEN)
def test_a_draft_becomes_a_release_without_an_edit(
    make: Callable[[], Table], place: Place, home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = make()
    file, expectations = home / "catalog" / "office" / "unseen.yml", home / "expectations" / "unseen.yml"
    gongkai("classify", *place(table, home, request, monkeypatch), "--draft", file, "--expectations", expectations)
    outcome = published(file)
    assert (outcome.verdict, outcome.rows_out) == ("published", tables.ROWS), outcome.reasons
    assert_nothing_raw(table, home / "var" / "store", file, expectations)


def published(file: Path) -> pipeline.Outcome:
    """Register the file as it is, approve it, run it."""
    lifecycle.apply(Project.find(), [file])
    lifecycle.approve(Project.find(), file.stem, by="审查员", note="虚构数据")
    return pipeline.run(Project.find(), file.stem)


def assert_nothing_raw(table: Table, *places: Path) -> None:
    """No raw value stands in any byte of what was written, the uncompressed formats of the release among them."""
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file()]
    assert {path.suffix for path in files} >= {".csv", ".json", ".yml", ".parquet"}
    for path in files:
        content = path.read_bytes()
        assert not [1 for secret in table.secrets() if secret.encode() in content], path.name


def drafted(table: Table, home: Path, *words: str) -> dict[str, dict[str, object]]:
    """The columns of a draft as its file says them, by name."""
    text = gongkai("classify", "--file", table.write(home / "drops" / "t.csv"), "--draft", "-", *words)
    document, faults = documents.parse(text, "draft")
    assert not faults
    return {column["name"]: column for column in document["columns"]}


def column(name: str, values: list[str]) -> Table:
    return Table("t", [(name, "", "text"), ("备注", "", "text")], [[value, "-"] for value in values], ())


TYPES = [
    ("区划代码", ["110101", "370102", "440308"] * 9, {"entity": "ADDRESS_REGION", "method": "k_anonymize", "params": None}),
    ("编号", ["0011", "0012", "0203"], {"type": None, "clean": None}),
    ("发放金额", ["12.50", "3", "1000.1"], {"type": "decimal(8,2)", "method": "keep"}),
    ("补贴人数", ["1", "22", "333"], {"type": "integer"}),
    ("补贴人数", ["1", "022", "333"], {"type": None}),
    ("公示日期", ["2024/1/5", "2024/11/30", "2023/2/28"], {"type": "date", "clean": [{"date": ["%Y/%m/%d"]}]}),
    ("公示日期", ["2024/1/5", "2024/11/31", "2023/2/28"], {"type": None, "clean": None}),
    ("出生日期", [f"19{n}-03-0{n % 9 + 1}" for n in range(40, 99)], {"type": "date", "method": "k_anonymize", "params": {"finest": "year"}}),
    ("年龄", [str(n) for n in range(18, 90)], {"type": "integer", "method": "k_anonymize"}),
    ("联系电话", [f" 138{n:08d}" for n in range(100)], {"clean": ["trim"], "publish": False}),
    ("单位联系电话", [f"138{n:08d}" for n in range(50)], {"entity": "ORG_PHONE", "method": "mask", "params": {"keep": [3, 4]}}),
    ("单位联系电话", [f"0775-2{n:06d}" for n in range(50)], {"entity": "ORG_PHONE", "method": "keep"}),
    ("民族", ["汉族", "壮族", "回族", "苗族"], {"entity": "ETHNICITY", "method": "k_anonymize"}),
    ("k9v_w", [f"q{n}" for n in range(50)], {"entity": "NONE", "publish": False}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "expected"), TYPES, ids=[f"{row[0]}-{row[1][1]}" for row in TYPES])
def test_what_is_suggested(name: str, values: list[str], expected: dict[str, object], home: Path) -> None:
    found = drafted(column(name, values), home)[name]
    assert {key: found.get(key) for key in expected} == expected


def test_what_a_register_may_hold_is_left_to_k_anonymity(home: Path) -> None:
    names = ["性别", "出生日期", "学历", "户籍地行政区划代码"]
    rows = [["男女"[n % 2], f"{1950 + n}-03-07", ["本科", "大专"][n % 2], ["110101", "370102"][n % 2]] for n in range(50)]
    found = drafted(Table("t", [(name, "", "") for name in names], rows, ()), home)
    assert {found[name]["method"] for name in names} == {"k_anonymize"}


def test_the_id_number_tells_persons_apart(home: Path, resident_id: Callable[[str], str]) -> None:
    numbers = [[resident_id(f"1101011990{n % 12 + 1:02d}{n % 28 + 1:02d}{n:03d}"), "正常"] for n in range(1, 60)]
    table = Table("t", [("身份证号", "", "text"), ("状态", "", "text")], numbers, ())
    text = gongkai("classify", "--file", table.write(home / "drops" / "t.csv"), "--draft", "-")
    assert documents.parse(text, "draft")[0]["person"] == "身份证号"


def test_names_that_differ_in_capitals_only(home: Path, postgres_url: str) -> None:
    file = home / "catalog" / "office" / "capitals.yml"
    Table("t", [('"AMOUNT"', "金额", "int"), ("amount", "金额", "int")], [["1", "2"]], ()).load(postgres_url)
    gongkai("classify", "--url", postgres_url, "--table", "t", "--draft", file)
    lifecycle.apply(Project.find(), [file])


def test_a_conditional_opening_has_its_conditions(home: Path) -> None:
    file = home / "catalog" / "office" / "agreed.yml"
    path = tables.clinic().write(home / "t.csv")
    gongkai("classify", "--file", path, "--draft", file, "--opening", "conditional")
    lifecycle.apply(Project.find(), [file], dry_run=True)


def test_a_column_that_cannot_be_cleaned_into_shape_stays_inside(home: Path) -> None:
    half = [f"138{n:08d}" if n % 3 else f"分机{n}" for n in range(300)]
    assert drafted(column("联系电话", half), home)["联系电话"]["publish"] is False


def test_running_text_is_opened_only_on_demand(home: Path) -> None:
    table = tables.petitions()
    assert drafted(table, home)["诉求内容"]["publish"] is False
    opened = drafted(table, home, "--open-text")["诉求内容"]
    assert (opened["method"], opened.get("publish", True)) == ("redact_text", True)


def test_a_declared_key_of_several_columns(home: Path, postgres_url: str) -> None:
    table = Table("t", [("a", "类别代码", "varchar(9)"), ("b", "数量", "int, PRIMARY KEY (a, b)")], [["x", "1"], ["x", "2"]], ())
    table.load(postgres_url)
    text = gongkai("classify", "--url", postgres_url, "--table", "t", "--draft", "-")
    assert [it.get("key") for it in documents.parse(text, "")[0]["columns"]] == [True, True]


def test_a_table_without_rows_is_drafted_by_its_names(home: Path) -> None:
    columns = drafted(Table("t", [("姓名", "", ""), ("部门名称", "", "")], [], ()), home)
    assert columns["姓名"]["entity"] == "PERSON_NAME"
    assert not any(it.get("key") for it in columns.values())


def test_where_nothing_is_sure_the_draft_is_closed_and_applies(home: Path) -> None:
    file = home / "catalog" / "office" / "closed.yml"
    path = Table("t", [("zz_q1", "", ""), ("zz_q2", "", "")], [["x1", "-1q"], ["y", "7-z"]], ()).write(home / "t.csv")
    gongkai("classify", "--file", path, "--draft", file)
    lifecycle.apply(Project.find(), [file])
    assert lifecycle.status(Project.find())[0].state == "closed"


def days(names: str) -> Table:
    """A table with these columns whose numbers begin with the day they were given on."""
    cells = {
        "工单编号": lambda n: f"202601{n % 28 + 1:02d}{n:06d}", "来电时间": lambda n: f"2026-01-{n % 28 + 1:02d} 10:{n:02d}:00",
        "联系电话": lambda n: f"138{n:08d}", "诊断名称": lambda n: tables._DIAGNOSES[n % 10], "科室": lambda n: "内外"[n % 2] + "科",
        "企业名称": lambda n: f"玉林市第{n}建筑有限公司", "法定代表人": lambda n: tables.name(Random(n)), "许可日期": lambda n: f"2026-01-{n % 28 + 1:02d}",
        "补贴类型": lambda n: ["高龄津贴", "残疾补贴"][n % 2], "项目": lambda n: ["高龄津贴", "残疾补贴"][n % 2],
    }  # fmt: skip
    rows = [[cells[name](n) for name in names.split()] for n in range(60)]
    return Table("t", [(name, "", "") for name in names.split()], rows, ())


def test_a_number_made_of_the_day_does_not_undo_its_coarsening(home: Path) -> None:
    beside_people = drafted(days("工单编号 来电时间 联系电话"), home)
    assert (beside_people["来电时间"]["method"], beside_people["工单编号"]["method"]) == ("generalize_date", "pseudonymize")
    assert drafted(days("工单编号 来电时间"), home)["工单编号"]["method"] == "keep"


def test_dates_are_cut_beside_people_only(home: Path) -> None:
    assert drafted(days("企业名称 法定代表人 许可日期"), home)["许可日期"]["method"] == "keep"
    assert drafted(days("企业名称 联系电话 许可日期"), home)["许可日期"]["method"] == "generalize_date"


@pytest.mark.parametrize(("names", "told"), [("科室 诊断名称", "科室"), ("补贴类型", "补贴类型"), ("项目", "项目")])
def test_what_tells_of_an_illness_or_a_need_stays_inside_beside_people(names: str, told: str, home: Path) -> None:
    assert drafted(days(f"{names} 联系电话"), home)[told]["publish"] is False
    assert drafted(days(told), home)[told].get("publish", True) is True
