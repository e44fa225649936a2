"""Name of a person 姓名: surname, compound ones (欧阳) included, and given name. How many bear a name is not counted here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.identifiers.anatomy._part import Part
from gongkai.project import Project
from gongkai.reference import surnames

TITLE = "姓名"
ENTITIES = frozenset({"PERSON_NAME", "PARTY_NAME", "LEGAL_REPRESENTATIVE"})
PARTS = (Part("surname", "姓", r"\p{Han}{1,2}", most=2), Part("given", "名", r"\p{Han}{1,3}"))
_ANY = r"\p{Han}"
GROUPS: dict[str, tuple[str, ...]] = {}


def patterns(project: Project) -> dict[str, str]:
    """Of the surname: a listed one of two characters, or any one."""
    return {"surname": f"(?:{'|'.join([*surnames.compound(project), _ANY])})"}


def leading(names: pa.Array, project: Project) -> pa.Array:
    """How many characters the surname of each name has; null for a text that is no such name.

    >>> from gongkai.project import SHIPPED
    >>> leading(pa.array(["欧阳震华", "张三", "张3", None]), SHIPPED).to_pylist()
    [2, 1, None, None]
    """
    compound = pa.array(surnames.compound(project), pa.string())
    heads = _heads(names)
    if heads is not None:
        longer = pa.array(project.once(_begins)[heads])  # few: only of these the second character is looked at
        long = _surnames(names.filter(longer), compound)
        return pc.replace_with_mask(pa.array(np.ones(len(names), np.int32)), longer, long)
    whole = f"^{patterns(project)['surname']}{PARTS[1].pattern}$"
    fits = pc.fill_null(pc.match_substring_regex(names, whole), False)
    return pc.if_else(fits, _surnames(names, compound), None)


def _surnames(names: pa.Array, listed: pa.Array) -> pa.Array:
    compound = pc.is_in(pc.utf8_slice_codeunits(names, 0, 2), listed)
    long = pc.greater(pc.utf8_length(names), 2)  # 欧阳 alone is a name of one and one
    return pc.if_else(pc.and_(compound, long), 2, 1).cast(pa.int32())


def _heads(names: pa.Array) -> npt.NDArray[np.uint16] | None:
    """The first character of each, where all are two to four of U+4E00 to U+9FBF, three bytes each, as nearly all names are."""
    span = pc.min_max(pc.binary_length(names)).as_py()
    if names.null_count or span["min"] is None or span["min"] < 6 or span["max"] > 12:
        return None
    _, offsets, buffer = names.buffers()
    places = np.frombuffer(offsets, np.int32)[names.offset : names.offset + len(names) + 1]
    data = np.frombuffer(buffer, np.uint8)[places[0] : places[-1]]
    if len(data) % 3 or (np.diff(places) % 3).any():
        return None
    lead, second, third = (data[place::3] for place in range(3))
    inside = (lead - np.uint8(0xE5) < 4) | ((lead == 0xE4) & (second >= 0xB8)) | ((lead == 0xE9) & (second < 0xBF))
    if not inside.all():
        return None
    at = (places[:-1] - places[0]) // 3
    bits = [(lead, 0x0F, 12), (second, 0x3F, 6), (third, 0x3F, 0)]
    codes: npt.NDArray[np.uint16] = sum((each[at].astype(np.uint16) & mask) << shift for each, mask, shift in bits)
    return codes


def _begins(project: Project) -> npt.NDArray[np.bool_]:
    """The characters that compound surnames begin with."""
    return np.isin(np.arange(1 << 16), [ord(surname[0]) for surname in surnames.compound(project)])
