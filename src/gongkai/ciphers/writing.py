"""Digests written as characters 密文的写法: base32 (RFC 4648, lower case), hexadecimal, or decimal digits."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from gongkai.ciphers.blocks import ROWS, Bytes, Words, big_endian

Alphabet: TypeAlias = Literal["base32", "hex", "digits"]

_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_TEN_BITS = np.stack([np.repeat(_LETTERS, 32), np.tile(_LETTERS, 32)], axis=1).view(np.uint16).ravel()
"""The two base32 characters of every ten bits."""
_BYTES = np.frombuffer(b"".join(b"%02x" % number for number in range(256)), np.uint16)
"""The two hexadecimal digits of every byte."""
_THOUSANDS = np.frombuffer(b"".join(b"%04d" % number for number in range(10_000)), np.uint32)
"""The four digits of every number below 10,000."""
_WORD = 64


def capacity(alphabet: Alphabet, bits: int) -> int:
    """How many characters ``bits`` can fill to the last one.

    >>> capacity("base32", 128), capacity("hex", 128), capacity("digits", 128)
    (25, 32, 38)
    """
    return {"base32": bits // 5, "hex": bits // 4, "digits": len(str(2**bits)) - 1}[alphabet]


def written(digests: Bytes, alphabet: Alphabet, length: int | None = None) -> Bytes:
    """``length`` ASCII characters of each digest, as ``uint8`` of shape (digests, length); None: as many as hold all its bits.

    base32 and hexadecimal begin with the digest's first bits (bits behind its end are zero); digits are the last ``length``
    ones of the digest as one big-endian number. ``digests`` has shape (digests, 16) or (digests, 32).

    >>> digest = np.full((1, 16), 0xFF, np.uint8)
    >>> [written(digest, alphabet).tobytes().decode() for alphabet in ("base32", "hex", "digits")]
    ['77777777777777777777777774', 'ffffffffffffffffffffffffffffffff', '340282366920938463463374607431768211455']
    >>> written(digest, "digits", 40)
    Traceback (most recent call last):
        ...
    ValueError: 128 bits fill 39 characters of digits, not 40
    """
    bits = 8 * digests.shape[1]
    full = {"base32": -(-bits // 5), "hex": bits // 4, "digits": len(str(2**bits - 1))}[alphabet]
    length = full if length is None else length
    if length > full:
        raise ValueError(f"{bits} bits fill {full} characters of {alphabet}, not {length}")
    out = np.empty((len(digests), length), np.uint8)
    write = {"base32": _base32, "hex": _hex, "digits": _digits}[alphabet]
    for low in range(0, len(digests), ROWS):
        out[low : low + ROWS] = write(np.ascontiguousarray(digests[low : low + ROWS]), length)
    return out


def _base32(digests: Bytes, length: int) -> Bytes:
    words = [np.ascontiguousarray(word) for word in _numbers(digests).T]
    pairs = np.empty((len(digests), (length + 1) // 2), np.uint16)
    for index in range(pairs.shape[1]):
        pairs[:, index] = _TEN_BITS[_ten_bits(words, 10 * index).view(np.int64)]
    return pairs.view(np.uint8)[:, :length]


def _ten_bits(words: list[Words], start: int) -> Words:
    """Ten bits from ``start`` on, counted from the most significant; zeros stand behind the end."""
    word, place = divmod(start, _WORD)
    over = place + 10 - _WORD
    if over <= 0:
        bits = words[word] >> np.uint64(-over)
    else:
        bits = words[word] << np.uint64(over)
        if word + 1 < len(words):
            bits |= words[word + 1] >> np.uint64(_WORD - over)
    bits &= np.uint64(1023)
    return bits


def _hex(digests: Bytes, length: int) -> Bytes:
    return np.take(_BYTES, digests).view(np.uint8)[:, :length]


def _digits(digests: Bytes, length: int) -> Bytes:
    """Long division of the digest by 10^8, one half word at a time."""
    numbers = _numbers(digests)
    limbs = [limb for word in numbers.T for limb in (word >> np.uint64(32), word & np.uint64(0xFFFFFFFF))]
    places = -(-length // 8)
    fours = np.empty((len(digests), 2 * places), np.uint32)
    for place in reversed(range(places)):
        rest = np.zeros(len(digests), np.uint64)
        for index, limb in enumerate(limbs):
            rest <<= np.uint64(32)
            rest |= limb
            limbs[index] = rest // np.uint64(10**8)
            rest -= limbs[index] * np.uint64(10**8)
        high = rest // np.uint64(10_000)
        fours[:, 2 * place] = _THOUSANDS[high.view(np.int64)]
        fours[:, 2 * place + 1] = _THOUSANDS[(rest - high * np.uint64(10_000)).view(np.int64)]
    return fours.view(np.uint8)[:, 8 * places - length :]


def _numbers(digests: Bytes) -> Words:
    return big_endian(digests.view(np.uint64))
