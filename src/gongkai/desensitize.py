"""The stages no raw value passes 清洗与脱敏: text columns of the source in, published columns out.

First every column is cleaned as its entry declares. Then, per published column: cast to the registered type, hold against the
shape of its entity, apply the method. A value that does not fit is masked in full (a typed one becomes null) and counted, never
passed through: once a column is an ID number, every value in it is treated as one. Columns of a whole-table method go on as
they are, in memory, until that method has seen every row.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai import clean, plugins
from gongkai.ciphers import cmac
from gongkai.errors import DataError
from gongkai.keys import Key, derive
from gongkai.plan import ColumnPlan, Plan, TableStep, methods
from gongkai.registry.entry import Entry
from gongkai.stage import Batches, Stage, chain
from gongkai.tally import Tally

PERSON = "__person__"
"""The column that goes along with the rows until they are staged: who each is about, as a keyed number."""
_TOKEN = pa.int64()


def clean_columns(entry: Entry, tally: Tally) -> Stage:
    """The cleaning stage of an entry: batches of text in, batches of the same columns out."""
    listed = {column.name: column for column in entry.columns if column.clean}
    operations = {name: clean.parse(column.clean, key=name, file=entry.code)[0] for name, column in listed.items()}

    def cleaned(name: str, column: pa.Array) -> pa.Array:
        if name not in operations:
            return column
        column, changes = clean.clean(column, operations[name])
        for what, count in changes.items():
            tally.add(listed[name].published, what, count)
        return column

    def run(batches: Batches) -> Batches:
        for batch in batches:
            arrays = [cleaned(name, batch.column(name)) for name in batch.schema.names]
            yield pa.record_batch(arrays, schema=batch.schema)

    return run


def stage(plan: Plan, key: Key | None, tally: Tally, persons: bytes | None = None) -> Stage:
    """The stage of a plan. Batches in hold the source's columns by name, as cleaned text; batches out the published ones, those
    of whole-table methods untreated (``Plan.row_schema``).

    ``persons``: the 16-byte key of the numbers that stand for persons; with it, and where the plan knows which column tells
    persons apart, ``PERSON`` is the last column.
    """
    columns = [_column(column, plan, key, tally) for column in plan.columns]
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


def whole_table(plan: Plan, key: Key | None, scratch: Path, note: Callable[[str, dict[str, Any]], None]) -> Stage:
    """The whole-table methods of a plan, in their order. ``scratch``: an empty folder for what is desensitized already;
    ``note`` is told what a method did, by its name."""
    return chain(*(_step(step, plan, key, scratch, note) for step in plan.steps))


def _step(
    step: TableStep, plan: Plan, key: Key | None, scratch: Path, note: Callable[[str, dict[str, Any]], None]
) -> Stage:
    method = methods.load(step.method)
    treated = {column.published: column for column in plan.columns if column.published in step.columns}
    given = methods.check_table(method, step.params)[0]
    own = {name: methods.check(method, treated[name].params)[0] for name in step.columns}
    by_program: dict[str, Any] = {"columns": own, "scratch": scratch, "note": lambda found: note(step.method, found)}
    by_program |= {"entities": {name: treated[name].entity for name in step.columns}}
    by_program |= {"person": None if plan.person is None else PERSON}
    if methods.wants(method, "key"):
        first = treated[step.columns[0]]
        by_program["key"] = _derived(first, plan, key, given)
    told = {name: value for name, value in by_program.items() if methods.wants(method, name)}

    def run(batches: Batches) -> Batches:
        try:
            yield from method.stage(batches, **given, **told)
        except (ValueError, TypeError, pa.ArrowException) as error:  # its text may quote a cell
            message = f"method {step.method} failed ({type(error).__name__})"
            raise DataError.of("method.failed", message, column="、".join(step.columns)) from None

    return run


def _column(
    column: ColumnPlan, plan: Plan, key: Key | None, tally: Tally
) -> Callable[[pa.Array, pa.Array | None], pa.Array]:
    method = methods.load(column.method)
    apply = _passed if methods.whole_table(method) else _applied(column, method, plan, key)
    shape = f"^(?:{column.shape})$" if column.shape else None
    full_mask = plugins.load_private("gongkai.transforms", "_full").full_mask
    output = plan.row_schema().field(column.published).type

    def treat(cleaned: pa.Array, person: pa.Array | None) -> pa.Array:
        typed, unfit = clean.cast(cleaned, column.type)
        fits = None if shape is None else pc.match_substring_regex(typed, shape)
        out = apply(typed, person)
        if fits is not None and pc.any(pc.invert(fits)).as_py():
            masked = full_mask(typed) if pa.types.is_string(output) else pa.nulls(len(out), output)
            unfit += pc.sum(pc.invert(fits)).as_py()
            out = pc.if_else(pc.fill_null(fits, True), out, masked)
        tally.add(column.published, "unfit", unfit)
        if column.method != "keep":
            tally.add(column.published, "desensitized", len(typed) - typed.null_count)
        return out

    return treat


def _passed(column: pa.Array, person: pa.Array | None) -> pa.Array:
    return column


def _applied(column: ColumnPlan, method: Any, plan: Plan, key: Key | None) -> Callable[[pa.Array, pa.Array | None], pa.Array]:
    given = methods.check(method, column.params)[0]
    if methods.wants(method, "key"):
        given["key"] = _derived(column, plan, key, given)
    if methods.wants(method, "entity"):
        given["entity"] = column.entity
    with_person = methods.wants(method, "person")

    def apply(typed: pa.Array, person: pa.Array | None) -> pa.Array:
        try:
            return method.apply(typed, **given, **({"person": person} if with_person else {}))
        except (ValueError, TypeError, pa.ArrowException) as error:  # its text may quote a cell
            message = f"method {column.method} failed ({type(error).__name__})"
            raise DataError.of("method.failed", message, column=column.published) from None

    return apply


def _tokens(who: pa.Array, key: bytes) -> pa.Array:
    """One number for each person; none where nobody is named."""
    text = who.cast(pa.string())
    numbers = cmac(text, key).view(np.int64).reshape(-1, 2)[:, 0]
    named = pc.fill_null(pc.not_equal(text, ""), False)
    return pc.if_else(named, pa.array(numbers), pa.scalar(None, _TOKEN))


def _derived(column: ColumnPlan, plan: Plan, key: Key | None, given: dict[str, Any]) -> bytes:
    """The column's key: bound to the key's id and version, and to the domain in which equal values stay equal."""
    if key is None:
        raise DataError.of("key.missing", f"method {column.method} needs a key", column=column.published)
    domain = given.get("domain") or plan.code
    cipher = given.get("cipher", "")
    wanted = plugins.parameters(methods.load(column.method).reveals)
    if "cipher" in wanted and cipher == wanted["cipher"].default:
        cipher = ""  # written down or left out, it is the same
    scope = {"dataset": "", "entity": column.entity, "column": column.name}[methods.keyed_by(methods.load(column.method))]
    return derive(key, domain=domain, purpose=f"{column.method}:{cipher}:{scope}", length=32)
