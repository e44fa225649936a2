"""The generated DAG files follow the registry: what is approved is listed, and nothing else."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests import entries

from gongkai import lifecycle
from gongkai.airflow import environment, files
from gongkai.airflow.bundle import DepartmentFiles
from gongkai.project import Project, shipped_folder
from gongkai.registry.store import Registry

DOCUMENT = entries.document(update={"frequency": "monthly", "at": "03:30", "workdays": True})
CLOSED = {"opening": {"type": "closed", "grounds": "法", "review_by": "2027-01-01"}}


@pytest.fixture
def project(home: Path) -> Project:
    return Project.find()


def register(project: Project, code: str, *, department: str = "hrss", approve: bool = True, **changes: Any) -> None:
    path = project.settings.catalog / department / f"{code}.yml"
    path.parent.mkdir(exist_ok=True)
    document = copy.deepcopy(DOCUMENT) | {"code": code, "department": department} | changes
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    lifecycle.apply(project, [path])
    if approve:
        lifecycle.approve(project, code, by="审查员", note="已审查")


def listed(project: Project) -> dict[str, list[str]]:
    found = sorted(environment.dags_folder(project).glob("gongkai_*.json"))
    return {path.stem.removeprefix("gongkai_"): [item["code"] for item in json.loads(path.read_text())] for path in found}


def test_approved_datasets_are_listed_by_department(project: Project) -> None:
    register(project, "social_card")
    register(project, "pension")
    register(project, "draft", approve=False)
    register(project, "secret", approve=False, **CLOSED)
    register(project, "buses", department="transport")
    assert files.refresh(project) == ["hrss", "transport"]
    assert listed(project) == {"hrss": ["pension", "social_card"], "transport": ["buses"]}
    folder = environment.dags_folder(project)
    assert sorted(path.name for path in folder.iterdir()) == [
        "gongkai_hrss.json", "gongkai_hrss.py", "gongkai_transport.json", "gongkai_transport.py",
    ]  # fmt: skip


def test_a_listing_says_what_a_schedule_needs(project: Project) -> None:
    register(project, "social_card")
    files.refresh(project)
    (listing,) = json.loads((environment.dags_folder(project) / "gongkai_hrss.json").read_text())
    approval = Registry(project.settings.database).approvals("social_card")[-1]
    assert listing["approved"] == approval.at.isoformat()
    assert listing["revision"] == approval.hash
    assert (listing["frequency"], listing["at"], listing["workdays"]) == ("monthly", "03:30", True)
    assert listing["timezone"] == "Asia/Shanghai"


def test_only_a_changed_department_is_parsed_again(project: Project) -> None:
    register(project, "social_card")
    register(project, "buses", department="transport")
    files.refresh(project)
    folder = environment.dags_folder(project)
    for name in ("hrss", "transport"):
        os.utime(folder / f"gongkai_{name}.py", (1, 1))
    assert files.refresh(project) == []
    register(project, "pension")
    assert files.refresh(project) == ["hrss"]
    assert (folder / "gongkai_hrss.py").stat().st_mtime > 1
    assert (folder / "gongkai_transport.py").stat().st_mtime == 1


LEAVE = {
    "an edit ends the approval": {"abstract": "另一个摘要"},
    "closing ends it": CLOSED,
}


@pytest.mark.parametrize("changes", LEAVE.values(), ids=LEAVE)
def test_what_leaves_the_list(project: Project, changes: dict[str, Any]) -> None:
    register(project, "social_card")
    register(project, "pension")
    files.refresh(project)
    register(project, "pension", approve=False, **changes)
    assert files.refresh(project) == ["hrss"]
    assert listed(project) == {"hrss": ["social_card"]}


def test_a_department_without_datasets_keeps_its_file_for_runs_under_way(project: Project) -> None:
    register(project, "buses", department="transport")
    files.refresh(project)
    register(project, "buses", department="transport", approve=False, abstract="另一个摘要")
    assert files.refresh(project) == ["transport"]
    assert listed(project) == {"transport": []}
    assert (environment.dags_folder(project) / "gongkai_transport.py").is_file()
    assert files.refresh(project) == []


def test_a_changed_rule_ends_approvals_and_the_bundle_notices(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    register(project, "social_card")
    bundle = DepartmentFiles(name="gongkai", refresh_interval=5)
    bundle.refresh()
    assert listed(project) == {"hrss": ["social_card"]}
    assert bundle.path == environment.dags_folder(project)
    rules = project.settings.home / "rules"
    rules.mkdir()
    shipped = shipped_folder() / "rules" / "policy.yml"
    (rules / "policy.yml").write_text(shipped.read_text() + "\n# stricter from now on\n")
    policy = yaml.safe_load(shipped.read_text())
    level = next(iter(policy["allow"]))
    policy["allow"][level]["unconditional"]["methods"] = ["suppress", "keep"]
    (rules / "policy.yml").write_text(yaml.safe_dump(policy, allow_unicode=True))
    bundle.refresh()
    assert listed(project) == {"hrss": ["social_card"]}, "it reads the registry once a minute"
    bundle._read = None
    bundle.refresh()
    assert listed(project) == {"hrss": []}


def test_a_city_may_bring_its_own_dag_file(project: Project) -> None:
    register(project, "social_card")
    own = project.settings.home / "dags"
    own.mkdir()
    (own / "gongkai_dags.py").write_text("# the city's own airflow DAG file\n")
    files.refresh(project)
    assert "the city's own" in (environment.dags_folder(project) / "gongkai_hrss.py").read_text()


def test_the_file_alone_declares_every_department(project: Project, tmp_path: Path) -> None:
    from gongkai.airflow.factory import declare

    register(project, "social_card")
    register(project, "buses", department="transport")
    assert sorted(declare(str(tmp_path / "gongkai_dags.py"))) == ["hrss.social_card", "transport.buses"]


def test_refreshing_does_not_import_airflow(project: Project) -> None:
    import subprocess
    import sys

    register(project, "social_card")
    program = (
        "import sys; from gongkai.project import Project; from gongkai.airflow import files, environment, supervision, up, client; "
        "files.refresh(Project.find()); assert 'airflow' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
