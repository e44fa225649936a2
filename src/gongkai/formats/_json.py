"""JSON objects 对象 out of columns, and columns out of lines of objects; shared by ``json`` and ``jsonl``.

Integers, decimals (their scale kept: ``1.50``) and floats are numbers, booleans are booleans, everything else is text:
``011`` and an 18-digit number registered as text stay text. NULL is ``null``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.errors import DataError
from gongkai.formats import _limits, _text

_BLOCK = 4 << 20
_ESCAPED = frozenset([*range(0x20), ord('"'), ord("\\")])


def objects(batches: Batches, *, before: str, after: str) -> Iterator[memoryview]:
    """One run of bytes a piece: every row as an object between two texts."""
    for piece in _text.pieces(_limits.numbers(_limits.dates(batches))):
        parts: list[str | pa.Array] = [before, "{"]
        for place, (name, column) in enumerate(zip(piece.schema.names, piece.columns, strict=True)):
            parts += [", " if place else "", json.dumps(name, ensure_ascii=False), ": ", *_value(column)]
        yield _text.joined([*parts, "}", after])


def lines(source: Any, schema: pa.Schema, format: str) -> Batches:
    """The rows of a path or binary stream with one object (of at most 4 MiB) a line; DataError when it is anything else."""
    from pyarrow.json import ParseOptions, ReadOptions, open_json

    explicit = pa.schema([field.with_type(_parsed(field.type)) for field in schema])
    try:
        reader = open_json(
            source,
            read_options=ReadOptions(block_size=_BLOCK, use_threads=False),
            parse_options=ParseOptions(explicit_schema=explicit, unexpected_field_behavior="error"),
        )
        for batch in reader:
            yield pa.RecordBatch.from_arrays([batch.column(field.name).cast(field.type) for field in schema], schema=schema)
    except pa.ArrowException as error:
        raise DataError.of("format.unreadable", f"{format}: cannot be read back ({type(error).__name__})") from None


def escape(column: pa.Array) -> pa.Array:
    """Text as it stands between a JSON string's quotes (RFC 8259).

    >>> escape(pa.array(['a"b', "c\\n", None])).to_pylist()
    ['a\\\\"b', 'c\\\\n', None]
    """
    found = _text.bytes_in(column, _ESCAPED)
    for value in sorted(found, key=lambda value: value != ord("\\")):  # the backslash first, or it would escape the others' own
        column = pc.replace_substring(column, chr(value), json.dumps(chr(value))[1:-1])
    return column


def _value(column: pa.Array) -> list[str | pa.Array]:
    kind = column.type
    if pa.types.is_string(kind):
        return _text.around('"', escape(column), '"', "null")
    quote = '"' if pa.types.is_temporal(kind) else ""
    return _text.around(quote, _text.text(column), quote, "null")


def _parsed(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_temporal(kind) else kind
