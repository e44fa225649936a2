"""K-anonymity of 1 M invented people, and of 10 M with ``--all``: rows a second, peak memory, nodes of the lattice counted.

Six columns are treated (birth date, county, sex, ethnicity, education, income), four pass along. The rows are made while they
are read and dropped as they come out, so what is measured is the method: 20 rows in every class, at most 2 % suppressed.
Also the Adult data with ARX's hierarchies, 5 rows in every class, at most 4 % suppressed. Option: ``--rows=1000000``.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks._measure import Measured, run, table
from gongkai import plugins
from gongkai.batches import BATCH_ROWS
from gongkai.methods.recoding.lattice import Lattice
from gongkai.methods.table import Treatment
from gongkai.project import SHIPPED, Project
from gongkai.reference import divisions

WIDTHS = [1000.0, 5000.0, 10000.0, 50000.0]
COLUMNS: dict[str, dict[str, Any]] = {
    "born": {}, "home": {}, "sex": {}, "ethnicity": {}, "education": {}, "income": {"widths": WIDTHS}
}  # fmt: skip
ENTITIES = {"born": "DATE_OF_BIRTH", "home": "ADDRESS_REGION", "income": "INCOME"}
ETHNICITIES = 56
SCHOOLS = ["小学", "初中", "高中", "中专", "大专", "本科", "硕士", "博士"]
ROOT = Path(__file__).parent.parent
ADULT = ROOT / "tests" / "data" / "adult"


def main() -> None:
    sizes = [int(_option("rows", "1000000"))] + ([10_000_000] if "--all" in sys.argv else [])
    measured = [(f"{rows:,} rows", rows, _measured(rows)) for rows in sizes]
    measured.append(("Adult", 30_162, _measured("adult")))
    table(
        "k_anonymize: invented people, k = 20, 2 % suppressed; Adult, k = 5, 4 % suppressed",
        ("", "seconds", "CPU s", "rows/s", "peak MB", "search s", "nodes counted", "of", "loss"),
        [_row(*each) for each in measured],
    )


def _measured(what: int | str) -> Measured:
    return run([sys.executable, "-m", "benchmarks.k_anonymize", f"--child={what}"], cwd=ROOT)


def _row(name: str, rows: int, measured: Measured) -> tuple[str, ...]:
    if measured.exit_code:
        sys.exit(measured.output)
    told = json.loads(measured.output)
    seconds, note = told["seconds"], told["note"]
    return (
        name, f"{seconds:.1f}", f"{told['cpu']:.1f}", f"{rows / seconds:,.0f}", f"{measured.peak_mb:,.0f}",
        f"{told['search']:.1f}", f"{note['evaluated']:,}", f"{note['nodes']:,}", f"{note['loss']:.4f}",
    )  # fmt: skip


def _child(what: str) -> None:
    """Treat one table, and print what it took."""
    notes: list[dict[str, Any]] = []
    spent, search = [0.0], Lattice.search

    def timed(self: Any) -> Any:
        started = time.perf_counter()
        found = search(self)
        spent[0] = time.perf_counter() - started
        return found

    Lattice.search = timed
    with tempfile.TemporaryDirectory() as scratch:
        given = _adult(Path(scratch)) if what == "adult" else _people(int(what))
        started, worked = time.perf_counter(), time.process_time()
        method = plugins.load(SHIPPED, "transforms", "k_anonymize")
        params = method.Params(k=given.pop("k"), suppress=given.pop("suppress"))
        batches = given.pop("batches")
        for _ in method.stage(batches, params, Treatment(**given, scratch=Path(scratch), note=notes.append)):
            pass
        seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    print(json.dumps({"seconds": seconds, "cpu": cpu, "search": spent[0], "note": notes[0]}))


def _people(rows: int) -> dict[str, Any]:
    return {"batches": _batches(rows), "columns": COLUMNS, "entities": ENTITIES, "k": 20, "suppress": 0.02}


def _batches(rows: int) -> Iterator[pa.RecordBatch]:
    """Counties and ethnicities are as uneven as they are in a country, incomes log-normal; a few cells are missing."""
    codes = divisions.load(SHIPPED).names
    counties = pa.array(sorted(code for code in codes if len(code) == 6))
    common = 1 / np.arange(10, len(counties) + 10)
    rare = np.array([0.91, *(0.09 / (ETHNICITIES - 1) for _ in range(ETHNICITIES - 1))])
    for start in range(0, rows, BATCH_ROWS):
        chance, count = np.random.default_rng(start), min(BATCH_ROWS, rows - start)
        days = chance.integers(-11_000, 18_000, count, dtype=np.int32)
        schools = pa.array(chance.integers(0, len(SCHOOLS), count), mask=chance.random(count) < 0.02)
        yield pa.record_batch(
            {
                "id": pa.array(np.char.zfill(np.arange(start, start + count).astype(str), 20)),
                "born": pa.array(days, mask=chance.random(count) < 0.01).cast(pa.date32()),
                "home": counties.take(pa.array(chance.choice(len(counties), count, p=common / common.sum()))),
                "sex": pa.array(["男", "女"]).take(pa.array(chance.integers(0, 2, count))),
                "ethnicity": pa.array(chance.choice(ETHNICITIES, count, p=rare)).cast(pa.string()),
                "education": pa.array(SCHOOLS).take(schools),
                "income": pa.array(np.exp(chance.normal(8.5, 0.6, count)).astype(np.int64)),
                "amount": pa.array(chance.random(count)),
                "status": pa.array(["有效", "注销"]).take(pa.array(chance.integers(0, 2, count))),
                "note": pa.array(["备注"] * count),
            }
        )


def _adult(home: Path) -> dict[str, Any]:
    """ARX's hierarchies are those of a city at ``home``."""
    import gzip
    from csv import reader

    folder = home / "rules" / "hierarchies"
    folder.mkdir(parents=True)
    for path in ADULT.glob("adult_hierarchy_*.csv"):
        shutil.copy(path, folder)
    with gzip.open(ADULT / "adult.csv.gz", "rt", encoding="utf-8") as file:
        header, *rows = reader(file, delimiter=";")
    batch = pa.record_batch([pa.array(column) for column in zip(*rows, strict=True)], header)
    columns = {name: {"hierarchy": f"adult_hierarchy_{name}"} for name in header}
    return {
        "batches": iter([batch]), "columns": columns, "entities": {}, "k": 5, "suppress": 0.04, "project": Project.at(home)
    }  # fmt: skip


def _option(name: str, default: str) -> str:
    given = [word.partition("=")[2] for word in sys.argv if word.startswith(f"--{name}=")]
    return given[-1] if given else default


if __name__ == "__main__":
    _child(_option("child", "adult"))
