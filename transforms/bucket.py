"""bucket 分段: a number becomes the range it lies in, by even ``width`` or by ``edges``.

Whole numbers are labelled by their first and last value, ``20-29``; others by their bounds, the upper one outside: ``[20,30)``.
Beyond the edges stand ``<18`` and ``>=60``.
"""

from __future__ import annotations

import pyarrow as pa

from gongkai.disclosure import Disclosure
from gongkai.methods.levels import ranges

TITLE = "分段"
VERSION = 1
TYPES = frozenset({"integer", "decimal", "float"})


def apply(column: pa.Array, *, edges: list[float] | None = None, width: float | None = None) -> pa.Array:
    """Text labels. Null stays. A float that is not finite, or so large that ranges can no longer be told, becomes ``****``.

    Whole numbers and decimals are compared exactly, floats as 64-bit floats. ValueError unless one of ``edges`` (rising) and
    ``width`` is given, in no finer steps than the column's own, and wider than one whole number.

    >>> apply(pa.array([19, 20, 65, None]), width=10).to_pylist()
    ['10-19', '20-29', '60-69', None]
    >>> apply(pa.array([17, 18, 60]), edges=[18, 60]).to_pylist()
    ['<18', '18-59', '>=60']
    >>> apply(pa.array([1]), width=1)
    Traceback (most recent call last):
        ...
    ValueError: a range of one value is the value itself: make it wider
    """
    return ranges.coarsen(column, edges, width)


def reveals(entity: str, *, edges: list[float] | None = None, width: float | None = None) -> Disclosure:
    """The range, and how wide the narrowest one is.

    >>> reveals("AGE", width=10).width, reveals("INCOME", edges=[0, 20, 50]).width
    (10.0, 20.0)
    """
    return ranges.disclosed(edges, width)
