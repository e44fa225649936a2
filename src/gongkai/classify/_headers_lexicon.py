"""The header dictionary made ready for look-ups: words with their senses, physical names with the phrase they stand for.

Compiled once per project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gongkai.classify import _headers_files
from gongkai.classify._headers_files import Document, Head, Layer
from gongkai.classify._headers_phrase import VAGUE, Sense, fold, key, plain
from gongkai.project import Project

FUZZY = 6
"""Shorter English words have too many neighbours to forgive a slip in them."""


@dataclass(slots=True)
class Lexicon:
    """Everything a title or a physical name is looked up in."""

    words: dict[str, Sense] = field(default_factory=dict)
    longest: int = 1
    flags: tuple[str, ...] = ()
    ends: re.Pattern[str] | None = None
    names: dict[str, str] = field(default_factory=dict)
    slips: dict[str, str] = field(default_factory=dict)
    """English words with one letter missing: a slip of the pen is found by what it has in common with the right word."""
    columns: dict[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    """Columns that the city's own files name."""
    initials: dict[str, str] = field(default_factory=dict)
    """First letters of pinyin, to the word."""
    alone: dict[str, str] = field(default_factory=dict)
    """First letters that mean a word only where nothing stands beside them."""
    shared: dict[str, float] = field(default_factory=dict)
    """How sure such letters are, where words of different meaning share them."""
    syllables: dict[str, str] = field(default_factory=dict)
    """Full pinyin, to the word."""


def load(project: Project) -> Lexicon:
    """The dictionary in force. ConfigError lists every fault of every file in ``rules/headers``."""
    return project.once(_compiled)


def _compiled(project: Project) -> Lexicon:
    return compile(_headers_files.read(project))


def compile(layers: list[Layer]) -> Lexicon:
    """The dictionary of some layers, the last winning."""
    made = Lexicon()
    documents = [document for layer in layers for document in layer.documents.values()]
    for document in documents:
        made.words.update(_senses(document))
    made.longest = max(map(len, made.words), default=1)
    made.flags = tuple(word for document in documents for word in document.flags)
    ends = [re.escape(plain(word)) for document in documents for word in document.ends]
    made.ends = re.compile("|".join(ends)) if ends else None
    for layer in layers:
        _physical(made, layer)
    _spell(made, documents)
    return made


def _senses(document: Document) -> Iterator[tuple[str, Sense]]:
    yield from ((plain(word), Sense("NONE", filler=True)) for word in document.fillers)
    for code, words in document.vague.items():
        yield from ((plain(word), Sense(code, weight=VAGUE)) for word in words)
    for head in document.heads.values():
        sense = Sense(head.alone, head=True, otherwise=head.otherwise, when=_made(head), weight=head.weight)
        yield from ((plain(word), sense) for word in head.words)
    for name, noun in document.nouns.items():
        sense = Sense(noun.alone, about=(name, noun.like), weight=noun.weight)
        yield from ((plain(word), sense) for word in noun.words)
    for code, words in document.terms.items():
        yield from ((plain(word), Sense(code)) for word in words)


def _made(head: Head) -> Mapping[str, str]:
    return {**{code: code for code in head.keep}, **head.when}


def _physical(made: Lexicon, layer: Layer) -> None:
    for document in layer.documents.values():
        for phrase, words in document.names.items():
            for word in words:
                made.names[key(word)] = plain(phrase)
        for column, phrase in document.columns.items():
            made.columns[key(column)] = plain(phrase)
            if layer.own:
                made.own |= {key(column)}
    for word, phrase in made.names.items():
        if len(word) >= FUZZY:
            for slip in shorter(word):
                made.slips.setdefault(slip, phrase)


def shorter(word: str) -> set[str]:
    """The word, and the word with any one letter but the first left out: the first is hardly ever wrong."""
    return {word} | {word[:at] + word[at + 1 :] for at in range(1, len(word))}


def _spell(made: Lexicon, documents: list[Document]) -> None:
    """Pinyin of every Chinese word: its syllables, and their first letters where there are three or more."""
    readings = {letter: sound for document in documents for sound, letters in document.readings.items() for letter in letters}
    polyphones = {word: text for document in documents for word, text in document.polyphones.items()}
    by_initials: dict[str, list[str]] = {}
    for word, sense in made.words.items():
        if sense.filler:
            continue
        syllables = _syllables(word, readings, polyphones)
        if len(syllables) >= 2:
            made.syllables.setdefault("".join(syllables), word)
        if len(syllables) >= 3:
            by_initials.setdefault("".join(syllable[0] for syllable in syllables), []).append(word)
    for letters, words in by_initials.items():
        _share(letters, words, made)
    for document in documents:
        for letters, phrase in document.initials.items():
            made.initials[letters] = plain(phrase)
            made.shared.pop(letters, None)
        made.alone.update((letters, plain(phrase)) for letters, phrase in document.alone.items())


def _syllables(word: str, readings: Mapping[str, str], polyphones: Mapping[str, str]) -> list[str]:
    for part, text in polyphones.items():
        if part in word:
            before, _, after = word.partition(part)
            head, tail = _syllables(before, readings, {}), _syllables(after, readings, {})
            return [*head, *text.split(), *tail] if len(head) == len(before) and len(tail) == len(after) else []
    found = [readings.get(letter, "") for letter in word]
    return found if all(found) else []


def _share(letters: str, words: list[str], made: Lexicon) -> None:
    """Of the words with the same first letters the one that says most of a person; less sure where they disagree."""
    meanings = {word: fold(word, made.words, made.longest).entity for word in words}
    personal = [word for word in words if meanings[word] != "NONE"]
    made.initials[letters] = (personal or words)[0]
    if len(set(meanings.values())) > 1:
        made.shared[letters] = 0.7
