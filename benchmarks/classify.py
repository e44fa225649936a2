"""What 50 columns of a million rows hold: sample, classification and the sweep of every value of the columns that look plain.

The table is invented: identifiers, names, telephones, codes, amounts, dates and remarks, with one telephone number hidden in a
remark and a few traps (case numbers, moments, hashes). Options: ``--rows=1000000``.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks._measure import table
from benchmarks.rivals import presidio_plain
from gongkai.classify import Finding, profile, sampling, values
from gongkai.classify.sweep import Sweep
from gongkai.project import SHIPPED

COLUMNS = 50
PRESIDIO_ROWS = 100
_POOL = 20_000
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文辉玲红斌宇浩然欣怡"
_CLAUSES = (
    "市民来电反映小区夜间施工噪音扰民", "咨询社保转移接续办理流程", "申请材料已齐全，窗口受理", "经核实情况属实，已责成整改",
    "请尽快回复处理结果", "现场检查未发现异常",
)  # fmt: skip
_STATES = ("已办结", "办理中", "待受理", "已退回")


@dataclass(frozen=True, slots=True)
class Measured:
    """One step: seconds of wall time and of all threads' work."""

    step: str
    wall_seconds: float
    cpu_seconds: float


def main() -> None:
    rows = int(next((option.partition("=")[2] for option in sys.argv if option.startswith("--rows=")), "1000000"))
    measured, found = run(rows)
    lines = [(each.step, f"{each.wall_seconds:.2f}", f"{each.cpu_seconds:.2f}") for each in measured]
    table(f"{COLUMNS} columns x {rows:,} rows", ("step", "wall s", "CPU s"), lines)
    rival = presidio(invent(PRESIDIO_ROWS))
    print(f"Presidio's batch engine: {rival:,.0f} values/s of CPU, {COLUMNS * rows / rival:,.0f} s for the whole table")
    personal, reviewed = sum(each.role != "plain" for each in found), sum(each.review for each in found)
    hidden = next(each for each in found if each.column == "item_0")
    needles = f"{hidden.evidence['sweep.PHONE']:.0f}"
    print(f"{personal} columns personal, {reviewed} to review; telephones found in item_0: {needles}, hidden: 1")


def run(rows: int = 1_000_000) -> tuple[list[Measured], list[Finding]]:
    """The whole as one call, then its steps by themselves; and what was found."""
    invented = invent(rows)
    profile(invented.slice(0, 1000), SHIPPED)  # word lists and regular expressions are loaded once
    found: list[Finding] = []
    measured = [
        _timed("sample + classify + sweep, 2 threads", lambda: found.extend(profile(invented, SHIPPED))),
        _timed("sample, 1 thread", lambda: _sample(invented)),
    ]
    samples = _sample(invented)
    plain = [each.column for each in found if each.role == "plain"]
    measured += [
        _timed("read the samples, 1 thread", lambda: [values.read(sample, SHIPPED) for sample in samples]),
        _timed(f"sweep {len(plain)} plain columns, 1 thread", lambda: _sweep(invented.select(plain), Sweep(SHIPPED))),
    ]
    return measured, found


def presidio(invented: pa.Table) -> float:
    """Values a second that its batch engine reads of such a table."""
    texts = [text for column in invented.columns for text in column.cast(pa.string()).to_pylist() if text]
    presidio_plain.detect(texts[:10])
    started = time.process_time()
    presidio_plain.detect(texts)
    return len(texts) / (time.process_time() - started)


def invent(rows: int) -> pa.Table:
    """A table of ``COLUMNS`` columns; the kinds repeat, no two columns are equal."""
    columns = {}
    for number in range(COLUMNS):
        name, make = list(_KINDS.items())[number % len(_KINDS)]
        columns[f"{name}_{number // len(_KINDS)}"] = make(np.random.default_rng(number), rows)
    return pa.table(columns)


def _timed(step: str, work: Callable[[], object]) -> Measured:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Measured(step, time.perf_counter() - wall, time.process_time() - cpu)


def _sample(invented: pa.Table) -> list[pa.Array]:
    samplers = [sampling.Sampler() for _ in invented.schema.names]
    for batch in invented.to_batches(max_chunksize=131_072):
        for sampler, column in zip(samplers, batch.columns, strict=True):
            sampler.add(column)
    return [sampler.values() for sampler in samplers]


def _sweep(plain: pa.Table, sweep: Sweep) -> None:
    for batch in plain.to_batches(max_chunksize=131_072):
        for name in batch.schema.names:
            sweep.feed(name, batch.column(name))


def _from(pool: list[str], source: np.random.Generator, rows: int) -> pa.Array:
    return pa.array(pool, pa.string()).take(pa.array(source.integers(0, len(pool), rows)))


def _identifier(name: str) -> Callable[[np.random.Generator, int], pa.Array]:
    def make(source: np.random.Generator, rows: int) -> pa.Array:
        drawn = random.Random(int(source.integers(2**31)))
        generate = import_module(f"gongkai.identifiers.{name}").generate
        return _from([generate(drawn) for _ in range(_POOL)], source, rows)

    return make


def _names(source: np.random.Generator, rows: int) -> pa.Array:
    drawn = random.Random(int(source.integers(2**31)))
    return _from([drawn.choice(_SURNAMES) + "".join(drawn.choices(_GIVEN, k=2)) for _ in range(_POOL)], source, rows)


def _numbers(low: int, high: int) -> Callable[[np.random.Generator, int], pa.Array]:
    return lambda source, rows: pa.array(source.integers(low, high, rows)).cast(pa.string())


def _remarks(source: np.random.Generator, rows: int) -> pa.Array:
    """Short remarks, every one different; the first column of them hides a telephone number in its middle."""
    clauses = pa.array(_CLAUSES).take(pa.array(source.integers(0, len(_CLAUSES), rows)))
    remarks = pc.binary_join_element_wise(clauses, pa.array(np.arange(rows)).cast(pa.string()), "")
    hidden = pa.array(["电联13812345678"], pa.string())
    return pa.concat_arrays([remarks.slice(0, rows // 2), hidden, remarks.slice(rows // 2 + 1)])


def _case_numbers(source: np.random.Generator, rows: int) -> pa.Array:
    days = source.integers(20_230_101, 20_231_231, rows)
    return pa.array(110101 * 10**12 + days * 10**4 + source.integers(0, 10**4, rows)).cast(pa.string())


def _hashes(source: np.random.Generator, rows: int) -> pa.Array:
    text = source.bytes(16 * rows).hex().encode()
    return pa.StringArray.from_buffers(rows, pa.py_buffer(np.arange(0, 32 * rows + 1, 32, np.int32)), pa.py_buffer(text))


def _days(source: np.random.Generator, rows: int) -> pa.Array:
    return pa.array(source.integers(18_000, 20_000, rows).astype(np.int32)).cast(pa.date32()).cast(pa.string())


def _amounts(source: np.random.Generator, rows: int) -> pa.Array:
    return pa.array(source.integers(100, 10**8, rows)).cast(pa.decimal128(20, 0)).cast(pa.decimal128(22, 2))


_KINDS: dict[str, Callable[[np.random.Generator, int], pa.Array]] = {
    "serial": lambda source, rows: pa.array(np.arange(rows) + 10**8).cast(pa.string()),
    "person_id": _identifier("resident_id"),
    "person": _names,
    "phone": _identifier("mobile"),
    "item": _remarks,
    "state": lambda source, rows: _from(list(_STATES), source, rows),
    "case_number": _case_numbers,
    "amount": _amounts,
    "day": _days,
    "moment": _numbers(1_600_000_000_000, 1_700_000_000_000),
    "hash": _hashes,
    "code": _numbers(10**7, 10**8),
    "order": _numbers(2 * 10**17, 3 * 10**17),
    "card": _identifier("bank_card"),
    "count": lambda source, rows: pa.array(source.integers(0, 1000, rows)),
    "company": _identifier("uscc"),
}


if __name__ == "__main__":
    main()
