"""What a column tells of the person, by what its method leaves."""

from __future__ import annotations

import pytest

from gongkai.disclosure import Disclosure, Form
from gongkai.identifiers.anatomy import Facts
from gongkai.risk.facts import told

WHOLE = Disclosure(Form.ALL)


def parts(*names: str, **given: float) -> Disclosure:
    return Disclosure(Form.COARSE, parts=frozenset(names), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entity", "left", "expected"),
    [
        ("DATE_OF_BIRTH", WHOLE, Facts(birth=frozenset({"year", "month", "day"}))),
        ("DATE_OF_BIRTH", parts("year", "quarter"), Facts(birth=frozenset({"year", "quarter"}))),
        ("DATE_OF_BIRTH", parts("age_band", width=10), Facts(birth_years=11)),
        ("DATE_OF_BIRTH", Disclosure(Form.PART, 7), Facts(birth=frozenset({"year", "month"}))),
        ("DATE_OF_BIRTH", Disclosure(Form.PART, 3), Facts(birth=frozenset({"decade"}))),
        ("DATE_OF_BIRTH", Disclosure(Form.PART, 2), Facts()),
        ("DATE_OF_BIRTH", Disclosure(Form.LINK), Facts()),
        ("AGE", WHOLE, Facts(birth_years=2)),
        ("AGE", parts("range", width=5), Facts(birth_years=6)),
        ("AGE", parts("range"), Facts()),
        ("GENDER", WHOLE, Facts(sex=True)),
        ("GENDER", Disclosure(Form.NOTHING), Facts()),
        ("ADDRESS", parts("province", "city"), Facts(region=4)),
        ("ADDRESS", WHOLE, Facts(region=6)),
        ("ADDRESS_REGION", Disclosure(Form.PART, 5), Facts(region=4)),
        ("CN_ID_CARD", Disclosure(Form.PART, 10), Facts(birth=frozenset({"decade", "year"}), region=6)),
        ("CN_ID_CARD", Disclosure(Form.PART, 0, 2), Facts(sex=True)),
        ("PHONE", Disclosure(Form.PART, 7), Facts(region=4)),
        ("PHONE", Disclosure(Form.PART, 3, 4), Facts()),
        ("VEHICLE_PLATE", Disclosure(Form.PART, 2), Facts(region=4)),
        ("NONE", WHOLE, Facts()),
        ("HEALTH", parts("range"), Facts()),
    ],
)
def test_told(entity: str, left: Disclosure, expected: Facts) -> None:
    assert told(entity, left) == expected
