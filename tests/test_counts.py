from __future__ import annotations

import json

import pytest

from gongkai.counts import Counts


def test_counts_by_column_sorted_and_without_zeros() -> None:
    tally = Counts()
    tally.add("phone", "trim", 2)
    tally.add("name", "unfit")
    tally.add("phone", "half_width", 3)
    tally.add("phone", "trim", 5)
    tally.add("id", "trim", 0)
    assert json.dumps(tally.document()) == '{"name": {"unfit": 1}, "phone": {"half_width": 3, "trim": 7}}'


def test_merge_adds_everything() -> None:
    one, two = Counts(), Counts()
    one.add("a", "trim", 1)
    two.add("a", "trim", 2)
    two.add("b", "unfit", 3)
    one.rows_in, two.rows_in, two.rows_out, two.duplicates = 1, 10, 9, 1
    one.merge(two)
    assert one.document() == {"a": {"trim": 3}, "b": {"unfit": 3}}
    assert (one.rows_in, one.rows_out, one.duplicates) == (11, 9, 1)
    assert two.document() == {"a": {"trim": 2}, "b": {"unfit": 3}}


def test_counts_of_numpy_become_plain() -> None:
    import numpy as np

    tally = Counts()
    tally.add("a", "trim", np.int64(3))
    assert json.loads(json.dumps(tally.document())) == {"a": {"trim": 3}}


def test_never_negative() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        Counts().add("a", "trim", -1)
