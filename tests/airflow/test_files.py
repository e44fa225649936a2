"""The generated DAG files follow the registry: what is approved is listed, and nothing else."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from gongkai import lifecycle
from gongkai import settings as city
from gongkai.airflow import environment, files
from gongkai.airflow.bundle import DepartmentFiles
from gongkai.registry.store import Registry
from gongkai.settings import Settings

DOCUMENT: dict[str, Any] = {
    "code": "social_card",
    "title": "社会保障卡发放信息",
    "department": "hrss",
    "category": "社会保障",
    "provider": {"name": "某市人力资源和社会保障局", "code": "11450900MB0000000X"},
    "abstract": "社会保障卡的状态。",
    "format": "数据库",
    "sharing": {"type": "unconditional"},
    "opening": {"type": "unconditional"},
    "update": {"frequency": "monthly", "at": "03:30", "workdays": True},
    "issued": "2026-01-01",
    "licence": {"name": "开放许可协议"},
    "contact": {"unit": "信息中心", "name": "数据管理员"},
    "source": {"kind": "sql", "connection": "hrss", "table": "social_card"},
    "columns": [{"name": "status", "title": "卡状态", "entity": "NONE", "method": "keep"}],
    "formats": ["csv"],
}
CLOSED = {"opening": {"type": "closed", "grounds": "法", "review_by": "2027-01-01"}}


@pytest.fixture
def settings(home: Path) -> Settings:
    return city.load()


def register(settings: Settings, code: str, *, department: str = "hrss", approve: bool = True, **changes: Any) -> None:
    path = settings.catalog / department / f"{code}.yml"
    path.parent.mkdir(exist_ok=True)
    document = copy.deepcopy(DOCUMENT) | {"code": code, "department": department} | changes
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    lifecycle.apply(settings, [path])
    if approve:
        lifecycle.approve(settings, code, by="审查员", note="已审查")


def listed(settings: Settings) -> dict[str, list[str]]:
    found = sorted(environment.dags_folder(settings).glob("gongkai_*.json"))
    return {path.stem.removeprefix("gongkai_"): [item["code"] for item in json.loads(path.read_text())] for path in found}


def test_approved_datasets_are_listed_by_department(settings: Settings) -> None:
    register(settings, "social_card")
    register(settings, "pension")
    register(settings, "draft", approve=False)
    register(settings, "secret", approve=False, **CLOSED)
    register(settings, "buses", department="transport")
    assert files.refresh(settings) == ["hrss", "transport"]
    assert listed(settings) == {"hrss": ["pension", "social_card"], "transport": ["buses"]}
    folder = environment.dags_folder(settings)
    assert sorted(path.name for path in folder.iterdir()) == [
        "gongkai_hrss.json", "gongkai_hrss.py", "gongkai_transport.json", "gongkai_transport.py",
    ]  # fmt: skip


def test_a_listing_says_what_a_schedule_needs(settings: Settings) -> None:
    register(settings, "social_card")
    files.refresh(settings)
    (listing,) = json.loads((environment.dags_folder(settings) / "gongkai_hrss.json").read_text())
    approval = Registry(settings.database).approvals("social_card")[-1]
    assert listing["approved"] == approval.at.isoformat()
    assert listing["revision"] == approval.hash
    assert (listing["frequency"], listing["at"], listing["workdays"]) == ("monthly", "03:30", True)
    assert listing["timezone"] == "Asia/Shanghai"


def test_only_a_changed_department_is_parsed_again(settings: Settings) -> None:
    register(settings, "social_card")
    register(settings, "buses", department="transport")
    files.refresh(settings)
    folder = environment.dags_folder(settings)
    for name in ("hrss", "transport"):
        os.utime(folder / f"gongkai_{name}.py", (1, 1))
    assert files.refresh(settings) == []
    register(settings, "pension")
    assert files.refresh(settings) == ["hrss"]
    assert (folder / "gongkai_hrss.py").stat().st_mtime > 1
    assert (folder / "gongkai_transport.py").stat().st_mtime == 1


LEAVE = {
    "an edit ends the approval": {"abstract": "另一个摘要"},
    "closing ends it": CLOSED,
}


@pytest.mark.parametrize("changes", LEAVE.values(), ids=LEAVE)
def test_what_leaves_the_list(settings: Settings, changes: dict[str, Any]) -> None:
    register(settings, "social_card")
    register(settings, "pension")
    files.refresh(settings)
    register(settings, "pension", approve=False, **changes)
    assert files.refresh(settings) == ["hrss"]
    assert listed(settings) == {"hrss": ["social_card"]}


def test_a_department_without_datasets_keeps_its_file_for_runs_under_way(settings: Settings) -> None:
    register(settings, "buses", department="transport")
    files.refresh(settings)
    register(settings, "buses", department="transport", approve=False, abstract="另一个摘要")
    assert files.refresh(settings) == ["transport"]
    assert listed(settings) == {"transport": []}
    assert (environment.dags_folder(settings) / "gongkai_transport.py").is_file()
    assert files.refresh(settings) == []


def test_a_changed_rule_ends_approvals_and_the_bundle_notices(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    register(settings, "social_card")
    bundle = DepartmentFiles(name="gongkai", refresh_interval=5)
    bundle.refresh()
    assert listed(settings) == {"hrss": ["social_card"]}
    assert bundle.path == environment.dags_folder(settings)
    rules = settings.home / "rules"
    rules.mkdir()
    shipped = files.content.files("rules", "policy.yml")["policy.yml"]
    (rules / "policy.yml").write_text(shipped.read_text() + "\n# stricter from now on\n")
    policy = yaml.safe_load(shipped.read_text())
    level = next(iter(policy["allow"]))
    policy["allow"][level]["unconditional"]["methods"] = ["suppress", "keep"]
    (rules / "policy.yml").write_text(yaml.safe_dump(policy, allow_unicode=True))
    bundle.refresh()
    assert listed(settings) == {"hrss": ["social_card"]}, "it reads the registry once a minute"
    bundle._read = None
    bundle.refresh()
    assert listed(settings) == {"hrss": []}


def test_a_city_may_bring_its_own_dag_file(settings: Settings) -> None:
    register(settings, "social_card")
    own = settings.home / "dags"
    own.mkdir()
    (own / "gongkai_dags.py").write_text("# the city's own airflow DAG file\n")
    files.refresh(settings)
    assert "the city's own" in (environment.dags_folder(settings) / "gongkai_hrss.py").read_text()


def test_the_file_alone_declares_every_department(settings: Settings, tmp_path: Path) -> None:
    from gongkai.airflow.factory import declare

    register(settings, "social_card")
    register(settings, "buses", department="transport")
    assert sorted(declare(str(tmp_path / "gongkai_dags.py"))) == ["hrss.social_card", "transport.buses"]


def test_refreshing_does_not_import_airflow(settings: Settings) -> None:
    import subprocess
    import sys

    register(settings, "social_card")
    program = (
        "import sys; from gongkai import settings; from gongkai.airflow import files, environment, supervision, up, client; "
        "files.refresh(settings.load()); assert 'airflow' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
