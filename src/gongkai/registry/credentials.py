"""A catalogue entry holds no credential 不得存放凭据: it is read by reviewers, kept in git and shown in Airflow.

Looked for in the document as it was written, so that an entry with other faults does not hide one. What is found is named by
its key only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gongkai import documents
from gongkai.errors import Fault

_WORD = (
    r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|(?:api|access|private|secret|account)[_-]?key|口令|密码|密钥)"
)
_KEY = re.compile(rf"(?:.*[_-])?{_WORD}(?:[_-].*)?", re.IGNORECASE)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/*[^\s:@/]*:[^\s@]*@")
_ASSIGNMENT = re.compile(rf"(?:^|[^A-Za-z]){_WORD}\s*[=:：＝]\s*\S", re.IGNORECASE)
_CONNECTION = re.compile(r"[A-Za-z0-9_.-]{1,250}")

REMEDY = "keep it in an Airflow Connection and name the connection's id here"


def faults(document: Any, file: str) -> list[Fault]:
    """Everything in an entry that is, or looks like, a credential."""
    source = document.get("source") if isinstance(document, dict) else None
    found = [
        Fault(file, documents.path(place), "looks like a credential", REMEDY) for place in dict.fromkeys(_places(document))
    ]
    connection = source.get("connection") if isinstance(source, dict) else None
    key = "source.connection"
    if isinstance(connection, str) and not _CONNECTION.fullmatch(connection) and key not in [fault.key for fault in found]:
        found.append(Fault(file, key, "is not the id of an Airflow Connection", f"letters, digits, _ . - only; {REMEDY}"))
    return found


def _places(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            named = place[:1] == ("source",) and _KEY.fullmatch(key) is not None
            if (named and inner not in (None, "", [], {})) or _is_credential(key):
                yield (*place, key)
            yield from _places(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, (*place, index))
    elif isinstance(value, str) and _is_credential(value):
        yield place


def _is_credential(text: str) -> bool:
    return bool(_URL.search(text) or _ASSIGNMENT.search(text))
