"""Files 文件: CSV and XLSX, one, a glob, or a drop folder (前置机) whose batch counts once its marker is there.

CSV is RFC 4180 in an encoding that is declared or proved; an empty cell is NULL, a quoted empty one ``''``. Every value stays
the text it is in the file. What is wrong with a file is said by its name, row and line, never by what stands there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Literal

import pyarrow as pa

from gongkai.batches import BATCH_ROWS, Batches, rebatch
from gongkai.columns.logical_types import Since, SourceColumn
from gongkai.errors import ConfigError, DataError, Reason
from gongkai.project import SHIPPED, Project
from gongkai.sources import _csv, _drop, _encoding, _since, _table, _xlsx
from gongkai.sources._lines import Lines

Encoding = Literal["utf-8", "utf-8-sig", "gbk", "gb18030", "prove"]

_CSV, _XLSX = frozenset({".csv", ".txt", ".tsv"}), frozenset({".xlsx"})
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head|style)", re.IGNORECASE)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# a phone, card or ID number, an e-mail address: what no column is called
_DATA = re.compile(r"\d{11}|[^\s@]+@[^\s@]+\.\w")


VERSION = 1
"""Changes when the same table gives other texts."""


def describe(
    *,
    path: str,
    encoding: Encoding = "prove",
    delimiter: str = ",",
    sheet: str | None = None,
    marker: str | None = None,
    project: Project = SHIPPED,
) -> list[SourceColumn]:
    """The header's columns; every value of a file is text.

    TransientError: no such file, or not complete yet. DataError: files of one glob with different headers, a header with
    empty or repeated names, a file that is not what its name says.
    """
    files = _files(project, path, delimiter, marker)
    return [SourceColumn(name, "text") for name in _header(files, encoding, delimiter, sheet)]


def scan(
    *,
    columns: Sequence[str],
    since: Since | None = None,
    path: str,
    encoding: Encoding = "prove",
    delimiter: str = ",",
    sheet: str | None = None,
    marker: str | None = None,
    project: Project = SHIPPED,
) -> Batches:
    """Stream the asked columns of every file, in the order of their names.

    Beside the errors of ``describe``, DataError: bytes that do not decode (``file.encoding``), a quote out of place
    (``file.quoting``), a row of another width (``file.ragged``), a number a spreadsheet has shortened (``file.digits``)...
    """
    files = _files(project, path, delimiter, marker)
    names = _header(files, encoding, delimiter, sheet)
    wanted = list(dict.fromkeys([*columns, *([since.column] if since else [])]))
    _require(wanted, names)
    for file in files:
        batches = _rows(project, file, names, wanted, encoding, delimiter, sheet)
        with closing(batches):
            yield from ((_since.newer(batch, since) if since else batch).select(list(columns)) for batch in batches)


def _rows(
    project: Project, path: Path, names: Sequence[str], columns: Sequence[str], encoding: str, delimiter: str, sheet: str | None
) -> Generator[pa.RecordBatch]:
    with _drop.steady(path) as file:
        if path.suffix.lower() in _XLSX:
            yield from _xlsx.scan(file, sheet, name=path.name, names=names, columns=columns, zone=_table.zone(project))
            return
        lines = _lines(file, path.name, encoding, delimiter)
        if lines.header != list(names):
            raise _different(path)
        yield from rebatch(BATCH_ROWS)(_csv.parse(lines.blocks(), names, columns=columns, delimiter=delimiter))


def _header(files: Sequence[Path], encoding: str, delimiter: str, sheet: str | None) -> list[str]:
    """The one header all the files have."""
    first: list[str] | None = None
    for path in files:
        with _drop.steady(path) as file:
            if path.suffix.lower() in _XLSX:
                _refuse_disguise(file, path.name, _XLSX)
                found = _xlsx.header(file, sheet, name=path.name)
            else:
                found = _lines(file, path.name, encoding, delimiter).header
        if first is None:
            first = found
            _check(found, path.name)
        elif found != first:
            raise _different(path)
    return first or []


def _lines(file: BinaryIO, name: str, encoding: str, delimiter: str) -> Lines:
    _refuse_disguise(file, name, _CSV)
    proved = _encoding.prove(file, encoding, name=name)
    return Lines(_encoding.utf8(file, proved), name=name, delimiter=delimiter)


def _refuse_disguise(file: BinaryIO, name: str, kind: frozenset[str]) -> None:
    file.seek(0)
    head = file.read(512)
    if not head:
        raise DataError.of("file.empty", f"{name}: is empty, without even a header")
    if _MARKUP.match(head):
        raise DataError.of("file.format", f"{name}: is HTML or XML; export the table itself")
    if head.startswith(_OLE) or (kind is _CSV and head.startswith(_ZIP)):
        raise DataError.of(
            "file.format", f"{name}: is another kind of spreadsheet; save it as {'CSV' if kind is _CSV else 'XLSX'}"
        )


def _check(header: Sequence[str], name: str) -> None:
    """Every column needs a name of its own; the positions are named, for without a header the names would be a row's values."""
    repeated = {title for title, count in Counter(header).items() if count > 1 and title.strip()}
    rules = {
        ("file.header_empty", "column names are empty"): lambda title: not title.strip(),
        ("file.header_data", "values where the column names should be"): lambda title: _DATA.search(title) is not None,
        ("file.header_repeated", "column names stand twice"): lambda title: title in repeated,
    }
    reasons = [
        Reason(rule, f"{name}: {message}, at position {', '.join(map(str, places))}")
        for (rule, message), wrong in rules.items()
        if (places := _places(header, wrong))
    ]
    if not header:
        reasons.append(Reason("file.empty", f"{name}: has no header"))
    if reasons:
        raise DataError(*reasons)


def _places(header: Sequence[str], wrong: Callable[[str], bool]) -> list[int]:
    return [place for place, title in enumerate(header, start=1) if wrong(title)]


def _require(wanted: Sequence[str], names: Sequence[str]) -> None:
    """DataError naming the registered columns that are not in the header; the header's own names are not quoted."""
    if missing := [name for name in wanted if name not in names]:
        raise DataError(*(Reason("source.missing_column", "the header has no such column", column=name) for name in missing))


def _different(path: Path) -> DataError:
    return DataError.of("file.header_differs", f"{path.name}: its header is not that of the first file")


def _files(project: Project, path: str, delimiter: str, marker: str | None) -> list[Path]:
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        raise ConfigError.of("must be one ASCII character", "such as ',' or '\\t'", key="source.delimiter")
    files = _drop.find(project, path, marker)
    if other := [file for file in files if file.suffix.lower() not in _CSV | _XLSX]:
        remedy = f"known: {', '.join(sorted(_CSV | _XLSX))}; is it a marker or a partial file, narrow the path"
        raise ConfigError.of(f"{other[0].name} is no kind of file known here", remedy, key="source.path")
    return files
