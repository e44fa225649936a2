"""Whether a written file holds the staged table 回读比对, cell by cell, batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.errors import DataError, Reason

_RULE = "format.differs"


def compare(format: str, staged: Batches, back: Batches) -> int:
    """The number of rows of both streams when all their cells are equal; DataError counting what differs.

    >>> one = pa.record_batch({"a": ["x", None]})
    >>> compare("csv", iter([one]), iter([one.slice(0, 1), one.slice(1)]))
    2
    >>> compare("csv", iter([one]), iter([pa.record_batch({"a": ["x", ""]})]))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: format.differs: csv: other values than staged (column a, 1 value)
    """
    found: Counter[str] = Counter()
    rows = Counter(staged=0, back=0)
    for left, right in _aligned(staged, back, rows):
        has_floats = any(map(pa.types.is_floating, left.schema.types))
        if has_floats or not left.equals(right):  # Arrow holds 0.0 and -0.0 for equal
            found += differences(left, right)
    reasons = [Reason(_RULE, f"{format}: other values than staged", column, count) for column, count in found.items()]
    if rows["staged"] != rows["back"]:
        reasons.insert(0, Reason(_RULE, f"{format}: {rows['back']:,} rows read back, {rows['staged']:,} staged"))
    if reasons:
        raise DataError(*reasons)
    return rows["staged"]


def differences(left: pa.RecordBatch, right: pa.RecordBatch) -> Counter[str]:
    """How many cells differ, by column. Floats are equal when their bits are, or when both are undefined.

    >>> nan = float("nan")
    >>> differences(pa.record_batch({"a": [nan, 0.0, None]}), pa.record_batch({"a": [nan, -0.0, 1.0]}))
    Counter({'a': 2})
    """
    found: Counter[str] = Counter()
    for name, one, other in zip(left.schema.names, left.columns, right.columns, strict=True):
        if pa.types.is_floating(one.type):
            undefined = pc.and_(pc.is_nan(one), pc.is_nan(other))
            equal = pc.or_kleene(undefined, pc.equal(one.view(pa.int64()), other.view(pa.int64())))
        else:
            equal = pc.equal(one, other)
        both_null = pc.and_(pc.is_null(one), pc.is_null(other))
        same = pc.sum(pc.or_(both_null, pc.coalesce(equal, False))).as_py() or 0
        if len(one) > same:
            found[name] = len(one) - same
    return found


def _aligned(staged: Batches, back: Batches, rows: Counter[str]) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
    """Both streams cut at the same rows; what one has more is only counted."""
    left = right = None
    while True:
        left = _more(left, staged, rows, "staged")
        right = _more(right, back, rows, "back")
        if left is None or right is None:
            for _ in staged if right is None else back:
                rows["staged" if right is None else "back"] += _.num_rows
            return
        count = min(left.num_rows, right.num_rows)
        yield left.slice(0, count), right.slice(0, count)
        left, right = left.slice(count), right.slice(count)


def _more(held: pa.RecordBatch | None, batches: Batches, rows: Counter[str], side: str) -> pa.RecordBatch | None:
    """What is held, or the next batch with rows in it; None at the end."""
    while held is None or not held.num_rows:
        held = next(batches, None)
        if held is None:
            return None
        rows[side] += held.num_rows
    return held
