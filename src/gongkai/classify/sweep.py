"""The one identifier in a column of a million plain values 全量扫查: what sampling misses by its nature.

Every value of every batch is looked at: one cheap pattern first, which almost all values end at, then the exact check of what
was found. A number counts only where it stands by itself: no digit or letter beside it, no decimal point, not inside a UUID,
a hash or the address of a page. Cells are counted, so the counts do not depend on how the stream was cut.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import lru_cache
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai import widths
from gongkai.classify import values
from gongkai.classify.sampling import texts
from gongkai.rules import Rules

_SEPARATOR = r"[ ()（）\-－–—_\x{00A0}\x{200B}\x{3000}]"
_GATES = {
    "at": "[@＠]",
    "plate": r"\p{Han}[A-ZＡ-Ｚ][·•． ]?[0-9A-Z０-９Ａ-Ｚ]{4}",
    "digits": rf"[0-9０-９](?:{_SEPARATOR}{{0,2}}[0-9０-９]){{9}}",
    "code": "[0-9０-９]{8}[0-9A-Za-z０-９Ａ-Ｚ]{10}",
    "dots": r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    "any": "",
}
"""RE2 that every value of some identifiers matches, and few other values; the first that fits an identifier is its gate."""
_DECOYS = (
    r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[a-z][a-z0-9+.-]{1,9}://[^\s?\p{Han}，。；）]*"
)
"""What looks like a number and is none: the writing of a UUID, the address of a page (what is asked of it, after ``?``, stays)."""
_SPELT = "(?i:tel|phone|mobile|mob|sj|dh|sfz|id|no|qq|vx|wx|wechat|weixin)?"
"""Letters that may stand right before a number."""
_EDGES = {
    "number": (r"[^0-9A-Za-z.]|[^0-9]\.", r"$|[^0-9A-Za-z.]|\.(?:$|[^0-9])"),
    "token": (r"[^0-9A-Za-z@._%+-]", r"$|[^0-9A-Za-z@_-]|\.(?:$|[^0-9A-Za-z])"),
}
"""What stands left (the beginning aside) and right of an identifier."""
_ROUNDS = 4
"""Numbers of one text that are tried: what is found and proves false hides what comes after it."""


class Sweep:
    """Counts, by column and entity, the cells that hold an identifier of a person anywhere in them.

    >>> from gongkai import rules
    >>> sweep = Sweep(rules.load())
    >>> sweep.feed("remark", pa.array(["已联系13812345678，满意", "订单2024138123456789012", "3.13812345678", None]))
    >>> sweep.hits()
    {'remark': {'PHONE': 1}}
    """

    def __init__(self, rules: Rules) -> None:
        personal = {code for code, kind in rules.entities.items() if kind.group != "plain"}
        self._modules = [module for module in values.identifiers() if module.EVIDENCE != "weak" and module.ENTITY in personal]
        self._hits: dict[str, Counter[str]] = {}

    def feed(self, column: str, batch: pa.Array) -> None:
        """The next cells of a column, of any plain type."""
        for entity, count in self._found(batch).items():
            self._hits.setdefault(column, Counter())[entity] += count

    def hits(self) -> dict[str, dict[str, int]]:
        """``{column: {entity: cells}}``; what was never found is not in it."""
        return {column: dict(sorted(counts.items())) for column, counts in self._hits.items()}

    def _found(self, batch: pa.Array) -> Counter[str]:
        found: Counter[str] = Counter()
        if _too_small(batch):
            return found
        candidates = _matching(texts(batch).drop_null(), "|".join(_GATES[gate] for gate in self._gates()))
        if not len(candidates):
            return found
        candidates = widths.half_width(candidates)
        bare = pc.match_substring_regex(candidates, r"^[0-9]+$")
        self._count(found, candidates.filter(bare), whole=True)
        self._count(found, _without_decoys(candidates.filter(pc.invert(bare))), whole=False)
        return found

    def _gates(self) -> list[str]:
        return sorted({gate(module) for module in self._modules})

    def _count(self, found: Counter[str], cells: pa.Array, *, whole: bool) -> None:
        """Cells that hold an identifier, by entity; a cell counts once for each entity, whatever identifiers it holds of it."""
        if not len(cells):
            return
        by_entity: dict[str, pa.Array] = {}
        for module in self._modules:
            marks = _checked(module, cells) if whole else _inside(module, cells)
            before = by_entity.get(module.ENTITY)
            by_entity[module.ENTITY] = marks if before is None else pc.or_(before, marks)
        found.update({entity: count for entity, marks in by_entity.items() if (count := pc.sum(marks).as_py())})


@lru_cache(maxsize=64)
def gate(module: ModuleType) -> str:
    """The narrowest gate that lets every value of an identifier pass.

    >>> gate(values.plugins.load(values.IDENTIFIERS, "email"))
    'at'
    """
    drawn = random.Random(0)  # noqa: S311 examples, not secrets
    examples = pa.array([module.generate(drawn) for _ in range(60)], pa.string())
    return next(name for name, pattern in _GATES.items() if len(_matching(examples, pattern)) == len(examples))


def _too_small(batch: pa.Array) -> bool:
    """Whether no cell has ten digits: whole columns of small numbers, days and truths end here."""
    if pa.types.is_integer(batch.type):
        ends = pc.min_max(batch)
        return all(end.as_py() is None or abs(end.as_py()) < 10**9 for end in ends.values())
    return bool(pa.types.is_boolean(batch.type) or pa.types.is_temporal(batch.type))


def _matching(cells: pa.Array, pattern: str) -> pa.Array:
    return cells.filter(pc.match_substring_regex(cells, pattern))


def _without_decoys(cells: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(cells, _DECOYS, " ")


def _checked(module: ModuleType, cells: pa.Array) -> pa.Array:
    return pc.fill_null(module.check(cells), False)


def _inside(module: ModuleType, cells: pa.Array) -> pa.Array:
    """Which texts hold the identifier: the first occurrence that proves itself, of the first few of each."""
    left, right = _EDGES[module.BOUNDARY]
    find = f"{_SPELT}(?P<id>{module.FIND})(?P<after>(?:{right})(?s:.*))"
    found = pc.match_substring_regex(cells, _GATES[gate(module)])
    at = pc.indices_nonzero(found)
    rest, edge, hits = cells.take(at), f"^(?s:.*?)(?:^|{left})", []
    for _ in range(_ROUNDS):
        parts = pc.extract_regex(rest, edge + find)
        shaped = parts.is_valid()
        parts, at = parts.filter(shaped), at.filter(shaped)
        if not len(at):
            break
        proved = _checked(module, parts.field("id"))
        hits.append(at.filter(proved))
        left_over = pc.invert(proved)
        parts, at = parts.filter(left_over), at.filter(left_over)
        rest, edge = pc.binary_join_element_wise(parts.field("id"), parts.field("after"), ""), f"^(?s:.+?)(?:{left})"
    marks = np.zeros(len(cells), bool)
    for proved in hits:
        marks[proved.to_numpy()] = True
    return pa.array(marks)
