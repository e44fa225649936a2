"""Methods as the plan sees them 方法: what they are told, what they leave, of which type a column is afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pyarrow as pa

from gongkai import plugins, schema
from gongkai.disclosure import Disclosure
from gongkai.errors import Fault

BY_PROGRAM = frozenset({"key", "entity", "person"})
"""Parameters of a column's method that the program gives and nobody writes in an entry."""
TABLE_BY_PROGRAM = frozenset({"columns", "entities", "key", "note", "person", "scratch"})
"""The same of a whole-table method's."""
_SOME_KEY = bytes(range(32))


def names() -> list[str]:
    return plugins.names("gongkai.transforms")


def load(name: str) -> ModuleType:
    return plugins.load("gongkai.transforms", name)


def whole_table(method: ModuleType) -> bool:
    """Whether it treats the rows together: it has ``stage``, not ``apply``."""
    return hasattr(method, "stage")


def check(method: ModuleType, given: Mapping[str, Any], file: str = "", key: str = "") -> tuple[dict[str, Any], list[Fault]]:
    """A column's parameters as its method wants them, parsed from what an entry wrote, and what is wrong with them."""
    if whole_table(method):
        return plugins.check(method.reveals, given, file=file, key=key)
    return plugins.check(method.apply, given, file=file, key=key, given_by_program=BY_PROGRAM)


def check_table(
    method: ModuleType, given: Mapping[str, Any], file: str = "", key: str = ""
) -> tuple[dict[str, Any], list[Fault]]:
    """The same of a whole-table method's own parameters."""
    return plugins.check(method.stage, given, file=file, key=key, given_by_program=TABLE_BY_PROGRAM)


def wants(method: ModuleType, name: str) -> bool:
    """Whether the program has to give it this."""
    return name in plugins.parameters(method.stage if whole_table(method) else method.apply)


def keyed_by(method: ModuleType) -> str:
    """What its key is derived for beside the method: each ``entity``, unless it says ``KEYED_BY`` ``dataset`` or ``column``."""
    return str(getattr(method, "KEYED_BY", "entity"))


def revealed(method: ModuleType, entity: str, given: Mapping[str, Any]) -> Disclosure:
    """What a method leaves of a column of this entity, with these parsed parameters."""
    wanted = plugins.parameters(method.reveals)
    disclosure: Disclosure = method.reveals(entity, **{name: value for name, value in given.items() if name in wanted})
    return disclosure


def output(method: ModuleType, type_: str, entity: str, given: Mapping[str, Any]) -> str:
    """The logical type of a column after its method; a column's method is asked by applying it to nothing."""
    if whole_table(method):
        told = {"entity": entity} if "entity" in plugins.parameters(method.output) else {}
        logical: str = method.output(type_, **given, **told)
        return logical
    empty = pa.array([], schema.arrow_type(type_))
    by_program = {"key": _SOME_KEY, "entity": entity, "person": pa.array([], pa.string())}
    by_program = {name: value for name, value in by_program.items() if wants(method, name)}
    return schema.logical_type(method.apply(empty, **given, **by_program).type)
