"""shuffle 置换: the values of a column are dealt to other rows: all of them are published, and none stands with its person.

Sums, means and distributions of the column stay exact; what it had to do with the other columns is gone. The rows are laid
on one random ring, and every value moves on to the next row of it: a cyclic arrangement, as the algorithm of Sattolo (1986)
draws it, in which no row keeps its own. The ring is drawn from a key (AES in counter mode), so that the same rows give the same
result however they are cut into batches; the same rows in another order give another arrangement.

The values themselves are real. A rare one, like the only amount of a million, still tells that somebody has it, and who knows
whose it must be learns it: treat such values first. A row may get an equal value of another row: a column of few different
values changes little.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gongkai.batches import Batches
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError, Reason
from gongkai.methods.recoding.spilled_table import halve, rejoin
from gongkai.methods.table import StagedTable, Treatment

TITLE = "置换"
VERSION = 1
NEEDS_KEY = True
TYPES = frozenset({"text", "integer", "decimal", "float", "boolean", "date", "datetime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """ValueError where there is nothing to deal."""

    least: int = 20
    """How many rows the table has at least, 3 or more: of fewer a reader could guess the arrangement, of two there is one."""

    def __post_init__(self) -> None:
        if self.least < 3:
            raise ValueError("least is 3 or more: two rows can only change places")


def stage(batches: Batches, params: Params, treatment: Treatment) -> Batches:
    """The rows with the values of the treated columns dealt anew; a null is dealt like any value. Order and cuts of the rows
    stay.

    Columns of one ``group`` go to the same row together; every other column has a ring of its own. DataError
    ``shuffle.too_few`` for a table of fewer rows than ``least``. The treated columns are held in memory, with 8 bytes a row
    for each ring.

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> table = pa.record_batch({"name": ["a", "b", "c", "d"], "pay": [1, 2, 3, 4]})
    >>> given = Treatment(columns={"pay": {}}, entities={}, key=bytes(range(32)), scratch=Path(mkdtemp()))
    >>> [dealt.column("pay").to_pylist() for dealt in stage(iter([table]), Params(least=4), given)]
    [[3, 1, 4, 2]]
    >>> list(stage(iter([table]), Params(), given))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: shuffle.too_few: so few rows that the arrangement could be guessed (4 values)
    """
    halves = halve(batches, treatment.columns, treatment.scratch)
    if halves is None:
        return
    if 0 < halves.rows < params.least:
        raise DataError.of("shuffle.too_few", "so few rows that the arrangement could be guessed", count=halves.rows)
    rings = {name: _ring_of(name, **given) for name, given in treatment.columns.items()}
    arrangements = {ring: _arrangement(treatment.key, ring, halves.rows) for ring in set(rings.values())}
    yield from rejoin(halves, {name: _dealt(halves.treated[name], arrangements[ring]) for name, ring in rings.items()})


def broken(params: Params, columns: Mapping[str, Mapping[str, Any]], staged: StagedTable) -> Iterator[Reason]:
    """Why the staged table is not what was promised: it has so few rows that the arrangement could be guessed."""
    if 0 < staged.rows < params.least:
        yield Reason("kept.shuffle", f"are fewer rows than the {params.least} to deal among", "、".join(columns), staged.rows)


def output(type: str, *, group: str = "") -> str:
    """The same type.

    >>> output("date")
    'date'
    """
    return type


def reveals(entity: str, *, group: str = "") -> Disclosure:
    """Every value, and of no row which is its own.

    >>> reveals("INCOME").form.name
    'COARSE'
    """
    return Disclosure(Form.COARSE, parts=frozenset({"shuffled"}))


def _ring_of(name: str, group: str = "") -> str:
    return f"group:{group}" if group else f"column:{name}"


def _arrangement(key: bytes, ring: str, rows: int) -> npt.NDArray[np.int64]:
    """For every row the row whose value it gets: the rows in random order, each after the one before it."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    secret = hmac.digest(key, f"shuffle:{ring}".encode(), "sha256")
    drawn = Cipher(algorithms.AES(secret), modes.CTR(bytes(16))).encryptor().update(bytes(8 * rows))
    order = np.argsort(np.frombuffer(drawn, "<u8"), kind="stable")
    source = np.empty(rows, np.int64)
    source[order] = np.roll(order, 1)
    return source


def _dealt(column: pa.Array, source: npt.NDArray[np.int64]) -> Callable[[int, int], pa.Array]:
    def part(start: int, stop: int) -> pa.Array:
        return column.take(pa.array(source[start:stop]))

    return part
