"""A text with what was found in it taken out 占位替换."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gongkai.text.config import Config
from gongkai.text.span import Span
from gongkai.text.view import look

Found = tuple[str, str]
"""An entity and the value of it that stood in a text."""


def typed(config: Config) -> Callable[[Found], str]:
    """Stand-ins that tell the kind.

    >>> from gongkai.text.config import load
    >>> from gongkai.project import SHIPPED
    >>> typed(load(SHIPPED))(("PERSON", "王建国"))
    '〔姓名〕'
    """
    return lambda found: f"〔{config.word(found[0])}〕"


def replaced(text: str, spans: Sequence[Span], stand_in: Callable[[Found], str]) -> str:
    """The text with a stand-in at every span; the spans are in order and do not overlap.

    >>> replaced("市民王建国来电", [Span(2, 5, "PERSON", 0.9)], lambda found: "〔姓名〕")
    '市民〔姓名〕来电'
    """
    parts, done = [], 0
    for span in spans:
        parts += [text[done : span.start], stand_in(value(text, span))]
        done = span.end
    return "".join([*parts, text[done:]])


def value(text: str, span: Span) -> Found:
    """The span's entity and value, written as equal values are: half width, capitals, without separators.

    >>> value("电话１３８-1234 5678", Span(2, 15, "PHONE", 1.0))
    ('PHONE', '13812345678')
    """
    seen = look(text[span.start : span.end]).half
    return span.entity, "".join(letter for letter in seen if not letter.isspace() and letter not in "-·•・‧").upper()
