"""Reading hand-written YAML: what stays text, what is refused, and that no value is repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gongkai import documents

CANARY = "S3cretCanary"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 011", "011"),
        ("a: 02:30", "02:30"),
        ("a: 2026-01-01", "2026-01-01"),
        ("a: no", "no"),
        ("a: off", "off"),
        ("a: 1e5", "1e5"),
        ("a: 0x1F", "0x1F"),
        ("a: 1_000", "1_000"),
        ("a: .inf", ".inf"),
        ("a: =", "="),
        ("a: 110105194912310021", 110105194912310021),
        ("a: -3", -3),
        ("a: 1.50", 1.5),
        ("a: true", True),
        ("a: False", False),
        ("a:", None),
        ("a: ~", None),
        ("a: null", None),
        ("a: 'null'", "null"),
        ('a: "011"', "011"),
        ("a: |\n  x\n  y\n", "x\ny\n"),
        ("﻿a: 中文", "中文"),
    ],
)
def test_only_what_looks_like_nothing_else_is_not_text(tmp_path: Path, text: str, expected: Any) -> None:
    path = tmp_path / "a.yml"
    path.write_text(text, "utf-8")
    assert documents.read(path, "a.yml") == ({"a": expected}, [])


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (f"a: 1\na: {CANARY}", "a", "is written twice (line 2)"),
        (f"b:\n- a: 1\n  a: {CANARY}", "b[0].a", "is written twice (line 3)"),
        (f"a: *{CANARY}", "line 1", "anchor or alias"),
        (f"a: &{CANARY} x", "line 1", "anchor or alias"),
        (f"x: 1\na: !{CANARY} x", "line 2", "quote a text that begins with !"),
        ("a: !!binary aGk=", "line 1", "tag"),
        (f"a: @{CANARY}", "line 1", "not readable"),
        (f"a: '{CANARY}", "line 1", "not readable"),
        (f"\ta: {CANARY}", "line 1", "spaces, not tabs"),
        (f"a: {CANARY}\n---\nb: 1", "line 2", "not readable"),
        (f"a: {CANARY}: x", "line 1", "not readable"),
        ("a: {b: c, 1: 2}", "a", 'quote it, as in "1"'),
        ("a: {no: 1, true: 2}", "a", "key that is not text"),
        (f"? [{CANARY}]\n: b", "", "key that is not text"),
        ('a: "\\0"', "a", "control character"),
        ("a: \x01", "", "character YAML does not allow"),
        (f"a: {'9' * 50}", "a", "quote it if it is text"),
        ("a: 1.0e400", "a", "quote it if it is text"),
        ("a: " + "[" * 3000, "line 1", "nested too deeply"),
        ("a: " + "[" * 60 + "]" * 60, "line 1", "nested too deeply"),
        (f"b:\n  'mysql://u:{CANARY}@h': 1\n  'mysql://u:{CANARY}@h': 1\n", "b.…", "written twice"),
    ],
)
def test_what_is_refused_is_told_by_place_and_never_by_value(text: str, key: str, words: str) -> None:
    _, faults = documents.parse(text, "a.yml")
    assert [fault.key for fault in faults] == [key]
    assert words in str(faults[0])
    assert CANARY not in str(faults[0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: 中文".encode("gbk"), "is not UTF-8"),
        (b"a: " + b"x" * documents.MAX_BYTES, "is larger than"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_text_is_told(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "a.yml"
    if content is not None:
        path.write_bytes(content)
    document, faults = documents.read(path, "a.yml")
    assert document is None
    assert [words in str(fault) for fault in faults] == [True]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(categories=["L"])), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_every_plain_value_comes_back_as_it_was_written(value: Any) -> None:
    written = yaml.dump({"a": value}, Dumper=_NoAliases, allow_unicode=True)
    assert documents.parse(written, "a.yml") == ({"a": value}, [])


@given(st.text(max_size=200))
def test_any_text_gives_values_or_faults_and_nothing_else(text: str) -> None:
    value, faults = documents.parse(text, "a.yml")
    assert faults or value is None or isinstance(value, str | int | float | bool | list | dict)


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True
