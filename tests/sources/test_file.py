"""Files as departments hand them over: every row arrives as it is written, or the file is refused by row and line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import os
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gongkai.columns.logical_types import Since, SourceColumn
from gongkai.errors import ConfigError, DataError, GongkaiError, TransientError
from gongkai.sources import _encoding, _lines, file

CANARY = "13800138000"
NAMES = ["编号", "地址", "地质", "备注"]
ROWS = [
    ["011", "东城区", "花岗岩", "null"],
    ["110101199003077758", '引"号,', "两\r\n行\n", "None"],
    ["", "吉野家", " 空 格 ", ""],
    [None, None, "0", "12.50"],
    ["0", "NaN", "#N/A", "=1+1"],
]


def line(cells: list[str | None], delimiter: str = ",") -> str:
    return delimiter.join("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in cells)


def content(rows: list[list[Any]] = ROWS, *, end: str = "\r\n") -> str:
    return end.join([",".join(NAMES), *map(line, rows)]) + end


def table(batches: Iterator[pa.RecordBatch]) -> list[list[Any]]:
    return [list(row.values()) for batch in batches for row in batch.to_pylist()]


def scan(path: Path | str, **given: Any) -> list[list[Any]]:
    return table(file.scan(**{"columns": NAMES, "path": str(path), **given}))


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "proved"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_every_encoding_gives_the_same_text(encoding: str, declared: bool, home: Path) -> None:
    rows = [*ROWS, ["😀", "㐀", "€", "ḿ"]] if encoding != "gbk" else ROWS
    (home / "a.csv").write_bytes(content(rows).encode(encoding))
    found = scan("a.csv", encoding=encoding if declared else "prove")
    assert found == rows
    assert file.describe(path="a.csv") == [SourceColumn(name, "text") for name in NAMES]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_an_encoding_that_shows_itself_late_is_proved(encoding: str, home: Path) -> None:
    """The head of the file is plain ASCII; a guess from it would be wrong."""
    rows = [["1", "a", "b", "c"]] * 700_000 + [["2", "末", "行", "龘"]]
    text = "\n".join([",".join(NAMES), *(",".join(row) for row in rows)])
    (home / "a.csv").write_bytes(text.encode(encoding))
    assert scan("a.csv")[-1] == rows[-1]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n\r\n"], ids=["no line end", "one line end", "empty lines"])
def test_line_ends(end: str, last: str, home: Path) -> None:
    (home / "a.csv").write_bytes((content(end=end).removesuffix(end) + last).encode())
    assert scan("a.csv") == ROWS


def test_an_empty_line_is_no_row_unless_there_is_one_column(home: Path) -> None:
    (home / "a.csv").write_text("a,b\n1,2\n\n3,4\n")
    assert scan("a.csv", columns=["a", "b"]) == [["1", "2"], ["3", "4"]]
    (home / "b.csv").write_text('a\n1\n\n""\n')
    assert scan("b.csv", columns=["a"]) == [["1"], [None], [""]]


def test_delimiter_and_columns_in_the_asked_order(home: Path) -> None:
    (home / "a.txt").write_text('a|b|c\n1|"2|"|3\n')
    assert scan("a.txt", columns=["c", "b"], delimiter="|") == [["3", "2|"]]


def test_a_header_alone_gives_no_rows(home: Path) -> None:
    (home / "a.csv").write_text(",".join(NAMES))
    assert scan("a.csv") == []


def test_a_glob_is_read_in_the_order_of_names(home: Path) -> None:
    (home / "b.csv").write_bytes(content(ROWS[2:]).encode("gbk"))
    (home / "a.csv").write_bytes(content(ROWS[:2]).encode("utf-8-sig"))
    assert scan("*.csv") == ROWS
    assert scan(home / "*.csv") == ROWS


def test_a_name_with_brackets_is_that_file(home: Path) -> None:
    (home / "人口[1].csv").write_text(content())
    assert len(scan("人口[1].csv")) == len(ROWS)


def test_batches_are_whole_and_of_one_size(home: Path) -> None:
    (home / "a.csv").write_text("a,b\n" + '"x\n",y\n' * 200_000)
    sizes = [batch.num_rows for batch in file.scan(columns=["a", "b"], path="a.csv")]
    assert sizes == [65_536, 65_536, 65_536, 200_000 - 3 * 65_536]


@pytest.mark.parametrize(
    ("value", "kept"),
    [("2024-01-02", ["2024-01-02", "2024-01-02 00:00:01"]), ("2024-01-02 00:00:01", ["2024-01-02 00:00:01"])],
    ids=["date", "datetime"],
)
def test_a_lower_bound_is_inclusive(value: str, kept: list[str], home: Path) -> None:
    (home / "a.csv").write_text("w,n\n2024-01-01,0\n2024-01-02,1\n,2\n2024-01-02 00:00:01,3\n")
    assert scan("a.csv", columns=["w"], since=Since("w", value)) == [[text] for text in kept]
    assert len(scan("a.csv", columns=["n"], since=Since("w", value))) == len(kept)


def text(value: str) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(value.encode()) and None


def raw(value: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(value) and None


_GOOD = "a,b\n1,2\n"
BAD: list[tuple[str, Callable[[Path], None], dict[str, Any], str]] = [
    ("no bytes", raw(b""), {}, r"file\.empty: a\.csv: is empty"),
    ("HTML", text(f"\n <!DOCTYPE html><p>{CANARY}"), {}, "file.format: a.csv: is HTML"),
    ("XML", text(f"<?xml version='1.0'?><a>{CANARY}</a>"), {}, "file.format"),
    ("a workbook", raw(b"PK\x03\x04" + CANARY.encode()), {}, "file.format: a.csv: is another kind of spreadsheet"),
    ("an old workbook", raw(b"\xd0\xcf\x11\xe0" + CANARY.encode()), {}, "file.format: a.csv: is another kind of spreadsheet"),
    ("UTF-16", raw((_GOOD + CANARY).encode("utf-16")), {}, "file.nul: a.csv: a NUL byte in line 1; it is UTF-16"),
    ("a NUL byte", text(f"{_GOOD}{CANARY},\0\n"), {}, "file.nul: a.csv: a NUL byte in line 3"),
    (
        "no encoding",
        raw(_GOOD.encode() + CANARY.encode() + b",\xff\n"),
        {},
        "neither UTF-8 nor GBK nor GB18030, from line 3 on",
    ),
    ("cut in a character", raw("a,b\n1,中".encode()[:-1]), {"encoding": "utf-8"}, "file.encoding: .*from line 2 on"),
    ("not as declared", raw("a,b\n姓,名\n".encode("gbk")), {"encoding": "utf-8"}, "not utf-8, as was declared, from line 2 on"),
    ("not GBK as declared", raw("a,b\n1,2\n😀,\n".encode()), {"encoding": "gbk"}, "file.encoding: a.csv: declared gbk, but"),
    ("too many cells", text(f"{_GOOD}{CANARY},2,3\n"), {}, "file.ragged: a.csv: row 3, line 3: 3 cells where the header has 2"),
    (
        "too few cells",
        text(f'a,b\n"1\n\n",2\n\n{CANARY}\n'),
        {},
        "file.ragged: a.csv: row 3, line 6: 1 cells where the header has 2",
    ),
    (
        "a quote in a cell",
        text(f'{_GOOD}{CANARY}"x,2\n'),
        {},
        "file.quoting: a.csv: row 3, line 3: a quote where none may stand",
    ),
    ("text after a quote", text(f'a,b\n"1\n",2\n"{CANARY}"x,2\n'), {}, "file.quoting: a.csv: row 3, line 4"),
    (
        "a quote never closed",
        text(f'{_GOOD}"{CANARY},2\n3,4\n'),
        {},
        "file.quoting: a.csv: row 3, line 3: a quote is never closed",
    ),
    ("a quote closed rows later", text(f'{_GOOD}"{CANARY},2\n3,"4"\n'), {}, "file.quoting: a.csv: row 3, line 3"),
    ("a quote never closed in the header", text(f'"a,b\n{CANARY},2\n'), {}, "file.quoting: a.csv: row 1, line 1"),
    ("old Macintosh line ends", text(f"a,b\r1,{CANARY}\r"), {}, "file.line_end: a.csv: row 1, line 1: a carriage return"),
    ("a bare carriage return", text(f"{_GOOD}{CANARY}\r,2\n"), {}, "file.line_end: a.csv: row 3, line 3"),
    ("an empty name", text(f"a,\n{CANARY},2\n"), {}, "file.header_empty: a.csv: .*position 2"),
    ("a name twice", text("a,b,a\n1,2,3\n"), {}, "file.header_repeated: a.csv: .*twice, at position 1, 3"),
    ("no header", text(f"张三,{CANARY}\n"), {}, "file.header_data: a.csv: .*position 2"),
    ("a column that is not there", text("x,y\n1,2\n"), {}, "source.missing_column: .*column a"),
    ("a watermark of another kind", text("a,b\n2024/1/2,2\n"), {"since": Since("a", "2024-01-01")}, "source.since: .*column a"),
]


@pytest.mark.parametrize(("write", "given", "told"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_wrong_file_is_refused(write: Callable[[Path], None], given: dict[str, Any], told: str, home: Path) -> None:
    write(home / "a.csv")
    with pytest.raises(DataError, match=told) as caught:
        scan("a.csv", **{"columns": ["a", "b"], **given})
    assert CANARY not in everything(caught.value)


def test_a_fault_far_into_a_file_is_named_by_row_and_line(home: Path) -> None:
    """Deeper than any block, below rows with embedded line ends and empty lines."""
    good = '1,"two\nlines"\n\n'
    (home / "a.csv").write_text("a,b\n" + good * 600_000 + f"{CANARY}\n" + good)
    with pytest.raises(DataError, match=r"file.ragged: a.csv: row 600002, line 1800002:") as caught:
        scan("a.csv", columns=["a", "b"])
    assert CANARY not in everything(caught.value)


def test_an_endless_row_is_refused_before_memory_ends(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lines, "LONGEST_ROW", 1 << 22)
    (home / "a.csv").write_text('a,b\n1,2\n"' + "3,4\n" * 4_000_000)
    with pytest.raises(DataError, match=r"file.quoting: a.csv: row 3, line 3: a row of more than 4 MiB"):
        scan("a.csv", columns=["a", "b"])


def test_files_of_a_glob_share_one_header(home: Path) -> None:
    (home / "a.csv").write_text("a,b\n1,2\n")
    (home / "b.csv").write_text("b,a\n1,2\n")
    with pytest.raises(DataError, match=r"file.header_differs: b.csv"):
        next(file.scan(columns=["a"], path="*.csv"))


CONFIG = [
    ("a kind nobody knows", {"path": "a.doc"}, "a.doc is no kind of file known here"),
    ("a delimiter of two", {"path": "a.csv", "delimiter": "||"}, "source.delimiter"),
    ("a marker in a folder", {"path": "a.csv", "marker": "x/done"}, "source.marker"),
    ("a sheet that is not there", {"path": "a.xlsx", "sheet": "人囗"}, "no visible sheet '人囗'; known: 人口, 空, 说明"),
    ("two sheets and none named", {"path": "a.xlsx"}, "2 sheets that are not empty; name one of: 人口, 说明, 空"),
]


@pytest.mark.parametrize(("given", "told"), [row[1:] for row in CONFIG], ids=[row[0] for row in CONFIG])
def test_a_wrong_parameter_is_told(given: dict[str, Any], told: str, home: Path) -> None:
    (home / "a.doc").touch()
    (home / "a.csv").write_text(_GOOD)
    with xlsxwriter.Workbook(home / "a.xlsx") as book:
        for title in ("人口", "说明"):
            book.add_worksheet(title).write_row(0, 0, ["a"])
        book.add_worksheet("空")
    with pytest.raises(ConfigError, match=told.replace("?", r"\?")):
        scan(**{"columns": ["a"], **given})


# --- drop folders


def test_no_file_yet_is_transient(home: Path) -> None:
    for path in ("a.csv", "drop/*.csv"):
        with pytest.raises(TransientError, match="out of reach"):
            scan(path)


@pytest.mark.parametrize(
    ("marker", "name"), [("{stem}.done", "a.done"), ("{name}.ok", "a.csv.ok"), ("_SUCCESS", "_SUCCESS")], ids=str
)
def test_a_batch_counts_once_its_marker_is_there(marker: str, name: str, home: Path) -> None:
    (home / "a.csv").write_text(content())
    with pytest.raises(TransientError, match=f"a.csv, not complete: its marker {name} is out of reach"):
        scan("a.csv", marker=marker)
    (home / name).touch()
    assert scan("a.csv", marker=marker) == ROWS


def test_every_file_of_a_glob_needs_its_marker(home: Path) -> None:
    for stem in "ab":
        (home / f"{stem}.csv").write_text(content())
    (home / "a.done").touch()
    with pytest.raises(TransientError, match=r"b\.csv, not complete"):
        scan("?.*", marker="{stem}.done")
    (home / "b.done").touch()
    assert len(scan("?.*", marker="{stem}.done")) == 2 * len(ROWS)


def test_a_file_written_to_while_it_is_read_is_not_believed(home: Path) -> None:
    path = home / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 200_000)
    batches = file.scan(columns=["a"], path="a.csv")
    next(batches)
    with path.open("a") as more:
        more.write("3,4\n")
    with pytest.raises(TransientError, match="written to while it was read"):
        list(batches)


def test_stopping_early_closes_the_file(home: Path) -> None:
    (home / "a.csv").write_text("a,b\n" + "1,2\n" * 200_000)
    batches = file.scan(columns=["a"], path="a.csv")
    next(batches)
    assert any("a.csv" in name for name in open_files())
    batches.close()
    assert not any("a.csv" in name for name in open_files())


# --- spreadsheets


def workbook(path: Path, rows: list[list[Any]]) -> None:
    """Texts as text cells, ``None`` as no cell, other values as Excel keeps them."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
        for (number, row), place in itertools.product(enumerate(rows), range(max(map(len, rows)))):
            value = row[place] if place < len(row) else None
            if isinstance(value, str):
                sheet.write_string(number, place, value)
            elif isinstance(value, dt.datetime):
                sheet.write_datetime(number, place, value, moment)
            elif isinstance(value, dt.date):
                sheet.write_datetime(number, place, value, day)
            elif isinstance(value, ValueError):
                sheet.write_formula(number, place, "=NA()", None, "#N/A")
            elif value is not None:
                sheet.write(number, place, value)


def test_a_spreadsheet_gives_the_same_text(home: Path) -> None:
    rows = [[cell and cell.replace("\r\n", "\n") for cell in row] for row in ROWS]
    workbook(home / "a.xlsx", [NAMES, *rows])
    assert scan("a.xlsx") == rows
    assert file.describe(path="a.xlsx") == [SourceColumn(name, "text") for name in NAMES]


CELLS = [
    ("text that looks like a number", "011", "011"),
    ("an integer", 42, "42"),
    ("15 digits", 123456789012345, "123456789012345"),
    ("a fraction", 12.3, "12.3"),
    ("a small fraction", 0.0000001, "0.0000001"),
    ("true", True, "true"),
    ("a date", dt.date(2020, 2, 29), "2020-02-29"),
    ("a datetime", dt.datetime(2020, 1, 2, 3, 4, 5), "2020-01-02 03:04:05"),
    ("a midnight", dt.datetime(2020, 1, 2), "2020-01-02 00:00:00"),
    ("the text of an error", "#N/A", "#N/A"),
    ("an emoji", "😀𠮷", "😀𠮷"),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in CELLS], ids=[row[0] for row in CELLS])
def test_cells(given: Any, expected: str, home: Path) -> None:
    workbook(home / "a.xlsx", [["a", "b"], [given, "x"]])
    assert scan("a.xlsx", columns=["a"]) == [[expected]]


def test_empty_rows_and_unnamed_empty_columns_are_none(home: Path) -> None:
    workbook(home / "a.xlsx", [["a", "b"], ["1", "2"], [None, None], ["3"]])
    assert scan("a.xlsx", columns=["a", "b"]) == [["1", "2"], ["3", None]]


def test_a_declared_size_that_is_too_small_loses_no_row(home: Path, tmp_path: Path) -> None:
    import zipfile

    workbook(tmp_path / "true.xlsx", [["a", "b"], ["1", "2"], ["3", "4"]])
    with zipfile.ZipFile(tmp_path / "true.xlsx") as true, zipfile.ZipFile(home / "a.xlsx", "w") as false:
        for name in true.namelist():
            false.writestr(name, true.read(name).replace(b'<dimension ref="A1:B3"/>', b'<dimension ref="A1"/>'))
    assert scan("a.xlsx", columns=["a", "b"]) == [["1", "2"], ["3", "4"]]


def merged(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.merge_range(1, 0, 2, 0, CANARY)


def uncomputed(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([CANARY, "=1+1"])
    book.save(path)


def cells(*rows: list[Any]) -> Callable[[Path], None]:
    return lambda path: workbook(path, [["a", "b"], *rows])


BAD_BOOKS: list[tuple[str, Callable[[Path], None], str]] = [
    (
        "18 digits as a number",
        cells([110101199003077758, "x"], [1, "y"]),
        "file.digits: .*store them as text .column a, 1 value",
    ),
    ("error cells", cells([ValueError(), CANARY], [ValueError(), "x"]), "file.error_cell: .*column a, 2 values"),
    (
        "a cell right of the header",
        cells(["1", "2", CANARY]),
        "file.ragged: a.xlsx: row 2: cells to the right of the header's 2 columns",
    ),
    ("merged cells", merged, "file.merged: a.xlsx"),
    ("formulas never computed", uncomputed, "file.formula: a.xlsx"),
    ("no workbook", raw(b"PK\x03\x04" + CANARY.encode()), "file.format: a.xlsx: not a readable XLSX"),
    ("HTML", text(f"<table><tr><td>{CANARY}"), "file.format: a.xlsx: is HTML"),
    ("an old workbook", raw(b"\xd0\xcf\x11\xe0"), "file.format: a.xlsx: is another kind of spreadsheet; save it as XLSX"),
]


@pytest.mark.parametrize(("write", "told"), [row[1:] for row in BAD_BOOKS], ids=[row[0] for row in BAD_BOOKS])
def test_a_wrong_workbook_is_refused(write: Callable[[Path], None], told: str, home: Path) -> None:
    write(home / "a.xlsx")
    with pytest.raises(GongkaiError, match=told) as caught:
        scan("a.xlsx", columns=["a", "b"])
    assert CANARY not in everything(caught.value)
    assert "1101011990" not in everything(caught.value)


def test_a_date_out_of_range_is_an_error_cell_and_is_not_told(home: Path, recwarn: pytest.WarningsRecorder) -> None:
    with xlsxwriter.Workbook(home / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_number(1, 0, float(CANARY), book.add_format({"num_format": "yyyy-mm-dd"}))
    with pytest.raises(DataError, match=r"file\.error_cell"):
        scan("a.xlsx", columns=["a", "b"])
    assert not [warning for warning in recwarn if CANARY in str(warning.message)]


# --- laws

CELL = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12))
TABLE = st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=12)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=TABLE, end=st.sampled_from(["\n", "\r\n"]), chunk=st.integers(1, 40))
@example(rows=[["", '"'], ["\r", "\n"]], end="\r\n", chunk=1)
def test_any_text_comes_back_however_the_file_is_cut(rows: list[list[str | None]], end: str, chunk: int, home: Path) -> None:
    encoded = (end.join(["a,b", *map(line, rows)]) + end).encode()
    chunks = [encoded[start : start + chunk] for start in range(0, len(encoded), chunk)]
    lines = _lines.Lines(chunks, name="a.csv")
    assert lines.header == ["a", "b"]
    assert sum(count for _, count in lines.blocks()) == len(rows)
    (home / "a.csv").write_bytes(encoded)
    assert scan("a.csv", columns=["a", "b"]) == rows


@settings(deadline=None)
@given(written=st.text(st.sampled_from('a,"\n'), max_size=14), chunk=st.integers(1, 8))
def test_what_is_accepted_is_what_a_strict_reader_reads(written: str, chunk: int) -> None:
    """Python's own reader in strict mode is the oracle: the same rows, or ours refuses."""
    whole = f"h,i\n{written}".encode()
    try:
        lines = _lines.Lines([whole[start : start + chunk] for start in range(0, len(whole), chunk)], name="a.csv")
        rows = sum(count for _, count in lines.blocks())
    except DataError:
        return
    expected = [row for row in csv.reader(io.StringIO(whole.decode(), newline=""), strict=True) if row]
    assert rows == len(expected) - 1
    assert {len(row) for row in expected} == {2}


@given(written=st.text(max_size=30), encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_a_proof_never_changes_a_text(written: str, encoding: str) -> None:
    encoded = written.replace("\0", "").encode(encoding, errors="ignore")
    proved = _encoding.prove(io.BytesIO(encoded), encoding, name="a.csv")
    text = encoded.decode(encoding).removeprefix("\ufeff")
    assert b"".join(_encoding.utf8(io.BytesIO(encoded), proved)).decode() == text


def open_files() -> list[str]:
    folder = Path(f"/proc/{os.getpid()}/fd")
    return [str(entry.readlink()) for entry in folder.iterdir() if entry.is_symlink()]


def everything(error: BaseException) -> str:
    return repr(error) + "".join(traceback.format_exception(error))
