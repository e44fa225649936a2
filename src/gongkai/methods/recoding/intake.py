"""Reading a table whose rows are judged together 读入: treated columns become codes in memory, all others go to the spill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.batches import Batches
from gongkai.errors import ConfigError, known
from gongkai.methods.columns.plain import plain
from gongkai.methods.recoding.classes import Classes, Numbers, tabulate
from gongkai.methods.recoding.coding import Coder, Rungs, narrow
from gongkai.methods.recoding.spill import Spill


@dataclass(frozen=True, slots=True)
class Intake:
    """The ladders of the treated columns, the classes of their finest values, and the class of every row, in order.

    ``unfit``: how many values of each column did not fit its ladder.
    """

    rungs: Mapping[str, Rungs]
    finest: Classes
    places: Numbers
    unfit: Mapping[str, int]


def take(
    batches: Batches, coders: Mapping[str, Coder], spill: Spill, *, person: str | None, sensitive: Sequence[str]
) -> Intake:
    """Read everything; the columns ``person`` and ``sensitive`` are read back from the spill, where they are whole."""
    parts: dict[str, list[Numbers]] = {name: [] for name in coders}
    for batch in batches:
        for name, coder in coders.items():
            parts[name].append(coder.encode(batch.column(name)))
        spill.write(batch.select(spill.schema.names))
    spill.close()
    rungs, cells = {}, []
    for name, coder in coders.items():
        rungs[name], final = coder.finish()
        cells.append(narrow(final)[np.concatenate(parts.pop(name))])
    spans = [len(each.groups[0]) for each in rungs.values()]
    persons = None if person is None else _persons(spill, person)
    finest, places = tabulate(cells, spans, persons, [_values(spill, name) for name in sensitive])
    return Intake(rungs, finest, places, {name: coder.unfit for name, coder in coders.items()})


def check_present(schema: pa.Schema, **wanted: Sequence[str]) -> None:
    """ConfigError for a column that is not there, under the parameter that names it."""
    for key, names in wanted.items():
        for name in names:
            if name not in schema.names:
                raise ConfigError.of(f"no column '{name}'", known(name, schema.names), key=key)


def _persons(spill: Spill, name: str) -> Numbers:
    """Who each row is about; -1 for nobody, where the cell is null or empty."""
    people = _column(spill, name).dictionary_encode()
    numbers = _numbers(people)
    if people.num_chunks and pa.types.is_string(people.type.value_type):
        numbers[numbers == pc.index(people.chunk(0).dictionary, "").as_py()] = -1
    return numbers


def _values(spill: Spill, name: str) -> Numbers:
    """A missing value is a value."""
    return _numbers(_column(spill, name).dictionary_encode("encode"))


def _column(spill: Spill, name: str) -> pa.ChunkedArray:
    return pa.chunked_array([plain(batch.column(0)) for batch in spill.read(name)])


def _numbers(encoded: pa.ChunkedArray) -> Numbers:
    return np.concatenate([pc.fill_null(chunk.indices, -1).to_numpy(zero_copy_only=False) for chunk in encoded.chunks])
