"""A city with several datasets, each a CSV of a drop folder, under the shipped policy or one of its own."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from gongkai import lifecycle, pipeline
from gongkai.pipeline import Outcome
from gongkai.project import Project, shipped_folder
from gongkai.registry.ledger import Ledger
from gongkai.registry.records import OpenRelease

BASIS = {"basis": "某条例第1条", "by": "某人", "until": "2099-01-01"}


class City:
    """Register datasets and run them."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def policy(self, *edits: tuple[str, str]) -> None:
        """Replace the shipped policy by itself with regular expressions applied."""
        text = (shipped_folder() / "rules" / "policy.yml").read_text("utf-8")
        for pattern, new in edits:
            text, count = re.subn(pattern, new, text)
            assert count, pattern
        (self.home / "rules").mkdir(exist_ok=True)
        (self.home / "rules" / "policy.yml").write_text(text, "utf-8")

    def dataset(self, code: str, columns: Sequence[Mapping[str, Any]], opening: str = "unconditional", **more: Any) -> None:
        """Write, register and approve an entry."""
        document = {
            "code": code,
            "title": f"{code}信息",
            "department": "hrss",
            "category": "测试",
            "provider": {"name": "测试局", "code": "114509000000000000"},
            "abstract": "虚构",
            "format": "电子表格",
            "sharing": {"type": "unconditional"},
            "opening": {"type": opening, "conditions": "协议" if opening == "conditional" else ""},
            "update": {"frequency": "daily"},
            "issued": "2026-11-01",
            "licence": {"name": "测试许可"},
            "contact": {"unit": "测试", "name": "测试"},
            "source": {"kind": "file", "path": f"drops/{code}.csv"},
            "columns": [{"title": column["name"], **column} for column in columns],
            **more,
        }
        path = self.home / "catalog" / "hrss" / f"{code}.yml"
        path.parent.mkdir(exist_ok=True)
        unshared = json.loads(json.dumps(document))  # else YAML would write aliases
        path.write_text(yaml.safe_dump(unshared, allow_unicode=True, sort_keys=False), "utf-8")
        lifecycle.apply(Project.find(), [path])
        lifecycle.approve(Project.find(), code, by="审查员", note="虚构数据")

    def rows(self, code: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write what the source holds now."""
        path = self.home / "drops" / f"{code}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def run(self, code: str) -> Outcome:
        return pipeline.run(Project.find(), code)

    def open_releases(self, code: str | None = None) -> list[OpenRelease]:
        return Ledger(Project.find().settings.database).releases(code)


@pytest.fixture
def city(home: Path) -> City:
    return City(home)
