"""Names of people, places and organisations in running Chinese text 人名、地名、机构名."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gongkai.text.ner import batching, network, spans, weights
from gongkai.text.span import Span

__all__ = ["Span", "Tagger", "load"]


class Tagger:
    """The model, ready; it holds no state of any text."""

    def __init__(self, source: weights.Weights) -> None:
        self._network = network.build(source)
        self._rows = batching.vocabulary(source.vocabulary, spans.EQUAL)
        self._tags = source.tags

    def tag(self, texts: Sequence[str]) -> list[list[Span]]:
        """Spans of each text, from left to right; a text's spans do not depend on the others.

        >>> tagger = load()
        >>> [(span.start, span.end, span.entity) for span in tagger.tag(["市民王建国来电。"])[0]]
        [(2, 5, 'PERSON')]
        """
        joined = "\n".join(texts)
        found: list[list[Span]] = [[] for _ in texts]
        if not joined:
            return found
        points = batching.codes(joined)
        starts, ends = batching.sentences(points)
        which, first = batching.distinct(joined, starts, ends)
        tags, sure = self._compute(self._rows[points], starts[first], (ends - starts)[first])
        bounds = np.cumsum([0, *(len(text) + 1 for text in texts)])
        owners = np.searchsorted(bounds, starts, side="right") - 1
        for index, (owner, number) in enumerate(zip(owners.tolist(), which.tolist(), strict=True)):
            base = int(starts[index] - bounds[owner])
            for span in self._spans(texts[owner], base, tags[number], sure[number]):
                found[owner].append(span)
        return found

    def _compute(
        self, rows: NDArray[np.int32], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> tuple[list[NDArray[np.int64]], list[NDArray[np.float32]]]:
        tags: list[NDArray[np.int64]] = [np.empty(0, np.int64)] * len(starts)
        sure: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(starts)
        for chosen in batching.blocks(lengths):
            filled = batching.block(rows, starts[chosen], lengths[chosen], self._network.padding)
            counts = np.zeros(filled.shape[1], np.int64)
            counts[: len(chosen)] = lengths[chosen]
            probable = network.marginals(self._network, network.states(self._network, filled), counts)
            best = probable.argmax(axis=2)
            top = probable.max(axis=2)
            for column, index in enumerate(chosen.tolist()):
                tags[index] = best[: lengths[index], column]
                sure[index] = top[: lengths[index], column]
        return tags, sure

    def _spans(self, text: str, base: int, tags: NDArray[np.int64], sure: NDArray[np.float32]) -> list[Span]:
        found: list[Span] = []
        names = [self._tags[tag] for tag in tags.tolist()] + ["O"]
        start = 0
        for index in range(1, len(names)):
            if names[index].endswith("-I") and names[index][:-2] == names[start][:-2]:
                continue
            entity = spans.ENTITIES.get(names[start].partition("-")[0])
            if entity:
                score = round(float(sure[start:index].min()), 3)
                span = spans.trim(text, base + start, base + index, entity, score)
                if span:
                    found.append(span)
            start = index
        return found


@cache
def load() -> Tagger:
    """The tagger, made once per process; ConfigError when the package's files are not the known ones."""
    return Tagger(weights.read())
