"""Invented columns of the benchmarks 虚构数据: as many different values as are asked for, each of the form its name says."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.identifiers import mobile
from gongkai.project import SHIPPED
from gongkai.reference import divisions

Numbers: TypeAlias = npt.NDArray[np.int64]
_SURNAMES = pa.array([*"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余", "欧阳", "上官"])
_HAN = pa.array([chr(code) for code in range(0x4E00, 0x4E00 + 3000)])
_GIVEN = pa.concat_arrays([_HAN, pa.array([""])])
_CITY = "3701"
_BIRTHS = np.datetime64("1940-01-01"), 80 * 365
_WEIGHTS = np.array([2 ** (17 - place) % 11 for place in range(17)])
_MILLENNIUM = np.datetime64("1000-01-01")


@cache
def column(name: str, rows: int) -> pa.Array:
    """The column called ``name``: the same at every call."""
    return _COLUMNS[name](rows)


def _phones(rows: int) -> pa.Array:
    segments = pa.array(mobile.SEGMENTS)
    segment, number = _drawn((len(segments), 10**8), rows)
    return _joined(segments.take(pa.array(segment)), _padded(number, 8))


def _resident_ids(rows: int) -> pa.Array:
    """Valid numbers (GB 11643) of the counties there are."""
    counties = _counties()
    county, day, serial = _drawn((len(counties), _BIRTHS[1], 999), rows)
    born = pc.strftime(pa.array((_BIRTHS[0] + day).astype("M8[s]")), "%Y%m%d")
    body = _joined(counties.take(pa.array(county)), born, _padded(serial + 1, 3))
    digits = np.frombuffer(body.buffers()[2], np.uint8)[: 17 * rows].reshape(rows, 17) - ord("0")
    check = pa.array([*"10X98765432"]).take(pa.array(digits @ _WEIGHTS % 11))
    return _joined(body, check)


def _names(rows: int) -> pa.Array:
    surname, first, second = _drawn((len(_SURNAMES), len(_HAN), len(_GIVEN)), rows)
    return _joined(*(words.take(pa.array(each)) for words, each in ((_SURNAMES, surname), (_HAN, first), (_GIVEN, second))))


def _permits(rows: int) -> pa.Array:
    """Two capitals and eight digits."""
    letters = pa.array([chr(ord("A") + place) for place in range(26)])
    first, second, number = _drawn((26, 26, 10**8), rows)
    return _joined(letters.take(pa.array(first)), letters.take(pa.array(second)), _padded(number, 8))


def _villages(rows: int) -> pa.Array:
    """Statistical codes of twelve digits in the counties there are."""
    counties = _counties()
    county, rest = _drawn((len(counties), 10**6), rows)
    return _joined(counties.take(pa.array(county)), _padded(rest, 6))


def _days(rows: int) -> pa.Array:
    """Of the years 1000 to about 4000, for a century has not so many."""
    return pa.array((_MILLENNIUM + _different(max(rows, 1_100_000), rows)).astype("M8[D]"))


def _addresses(rows: int, codes: pa.Array) -> pa.Array:
    places = pa.array([_divisions().title(code) for code in codes.to_pylist()])
    roads = pa.array([f"{surname}{kind}" for surname in _SURNAMES.to_pylist() for kind in ("家路", "庄街", "园路", "桥巷")])
    place, road, number = _drawn((len(places), len(roads), 9_999), rows)
    return _joined(places.take(pa.array(place)), roads.take(pa.array(road)), _texts(number + 1), pa.scalar("号"))


def _far_addresses(rows: int) -> pa.Array:
    """Each with a road of its own, in any county of the country."""
    places = pa.array([_divisions().title(code) for code in _counties().to_pylist()])
    place, first, second = _drawn((len(places), len(_HAN), len(_HAN)), rows)
    roads = [_HAN.take(pa.array(each)) for each in (first, second)]
    return _joined(places.take(pa.array(place)), *roads, pa.scalar("路"), _texts(first % 999 + 1), pa.scalar("号"))


def _points(rows: int) -> pa.Array:
    """Longitude and latitude with six decimals, somewhere about China."""
    east, north = _drawn((62_000_000, 35_000_000), rows)
    return pc.binary_join_element_wise(_degrees(73_000_000 + east), _degrees(18_000_000 + north), ",")


def _degrees(millionths: Numbers) -> pa.Array:
    return pc.binary_join_element_wise(_texts(millionths // 10**6), _padded(millionths % 10**6, 6), ".")


def _latitudes(rows: int) -> pa.Array:
    return pa.array((18_000_000 + _different(35_000_000, rows)) / 1e6)


def _incomes(rows: int) -> pa.Array:
    return pa.array(_different(10**7, rows))


def _drawn(sizes: tuple[int, ...], rows: int) -> tuple[Numbers, ...]:
    """Numbers below each of the sizes, no combination twice."""
    return np.unravel_index(_different(int(np.prod(sizes, dtype=object)), rows), sizes)


def _different(below: int, rows: int) -> Numbers:
    return np.random.default_rng(1).choice(below, rows, replace=False)


def _texts(numbers: Numbers) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _padded(numbers: Numbers, width: int) -> pa.Array:
    return pc.utf8_lpad(_texts(numbers), width, "0")


def _joined(*parts: Any) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _divisions() -> Any:
    return divisions.load(SHIPPED)


@cache
def _counties() -> pa.Array:
    return pa.array(sorted(code for code in _divisions().names if len(code) == 6))


_COLUMNS: dict[str, Callable[[int], pa.Array]] = {
    "phone": _phones,
    "resident_id": _resident_ids,
    "number": lambda rows: _texts(10**17 + _different(9 * 10**17, rows)),
    "name": _names,
    "permit": _permits,
    "village": _villages,
    "date": _days,
    "date_text": lambda rows: column("date", rows).cast(pa.string()),
    "address": lambda rows: _addresses(rows, _counties().filter(pc.starts_with(_counties(), _CITY))),
    "far_address": _far_addresses,
    "point": _points,
    "latitude": _latitudes,
    "income": _incomes,
}
