"""What is really wrong with departments' tables 数据缺陷, put into clean columns on purpose and in known numbers.

Every kind was seen on a Chinese portal: masks already in the source, full-width digits, blanks, Excel's serial days
beside dates, numbers in half a dozen spellings, the words ``null`` and ``None``, whole rows twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from gongkai.demo.people import Values, old_id_number

_FULL_WIDTH = str.maketrans("0123456789X+- ", "０１２３４５６７８９Ｘ＋－\u3000")
_EXCEL_EPOCH = date(1899, 12, 30)

Defect = Callable[[str], str | None]


def spoil(rng: np.random.Generator, column: Sequence[str | None], share: float, *defects: Defect) -> Values:
    """The column with about ``share`` of its cells spoilt, by each of the defects in turn; missing cells stay missing.

    >>> spoil(np.random.default_rng(1), ["a", "b"], 1.0, str.upper)
    ['A', 'B']
    """
    cells = list(column)
    chosen = np.flatnonzero(rng.random(len(cells)) < share)
    for turn, position in enumerate(rng.permutation(chosen)):
        value = cells[position]
        if value is not None:
            cells[position] = defects[turn % len(defects)](value)
    return cells


def repeat(rng: np.random.Generator, table: dict[str, Values], share: float) -> dict[str, Values]:
    """The table with about ``share`` of its rows standing in it twice, in a new order."""
    count = len(next(iter(table.values())))
    rows = rng.permutation(np.concatenate([np.arange(count), np.flatnonzero(rng.random(count) < share)]))
    return {name: [column[row] for row in rows] for name, column in table.items()}


def full_width(value: str) -> str:
    """Digits as an input method left them.

    >>> full_width("138 X")
    '１３８\\u3000Ｘ'
    """
    return value.translate(_FULL_WIDTH)


def blanks(value: str) -> str:
    """Blanks around the value, one of them full-width."""
    return f" {value}\u3000"


def missing(_: str) -> None:
    """No value at all."""
    return


def empty(_: str) -> str:
    """An empty text, which is not the same as no value."""
    return ""


def word_null(_: str) -> str:
    """What a program wrote that did not know better."""
    return "null"


def word_none(_: str) -> str:
    """What a Python program wrote that did not know better."""
    return "None"


def lower_x(value: str) -> str:
    """An identity number's X as a small letter."""
    return value.lower()


def bad_check_digit(value: str) -> str:
    """An identity number with a slip in its last place.

    >>> bad_check_digit("11010519491231002X")
    '110105194912310020'
    """
    return value[:-1] + ("0" if value[-1] != "0" else "1")


def old_number(value: str) -> str:
    """An identity number as it was before 1999."""
    return old_id_number(value)


def masked_long(value: str) -> str:
    """Masked in the source already, eight stars."""
    return value[:3] + "*" * 8


def masked_short(value: str) -> str:
    """Masked in the source already, five stars in the middle.

    >>> masked_short("13608012345")
    '136080*****5'
    """
    return value[:6] + "*****" + value[-1:]


def cut(value: str) -> str:
    """The last character lost."""
    return value[:-1]


def spaced_phone(value: str) -> str:
    """A mobile number in groups.

    >>> spaced_phone("13608012345")
    '136 0801 2345'
    """
    return f"{value[:3]} {value[3:7]} {value[7:]}"


def country_code(value: str) -> str:
    """A mobile number with the country's code."""
    return f"+86 {value}"


def dashed_phone(value: str) -> str:
    """A mobile number with dashes."""
    return f"{value[:3]}-{value[3:7]}-{value[7:]}"


def compact_date(value: str) -> str:
    """A date without separators, from YYYY-MM-DD."""
    return value.replace("-", "")


def slashed_date(value: str) -> str:
    """A date with slashes and without leading zeros.

    >>> slashed_date("2024-03-05")
    '2024/3/5'
    """
    year, month, day = map(int, value.split("-"))
    return f"{year}/{month}/{day}"


def chinese_date(value: str) -> str:
    """A date in Chinese.

    >>> chinese_date("2024-03-05")
    '2024年3月5日'
    """
    year, month, day = map(int, value.split("-"))
    return f"{year}年{month}月{day}日"


def excel_date(value: str) -> str:
    """A date as Excel's serial day number.

    >>> excel_date("2022-07-18")
    '44760'
    """
    return str((date.fromisoformat(value) - _EXCEL_EPOCH).days)


def thousands(value: str) -> str:
    """An amount with separators.

    >>> thousands("1234567.50")
    '1,234,567.50'
    """
    whole, point, cents = value.partition(".")
    return f"{int(whole):,}{point}{cents}"


def two_lines(value: str) -> str:
    """A text somebody broke by hand, in the middle of a cell."""
    half = len(value) // 2
    return f"{value[:half]}\n{value[half:]}"
