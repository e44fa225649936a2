"""keep 原样: the value is published as it is. For what is not about a person, or is public by law."""

from __future__ import annotations

import pyarrow as pa

from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns.plain import plain

TITLE = "原样"
VERSION = 1
IDENTITY = True
KEEPS_APART = True
TYPES = frozenset({"text", "integer", "decimal", "float", "boolean", "date", "datetime"})


def apply(column: pa.Array) -> pa.Array:
    """The column itself.

    >>> apply(pa.array(["济南市", None])).to_pylist()
    ['济南市', None]
    """
    return plain(column)


def reveals(entity: str) -> Disclosure:
    """Everything.

    >>> reveals("NONE").form.name
    'ALL'
    """
    return Disclosure(Form.ALL, linkable=True)
