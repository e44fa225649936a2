from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

suppress = plugins.load(SHIPPED, "transforms", "suppress")


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["张三", None]),
        pa.array([1, None]),
        pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
        pa.array([dt.date(1990, 3, 7), None]),
        pa.array([True, None]),
    ],
    ids=lambda column: str(column.type),
)
def test_every_value_becomes_null_of_its_type(column: pa.Array) -> None:
    out = suppress.apply(column)
    assert out.type == column.type
    assert out.to_pylist() == [None, None]


def test_reveals_nothing() -> None:
    assert suppress.reveals("PHONE") == Disclosure(Form.NOTHING)
