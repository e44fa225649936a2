"""What an incremental load asks of methods: a changed row finds its earlier self, and its person, in the last release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.plan.columns import AMOUNT, entry

from gongkai import plan
from gongkai.project import SHIPPED, Project

NUMBER = {"name": "编号", "title": "编号", "entity": "NONE", "method": "keep", "key": True}
WHO = {"name": "证号", "title": "身份证号", "entity": "CN_ID_CARD", "method": "pseudonymize"}
ON = {"name": "日期", "title": "日期", "type": "date", "entity": "NONE", "publish": False}
SOURCE = {"kind": "sql", "connection": "c", "table": "t", "load": {"mode": "incremental", "watermark": "日期", "full_every": "P30D"}}
OWN = '''"""reversed 倒写: backwards, so that nothing is lost."""
import pyarrow.compute as pc
from gongkai.disclosure import Disclosure, Form
TITLE = "倒写"
VERSION = 1
TYPES = frozenset({"text"})
KEEPS_APART = True
def apply(column):
    return pc.utf8_reverse(column)
def reveals(entity):
    return Disclosure(Form.LINK, linkable=True)
'''


def faults(*columns: dict[str, Any], project: Project = SHIPPED, full: bool = False, **more: Any) -> list[str]:
    given = entry(*columns, ON, **({} if full else SOURCE)).model_copy(update=more)
    return [str(fault) for fault in plan.faults(project, given, "")]


APART = "persons of an incremental load can be told apart; publish it pseudonymized, or load in full"
EQUAL = "makes different keys equal, yet an incremental load merges by this key; use keep or pseudonymize, or load in full"
INSIDE = "is false, yet an incremental load merges by this key; publish it pseudonymized"
MASKED = {"method": "mask", "params": {"keep": [1, 0]}}
CASES = [
    ("kept", [NUMBER], {}, []),
    ("pseudonymized", [NUMBER | {"method": "pseudonymize"}], {}, []),
    ("masked", [NUMBER | MASKED], {}, [f"columns[0].method: {EQUAL}"]),
    ("inside", [NUMBER | {"publish": False, "method": None}, AMOUNT], {}, [f"columns[0].publish: {INSIDE}"]),
    ("masked, and not the key", [NUMBER, AMOUNT | {"type": "text"} | MASKED], {}, []),
    ("persons pseudonymized", [NUMBER, WHO], {"person": "证号"}, []),
    ("persons masked", [NUMBER, WHO | MASKED], {"person": "证号"}, [f"columns[1].publish: is not so that {APART}"]),
    ("persons inside", [NUMBER, WHO | {"publish": False}], {"person": "证号"}, [f"columns[1].publish: is not so that {APART}"]),
]


@pytest.mark.parametrize(("columns", "more", "told"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_keys_and_persons_stay_apart(columns: list[dict[str, Any]], more: dict[str, Any], told: list[str]) -> None:
    assert faults(*columns, **more) == told
    assert faults(*columns, full=True, **more) == []


def test_a_city_s_method_that_keeps_them_apart_may_treat_a_key(home: Path) -> None:
    (home / "transforms").mkdir()
    path = home / "transforms" / "reversed.py"
    path.write_text(OWN, "utf-8")
    (forbidden,) = faults(NUMBER | {"method": "reversed"}, project=Project.at(home))
    assert "the policy forbids reversed" in forbidden
    masked = faults(NUMBER | MASKED, project=Project.at(home))
    assert masked == [f"columns[0].method: {EQUAL.replace('keep or pseudonymize', 'keep or pseudonymize or reversed')}"]
    path.write_text(OWN.replace("KEEPS_APART = True\n", ""), "utf-8")
    assert any("makes different keys equal" in told for told in faults(NUMBER | {"method": "reversed"}, project=Project.at(home)))


def test_what_is_closed_need_not_merge() -> None:
    closed = entry(NUMBER | {"publish": False}, ON, opening="closed", **SOURCE)
    assert not any("merges by this key" in str(fault) for fault in plan.faults(SHIPPED, closed, ""))
