"""What the words around a number say of it 上下文: its own kind's words lift it, words of other numbers put it in doubt.

Presidio looks for context among tokens, and Chinese has none: a raw stretch of text before and after the number is searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from presidio_analyzer import ContextAwareEnhancer, RecognizerResult

from gongkai.text.config import Config
from gongkai.text.kinds import FAINT, LIFTED, PROVEN, SHAPE, TELLING, Kind

KIND = "kind"
"""Under which name a result's metadata carries the kind it is of."""
DOUBTED, DOUBTED_PROVEN = 0.1, 0.4
"""Behind a word of another number; and where the checksum holds nonetheless, as of one case number in eleven."""
_ENDS = re.compile("[。！？!?]")
_CLAUSE = re.compile("[，。；、！？,;!?]")
"""What ends the clause behind a number: 138…，身份证 speaks of the next one."""
_GAP = re.compile("(?:号码|号|为|是|第|[^\u3400-\u9fff，。；！？、,;!?\n])*")
_FAR = 1 << 20


class TextContext(ContextAwareEnhancer):  # type: ignore[misc]  # Presidio ships no types
    """Sets the final score of every identifier by the words before and after it; names and places keep theirs."""

    def __init__(self, config: Config) -> None:
        window = config.context
        super().__init__(
            context_similarity_factor=0,
            min_score_with_context_similarity=0,
            context_prefix_count=window.before,
            context_suffix_count=window.after,
        )
        self._others = tuple(word.lower() for word in config.other_numbers)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: Any,
        recognizers: Sequence[Any],
        context: Sequence[str] | None = None,
    ) -> list[RecognizerResult]:
        """The results with their final scores."""
        identifiers = [it for it in raw_results if KIND in it.recognition_metadata]
        if identifiers:
            self._judge(nlp_artifacts.view, identifiers)
        return raw_results

    def _judge(self, view: Any, results: list[RecognizerResult]) -> None:
        """Only the kind whose word stands nearest is lifted where several kinds claim the same characters."""
        half = view.half.lower()
        ordered = sorted(results, key=lambda it: (it.start, it.end))
        seen = [self._distance(half, view.seen(it.start), view.seen(it.end - 1) + 1, _kind(it)) for it in ordered]
        nearest = _nearest(ordered, [distance for distance, _ in seen])
        for result, (distance, doubted), least in zip(ordered, seen, nearest, strict=True):
            result.score = _scored(result.score, distance <= least and distance < _FAR, doubted)

    def _distance(self, half: str, start: int, end: int, kind: Kind) -> tuple[int, bool]:
        """How far the nearest word of the kind stands (``_FAR`` for none), and whether words say it is another number."""
        before = half[max(0, start - self.context_prefix_count) : start]
        before = _ENDS.split(before)[-1]
        after = _CLAUSE.split(half[end : end + self.context_suffix_count])[0]
        own, other = _last(before, kind.context), _last(before, self._others)
        nearer = (other[1], -other[0]) > (own[1], -own[0])
        if nearer and _GAP.fullmatch(before, other[1]) and not _touch(before, other[0], kind.context):
            return _FAR, True
        if own[1] and not (nearer and own[1] == other[1]):  # 发生于 holds 生于 and is another word
            return len(before) - own[1], False
        behind = [at for word in kind.context if (at := after.find(word)) >= 0]
        return (min(behind) if behind else _FAR), False


def _nearest(ordered: Sequence[RecognizerResult], distances: Sequence[int]) -> list[int]:
    """For each result, in order of their beginnings, the least distance among those that share a character with it."""
    least = list(distances)
    for index, result in enumerate(ordered):
        for other in range(index + 1, len(ordered)):
            if ordered[other].start >= result.end:
                break
            least[index] = min(least[index], distances[other])
            least[other] = min(least[other], distances[index])
    return least


def _scored(score: float, lifted: bool, doubted: bool) -> float:
    if doubted:
        return DOUBTED_PROVEN if score == PROVEN else DOUBTED
    if not lifted:
        return score
    return {FAINT: LIFTED, SHAPE: LIFTED, TELLING: PROVEN}.get(score, score)


def _last(before: str, words: Sequence[str]) -> tuple[int, int]:
    """Start and end of the word that ends last, the longest of those; (0, 0) for none."""
    found = [(at + len(word), -at) for word in words if (at := before.rfind(word)) >= 0]
    end, start = max(found, default=(0, 0))
    return -start, end


def _touch(before: str, index: int, words: Sequence[str]) -> bool:
    """Whether one of the words ends right before ``index``, or one character away, or runs across it."""
    near = before[max(0, index - 12) : index + 2]
    at = min(index, 12)
    return any((found := near.rfind(word)) >= 0 and found + len(word) >= at - 1 for word in words)


def _kind(result: RecognizerResult) -> Kind:
    kind: Kind = result.recognition_metadata[KIND]
    return kind
