"""Generalisation ladders 概化阶梯: the levels a column's values may climb, from the finest a reader may see to the top, ``*``.

=========== =============================== =============================================
ladder      levels below the top            what a level is
=========== =============================== =============================================
``date``    month, quarter, year, decade    ``methods.levels.dates``
``region``  county, city, province          ``methods.levels.regions``
``address`` county, city, province          ``methods.levels.addresses``
``number``  the widths, as they are written ``methods.levels.ranges``
``mask``    surname                         the first character, without length
``value``   value                           the value itself, as text
``file``    value, 1, 2, ...                the columns of a file in rules/hierarchies
=========== =============================== =============================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.columns.logical_types import arrow_type
from gongkai.disclosure import FULL_MASK, SHORT_MASK, SUPPRESSED, WHOLE, Disclosure, Form
from gongkai.methods.columns.plain import plain
from gongkai.methods.columns.signs import ends_shown
from gongkai.methods.levels import addresses, dates, ranges, regions
from gongkai.methods.recoding.hierarchy import load, lookup
from gongkai.project import Project
from gongkai.reference import divisions

Kind: TypeAlias = Literal["date", "number", "region", "address", "mask", "value", "file"]
Write: TypeAlias = Callable[[pa.Array, str], pa.Array]
TOP = SUPPRESSED
_MASKED = pa.array([FULL_MASK, SHORT_MASK])
"""What a method writes for a text that it does not understand."""
_LEVELS: dict[str, tuple[str, ...]] = {
    "date": ("month", "quarter", "year", "decade"),
    "region": ("county", "city", "province"),
    "address": ("county", "city", "province"),
    "mask": ("surname",),
    "value": ("value",),
}
_OF_ENTITY: dict[str, Kind] = {
    "DATE_OF_BIRTH": "date",
    "AGE": "number",
    "INCOME": "number",
    "ADDRESS_REGION": "region",
    "NATIVE_PLACE": "region",
    "ADDRESS": "address",
    "PERSON_NAME": "mask",
    "PARTY_NAME": "mask",
}
_OF_TYPE: dict[str, Kind] = {"date": "date", "datetime": "date", "integer": "number", "decimal": "number", "float": "number"}
_TAKES = {"date": ("text", "date", "datetime"), "number": ("integer", "decimal", "float")}
_TEXT_ONLY = frozenset({"region", "address", "mask"})
_YEARS = [5.0, 10.0, 20.0, 40.0]
_POWERS = [10.0, 100.0, 1000.0, 10000.0, 100000.0]
"""Widths where none are given: of ages, and of any other number."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """``levels``, finest first. ``write`` gives the text of values at a level below the top, null for one that does not fit.

    ``domain``: all values there are, as text, where the ladder lists them; else the column's own are all.
    """

    kind: Kind
    levels: tuple[str, ...]
    write: Write
    domain: pa.Array | None = None


def build(
    entity: str,
    type: str = "",
    *,
    ladder: Kind | None = None,
    finest: str | None = None,
    coarsest: str | None = None,
    widths: list[float] | None = None,
    hierarchy: str | None = None,
    within: str | None = None,
    project: Project,
) -> Ladder:
    """The ladder of a column by its entity and logical type (empty where not known yet) and by what was written about it.

    ValueError where the type cannot climb it, where a level is not one of its levels, or where a value that has a ladder of its
    own would come out whole.

    >>> from gongkai.project import SHIPPED
    >>> build("DATE_OF_BIRTH", coarsest="year", project=SHIPPED).levels
    ('month', 'quarter', 'year')
    >>> build("NONE", "integer", widths=[5, 10], finest="10", project=SHIPPED).levels
    ('10', '*')
    >>> build("ADDRESS", ladder="value", project=SHIPPED)
    Traceback (most recent call last):
        ...
    ValueError: ADDRESS would come out whole: take ladder address, or file from level 1
    """
    kind = ladder or _kind(entity, type, widths, hierarchy)
    _check_type(kind, type)
    _check_given(kind, widths, hierarchy, within)
    made = _made(kind, entity, widths, hierarchy, within, project)
    levels = _cut(made.levels, finest, coarsest)
    if kind == "number" and type:
        ranges.coarsen(pa.array([], arrow_type(type)), width=float(levels[0] if levels[0] != TOP else made.levels[0]))
    own = _OF_ENTITY.get(entity)
    if own and levels[0] == "value":
        raise ValueError(f"{entity} would come out whole: take ladder {own}, or file from level 1")
    return Ladder(kind, levels, made.write, made.domain)


def disclosure(ladder: Ladder) -> Disclosure:
    """What the finest level of a ladder leaves; ``value`` as a part where the value itself may stand.

    >>> from gongkai.project import SHIPPED
    >>> disclosure(build("DATE_OF_BIRTH", finest="year", project=SHIPPED)).first
    4
    """
    finest: Any = ladder.levels[0]
    if finest == TOP:
        return Disclosure(Form.NOTHING)
    left: Disclosure
    if ladder.kind == "date":
        left = dates.disclosed(finest)
    elif ladder.kind == "region":
        left = regions.disclosed(finest)
    elif ladder.kind == "address":
        left = addresses.disclosed(finest)
    elif ladder.kind == "number":
        left = ranges.disclosed(width=float(finest))
    elif ladder.kind == "mask":
        left = Disclosure(Form.PART, 1)
    else:
        left = Disclosure(Form.COARSE, parts=frozenset({WHOLE if finest == "value" else f"level{finest}"}))
    return left


def _kind(entity: str, type: str, widths: list[float] | None, hierarchy: str | None) -> Kind:
    if hierarchy is not None:
        return "file"
    if widths is not None:
        return "number"
    return _OF_ENTITY.get(entity) or _OF_TYPE.get(type.partition("(")[0], "value")


def _check_type(kind: Kind, type: str) -> None:
    family = type.partition("(")[0]
    takes = _TAKES.get(kind, ("text",) if kind in _TEXT_ONLY else (family,))
    if family and family not in takes:
        raise ValueError(f"ladder {kind} takes {', '.join(takes)}, not {family}")


def _check_given(kind: Kind, widths: list[float] | None, hierarchy: str | None, within: str | None) -> None:
    if (hierarchy is not None) != (kind == "file"):
        raise ValueError("hierarchy names the file of ladder file, and goes with no other")
    if widths is not None and kind != "number":
        raise ValueError("widths go with ladder number only")
    if within is not None and kind != "address":
        raise ValueError("within goes with ladder address only")


def _made(
    kind: Kind, entity: str, widths: list[float] | None, hierarchy: str | None, within: str | None, project: Project
) -> Ladder:
    if kind == "file":
        columns = load(str(hierarchy), project)
        names = ("value", *map(str, range(1, len(columns))))
        return Ladder(kind, names, partial(_from_file, columns), columns[0])
    if kind == "number":
        usual = _YEARS if entity == "AGE" else _POWERS
        return Ladder(kind, _ranges(usual if widths is None else widths), _number)
    if kind in ("region", "address"):
        divisions.load(project)  # before there are rows, so that an approval covers what they are looked up in
    if kind == "address":
        addresses.check("county", within, project)
    write: dict[str, Write] = {
        "date": _date,
        "region": partial(_region, project),
        "address": partial(_address, within, project),
        "mask": _surname,
        "value": _value,
    }
    return Ladder(kind, _LEVELS[kind], write[kind])


def _cut(levels: tuple[str, ...], finest: str | None, coarsest: str | None) -> tuple[str, ...]:
    """The levels between two, both included."""
    levels = (*levels, TOP)
    for name, level in (("finest", finest), ("coarsest", coarsest)):
        if level is not None and level not in levels:
            raise ValueError(f"{name} is one of {', '.join(levels)}")
    start = levels.index(finest) if finest is not None else 0
    stop = levels.index(coarsest) if coarsest is not None else len(levels) - 1
    if start > stop:
        raise ValueError("finest is no coarser than coarsest")
    return levels[start : stop + 1]


def _ranges(widths: list[float]) -> tuple[str, ...]:
    """Widths as they are written: each a multiple of the one before, so that ranges lie within ranges."""
    exact = [Decimal(repr(each)) for each in widths]
    rising = all(each.is_finite() and each > 0 for each in exact) and all(
        coarse > fine and not coarse % fine for fine, coarse in pairwise(exact)
    )
    if not exact or not rising:
        raise ValueError("widths rise, each a multiple of the one before, for example [5, 10, 20]")
    return tuple(f"{each.normalize():f}" for each in exact)


def _understood(written: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_in(written, value_set=_MASKED), None, written)


def _shown(text: pa.Array) -> pa.Array:
    """A text that already is the full mask shows nothing."""
    return pc.if_else(pc.equal(text, FULL_MASK), None, text)


def _date(values: pa.Array, level: Any) -> pa.Array:
    return _understood(dates.coarsen(values, level))


def _region(project: Project, values: pa.Array, level: Any) -> pa.Array:
    return _understood(regions.coarsen(values, level, "code", project))


def _address(within: str | None, project: Project, values: pa.Array, level: Any) -> pa.Array:
    return _understood(addresses.coarsen(values, level, within, project))


def _number(values: pa.Array, level: str) -> pa.Array:
    return _understood(ranges.coarsen(values, width=float(level)))


def _surname(values: pa.Array, level: str) -> pa.Array:
    return pc.utf8_slice_codeunits(_understood(ends_shown(plain(values), (1, 0), "*")), 0, 2)


def _value(values: pa.Array, level: str) -> pa.Array:
    return _shown(values.cast(pa.string()))


def _from_file(columns: list[pa.Array], values: pa.Array, level: str) -> pa.Array:
    return _shown(lookup(columns, values.cast(pa.string()), 0 if level == "value" else int(level)))
