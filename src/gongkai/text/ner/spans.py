"""From tags to spans 片段: what the model calls a name, a place or an organisation, trimmed to what a person would mark."""

from __future__ import annotations

import re

from gongkai.text.span import Span

ENTITIES = {"PER": "PERSON", "nr": "PERSON", "LOC": "LOCATION", "ns": "LOCATION", "ORG": "ORGANIZATION", "nt": "ORGANIZATION"}

EQUAL = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    **dict.fromkeys("、", ","),
    **dict.fromkeys("。", "."),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    "【": "[",
    "】": "]",
    **dict.fromkeys("—–", "-"),
    **dict.fromkeys("•・‧", "·"),
    **dict.fromkeys("\u3000 ", "\u3000"),
}
"""The model was trained on half-width punctuation."""

_EDGE = " \u3000,.，。、：:；;！!？?（）()《》<>“”\"'‘’【】[]-—"
_TITLE = re.compile(
    "(?:主席|总统|总理|部长|局长|处长|科长|市长|县长|校长|院长|主任|书记|经理"
    "|女士|先生|小姐|同志|教授|医生|老师|律师|警官|师傅)$"
)
_NOBODY = frozenset({"男", "女", "汉族"})


def trim(text: str, start: int, end: int, entity: str, score: float) -> Span | None:
    """The span without punctuation at its ends and without a trailing title; None when nothing of a name is left."""
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    if entity == "PERSON":
        title = _TITLE.search(text, start, end)
        if title and title.start() > start:
            end = title.start()
        name = text[start:end]
        if name in _NOBODY or any(character.isdigit() for character in name):
            return None
    return Span(start, end, entity, score) if end > start else None
