"""Names of people, places and organisations in running Chinese text 人名、地名、机构名.

The BiGRU-CRF whose weights jieba's package carries (``weights``), computed in numpy (``network``, ``crf``), corrected by a
small layer learned from annotated text (``head``). No socket, no other model, the same spans on every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gongkai.text.ner import batching, crf, head, network, spans, weights
from gongkai.text.ner.weights import Floats
from gongkai.text.span import Span

__all__ = ["LIKELY", "Span", "Tagger", "load"]

LIKELY = 0.45
"""Spans at least this probable are told. Where F1 is best on the text the head learned from."""

Indices = NDArray[np.int64]

_CANDIDATE = np.float32(0.99)
"""Where nothing is at least this probable for the model, the head is not asked."""


class Tagger:
    """The model, ready; it holds no state of any text."""

    def __init__(self, source: weights.Weights, learned: head.Head | None) -> None:
        self._network = network.build(source)
        self._chain = crf.chain(source.start, source.stop, source.transition)
        self._rows = batching.vocabulary(source.vocabulary, spans.EQUAL)
        self._embedding = np.concatenate([source.embedding, np.zeros((1, weights.HIDDEN), np.float32)])
        self._meaning = head.groups(source.tags)
        self._head = learned

    def tag(self, texts: Sequence[str], *, least: float = LIKELY) -> list[list[Span]]:
        """Spans of each text, from left to right, that do not overlap: PERSON, LOCATION, ORGANIZATION.

        ``score`` is the probability that exactly this span is one; spans below ``least`` are left out. A text's spans
        do not depend on the other texts.

        >>> tagger = load()
        >>> [(span.start, span.end, span.entity) for span in tagger.tag(["市民王建国来电。"])[0]]
        [(2, 5, 'PERSON')]
        """
        joined = "\n".join(texts)
        if not joined:
            return [[] for _ in texts]
        points = batching.codes(joined)
        starts, ends = batching.sentences(points)
        which, first = batching.distinct(joined, starts, ends)
        found: list[list[spans.Likely]] = [[] for _ in first]
        for sentence, span in self._sentences(points, starts[first], ends[first], least):
            found[sentence].append(span)
        bounds = np.cumsum([0, *(len(text) + 1 for text in texts)])
        owners = np.searchsorted(bounds, starts, side="right") - 1
        offsets = starts - bounds[owners]
        told: list[list[Span]] = [[] for _ in texts]
        for owner, offset, number in zip(owners.tolist(), offsets.tolist(), which.tolist(), strict=True):
            for start, end, kind, score in found[number]:
                whole = Span(offset + start, offset + end, head.KINDS[kind], round(score, 3))
                trimmed = spans.trim(texts[owner], whole)
                if trimmed:
                    told[owner].append(trimmed)
        return [spans.disjoint(each) for each in told]

    def _sentences(
        self, points: batching.Codes, starts: batching.Offsets, ends: batching.Offsets, least: float
    ) -> Iterator[tuple[int, spans.Likely]]:
        """Number of the sentence, and a span of it."""
        for chosen in batching.blocks(ends - starts):
            codes, lengths = batching.block(points, starts[chosen], ends[chosen])
            probable = self.probabilities(codes, lengths)
            for column, span in spans.likely(probable, least):
                yield int(chosen[column]), span

    def probabilities(self, codes: batching.Codes, lengths: batching.Offsets) -> Floats:
        """[time, sentence, tag of the head] for code points [time, sentence]; nothing is probable beyond ``lengths``."""
        kinds, asked, heard = self.heard(codes, lengths)
        if self._head is None:
            return kinds
        scores = np.full(kinds.shape, head.NEVER, np.float32)
        scores[:, :, 0] = 0
        if len(heard):
            scores[asked] = head.scores(self._head, heard)
        probable = crf.marginals(self._head.chain, scores, lengths).astype(np.float32)
        probable[np.arange(len(codes))[:, None] >= lengths] = _NOTHING
        return probable

    def heard(self, codes: batching.Codes, lengths: batching.Offsets) -> tuple[Floats, tuple[Indices, ...], Floats]:
        """The model's probabilities [time, sentence, tag of the head], where the head is asked, and what it hears there."""
        inside = np.arange(len(codes))[:, None] < lengths
        rows = np.where(inside, self._rows[codes], self._network.padding).astype(np.int32)
        states = network.states(self._network, rows)
        model = crf.marginals(self._chain, network.scores(self._network, states), lengths)
        kinds = head.kinds(model, self._meaning)
        kinds[~inside] = _NOTHING
        columns, times = np.nonzero(_near(kinds[:, :, 0] < _CANDIDATE, inside).T)
        around = times[:, None] + np.arange(2 * head.AROUND + 1)
        beside = ((head.AROUND, head.AROUND), (0, 0))
        near = np.pad(rows, beside, constant_values=self._network.padding)[around, columns[:, None]]
        shapes = head.shapes(np.pad(codes, beside)[around, columns[:, None]])
        shapes[near == self._network.padding] = 0
        asked = (times, columns)
        chosen = (states[asked], model[asked].astype(np.float32), kinds[asked])
        return kinds, asked, head.features(*chosen, self._embedding[near], shapes)


def _near(candidate: NDArray[np.bool_], inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Candidates and what stands within two characters of one."""
    wide = np.pad(candidate, ((2, 2), (0, 0)))
    near = np.logical_or.reduce([wide[shift : shift + len(candidate)] for shift in range(5)])
    return np.asarray(near & inside)


_NOTHING = np.eye(1, head.TAGS, dtype=np.float32)[0]


@cache
def load() -> Tagger:
    """The tagger, made once per process; ConfigError when a file it is made of is not the known one."""
    return Tagger(weights.read(), head.read())
