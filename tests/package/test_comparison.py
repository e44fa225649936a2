"""The comparison itself: whatever differs is counted, by column."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from gongkai.errors import DataError
from gongkai.package import comparison

NAN = float("nan")


@pytest.mark.parametrize(
    ("staged", "back", "said"),
    [
        ({"a": ["x", "y"]}, {"a": ["x", "z"]}, "(column a, 1 value)"),
        ({"a": ["x", None]}, {"a": ["x", ""]}, "(column a, 1 value)"),
        ({"a": [0.0, NAN, 1.0]}, {"a": [-0.0, NAN, None]}, "(column a, 2 values)"),
        ({"a": [1], "b": [2]}, {"a": [2], "b": [1]}, "(column b, 1 value)"),
        ({"a": [1, 2, 3]}, {"a": [1, 2]}, "2 rows read back, 3 staged"),
        ({"a": [1]}, {"a": [1, 1]}, "2 rows read back, 1 staged"),
    ],
    ids=["value", "null", "float", "columns", "fewer", "more"],
)
def test_differences(staged: dict[str, Any], back: dict[str, Any], said: str) -> None:
    one, other = pa.record_batch(staged), pa.record_batch(back)
    with pytest.raises(DataError) as caught:
        comparison.compare("csv", iter([one]), iter([other.slice(0, 1), other.slice(1)]))
    assert said in str(caught.value)


def test_rows_are_counted_to_the_end_of_both() -> None:
    batch = pa.record_batch({"a": [1, 2, 3]})
    with pytest.raises(DataError, match="6 rows read back, 9 staged"):
        comparison.compare("csv", iter([batch] * 3), iter([batch, batch.slice(0, 0), batch]))
