"""Check characters 校验码: what the standard computes for one text, and whether the check holds for a matrix of them.

Vectorised functions take values of shape (positions, texts), the check character last, and give one flag per text. Values
outside the alphabet may give any answer: the caller has looked at the shape.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gongkai.identifiers._types import Bytes, Flags, Integers

WEIGHTS_11_2 = tuple(2**power % 11 for power in range(17, 0, -1))
"""ISO 7064 MOD 11-2 for 17 digits, as GB 11643 uses it."""


def check_11_2(digits: str) -> str:
    """ISO 7064 MOD 11-2: the check character of 17 digits, ``0``-``9`` or ``X``.

    >>> check_11_2("11010519491231002")
    'X'
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS_11_2, strict=True))
    return "10X98765432"[total % 11]


def holds_11_2(digits: Bytes) -> Flags:
    """ISO 7064 MOD 11-2 over 18 positions; the last may be worth 10."""
    holds: Flags = weighted(digits, (*WEIGHTS_11_2, 1)) % np.uint16(11) == 1
    return holds


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B: whether the last digit is the check digit of the others.

    >>> luhn("79927398713"), luhn("79927398710")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        total += value if place % 2 == 0 else value * 2 - 9 * (value > 4)
    return total % 10 == 0


def with_luhn(body: str) -> str:
    """The digits with their check digit appended.

    >>> with_luhn("7992739871")
    '79927398713'
    """
    return next(body + digit for digit in "0123456789" if luhn(body + digit))


def holds_luhn(digits: Bytes) -> Flags:
    """ISO/IEC 7812-1 annex B over any number of positions."""
    total = np.zeros(digits.shape[1], np.uint16)
    for place, row in enumerate(digits[::-1]):
        total += row if place % 2 == 0 else row * np.uint8(2) - np.uint8(9) * (row > 4)
    holds: Flags = total % np.uint16(10) == 0
    return holds


def weighted(values: Bytes, weights: Sequence[int]) -> Integers:
    """The sum of values times weights, position by position; it must stay under 65,536."""
    total = np.zeros(values.shape[1], np.uint16)
    for row, weight in zip(values, weights, strict=True):
        total += row * np.uint16(weight)
    return total


LETTERS_31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100: digits and capitals without I, O, S, V, Z."""

_WEIGHTS_31 = tuple(3**power % 31 for power in range(17))


def check_31(body: str) -> str:
    """GB 32100: the check character of 17 characters of ``LETTERS_31``.

    >>> check_31("91110105MA01ABC92")
    '2'
    """
    total = sum(LETTERS_31.index(letter) * weight for letter, weight in zip(body, _WEIGHTS_31, strict=True))
    return LETTERS_31[-total % 31]


def holds_31(values: Bytes) -> Flags:
    """GB 32100 over 18 positions, given values by `worth` of ``LETTERS_31``."""
    holds: Flags = weighted(values, (*_WEIGHTS_31, 1)) % np.uint16(31) == 0
    return holds


LETTERS_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_WEIGHTS_ORG = (3, 7, 9, 10, 5, 8, 4, 2)


def check_org(body: str) -> str:
    """GB 11714: the check character of 8 characters of ``LETTERS_36``, ``0``-``9`` or ``X``.

    >>> check_org("MA01ABC9")
    '2'
    """
    total = sum(LETTERS_36.index(letter) * weight for letter, weight in zip(body, _WEIGHTS_ORG, strict=True))
    return "0123456789X"[-total % 11]


def holds_org(values: Bytes) -> Flags:
    """GB 11714 over 9 positions, given values by `worth` of ``LETTERS_36``, X being 10 in the last."""
    holds: Flags = weighted(values, (*_WEIGHTS_ORG, 1)) % np.uint16(11) == 0
    return holds


def check_11_10(digits: str) -> str:
    """ISO 7064 MOD 11,10: the check digit of any number of digits.

    >>> check_11_10("11010800000001")
    '6'
    """
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def holds_11_10(digits: Bytes) -> Flags:
    """ISO 7064 MOD 11,10 over any number of positions; a position worth more than 9 may give any answer."""
    product = np.full(digits.shape[1], 10, np.uint8)
    for row in digits[:-1]:
        product = _STEPS[product * np.uint8(10) + np.minimum(row, 9)]
    holds: Flags = (product + digits[-1]) % np.uint8(10) == 1
    return holds


_STEPS = np.array([((product + digit) % 10 or 10) * 2 % 11 for product in range(11) for digit in range(10)], np.uint8)


def worth(letters: str) -> Bytes:
    """A table from ASCII byte to its place in an alphabet; 255 where a byte is not in it."""
    table = np.full(256, 255, np.uint8)
    table[[ord(letter) for letter in letters]] = range(len(letters))
    return table
