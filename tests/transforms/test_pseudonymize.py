from __future__ import annotations

import base64
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import example, given
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.disclosure import Disclosure, Form
from gongkai.project import SHIPPED

pseudonymize = plugins.load(SHIPPED, "transforms", "pseudonymize")
KEY = bytes(range(32))
ALGORITHMS: dict[str, Any] = {"aes": algorithms.AES(KEY), "sm4": algorithms.SM4(KEY[:16])}
CIPHERS = ["aes", "sm4", "sm3"]
LENGTHS = {  # what holds 60 bits, what is usual, what the digest fills
    ("base32", "aes"): (12, 20, 25), ("base32", "sm4"): (12, 20, 25), ("base32", "sm3"): (12, 20, 51),
    ("hex", "aes"): (15, 25, 32), ("hex", "sm4"): (15, 25, 32), ("hex", "sm3"): (15, 25, 64),
    ("digits", "aes"): (19, 31, 38), ("digits", "sm4"): (19, 31, 38), ("digits", "sm3"): (19, 31, 77),
}  # fmt: skip
KNOWN = [  # published names: they may never change
    ("110101199003070038", "nn7vslwnvvuyybrgpq7j"),
    ("13812345678", "x6xedzsz5sv4xkc6gwcs"),
    ("张三", "7eddliecvoig7sqt7cgw"),
]


def digest(value: str, cipher: str) -> bytes:
    mac: Any = HMAC(KEY, SM3()) if cipher == "sm3" else CMAC(ALGORITHMS[cipher])
    mac.update(value.encode())
    digested: bytes = mac.finalize()
    return digested


def written(digested: bytes, alphabet: str, length: int) -> str:
    if alphabet == "digits":
        return str(int.from_bytes(digested)).zfill(length)[-length:]
    text = digested.hex() if alphabet == "hex" else base64.b32encode(digested).decode().lower()
    return text[:length]


@pytest.mark.parametrize(("value", "name"), KNOWN, ids=["ID number", "mobile", "name"])
def test_what_was_published_stays(value: str, name: str) -> None:
    assert pseudonymize.apply(pa.array([value]), key=KEY).to_pylist() == [name]


@pytest.mark.parametrize(("alphabet", "cipher"), LENGTHS)
@given(values=st.lists(st.text(min_size=1), min_size=1, max_size=5), data=st.data())
def test_is_the_digest_as_it_is_written(alphabet: str, cipher: str, values: list[str], data: st.DataObject) -> None:
    shortest, usual, longest = LENGTHS[alphabet, cipher]
    length = data.draw(st.none() | st.integers(shortest, longest))
    out = pseudonymize.apply(pa.array(values), key=KEY, cipher=cipher, length=length, alphabet=alphabet).to_pylist()
    assert out == [written(digest(value, cipher), alphabet, length or usual) for value in values]


@pytest.mark.parametrize(("alphabet", "cipher"), LENGTHS)
def test_refuses_lengths_and_says_which_are_right(alphabet: str, cipher: str) -> None:
    shortest, _, longest = LENGTHS[alphabet, cipher]
    for length in (0, -1, shortest - 1, longest + 1):
        with pytest.raises(ValueError, match=f"length is {shortest} to {longest} characters of {alphabet}"):
            pseudonymize.apply(pa.array(["a"]), key=KEY, cipher=cipher, length=length, alphabet=alphabet)
        with pytest.raises(ValueError, match=f"length is {shortest} to {longest} characters of {alphabet}"):
            pseudonymize.reveals("PHONE", cipher=cipher, length=length, alphabet=alphabet)


@pytest.mark.parametrize("cipher", CIPHERS)
def test_equal_values_meet_wherever_they_stand(cipher: str) -> None:
    first = pseudonymize.apply(pa.array(["a", "b", None, "a"]), key=KEY, cipher=cipher).to_pylist()
    second = pseudonymize.apply(pa.array(["", "b" * 40, "a"]), key=KEY, cipher=cipher).to_pylist()
    assert first[0] == first[3] == second[2] != first[1]
    assert first[2] is None
    assert second[0] == ""


def test_numbers_are_named_as_they_are_written() -> None:
    for given_ in ({}, {"unique": True}, {"cipher": "sm3"}):
        numbers = pseudonymize.apply(pa.array([42, None, -7]), key=KEY, **given_)
        assert numbers.equals(pseudonymize.apply(pa.array(["42", None, "-7"]), key=KEY, **given_))


def test_another_key_changes_every_output() -> None:
    column = pa.array([str(number) for number in range(500)])
    ways: list[dict[str, Any]] = [{"cipher": cipher} for cipher in CIPHERS]
    ways += [{"cipher": cipher, "unique": True} for cipher in ("aes", "sm4")]
    outs = [
        pseudonymize.apply(column, key=key, **way).to_pylist()
        for way in ways
        for key in (KEY, b"!" + KEY[1:], KEY[:31] + b"!")
        if way["cipher"] != "sm4" or key[:16] != KEY[:16] or key == KEY  # SM4 takes the first 16 bytes
    ]
    assert len(outs) == 13
    assert len(set().union(*outs)) == 500 * len(outs)


UNIQUE = [("base32", 26), ("hex", 32), ("digits", 39)]
CODE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"
VALUES = st.one_of(st.text(CODE, min_size=1, max_size=22), st.text(min_size=1, max_size=18))
MEETING = ["0", "00", "a", "a\0", "\0", "张三", "A" + "." * 14, "." * 15, "." * 16, "x" * 20, "x" * 21, "110101199003070038"]


def enciphered(value: str, cipher: str) -> bytes:
    """The block of a value in whole numbers, or its CMAC where it has none."""
    raw = value.encode()
    if len(value) <= 20 and set(value) <= set(CODE):
        number = sum(CODE.index(sign) << 6 * (19 - place) for place, sign in enumerate(value))
        block = bytes([0x40 + len(value)]) + number.to_bytes(15)
    elif len(raw) <= 15:
        block = bytes([0x80 + len(raw)]) + raw.ljust(15, b"\0")
    else:
        return digest(value, cipher)
    return Cipher(ALGORITHMS[cipher], modes.ECB()).encryptor().update(block)


@pytest.mark.parametrize(("alphabet", "length"), UNIQUE)
@pytest.mark.parametrize("cipher", ["aes", "sm4"])
@given(values=st.sets(VALUES, max_size=8))
@example(values=set(MEETING))
def test_unique_names_are_the_whole_block(alphabet: str, length: int, cipher: str, values: set[str]) -> None:
    column = pa.array([*values, None, ""], pa.string())
    out = pseudonymize.apply(column, key=KEY, cipher=cipher, alphabet=alphabet, unique=True).to_pylist()
    assert out == [*(written(enciphered(value, cipher), alphabet, length) for value in values), None, ""]
    assert len(set(out)) == len(values) + 2


def test_unique_names_of_many_values_never_meet() -> None:
    column = pa.array([f"{number:x}" for number in range(200_000)])
    out = pseudonymize.apply(column, key=KEY, unique=True)
    assert len(out.unique()) == 200_000


REFUSED = [
    ({"unique": True, "cipher": "sm3"}, "unique takes aes or sm4"),
    ({"unique": True, "length": 26}, "length is not given beside unique"),
    ({"alphabet": "base64"}, "alphabet is one of base32, hex, digits"),
]


@pytest.mark.parametrize(("given_", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_refuses(given_: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        pseudonymize.apply(pa.array([], pa.string()), key=KEY, **given_)
    with pytest.raises(ValueError, match=said):
        pseudonymize.reveals("PERSON_NO", **given_)


def test_reveals_only_equality_and_where_it_holds() -> None:
    assert pseudonymize.reveals("CN_ID_CARD") == Disclosure(Form.LINK, linkable=True)
    assert pseudonymize.reveals("CN_ID_CARD", unique=True, domain="city") == Disclosure(Form.LINK, linkable=True, domain="city")
