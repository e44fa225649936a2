"""The masker broken in every way somebody thought of, for every method and entity: each must be noticed.

A mutant is caught when the canaries, the witness of every row, or the scan of the staged table refuses. What changes nothing
is no mutant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, wraps
from itertools import chain, islice
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests import proofs

from gongkai import plugins, rules
from gongkai.batches import Batches, Stage
from gongkai.columns import cleaning
from gongkai.counts import Counts
from gongkai.disclosure import Form
from gongkai.errors import DataError
from gongkai.keys import Key
from gongkai.leaks import staged
from gongkai.leaks.canaries import Canaries
from gongkai.leaks.columns import CELLS, DATES, PLACES, WatchedColumn
from gongkai.leaks.originals import Listed
from gongkai.leaks.sketch import Collector, Sketch
from gongkai.leaks.tokens import Hasher
from gongkai.pipeline import desensitization, leak_guard
from gongkai.project import SHIPPED

from .combinations import Combination, all_of_them, by_column
from .mutants import MUTANTS, Values

KEY = Key("default", 1, bytes(range(7, 39)))
OTHER = Key("canary", 1, bytes(range(70, 102)))
HASHER = Hasher(bytes(range(64)))
SPOKEN = ("CN_ID_CARD", "PHONE", "EMAIL", "BANK_ACCOUNT", "FREE_TEXT", "ADDRESS", "PERSON_NO", "VEHICLE_PLATE")
"""Entities whose single values are found even in running text."""
MOVED = ("raw in a column published as it is", "raw in place of a masked name")


def columns(combination: Combination) -> list[WatchedColumn]:
    return leak_guard.columns(combination.entry, combination.plan, in_force())


@cache
def in_force() -> rules.Rules:
    return rules.load(SHIPPED)


def right(combination: Combination, key: Key = KEY) -> Stage:
    return desensitization.stage(SHIPPED, combination.plan, key, Counts())


def remembered(stage: Stage) -> Stage:
    """The same stage, that does not do the same work again."""
    known: dict[tuple[object, ...], pa.RecordBatch] = {}

    def run(batches: Batches) -> Batches:
        for given in batches:
            rows = tuple(tuple(column.to_pylist()) for column in given.columns)
            if rows not in known:
                (known[rows],) = stage(iter([given]))
            yield known[rows]

    return run


def caught(combination: Combination, canaries: Canaries, stages: tuple[Stage, Stage]) -> str | None:
    """The rule that noticed a broken masker, given as it is under two keys."""
    guarded = canaries.around(*stages)
    try:
        list(guarded(iter([combination.rows()])))
    except DataError as error:
        return error.reasons[0].rule
    return None


def broken(mutant: str, column: WatchedColumn, seen: Counter[str]) -> Callable[[Stage], Stage]:
    """The stage with one column's outputs changed as the mutant does; ``seen`` counts where that made a difference."""

    def change(stage: Stage) -> Stage:
        def run(batches: Batches) -> Batches:
            for given in batches:
                (out,) = stage(iter([given]))
                raw, masked = given.column("c").to_pylist(), out.column("c").cast(pa.string()).to_pylist()
                if mutant in MOVED:
                    place = 1 + MOVED.index(mutant)
                    wrong = out.set_column(place, out.schema.field(place), given.column("c"))
                else:
                    texts = pa.array(MUTANTS[mutant](Values(raw, masked, column.disclosure)), pa.string())
                    typed = cleaning.cast(texts, column.output)[0]
                    wrong = out.set_column(0, out.schema.field(0), typed)
                seen[mutant] += tells_something_else(wrong, out)
                yield wrong

        return run

    return change


def tells_something_else(wrong: pa.RecordBatch, out: pa.RecordBatch) -> bool:
    """Whether any value is neither what it should be nor missing, as text is that is no number of the column's type."""
    return any(
        pc.any(pc.coalesce(pc.not_equal(*pair), pc.is_valid(pair[0]))).as_py()
        for pair in zip(wrong.columns, out.columns, strict=True)
    )


def scanned(combination: Combination, stage: Stage, folder: Path) -> bool:
    """Whether the scan of the staged table notices what the canaries did not."""
    collector = Collector(folder, columns(combination), HASHER)
    pq.write_table(pa.Table.from_batches(stage(collector.stage(iter([combination.rows()])))), folder / "staged.parquet")
    collector.close()
    listed = Listed(Sketch.open(folder, HASHER), columns(combination))
    return bool(staged.scan(folder / "staged.parquet", combination.plan.columns, listed=listed).findings)


def survivors(combinations: Iterable[Combination], seen: Counter[str], folder: Path) -> list[str]:
    found = []
    for combination in combinations:
        column, *_ = all_columns = columns(combination)
        seed = combination.method if column.redacted else str(combination)
        canaries = Canaries(all_columns, Random(seed))
        stages = remembered(right(combination)), remembered(right(combination, OTHER))
        assert caught(combination, canaries, stages) is None, f"a right masker is refused: {combination}"
        if column.whole:
            continue
        for mutant in (*MUTANTS, *MOVED):
            before = seen[mutant]
            change = broken(mutant, column, seen)
            rule = caught(combination, canaries, (change(stages[0]), change(stages[1])))
            if rule is not None or seen[mutant] == before or is_equivalent(mutant, column):
                continue
            if not scanned(combination, change(stages[0]), folder):
                found.append(f"{mutant}: {combination}")
    return found


def is_equivalent(mutant: str, column: WatchedColumn) -> bool:
    """What cannot be told apart from a right output; kept tiny.

    A value of a column that is not about a person tells nothing elsewhere, and of two values, true and false, nobody can say
    where they come from. A method for running text leaves the text standing: its first and last character are told already,
    and so is a whole value in which it may recognise nothing and which is no identifier by itself. One value that is on the
    grid already is not forgotten.
    """
    if mutant in MOVED:
        return not column.watched or column.type == "boolean"
    if mutant == "identity for one row in 500":
        return (column.redacted and column.entity not in SPOKEN) or may_lie_where_it_was(column)
    return column.redacted and mutant == "one more character at each end"


def may_lie_where_it_was(column: WatchedColumn) -> bool:
    """Whether one value by itself may be as coarse as it must be: on a grid, moved by chance, a word of an unknown ladder."""
    known = DATES | PLACES | (CELLS if column.entity != "AGE" else frozenset())  # an age may be a coordinate
    return column.form is Form.COARSE and (column.on_a_grid or column.type == "text") and not column.disclosure.parts & known


def test_broken_maskers_of_the_most_used_columns_are_caught(tmp_path: Path) -> None:
    used = {("mask", "CN_ID_CARD"), ("pseudonymize", "PHONE"), ("suppress", "FREE_TEXT"), ("truncate_address", "ADDRESS")}
    some = [each for each in all_of_them(used) if each.type == "text"]
    assert len(some) >= len(used)
    assert survivors(some, Counter(), tmp_path) == []


@pytest.fixture
def quick_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The method for running text reads no text twice; which stand-ins it gives does not depend on a key."""
    method = plugins.load(SHIPPED, "transforms", "redact_text")
    read, known = method.apply, dict[str | None, str | None]({None: None})

    @wraps(read)
    def apply(column: pa.Array, **given: object) -> pa.Array:
        new = list({text for text in column.to_pylist() if text not in known})
        known.update(zip(new, read(pa.array(new, pa.string()), **given).to_pylist(), strict=True))
        return pa.array([known[text] for text in column.to_pylist()], pa.string())

    monkeypatch.setattr(method, "apply", apply)


def some(method: str, entities: int) -> Iterator[Combination]:
    """A method with so many of the entities that it may treat, chosen by the seed."""
    shuffled = Random(proofs.SEED).sample(list(in_force().entities), len(in_force().entities))
    found = (list(all_of_them({(method, entity)})) for entity in shuffled)
    return chain.from_iterable(islice(filter(None, found), entities))


@pytest.mark.slow
@pytest.mark.usefixtures("quick_reader")
def test_every_broken_masker_is_caught(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Of every method with every entity, or of each method with some."""
    seen: Counter[str] = Counter()
    tried = list(all_of_them()) if proofs.full() else [each for name in by_column() for each in some(name, 4)]
    assert {combination.method for combination in tried} == {*by_column()}
    assert survivors(tried, seen, tmp_path) == []
    assert set(seen) == {*MUTANTS, *MOVED}
    assert min(seen.values()) > proofs.count(100, 10), seen
    told = f"{len(tried):,} columns, {len(seen)} ways to break each, {sum(seen.values()):,} broken outputs, 0 survivors"
    record_property("proof", f"broken maskers: {told}")
