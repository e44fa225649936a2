"""Texts as JSON lines 逐行JSON: ``{"id", "text"}``, labelled ones with ``"spans": [{"start", "end", "type"}]``.

A line that is not such a text is named by its number; nothing of it is ever quoted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from gongkai.errors import ConfigError, known
from gongkai.text.config import entities
from gongkai.text.evaluate import TYPES
from gongkai.text.span import Span


class Line(NamedTuple):
    """A text, what it is called, and the spans it is labelled with."""

    id: str | int
    text: str
    spans: tuple[Span, ...] = ()


class _Label(BaseModel):
    model_config = ConfigDict(strict=True)
    start: int
    end: int
    type: str


class _Line(BaseModel):
    model_config = ConfigDict(strict=True)
    id: str | int
    text: str
    spans: list[_Label] = []


def read(lines: Iterable[bytes], file: str, *, labelled: bool = False) -> Iterator[Line]:
    """Every text of a file of JSON lines in UTF-8; empty lines are passed over, other keys ignored.

    ConfigError at the first line that is no such text, or (``labelled``) whose spans lie outside it or are of no known type.

    >>> [line.text for line in read([b'{"id": 1, "text": "abc"}'], "remarks.jsonl")]
    ['abc']
    >>> list(read([b'{"id": 1}'], "remarks.jsonl"))
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: remarks.jsonl: line 1: is not {"id", "text"}; text is missing
    """
    names = {**TYPES, **{code: code for code in entities()}} if labelled else {}
    for number, raw in enumerate(lines, 1):
        if raw.strip():
            line = _parsed(raw, file, number)
            spans = tuple(_span(label, line.text, names, file, number) for label in line.spans) if labelled else ()
            yield Line(line.id, line.text, spans)


def written(line: Line, spans: Iterable[Span]) -> str:
    """A line of results: the id and the spans found, never the text.

    >>> written(Line(1, "王五"), [Span(0, 2, "PERSON", 0.9)])
    '{"id": 1, "spans": [{"start": 0, "end": 2, "entity": "PERSON", "score": 0.9}]}'
    """
    return json.dumps({"id": line.id, "spans": [span._asdict() for span in spans]}, ensure_ascii=False)


def _parsed(raw: bytes, file: str, number: int) -> _Line:
    key = f"line {number}"
    try:
        document: Any = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ConfigError.of("is not JSON in UTF-8", "write one JSON object on each line", file=file, key=key) from None
    try:
        return _Line.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = next((part for part in first["loc"] if isinstance(part, str)), "the line")
        wrong = "is missing" if first["type"] == "missing" else "is of the wrong type"
        raise ConfigError.of('is not {"id", "text"}', f"{place} {wrong}", file=file, key=key) from None


def _span(label: _Label, text: str, names: dict[str, str], file: str, number: int) -> Span:
    key = f"line {number}"
    if label.type not in names:
        raise ConfigError.of("a span's type is no entity", known(label.type, names), file=file, key=key)
    if not 0 <= label.start < label.end <= len(text):
        remedy = "start and end count characters from 0, end not included"
        raise ConfigError.of("a span lies outside the text", remedy, file=file, key=key)
    return Span(label.start, label.end, names[label.type], 1.0)
