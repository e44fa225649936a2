"""What the scheduler imports before it forks tasks: every task is a fresh fork and inherits it, instead of importing it for
seconds (Great Expectations alone takes seven)."""

from __future__ import annotations

import importlib

MODULES = (
    "pyarrow.compute", "pyarrow.csv", "pyarrow.dataset", "pyarrow.parquet", "duckdb", "duckdb_sqlalchemy", "great_expectations",
    "sqlalchemy", "alembic", "psycopg", "pymysql", "cryptography.hazmat.primitives.ciphers",
    "cryptography.hazmat.primitives.kdf.hkdf", "xlsxwriter", "python_calamine", "lxml.etree", "jinja2", "gongkai.pipeline",
)  # fmt: skip
"""None of them opens a connection when imported, which forks would share. The threads they start are those of allocators and of
linear algebra (jemalloc, OpenBLAS), which look after themselves when a process forks."""


def preload() -> None:
    """Import them all; raises ImportError when one is missing, as a task would."""
    for name in MODULES:
        importlib.import_module(name)
