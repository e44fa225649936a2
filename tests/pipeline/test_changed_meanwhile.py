"""What somebody changes while a run is under way: the run has one project, which remembers what it read; `publish` looks anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import City

from gongkai import lifecycle, pipeline
from gongkai.errors import ConfigError, Refused
from gongkai.formats import csv
from gongkai.pipeline import steps

MORE_THAN_HALF = "row_change: 1000\n"
METHOD = '''
from gongkai.disclosure import Disclosure, Form
TITLE, VERSION, TYPES = "不变", 1, frozenset({"decimal"})
def apply(column):
    return column
def reveals(entity):
    return Disclosure(Form.COARSE, width=1.0)
'''


def replace_policy(city: City) -> None:
    path = city.home / "rules" / "policy.yml"
    path.write_text(path.read_text("utf-8").replace("candidates: 20\n", "candidates: 1\n"), "utf-8")


def write_expectations(city: City) -> None:
    path = city.home / "expectations" / "hrss-cards.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(MORE_THAN_HALF, "utf-8")


def write_divisions(city: City) -> None:
    path = city.home / "rules" / "reference" / "divisions.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("370000,别省\n", "utf-8")


def write_format(city: City) -> None:
    path = city.home / "formats" / "csv.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(Path(str(csv.__file__)).read_text("utf-8") + "# edited\n", "utf-8")


@pytest.mark.parametrize("after", steps.STEPS[:-1])
@pytest.mark.parametrize("change", [replace_policy, write_expectations, write_format], ids=["policy", "expectations", "format"])
def test_a_change_during_a_run_is_seen_before_publication(project: City, after: str, change: Callable[[City], None]) -> None:
    project.register()
    ours = project.project
    ref: Any = None
    for name in steps.STEPS[:-1]:
        ref = pipeline.desensitize(ours, project.code, "r-1") if ref is None else getattr(pipeline, name)(ours, ref)
        if name == after:
            change(project)
    with pytest.raises(Refused, match=r"approval\.rules: what it stands on was changed"):
        pipeline.publish(ours, ref)
    assert project.published() is None


def test_a_change_of_what_decides_nothing_is_let(project: City) -> None:
    project.register()
    ours = project.project
    ref = pipeline.package(ours, pipeline.check(ours, pipeline.desensitize(ours, project.code, "r-1")))
    write_divisions(project)
    assert pipeline.publish(ours, ref).verdict == "published"


SOURCE = '''
from gongkai.sources.file import describe as _describe, scan as _scan
VERSION = 1
def describe(*, path, project):
    return _describe(path=path, project=project)
def scan(*, columns, since=None, path, project):
    project.file("rules", "reference/rates.csv")
    yield from _scan(columns=columns, since=since, path=path, project=project)
'''


def test_a_source_that_reads_what_no_approval_covers_is_stopped(project: City) -> None:
    (project.home / "sources").mkdir()
    (project.home / "sources" / "mapped.py").write_text(SOURCE, "utf-8")
    (project.home / "rules" / "reference").mkdir()
    (project.home / "rules" / "reference" / "rates.csv").write_text("2\n", "utf-8")
    project.write_entry(("{kind: file, path: drops/cards.csv}", "{kind: mapped, path: drops/cards.csv}"))
    project.register()
    with pytest.raises(ConfigError, match=r"rules/reference/rates\.csv: is read, but no approval covers it"):
        pipeline.desensitize(project.project, project.code, "r-1")


def test_an_own_method_of_too_few_rows_is_named(project: City) -> None:
    write_own_method(project, METHOD.replace("return column", "return column[1:]"))
    project.register()
    outcome = project.run()
    assert outcome.verdict != "published"
    assert [reason for reason in outcome.reasons if "method own gives" in reason], outcome.reasons


def test_an_own_method_that_cannot_take_no_rows_is_named(project: City) -> None:
    write_own_method(project, METHOD.replace("return column", "return column[0] and column"))
    with pytest.raises(ConfigError, match=r"transforms/own\.py: fails on a column without rows \(IndexError\)"):
        lifecycle.apply(project.project, [project.entry])


def write_own_method(city: City, text: str) -> None:
    """A city's own method, allowed by its policy and used by its entry."""
    (city.home / "transforms").mkdir()
    (city.home / "transforms" / "own.py").write_text(text, "utf-8")
    policy = city.home / "rules" / "policy.yml"
    allowed = policy.read_text("utf-8").replace("round,", "round, own,")
    assert "own," in allowed
    policy.write_text(allowed, "utf-8")
    city.write_entry(('"decimal(12,2)", entity: NONE, method: keep', '"decimal(12,2)", entity: NONE, method: own'))
