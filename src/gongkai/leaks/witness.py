"""Every row held against what came out for it 逐行见证, in memory, by equality alone.

Where a method must replace every value, none may be equal to what went in; a coarser value may be what it was only when it
held nothing finer. A column published as it is must come out as it is: another column's value in its place is a leak.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Form
from gongkai.errors import Reason
from gongkai.leaks.columns import CELLS, DATES, PLACES, WatchedColumn

_NOTHING_FINER = "(?:[省市区县旗州盟]|群岛|海域|管理区管委会|白沟新城|行政委员会)$"
"""How the name of a division ends."""
_NUMBER = "[0-9０-９]"
_DEGREE = 111_195
"""Metres of a degree of latitude."""
_ONE = r"[-+]?[0-9]{1,3}(?:\.[0-9]+)?(?:e-[0-9]+)?"
_COORDINATES = rf"^{_ONE}(?:,{_ONE})?$|^\**$"
_SIGNS = 3
"""Texts that a method which leaves nothing may write: its label or full mask, that mask's own mask, the empty text."""


def reasons(columns: Sequence[WatchedColumn], given: pa.RecordBatch, out: pa.RecordBatch) -> Iterator[Reason]:
    """Why these rows may not go on. ``given`` has the source's columns as cleaned text, ``out`` the published ones.

    >>> from gongkai.disclosure import Disclosure
    >>> phone = WatchedColumn("a", "a", "text", "text", "PHONE", "direct", "mask", Disclosure(Form.PART, 3, 0))
    >>> rows = pa.record_batch({"a": ["13812345678", "13812345679"]})
    >>> print(*reasons([phone], rows, pa.record_batch({"a": ["138********", "13812345679"]})))
    leak.unmasked: values came out as they went in (column a, 1 value)
    """
    for column in columns:
        if column.published is None:
            continue
        before = given.column(column.name).cast(pa.string())
        after = out.column(column.published).cast(pa.string())
        if column.whole:
            count = _strangers(columns, given, before, after) if pa.types.is_string(out.column(column.published).type) else 0
            message = "another column's values came out in place of this one's"
        else:
            same = pc.and_(pc.equal(*_alike(before, after, out.column(column.published).type)), pc.not_equal(before, ""))
            count = 0 if column.redacted else _count(pc.and_(same, _is_fine(column, before)))
            message = "values came out as they went in"
        if count:
            yield Reason("leak.moved" if column.whole else "leak.unmasked", message, column.published, count)
        elif finer := _finer(column, out.column(column.published)):
            yield Reason("leak.unmasked", "values came out finer than their method leaves", column.published, finer)


def _finer(column: WatchedColumn, out: pa.Array) -> int:
    """How many values say more than the method can write, by their form alone: where nothing may be left, more than a few
    different ones; where numbers are rounded to a step, those between two; where points lie in cells, those told
    more exactly."""
    if column.form is Form.NOTHING:
        different = pc.count_distinct(out, mode="only_valid").as_py()
        return different if different > _SIGNS else 0
    step = column.disclosure.width
    if column.disclosure.parts & CELLS and step:
        return _count(_between_cells(out.cast(pa.string()), step))
    if not (column.on_a_grid and "range" in column.disclosure.parts and step):
        return 0
    steps = pc.divide(out.cast(pa.float64(), safe=False), step)
    off = pc.greater(pc.abs(pc.subtract(steps, pc.round(steps))), pc.multiply(pc.max_element_wise(pc.abs(steps), 1.0), 1e-9))
    return _count(off)


def _between_cells(texts: pa.Array, metres: float) -> pa.Array:
    """Which coordinates have a decimal that no cell's centre needs, or are none at all."""
    needed = max(0, math.ceil(-math.log10(metres / _DEGREE / 2)))
    finer = pc.match_substring_regex(texts, rf"\.[0-9]{{{needed}}}[0-9]*[1-9]")
    return pc.or_(finer, pc.invert(pc.match_substring_regex(texts, _COORDINATES)))


def _is_fine(column: WatchedColumn, texts: pa.Array) -> pa.Array:
    """Which texts hold more than the column's method may leave; all of them where it must replace every one."""
    parts = column.disclosure.parts
    everything = pa.scalar(True)
    if column.on_a_grid and not parts & DATES:
        return pa.scalar(False)
    if column.form is not Form.COARSE or parts & DATES or column.type != "text":
        return everything
    if not parts & PLACES:
        return pa.scalar(False)  # a city's own method: nobody here knows what is fine
    if column.disclosure.first:  # a code's leading digits
        coarse = pc.match_substring_regex(texts, f"^[0-9]{{{column.disclosure.first}}}0*$")
    else:
        numbered = pc.match_substring_regex(texts, _NUMBER)
        coarse = pc.and_(pc.match_substring_regex(texts, _NOTHING_FINER), pc.invert(numbered))
    return pc.invert(coarse)


def _alike(before: pa.Array, after: pa.Array, kind: pa.DataType) -> tuple[pa.Array, pa.Array]:
    """Both as text of one form: a typed value may be written ``1.50`` or ``1.5``."""
    if pa.types.is_string(kind):
        return before, after
    before, after = (pc.replace_substring(pc.replace_substring(text, "T", " "), ",", "") for text in (before, after))
    before, after = (pc.replace_substring_regex(text, r"(\.[0-9]*[1-9])0+$|\.0+$", r"\1") for text in (before, after))
    return before, after


def _strangers(columns: Sequence[WatchedColumn], given: pa.RecordBatch, before: pa.Array, after: pa.Array) -> int:
    """How many values of a column that should be as it was are another, watched column's."""
    other = pc.fill_null(pc.not_equal(before, after), False)
    if not pc.any(other).as_py():
        return 0
    after = after.filter(other)
    found = pa.array([False] * len(after))
    for column in columns:
        if column.watched:
            raw = given.column(column.name).cast(pa.string()).filter(other)
            found = pc.or_(found, pc.fill_null(pc.and_(pc.equal(raw, after), pc.greater(pc.utf8_length(raw), 1)), False))
    return _count(found)


def _count(flags: pa.Array) -> int:
    return int(pc.sum(flags).as_py() or 0)
