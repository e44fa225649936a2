"""The stage no raw value passes."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai import desensitize, rules
from gongkai.keys import Key
from gongkai.plan import ColumnPlan, Plan
from gongkai.tally import Tally

KEY = Key(id="default", version=1, secret=bytes(range(32)))


def plan_of(method: str, entity: str, *, logical: str = "text", output: str = "text", **params: object) -> Plan:
    shape = rules.load().entities[entity].shape if logical == "text" else None
    column = ColumnPlan("c", "c", "列", logical, output, entity, "general_4", method, params, (), False, shape)
    return Plan("test", "测试", "r", "u", (column,), (), False, "default")


def run(plan: Plan, values: list[str | None]) -> tuple[list[object], dict[str, dict[str, int]]]:
    tally = Tally()
    batch = pa.record_batch({"c": pa.array(values, pa.string())})
    (out,) = desensitize.stage(plan, KEY, tally)(iter([batch]))
    return out.column(0).to_pylist(), tally.document()


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
