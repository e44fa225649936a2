from __future__ import annotations

from itertools import combinations
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import example, given
from hypothesis import strategies as st
from tests.ciphers.layouts import layouts

from gongkai.ciphers import distinct_blocks

KEY = bytes(range(32))
ALGORITHMS = {"aes": algorithms.AES(KEY), "sm4": algorithms.SM4(KEY[:16])}
ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"
CODED = st.text(ALPHABET.decode(), max_size=24).map(str.encode)
VALUES = st.one_of(st.none(), CODED, st.text(max_size=24).map(str.encode), st.binary(max_size=24))
TRICKY = [
    b"", b"\0", b"\0\0", b"0", b"00", b"000", b"a", b"a\0", b"\0a", b" ", b"-", b"_", b"0" * 15, b"0" * 16, b"0" * 20, b"0" * 21,
    b"\0" * 14, b"\0" * 15, b"\0" * 16, b"." * 15, b"." * 16, b"A" + b"." * 14, b"110101199003070038", "张三".encode(), "é".encode(),
]  # fmt: skip


def block(value: bytes) -> bytes | None:
    """What is enciphered for a value, written out in whole numbers; None where it has its CMAC."""
    if len(value) <= 20 and set(value) <= set(ALPHABET):
        number = 0
        for place in range(20):
            number = number << 6 | (ALPHABET.index(value[place]) if place < len(value) else 0)
        return bytes([0x40 + len(value)]) + number.to_bytes(15)
    return bytes([0x80 + len(value)]) + value.ljust(15, b"\0") if len(value) <= 15 else None


def scalar(value: bytes, algorithm: Any) -> bytes:
    filled = block(value)
    if filled is not None:
        return Cipher(algorithm, modes.ECB()).encryptor().update(filled)
    mac = CMAC(algorithm)
    mac.update(value)
    return mac.finalize()


@pytest.mark.parametrize("cipher", ["aes", "sm4"])
@given(values=st.lists(VALUES, max_size=12))
@example(values=[*TRICKY, None])
def test_equals_the_scalar_value_by_value(cipher: Any, values: list[bytes | None]) -> None:
    key = KEY if cipher == "aes" else KEY[:16]
    expected = [scalar(value or b"", ALGORITHMS[cipher]) for value in values]
    for column in layouts(values):
        assert [row.tobytes() for row in distinct_blocks(column, key, cipher)] == expected


@given(st.sets(VALUES.filter(lambda value: value is not None), max_size=30))
@example(set(TRICKY))
def test_different_values_make_different_blocks(values: set[bytes]) -> None:
    blocks = [block(value) for value in values if block(value) is not None]
    assert len(set(blocks)) == len(blocks)
    digests = [row.tobytes() for row in distinct_blocks(pa.array(list(values), pa.binary()), KEY)]
    assert len(set(digests)) == len(values)


def test_every_character_counts_at_every_place() -> None:
    for length in (1, 2, 19, 20):
        values = [b"x" * place + bytes([sign]) + b"x" * (length - place - 1) for place in range(length) for sign in ALPHABET]
        values = sorted(set(values))
        assert len({row.tobytes() for row in distinct_blocks(pa.array(values), KEY)}) == len(values)


def test_what_is_enciphered_is_never_the_zero_block() -> None:
    """Its cipher is the root of CMAC's subkeys."""
    assert all(block(value) != bytes(16) for value in TRICKY)
    assert scalar(b"", ALGORITHMS["aes"]) == distinct_blocks(pa.array([b""]), KEY).tobytes()


def test_a_block_can_be_read_back() -> None:
    """The permutation can be undone, so it is one: the certain part of the promise."""
    values = [value for value in TRICKY if block(value) is not None]
    decrypt = Cipher(ALGORITHMS["aes"], modes.ECB()).decryptor()
    assert decrypt.update(distinct_blocks(pa.array(values), KEY).tobytes()) == b"".join(block(value) or b"" for value in values)
    assert all(block(one) != block(other) for one, other in combinations(values, 2))
