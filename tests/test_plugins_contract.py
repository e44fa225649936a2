"""What every desensitization method keeps to, found by walking the folder: a new file is held to it by being there."""

from __future__ import annotations

import datetime as dt
import doctest
import inspect
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from gongkai import plugins, schema
from gongkai.disclosure import Disclosure, Form
from gongkai.plan import methods

METHODS = methods.names()
KEY = bytes(range(32))
GIVEN: dict[str, dict[str, Any]] = {
    "mask": {"keep": (1, 1)},
    "generalize_date": {"to": "year"},
    "generalize_region": {"to": "city"},
    "truncate_address": {"to": "city"},
    "bucket": {"width": 10},
    "round": {"to": 10},
    "top_code": {"top": 40},
    "generalize": {"hierarchy": "education", "level": 1},
    "snap_coordinates": {"axis": "latitude", "metres": 10_000},
    "noise": {"epsilon": 1.0, "sensitivity": 1.0, "low": 0, "high": 100, "step": 1.0},
    "shift_date": {"days": 30},
}
"""Parameters of the methods that need some."""
TABLE: dict[str, dict[str, Any]] = {
    "k_anonymize": {"k": 2, "suppress": 1.0},
    "microaggregate": {"k": 2},
    "small_cells": {"by": ["row"]},
}
"""Parameters of the whole-table ones."""
ENTITIES = {"fake": "PERSON_NAME", "generalize_date": "DATE_OF_BIRTH"}
COLUMNS: dict[str, pa.Array] = {
    "text": pa.array(["110101199003070038", None, "张三", "", "1990-03-07", "370102", "济南市历下区1号", "张三"]),
    "integer": pa.array([1, None, -7, 42, 42]),
    "decimal": pa.array([Decimal("1.50"), None, Decimal("-7.00")], pa.decimal128(9, 2)),
    "float": pa.array([1.5, None, -7.25]),
    "boolean": pa.array([True, None, False]),
    "date": pa.array([dt.date(1990, 3, 7), None, dt.date(2024, 2, 29)]),
    "datetime": pa.array([dt.datetime(1990, 3, 7, 1, 2, 3), None], pa.timestamp("us")),
}
WRITTEN = {"integer": "integer", "decimal": "decimal(9,2)"}
BY_COLUMN = [name for name in METHODS if not methods.whole_table(methods.load(name))]
WHOLE = [name for name in METHODS if methods.whole_table(methods.load(name))]


def pairs(names: list[str]) -> list[tuple[str, str]]:
    return [(name, family) for name in names for family in sorted(methods.load(name).TYPES)]


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> ModuleType:
    return methods.load(request.param)


def name_of(method: ModuleType) -> str:
    return method.__name__.rpartition(".")[2]


def entity_of(name: str) -> str:
    return ENTITIES.get(name, "CN_ID_CARD")


def told(name: str, count: int) -> dict[str, Any]:
    """What the program gives a column's method."""
    given = {"key": KEY, "entity": entity_of(name), "person": pa.array([f"p{index}" for index in range(count)], pa.string())}
    return {key: value for key, value in given.items() if methods.wants(methods.load(name), key)}


def apply(name: str, column: pa.Array) -> pa.Array:
    return methods.load(name).apply(column, **GIVEN.get(name, {}), **told(name, len(column)))


def stage(name: str, column: pa.Array, scratch: Path, cuts: int = 1) -> pa.Array:
    method = methods.load(name)
    rows = pa.record_batch({"row": [str(index) for index in range(len(column))], "c": column})
    pieces = [rows.slice(start, cuts) for start in range(0, max(len(column), 1), cuts)]
    given = {"columns": {"c": GIVEN.get(name, {})}, "key": KEY, "scratch": scratch, "note": lambda found: None,
             "person": None, "entities": {"c": entity_of(name)}}  # fmt: skip
    wanted = {key: value for key, value in given.items() if methods.wants(method, key)}
    out: Iterator[pa.RecordBatch] = method.stage(iter(pieces), **wanted, **TABLE.get(name, {}))
    return pa.Table.from_batches(list(out)).column("c").combine_chunks()


def many(name: str, family: str) -> pa.Array:
    """Rows enough for a method of the whole table; counts, where it takes counts."""
    column = pa.concat_arrays([COLUMNS[family]] * 12)
    return pc.round(pc.fill_null(pc.abs(column), 0)).cast(column.type) if name == "small_cells" else column


def test_the_methods_of_the_first_releases_are_there() -> None:
    assert {
        "keep", "mask", "redact", "suppress", "pseudonymize", "encrypt_fpe", "fake", "generalize_date", "generalize_region",
        "generalize", "bucket", "round", "top_code", "truncate_address", "snap_coordinates", "shift_date", "noise", "shuffle",
        "microaggregate", "k_anonymize", "small_cells", "redact_text",
    } <= set(METHODS)  # fmt: skip


def test_says_what_it_is(method: ModuleType) -> None:
    assert re.search("[\u4e00-\u9fff]", method.TITLE)
    assert set(COLUMNS) >= method.TYPES
    assert method.TYPES
    assert method.__doc__ is not None
    assert method.__doc__.startswith(name_of(method))


def test_has_one_verb(method: ModuleType) -> None:
    assert hasattr(method, "apply") != hasattr(method, "stage")
    assert hasattr(method, "output") == hasattr(method, "stage")


def test_parameters_are_its_signature(method: ModuleType) -> None:
    verb = method.stage if methods.whole_table(method) else method.apply
    first, *others = inspect.signature(verb).parameters.values()
    assert first.name == ("batches" if methods.whole_table(method) else "column")
    hints = get_type_hints(verb)
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY and each.name in hints for each in others)
    own = plugins.parameters(method.output if methods.whole_table(method) else method.apply)
    revealing = plugins.parameters(method.reveals)
    assert set(revealing) <= set(own) - methods.BY_PROGRAM
    assert all(revealing[name].default == own[name].default for name in revealing)
    assert next(iter(inspect.signature(method.reveals).parameters)) == "entity"
    assert get_type_hints(method.reveals)["return"] is Disclosure


def test_what_it_says_of_its_fit_is_about_its_own_parameters(method: ModuleType) -> None:
    if hasattr(method, "fits"):
        first, second, *_ = inspect.signature(method.fits).parameters
        assert (first, second) == ("published", "treated")
        own, fitting = (plugins.parameters(each) for each in (method.stage, method.fits))
        assert {name: each.default for name, each in fitting.items()} == {name: own[name].default for name in fitting}


def test_reveals_from_its_parameters_alone(method: ModuleType) -> None:
    name = name_of(method)
    left = methods.revealed(method, entity_of(name), GIVEN.get(name, {}))
    assert isinstance(left, Disclosure)
    assert left.form is Form.ALL or not left.positions(18) or left.form >= Form.COARSE


def test_has_examples_that_hold(method: ModuleType) -> None:
    verbs = (method.stage if methods.whole_table(method) else method.apply, method.reveals)
    for verb in verbs:
        assert ">>>" in (verb.__doc__ or "")
    if plugins.parameters(verbs[0], given_by_program=methods.BY_PROGRAM | methods.TABLE_BY_PROGRAM):
        assert any("Traceback" in (verb.__doc__ or "") for verb in (*verbs, *([method.output] if hasattr(method, "output") else [])))
    assert doctest.testmod(method, optionflags=doctest.ELLIPSIS).failed == 0


@pytest.mark.parametrize(("name", "family"), pairs(BY_COLUMN))
def test_nulls_stay_null_and_no_row_is_lost(name: str, family: str) -> None:
    column = COLUMNS[family]
    out = apply(name, column)
    assert isinstance(out, pa.Array)
    assert len(out) == len(column)
    assert all(published is None for value, published in zip(column.to_pylist(), out.to_pylist(), strict=True) if value is None)
    assert apply(name, column.filter(column.is_null())).null_count == column.null_count


@pytest.mark.parametrize(("name", "family"), pairs(BY_COLUMN))
def test_an_empty_column_gives_the_type(name: str, family: str) -> None:
    empty = apply(name, COLUMNS[family].slice(0, 0))
    assert empty.type == apply(name, COLUMNS[family]).type
    assert schema.arrow_type(schema.logical_type(empty.type)) == empty.type


@pytest.mark.parametrize(("name", "family"), pairs(BY_COLUMN))
def test_how_the_column_is_laid_out_does_not_matter(name: str, family: str) -> None:
    column = COLUMNS[family]
    given, by_program = GIVEN.get(name, {}), told(name, len(column))
    method = methods.load(name)

    def again(laid_out: pa.Array, rows: slice = slice(None)) -> pa.Array:
        own = {key: value[rows] if key == "person" else value for key, value in by_program.items()}
        return method.apply(laid_out, **given, **own)

    expected = apply(name, column)
    padded = pa.concat_arrays([column[:1], column, column[-1:]]).slice(1, len(column))
    assert again(padded).equals(expected)
    assert again(column.dictionary_encode()).equals(expected)
    assert again(pa.chunked_array([column[:1], column[1:]])).equals(expected)
    single = [again(column[index : index + 1], slice(index, index + 1)) for index in range(len(column))]
    assert pa.concat_arrays(single).equals(expected)
    if family == "text":
        assert again(column.cast(pa.large_string())).equals(expected)


@pytest.mark.parametrize(("name", "family"), pairs(WHOLE))
def test_a_whole_table_method_gives_a_row_for_a_row_of_its_type(name: str, family: str, tmp_path: Path) -> None:
    column = many(name, family)
    out = stage(name, column, tmp_path)
    assert len(out) == len(column)
    logical = methods.load(name).output(WRITTEN.get(family, family), **GIVEN.get(name, {}))
    assert out.type == schema.arrow_type(logical)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "family"), pairs(WHOLE))
def test_how_the_rows_are_cut_does_not_matter(name: str, family: str, tmp_path: Path) -> None:
    column = many(name, family)
    assert stage(name, column, tmp_path, cuts=1).equals(stage(name, column, tmp_path, cuts=7))
