"""generalize 概化: a value becomes what a hierarchy file 概化层次 says at a level, 博士研究生 研究生教育 and then 高等教育.

The file is rules/hierarchies/<name>.csv, in the form of ARX. education.csv holds the codes and names of GB/T 4658-2006 and the
words people write for them.
"""

from __future__ import annotations

import pyarrow as pa

from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns.full_mask import else_full_mask
from gongkai.methods.columns.plain import plain
from gongkai.methods.recoding.hierarchy import load, lookup
from gongkai.project import SHIPPED, Project

TITLE = "概化"
VERSION = 1
TYPES = frozenset({"text"})


def apply(column: pa.Array, *, hierarchy: str, level: int, project: Project = SHIPPED) -> pa.Array:
    """Text: the word of the file's ``level``, the column after the value being 1. Null and empty stay.

    A value that is not in the file becomes ``****``. ValueError for a file that is not there and a level it has not;
    ConfigError for a file that is wrong, by its line.

    >>> apply(pa.array(["博士研究生", "21", "小学", "三年级", None]), hierarchy="education", level=2).to_pylist()
    ['高等教育', '高等教育', '初中及以下', '****', None]
    >>> apply(pa.array(["小学"]), hierarchy="education", level=9)
    Traceback (most recent call last):
        ...
    ValueError: the hierarchy education has the levels 1 to 3
    """
    columns = _checked(hierarchy, level, project)
    column = plain(column)
    return else_full_mask(lookup(columns, column, level), column)


def reveals(entity: str, *, hierarchy: str, level: int, project: Project = SHIPPED) -> Disclosure:
    """The level.

    >>> sorted(reveals("EDUCATION", hierarchy="education", level=2).parts)
    ['level2']
    """
    _checked(hierarchy, level, project)
    return Disclosure(Form.COARSE, parts=frozenset({f"level{level}"}))


def _checked(hierarchy: str, level: int, project: Project) -> list[pa.Array]:
    columns = load(hierarchy, project)
    if not 1 <= level < len(columns):
        raise ValueError(f"the hierarchy {hierarchy} has the levels 1 to {len(columns) - 1}")
    return columns
