"""Make ``rules/reference/divisions.csv``: codes and names of provinces, cities and counties.

    python update/divisions.py FOLDER

FOLDER is the ``dist`` folder of https://github.com/modood/Administrative-divisions-of-China (WTFPL), which compiles the list
of the National Bureau of Statistics; it holds ``provinces.csv``, ``cities.csv`` and ``areas.csv``. Hong Kong, Macao and Taiwan
stand there by name only; their codes are those of GB/T 2260.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "rules" / "reference" / "divisions.csv"
HEAD = """\
# Administrative divisions of China: GB/T 2260 codes (2, 4 or 6 digits) and names, as of the 2023 list of the statistics bureau.
# Source: github.com/modood/Administrative-divisions-of-China at 57a0aa9 (2024-11-28), licence WTFPL.
# Made by update/divisions.py.
"""
BY_NAME_ONLY = (("71", "台湾省"), ("81", "香港特别行政区"), ("82", "澳门特别行政区"))


def main(folder: Path) -> None:
    """Write the table, sorted by code."""
    rows = list(BY_NAME_ONLY)
    for name in ("provinces.csv", "cities.csv", "areas.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            rows += [(row["code"], row["name"]) for row in csv.DictReader(file)]
    body = "".join(f"{code},{name}\n" for code, name in sorted(rows))
    TARGET.write_text(f"{HEAD}code,name\n{body}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
