"""The generated DAGs: what they are, that they do not change by themselves, and how their runs end."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from airflow.serialization.serialized_objects import DagSerialization

from gongkai import pipeline
from gongkai.airflow import environment, factory, tasks
from gongkai.airflow.timetable import UpdateTimetable
from gongkai.errors import ConfigError, DataError, TransientError
from gongkai.pipeline import Ref
from gongkai.project import Project

HERE = Path(__file__).parent
SECRET = "440106199001011234"


def _listings():
    found = importlib.util.spec_from_file_location("airflow_listings", HERE / "listings.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


listings = _listings()


def declared(folder: Path, *entries: dict[str, Any]) -> dict[str, Any]:
    return factory.declare(str(listings.written(folder, *entries)))


def test_a_dag_shows_its_entry(tmp_path: Path) -> None:
    dag = declared(tmp_path, listings.listing("social_card"))["hrss.social_card"]
    assert dag.dag_display_name == "社会保障卡持卡情况"
    assert dag.tags == {"hrss", "每日", "有条件开放"}
    assert dag.start_date == datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert (dag.catchup, dag.max_active_runs) == (False, 1)
    assert "backfill" not in {str(kind) for kind in dag.allowed_run_types}
    assert isinstance(dag.timetable, UpdateTimetable)
    assert "持卡人数\\|按区县" in dag.doc_md
    assert [task.task_id for task in dag.topological_sort()] == [
        "desensitize", "check", "package", "publish", "evidence", "cleanup",
    ]  # fmt: skip
    assert {task.task_id for task in dag.tasks if task.is_teardown} == {"evidence", "cleanup"}
    assert {task.retries for task in dag.tasks} == {factory.RETRIES}


@pytest.mark.parametrize(
    ("frequency", "scheduled"),
    [("irregular", "NullTimetable"), ("once", "OncePerApproval"), ("monthly", "UpdateTimetable")],
    ids=["irregular", "once", "monthly"],
)
def test_schedule_follows_the_frequency(tmp_path: Path, frequency: str, scheduled: str) -> None:
    (dag,) = declared(tmp_path, listings.listing("card", frequency=frequency)).values()
    assert type(dag.timetable).__name__ == scheduled


def test_the_same_list_gives_the_same_dags(tmp_path: Path) -> None:
    entries = [listings.listing(f"card_{number}", frequency=kind) for number, kind in enumerate(factory.TITLES)]
    first, second = (
        {name: DagSerialization.to_dict(dag) for name, dag in declared(tmp_path, *entries).items()} for _ in range(2)
    )
    assert json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
    assert len(first) == len(entries)


def test_a_serialized_dag_keeps_its_timetable(tmp_path: Path) -> None:
    (dag,) = declared(tmp_path, listings.listing("card")).values()
    again = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    assert again.timetable == dag.timetable


def test_a_worker_declares_one_dag_even_when_it_is_no_longer_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "hrss.withdrawn")
    dags = declared(tmp_path, *(listings.listing(f"card_{number}") for number in range(50)))
    assert list(dags) == ["hrss.withdrawn"]
    assert {task.task_id for task in dags["hrss.withdrawn"].tasks} == {
        "desensitize", "check", "package", "publish", "evidence", "cleanup",
    }  # fmt: skip


ENDS = [
    # case, run state, task states that matter, steps that were called
    ("well", "success", {"publish": "success"}, ["desensitize", "check", "package", "publish", "evidence", "cleanup"]),
    ("check_refuses", "failed", {"check": "failed", "package": "upstream_failed", "publish": "upstream_failed", "cleanup": "success"},
     ["desensitize", "check", "evidence", "cleanup"]),
    ("publish_refuses", "failed", {"package": "success", "publish": "failed", "evidence": "success"},
     ["desensitize", "check", "package", "publish", "evidence", "cleanup"]),
    ("foreign_error", "failed", {"desensitize": "failed", "cleanup": "success"}, ["desensitize", "evidence", "cleanup"]),
    ("rows_returned", "failed", {"desensitize": "failed", "check": "upstream_failed"}, ["desensitize", "evidence", "cleanup"]),
    ("evidence_fails", "success", {"publish": "success", "evidence": "failed", "cleanup": "success"},
     ["desensitize", "check", "package", "publish", "evidence", "cleanup"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """How every case ended, and all that was printed or logged on the way."""
    home = tmp_path_factory.mktemp("project")
    (home / "catalog").mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW__", "AIRFLOW_HOME"))}
    variables = environment.environment(Project.at(home), given=clean)
    outcome = home / "outcome.json"
    done = subprocess.run(
        [sys.executable, str(HERE / "dag_runs.py"), str(home), str(outcome), SECRET],
        env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.is_file(), done.stderr[-3000:]
    return json.loads(outcome.read_text()), done.stdout + done.stderr


@pytest.mark.parametrize(("case", "state", "states", "called"), ENDS, ids=[row[0] for row in ENDS])
def test_how_a_run_ends(runs: tuple[dict[str, Any], str], case: str, state: str, states: dict[str, str], called: list[str]) -> None:
    ended = runs[0][case]
    assert ended["state"] == state
    assert {name: ended["tasks"][name] for name in states} == states
    assert ended["called"] == called


def test_no_value_is_told(runs: tuple[dict[str, Any], str]) -> None:
    told = runs[1]
    assert SECRET not in told
    assert "scan.id_number: ID numbers in published text (column note, 3 values)" in told
    assert "a fault of the program in desensitize: RuntimeError at dag_runs.py" in told
    assert "tasks pass references, not data: what desensitize returns holds a list of dict" in told


ERRORS = [
    ("out of reach is tried again", TransientError("source civil", "OperationalError"), AirflowException, "source civil is out"),
    ("bad data is not", DataError.of("source.row_count", "10 rows, 9 arrived"), AirflowFailException, "source.row_count: 10 rows"),
    ("a wrong entry is not", ConfigError.of("no key"), AirflowFailException, "no key"),
    ("a foreign error is not", ValueError(SECRET), AirflowFailException, "a fault of the program in check: ValueError at"),
]


@pytest.mark.parametrize(("error", "kind", "told"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_what_airflow_hears(
    home: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type, told: str
) -> None:
    def fail(project: Project, ref: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "check", fail)
    with pytest.raises(AirflowException) as caught:
        tasks.check(Ref("card", "r-1", "r", "p", "s", "c", 3, 3).document())
    assert type(caught.value) is kind
    assert told in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_runs_of_two_datasets_have_two_names() -> None:
    run_id = "scheduled__2026-03-01T18:00:00+00:00"
    names = {tasks.run_name(code, run_id) for code in ("a", "b")} | {tasks.run_name("a", "manual__x" * 40)}
    assert len(names) == 3
    assert all(len(name) <= 100 for name in names)
    assert tasks.run_name("a", run_id) == tasks.run_name("a", run_id)
