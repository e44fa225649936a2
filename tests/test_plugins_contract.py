"""What every desensitization method keeps to, found by walking the folder: a new file is held to it by being there."""

from __future__ import annotations

import datetime as dt
import doctest
import inspect
import re
from decimal import Decimal
from types import ModuleType
from typing import Any, get_type_hints

import pyarrow as pa
import pytest

from gongkai import plugins, schema
from gongkai.disclosure import Disclosure

PACKAGE = "gongkai.transforms"
METHODS = plugins.names(PACKAGE)
GIVEN: dict[str, dict[str, Any]] = {
    "mask": {"keep": (1, 1)},
    "pseudonymize": {"key": bytes(range(32))},
    "generalize_date": {"to": "year"},
    "generalize_region": {"to": "city"},
    "truncate_address": {"to": "city"},
    "bucket": {"width": 10},
}
COLUMNS: dict[str, pa.Array] = {
    "text": pa.array(["110101199003070038", None, "张三", "", "1990-03-07", "370102", "济南市历下区1号", "张三"]),
    "integer": pa.array([1, None, -7, 42, 42]),
    "decimal": pa.array([Decimal("1.50"), None, Decimal("-7.00")], pa.decimal128(9, 2)),
    "float": pa.array([1.5, None, -7.25]),
    "boolean": pa.array([True, None, False]),
    "date": pa.array([dt.date(1990, 3, 7), None, dt.date(2024, 2, 29)]),
    "datetime": pa.array([dt.datetime(1990, 3, 7, 1, 2, 3), None], pa.timestamp("us")),
}
PAIRS = [(name, family) for name in METHODS for family in sorted(plugins.load(PACKAGE, name).TYPES)]


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> ModuleType:
    return plugins.load(PACKAGE, request.param)


def apply(name: str, column: pa.Array) -> pa.Array:
    return plugins.load(PACKAGE, name).apply(column, **GIVEN.get(name, {}))


def test_the_methods_of_the_first_release_are_there() -> None:
    assert {
        "keep", "mask", "suppress", "pseudonymize", "generalize_date", "generalize_region", "truncate_address", "bucket"
    } <= set(METHODS)  # fmt: skip


def test_says_what_it_is(method: ModuleType) -> None:
    assert re.search("[\u4e00-\u9fff]", method.TITLE)
    assert set(COLUMNS) >= method.TYPES
    assert method.TYPES
    assert method.__doc__ is not None
    assert method.__doc__.startswith(method.__name__.rpartition(".")[2])


def test_parameters_are_its_signature(method: ModuleType) -> None:
    first, *others = inspect.signature(method.apply).parameters.values()
    assert first.name == "column"
    hints = get_type_hints(method.apply)
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY and each.name in hints for each in others)
    revealing = plugins.parameters(method.reveals)
    assert set(revealing) <= set(plugins.parameters(method.apply)) - {"key"}
    assert all(revealing[name].default == plugins.parameters(method.apply)[name].default for name in revealing)
    assert get_type_hints(method.reveals)["return"] is Disclosure


def test_reveals_from_its_parameters_alone(method: ModuleType) -> None:
    given = GIVEN.get(method.__name__.rpartition(".")[2], {})
    assert isinstance(method.reveals(**{key: given[key] for key in given if key != "key"}), Disclosure)


def test_has_examples_that_hold(method: ModuleType) -> None:
    for verb in (method.apply, method.reveals):
        assert ">>>" in (verb.__doc__ or "")
    if plugins.parameters(method.apply, given_by_program=frozenset({"key"})):
        assert "Traceback" in (method.apply.__doc__ or "")
    assert doctest.testmod(method).failed == 0


@pytest.mark.parametrize(("name", "family"), PAIRS)
def test_nulls_stay_null_and_no_row_is_lost(name: str, family: str) -> None:
    column = COLUMNS[family]
    out = apply(name, column)
    assert isinstance(out, pa.Array)
    assert len(out) == len(column)
    assert all(published is None for value, published in zip(column.to_pylist(), out.to_pylist(), strict=True) if value is None)
    assert apply(name, column.filter(column.is_null())).null_count == column.null_count


@pytest.mark.parametrize(("name", "family"), PAIRS)
def test_an_empty_column_gives_the_type(name: str, family: str) -> None:
    empty = apply(name, COLUMNS[family].slice(0, 0))
    assert empty.type == apply(name, COLUMNS[family]).type
    assert schema.arrow_type(schema.logical_type(empty.type)) == empty.type


@pytest.mark.parametrize(("name", "family"), PAIRS)
def test_how_the_column_is_laid_out_does_not_matter(name: str, family: str) -> None:
    column = COLUMNS[family]
    expected = apply(name, column)
    padded = pa.concat_arrays([column[:1], column, column[-1:]]).slice(1, len(column))
    assert apply(name, padded).equals(expected)
    assert apply(name, column.dictionary_encode()).equals(expected)
    assert apply(name, pa.chunked_array([column[:1], column[1:]])).equals(expected)
    assert pa.concat_arrays([apply(name, column[index : index + 1]) for index in range(len(column))]).equals(expected)
    if family == "text":
        assert apply(name, column.cast(pa.large_string())).equals(expected)
