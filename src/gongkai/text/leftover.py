"""Long numbers nothing else claimed 剩余长数字: what strict redaction takes out beside all that was recognised.

A run of five or more digits, whatever number it may be: mistyped, of a kind nobody listed, split by spaces or dashes; of seven
or more with any sign between them (138.1234.5678), or written in Chinese (一三八…, ①③⑧…). Left standing are written dates
(2024-01-05, 2024.1.5), and amounts, that is digits before a unit of money or measure (18600元, 1,234,567元, 12500平方米).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gongkai.text.span import Span
from gongkai.text.view import look

NUMBER = "NUMBER"
SCORE = 0.3
_BETWEEN = "[ ._/·•・‧,-]{0,2}"
_RUN = re.compile(f"(?<![0-9])(?:[0-9](?:{_BETWEEN}[0-9]){{6,}}|[0-9](?:[ -]?[0-9]){{4,}})")
_HAN_DIGITS = "〇零○一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖①-⑨⓪"
_MIXED = re.compile(f"[0-9{_HAN_DIGITS}](?:{_BETWEEN}[0-9{_HAN_DIGITS}]){{6,}}")
_HAN_DIGIT = re.compile(f"[{_HAN_DIGITS}]")
_HAN_YEARS = re.compile("(?:一九|二[〇零○])[〇零○一二三四五六七八九]{2}-(?:一九|二[〇零○])[〇零○一二三四五六七八九]{2}")

_ALONE, _ENDS = "(?<![0-9])(?<![0-9][ ._/·,-])", "(?![0-9]|[ ._/·,-][0-9])"
_MONTH, _DAY = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_DAYS = "|".join(f"(?:19|20)[0-9]{{2}}{sign}{_MONTH}{sign}{_DAY}" for sign in ("-", "[.]", "/", " "))
_CLOCK = "[ ][0-2]?[0-9](?::[0-5][0-9]){0,2}"
_YEAR = "(?:19|20)[0-9]{2}"
_DATE = re.compile(
    f"(?<![0-9])(?<![0-9][ ._/·-])(?:(?:{_DAYS})(?:{_CLOCK})?(?: ?[-~,] ?(?:{_DAYS})(?:{_CLOCK})?)*{_ENDS}"
    f"|{_YEAR}(?:[-/,]{_YEAR})+(?=[ ]?[年学届]))"
)
_MONEYS = "元|块钱|美元|欧元|港元|人民币"
_MEASURES = "平方|平米|㎡|亩|公顷|公里|千米|米|吨|公斤|千克|千瓦|度电|人次|人(?![员口])|户(?![主口籍])|件(?!号)|次|倍|%"
"""No word that is a surname, too: 张, 支."""
_PLAIN = "[0-9]+(?:[.][0-9]+)?"
_THOUSANDS = "[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:[.][0-9]{1,2})?"
_UNIT = f"[ ]?[多余]?(?:[万亿千百]*(?:{_MONEYS}|{_MEASURES})|[万亿千百]+)"
_AMOUNT = re.compile(f"{_ALONE}(?:(?P<digits>{_THOUSANDS}|{_PLAIN}){_UNIT}|(?<=[¥￥$])(?:{_THOUSANDS}|{_PLAIN}){_ENDS})")
_OTHER_WORD = re.compile("(?:万[达科象和寿豪年民里源家盛]|元旦|百[货姓度合盛佳乐]|千[禧年里山岛]|人[民不没])")
_GOES_ON = re.compile("[\u3400-\u9fff]")
_KNOWN = re.compile("的|整|左右|以上|以下|以内|用于|受益|参[加与]|购买|资金|补[贴助]|款|建设")
_ANNOUNCED = re.compile(
    "电话|手机|座机|号码|身份证|证件|证号|护照|[账帐][号户]|卡号|银行卡|存折|微信|[Qq][Qq]|联系方式|拨打|致电|热线|传真"
)
_HOTLINE = re.compile("(?<![0-9])(?:1[02]|9[56])[0-9]{3}(?=(?:政务|市民|便民|服务)*(?:热线|平台))")
"""Numbers of services: 12345热线."""
_CLAUSE = re.compile("[,。;！!?？\n]")
_LONG = 7
"""From so many digits on a number is rather somebody's than an amount, unless what follows leaves no doubt."""


def numbers(text: str, taken: Sequence[Span]) -> list[Span]:
    """The long numbers of a text outside the spans taken (in order, not overlapping), as spans of the entity NUMBER.

    >>> text = "编号A1032884，2024-01-05付18600元，电话138.1234.5678"
    >>> [text[it.start:it.end] for it in numbers(text, [])]
    ['1032884', '138.1234.5678']
    """
    view = look(text)
    free = _without(view.half, ((view.seen(span.start), view.seen(span.end - 1) + 1) for span in taken))
    in_chinese = [found.span() for found in _MIXED.finditer(free) if _chinese(found[0])]
    of_nobody = [found.span() for pattern in (_DATE, _HOTLINE) for found in pattern.finditer(free)]
    free = _without(free, [*in_chinese, *of_nobody])
    free = _without(free, (found.span() for found in _AMOUNT.finditer(free) if _harmless(free, found)))
    runs = sorted([*in_chinese, *(found.span() for found in _RUN.finditer(free))])
    return [Span(*view.given(start, end), NUMBER, SCORE) for start, end in runs]


def _without(half: str, stretches: Iterable[tuple[int, int]]) -> str:
    """The text with nothing readable in some stretches, at the same places."""
    for start, end in stretches:
        half = half[:start] + "\0" * (end - start) + half[end:]
    return half


def _chinese(run: str) -> bool:
    return len(_HAN_DIGIT.findall(run)) > 2 and not _HAN_YEARS.fullmatch(run)


def _harmless(half: str, amount: re.Match[str]) -> bool:
    """Whether digits before a unit are an amount: nothing before says that they are a number, and the unit is that word."""
    digits = amount["digits"]
    if digits is None:
        return True
    if _ANNOUNCED.search(_CLAUSE.split(half[max(0, amount.start() - 12) : amount.start()])[-1]):
        return False
    unit = amount.end("digits")
    if any(_OTHER_WORD.match(half, at) for at in range(unit, amount.end())):
        return False
    long = digits.replace(",", "").partition(".")[0]
    return len(long) < _LONG or not _GOES_ON.match(half, amount.end()) or bool(_KNOWN.match(half, amount.end()))
