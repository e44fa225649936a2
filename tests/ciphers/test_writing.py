from __future__ import annotations

import base64
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ciphers.writing import Alphabet, capacity, written


def by_hand(digest: bytes, alphabet: str) -> str:
    if alphabet == "base32":
        return base64.b32encode(digest).decode().lower().rstrip("=")
    if alphabet == "hex":
        return digest.hex()
    return str(int.from_bytes(digest)).zfill(len(str(2 ** (8 * len(digest)) - 1)))


PART: dict[str, Callable[[str, int], str]] = {
    "base32": lambda text, length: text[:length],
    "hex": lambda text, length: text[:length],
    "digits": lambda text, length: text[len(text) - length :],
}


@pytest.mark.parametrize("alphabet", ["base32", "hex", "digits"])
@pytest.mark.parametrize("size", [16, 32])
@given(st.data())
def test_equals_what_is_written_by_hand(alphabet: Alphabet, size: int, data: st.DataObject) -> None:
    edges = st.sampled_from([bytes(size), b"\xff" * size, b"\0" * (size - 1) + b"\1", b"\x80" + bytes(size - 1)])
    digests = data.draw(st.lists(st.one_of(edges, st.binary(min_size=size, max_size=size)), max_size=5))
    given_ = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, size)
    full = [by_hand(digest, alphabet) for digest in digests]
    assert [row.tobytes().decode() for row in written(given_, alphabet)] == full
    length = data.draw(st.integers(1, capacity(alphabet, 8 * size)))
    assert [row.tobytes().decode() for row in written(given_, alphabet, length)] == [
        PART[alphabet](text, length) for text in full
    ]


@pytest.mark.parametrize(
    ("alphabet", "bits", "characters"), [("base32", 256, 51), ("hex", 256, 64), ("digits", 256, 77), ("digits", 128, 38)]
)
def test_capacity(alphabet: Alphabet, bits: int, characters: int) -> None:
    assert capacity(alphabet, bits) == characters


@pytest.mark.parametrize(("alphabet", "length"), [("base32", 27), ("hex", 33), ("digits", 40)])
def test_refuses_more_than_there_is(alphabet: Alphabet, length: int) -> None:
    with pytest.raises(ValueError, match="128 bits fill"):
        written(np.zeros((1, 16), np.uint8), alphabet, length)


def test_more_than_are_written_at_once() -> None:
    digests = np.random.default_rng(1).integers(0, 256, (20_000, 16), np.uint8)
    texts = [row.tobytes().decode() for row in written(digests, "digits")]
    assert texts == [by_hand(digest.tobytes(), "digits") for digest in digests]
