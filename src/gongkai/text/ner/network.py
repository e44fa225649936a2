"""The network over a block of sentences at once: two bidirectional GRU layers, an output layer, CRF marginals 网络.

A block is ``rows[time, sentence]``: rows of the embedding, sentences longest first, short ones filled with ``padding``.
Both directions of a layer run in one batched product per step. Algebra that is done once, when the network is built:
the first layer's input products stand ready per character; sigmoid(x) = (1 + tanh(x / 2)) / 2 with the halves folded
into the weights. A padded step keeps the state at exactly zero (its update gate is exactly shut), so a sentence's
numbers do not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongkai.text.ner.weights import HIDDEN, Floats, Gru, Weights

Rows = NDArray[np.int32]

_SHUT = np.float32(-1e4)
"""An update gate's input that makes its tanh exactly -1."""

_FLOOR = np.float32(1e-9)
"""Potentials below it count as this much: no denormal number arises in 32 bits."""


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
    start: Floats  # potentials: exp of the CRF's scores
    stop: Floats
    transition: Floats  # [from, to]

    @property
    def padding(self) -> int:
        """The row that stands for no character."""
        return len(self.characters[0]) - 1


def build(weights: Weights) -> Network:
    """Fold what can be folded."""
    first, second = weights.grus[:2], weights.grus[2:]
    return Network(
        characters=_characters(weights.embedding, first),
        gates=(_stack(gru.gates / 2 for gru in first), _stack(gru.gates / 2 for gru in second)),
        candidate=(_stack(gru.candidate / 2 for gru in first), _stack(gru.candidate / 2 for gru in second)),
        input=_stack(gru.input * _HALVES for gru in second),
        bias=_stack((gru.bias * _HALVES)[None] for gru in second),
        output=weights.output,
        output_bias=weights.output_bias,
        start=np.maximum(np.exp(weights.start), _FLOOR),
        stop=np.exp(weights.stop),
        transition=np.where(weights.transition < np.log(_FLOOR), 0, np.exp(weights.transition)).astype(np.float32),
    )


def states(network: Network, rows: Rows) -> Floats:
    """What the second layer says of every character: [time, sentence, forward | backward]."""
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


def marginals(network: Network, states: Floats, lengths: NDArray[np.int64]) -> Floats:
    """Probability of each tag at each character under the CRF, by forward-backward: [time, sentence, tag].

    ``lengths`` fall. What stands beyond a sentence's end means nothing.
    """
    scores: Floats = states @ network.output
    scores += network.output_bias
    scores -= scores.max(axis=2, keepdims=True)
    potentials = np.maximum(np.exp(scores, out=scores), _FLOOR, out=scores)
    forward = np.empty_like(potentials)
    np.multiply(potentials[0], network.start, out=forward[0])
    for step in range(1, len(potentials)):
        forward[step - 1] /= forward[step - 1].sum(axis=1, keepdims=True)
        np.matmul(forward[step - 1], network.transition, out=forward[step])
        forward[step] *= potentials[step]
    backward = np.broadcast_to(network.stop, potentials.shape[1:]).copy()
    back = np.ascontiguousarray(network.transition.T)
    for step in range(len(potentials) - 1, -1, -1):
        backward[lengths <= step + 1] = network.stop
        forward[step] *= backward
        backward *= potentials[step]
        backward = backward @ back
        backward /= backward.sum(axis=1, keepdims=True)
    np.divide(forward, forward.sum(axis=2, keepdims=True), out=forward)
    return forward


def _layer(shape: tuple[int, ...], gates: Floats, candidate: Floats, fill: Callable[[int, Floats], None]) -> Floats:
    """One bidirectional GRU; ``fill`` writes the input products of a step: [2, sentence, 3 * HIDDEN]."""
    steps, sentences = shape
    done = np.empty((steps, sentences, 2 * HIDDEN), np.float32)
    product = np.empty((2, sentences, 3 * HIDDEN), np.float32)
    state = np.zeros((2, sentences, HIDDEN), np.float32)
    both = np.empty((2, sentences, 2 * HIDDEN), np.float32)
    new, kept = np.empty_like(state), np.empty_like(state)
    update, reset = both[:, :, :HIDDEN], both[:, :, HIDDEN:]
    for step in range(steps):
        fill(step, product)
        np.matmul(state, gates, out=both)
        both += product[:, :, : 2 * HIDDEN]
        np.tanh(both, out=both)
        np.multiply(reset, state, out=kept)
        kept += state
        np.matmul(kept, candidate, out=new)
        new += product[:, :, 2 * HIDDEN :]
        np.tanh(new, out=new)
        new -= state
        update += 1
        new *= update
        new *= 0.5
        state += new
        done[step, :, :HIDDEN] = state[0]
        done[steps - 1 - step, :, HIDDEN:] = state[1]
    return done


_HALVES = np.repeat(np.array([0.5, 0.5, 1], np.float32), HIDDEN)
"""Halves the inputs of the two gates, not the candidate's."""


def _characters(embedding: Floats, grus: tuple[Gru, ...]) -> Floats:
    table = np.zeros((2, len(embedding) + 1, 3 * HIDDEN), np.float32)
    for direction, gru in enumerate(grus):
        np.matmul(embedding, gru.input * _HALVES, out=table[direction, :-1])
        table[direction, :-1] += gru.bias * _HALVES
        table[direction, -1, :HIDDEN] = _SHUT
    return table


def _stack(parts: object) -> Floats:
    return np.ascontiguousarray(np.stack(list(parts)), dtype=np.float32)  # type: ignore[call-overload]
