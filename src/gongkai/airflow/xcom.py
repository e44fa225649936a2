"""What tasks may hand to each other: references, never rows 任务间只传引用.

Airflow keeps every XCom in its database and shows it to anyone who may read the DAG. A reference is small, and made of names,
hashes and counts; whatever looks like a table is refused before it leaves the task.
"""

from __future__ import annotations

import json
from typing import Any

from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.exceptions import AirflowFailException

MOST_BYTES = 8_192
MOST_ITEMS = 32


class GuardedXCom(BaseXCom):
    """The XCom backend of every gongkai project."""

    @staticmethod
    def serialize_value(value: Any, *, key: str | None = None, task_id: str | None = None, **others: Any) -> Any:
        """Airflow's own serialization, once the value is known to be a reference; AirflowFailException otherwise."""
        objection = object_to(value)
        if objection is not None:
            raise AirflowFailException(f"tasks pass references, not data: XCom '{key}' of task '{task_id}' {objection}")
        return BaseXCom.serialize_value(value, key=key, task_id=task_id, **others)


def object_to(value: Any) -> str | None:
    """Why a value is not a reference, told without the value; None when it is one.

    >>> object_to({"path": "/var/staging/card", "rows": 3})
    >>> object_to([{"name": "x"}])
    'holds a list of dict'
    >>> object_to({"page": "x" * 10_000})
    'has 10012 bytes, at most 8192 are allowed'
    """
    objection = _object_to(value)
    if objection is not None:
        return objection
    size = len(json.dumps(value, ensure_ascii=False).encode())
    return f"has {size} bytes, at most {MOST_BYTES} are allowed" if size > MOST_BYTES else None


def _object_to(value: Any) -> str | None:
    if _plain(value):
        return "holds a text of several lines" if type(value) is str and "\n" in value else None
    if type(value) is dict:
        if not all(type(name) is str for name in value):
            return "holds a dict whose keys are not text"
        return next((found for item in value.values() if (found := _object_to(item)) is not None), None)
    if type(value) in (list, tuple):
        odd = next((item for item in value if not _plain(item)), None)
        if odd is not None:
            return f"holds a list of {type(odd).__name__}"
        return f"holds a list of {len(value)} items, at most {MOST_ITEMS} are allowed" if len(value) > MOST_ITEMS else None
    return f"is or holds a {type(value).__name__}"


def _plain(value: Any) -> bool:
    return value is None or type(value) in (bool, int, float, str)
