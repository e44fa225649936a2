"""How probable each tag is at each character: the forward-backward recursions of a linear-chain CRF 条件随机场.

Written once for any number of tags, over packed sequences. Factors stand on binary grids so coarse that every sum of
products fits the 53 bits of a mantissa: each addition is exact, its order means nothing, and a sequence's probabilities do
not depend on those beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gongkai.text.ner.packing import Packing

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


def marginals(chain: Chain, scores: NDArray[np.float32], packing: Packing) -> Doubles:
    """Probability of each tag: [items, tags], packed as the scores are.

    >>> from gongkai.text.ner.packing import pack
    >>> even = chain(np.zeros(2), np.zeros(2), np.zeros((2, 2)))
    >>> scores = np.log(np.array([[1.0, 3.0], [1.0, 1.0]])).astype(np.float32)
    >>> marginals(even, scores, pack(np.array([2]))).round(6).tolist()
    [[0.25, 0.75], [0.5, 0.5]]
    """
    potentials: Doubles = np.exp(scores - scores.max(axis=1, keepdims=True)).astype(np.float64)
    joint: Doubles = np.empty_like(potentials)
    steps = packing.steps()
    first = steps[0][1]
    np.multiply(potentials[:first], chain.start, out=joint[:first])
    for (before, _), (start, end) in pairwise(steps):
        np.matmul(_share(joint[before : before + end - start]), chain.forward, out=joint[start:end])
        joint[start:end] *= potentials[start:end]
    behind = np.tile(chain.stop, (first, 1))
    for start, end in reversed(steps):
        alive = behind[: end - start]
        joint[start:end] *= alive
        alive *= potentials[start:end]
        np.matmul(_share(alive), chain.backward, out=alive)
    joint /= joint.sum(axis=1, keepdims=True)
    return joint


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
