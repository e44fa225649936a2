"""Apache Parquet 列式存储: every type kept exactly; written by Arrow, read back by DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from gongkai.batches import Batches, rebatch
from gongkai.formats import _duckdb

VERSION = 1
MEDIA_TYPE = "application/vnd.apache.parquet"
EXTENSION = "parquet"

_GROUP_ROWS = 131_072


def write(batches: Batches, sink: BinaryIO, schema: pa.Schema) -> None:
    """Row groups of 131,072 rows, zstd, format version 2.6.

    >>> import io
    >>> sink = io.BytesIO()
    >>> batch = pa.record_batch({"编码": ["011", None]})
    >>> write(iter([batch]), sink, batch.schema)
    >>> sink.getvalue()[:4]
    b'PAR1'
    """
    from pyarrow.parquet import ParquetWriter

    with ParquetWriter(
        sink, schema, version="2.6", compression="zstd", compression_level=3, use_dictionary=True, write_statistics=True
    ) as writer:
        for batch in rebatch(_GROUP_ROWS)(batches):
            writer.write_batch(batch, row_group_size=_GROUP_ROWS)


def read(path: Path, schema: pa.Schema) -> Batches:
    """The rows of a file ``write`` made; DataError when it is anything else."""

    def relation(connection: Any) -> Any:
        tree = connection.execute("SELECT name FROM parquet_schema(?)", [str(path)]).fetchall()
        _duckdb.check_names([name for (name,) in tree[1:]], schema, EXTENSION)  # the first is the root
        return connection.read_parquet(str(path))

    return _duckdb.batches(relation, schema, EXTENSION)
