"""The keyed sketch of a release's classes 准标识符概要: enough to find what it shares with another release, and no value.

For every class one row: of each quasi-identifier, at each level it can be read at, the 64-bit keyed hash (CMAC) of its value,
and how many persons are in the class. Sketches made with the same key can be joined; without the key a hash says nothing.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from gongkai.ciphers import cmac
from gongkai.errors import DataError
from gongkai.project import Project
from gongkai.risk import table
from gongkai.risk.attributes import levels

UNITS = "units"


def make(
    project: Project,
    staged: Path,
    quasi: Mapping[str, str],
    key: bytes,
    *,
    person: str | Path | None = None,
    memory: str = table.MEMORY,
    temp: Path | None = None,
) -> pa.Table:
    """The sketch of a Parquet file. ``quasi``: the entity of each quasi-identifier by its column; ``key``: 16 bytes; the rest
    as for ``classes.group``."""
    names = table.quasi_names(list(quasi))
    with table.connected(memory, temp) as connection:
        rows = table.rows(connection, staged, list(quasi), person=person)
        columns = ", ".join(names)
        by_rows = rows.aggregate(f"{columns}, count(*) AS {UNITS}", columns)
        counted = table.by_person(rows, columns, UNITS) if person else by_rows
        classes = counted.to_arrow_table().combine_chunks()
    found = {UNITS: classes.column(UNITS).combine_chunks().cast(pa.int64())}
    for name, entity in zip(names, quasi.values(), strict=False):
        published = classes.column(name).combine_chunks()
        found |= {
            level: _hashed(level, texts, key)
            for level, texts in levels(project, entity, published).items()
            if level not in found
        }
    return pa.table(found)


def write(sketch: pa.Table) -> bytes:
    """A sketch as the bytes of a Parquet file."""
    from pyarrow.parquet import write_table

    sink = io.BytesIO()
    write_table(sketch, sink, compression="zstd")
    return sink.getvalue()


def read(written: bytes) -> pa.Table:
    """The sketch of these bytes. DataError where they are none.

    >>> read(b"")
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: risk.sketch: the sketch of an open release cannot be read
    """
    from pyarrow.parquet import read_table

    try:
        return read_table(io.BytesIO(written))
    except (pa.ArrowException, OSError):
        raise DataError.of("risk.sketch", "the sketch of an open release cannot be read") from None


def _hashed(level: str, texts: pa.Array, key: bytes) -> pa.Array:
    encoded = texts.dictionary_encode()
    named = pa.array([f"{level}:{text}" for text in encoded.dictionary.to_pylist()], pa.string())
    hashes = cmac(named, key).view(np.int64).reshape(-1, 2)[:, 0]
    return pa.array(hashes).take(encoded.indices)
