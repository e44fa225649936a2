from __future__ import annotations

import base64
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form

pseudonymize = plugins.load("gongkai.transforms", "pseudonymize")
KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("cipher", "algorithm", "size"), [("aes", algorithms.AES, 32), ("sm4", algorithms.SM4, 16)], ids=["aes", "sm4"]
)
@settings(deadline=None)
@given(values=st.lists(st.text(min_size=1), min_size=1, max_size=5), length=st.integers(12, 25))
def test_is_the_base32_of_the_cmac(cipher: str, algorithm: Any, size: int, values: list[str], length: int) -> None:
    out = pseudonymize.apply(pa.array(values), key=KEY, cipher=cipher, length=length).to_pylist()
    for value, published in zip(values, out, strict=True):
        mac = CMAC(algorithm(KEY[:size]))
        mac.update(value.encode())
        assert published == base64.b32encode(mac.finalize()).decode().lower()[:length]


def test_equal_values_meet_wherever_they_stand() -> None:
    first = pseudonymize.apply(pa.array(["a", "b", None, "a"]), key=KEY).to_pylist()
    second = pseudonymize.apply(pa.array(["", "b" * 40, "a"]), key=KEY).to_pylist()
    assert first[0] == first[3] == second[2] != first[1]
    assert first[2] is None
    assert second[0] == ""


def test_numbers_are_named_as_they_are_written() -> None:
    assert pseudonymize.apply(pa.array([42]), key=KEY).equals(pseudonymize.apply(pa.array(["42"]), key=KEY))


def test_another_key_changes_every_output() -> None:
    column = pa.array([str(number) for number in range(500)])
    outs = [
        pseudonymize.apply(column, key=key, cipher=cipher).to_pylist()
        for key in (KEY, KEY[:31] + b"!", b"!" + KEY[1:])
        for cipher in ("aes", "sm4")
    ]
    outs.pop(3)  # SM4 takes the first 16 bytes, which the second key shares with the first
    assert len(set().union(*outs)) == 500 * len(outs)


def test_reveals_only_equality() -> None:
    assert pseudonymize.reveals() == Disclosure(Form.LINK, linkable=True)


@pytest.mark.parametrize("length", [0, 11, 26])
def test_refuses_a_length(length: int) -> None:
    with pytest.raises(ValueError, match="length is 12 to 25"):
        pseudonymize.apply(pa.array(["a"]), key=KEY, length=length)
    with pytest.raises(ValueError, match="length is 12 to 25"):
        pseudonymize.reveals(length=length)
