"""The same model written straight from its definition: one sentence, one step, one formula at a time, in 64 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gongkai.text.ner.weights import HIDDEN, Gru, Weights

Doubles = NDArray[np.float64]


def marginals(weights: Weights, rows: list[int]) -> Doubles:
    """Probability of each tag at each character: [characters, tags]."""
    below = weights.embedding[rows].astype(float)
    for forward, backward in (weights.grus[:2], weights.grus[2:]):
        below = np.hstack([_gru(forward, below), _gru(backward, below[::-1])[::-1]])
    return _forward_backward(weights, below @ weights.output + weights.output_bias)


def _gru(gru: Gru, inputs: Doubles) -> Doubles:
    state, states = np.zeros(HIDDEN), []
    for given in inputs:
        product = given @ gru.input + gru.bias
        update, reset = np.split(_sigmoid(product[: 2 * HIDDEN] + state @ gru.gates), 2)
        candidate = np.tanh(product[2 * HIDDEN :] + (reset * state) @ gru.candidate)
        state = (1 - update) * state + update * candidate
        states.append(state)
    return np.array(states)


def _sigmoid(values: Doubles) -> Doubles:
    return 1 / (1 + np.exp(-values))


def _forward_backward(weights: Weights, scores: Doubles) -> Doubles:
    ahead, behind = [weights.start + scores[0]], [weights.stop.astype(float)]
    for score in scores[1:]:
        ahead.append(score + _log_sum(ahead[-1][:, None] + weights.transition, axis=0))
    for score in scores[:0:-1]:
        behind.append(_log_sum(weights.transition + (score + behind[-1])[None, :], axis=1))
    joint = np.array(ahead) + np.array(behind[::-1])
    return np.asarray(np.exp(joint - _log_sum(joint, axis=1)[:, None]))


def _log_sum(values: Doubles, axis: int) -> Doubles:
    top = values.max(axis=axis, keepdims=True)
    return np.asarray(np.squeeze(top, axis) + np.log(np.exp(values - top).sum(axis=axis)))
