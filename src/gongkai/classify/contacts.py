"""Contacts that only the word before them gives away 触发词后的联系方式, and numbers written with points or strokes.

``微信lili_520`` and ``电话5671234`` are nothing by themselves; behind their word they lead to a person. ``138.1234.0000`` is a
telephone as soon as its joints are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.classify.lexicon import HAN

_DIGIT = "[0-9０-９]"
_JOINT = "[./·•・．／]"
_ALONE = r"(?:^|[^0-9A-Za-z.])"
_ID_WORDS = "微信|薇信|威信号|(?i:v信|wechat|weixin)"
_CALL_WORDS = "电话|座机|手机|联系方式|致电|回电"
_DOCUMENT_WORDS = "护照|通行证|台胞证|回乡证"
_LINK = r"(?:号码|号|账号|(?i:id))?[ \t是为:：=_,，(（-]{0,3}"
_NAME = "[A-Za-z][A-Za-z0-9_-]{5,19}"
_GROUPS = "(?:[0-9]{3,4}[ -][0-9]{7,8}|[2-8][0-9]{2,3}[ -][0-9]{4})"
_END = r"(?:$|[^0-9A-Za-z@.]|\.(?:$|[^0-9]))"

_JOINED = (
    rf"({_ALONE})(1[3-9][0-9]){_JOINT}([0-9]{{4}}){_JOINT}([0-9]{{4}})()()",
    rf"({_ALONE})(1[3-9][0-9]{{2}}){_JOINT}([0-9]{{3}}){_JOINT}([0-9]{{4}})()()",
    rf"({_ALONE})(1[3-9][0-9]{{4}})[/·•・／]([0-9]{{5}})()()()",
    rf"({_ALONE})(1[3-9][0-9])[/·•・／]([0-9]{{8}})()()()",
    rf"({_ALONE})([0-9]{{6}}){_JOINT}((?:19|20)[0-9]{{2}}){_JOINT}?([0-9]{{4}}){_JOINT}([0-9]{{3}}[0-9Xx])()",
    rf"({_ALONE})([0-9]{{4}}){_JOINT}([0-9]{{4}}){_JOINT}([0-9]{{4}}){_JOINT}([0-9]{{4}}){_JOINT}?([0-9]{{0,3}})",
)
"""Telephones, citizens' numbers and cards by their groups; no date, no decimal number and no internet address has them."""

ANNOUNCED: Mapping[str, str] = MappingProxyType(
    {
        "WECHAT": (
            rf"(?:{_ID_WORDS}|{_ALONE}(?i:wx|vx)[号 :：]){_LINK}(?:{_NAME}|[0-9]{{7,12}}){_END}"
            rf"|{HAN}(?i:wx|vx){_LINK}{_NAME}{_END}"
        ),
        "QQ": rf"(?:{_ALONE}(?i:qq)|扣扣){_LINK}[1-9][0-9]{{4,11}}{_END}",
        "PHONE": rf"(?:{_CALL_WORDS}){_LINK}(?:[0-9]{{7,12}}|{_GROUPS}){_END}",
        "ID_DOC_NO": rf"(?:{_DOCUMENT_WORDS}){_LINK}(?:[A-Za-z]{{1,2}}[0-9]{{7,10}}|[0-9]{{7,10}}){_END}",
    }
)
"""RE2 by entity, for text of half width."""

GATE = "|".join(
    (
        rf"(?:{_ID_WORDS}|{_CALL_WORDS}|{_DOCUMENT_WORDS}|扣扣|[QqＱｑ][QqＱｑ]|[WwVvＷｗＶｖ][XxＸｘ])(?:号码|号|账号|(?i:id))?"
        r"[ \t\x{00A0}\x{3000}是为:：=_＝＿,，(（–－-]{0,4}"
        "(?:[A-Za-zＡ-Ｚａ-ｚ][0-9０-９A-Za-zＡ-Ｚａ-ｚ_－-]{5}|[A-Za-zＡ-Ｚａ-ｚ]{0,2}[0-9０-９]{3})",
        rf"{_DIGIT}{{3}}{_JOINT}{_DIGIT}{{3,4}}{_JOINT}{_DIGIT}{{4}}",
        rf"{_DIGIT}{{6}}{_JOINT}{_DIGIT}{{4,8}}",
        rf"{_DIGIT}{{3}}[/·•・／]{_DIGIT}{{8}}",
    )
)
"""RE2 that every cell with such a contact matches, before it is made half-width."""


def joined(cells: pa.Array) -> pa.Array:
    """The texts, numbers written in groups with points or strokes between put together.

    >>> joined(pa.array(["联系138.1234.0000", "2024.01.05/2024.02.06", "10.138.1234.5"])).to_pylist()
    ['联系13812340000', '2024.01.05/2024.02.06', '10.138.1234.5']
    """
    for pattern in _JOINED:
        cells = pc.replace_substring_regex(cells, pattern, r"\1\2\3\4\5\6")
    return cells


def announced(entity: str, cells: pa.Array) -> pa.Array:
    """Which texts of half width hold a contact of this entity behind the word for it.

    >>> announced("WECHAT", pa.array(["微信lili_520", "微信公众号", "微信支付20元"])).to_pylist()
    [True, False, False]
    """
    return pc.match_substring_regex(cells, ANNOUNCED[entity])
