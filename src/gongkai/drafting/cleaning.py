"""The least cleaning after which a column's values have their entity's shape 建议的清洗."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.columns import cleaning

_ALWAYS = ("null", "NULL", "Null", "None", "N/A", "NaN", "\\N")
NULL_WORDS = ("-", "--", "—", "——", "/", "\\", "无", "空", "不详", "未知", "暂无", *_ALWAYS)
"""What people write where there is nothing. In a column whose values have a shape it stands for nothing."""
_STEPS: tuple[tuple[str, ...], ...] = ((), ("trim",), ("trim", "half_width"), ("trim", "half_width", "upper"))
FITTING = 0.97
"""The share of values that must have the shape; the rest is masked in full when published."""


def suggest(values: pa.Array, shape: str | None, *, blanks: bool) -> tuple[list[Any], float]:
    """Cleaning for distinct ``values``, and the share of them that then has the ``shape``.

    >>> suggest(pa.array([" 138１２３４5678", "-"]), "1[0-9]{10}", blanks=True)
    ([{'null_tokens': ['', '-']}, 'trim', 'half_width'], 1.0)
    >>> suggest(pa.array(["x"]), None, blanks=False)
    ([], 1.0)
    """
    words = _words(values, NULL_WORDS if shape else _ALWAYS, blanks=blanks)
    present = values.filter(pc.invert(pc.is_in(values, pa.array(words, pa.string()))))
    head: list[Any] = [{"null_tokens": words}] if words else []
    if shape is None or not len(present):
        outer = len(present) and pc.any(pc.not_equal(present, pc.utf8_trim_whitespace(present))).as_py()
        return head + (["trim"] if outer else []), 1.0
    shares = [_share(present, steps, shape) for steps in _STEPS]
    best = shares.index(max(shares))
    return [*head, *_STEPS[best]], shares[best]


def apply(values: pa.Array, operations: Sequence[Any]) -> pa.Array:
    """The values cleaned so, without what became nothing."""
    return cleaning.clean(values, cleaning.parse(operations, key="", file="")[0])[0].drop_null()


def _words(values: pa.Array, known: Sequence[str], *, blanks: bool) -> list[str]:
    """The words for nothing that stand among the values: they come from this list, so they say nothing of a row."""
    found = pc.is_in(pa.array(known, pa.string()), values).to_pylist()
    return ([""] if blanks else []) + [word for word, there in zip(known, found, strict=True) if there]


def _share(values: pa.Array, steps: Sequence[str], shape: str) -> float:
    fits = pc.match_substring_regex(apply(values, steps), f"^(?:{shape})$")
    return (pc.sum(fits).as_py() or 0) / len(values)
