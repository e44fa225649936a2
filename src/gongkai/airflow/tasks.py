"""The tasks of a dataset's DAG: each calls one step of ``gongkai.pipeline`` and passes its reference on.

Whatever a step raises leaves here as an Airflow error with our own sentence. Only what is out of reach for now is tried again.
An unforeseen error of another library is told by its class and place: its text may quote a row; so may what other libraries
print, log or warn of meanwhile, which is why none of that reaches the task's log.
"""

from __future__ import annotations

import contextlib
import logging
import os
import traceback
import warnings
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from gongkai.airflow.xcom import object_to
from gongkai.errors import GongkaiError, TransientError

Passed = dict[str, Any]
"""A reference as Airflow passes it on: the JSON values of a ``gongkai.pipeline.Ref``."""


def desensitize(code: str, run_id: str) -> Passed:
    """抽取脱敏"""
    made: Passed = _call("desensitize", code, run_name(code, run_id))
    return made


def check(ref: Passed) -> Passed:
    """质量检查"""
    return _go_on("check", ref)


def package(ref: Passed) -> Passed:
    """打包"""
    return _go_on("package", ref)


def publish(ref: Passed) -> Passed:
    """发布"""
    return _go_on("publish", ref)


def evidence(code: str, run_id: str) -> None:
    """留痕"""
    _call("evidence", code, run_name(code, run_id))


def cleanup(code: str, run_id: str) -> None:
    """清理"""
    _call("cleanup", code, run_name(code, run_id))


def run_name(code: str, run_id: str) -> str:
    """The registry's name of an Airflow run. Airflow's own id is unique inside one DAG only, and a person may choose it.

    >>> run_name("social_card", "scheduled__2026-03-01T18:16:00+00:00")
    'dag-scheduled__2026-03-01T18:16:00+00:00-409caeff'
    """
    mark = sha256(f"{code}\n{run_id}".encode()).hexdigest()[:8]
    return f"dag-{run_id[:80]}-{mark}"


def _go_on(step: str, ref: Passed) -> Passed:
    from gongkai.pipeline import Ref

    made: Passed = _call(step, Ref.parse(ref))
    return made


def _call(step: str, *arguments: Any) -> Any:
    try:
        with _quiet():
            from gongkai import pipeline
            from gongkai.project import Project

            made = getattr(pipeline, step)(Project.find(), *arguments)
            passed = made.document() if isinstance(made, pipeline.Ref) else made
    except Exception as error:  # noqa: BLE001 - it goes on below, without its text
        failure = _told(step, error)
    else:
        objection = object_to(passed)
        if objection is None:
            return passed
        failure = AirflowFailException(f"tasks pass references, not data: what {step} returns {objection}")
    # raised here, where no error is being handled: Airflow would log that one as its context
    raise failure


def _told(step: str, error: Exception) -> AirflowException:
    if isinstance(error, TransientError):
        return AirflowException(str(error))
    if isinstance(error, GongkaiError):
        return AirflowFailException(str(error))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}"  # noqa: PTH119 - a name, not a path
    return AirflowFailException(f"a fault of the program in {step}: {type(error).__name__} at {place}")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(_ours)
    try:
        with open(os.devnull, "w") as nowhere, warnings.catch_warnings(), contextlib.redirect_stdout(nowhere):  # noqa: PTH123
            warnings.simplefilter("ignore")
            with contextlib.redirect_stderr(nowhere):
                yield
    finally:
        for handler in handlers:
            handler.removeFilter(_ours)


def _ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == "gongkai" and not record.exc_info
