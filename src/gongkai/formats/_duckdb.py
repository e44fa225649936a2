"""Reading back through DuckDB, which shares no code with Arrow's writers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from gongkai.batches import BATCH_ROWS, Batches
from gongkai.columns.logical_types import logical_type
from gongkai.errors import DataError

_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}


def columns(schema: pa.Schema) -> dict[str, str]:
    """DuckDB's types of a schema's columns, by place: its own names know no difference between ``A`` and ``a``.

    >>> columns(pa.schema({"金额": pa.decimal128(12, 2), "编码": pa.string()}))
    {'c0': 'DECIMAL(12,2)', 'c1': 'VARCHAR'}
    """
    logical = [logical_type(field.type) for field in schema]
    return {f"c{place}": _TYPES.get(name, name.upper()) for place, name in enumerate(logical)}


def batches(relation: Callable[[Any], Any], schema: pa.Schema, format: str) -> Batches:
    """The rows of a relation, streamed in their order; DataError naming the format when DuckDB refuses the file."""
    import duckdb

    connection = duckdb.connect(config={"threads": 1, "preserve_insertion_order": True, "memory_limit": "1GB"})
    try:
        for batch in relation(connection).to_arrow_reader(BATCH_ROWS):
            columns = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)
    except (duckdb.Error, pa.ArrowException) as error:
        raise DataError.of("format.unreadable", f"{format}: cannot be read back ({type(error).__name__})") from None
    finally:
        connection.close()


def check_names(names: list[str], schema: pa.Schema, format: str) -> None:
    """DataError unless a file's columns have the schema's names."""
    if names != schema.names:
        raise DataError.of("format.unreadable", f"{format}: the columns have other names")
