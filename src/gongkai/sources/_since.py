"""A lower bound applied to rows a source cannot filter itself 增量."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.columns.logical_types import Since
from gongkai.errors import DataError


def newer(batch: pa.RecordBatch, since: Since) -> pa.RecordBatch:
    """The rows whose watermark is not older: compared as integers when the bound is one, else as ISO dates or datetimes.

    A null watermark is older than everything. DataError when a watermark is neither.

    >>> newer(pa.record_batch({"n": ["9", "10", None]}), Since("n", "10")).to_pylist()
    [{'n': '10'}]
    >>> newer(pa.record_batch({"n": ["2024/1/2"]}), Since("n", "2024-01-01"))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: source.since: watermarks must be integers or ISO dates, as the lower bound is (column n)
    """
    kind = pa.int64() if since.value.isdecimal() else pa.timestamp("us")
    try:
        kept = pc.greater_equal(batch.column(since.column).cast(kind), pa.scalar(since.value).cast(kind))
    except pa.ArrowInvalid:
        message = "watermarks must be integers or ISO dates, as the lower bound is"
        raise DataError.of("source.since", message, column=since.column) from None
    return batch.filter(kept)
