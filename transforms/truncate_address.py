"""truncate_address 地址截断: an address becomes the province, city or county it begins with, by its official name.

``山东济南市历下区泉城路268号`` becomes ``山东省济南市`` for the city. Only names of the table of divisions are ever
written; an address that begins with none of them, or with one that stands for several places, becomes ``****``. Short names
(山东, 济南) count only where a division that lies in them follows: 海南路 is a road. An address that holds less than is asked
for gives what it holds, and one that holds nothing finer comes out as it is.
"""

from __future__ import annotations

import pyarrow as pa

from gongkai.disclosure import Disclosure
from gongkai.methods.levels import addresses
from gongkai.methods.levels.addresses import Level
from gongkai.project import SHIPPED, Project

TITLE = "地址截断"
VERSION = 1
TYPES = frozenset({"text"})


def apply(column: pa.Array, *, to: Level, within: str | None = None, project: Project = SHIPPED) -> pa.Array:
    """Text: names of divisions, or ``****``. Null and empty stay.

    ``within``: the four-digit code of the city the dataset is about, so that ``市中区…`` is the one there.

    >>> apply(pa.array(["山东省济南市历下区泉城路268号", "济南历下区", "海南路1号", None]), to="county").to_pylist()
    ['山东省济南市历下区', '山东省济南市历下区', '****', None]
    >>> apply(pa.array(["市中区经四路"]), to="county", within="3701").to_pylist()
    ['山东省济南市市中区']
    >>> apply(pa.array([""]), to="county", within="9901")
    Traceback (most recent call last):
        ...
    ValueError: within is the four-digit code of a city, for example 3701
    """
    return addresses.coarsen(column, to, within, project)


def reveals(entity: str, *, to: Level, within: str | None = None, project: Project = SHIPPED) -> Disclosure:
    """The divisions down to that level.

    >>> sorted(reveals("ADDRESS", to="city").parts)
    ['city', 'province']
    """
    addresses.check(to, within, project)
    return addresses.disclosed(to)
