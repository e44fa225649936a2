"""Products of 8-bit integers, computed by onnxruntime 量化乘积.

A state or an embedding is an unsigned byte, 128 meaning zero; a weight is a signed one with its column's scale. Sums of such
products are whole numbers, so no bit depends on who stands beside whom. Neighbouring weights are so small that the sum of
two products never leaves 16 bits: processors without VNNI instructions, which add in pairs, get the same.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import NodeProto

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

ZERO = 128
"""The byte that means zero."""

STEPS = 127
"""Steps from zero to the largest value."""

_PAIR = 2.0**15 / 257
"""Two bytes of at most 255 times weights that sum to this much stay below 2**15, rounded weights too."""


class Graph(Protocol):
    """A graph ready to run in the caller's thread."""

    def run(self, wanted: None, given: Mapping[str, NDArray[Any]]) -> list[Any]:
        """What it is made to give, one array each."""


def quantize(values: NDArray[Any], reach: NDArray[Any] | float = 1.0) -> Bytes:
    """Bytes for values; what lies beyond ``reach`` is cut.

    >>> quantize(np.array([-1, 0, 0.5, 3])).tolist()
    [1, 128, 192, 255]
    """
    steps = np.rint(values * (STEPS / reach))
    np.clip(steps, -STEPS, STEPS, out=steps)
    return np.asarray((steps + ZERO).astype(np.uint8))


def weights(matrix: NDArray[Any]) -> tuple[NDArray[np.int8], Floats]:
    """Whole numbers, and what one of them is worth in each column.

    >>> whole, worth = weights(np.array([[0.5, 0.1], [-0.25, 0.1]]))
    >>> whole.tolist(), (whole * worth.astype(float)).round(2).tolist()
    ([[127, 63], [-63, 63]], [[0.5, 0.1], [-0.25, 0.1]])
    """
    even = np.concatenate([matrix, np.zeros((len(matrix) % 2, matrix.shape[1]))])
    pairs = [np.maximum(sign, 0)[::2] + np.maximum(sign, 0)[1::2] for sign in (even, -even)]
    scale = np.maximum(np.abs(matrix).max(axis=0) / STEPS, np.max(pairs, axis=(0, 1)) / (_PAIR - 1))
    scale = np.maximum(scale, 1e-12)
    return np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32)


def constants(name: str, matrix: NDArray[Any], bias: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """What ``product`` needs of a matrix and a bias, for a left factor within 1."""
    whole, scale = weights(matrix)
    return {f"{name}.weights": whole, f"{name}.scale": scale, f"{name}.bias": bias.astype(np.float32)}


def product(left: str, name: str, out: str) -> NodeProto:
    """The node ``out`` = bytes ``left`` @ the matrix of ``constants`` + its bias, in floats."""
    given = [left, f"{name}.weights", "step", f"{name}.scale", "zero", "", f"{name}.bias"]
    return node("MatMulIntegerToFloat", given, [out], domain="com.microsoft")


def node(operator: str, given: Sequence[str], out: Sequence[str], **settings: Any) -> NodeProto:
    """One operation of a graph; "step" and "zero" are what ``QuantizeLinear`` wants."""
    from onnx import helper

    return helper.make_node(operator, list(given), list(out), **settings)


def session(
    nodes: Sequence[NodeProto], given: Mapping[str, Any], wanted: Mapping[str, Any], held: Mapping[str, NDArray[Any]]
) -> Graph:
    """The graph, on one thread; what is ``given`` and ``wanted`` is named (type, width): [rows, width]."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # from 1.29 on it would call its maker as soon as it is imported
    import onnxruntime  # type: ignore[import-untyped]  # ships no types
    from onnx import helper, numpy_helper

    values = {"step": np.float32(1 / STEPS), "zero": np.uint8(ZERO), **held}
    inputs, outputs = ([_info(name, *each) for name, each in infos.items()] for infos in (given, wanted))
    initial = [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()]
    graph = helper.make_graph(list(nodes), "names", inputs, outputs, initial)
    domains = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = helper.make_model(graph, opset_imports=domains, ir_version=9).SerializeToString()
    return cast(Graph, onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]))


def _info(name: str, kind: type[np.generic], width: int) -> Any:
    from onnx import helper

    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(kind)), ["rows", width])
