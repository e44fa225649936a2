"""The one identifier in a column of a million plain values 全量扫查: what sampling misses by its nature.

Every value of every batch is looked at: one cheap pattern first, which almost all values end at, then the exact check of what
was found. A number counts only where it stands by itself: no digit or letter beside it, no decimal point, not inside a UUID,
a hash or the address of a page. Cells are counted, so the counts do not depend on how the stream was cut.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai import rules
from gongkai.classify import contacts, values
from gongkai.classify.lexicon import HAN
from gongkai.classify.sampling import texts
from gongkai.columns import widths
from gongkai.project import Project

_SEPARATOR = r"[ ()（）\-－–—_\x{00A0}\x{200B}\x{3000}]"
_DIGIT = "[0-9０-９]"
_GATES = {
    "at": "[@＠]",
    "plate": rf"{HAN}[A-ZＡ-Ｚ][·•． ]?[0-9A-Z０-９Ａ-Ｚ]{{4}}",
    "digits": (
        "(?:^|[^0-9A-Fa-f]|[iI][dD]|[nNlL][eE]|(?:^|[^0-9A-Za-z])[A-Z]{3})"  # not in the middle of a hash
        f"{_DIGIT}(?:{_SEPARATOR}{{0,2}}{_DIGIT}){{9}}"
    ),
    "dots": r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    "colons": ":[0-9A-Fa-f]{0,4}:",
    "bytes": "[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]|[0-9A-Fa-f]{4}[.][0-9A-Fa-f]{4}[.]",
    "code": "(?:^|[^0-9A-Za-z])[9９][2２][0-9０-９]{6}[0-9A-Za-z０-９Ａ-Ｚ]{10}(?:$|[^0-9A-Za-z])",
    "long": "(?:^|[^0-9A-Za-z])[0-9A-HJ-NPR-Za-hj-npr-z０-９Ａ-Ｚ]{17}(?:$|[^0-9A-Za-z])",
    "any": "",
}
"""RE2 that every value of some identifiers matches, and few other values; the first that fits an identifier is its gate."""
_DECOYS = r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[a-z][a-z0-9+.-]{1,9}://[!->@-~]*"
"""What looks like a number and is none: a UUID, the address of a page (what is asked of it, after ``?``, stays)."""
_OF_DIGITS = ("digits", "code")
"""Gates of identifiers that may be digits and nothing else."""
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

    >>> from gongkai.project import SHIPPED
    >>> sweep = Sweep(SHIPPED)
    >>> sweep.feed("remark", pa.array(["已联系13812345678，满意", "订单2024138123456789012", "3.13812345678", None]))
    >>> sweep.hits()
    {'remark': {'PHONE': 1}}
    """

    def __init__(self, project: Project) -> None:
        personal = {code for code, kind in rules.load(project).entities.items() if kind.group != "plain"}
        self._by_gate: dict[str, list[ModuleType]] = {}
        for module in values.identifiers():
            if module.EVIDENCE != "weak" and module.ENTITY in personal:
                self._by_gate.setdefault(gate(module), []).append(module)
        self._announced = [entity for entity in contacts.ANNOUNCED if entity in personal]
        self._first = "|".join([*(_GATES[name] for name in sorted(self._by_gate)), contacts.GATE])
        self._hits: dict[str, Counter[str]] = {}

    def feed(self, column: str, batch: pa.Array) -> None:
        """The next cells of a column, of any plain type."""
        found = Counter() if _too_small(batch) else self._found(texts(batch).drop_null())
        for entity, count in found.items():
            self._hits.setdefault(column, Counter())[entity] += count

    def hits(self) -> dict[str, dict[str, int]]:
        """``{column: {entity: cells}}``; what was never found is not in it."""
        return {column: dict(sorted(counts.items())) for column, counts in self._hits.items()}

    def _found(self, cells: pa.Array) -> Counter[str]:
        cells = widths.half_width(_matching(cells, self._first))
        if not len(cells):
            return Counter()
        bare = pc.match_substring_regex(cells, r"^[0-9]+$")
        return self._bare(cells.filter(bare)) + self._written(_without_decoys(cells.filter(pc.invert(bare))))

    def _bare(self, cells: pa.Array) -> Counter[str]:
        """Digits and nothing else: the whole cell is an identifier, or none."""
        modules = [module for name in _OF_DIGITS for module in self._by_gate.get(name, [])]
        cells = _matching(cells, f"^(?:{'|'.join(module.FIND for module in modules)})$")
        return _counted(cells, modules)

    def _written(self, cells: pa.Array) -> Counter[str]:
        """Text in which identifiers may stand; a cell counts once for each entity."""
        cells = contacts.joined(cells)
        marks = {entity: _bools(contacts.announced(entity, cells)) for entity in self._announced}
        for name, modules in self._by_gate.items():
            at = np.flatnonzero(_bools(pc.match_substring_regex(cells, _GATES[name])))
            passed = cells.take(pa.array(at))
            for module in modules if len(at) else ():
                found = marks.setdefault(module.ENTITY, np.zeros(len(cells), bool))
                found[at] |= _bools(_inside(module, passed))
        return Counter({entity: count for entity, found in marks.items() if (count := int(found.sum()))})


@lru_cache(maxsize=64)
def gate(module: ModuleType) -> str:
    """The narrowest gate that lets every value of an identifier pass.

    >>> gate(next(module for module in values.identifiers() if module.ENTITY == "EMAIL"))
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


def _bools(marks: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(marks.to_numpy(zero_copy_only=False), bool)


def _counted(cells: pa.Array, modules: Sequence[ModuleType]) -> Counter[str]:
    """Cells that are an identifier, by entity; a cell counts once for each entity, whatever identifiers of it it is."""
    by_entity: dict[str, pa.Array] = {}
    for module in modules if len(cells) else ():
        marks = _checked(module, cells)
        by_entity[module.ENTITY] = pc.or_(marks, by_entity.get(module.ENTITY, marks))
    return Counter({entity: count for entity, marks in by_entity.items() if (count := pc.sum(marks).as_py())})


def _inside(module: ModuleType, cells: pa.Array) -> pa.Array:
    """Which texts hold the identifier: the first occurrence that proves itself, of the first few of each."""
    left, right = _EDGES[module.BOUNDARY]
    spelt = _SPELT if module.BOUNDARY == "number" else ""
    find = f"{spelt}(?P<id>{module.FIND})(?P<after>(?:{right})(?s:.*))"
    at = pc.indices_nonzero(pc.match_substring_regex(cells, f"(?:^|{left}){spelt}(?:{module.FIND})(?:{right})"))
    rest, edge = cells.take(at), f"^(?s:.*?)(?:^|{left})"
    marks = np.zeros(len(cells), bool)
    for _ in range(_ROUNDS):
        parts = pc.extract_regex(rest, edge + find)
        shaped = parts.is_valid()
        parts, at = parts.filter(shaped), at.filter(shaped)
        if not len(at):
            break
        proved = _checked(module, parts.field("id"))
        marks[at.filter(proved).to_numpy()] = True
        left_over = pc.invert(proved)
        parts, at = parts.filter(left_over), at.filter(left_over)
        rest, edge = pc.binary_join_element_wise(parts.field("id"), parts.field("after"), ""), f"^(?s:.+?)(?:{left})"
    return pa.array(marks)
