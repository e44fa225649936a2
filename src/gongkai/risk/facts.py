"""What a published column tells of the person's identifiers 旁证: birth year, sex, county, wherever they are read from."""

from __future__ import annotations

from gongkai.disclosure import Disclosure, Form
from gongkai.identifiers import anatomy
from gongkai.identifiers.anatomy import Facts

_PLACES = {"province": 2, "city": 4, "county": 6}
_DATE_PARTS = frozenset({"decade", "year", "quarter", "month", "day"})
_READ_OFF = {4: "year", 7: "month", 10: "day"}
"""How many characters of ``YYYY-MM-DD`` tell which part."""
_NOTHING = Facts()


def told(entity: str, left: Disclosure) -> Facts:
    """What a column of this entity, of which this is left, tells.

    >>> told("AGE", Disclosure(Form.COARSE, width=10))
    Facts(birth=frozenset(), birth_years=11, sex=False, region=0)
    >>> told("CN_ID_CARD", Disclosure(Form.PART, 6, 0)).region
    6
    """
    if left.form < Form.COARSE:
        return _NOTHING
    if entity == "DATE_OF_BIRTH":
        return _birth(left)
    if entity == "AGE":
        return _age(left)
    if entity == "GENDER":
        return Facts(sex=True)
    if entity in ("ADDRESS_REGION", "NATIVE_PLACE", "ADDRESS"):
        return Facts(region=_place(entity, left))
    return _inside(entity, left)


def _birth(left: Disclosure) -> Facts:
    if left.form is Form.ALL:
        return Facts(birth=frozenset({"year", "month", "day"}))
    if "age_band" in left.parts:
        return _age(left)
    parts = {part.removeprefix("birth_") for part in left.parts} & _DATE_PARTS
    parts |= {part for characters, part in _READ_OFF.items() if left.first >= characters}
    return Facts(birth=frozenset(parts) or (frozenset({"decade"}) if left.first == 3 else frozenset()))


def _age(left: Disclosure) -> Facts:
    """An age lies in two calendar years, a range of ages in one more than it is wide."""
    if left.form is Form.ALL:
        return Facts(birth_years=2)
    return _NOTHING if left.width is None else Facts(birth_years=int(left.width) + 1)


def _place(entity: str, left: Disclosure) -> int:
    if left.form is Form.ALL:
        return 6
    named = max((digits for part, digits in _PLACES.items() if part in left.parts), default=0)
    return named if entity == "ADDRESS" else max(named, min(left.first, 6) // 2 * 2)


def _inside(entity: str, left: Disclosure) -> Facts:
    """What the shown characters of an identifier say of the person."""
    seen = anatomy.shown(entity, left)
    if seen is None:
        return _NOTHING
    whole = seen.positions.issuperset
    if whole({"vehicle_plate": range(2), "phone": range(7)}.get(seen.identifier, range(99))):
        return Facts(region=4)
    if seen.identifier != "resident_id":
        return _NOTHING
    birth = {"decade": whole(range(6, 9)), "year": whole(range(6, 10)), "month": whole((10, 11)), "day": whole((12, 13))}
    region = next((digits for digits in (6, 4, 2) if whole(range(digits))), 0)
    sex = 16 in seen.positions or "sex" in left.parts
    return Facts(frozenset(part for part, known in birth.items() if known), None, sex, region)
