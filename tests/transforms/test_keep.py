from __future__ import annotations

import pyarrow as pa

from gongkai import plugins
from gongkai.disclosure import Form
from gongkai.project import SHIPPED

keep = plugins.load(SHIPPED, "transforms", "keep")


def test_values_stay() -> None:
    column = pa.array(["011", "", None, "null"])
    assert keep.apply(column).equals(column)


def test_reveals_everything() -> None:
    assert keep.reveals("NONE").form is Form.ALL
    assert keep.reveals("NONE").linkable
