from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ciphers.layouts import layouts

from gongkai.ciphers import BLOCK, cmac

MESSAGE = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
AES_128 = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
AES_192 = bytes.fromhex("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b")
AES_256 = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
PUBLISHED = [
    # RFC 4493, section 4
    (AES_128, 0, "bb1d6929e95937287fa37d129b756746"),
    (AES_128, 16, "070a16b46b4d4144f79bdd9dd04a287c"),
    (AES_128, 40, "dfa66747de9ae63030ca32611497c827"),
    (AES_128, 64, "51f0bebf7e3b9d92fc49741779363cfe"),
    # NIST SP 800-38B, examples for AES-192 and AES-256
    (AES_192, 0, "d17ddf46adaacde531cac483de7a9367"),
    (AES_192, 16, "9e99a7bf31e710900662f65e617c5184"),
    (AES_192, 40, "8a1de5be2eb31aad089a82e6ee908b0e"),
    (AES_192, 64, "a1d5df0eed790f794d77589659f39a11"),
    (AES_256, 0, "028962f61b7bf89efc6b551f4667d983"),
    (AES_256, 16, "28a7023f452e8f82bd4bf28d8c37c35c"),
    (AES_256, 40, "aaf3d8f1de5640c232f5b169b9c911e6"),
    (AES_256, 64, "e1992190549f6ed5696a2c056c315410"),
]
CIPHERS = [("aes", algorithms.AES, 16), ("aes", algorithms.AES, 24), ("aes", algorithms.AES, 32), ("sm4", algorithms.SM4, 16)]
IDS = ["AES-128", "AES-192", "AES-256", "SM4"]
LONG = st.integers(490, 510).map(lambda length: (bytes(range(251)) * 3)[:length])
COLUMNS = st.lists(st.one_of(st.none(), st.binary(max_size=100), LONG), max_size=12)


def one_by_one(values: list[bytes | None], key: bytes, algorithm: Any) -> list[bytes]:
    macs = []
    for value in values:
        mac = CMAC(algorithm(key))
        mac.update(value or b"")
        macs.append(mac.finalize())
    return macs


@pytest.mark.parametrize(("key", "length", "expected"), PUBLISHED, ids=[f"{8 * len(key)}-{n}" for key, n, _ in PUBLISHED])
def test_published_vectors(key: bytes, length: int, expected: str) -> None:
    assert cmac(pa.array([MESSAGE[:length]], pa.binary()), key).tobytes().hex() == expected


def test_published_vectors_side_by_side() -> None:
    column = pa.array([MESSAGE[:length] for _, length, _ in PUBLISHED[:4]], pa.binary())
    assert [row.tobytes().hex() for row in cmac(column, AES_128)] == [expected for _, _, expected in PUBLISHED[:4]]


@pytest.mark.parametrize(("cipher", "algorithm", "size"), CIPHERS, ids=IDS)
@settings(max_examples=50)
@given(values=COLUMNS, seed=st.binary(min_size=32, max_size=32))
def test_equals_the_library_value_by_value(
    cipher: Any, algorithm: Any, size: int, values: list[bytes | None], seed: bytes
) -> None:
    expected = one_by_one(values, seed[:size], algorithm)
    for column in layouts(values):
        assert [row.tobytes() for row in cmac(column, seed[:size], cipher)] == expected


@pytest.mark.parametrize(("cipher", "algorithm", "size"), CIPHERS, ids=IDS)
def test_equals_the_library_at_every_length(cipher: Any, algorithm: Any, size: int) -> None:
    key = AES_256[:size]
    values: list[bytes | None] = [bytes(range(length)) for length in range(101)]
    expected = one_by_one(values, key, algorithm)
    assert [row.tobytes() for row in cmac(pa.array(values), key, cipher)] == expected
    for value, mac in zip(values, expected, strict=True):  # rows of one length take another way
        assert [row.tobytes() for row in cmac(pa.array([value] * 3), key, cipher)] == [mac] * 3


@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), max_size=20))
def test_text_is_taken_as_its_utf8(values: list[str | None]) -> None:
    column = pa.array(values, pa.string())
    expected = cmac(column.cast(pa.binary()), AES_128)
    for other in (column, column.cast(pa.large_string()), column.dictionary_encode()):
        assert np.array_equal(cmac(other, AES_128), expected)


def test_bytes_of_one_width() -> None:
    values = [b"0123456789", b"abcdefghij"]
    assert np.array_equal(cmac(pa.array(values, pa.binary(10)), AES_128), cmac(pa.array(values), AES_128))


@pytest.mark.parametrize("repeat", [1, 5], ids=["of one length", "of several"])
def test_more_rows_than_are_laid_side_by_side(repeat: int) -> None:
    values = [f"{number * 7919:09d}" * (1 + number % repeat) for number in range(20_000)]
    digests = cmac(pa.array(values), AES_256)
    assert digests.shape == (20_000, BLOCK)
    for index in (0, 8_191, 8_192, 16_384, 19_999):
        assert digests[index].tobytes() == one_by_one([values[index].encode()], AES_256, algorithms.AES)[0]
    assert len({row.tobytes() for row in digests}) == 20_000


@pytest.mark.parametrize("column", [pa.array([1]), pa.array([1.5]), pa.array([True])], ids=lambda column: str(column.type))
def test_refuses_other_types(column: pa.Array) -> None:
    with pytest.raises(TypeError, match="a cipher takes text or binary columns"):
        cmac(column, AES_128)


@pytest.mark.parametrize(("cipher", "size"), [("aes", 0), ("aes", 15), ("sm4", 15), ("sm4", 32)])
def test_refuses_a_key_of_another_length(cipher: Any, size: int) -> None:
    with pytest.raises(ValueError, match="key size"):
        cmac(pa.array(["a"]), bytes(size), cipher)
