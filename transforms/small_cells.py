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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError, Reason
from gongkai.methods.columns.plain import plain
from gongkai.methods.table import StagedTable, Treatment
from gongkai.methods.tables import cells as _cells
from gongkai.methods.tables import counted as _counted
from gongkai.methods.tables.cells import Cells, Indices, Mask
from gongkai.methods.tables.counted import CountColumn, Rule
from gongkai.methods.tables.feasible_changes import Table, some
from gongkai.methods.tables.withholding import attainable, settle
from gongkai.methods.tables.withholding import audit as held_against

TITLE = "小单元格抑制"
VERSION = 1
TYPES = frozenset({"integer", "decimal", "float"})
Holds: TypeAlias = Literal["count", "amount"]
_BY = "by names the columns that say which cell a row is, each once and none that is treated"
_MOST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """ValueError for parameters that contradict each other."""

    by: tuple[str, ...]
    """The columns that name a cell."""
    least: int = 5
    """A count above 0 and below it is sensitive."""
    totals: Mapping[str, str] | None = None
    """The label that stands for all in such a column, like ``{"区县": "合计"}``."""
    zeros: bool = False
    """Whether 0 is sensitive too; usually it is about nobody."""
    margins: Literal["assumed", "published"] = "assumed"
    """A sum that has no row is ``assumed`` known, for somebody publishes it (not the sum of a single cell, which is that cell);
    or only what is ``published`` here is known."""
    together: bool = True
    """One pattern for all columns; amounts need it, since they are sensitive where a count is."""
    protect: float = 1.0
    """The share of an amount beside a sensitive count that must stay open."""

    def __post_init__(self) -> None:
        if not self.by or len(set(self.by)) < len(self.by):
            raise ValueError(_BY)
        if not set(self.totals or {}) <= set(self.by):
            raise ValueError("totals gives labels of the columns in by")
        if self.least < 2:
            raise ValueError("least is 2 or more: a count of 1 is sensitive")
        if not 0 < self.protect < float("inf"):
            raise ValueError("protect is a share above 0, like 1.0 for all of the amount")

    @property
    def rule(self) -> Rule:
        """Which counts are sensitive."""
        return Rule(self.least, self.zeros, self.protect)


def stage(batches: Batches, params: Params, treatment: Treatment) -> Batches:
    """The rows with null where a cell is withheld; types and order stay.

    A null is withheld already; for what it may tell of others it counts as 0, the worst it could be. How many cells are
    sensitive and how many were withheld is noted.

    DataError: ``small_cells.too_many`` cells, above a million; ``.duplicate`` rows for one; a ``.value`` below 0 or a count not
    whole; a ``.total`` that is not the sum of its cells; ``.margins`` known from elsewhere that tell cells exactly, whatever is
    withheld. ValueError for parameters that do not fit the columns.

    >>> from pathlib import Path
    >>> names = {"区县": ["A", "A", "B", "B", "C", "C"], "性别": ["男", "女", "男", "女", "男", "女"]}
    >>> table = pa.record_batch({**names, "人数": [3, 9, 8, 7, 12, 15]})
    >>> params, given = Params(by=("区县", "性别")), Treatment(columns={"人数": {}}, entities={}, scratch=Path())
    >>> [batch.column("人数").to_pylist() for batch in stage(iter([table]), params, given)]
    [[None, None, None, None, 12, 15]]
    >>> list(stage(iter([table, table]), params, given))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: small_cells.duplicate: rows name a cell that another row names (6 values)
    """
    columns = treatment.columns
    _check(params, columns)
    read = list(_few(batches))
    if not read:
        return
    cells, rows, counted = _read(pa.Table.from_batches(read), params, columns)
    withheld, found = np.zeros((len(columns), len(rows)), bool), {}
    for group in _groups(counted, params):
        alike = [counted[each] for each in group]
        pattern, small = _pattern(cells, alike, params.rule), _small(alike, params.rule)
        for each, column in zip(group, alike, strict=True):
            withheld[each, rows] = pattern | column.missing
            sensitive = int(column.sensitive(small, params.rule).sum())
            found[column.name] = {"sensitive": sensitive, "withheld": int((pattern & ~column.missing).sum())}
    treatment.note({"least": params.least, "margins": params.margins, "cells": len(rows), "columns": found})
    start = 0
    for batch in read:
        yield _without(batch, dict(zip(columns, withheld[:, start : start + batch.num_rows], strict=True)))
        start += batch.num_rows


def fits(params: Params, published: Sequence[str], treated: Mapping[str, Mapping[str, Any]]) -> None:
    """ValueError where the parameters do not fit the columns there are: ``treated`` ones among the ``published``, by name.

    >>> fits(Params(by=("区",)), ["区县", "人数"], {"人数": {}})
    Traceback (most recent call last):
        ...
    ValueError: by names published columns: 区县
    """
    others = [name for name in published if name not in treated]
    if not set(params.by) <= set(others):
        raise ValueError(f"by names published columns: {', '.join(others)}")
    _check(params, treated)


def broken(params: Params, columns: Mapping[str, Mapping[str, Any]], staged: StagedTable) -> Iterator[Reason]:
    """Why the staged table is not what was promised: it shows counts that are sensitive."""
    for name in (name for name, given in columns.items() if not _is_amount(given)):
        if small := staged.count(name, f"BETWEEN {0 if params.zeros else 1} AND {params.least - 1}"):
            yield Reason("kept.small_cells", f"are counts below {params.least}", name, small)


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


def audit(true: pa.Table, published: pa.Table, params: Params, columns: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """How many sensitive cells of each column a published table shows, or lets a reader compute more closely than promised.

    ``true`` is the same table, row by row, with nothing withheld. ValueError where the rows are not the same.

    >>> names = {"区县": ["A", "A", "B", "B"], "性别": ["男", "女", "男", "女"]}
    >>> true, params = pa.table({**names, "人数": [3, 9, 8, 7]}), Params(by=("区县", "性别"))
    >>> audit(true, pa.table({**names, "人数": pa.array([None] * 4, pa.int64())}), params, {"人数": {}})
    {'人数': 0}
    >>> audit(true, pa.table({**names, "人数": [None, 9, 8, 7]}), params, {"人数": {}})
    {'人数': 1}
    """
    _check(params, columns)
    if not true.select(params.by).equals(published.select(params.by)):
        raise ValueError("published has the rows of true, in the same order")
    cells, rows, counted = _read(true, params, columns)
    exposed = {}
    for group in _groups(counted, params):
        alike = [counted[each] for each in group]
        for each in alike:
            withheld = plain(published.column(each.name)).is_null().to_numpy(zero_copy_only=False)[rows]
            exposed[each.name] = _exposed(cells, each, _small(alike, params.rule), withheld, params.rule)
    return {name: exposed[name] for name in columns}


def told(published: pa.Table, params: Params, column: str) -> int:
    """How many withheld counts are known to be sensitive, above 0 and below ``least``, to a reader who has this table alone.

    Sums from elsewhere are rows with the labels of ``totals``, whatever ``margins`` says. DataError ``small_cells.total`` where
    the table contradicts itself.

    >>> table = pa.table({"区县": ["A", "B", "合计"], "人数": [None, 9, 12]})
    >>> told(table, Params(by=("区县",), totals={"区县": "合计"}), "人数")
    1
    """
    _check(params, {column: {}})
    cells, _, (counted,) = _read(published, replace(params, margins="published"), {column: {}})
    free = np.flatnonzero(counted.missing)
    lines = _cells.between(cells.lines, free)
    sums = -(cells.lines @ counted.values.astype(np.int64))[np.diff(cells.lines[:, free].indptr) > 0]
    found = some(lines, sums)
    if found is None:
        raise DataError.of("small_cells.total", "no counts give these totals", column=column)
    values = counted.values.copy()
    values[free] = found
    needs = np.where(counted.missing, [values, np.maximum(params.least - values, 0)], 0)
    weak = held_against(Table(cells, values, True), counted.missing, needs).weak
    return int(weak.all(axis=0).sum())


def _exposed(cells: Cells, column: CountColumn, small: Mask, withheld: Mask, rule: Rule) -> int:
    sensitive = column.sensitive(small, rule)
    table, needs = Table(cells, column.values, column.whole), column.needs(cells, sensitive, rule)
    narrow = held_against(table, withheld, needs).weak & withheld
    for direction, cell in zip(*np.nonzero(narrow), strict=True):
        needs[direction, cell] = attainable(table, int(cell), int(direction), float(needs[direction, cell]))[0]
    weak = held_against(table, withheld, needs).weak.any(axis=0)
    return int((weak | (sensitive & ~withheld)).sum())


def _pattern(cells: Cells, columns: Sequence[CountColumn], rule: Rule) -> Mask:
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


def _small(columns: Sequence[CountColumn], rule: Rule) -> Mask:
    return np.asarray(np.logical_or.reduce([column.small(rule) for column in columns]))


def _read(
    table: pa.Table, params: Params, columns: Mapping[str, Mapping[str, Any]]
) -> tuple[Cells, Indices, list[CountColumn]]:
    if not set(params.by) <= set(table.column_names):
        raise ValueError("by names columns of the table")
    labels = [(params.totals or {}).get(name) for name in params.by]
    names = [plain(table.column(name)) for name in params.by]
    cells, rows = _cells.read(names, labels, assumed=params.margins == "assumed")
    again = _cells.again(cells)
    if again:
        raise DataError.of("small_cells.duplicate", "rows name a cell that another row names", count=again)
    return cells, rows, [_counted.read(table.column(name), name, rows, cells, **given) for name, given in columns.items()]


def _groups(columns: Sequence[CountColumn], params: Params) -> list[list[int]]:
    """Which columns share a pattern."""
    return [list(range(len(columns)))] if params.together else [[each] for each in range(len(columns))]


def _few(batches: Batches) -> Batches:
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


def _check(params: Params, columns: Mapping[str, Mapping[str, Any]]) -> None:
    if set(params.by) & set(columns):
        raise ValueError(_BY)
    amounts = [_is_amount(given) for given in columns.values()]
    if any(amounts) and (all(amounts) or not params.together):
        raise ValueError("an amount is sensitive where a count is: treat a count too, together")


def _is_amount(given: Mapping[str, Any]) -> bool:
    return bool(given.get("holds", "count") == "amount")
