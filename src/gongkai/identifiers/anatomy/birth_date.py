"""Birth date 出生日期 as it is written most, ``1990-03-07`` or ``19900307``: year, month, day."""

from __future__ import annotations

from gongkai.identifiers.anatomy._part import Part

TITLE = "出生日期"
ENTITIES = frozenset({"DATE_OF_BIRTH"})
PARTS = (
    Part("year", "年", "(?:18|19|20)[0-9]{2}", 4),
    Part("month", "月", "-?(?:0[1-9]|1[0-2])"),
    Part("day", "日", "-?(?:0[1-9]|[12][0-9]|3[01])"),
)
GROUPS: dict[str, tuple[str, ...]] = {}
