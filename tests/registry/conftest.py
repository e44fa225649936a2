"""A correct entry to spoil, and the registry on both databases."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from gongkai.registry.entry import Entry

Edit = Callable[[dict[str, Any]], object]

DOCUMENT: dict[str, Any] = {
    "code": "social_card",
    "title": "社会保障卡发放信息",
    "department": "hrss",
    "category": "社会保障",
    "provider": {"name": "某市人力资源和社会保障局", "code": "11450900MB0000000X"},
    "abstract": "社会保障卡的发放时间和状态。",
    "format": "数据库",
    "sharing": {"type": "unconditional"},
    "opening": {"type": "unconditional"},
    "update": {"frequency": "daily"},
    "issued": "2026-01-01",
    "licence": {"name": "开放许可协议"},
    "contact": {"unit": "信息中心", "name": "数据管理员"},
    "source": {"kind": "sql", "connection": "hrss", "table": "social_card"},
    "columns": [
        {"name": "card_id", "title": "卡编号", "entity": "PERSON_NO", "method": "pseudonymize", "key": True},
        {"name": "name", "title": "姓名", "entity": "PERSON_NAME", "method": "mask", "params": {"keep": [1, 0]}},
        {"name": "id_number", "title": "公民身份号码", "entity": "CN_ID_CARD", "publish": False},
        {"name": "issued_on", "title": "发放日期", "type": "date", "entity": "NONE", "method": "keep"},
        {"name": "status", "title": "卡状态", "entity": "NONE", "method": "keep"},
    ],
    "formats": ["csv", "json"],
}


@pytest.fixture
def document() -> dict[str, Any]:
    """The correct entry as written."""
    return copy.deepcopy(DOCUMENT)


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """Make an entry with other top-level values: ``entry(code="x")``."""
    return lambda **other: Entry.model_validate({**copy.deepcopy(DOCUMENT), **other})


@pytest.fixture
def write(home: Path) -> Callable[..., Path]:
    """Write the correct entry, after an edit, into the project's catalogue."""

    def write(edit: Edit = lambda document: None, place: str = "hrss/social_card.yml") -> Path:
        changed = copy.deepcopy(DOCUMENT)
        edit(changed)
        path = home / "catalog" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(changed, allow_unicode=True, sort_keys=False), "utf-8")
        return path

    return write


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A registry that is not there yet, in each of the two databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/registry/registry.db"
    found: str = request.getfixturevalue("postgres_url")
    return found
