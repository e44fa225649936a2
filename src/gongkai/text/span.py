"""A stretch of text that tells something about somebody 片段."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Characters ``start`` to ``end`` (end not included) of the text as it was given; ``score`` from 0 to 1.

    ``entity`` is PERSON, LOCATION, ORGANIZATION, ADDRESS, or the entity code of an identifier (CN_ID_CARD, PHONE...).

    >>> Span(2, 5, "PERSON", 0.85).end
    5
    """

    start: int
    end: int
    entity: str
    score: float
