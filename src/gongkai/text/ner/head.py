"""A small learned layer over the model: what its states and tags mean for the spans people mark 标注层.

The model was taught a word segmenter's idea of a name. The head hears its states, its tag probabilities and the characters
around (``features``), and corrects them towards annotated text; it starts from the model's own probabilities, so where
nothing was learned those stand. ``rules/names/head.npz`` holds it (``update/names.py`` makes it); a city may lay its own
there.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gongkai.errors import ConfigError
from gongkai.project import Project
from gongkai.text.ner import crf, quantized
from gongkai.text.ner.features import FEATURES, REACH, TAGS
from gongkai.text.ner.quantized import Bytes, Graph
from gongkai.text.ner.weights import Floats

FILE = "names/head.npz"

NEVER = np.float32(-30)
"""Score of every tag but "nothing" where the head is not asked."""


@dataclass(frozen=True, slots=True)
class Head:
    """One hidden layer beside a direct one, and a chain over the tags."""

    layers: Graph
    passing: Floats  # [tags, tags]; the direct weights of the model's own probabilities, which stay floats
    chain: crf.Chain


def find(project: Project) -> Path:
    """The file in force; ConfigError where there is none."""
    path = project.file("rules", FILE)
    if path is None:
        raise ConfigError.of("there is no such file", _REMEDY, file=f"rules/{FILE}")
    return path


def read(path: Path) -> Head:
    """The head in a file; ConfigError unless it has the arrays and shapes of a head."""
    if not path.is_file():
        raise ConfigError.of("there is no such file", _REMEDY, file=f"rules/{FILE}")
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: np.asarray(stored[name], np.float32) for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        raise ConfigError.of("is not a file of arrays", _REMEDY, file=f"rules/{FILE}") from None
    units = arrays["output"].shape[0] if arrays.get("output", np.empty(0)).ndim == 2 else 0
    wanted: dict[str, tuple[int, ...]] = {"hidden": (FEATURES + 1, units), "direct": (FEATURES + 1, TAGS)}
    wanted |= {"output": (units, TAGS), "step": (TAGS, TAGS), "start": (TAGS,)}
    shapes = {name: array.shape for name, array in arrays.items()}
    if shapes != wanted or not all(np.isfinite(array).all() for array in arrays.values()):
        raise ConfigError.of("does not have the arrays of a head", _REMEDY, file=f"rules/{FILE}")
    return build(**arrays)


def build(hidden: Floats, direct: Floats, output: Floats, step: Floats, start: Floats) -> Head:
    """A head from ``hidden`` [features + 1, units], ``direct`` [features + 1, tags], ``output`` [units, tags].

    The last row of the first two is a constant's.
    """
    most = FEATURES - TAGS
    rest = direct[:-1] * REACH[:, None]
    rest[most:] = 0
    constants = quantized.constants("hidden", hidden[:-1] * REACH[:, None], hidden[-1])
    constants |= quantized.constants("direct", rest, direct[-1])
    constants |= quantized.constants("output", output, np.zeros(TAGS))
    nodes = [
        quantized.product("heard", "hidden", "units_in"),
        quantized.node("Tanh", ["units_in"], ["units"]),
        quantized.node("QuantizeLinear", ["units", "step", "zero"], ["units_bytes"]),
        quantized.product("units_bytes", "output", "by_units"),
        quantized.product("heard", "direct", "directly"),
        quantized.node("Add", ["by_units", "directly"], ["scores"]),
    ]
    layers = quantized.session(nodes, {"heard": (np.uint8, FEATURES)}, {"scores": (np.float32, TAGS)}, constants)
    return Head(layers, direct[most:-1].astype(np.float32), crf.chain(start, np.zeros(TAGS), step))


def scores(head: Head, heard: Bytes, kinds: Floats) -> Floats:
    """[characters, TAGS] from features, and the logarithms of the model's probabilities of the kinds."""
    found = np.asarray(head.layers.run(None, {"heard": heard})[0])
    for tag, weights in enumerate(head.passing):
        found += kinds[:, tag, None] * weights
    return found


_REMEDY = "restore the shipped file, or make one with update/names.py"
