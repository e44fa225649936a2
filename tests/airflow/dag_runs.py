"""Run in a process of its own: whole DAG runs by ``dag.test()`` with steps that stand in for the release's, told as JSON.

The arguments are the project, the file for the outcome, and the value that must not be told.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from pathlib import Path

from airflow.utils.db import initdb
from listings import listing, written

from gongkai import pipeline
from gongkai.airflow.factory import declare
from gongkai.errors import Refused
from gongkai.pipeline import Ref

FOLDER, OUTCOME, SECRET = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
called: list[str] = []


def well(code: str, run: str) -> Ref:
    return Ref(code, run, "r", "p", "ab" * 32, "cd" * 32, 3, 3)


def foreign(code: str, run: str) -> Ref:
    sys.stdout.write(f"row: {SECRET}\n")
    sys.stderr.write(f"row: {SECRET}\n")
    warnings.warn(f"odd value {SECRET}", UserWarning, stacklevel=1)
    logging.getLogger("driver").error("cannot parse %s", SECRET)
    try:
        int(f"x{SECRET}")
    except ValueError as error:
        raise RuntimeError(f"row {SECRET} does not fit") from error
    raise AssertionError


def rows(code: str, run: str) -> list[dict[str, str]]:
    return [{"id": SECRET}]


def refused(ref: Ref) -> Ref:
    raise Refused.of("scan.id_number", "ID numbers in published text", column="note", count=3)


def on(ref: Ref) -> Ref:
    return ref


def broken(code: str, run: str) -> None:
    raise Refused.of("evidence.lost", "no place to keep it")


def kept(code: str, run: str) -> None:
    return None


STEPS = {"desensitize": well, "check": on, "package": on, "publish": on, "evidence": kept, "cleanup": kept}
CASES = {
    "well": {},
    "check_refuses": {"check": refused},
    "publish_refuses": {"publish": refused},
    "foreign_error": {"desensitize": foreign},
    "rows_returned": {"desensitize": rows},
    "evidence_fails": {"evidence": broken},
}


def noted(name: str, step):
    def run(project, *arguments):
        called.append(name)
        return step(*arguments)

    return run


def main() -> None:
    os.umask(0o077)
    initdb()
    file = written(FOLDER / "var" / "airflow" / "dags", *(listing(case) for case in CASES))
    dags = declare(str(file))
    outcome = {}
    for case, changes in CASES.items():
        called.clear()
        steps = {name: noted(name, step) for name, step in (STEPS | changes).items()}
        vars(pipeline).update(steps)
        run = dags[f"hrss.{case}"].test()
        tasks = {task.task_id: str(task.state) for task in run.get_task_instances()}
        outcome[case] = {"state": str(run.state), "tasks": tasks, "called": list(called)}
    OUTCOME.write_text(json.dumps(outcome))


main()
