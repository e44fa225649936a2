"""Every identifier keeps the same contract: one value and a column are judged alike, nothing raises, nothing is lost."""

from __future__ import annotations

import random
import re
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import get_args

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai import plugins, rules
from gongkai.identifiers._errors import REASONS, InvalidIdentifier
from gongkai.identifiers._types import Boundary, Evidence
from gongkai.project import SHIPPED

PACKAGE = "gongkai.identifiers"
NAMES = plugins.modules(PACKAGE)
SEPARATORS = " -\t　－·'()转/.:,"
ALPHABET = "0123456789ABCXYZabcx@_%１２Ｘ京粤警学年月日ſıß" + SEPARATORS
WIDE = {code: 0xFEE0 + code for code in range(0x21, 0x7F)}


@pytest.fixture(params=NAMES)
def kind(request: pytest.FixtureRequest) -> ModuleType:
    return import_module(f"{PACKAGE}.{request.param}")


@cache
def generated(name: str) -> tuple[str, ...]:
    chance = random.Random(name)
    return tuple(import_module(f"{PACKAGE}.{name}").generate(chance) for _ in range(200))


@cache
def corpus() -> tuple[str, ...]:
    """Values of every kind, as they are and spoiled."""
    chance = random.Random(7)
    texts = [text for name in NAMES for text in generated(name)[:20]]
    return tuple(texts + [spoiled(text, chance) for text in texts for _ in range(3)] + ["", " ", "0", "　", "\u00a0", "X" * 400, "1 " * 200])


def spoiled(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    letter = chance.choice(ALPHABET)
    ways = (
        text[:at] + letter + text[at + 1 :],
        text[:at] + letter + text[at:],
        text[:at] + text[at + 1 :],
        text[:at] + chance.choice(SEPARATORS) + text[at:],
        text.lower(),
        text.upper(),
        text.translate(WIDE),
        f" {text}\t",
        text[::-1],
        text + text,
    )
    return chance.choice(ways)


def judged(kind: ModuleType, column: pa.Array) -> list[bool | None]:
    result = kind.check(column)
    assert result.type == pa.bool_()
    return result.to_pylist()


def test_a_module_says_what_it_is(kind: ModuleType) -> None:
    assert kind.ENTITY in rules.load(SHIPPED).entities
    assert kind.EVIDENCE in get_args(Evidence)
    assert kind.BOUNDARY in get_args(Boundary)
    assert re.search(r"[\u4e00-\u9fff]|[A-Z]", kind.TITLE)
    assert isinstance(kind.CONTEXT, tuple)
    assert kind.EVIDENCE != "weak" or kind.CONTEXT


def test_find_is_a_core_for_both_engines(kind: ModuleType) -> None:
    core = re.compile(kind.FIND)
    assert core.groups == 0
    assert not re.search(r"\\[bBwWdDsSAZz]|\(\?[^:]|[\^$](?![^\[]*\])", kind.FIND)
    pc.match_substring_regex(pa.array(["x"]), kind.FIND)


def test_generated_values_hold(kind: ModuleType) -> None:
    texts = generated(name_of(kind))
    assert all(map(kind.is_valid, texts))
    assert len(set(texts)) > 150
    assert judged(kind, pa.array(texts)) == [True] * len(texts)


def test_find_finds_them_in_chinese_text(kind: ModuleType) -> None:
    beside = {"number": "[0-9A-Za-z]", "token": "[0-9A-Za-z@._-]"}[kind.BOUNDARY]
    core = re.compile(f"(?<!{beside})(?:{kind.FIND})(?!{beside})")
    for text in generated(name_of(kind)):
        for sentence in (f"其为{text}，请核实", f"号码：{text}。"):
            found = core.search(sentence)
            assert found is not None
            assert found.group() == text


def test_check_equals_is_valid(kind: ModuleType) -> None:
    texts = corpus()
    wrong = [text for text, flag in zip(texts, judged(kind, pa.array(texts)), strict=True) if flag != kind.is_valid(text)]
    assert wrong == []


@given(texts=st.lists(st.one_of(st.text(), st.text(ALPHABET), st.none()), max_size=20))
@settings(max_examples=25)
def test_check_equals_is_valid_on_any_text(texts: list[str | None]) -> None:
    texts = [text if text is None else text.encode("utf-8", "ignore").decode() for text in texts]
    for name in NAMES:
        kind = import_module(f"{PACKAGE}.{name}")
        expected = [None if text is None else kind.is_valid(text) for text in texts]
        assert judged(kind, pa.array(texts, pa.string())) == expected


def test_compacting_twice_changes_nothing(kind: ModuleType) -> None:
    for text in corpus():
        once = kind.compact(text)
        assert kind.compact(once) == once
        assert kind.is_valid(once) == kind.is_valid(text)


def test_what_validates_is_compact(kind: ModuleType) -> None:
    for text in generated(name_of(kind)):
        assert kind.validate(text) == kind.compact(text)
        assert kind.validate(text.translate(WIDE)) == kind.compact(text)
        assert kind.validate(f" {text}　") == kind.compact(text)


def test_a_refusal_says_why_and_tells_nothing(kind: ModuleType) -> None:
    refused = 0
    for text in corpus():
        try:
            kind.validate(text)
        except InvalidIdentifier as error:
            refused += 1
            assert error.reason in REASONS
            assert len(text) < 6 or text not in str(error) + repr(error)
    assert refused


def test_every_layout_of_a_column_is_judged_alike(kind: ModuleType) -> None:
    texts: list[str | None] = [*generated(name_of(kind))[:20], None, "", "x", None, *corpus()[-300:]]
    expected = [None if text is None else kind.is_valid(text) for text in texts]
    column = pa.array(texts, pa.string())
    assert judged(kind, column) == expected
    assert judged(kind, column.cast(pa.large_string())) == expected
    assert judged(kind, column.dictionary_encode()) == expected
    assert judged(kind, column.slice(3, 20)) == expected[3:23]
    assert judged(kind, column.cast(pa.large_string()).slice(18)) == expected[18:]
    assert judged(kind, column.slice(0, 0)) == []
    assert judged(kind, pa.array([], pa.string())) == []
    assert judged(kind, pa.array([None, None], pa.string())) == [None, None]
    assert judged(kind, pa.array([None], pa.null())) == [None]


def test_blocks_are_put_together_in_order(kind: ModuleType) -> None:
    texts = [*generated(name_of(kind))[:50], "x", None, "", "一二三"]
    many = texts * 800
    assert judged(kind, pa.array(many)) == judged(kind, pa.array(texts)) * 800


def name_of(kind: ModuleType) -> str:
    return kind.__name__.rpartition(".")[2]
