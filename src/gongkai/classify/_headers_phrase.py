"""How a Chinese column title is read 中文列名文法: a noun phrase, whose last word decides what the column holds.

The title is cut from its explanation (``性别(1男 2女)``), split into known words from its end, and folded from the left:
a noun says whom it is about, a head makes an entity of that, a term means one entity by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from gongkai.classify._headers_cut import cut

GAP = "□"
"""Stands for a word that is not known."""
LONGEST = 80
"""Letters of a title; what is longer is no title."""
CERTAIN, LIKELY, VAGUE, HARDLY, UNKNOWN = 0.92, 0.75, 0.45, 0.3, 0.0


@dataclass(frozen=True, slots=True)
class Sense:
    """What one word does in a phrase.

    ``about`` is a noun's class and what that is like, ``when`` what a head makes of what it follows. A filler does nothing,
    but keeps its letters from being read as something else.
    """

    entity: str
    about: tuple[str, ...] = ()
    head: bool = False
    otherwise: str = ""
    when: Mapping[str, str] = field(default_factory=dict)
    filler: bool = False
    weight: float = CERTAIN


@dataclass(frozen=True, slots=True)
class Meaning:
    """The entity of a phrase and how much the phrase says so, from 0 to 1."""

    entity: str
    weight: float


NOTHING = Meaning("NONE", UNKNOWN)

_PAIRS = ("()", "[]", "{}", "<>", "【】", "〔〕", "「」", "《》", "“”", '""', "''")
_BRACKETS = re.compile("|".join(f"{re.escape(pair[0])}[^{re.escape(pair)}]*{re.escape(pair[1])}?" for pair in _PAIRS))
_STOP = re.compile(r"[:;,。|?!=→]")
_JOINTS = re.compile(r"[\s_\-\\、·.&+*#$@~^`]+")
_TAIL = re.compile(r"(?<=[㐀-鿿])[0-9]+$")
_HAN = re.compile(r"[㐀-鿿]")
_BETWEEN = re.compile(r"[\W_]+")
_ASIDE = re.compile(r"(?<=[㐀-鿿])(?:\s{2,}|\t).*", re.DOTALL)
_LISTING = re.compile(r"(?<=[㐀-鿿])\s*[0-9]+\s*[-.]?\s*[㐀-鿿][^0-9]*[0-9].*|\s+[0-9].*")
_ORDINAL = re.compile(r"(?<=[㐀-鿿])[0-9]+(?=[㐀-鿿])")


def plain(text: str) -> str:
    """Half width, lower case, no marks around it.

    >>> plain("　Ｉｄ号 ")
    'id号'
    """
    return half_width(text).strip().lower()


def key(name: str) -> str:
    """A physical name without case and joints: equal keys, equal names.

    >>> key("ID_Card-No")
    'idcardno'
    """
    return _BETWEEN.sub("", plain(name))


def half_width(text: str) -> str:
    """Compatibility forms replaced (NFKC); case stays, because it splits a physical name."""
    return unicodedata.normalize("NFKC", text)


def title(text: str, ends: re.Pattern[str] | None = None) -> str:
    """The phrase itself, without what explains it; ``text`` is plain, ``ends`` begin an explanation.

    >>> title("性别(1男 2女)"), title("证件类型:1身份证"), title("国籍 默认chn", re.compile("默认"))
    ('性别', '证件类型', '国籍')
    >>> title("联系电话-类别代码"), title("紧急联系人1电话"), title("性别1男2女")
    ('联系电话类别代码', '紧急联系人电话', '性别')
    """
    phrase = _BRACKETS.sub(" ", text).strip()
    phrase = _STOP.split(phrase, maxsplit=1)[0] if phrase else phrase
    phrase = _ASIDE.sub("", phrase)
    phrase = _ORDINAL.sub("", _LISTING.sub("", phrase))
    found = ends.search(phrase, 1) if ends is not None else None
    if found is not None:
        phrase = phrase[: found.start()]
    return _TAIL.sub("", _JOINTS.sub("", phrase))[:LONGEST]


def choices(title: str) -> list[str]:
    """The names of a title that has several.

    >>> choices("身份证号码/组织机构代码")
    ['身份证号码', '组织机构代码']
    """
    return [part for part in title.split("/") if part]


def inside(text: str) -> str:
    """What stands in the first brackets of a plain text."""
    found = _BRACKETS.search(text)
    return found.group()[1:].rstrip(")]}>】〕」》\"'”") if found else ""


def has_han(text: str) -> bool:
    """Whether a text is Chinese at all."""
    return _HAN.search(text) is not None


def fold(phrase: str, words: Mapping[str, Sense], longest: int) -> Meaning:
    """The meaning of a title: its known words folded from the left."""
    entity, weight = "", UNKNOWN
    about: tuple[str, ...] = ()
    known = gap = noun = False
    for sense in cut(phrase, words, longest):
        if sense is None:
            gap = True
        elif not sense.filler:
            if not sense.head:
                entity, weight, about = sense.entity, sense.weight, sense.about or about
            elif not known and not gap:
                entity, weight = sense.entity, sense.weight if sense.entity != "NONE" else VAGUE
            else:
                entity, weight = _apply(sense, (*about, entity) if noun else (entity, *about))
            known, gap, noun = True, False, bool(sense.about)
    if not known:
        return NOTHING
    if gap and noun:  # 特困人员供养方式: whom it is about is known, what it says is not
        return Meaning("NONE", HARDLY)
    return Meaning(entity, round(weight * (0.8 if gap else 1.0), 3))


def _apply(head: Sense, before: tuple[str, ...]) -> tuple[str, float]:
    """What a head makes of the entity and the classes before it, the nearest first."""
    for key in before:
        made = head.when.get(key)
        if made is not None:
            return made, CERTAIN
    return head.otherwise, LIKELY
