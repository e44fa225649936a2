"""Row-level risk of a file of a million rows and, with ``--all``, of ten million: seconds and peak memory of a process each.

Six quasi-identifiers that tell most people apart (the worst case: almost as many classes as rows), one sensitive text, one
sensitive number, and pseudonyms of twelve characters, two rows to three people. DuckDB holds 1 GB at most, the default.
pyCANON reads as many rows of the same file as it can do in a minute or so. Options: ``--all``, ``--rows=1000000``.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import _measure

QUASI = ["区划", "性别", "出生年", "民族", "学历", "职业"]
TEXT, NUMBER, PERSON = "病种", "金额", "假名"
PEOPLE_PER_ROW = 0.7
_PART = 500_000


def main() -> None:
    rows = int(next((option.partition("=")[2] for option in sys.argv if option.startswith("--rows=")), "1000000"))
    lines = [line for count in ([rows, 10_000_000] if "--all" in sys.argv else [rows]) for line in compare(count)]
    header = ("what", "rows", "s", "rows/s", "peak MB", "found")
    _measure.table("row-level risk: 6 quasi-identifiers, DuckDB within 1 GB", header, lines)


def compare(rows: int) -> list[tuple[str, ...]]:
    """Every job on one file, the rivals on the rows they can do."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "staged.parquet"
        write(file, rows)
        lines = [_line(name, file, rows) for name in JOBS]
        for name, some in RIVAL_ROWS.items():
            part = Path(folder) / f"{some}.parquet"
            pq.write_table(_head(file, some), part)
            lines.append(_line(name, part, min(rows, some)))
    return lines


def _line(name: str, file: Path, rows: int) -> tuple[str, ...]:
    measured = _measure.run([sys.executable, "-m", "benchmarks.risk", name, file])
    if measured.exit_code:
        return (name, f"{rows:,}", "failed", "", f"{measured.peak_mb:,.0f}", "")
    told = json.loads(measured.output)
    return (name, f"{rows:,}", f"{told['s']:.1f}", f"{rows / told['s']:,.0f}", f"{measured.peak_mb:,.0f}", told["found"])


def _head(file: Path, rows: int) -> pa.Table:
    batches, count = [], 0
    for batch in pq.ParquetFile(file).iter_batches(rows):
        batches.append(batch)
        count += batch.num_rows
        if count >= rows:
            break
    return pa.Table.from_batches(batches).slice(0, rows)


def write(file: Path, rows: int) -> None:
    """The file, and its persons once more in a file beside it."""
    chance = np.random.default_rng(1)
    writer = beside = None
    for start in range(0, rows, _PART):
        part = invent(chance, min(_PART, rows - start), int(rows * PEOPLE_PER_ROW))
        writer = writer or pq.ParquetWriter(file, part.schema, compression="zstd", compression_level=1)
        beside = beside or pq.ParquetWriter(_beside(file), part.select([PERSON]).schema)
        for batch in part.to_batches(65_536):
            writer.write_batch(batch)
        beside.write_table(part.select([PERSON]))
    for each in (writer, beside):
        if each is not None:
            each.close()


def invent(chance: np.random.Generator, rows: int, people: int) -> pa.Table:
    """Frequencies as they are: a few common values and a long tail."""

    def tail(values: Sequence[str], power: float = 1.0) -> pa.Array:
        weight = 1 / np.arange(1, len(values) + 1) ** power
        codes = chance.choice(len(values), rows, p=weight / weight.sum())
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(values)).cast(pa.string())

    columns = {
        "区划": tail([f"{440000 + place}" for place in range(300)], 0.6),
        "性别": tail(["男", "女"], 0.0),
        "出生年": pa.array(chance.integers(1930, 2020, rows)),
        "民族": tail([f"民族{number}" for number in range(56)], 2.5),
        "学历": tail([f"学历{number}" for number in range(9)]),
        "职业": tail([f"职业{number}" for number in range(40)]),
        TEXT: tail([f"病种{number}" for number in range(500)]),
        NUMBER: pa.array(np.round(chance.lognormal(7, 1, rows))),
        PERSON: _pseudonyms(chance.integers(0, people, rows)),
    }
    return pa.table(columns)


def _pseudonyms(people: Any) -> pa.Array:
    letters = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
    mixed = people.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    text = np.stack([letters[(mixed >> np.uint64(5 * place)) & np.uint64(31)] for place in range(12)], axis=1)
    fixed = pa.Array.from_buffers(pa.binary(12), len(people), [None, pa.py_buffer(text.tobytes())])
    return fixed.cast(pa.binary()).cast(pa.string())


def _beside(file: Path) -> Path:
    return file.with_suffix(".people.parquet")


def _classes(file: Path, person: str | Path | None = None) -> str:
    from gongkai.risk import classes

    found = classes.group(file, QUASI, person=person)
    return f"k {found.k}, {found.count:,} classes"


def _diversity(file: Path, column: str, person: str | None = None) -> str:
    from gongkai.risk import diversity

    found = diversity.measure(file, QUASI, [column], person=person)
    return f"l {found.l_distinct}, t {found.t:.4f}"


def _models(file: Path) -> str:
    from gongkai.risk import classes, level, models, population

    found = classes.group(file, QUASI)
    everybody = 20 * found.units
    models.attack(found.sizes, threshold=0.05, population=everybody)
    return f"level {level.grade(found).level}, {population.estimate(found.sizes, everybody).share:.0%} unique of 20 x"


def _pycanon(file: Path, measure: str, *sensitive: str) -> str:
    import pandas as pd
    from pycanon import anonymity

    frame = pd.read_parquet(file)
    args = [frame, QUASI, list(sensitive)] if sensitive else [frame, QUASI]
    return f"{getattr(anonymity, measure)(*args):.4g}"


JOBS: dict[str, Callable[[Path], str]] = {
    "classes of rows": _classes,
    "classes of people": lambda file: _classes(file, PERSON),
    "classes of people, beside": lambda file: _classes(file, _beside(file)),
    "classes, models, level": _models,
    "l and t, text": lambda file: _diversity(file, TEXT),
    "l and t, number": lambda file: _diversity(file, NUMBER),
    "l and t, number, people": lambda file: _diversity(file, NUMBER, PERSON),
}
RIVALS: dict[str, Callable[[Path], str]] = {
    "pyCANON k": lambda file: _pycanon(file, "k_anonymity"),
    "pyCANON l": lambda file: _pycanon(file, "l_diversity", TEXT),
    "pyCANON t, text": lambda file: _pycanon(file, "t_closeness", TEXT),
}
RIVAL_ROWS = {"pyCANON k": 1_000_000, "pyCANON l": 10_000, "pyCANON t, text": 200}


if __name__ == "__main__":
    begun = time.perf_counter()
    told = (JOBS | RIVALS)[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"s": time.perf_counter() - begun, "found": told}))
