"""jieba's part-of-speech tags: nr a person, ns a place, nt an organisation."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence

TAGS = {"nr": "PERSON", "ns": "LOCATION", "nt": "ORGANIZATION"}


def detect(texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
    """The spans of each text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba.posseg

    jieba.setLogLevel(logging.ERROR)
    return [_spans(jieba.posseg.cut(text)) for text in texts]


def _spans(words) -> list[tuple[int, int, str]]:
    found, at = [], 0
    for word, tag in words:
        if tag[:2] in TAGS and len(word) > 1:
            found.append((at, at + len(word), TAGS[tag[:2]]))
        at += len(word)
    return found
