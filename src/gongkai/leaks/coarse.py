"""Whether coarser values are what their method promises 概化核验: near ones come together, and nothing of the fine part shows.

Numbers and dates that keep their type lie on a grid or are moved by chance: one of them may come out as it was, all of them may
not, and none may stand inside another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.leaks.canary_result import WORDS, Passed, holds, is_telling, plain
from gongkai.leaks.columns import WatchedColumn

_MANY = 8
"""Different values at least, before it means something that all came out different."""


def coarse(column: WatchedColumn, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    """How a coarser text breaks its promise; ``twins`` as for ``promises.broken``.

    >>> from gongkai.disclosure import Disclosure, Form
    >>> column = WatchedColumn("born", "born", "date", "text", "DATE_OF_BIRTH", "quasi", "m", Disclosure(Form.COARSE))
    >>> day, other = Passed("1990-03-07", "1990", "1990"), Passed("1990-03-21", "1990", "1990")
    >>> coarse(column, [day, other], [[day, other]])
    """
    if column.moved:
        return _moved(passed)
    for group in twins:
        outs = [each.out for each in group]
        if len(set(outs)) == len(outs):
            return "values that differ only in what is left out come out different"
    if not twins and column.type == "text" and not column.disclosure.first:
        return _as_different(passed)
    return None


def on_a_grid(column: WatchedColumn, passed: Sequence[Passed], twins: Sequence[Sequence[Passed]]) -> str | None:
    """The same of numbers and dates that stay what they are."""
    told = {each.raw: each.out for each in passed if each.out is not None}
    if len(told) >= WORDS and all(_number(raw) == _number(str(out)) for raw, out in told.items()):
        return "every value came out as it is"
    if any(_inside(each) for each in passed):
        return "a value can be read in what came out"
    if column.moved:
        return _moved(passed)
    return None if all(each.out is None for each in passed) else coarse(column, passed, twins)


def _moved(passed: Sequence[Passed]) -> str | None:
    """A randomised value must differ under another key, and must not keep its ending."""
    said = {each.raw: each for each in passed if each.out is not None and plain(each.out)}
    if len(said) >= WORDS and all(each.out == each.other for each in said.values()):
        return "values do not depend on the key, so anybody can move them back"
    ends = [(plain(each.raw)[-1:], plain(each.out)[-1:]) for each in said.values()]
    if len(ends) >= WORDS and len(set(ends)) > 1 and all(raw == out for raw, out in ends):
        return "something of a value shows that its method leaves out"
    return None


def _as_different(passed: Sequence[Passed]) -> str | None:
    """Texts of no ladder known here: what is coarser joins some, and does not begin or end as each value does."""
    said = {each.raw: each.out for each in passed if each.out and plain(each.out)}
    if len(said) >= _MANY and len(set(said.values())) == len(said):
        return "as many different values came out as went in"
    pairs = [(plain(raw), plain(out)) for raw, out in said.items()]
    for place in (0, -1):
        if len(pairs) >= WORDS and all(raw and raw[place] == out[place] for raw, out in pairs):
            return "something of a value shows that its method leaves out"
    return None


def _inside(each: Passed) -> bool:
    """Whether a number or a date stands inside another one, forwards or backwards; being equal does not count."""
    return is_telling(each.raw) and holds(each.out, each.raw) and _number(each.raw) != _number(str(each.out))


def _number(text: str) -> str:
    """A number or a moment in the one form that can be compared."""
    return re.sub(r"(\.[0-9]*?)0+$", r"\1", text.replace("T", " ")).rstrip(".")
