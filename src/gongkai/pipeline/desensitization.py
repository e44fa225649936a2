"""Cleaning and desensitizing 清洗与脱敏: text columns of the source go in, published columns come out.

First every column is cleaned as its entry declares. Then, per published column: cast to the registered type, hold against the
shape of its entity, apply the method. A value that does not fit is masked in full (a typed one becomes null) and counted, never
passed through: once a column is an ID number, every value in it is treated as one. Columns of a whole-table method go on as
they are, in memory, until that method has seen every row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai import plugins
from gongkai.batches import Batches, Stage, chain
from gongkai.ciphers import cmac
from gongkai.columns import cleaning
from gongkai.columns.logical_types import arrow_type
from gongkai.counts import Counts
from gongkai.errors import DataError, GongkaiError
from gongkai.keys import Key, derive
from gongkai.methods.columns.full_mask import full_mask
from gongkai.methods.table import Treatment
from gongkai.plan import ColumnPlan, Plan, TableStep, contract
from gongkai.plan.contract import Method
from gongkai.project import Project
from gongkai.registry.entry import Entry

PERSON = "__person__"
"""The column that goes along with the rows until they are staged: who each is about, as a keyed number."""
_TOKEN = pa.int64()


def clean_columns(entry: Entry, tally: Counts) -> Stage:
    """The cleaning stage of an entry: batches of text in, batches of the same columns out."""
    listed = {column.name: column for column in entry.columns if column.clean}
    operations = {name: cleaning.parse(column.clean, key=name, file=entry.code)[0] for name, column in listed.items()}

    def cleaned(name: str, column: pa.Array) -> pa.Array:
        if name not in operations:
            return column
        column, changes = cleaning.clean(column, operations[name])
        for what, count in changes.items():
            tally.add(listed[name].published, what, count)
        return column

    def run(batches: Batches) -> Batches:
        for batch in batches:
            arrays = [cleaned(name, batch.column(name)) for name in batch.schema.names]
            yield pa.record_batch(arrays, schema=batch.schema)

    return run


def stage(project: Project, plan: Plan, key: Key | None, tally: Counts, persons: bytes | None = None) -> Stage:
    """The stage of a plan. Batches in hold the source's columns by name, as cleaned text; batches out the published ones, those
    of whole-table methods untreated (``Plan.row_schema``).

    ``persons``: the 16-byte key of the numbers that stand for persons; with it, and where the plan knows which column tells
    persons apart, ``PERSON`` is the last column.
    """
    columns = [_column(project, column, plan, key, tally) for column in plan.columns]
    output = plan.row_schema()
    if plan.person is not None and persons is not None:
        output = output.append(pa.field(PERSON, _TOKEN))

    def run(batches: Batches) -> Batches:
        for batch in batches:
            who = None if plan.person is None else batch.column(plan.person)
            arrays = [treat(batch.column(column.name), who) for column, treat in zip(plan.columns, columns, strict=True)]
            if who is not None and persons is not None:
                arrays.append(_tokens(who, persons))
            tally.rows_out += batch.num_rows
            yield pa.record_batch(arrays, schema=output)

    return run


def whole_table(
    project: Project, plan: Plan, key: Key | None, scratch: Path, note: Callable[[str, dict[str, Any]], None]
) -> Stage:
    """The whole-table methods of a plan, in their order. ``scratch``: an empty folder for what is desensitized already;
    ``note`` is told what a method did, by its name."""
    return chain(*(_step(project, step, plan, key, scratch, note) for step in plan.steps))


def _step(
    project: Project,
    step: TableStep,
    plan: Plan,
    key: Key | None,
    scratch: Path,
    note: Callable[[str, dict[str, Any]], None],
) -> Stage:
    method = contract.load(project, step.method)
    treated = plan.treated(step)
    given = method.check_table(step.params)[0]
    treatment = Treatment(
        columns={name: method.check(column.params)[0] for name, column in treated.items()},
        entities={name: column.entity for name, column in treated.items()},
        scratch=scratch,
        note=partial(note, step.method),
        person=None if plan.person is None else PERSON,
        key=_derived(method, treated[step.columns[0]], plan, key, given) if method.needs_key else b"",
        project=project,
    )

    def run(batches: Batches) -> Batches:
        try:
            yield from method.stage(batches, method.table_params(step.params), treatment)
        except contract.QUOTING as error:
            message = f"method {step.method} failed ({type(error).__name__})"
            raise DataError.of("method.failed", message, column="、".join(step.columns)) from None

    return run


def _column(
    project: Project, column: ColumnPlan, plan: Plan, key: Key | None, tally: Counts
) -> Callable[[pa.Array, pa.Array | None], pa.Array]:
    method = contract.load(project, column.method)
    apply = _passed if method.whole_table else _applied(column, method, plan, key)
    shape = f"^(?:{column.shape})$" if column.shape else None
    output = plan.row_schema().field(column.published).type

    def treat(cleaned: pa.Array, person: pa.Array | None) -> pa.Array:
        typed, unfit = cleaning.cast(cleaned, column.type)
        fits = None if shape is None else pc.match_substring_regex(typed, shape)
        out = apply(typed, person)
        if fits is not None and pc.any(pc.invert(fits)).as_py():
            masked = full_mask(typed) if pa.types.is_string(output) else pa.nulls(len(out), output)
            unfit += pc.sum(pc.invert(fits)).as_py()
            out = pc.if_else(pc.fill_null(fits, True), out, masked)
        tally.add(column.published, "unfit", unfit)
        if not method.is_identity:
            tally.add(column.published, "desensitized", len(typed) - typed.null_count)
        return out

    return treat


def _passed(column: pa.Array, person: pa.Array | None) -> pa.Array:
    return column


def _applied(
    column: ColumnPlan, method: Method, plan: Plan, key: Key | None
) -> Callable[[pa.Array, pa.Array | None], pa.Array]:
    given = method.check(column.params)[0]
    derived = _derived(method, column, plan, key, given) if method.needs_key else None
    promised = arrow_type(column.output)

    def apply(typed: pa.Array, person: pa.Array | None) -> pa.Array:
        try:
            out = method.apply(typed, given, entity=column.entity, key=derived, person=person)
        except DataError as error:
            raise type(error)(*(replace(each, column=each.column or column.published) for each in error.reasons)) from None
        except (GongkaiError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - it may be a city's, and whatever it raises may quote a cell
            message = f"method {column.method} failed ({type(error).__name__})"
            raise DataError.of("method.failed", message, column=column.published) from None
        if out.type != promised:
            message = f"method {column.method} gives {out.type} where it gives {promised} for a column without rows"
            raise DataError.of("method.failed", message, column=column.published)
        if len(out) != len(typed):
            message = f"method {column.method} gives {len(out):,} values for {len(typed):,} rows"
            raise DataError.of("method.failed", message, column=column.published)
        return out

    return apply


def _tokens(who: pa.Array, key: bytes) -> pa.Array:
    """One number for each person; none where nobody is named."""
    text = who.cast(pa.string())
    numbers = cmac(text, key).view(np.int64).reshape(-1, 2)[:, 0]
    named = pc.fill_null(pc.not_equal(text, ""), False)
    return pc.if_else(named, pa.array(numbers), pa.scalar(None, _TOKEN))


def _derived(method: Method, column: ColumnPlan, plan: Plan, key: Key | None, given: dict[str, Any]) -> bytes:
    """The column's key: bound to the key's id and version, and to the domain in which equal values stay equal."""
    if key is None:
        raise DataError.of("key.missing", f"method {method.name} needs a key", column=column.published)
    domain = given.get("domain") or plan.code
    cipher = given.get("cipher", "")
    wanted = plugins.parameters(method.module.reveals)
    if "cipher" in wanted and cipher == wanted["cipher"].default:
        cipher = ""  # written down or left out, it is the same
    scope = {"dataset": "", "entity": column.entity, "column": column.name}[method.keyed_by]
    return derive(key, domain=domain, purpose=f"{method.name}:{cipher}:{scope}", length=32)
