"""XLSX sheets 电子表格: row by row, every cell in the shared text form.

A spreadsheet keeps 15 digits of a number: a longer one has lost its tail before it came here, so it is refused, as are error
cells, merged cells and formulas whose value was never computed. An empty row is no row.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import pyarrow as pa

from gongkai.batches import BATCH_ROWS, Batches
from gongkai.errors import ConfigError, DataError, Reason, known
from gongkai.sources import _text

_EXACT = 10**15
_REASONS = {
    "file.digits": "numbers of more than 15 digits: a spreadsheet keeps 15, store them as text",
    "file.error_cell": "error cells such as #N/A",
}
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell ")
# a cell with a formula and no value; a formula whose value is the empty text says so
_NEVER_COMPUTED = re.compile(rb'<c (?![^>]*t="str")[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>')
_OVERLAP = 1 << 14


def header(file: BinaryIO, sheet: str | None, *, name: str) -> list[str]:
    """The cells of the first row, as text."""
    with _sheet(file, sheet, name) as found:
        cells = next(_read(found, name), [])
    while cells and cells[-1].value is None:
        cells.pop()
    return ["" if cell.value is None else str(cell.value) for cell in cells]


def scan(
    file: BinaryIO, sheet: str | None, *, name: str, names: Sequence[str], columns: Sequence[str], zone: ZoneInfo
) -> Batches:
    """The rows below the header. DataError naming column and count for cells that hold no true value."""
    wrong: Counter[tuple[str, str]] = Counter()
    places = [list(names).index(column) for column in columns]
    schema = pa.schema([(column, pa.string()) for column in columns])
    with _sheet(file, sheet, name) as found:
        rows = _rows(found, name, len(names))
        next(rows, None)
        while cells := list(islice(rows, BATCH_ROWS)):
            arrays = [
                _text.texts([_value(row[place], column, wrong, zone) for row in cells], column=column, zone=zone)
                for place, column in zip(places, columns, strict=True)
            ]
            if not wrong:
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    if wrong:
        raise DataError(
            *(Reason(rule, f"{name}: {_REASONS[rule]}", column=column, count=count) for (rule, column), count in wrong.items())
        )


def _value(cell: Any, column: str, wrong: Counter[tuple[str, str]], zone: ZoneInfo) -> Any:
    value = cell.value
    if value is None or isinstance(value, (str, bool)):
        if cell.data_type == "e":
            wrong["file.error_cell", column] += 1
        return value
    if isinstance(value, (int, float)):
        if abs(value) >= _EXACT:
            wrong["file.digits", column] += 1
        return value
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() and _is_date(cell.number_format) else value
    return value


@cache
def _is_date(number_format: str) -> bool:
    from openpyxl.styles.numbers import is_datetime

    return bool(is_datetime(number_format) == "date")


def _rows(found: Any, name: str, width: int) -> Iterator[list[Any]]:
    """Every row that is not empty, filled up to the header's width. DataError when one is wider."""
    for number, cells in enumerate(_read(found, name), start=1):
        if any(cell.value is not None for cell in cells[width:]):
            raise DataError.of("file.ragged", f"{name}: row {number}: cells to the right of the header's {width} columns")
        if any(cell.value is not None for cell in cells):
            yield cells[:width] + [_nothing()] * (width - len(cells))


@cache
def _nothing() -> Any:
    from openpyxl.cell.read_only import EMPTY_CELL

    return EMPTY_CELL


def _read(found: Any, name: str) -> Iterator[list[Any]]:
    rows = iter(found.iter_rows())
    while True:
        with _edge(name), warnings.catch_warnings():
            # a date out of range is an error cell; the warning would print it
            warnings.simplefilter("ignore")
            cells = next(rows, None)
        if cells is None:
            return
        yield list(cells)


@contextmanager
def _sheet(file: BinaryIO, sheet: str | None, name: str) -> Iterator[Any]:
    import openpyxl

    file.seek(0)
    with _edge(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        found = _choose(book, sheet, name)
        _refuse_untrue(file, found, name)
        # some writers declare a sheet smaller than it is
        found.reset_dimensions()
        yield found
    finally:
        book.close()


def _choose(book: Any, sheet: str | None, name: str) -> Any:
    visible = {found.title: found for found in book.worksheets if found.sheet_state == "visible"}
    if sheet is not None:
        if sheet not in visible:
            raise ConfigError.of(f"{name} has no visible sheet '{sheet}'", known(sheet, visible), key="source.sheet")
        return visible[sheet]
    filled = [found for found in visible.values() if next(_read(found, name), None)]
    if len(filled) != 1:
        remedy = f"name one of: {', '.join(visible)}"
        raise ConfigError.of(f"{name} has {len(filled)} sheets that are not empty", remedy, key="source.sheet")
    return filled[0]


def _refuse_untrue(file: BinaryIO, found: Any, name: str) -> None:
    """DataError for merged cells (all but the first read as empty) and for formulas that were never computed."""
    with _edge(name), zipfile.ZipFile(file) as archive, archive.open(found._worksheet_path) as content:
        held = b""
        while chunk := content.read(1 << 22):
            held += chunk
            if _MERGED.search(held):
                raise DataError.of(
                    "file.merged", f"{name}: merged cells, of which only the first has a value; undo the merging"
                )
            if _NEVER_COMPUTED.search(held):
                raise DataError.of(
                    "file.formula", f"{name}: formulas without a computed value; save it in a spreadsheet program"
                )
            held = held[-_OVERLAP:]


@contextmanager
def _edge(name: str) -> Iterator[None]:
    """What a spreadsheet library raises over a broken file, as ours."""
    from openpyxl.utils.exceptions import InvalidFileException

    broken = (
        InvalidFileException,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
    )
    try:
        yield
    except (*broken, SyntaxError, NotImplementedError, EOFError, AssertionError, RuntimeError) as error:
        raise DataError.of("file.format", f"{name}: not a readable XLSX file ({type(error).__name__})") from None
