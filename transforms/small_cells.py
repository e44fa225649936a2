"""small_cells 小单元格抑制: in a table of counts the small ones are withheld, and others with them so that no sum tells them.

Threshold rule and secondary suppression of official statistics (Cox 1980; Willenborg & de Waal 2001; Hundepool et al. 2012).
Rows are cells, some columns say which (区县, 年份, 性别), the treated ones hold a count, or an amount of those counted. A count
above 0 and below ``least`` is sensitive: it is about few people. A reader knows every published cell, the sums along every
dimension, and that counts are whole and not below 0. The promise: of a sensitive count the reader can rule out neither 0 nor
``least``, and so not even tell that it is sensitive; of an amount beside it, neither the share ``protect`` less nor more. Where
a sum that is known from elsewhere says more by itself, the table adds nothing to it.

Not covered: what one treated column tells of another (men, women and both as three columns: make them rows), other tables
with the same cells, and a reader who is one of the counted and knows the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError

from . import _cells, _counted
from ._cells import Cells, Indices, Mask
from ._counted import Column, Rule
from ._moves import Table, some
from ._plain import plain
from ._withhold import attainable, settle
from ._withhold import audit as held_against

TITLE = "小单元格抑制"
TYPES = frozenset({"integer", "decimal", "float"})
Holds: TypeAlias = Literal["count", "amount"]
Margins: TypeAlias = Literal["assumed", "published"]
_MOST = 1_000_000


def stage(
    batches: Iterator[pa.RecordBatch],
    *,
    columns: Mapping[str, Mapping[str, Any]],
    by: list[str],
    least: int = 5,
    totals: dict[str, str] | None = None,
    zeros: bool = False,
    margins: Margins = "assumed",
    together: bool = True,
    protect: float = 1.0,
    note: Callable[[dict[str, Any]], None] | None = None,
) -> Iterator[pa.RecordBatch]:
    """The rows with null where a cell is withheld; types and order stay.

    ``by``: the columns that name a cell. ``totals``: the label that stands for all in such a column, like ``{"区县": "合计"}``.
    ``margins``: a sum that has no row is ``assumed`` known, for somebody publishes it (not the sum of a single cell, which is
    that cell); or only what is ``published`` here is known. ``zeros``: 0 is sensitive too; usually it is about nobody.
    ``together``: one pattern for all columns; amounts need it, since they are sensitive where a count is. A null is withheld
    already; for what it may tell of others it counts as 0, the worst it could be. ``note`` is told how many cells are
    sensitive and how many were withheld.

    DataError: ``small_cells.too_many`` cells, above a million; ``.duplicate`` rows for one; a ``.value`` below 0 or a count not
    whole; a ``.total`` that is not the sum of its cells; ``.margins`` known from elsewhere that tell cells exactly, whatever is
    withheld. ValueError for parameters that do not fit.

    >>> names = {"区县": ["A", "A", "B", "B", "C", "C"], "性别": ["男", "女", "男", "女", "男", "女"]}
    >>> table = pa.record_batch({**names, "人数": [3, 9, 8, 7, 12, 15]})
    >>> given = {"columns": {"人数": {}}, "by": ["区县", "性别"]}
    >>> [batch.column("人数").to_pylist() for batch in stage(iter([table]), **given)]
    [[None, None, None, None, 12, 15]]
    >>> list(stage(iter([table, table]), **given))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: small_cells.duplicate: rows name a cell that another row names (6 values)
    """
    _check(columns, by, totals, least, together, protect)
    read = list(_few(batches))
    if not read:
        return
    cells, rows, counted = _read(pa.Table.from_batches(read), columns, by, totals, margins)
    rule, withheld, found = Rule(least, zeros, protect), np.zeros((len(columns), len(rows)), bool), {}
    for group in _groups(counted, together):
        alike = [counted[each] for each in group]
        pattern, small = _pattern(cells, alike, rule), _small(alike, rule)
        for each, column in zip(group, alike, strict=True):
            withheld[each, rows] = pattern | column.missing
            sensitive = int(column.sensitive(small, rule).sum())
            found[column.name] = {"sensitive": sensitive, "withheld": int((pattern & ~column.missing).sum())}
    if note is not None:
        note({"least": least, "margins": margins, "cells": len(rows), "columns": found})
    start = 0
    for batch in read:
        yield _without(batch, dict(zip(columns, withheld[:, start : start + batch.num_rows], strict=True)))
        start += batch.num_rows


def fits(
    published: Sequence[str],
    treated: Sequence[str],
    *,
    by: list[str],
    least: int = 5,
    totals: dict[str, str] | None = None,
    together: bool = True,
    protect: float = 1.0,
) -> None:
    """ValueError where these parameters do not fit the columns there are, by name: ``treated`` ones among the ``published``.

    >>> fits(["区县", "人数"], ["人数"], by=["区"])
    Traceback (most recent call last):
        ...
    ValueError: by names published columns: 区县
    """
    others = [name for name in published if name not in treated]
    if not set(by) <= set(others):
        raise ValueError(f"by names published columns: {', '.join(others)}")
    _check({name: {} for name in treated}, by, totals, least, together, protect)


def output(type: str, *, holds: Holds = "count") -> str:
    """The same type; ValueError for a column that holds no numbers.

    >>> output("integer")
    'integer'
    >>> output("text")
    Traceback (most recent call last):
        ...
    ValueError: counts and amounts are numbers: integer, decimal or float
    """
    if type.partition("(")[0] not in TYPES:
        raise ValueError("counts and amounts are numbers: integer, decimal or float")
    return type


def reveals(entity: str, *, holds: Holds = "count") -> Disclosure:
    """The values of the cells that are about enough people, as they are.

    >>> reveals("NONE").form.name
    'ALL'
    """
    if holds not in ("count", "amount"):
        raise ValueError("holds is one of count, amount")
    return Disclosure(Form.ALL, linkable=True)


def audit(
    true: pa.Table,
    published: pa.Table,
    *,
    columns: Mapping[str, Mapping[str, Any]],
    by: list[str],
    least: int = 5,
    totals: dict[str, str] | None = None,
    zeros: bool = False,
    margins: Margins = "assumed",
    together: bool = True,
    protect: float = 1.0,
) -> dict[str, int]:
    """How many sensitive cells of each column a published table shows, or lets a reader compute more closely than promised.

    ``true`` is the same table, row by row, with nothing withheld; the other parameters are those of ``stage``. ValueError where
    the rows are not the same.

    >>> names = {"区县": ["A", "A", "B", "B"], "性别": ["男", "女", "男", "女"]}
    >>> true, given = pa.table({**names, "人数": [3, 9, 8, 7]}), {"columns": {"人数": {}}, "by": ["区县", "性别"]}
    >>> audit(true, pa.table({**names, "人数": pa.array([None] * 4, pa.int64())}), **given)
    {'人数': 0}
    >>> audit(true, pa.table({**names, "人数": [None, 9, 8, 7]}), **given)
    {'人数': 1}
    """
    _check(columns, by, totals, least, together, protect)
    if not true.select(by).equals(published.select(by)):
        raise ValueError("published has the rows of true, in the same order")
    cells, rows, counted = _read(true, columns, by, totals, margins)
    exposed, rule = {}, Rule(least, zeros, protect)
    for group in _groups(counted, together):
        alike = [counted[each] for each in group]
        for each in alike:
            withheld = plain(published.column(each.name)).is_null().to_numpy(zero_copy_only=False)[rows]
            exposed[each.name] = _exposed(cells, each, _small(alike, rule), withheld, rule)
    return {name: exposed[name] for name in columns}


def told(published: pa.Table, *, column: str, by: list[str], totals: dict[str, str], least: int = 5) -> int:
    """How many withheld counts are known to be sensitive, above 0 and below ``least``, to a reader who has this table alone.

    Sums from elsewhere are rows with the labels of ``totals``. DataError ``small_cells.total`` where the table contradicts
    itself.

    >>> table = pa.table({"区县": ["A", "B", "合计"], "人数": [None, 9, 12]})
    >>> told(table, column="人数", by=["区县"], totals={"区县": "合计"})
    1
    """
    _check({column: {}}, by, totals, least, True, 1)
    cells, _, (counted,) = _read(published, {column: {}}, by, totals, "published")
    free = np.flatnonzero(counted.missing)
    lines = _cells.between(cells.lines, free)
    sums = -(cells.lines @ counted.values.astype(np.int64))[np.diff(cells.lines[:, free].indptr) > 0]
    found = some(lines, sums)
    if found is None:
        raise DataError.of("small_cells.total", "no counts give these totals", column=column)
    values = counted.values.copy()
    values[free] = found
    needs = np.where(counted.missing, [values, np.maximum(least - values, 0)], 0)
    weak = held_against(Table(cells, values, True), counted.missing, needs).weak
    return int(weak.all(axis=0).sum())


def _exposed(cells: Cells, column: Column, small: Mask, withheld: Mask, rule: Rule) -> int:
    sensitive = column.sensitive(small, rule)
    table, needs = Table(cells, column.values, column.whole), column.needs(cells, sensitive, rule)
    narrow = held_against(table, withheld, needs).weak & withheld
    for direction, cell in zip(*np.nonzero(narrow), strict=True):
        needs[direction, cell] = attainable(table, int(cell), int(direction), float(needs[direction, cell]))[0]
    weak = held_against(table, withheld, needs).weak.any(axis=0)
    return int((weak | (sensitive & ~withheld)).sum())


def _pattern(cells: Cells, columns: Sequence[Column], rule: Rule) -> Mask:
    """The cells that are withheld in all these columns."""
    small = _small(columns, rule)
    pattern = small.copy()
    for column in columns:
        if column.whole:
            pattern |= column.missing
    for column in columns:
        sensitive = column.sensitive(small, rule)
        table, needs = Table(cells, column.values, column.whole), column.needs(cells, sensitive, rule)
        withheld, needs = settle(table, pattern | column.missing, needs)
        told = int((sensitive & ~needs.any(axis=0)).sum())
        if told:
            message = "sums known from elsewhere tell these cells, whatever is withheld"
            raise DataError.of("small_cells.margins", message, column=column.name, count=told)
        pattern |= withheld & ~column.missing
    return pattern


def _small(columns: Sequence[Column], rule: Rule) -> Mask:
    return np.asarray(np.logical_or.reduce([column.small(rule) for column in columns]))


def _read(
    table: pa.Table, columns: Mapping[str, Mapping[str, Any]], by: list[str], totals: dict[str, str] | None, margins: Margins
) -> tuple[Cells, Indices, list[Column]]:
    if not set(by) <= set(table.column_names):
        raise ValueError("by names columns of the table")
    labels = [(totals or {}).get(name) for name in by]
    cells, rows = _cells.read([plain(table.column(name)) for name in by], labels, assumed=margins == "assumed")
    again = _cells.again(cells)
    if again:
        raise DataError.of("small_cells.duplicate", "rows name a cell that another row names", count=again)
    return cells, rows, [_counted.read(table.column(name), name, rows, cells, **given) for name, given in columns.items()]


def _groups(columns: Sequence[Column], together: bool) -> list[list[int]]:
    """Which columns share a pattern."""
    return [list(range(len(columns)))] if together else [[each] for each in range(len(columns))]


def _few(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        if rows > _MOST:
            raise DataError.of("small_cells.too_many", "more cells than a table of counts has", count=rows)
        yield batch


def _without(batch: pa.RecordBatch, withheld: Mapping[str, Mask]) -> pa.RecordBatch:
    arrays = [plain(column) for column in batch.columns]
    for name, cells in withheld.items():
        at = batch.schema.get_field_index(name)
        arrays[at] = pc.if_else(pa.array(cells), pa.scalar(None, arrays[at].type), arrays[at])
    return pa.record_batch(arrays, batch.schema.names)


def _check(
    columns: Mapping[str, Mapping[str, Any]],
    by: list[str],
    totals: dict[str, str] | None,
    least: int,
    together: bool,
    protect: float,
) -> None:
    kinds = [given.get("holds", "count") for given in columns.values()]
    if not by or len(set(by)) < len(by) or set(by) & set(columns):
        raise ValueError("by names the columns that say which cell a row is, each once and none that is treated")
    if not set(totals or {}) <= set(by):
        raise ValueError("totals gives labels of the columns in by")
    if least < 2:
        raise ValueError("least is 2 or more: a count of 1 is sensitive")
    if not 0 < protect < float("inf"):
        raise ValueError("protect is a share above 0, like 1.0 for all of the amount")
    if "amount" in kinds and not (together and "count" in kinds):
        raise ValueError("an amount is sensitive where a count is: treat a count too, together")
