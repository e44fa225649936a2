"""The header dictionary as people write it 表头词典: ``rules/headers/*.yml``, every file of one form, every fault at once.

A city adds files of its own in ``$GONGKAI_HOME/rules/headers``: what they say wins over what ships, word by word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gongkai import content, documents, validation
from gongkai.errors import ConfigError, Fault, known

Word = Annotated[str, Field(min_length=1, max_length=64)]
Words = list[Word]
Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
Class = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Noun(_Model):
    """Whom or what a phrase is about; ``alone`` is the entity of a phrase that ends with it, ``weight`` how much that says."""

    alone: Code
    weight: Annotated[float, Field(ge=0, le=1)] = 0.92
    words: Words


class Head(_Model):
    """What the last word of a phrase makes of what stands before it."""

    words: Words
    alone: Code
    otherwise: Annotated[Code, Field(alias="else")]
    when: dict[str, Code] = {}
    keep: list[Code] = []


class Document(_Model):
    """One file; every key may be left out."""

    flags: Words = []
    ends: Words = []
    fillers: Words = []
    nouns: dict[Class, Noun] = {}
    heads: dict[Class, Head] = {}
    terms: dict[Code, Words] = {}
    vague: dict[Code, Words] = {}
    names: dict[Word, Words] = {}
    columns: dict[Word, Word] = {}
    readings: dict[Annotated[str, Field(pattern=r"^[a-z]+$")], Word] = {}
    polyphones: dict[Word, Word] = {}
    initials: dict[Annotated[str, Field(pattern=r"^[a-z]+$")], Word] = {}


@dataclass(frozen=True, slots=True)
class Layer:
    """The files of one origin, in the order of their names."""

    documents: Mapping[str, Document]
    own: bool
    """The city's, not the shipped ones."""


def stamps() -> tuple[tuple[str, int, int], ...]:
    """Path, time of change and size of every file in force: equal stamps, equal dictionary."""
    found = []
    for path in content.files("rules", "headers/*.yml").values():
        status = path.stat()
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)


def read(entities: Iterable[str]) -> list[Layer]:
    """The shipped files, then the city's. ConfigError lists every fault of all of them."""
    shipped = content.shipped() / "rules"
    layers: dict[bool, dict[str, Document]] = {False: {}, True: {}}
    faults: list[Fault] = []
    for name, path in content.files("rules", "headers/*.yml").items():
        document, wrong = _document(path, f"rules/{name}")
        faults += wrong
        if document is not None:
            layers[not path.is_relative_to(shipped)][f"rules/{name}"] = document
    faults += _faults(layers, frozenset(entities))
    if faults:
        raise ConfigError(*faults)
    return [Layer(layers[False], own=False), Layer(layers[True], own=True)]


def _document(path: Path, file: str) -> tuple[Document | None, list[Fault]]:
    document, faults = documents.read(path, file)
    return (None, faults) if faults else validation.fit(Document, document if document is not None else {}, file)


def _faults(layers: Mapping[bool, Mapping[str, Document]], entities: frozenset[str]) -> Iterator[Fault]:
    classes = {name for layer in layers.values() for document in layer.values() for name in document.nouns}
    for layer in layers.values():
        seen: dict[str, str] = {}
        for file, document in layer.items():
            yield from _unknown(document, file, entities, classes)
            yield from _twice(document, file, seen)


def _unknown(document: Document, file: str, entities: frozenset[str], classes: set[str]) -> Iterator[Fault]:
    """Entities and classes that are used and exist nowhere."""
    used = [(f"terms.{code}", code) for code in document.terms] + [(f"vague.{code}", code) for code in document.vague]
    used += [(f"nouns.{name}.alone", noun.alone) for name, noun in document.nouns.items()]
    for name, head in document.heads.items():
        used += [(f"heads.{name}.alone", head.alone), (f"heads.{name}.else", head.otherwise)]
        used += [(f"heads.{name}.when.{key}", code) for key, code in head.when.items()]
        used += [(f"heads.{name}.keep[{index}]", code) for index, code in enumerate(head.keep)]
        for key in head.when:
            if key not in entities and key not in classes:
                yield Fault(file, f"heads.{name}.when.{key}", "is neither a class nor an entity", known(key, classes))
    for key, code in used:
        if code not in entities:
            yield Fault(file, key, "is not an entity of rules/entities.yml", known(code, entities))


def _twice(document: Document, file: str, seen: dict[str, str]) -> Iterator[Fault]:
    """Words that stand in two places of one origin: which of the two would hold?"""
    for key, word in _words(document):
        place = f"{file}: {key}"
        if word.lower() in seen:
            yield Fault(file, key, f"has a word that stands in {seen[word.lower()]} too", "keep one of the two")
        seen.setdefault(word.lower(), place)


def _words(document: Document) -> Iterator[tuple[str, str]]:
    groups: list[tuple[str, Words]] = [(f"terms.{code}", words) for code, words in document.terms.items()]
    groups += [(f"vague.{code}", words) for code, words in document.vague.items()]
    groups += [(f"nouns.{name}.words", noun.words) for name, noun in document.nouns.items()]
    groups += [(f"heads.{name}.words", head.words) for name, head in document.heads.items()]
    groups.append(("fillers", document.fillers))
    for key, words in groups:
        for index, word in enumerate(words):
            yield f"{key}[{index}]", word
