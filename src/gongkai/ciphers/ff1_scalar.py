"""FF1 保形加密 of one numeral string, step by step as NIST SP 800-38G writes it (algorithms 7 and 8), in whole numbers.

Slow, and exact at every length: what the vectorised ``ff1`` is held to, and what it falls back on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gongkai.ciphers.blocks import BLOCK, Name

ROUNDS = 10
MAX_RADIX = 1 << 16
MAX_LENGTH = 4_096
"""maxlen: the standard lets every implementation choose it; nothing that identifies anybody is longer."""
MIN_DOMAIN = 1_000_000
"""The fewest numeral strings that may be permuted (SP 800-38G Rev. 1): in a smaller domain they can be recovered."""


def encrypt(numerals: Sequence[int], key: bytes, *, radix: int, tweak: bytes = b"", cipher: Name = "aes") -> list[int]:
    """The numerals enciphered under ``key`` (16, 24 or 32 bytes for AES, 16 for SM4) and ``tweak``: as many, of that radix.

    ValueError for a radix outside 2 to 65,536, for fewer numerals than make 1,000,000 strings, for more than 4,096, for a
    numeral outside the radix, and for a key of another length.

    >>> key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    >>> encrypt([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], key, radix=10)
    [2, 4, 3, 3, 4, 7, 7, 4, 8, 4]
    >>> encrypt([1, 2, 3], key, radix=10)
    Traceback (most recent call last):
        ...
    ValueError: FF1 takes numeral strings of which there are at least 1,000,000
    """
    return _feistel(numerals, key, radix, tweak, cipher, forward=True)


def decrypt(numerals: Sequence[int], key: bytes, *, radix: int, tweak: bytes = b"", cipher: Name = "aes") -> list[int]:
    """The numerals that ``encrypt`` made these of, under the same key, tweak and cipher; ValueError as from ``encrypt``.

    >>> decrypt([2, 4, 3, 3, 4, 7, 7, 4, 8, 4], bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"), radix=10)
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    return _feistel(numerals, key, radix, tweak, cipher, forward=False)


def check(radix: int, length: int) -> None:
    """ValueError where FF1 may not be used: radix, minlen, maxlen."""
    if not 2 <= radix <= MAX_RADIX:
        raise ValueError(f"the radix of FF1 is 2 to {MAX_RADIX:,}")
    if length > MAX_LENGTH:
        raise ValueError(f"FF1 takes at most {MAX_LENGTH:,} numerals here")
    if length < 2 or radix**length < MIN_DOMAIN:
        raise ValueError(f"FF1 takes numeral strings of which there are at least {MIN_DOMAIN:,}")


def byte_length(radix: int, length: int) -> int:
    """*b*: the bytes that hold the longer half of a numeral string."""
    largest: int = radix ** (length - length // 2) - 1
    return (largest.bit_length() + 7) // 8


def first_block(radix: int, length: int, tweak_bytes: int) -> bytes:
    """*P*: what every value of one shape begins its chain with."""
    numbers = ((1, 1), (2, 1), (1, 1), (radix, 3), (ROUNDS, 1), (length // 2 % 256, 1), (length, 4), (tweak_bytes, 4))
    return b"".join(number.to_bytes(size) for number, size in numbers)


def _feistel(numerals: Sequence[int], key: bytes, radix: int, tweak: bytes, cipher: Name, *, forward: bool) -> list[int]:
    length = len(numerals)
    check(radix, length)
    if not all(0 <= numeral < radix for numeral in numerals):
        raise ValueError("every numeral is at least 0 and below the radix")
    half = length // 2
    moduli = (radix**half, radix ** (length - half))
    size = byte_length(radix, length)
    encrypted = _chained(key, cipher)
    pad = bytes((-len(tweak) - size - 1) % BLOCK)

    def scrambled(turn: int, number: int) -> int:
        block = encrypted(first_block(radix, length, len(tweak)) + tweak + pad + bytes([turn]) + number.to_bytes(size))
        wanted = 4 * -(-size // 4) + 4
        stream = block + b"".join(
            encrypted((int.from_bytes(block) ^ index).to_bytes(BLOCK)) for index in range(1, -(-wanted // BLOCK))
        )
        return int.from_bytes(stream[:wanted])

    left, right = _number(numerals[:half], radix), _number(numerals[half:], radix)
    for turn in range(ROUNDS) if forward else reversed(range(ROUNDS)):
        modulus = moduli[turn % 2]
        if forward:
            left, right = right, (left + scrambled(turn, right)) % modulus
        else:
            left, right = (right - scrambled(turn, left)) % modulus, left
    return _numerals(left, radix, half) + _numerals(right, radix, length - half)


def _chained(key: bytes, cipher: Name) -> Callable[[bytes], bytes]:
    """PRF, algorithm 6: the last block of a chain from a zero block on; of one block, its encryption."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    algorithm = {"aes": algorithms.AES, "sm4": algorithms.SM4}[cipher](key)
    chain = Cipher(algorithm, modes.CBC(bytes(BLOCK)))
    return lambda blocks: chain.encryptor().update(blocks)[-BLOCK:]


def _number(numerals: Sequence[int], radix: int) -> int:
    number = 0
    for numeral in numerals:
        number = number * radix + numeral
    return number


def _numerals(number: int, radix: int, length: int) -> list[int]:
    numerals = []
    for _ in range(length):
        number, numeral = divmod(number, radix)
        numerals.append(numeral)
    return numerals[::-1]
