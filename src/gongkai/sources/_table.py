"""What every SQL source has in common: the table's name, the columns asked for, the count to reconcile, the edge to drivers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gongkai.batches import Batches
from gongkai.errors import ConfigError, DataError, Reason, TransientError, known
from gongkai.project import Project

if TYPE_CHECKING:
    from sqlalchemy import URL

_PART = r'("(?:[^"]|"")+"|[^".]+)'
_NAME = re.compile(rf"(?:{_PART}\.)?{_PART}")


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view behind a connection: ``connection`` is the id people know, ``url`` what a driver needs."""

    connection: str
    url: URL
    schema: str | None
    name: str
    zone: ZoneInfo

    @property
    def written(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def unknown(self, names: Collection[str]) -> ConfigError:
        """The error for a table that is not there, with the nearest of the ``names`` that are."""
        remedy = known(self.name, names) if len(names) <= 50 else _near(self.name, names)
        return ConfigError.of(f"no table '{self.written}' behind connection '{self.connection}'", remedy, key="source.table")


def split(table: str) -> tuple[str | None, str]:
    """``schema.table`` in its two parts; a dot inside a name is written ``"in.quotes"``.

    >>> split("dept.人口"), split('"a.b"')
    (('dept', '人口'), (None, 'a.b'))
    >>> split("a.b.c")
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: source.table: is not a table's name; write table or schema.table
    """
    found = _NAME.fullmatch(table)
    if not found:
        raise ConfigError.of("is not a table's name", "write table or schema.table", key="source.table")
    schema, name = (part and (part[1:-1].replace('""', '"') if part.startswith('"') else part) for part in found.groups())
    return schema, name


def zone(project: Project) -> ZoneInfo:
    """The project's time zone: the one moments with a zone are written in."""
    return project.timezone


def require(asked: Sequence[str], present: Collection[str]) -> None:
    """DataError naming every column asked for that the source no longer has.

    >>> require(["地址"], ["地址", "地质"])
    >>> require(["phone"], ["phones", "name"])
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: source.missing_column: the source has no such column; did you mean 'phones'? (column phone)
    """
    reasons = [
        Reason("source.missing_column", f"the source has no such column; {_near(name, present)}", column=name)
        for name in asked
        if name not in present
    ]
    if reasons:
        raise DataError(*reasons)


def refuse_bytes(columns: Collection[str]) -> None:
    """DataError naming the columns whose type is bytes, geometry or another one without a text form."""
    if columns:
        raise DataError(*(Reason("source.bytes", "bytes cannot be published as text", column=name) for name in columns))


def reconcile(batches: Batches, expected: int) -> Batches:
    """Pass the batches on; at their end, DataError when they hold more or fewer rows than the source counted.

    >>> import pyarrow as pa
    >>> list(reconcile(iter([pa.record_batch({"a": ["x"]})]), 2))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: source.row_count: the source has 2 rows, 1 arrived
    """
    arrived = 0
    for batch in batches:
        arrived += batch.num_rows
        yield batch
    if arrived != expected:
        raise DataError.of("source.row_count", f"the source has {expected} rows, {arrived} arrived")


@contextmanager
def edge(
    connection: str,
    *,
    away: tuple[type[Exception], ...],
    denied: tuple[type[Exception], ...] = (),
    other: tuple[type[Exception], ...],
) -> Iterator[None]:
    """Turn a driver's errors into ours: only their class goes on, for their text may quote a row or a password."""
    try:
        yield
    except denied as error:
        raise denial(connection, error) from None
    except away as error:
        raise TransientError(f"connection '{connection}'", type(error).__name__) from None
    except other as error:
        raise refusal(connection, error) from None


def denial(connection: str, error: Exception) -> ConfigError:
    return ConfigError.of(
        f"the account of connection '{connection}' may not read the table or a column of it ({type(error).__name__})",
        "grant it SELECT",
        key="source.connection",
    )


def refusal(connection: str, error: Exception) -> DataError:
    return DataError.of("source.query", f"connection '{connection}' refuses the query ({type(error).__name__})")


def _near(name: str, names: Collection[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=1)
    return f"did you mean '{close[0]}'?" if close else f"it has {len(names)} others"
