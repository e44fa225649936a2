"""What two datasets may both say of a person 共有属性, in one form: birth at five levels, places at three, whatever is written.

A published text becomes one text for each level it is fine enough for; a value that says nothing (a full mask, a suppressed
cell) becomes null and joins with nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.project import Project
from gongkai.reference import divisions

_NAMES = {
    "DATE_OF_BIRTH": "birth", "AGE": "age", "GENDER": "sex", "ADDRESS_REGION": "region", "ADDRESS": "region",
    "PERSON_NAME": "name", "PARTY_NAME": "name", "LEGAL_REPRESENTATIVE": "name",
}  # fmt: skip
_SAYS_NOTHING = r"^\**$|^〔.*〕$"
_BIRTH = {
    "day": (r"^([0-9]{4}-[0-9]{2}-[0-9]{2})", r"\1"),
    "month": (r"^([0-9]{4}-[0-9]{2})", r"\1"),
    "quarter": (r"^([0-9]{4}-Q[1-4])", r"\1"),
    "year": (r"^([0-9]{4})([-]|$)", r"\1"),
    "decade": (r"^([0-9]{3})[0-9]", r"\1"),
}
_SEX = {"1": "男", "2": "女", "男性": "男", "女性": "女", "m": "男", "f": "女", "male": "男", "female": "女"}


def attribute(entity: str) -> str:
    """What values of an entity are of a person, in a word.

    >>> attribute("ADDRESS"), attribute("ETHNICITY")
    ('region', 'ethnicity')
    """
    return _NAMES.get(entity, entity.lower())


def levels(project: Project, entity: str, published: pa.Array) -> dict[str, pa.Array]:
    """The published values of an entity by ``attribute@level``, as texts that are equal where the same is meant.

    >>> from gongkai.project import SHIPPED
    >>> found = levels(SHIPPED, "DATE_OF_BIRTH", pa.array(["1990-03", "1987", "****"]))
    >>> {name: texts.to_pylist() for name, texts in found.items()}
    {'birth@month': ['1990-03', None, None], 'birth@year': ['1990', '1987', None], 'birth@decade': ['199', '198', None]}
    """
    name = attribute(entity)
    encoded = published.cast(pa.string()).dictionary_encode()
    said = pc.if_else(pc.match_substring_regex(encoded.dictionary, _SAYS_NOTHING), None, encoded.dictionary)
    found = _KINDS.get(name, _whole)(said, project)
    return {
        f"{name}@{level}": texts.take(encoded.indices) for level, texts in found.items() if texts.null_count < len(texts)
    }


def _whole(texts: pa.Array, _project: Project) -> dict[str, pa.Array]:
    return {"value": pc.utf8_lower(texts)}


def _sex(texts: pa.Array, _project: Project) -> dict[str, pa.Array]:
    lower = pc.utf8_lower(texts)
    known = pa.array(list(_SEX.values())).take(pc.index_in(lower, pa.array(list(_SEX))))
    return {"value": pc.coalesce(known, lower)}


def _birth(texts: pa.Array, _project: Project) -> dict[str, pa.Array]:
    found = {}
    for level, (pattern, kept) in _BIRTH.items():
        fits = pc.match_substring_regex(texts, pattern)
        found[level] = pc.if_else(fits, pc.replace_substring_regex(texts, f"{pattern}.*$", kept), None)
    return found


def _region(texts: pa.Array, project: Project) -> dict[str, pa.Array]:
    codes = project.once(_codes)
    code = pa.array([codes.get(text or "", text) for text in texts.to_pylist()], pa.string())
    code = pc.if_else(pc.match_substring_regex(code, "^[0-9]{6}"), code, None)
    found = {}
    for level, digits in (("county", 6), ("city", 4), ("province", 2)):
        fine = pc.not_equal(pc.utf8_slice_codeunits(code, digits - 2, digits), "00")
        found[level] = pc.if_else(fine, pc.utf8_slice_codeunits(code, 0, digits), None)
    return found


def _codes(project: Project) -> Mapping[str, str]:
    """Six-digit codes by the full name of a division, as addresses are written."""
    table = divisions.load(project)
    return {table.title(code): code.ljust(6, "0") for code in table.names}


_KINDS: Mapping[str, Callable[[pa.Array, Project], dict[str, pa.Array]]] = {"birth": _birth, "sex": _sex, "region": _region}
