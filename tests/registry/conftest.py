"""A correct entry to spoil, and the registry on both databases."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests import entries

from gongkai.registry.entry import Entry

Edit = Callable[[dict[str, Any]], object]

DOCUMENT = entries.document(
    abstract="社会保障卡的发放时间和状态。",
    columns=[
        entries.column("card_id", "PERSON_NO", "pseudonymize", title="卡编号", key=True),
        entries.column("name", "PERSON_NAME", "mask", title="姓名", params={"keep": [1, 0]}),
        {"name": "id_number", "title": "公民身份号码", "entity": "CN_ID_CARD", "publish": False},
        entries.column("issued_on", title="发放日期", type="date"),
        entries.column("status", title="卡状态"),
    ],
    formats=["csv", "json"],
)


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
