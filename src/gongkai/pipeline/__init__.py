"""One dataset from its source to the store 发布流程: extract, desensitize, check, package, publish.

An Airflow DAG calls each step as a task; ``run`` calls them in one process.
"""

from gongkai.pipeline.records import Outcome, Progress, Ref
from gongkai.pipeline.steps import STEPS, check, cleanup, desensitize, evidence, package, publish, run

__all__ = [
    "STEPS",
    "Outcome",
    "Progress",
    "Ref",
    "check",
    "cleanup",
    "desensitize",
    "evidence",
    "package",
    "publish",
    "run",
]
