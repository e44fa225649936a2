"""XLSX as other programs read it, and sheets that are full."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from gongkai.errors import DataError
from gongkai.formats import _sheet
from gongkai.formats import xlsx as format
from gongkai.package import comparison

Write = Callable[..., Path]
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def unescaped(value: object) -> object:
    """A cell's text as the standard reads it; not every library undoes ``_xHHHH_``."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if isinstance(value, str) else value


def test_openpyxl_reads_the_same(golden: pa.RecordBatch, written: Write) -> None:
    import openpyxl

    book = openpyxl.load_workbook(written(format, golden))
    rows = list(book["数据"].iter_rows())
    assert [cell.value for cell in rows[0]] == golden.schema.names
    for place, name in enumerate(golden.schema.names):
        cells = [row[place] for row in rows[1:]]
        if golden.schema.field(name).type == pa.string():
            assert [unescaped(cell.value) or "" for cell in cells] == [value or "" for value in golden[name].to_pylist()]
            assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}  # openpyxl calls empty cells numbers
    assert [cell.value for cell in rows[1]][8:10] == [0, True]
    assert rows[1][4].number_format == "0.00"


def test_calamine_reads_the_same_text(golden: pa.RecordBatch, written: Write) -> None:
    from python_calamine import CalamineWorkbook

    (header, *rows) = CalamineWorkbook.from_path(written(format, golden)).get_sheet_by_index(0).to_python()
    assert header == golden.schema.names
    for place, name in enumerate(golden.schema.names[:2]):
        assert [row[place] for row in rows] == [value or "" for value in golden[name].to_pylist()]


def test_long_numbers_are_text(written: Write) -> None:
    import openpyxl

    table = pa.record_batch({"号": [999_999_999_999_999, 10**15, -(2**63), None], "x": [1, 2, 3, 4]})
    sheet = openpyxl.load_workbook(written(format, table)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [999_999_999_999_999, str(10**15), str(-(2**63)), None]


def test_nothing_becomes_a_formula_or_a_link(golden: pa.RecordBatch, written: Write) -> None:
    with zipfile.ZipFile(written(format, golden)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet
        assert not [name for name in package.namelist() if "_rels/sheet" in name]


def test_members_carry_no_time(golden: pa.RecordBatch, written: Write) -> None:
    with zipfile.ZipFile(written(format, golden)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in package.read("docProps/core.xml")


@pytest.mark.parametrize("rows", [3, 4, 8, 9, 10], ids=str)
def test_further_sheets(rows: int, written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    import openpyxl

    monkeypatch.setattr(_sheet, "_ROWS", 5)
    table = pa.record_batch({"号": list(range(rows)), "文": ["a"] * rows})
    path = written(format, table.slice(0, 2), table.slice(2))
    assert comparison.compare("xlsx", iter([table]), format.read(path, table.schema)) == rows
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["数据", "数据 2", "数据 3"][: -(-rows // 4)]
    assert [row[0] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)] == list(range(rows))
    assert {tuple(next(sheet.iter_rows(values_only=True))) for sheet in book} == {("号", "文")}


def test_a_sheet_ends_before_it_needs_zip64(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sheet, "_SHEET_BYTES", 2_000)
    table = pa.record_batch({"文": ["a" * 100] * 60})
    path = written(format, *(table.slice(start, 10) for start in range(0, 60, 10)))
    assert comparison.compare("xlsx", iter([table]), format.read(path, table.schema)) == 60
    with zipfile.ZipFile(path) as package:
        assert len([name for name in package.namelist() if "worksheets/sheet" in name]) > 2


def test_the_row_limit_itself(tmp_path: Path) -> None:
    rows = 1_048_576
    batches = [pa.record_batch({"号": range(start, min(start + 65_536, rows))}) for start in range(0, rows, 65_536)]
    path = tmp_path / "data.xlsx"
    with path.open("wb") as sink:
        format.write(iter(batches), sink, batches[0].schema)
    assert comparison.compare("xlsx", iter(batches), format.read(path, batches[0].schema)) == rows
    with zipfile.ZipFile(path) as package:
        last, more = package.read("xl/worksheets/sheet1.xml"), package.read("xl/worksheets/sheet2.xml")
    assert re.search(rb'<row r="1048576"><c r="A1048576" s="\d+"><v>1048574</v></c></row></sheetData>', last)
    assert re.search(rb'<row r="2"><c r="A2" s="\d+"><v>1048575</v></c></row></sheetData>', more)


CHANGES = [
    ("reference", b'<c r="B3"', b'<c r="C3"'),
    ("row_number", b'<row r="3">', b'<row r="4">'),
    ("kind", b'<c r="A2" s=', b'<c r="A2" t="str" s='),
    ("style", b'<c r="A2" s="', b'<c r="A2" s="9'),
    ("formula", b"<v>1</v>", b"<f>1</f>"),
    ("cell_missing", b'<c r="B3" t="inlineStr"><is><t>y</t></is></c>', b""),
    ("cell_more", b"</row></sheetData>", b'<c r="C3"/></row></sheetData>'),
    ("entity", b"<t>y</t>", b"<t>&copy;</t>"),
    ("not_closed", b"</sheetData>", b""),
    ("header", "<t>号</t>".encode(), "<t>数</t>".encode()),
]


@pytest.mark.parametrize(("old", "new"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_what_is_no_such_file(old: bytes, new: bytes, written: Write, tmp_path: Path) -> None:
    table = pa.record_batch({"号": [1, 2], "文": ["x", "y"]})
    changed = tmp_path / "changed.xlsx"
    with zipfile.ZipFile(written(format, table)) as package, zipfile.ZipFile(changed, "w") as target:
        for name in package.namelist():
            content = package.read(name)
            if name.endswith("sheet1.xml"):
                assert old in content
                content = content.replace(old, new)
            target.writestr(name, content)
    with pytest.raises(DataError, match=r"format\.unreadable: xlsx"):
        list(format.read(changed, table.schema))
