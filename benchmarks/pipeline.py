"""The whole job on 1 M rows x 12 columns of PostgreSQL, beside ``\\copy``, a pandas script and a hand-tuned Arrow script.

The scripts mask the same columns and write the same files; they check nothing, keep no evidence and publish nothing. Options:
``--rows=1000000``, ``--formats=csv,jsonl,parquet`` (default: all six), ``--flat`` (also three times the rows, to see whether
memory is flat), ``--without-pandas``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks._measure import Measured, run, table

SERVER = os.environ.get("GONGKAI_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
URL = SERVER.replace("+psycopg", "")
FORMATS = "csv,json,jsonl,xml,xlsx,parquet"
RIVALS = Path(__file__).parent / "rivals"
GONGKAI = [sys.executable, "-m", "gongkai"]


def main() -> None:
    rows = int(_option("rows", "1000000"))
    formats = _option("formats", FORMATS).split(",")
    _fill(rows)
    results = _side_by_side(rows, formats)
    if "--flat" in sys.argv:
        _fill(3 * rows)
        results.append((f"gongkai run, {3 * rows:,} rows", _pipeline(formats)))
    _print(rows, formats, results)


def _side_by_side(rows: int, formats: list[str]) -> list[tuple[str, Measured]]:
    with tempfile.TemporaryDirectory() as out:
        copied = run(["psql", URL, "-qc", rf"\copy bench to '{out}/copy.csv' csv header"])
    results = [(r"\copy, nothing masked, one CSV", copied)]
    for name, script in _scripts():
        with tempfile.TemporaryDirectory() as out:
            results.append((name, run([sys.executable, RIVALS / script, URL, out, ",".join(formats)])))
    results.append((f"gongkai run, {rows:,} rows", _pipeline(formats)))
    return results


def _scripts() -> list[tuple[str, str]]:
    scripts = [("hand-tuned ADBC + Arrow, unchecked", "arrow_script.py")]
    if "--without-pandas" not in sys.argv:
        scripts.append(("pandas, unchecked", "pandas_script.py"))
    return scripts


def _pipeline(formats: list[str]) -> Measured:
    """Register, approve and run; only the run is measured."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        env = {**os.environ, "GONGKAI_HOME": str(home), "AIRFLOW_CONN_BENCH": URL}
        for command in (["init", str(home)],):
            _must(run([*GONGKAI, *command], env={**os.environ}))
        entry = home / "catalog" / "bench" / "people.yml"
        entry.parent.mkdir(parents=True)
        template = (Path(__file__).parent / "people.yml").read_text(encoding="utf-8")
        entry.write_text(template.replace("FORMATS", ", ".join(formats)), encoding="utf-8")
        _must(run([*GONGKAI, "apply", entry], env=env))
        _must(run([*GONGKAI, "approve", "bench-people", "--by", "bench", "--note", "invented rows"], env=env))
        measured = run([*GONGKAI, "run", "bench-people", "--json"], env=env)
        return _must(measured)


def _must(measured: Measured) -> Measured:
    if measured.exit_code:
        sys.exit(measured.output)
    return measured


def _fill(rows: int) -> None:
    """Invented people; made inside the server, which is quicker than sending them."""
    import psycopg

    with psycopg.connect(URL, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bench")
        connection.execute((Path(__file__).parent / "people.sql").read_text(encoding="utf-8").replace("ROWS", str(rows)))
        connection.execute("ANALYZE bench")


def _option(name: str, default: str) -> str:
    given = [word.partition("=")[2] for word in sys.argv if word.startswith(f"--{name}=")]
    return given[-1] if given else default


def _print(rows: int, formats: list[str], results: list[tuple[str, Measured]]) -> None:
    base = next(measured for name, measured in results if name.startswith("hand-tuned"))
    lines = [
        (name, f"{it.seconds:.1f}", f"{it.seconds / base.seconds:.2f}", f"{it.peak_mb:.0f}", "no" if it.exit_code else "yes")
        for name, it in results
    ]
    header = ("", "seconds", "x hand-tuned", "peak MB", "done")
    table(f"{rows:,} rows x 12 columns of PostgreSQL to {', '.join(formats)}", header, lines)
