"""What is heavy is imported where it is used: starting the command line or parsing a DAG must not pay for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "great_expectations",
    "airflow",
    "duckdb",
    "pandas",
    "scipy",
    "matplotlib",
    "faker",
    "openpyxl",
    "xlsxwriter",
    "python_calamine",
    "psycopg",
    "pymysql",
    "cryptography",
    "faker",
    "lxml",
    "alembic",
    "onnx",
    "onnxruntime",
    "presidio_analyzer",
    "spacy",
)


@pytest.mark.parametrize("module", ["gongkai.cli.main", "gongkai.pipeline", "gongkai.lifecycle"])
def test_nothing_heavy_is_imported(module: str) -> None:
    code = f"import sys, {module} as m\nif hasattr(m, 'build'): m.build()\nprint(*(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
