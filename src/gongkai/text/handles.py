"""What only its writing gives away 变形写法: disguised WeChat names and e-mails, number endings, masked numbers, births.

For strict redaction: 加v zhangsan88, zhang(at)qq.com, 尾号5678, 138****5678, 生于一九九〇年三月五日.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.text.span import Span
from gongkai.text.view import look

SCORE = 0.4
_WECHAT = re.compile(
    "(?<![0-9A-Za-z])(?:加[ ]?(?:[Vv]信?|[Ww][Xx]|微)(?:号|是|为|[ :=]){0,4}"
    "|(?:微信|薇信|[Vv]信|[Ww][Xx]|[Vv][Xx])(?:号|是|为|[ :=]){0,4}|[Vv][ ]?[:=][ ]?)"
    "([A-Za-z0-9][A-Za-z0-9_-]{4,19})(?![A-Za-z0-9_@-])"
)
_LABEL = "[A-Za-z0-9-]{1,63}"
_POINT = "(?:[.]|[ ]?(?:[.。]|[(\\[][ ]?(?:dot|点)[ ]?[)\\]])[ ]?(?=(?:com|cn|net|org|gov|edu)(?![A-Za-z])))"
_EMAIL = re.compile(
    "(?<![A-Za-z0-9._%+-])([A-Za-z0-9._%+-]{1,64}[ ]{0,3}(?:@|[(\\[{<][ ]?(?:at|AT|At|@)[ ]?[)\\]}>])[ ]{0,3}"
    f"{_LABEL}(?:{_POINT}{_LABEL}){{0,3}}{_POINT}[A-Za-z]{{2,24}})"
)
_TAIL = re.compile(
    "(?:尾号|尾数|[后末尾][三四五六3456]位(?:数字|数|号码)?)(?:号码|号|是|为|[ :=(\"“]){0,4}([0-9]{2,7}[Xx]?)(?![0-9])"
)
_STARS = "(?:[*]{2,}|[Xx]{3,}(?=[ -]?[0-9]{2}))"
_MASKED = re.compile(f"(?<![0-9])([0-9]{{2,}}[ -]?{_STARS}[ -]?[0-9]*[Xx]?|[*]{{2,}}[ -]?[0-9]{{2,}}[Xx]?)")
_DIGIT = "[〇零○一二三四五六七八九]"
_UP_TO_31 = "[一二三四五六七八九十]{1,3}"
_DAY = f"(?:{_DIGIT}{{2}}|{_DIGIT}{{4}})年(?:{_UP_TO_31}月(?:{_UP_TO_31}[日号])?)?"
_BORN = re.compile(f"(?:出生(?:日期|年月日?|时间)?|(?<![发产诞])生于|生日)(?:于|是|为|在|[ :=]){{0,3}}({_DAY})")
_BORN_AFTER = re.compile(f"({_DAY})(?=出生|生人)")
_PATTERNS = (
    ("WECHAT", _WECHAT),
    ("EMAIL", _EMAIL),
    ("NUMBER", _TAIL),
    ("NUMBER", _MASKED),
    ("DATE_OF_BIRTH", _BORN),
    ("DATE_OF_BIRTH", _BORN_AFTER),
)


def handles(text: str) -> Iterator[Span]:
    """The stretches of a text that are one of these; they may overlap.

    >>> text = "加v zhangsan88，尾号5678"
    >>> [text[it.start:it.end] for it in handles(text)]
    ['zhangsan88', '5678']
    """
    view = look(text)
    for entity, pattern in _PATTERNS:
        for found in pattern.finditer(view.half):
            yield Span(*view.given(*found.span(1)), entity, SCORE)
