"""Parquet files as text columns, for a look at them; no entry names one as its source.

Columns of bytes, lists and other nested types have no text and are described without being read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from gongkai.batches import BATCH_ROWS, Batches
from gongkai.columns.logical_types import SourceColumn
from gongkai.errors import DataError


def describe(path: Path) -> list[SourceColumn]:
    """The columns with their Arrow types; DataError when it is no Parquet file."""
    with _open(path) as file:
        return [SourceColumn(field.name, str(field.type)) for field in file.schema_arrow]


def scan(path: Path, columns: Sequence[str]) -> Batches:
    """The asked columns as text. DataError ``source.bytes`` names those without a text form."""
    from gongkai.sources import _table

    with _open(path) as file:
        _table.refuse_bytes([name for name in columns if not _written(file.schema_arrow.field(name).type)])
        schema = pa.schema([(name, pa.string()) for name in columns])
        for batch in file.iter_batches(BATCH_ROWS, columns=list(columns)):
            yield pa.RecordBatch.from_arrays([_text(batch.column(name)) for name in columns], schema=schema)


def _written(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_primitive(kind)) or bool(
        pa.types.is_decimal(kind) or pa.types.is_null(kind)
    )


def _text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.string())


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise DataError.of("file.format", f"{path.name}: not a readable Parquet file ({type(error).__name__})") from None
