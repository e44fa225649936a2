"""A small learned layer over the model: what its states and tags mean for the spans people mark 标注层.

The model was taught a word segmenter's idea of a name. The head hears its states, its tag probabilities and the characters
around, and corrects them towards annotated text; it starts from the model's own probabilities, so where nothing was learned
those stand. ``rules/names/head.npz`` holds it (``update/names.py`` makes it); a city may lay its own there.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gongkai import content
from gongkai.errors import ConfigError
from gongkai.text.ner import crf, exact
from gongkai.text.ner.weights import HIDDEN, Floats

FILE = "names/head.npz"

KINDS = ("PERSON", "LOCATION", "ORGANIZATION")
"""A head's tags are 0 nothing, then for each kind the first character 1, 3, 5 and the following ones 2, 4, 6."""

TAGS = 1 + 2 * len(KINDS)

AROUND = 2
"""Characters on either side whose embeddings and shapes are heard."""

RARE = np.float32(1e-4)
"""Probabilities below it are heard as this much."""

NEVER = np.float32(-30)
"""Score of every tag but "nothing" where the head is not asked."""

SHAPES = 8
_NEIGHBOURS = 2 * AROUND + 1
FEATURES = 2 * HIDDEN + 57 + _NEIGHBOURS * (HIDDEN + SHAPES) + TAGS + 1
"""States, tag probabilities, characters around, probabilities of the kinds, a constant."""

_MODEL = {"PER": 0, "nr": 0, "LOC": 1, "ns": 1, "ORG": 2, "nt": 2}
"""Which of the model's tags mean which kind."""


@dataclass(frozen=True, slots=True)
class Head:
    """One hidden layer beside a direct one, and a chain over the tags."""

    hidden: Floats  # [features, units]
    direct: Floats  # [features, tags]
    output: Floats  # [units, tags]
    chain: crf.Chain


def read(path: Path | None = None) -> Head:
    """The head in force, or the one in ``path``; ConfigError unless it has the arrays and shapes of a head."""
    found = path if path is not None else content.files("rules", FILE).get(FILE)
    if found is None or not found.is_file():
        raise ConfigError.of("there is no such file", _REMEDY, file=f"rules/{FILE}")
    try:
        with np.load(found, allow_pickle=False) as stored:
            arrays = {name: np.asarray(stored[name], np.float32) for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        raise ConfigError.of("is not a file of arrays", _REMEDY, file=f"rules/{FILE}") from None
    units = arrays["output"].shape[0] if arrays.get("output", np.empty(0)).ndim == 2 else 0
    wanted: dict[str, tuple[int, ...]] = {"hidden": (FEATURES, units), "direct": (FEATURES, TAGS)}
    wanted |= {"output": (units, TAGS), "step": (TAGS, TAGS), "start": (TAGS,)}
    shapes = {name: array.shape for name, array in arrays.items()}
    if shapes != wanted or not all(np.isfinite(array).all() for array in arrays.values()):
        raise ConfigError.of("does not have the arrays of a head", _REMEDY, file=f"rules/{FILE}")
    return build(arrays["hidden"], arrays["direct"], arrays["output"], arrays["step"], arrays["start"])


def build(hidden: Floats, direct: Floats, output: Floats, step: Floats, start: Floats) -> Head:
    """Every weight on its grid."""
    return Head(
        hidden=np.asarray(exact.factor(hidden, _reach()), np.float32),
        direct=np.asarray(exact.factor(direct, _reach()), np.float32),
        output=np.asarray(exact.factor(output, 1), np.float32),
        chain=crf.chain(start, np.zeros(TAGS), step),
    )


def groups(tags: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """For each tag of the head but the first, the model's tags that mean it."""
    found: list[list[int]] = [[] for _ in range(TAGS - 1)]
    for index, tag in enumerate(tags):
        name, _, place = tag.partition("-")
        if name in _MODEL:
            found[2 * _MODEL[name] + (place == "I")].append(index)
    return tuple(map(tuple, found))


def kinds(probable: crf.Doubles, meaning: Sequence[Sequence[int]]) -> Floats:
    """The model's probabilities in the head's tags: [..., tags]; sums of few numbers, always in the same order."""
    summed = np.empty((*probable.shape[:-1], TAGS), np.float32)
    for tag, parts in enumerate(meaning, start=1):
        summed[..., tag] = sum(probable[..., part] for part in parts)
    summed[..., 0] = np.maximum(1 - sum(summed[..., tag] for tag in range(1, TAGS)), 0)
    return summed


def features(states: Floats, probable: Floats, kinds: Floats, around: Floats, shapes: Floats) -> Floats:
    """[characters, FEATURES] on the grid, from rows for the same characters.

    ``around`` and ``shapes`` hold the embeddings and shapes of the neighbours, left to right: [characters, neighbour, ...].
    """
    least = np.log(RARE)
    heard = np.empty((len(states), FEATURES), np.float32)
    rows = (
        states,
        1 - np.log(np.maximum(probable, RARE)) / least,
        around.reshape(len(states), _NEIGHBOURS * HIDDEN) * np.float32(0.5),
        shapes.reshape(len(states), _NEIGHBOURS * SHAPES),
        np.log(np.maximum(kinds, RARE)),
        np.ones((len(states), 1), np.float32),
    )
    return exact.settle(np.concatenate(rows, axis=1, out=heard), heard)


def scores(head: Head, heard: Floats) -> Floats:
    """[characters, TAGS] from features."""
    units = np.tanh(heard @ head.hidden)
    return np.asarray(heard @ head.direct + exact.settle(units, units) @ head.output, np.float32)


def shapes(points: NDArray[np.uint32]) -> Floats:
    """[characters, SHAPES]: Han, capital, small letter, digit, dot in a name, space, kana, anything else; width is no shape."""
    code = np.where((points >= 0xFF01) & (points < 0xFF5F), points - 0xFEE0, points)
    dot = np.isin(code, _DOTS)
    is_any = [
        ((code >= 0x3400) & (code < 0x4DC0)) | ((code >= 0x4E00) & (code < 0xA000)) | (code >= 0x20000),
        (code >= 0x41) & (code < 0x5B),
        ((code >= 0x61) & (code < 0x7B)) | ((code >= 0xC0) & (code < 0x250)),
        (code >= 0x30) & (code < 0x3A),
        dot,
        (code == 0x20) | (code == 0x3000),
        (code >= 0x3040) & (code < 0x3100) & ~dot,
    ]
    return np.stack([*is_any, ~np.logical_or.reduce(is_any)], axis=-1).astype(np.float32)


def _reach() -> NDArray[np.float64]:
    """The largest absolute value of each feature."""
    sizes = [(2 * HIDDEN + 57, 1.0), (_NEIGHBOURS * HIDDEN, 4.9), (_NEIGHBOURS * SHAPES, 1.0), (TAGS, 9.3), (1, 1.0)]
    return np.concatenate([np.full(count, reach) for count, reach in sizes])


_DOTS = np.array([ord(dot) for dot in "·•・‧"], np.uint32)
_REMEDY = "restore the shipped file, or make one with update/names.py"
