"""noise 加噪: a number is clamped between two bounds and moved by random steps, so that nobody's own can be told for certain.

The two-sided geometric mechanism within a range (Ghosh, Roughgarden, Sundararajan: Universally Utility-Maximizing Privacy
Mechanisms, STOC 2009). All of it happens in whole steps, so that no last digit of a float tells what was added (Mironov, CCS
2012). What is promised, and what is not:

- Of one published number: for two values within the bounds and no more than ``sensitivity`` apart, every outcome is at most
  e^epsilon times as likely behind one as behind the other; for two that are d times as far apart, e^(d epsilon). With ``high``
  less ``low`` as sensitivity that is local differential privacy of the whole value, with less only of what is near it.
- Chance is the CMAC (NIST SP 800-38B) of person and value under the dataset's key, which nobody without the key tells from
  chance. The same value of the same person gets the same noise in every row and every release: publishing it again gives
  nothing to average and costs nothing anew. Each further value of that person costs epsilon again, and so does a new key; what
  a reader may learn of one person from all columns and values together is the sum.
- Outside the promise lies whether two values of one person are equal, or one is what it was at the last release: equal values
  come out equal.
- Values are pulled in to the bounds, and so is what comes out, so that means are bent near them: let the bounds lie some
  ``sensitivity / epsilon`` beyond the values that occur.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.ciphers import cmac
from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns import exact_numbers as numbers
from gongkai.methods.columns.persons import texts
from gongkai.methods.columns.plain import plain

TITLE = "加噪"
VERSION = 1
TYPES = frozenset({"integer", "decimal", "float"})
NEEDS_PERSON = True
KEYED_BY = "column"
"""Equal values in two columns get noise of their own."""
_MOST_EPSILON = 10
_MOST_STEPS = 2**40
"""From 0 to a bound, and of noise: far below where 64-bit floats stop counting."""
_APART = "\0"
"""Between a person and a value; no value holds it, so no two pairs look alike."""
Integers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


def apply(
    column: pa.Array,
    *,
    epsilon: float,
    sensitivity: float,
    low: float,
    high: float,
    step: float | None = None,
    key: bytes,
    person: pa.Array | None = None,
) -> pa.Array:
    """Numbers of the column's type between ``low`` and ``high``. Null stays; null too where nobody is named.

    ``step``: the grid on which values and noise lie; where it is not said the column's own, 1 or its last decimal, but a float
    has none. ``person``: who each row is about, as text. ValueError without a person column, for an epsilon that is not above 0
    and at most 10, and for bounds and steps that do not go together.

    >>> who, given = pa.array(["a", "b", "b", None]), {"epsilon": 1.0, "sensitivity": 2.0, "low": 0, "high": 100}
    >>> apply(pa.array([30, 30, 30, 30]), key=bytes(range(32)), person=who, **given).to_pylist()
    [29, 33, 33, None]
    >>> apply(pa.array([30]), key=bytes(range(32)), **given)
    Traceback (most recent call last):
        ...
    ValueError: noise needs to know whose value it is: name the entry's person column
    """
    _checked(epsilon, sensitivity, low, high, step)
    if person is None:
        raise ValueError("noise needs to know whose value it is: name the entry's person column")
    column = plain(column)
    size = _size(column, step)
    first, last = _between(low, high, size)
    spread = _spread(sensitivity, epsilon, size)
    indices, real = _indices(column, size, first, last)
    who, named = texts(person)
    noisy = np.clip(indices + _noise(who, indices, epsilon / spread, key), first, last)
    return _column(noisy, size, real & named, column)


def reveals(
    entity: str, *, epsilon: float, sensitivity: float, low: float, high: float, step: float | None = None
) -> Disclosure:
    """A number near by: in 19 of 20 cases the real one lies within half of ``width`` of it.

    >>> left = reveals("INCOME", epsilon=1.0, sensitivity=1000, low=0, high=100_000)
    >>> sorted(left.parts), round(left.width)
    (['noisy'], 5991)
    """
    _checked(epsilon, sensitivity, low, high, step)
    if step is not None:
        _between(low, high, numbers.written(step))
    return Disclosure(Form.COARSE, parts=frozenset({"noisy"}), width=min(2 * math.log(20) * sensitivity / epsilon, high - low))


def _size(column: pa.Array, step: float | None) -> Decimal:
    """One step of the grid."""
    scale = numbers.scale(column)
    if step is None:
        if scale is None:
            raise ValueError("step is missing: a column of floats has none of its own")
        return Decimal(1).scaleb(-scale)
    size = numbers.written(step)
    if scale is not None and numbers.in_steps(size, scale) is None:
        raise ValueError("step has no more decimals than the column")
    return size


def _between(low: float, high: float, size: Decimal) -> tuple[int, int]:
    """The bounds in steps."""
    first, last = numbers.written(low) / size, numbers.written(high) / size
    if first != int(first) or last != int(last) or max(abs(first), abs(last)) > _MOST_STEPS:
        raise ValueError("low and high are multiples of step, and not more than 2^40 of them")
    return int(first), int(last)


def _spread(sensitivity: float, epsilon: float, size: Decimal) -> int:
    """The sensitivity in steps: so many may lie between two values no further apart, once both are on the grid."""
    spread = math.ceil(numbers.written(sensitivity) / size)
    if spread / epsilon > _MOST_STEPS:
        raise ValueError("sensitivity is not more than 2^40 steps of noise: take a coarser step")
    return spread


def _indices(column: pa.Array, size: Decimal, first: int, last: int) -> tuple[Integers, Flags]:
    """Each value in whole steps within the bounds, and which are values."""
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    scale = numbers.scale(column)
    if scale is not None:
        steps = numbers.multiples(numbers.counted(column), int(size.scaleb(scale)))
        return np.clip(steps, first, last).astype(np.int64), valid
    values = pc.fill_null(column, 0).to_numpy()
    real = ~np.isnan(values)
    steps = np.rint(np.clip(np.where(real, values, 0), first * float(size), last * float(size)) / float(size))
    return np.clip(steps, first, last).astype(np.int64), valid & real


def _noise(who: pa.Array, indices: Integers, rate: float, key: bytes) -> Integers:
    """For each value a whole number k, as likely as e^(-rate |k|): the difference of two geometric ones.

    Each is drawn with 64 bits, so none is ever above 45 / rate, where one value in 2^64 would lie.
    """
    values = pa.array(indices).cast(pa.string())
    drawn = cmac(pc.binary_join_element_wise(who, values, _APART), key).view(">u8").astype(np.float64)
    geometric = np.floor(np.log((drawn + 1) / 2.0**64) / -rate).astype(np.int64)
    noise: Integers = geometric[:, 0] - geometric[:, 1]
    return noise


def _column(noisy: Integers, size: Decimal, real: Flags, column: pa.Array) -> pa.Array:
    scale = numbers.scale(column)
    if scale is not None:
        return numbers.column(numbers.times(noisy, int(size.scaleb(scale))), real, column.type)
    decimals = max(0, -int(size.as_tuple().exponent))
    return pa.array(np.round(noisy * float(size), decimals) + 0.0, column.type, mask=~real)


def _checked(epsilon: float, sensitivity: float, low: float, high: float, step: float | None) -> None:
    if not 0 < epsilon <= _MOST_EPSILON:
        raise ValueError(f"epsilon is above 0 and at most {_MOST_EPSILON}")
    if not 0 < sensitivity < math.inf:
        raise ValueError("sensitivity is above 0: how far apart two values may lie that nobody is to tell apart")
    if not -math.inf < low < high < math.inf:
        raise ValueError("low and high are numbers, low below high")
    if step is not None and not 0 < step < math.inf:
        raise ValueError("step is above 0")
