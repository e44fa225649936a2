"""What the head hears of a character: the model's states and probabilities there, and the characters around 特征.

All of it is bytes (``quantized``), each group of features within its own reach.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gongkai.text.ner import quantized
from gongkai.text.ner.quantized import Bytes
from gongkai.text.ner.weights import HIDDEN, Floats

KINDS = ("PERSON", "LOCATION", "ORGANIZATION")
"""A head's tags are 0 nothing, then for each kind the first character 1, 3, 5 and the following ones 2, 4, 6."""

TAGS = 1 + 2 * len(KINDS)

AROUND = 2
"""Characters on either side whose embeddings and shapes are heard."""

MODEL_TAGS = 57

SHAPES = 8

_LEAST = np.float32(1e-4)

RARE = np.log(_LEAST)
"""Probabilities are heard as at least this much; a logarithm."""

_NEIGHBOURS = 2 * AROUND + 1
_GROUPS = (
    (2 * HIDDEN, 1.0),  # states
    (MODEL_TAGS, 1.0),  # probabilities of the model's tags
    (_NEIGHBOURS * HIDDEN, 3.3),  # embeddings
    (_NEIGHBOURS * SHAPES, 1.0),
    (TAGS, 9.3),  # logarithms of the probabilities of the kinds
)
REACH = np.repeat([reach for _, reach in _GROUPS], [count for count, _ in _GROUPS])
"""The largest absolute value of each feature."""

FEATURES = len(REACH)

_MODEL = {"PER": 0, "nr": 0, "LOC": 1, "ns": 1, "ORG": 2, "nt": 2}
"""Which of the model's tags mean which kind."""


def groups(tags: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """For each tag of the head but the first, the model's tags that mean it."""
    found: list[list[int]] = [[] for _ in range(TAGS - 1)]
    for index, tag in enumerate(tags):
        name, _, place = tag.partition("-")
        if name in _MODEL:
            found[2 * _MODEL[name] + (place == "I")].append(index)
    return tuple(map(tuple, found))


def kinds(probable: NDArray[np.floating], meaning: Sequence[Sequence[int]]) -> Floats:
    """The model's probabilities in the head's tags: [characters, tags]; sums of few numbers, always in the same order."""
    summed = np.empty((len(probable), TAGS), np.float32)
    for tag, parts in enumerate(meaning, start=1):
        summed[:, tag] = sum(probable[:, part] for part in parts)
    summed[:, 0] = np.maximum(1 - sum(summed[:, tag] for tag in range(1, TAGS)), 0)
    return summed


def logarithms(probable: NDArray[np.floating]) -> Floats:
    """Of probabilities, at least RARE."""
    return np.asarray(np.log(np.maximum(probable.astype(np.float32), _LEAST)))


def features(states: Bytes, model: Floats, around: Bytes, shapes: NDArray[np.uint8], kinds: Floats) -> Bytes:
    """[characters, FEATURES] from rows for the same characters.

    ``model`` and ``kinds`` are logarithms; ``around`` and ``shapes`` hold the embeddings and shapes of the neighbours, left
    to right: [characters, neighbour, ...].
    """
    rows = (
        states,
        quantized.quantize(1 - np.maximum(model, RARE) / RARE),
        around.reshape(len(states), _NEIGHBOURS * HIDDEN),
        _ONE_HOT[shapes].reshape(len(states), _NEIGHBOURS * SHAPES),
        quantized.quantize(kinds, float(REACH[-1])),
    )
    return np.concatenate(rows, axis=1)


def values(heard: Bytes) -> Floats:
    """The numbers that the bytes stand for."""
    return np.asarray((heard.astype(np.float32) - quantized.ZERO) * (REACH / quantized.STEPS).astype(np.float32))


def shapes() -> NDArray[np.uint8]:
    """Each code point's shape: 1 Han, 2 capital, 3 small letter, 4 digit, 5 dot in a name, 6 space, 7 kana, 8 anything else.

    Width is no shape; 0 is where no character stands.
    """
    table = np.full(0x110000, 8, np.uint8)
    for start, end, shape in _RANGES:
        table[start:end] = shape
    table[[ord(dot) for dot in "·•・‧"]] = 5
    table[0xFF01:0xFF5F] = table[0x21:0x7F]
    return table


_RANGES = (
    (0x3400, 0x4DC0, 1),
    (0x4E00, 0xA000, 1),
    (0x20000, 0x110000, 1),
    (0x41, 0x5B, 2),
    (0x61, 0x7B, 3),
    (0xC0, 0x250, 3),
    (0x30, 0x3A, 4),
    (0x20, 0x21, 6),
    (0x3000, 0x3001, 6),
    (0x3040, 0x3100, 7),
)

_ONE_HOT = quantized.quantize(np.eye(1 + SHAPES, dtype=np.float32)[:, 1:])
