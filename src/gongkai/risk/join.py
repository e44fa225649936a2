"""Joins with another dataset 跨数据集关联: rows of both that match each other and nothing else on what both say of a person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.risk.sketch import UNITS


@dataclass(frozen=True, slots=True)
class Join:
    """``attributes`` that both datasets say something of, at the finest level both have; ``unique``: persons of one who match
    exactly one of the other, and the other way round; ``matched``: classes that are in both."""

    attributes: tuple[str, ...]
    unique: int
    matched: int


def join(mine: pa.Table, theirs: pa.Table) -> Join:
    """Join two sketches made with the same key.

    >>> mine = pa.table({"units": [1, 3], "birth@year": [11, 12], "birth@decade": [1, 1], "sex@value": [5, 5]})
    >>> theirs = pa.table({"units": [1, 2, 2], "birth@year": [11, 11, 12], "sex@value": [5, 6, 5]})
    >>> join(mine, theirs)
    Join(attributes=('birth@year', 'sex@value'), unique=1, matched=2)
    """
    shared = _shared(mine, theirs)
    if not shared:
        return Join((), 0, 0)
    both = _counted(mine, shared).join(_counted(theirs, shared), keys=list(shared), join_type="inner", right_suffix="_theirs")
    ones = pc.and_(pc.equal(both.column(UNITS), 1), pc.equal(both.column(f"{UNITS}_theirs"), 1))
    return Join(shared, int(pc.sum(ones).as_py() or 0), both.num_rows)


def _shared(mine: pa.Table, theirs: pa.Table) -> tuple[str, ...]:
    """Of each attribute both have the finest level both have; levels stand in a sketch from fine to coarse."""
    by_attribute: defaultdict[str, list[str]] = defaultdict(list)
    for name in mine.column_names:
        if name != UNITS and name in theirs.column_names:
            by_attribute[name.partition("@")[0]].append(name)
    return tuple(names[0] for names in by_attribute.values())


def _counted(sketch: pa.Table, names: tuple[str, ...]) -> pa.Table:
    said = sketch.select([UNITS, *names]).drop_null()
    counted = said.group_by(list(names)).aggregate([(UNITS, "sum")])
    return counted.rename_columns([*names, UNITS] if counted.column_names[-1] == f"{UNITS}_sum" else [UNITS, *names])
