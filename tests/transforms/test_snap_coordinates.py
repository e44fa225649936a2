from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

snap = plugins.load(SHIPPED, "transforms", "snap_coordinates")
RADIUS = 6_371_008.8
LATITUDES, LONGITUDES = st.floats(-90, 90), st.floats(-180, 180)
METRES = st.floats(100, 1_000_000)


def apart(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Metres along the great circle, by the haversine formula."""
    a, b = math.radians(lat1), math.radians(lat2)
    half = math.sin((a - b) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lng1 - lng2) / 2) ** 2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(half)))


@pytest.mark.parametrize(
    ("given", "order", "expected"),
    [
        ("120.155150,30.274150", "lng_lat", "120.151,30.271"),
        ("30.274150,120.155150", "lat_lng", "30.271,120.151"),
        (" +120.15515 ， 30.27415 ", "lng_lat", "120.151,30.271"),
        ("120.155150 30.274150", "lng_lat", "120.151,30.271"),
        ("-0.0001,-0.0001", "lng_lat", "-0.004,0.000"),
        ("180,90", "lng_lat", "120.000,89.996"),
        ("30.274150,120.155150", "lng_lat", "****"),
        ("180.1,30", "lng_lat", "****"),
        ("120.15", "lng_lat", "****"),
        ("120.15,", "lng_lat", "****"),
        ("120°9′,30°16′", "lng_lat", "****"),
        ("1e2,30", "lng_lat", "****"),
        ("nan,nan", "lng_lat", "****"),
        ("120.15,30.27,5", "lng_lat", "****"),
        ("１２０,30", "lng_lat", "****"),
        ("****", "lng_lat", "***"),
        ("", "lng_lat", ""),
        (None, "lng_lat", None),
    ],
    ids=str,
)
def test_text_of_both(given: str | None, order: str, expected: str | None) -> None:
    assert snap.apply(pa.array([given], pa.string()), metres=1000, order=order).to_pylist() == [expected]


@pytest.mark.parametrize(
    ("column", "given", "expected"),
    [
        (pa.array([30.27415, 91.0, float("nan"), None]), {"axis": "latitude"}, [30.271, None, None, None]),
        (pa.array([120.15515, -180.5]), {"axis": "longitude", "at": 30.0}, [120.159, None]),
        (
            pa.array([Decimal("30.274150"), None], pa.decimal128(9, 6)),
            {"axis": "latitude"},
            [Decimal("30.271000"), None],
        ),
        (pa.array([Decimal("30.3")], pa.decimal128(20, 1)), {"axis": "latitude", "metres": 50_000}, [Decimal("30.4")]),
        (pa.array(["30.27415", "N30", None]), {"axis": "latitude"}, ["30.271", "****", None]),
        (pa.array([30.27415]), {"axis": "latitude", "metres": 1_000_000}, [32.0]),
    ],
    ids=["latitude", "longitude", "decimal", "wide decimal", "text", "no decimals needed"],
)
def test_one_coordinate(column: pa.Array, given: dict[str, Any], expected: list[Any]) -> None:
    out = snap.apply(column, **{"metres": 1000, **given})
    assert out.to_pylist() == expected
    assert out.type == column.type


@settings(deadline=None)
@given(LATITUDES, LONGITUDES, METRES)
def test_no_point_moves_further_than_to_the_corner_of_a_cell(lat: float, lng: float, metres: float) -> None:
    (out,) = snap.apply(pa.array([f"{lat:.7f},{lng:.7f}"]), metres=metres, order="lat_lng").to_pylist()
    moved_to = [float(each) for each in out.split(",")]
    height = math.pi * RADIUS / math.floor(math.pi * RADIUS / metres)
    assert abs(moved_to[0] - lat) * math.radians(1) * RADIUS <= height * 0.76
    along = 2 * math.pi * RADIUS * math.cos(math.radians(moved_to[0]))
    assert apart(moved_to[0], lng, *moved_to) <= 0.76 * max(along, metres) / max(1, math.floor(along / metres * 0.999))


@settings(deadline=None)
@given(LATITUDES, LONGITUDES, METRES)
def test_a_centre_stays_where_it_is(lat: float, lng: float, metres: float) -> None:
    once = snap.apply(pa.array([f"{lat:.7f},{lng:.7f}"]), metres=metres, order="lat_lng")
    assert snap.apply(once, metres=metres, order="lat_lng").equals(once)


@settings(deadline=None)
@given(st.lists(LATITUDES, min_size=2, max_size=30), METRES)
def test_points_of_one_row_come_out_alike_and_in_order(values: list[float], metres: float) -> None:
    values.sort()
    out = snap.apply(pa.array(values), metres=metres, axis="latitude").to_pylist()
    assert out == sorted(out)
    assert len(set(out)) <= (values[-1] - values[0]) * math.radians(1) * RADIUS / metres + 2


def test_cells_are_as_wide_as_asked_in_the_north_too() -> None:
    for lat in (0, 30, 60, 80):
        points = [f"{120 + step / 10_000:.4f},{lat}.001" for step in range(10_000)]
        out = snap.apply(pa.array(points), metres=2000, order="lng_lat").to_pylist()
        cells = sorted({float(each.split(",")[0]) for each in out})
        degree = math.radians(1) * RADIUS * math.cos(math.radians(lat))
        widths = [(after - before) * degree for before, after in pairwise(cells)]
        assert min(widths) > 1700
        assert sum(widths) / len(widths) == pytest.approx(2000, rel=0.03)


def test_reveals_the_cell() -> None:
    expected = Disclosure(Form.COARSE, parts=frozenset({"cell"}), width=500.0)
    assert snap.reveals("GEO", metres=500, order="lng_lat") == expected
    assert snap.reveals("GEO", metres=500, axis="longitude", at=30) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"metres": 99, "axis": "latitude"},
        {"metres": 2e6, "axis": "latitude"},
        {"metres": float("nan"), "axis": "latitude"},
        {"metres": 1000},
        {"metres": 1000, "axis": "latitude", "order": "lng_lat"},
        {"metres": 1000, "axis": "height"},
        {"metres": 1000, "order": "xy"},
        {"metres": 1000, "axis": "longitude"},
        {"metres": 1000, "axis": "longitude", "at": 90},
        {"metres": 1000, "axis": "longitude", "at": float("nan")},
        {"metres": 1000, "axis": "latitude", "at": 30},
        {"metres": 1000, "order": "lng_lat", "at": 30},
    ],
    ids=str,
)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"metres is|axis|at, the latitude"):
        snap.apply(pa.array([30.0]), **wrong)
    with pytest.raises(ValueError, match=r"metres is|axis|at, the latitude"):
        snap.reveals("GEO", **wrong)


def test_refuses_a_column_that_does_not_go_with_it() -> None:
    with pytest.raises(ValueError, match="order is for text"):
        snap.apply(pa.array([30.0]), metres=1000, order="lng_lat")
    with pytest.raises(ValueError, match="two steps of the column's last decimal"):
        snap.apply(pa.array([], pa.decimal128(5, 2)), metres=1000, axis="latitude")
