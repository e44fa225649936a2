"""WeChat name 微信号: a letter, then 5 to 19 letters, digits, dashes and underscores. Any word looks like one.

>>> validate(" wx_zhang-01 ")
'wx_zhang-01'
>>> validate("zhang")
Traceback (most recent call last):
    ...
gongkai.identifiers._errors.InvalidIdentifier: has not the length of this identifier
"""

from __future__ import annotations

import random
import re

import pyarrow as pa

from gongkai.identifiers import _digits, _text
from gongkai.identifiers._errors import demand, passes
from gongkai.identifiers._types import Boundary, Evidence

TITLE = "微信号"
ENTITY = "WECHAT"
EVIDENCE: Evidence = "weak"
FIND = "[A-Za-z][A-Za-z0-9_-]{5,19}"
BOUNDARY: Boundary = "token"
CONTEXT = ("微信", "薇信", "VX", "vx", "V信", "v信", "WeChat", "wechat", "weixin", "wx号", "加微")

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(FIND)


def compact(text: str) -> str:
    """Half width, blanks stripped; capitals stay.

    >>> compact("ｗｘ＿zhang")
    'wx_zhang'
    """
    return _text.half(text)


def validate(text: str) -> str:
    """The compact name; InvalidIdentifier says why it is none."""
    name = compact(text)
    demand(6 <= len(name) <= 20, "length")
    demand(_SHAPE.fullmatch(name), "shape")
    return name


is_valid = passes(validate)


def check(column: pa.Array) -> pa.Array:
    """Which values are such names; null stays null.

    >>> check(pa.array(["zhangsan88", "张三", None])).to_pylist()
    [True, False, None]
    """
    return _digits.matches(column, FIND)


def generate(random: random.Random) -> str:
    """Any name."""
    rest = random.choices(_LETTERS + _LETTERS.upper() + "0123456789_-", k=random.randint(5, 19))
    return random.choice(_LETTERS) + "".join(rest)
