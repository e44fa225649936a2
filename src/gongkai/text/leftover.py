"""Long numbers nothing else claimed 剩余长数字: what strict redaction takes out beside all that was recognised.

A run of five or more digits, whatever number it may be: mistyped, of a kind nobody listed, split by spaces or dashes. Left
standing are written dates (2024-01-05), and amounts, that is digits before a unit of money or measure (18600元, 12500平方米).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.text.resolve import touching
from gongkai.text.span import Span
from gongkai.text.view import look

NUMBER = "NUMBER"
SCORE = 0.3
_RUN = re.compile("(?<![0-9])[0-9](?:[ -]?[0-9]){4,}")
_DATE = re.compile("(?:19|20)[0-9]{2}([ -])(?:0?[1-9]|1[0-2])\\1(?:0?[1-9]|[12][0-9]|3[01])(?: [0-2]?[0-9])?")
_MONEYS = "元|块钱|美元|欧元|港元|人民币"
_MEASURES = "平方|平米|㎡|亩|公顷|公里|千米|米|吨|公斤|千克|千瓦|度电|人次|人(?![员口])|户(?![主口籍])|件(?!号)|次|倍|%"
"""No word that is a surname, too: 张, 支."""
_AMOUNT = re.compile(f"(?:[.][0-9]+)?[ ]?[多余]?(?:[万亿千百]+|{_MONEYS}|{_MEASURES})")
_MONEY = re.compile("[¥￥$]$")


def numbers(text: str, taken: Sequence[Span]) -> list[Span]:
    """The long numbers of a text outside the spans taken (in order, not overlapping), as spans of the entity NUMBER.

    >>> text = "编号A1032884，2024-01-05付18600元"
    >>> [text[it.start:it.end] for it in numbers(text, [])]
    ['1032884']
    """
    view = look(text)
    found = []
    for run in _RUN.finditer(view.half):
        start, end = view.given(*run.span())
        if not touching(taken, start, end) and not _harmless(view.half, run):
            found.append(Span(start, end, NUMBER, SCORE))
    return found


def _harmless(half: str, run: re.Match[str]) -> bool:
    start, end = run.span()
    if _DATE.fullmatch(run[0]):
        return True
    plain = run[0].isdigit()
    return plain and bool(_AMOUNT.match(half, end) or _MONEY.search(half[max(0, start - 1) : start]))
