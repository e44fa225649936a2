"""What an approval stands on: anything that decides about what is published ends it, anything else does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gongkai import content, rules
from gongkai.registry import basis
from gongkai.registry.entry import Entry

RULES = rules.load()


def shipped(kind: str, name: str) -> str:
    return (content.shipped() / kind / name).read_text("utf-8")


@pytest.mark.parametrize(
    ("place", "text", "counts"),
    [
        ("expectations/social_card.yml", "tolerance: 1\n", True),
        ("expectations/_common.yml", "tolerance: 1\n", True),
        ("expectations/other.yml", "tolerance: 1\n", False),
        ("transforms/mask.py", shipped("transforms", "mask.py") + "# changed\n", True),
        ("transforms/mask.py", shipped("transforms", "mask.py"), False),
        ("transforms/mask.py", shipped("transforms", "mask.py").replace("\n", "\r\n"), False),
        ("transforms/bucket.py", "# not used by this entry\n", False),
        ("transforms/_full.py", shipped("transforms", "_full.py") + "# changed\n", True),
        ("transforms/own.py", "# not used by this entry\n", False),
    ],
)
def test_a_changed_file_counts_when_it_decides(
    home: Path, entry: Callable[..., Entry], place: str, text: str, counts: bool
) -> None:
    before = basis.rules_digest(entry(), RULES)
    path = home / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    assert (basis.rules_digest(entry(), RULES) != before) is counts


@pytest.mark.parametrize(("method", "counts"), [("redact_text", True), ("mask", False)])
def test_what_is_looked_for_in_text_counts_where_a_method_looks(
    home: Path, entry: Callable[..., Entry], method: str, counts: bool
) -> None:
    remarks = entry(columns=[{"name": "备注", "title": "备注", "entity": "FREE_TEXT", "method": method}])
    before = basis.rules_digest(remarks, RULES)
    (home / "rules").mkdir()
    (home / "rules" / "text.yml").write_text(shipped("rules", "text.yml").replace("mode: balanced", "mode: strict"))
    assert (basis.rules_digest(remarks, RULES) != before) is counts


def test_the_rules_count(entry: Callable[..., Entry]) -> None:
    assert basis.rules_digest(entry(), RULES) != basis.rules_digest(entry(), replace(RULES, digest="other"))


def test_it_is_the_same_each_time(entry: Callable[..., Entry]) -> None:
    assert basis.rules_digest(entry(), RULES) == basis.rules_digest(entry(), rules.load())


def test_a_file_that_changes_in_place_is_read_again(home: Path, entry: Callable[..., Entry]) -> None:
    path = home / "expectations" / "social_card.yml"
    path.parent.mkdir()
    digests = set()
    for text in ("a: 1\n", "a: 22\n", "a: 333\n"):
        path.write_text(text)
        digests.add(basis.rules_digest(entry(), RULES))
    assert len(digests) == 3
