"""A sealed release: every file accounted for, the same bytes each time, and nothing left when it cannot be made."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongkai import package, plan, plugins, rules
from gongkai.columns.logical_types import SourceColumn
from gongkai.columns.row_order import Content
from gongkai.errors import ConfigError, DataError, TransientError
from gongkai.project import SHIPPED, Project, Settings
from gongkai.registry.entry import Entry

NAMES = ("证号", "金额", "登记日期", "备注")
FORMATS = ["csv", "json", "jsonl", "xml", "xlsx", "parquet"]
RELEASE = "000001-0123456789ab"
MADE = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def entry() -> Entry:
    return Entry.model_validate(
        {
            "code": "test-package",
            "title": "社会保障卡",
            "department": "test",
            "category": "民生",
            "provider": {"name": "玉林市人社局", "code": "114509000000000000"},
            "abstract": "测试",
            "format": "数据库",
            "sharing": {"type": "unconditional"},
            "opening": {"type": "conditional", "conditions": "仅供科研"},
            "update": {"frequency": "daily"},
            "issued": "2026-11-01",
            "licence": {"name": "公共数据开放协议", "url": "https://example.org/licence"},
            "contact": {"unit": "信息科", "name": "某人", "phone": "0775-2800000"},
            "source": {"kind": "file", "path": "/srv/secret.csv"},
            "columns": [
                {
                    "name": "证号",
                    "title": "身份证号",
                    "entity": "CN_ID_CARD",
                    "method": "mask",
                    "params": {"keep": [6, 0]},
                    "description": "持卡人, 已脱敏",
                },
                {"name": "金额", "title": "金额", "type": "decimal(12,2)", "entity": "NONE", "method": "keep"},
                {"name": "登记日期", "title": "登记日期", "type": "date", "entity": "NONE", "method": "keep"},
                {"name": "备注", "title": "备注", "entity": "NONE", "method": "keep"},
            ],
        }
    )


def content_of(path: Path) -> str:
    """What the rows of a Parquet file are, whoever wrote it."""
    table = pq.read_table(path)
    content = Content(table.schema)
    for batch in table.to_batches():
        content.add(batch)
    return content.hexdigest()


@pytest.fixture
def make(entry: Entry, tmp_path: Path, home: Path) -> Callable[..., package.Package]:
    staged = tmp_path / "staged.parquet"
    cards = pa.array(["450902************", None, ""] * 100)
    table = pa.table(
        {
            "证号": cards,
            "金额": pa.array([Decimal("1.50"), None, Decimal("0.00")] * 100, pa.decimal128(12, 2)),
            "登记日期": pa.array([date(2024, 2, 29), None, date(1999, 1, 1)] * 100),
            "备注": pa.array(["011", "=1+1", 'a\r\n"b"'] * 100),
        }
    )
    pq.write_table(table, staged)
    project = Project(home, settings=Settings(home=home, city="玉林市"))
    live = [SourceColumn(name, "text") for name in NAMES]
    decided = plan.resolve(project, entry, live, basis="r")

    def build(folder: Path = tmp_path / "package", changed: Entry = entry, **options: Any) -> package.Package:
        given = {
            "plan": decided,
            "entry": changed,
            "release": RELEASE,
            "content": content_of(staged),
            "report": {"verdict": "pass"},
            "report_html": "<p>好</p>",
        }
        return package.build(project, folder, staged, **{**given, "made": MADE, **options})

    return build


def test_a_release_has_every_format_and_its_papers(make: Callable[..., package.Package]) -> None:
    made = make()
    papers = {"dictionary.csv", "LICENSE.txt", "CITATION.txt", "metadata.json", "plan.lock.json", "report.json", "report.html"}
    assert {path.name for path in made.folder.iterdir()} == {f"data.{name}" for name in FORMATS} | papers | {"manifest.json"}
    manifest = json.loads((made.folder / "manifest.json").read_bytes())
    assert set(manifest["files"]) == {path.name for path in made.folder.iterdir()} - {"manifest.json"}
    for name, file in manifest["files"].items():
        content = (made.folder / name).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert file["rows"] == (300 if name.startswith("data.") else None)
        assert "/" in file["media_type"]
    assert manifest["content"] == made.content == content_of(made.folder / "data.parquet")
    assert (manifest["rows"], manifest["release"], manifest["made"]) == (300, RELEASE, "2026-11-22T08:00:00+00:00")
    assert made.manifest == hashlib.sha256((made.folder / "manifest.json").read_bytes()).hexdigest()


def test_papers(make: Callable[..., package.Package]) -> None:
    folder = make().folder
    lines = list(csv.DictReader((folder / "dictionary.csv").read_text().splitlines()))
    assert [line["column"] for line in lines] == list(NAMES)
    assert lines[0] == {
        "column": "证号",
        "title": "身份证号",
        "type": "text",
        "type_title": "文本",
        "entity": rules.load(SHIPPED).entities["CN_ID_CARD"].title,
        "method": "掩码",
        "description": "持卡人, 已脱敏",
    }
    assert (
        "玉林市人社局. 社会保障卡（test-package）[DS]. 版本 000001-0123456789ab. 2026-11-01. 玉林市公共数据开放平台."
        in (folder / "CITATION.txt").read_text()
    )
    licence = (folder / "LICENSE.txt").read_text()
    assert all(words in licence for words in ("公共数据开放协议", "https://example.org/licence", "仅供科研"))
    metadata = json.loads((folder / "metadata.json").read_text())
    assert (metadata["code"], metadata["rows"], metadata["columns"][1]["type"]) == ("test-package", 300, "decimal(12,2)")


def test_where_the_table_comes_from_and_who_answers_stay_inside(make: Callable[..., package.Package]) -> None:
    for path in make().folder.iterdir():
        content = path.read_bytes()
        assert b"secret.csv" not in content, path.name
        assert "某人".encode() not in content, path.name


@pytest.mark.parametrize("workers", [1, 2, 6], ids=str)
def test_same_input_same_bytes(make: Callable[..., package.Package], tmp_path: Path, workers: int) -> None:
    one, other = make(workers=2), make(tmp_path / "other", workers=workers, made=datetime(2027, 1, 1, tzinfo=UTC))
    for path in one.folder.iterdir():
        same = path.read_bytes() == (other.folder / path.name).read_bytes()
        assert same == (path.name != "manifest.json"), path.name
    assert one.files == other.files


def test_sealed_files_are_read_only_and_a_new_build_replaces_them(make: Callable[..., package.Package]) -> None:
    folder = make().folder
    (folder / "left").write_text("from a killed build")
    again = make()
    assert {stat.S_IMODE(path.stat().st_mode) for path in again.folder.iterdir()} == {0o444}
    assert not (again.folder / "left").exists()


def test_only_the_formats_of_the_entry(make: Callable[..., package.Package], entry: Entry) -> None:
    made = make(changed=entry.model_copy(update={"formats": ["csv"], "csv_bom": True}))
    assert [path.name for path in made.folder.glob("data.*")] == ["data.csv"]
    assert (made.folder / "data.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", FORMATS)
def test_a_writer_that_loses_something_is_caught(
    name: str, make: Callable[..., package.Package], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    format = plugins.load(SHIPPED, "formats", name)
    right = format.write

    def wrong(batches: Any, sink: Any, schema: pa.Schema, **options: Any) -> None:
        def emptied() -> Any:
            for batch in batches:
                texts = pa.array([value or None for value in batch["证号"].to_pylist()], pa.string())
                yield batch.set_column(0, "证号", texts)

        right(emptied(), sink, schema, **options)

    monkeypatch.setattr(format, "write", wrong)
    with pytest.raises(DataError, match=rf"format\.differs: {name}: other values than staged \(column 证号, 100 values\)"):
        make()
    assert not (tmp_path / "package").exists()


def test_a_staged_table_of_another_plan_is_refused(make: Callable[..., package.Package], tmp_path: Path) -> None:
    pq.write_table(pa.table({"证号": ["x"]}), tmp_path / "staged.parquet")
    with pytest.raises(DataError, match=r"staged\.schema"):
        make()


@pytest.mark.parametrize(
    ("number", "kind"),
    [(28, TransientError), (5, TransientError), (13, ConfigError), (30, ConfigError)],
    ids=["full", "io", "access", "ro"],
)
def test_a_failing_disk(
    number: int, kind: type[Exception], make: Callable[..., package.Package], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number), "/a/path")

    monkeypatch.setattr(plugins.load(SHIPPED, "formats", "xml"), "write", fail)
    with pytest.raises(kind) as caught:
        make()
    assert "/a/path" not in str(caught.value)
    assert not (tmp_path / "package").exists()


def test_release_ids_count_on_and_name_what_they_are_made_of() -> None:
    first = package.release_id("content", "plan")
    second = package.release_id("content", "other plan", after=first)
    assert (first[:7], second[:7]) == ("000001-", "000002-")
    assert first[7:] != second[7:]
    assert package.release_id("content", "plan", after=second)[7:] == first[7:]
