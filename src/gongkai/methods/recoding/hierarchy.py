"""Hierarchy files 概化层次文件: rules/hierarchies/<name>.csv, one line per value, then what it becomes level by level.

The form is ARX's: ``value;level 1;level 2;...`` in UTF-8, no header. A last level that is one word for every value is the top.
"""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.errors import ConfigError, known
from gongkai.project import Project

_FOLDER = "hierarchies"


def load(name: str, project: Project) -> list[pa.Array]:
    """The columns of the file called ``name``, values first, without the top.

    ValueError where there is no such file. ConfigError, naming file and line, where it has no lines, lines of different length,
    a value twice, or a level that parts what a finer one joined.

    >>> from gongkai.project import SHIPPED
    >>> load("nowhere", SHIPPED)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: no file rules/hierarchies/nowhere.csv...
    """
    return project.once(_load, name)


def _load(project: Project, name: str) -> list[pa.Array]:
    path = project.file("rules", f"{_FOLDER}/{name}.csv")
    if path is None:
        there = [Path(each).stem for each in project.names("rules", f"{_FOLDER}/*.csv")]
        remedy = known(name, there) if there else "there is none yet"
        raise ValueError(f"no file rules/{_FOLDER}/{name}.csv; {remedy}")
    return _parsed(path, f"rules/{_FOLDER}/{name}.csv")


def _parsed(path: Path, file: str) -> list[pa.Array]:
    rows = _rows(path, file)
    columns = [list(column) for column in zip(*rows, strict=True)]
    _check_once(columns[0], file)
    if len(columns) > 1 and len(set(columns[-1])) == 1:
        columns.pop()
    for level, (fine, coarse) in enumerate(pairwise(columns[1:]), start=2):
        if len(set(fine)) != len(set(zip(fine, coarse, strict=True))):
            problem = f"level {level} parts values that level {level - 1} joins"
            raise ConfigError.of(problem, "a level may only join groups of the one before", file=file)
    return [pa.array(column, pa.string()) for column in columns]


def _rows(path: Path, file: str) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            rows = [row for row in csv.reader(text, delimiter=";", strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigError.of(f"is no CSV file in UTF-8 ({type(error).__name__})", "save it anew", file=file) from None
    if not rows:
        raise ConfigError.of("has no lines", "write value;level 1;level 2;... for each value", file=file)
    for line, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise ConfigError.of(f"line {line} has {len(row)} fields, the first has {len(rows[0])}", file=file)
    return rows


def _check_once(values: list[str], file: str) -> None:
    seen: set[str] = set()
    for line, value in enumerate(values, start=1):
        if value in seen:
            raise ConfigError.of(f"line {line} says again what becomes of a value", "give each value one line", file=file)
        seen.add(value)


def lookup(columns: list[pa.Array], values: pa.Array, level: int) -> pa.Array:
    """What becomes of each text at a level; null for one that is not in the file.

    >>> lookup([pa.array(["39", "50"]), pa.array(["30-39", "50-59"])], pa.array(["50", "51"]), 1).to_pylist()
    ['50-59', None]
    """
    return columns[level].take(pc.index_in(values, value_set=columns[0]))
