"""Airflow is imported with a home of its own; the variable is gone again before any test runs."""

from __future__ import annotations

import os
import sys
import tempfile

import pytest

if "airflow" not in sys.modules:
    before = os.environ.get("AIRFLOW_HOME")
    os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="gongkai-airflow-")

    if before is None:
        del os.environ["AIRFLOW_HOME"]
    else:
        os.environ["AIRFLOW_HOME"] = before


@pytest.fixture(autouse=True)
def without_airflow_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of another Airflow reaches what a test starts."""
    for name in list(os.environ):
        if name.startswith(("AIRFLOW__", "AIRFLOW_HOME")):
            monkeypatch.delenv(name)
