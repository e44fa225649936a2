"""Excel workbook 电子表格 (ECMA-376): text is always a text cell, so that long digits and ``=1+1`` stay what they are.

The package is xlsxwriter's; the rows inside its sheets are written by string kernels, many times as fast as cell by cell, and
read back by the positions of their tags, which libxml2 confirms. NULL is an empty cell, an empty text a cell with empty text.
Dates are ISO 8601 text: a serial number would depend on the program's calendar and be lost in the next CSV. Numbers of more
than 15 digits are text. A sheet holds 1,048,575 rows below its header; more rows go to further sheets ``数据 2``…
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from gongkai.batches import Batches
from gongkai.errors import DataError
from gongkai.formats import _cells, _limits, _sheet, _text, _workbook

VERSION = 1
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSION = "xlsx"

_COLUMNS = 16_384
_LEVEL = 1  # of deflate: level 6 takes three times as long and saves a fifth


def write(batches: Batches, sink: BinaryIO, schema: pa.Schema) -> None:
    """Raises DataError for texts longer than a cell's 32,767 characters and for numbers that are infinite or undefined.

    >>> import io
    >>> write(iter([pa.record_batch({"a": ["x" * 32_768]})]), io.BytesIO(), pa.schema({"a": pa.string()}))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: format.xlsx_length: longer than the 32,767 characters a cell holds (column a, 1 value)
    """
    _check_header(schema)
    batches = _limits.refusing(
        _limits.numbers(_limits.dates(batches)),
        _cells.too_long,
        "format.xlsx_length",
        "longer than the 32,767 characters a cell holds",
    )
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as package:
        sheet = _sheet.Sheet(package, schema, 1)
        try:
            for piece in _text.pieces(batches):
                sheet = sheet.write(piece)
        finally:
            sheet.close()
        for name, content in sheet.skeleton.members.items():
            with package.open(name, "w") as member:
                member.write(content)


def read(path: Path, schema: pa.Schema) -> Batches:
    """The rows of a file ``write`` made; DataError when it is anything else."""
    try:
        with zipfile.ZipFile(path) as package:
            for name in _workbook.sheets(package):
                with package.open(name) as member:
                    yield from _sheet.read(member, schema)
    except (zipfile.BadZipFile, zlib.error, KeyError) as error:
        raise DataError.of("format.unreadable", f"xlsx: cannot be read back ({type(error).__name__})") from None


def _check_header(schema: pa.Schema) -> None:
    if len(schema) > _COLUMNS:
        raise DataError.of("format.xlsx_columns", f"a sheet holds {_COLUMNS:,} columns, the table has {len(schema):,}")
    for name in schema.names:
        if _cells.too_long(pa.array([name])):
            raise DataError.of("format.xlsx_length", "a header is longer than the 32,767 characters a cell holds")
