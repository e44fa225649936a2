"""What is shown: lines where nobody watches, a picture on a terminal, and outcomes held against what should be."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from gongkai.demo import outcomes, project
from gongkai.demo.console import Screen
from gongkai.demo.outcomes import Outcome
from gongkai.registry.store import Registry, RunRecord

GOOD = Outcome("market-a", "甲数据", 3, 2000, 1990, "published", "000001-ab", True)
HELD = Outcome("market-b", "乙数据", 1, 100, None, "refused", "scan.mobile: mobile numbers in published text", True)
WRONG = Outcome("market-c", "丙数据", 1, None, None, "failed", "it never ran", False)


def shown(*found: Outcome, terminal: bool = False) -> str:
    text = io.StringIO()
    Screen(Console(file=text, force_terminal=terminal, width=120)).results(Path("/city"), found)
    return text.getvalue()


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "file"])
@pytest.mark.parametrize(
    "expected",
    [
        "甲数据",
        "market-a",
        "2,000",
        "1,990",
        "已发布",
        "已拒绝",
        "scan.mobile",
        "gongkai show market-a",
        "000001-ab",
        "market-a/current/report.html",
        "each as it",
    ],
)
def test_the_last_table_says(expected: str, terminal: bool) -> None:
    assert expected in shown(GOOD, HELD, terminal=terminal)


def test_what_should_not_be_is_named() -> None:
    assert "not as it should be 与预期不符: market-c" in shown(GOOD, WRONG)
    assert "each as it should be" not in shown(GOOD, WRONG)


def test_a_file_gets_one_line_for_every_step() -> None:
    text = io.StringIO()
    screen = Screen(Console(file=text))
    with screen.watching({"a": "甲"}):
        screen.tasks("a", {"desensitize": "running", "check": None})
        screen.tasks("a", {"desensitize": "running", "check": None})
        screen.tasks("a", {"desensitize": "success", "check": "failed"})
    words = [line.split()[2:] for line in text.getvalue().splitlines()]
    assert words == [
        ["a", "desensitize", "脱敏", "running"],
        ["a", "desensitize", "脱敏", "success"],
        ["a", "check", "检查", "failed"],
    ]


def test_a_terminal_gets_a_picture() -> None:
    text = io.StringIO()
    screen = Screen(Console(file=text, force_terminal=True, width=120))
    with screen.watching({"a": "甲数据", "b": "乙数据"}):
        screen.tasks("a", {"desensitize": "success", "check": "failed", "package": "upstream_failed", "cleanup": "success"})
    assert all(part in text.getvalue() for part in ("甲数据", "乙数据", "✓", "✗", "·", "1 of 2 datasets"))


OTHER = {"verdict": "published", "release": "1-ab", "reasons": []}
CASES: list[tuple[str, str, list[dict[str, Any]], bool]] = [
    ("published", "market-food-inspections", [OTHER], True),
    ("published, then unchanged", "market-food-inspections", [OTHER, {**OTHER, "verdict": "unchanged"}], True),
    (
        "refused, though it is good",
        "market-food-inspections",
        [{"verdict": "refused", "reasons": ["rule.U-01: not so"]}],
        False,
    ),
    ("never ran", "market-food-inspections", [], False),
    (
        "refused for its reason",
        "market-consumer-complaints",
        [{"verdict": "refused", "reasons": ["approval.closed: no"]}],
        True,
    ),
    ("refused for another", "market-consumer-complaints", [{"verdict": "refused", "reasons": ["approval.missing: no"]}], False),
    ("published, though closed", "market-consumer-complaints", [OTHER], False),
]


@pytest.mark.parametrize(("code", "runs", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_outcomes_are_held_against_what_should_be(
    tmp_path: Path, code: str, runs: list[dict[str, Any]], expected: bool
) -> None:
    with project.fresh(tmp_path / "demo") as made:
        project.register(made)
        registry = Registry(made.settings.database)
        for number, facts in enumerate(runs):
            registry.begin(code, f"r{number}")
            registry.finish(f"r{number}", _record(code, f"r{number}", **facts))
        found = {outcome.code: outcome for outcome in outcomes.collect(made)}
    assert found[code].expected is expected


def _record(code: str, run: str, **facts: Any) -> RunRecord:
    now = datetime.now(UTC)
    blank = dict.fromkeys(("revision", "plan", "release", "content", "watermark"))
    return RunRecord(
        **{
            **blank,
            "run": run,
            "code": code,
            "rows_in": 9,
            "rows_out": 9,
            "full": True,
            "started": now,
            "finished": now,
            **facts,
        }
    )
