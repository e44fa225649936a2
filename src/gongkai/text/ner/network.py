"""Two bidirectional GRU layers and the tag scores over a block of sentences at once 网络.

Sentences are packed (``packing``); the backward direction reads each from its end. A step of both directions of a layer is
one run of a graph. Inputs and states are bytes in all products (``quantized``), the state itself stays a float: a
sentence's numbers depend on nothing but the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gongkai.text.ner import quantized
from gongkai.text.ner.packing import Packing
from gongkai.text.ner.quantized import Bytes, Graph
from gongkai.text.ner.weights import HIDDEN, Floats, Gru, Weights

if TYPE_CHECKING:
    from onnx import NodeProto

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Network:
    """Ready to run; the last row of ``embedding`` is no character's and all zero."""

    embedding: Bytes  # [characters + 1, HIDDEN]
    layers: tuple[Graph, Graph]
    output: Graph

    @property
    def nobody(self) -> int:
        """The row that stands for no character."""
        return len(self.embedding) - 1


def build(weights: Weights) -> Network:
    """Every weight quantized; an embedding's reach is moved into the weights it meets."""
    reach = np.abs(weights.embedding).max(axis=0).astype(np.float64)
    embedding = quantized.quantize(weights.embedding, reach)
    return Network(
        embedding=np.concatenate([embedding, np.full((1, HIDDEN), quantized.ZERO, np.uint8)]),
        layers=(_layer(weights.grus[:2], reach), _layer(weights.grus[2:], np.ones(2 * HIDDEN))),
        output=_output(weights),
    )


def states(network: Network, packing: Packing, rows: Rows) -> Bytes:
    """What the second layer says of every character: [characters, forward | backward], packed as ``rows`` are."""
    mirror = packing.mirror
    below = network.embedding[rows]
    forward, backward = _run(network.layers[0], packing, below, below[mirror])
    ahead = np.concatenate([forward, backward[mirror]], axis=1)
    behind = np.concatenate([forward[mirror], backward], axis=1)
    forward, backward = _run(network.layers[1], packing, ahead, behind)
    return np.concatenate([forward, backward[mirror]], axis=1)


def scores(network: Network, states: Bytes) -> Floats:
    """The logarithm of each tag's probability before the CRF: [characters, tags]."""
    return np.asarray(network.output.run(None, {"states": states})[0])


def _run(layer: Graph, packing: Packing, ahead: Bytes, behind: Bytes) -> tuple[Bytes, Bytes]:
    """States of both directions, each in the order it reads."""
    forward, backward = (np.empty((len(ahead), HIDDEN), np.uint8) for _ in range(2))
    widest = int(packing.bounds[1])
    state_f = state_b = np.zeros((widest, HIDDEN), np.float32)
    seen_f = seen_b = np.full((widest, HIDDEN), quantized.ZERO, np.uint8)
    for start, end in packing.steps():
        alive = end - start
        given: dict[str, NDArray[Any]] = {"input.f": ahead[start:end], "state.f": state_f[:alive], "seen.f": seen_f[:alive]}
        given |= {"input.b": behind[start:end], "state.b": state_b[:alive], "seen.b": seen_b[:alive]}
        state_f, seen_f, state_b, seen_b = layer.run(None, given)
        forward[start:end], backward[start:end] = seen_f, seen_b
    return forward, backward


def _layer(grus: Sequence[Gru], reach: NDArray[np.float64]) -> Graph:
    """One step of both directions."""
    nodes: list[NodeProto] = []
    held: dict[str, NDArray[np.generic]] = {}
    given: dict[str, tuple[type[np.generic], int]] = {}
    wanted: dict[str, tuple[type[np.generic], int]] = {}
    for direction, gru in zip("fb", grus, strict=True):
        nodes += _step(direction)
        inputs = gru.input * reach[:, None]
        recurrent = np.concatenate([gru.gates, gru.candidate], axis=1)
        for number, name in enumerate(("update", "reset", "candidate")):
            part = slice(number * HIDDEN, (number + 1) * HIDDEN)
            matrix = np.concatenate([inputs[:, part], recurrent[:, part]])
            held |= quantized.constants(f"{name}.{direction}", matrix, gru.bias[part])
        bytes_, floats = (np.uint8, HIDDEN), (np.float32, HIDDEN)
        given |= {f"input.{direction}": (np.uint8, len(reach)), f"state.{direction}": floats, f"seen.{direction}": bytes_}
        wanted |= {f"new_state.{direction}": floats, f"new_seen.{direction}": bytes_}
    return quantized.session(nodes, given, wanted, held)


def _step(direction: str) -> list[NodeProto]:
    """A GRU's step: state += update * (tanh([input | reset * state] @ candidate) - state)."""

    def node(operator: str, given: str, out: str, **settings: int) -> NodeProto:
        names = [name if name in ("step", "zero") else f"{name}.{direction}" for name in given.split()]
        return quantized.node(operator, names, [f"{out}.{direction}"], **settings)

    def product(left: str, name: str, out: str) -> NodeProto:
        return quantized.product(f"{left}.{direction}", f"{name}.{direction}", f"{out}.{direction}")

    return [
        node("Concat", "input seen", "both", axis=1),
        product("both", "update", "update_in"),
        product("both", "reset", "reset_in"),
        node("Sigmoid", "update_in", "opening"),
        node("Sigmoid", "reset_in", "keeping"),
        node("Mul", "keeping state", "kept"),
        node("QuantizeLinear", "kept step zero", "kept_bytes"),
        node("Concat", "input kept_bytes", "both_kept", axis=1),
        product("both_kept", "candidate", "candidate_in"),
        node("Tanh", "candidate_in", "proposed"),
        node("Sub", "proposed state", "change"),
        node("Mul", "change opening", "move"),
        node("Add", "state move", "new_state"),
        node("QuantizeLinear", "new_state step zero", "new_seen"),
    ]


def _output(weights: Weights) -> Graph:
    nodes = [quantized.product("states", "output", "raw"), quantized.node("LogSoftmax", ["raw"], ["scores"], axis=1)]
    wanted = {"scores": (np.float32, len(weights.output_bias))}
    return quantized.session(
        nodes, {"states": (np.uint8, 2 * HIDDEN)}, wanted, quantized.constants("output", weights.output, weights.output_bias)
    )
