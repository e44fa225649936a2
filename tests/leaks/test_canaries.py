from __future__ import annotations

from collections.abc import Callable
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests import proofs

from gongkai import plugins, rules
from gongkai.batches import Batches, Stage
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError
from gongkai.leaks import generators, promises, witness
from gongkai.leaks.canaries import HEAD, TAIL, Canaries
from gongkai.leaks.columns import WatchedColumn
from gongkai.leaks.patterns import KINDS, find
from gongkai.project import SHIPPED
from gongkai.reference import divisions

PHONE = WatchedColumn("c", "电话", "text", "text", "PHONE", "direct", "mask", Disclosure(Form.PART, 3, 0))
KEPT = WatchedColumn("k", "序号", "text", "text", "NONE", "plain", "keep", Disclosure(Form.ALL))


def stage(method: Callable[[pa.Array], pa.Array]) -> Stage:
    def run(batches: Batches) -> Batches:
        for batch in batches:
            yield pa.record_batch({"电话": method(batch.column("c")), "序号": batch.column("k")})

    return run


def masked(column: pa.Array) -> pa.Array:
    return pc.if_else(column.is_valid(), pc.binary_join_element_wise(pc.utf8_slice_codeunits(column, 0, 3), "****", ""), None)


def rows(*sizes: int) -> list[pa.RecordBatch]:
    made = iter(range(10**6))
    return [
        pa.record_batch(
            {
                "c": pa.array([f"139{next(made):08d}" for _ in range(size)], pa.string()),
                "k": pa.array([f"n{next(made)}" for _ in range(size)], pa.string()),
            }
        )
        for size in sizes
    ]


def through(method: Callable[[pa.Array], pa.Array], batches: list[pa.RecordBatch], change: Stage | None = None) -> list[pa.RecordBatch]:
    flow = change or stage(method)
    return list(Canaries([PHONE, KEPT]).around(flow, stage(method))(iter(batches)))


@pytest.mark.parametrize("sizes", [(), (0,), (1,), (0, 3), (3, 0), (5, 1, 4), (2, 0, 2)])
def test_rows_pass_and_canaries_do_not(sizes: tuple[int, ...]) -> None:
    given = rows(*sizes)
    out = through(masked, given)
    assert sum(batch.num_rows for batch in out) == sum(sizes)
    expected = [value for batch in given for value in batch.column("k").to_pylist()]
    assert [value for batch in out for value in batch.column("序号").to_pylist()] == expected


def test_the_methods_see_canaries_among_the_rows() -> None:
    seen: list[int] = []

    def watching(column: pa.Array) -> pa.Array:
        seen.append(len(column))
        return masked(column)

    through(watching, rows(100, 100))
    assert seen == [HEAD + 100, 100 + TAIL, HEAD + TAIL]


def losing(keep: Callable[[int], slice]) -> Stage:
    def run(batches: Batches) -> Batches:
        for batch in stage(masked)(batches):
            yield batch.slice(*keep(batch.num_rows).indices(batch.num_rows)[:2])

    return run


@pytest.mark.parametrize("keep", [lambda n: slice(1, n), lambda n: slice(0, n - 1), lambda n: slice(0, 0)], ids=["first", "last", "all"])
def test_a_lost_canary_stops_the_run(keep: Callable[[int], slice]) -> None:
    with pytest.raises(DataError, match=r"canary\.lost"):
        through(masked, rows(10, 10), losing(keep))


def test_a_lost_batch_stops_the_run() -> None:
    def last_lost(batches: Batches) -> Batches:
        out = list(stage(masked)(batches))
        yield from out[:-1]

    with pytest.raises(DataError, match=r"canary\.lost"):
        through(masked, rows(10, 10), last_lost)


def test_what_is_said_holds_no_value() -> None:
    with pytest.raises(DataError) as caught:
        through(lambda column: pc.binary_join_element_wise(column, "!", ""), rows(5))
    assert "canary.survived" in str(caught.value)
    assert "电话" in str(caught.value)
    assert not any(character.isdigit() for character in str(caught.value))


def test_canaries_are_new_in_every_run() -> None:
    schema = rows(1)[0].schema
    one, other = (set(Canaries([PHONE, KEPT]).rows(schema).column("c").to_pylist()) for _ in range(2))
    assert not one & other


def test_a_forgotten_row_far_from_the_canaries_is_seen() -> None:
    def forgetful(column: pa.Array) -> pa.Array:
        some = pa.array([index == 5_000 for index in range(len(column))])
        return pc.if_else(some, column, masked(column))

    with pytest.raises(DataError, match=r"leak\.unmasked.*1 value"):
        through(forgetful, rows(10_000))


def test_another_column_s_value_here_and_there_is_seen() -> None:
    def moved(batches: Batches) -> Batches:
        for batch in batches:
            (out,) = stage(masked)(iter([batch]))
            some = pa.array([index == 5_000 for index in range(len(out))])
            yield out.set_column(1, "序号", pc.if_else(some, batch.column("c"), out.column("序号")))

    with pytest.raises(DataError, match=r"leak\.moved"):
        through(masked, rows(10_000), moved)


def test_every_generated_value_fits_its_entity() -> None:
    random = Random(1)
    entities = {code: entity for code, entity in rules.load(SHIPPED).entities.items() if entity.shape and entity.group != "plain"}
    assert len(entities) > 15
    for code, entity in entities.items():
        made = pa.array([generators.text(code, random) for _ in range(100)])
        assert pc.all(pc.match_substring_regex(made, f"^(?:{entity.shape})$")).as_py(), code
        assert len(pc.unique(made)) > 10, code


def test_names_of_divisions_have_nothing_finer() -> None:
    """A division's own name may come out of truncation as it is; every one of the shipped table is known by its end."""
    table = divisions.load(SHIPPED)
    titles = pa.array(sorted({table.title(code) for code in table.names}))
    county = WatchedColumn("a", "a", "text", "text", "ADDRESS", "direct", "t", Disclosure(Form.COARSE, parts=frozenset({"county"})))
    assert list(witness.reasons([county], pa.record_batch({"a": titles}), pa.record_batch({"a": titles}))) == []


FINER = ["北京市东城区小桥胡同12号", "370102001001", "北京市东城区小桥胡同"]


@pytest.mark.parametrize("value", FINER)
def test_a_finer_place_may_not_come_out(value: str) -> None:
    places = frozenset({"county", "city", "province"})
    for first in (0, 6):
        column = WatchedColumn("a", "a", "text", "text", "ADDRESS", "direct", "t", Disclosure(Form.COARSE, first, parts=places))
        rows = pa.record_batch({"a": [value]})
        assert [reason.rule for reason in witness.reasons([column], rows, rows)] == ["leak.unmasked"]


REMARK = WatchedColumn("r", "备注", "text", "text", "FREE_TEXT", "direct", "redact_text", Disclosure(Form.PART, parts=frozenset({"text"})))
SCHEMA = pa.schema([("r", pa.string())])


def broken_seeds(seeds: range, mode: str) -> list[int]:
    """The seeds whose canaries ``redact_text`` does not take out, all run in one batch."""
    planted = [Canaries([REMARK], Random(seed)).rows(SCHEMA).column("r") for seed in seeds]
    out = plugins.load(SHIPPED, "transforms", "redact_text").apply(pa.concat_arrays(planted), mode=mode).to_pylist()
    kept = iter(out)
    passed = [[promises.Passed(raw, (cell := next(kept)), cell) for raw in texts.to_pylist()] for texts in planted]
    return [seed for seed, each in zip(seeds, passed, strict=True) if promises.broken(REMARK, each, [])]


@pytest.mark.parametrize("mode", ["balanced", "strict"])
def test_a_right_masker_of_running_text_keeps_its_promise(mode: str) -> None:
    assert broken_seeds(range(60), mode) == []


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["balanced", "strict"])
def test_it_does_so_whatever_is_planted(mode: str, record_property: Callable[[str, object], None]) -> None:
    seeds = range(1000, proofs.count(1300, 1075))
    assert broken_seeds(seeds, mode) == []
    record_property("proof", f"canaries in running text, {mode}: {len(seeds)} seeds, 0 left standing")


def test_planted_numbers_are_those_people_have() -> None:
    random = Random(7)
    cards = pa.array([generators.card(random) for _ in range(500)])
    mobiles = pa.array([generators.mobile(random) for _ in range(500)])
    ids = pa.array([generators.resident_id(random) for _ in range(500)])
    for kind, made in {"bank_card": cards, "mobile": mobiles, "resident_id": ids}.items():
        assert find(KINDS[kind], made).values == 500, kind
