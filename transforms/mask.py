"""mask 掩码: some characters stay, the others become a sign. Phones 138****1234, names 张**, ID numbers by their parts.

``keep`` counts characters at both ends, never bytes: a value shows its ends only where at least half as many characters stay
hidden as are shown. ``show`` names parts of the entity instead (区划, 出生年, 姓): ``欧阳**`` keeps the whole surname. A value
that is too short, that is not written as its entity is, or that would come out unchanged because it looks masked already,
becomes ``****``. How many signs stand tells the length of the value; with ``keep: [0, 0]`` every value is ``****``.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form
from gongkai.identifiers import anatomy
from gongkai.methods.columns.plain import plain
from gongkai.methods.columns.signs import between, changed, ends_shown, over, put_back
from gongkai.methods.columns.text_buffers import ascii_only, layout
from gongkai.project import SHIPPED, Project

TITLE = "掩码"
VERSION = 1
TYPES = frozenset({"text"})


def apply(
    column: pa.Array,
    *,
    keep: tuple[int, int] | None = None,
    show: tuple[str, ...] = (),
    char: str = "*",
    entity: str = "",
    project: Project = SHIPPED,
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
        return changed(_by_parts(column, entity, show, char, project), column)
    return ends_shown(column, ends, char)


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


def expected_form(*, keep: tuple[int, int] | None = None, char: str = "*") -> str | None:
    """The ends and the signs between them; nothing is said of parts.

    >>> expected_form(keep=(3, 4))
    '(?s:.){0,3}\\\\*+(?s:.){0,4}'
    """
    return None if keep is None else rf"(?s:.){{0,{keep[0]}}}{re.escape(char)}+(?s:.){{0,{keep[1]}}}"


def _by_parts(column: pa.Array, entity: str, show: tuple[str, ...], char: str, project: Project) -> pa.Array:
    """Each value in its parts, hidden ones as signs; null where it has not these parts."""
    pattern, wanted = f"^{anatomy.pattern(entity, project)}$", anatomy.parts(entity, show)
    parts = getattr(anatomy.of(entity), "PARTS", ())
    if all(part.length for part in parts):
        fits = pc.match_substring_regex(column, pattern)
        chosen = column.filter(fits)
        width = sum(part.length for part in parts)
        if ascii_only(layout(chosen)[0]):
            hidden = anatomy.spans(entity, [part.name for part in parts if part.name not in wanted])
            return put_back(over(chosen, width, hidden, char), fits)
    if parts and wanted == {parts[0].name} and hasattr(anatomy.of(entity), "leading"):
        return _by_first(column, entity, char, project)
    encoded = column.dictionary_encode()
    found = pc.extract_regex(encoded.dictionary, pattern)
    names = [found.type.field(index).name for index in range(found.type.num_fields)]
    pieces = [pc.struct_field(found, index) for index in range(found.type.num_fields)]
    written = [
        piece if name in wanted else pc.binary_repeat(char, pc.utf8_length(piece))
        for name, piece in zip(names, pieces, strict=True)
    ]
    return pc.binary_join_element_wise(*written, "").take(encoded.indices)


def _by_first(column: pa.Array, entity: str, char: str, project: Project) -> pa.Array:
    """Each value with its first part, of however many characters, the others as signs; null where it has not these parts."""
    first = anatomy.of(entity).leading(column, project)  # type: ignore[union-attr]
    if not first.null_count:
        return between(column, pc.utf8_length(column), first.to_numpy(), 0, char)
    fits = first.is_valid()
    chosen = column.filter(fits)
    return put_back(between(chosen, pc.utf8_length(chosen), first.drop_null().to_numpy(), 0, char), fits)


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
