"""FF1 保形加密 of a whole column: numeral strings become numeral strings of the same radix and length, and back.

NIST SP 800-38G and its Rev. 1 draft (at least 1,000,000 strings), over AES or SM4. A string is held as two numbers, its halves;
each of the ten rounds is one cipher call over all rows. That works while a half is below 2^62: 36 digits, 22 letters or digits.
Longer strings go one by one through ``ff1_scalar``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gongkai.ciphers import ff1_scalar
from gongkai.ciphers.blocks import BLOCK, ROWS, Bytes, Encrypt, Name, Words, big_endian, encryptor
from gongkai.ciphers.ff1_scalar import MAX_LENGTH, MAX_RADIX, MIN_DOMAIN, ROUNDS, byte_length, check, first_block
from gongkai.ciphers.limbs import LIMIT, minus, plus, remainder

__all__ = ["MAX_LENGTH", "MIN_DOMAIN", "Numerals", "Tweak", "decrypt", "encrypt", "permute", "radix_for"]
Numerals: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]
Tweak: TypeAlias = bytes | Bytes
"""One for all rows, or of shape (rows, bytes) one for each."""
_Scramble: TypeAlias = Callable[[int, Words, int], Words]
WORD = 8


def encrypt(numerals: Numerals, key: bytes, *, radix: int, tweak: Tweak = b"", cipher: Name = "aes") -> Numerals:
    """Every row of ``numerals`` (unsigned, shape (rows, length), each below ``radix``) enciphered; same shape and type.

    ``key`` has 16, 24 or 32 bytes for AES, 16 for SM4. ValueError for a radix outside 2 to 65,536, for fewer numerals than
    make 1,000,000 strings, for more than 4,096, for a numeral outside the radix, and for a key of another length.

    >>> key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    >>> encrypt(np.arange(10, dtype=np.uint8)[None], key, radix=10)
    array([[2, 4, 3, 3, 4, 7, 7, 4, 8, 4]], dtype=uint8)
    >>> encrypt(np.zeros((1, 5), np.uint8), key, radix=10)
    Traceback (most recent call last):
        ...
    ValueError: FF1 takes numeral strings of which there are at least 1,000,000
    """
    return _numerals(numerals, key, radix, tweak, cipher, forward=True)


def decrypt(numerals: Numerals, key: bytes, *, radix: int, tweak: Tweak = b"", cipher: Name = "aes") -> Numerals:
    """The numerals that ``encrypt`` made these of, under the same key, tweak and cipher; ValueError as from ``encrypt``.

    >>> key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    >>> decrypt(np.array([[2, 4, 3, 3, 4, 7, 7, 4, 8, 4]], np.uint8), key, radix=10)
    array([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]], dtype=uint8)
    """
    return _numerals(numerals, key, radix, tweak, cipher, forward=False)


def permute(
    numbers: Words, key: bytes, *, radix: int, length: int, tweak: Tweak = b"", cipher: Name = "aes", forward: bool = True
) -> Words:
    """Numbers below ``radix ** length`` (at most 2^64), each standing for the numeral string that it writes; the same out.

    ValueError as from ``encrypt``.

    >>> permute(np.array([123456789], np.uint64), bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"), radix=10, length=10)
    array([2433477484], dtype=uint64)
    """
    check(radix, length)
    if radix**length > 1 << 64 or (len(numbers) and int(numbers.max()) >= radix**length):
        raise ValueError("every number is below radix ** length, which is at most 2 ** 64")
    low = np.uint64(radix ** (length - length // 2))
    out = np.empty_like(numbers)
    for rows, scramble in _scrambles(len(numbers), key, radix, length, tweak, cipher):
        left = numbers[rows] // low
        left, right = _feistel(left, numbers[rows] - left * low, scramble, radix, length, forward)
        out[rows] = left * low + right
    return out


def radix_for(count: int, length: int) -> int:
    """The least radix of which ``length`` numerals write at least ``count`` numbers; ValueError where none does.

    >>> radix_for(10**9, 3), radix_for(10**9 + 1, 3)
    (1000, 1001)
    """
    radix = bisect_left(range(MAX_RADIX + 1), count, key=lambda radix: radix**length)
    check(radix, length)
    return max(radix, 2)


def _numerals(numerals: Numerals, key: bytes, radix: int, tweak: Tweak, cipher: Name, *, forward: bool) -> Numerals:
    rows, length = numerals.shape
    check(radix, length)
    if numerals.size and int(numerals.max()) >= radix:
        raise ValueError("every numeral is below the radix")
    if radix ** (length - length // 2) >= LIMIT:
        return _one_by_one(numerals, key, radix, tweak, cipher, forward)
    out, half = np.empty_like(numerals), length // 2
    for part, scramble in _scrambles(rows, key, radix, length, tweak, cipher):
        left, right = (_number(each, radix) for each in (numerals[part, :half], numerals[part, half:]))
        left, right = _feistel(left, right, scramble, radix, length, forward)
        _write(left, out[part, :half], radix)
        _write(right, out[part, half:], radix)
    return out


def _feistel(left: Words, right: Words, scramble: _Scramble, radix: int, length: int, forward: bool) -> tuple[Words, Words]:
    moduli = (radix ** (length // 2), radix ** (length - length // 2))
    for turn in range(ROUNDS) if forward else reversed(range(ROUNDS)):
        modulus = moduli[turn % 2]
        if forward:
            left, right = right, plus(left, scramble(turn, right, modulus), modulus)
        else:
            left, right = minus(right, scramble(turn, left, modulus), modulus), left
    return left, right


def _scrambles(rows: int, key: bytes, radix: int, length: int, tweak: Tweak, cipher: Name) -> Iterator[tuple[slice, _Scramble]]:
    """For some thousand rows at a time, the round function: what it makes of a half, modulo the other half's modulus."""
    encrypt, size = encryptor(key, cipher), byte_length(radix, length)
    tweaks = np.frombuffer(tweak, np.uint8)[None] if isinstance(tweak, bytes) else tweak
    if not isinstance(tweak, bytes) and len(tweaks) != rows:
        raise ValueError("a tweak is given for all rows or for each")
    width = tweaks.shape[1]
    padded = np.zeros((len(tweaks), width + (-width - size - 1) % BLOCK + size + 1), np.uint8)
    padded[:, :width] = tweaks
    start = encrypt(np.frombuffer(first_block(radix, length, width), np.uint64))
    for low in range(0, rows, ROWS):
        part = slice(low, low + ROWS)
        before = _chained(encrypt, start, padded if isinstance(tweak, bytes) else padded[part])
        yield part, partial(_scramble, encrypt, before, size)


def _chained(encrypt: Encrypt, start: Words, padded: Bytes) -> Words:
    """The chain's state, from its first block up to where round and half come in."""
    state = np.tile(start, (len(padded), 1))
    for position in range(0, padded.shape[1], BLOCK):
        if position:
            state = encrypt(state.ravel()).reshape(-1, 2)
        state ^= np.ascontiguousarray(padded[:, position : position + BLOCK]).view(np.uint64)
    return state


def _scramble(encrypt: Encrypt, before: Words, size: int, turn: int, half: Words, modulus: int) -> Words:
    """One block whose last ``size + 1`` bytes are the round and the half, enciphered; its first 8 or 12 bytes as a number."""
    blocks = np.empty((len(half), 2), np.uint64)
    in_first, in_second = (turn, 0) if size == WORD else (0, turn << 8 * size)
    blocks[:, 0] = before[:, 0] ^ big_endian(np.array([in_first], np.uint64))
    blocks[:, 1] = before[:, 1] ^ big_endian(half | np.uint64(in_second))
    stream = big_endian(encrypt(blocks.ravel())).reshape(-1, 2)
    return remainder(stream[:, 0], stream[:, 1] >> np.uint64(32) if size > WORD // 2 else None, modulus)


def _number(numerals: Numerals, radix: int) -> Words:
    number = np.zeros(len(numerals), np.uint64)
    for numeral in numerals.T:
        number *= np.uint64(radix)
        number += numeral
    return number


def _write(number: Words, numerals: Numerals, radix: int) -> None:
    for position in reversed(range(numerals.shape[1])):
        rest = number // np.uint64(radix)
        numerals[:, position] = number - rest * np.uint64(radix)
        number = rest


def _one_by_one(numerals: Numerals, key: bytes, radix: int, tweak: Tweak, cipher: Name, forward: bool) -> Numerals:
    """The same by whole numbers, equal rows once."""
    turn = ff1_scalar.encrypt if forward else ff1_scalar.decrypt
    done: dict[tuple[bytes, bytes], list[int]] = {}
    out = np.empty_like(numerals)
    for index, row in enumerate(numerals):
        each = tweak if isinstance(tweak, bytes) else tweak[index].tobytes()
        if (row.tobytes(), each) not in done:
            done[row.tobytes(), each] = turn(row.tolist(), key, radix=radix, tweak=each, cipher=cipher)
        out[index] = done[row.tobytes(), each]
    return out
