"""snap_coordinates 坐标格网: a point becomes the centre of the grid cell it lies in.

The grid is cut on the sphere of the mean earth radius, 6 371 008.8 m (IUGG); distances of WGS 84 differ from it by 0.6 % at
most, those of GCJ-02 hardly more. Rows of equal height run from pole to pole, each cut into equal cells from 180° west on, at
least ``metres`` high and wide. A cell says nothing of how many live in it: where few do, take a wider one.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns import exact_numbers as numbers
from gongkai.methods.columns.full_mask import else_full_mask
from gongkai.methods.columns.plain import plain

TITLE = "坐标格网"
VERSION = 1
TYPES = frozenset({"text", "decimal", "float"})
Axis: TypeAlias = Literal["longitude", "latitude"]
Order: TypeAlias = Literal["lng_lat", "lat_lng"]
Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
_DEGREE = 6_371_008.8 * math.pi / 180
"""Metres of a degree of a great circle."""
_LEAST, _MOST, _FURTHEST = 100, 1_000_000, 89
_NUMBER = r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?"
_ONE = rf"^\s*(?P<first>{_NUMBER})\s*$"
_TWO = rf"^\s*(?P<first>{_NUMBER})\s*[,，\s]\s*(?P<second>{_NUMBER})\s*$"


def apply(
    column: pa.Array, *, metres: float, axis: Axis | None = None, at: float | None = None, order: Order | None = None
) -> pa.Array:
    """The column's type, in degrees with no more decimals than the cell needs. Null and empty stay.

    ``axis``: which coordinate the column holds; a longitude needs ``at``, the latitude of the place the dataset is about, for
    the width of a degree (its cells get narrower towards the pole from there). ``order``: text of both, ``120.15,30.28``.
    What is no coordinate becomes null, a text ``****``. ValueError unless one of ``axis`` and ``order`` is given, as the column
    wants it, for ``metres`` outside 100 to 1,000,000, and where a decimal is itself coarser than the cell.

    >>> apply(pa.array(["120.155150,30.274150", "999,30", None]), metres=1000, order="lng_lat").to_pylist()
    ['120.151,30.271', '****', None]
    >>> apply(pa.array([30.27415, 91.0]), metres=1000, axis="latitude").to_pylist()
    [30.271, None]
    >>> apply(pa.array([120.15515]), metres=1000, axis="longitude")
    Traceback (most recent call last):
        ...
    ValueError: a longitude needs at, the latitude of the place, at most 89; nothing else takes it
    """
    _checked(metres, axis, at, order)
    column = plain(column)
    text = pa.types.is_string(column.type)
    if order is not None:
        if not text:
            raise ValueError("order is for text of both coordinates; a column of numbers has an axis")
        return else_full_mask(_pairs(column, metres, order), column)
    values, valid = _degrees(column)
    centres, size, real = _one(values, metres, at)
    if text:
        return else_full_mask(_text(centres, valid & real, _decimals(size)), column)
    return _typed(centres, valid & real, _decimals(size), column)


def reveals(
    entity: str, *, metres: float, axis: Axis | None = None, at: float | None = None, order: Order | None = None
) -> Disclosure:
    """The cell, and how wide it is in metres.

    >>> reveals("GEO", metres=1000, order="lng_lat").width
    1000.0
    """
    _checked(metres, axis, at, order)
    return Disclosure(Form.COARSE, parts=frozenset({"cell"}), width=float(metres))


def _latitudes(values: Floats, metres: float) -> tuple[Floats, float, Flags]:
    """The centres of the rows they lie in, how high a row is in degrees, and which are latitudes."""
    height = 180 / math.floor(180 * _DEGREE / metres)
    return _centres(values, 90, height) - 90, height, np.abs(values) <= 90


def _longitudes(values: Floats, metres: float, at: Floats) -> tuple[Floats, Floats, Flags]:
    """The same along the parallels of the latitudes ``at``."""
    width = 360 / np.maximum(np.floor(360 * _DEGREE * np.cos(np.radians(at)) / metres), 1)
    return _centres(values, 180, width) - 180, width, np.abs(values) <= 180


def _centres(values: Floats, half: float, size: float | Floats) -> Floats:
    """How far the centre of each one's cell lies from the beginning of the grid."""
    safe = np.where(np.abs(values) <= half, values, 0) + half
    last = np.rint(2 * half / size) - 1
    centres: Floats = (np.minimum(np.floor(safe / size), last) + 0.5) * size
    return centres


def _one(values: Floats, metres: float, at: float | None) -> tuple[Floats, float, Flags]:
    if at is None:
        return _latitudes(values, metres)
    centres, width, real = _longitudes(values, metres, np.array([at]))
    return centres, float(width[0]), real


def _pairs(column: pa.Array, metres: float, order: Order) -> pa.Array:
    first, second = _read(column, _TWO)
    (lngs, valid), (lats, _) = (first, second) if order == "lng_lat" else (second, first)
    rows, height, lat_real = _latitudes(lats, metres)
    cells, _, lng_real = _longitudes(lngs, metres, rows)
    decimals, real = _decimals(height), valid & lat_real & lng_real
    written = [_text(centres, real, decimals) for centres in (cells, rows)]
    return pc.binary_join_element_wise(*(written if order == "lng_lat" else written[::-1]), ",")


def _read(column: pa.Array, pattern: str) -> list[tuple[Floats, Flags]]:
    """The numbers of each text, and where there are any."""
    found = pc.extract_regex(column, pattern)
    return [_floats(pc.struct_field(found, index).cast(pa.float64())) for index in range(found.type.num_fields)]


def _floats(column: pa.Array) -> tuple[Floats, Flags]:
    values = pc.fill_null(column, 0).to_numpy()
    return values, column.is_valid().to_numpy(zero_copy_only=False)


def _degrees(column: pa.Array) -> tuple[Floats, Flags]:
    """The numbers of a column of any type."""
    if pa.types.is_string(column.type):
        return _read(column, _ONE)[0]
    scale = numbers.scale(column)
    if scale is None:
        return _floats(column.cast(pa.float64()))
    return numbers.counted(column).astype(np.float64) / 10.0**scale, column.is_valid().to_numpy(zero_copy_only=False)


def _decimals(size: float) -> int:
    """As few as keep a rounded centre inside its cell and apart from the next."""
    return next(decimals for decimals in range(10) if 10.0**-decimals <= size / 2)


def _steps(centres: Floats, decimals: int) -> Integers:
    return np.rint(centres * 10.0**decimals).astype(np.int64)


def _text(centres: Floats, real: Flags, decimals: int) -> pa.Array:
    return numbers.column(_steps(centres, decimals), real, pa.decimal128(18, decimals)).cast(pa.string())


def _typed(centres: Floats, real: Flags, decimals: int, column: pa.Array) -> pa.Array:
    steps, scale = _steps(centres, decimals), numbers.scale(column)
    if scale is None:
        return pa.array(steps / 10.0**decimals, column.type, mask=~real)
    if scale < decimals:
        raise ValueError("metres is at least two steps of the column's last decimal")
    return numbers.column(numbers.times(steps, 10 ** (scale - decimals)), real, column.type)


def _checked(metres: float, axis: str | None, at: float | None, order: str | None) -> None:
    if not _LEAST <= metres <= _MOST:
        raise ValueError(f"metres is {_LEAST:,} to {_MOST:,}")
    if (axis is None) == (order is None):
        raise ValueError("give either axis, for a column of one coordinate, or order, for text of both")
    if axis not in (None, "longitude", "latitude") or order not in (None, "lng_lat", "lat_lng"):
        raise ValueError("axis is longitude or latitude, order lng_lat or lat_lng")
    if (axis == "longitude") != (at is not None) or (at is not None and not abs(at) <= _FURTHEST):
        raise ValueError(f"a longitude needs at, the latitude of the place, at most {_FURTHEST}; nothing else takes it")
