"""How probable each tag is at each character: the forward-backward recursions of a linear-chain CRF 条件随机场.

Written once for any number of tags, over a block of sentences. Sums of products stand on 53-bit grids (see ``exact``), so
that a sentence's probabilities do not depend on the block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

_FINE = 26
_MAGIC = 1.5 * 2.0 ** (52 - _FINE)
"""Probabilities are carried from step to step on multiples of 2**-26."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Potentials (exp of scores) of a chain: its first tag, its last, and each step."""

    start: Doubles  # [tags]
    stop: Doubles  # [tags]
    forward: Doubles  # [from, to]
    backward: Doubles  # [to, from]


def chain(start: NDArray[Any], stop: NDArray[Any], transition: NDArray[Any]) -> Chain:
    """A chain from log scores; a step less likely than 2**-24 never happens."""
    step = np.exp(transition.astype(np.float64))
    step[step < 2.0**-24] = 0
    return Chain(
        start=np.exp(start.astype(np.float64)),
        stop=np.exp(stop.astype(np.float64)),
        forward=np.ascontiguousarray(_factor(step)),
        backward=np.ascontiguousarray(_factor(step.T)),
    )


def marginals(chain: Chain, scores: NDArray[np.float32], lengths: NDArray[np.int64]) -> Doubles:
    """Probability of each tag: [time, sentence, tag], from scores of that shape.

    What stands at or beyond a sentence's ``lengths`` means nothing.

    >>> even = chain(np.zeros(2), np.zeros(2), np.zeros((2, 2)))
    >>> marginals(even, np.log(np.array([[[1.0, 3.0]], [[1.0, 1.0]]])).astype(np.float32), np.array([2])).round(6).tolist()
    [[[0.25, 0.75]], [[0.5, 0.5]]]
    """
    potentials: Doubles = np.exp(scores - scores.max(axis=2, keepdims=True)).astype(np.float64)
    forward: Doubles = np.empty_like(potentials)
    np.multiply(potentials[0], chain.start, out=forward[0])
    for step in range(1, len(potentials)):
        np.matmul(_share(forward[step - 1]), chain.forward, out=forward[step])
        forward[step] *= potentials[step]
    ends = np.broadcast_to(chain.stop, potentials.shape[1:])
    backward = ends.copy()
    for step in range(len(potentials) - 1, -1, -1):
        over = lengths <= step + 1
        backward[over] = ends[over]
        forward[step] *= backward
        np.matmul(_share(np.multiply(backward, potentials[step], out=backward)), chain.backward, out=backward)
    np.divide(forward, forward.sum(axis=2, keepdims=True), out=forward)
    return forward


def _share(weights: Doubles) -> Doubles:
    """Rows that sum to one, on the grid."""
    shares: Doubles = weights / weights.sum(axis=1, keepdims=True)
    shares += _MAGIC
    shares -= _MAGIC
    return shares


def _factor(step: Doubles) -> Doubles:
    """Rows of shares sum to one, so a sum of products reaches the largest step at most (and a hair for rounding)."""
    spare = 53 - _FINE - np.ceil(np.log2(step.max() * 1.01))
    return np.asarray(np.rint(step * np.exp2(spare)) / np.exp2(spare))
