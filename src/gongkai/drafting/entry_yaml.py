"""A draft as the YAML file a department edits: keys in the order of the catalogue guide, a note beside what is uncertain."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.drafting.draft import Draft
from gongkai.drafting.yaml_text import line, one_line
from gongkai.registry.entry import Column, Entry

FILL_IN = "请填写 fill in"
CHECK = "请核对 check"
_HEAD = """\
# 目录条目草稿 draft of a catalogue entry. It applies as it stands; what is marked 请填写 only the department knows.
# Then 然后:
#   gongkai apply <this file 本文件>
#   gongkai show {code}
#   gongkai approve {code} --by 姓名 --note 审查意见
#   gongkai run {code}
"""


def entry_text(draft: Draft) -> str:
    """The whole file."""
    return "\n".join([_HEAD.format(code=draft.entry.code), *_head(draft.entry), *_person(draft.entry), *_columns(draft), ""])


def _head(entry: Entry) -> Iterator[str]:
    yield line(0, "code", entry.code, f"信息资源代码, {CHECK}")
    yield line(0, "title", entry.title, f"信息资源名称, {FILL_IN}")
    yield line(0, "department", entry.department, "the folder this file lies in: catalog/<department>/")
    yield line(0, "category", entry.category, f"信息资源分类, {FILL_IN}")
    yield "provider:"
    yield line(2, "name", entry.provider.name, FILL_IN)
    yield line(2, "code", entry.provider.code, f"统一社会信用代码, {FILL_IN}")
    yield line(0, "abstract", entry.abstract, FILL_IN)
    yield line(0, "format", entry.format, "信息资源格式")
    yield line(0, "sharing", {"type": entry.sharing.type}, f"共享属性, {CHECK}")
    yield line(0, "opening", _opening(entry), f"开放属性, {CHECK}")
    yield line(0, "update", {"frequency": entry.update.frequency}, f"更新周期, {CHECK}")
    yield line(0, "issued", entry.issued.isoformat(), "发布日期")
    yield line(0, "licence", {"name": entry.licence.name}, FILL_IN)
    yield line(0, "contact", {"unit": entry.contact.unit, "name": entry.contact.name}, FILL_IN)
    yield "source:"
    yield line(2, "kind", entry.source.kind)
    for name, value in entry.source.parameters.items():
        yield line(2, name, value, CHECK if name in ("connection", "path") else "")


def _person(entry: Entry) -> Iterator[str]:
    if entry.person is not None:
        yield line(0, "person", entry.person, "同一取值即同一人 whose equal values are one person: risk is measured in persons")


def _opening(entry: Entry) -> dict[str, str]:
    return {key: str(value) for key, value in entry.opening.model_dump(mode="json").items() if value}


def _columns(draft: Draft) -> Iterator[str]:
    yield "columns:  # 信息项: every column of the source 来源的每一列"
    for column in draft.entry.columns:
        yield ""
        yield from (f"  # {one_line(note)}" for note in draft.notes.get(column.name, "").split("; ") if note)
        yield from _column(column)


def _column(column: Column) -> Iterator[str]:
    first, *rest = _parts(column)
    yield f"  - {first.lstrip()}"
    yield from rest


def _parts(column: Column) -> Iterator[str]:
    yield line(4, "name", column.name)
    yield line(4, "title", column.title)
    if column.description:
        yield line(4, "description", column.description)
    if column.type != "text":
        yield line(4, "type", column.type)
    yield line(4, "entity", column.entity)
    if column.clean:
        yield line(4, "clean", column.clean)
    if column.method is not None:
        yield line(4, "method", column.method)
    if column.params:
        yield line(4, "params", column.params)
    if column.key:
        yield line(4, "key", True, "区分各行 tells rows apart")
    if column.publish_as:
        yield line(4, "publish_as", column.publish_as)
    if not column.publish:
        yield line(4, "publish", False)
