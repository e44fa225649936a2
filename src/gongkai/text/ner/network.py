"""Two bidirectional GRU layers and the tag scores over a block of sentences at once 网络.

A block is ``rows[time, sentence]``: rows of the embedding, short sentences filled with ``padding``. Both directions of a
layer run in one batched product per step. Algebra that is done once, when the network is built: the first layer's input
products stand ready per character; sigmoid(x) = (1 + tanh(x / 2)) / 2 with the halves folded into the weights. A padded
step keeps the state at exactly zero (its update gate is exactly shut), and all products are exact (``exact``): a
sentence's numbers depend on nothing but the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongkai.text.ner import exact
from gongkai.text.ner.weights import HIDDEN, Floats, Gru, Weights

Rows = NDArray[np.int32]

_SHUT = np.float32(-1e4)
"""An update gate's input that makes its tanh exactly -1."""

_HALVES = np.repeat(np.array([0.5, 0.5, 1], np.float32), HIDDEN)
"""Halves the inputs of the two gates, not the candidate's."""

_EMBEDDING_FINE = 20
"""Bits behind the point of an embedding, whose products are made in 64 bits."""


@dataclass(frozen=True, slots=True)
class Network:
    """Weights in the shape the loops want; axis 0 of a layer's arrays is the direction (forward, backward)."""

    characters: Floats  # [2, characters + padding, 3 * HIDDEN]
    gates: tuple[Floats, Floats]  # per layer [2, HIDDEN, 2 * HIDDEN]
    candidate: tuple[Floats, Floats]  # per layer [2, HIDDEN, HIDDEN]
    input: Floats  # layer 2: [2, 2 * HIDDEN, 3 * HIDDEN]
    bias: Floats  # layer 2: [2, 1, 3 * HIDDEN]
    output: Floats  # [2 * HIDDEN, tags]
    output_bias: Floats  # [tags]

    @property
    def padding(self) -> int:
        """The row that stands for no character."""
        return len(self.characters[0]) - 1


def build(weights: Weights) -> Network:
    """Fold what can be folded, and put every weight on its grid."""
    layers = weights.grus[:2], weights.grus[2:]
    return Network(
        characters=_characters(weights.embedding, layers[0]),
        gates=(_gates(layers[0]), _gates(layers[1])),
        candidate=(_candidate(layers[0]), _candidate(layers[1])),
        input=_stack([exact.factor(gru.input * _HALVES, 1) for gru in layers[1]]),
        bias=_stack([(gru.bias * _HALVES)[None] for gru in layers[1]]),
        output=_stack(exact.factor(weights.output, 1)),
        output_bias=weights.output_bias,
    )


def states(network: Network, rows: Rows) -> Floats:
    """What the second layer says of every character, on the grid: [time, sentence, forward | backward]."""
    last = len(rows) - 1
    pad = rows == network.padding

    def look_up(step: int, into: Floats) -> None:
        np.take(network.characters[0], rows[step], axis=0, out=into[0], mode="clip")
        np.take(network.characters[1], rows[last - step], axis=0, out=into[1], mode="clip")

    def multiply(step: int, into: Floats) -> None:
        np.matmul(below[step], network.input[0], out=into[0])
        np.matmul(below[last - step], network.input[1], out=into[1])
        np.add(into, network.bias, out=into)
        into[0, pad[step], :HIDDEN] = _SHUT
        into[1, pad[last - step], :HIDDEN] = _SHUT

    below = _layer(rows.shape, network.gates[0], network.candidate[0], look_up)
    return _layer(rows.shape, network.gates[1], network.candidate[1], multiply)


def scores(network: Network, states: Floats) -> Floats:
    """Each tag's score before the CRF: [time, sentence, tag]."""
    time, sentences, width = states.shape
    flat = states.reshape(time * sentences, width) @ network.output
    flat += network.output_bias
    return np.reshape(flat, (time, sentences, -1))


def _layer(shape: tuple[int, ...], gates: Floats, candidate: Floats, fill: Callable[[int, Floats], None]) -> Floats:
    """One bidirectional GRU; ``fill`` writes the input products of a step: [2, sentence, 3 * HIDDEN]."""
    steps, sentences = shape
    done = np.empty((steps, sentences, 2 * HIDDEN), np.float32)
    product = np.empty((2, sentences, 3 * HIDDEN), np.float32)
    state = np.zeros((2, sentences, HIDDEN), np.float32)
    both = np.empty((2, sentences, 2 * HIDDEN), np.float32)
    seen, new, kept = np.zeros_like(state), np.empty_like(state), np.empty_like(state)
    update, reset = both[:, :, :HIDDEN], both[:, :, HIDDEN:]
    for step in range(steps):
        fill(step, product)
        np.matmul(seen, gates, out=both)
        both += product[:, :, : 2 * HIDDEN]
        np.tanh(both, out=both)
        np.multiply(reset, seen, out=kept)
        kept += seen
        exact.settle(kept, kept)
        np.matmul(kept, candidate, out=new)
        new += product[:, :, 2 * HIDDEN :]
        np.tanh(new, out=new)
        new -= state
        update += 1
        new *= update
        new *= 0.5
        state += new
        exact.settle(state, seen)
        done[step, :, :HIDDEN] = seen[0]
        done[steps - 1 - step, :, HIDDEN:] = seen[1]
    return done


def _gates(grus: Sequence[Gru]) -> Floats:
    return _stack([exact.factor(gru.gates / 2, 1) for gru in grus])


def _candidate(grus: Sequence[Gru]) -> Floats:
    """What it is multiplied with is (1 + tanh) * state, up to 2."""
    return _stack([exact.factor(gru.candidate / 2, 2) for gru in grus])


def _characters(embedding: Floats, grus: Sequence[Gru]) -> Floats:
    """Input products of the first layer for every character, and last the padding's."""
    table = np.zeros((2, len(embedding) + 1, 3 * HIDDEN), np.float32)
    unit = 2.0**_EMBEDDING_FINE
    values = np.rint(embedding.astype(np.float64) * unit) / unit
    reach = float(np.abs(values).max())
    for direction, gru in enumerate(grus):
        weights = exact.factor(gru.input * _HALVES, reach, fine=_EMBEDDING_FINE, mantissa=53)
        for start in range(0, len(values), 4096):
            part = slice(start, min(start + 4096, len(values)))
            table[direction, part] = values[part] @ weights + gru.bias * _HALVES
        table[direction, -1, :HIDDEN] = _SHUT
    return table


def _stack(parts: object) -> Floats:
    return np.ascontiguousarray(parts, dtype=np.float32)
