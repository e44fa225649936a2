"""What may be written as a key, and what is refused without quoting it."""

from __future__ import annotations

import secrets
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.keys.written import GOOD, LATER, NEXT, key

from gongkai.errors import ConfigError
from gongkai.keys.lines import parse

PATTERN = "0123456789abcdef"
DIGITS = "3141592653589793238462643383279502884197169399375105820974944592"
REFUSED = [
    ("empty", "", "empty or not written version:hex"),
    ("blank", " \n", "empty or not written version:hex"),
    ("no bytes", "1:", "version 1 has 0 bytes"),
    ("no version", GOOD, "not written version:hex"),
    ("version 0", f"0:{GOOD}", "not written version:hex"),
    ("a leading zero", f"01:{GOOD}", "not written version:hex"),
    ("negative version", f"-1:{GOOD}", "not written version:hex"),
    ("half a byte", f"1:{GOOD[:-1]}", "not written version:hex"),
    ("not hexadecimal", f"1:{GOOD[:-2]}zz", "not written version:hex"),
    ("Chinese", "1:密钥", "not written version:hex"),
    ("full-width", f"１:{GOOD}", "not written version:hex"),
    ("a space behind the colon", f"1: {GOOD}", "not written version:hex in line 2 of 2"),
    ("15 bytes", f"1:{GOOD[:30]}", "version 1 has 15 bytes"),
    ("zeros", f"1:{'00' * 32}", "version 1 is not random"),
    ("one byte repeated", f"1:{'5a' * 32}", "not random"),
    ("four bytes repeated", f"1:{'deadbeef' * 8}", "not random"),
    ("eight bytes repeated", f"1:{PATTERN * 4}", "not random"),
    ("eight bytes repeated, cut", f"1:{(PATTERN * 4)[:-2]}", "not random"),
    ("sixteen bytes twice", f"1:{GOOD[:32] * 2}", "not random"),
    ("rising", f"1:{bytes(range(32)).hex()}", "not random"),
    ("falling", f"1:{bytes(range(32, 0, -1)).hex()}", "not random"),
    ("by threes", f"1:{bytes(range(0, 96, 3)).hex()}", "not random"),
    ("a sentence", f"1:{b'correct horse battery staple, 42'.hex()}", "not random"),
    ("decimal digits", f"1:{DIGITS}", "not random"),
    ("an old version that is weak", f"1:{'00' * 32}\n2:{GOOD}", "version 1 is not random"),
    ("an old version that is short", f"2:{GOOD}\n1:{NEXT[:20]}", "version 1 has 10 bytes"),
    ("an old version that is broken", f"2:{GOOD}\n1:zz", "not written version:hex in line 2 of 2"),
    ("a version twice", f"1:{GOOD}\n1:{NEXT}", "version 1 stands there 2 times"),
    ("the same line twice", f"1:{GOOD}\n1:{GOOD}", "version 1 stands there 2 times"),
    ("one secret for two versions", f"1:{GOOD}\n2:{GOOD.upper()}\n3:{NEXT}", "versions 1 and 2 are one secret"),
]


@pytest.mark.parametrize(("written", "problem"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(written: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        parse("default", written, place="keys/default.key")
    told = f"{caught.value} {caught.value!r}"
    assert told.startswith("keys/default.key: ")
    assert "openssl rand" in told
    for line in written.split():
        digits = line.rpartition(":")[2]
        assert len(digits) < 8 or digits not in told


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("default", f"1:{'00' * 32}\n2:{GOOD[:20]}\n3:{NEXT}\n3:{LATER}", place="p")
    assert len(caught.value.faults) == 3


@given(st.sets(st.integers(1, 999_999_999), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_what_is_taken_is_what_was_written(numbers: set[int], chance: Random) -> None:
    """Each version with its own secret, rising, in whatever order they stand."""
    given = {number: sha256(f"{number}".encode()).digest() for number in numbers}
    lines = [f"{version}:{secret.hex()}" for version, secret in given.items()]
    chance.shuffle(lines)
    made = parse("default", "\n".join(lines), place="p")
    assert [(each.version, each.secret) for each in made] == sorted(given.items())


def test_random_keys_are_taken() -> None:
    """2000 of the shortest: one false alarm has odds of less than a thousandth here, two of less than a millionth."""
    refused = 0
    for _ in range(2000):
        digits = secrets.token_hex(16)
        try:
            assert parse("default", f"1:{digits}", place="p") == (key(1, digits),)
        except ConfigError:
            refused += 1
    assert refused <= 1
