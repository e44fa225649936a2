"""Driving licence number 机动车驾驶证证号: the holder's citizen number, so only the words around tell it from one.

>>> validate("110105 19491231 002x")
'11010519491231002X'
>>> is_valid("110105194912310021")
False
"""

from __future__ import annotations

from gongkai.identifiers import resident_id
from gongkai.identifiers._types import Boundary, Evidence
from gongkai.identifiers.resident_id import check, compact, generate, is_valid, validate

__all__ = ["check", "compact", "generate", "is_valid", "validate"]

TITLE = "机动车驾驶证证号"
ENTITY = "ID_DOC_NO"
EVIDENCE: Evidence = "weak"
FIND = resident_id.FIND
BOUNDARY: Boundary = "number"
CONTEXT = ("驾驶证", "驾照", "驾驶人", "准驾")
