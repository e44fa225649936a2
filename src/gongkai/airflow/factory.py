"""A DAG for every approved dataset 每个获准开放的数据集一个 DAG.

``desensitize`` → ``check`` → ``package`` → ``publish`` decide the run's state; ``evidence`` and ``cleanup`` are teardowns: they
run whatever happened, and a run whose check failed has failed.

The DAG processor declares what the department's generated list names. A worker declares the one DAG it runs a task of, whether
listed or not: a run that was under way when its entry changed still reaches its teardowns, and ``publish`` refuses it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, get_parsing_context, task, teardown

from gongkai.airflow import tasks
from gongkai.airflow.files import Listing, dag_id, parse_dag_id, snapshot
from gongkai.airflow.timetable import TITLES, schedule
from gongkai.project import Project

OPEN_TYPES = {"unconditional": "无条件开放", "conditional": "有条件开放"}
RETRIES = 3
RETRY_DELAY = timedelta(minutes=1)
LONGEST_RETRY_DELAY = timedelta(minutes=30)
RUN_TYPES = ("scheduled", "manual", "asset_triggered")


def declare(file: str) -> dict[str, DAG]:
    """The DAGs of a DAG file, by id: those of the department whose list lies beside it, of every department when none does."""
    wanted = get_parsing_context().dag_id
    if wanted is not None:
        return {wanted: build(wanted)}
    listings = _listed(Path(file).with_suffix(".json"))
    return {dag_id(listing["department"], listing["code"]): _scheduled(listing) for listing in listings}


def build(name: str, **described: Any) -> DAG:
    """A dataset's tasks; ``described`` is what only the scheduler and the reader of the page need.

    Raises ValueError when ``name`` is not a department, a point and a dataset's code.
    """
    department, code = parse_dag_id(name)
    defaults = {
        "owner": department,
        "retries": RETRIES,
        "retry_delay": RETRY_DELAY,
        "retry_exponential_backoff": True,
        "max_retry_delay": LONGEST_RETRY_DELAY,
    }
    limits = {"catchup": False, "max_active_runs": 1, "allowed_run_types": RUN_TYPES}
    with DAG(name, default_args=defaults, **limits, **({"schedule": None} | described)) as dag:
        arguments = {"code": code, "run_id": "{{ run_id }}"}
        begun = _task(tasks.desensitize, "抽取脱敏")(**arguments)
        checked = _task(tasks.check, "质量检查")(begun)
        packaged = _task(tasks.package, "打包")(checked)
        published = _task(tasks.publish, "发布")(packaged)
        kept = teardown(_task(tasks.evidence, "留痕"))(**arguments)
        cleaned = teardown(_task(tasks.cleanup, "清理"))(**arguments)
        published >> kept >> cleaned
    return dag


def _task(step: Any, title: str) -> Any:
    """A step as a task that keeps what it returns out of Airflow's log."""
    return task(task_display_name=title, show_return_value_in_logs=False)(step)


def _scheduled(listing: Listing) -> DAG:
    frequency = listing["frequency"]
    timetable = schedule(
        frequency, code=listing["code"], at=listing["at"], workdays=listing["workdays"], timezone=listing["timezone"]
    )
    return build(
        dag_id(listing["department"], listing["code"]),
        schedule=timetable,
        start_date=datetime.fromisoformat(listing["approved"]).astimezone(UTC),
        dag_display_name=listing["title"],
        description=f"{listing['provider']} · {timetable.summary if timetable else TITLES[frequency]}",
        tags=[listing["department"], TITLES[frequency], OPEN_TYPES[listing["opening"]]],
        doc_md=_page(listing),
    )


def _page(listing: Listing) -> str:
    rows = {
        "信息资源代码": listing["code"],
        "提供方": listing["provider"],
        "分类": listing["category"],
        "开放属性": OPEN_TYPES[listing["opening"]] + (f"：{listing['conditions']}" if listing["conditions"] else ""),
        "更新周期": TITLES[listing["frequency"]],
        "许可": listing["licence"],
        "登记修订": listing["revision"],
        "批准时间": listing["approved"],
    }
    table = "\n".join(f"| {name} | {_cell(value)} |" for name, value in rows.items())
    return f"### {_cell(listing['title'])}\n\n{_cell(listing['abstract'])}\n\n| | |\n|---|---|\n{table}\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _listed(path: Path) -> list[Listing]:
    if path.is_file():
        listings: list[Listing] = json.loads(path.read_text(encoding="utf-8"))
        return listings
    return [listing for department in snapshot(Project.find()).values() for listing in department]
