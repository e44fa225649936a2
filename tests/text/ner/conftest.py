"""Labelled text, as the name finder's tests read it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gongkai.project import SHIPPED
from gongkai.text import ner

DATA = Path(__file__).parents[2] / "data" / "zh_ner"

Labelled = list[tuple[str, set[tuple[int, int, str]]]]


@pytest.fixture(scope="session")
def tagger() -> ner.Tagger:
    return ner.load(SHIPPED)


@pytest.fixture(scope="session")
def dev_texts() -> list[str]:
    return [text for text, _ in labelled("uner_gsdsimp_dev")]


@pytest.fixture(scope="session")
def labelled_texts() -> dict[str, Labelled]:
    names = ("uner_gsdsimp_test", "hotline_synth")
    return {name: labelled(name) for name in names} | {"hotline_dev": _marked(Path(__file__).with_name("hotline_dev.txt"))}


def labelled(name: str) -> Labelled:
    rows = map(json.loads, (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [(row["text"], {(s["start"], s["end"], s["type"].upper()) for s in row["spans"]}) for row in rows]


def _marked(path: Path) -> Labelled:
    """Lines in which {braces} stand around names of people."""
    found: Labelled = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        text, people = "", set()
        for part in re.split(r"(\{[^}]*\})", line):
            name = part.strip("{}")
            if part.startswith("{"):
                people.add((len(text), len(text) + len(name), "PERSON"))
            text += name
        found.append((text, people))
    return found
