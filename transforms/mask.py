"""mask 掩码: some characters at the ends stay, those between become a sign. Phones 138****1234, names 张**, ID numbers.

A value shows its ends only where at least half as many characters stay hidden as are shown; any shorter value becomes
``****``, and so does one that would come out unchanged because it looks masked already. Characters are counted, never bytes.
How many signs stand in the middle tells the length of the value; with ``keep: [0, 0]`` every value is ``****``.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form

from ._full import else_full_mask, full_mask
from ._plain import plain

TITLE = "掩码"
TYPES = frozenset({"text"})
_END = 2**31 - 1


def apply(column: pa.Array, *, keep: tuple[int, int], char: str = "*") -> pa.Array:
    """Text with the first ``keep[0]`` and last ``keep[1]`` characters of each value and ``char`` for every one between.

    Null and empty stay. ValueError for a negative number or a ``char`` that is not one sign: a letter or digit would look
    like a value.

    >>> apply(pa.array(["13812345678", "1381234", "138****1234", None]), keep=(3, 4)).to_pylist()
    ['138****5678', '****', '****', None]
    >>> apply(pa.array(["张三", "张"]), keep=(1, 0)).to_pylist()
    ['张*', '****']
    >>> apply(pa.array(["张三"]), keep=(1, 0), char="x")
    Traceback (most recent call last):
        ...
    ValueError: char is one sign that is no letter, digit or space, for example *
    """
    first, last = _checked(keep, char)
    column = plain(column)
    if not first + last:
        return full_mask(column)
    lengths = pc.utf8_length(column)
    shown = pc.greater_equal(lengths, shortest(keep))
    masked = _masked(pc.if_else(shown, column, None), lengths, first, last, char)
    return else_full_mask(pc.if_else(pc.not_equal(masked, column), masked, None), column)


def reveals(*, keep: tuple[int, int], char: str = "*") -> Disclosure:
    """The characters at the ends, and the length; nothing when none is kept.

    >>> reveals(keep=(3, 4)).first, reveals(keep=(0, 0)).form.name
    (3, 'NOTHING')
    """
    first, last = _checked(keep, char)
    if not first + last:
        return Disclosure(Form.NOTHING)
    return Disclosure(Form.PART, first, last, frozenset({"length"}))


def shortest(keep: tuple[int, int]) -> int:
    """The shortest length at which a value shows its ends: half as many characters hidden as shown, at least one.

    >>> shortest((3, 4)), shortest((1, 0))
    (11, 2)
    """
    return sum(keep) + (sum(keep) + 1) // 2


def _masked(column: pa.Array, lengths: pa.Array, first: int, last: int, char: str) -> pa.Array:
    span = pc.min_max(pc.if_else(column.is_valid(), lengths, None)).as_py()
    if span["min"] is None:
        return column
    if span["min"] == span["max"]:
        hidden = span["max"] - first - last
        return pc.utf8_replace_slice(column, first, first + hidden, char * hidden)
    signs = pc.binary_repeat(char, pc.if_else(column.is_valid(), pc.subtract(lengths, first + last), 0))
    head = pc.utf8_slice_codeunits(column, 0, first)
    tail = pc.utf8_slice_codeunits(column, -last, _END) if last else ""
    return pc.binary_join_element_wise(head, signs, tail, "")


def _checked(keep: tuple[int, int], char: str) -> tuple[int, int]:
    if min(keep) < 0:
        raise ValueError("keep is how many characters stay at the beginning and at the end, neither below 0")
    if len(char) != 1 or char.isalnum() or not char.isprintable() or char.isspace():
        raise ValueError("char is one sign that is no letter, digit or space, for example *")
    return keep
