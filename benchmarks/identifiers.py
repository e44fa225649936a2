"""Every identifier's check over 1 M values, beside a loop of Python's ``re``, Presidio's batch engine and, where it knows the
number, python-stdnum.

CPU time of one thread, the best of three, values of the identifier itself: all of them hold, so all of the check is run. The
rivals judge fewer values and are put as ratios of the same run; the loop knows the shape only, neither checksum nor date.
Option: ``--values=1000000``.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import pyarrow as pa

from benchmarks._measure import table
from benchmarks.rivals import presidio_plain
from gongkai import plugins

PACKAGE = "gongkai.identifiers"
DISTINCT = 50_000
PRESIDIO = 500
"""Values are enough for it."""
STDNUM = {
    "resident_id": "stdnum.cn.ric", "social_security_number": "stdnum.cn.ric", "uscc": "stdnum.cn.uscc",
    "uscc_sole_trader": "stdnum.cn.uscc", "bank_card": "stdnum.luhn",
}


def run() -> None:
    """Measure and print."""
    pa.set_cpu_count(1)
    rows = [_row(name) for name in plugins.modules(PACKAGE)]
    table(
        f"identifiers: {_values():,} values, one core, CPU time",
        ("identifier", "M values/s", "with spaces, full width", "x re loop", "x Presidio batch", "x python-stdnum"),
        rows,
    )


main = run


def _row(name: str) -> tuple[str, ...]:
    kind = import_module(f"{PACKAGE}.{name}")
    chance = random.Random(1)
    distinct = [kind.generate(chance) for _ in range(DISTINCT)]
    column = pa.array(distinct * max(_values() // DISTINCT, 1))
    fast = _speed(lambda: _check(kind, column), len(column))
    messy = pa.array([_wide(text) if at % 2 else f" {text} " for at, text in enumerate(distinct)])
    pattern = re.compile(kind.FIND)
    loop = _speed(lambda: [pattern.fullmatch(text) is not None for text in distinct], DISTINCT)
    presidio = _speed(lambda: presidio_plain.detect(distinct[:PRESIDIO]), PRESIDIO)
    untidy = _speed(lambda: _check(kind, messy), DISTINCT)
    ratios = (f"{fast / loop:.1f}", f"{fast / presidio:,.0f}", _stdnum(name, distinct)(fast))
    return (name, _millions(fast), _millions(untidy), *ratios)


def _check(kind: ModuleType, column: pa.Array) -> None:
    result = kind.check(column)
    if result.true_count != len(column):
        sys.exit(f"{kind.__name__}: {len(column) - result.true_count} of its own values do not hold")


def _stdnum(name: str, distinct: list[str]) -> Callable[[float], str]:
    """How many times faster than python-stdnum's loop; a dash where it does not know the number."""
    if name not in STDNUM:
        return lambda fast: "-"
    is_valid = import_module(STDNUM[name]).is_valid
    few = distinct[:5_000]

    def loop() -> None:
        for text in few:
            try:
                is_valid(text)
            except KeyError:  # it falls over counties that were renamed
                continue

    speed = _speed(loop, len(few))
    return lambda fast: f"{fast / speed:,.0f}"


def _speed(job: Callable[[], object], values: int) -> float:
    """Values a second, the best of three."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        job()
        best = min(best, time.process_time() - started)
    return values / best


def _millions(speed: float) -> str:
    return f"{speed / 1e6:.1f}"


def _wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def _values() -> int:
    return next((int(option.partition("=")[2]) for option in sys.argv if option.startswith("--values=")), 1_000_000)


if __name__ == "__main__":
    run()
