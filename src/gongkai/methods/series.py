"""Methods that a city writes on ``pandas.Series`` 用 pandas 编写的方法: a column handed over and taken back without a loss.

The Series is backed by Arrow, so that an integer beside a null stays an integer and a decimal exact. What comes back has one
type whatever its values are, an empty one too: that of its dtype; ``object`` and lists are text. A NaN of a NumPy dtype is a
missing value, as pandas has it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, get_type_hints

import pyarrow as pa

from gongkai.errors import DataError
from gongkai.methods.columns.plain import plain


@cache
def wanted(apply: Callable[..., Any]) -> bool:
    """Whether a method's first parameter is annotated as a Series. Whoever wrote that imported pandas; nobody else has to."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return False
    first = next(iter(inspect.signature(apply).parameters), "")
    return get_type_hints(apply).get(first) is pandas.Series


def applied(apply: Callable[..., Any], column: pa.Array, told: Mapping[str, Any]) -> pa.Array:
    """What the method makes of the column, as one array of a logical type; ``told`` goes along, the persons as a Series too.

    It may give a Series, a list, or an array of NumPy, pandas or Arrow. DataError ``method.failed`` for anything else, for
    another number or order of rows, and for values that are of no logical type.

    >>> applied(lambda column: column.str.slice(0, 1), pa.array(["张三", None]), {}).to_pylist()
    ['张', None]
    >>> applied(lambda column: column.dropna(), pa.array(["张三", None]), {})
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: method.failed: gives 1 value for 2 rows
    """
    made = _applied(apply, column, told)
    if pa.types.is_null(made.type):  # pandas finds no type in nulls alone
        empty = _applied(apply, column[:0], told).type
        made = made.cast(pa.string() if pa.types.is_null(empty) else empty)
    return made


def _applied(apply: Callable[..., Any], column: pa.Array, told: Mapping[str, Any]) -> pa.Array:
    given = _handed_over(column)
    persons = {"person": _handed_over(told["person"][: len(column)])} if told.get("person") is not None else {}
    return _taken_back(apply(given, **{**told, **persons}), given.index)


def _handed_over(column: pa.Array) -> Any:
    import pandas as pd

    return pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([plain(column)])))


def _taken_back(result: Any, index: Any) -> pa.Array:
    import numpy as np
    import pandas as pd

    arrays = (pd.Series, pd.api.extensions.ExtensionArray, np.ndarray, pa.Array, pa.ChunkedArray, list)
    if not isinstance(result, arrays) or getattr(result, "ndim", 1) != 1:
        raise _failed("gives no Series")
    if len(result) != len(index):
        raise _failed(f"gives {len(result)} value{'' if len(result) == 1 else 's'} for {len(index)} rows")
    if len(index) and isinstance(result, pd.Series) and not result.index.equals(index):
        raise _failed("gives its rows under another index: keep that of the column")
    try:
        return _of_one_type(result)
    except (ValueError, TypeError, OverflowError, pa.ArrowException):  # its text may quote a cell
        raise _failed("gives values that its type cannot hold exactly") from None


def _of_one_type(result: Any) -> pa.Array:
    import pandas as pd

    if not isinstance(result, (pa.Array, pa.ChunkedArray)):
        result = pd.Series(result, dtype=object if isinstance(result, list) else None)
        if result.dtype == object:
            if pd.api.types.infer_dtype(result, skipna=True) not in ("string", "empty"):
                raise _failed("gives objects that are not all text: end with .astype(…)")
            result = pa.array(result, pa.string(), from_pandas=True)
        else:
            result = pa.Array.from_pandas(result)
    array = plain(result)
    logical = _logical(array.type)
    if logical is None:
        raise _failed("gives values of no logical type: end with .astype(…)")
    return array.cast(logical)


def _logical(type_: pa.DataType) -> pa.DataType | None:
    """The Arrow type of the logical type that holds all of these values."""
    kinds: list[tuple[Callable[[pa.DataType], bool], pa.DataType]] = [
        (lambda each: pa.types.is_string(each) or pa.types.is_large_string(each) or pa.types.is_string_view(each), pa.string()),
        (pa.types.is_null, pa.null()),
        (pa.types.is_integer, pa.int64()),
        (pa.types.is_floating, pa.float64()),
        (pa.types.is_boolean, pa.bool_()),
        (pa.types.is_date, pa.date32()),
        (lambda each: pa.types.is_timestamp(each) and each.tz is None, pa.timestamp("us")),
    ]
    if pa.types.is_decimal(type_) and type_.precision <= 38 and 0 <= type_.scale <= type_.precision:
        return pa.decimal128(type_.precision, type_.scale)
    return next((logical for fits, logical in kinds if fits(type_)), None)


def _failed(problem: str) -> DataError:
    return DataError.of("method.failed", problem)
