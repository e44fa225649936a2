"""Which of a run's values are listed, and how far each is searched for 清单.

===========  ================================================================================================================
``own``      in the column it comes from, cell by cell: any value of two characters or more
``strong``   everywhere, one is enough: numbers of ten digits, accounts with digits, e-mail addresses, addresses with a number
``code``     everywhere but in columns published as they are: two offices that count in the same way meet by chance
``name``     everywhere, but only many tell: names are words, too
===========  ================================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.leaks import tokens
from gongkai.leaks.columns import WatchedColumn
from gongkai.leaks.tokens import Hasher, Hashes

STRONG, CODE, NAME = "strong", "code", "name"

_NUMBERED = frozenset(
    {"CN_ID_CARD", "ID_DOC_NO", "PHONE", "EMAIL", "WECHAT", "BANK_ACCOUNT", "DISABILITY_CERT", "VIN", "ADDRESS"}
)
"""Entities whose values are one person's in the whole country; of all others each office makes its own."""
_NAMES = frozenset({"PERSON_NAME", "PARTY_NAME", "LEGAL_REPRESENTATIVE"})
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧司诸上东"
)
NAMED = f"^[{_SURNAMES}]\\p{{Han}}{{1,3}}$|^\\p{{Han}}{{2,10}}(?:·\\p{{Han}}{{1,12}})+$"
_UNLIKE_A_VALUE = r"[^\p{L}\p{M}\p{N} @._+()（）·/:：,，'’&#%-]|[._+·-]{2}|^[^\p{L}\p{N}(（+]|[._+·-]$"
"""Masked before (``138****5678``), a dash for nothing: another value's mask may come out like it."""
_ACCOUNT = r"@.*\.[A-Za-z]{2}|(?:[0-9].*){10}"
_MIXED = _ACCOUNT + "|[A-Za-z].*[0-9]|[0-9].*[A-Za-z]"
_PLACE = r"(?:\p{Han}[^\p{Han}]*){5}"
_NUMBER = "[0-9０-９]"
JOINTS = " ./·_，-"
"""Signs that people write between the digits of a number."""
_WHOLE_NUMBER = "^[0-9]{10,24}[0-9Xx]?$"


def own(column: str) -> str:
    """The section of a column's own values."""
    return f"own:{column}"


def listed(column: WatchedColumn, texts: pa.Array, hasher: Hasher) -> Iterator[tuple[str, Hashes]]:
    """The hashes of a watched column's values by section; ``texts`` are distinct values."""
    texts = texts.drop_null()
    texts = texts.filter(pc.greater_equal(pc.utf8_length(texts), 2))
    texts = texts.filter(pc.invert(pc.match_substring_regex(texts, _UNLIKE_A_VALUE)))
    if column.published is not None and column.replaced and not column.lookalike:
        yield own(column.published), hasher.of(texts)
    if column.group == "direct" or column.entity in _NUMBERED:
        yield from _anywhere(column, texts, hasher)
    if column.entity in _NAMES:
        yield NAME, hasher.of(texts.filter(pc.match_substring_regex(texts, NAMED)))


def numbers(texts: pa.Array, *, others: bool = False) -> pa.Array:
    """Those that are a number of ten digits at least, without signs between them; with ``others`` all other texts, too.

    >>> numbers(pa.array(["0775-2823456", "6222 0212 3456 7890 128", "2024-01-05"])).to_pylist()
    ['07752823456', '6222021234567890128']
    """
    joined = pc.utf8_upper(pc.replace_substring_regex(texts, f"[{JOINTS}]", ""))
    is_number = pc.match_substring_regex(joined, _WHOLE_NUMBER)
    return pc.if_else(is_number, joined, texts) if others else joined.filter(is_number)


def _anywhere(column: WatchedColumn, texts: pa.Array, hasher: Hasher) -> Iterator[tuple[str, Hashes]]:
    data = tokens.lines(texts)
    section = STRONG if column.entity in _NUMBERED else CODE
    found = pc.unique(pa.concat_arrays([numbers(tokens.cut(data, *tokens.narrow(data)), others=True), numbers(texts)]))
    longest = max(column.disclosure.first, column.disclosure.last)
    found = found.filter(pc.greater(pc.binary_length(found), longest))
    yield section, hasher.of(found.filter(pc.match_substring_regex(found, _ACCOUNT if column.entity == "ADDRESS" else _MIXED)))
    found = tokens.cut(data, *tokens.wide(data))
    found = found.filter(pc.match_substring_regex(found, _NUMBER))
    yield section, hasher.of(found.filter(pc.match_substring_regex(found, _PLACE)))
