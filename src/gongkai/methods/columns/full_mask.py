"""Full masking 全掩码: what is written where a text may not show anything, not even its length."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import FULL_MASK, SHORT_MASK


def full_mask(column: pa.Array) -> pa.Array:
    """``****`` for every text (``***`` for the text ``****``, so that no output equals its input); empty and null stay.

    >>> full_mask(pa.array(["13800000000", "****", "", None])).to_pylist()
    ['****', '***', '', None]
    """
    masked = pc.if_else(pc.equal(column, FULL_MASK), SHORT_MASK, FULL_MASK)
    return pc.if_else(pc.equal(column, ""), column, masked)


def else_full_mask(result: pa.Array, column: pa.Array) -> pa.Array:
    """The ``result`` a method found for the text ``column``, and the full mask where it found none.

    >>> else_full_mask(pa.array(["1990", None, None]), pa.array(["1990-03-07", "spring", None])).to_pylist()
    ['1990', '****', None]
    """
    return result if result.null_count == column.null_count else pc.coalesce(result, full_mask(column))
