"""Social security number 社会保障号码: the holder's citizen number, so only the words around tell it from one.

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

TITLE = "社会保障号码"
ENTITY = "SOCIAL_SECURITY_NO"
EVIDENCE: Evidence = "weak"
FIND = resident_id.FIND
BOUNDARY: Boundary = "number"
CONTEXT = ("社会保障号", "社保号", "社保卡", "社会保障卡", "参保", "医保号", "医保卡")
