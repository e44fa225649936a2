from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gongkai.ciphers import ff1, ff1_scalar
from gongkai.ciphers.limbs import minus, plus, remainder

AES_128 = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
AES_192 = AES_128 + bytes.fromhex("ef4359d8d580aa4f")
AES_256 = AES_192 + bytes.fromhex("7f036d6f04fc6a94")
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
TEN, NINETEEN = "0123456789", "0123456789abcdefghi"
TWEAK_10, TWEAK_36 = "39383736353433323130", "3737373770717273373737"
SAMPLES = [
    # NIST, examples with intermediate values for SP 800-38G: FF1 samples 1 to 9
    (AES_128, 10, "", TEN, "2433477484"),
    (AES_128, 10, TWEAK_10, TEN, "6124200773"),
    (AES_128, 36, TWEAK_36, NINETEEN, "a9tv40mll9kdu509eum"),
    (AES_192, 10, "", TEN, "2830668132"),
    (AES_192, 10, TWEAK_10, TEN, "2496655549"),
    (AES_192, 36, TWEAK_36, NINETEEN, "xbj3kv35jrawxv32ysr"),
    (AES_256, 10, "", TEN, "6657667009"),
    (AES_256, 10, TWEAK_10, TEN, "1001623463"),
    (AES_256, 36, TWEAK_36, NINETEEN, "xs8a0azh2avyalyzuwd"),
]
RADICES = st.one_of(st.sampled_from([2, 3, 10, 16, 26, 36, 62, 255, 256, 1_000, 65_535, 65_536]), st.integers(2, 65_536))


@st.composite
def cases(draw: st.DrawFn, longest: int = 100) -> dict[str, Any]:
    """Numerals of one radix and length in some rows, a key, a cipher, and a tweak for all rows or one for each."""
    radix = draw(RADICES)
    shortest = next(length for length in range(2, 21) if radix**length >= 1_000_000)
    length, rows = draw(st.integers(shortest, longest)), draw(st.integers(0, 3))
    seed = draw(st.integers(0, 2**32))
    numerals = np.random.default_rng(seed).integers(0, radix, (rows, length))
    if draw(st.booleans()):
        numerals[:] = draw(st.sampled_from([0, radix - 1]))
    cipher = draw(st.sampled_from(["aes", "sm4"]))
    size = draw(st.sampled_from([16, 24, 32])) if cipher == "aes" else 16
    tweak: Any = draw(st.binary(max_size=40))
    if draw(st.booleans()):
        tweak = np.random.default_rng(seed + 1).integers(0, 256, (rows, len(tweak)), np.uint8)
    given_ = {"radix": radix, "tweak": tweak, "cipher": cipher}
    return {"numerals": numerals.astype(np.uint16), "key": draw(st.binary(min_size=size, max_size=size)), "given": given_}


def one_by_one(numerals: Any, key: bytes, radix: int, tweak: Any, cipher: Any) -> list[list[int]]:
    tweaks = [
        tweak if isinstance(tweak, bytes) else each.tobytes() for each in (numerals if isinstance(tweak, bytes) else tweak)
    ]
    return [
        ff1_scalar.encrypt(row.tolist(), key, radix=radix, tweak=each, cipher=cipher)
        for row, each in zip(numerals, tweaks, strict=True)
    ]


@pytest.mark.parametrize(("key", "radix", "tweak", "plain", "expected"), SAMPLES, ids=[str(number) for number in range(1, 10)])
def test_official_samples(key: bytes, radix: int, tweak: str, plain: str, expected: str) -> None:
    given_ = [ALPHABET.index(sign) for sign in plain]
    wanted = [ALPHABET.index(sign) for sign in expected]
    how: dict[str, Any] = {"radix": radix, "tweak": bytes.fromhex(tweak)}
    assert ff1_scalar.encrypt(given_, key, **how) == wanted
    assert ff1_scalar.decrypt(wanted, key, **how) == given_
    rows = np.array([given_] * 3, np.uint8)
    assert ff1.encrypt(rows, key, **how).tolist() == [wanted] * 3
    assert ff1.decrypt(np.array([wanted], np.uint8), key, **how).tolist() == [given_]


@given(cases())
def test_equals_the_scalar_row_by_row_and_can_be_undone(case: dict[str, Any]) -> None:
    numerals, key, given_ = case["numerals"], case["key"], case["given"]
    enciphered = ff1.encrypt(numerals, key, **given_)
    assert enciphered.dtype == numerals.dtype
    assert enciphered.tolist() == one_by_one(numerals, key, **given_)
    assert np.array_equal(ff1.decrypt(enciphered, key, **given_), numerals)


@pytest.mark.parametrize("radix", [2, 10, 36, 65_536])
def test_equals_the_scalar_at_every_length(radix: int) -> None:
    shortest = next(length for length in range(2, 21) if radix**length >= 1_000_000)
    for length in range(shortest, 101):
        numerals = (np.arange(2 * length).reshape(2, length) * 7919 % radix).astype(np.uint16)
        enciphered = ff1.encrypt(numerals, AES_256, radix=radix)
        assert enciphered.tolist() == one_by_one(numerals, AES_256, radix, b"", "aes"), length
        assert np.array_equal(ff1.decrypt(enciphered, AES_256, radix=radix), numerals), length


@given(cases(longest=64))
def test_numbers_are_permuted_as_the_numerals_that_write_them(case: dict[str, Any]) -> None:
    numerals, key, given_ = case["numerals"], case["key"], case["given"]
    radix, length = given_["radix"], numerals.shape[1]
    if radix**length > 2**64:
        numerals = numerals[:, : int(64 // np.log2(radix))]
        length = numerals.shape[1]
    weights = [radix**place for place in reversed(range(length))]
    numbers = np.array([sum(int(n) * weight for n, weight in zip(row, weights, strict=True)) for row in numerals], np.uint64)
    expected = [sum(n * weight for n, weight in zip(row, weights, strict=True)) for row in one_by_one(numerals, key, **given_)]
    turned = ff1.permute(numbers, key, length=length, **given_)
    assert turned.tolist() == expected
    assert np.array_equal(ff1.permute(turned, key, length=length, forward=False, **given_), numbers)


def test_more_rows_than_are_laid_side_by_side() -> None:
    numerals = np.random.default_rng(3).integers(0, 10, (20_000, 18), np.uint8)
    tweaks = np.random.default_rng(4).integers(0, 256, (20_000, 7), np.uint8)
    enciphered = ff1.encrypt(numerals, AES_128, radix=10, tweak=tweaks)
    rows = [0, 8_191, 8_192, 19_999]
    assert enciphered[rows].tolist() == one_by_one(numerals[rows], AES_128, 10, tweaks[rows], "aes")
    assert np.array_equal(ff1.decrypt(enciphered, AES_128, radix=10, tweak=tweaks), numerals)


def test_is_a_permutation_of_the_least_domain() -> None:
    numbers = np.arange(1_000_000, dtype=np.uint64)
    turned = ff1.permute(numbers, AES_128, radix=10, length=6)
    assert np.array_equal(np.sort(turned), numbers)
    assert np.count_nonzero(turned == numbers) < 20  # one on average


def test_key_and_tweak_and_cipher_each_change_everything() -> None:
    numerals = np.random.default_rng(5).integers(0, 10, (1_000, 18), np.uint8)
    ways: list[dict[str, Any]] = [
        {"key": AES_128},
        {"key": AES_128[:-1] + b"!"},
        {"key": AES_256},
        {"key": AES_128, "tweak": b"\0"},
        {"key": AES_128, "tweak": b"\0\0"},
        {"key": AES_128, "cipher": "sm4"},
    ]
    turned = {row.tobytes() for way in ways for row in ff1.encrypt(numerals, radix=10, **way)}
    assert len(turned) == len(ways) * len(numerals)


REFUSED = [
    ("a radix of one", {"radix": 1}, (1, 30), "radix of FF1 is 2 to 65,536"),
    ("a radix beyond two bytes", {"radix": 65_537}, (1, 30), "radix of FF1 is 2 to 65,536"),
    ("five digits", {"radix": 10}, (1, 5), "at least 1,000,000"),
    ("three letters or digits", {"radix": 36}, (1, 3), "at least 1,000,000"),
    ("nineteen bits", {"radix": 2}, (1, 19), "at least 1,000,000"),
    ("one numeral", {"radix": 65_536}, (1, 1), "at least 1,000,000"),
    ("more than maxlen", {"radix": 2}, (1, 4_097), "at most 4,096"),
]


@pytest.mark.parametrize(("how", "shape", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refuses(how: dict[str, Any], shape: tuple[int, int], said: str) -> None:
    rows = np.zeros(shape, np.uint8)
    for turn in (ff1.encrypt, ff1.decrypt):
        with pytest.raises(ValueError, match=said):
            turn(rows, AES_128, **how)
    for turn_one in (ff1_scalar.encrypt, ff1_scalar.decrypt):
        with pytest.raises(ValueError, match=said):
            turn_one(rows[0].tolist(), AES_128, **how)


def test_refuses_numerals_outside_the_radix_and_tweaks_for_other_rows() -> None:
    with pytest.raises(ValueError, match="below the radix"):
        ff1.encrypt(np.full((1, 6), 10, np.uint8), AES_128, radix=10)
    with pytest.raises(ValueError, match="below the radix"):
        ff1_scalar.encrypt([10] * 6, AES_128, radix=10)
    with pytest.raises(ValueError, match="for all rows or for each"):
        ff1.encrypt(np.zeros((3, 6), np.uint8), AES_128, radix=10, tweak=np.zeros((2, 4), np.uint8))
    with pytest.raises(ValueError, match="every number is below"):
        ff1.permute(np.array([10**6], np.uint64), AES_128, radix=10, length=6)
    with pytest.raises(ValueError, match="every number is below"):
        ff1.permute(np.array([0], np.uint64), AES_128, radix=10, length=20)


@pytest.mark.parametrize(
    ("count", "length", "radix"), [(10**9, 3, 1_000), (10**9 + 1, 3, 1_001), (10**6, 20, 2), (2**64, 4, 65_536)]
)
def test_the_least_radix_for_a_count(count: int, length: int, radix: int) -> None:
    assert ff1.radix_for(count, length) == radix


def test_no_radix_is_enough() -> None:
    with pytest.raises(ValueError, match="radix of FF1"):
        ff1.radix_for(2**64 + 1, 4)


@given(number=st.integers(0, 2**96 - 1), modulus=st.integers(1, 2**62 - 1))
@example(2**96 - 1, 2**62 - 1)
@example(2**96 - 1, 2**32)
@example(2**96 - 1, 2**32 + 1)
@example(2**96 - 1, 10**18)
def test_remainders_are_exact(number: int, modulus: int) -> None:
    high, low = np.array([number >> 32], np.uint64), np.array([number & 0xFFFFFFFF], np.uint64)
    assert remainder(high, low, modulus).tolist() == [number % modulus]
    if modulus <= 2**32:
        assert remainder(high, None, modulus).tolist() == [(number >> 32) % modulus]


@given(st.integers(1, 2**62 - 1), st.data())
def test_sums_and_differences_stay_remainders(modulus: int, data: st.DataObject) -> None:
    left, right = (data.draw(st.integers(0, modulus - 1)) for _ in range(2))
    words = np.array([left], np.uint64), np.array([right], np.uint64)
    assert plus(*words, modulus).tolist() == [(left + right) % modulus]
    assert minus(*words, modulus).tolist() == [(left - right) % modulus]
