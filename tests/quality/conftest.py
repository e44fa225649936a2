"""Small staged tables and their plans, as the steps before a check leave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongkai import quality
from gongkai.columns import logical_types
from gongkai.disclosure import Disclosure, Form
from gongkai.plan import ColumnPlan, Plan
from gongkai.project import Project
from gongkai.quality import Report
from gongkai.registry.entry import Column, Contact, Entry, Licence, Opening, Provider, Sharing, Source, Update


@dataclass
class City:
    """A project whose expectations a test writes, and checks of tables in it."""

    root: Path
    entities: dict[str, str] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    deduplicate: bool = False

    @property
    def project(self) -> Project:
        """The project as it is now, read anew."""
        return Project.at(self.root)

    def expect(self, text: str, name: str = "demo") -> None:
        """Write ``expectations/<name>.yml``."""
        (self.root / "expectations").mkdir(exist_ok=True)
        (self.root / "expectations" / f"{name}.yml").write_text(text, encoding="utf-8")

    def plan(self, table: pa.Table) -> Plan:
        columns = tuple(
            ColumnPlan(
                name=name,
                published=name,
                title=self.titles.get(name, name),
                type=logical_types.logical_type(kind),
                output=logical_types.logical_type(kind),
                entity=self.entities.get(name, "NONE"),
                level="L1",
                method=self.methods.get(name, "keep"),
                params={},
                clean=(),
                key=name in self.key,
                shape=None,
                group="plain",
                left=Disclosure(Form.ALL),
            )
            for name, kind in zip(table.schema.names, table.schema.types, strict=True)
        )
        return Plan("demo", "示例", "r" * 64, "p" * 64, columns, self.key, self.deduplicate, None)

    def entry(self, plan: Plan) -> Entry:
        return Entry(
            code="demo",
            title="行政许可办件信息",
            department="xzspj",
            category="1/01",
            provider=Provider(name="玉林市行政审批局", code="11450900MB1234567X"),
            abstract="示例",
            format="数据库",
            sharing=Sharing(type="unconditional"),
            opening=Opening(type="unconditional"),
            update=Update(frequency="daily"),
            issued=date(2025, 1, 1),
            licence=Licence(name="开放"),
            contact=Contact(unit="单位", name="联系人"),
            source=Source(kind="sql"),
            columns=[
                Column(name=c.name, title=c.title, type=c.type, entity=c.entity, method=c.method, key=c.key)
                for c in plan.columns
            ],
        )

    def check(
        self,
        table: pa.Table,
        *,
        plan: Plan | None = None,
        tally: Mapping[str, Mapping[str, int]] | None = None,
        previous_rows: int | None = None,
        **facts: Any,
    ) -> Report:
        """Stage a table and check it; ``plan`` where it is not the table's own."""
        plan = plan or self.plan(table)
        staged, work = self.root / "staged.parquet", self.root / "work"
        work.mkdir(exist_ok=True)
        pq.write_table(table, staged)
        report = quality.check(
            self.project,
            staged,
            entry=self.entry(plan),
            plan=plan,
            tally=tally or {},
            previous_rows=previous_rows,
            work=work,
            **facts,
        )
        assert list(work.iterdir()) == [], "a check leaves nothing behind"
        return report

    def faults(self, table: pa.Table) -> list[str]:
        return [str(fault) for fault in quality.faults(self.project, self.entry(self.plan(table)))]


@pytest.fixture
def project(tmp_path: Path) -> City:
    return City(tmp_path)
