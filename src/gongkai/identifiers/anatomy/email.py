"""E-mail address 电子邮箱 (RFC 5322): local part and domain."""

from __future__ import annotations

from gongkai.identifiers.anatomy._part import Part

TITLE = "电子邮箱"
ENTITIES = frozenset({"EMAIL"})
PARTS = (
    Part("local", "用户名", "[0-9A-Za-z._%+-]{1,64}"),
    Part("domain", "域名", r"@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+"),
)
GROUPS: dict[str, tuple[str, ...]] = {}
