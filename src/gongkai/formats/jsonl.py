"""JSON Lines 逐行 JSON: one object a line in UTF-8; written by string kernels, read back by Arrow's RapidJSON."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from gongkai.batches import Batches
from gongkai.formats import _json

VERSION = 1
MEDIA_TYPE = "application/x-ndjson"
EXTENSION = "jsonl"


def write(batches: Batches, sink: BinaryIO, schema: pa.Schema) -> None:
    """One object a line, members in the columns' order. Raises DataError for numbers JSON has no sign for.

    >>> import io
    >>> sink = io.BytesIO()
    >>> batch = pa.record_batch({"编码": ["011", None], "数": [1, 2]})
    >>> write(iter([batch]), sink, batch.schema)
    >>> print(sink.getvalue().decode(), end="")
    {"编码": "011", "数": 1}
    {"编码": null, "数": 2}
    """
    for rows in _json.objects(batches, before="", after="\n"):
        sink.write(rows)


def read(path: Path, schema: pa.Schema) -> Batches:
    """The rows of a file ``write`` made; DataError when it is anything else."""
    if not path.stat().st_size:
        return
    yield from _json.lines(str(path), schema, "jsonl")
