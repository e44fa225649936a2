"""A catalogue entry for tests: the core items of the guide, correct and invented; a test says only what it is about."""

from __future__ import annotations

import copy
from typing import Any

from gongkai.registry.entry import Entry

CORE: dict[str, Any] = {
    "code": "social_card",
    "title": "社会保障卡发放信息",
    "department": "hrss",
    "category": "社会保障",
    "provider": {"name": "某市人力资源和社会保障局", "code": "11450900MB0000000X"},
    "abstract": "社会保障卡的状态。",
    "format": "数据库",
    "sharing": {"type": "unconditional"},
    "opening": {"type": "unconditional"},
    "update": {"frequency": "daily"},
    "issued": "2026-01-01",
    "licence": {"name": "开放许可协议"},
    "contact": {"unit": "信息中心", "name": "数据管理员"},
    "source": {"kind": "sql", "connection": "hrss", "table": "social_card"},
    "columns": [{"name": "status", "title": "卡状态", "entity": "NONE", "method": "keep"}],
    "formats": ["csv"],
}


def document(**other: Any) -> dict[str, Any]:
    """The entry as it is written, with other top-level values: ``document(code="x")``."""
    return copy.deepcopy({**CORE, **other})


def entry(**other: Any) -> Entry:
    """The same as an entry."""
    return Entry.model_validate(document(**other))


def column(name: str, entity: str = "NONE", method: str = "keep", **other: Any) -> dict[str, Any]:
    """A column as it is written, titled by its name."""
    return {"name": name, "title": name, "entity": entity, "method": method, **other}
