"""How a physical column name is read 物理列名: English, abbreviations, pinyin and its first letters, put into Chinese.

``guardian_idCardNo``, ``jhrsfzh`` and ``jianhurenshenfenzheng`` all become 监护人身份证(号): one grammar reads them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gongkai.classify._headers_cut import cut
from gongkai.classify._headers_lexicon import FUZZY, Lexicon, shorter
from gongkai.classify._headers_phrase import GAP, key

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_LONGEST = 24
_SOUND = re.compile(r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?[aeiouv][aeiou]{0,2}(?:ng|n|r)?)+")
"""Letters that could be full pinyin."""
_OPAQUE = re.compile(r"[A-Za-z]{1,6}(?:0[0-9]+|[0-9]{3,})")
"""A running number under a prefix, as ``azcp0001``: its letters say nothing."""
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
    >>> from gongkai.project import SHIPPED
    >>> read("guardianIdCard", _headers_lexicon.load(SHIPPED)).phrase
    '监护人身份证'
    >>> read("azcp0001", _headers_lexicon.load(SHIPPED)).by
    'none'
    """
    if _OPAQUE.fullmatch(name):
        return UNREAD
    parts = [part.lower() for part in _PARTS.findall(name)]
    words = [part for part in parts if not part.isdigit()]
    if len(words) > 1 and len(words[0]) == 1:
        words = words[1:]
    whole = lexicon.names.get("".join(words))
    readings = _readings(words, lexicon) if whole is None else [Reading(whole, ENGLISH, "english")]
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
    """The pieces of a name: of all ways to join its parts the one that the dictionary knows most of, in the fewest pieces."""
    best: list[tuple[int, int, int, Reading]] = [(0, 0, 0, UNREAD)]
    for end in range(1, len(words) + 1):
        left, count, _, _ = best[end - 1]
        single = Reading("", 0.0, "of") if words[end - 1] == "of" else None
        choice = (left + 1, count, end - 1, single or UNREAD)
        for start in range(max(0, end - 5), end):
            phrase = lexicon.names.get("".join(words[start:end]))
            over, used, _, _ = best[start]
            if phrase is not None and (over, used + 1) < choice[:2]:
                choice = (over, used + 1, start, Reading(phrase, ENGLISH, "english"))
        best.append(choice)
    found: list[Reading] = []
    end = len(words)
    while end > 0:
        _, _, start, reading = best[end]
        found.append(_part(words[start], lexicon) if reading is UNREAD else reading)
        end = start
    found.reverse()
    return found


def _part(word: str, lexicon: Lexicon) -> Reading:
    """One part that is no English word of the dictionary; ``sf`` at its beginning is 是否, ``sfz`` 身份证."""
    if word in lexicon.alone:
        return Reading(lexicon.alone[word], PARTLY, "pinyin")
    exact = lexicon.initials.get(word)
    if exact is None and word.endswith("m") and word[:-1] in lexicon.initials:  # hyzkm: 婚姻状况码
        word, exact = word[:-1], lexicon.initials[word[:-1]] + "码"
    if exact is not None:
        return Reading(exact, PINYIN * lexicon.shared.get(word, 1.0), "pinyin")
    if word.startswith("sf") and not word.startswith("sfz") and _INITIALS.fullmatch(word):
        return Reading("是否" + GAP, PARTLY, "pinyin")
    return _spelled(word, lexicon) or _glued(word, lexicon) or _slip(word, lexicon) or _abbreviated(word, lexicon) or UNREAD


def _spelled(word: str, lexicon: Lexicon) -> Reading | None:
    """Full pinyin: ``xingming``, ``jianhurendianhua``; an unknown beginning is forgiven before a long word."""
    pieces = cut(word, lexicon.syllables, _LONGEST, least=4)
    if None not in pieces:
        return Reading("".join(filter(None, pieces)), PINYIN, "pinyin")
    whole = _after_gap(pieces)
    return Reading(GAP + whole, PARTLY, "pinyin") if len(whole) >= 2 and _SOUND.fullmatch(word) else None


def _glued(word: str, lexicon: Lexicon) -> Reading | None:
    """English words without a joint: ``homeaddr``, ``idcardno``."""
    pieces = cut(word, lexicon.names, _LONGEST, least=2)
    return None if None in pieces else Reading("".join(filter(None, pieces)), ENGLISH - 0.05, "english")


def _slip(word: str, lexicon: Lexicon) -> Reading | None:
    """An English word with an ``s`` at its end, or one letter missing, doubled, wrong or in the wrong place."""
    phrase = lexicon.names.get(word[:-1]) if word.endswith("s") else None
    if phrase is None and len(word) >= FUZZY:
        phrase = next((lexicon.slips[slip] for slip in sorted(shorter(word)) if slip in lexicon.slips), None)
    return None if phrase is None else Reading(phrase, ENGLISH - 0.1, "english")


def _abbreviated(word: str, lexicon: Lexicon) -> Reading | None:
    """First letters of several words: ``jhrlxdh``."""
    if not _INITIALS.fullmatch(word):
        return None
    pieces = cut(word, lexicon.initials, _LONGEST, least=2, short_end=True)
    if None not in pieces:
        return Reading("".join(filter(None, pieces)), PINYIN - 0.05, "pinyin")
    whole = _after_gap(pieces)
    return Reading(GAP + whole, PARTLY, "pinyin") if len(whole) >= 3 else None


def _after_gap(pieces: list[str | None]) -> str:
    """The words behind an unknown beginning; nothing where the unknown stands anywhere else."""
    return "" if pieces[0] is not None or None in pieces[1:] else "".join(filter(None, pieces))


def column(name: str, lexicon: Lexicon) -> str | None:
    """What a code book says of a whole column name; behind a running code (AAB301_ID) a word does not count."""
    found = lexicon.columns.get(key(name))
    code = name.partition("_")[0]
    return lexicon.columns.get(key(code)) if found is None and code[-1:].isdigit() else found
