"""Who a row is about 数据主体, as the methods are told it: text, equal for the rows of one person, null or empty for nobody."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.methods.columns.plain import plain


def texts(person: pa.Array) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """The person of each row, empty for nobody, and which rows have one.

    >>> who, named = texts(pa.array([17, None]))
    >>> who.to_pylist(), named.tolist()
    (['17', ''], [True, False])
    """
    who = pc.fill_null(plain(person).cast(pa.string()), "")
    return who, pc.not_equal(who, "").to_numpy(zero_copy_only=False)
