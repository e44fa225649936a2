"""suppress 隐去: the column stays, its values do not. Every value becomes null."""

from __future__ import annotations

import pyarrow as pa

from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns.plain import plain

TITLE = "隐去"
VERSION = 1
TYPES = frozenset({"text", "integer", "decimal", "float", "boolean", "date", "datetime"})


def apply(column: pa.Array) -> pa.Array:
    """Nulls of the column's own type.

    >>> apply(pa.array(["110101199003070038", None])).to_pylist()
    [None, None]
    """
    return pa.nulls(len(column), plain(column[:0]).type)


def reveals(entity: str) -> Disclosure:
    """Nothing, not even which values were missing.

    >>> reveals("PHONE").form.name
    'NOTHING'
    """
    return Disclosure(Form.NOTHING)
