"""XML markup 标记 shared by ``xml`` and ``xlsx``: what must be escaped, and what cannot be carried."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.formats import _text

_REFERENCES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", 0x0D: "&#13;"}
_REFERRED = frozenset(_REFERENCES)
_CONTROLS = frozenset([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_NONCHARACTER_LEAD = frozenset([0xEF])
_FORBIDDEN = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"


def escape(column: pa.Array) -> pa.Array:
    """Text as it stands between tags: ``&``, ``<``, ``>``, and a carriage return, which parsers would turn into a line feed.

    >>> escape(pa.array(["a<b & c", "x\\r", None])).to_pylist()
    ['a&lt;b &amp; c', 'x&#13;', None]
    """
    for value in sorted(_text.bytes_in(column, _REFERRED), key=lambda value: value != ord("&")):
        column = pc.replace_substring(column, chr(value), _REFERENCES[value])
    return column


def attribute(value: str) -> str:
    """Text as it stands in an attribute; tabs and line ends would otherwise be read as spaces.

    >>> attribute('地"质\\n')
    '地&quot;质&#10;'
    """
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        value = value.replace(character, reference)
    return value.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def forbidden(column: pa.Array) -> int:
    """How many values hold a character XML 1.0 cannot carry, not even as a reference.

    >>> forbidden(pa.array(["a", "b\\x00", "\\ufffe", "\\t\\n，", None]))
    2
    """
    if not pa.types.is_string(column.type):
        return 0
    if not _text.bytes_in(column, _CONTROLS) and not _text.bytes_in(column, _NONCHARACTER_LEAD):
        return 0
    return int(pc.sum(pc.match_substring_regex(column, _FORBIDDEN)).as_py() or 0)
