from __future__ import annotations

import hashlib
import hmac

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import given
from hypothesis import strategies as st
from tests.ciphers.layouts import layouts

from gongkai.ciphers import hmac_sm3

HASHES = [
    # GB/T 32905-2016, appendix A
    (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
]
MACS = [
    # GM/T 0042-2015, appendix D.3
    (
        bytes(range(1, 33)),
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
    ),
    (bytes(range(1, 38)), b"\xcd" * 50, "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"),
    (b"\x0b" * 32, b"Hi There", "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"),
]
COLUMNS = st.lists(st.one_of(st.none(), st.binary(max_size=200)), max_size=12)


def sm3(message: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(message)
    return digest.finalize()


def written_out(key: bytes, message: bytes) -> bytes:
    """RFC 2104, section 2."""
    block = (sm3(key) if len(key) > 64 else key).ljust(64, b"\0")
    return sm3(bytes(byte ^ 0x5C for byte in block) + sm3(bytes(byte ^ 0x36 for byte in block) + message))


def by_the_library(key: bytes, message: bytes) -> bytes:
    mac = HMAC(key, SM3())
    mac.update(message)
    return mac.finalize()


@pytest.mark.parametrize(("message", "expected"), HASHES, ids=["abc", "abcd x 16"])
def test_the_hash_below_is_that_of_the_standard(message: bytes, expected: str) -> None:
    assert sm3(message).hex() == expected


@pytest.mark.parametrize(("key", "message", "expected"), MACS, ids=[str(len(key)) for key, *_ in MACS])
def test_published_vectors(key: bytes, message: bytes, expected: str) -> None:
    assert hmac_sm3(pa.array([message]), key).tobytes().hex() == expected


@given(values=COLUMNS, key=st.binary(min_size=16, max_size=100))
def test_equals_others_value_by_value(values: list[bytes | None], key: bytes) -> None:
    others = [written_out, by_the_library]
    if "sm3" in hashlib.algorithms_available:  # as Python was built
        others.append(lambda key, message: hmac.digest(key, message, "sm3"))
    for column in layouts(values):
        digests = [row.tobytes() for row in hmac_sm3(column, key)]
        for other in others:
            assert digests == [other(key, value or b"") for value in values]


def test_equals_others_at_every_length() -> None:
    values = [bytes(range(length)) for length in range(101)]
    assert [row.tobytes() for row in hmac_sm3(pa.array(values), b"k" * 32)] == [
        written_out(b"k" * 32, value) for value in values
    ]


def test_refuses_a_short_key_and_other_types() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        hmac_sm3(pa.array(["a"]), bytes(15))
    with pytest.raises(TypeError, match="a cipher takes text or binary columns"):
        hmac_sm3(pa.array([1]), bytes(32))
