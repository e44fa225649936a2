"""Data dictionaries 数据字典: tables that list columns by name and comment, before any row can be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gongkai.classify import Sample
from gongkai.drafting import origin
from gongkai.errors import ConfigError
from gongkai.project import Project

HEADERS = (
    *("header", "column", "columnname", "name", "field", "fieldname", "physicalname"),
    *("字段名", "列名", "英文名", "字段英文名", "英文名称", "字段英文名称"),
    *("字段名称", "字段代码", "字段", "列", "数据项英文名", "标识符"),
)
"""How dictionaries title the column of names, the surest first; letter case, spaces and underscores aside."""
COMMENTS = (
    *("comment", "columncomment", "label", "chinesename", "title", "description", "remarks", "remark"),
    *("注释", "字段注释", "列注释", "中文名", "字段中文名", "中文名称", "字段中文名称"),
    *("数据项名称", "信息项名称", "信息项", "数据项"),
    *("说明", "字段说明", "字段描述", "描述", "含义", "备注", "名称"),
)
"""How they title the column of comments."""


def read(project: Project, path: Path, *, sheet: str | None = None) -> list[Sample]:
    """One sample without values per column listed, in the file's order; rows without a name are passed over.

    ConfigError when the file is missing or empty, has no column of names, or lists nothing.
    """
    found = origin.of_file(project, path, sheet=sheet)
    titles = [column.name for column in found.columns]
    header, comment = _titled(titles, HEADERS), _titled(titles, COMMENTS)
    if header is None and comment is not None:
        header, comment = comment, None  # Chinese names alone are headers
    if header is None:
        remedy = "title its columns header and comment, or 字段名 and 注释"
        raise ConfigError.of("has no column that lists columns' names", remedy, file=str(path))
    wanted = [header] if comment is None else [header, comment]
    samples = [
        Sample(name=name.strip(), comment=(comments[0] or "").strip() or None if comments else None)
        for batch in found.scan(wanted)
        for name, *comments in zip(*(batch.column(title).to_pylist() for title in wanted), strict=True)
        if name and name.strip()
    ]
    if not samples:
        raise ConfigError.of("lists no column", "write one row for each column", file=str(path))
    return samples


def _titled(titles: Sequence[str], known: Sequence[str]) -> str | None:
    """The title that stands first among the known ones."""
    plain = {"".join(title.lower().split()).replace("_", "").replace("-", ""): title for title in reversed(titles)}
    return next((plain[name] for name in known if name in plain), None)
