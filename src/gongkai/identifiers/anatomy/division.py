"""Division code 行政区划代码 (GB/T 2260): province, city, county."""

from __future__ import annotations

from gongkai.identifiers.anatomy._part import digits

TITLE = "行政区划代码"
ENTITIES = frozenset({"ADDRESS_REGION", "NATIVE_PLACE"})
PARTS = (digits("province", "省", 2), digits("city", "市", 2), digits("county", "县", 2))
GROUPS: dict[str, tuple[str, ...]] = {}
