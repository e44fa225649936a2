"""How a physical column name is read 物理列名: English, abbreviations, pinyin and its first letters, put into Chinese.

``guardian_idCardNo``, ``jhrsfzh`` and ``jianhurenshenfenzheng`` all become 监护人身份证(号): one grammar reads them all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.classify._headers_lexicon import FUZZY, Lexicon, key, shorter
from gongkai.classify._headers_phrase import GAP

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_LONGEST = 24
_INITIALS = re.compile(r"[a-hj-np-tw-z]+")
"""No syllable begins with i, u or v, and hardly one with o."""
ENGLISH, PINYIN, PARTLY = 0.87, 0.85, 0.65


@dataclass(frozen=True, slots=True)
class Reading:
    """The Chinese phrase of a physical name, how sure it is, and by what it was read."""

    phrase: str
    sure: float
    by: str


UNREAD = Reading(GAP, 0.0, "none")


def read(name: str, lexicon: Lexicon) -> Reading:
    """The Chinese phrase a physical name stands for.

    >>> from gongkai.classify import _headers_lexicon
    >>> read("guardianIdCard", _headers_lexicon.load()).phrase
    '监护人身份证'
    >>> read("azcp0001", _headers_lexicon.load()).by
    'none'
    """
    parts = [part.lower() for part in _PARTS.findall(name)]
    words = [part for part in parts if not part.isdigit()]
    if len(words) > 1 and len(words[0]) == 1:
        words = words[1:]
    readings = _readings(words, lexicon)
    if not readings:
        return UNREAD
    if "of" in words:
        readings = _turned(readings)
    known = [reading for reading in readings if reading.by != "none"]
    if not known:
        return UNREAD
    phrase = "".join(reading.phrase for reading in readings)
    return Reading(phrase, min(reading.sure for reading in known), known[-1].by)


def _turned(readings: list[Reading]) -> list[Reading]:
    """``name of guardian`` is 监护人姓名: what stands after ``of`` comes first."""
    for at, reading in enumerate(readings):
        if reading.by == "of":
            return readings[at + 1 :] + readings[:at]
    return readings


def _readings(words: list[str], lexicon: Lexicon) -> list[Reading]:
    """The pieces of a name from its end, the longest run of parts that the dictionary knows first."""
    found: list[Reading] = []
    end = len(words)
    while end > 0:
        for start in range(max(0, end - 5), end):
            phrase = lexicon.names.get("".join(words[start:end]))
            if phrase is not None:
                found.append(Reading(phrase, ENGLISH, "english"))
                end = start
                break
        else:
            end -= 1
            found.append(Reading("", 0.0, "of") if words[end] == "of" else _part(words[end], lexicon))
    found.reverse()
    return found


def _part(word: str, lexicon: Lexicon) -> Reading:
    """One part that is no English word of the dictionary."""
    exact = lexicon.initials.get(word)
    if exact is not None:
        return Reading(exact, PINYIN * lexicon.shared.get(word, 1.0), "pinyin")
    return _spelled(word, lexicon) or _glued(word, lexicon) or _slip(word, lexicon) or _abbreviated(word, lexicon) or UNREAD


def _spelled(word: str, lexicon: Lexicon) -> Reading | None:
    """Full pinyin: ``xingming``, ``jianhurendianhua``; an unknown beginning is forgiven before a long word."""
    phrases, rest = _chop(word, lexicon.syllables, 4)
    if not phrases or (rest and len(word) - len(rest) < 6):
        return None
    return Reading((GAP if rest else "") + "".join(phrases), PARTLY if rest else PINYIN, "pinyin")


def _glued(word: str, lexicon: Lexicon) -> Reading | None:
    """English words without a joint: ``homeaddr``, ``idcardno``."""
    phrases, rest = _chop(word, lexicon.names, 2)
    return None if rest or not phrases else Reading("".join(phrases), ENGLISH - 0.05, "english")


def _slip(word: str, lexicon: Lexicon) -> Reading | None:
    """An English word with an ``s`` at its end, or one letter missing, doubled, wrong or in the wrong place."""
    phrase = lexicon.names.get(word[:-1]) if word.endswith("s") else None
    if phrase is None and len(word) >= FUZZY:
        phrase = next((lexicon.slips[slip] for slip in sorted(shorter(word)) if slip in lexicon.slips), None)
    return None if phrase is None else Reading(phrase, ENGLISH - 0.1, "english")


def _abbreviated(word: str, lexicon: Lexicon) -> Reading | None:
    """First letters of several words: ``jhrlxdh``; ``sf`` at the beginning is 是否."""
    if not _INITIALS.fullmatch(word):
        return None
    phrases, rest = _chop(word, lexicon.initials, 2)
    if phrases and not rest:
        return Reading("".join(phrases), PINYIN - 0.05, "pinyin")
    if word.startswith("sf") and not word.startswith("sfz"):
        return Reading("是否" + GAP, PARTLY, "pinyin")
    if phrases and len(word) - len(rest) >= 3:
        return Reading(GAP + "".join(phrases), PARTLY, "pinyin")
    return None


def column(name: str, lexicon: Lexicon) -> str | None:
    """What a code book says of a whole column name, with or without a number behind it."""
    found = lexicon.columns.get(key(name))
    return found if found is not None else lexicon.columns.get(key(name.split("_")[0]))


def _chop(word: str, known: Mapping[str, str], least: int) -> tuple[list[str], str]:
    """The known pieces of at least some letters from the end, longest first, and the beginning that is none of them."""
    found: list[str] = []
    end = len(word)
    while end >= least:
        for start in range(max(0, end - _LONGEST), end - least + 1):
            phrase = known.get(word[start:end])
            if phrase is not None:
                found.append(phrase)
                end = start
                break
        else:
            break
    found.reverse()
    return found, word[:end]
