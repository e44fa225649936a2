"""What a column's name and comment tell 列名与注释: an entity, before any value is looked at.

The Chinese comment says most; a physical name is put into Chinese first, so that one grammar reads both. What is known
stands in ``rules/headers/*.yml``, to which a city adds files of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gongkai.classify import _headers_lexicon, _headers_names, _headers_phrase
from gongkai.classify._headers_lexicon import Lexicon
from gongkai.classify._headers_phrase import CERTAIN, NOTHING, VAGUE, Meaning
from gongkai.project import Project

CODE_BOOK, ABBREVIATION = 0.95, 0.8
"""A running code, as AAC002, means one thing; an abbreviation may be another table's as well."""
ENOUGH = 0.6
"""A comment that says this much is not asked again of the name."""


_REFERRED = frozenset({"CN_ID_CARD", "ID_DOC_NO", "PROPERTY_CERT", "DISABILITY_CERT"})
"""Documents: a column named after one may hold a picture of it."""
_POINTED_AT = frozenset({"PERSON_NAME", "PARTY_NAME", "ORG_NAME", "EMPLOYER"})
"""Whose key a column may hold instead of the name."""
_LISTED = re.compile(r"[^:(,、/]*(?:[,、/][^:(,、/]+){3,}")
"""A comment that is nothing but a list of values: the name says what they are values of."""
_COUNTED = re.compile(r"\((?:人|个|户|名|次|家|位)\)")
_KEY_SAID = re.compile(r"表\s*的?\s*(?:id|主键)")
_KEY_END = re.compile(r"(?:[_-][Ii][Dd]|[a-z0-9]I[Dd])s?$")


@dataclass(frozen=True, slots=True)
class Guess:
    """An entity of ``rules/entities.yml``, how strongly name and comment say so (0 nothing known, 1 certain), and by what.

    ``by`` is comment, code_book, pinyin, english or none.
    """

    entity: str
    weight: float
    by: str


UNKNOWN = Guess("NONE", 0.0, "none")


def guess(name: str, comment: str | None, project: Project) -> Guess:
    """The entity a column's name and comment speak of. ConfigError when a file of the header dictionary is at fault.

    The comment decides; where it says little, what says more. A city's own code book is asked before everything else.

    >>> from gongkai.project import SHIPPED
    >>> [guess(name, None, SHIPPED).entity for name in ("jhr_dh", "AAC002", "id_card_type")]
    ['PHONE', 'CN_ID_CARD', 'NONE']
    >>> guess("d3", None, SHIPPED)
    Guess(entity='NONE', weight=0.0, by='none')
    """
    lexicon = _headers_lexicon.load(project)
    listed = _headers_names.column(name, lexicon)
    if listed is not None and _headers_phrase.key(name) in lexicon.own:
        return Guess(_meaning(listed, lexicon).entity, CODE_BOOK, "code_book")
    text = _headers_phrase.plain(comment or "")
    said = _titled(text, lexicon)
    if said.weight >= ENOUGH and _is_key(name, text, said.entity):
        return replace(said, entity="NONE")
    values = _LISTED.fullmatch(text) is not None
    if said.weight >= ENOUGH and said.entity not in _REFERRED and not values:
        return said
    named = _named(name, lexicon) if listed is None else _listed(name, listed, lexicon)
    if values and named.weight >= ENOUGH and named.entity != "NONE":
        return named
    if said.weight >= ENOUGH:
        return _refined(said, named)
    return max(said, named, key=lambda found: found.weight)


def _is_key(name: str, comment: str, entity: str) -> bool:
    """``hospital_id`` with the comment 所属医院 holds a key of another table, not a name; so does 所属地区(区划表ID)."""
    named = entity in _POINTED_AT and (_KEY_END.search(name) or _COUNTED.search(comment))
    return bool(named or _KEY_SAID.search(comment))


def _refined(said: Guess, named: Guess) -> Guess:
    """``certificate_img`` with the comment 毕业证书 holds a picture of one."""
    return replace(said, entity="PHOTO") if named.entity == "PHOTO" and named.weight >= ENOUGH else said


def _listed(name: str, phrase: str, lexicon: Lexicon) -> Guess:
    weight = CODE_BOOK if any(letter.isdigit() for letter in name) else ABBREVIATION
    return Guess(_meaning(phrase, lexicon).entity, weight, "code_book")


def _named(name: str, lexicon: Lexicon) -> Guess:
    if _headers_phrase.has_han(name):
        return _titled(name, lexicon)
    reading = _headers_names.read(_headers_phrase.half_width(name), lexicon)
    meaning = _meaning(reading.phrase, lexicon)
    return Guess(meaning.entity, round(meaning.weight * reading.sure, 3), reading.by) if meaning.weight else UNKNOWN


def _titled(text: str, lexicon: Lexicon) -> Guess:
    """What a comment or a Chinese name says; a comment in English is read like a name."""
    text = _headers_phrase.plain(text)
    if not text:
        return UNKNOWN
    meaning = _meaning(_headers_phrase.title(text, lexicon.ends), lexicon)
    if meaning.weight < VAGUE:
        meaning = max(meaning, _meaning(_headers_phrase.inside(text), lexicon), key=lambda found: found.weight)
    if meaning.weight or _headers_phrase.has_han(text):
        return Guess(meaning.entity, meaning.weight, "comment") if meaning.weight else UNKNOWN
    return _named(text, lexicon)


def _meaning(title: str, lexicon: Lexicon) -> Meaning:
    """What a title says; of several names the first that speaks of a person, because one value may be just that."""
    found = NOTHING
    for phrase in _headers_phrase.choices(title):
        if any(flag in phrase for flag in lexicon.flags):
            return Meaning("NONE", CERTAIN)
        meaning = _either(phrase, lexicon)
        if meaning.entity != "NONE" and meaning.weight >= ENOUGH:
            return meaning
        found = max(found, meaning, key=lambda each: each.weight)
    return found


def _either(phrase: str, lexicon: Lexicon) -> Meaning:
    """What a phrase says; where it says nothing of a person, what stands before 或 may: 国籍或港澳台居民身份."""
    meaning = _headers_phrase.fold(phrase, lexicon.words, lexicon.longest)
    first, _, rest = phrase.partition("或")
    if meaning.weight >= ENOUGH or not first or not rest:
        return meaning
    return max(meaning, _headers_phrase.fold(first, lexicon.words, lexicon.longest), key=lambda each: each.weight)
