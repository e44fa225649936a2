"""fake 仿真替换: a value becomes a made-up one of its kind, the same for equal values within one domain.

Which one is drawn by the CMAC (NIST SP 800-38B) of the value; the words are Faker's. A fake says nothing of the person behind
it, not the surname, the sex or the place. It may be somebody's name, street or company by chance, as whatever looks like one
may be; but there is no such city, and mail to example.com (RFC 2606) arrives nowhere. Two values may get the same fake, so it
is no key. Readers should be told that the column is made up, for it looks real.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.ciphers import cmac
from gongkai.disclosure import LOOKALIKE, Disclosure, Form
from gongkai.methods.columns.fake_words import Words, tables
from gongkai.methods.columns.full_mask import full_mask
from gongkai.methods.columns.plain import plain
from gongkai.project import SHIPPED, Project

TITLE = "仿真替换"
VERSION = 1
TYPES = frozenset({"text"})
Kind: TypeAlias = Literal["name", "address", "company", "email"]
_KINDS = ("name", "address", "company", "email")
_OF_ENTITY = {
    "PERSON_NAME": "name",
    "PARTY_NAME": "name",
    "LEGAL_REPRESENTATIVE": "name",
    "ADDRESS": "address",
    "ORG_NAME": "company",
    "EMPLOYER": "company",
    "EMAIL": "email",
}


def apply(
    column: pa.Array,
    *,
    kind: Kind | None = None,
    domain: str | None = None,
    key: bytes,
    entity: str = "",
    project: Project = SHIPPED,
) -> pa.Array:
    """Text: one fake for every value, never the value itself; null and empty stay.

    ``kind``: what to make up, where it is not said what the column's entity is. ValueError where the entity is none of these.

    >>> apply(pa.array(["王建国", "", None]), key=bytes(range(32)), entity="PERSON_NAME").to_pylist()
    ['张想', '', None]
    >>> apply(pa.array(["someone@city.gov.cn"]), key=bytes(range(32)), kind="email").to_pylist()
    ['gao.tao75028@example.com']
    >>> apply(pa.array(["13812345678"]), key=bytes(range(32)), entity="PHONE")
    Traceback (most recent call last):
        ...
    ValueError: kind is one of name, address, company, email: there is none for this entity
    """
    words = tables(_checked(kind, entity), project)
    column = plain(column)
    drawn = cmac(column, key).view(">u4").astype(np.uint64)
    fakes = _written(drawn, words)
    same = pc.fill_null(pc.equal(fakes, column), False)
    if pc.any(same).as_py():
        others = _written(drawn[:, ::-1], words)
        fakes = pc.if_else(same, pc.if_else(pc.equal(others, column), full_mask(column), others), fakes)
    return pc.if_else(pc.not_equal(column, ""), fakes, column)


def reveals(entity: str, *, kind: Kind | None = None, domain: str | None = None) -> Disclosure:
    """Only whether two values were equal; what stands there looks like a value.

    >>> left = reveals("PERSON_NAME")
    >>> left.form.name, sorted(left.parts)
    ('LINK', ['lookalike'])
    """
    _checked(kind, entity)
    return Disclosure(Form.LINK, parts=frozenset({LOOKALIKE}), linkable=True, domain=domain)


def _written(drawn: npt.NDArray[np.uint64], words: Words) -> pa.Array:
    """A word of each table by as many 32-bit numbers, joined."""
    chosen = [(drawn[:, index] * np.uint64(len(table))) >> np.uint64(32) for index, table in enumerate(words)]
    return pc.binary_join_element_wise(*(table.take(pa.array(each)) for table, each in zip(words, chosen, strict=True)), "")


def _checked(kind: str | None, entity: str) -> str:
    found = kind or _OF_ENTITY.get(entity)
    if found not in _KINDS:
        raise ValueError(f"kind is one of {', '.join(_KINDS)}: there is none for this entity")
    return found
