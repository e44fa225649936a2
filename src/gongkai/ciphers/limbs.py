"""Remainders of numbers longer than a machine word 多精度取模, in limbs of 64 and 32 bits."""

from __future__ import annotations

import numpy as np

from gongkai.ciphers.blocks import Words

LIMIT = 1 << 62
"""Moduli stay below this: three times one still fits a word."""
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


def remainder(high: Words, low: Words | None, modulus: int) -> Words:
    """``high``, or where ``low`` (32 bits) is given ``high * 2^32 + low``, modulo ``modulus``.

    The modulus is at most 2^32 without ``low``, below 2^62 with it.

    >>> remainder(np.array([2**64 - 1], np.uint64), np.array([2**32 - 1], np.uint64), 10**18).item() == (2**96 - 1) % 10**18
    True
    """
    by = np.uint64(modulus)
    if low is None or modulus <= 1 << 32:
        rest = high - high // by * by
        if low is None:
            return rest
        number = rest << _HALF | low
        return number - number // by * by
    quotient = _upper_half(high, (1 << 96) // modulus)
    rest = (high << _HALF | low) - quotient * by
    for _ in range(2):  # the quotient is at most two too small
        rest = np.minimum(rest, rest - by)
    return rest


def plus(left: Words, right: Words, modulus: int) -> Words:
    """The sum of two remainders, as a remainder."""
    total = left + right
    smaller: Words = np.minimum(total, total - np.uint64(modulus))
    return smaller


def minus(left: Words, right: Words, modulus: int) -> Words:
    """The difference of two remainders, as a remainder."""
    rest = left - right
    smaller: Words = np.minimum(rest, rest + np.uint64(modulus))
    return smaller


def _upper_half(words: Words, factor: int) -> Words:
    """The upper 64 of the 128 bits of a product (Barrett's estimate of a quotient)."""
    top, bottom = words >> _HALF, words & _LOW
    factor_top, factor_bottom = np.uint64(factor >> 32), np.uint64(factor & 0xFFFFFFFF)
    middle = top * factor_bottom + (bottom * factor_bottom >> _HALF)
    other = bottom * factor_top + (middle & _LOW)
    upper: Words = top * factor_top + (middle >> _HALF) + (other >> _HALF)
    return upper
