"""mask 掩码: some characters stay, the others become a sign. Phones 138****1234, names 张**, ID numbers by their parts.

``keep`` counts characters at both ends, never bytes: a value shows its ends only where at least half as many characters stay
hidden as are shown. ``show`` names parts of the entity instead (区划, 出生年, 姓): ``欧阳**`` keeps the whole surname. A value
that is too short, that is not written as its entity is, or that would come out unchanged because it looks masked already,
becomes ``****``. How many signs stand tells the length of the value; with ``keep: [0, 0]`` every value is ``****``.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai import anatomy
from gongkai.disclosure import Disclosure, Form

from ._bytes import ascii_only, layout
from ._full import else_full_mask, full_mask
from ._plain import plain
from ._signs import between, over

TITLE = "掩码"
TYPES = frozenset({"text"})


def apply(
    column: pa.Array,
    *,
    keep: tuple[int, int] | None = None,
    show: tuple[str, ...] = (),
    char: str = "*",
    entity: str = "",
) -> pa.Array:
    """Text with the first ``keep[0]`` and last ``keep[1]`` characters of each value, or its parts called ``show``, and ``char``
    for every other one.

    Null and empty stay. ValueError unless exactly one of ``keep`` and ``show`` is given, for a negative number, a part that
    ``entity`` has not, or a ``char`` that is not one sign: a letter or digit would look like a value.

    >>> apply(pa.array(["13812345678", "1381234", "138****1234", None]), keep=(3, 4)).to_pylist()
    ['138****5678', '****', '****', None]
    >>> apply(pa.array(["欧阳震华", "张三", "张3"]), show=("surname",), entity="PERSON_NAME").to_pylist()
    ['欧阳**', '张*', '****']
    >>> apply(pa.array(["110101199003281230"]), show=("birth_year", "sex"), entity="CN_ID_CARD").to_pylist()
    ['******1990******3*']
    >>> apply(pa.array(["张三"]), keep=(1, 0), char="x")
    Traceback (most recent call last):
        ...
    ValueError: char is one sign that is no letter, digit or space, for example *
    """
    ends = _checked(keep, show, char, entity)
    column = plain(column)
    if ends is None:
        return _changed(_by_parts(column, entity, show, char), column)
    if not sum(ends):
        return full_mask(column)
    lengths = pc.utf8_length(column)
    shown = pc.greater_equal(lengths, shortest(ends))
    masked = between(column.filter(shown), lengths.filter(shown), *ends, char)
    return _changed(_put_back(masked, shown), column)


def reveals(
    entity: str, *, keep: tuple[int, int] | None = None, show: tuple[str, ...] = (), char: str = "*"
) -> Disclosure:
    """The characters at the ends, or the parts that are named, and the length; nothing when none is kept.

    >>> reveals("PHONE", keep=(3, 4)).first, reveals("PHONE", keep=(0, 0)).form.name
    (3, 'NOTHING')
    >>> left = reveals("CN_ID_CARD", show=("birth_year", "sex"))
    >>> left.middle, sorted(left.parts)
    (((6, 10), (16, 17)), ['birth_year', 'length', 'sex'])
    """
    ends = _checked(keep, show, char, entity)
    if ends is not None:
        if not sum(ends):
            return Disclosure(Form.NOTHING)
        return Disclosure(Form.PART, *ends, frozenset({"length"}))
    parts = anatomy.parts(entity, show) | {"length"}
    return Disclosure(Form.PART, parts=parts, middle=anatomy.spans(entity, show))


def shortest(keep: tuple[int, int]) -> int:
    """The shortest length at which a value shows its ends: half as many characters hidden as shown, at least one.

    >>> shortest((3, 4)), shortest((1, 0))
    (11, 2)
    """
    return sum(keep) + (sum(keep) + 1) // 2


def _changed(masked: pa.Array, column: pa.Array) -> pa.Array:
    """The masked value where it is another than it was."""
    return else_full_mask(pc.if_else(pc.not_equal(masked, column), masked, None), column)


def _by_parts(column: pa.Array, entity: str, show: tuple[str, ...], char: str) -> pa.Array:
    """Each value in its parts, hidden ones as signs; null where it has not these parts."""
    pattern, wanted = f"^{anatomy.pattern(entity)}$", anatomy.parts(entity, show)
    parts = getattr(anatomy.of(entity), "PARTS", ())
    if all(part.length for part in parts):
        fits = pc.match_substring_regex(column, pattern)
        chosen = column.filter(fits)
        width = sum(part.length for part in parts)
        if ascii_only(layout(chosen)[0]):
            hidden = anatomy.spans(entity, [part.name for part in parts if part.name not in wanted])
            return _put_back(over(chosen, width, hidden, char), fits)
    if parts and wanted == {parts[0].name} and hasattr(anatomy.of(entity), "leading"):
        return _by_first(column, entity, char)
    encoded = column.dictionary_encode()
    found = pc.extract_regex(encoded.dictionary, pattern)
    names = [found.type.field(index).name for index in range(found.type.num_fields)]
    pieces = [pc.struct_field(found, index) for index in range(found.type.num_fields)]
    written = [
        piece if name in wanted else pc.binary_repeat(char, pc.utf8_length(piece))
        for name, piece in zip(names, pieces, strict=True)
    ]
    return pc.binary_join_element_wise(*written, "").take(encoded.indices)


def _by_first(column: pa.Array, entity: str, char: str) -> pa.Array:
    """Each value with its first part, of however many characters, the others as signs; null where it has not these parts."""
    first = anatomy.of(entity).leading(column)  # type: ignore[union-attr]
    if not first.null_count:
        return between(column, pc.utf8_length(column), first.to_numpy(), 0, char)
    fits = first.is_valid()
    chosen = column.filter(fits)
    return _put_back(between(chosen, pc.utf8_length(chosen), first.drop_null().to_numpy(), 0, char), fits)


def _put_back(chosen: pa.Array, fits: pa.Array) -> pa.Array:
    """The chosen values where they stood, null elsewhere."""
    there = pc.fill_null(fits, False).to_numpy(zero_copy_only=False)
    return chosen if there.all() else chosen.take(pa.array(np.cumsum(there) - 1, mask=~there))


def _checked(keep: tuple[int, int] | None, show: tuple[str, ...], char: str, entity: str) -> tuple[int, int] | None:
    if (keep is None) == (not show):
        raise ValueError("give either keep, how many characters stay at both ends, or show, the names of parts that stay")
    if keep is not None and min(keep) < 0:
        raise ValueError("keep is how many characters stay at the beginning and at the end, neither below 0")
    if len(char) != 1 or char.isalnum() or not char.isprintable() or char.isspace():
        raise ValueError("char is one sign that is no letter, digit or space, for example *")
    if show and anatomy.parts(entity, show) == anatomy.parts(entity, anatomy.groups(entity)):
        raise ValueError("show names every part, so nothing would be hidden")
    return keep
