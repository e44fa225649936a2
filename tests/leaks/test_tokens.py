from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.leaks import tokens
from gongkai.leaks.tokens import Hasher

HASHER = Hasher(bytes(range(64)))
TEXT = st.text(st.sampled_from("0189aZ@._+%-, :;京张三号，。（１Ａ！—\n\"'<>"), max_size=60)


def found(text: str, cut: object) -> list[str]:
    data = np.frombuffer(text.encode() + bytes(8), np.uint8)
    return [data[start:end].tobytes().decode() for start, end in zip(*cut(data), strict=True)]  # type: ignore[operator]


@given(st.lists(TEXT, max_size=20))
@settings(max_examples=60, deadline=None)
def test_a_hash_depends_on_the_value_alone(texts: list[str]) -> None:
    array = pa.array([*texts, *texts], pa.string())
    hashes = HASHER.of(array)
    assert (hashes[: len(texts)] == hashes[len(texts) :]).all()
    assert (HASHER.of(pa.array(["x", *texts]).slice(1)) == hashes[: len(texts)]).all()
    assert len(set(hashes.tolist())) == len(set(texts))


@given(TEXT)
@settings(max_examples=100, deadline=None)
def test_tokens_are_found_as_a_simple_reading_finds_them(text: str) -> None:
    import re

    narrow = [run.strip("._+-%") for run in re.findall(r"[0-9A-Za-z@._+%-]{8,}", text)]
    if not re.search(r"[._+%-]{4}", text):  # no more than three signs are taken off
        assert found(text, tokens.narrow) == [token for token in narrow if len(token) >= tokens.NARROW]
    wide = [run.strip("._+-%") for run in re.findall(r"[0-9A-Za-z@._+%京张三号１Ａ-]+", text)]
    if not re.search(r"[._+%-]{4}", text):
        assert found(text, lambda data: tokens.wide(data, 6)) == [t for t in wide if not t.isascii() and len(t.encode()) >= 6]


def test_numbers_one_digit_apart_do_not_meet() -> None:
    numbers = pa.array([f"{number:018d}" for number in range(200_000)])
    assert len(np.unique(HASHER.of(numbers))) == 200_000


def test_without_the_key_a_hash_says_nothing() -> None:
    values = pa.array(["13812345678", "13812345679"])
    other = Hasher(bytes(range(32)) + bytes(range(33, 65)))
    assert not set(HASHER.of(values).tolist()) & set(other.of(values).tolist())
    first = Hasher(bytes(range(1, 33)) + bytes(range(32, 64)))
    assert not set(HASHER.of(values).tolist()) & set(first.of(values).tolist())


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 16, 255, 256, 257, 5000])
def test_every_length_has_its_hash(length: int) -> None:
    one, other = HASHER.of(pa.array(["a" * length, "a" * (length + 1)])).tolist()
    assert one != other
