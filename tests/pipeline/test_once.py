"""One run reads each thing once: the rules, the entry, and in each step the plan."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.conftest import City

from gongkai import documents, pipeline, rules
from gongkai.pipeline import steps
from gongkai.plan import Plan
from gongkai.registry.entry import Entry


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    seen: Counter[str] = Counter()

    def count(owner: Any, name: str, what: str) -> None:
        before = getattr(owner, name)

        def run(*arguments: Any, **named: Any) -> Any:
            seen[what] += 1
            return before(*arguments, **named)

        monkeypatch.setattr(owner, name, run)

    count(rules, "_load", "rules loaded")
    count(Entry, "model_validate", "entry validated")
    count(Plan, "parse", "plan parsed")
    count(documents, "read", "documents read")
    return seen


def test_one_run_loads_the_rules_once_and_validates_the_entry_once(project: City, counted: Counter[str]) -> None:
    project.register()
    counted.clear()
    assert project.run().verdict == "published"
    assert counted["rules loaded"] == 1
    assert counted["entry validated"] == 1
    assert counted["plan parsed"] <= len(steps.STEPS)


@pytest.mark.parametrize("step", steps.STEPS)
def test_a_step_parses_the_plan_at_most_once(project: City, counted: Counter[str], step: str) -> None:
    project.register()
    ours = project.project
    ref: Any = None
    for name in steps.STEPS:
        counted.clear()
        ref = pipeline.desensitize(ours, project.code, "r-1") if ref is None else getattr(pipeline, name)(ours, ref)
        if name == step:
            assert counted["plan parsed"] <= 1
            return
