from __future__ import annotations

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.columns.widths import half_width

TABLE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
FULL_WIDTH = "".join(map(chr, TABLE))
TEXT = st.one_of(st.none(), st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(FULL_WIDTH + "、。｟￥"))))


@settings(deadline=None)
@given(st.lists(TEXT), st.integers(0, 3))
def test_agrees_with_translate(values: list[str | None], start: int) -> None:
    out = half_width(pa.array(values, pa.string()).slice(start))
    out.validate(full=True)
    assert out.to_pylist() == [value and value.translate(TABLE) for value in values[start:]]


def test_every_full_width_ascii_character() -> None:
    assert half_width(pa.array([FULL_WIDTH])).to_pylist() == [unicodedata.normalize("NFKC", FULL_WIDTH)]


@pytest.mark.parametrize("values", [[], [None], [""], ["张三"]], ids=["none", "null", "empty", "Chinese"])
def test_nothing_to_do(values: list[str | None]) -> None:
    column = pa.array(values, pa.string())
    assert half_width(column).equals(column)
