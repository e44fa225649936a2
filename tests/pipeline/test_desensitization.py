"""The stage no raw value passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai import rules
from gongkai.batches import chain
from gongkai.counts import Counts
from gongkai.keys import Key
from gongkai.pipeline import desensitization
from gongkai.plan import ColumnPlan, Plan, TableStep, contract
from gongkai.project import SHIPPED

KEY = Key(id="default", version=1, secret=bytes(range(32)))


def plan_of(method: str, entity: str, *, logical: str = "text", output: str = "text", **params: object) -> Plan:
    shape = rules.load(SHIPPED).entities[entity].shape if logical == "text" else None
    group, asked = rules.load(SHIPPED).entities[entity].group, contract.load(SHIPPED, method)
    left = asked.reveals(entity, asked.check(params)[0])
    column = ColumnPlan("c", "c", "列", logical, output, entity, "general_4", method, params, (), False, shape, group, left)
    return Plan("test", "测试", "r", "u", (column,), (), False, "default")


def run(plan: Plan, values: list[str | None]) -> tuple[list[object], dict[str, dict[str, int]]]:
    tally = Counts()
    batch = pa.record_batch({"c": pa.array(values, pa.string())})
    (out,) = desensitization.stage(SHIPPED, plan, KEY, tally)(iter([batch]))
    return out.column(0).to_pylist(), tally.document()


def persons(values: list[str | None], secret: bytes) -> list[int | None]:
    plan = replace(plan_of("suppress", "CN_ID_CARD"), person="c")
    (out,) = desensitization.stage(SHIPPED, plan, KEY, Counts(), secret)(iter([pa.record_batch({"c": pa.array(values, pa.string())})]))
    assert out.schema.names == ["c", desensitization.PERSON]
    numbers: list[int | None] = out.column(desensitization.PERSON).to_pylist()
    return numbers


def test_equal_values_are_one_person_and_no_value_is_nobody() -> None:
    one, other, again, *nobody = persons(["a", "b", "a", None, ""], bytes(16))
    assert one == again != other
    assert nobody == [None, None]
    assert {one, other}.isdisjoint(persons(["a", "b"], bytes(range(16))))


def test_a_plan_that_knows_no_person_has_no_such_column() -> None:
    batch = pa.record_batch({"c": pa.array(["a"])})
    (out,) = desensitization.stage(SHIPPED, plan_of("suppress", "CN_ID_CARD"), KEY, Counts(), bytes(16))(iter([batch]))
    assert out.schema.names == ["c"]


def test_methods_of_the_whole_table_see_every_row_and_count_persons(tmp_path: Path) -> None:
    """Six rows of two persons are not six: the class is too small, and its rows are given up."""
    notes: list[tuple[str, dict[str, object]]] = []

    def run(person: str | None) -> list[str]:
        ages = replace(plan_of("k_anonymize", "AGE", logical="integer"), person=person, steps=(
            TableStep("k_anonymize", {"k": 3, "suppress": 1.0}, ("c",)),))  # fmt: skip
        rows = pa.record_batch({"c": ["41"] * 6, "who": ["a", "b"] * 3})
        stages = chain(
            desensitization.stage(SHIPPED, ages, KEY, Counts(), bytes(16)),
            desensitization.whole_table(SHIPPED, ages, KEY, tmp_path, lambda name, found: notes.append((name, found))),
        )
        return pa.Table.from_batches(list(stages(iter([rows.slice(0, 4), rows.slice(4)])))).column("c").to_pylist()

    assert run(None) == ["40-44"] * 6
    assert run("who") == ["****"] * 6
    assert [name for name, _ in notes] == ["k_anonymize"] * 2


@pytest.mark.parametrize("name", ["身份证 号1", "1st", "a.b", "select", "列“引号”", " "])
def test_a_column_may_be_called_anything(name: str) -> None:
    plan = plan_of("mask", "PHONE", keep=(3, 0))
    plan = replace(plan, columns=(replace(plan.columns[0], name=name, published=name),))
    (out,) = desensitization.stage(SHIPPED, plan, KEY, Counts())(iter([pa.record_batch({name: ["13812345678"]})]))
    assert out.to_pydict() == {name: ["138********"]}


SCOPES = [
    ("another dataset", {}, "other", False),
    ("one domain in two datasets", {"domain": "city"}, "other", True),
    ("the cipher written down", {"cipher": "aes"}, "test", True),
]


@pytest.mark.parametrize(("params", "code", "same"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
def test_where_equal_values_stay_equal(params: dict[str, str], code: str, same: bool) -> None:
    domain = {name: value for name, value in params.items() if name == "domain"}
    plans = (plan_of("pseudonymize", "PHONE", **domain), replace(plan_of("pseudonymize", "PHONE", **params), code=code))
    (one,), (other,) = (run(plan, ["13812345678"])[0] for plan in plans)
    assert (one == other) is same


UNFIT = [
    ("email_without_at", "mask", "EMAIL", "zhangsan.example.com"),
    ("eight_digit_card", "mask", "BANK_ACCOUNT", "62220200"),
    ("letters_in_an_id", "mask", "CN_ID_CARD", "ABC"),
    ("a_sentence_in_a_phone", "mask", "PHONE", "找张三要，他的号是一三八"),
]


@pytest.mark.parametrize(("method", "entity", "value"), [row[1:] for row in UNFIT], ids=[row[0] for row in UNFIT])
def test_what_does_not_fit_is_masked_in_full_and_counted(method: str, entity: str, value: str) -> None:
    (out,), counts = run(plan_of(method, entity, keep=(1, 1)), [value])
    assert out == "****"
    assert counts["c"]["unfit"] == 1


def test_an_unfit_typed_value_becomes_null_and_is_counted() -> None:
    out, counts = run(plan_of("keep", "NONE", logical="integer", output="integer"), ["12", "twelve", None])
    assert out == [12, None, None]
    assert counts["c"]["unfit"] == 1


ID_METHODS = {"mask": {"keep": (6, 0)}, "suppress": {}, "pseudonymize": {}}


@pytest.mark.parametrize("plan", [plan_of(method, "CN_ID_CARD", **params) for method, params in ID_METHODS.items()], ids=[*ID_METHODS])
@given(values=st.lists(st.text(min_size=1, max_size=60), max_size=20))
def test_no_text_comes_out_of_an_id_column_as_it_went_in(plan: Plan, values: list[str]) -> None:
    out, _ = run(plan, values)
    assert all(shown != value for shown, value in zip(out, values, strict=True))
