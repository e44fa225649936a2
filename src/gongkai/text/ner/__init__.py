"""Names of people, places and organisations in running Chinese text 人名、地名、机构名.

The BiGRU-CRF whose weights jieba's package carries (``weights``), computed in bytes by onnxruntime (``network``) and in numpy
(``crf``), corrected by a small layer learned from annotated text (``head``). No socket, no other model, the same spans on
every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gongkai.project import Project
from gongkai.text.ner import batching, crf, features, head, network, quantized, spans, weights
from gongkai.text.ner.line import Line, Mask, line, runs, widen
from gongkai.text.ner.packing import Packing, pack
from gongkai.text.ner.weights import Floats
from gongkai.text.span import Span

__all__ = ["LIKELY", "Span", "Tagger", "load"]

LIKELY = 0.45
"""Spans at least this probable are told. Where F1 is best on the text the head learned from."""

_CANDIDATE = np.float32(0.99)
"""Where nothing is at least this probable for the model, the head is not asked."""


class Tagger:
    """The model, ready; it holds no state of any text."""

    def __init__(self, source: weights.Weights, learned: head.Head | None) -> None:
        self._network = network.build(source)
        self._chain = crf.chain(source.start, source.stop, source.transition)
        self._rows = batching.vocabulary(source.vocabulary, spans.EQUAL)
        self._shapes = features.shapes()
        self._meaning = features.groups(source.tags)
        self._head = learned

    def tag(self, texts: Sequence[str], *, least: float = LIKELY) -> list[list[Span]]:
        """Spans of each text, from left to right, that do not overlap: PERSON, LOCATION, ORGANIZATION.

        ``score`` is the probability that exactly this span is one; spans below ``least`` are left out. A text's spans
        do not depend on the other texts.

        >>> from gongkai.project import SHIPPED
        >>> tagger = load(SHIPPED)
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
        for chosen in batching.blocks(ends[first] - starts[first]):
            begins = starts[first[chosen]]
            packing = pack(ends[first[chosen]] - begins)
            for item, length, kind, score in self._likely(points[begins[packing.column] + packing.time], packing, least):
                found[chosen[packing.column[item]]].append((int(packing.time[item]), length, kind, score))
        bounds = np.cumsum([0, *(len(text) + 1 for text in texts)])
        owners = np.searchsorted(bounds, starts, side="right") - 1
        offsets = starts - bounds[owners]
        told: list[list[Span]] = [[] for _ in texts]
        for owner, offset, number in zip(owners.tolist(), offsets.tolist(), which.tolist(), strict=True):
            for start, length, kind, score in found[number]:
                whole = Span(offset + start, offset + start + length, features.KINDS[kind], round(score, 3))
                trimmed = spans.trim(texts[owner], whole)
                if trimmed:
                    told[owner].append(trimmed)
        return [spans.disjoint(each) for each in told]

    def _likely(self, codes: batching.Codes, packing: Packing, least: float) -> Iterator[spans.Likely]:
        """Spans of packed sentences, each with its first item."""
        if self._head is None:
            _, model = self._model(self._rows[codes], packing)
            yield from spans.likely(features.kinds(model, self._meaning), packing.after, least)
            return
        row, asked, heard, kinds = self.heard(codes, packing)
        if not asked.any():
            return
        scores = np.full((len(asked), features.TAGS), head.NEVER)
        scores[:, 0] = 0
        scores[asked] = head.scores(self._head, heard, kinds)
        stretches, places = runs(widen(asked, 1) & row.inside)
        probable = crf.marginals(self._head.chain, scores[places], stretches).astype(np.float32)
        for item, length, kind, score in spans.likely(probable, stretches.after, least):
            yield int(row.item[places[item]]), length, kind, score

    def heard(self, codes: batching.Codes, packing: Packing) -> tuple[Line, Mask, quantized.Bytes, Floats]:
        """The sentences on a line, where on it the head is asked, and there: its features, and the kinds' logarithms."""
        row = line(packing)
        rows = self._rows[codes]
        states, model = self._model(rows, packing)
        kinds = features.kinds(model, self._meaning)
        candidate = np.append(kinds[:, 0] < _CANDIDATE, False)[row.item]
        asked = widen(candidate, 2) & row.inside
        items = row.item[asked]
        near = np.flatnonzero(asked)[:, None] + np.arange(-features.AROUND, features.AROUND + 1)
        around = self._network.embedding[np.append(rows, self._network.nobody)[row.item[near]]]
        shapes = np.append(self._shapes[codes], np.uint8(0))[row.item[near]]
        tags, logarithms = features.logarithms(model[items]), features.logarithms(kinds[items])
        return row, asked, features.features(states[items], tags, around, shapes, logarithms), logarithms

    def _model(self, rows: network.Rows, packing: Packing) -> tuple[quantized.Bytes, crf.Doubles]:
        """States, and the probabilities of the model's tags."""
        states = network.states(self._network, packing, rows)
        return states, crf.marginals(self._chain, network.scores(self._network, states), packing)


def load(project: Project) -> Tagger:
    """The tagger, made once per project; ConfigError when a file it is made of is not the known one."""
    return project.once(_load)


def _load(project: Project) -> Tagger:
    return Tagger(weights.read(), head.read(head.find(project)))
