"""E-mail address 电子邮箱 (RFC 5321, the ASCII part in use): a local part, ``@``, a domain that ends in letters.

>>> validate(" Zhang.San@Example.com ")
'zhang.san@example.com'
>>> validate("zhang@localhost")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: is not written like this identifier
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Evidence

TITLE = "电子邮箱"
ENTITY = "EMAIL"
EVIDENCE: Evidence = "shape"
FIND = (
    r"[A-Za-z0-9_%+-]{1,64}(?:\.[A-Za-z0-9_%+-]{1,63}){0,8}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}"
)
BOUNDARY: Boundary = "token"
CONTEXT = ("邮箱", "邮件", "电邮", "email", "e-mail", "E-mail", "Email", "mail")

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_SHAPE = re.compile(FIND)


def compact(text: str) -> str:
    """Half width, blanks stripped, small letters.

    >>> compact("ＺＨＡＮＧ＠QQ．com")
    'zhang@qq.com'
    """
    return _text.half(text).translate(_SMALL)


def validate(text: str) -> str:
    """The compact address; InvalidIdentifier says why it is none."""
    address = compact(text)
    demand(_SHAPE.fullmatch(address), "shape")
    return address


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such addresses; null stays null.

    >>> check(pa.array(["zhang@qq.com", "zhang#qq.com", None])).to_pylist()
    [True, False, None]
    """
    return _digits.matches(column, FIND)


def generate(random: random.Random) -> str:
    """An address under one of the domains kept for examples (RFC 2606)."""
    local = "".join(random.choices(_LETTERS, k=random.randint(3, 12)))
    return f"{local}@{random.choice(('example.com', 'mail.example.net', 'example.org'))}"


_SMALL = str.maketrans(_LETTERS[:26].upper(), _LETTERS[:26])
