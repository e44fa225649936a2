"""Canaries 金丝雀: made-up rows that run through the methods among the real ones, at the head and at the tail of the stream.

They are known by where they stand, never by what is in them: the stage must give a row for a row. On the far side they are held
against what each method promises and dropped, so that nothing of them is counted, sorted or written. Their values are random
in every run. Every real row is witnessed on the way (``gongkai.leaks.witness``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random, SystemRandom

import pyarrow as pa

from gongkai.batches import Batches, Stage
from gongkai.disclosure import Form
from gongkai.errors import DataError, Reason
from gongkai.leaks import generators, promises, witness
from gongkai.leaks.canary_result import Passed
from gongkai.leaks.columns import CELLS, DATES, PLACES, WatchedColumn

HEAD, TAIL = 12, 4
"""How many canaries stand at each end; the first of the tail are the first of the head again."""
_AGAIN = 2
_ODD = HEAD - 1
"""The canary whose texts fit no shape."""
_TRIES = 50


@dataclass(frozen=True, slots=True)
class _Planted:
    """A column's values, one a canary, and which of them differ in nothing but their fine part."""

    column: WatchedColumn
    texts: list[str]
    twins: list[tuple[int, ...]] = field(default_factory=list)


class Canaries:
    """The canaries of one run; ``columns`` are those its methods take, ``beside`` the names of others a row must have: what is
    planted there is not looked for."""

    def __init__(self, columns: Sequence[WatchedColumn], random: Random | None = None, *, beside: Sequence[str] = ()) -> None:
        random = random or SystemRandom()
        self.columns = [column for column in columns if column.published is not None]
        self._planted: list[_Planted] = []
        for column in self.columns:
            self._planted.append(_plant(column, random, [other.texts for other in self._planted]))
        self._beside = {
            name: _plant(WatchedColumn(name, None, "text", "text", "PERSON_NO", "direct"), random, []) for name in beside
        }

    def rows(self, schema: pa.Schema) -> pa.RecordBatch:
        """All canaries as rows of the source, in its schema; columns no method takes are null."""
        texts = {planted.column.name: planted.texts for planted in (*self._beside.values(), *self._planted)}
        arrays = [
            pa.array(texts[item.name], pa.string()).cast(item.type) if item.name in texts else pa.nulls(HEAD + TAIL, item.type)
            for item in schema
        ]
        return pa.record_batch(arrays, schema=schema)

    def around(self, stage: Stage, other: Stage) -> Stage:
        """The stage with canaries before and behind what goes through it; ``other`` is the same stage under another key.

        Raises DataError: ``canary.lost`` where rows do not come out as they went in, ``canary.survived`` where a canary shows
        more than its column's method promises, ``leak.unmasked`` and ``leak.moved`` where a real row does.
        """

        def run(batches: Batches) -> Batches:
            queue: deque[_Fed] = deque()
            caught: list[pa.RecordBatch] = []
            for out in stage(self._feed(batches, queue)):
                if not queue or queue[0].batch.num_rows != out.num_rows:
                    raise _lost()
                fed = queue.popleft()
                found = list(witness.reasons(self.columns, fed.batch.slice(fed.head, fed.rows), out.slice(fed.head, fed.rows)))
                if found:
                    raise DataError(*found)
                caught += [out.slice(0, fed.head)] * bool(fed.head) + [out.slice(fed.head + fed.rows)] * bool(fed.tail)
                yield out.slice(fed.head, fed.rows)
            if queue or sum(piece.num_rows for piece in caught) != HEAD + TAIL:
                raise _lost()
            self._judge(pa.concat_batches(caught), other)

        return run

    def _feed(self, batches: Batches, queue: deque[_Fed]) -> Batches:
        """The batches with the canaries laid to the first and the last of them."""
        first = next(batches, None)
        canaries = self.rows(first.schema if first is not None else self._schema())
        waiting = _Fed(canaries.slice(0, HEAD), HEAD, 0)
        if first is not None:
            waiting = _Fed(pa.concat_batches([canaries.slice(0, HEAD), first]), HEAD, 0)
        for batch in batches:
            queue.append(waiting)
            yield waiting.batch
            waiting = _Fed(batch, 0, 0)
        waiting = _Fed(pa.concat_batches([waiting.batch, canaries.slice(HEAD)]), waiting.head, TAIL)
        queue.append(waiting)
        yield waiting.batch

    def _schema(self) -> pa.Schema:
        names = dict.fromkeys([*(column.name for column in self.columns), *self._beside])
        return pa.schema([(name, pa.string()) for name in names])

    def _judge(self, caught: pa.RecordBatch, other: Stage) -> None:
        (under_another_key,) = other(iter([self.rows(self._schema())]))
        outs = {name: _texts(caught.column(name)) for name in caught.schema.names}
        others = {name: _texts(under_another_key.column(name)) for name in caught.schema.names}
        found = [reason for planted in self._planted for reason in _broken(planted, outs, others)]
        if found:
            raise DataError(*found)


@dataclass(frozen=True, slots=True)
class _Fed:
    """A batch on its way in, with how many canaries stand at its beginning and at its end."""

    batch: pa.RecordBatch
    head: int
    tail: int

    @property
    def rows(self) -> int:
        return int(self.batch.num_rows) - self.head - self.tail


def _broken(planted: _Planted, outs: dict[str, list[str | None]], others: dict[str, list[str | None]]) -> Iterator[Reason]:
    column = planted.column
    name = str(column.published)
    passed = [Passed(*each) for each in zip(planted.texts, outs[name], others[name], strict=True)]
    how = promises.broken(column, passed, [[passed[index] for index in group] for group in planted.twins])
    if how is not None:
        yield Reason("canary.survived", f"{how}: method {column.method}", name)
    if not column.watched:
        return
    for elsewhere, cells in outs.items():
        pairs = list(zip(planted.texts, cells, strict=True))
        if elsewhere != name and (any(_told(column, *pair) for pair in pairs) or _same(column, pairs)):
            message = f"values of column {name} stand in another column: method {column.method}"
            yield Reason("canary.survived", message, elsewhere)


def _told(column: WatchedColumn, raw: str, cell: str | None) -> bool:
    if column.type == "boolean":
        return False
    return any(promises.told(part, cell) for part in (generators.inside(raw) if column.redacted else [raw]))


def _same(column: WatchedColumn, pairs: Sequence[tuple[str, str | None]]) -> bool:
    """Whether another column has each canary's value, however short; of two values too much would be the same by chance."""
    return column.type != "boolean" and all(raw == cell for raw, cell in pairs)


def _plant(column: WatchedColumn, random: Random, others: Sequence[Sequence[str]]) -> _Planted:
    texts: list[str] = []
    twins: list[tuple[int, ...]] = []
    for group in _twins(column, random):
        twins.append(tuple(range(len(texts), len(texts) + len(group))))
        texts += group
    while len(texts) < HEAD + TAIL - _AGAIN:
        index = len(texts) if len(texts) < HEAD else len(texts) + _AGAIN
        taken = [texts, *([column_texts[index]] for column_texts in others)]
        texts.append(_fresh(column, random, [text for some in taken for text in some]))
    if column.type == "text" and not column.redacted:
        texts[_ODD] += "#" + generators.name(random)[1:]
    return _Planted(column, [*texts[:HEAD], *texts[:_AGAIN], *texts[HEAD:]], twins)


def _fresh(column: WatchedColumn, random: Random, taken: Sequence[str]) -> str:
    """A value that neither contains one of those taken nor is contained in one."""
    for _ in range(_TRIES):
        value = _value(column, random)
        if not any(value in other or other in value for other in taken):
            return value
    return value


def _value(column: WatchedColumn, random: Random) -> str:
    if column.type != "text":
        return generators.typed(column.type, random)
    return generators.remark(random) if column.redacted else generators.text(column.entity, random)


def _twins(column: WatchedColumn, random: Random) -> Iterator[list[str]]:
    """Groups of values among which a coarser one must be the same for two at least: all but their fine part is the same."""
    if column.form is not Form.COARSE or column.moved:
        return
    family = column.type.partition("(")[0]
    if family in ("integer", "decimal", "float"):
        value = Decimal(generators.typed(column.type, random))
        step = Decimal(1).scaleb(int(value.as_tuple().exponent) - 3 * (family == "float"))
        yield [f"{value + step * count:f}" for count in range(_beside(column, step))]
    elif column.disclosure.parts & DATES:
        month, times = generators.day(random)[:8], (" 08:30:12", " 21:05:37") if family == "datetime" else ("", "")
        yield [f"{month}{day}{time}" for day, time in zip(("03", "21"), times, strict=True)]
    elif column.disclosure.parts & PLACES:
        county = generators.region(random)[:6]
        yield [f"{county}001203", f"{county}002207"]
        place = generators.county(random)
        yield [generators.address(random, place), generators.address(random, place) + "东"]
    elif column.disclosure.parts & CELLS:
        lng, lat = (Decimal(degrees) for degrees in generators.point(random).split(","))
        steps = [Decimal(count).scaleb(-6) for count in range(5)]
        yield [f"{lng + step},{lat + step}" for step in steps]
        yield [f"{lat + step}" for step in steps]


def _beside(column: WatchedColumn, step: Decimal) -> int:
    """How many values in a row must hold two that come out the same: a range, and a half at each end of it."""
    width = column.disclosure.width
    if width is None or not column.on_a_grid:
        return 3
    return max(3, min(int(2 * Decimal(repr(width)) / step) + 1, HEAD - 4))


def _texts(column: pa.Array) -> list[str | None]:
    texts: list[str | None] = column.cast(pa.string()).to_pylist()
    return texts


def _lost() -> DataError:
    return DataError.of("canary.lost", "rows did not come out of desensitizing as they went in")
