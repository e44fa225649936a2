"""The header dictionary as people write it 表头词典: ``rules/headers/*.yml``, every file of one form, every fault at once.

A city adds files of its own in its ``rules/headers``: what they say wins over what ships, word by word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gongkai import documents, rules
from gongkai.classify._headers_phrase import key, plain
from gongkai.documents import validation
from gongkai.errors import ConfigError, Fault, known
from gongkai.project import Project

Word = Annotated[str, Field(min_length=1, max_length=64)]
Words = list[Word]
Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
Class = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Noun(_Model):
    """Whom or what a phrase is about; ``alone`` is the entity of a phrase that ends with it, ``weight`` how much that says.

    What a head does not say about this class holds as it does for the class it is ``like``.
    """

    alone: Code
    like: Class = ""
    weight: Annotated[float, Field(ge=0, le=1)] = 0.92
    words: Words


class Head(_Model):
    """What the last word of a phrase makes of what stands before it; ``weight`` says how much it says alone."""

    words: Words
    alone: Code
    weight: Annotated[float, Field(ge=0, le=1)] = 0.92
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
    alone: dict[Annotated[str, Field(pattern=r"^[a-z]+$")], Word] = {}
    initials: dict[Annotated[str, Field(pattern=r"^[a-z]+$")], Word] = {}


@dataclass(frozen=True, slots=True)
class Layer:
    """The files of one origin, in the order of their names."""

    documents: Mapping[str, Document]
    own: bool
    """The city's, not the shipped ones."""


def read(project: Project) -> list[Layer]:
    """The shipped files, then the city's. ConfigError lists every fault of all of them."""
    layers: dict[bool, dict[str, Document]] = {False: {}, True: {}}
    faults: list[Fault] = []
    for name, path in project.files("rules", "headers/*.yml").items():
        document, wrong = _document(path, f"rules/{name}")
        faults += wrong
        if document is not None:
            layers[project.is_own(path)][f"rules/{name}"] = document
    faults += _faults(layers, frozenset(rules.load(project).entities))
    if faults:
        raise ConfigError(*faults)
    return [Layer(layers[False], own=False), Layer(layers[True], own=True)]


def _document(path: Path, file: str) -> tuple[Document | None, list[Fault]]:
    document, faults = documents.read(path, file)
    return (None, faults) if faults else validation.fit(Document, document if document is not None else {}, file)


def _faults(layers: Mapping[bool, Mapping[str, Document]], entities: frozenset[str]) -> Iterator[Fault]:
    classes = {name for layer in layers.values() for document in layer.values() for name in document.nouns}
    for layer in layers.values():
        seen: dict[str, tuple[str, str]] = {}
        for file, document in layer.items():
            yield from _unknown(document, file, entities, classes)
            yield from _twice(document, file, seen)


def _unknown(document: Document, file: str, entities: frozenset[str], classes: set[str]) -> Iterator[Fault]:
    """Entities and classes that are used and exist nowhere."""
    used = [(f"terms.{code}", code) for code in document.terms] + [(f"vague.{code}", code) for code in document.vague]
    used += [(f"nouns.{name}.alone", noun.alone) for name, noun in document.nouns.items()]
    for name, noun in document.nouns.items():
        if noun.like and noun.like not in classes:
            yield Fault(file, f"nouns.{name}.like", "is not a class", known(noun.like, classes))
    for name, head in document.heads.items():
        used += [(f"heads.{name}.alone", head.alone), (f"heads.{name}.else", head.otherwise)]
        used += [(f"heads.{name}.when.{what}", code) for what, code in head.when.items()]
        used += [(f"heads.{name}.keep[{index}]", code) for index, code in enumerate(head.keep)]
        for what in head.when:
            if what not in entities and what not in classes:
                yield Fault(file, f"heads.{name}.when.{what}", "is neither a class nor an entity", known(what, classes))
    for place, code in used:
        if code not in entities:
            yield Fault(file, place, "is not an entity of rules/entities.yml", known(code, entities))


def _twice(document: Document, file: str, seen: dict[str, tuple[str, str]]) -> Iterator[Fault]:
    """Words that mean two things in files of one origin: which of the two would hold?"""
    for place, index, word in _words(document):
        meaning, where = seen.setdefault(word, (place, f"{file}: {place}[{index}]"))
        if meaning != place:
            yield Fault(file, f"{place}[{index}]", f"has a word that stands in {where} too", "keep one of the two")


def _words(document: Document) -> Iterator[tuple[str, int, str]]:
    """Every word that is looked up, with its place; spellings of physical names are a kind of their own."""
    groups: list[tuple[str, Words]] = [(f"terms.{code}", words) for code, words in document.terms.items()]
    groups += [(f"vague.{code}", words) for code, words in document.vague.items()]
    groups += [(f"nouns.{name}.words", noun.words) for name, noun in document.nouns.items()]
    groups += [(f"heads.{name}.words", head.words) for name, head in document.heads.items()]
    groups.append(("fillers", document.fillers))
    for place, words in groups:
        yield from ((place, index, plain(word)) for index, word in enumerate(words))
    for phrase, spellings in document.names.items():
        yield from ((f"names.{phrase}", index, f"names {key(word)}") for index, word in enumerate(spellings))
