"""``gongkai classify`` as its users meet it: findings without values, and bad input told clearly."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.drafting import tables
from typer.testing import CliRunner

from gongkai import lifecycle
from gongkai.cli.main import build
from gongkai.errors import ConfigError, GongkaiError, TransientError
from gongkai.project import Project


def gongkai(*words: str | Path) -> str:
    return CliRunner().invoke(build(), list(map(str, words)), catch_exceptions=False, standalone_mode=False).stdout


def entities(*words: str | Path) -> dict[str, str]:
    return {it["column"]: it["entity"] for it in json.loads(gongkai("classify", *words, "--json"))}


def test_findings_as_json_in_the_order_of_the_columns(tmp_path: Path) -> None:
    table = tables.parking()
    printed = gongkai("classify", "--file", table.write(tmp_path / "t.csv", "gbk"), "--json")
    found = json.loads(printed)
    assert [it["column"] for it in found] == table.names
    assert all(set(it) == {"column", "entity", "level", "role", "confidence", "evidence"} for it in found)
    assert {it["column"]: it["entity"] for it in found if it["role"] != "plain"} == {
        "d2": "VEHICLE_PLATE", "d3": "PERSON_NAME", "d4": "PHONE", "d9": "CN_ID_CARD",
    }  # fmt: skip
    assert not [secret for secret in table.secrets() if secret in printed]


def test_every_kind_of_file_gives_the_same(tmp_path: Path) -> None:
    table = tables.clinic()
    plain = entities("--file", table.write(tmp_path / "t.csv"))
    assert entities("--file", table.write_xlsx(tmp_path / "t.xlsx")) == plain
    assert entities("--file", table.write(tmp_path / "g.csv", "gb18030")) == plain
    tabs = tmp_path / "t.tsv"
    tabs.write_text("\n".join("\t".join(row) for row in [table.names, *table.rows]), "utf-8")
    assert entities("--file", tabs) == plain
    rows = pa.table({name: list(cells) for name, cells in zip(table.names, zip(*table.rows, strict=True), strict=True)})
    pq.write_table(rows.append_column("photo", pa.array([b"\xff"] * len(rows))), tmp_path / "t.parquet")
    found = entities("--file", tmp_path / "t.parquet")
    assert found.pop("photo") == "PHOTO"
    assert found == plain


def test_comments_of_a_database_decide(postgres_url: str) -> None:
    tables.clinic().load(postgres_url)
    found = entities("--url", postgres_url, "--table", "public.mz_djb")
    assert (found["zjhm"], found["zdmc"], found["ksmc"]) == ("CN_ID_CARD", "HEALTH", "NONE")


def test_one_number_among_thousands_of_plain_remarks_is_found(tmp_path: Path) -> None:
    rows = [["一切正常"]] * 70_000
    rows[69_000] = ["请回电13812345678"]
    path = tables.Table("t", [("办理状态", "", "")], rows, ()).write(tmp_path / "t.csv")
    (finding,) = json.loads(gongkai("classify", "--file", path, "--json"))
    assert finding["evidence"]["sweep.PHONE"] == 1
    (before,) = json.loads(gongkai("classify", "--file", path, "--json", "--rows", 60_000))
    assert "sweep.PHONE" not in before["evidence"]


@pytest.mark.parametrize("titles", [("header", "comment"), ("字段名", "中文名称"), ("column_name", "说明")])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_dictionary(tmp_path: Path, titles: tuple[str, str], encoding: str) -> None:
    path = tmp_path / "dictionary.csv"
    rows = [("序号", *titles), ("1", "AAC003", "姓名"), ("2", "zjhm", "身份证号码"), ("3", "zzq", ""), ("", "", "")]
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    found = json.loads(gongkai("classify", "--dictionary", path, "--json"))
    assert [(it["column"], it["entity"]) for it in found] == [("AAC003", "PERSON_NAME"), ("zjhm", "CN_ID_CARD"), ("zzq", "NONE")]


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    path = tables.parking().write(tmp_path / "t.csv")
    assert gongkai("classify", "--file", path, "--output", tmp_path / "found.json") == ""
    assert len(json.loads((tmp_path / "found.json").read_text("utf-8"))) == 9


BAD = {
    "nothing": ([], ConfigError, "give one of"),
    "two things": (["--file", "a.csv", "--code", "x"], ConfigError, "different things"),
    "missing file": (["--file", "gone.csv"], ConfigError, "no such file"),
    "empty file": (["--file", "empty.csv"], ConfigError, "without even a header"),
    "another kind": (["--file", "note.doc"], ConfigError, "no kind of file known here"),
    "dictionary without names": (["--dictionary", "other.csv"], ConfigError, "header and comment"),
    "dictionary of nothing": (["--dictionary", "none.csv"], ConfigError, "lists no column"),
    "no table": (["--url", "sqlite:///a.db"], ConfigError, "name the table"),
    "no URL": (["--url", "reader:hush-hush@db/civil", "--table", "t"], ConfigError, "dialect://"),
    "no driver": (["--url", "nosuch://reader:hush-hush@db/civil", "--table", "t"], ConfigError, "no driver"),
    "nobody there": (["--url", "postgresql://reader:hush-hush@127.0.0.1:1/civil", "--table", "t"], TransientError, "civil"),
    "no connection": (["--connection", "nowhere really", "--table", "t"], ConfigError, "not a connection's id"),
    "draft of a dictionary": (["--dictionary", "none.csv", "--draft", "-"], ConfigError, "made of a table"),
    "draft that is there": (["--file", "other.csv", "--draft", "other.csv"], ConfigError, "--force"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "error", "told"), BAD.values(), ids=BAD)
def test_bad_input(words: list[str], error: type[GongkaiError], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"empty.csv": "", "note.doc": "x", "other.csv": "a,b\n1,2\n", "none.csv": "header,comment\n,\n"}.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(error, match=told) as raised:
        gongkai("classify", *words)
    assert "hush" not in str(raised.value)


def test_an_unknown_table_and_a_wrong_password(postgres_url: str, home: Path) -> None:
    with pytest.raises(ConfigError, match="no table 'nothing'"):
        gongkai("classify", "--url", postgres_url, "--table", "nothing")
    wrong = f"postgresql://nobody_here:hush-hush@{postgres_url.rpartition('@')[2]}"
    with pytest.raises(TransientError) as raised:
        gongkai("classify", "--url", wrong, "--table", "t")
    assert "hush" not in str(raised.value)


def test_a_draft_is_not_overwritten_and_parquet_gives_none(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["1"]}), tmp_path / "t.parquet")
    with pytest.raises(ConfigError, match="export it as CSV"):
        gongkai("classify", "--file", tmp_path / "t.parquet", "--draft", "-")


def test_the_password_of_a_url_is_in_no_draft_and_no_hint(tmp_path: Path, postgres_url: str) -> None:
    tables.clinic().load(postgres_url)
    url = f"{postgres_url.replace('//postgres@', '//postgres:hush-hush@')}"
    done = CliRunner().invoke(build(), ["classify", "--url", url, "--table", "mz_djb", "--draft", "-"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "connection: gk_" in done.stdout
    assert "AIRFLOW_CONN_GK_" in done.stderr
    assert "hush" not in done.output


def test_a_registered_dataset_is_compared_and_its_decisions_kept(project) -> None:
    project.write_entry(("title: 手机号, entity: PHONE, method: mask, params: {keep: [3, 0]}", "title: 手机号, entity: NONE, method: keep"))
    lifecycle.apply(Project.find(), [project.entry])
    first = compared(project.code)
    assert (first["手机"]["entity"], first["手机"]["registered"], first["手机"]["settled"]) == ("PHONE", "NONE", False)
    assert first["姓名"]["settled"]
    kept = json.loads((project.home / "var" / "classification" / f"{project.code}.json").read_text("utf-8"))
    assert set(kept["手机"]) == {"fingerprint", "entity", "by"}

    again = compared(project.code)
    assert all(it["reused"] for it in again.values())
    assert not again["手机"]["settled"]
    lifecycle.approve(Project.find(), project.code, by="审查员", note="手机一栏为单位总机")
    answered = compared(project.code)
    assert (answered["手机"]["decided_by"], answered["手机"]["settled"]) == ("entry", True)

    project.write_rows(("13812345678", "11010519491231002X"), ("13987654321", "440308199901101512"))
    changed = compared(project.code)
    assert not changed["手机"]["reused"]
    assert (changed["手机"]["entity"], changed["手机"]["settled"]) == ("CN_ID_CARD", False)


def compared(code: str) -> dict[str, dict[str, object]]:
    return {it["column"]: it for it in json.loads(gongkai("classify", "--code", code, "--json"))}


def test_a_table_is_drawn_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    drawn = gongkai("classify", "--file", tables.parking().write(tmp_path / "t.csv"))
    assert "置信度" in drawn
    assert "\x1b[" in drawn
    assert "复核" in drawn


def test_differences_are_told_in_words(project) -> None:
    lifecycle.apply(Project.find(), [project.entry])
    told = gongkai("classify", "--code", project.code).splitlines()
    assert "columns" in told[-1]
    assert "differ from the entry" in told[-1]
