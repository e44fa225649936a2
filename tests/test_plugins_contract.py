"""What every desensitization method keeps to, found by walking the folder: a new file is held to it by being there."""

from __future__ import annotations

import dataclasses
import datetime as dt
import doctest
import inspect
import re
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from gongkai import plugins
from gongkai.batches import Batches
from gongkai.columns import logical_types
from gongkai.disclosure import Disclosure, Form
from gongkai.methods.table import Treatment
from gongkai.plan import contract
from gongkai.plan.contract import Method
from gongkai.project import SHIPPED

METHODS = contract.names(SHIPPED)
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
BY_COLUMN = [name for name in METHODS if not contract.load(SHIPPED, name).whole_table]
WHOLE = [name for name in METHODS if contract.load(SHIPPED, name).whole_table]


def pairs(names: list[str]) -> list[tuple[str, str]]:
    return [(name, family) for name in names for family in sorted(contract.load(SHIPPED, name).types)]


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> Method:
    return contract.load(SHIPPED, request.param)


def entity_of(name: str) -> str:
    return ENTITIES.get(name, "CN_ID_CARD")


def told(name: str, count: int) -> dict[str, Any]:
    """What the program gives a column's method."""
    return {"key": KEY, "entity": entity_of(name), "person": pa.array([f"p{index}" for index in range(count)], pa.string())}


def apply(name: str, column: pa.Array) -> pa.Array:
    return contract.load(SHIPPED, name).apply(column, GIVEN.get(name, {}), **told(name, len(column)))


def stage(name: str, column: pa.Array, scratch: Path, cuts: int = 1) -> pa.Array:
    method = contract.load(SHIPPED, name)
    rows = pa.record_batch({"row": [str(index) for index in range(len(column))], "c": column})
    pieces = [rows.slice(start, cuts) for start in range(0, max(len(column), 1), cuts)]
    entities = {"c": entity_of(name)}
    treatment = Treatment(columns={"c": GIVEN.get(name, {})}, entities=entities, scratch=scratch, key=KEY)
    out = method.stage(iter(pieces), method.table_params(TABLE.get(name, {})), treatment)
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


def test_says_what_it_is(method: Method) -> None:
    assert re.search("[\u4e00-\u9fff]", method.title)
    assert set(COLUMNS) >= method.types
    assert method.types
    assert method.module.__doc__ is not None
    assert method.module.__doc__.startswith(method.name)
    assert isinstance(method.module.VERSION, int)
    assert method.lacks == ()
    assert not method.on_series


def test_has_one_verb(method: Method) -> None:
    assert hasattr(method.module, "apply") != hasattr(method.module, "stage")
    assert hasattr(method.module, "output") == hasattr(method.module, "stage")
    assert hasattr(method.module, "broken") == hasattr(method.module, "stage")


def test_parameters_are_its_signature(method: Method) -> None:
    module = method.module
    verb = module.stage if method.whole_table else module.apply
    first, *others = inspect.signature(verb).parameters.values()
    hints = get_type_hints(verb)
    if method.whole_table:
        assert [first.name, *(each.name for each in others)] == ["batches", "params", "treatment"]
        assert [hints[name] for name in ("batches", "params", "treatment", "return")] == [Batches, module.Params, Treatment, Batches]
    else:
        assert first.name == "column"
        assert all(each.kind is inspect.Parameter.KEYWORD_ONLY and each.name in hints for each in others)
    own = plugins.parameters(module.output if method.whole_table else module.apply)
    revealing = plugins.parameters(module.reveals)
    assert set(revealing) - {"project"} <= set(own) - contract.BY_PROGRAM
    assert all(revealing[name].default == own[name].default for name in revealing)
    assert next(iter(inspect.signature(module.reveals).parameters)) == "entity"
    assert get_type_hints(module.reveals)["return"] is Disclosure


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_table_methods_parameters_are_one_frozen_object(name: str) -> None:
    method = contract.load(SHIPPED, name)
    made = method.table_params(TABLE.get(name, {}))
    assert type(made) is method.module.Params
    assert {each.name for each in dataclasses.fields(made)} == set(method.table_parameters)
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in method.table_parameters.values())
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, dataclasses.fields(made)[0].name, 3)
    for verb, told in (("fits", ["params", "published", "treated"]), ("broken", ["params", "columns", "staged"])):
        if hasattr(method.module, verb):
            assert list(inspect.signature(getattr(method.module, verb)).parameters) == told


def test_what_it_expects_of_its_output_is_about_its_own_parameters(method: Method) -> None:
    if hasattr(method.module, "expected_form"):
        own, telling = (plugins.parameters(each) for each in (method.module.apply, method.module.expected_form))
        assert {name: each.default for name, each in telling.items()} == {name: own[name].default for name in telling}


@pytest.mark.parametrize(("name", "family"), pairs(BY_COLUMN))
def test_its_output_has_the_form_it_expects(name: str, family: str) -> None:
    form = contract.load(SHIPPED, name).expected_form(GIVEN.get(name, {}))
    written = [value for value in apply(name, COLUMNS[family]).to_pylist() if value]
    assert form is None or all(re.fullmatch(rf"{form}|\*{{3,4}}", value) for value in written)


FORMS = [
    ("mask", {"keep": (3, 4), "char": "#"}, "text"), ("mask", {"show": ("birth_year",)}, "text"), ("mask", {"keep": (0, 0)}, "text"),
    *(("pseudonymize", {"alphabet": alphabet, **given}, "text")
      for alphabet in ("base32", "hex", "digits") for given in ({}, {"unique": True}, {"length": 22})),
    *(("generalize_date", {"to": to}, family) for to in ("month", "quarter", "year", "decade") for family in ("text", "date", "datetime")),
    ("generalize_date", {"to": "age", "as_of": dt.date(2025, 1, 1)}, "date"),
    *(("generalize_region", {"to": to, "written": written}, "text") for to in ("county", "city", "province") for written in ("code", "name")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "family"), FORMS, ids=[f"{row[0]} {row[1]} {row[2]}" for row in FORMS])
def test_the_form_it_expects_follows_its_parameters(name: str, given: dict[str, Any], family: str) -> None:
    method, column = contract.load(SHIPPED, name), COLUMNS[family]
    form = method.expected_form(given)
    assert (form is None) == ("show" in given or given.get("written") == "name")
    out = method.apply(column, given, entity=entity_of(name), key=KEY)
    assert form is None or all(re.fullmatch(rf"{form}|\*{{3,4}}", value) for value in out.to_pylist() if value)


def test_which_methods_leave_or_tell_apart_what_was_different() -> None:
    every = [contract.load(SHIPPED, name) for name in METHODS]
    assert [method.name for method in every if method.is_identity] == ["keep"]
    assert [method.name for method in every if method.keeps_apart] == ["keep", "pseudonymize"]
    assert [method.name for method in every if method.whole_table and method.needs_key] == ["shuffle"]


def test_reveals_from_its_parameters_alone(method: Method) -> None:
    left = method.reveals(entity_of(method.name), GIVEN.get(method.name, {}))
    assert isinstance(left, Disclosure)
    assert left.form is Form.ALL or not left.positions(18) or left.form >= Form.COARSE


def test_has_examples_that_hold(method: Method) -> None:
    module = method.module
    verbs = (module.stage if method.whole_table else module.apply, module.reveals)
    for verb in verbs:
        assert ">>>" in (verb.__doc__ or "")
    if method.whole_table or plugins.parameters(verbs[0], given_by_program=contract.BY_PROGRAM):
        assert any("Traceback" in (verb.__doc__ or "") for verb in (*verbs, *([module.output] if hasattr(module, "output") else [])))
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


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
    assert logical_types.arrow_type(logical_types.logical_type(empty.type)) == empty.type


@pytest.mark.parametrize(("name", "family"), pairs(BY_COLUMN))
def test_how_the_column_is_laid_out_does_not_matter(name: str, family: str) -> None:
    column = COLUMNS[family]
    given, by_program = GIVEN.get(name, {}), told(name, len(column))
    method = contract.load(SHIPPED, name)

    def again(laid_out: pa.Array, rows: slice = slice(None)) -> pa.Array:
        own = {key: value[rows] if key == "person" else value for key, value in by_program.items()}
        return method.apply(laid_out, given, **own)

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
    logical = contract.load(SHIPPED, name).output(WRITTEN.get(family, family), entity_of(name), GIVEN.get(name, {}))
    assert out.type == logical_types.arrow_type(logical)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "family"), pairs(WHOLE))
def test_how_the_rows_are_cut_does_not_matter(name: str, family: str, tmp_path: Path) -> None:
    column = many(name, family)
    assert stage(name, column, tmp_path, cuts=1).equals(stage(name, column, tmp_path, cuts=7))
