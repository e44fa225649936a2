"""A sheet 工作表 of an XLSX workbook, written from record batches and read back into them."""

from __future__ import annotations

import zipfile
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.formats import _cells, _markup, _text, _workbook
from gongkai.formats._typed import typed

_FORMAT = "xlsx"
_ROWS = 1_048_576
_SHEET_BYTES = 3 << 29  # a member of 2 GiB would need ZIP64, which not every spreadsheet program reads
_ENDING = b"</sheetData></worksheet>"


class Sheet:
    """One sheet being written; only one member of a package can be open at a time."""

    def __init__(self, package: zipfile.ZipFile, schema: pa.Schema, number: int) -> None:
        self.number = number
        self._package, self._schema = package, schema
        self.skeleton = _workbook.skeleton(schema, number)
        self._letters = _letters(len(schema))
        self._member = package.open(_workbook.SHEET.format(number), "w")
        self._bytes = self._member.write(self.skeleton.opening)
        self._next = 2  # the row below the header

    def write(self, piece: pa.RecordBatch) -> Sheet:
        """The sheet that holds the piece's last row: this one, or a further one when this one is full."""
        room = 0 if self._bytes > _SHEET_BYTES else _ROWS - self._next + 1
        if room:
            self._write(piece.slice(0, room))
        if piece.num_rows <= room:
            return self
        self.close()
        return Sheet(self._package, self._schema, self.number + 1).write(piece.slice(room))

    def _write(self, piece: pa.RecordBatch) -> None:
        numbers = _numbers(self._next, piece.num_rows)
        parts: list[str | pa.Array] = ['<row r="', numbers, '">']
        for letter, column, style in zip(self._letters, piece.columns, self.skeleton.styles, strict=True):
            parts += [f'<c r="{letter}', numbers, *_cells.cells(column, style)]
        self._bytes += self._member.write(_text.joined([*parts, "</row>"]))
        self._next += piece.num_rows

    def close(self) -> None:
        self._member.write(self.skeleton.ending)
        self._member.close()


def read(file: IO[bytes], schema: pa.Schema) -> Batches:
    """The rows below a sheet's header; DataError when it is not a sheet this program writes.

    The first rows are read by libxml2 as well, which knows what their tags mean; all further rows must have the same tags.
    """
    document = _markup.Document(file)
    styles: list[int] = []
    number = 1
    for run in document:
        rows = run
        if number == 1:
            header, end, rows = run.partition(_markup.ROW_END)
            styles = _workbook.styles(document.opening + _ENDING, len(schema))
            _check_names(document.opening + header + end + _ENDING, schema)
            number = 2
        if not rows:
            continue
        with _markup.refused(_FORMAT):
            texts = _texts(_markup.Markup(rows, _FORMAT), schema, styles, number)
        if number == 2:
            _witness(document.opening + _markup.first_rows(rows) + _ENDING, texts)
        number += len(texts[0])
        columns = [typed(column, field, _FORMAT) for column, field in zip(texts, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)
    _markup.parse(document.opening + document.ending, _FORMAT)
    if number == 1 or not document.ending.startswith(b"</sheetData>"):
        raise _markup.misplaced(_FORMAT)


def _texts(markup: _markup.Markup, schema: pa.Schema, styles: list[int], first: int) -> list[pa.Array]:
    """The columns of a run of rows as text; every tag and every reference must be the one that belongs there."""
    rows = tag = markup.rows()
    numbers = _numbers(first, len(rows))
    markup.expect(pc.equal(markup.tags(tag), pc.binary_join_element_wise('<row r="', numbers, '">', "")))
    columns = []
    for letter, field, style in zip(_letters(len(schema)), schema, styles, strict=True):
        markup.expect_adjacent(tag)
        starts = pc.binary_join_element_wise(f'<c r="{letter}', numbers, "")
        tag, column = _cells.read(markup, tag + 1, starts, _cells.number_head(field.type, style))
        column = _markup.unescape(column, _FORMAT)
        columns.append(_cells.unescape(column) if pa.types.is_string(field.type) else column)
    markup.expect_adjacent(tag)
    markup.expect_row_ends(rows, tag + 1, "")
    return columns


def _witness(document: bytes, texts: list[pa.Array]) -> None:
    for number, row in enumerate(_rows(document)):
        if _row(row) != [column[number].as_py() for column in texts]:
            raise _markup.misplaced(_FORMAT)


def _check_names(document: bytes, schema: pa.Schema) -> None:
    rows = _rows(document)
    if len(rows) != 1 or _row(rows[0]) != schema.names:
        raise _markup.misplaced(_FORMAT)


def _rows(document: bytes) -> list[Any]:
    return list(_markup.parse(document, _FORMAT).iter(_qualified("row")))


def _row(row: Any) -> list[str | None]:
    """The texts of a row's cells, by the names and places libxml2 gives them."""
    texts = pa.array(["".join(cell.itertext()) if len(cell) else None for cell in row], pa.string())
    found: list[str | None] = _cells.unescape(texts).to_pylist()
    return found


def _numbers(first: int, rows: int) -> pa.Array:
    return pa.array(np.arange(first, first + rows)).cast(pa.string())


def _letters(columns: int) -> list[str]:
    from xlsxwriter.utility import xl_col_to_name

    return [xl_col_to_name(place) for place in range(columns)]


def _qualified(tag: str) -> str:
    return f"{{http://schemas.openxmlformats.org/spreadsheetml/2006/main}}{tag}"
