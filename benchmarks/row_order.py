"""Putting 12 published columns in their order, beside DuckDB's ``ORDER BY ALL`` over the same batches within the same memory.

What is measured is from batches in to batches out; nothing is written but what does not fit memory. The best of five, in turns;
``in runs``: within an eighth of the memory, so that runs are merged; ``content``: the hash of what the rows say. The files are
Parquet as a release has it.
Options: ``--rows=1000000``; ``--flat``: also ten times the rows, each in a process of its own, made while they are read.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks._invented import column
from benchmarks._measure import run, table
from gongkai import plugins
from gongkai.batches import BATCH_ROWS, Batches
from gongkai.columns import row_order
from gongkai.project import SHIPPED

Order = Callable[[Batches, pa.Schema], Batches]
TABLES = ("numbers and texts", "no key", "texts only", "equal rows")
BEST_OF = 5


def main() -> None:
    rows = int(_option("rows", "1000000"))
    if one := _option("one", ""):
        _alone(one, rows)
        return
    lines, sizes = [], []
    for name in TABLES:
        made = _published(name, rows)
        lines.append(_line(name, made))
        sizes.append(_sizes(name, made))
    header = ("", "ORDER BY ALL", "order", "in runs", "content", "order / ORDER BY ALL")
    table(f"{rows:,} rows x 12 columns, seconds of CPU / of the clock", header, lines)
    table(f"{rows:,} rows, MB of Parquet", ("", "as ORDER BY ALL has them", "in their order", "more"), sizes)
    if "--flat" in sys.argv:
        _flat(rows)


def _published(name: str, rows: int) -> pa.Table:
    """Columns as methods leave them: pseudonyms, masks, a whole address, few values and many."""
    draw = np.random.default_rng(3)

    def some(*words: str) -> pa.Array:
        return pa.array(words).take(pa.array(draw.integers(0, len(words), rows)))

    def masked(of: str, shown: int, stars: int) -> pa.Array:
        return pc.binary_join_element_wise(pc.utf8_slice_codeunits(column(of, rows), 0, shown), "*" * stars, "")

    pseudonym = _applied("pseudonymize", column("resident_id", rows))
    columns: dict[str, pa.Array] = {
        "pseudonym": pseudonym,
        "name": masked("name", 1, 2),
        "id": masked("resident_id", 6, 12),
        "phone": masked("phone", 3, 8),
        "address": column("address", rows),
        "born": pa.array((np.datetime64("1940-01-01") + draw.integers(0, 29_000, rows)).astype("M8[D]")),
        "amount": pa.array(draw.integers(0, 10**6, rows)).cast(pa.decimal128(21, 2)).cast(pa.decimal128(12, 2)),
        "kind": some("低保", "特困", "残疾", "优抚"),
        "district": some("玉州区", "福绵区", "容县", "陆川县", "博白县", "兴业县", "北流市"),
        "changed": pa.array((1_600_000_000 + draw.integers(0, 190_000_000, rows)) * 10**6).cast(pa.timestamp("us")),
        "office": some("民政局", "残联", "退役军人局"),
        "score": pa.array(draw.integers(0, 100, rows)),
    }
    if name == "no key":
        columns["pseudonym"] = some("甲", "乙")
    if name == "texts only":
        columns = {title: cells.cast(pa.string()) for title, cells in columns.items()}
    made = pa.table(columns)
    return made.take(pa.array(draw.integers(0, max(1, rows // 50), rows))).combine_chunks() if name == "equal rows" else made


def _applied(method: str, cells: pa.Array) -> pa.Array:
    return plugins.load(SHIPPED, "transforms", method).apply(cells, key=bytes(32))


def _by_duckdb(batches: Batches, schema: pa.Schema) -> Batches:
    import duckdb

    with tempfile.TemporaryDirectory() as spill:
        options = {
            "memory_limit": f"{row_order.RUN_BYTES >> 20}MB",
            "temp_directory": spill,
            "preserve_insertion_order": "false",
        }
        with duckdb.connect(config=options) as connection:
            connection.register("arriving", pa.RecordBatchReader.from_batches(schema, batches))
            for batch in connection.execute("SELECT * FROM arriving ORDER BY ALL").to_arrow_reader(BATCH_ROWS):
                yield batch.cast(schema)


def _by_digest(batches: Batches, schema: pa.Schema) -> Batches:
    with tempfile.TemporaryDirectory() as spill:
        yield from row_order.in_order(batches, schema.names, Path(spill))


def _in_runs(batches: Batches, schema: pa.Schema) -> Batches:
    """As a table of some GB is."""
    usual = row_order.RUN_BYTES
    row_order.RUN_BYTES = usual // 8
    yield from _by_digest(batches, schema)
    row_order.RUN_BYTES = usual


def _line(name: str, made: pa.Table) -> tuple[str, ...]:
    batches = made.to_batches(BATCH_ROWS)

    def seconds(order: Order) -> tuple[float, float]:
        started = time.process_time(), time.perf_counter()
        for _ in order(iter(batches), made.schema):
            pass
        return time.process_time() - started[0], time.perf_counter() - started[1]

    orders = (_by_duckdb, _by_digest, _in_runs, _content)
    turns = [[seconds(order) for order in orders] for _ in range(BEST_OF)]
    best = [tuple(map(min, zip(*turn, strict=True))) for turn in zip(*turns, strict=True)]
    (theirs, _), (ours, _), *_ = best
    return name, *(f"{cpu:.2f} / {wall:.2f}" for cpu, wall in best), f"{ours / theirs:.2f}"


def _content(batches: Batches, schema: pa.Schema) -> Batches:
    made = row_order.Content(schema)
    for batch in batches:
        made.add(batch)
    return iter([])


def _sizes(name: str, made: pa.Table) -> tuple[str, ...]:
    format = plugins.load(SHIPPED, "formats", "parquet")

    def size(order: Order) -> float:
        sink = io.BytesIO()
        format.write(order(iter(made.to_batches(BATCH_ROWS)), made.schema), sink, made.schema)
        return len(sink.getvalue()) / 1e6

    theirs, ours = size(_by_duckdb), size(_by_digest)
    return name, f"{theirs:.1f}", f"{ours:.1f}", f"{ours / theirs - 1:+.0%}"


def _flat(rows: int) -> None:
    lines = []
    for name in ("_by_duckdb", "_by_digest"):
        for many in (rows, 10 * rows):
            measured = run([sys.executable, "-m", "benchmarks", "row_order", f"--one={name}", f"--rows={many}"])
            lines.append((f"{name.removeprefix('_by_')}, {many:,} rows", measured.output.strip(), f"{measured.seconds:.1f}",
                          f"{measured.peak_mb:.0f}"))  # fmt: skip
    table("while they are made", ("", "CPU s", "seconds", "peak MB"), lines)


def _alone(name: str, rows: int) -> None:
    """Print the CPU seconds of putting so many rows in order."""
    batch = _published("numbers and texts", BATCH_ROWS).combine_chunks().to_batches()[0]

    def made() -> Iterator[pa.RecordBatch]:
        for low in range(0, rows, BATCH_ROWS):
            score = pa.array(np.arange(low, low + BATCH_ROWS))
            yield batch.set_column(batch.num_columns - 1, "score", score).slice(0, min(BATCH_ROWS, rows - low))

    order: Any = globals()[name]
    started = time.process_time()
    for _ in order(made(), batch.schema):
        pass
    print(f"{time.process_time() - started:.1f}")


def _option(name: str, default: str) -> str:
    given = [word.partition("=")[2] for word in sys.argv if word.startswith(f"--{name}=")]
    return given[-1] if given else default
