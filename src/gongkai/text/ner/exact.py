"""Products of matrices whose every sum is exact, so that no bit depends on who stands beside whom 精确乘积.

BLAS adds in an order of its own: it changes with the number of rows, a row's place, the threads and the processor, and with
it the last bits. Here factors stand on binary grids so coarse that all sums fit the mantissa (24 bits, or 53): each
addition is exact, and then its order means nothing. Measured on the tags of 60,000 characters, 8 bits for a state and as
many as fit for a weight change 0.04 % of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FINE = 8
"""States and features stand on multiples of 2**-8."""

_MAGIC = np.float32(1.5 * 2.0 ** (23 - FINE))
"""A 32-bit number this large has a last bit of 2**-8: adding it rounds, taking it off again leaves the rounded value."""


def settle(values: NDArray[np.float32], out: NDArray[np.float32]) -> NDArray[np.float32]:
    """``values`` rounded to the grid; they must be smaller than 2**14.

    >>> settle(np.array([0.001, 0.5, -0.0021], np.float32), np.empty(3, np.float32)) * 256
    array([  0., 128.,  -1.], dtype=float32)
    """
    np.add(values, _MAGIC, out=out)
    return np.subtract(out, _MAGIC, out=out)


def factor(matrix: NDArray[Any], reach: NDArray[Any] | float, *, fine: int = FINE, mantissa: int = 24) -> NDArray[np.float64]:
    """``matrix`` with each column on the finest grid that keeps its sums exact, for a left factor of ``reach`` at most.

    The left factor stands on multiples of ``2**-fine``; ``reach`` bounds its columns' absolute values.
    """
    weights = matrix.astype(np.float64)
    largest = (np.abs(weights) * np.broadcast_to(np.asarray(reach, np.float64).reshape(-1, 1), weights.shape)).sum(axis=0)
    spare = mantissa - fine - np.ceil(np.log2(np.maximum(largest, 2.0**-20) * 1.01))
    grid = np.exp2(np.minimum(spare, 40))
    return np.asarray(np.rint(weights * grid) / grid, np.float64)
