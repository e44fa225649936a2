"""The golden corpus: whatever ships and stands in an approval's basis by its name and ``VERSION``, at work on made-up values.

A part is what a basis names, such as ``method mask``; a case is one thing it does. What comes out must be the same on every
processor, so numbers that are not exact are taken only where they are rounded for good, as they are published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from pytest import MonkeyPatch

from gongkai import plugins, text
from gongkai.columns import casting, cleaning, row_order
from gongkai.columns.logical_types import logical_type
from gongkai.errors import ConfigError, DataError, TransientError
from gongkai.lifecycle import basis
from gongkai.methods.table import Treatment
from gongkai.plan import contract
from gongkai.project import SHIPPED, Project
from gongkai.text import config

from . import tables, values
from .preparing import CLEANED, TEXTS
from .sentences import SENTENCES
from .tables import Case

KEY = bytes(range(32))
TITLES: Mapping[plugins.Kind, str] = {"transforms": "method", "sources": "source", "formats": "format", "stores": "store"}


@dataclass(frozen=True)
class Part:
    """Something that ships: its ``VERSION`` now, and its cases by name."""

    version: int
    cases: Mapping[str, Case]


@dataclass(frozen=True)
class Made:
    """What a part made: the digest of each case, and of the content files each of them stands on."""

    version: int
    cases: Mapping[str, str]
    files: Mapping[str, Mapping[str, str]]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all cases."""
        return hashlib.sha256(json.dumps(dict(self.cases), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def parts() -> dict[str, Part]:
    """Every part by the name it has in a basis."""
    found = {
        "casting": Part(casting.VERSION, _castings()),
        "cleaning": Part(cleaning.VERSION, _cleanings()),
        "order of rows": Part(row_order.VERSION, _orders()),
    }
    for kind, title in TITLES.items():
        for name in plugins.names(SHIPPED, kind):
            version = getattr(plugins.load(SHIPPED, kind, name), "VERSION", None)
            if version is not None:
                found[f"{title} {name}"] = Part(version, dict(_CASES[kind](name)))
    return found


def made(part: Part, only: Callable[[str], bool] = lambda case: True) -> Made:
    """What a part makes of its cases, or of some of them."""
    cases, files = {}, {}
    for name, case in part.cases.items():
        if only(name):
            project = SHIPPED.watched()
            cases[name] = hashlib.sha256(_outcome(case, project).encode()).hexdigest()[:16]
            files[name] = {file: digest for file, digest in _files(project).items() if file.startswith("rules/")}
    return Made(part.version, cases, files)


def _files(project: Project) -> dict[str, str]:
    return basis.knowledge(project, basis.Basis({}, frozenset()))


def _outcome(case: Case, project: Project) -> str:
    """What a case gives, as text; what refuses it by the rule, never by its words."""
    said: Any
    try:
        said = _said(case(project))
    except DataError as error:
        said = {"refused": [reason.rule for reason in error.reasons]}
    except TransientError:
        said = {"refused": "for now"}
    except (ConfigError, ValueError, TypeError):  # told when an entry is read or when it is applied: the same here
        said = {"refused": "as it is asked for"}
    return json.dumps(said, ensure_ascii=False)


def _said(given: Any) -> Any:
    """Arrow's tables and columns with their types, and values by how they are written."""
    if isinstance(given, pa.Table | pa.RecordBatch):
        return {name: _said(given.column(name)) for name in given.schema.names}
    if isinstance(given, pa.Array | pa.ChunkedArray):
        days = given.cast(pa.int32()) if pa.types.is_date(given.type) else given  # Python has no year 10,000
        return [logical_type(given.type), [None if value is None else str(value) for value in days.to_pylist()]]
    if isinstance(given, Mapping):
        return {str(name): _said(value) for name, value in given.items()}
    return [_said(each) for each in given] if isinstance(given, list | tuple) else given


# -- methods ---------------------------------------------------------------------------------------------------------------

Params = dict[str, Any]
_ENTITY = "CN_ID_CARD"
BY_COLUMN: Mapping[str, list[tuple[str, Params]]] = {
    "keep": [("NONE", {}), ("ADDRESS", {})],
    "suppress": [(_ENTITY, {})],
    "redact": [("PERSON_NAME", {}), ("PERSON_NAME", {"label": "不公开"}), ("NONE", {"label": "N/A"})],
    "mask": [
        ("PHONE", {"keep": [3, 4]}), ("PERSON_NAME", {"keep": [1, 0]}), (_ENTITY, {"keep": [6, 4], "char": "●"}), ("NONE", {"keep": [0, 0]}),
        ("BANK_ACCOUNT", {"keep": [0, 4]}), ("NONE", {"keep": [1, 1], "char": "x"}), (_ENTITY, {"show": ["birth_year", "sex"]}),
        (_ENTITY, {"show": ["province"]}), (_ENTITY, {"show": ["region", "birth_date"]}), (_ENTITY, {"show": ["sequence", "check"]}),
        ("PERSON_NAME", {"show": ["surname"]}), ("PERSON_NAME", {"show": ["given"], "char": "○"}), ("PHONE", {"show": ["segment"]}),
        ("PHONE", {"show": ["area", "line"]}), ("EMAIL", {"show": ["domain"]}), ("EMAIL", {"show": ["local"]}), ("VEHICLE_PLATE", {"show": ["place"]}),
        ("VIN", {"show": ["maker", "year"]}), ("DATE_OF_BIRTH", {"show": ["year", "month"]}), ("ADDRESS_REGION", {"show": ["province", "city"]}),
        ("BANK_ACCOUNT", {"show": ["issuer"]}), ("ID_DOC_NO", {"show": ["kind"]}), ("PHONE", {"show": ["surname"]}),
    ],
    "pseudonymize": [(_ENTITY, given) for given in (
        {}, {"cipher": "sm4", "length": 12}, {"cipher": "sm3"}, {"cipher": "sm3", "alphabet": "hex", "length": 64}, {"alphabet": "hex"},
        {"alphabet": "digits"}, {"unique": True}, {"unique": True, "cipher": "sm4", "alphabet": "digits"}, {"unique": True, "alphabet": "hex"},
        {"length": 4},
    )] + [("PERSON_NAME", {}), ("ADDRESS", {"unique": True})],
    "encrypt_fpe": [
        ("PHONE", {}), ("PHONE", {"cipher": "sm4"}), ("BANK_ACCOUNT", {}), ("VIN", {"alphabet": "alphanumeric"}), ("NONE", {"alphabet": "alphanumeric", "cipher": "sm4"}),
        *((_ENTITY, {"alphabet": "id_number", "keep": keep}) for keep in ([], ["region"], ["birth_year"], ["sex"], ["birth_year", "sex"])),
        (_ENTITY, {"alphabet": "id_number", "cipher": "sm4"}), ("NONE", {"keep": ["region"]}),
    ],
    "fake": [("PERSON_NAME", {}), ("ADDRESS", {}), ("ORG_NAME", {}), ("EMAIL", {}), ("PHONE", {"kind": "company"}), ("PHONE", {})],
    "generalize": [("EDUCATION", {"hierarchy": "education", "level": level}) for level in (1, 2, 3, 4)],
    "generalize_date": [("DATE_OF_BIRTH", given) for given in (
        {"to": "month"}, {"to": "quarter"}, {"to": "year"}, {"to": "decade"}, {"to": "age", "as_of": "2025-03-07"},
        {"to": "age", "width": 5, "as_of": "2024-02-29"}, {"to": "age"},
    )],
    "generalize_region": [("ADDRESS_REGION", {"to": to, "written": written}) for to in ("province", "city", "county") for written in ("code", "name")],
    "truncate_address": [("ADDRESS", {"to": to, **within}) for to in ("province", "city", "county") for within in ({}, {"within": "3701"})],
    "bucket": [("AGE", given) for given in (
        {"width": 10}, {"width": 0.5}, {"width": 2500}, {"edges": [18, 60]}, {"edges": [-7.5, 0.25, 1000]}, {"width": 1}, {"edges": [60, 18]},
    )],
    "round": [("INCOME", given) for given in ({"to": 10}, {"to": 0.5}, {"to": 1000}, {"to": 2.5}, {"digits": 1}, {"digits": 2}, {"digits": 5}, {})],
    "top_code": [("AGE", given) for given in ({"top": 90}, {"bottom": 18}, {"top": 90, "bottom": 18}, {"top": 17.5, "bottom": -0.25}, {"top": 1, "bottom": 2})],
    "snap_coordinates": [("GEO", given) for given in (
        {"order": "lng_lat", "metres": 100}, {"order": "lng_lat", "metres": 1000}, {"order": "lat_lng", "metres": 50_000},
        {"axis": "latitude", "metres": 1000}, {"axis": "latitude", "metres": 1_000_000}, {"axis": "longitude", "metres": 1000, "at": 36.65},
        {"axis": "longitude", "metres": 250, "at": -33.5}, {"axis": "longitude", "metres": 1000},
    )],
    "shift_date": [("DATE_OF_BIRTH", {"days": days}) for days in (7, 30, 3650, 1)],
    "noise": [("INCOME", given) for given in (
        {"epsilon": 1.0, "sensitivity": 1, "low": 0, "high": 100, "step": 1}, {"epsilon": 0.1, "sensitivity": 50, "low": -100, "high": 100, "step": 0.25},
        {"epsilon": 10, "sensitivity": 1000, "low": 0, "high": 1_000_000, "step": 50}, {"epsilon": 0.5, "sensitivity": 2, "low": 0, "high": 20},
        {"epsilon": 0, "sensitivity": 1, "low": 0, "high": 1},
    )],
    "redact_text": [],
}  # fmt: skip
"""By method the entities and parameters, some of which it refuses; every type it takes is treated with each of them."""
_CITY, _COUNTS, _TOTALS = values.city, values.counts, partial(values.counts, totals=True)
_BORN, _HOME, _AGE = {"entity": "DATE_OF_BIRTH"}, {"entity": "ADDRESS_REGION"}, {"entity": "AGE"}
_CELL = {"by": ["区县", "年份", "性别"]}
WHOLE_TABLE: Mapping[str, list[tuple[str, Callable[[], pa.RecordBatch], dict[str, Params], Params, str | None]]] = {
    "k_anonymize": [
        ("two columns", _CITY, {"出生": _BORN, "区划": _HOME}, {"k": 3, "suppress": 0.05}, None),
        ("three columns, by entropy", _CITY, {"出生": _BORN, "区划": _HOME, "年龄": _AGE}, {"k": 4, "suppress": 0.2, "loss": "entropy"}, None),
        ("persons", _CITY, {"区划": _HOME, "年龄": _AGE}, {"k": 2, "suppress": 0.1}, "人"),
        ("different values behind a class", _CITY, {"区划": _HOME, "年龄": _AGE}, {"k": 2, "suppress": 0.3, "l": 3, "sensitive": ["病种"]}, None),
        ("weights", _CITY, {"出生": _BORN, "年龄": _AGE}, {"k": 3, "suppress": 0.1, "weights": {"年龄": 5.0}}, None),
        ("addresses and names", _CITY, {"住址": {"entity": "ADDRESS", "within": "3701"}, "姓名": {"entity": "PERSON_NAME"}}, {"k": 2, "suppress": 0.1}, None),
        ("a hierarchy of a file", _CITY, {"学历": {"entity": "EDUCATION", "ladder": "file", "hierarchy": "education"}}, {"k": 5, "suppress": 0.1}, None),
        ("every other type", _CITY, {"收入": {}, "指数": {"widths": [2.5, 5.0]}, "登记": {}, "低保": {}, "病种": {}}, {"k": 2, "suppress": 1.0}, None),
        ("between two levels", _CITY, {"出生": {**_BORN, "finest": "quarter", "coarsest": "decade"}}, {"k": 2, "suppress": 0.5}, None),
        ("out of reach", _CITY, {"出生": {**_BORN, "coarsest": "month"}}, {"k": 150}, None),
        ("k of one", _CITY, {"出生": _BORN}, {"k": 1}, None),
    ],
    "microaggregate": [
        ("whole numbers", _CITY, {"年龄": {}}, {"k": 5}, None),
        ("decimals", _CITY, {"收入": {}}, {"k": 7}, None),
        ("floats", _CITY, {"指数": {}}, {"k": 4}, None),
        ("medians", _CITY, {"收入": {"to": "median"}}, {"k": 5}, None),
        ("medians of floats", _CITY, {"指数": {"to": "median"}}, {"k": 6}, None),
        ("two columns", _CITY, {"年龄": {}, "收入": {}}, {"k": 5}, None),
        ("three columns", _CITY, {"年龄": {}, "收入": {"to": "median"}, "指数": {}}, {"k": 3}, None),
        ("the usual k", _CITY, {"收入": {}}, {}, None),
        ("too few", lambda: values.city(10), {"收入": {}}, {}, None),
    ],
    "shuffle": [
        ("every type", _CITY, {name: {} for name in ("出生", "登记", "年龄", "收入", "指数", "区划", "低保")}, {}, None),
        ("together", _CITY, {"年龄": {"group": "a"}, "收入": {"group": "a"}, "病种": {}}, {"least": 3}, None),
        ("too few", lambda: values.city(10), {"收入": {}}, {}, None),
        ("no rows", lambda: values.city(0), {"收入": {}}, {}, None),
    ],
    "small_cells": [
        ("a count", _COUNTS, {"人数": {}}, _CELL, None),
        ("a count of floats", _COUNTS, {"次数": {}}, {**_CELL, "least": 3}, None),
        ("a count and an amount", _COUNTS, {"人数": {}, "金额": {"holds": "amount"}}, {**_CELL, "protect": 0.5}, None),
        ("two counts, apart", _COUNTS, {"人数": {}, "户数": {}}, {**_CELL, "together": False}, None),
        ("what is published is known", _COUNTS, {"人数": {}}, {**_CELL, "margins": "published", "least": 10}, None),
        ("zeros", _COUNTS, {"人数": {}}, {**_CELL, "zeros": True}, None),
        ("totals", _TOTALS, {"人数": {}}, {**_CELL, "totals": {"区县": "合计"}}, None),
        ("totals alone known", _TOTALS, {"人数": {}}, {**_CELL, "totals": {"区县": "合计"}, "margins": "published", "least": 8}, None),
        ("rows for one cell", _COUNTS, {"人数": {}}, {"by": ["区县", "性别"]}, None),
        ("least of one", _COUNTS, {"人数": {}}, {**_CELL, "least": 1}, None),
    ],
}  # fmt: skip
"""By method: what is tried, the table, the treated columns with their entities and parameters, the method's own, who a row is about."""
CUTS = (1, 64)
"""The first batches of a table, by their rows."""


def _methods(name: str) -> Iterator[tuple[str, Case]]:
    for tried, table, columns, params, person in WHOLE_TABLE.get(name, []):
        yield tried, partial(stage, name=name, table=table, columns=columns, params=params, person=person)
    taken = contract.load(SHIPPED, name).types
    for entity, params in BY_COLUMN.get(name, []):
        for logical in values.TYPES:
            if logical.partition("(")[0] in taken:
                yield (
                    f"{logical} {entity} {json.dumps(params, ensure_ascii=False)}",
                    partial(apply, name=name, logical=logical, entity=entity, params=params),
                )
    if name == "redact_text":
        yield from _texts()


def apply(project: Project, *, name: str, logical: str, entity: str, params: Params) -> pa.Array:
    """A column treated by a column's method."""
    return treated(project, name, values.column(logical, entity), entity, params)


def treated(project: Project, name: str, column: pa.Array, entity: str, params: Params) -> pa.Array:
    method = contract.load(project, name)
    given, faults = method.check(params)
    if faults:
        raise ConfigError(*faults)
    return method.apply(column, given, entity=entity, key=KEY, person=values.persons(len(column)))


def stage(
    project: Project,
    *,
    name: str,
    table: Callable[[], pa.RecordBatch],
    columns: Mapping[str, Params],
    params: Params,
    person: str | None,
) -> pa.Table:
    """A table treated by a whole-table method: the one place here that knows how such a method is called."""
    method, rows = contract.load(project, name), table()
    given, faults = method.check_table(params)
    if faults:
        raise ConfigError(*faults)
    own = {column: method.check({key: value for key, value in said.items() if key != "entity"})[0] for column, said in columns.items()}
    entities = {column: said.get("entity", "NONE") for column, said in columns.items()}
    with TemporaryDirectory() as scratch:
        treatment = Treatment(columns=own, entities=entities, key=KEY, scratch=Path(scratch), person=person, project=project)
        out = list(method.stage(iter(_cut(rows)), method.module.Params(**given), treatment))
    return pa.Table.from_batches(out) if out else pa.table({})


def _cut(rows: pa.RecordBatch) -> list[pa.RecordBatch]:
    starts = [sum(CUTS[:at]) for at in range(len(CUTS) + 1)]
    return [rows.slice(start, length) for start, length in zip(starts, (*CUTS, rows.num_rows), strict=True)]


# -- text ------------------------------------------------------------------------------------------------------------------

_MODES: tuple[config.Mode, ...] = ("strict", "balanced")
REDACTED: list[tuple[str, Params]] = [
    ("odd and short", {"replace": "mask"}),
    ("wages and benefits", {"replace": "pseudonym"}),
    ("roads and vehicles", {"replace": "pseudonym", "mode": "balanced"}),
    ("wages and benefits", {"keep": ["PERSON", "NUMBER"]}),
    ("streets and lamps", {"keep": ["NOBODY"]}),
]


def _texts() -> Iterator[tuple[str, Case]]:
    """What is taken out of running text, and the spans that decide it, in both modes."""
    for topic in SENTENCES:
        for mode in _MODES:
            yield f"spans in {topic}, {mode}", partial(_spans, topic=topic, mode=mode)
            yield f"{topic}, {mode}", partial(_redacted, topic=topic, params={"mode": mode})
    for topic, params in REDACTED:
        yield f"{topic} {json.dumps(params)}", partial(_redacted, topic=topic, params=params)


def _redacted(project: Project, *, topic: str, params: Params) -> pa.Array:
    return treated(project, "redact_text", pa.array([*SENTENCES[topic], None]), "FREE_TEXT", params)


def _spans(project: Project, *, topic: str, mode: config.Mode) -> list[Any]:
    text.ask_for_files(project)
    found = text.detector(project, config.load(project, mode)).detect(SENTENCES[topic])
    return [[(*span[:3], f"{span.score:.3f}") for span in spans] for spans in found]


# -- before and behind the methods -------------------------------------------------------------------------------------------


def _cleanings() -> dict[str, Case]:
    def run(project: Project, *, texts: Iterable[str | None], declared: list[Any]) -> Any:
        operations, faults = cleaning.parse(declared, key="clean", file="")
        if faults:
            raise ConfigError(*faults)
        return cleaning.clean(pa.array(texts, pa.string()), operations)

    return {
        f"{json.dumps(declared, ensure_ascii=False)} of {kind}": partial(run, texts=TEXTS[kind], declared=declared)
        for kind, declarations in CLEANED.items()
        for declared in declarations
    }


def _castings() -> dict[str, Case]:
    def run(project: Project, *, texts: Iterable[str | None], logical: str) -> Any:
        return casting.cast(pa.array(texts, pa.string()), logical)

    types = (
        "text",
        "integer",
        "float",
        "boolean",
        "date",
        "datetime",
        "decimal(12,2)",
        "decimal(38,20)",
        "decimal(3,3)",
        "decimal(38,0)",
        "number",
    )
    return {f"{logical} of {kind}": partial(run, texts=TEXTS[kind], logical=logical) for logical in types for kind in TEXTS}


def _orders() -> dict[str, Case]:
    """The order of rows and their content: handed out in two halves, kept in memory, and merged from files."""

    def run(project: Project, *, table: Callable[[], pa.RecordBatch], most: int) -> Any:
        rows = table()
        half = len(rows) // 2
        with TemporaryDirectory() as scratch, MonkeyPatch.context() as patch:
            patch.setattr(row_order, "RUN_BYTES", most)
            halves = iter([rows.slice(half), rows.slice(0, half)])
            ordered = [*row_order.in_order(halves, rows.schema.names, Path(scratch))]
        content = row_order.Content(rows.schema)
        for batch in ordered:
            content.add(batch)
        return [pa.Table.from_batches(ordered, rows.schema), content.hexdigest()]

    return {
        f"{name}, {way}": partial(run, table=table, most=most)
        for name, table in {**tables.TABLES, "a city": values.city}.items()
        for way, most in (("in memory", row_order.RUN_BYTES), ("merged", 0))
    }


_CASES: Mapping[plugins.Kind, Callable[[str], Iterable[tuple[str, Case]]]] = {
    "transforms": _methods,
    "sources": lambda name: {"file": tables.of_file, "sql": tables.of_sql}[name]().items(),
    "formats": lambda name: tables.of_format(name).items(),
    "stores": lambda name: (),
}
