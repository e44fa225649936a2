"""``make bench``: every benchmark, or the ones named: ``python -m benchmarks pipeline airflow``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def main() -> None:
    names = [name for name in sys.argv[1:] if not name.startswith("-")] or NAMES
    for name in names:
        if name not in NAMES:
            sys.exit(f"no benchmark called '{name}'; known: {', '.join(NAMES)}")
        importlib.import_module(f"benchmarks.{name}").main()


main()
