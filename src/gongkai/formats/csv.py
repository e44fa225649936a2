"""CSV 逗号分隔: RFC 4180 in UTF-8, with a header row; NULL is an empty field, an empty text is ``""``.

``bom`` puts a byte order mark in front, for spreadsheet programs that would otherwise take Chinese for another encoding.
Written by Arrow, read back by DuckDB.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from gongkai.batches import Batches
from gongkai.formats import _duckdb, _limits, _text

VERSION = 1
MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
EXTENSION = "csv"

_BOM = b"\xef\xbb\xbf"
_LONGEST_LINE = 8 << 20


def write(batches: Batches, sink: BinaryIO, schema: pa.Schema, *, bom: bool = False) -> None:
    """One record a line, ended by CRLF; text is always quoted, numbers and dates never.

    Raises DataError where a table of one column holds NULL: its line would be empty, and readers skip empty lines.

    >>> import io
    >>> sink = io.BytesIO()
    >>> batch = pa.record_batch({"编码": ["011", "", None], "数": [1, None, 0]})
    >>> write(iter([batch]), sink, batch.schema)
    >>> sink.getvalue().decode().splitlines()
    ['"编码","数"', '"011",1', '"",', ',0']
    """
    from pyarrow.csv import CSVWriter, WriteOptions

    if bom:
        sink.write(_BOM)
    lexical = pa.schema([pa.field(field.name, _lexical(field.type)) for field in schema])
    if len(schema) == 1:
        batches = _limits.refusing(
            batches, lambda column: int(column.null_count), "format.csv_blank_line", "NULL in the only column is an empty line"
        )
    with CSVWriter(sink, lexical, write_options=WriteOptions(eol="\r\n", batch_size=8192)) as writer:
        for batch in _limits.dates(batches):
            columns = [
                _text.text(column) if field.type != column.type else column
                for column, field in zip(batch.columns, lexical, strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=lexical))


def read(path: Path, schema: pa.Schema) -> Batches:
    """The rows of a file ``write`` made; DataError when it is anything else. One record may be 8 MiB long."""
    _duckdb.check_names(_header(path), schema, EXTENSION)
    return _duckdb.batches(
        lambda connection: connection.read_csv(
            str(path),
            columns=_duckdb.columns(schema),
            header=True,
            delimiter=",",
            quotechar='"',
            escapechar='"',
            lineterminator="\\r\\n",  # the two letters each, as DuckDB spells it
            na_values="",
            allow_quoted_nulls=False,
            auto_detect=False,
            max_line_size=_LONGEST_LINE,
            buffer_size=2 * _LONGEST_LINE,
        ),
        schema,
        EXTENSION,
    )


def _header(path: Path) -> list[str]:
    """The first record's fields; none when the file has no record."""
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (csv.Error, UnicodeDecodeError):
        return []


def _lexical(kind: pa.DataType) -> pa.DataType:
    """What is handed to Arrow's writer: types whose own form differs from ours go as text."""
    if pa.types.is_timestamp(kind) or (pa.types.is_decimal(kind) and kind.scale > 6):
        return pa.string()
    return kind
