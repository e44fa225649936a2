"""Whether a column's canaries came out as its method promises 承诺: each form of disclosure says what may be left of a value.

Texts are compared without regard to case, forwards and backwards. What is said of a broken promise holds no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from gongkai.disclosure import Form
from gongkai.leaks import coarse, generators
from gongkai.leaks.canary_result import WORDS, Passed, always_same_end, holds, is_telling, plain
from gongkai.leaks.columns import WatchedColumn

_COMMON = 4
"""Characters in a row that a text may share by chance with a value it must say nothing of."""


def broken(column: WatchedColumn, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    """How the promise of a column's method is broken, None when it is kept.

    ``twins``: groups of canaries that differ in nothing but their fine part.

    >>> from gongkai.disclosure import Disclosure
    >>> column = WatchedColumn("phone", "phone", "text", "text", "PHONE", "direct", "mask", Disclosure(Form.PART, 3, 0))
    >>> broken(column, [Passed("13812345678", "138********", "138********")], [])
    >>> broken(column, [Passed("13812345678", "1381*******", "1381*******")], [])
    'more of a value shows than its method promises'
    """
    if column.whole:
        return None
    if column.redacted:
        return _untouched(passed)
    if column.on_a_grid:
        return coarse.on_a_grid(column, passed, twins)
    if any(holds(each.out, each.raw) for each in passed if not _is_bound(column, each)):
        return "a value came out as it is, or can be read in what came out"
    return _FORMS[column.form](column, passed, twins)


def told(raw: str, cell: str | None) -> bool:
    """Whether a value can be read in another column's cell."""
    return is_telling(raw) and holds(cell, raw)


def _untouched(passed: Sequence[Passed]) -> str | None:
    if any(holds(each.out, part) for each in passed for part in generators.inside(each.raw)):
        return "an identifier inside running text came out"
    if any(not any(word in each.out for word in generators.AROUND) for each in passed if each.out and plain(each.out)):
        return "running text came out as something else"
    return None


def _nothing(column: WatchedColumn, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    if len({each.out for each in passed}) <= 2:
        two = len({each.raw for each in passed}) == len({each.out for each in passed}) == 2
        return "something of a value shows where nothing may" if two else None
    shared = any(_common(plain(each.raw), plain(each.out)) >= _COMMON for each in passed if each.out)
    if shared or always_same_end(passed) or _tells_equal(passed):
        return "something of a value shows where nothing may"
    return None


def _link(column: WatchedColumn, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    named = [each for each in passed if each.out and plain(each.out)]
    by_raw: dict[str, set[str | None]] = {}
    for each in named:
        by_raw.setdefault(each.raw, set()).add(each.out)
    outs = [out for found in by_raw.values() for out in found]
    if len(outs) != len(by_raw):
        return "equal values have different stand-ins"
    if len(set(outs)) < (len(outs) / 2 if column.lookalike else len(outs)):
        return "different values have the same stand-in"
    kept = column.disclosure.positions(max((len(each.raw) for each in named), default=0))
    same = sum(each.out == each.other for each in named)
    if same > (len(named) / 2 if column.lookalike else 0) or _without_key(named, kept):
        return "stand-ins do not depend on the key, so anybody can make them"
    return None


def _part(column: WatchedColumn, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    if column.lookalike:
        return _kept(column, passed) or _link(column, passed, twins)
    constant = _constant(passed)
    for each in passed:
        shown = [sign for sign in plain(each.out or "") if sign not in constant or sign in plain(each.raw)]
        places = sorted(column.disclosure.positions(len(each.raw)))
        last = column.disclosure.last
        head = plain("".join(each.raw[place] for place in places if place < len(each.raw) - last))
        tail = plain(each.raw[len(each.raw) - last :]) if last else ""
        if not _is_made_of("".join(shown), head, tail):
            return "more of a value shows than its method promises"
    return None


def _kept(column: WatchedColumn, passed: Sequence[Passed]) -> str | None:
    """Whether what shows of a value like another stands where it stood, and no more of it in every one."""
    same = [[place for place, sign in enumerate(each.raw) if each.out and each.out[place : place + 1] == sign]
            for each in passed if each.out and len(each.out) == len(each.raw)]  # fmt: skip
    always = set.intersection(*(set(places) for places in same)) if len(same) >= WORDS else set()
    promised = column.disclosure.positions(max((len(each.raw) for each in passed), default=0))
    return "more of a value shows than its method promises" if always - promised else None


def _is_made_of(shown: str, head: str, tail: str) -> bool:
    """Whether it is some of the head's beginning and then some of the tail's end."""
    return any(shown[:cut] == head[:cut] and tail.endswith(shown[cut:]) for cut in range(min(len(shown), len(head)) + 1))


def _is_bound(column: WatchedColumn, each: Passed) -> bool:
    """Whether what came out is a range that begins or ends with the value, which the narrowest ranges must."""
    if column.form is not Form.COARSE or column.type == "text":
        return False
    bounds = re.fullmatch(r"([0-9.]+)-([0-9.]+)", each.out or "")
    return bounds is not None and bounds[1] != bounds[2]


def _constant(passed: Sequence[Passed]) -> frozenset[str]:
    """Letters that stand in every output: a method's own signs, such as 某."""
    outs = [set(plain(each.out)) for each in passed if each.out]
    return frozenset(set.intersection(*outs)) if len(outs) >= WORDS else frozenset()


def _common(one: str, other: str) -> int:
    """The longest run of characters that stands in both."""
    longest = 0
    for start in range(len(one)):
        while one[start : start + longest + 1] in other and start + longest < len(one):
            longest += 1
    return longest


def _tells_equal(passed: Sequence[Passed]) -> bool:
    """Whether equal values, and only they, come out equal."""
    return len({each.out for each in passed}) == len({each.raw for each in passed}) < len(passed)


def _without_key(named: Sequence[Passed], kept: frozenset[int]) -> bool:
    """Whether some place of all stand-ins is the same under another key, and is not the same in all of them; places that are
    ``kept`` are the value's own."""
    pairs = [(str(each.out), each.other or "") for each in named]
    shortest = min((min(len(out), len(other)) for out, other in pairs), default=0)
    places = [place for place in range(shortest) if place not in kept] + ([] if kept else [*range(-shortest, 0)])
    return len(pairs) >= WORDS and any(
        all(out[place] == other[place] for out, other in pairs) and len({out[place] for out, _ in pairs}) > 1
        for place in places
    )


_Check = Callable[[WatchedColumn, Sequence[Passed], Sequence[Sequence[Passed]]], "str | None"]
_FORMS: Mapping[Form, _Check] = {Form.NOTHING: _nothing, Form.LINK: _link, Form.PART: _part, Form.COARSE: coarse.coarse}
