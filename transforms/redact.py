"""redact 遮盖: every value becomes one label, so that a reader sees there was one and nothing else of it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns.plain import plain

TITLE = "遮盖"
VERSION = 1
TYPES = frozenset({"text", "integer", "decimal", "float", "boolean", "date", "datetime"})
_LONGEST = 20


def apply(column: pa.Array, *, label: str = "〔已隐去〕") -> pa.Array:
    """Text: the label. Null and empty text stay. ValueError for a label that could be taken for a value.

    >>> apply(pa.array(["110101199003070038", "", None])).to_pylist()
    ['〔已隐去〕', '', None]
    >>> apply(pa.array([42, None]), label="不公开").to_pylist()
    ['不公开', None]
    >>> apply(pa.array([42]), label="N/A")
    Traceback (most recent call last):
        ...
    ValueError: label is 1 to 20 characters without digits and Latin letters, for example 〔已隐去〕
    """
    _checked(label)
    column = plain(column)
    labels = pc.if_else(column.is_valid(), label, None)
    return pc.if_else(pc.equal(column, ""), "", labels) if pa.types.is_string(column.type) else labels


def reveals(entity: str, *, label: str = "〔已隐去〕") -> Disclosure:
    """Nothing but which values were missing.

    >>> reveals("PHONE").form.name
    'NOTHING'
    """
    _checked(label)
    return Disclosure(Form.NOTHING)


def _checked(label: str) -> None:
    value_like = any(each.isdigit() or (each.isascii() and each.isalpha()) for each in label)
    if value_like or not label.isprintable() or not label.strip() or len(label) > _LONGEST:
        raise ValueError(f"label is 1 to {_LONGEST} characters without digits and Latin letters, for example 〔已隐去〕")
