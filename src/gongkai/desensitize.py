"""The stages no raw value passes 清洗与脱敏: text columns of the source in, published columns out.

First every column is cleaned as its entry declares. Then, per published column: cast to the registered type, hold against the
shape of its entity, apply the method. A value that does not fit is masked in full (a typed one becomes null) and counted, never
passed through: once a column is an ID number, every value in it is treated as one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gongkai import clean, plugins, schema
from gongkai.errors import DataError
from gongkai.keys import Key, derive
from gongkai.plan import ColumnPlan, Plan, parameters
from gongkai.registry.entry import Entry
from gongkai.stage import Batches, Stage
from gongkai.tally import Tally


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


def stage(plan: Plan, key: Key | None, tally: Tally) -> Stage:
    """The stage of a plan. Batches in hold the source's columns by name, as cleaned text; batches out the published ones."""
    columns = [_column(column, plan, key, tally) for column in plan.columns]
    output = plan.output_schema()

    def run(batches: Batches) -> Batches:
        for batch in batches:
            arrays = [treat(batch.column(column.name)) for column, treat in zip(plan.columns, columns, strict=True)]
            tally.rows_out += batch.num_rows
            yield pa.record_batch(arrays, schema=output)

    return run


def _column(column: ColumnPlan, plan: Plan, key: Key | None, tally: Tally) -> Callable[[pa.Array], pa.Array]:
    method = plugins.load("gongkai.transforms", column.method)
    given = parameters(method, column.params)
    if "key" in plugins.parameters(method.apply):
        given["key"] = _derived(column, plan, key, given)
    shape = f"^(?:{column.shape})$" if column.shape else None
    full_mask = plugins.load_private("gongkai.transforms", "_full").full_mask
    output = schema.arrow_type(column.output)

    def treat(cleaned: pa.Array) -> pa.Array:
        typed, unfit = clean.cast(cleaned, column.type)
        fits = None if shape is None else pc.match_substring_regex(typed, shape)
        try:
            out = method.apply(typed, **given)
        except (ValueError, TypeError, pa.ArrowException) as error:  # its text may quote a cell
            kind = type(error).__name__
            message = f"method {column.method} failed ({kind})"
            raise DataError.of("method.failed", message, column=column.published) from None
        if fits is not None and pc.any(pc.invert(fits)).as_py():
            masked = full_mask(typed) if pa.types.is_string(output) else pa.nulls(len(out), output)
            unfit += pc.sum(pc.invert(fits)).as_py()
            out = pc.if_else(pc.fill_null(fits, True), out, masked)
        tally.add(column.published, "unfit", unfit)
        if column.method != "keep":
            tally.add(column.published, "desensitized", len(typed) - typed.null_count)
        return out

    return treat


def _derived(column: ColumnPlan, plan: Plan, key: Key | None, given: dict[str, Any]) -> bytes:
    """The column's key: bound to the key's id and version, and to the domain in which equal values stay equal."""
    if key is None:
        raise DataError.of("key.missing", f"method {column.method} needs a key", column=column.published)
    domain = given.get("domain") or plan.code
    cipher = given.get("cipher", "")
    return derive(key, domain=domain, purpose=f"{column.method}:{cipher}:{column.entity}", length=32)
