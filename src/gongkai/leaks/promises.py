"""Whether a column's canaries came out as its method promises 承诺: each form of disclosure says what may be left of a value.

Texts are compared without regard to case, forwards and backwards. What is said of a broken promise holds no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gongkai.disclosure import Form
from gongkai.leaks import generators
from gongkai.leaks.columns import Column

_TELLING = 5
"""ASCII characters that a value has at least before finding it inside another text means something."""
_COMMON = 4
"""Characters in a row that a text may share by chance with a value it must say nothing of."""
_WORDS = 4
"""Canaries at least, before what all of them show is a rule."""


@dataclass(frozen=True, slots=True)
class Passed:
    """One canary's value, what came out for it, and what comes out under another key; outputs as text, None for null."""

    raw: str
    out: str | None
    other: str | None


def broken(column: Column, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    """How the promise of a column's method is broken, None when it is kept.

    ``twins``: groups of canaries that differ in nothing but their fine part.

    >>> from gongkai.disclosure import Disclosure
    >>> column = Column("phone", "phone", "text", "text", "PHONE", "direct", "mask", Disclosure(Form.PART, 3, 0))
    >>> broken(column, [Passed("13812345678", "138********", "138********")], [])
    >>> broken(column, [Passed("13812345678", "1381*******", "1381*******")], [])
    'more of a value shows than its method promises'
    """
    if column.whole:
        return None
    if column.redacted:
        return _untouched(passed)
    if column.on_a_grid:
        return _on_a_grid(column, passed, twins)
    if any(_holds(each.out, each.raw) for each in passed if not _is_bound(column, each)):
        return "a value came out as it is, or can be read in what came out"
    return _FORMS[column.form](column, passed, twins)


def told(raw: str, cell: str | None) -> bool:
    """Whether a value can be read in another column's cell."""
    return _is_telling(raw) and _holds(cell, raw)


def _untouched(passed: Sequence[Passed]) -> str | None:
    if any(_holds(each.out, part) for each in passed for part in generators.inside(each.raw)):
        return "an identifier inside running text came out"
    if any(not any(word in each.out for word in generators.AROUND) for each in passed if each.out and _plain(each.out)):
        return "running text came out as something else"
    return None


def _nothing(column: Column, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    if len({each.out for each in passed}) <= 2:
        return None
    shared = any(_common(_plain(each.raw), _plain(each.out)) >= _COMMON for each in passed if each.out)
    if shared or _always_same_end(passed) or _tells_equal(passed):
        return "something of a value shows where nothing may"
    return None


def _link(column: Column, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    named = [each for each in passed if each.out and _plain(each.out)]
    by_raw: dict[str, set[str | None]] = {}
    for each in named:
        by_raw.setdefault(each.raw, set()).add(each.out)
    outs = [out for found in by_raw.values() for out in found]
    if len(outs) != len(by_raw):
        return "equal values have different stand-ins"
    if len(set(outs)) < (len(outs) / 2 if column.lookalike else len(outs)):
        return "different values have the same stand-in"
    if any(each.out == each.other for each in named) or _without_key(named):
        return "stand-ins do not depend on the key, so anybody can make them"
    return None


def _part(column: Column, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    if column.lookalike:
        return _kept(column, passed) or _link(column, passed, twins)
    constant = _constant(passed)
    for each in passed:
        shown = [sign for sign in _plain(each.out or "") if sign not in constant or sign in _plain(each.raw)]
        places = sorted(column.disclosure.positions(len(each.raw)))
        last = column.disclosure.last
        head = _plain("".join(each.raw[place] for place in places if place < len(each.raw) - last))
        tail = _plain(each.raw[len(each.raw) - last :]) if last else ""
        if not _is_made_of("".join(shown), head, tail):
            return "more of a value shows than its method promises"
    return None


def _kept(column: Column, passed: Sequence[Passed]) -> str | None:
    """Whether what shows of a value like another stands where it stood, and no more of it in every one."""
    same = [[place for place, sign in enumerate(each.raw) if each.out and each.out[place : place + 1] == sign]
            for each in passed if each.out and len(each.out) == len(each.raw)]  # fmt: skip
    always = set.intersection(*(set(places) for places in same)) if len(same) >= _WORDS else set()
    promised = column.disclosure.positions(max((len(each.raw) for each in passed), default=0))
    return "more of a value shows than its method promises" if always - promised else None


def _on_a_grid(column: Column, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    """Some values lie where they have to, never all; near ones come together, but where chance moves each by itself."""
    told = {each.raw: each.out for each in passed if each.out is not None}
    if len(told) >= _WORDS and all(_number(raw) == _number(str(out)) for raw, out in told.items()):
        return "every value came out as it is"
    return None if column.moved else _coarse(column, passed, twins)


def _number(text: str) -> str:
    """A number or a moment in the one form that can be compared."""
    return re.sub(r"(\.[0-9]*?)0+$", r"\1", text.replace("T", " ")).rstrip(".")


def _coarse(column: Column, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    for group in twins:
        outs = [each.out for each in group]
        if len(set(outs)) == len(outs):
            return "values that differ only in what is left out come out different"
    return None


def _is_made_of(shown: str, head: str, tail: str) -> bool:
    """Whether it is some of the head's beginning and then some of the tail's end."""
    return any(shown[:cut] == head[:cut] and tail.endswith(shown[cut:]) for cut in range(min(len(shown), len(head)) + 1))


def _holds(cell: str | None, raw: str) -> bool:
    """Whether a value stands in a cell, forwards or backwards, in whatever case; a short one only when it is all of it."""
    if not cell:
        return False
    cell, raw = cell.casefold(), raw.casefold()
    if cell in (raw, raw[::-1]):
        return True
    return _is_telling(raw) and (raw in cell or raw[::-1] in cell)


def _is_telling(raw: str) -> bool:
    return len(raw) >= _TELLING or (len(raw) > 1 and not raw.isascii())


def _is_bound(column: Column, each: Passed) -> bool:
    """Whether what came out is a range that begins or ends with the value, which the narrowest ranges must."""
    if column.form is not Form.COARSE or column.type == "text":
        return False
    bounds = re.fullmatch(r"([0-9.]+)-([0-9.]+)", each.out or "")
    return bounds is not None and bounds[1] != bounds[2]


def _plain(text: str | None) -> str:
    return "".join(sign for sign in (text or "").casefold() if sign.isalnum())


def _constant(passed: Sequence[Passed]) -> frozenset[str]:
    """Letters that stand in every output: a method's own signs, such as 某."""
    outs = [set(_plain(each.out)) for each in passed if each.out]
    return frozenset(set.intersection(*outs)) if len(outs) >= _WORDS else frozenset()


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


def _always_same_end(passed: Sequence[Passed]) -> bool:
    """Whether every output begins, or ends, as its value does."""
    pairs = [(_plain(each.raw), _plain(each.out)) for each in passed if each.out]
    return len(pairs) >= _WORDS and any(
        all(raw and out and raw[place] == out[place] for raw, out in pairs) for place in (0, -1)
    )


def _without_key(named: Sequence[Passed]) -> bool:
    """Whether some place of all stand-ins is the same under another key, and is not the same in all of them."""
    pairs = [(str(each.out), each.other or "") for each in named]
    shortest = min((min(len(out), len(other)) for out, other in pairs), default=0)
    places = [*range(shortest), *range(-shortest, 0)]
    return len(pairs) >= _WORDS and any(
        all(out[place] == other[place] for out, other in pairs) and len({out[place] for out, _ in pairs}) > 1
        for place in places
    )


_Check = Callable[[Column, Sequence[Passed], Sequence[Sequence[Passed]]], "str | None"]
_FORMS: Mapping[Form, _Check] = {Form.NOTHING: _nothing, Form.LINK: _link, Form.PART: _part, Form.COARSE: _coarse}
