"""What travels with the data 随附文件, so that it can be understood and reused: dictionary, licence, citation, metadata."""

from __future__ import annotations

import csv
import io
from typing import Any

from gongkai import plugins, rules
from gongkai.columns import logical_types
from gongkai.plan import ColumnPlan, Plan
from gongkai.project import Project
from gongkai.registry.entry import Entry

DICTIONARY = ("column", "title", "type", "type_title", "entity", "method", "description")


def dictionary(project: Project, plan: Plan, entry: Entry) -> str:
    """The data dictionary 数据字典 as CSV: one line a column. How a method was set is not in it."""
    entities = rules.load(project).entities
    descriptions = {column.published: column.description for column in entry.published}
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(DICTIONARY)
    for column in plan.columns:
        entity = entities[column.entity].title if column.entity in entities else column.entity
        writer.writerow([*_names(column), entity, _method(project, column), descriptions.get(column.published, "")])
    return table.getvalue()


def licence(entry: Entry) -> str:
    """The licence 开放协议 by name and address, and the conditions where opening has some."""
    lines = [
        f"《{entry.title}》按照“{entry.licence.name}”开放。",
        f"This dataset is opened under: {entry.licence.name}",
        *([f"协议全文 / full text: {entry.licence.url}"] if entry.licence.url else []),
    ]
    if entry.opening.type == "conditional":
        lines.append(f"有条件开放 / opened conditionally: {entry.opening.conditions}")
    lines.append("使用时请注明来源，见 CITATION.txt。 / When you use it, cite the source as in CITATION.txt.")
    return "\n".join(lines) + "\n"


def citation(entry: Entry, *, release: str, city: str) -> str:
    """How to cite the release 来源标注, in the form of GB/T 7714: provider, title, kind, release, date, where."""
    where = f"{city}公共数据开放平台" if city else "公共数据开放平台"
    return (
        f"{entry.provider.name}. {entry.title}（{entry.code}）[DS]. 版本 {release}. {entry.issued.isoformat()}. {where}.\n"
        f"{entry.provider.name}. {entry.title} ({entry.code}) [Data set]. Release {release}. {entry.issued.isoformat()}. "
        f"{city or 'Open data platform'}.\n"
    )


def metadata(plan: Plan, entry: Entry, *, release: str, rows: int) -> dict[str, Any]:
    """The thirteen core items 核心元数据 of the catalogue guide (发改高技〔2017〕1272号), and what the release adds.

    Where the table comes from, and the person who answers for it, stay inside.
    """
    return {
        "category": entry.category,
        "title": entry.title,
        "code": entry.code,
        "provider": entry.provider.model_dump(mode="json"),
        "abstract": entry.abstract,
        "format": entry.format,
        "columns": [
            {"name": column.published, "title": column.title, "type": column.output, "key": column.key}
            for column in plan.columns
        ],
        "sharing": {"type": entry.sharing.type, "conditions": entry.sharing.conditions},
        "opening": {"type": entry.opening.type, "conditions": entry.opening.conditions},
        "update": entry.update.frequency,
        "issued": entry.issued.isoformat(),
        "related": list(entry.related),
        "domain": entry.domain,
        "licence": entry.licence.model_dump(mode="json"),
        "contact": {"unit": entry.contact.unit, "phone": entry.contact.phone, "email": entry.contact.email},
        "release": release,
        "rows": rows,
        "formats": list(entry.formats),
    }


def _names(column: ColumnPlan) -> list[str]:
    return [column.published, column.title, column.output, logical_types.title(column.output)]


def _method(project: Project, column: ColumnPlan) -> str:
    return str(plugins.load(project, "transforms", column.method).TITLE)
