"""Rules suggested beside a draft: what they say of a column's values is what its method says of itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests import entries
from tests.drafting.tables import Table

from gongkai.drafting import expectations, origin, profile
from gongkai.project import SHIPPED, Project

OWN = '''"""stars 星号: nothing but signs."""
import pyarrow.compute as pc
from gongkai.disclosure import Disclosure, Form
TITLE = "星号"
VERSION = 1
TYPES = frozenset({"text"})
def apply(column, *, count: int = 6):
    return pc.if_else(column.is_valid(), "#" * count, None)
def reveals(entity, *, count: int = 6):
    return Disclosure(Form.NOTHING)
def expected_form(*, count: int = 6):
    return f"#{{{count}}}"
'''
HIDDEN = r"\*{3,4}"
FORMS = [
    ("mask", {"keep": [3, 4]}, rf"^(?:(?s:.){{0,3}}\*+(?s:.){{0,4}}|{HIDDEN})$", ["138****5678", "****", "***"]),
    ("mask", {"keep": [1, 0], "char": "#"}, rf"^(?:(?s:.){{0,1}}\#+(?s:.){{0,0}}|{HIDDEN})$", ["张#", "****"]),
    ("mask", {"show": ["surname"]}, None, []),
    ("pseudonymize", {}, f"^(?:[a-z2-7]{{20}}|{HIDDEN})$", ["nn7vslwnvvuyybrgpq7j"]),
    ("pseudonymize", {"alphabet": "hex"}, f"^(?:[0-9a-f]{{25}}|{HIDDEN})$", ["0" * 25]),
    ("generalize_date", {"to": "month"}, f"^(?:[0-9]{{4}}-[0-9]{{2}}|{HIDDEN})$", ["1990-03", "****"]),
    ("generalize_region", {"to": "city"}, f"^(?:[0-9]{{4}}00|{HIDDEN})$", ["370100"]),
    ("generalize_region", {"to": "city", "written": "name"}, None, []),
    ("redact", {}, None, []),
    ("stars", {"count": 7}, f"^(?:#{{7}}|{HIDDEN})$", ["#######", "****"]),
]  # fmt: skip


def rules(home: Path, method: str, params: dict[str, Any], project: Project = SHIPPED) -> dict[str, dict[str, Any]]:
    """The rules suggested for a column treated so, by their type."""
    path = Table("t", [("a", "", "text")], [["x"] for _ in range(30)], ()).write(home / "t.csv")
    survey = profile.look(project, origin.of_file(project, path))
    entry = entries.entry(columns=[entries.column("a", "PERSON_NAME", method, params=params)])
    written = yaml.safe_load(expectations.expectations_text(project, entry, survey))
    return {rule["type"]: rule for rule in written["rules"]}


@pytest.mark.parametrize(("method", "params", "regex", "fitting"), FORMS, ids=[f"{row[0]} {row[1]}" for row in FORMS])
def test_the_form_is_the_methods_own(home: Path, method: str, params: dict[str, Any], regex: str | None, fitting: list[str]) -> None:
    (home / "transforms").mkdir()
    (home / "transforms" / "stars.py").write_text(OWN, "utf-8")
    found = rules(home, method, params, Project.at(home)).get("expect_column_values_to_match_regex", {}).get("regex")
    assert found == regex
    assert all(re.match(str(regex), value) for value in fitting)


def test_lengths_are_said_of_what_is_published_as_it_is_alone(home: Path) -> None:
    lengths = "expect_column_value_lengths_to_be_between"
    assert rules(home, "keep", {})[lengths]["max_value"] == 11
    assert lengths not in rules(home, "redact", {})
