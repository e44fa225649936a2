"""The package around an XLSX workbook's sheets 工作簿, as xlsxwriter makes it: types, relations, styles, header rows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import pyarrow as pa

SHEET = "xl/worksheets/sheet{}.xml"

_MADE = datetime(2000, 1, 1)  # the same in every file, so that equal tables are equal files
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Skeleton:
    """``members`` of the package without its sheets; what stands in sheet ``n`` before and after its rows; styles by column."""

    members: dict[str, bytes]
    opening: bytes
    ending: bytes
    styles: list[int]


def skeleton(schema: pa.Schema, sheets: int) -> Skeleton:
    """The package of a workbook with that many sheets, and the frame of the last one, which has its header row and no other."""
    members = _members(schema, sheets)
    frames = [members.pop(SHEET.format(number)) for number in range(1, sheets + 1)]
    # the range is left out, as the standard allows: it would have to stand before rows nobody has counted yet
    opening, end, ending = _DIMENSION.sub(b"", frames[-1]).rpartition(b"</sheetData>")
    return Skeleton(members, opening, end + ending, styles(frames[-1], len(schema)))


def sheets(package: zipfile.ZipFile) -> list[str]:
    """The members that are the workbook's sheets, in the order a reader sees them."""
    from lxml import etree

    book = etree.fromstring(package.read("xl/workbook.xml"))
    relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target") for relation in relations}
    return [f"xl/{targets[sheet.get(f'{{{_RELATION}}}id')]}" for sheet in book.iter(f"{{{_MAIN}}}sheet")]


def _members(schema: pa.Schema, sheets: int) -> dict[str, bytes]:
    from xlsxwriter import Workbook

    target = BytesIO()
    book = Workbook(target, {"constant_memory": True})
    book.set_properties({"created": _MADE})
    formats = [_format(book, field.type) for field in schema]
    for number in range(1, sheets + 1):
        sheet = book.add_worksheet("数据" if number == 1 else f"数据 {number}")
        _header(sheet, schema, formats, book.add_format({"bold": True}))
    book.close()
    with zipfile.ZipFile(target) as package:
        return {name: package.read(name) for name in package.namelist()}


def _header(sheet: Any, schema: pa.Schema, formats: Sequence[Any], bold: Any) -> None:
    for place, (name, format) in enumerate(zip(schema.names, formats, strict=True)):
        sheet.set_column(place, place, _WIDTH, format)
        sheet.write_string(0, place, name, bold)
    sheet.freeze_panes(1, 0)


def _format(book: Any, kind: pa.DataType) -> Any:
    """Whole numbers and decimals show all their digits; everything else is text, also when somebody types into it."""
    if pa.types.is_integer(kind):
        return book.add_format({"num_format": "0"})
    if pa.types.is_decimal(kind):
        return book.add_format({"num_format": "0." + "0" * kind.scale if kind.scale else "0"})
    if pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return book.add_format({"num_format": "General"})
    return book.add_format({"num_format": "@"})


def styles(frame: bytes, columns: int) -> list[int]:
    """The cell style of each column, as a sheet declares it."""
    from lxml import etree

    found = [0] * columns
    column: Any
    for column in etree.fromstring(frame).iter(f"{{{_MAIN}}}col"):
        for place in range(int(column.get("min")), int(column.get("max")) + 1):
            found[place - 1] = int(column.get("style", "0"))
    return found
