"""Airflow with 1, 100 and 1,000 datasets, with ``--all`` 5,000: parse, serialize, time until visible, overhead of a task.

Each size is a project of its own with ten departments. "visible" is the time from the servers being healthy until the API lists
every DAG, "one more" the time from an approval until its DAG is listed. "run" is a whole run whose three tasks have next to
nothing to do (the source has no connection), "per task" what it takes beyond the tasks' own time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

SIZES = (1, 100, 1_000)
LARGE = 5_000
DEPARTMENTS = 10

ENTRY = {
    "category": "社会保障",
    "provider": {"name": "某市人力资源和社会保障局", "code": "11450900MB0000000X"},
    "abstract": "社会保障卡的状态。",
    "format": "数据库",
    "sharing": {"type": "unconditional"},
    "opening": {"type": "unconditional"},
    "update": {"frequency": "yearly", "workdays": True},
    "issued": "2026-01-01",
    "licence": {"name": "开放许可协议"},
    "contact": {"unit": "信息中心", "name": "数据管理员"},
    "source": {"kind": "sql", "connection": "nowhere", "table": "card"},
    "columns": [{"name": "status", "title": "卡状态", "entity": "NONE", "method": "keep"}],
    "formats": ["csv"],
}

PARSE = """
import sys, time
from pathlib import Path
from airflow.serialization.serialized_objects import DagSerialization
from gongkai.airflow.factory import declare
files = sorted(Path(sys.argv[1]).glob("gongkai_*.py"))
started = time.perf_counter()
dags = [dag for file in files for dag in declare(str(file)).values()]
parsed = time.perf_counter()
for dag in dags:
    DagSerialization.to_dict(dag)
print(len(dags), parsed - started, time.perf_counter() - parsed)
"""


def main() -> None:
    from benchmarks._measure import table

    sizes = (*SIZES, LARGE) if "--all" in sys.argv else SIZES
    header = ("datasets", "list s", "parse s", "serialize s", "healthy s", "visible s", "one more s", "run s", "per task s")
    rows = [(f"{size:,}", *(f"{seconds:.2f}" for seconds in measure(size))) for size in sizes]
    table("Airflow", header, rows)


def measure(size: int) -> tuple[float, ...]:
    """The numbers of one size, in the order of the header."""
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        home = Path(folder)
        (home / "catalog").mkdir()
        os.environ["GONGKAI_HOME"] = folder

        from gongkai.airflow import environment, files
        from gongkai.project import Project

        city = Project.find()
        _approve(city, [_entry(number) for number in range(size)])
        started = time.perf_counter()
        files.refresh(city)
        listing = time.perf_counter() - started
        command = [sys.executable, "-c", PARSE, str(environment.dags_folder(city))]
        done = subprocess.run(command, env=environment.environment(city), capture_output=True, text=True, check=True)
        count, parse, serialize = done.stdout.split()[-3:]
        assert int(count) == size
        return (listing, float(parse), float(serialize), *_live(city, size))


def _live(city, size: int) -> tuple[float, ...]:
    from gongkai.airflow import files, up

    started = time.perf_counter()
    with up.running(city) as server:
        healthy = time.perf_counter()
        while _total(server) < size:
            time.sleep(0.2)
        visible = time.perf_counter()
        entry = _entry(size)
        _approve(city, [entry])
        files.refresh(city)
        dag = files.dag_id(entry["department"], entry["code"])
        server.wait_for(dag, seconds=600)
        more = time.perf_counter()
        whole = [_run(server, dag) for _ in range(3)][-1]
        own = _own_seconds(server, dag)
        return healthy - started, visible - healthy, more - visible, whole, (whole - own) / 3


def _run(server, dag: str) -> float:
    started = time.perf_counter()
    server.wait(dag, server.trigger(dag))
    return time.perf_counter() - started


def _own_seconds(server, dag: str) -> float:
    """The time the tasks of the newest run were running; three run, three are passed over."""
    run = next(iter(server.runs(dag)))
    answer = server._send("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances")
    return sum(task["duration"] or 0 for task in answer["task_instances"])


def _total(server) -> int:
    return server._send("GET", "/api/v2/dags", params={"limit": 1})["total_entries"]


def _entry(number: int) -> dict:
    code = f"dataset_{number}"
    return {"code": code, "title": f"数据集 {number}", "department": f"dept_{number % DEPARTMENTS}", **ENTRY}


def _approve(city, documents: list[dict]) -> None:
    from gongkai import rules
    from gongkai.lifecycle import basis
    from gongkai.registry.entry import Entry
    from gongkai.registry.store import of as registry_of

    registry = registry_of(city)
    entries = [Entry.model_validate(yaml.safe_load(yaml.safe_dump(document))) for document in documents]
    registry.save(entries, rules=rules.load(city).digest)
    for entry in entries:
        found = basis.of(city, entry)
        passed = basis.reviews(city, entry)
        registry.approve(entry.code, by="审查员", note="已审查", basis=found.digest, stands_on=found.parts, kinds=passed)


if __name__ == "__main__":
    main()
