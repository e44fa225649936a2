"""Desensitization methods over 1 M different values, beside their targets, a copy in memory and what a user would take instead.

CPU time of one thread, the best of three, in batches as the program has them; all values are of the form the method is for, so
all of its work is done. The bandwidth is that of a copy far larger than the caches. Presidio and the loops get fewer values;
all ratios are of one run. A process of its own is started, for Polars takes the number of its threads from the environment.
Option: ``--values=1000000``.
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import _alternatives as alternatives
from benchmarks._invented import column
from benchmarks._measure import table
from gongkai import plugins
from gongkai.batches import BATCH_ROWS
from gongkai.project import SHIPPED

COPIED = 256 << 20
READS_NOTHING = "suppress"
NOISE = {"epsilon": 1.0, "sensitivity": 1_000, "low": 0, "high": 10**7}


@dataclass(frozen=True, slots=True)
class Case:
    """A method, its parameters, the invented column it is given, and how many M values/s it should do."""

    name: str
    column: str
    given: dict[str, Any]
    target: float | None = None

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0]


CASES = (
    Case("mask phones 3+4", "phone", {"keep": (3, 4)}, 10),
    Case("mask ID numbers 6+4", "resident_id", {"keep": (6, 4)}, 10),
    Case("mask names 1+0", "name", {"keep": (1, 0)}, 10),
    Case("mask names, surname", "name", {"show": ("surname",), "entity": "PERSON_NAME"}, 10),
    Case("pseudonymize CMAC-AES", "resident_id", {"cipher": "aes"}, 5),
    Case("pseudonymize CMAC-SM4", "resident_id", {"cipher": "sm4"}, 2),
    Case("pseudonymize HMAC-SM3", "resident_id", {"cipher": "sm3"}),
    Case("pseudonymize AES unique", "resident_id", {"cipher": "aes", "unique": True}, 5),
    Case("pseudonymize SM4 unique", "resident_id", {"cipher": "sm4", "unique": True}, 2),
    Case("encrypt_fpe 18 digits", "number", {}, 0.5),
    Case("encrypt_fpe phones", "phone", {}, 0.5),
    Case("encrypt_fpe alphanumeric", "permit", {"alphabet": "alphanumeric"}, 0.5),
    Case("encrypt_fpe ID numbers", "resident_id", {"alphabet": "id_number"}, 0.5),
    Case("fake name", "name", {"kind": "name"}, 3),
    Case("fake address", "address", {"kind": "address"}, 3),
    Case("generalize_date ISO to month", "date_text", {"to": "month"}, 10),
    Case("generalize_date ISO to year", "date_text", {"to": "year"}, 10),
    Case("generalize_date date32 to year", "date", {"to": "year"}, 10),
    Case("generalize_region to city", "village", {"to": "city"}, 10),
    Case("bucket", "income", {"width": 10_000}),
    Case("round", "income", {"to": 1_000}),
    Case("noise", "income", NOISE),
    Case("shift_date", "date", {"days": 90}),
    Case("truncate_address one city", "address", {"to": "county"}),
    Case("truncate_address country", "far_address", {"to": "county"}),
    Case("snap_coordinates text", "point", {"metres": 1_000, "order": "lng_lat"}),
    Case("snap_coordinates latitude", "latitude", {"metres": 1_000, "axis": "latitude"}),
    Case("suppress", "phone", {}),
    Case("redact", "phone", {}),
)


def main() -> None:
    command = [sys.executable, "-m", "benchmarks.methods", *(option for option in sys.argv if option.startswith("--values="))]
    subprocess.run(command, env={**os.environ, "POLARS_MAX_THREADS": "1"}, check=True)


def run(values: int) -> None:
    """Measure and print."""
    pa.set_cpu_count(1)
    bandwidth = _bandwidth()
    rows, ratios = zip(*(_rows(case, values, bandwidth) for case in CASES), strict=True)
    table(
        f"methods: {values:,} different values, one core, CPU time; a copy reads and writes {bandwidth / 1e9:.0f} GB/s",
        ("method", "M values/s", "target", "reached", "GB/s read + written", "% of a copy"),
        rows,
    )
    table("how many times as fast as", ("method", *alternatives.HEADER), ratios)
    for mark, note in alternatives.NOTES.items():
        print(f"{mark or 'no mark'}: {note}")


def _rows(case: Case, values: int, bandwidth: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    given, who = column(case.column, values), column("resident_id", values)
    treat = _method(case, given, who)
    treated = _fits(case, treat())
    speed = _speed(treat, values)
    moved = speed / values * (given.nbytes + treated.nbytes + (who.nbytes if _wants(case, "person") else 0))
    target, reached = ("-", "-") if case.target is None else (f"{case.target:g}", "yes" if speed >= case.target * 1e6 else "NO")
    told = ("-", "-") if case.method == READS_NOTHING else (f"{moved / 1e9:.2f}", f"{moved / bandwidth:.1%}")
    others = alternatives.of(case.name, given, who)
    ratios = (_ratio(each, case.name, speed, treated) for each in others)
    return (case.name, _short(speed / 1e6), target, reached, *told), (case.name, *ratios)


def _method(case: Case, given: pa.Array, who: pa.Array) -> Callable[[], pa.Array]:
    """The method over all batches."""
    apply = plugins.load(SHIPPED, "transforms", case.method).apply
    fixed = case.given | ({"key": alternatives.KEY} if _wants(case, "key") else {})
    starts = range(0, len(given), BATCH_ROWS)
    batches = [(given.slice(start, BATCH_ROWS), who.slice(start, BATCH_ROWS)) for start in starts]
    if _wants(case, "person"):
        return lambda: pa.chunked_array([apply(batch, person=person, **fixed) for batch, person in batches])
    return lambda: pa.chunked_array([apply(batch, **fixed) for batch, _ in batches])


def _wants(case: Case, name: str) -> bool:
    return name in inspect.signature(plugins.load(SHIPPED, "transforms", case.method).apply).parameters


def _fits(case: Case, treated: pa.ChunkedArray) -> pa.Array:
    """All in one; it ends where values were not treated but masked in full, one in a million may be by chance."""
    whole = treated.combine_chunks()
    full = pc.sum(pc.equal(whole, "****")).as_py() if pa.types.is_string(whole.type) else 0
    if case.method != READS_NOTHING and max(full or 0, whole.null_count) > 1 + len(whole) // 100_000:
        sys.exit(f"{case.name}: its own values do not fit it")
    return whole


def _ratio(found: alternatives.Alternative | None, name: str, speed: float, treated: pa.Array) -> str:
    """How many times as fast the method is, with the mark."""
    if found is None:
        return "-"
    if found.mark in alternatives.SAME:
        others = alternatives.arrow(found.job()).cast(treated.type)
        if not others.equals(treated[: found.values]):
            sys.exit(f"{name}: an alternative gives other values than its mark says")
    times = speed / _speed(found.job, found.values)
    return f"{found.library} {_short(times)} {found.mark or ' '}".lstrip()


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}" if number >= 1 else f"{number:.2g}"


def _speed(job: alternatives.Job, values: int) -> float:
    """Values a second, the best of three."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        job()
        best = min(best, time.process_time() - started)
    return values / best


def _bandwidth() -> float:
    """Bytes a second that a copy reads and writes."""
    source, copied = np.ones(COPIED, np.uint8), np.ones(COPIED, np.uint8)
    return _speed(lambda: np.copyto(copied, source), 2 * COPIED)


if __name__ == "__main__":
    run(next((int(option.partition("=")[2]) for option in sys.argv if option.startswith("--values=")), 1_000_000))
