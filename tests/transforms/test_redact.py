from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

redact = plugins.load(SHIPPED, "transforms", "redact")


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["张三", None]),
        pa.array([7, None]),
        pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
        pa.array([float("nan"), None]),
        pa.array([True, None]),
        pa.array([dt.date(1990, 3, 7), None]),
        pa.array([dt.datetime(1990, 3, 7), None], pa.timestamp("us")),
    ],
    ids=["text", "integer", "decimal", "float", "boolean", "date", "datetime"],
)
def test_every_value_becomes_the_label(column: pa.Array) -> None:
    out = redact.apply(column)
    assert out.equals(pa.array(["〔已隐去〕", None]))
    assert redact.apply(column[:0]).type == pa.string()


def test_empty_text_stays() -> None:
    assert redact.apply(pa.array(["", " ", "〔已隐去〕"])).to_pylist() == ["", "〔已隐去〕", "〔已隐去〕"]


@pytest.mark.parametrize("label", ["**", "不公开", "—", "未公开（第三方意见）", "＊" * 20])
def test_other_labels(label: str) -> None:
    assert redact.apply(pa.array([1]), label=label).to_pylist() == [label]
    assert redact.reveals("PHONE", label=label) == Disclosure(Form.NOTHING)


@pytest.mark.parametrize("label", ["", " ", "　", "x", "N/A", "0", "第3项", "１", "隐\n去", "隐" * 21])
def test_labels_that_could_be_values_are_refused(label: str) -> None:
    with pytest.raises(ValueError, match="label is 1 to 20 characters"):
        redact.apply(pa.array(["a"]), label=label)
    with pytest.raises(ValueError, match="label is 1 to 20 characters"):
        redact.reveals("PHONE", label=label)
