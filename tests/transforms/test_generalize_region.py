from __future__ import annotations

import pyarrow as pa
import pytest

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form

generalize_region = plugins.load("gongkai.transforms", "generalize_region")


@pytest.mark.parametrize(
    ("given", "to", "expected"),
    [
        ("370102", "province", "370000"),
        ("370102", "city", "370100"),
        ("370102", "county", "370102"),
        ("370102001", "county", "370102"),
        ("370102001003", "city", "370100"),
        ("370000", "province", "370000"),
        ("810000", "city", "810000"),
        ("990102", "city", "****"),
        ("3701", "city", "****"),
        ("3701020", "city", "****"),
        ("３７０１０２", "city", "****"),
        ("370102 ", "city", "****"),
        ("济南市", "city", "****"),
        ("****", "city", "***"),
        ("", "city", ""),
        (None, "city", None),
    ],
    ids=str,
)
def test_codes(given: str | None, to: str, expected: str | None) -> None:
    assert generalize_region.apply(pa.array([given], pa.string()), to=to).to_pylist() == [expected]


def test_reveals_the_levels() -> None:
    assert generalize_region.reveals(to="city") == Disclosure(Form.COARSE, 4, parts=frozenset({"province", "city"}))


def test_refuses_another_level() -> None:
    with pytest.raises(ValueError, match="to is one of"):
        generalize_region.reveals(to="street")
