"""Cells 单元格 of an XLSX sheet (ECMA-376 part 1, 18.3.1), out of columns and back."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.formats import _markup, _text, _xml

LONGEST = 32_767  # UTF-16 units in a cell

_DIGITS = 15  # of a number that spreadsheet programs keep
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_ESCAPED = frozenset([*range(0x09), *range(0x0B, 0x20)])
_UNDERSCORE = frozenset([ord("_")])
_SPACE = frozenset(b" \t\n")
_LEAD = frozenset([0xEF])
_TEXT, _TEXT_SPACED, _TEXT_END = '" t="inlineStr"><is><t>', '" t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
_NUMBER, _NUMBER_END = '" s="{}"><v>', "</v></c>"
_BOOLEAN = '" t="b"><v>'
_EMPTY = '"/>'


def cells(column: pa.Array, style: int) -> list[str | pa.Array]:
    """The parts for ``joined`` of a column's cells, each from behind its reference to its end; null is an empty cell.

    A number of more than 15 digits is text, because spreadsheet programs round it.

    >>> bytes(_text.joined(['<c r="A', pa.array(["2", "3"]), *cells(pa.array([7, 10**15]), 1)])).decode()
    '<c r="A2" s="1"><v>7</v></c><c r="A3" t="inlineStr"><is><t>1000000000000000</t></is></c>'
    """
    kind, text = column.type, _text.text(column)
    number = number_head(kind, style)
    if pa.types.is_boolean(kind):
        return _text.around(number, pc.if_else(column, "1", "0"), _NUMBER_END, _EMPTY)
    if pa.types.is_floating(kind) or (pa.types.is_decimal(kind) and kind.precision <= _DIGITS):
        return _text.around(number, text, _NUMBER_END, _EMPTY)
    if pa.types.is_integer(kind):
        long = pc.or_(pc.greater_equal(column, 10**_DIGITS), pc.less_equal(column, -(10**_DIGITS)))
        if pc.any(long).as_py():
            return _text.around(pc.if_else(long, _TEXT, number), text, pc.if_else(long, _TEXT_END, _NUMBER_END), _EMPTY)
        return _text.around(number, text, _NUMBER_END, _EMPTY)
    spaced = bool(_text.bytes_in(text, _SPACE)) and pc.any(pc.match_substring_regex(text, r"^[ \t\n]|[ \t\n]$")).as_py()
    return _text.around(_TEXT_SPACED if spaced else _TEXT, _xml.escape(escape(text)), _TEXT_END, _EMPTY)


def read(markup: _markup.Markup, tag: _markup.Places, starts: pa.Array, number: str) -> tuple[_markup.Places, pa.Array]:
    """The texts of one column whose cells begin at these tags and with these ``starts``, and the tags at which they end.

    ``number`` is what follows the reference in a cell that is no text (``number_head``).
    """
    empty = markup.bytes[markup.ends[tag] - 2] == ord("/")
    plain = ~empty & (markup.bytes[markup.begins[tag + 1] + 1] == ord("v"))
    inner = tag + np.where(empty, 0, np.where(plain, 1, 2))
    last = inner + np.where(empty, 0, np.where(plain, 2, 3))
    heads = markup.between(markup.begins[tag], markup.ends[inner])
    right = pc.equal(heads, _heads(starts, empty, plain, number, _TEXT))
    if not pc.all(right).as_py():
        right = pc.or_(right, pc.equal(heads, _heads(starts, empty, plain, number, _TEXT_SPACED)))
    markup.expect(right)
    begins = markup.ends[inner]
    ends = np.where(empty, begins, markup.begins[np.where(empty, inner, inner + 1)])
    closings = _choose(empty, "", _choose(plain, _NUMBER_END, _TEXT_END))
    markup.expect(pc.equal(markup.between(ends, markup.ends[last]), closings))
    return last, _markup.nulled(markup.between(begins, ends), empty)


def number_head(kind: pa.DataType, style: int) -> str:
    """What stands between the reference and the value of a cell that is no text."""
    return _BOOLEAN if pa.types.is_boolean(kind) else _NUMBER.format(style)


def escape(column: pa.Array) -> pa.Array:
    """Text as a cell holds it: what XML cannot carry, and a carriage return, as ``_xHHHH_``; so does a text like that.

    >>> escape(pa.array(["a\\r", "_x000D_", "_x", None])).to_pylist()
    ['a_x000D_', '_x005F_x000D_', '_x', None]
    """
    if _text.bytes_in(column, _UNDERSCORE):
        alike = pc.match_substring_regex(column, _ESCAPE.pattern)
        column = pc.if_else(alike, pc.replace_substring(column, "_x", "_x005F_x"), column)
    found = _text.bytes_in(column, _ESCAPED)
    if _text.bytes_in(column, _LEAD):
        found += [0xFFFE, 0xFFFF]
    for value in found:
        column = pc.replace_substring(column, chr(value), f"_x{value:04X}_")
    return column


def unescape(column: pa.Array) -> pa.Array:
    """The text that a cell's text stands for.

    >>> unescape(pa.array(["a_x000D_", "_x005F_x000D_", None])).to_pylist()
    ['a\\r', '_x000D_', None]
    """
    if not _text.bytes_in(column, _UNDERSCORE) or not pc.any(pc.match_substring(column, "_x")).as_py():
        return column
    return pa.array([value and _ESCAPE.sub(_character, value) for value in column.to_pylist()], pa.string())


def too_long(column: pa.Array) -> int:
    """How many texts a cell cannot hold.

    >>> too_long(pa.array(["x" * 32_767, "x" * 32_768, "😀" * 16_384]))
    2
    """
    if not pa.types.is_string(column.type) or (pc.max(pc.binary_length(column)).as_py() or 0) <= LONGEST:
        return 0
    long = column.filter(pc.greater(pc.binary_length(column), LONGEST))
    return sum(len(value.encode("utf-16-le")) > 2 * LONGEST for value in long.to_pylist())


def _heads(starts: pa.Array, empty: _markup.Flags, plain: _markup.Flags, number: str, text: str) -> pa.Array:
    return pc.binary_join_element_wise(starts, _choose(empty, _EMPTY, _choose(plain, number, text)), "")


def _choose(flag: _markup.Flags, yes: str, no: str | pa.Array) -> str | pa.Array:
    if not flag.any():
        return no
    return yes if flag.all() else pc.if_else(pa.array(flag), yes, no)


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))
