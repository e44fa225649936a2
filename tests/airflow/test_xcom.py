"""What the XCom backend lets through, and what it says about the rest."""

from __future__ import annotations

import datetime
import decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from airflow.sdk.exceptions import AirflowFailException

from gongkai.airflow.xcom import GuardedXCom, object_to

SECRET = "440106199001011234"

PASS = {
    "nothing": None,
    "a count": 12,
    "a text": "var/staging/card",
    "a reference": {"code": "card", "run": "dag-x", "sha256": "ab" * 32, "rows_in": 12, "unchanged": False, "release": None},
    "nested": {"plan": {"hash": "ab", "columns": 3}},
    "a few names": ["csv", "json"],
}
REFUSE = {
    "a frame": (pd.DataFrame({"id": [SECRET]}), "DataFrame"),
    "an Arrow table": (pa.table({"id": [SECRET]}), "Table"),
    "a batch": (pa.record_batch({"id": [SECRET]}), "RecordBatch"),
    "an array": (np.array([SECRET]), "ndarray"),
    "rows as dicts": ([{"id": SECRET}], "a list of dict"),
    "rows as lists": ([[SECRET]], "a list of list"),
    "rows as tuples": ([(SECRET,)], "a list of tuple"),
    "rows inside a dict": ({"rows": [{"id": SECRET}]}, "a list of dict"),
    "a long column": ([SECRET] * 33, "33 items"),
    "a column inside a dict": ({"id": [SECRET] * 500}, "500 items"),
    "bytes": (SECRET.encode(), "bytes"),
    "a set": ({SECRET}, "set"),
    "a date": (datetime.date(1990, 1, 1), "date"),
    "a decimal": (decimal.Decimal("1.5"), "Decimal"),
    "a scalar of numpy": (np.int64(3), "int64"),
    "a large text": ({"page": SECRET * 600}, "bytes, at most 8192"),
    "lines of a file": (f"id\n{SECRET}", "several lines"),
    "keys that are values": ({1: "x"}, "keys are not text"),
}


@pytest.mark.parametrize("value", PASS.values(), ids=PASS)
def test_references_pass(value: object) -> None:
    assert object_to(value) is None
    GuardedXCom.serialize_value(value, key="return_value", task_id="check")


@pytest.mark.parametrize(("value", "told"), REFUSE.values(), ids=REFUSE)
def test_data_is_refused_without_being_quoted(value: object, told: str) -> None:
    with pytest.raises(AirflowFailException) as caught:
        GuardedXCom.serialize_value(value, key="return_value", task_id="check")
    assert told in str(caught.value)
    assert "XCom 'return_value' of task 'check'" in str(caught.value)
    assert SECRET not in str(caught.value)
