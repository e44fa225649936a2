"""Texts to sentences, sentences to blocks of nearly equal length 分批.

A sentence ends after one of 。！？；, a line break, or after 128 characters. Equal sentences are computed once.
Whatever stands together in a block, each sentence's numbers are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

LONGEST = 128
"""Characters of the longest sentence."""

SENTENCES = 256
"""Sentences in a block."""

_BREAK = ord("\n")
_ENDS = np.array([ord(end) for end in "。！？；\n"], np.uint32)

Codes = NDArray[np.uint32]
Offsets = NDArray[np.int64]


def codes(text: str) -> Codes:
    """Code points.

    >>> codes("a\U0001f600").tolist()
    [97, 128512]
    """
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def sentences(points: Codes) -> tuple[Offsets, Offsets]:
    """Where sentences start and end; line breaks belong to none.

    >>> [bounds.tolist() for bounds in sentences(codes("好。再来\\n\\n是"))]
    [[0, 2, 6], [2, 4, 7]]
    """
    ends = np.flatnonzero(np.isin(points, _ENDS)) + 1
    bounds = np.unique(np.concatenate(([0], ends, [len(points)])))
    long = np.flatnonzero(np.diff(bounds) > LONGEST)
    cuts = [np.arange(bounds[index] + LONGEST, bounds[index + 1], LONGEST) for index in long]
    bounds = np.sort(np.concatenate([bounds, *cuts])).astype(np.int64)
    starts, ends = bounds[:-1], bounds[1:].copy()
    ends -= points[ends - 1] == _BREAK
    return starts[ends > starts], ends[ends > starts]


def blocks(lengths: Offsets) -> Iterator[Offsets]:
    """Indices of the sentences of each block, longest first."""
    order = np.argsort(-lengths, kind="stable")
    for start in range(0, len(order), SENTENCES):
        yield order[start : start + SENTENCES]


def vocabulary(words: Mapping[str, int], equal: Mapping[str, str]) -> NDArray[np.int32]:
    """Row of the embedding for each code point; ``equal`` maps a character to the one the model knows."""
    table = np.full(0x110000, words["OOV"], np.int32)
    for word, row in words.items():
        if len(word) == 1:
            table[ord(word)] = row
    for character, known in equal.items():
        table[ord(character)] = words[known]
    return table


def distinct(text: str, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
    """For each sentence its number among the distinct ones, and for each of those its first index."""
    seen: dict[str, int] = {}
    first: list[int] = []
    which: list[int] = []
    for index, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        number = seen.setdefault(text[start:end], len(first))
        if number == len(first):
            first.append(index)
        which.append(number)
    return np.array(which, np.int64), np.array(first, np.int64)
