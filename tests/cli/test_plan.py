"""``gongkai plan``: the four numbers of an ID number, step by step, before a row has moved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from tests.conftest import ENTRY, City
from typer.testing import CliRunner, Result

from gongkai.cli import plan as command
from gongkai.errors import ConfigError

BORN = {"name": "出生", "title": "出生年", "type": "date", "entity": "DATE_OF_BIRTH", "method": "generalize_date", "params": {"to": "year"}}
AGE = {"name": "年龄", "title": "年龄", "type": "integer", "entity": "AGE", "method": "keep"}
COUNTY = {"name": "区县", "title": "户籍区县", "entity": "ADDRESS_REGION", "method": "keep"}
DAY = {"name": "生日", "title": "出生日期", "type": "date", "entity": "DATE_OF_BIRTH", "method": "keep"}


def card(first: int, last: int) -> dict[str, Any]:
    return {"name": "身份证号", "title": "身份证号", "entity": "CN_ID_CARD", "method": "mask", "params": {"keep": [first, last]}}


@pytest.fixture
def call(project: City) -> Any:
    """The command on an entry of these columns, opened under an agreement."""

    def call(*columns: dict[str, Any], words: tuple[str, ...] = ("--explain",)) -> Result:
        document = yaml.safe_load(ENTRY) | {"columns": list(columns), "opening": {"type": "conditional", "conditions": "协议"}}
        path = Path("catalog/hrss/cards.yml")
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        app = typer.Typer()
        command.register(app)
        app.command("other")(lambda: None)
        return CliRunner().invoke(app, ["plan", str(path), *words])

    return call


COUNTED = [
    ("an example of it", [card(6, 4)], "for example 110101********1230: 3,024", "enough 足够"),
    ("first six and last four", [card(6, 4)], "剩余候选 3,018–3,027 left", "enough 足够"),
    ("beside a birth year", [card(6, 4), BORN], "known beside it from 出生", "too few 不足"),
    ("left beside a birth year", [card(6, 4), BORN], "剩余候选 32–", "too few 不足"),
    ("beside an age", [card(6, 4), AGE], "for example 110101********1230: 66", "too few 不足"),
    ("three and four beside county and day", [card(3, 4), COUNTY, DAY], "剩余候选 1", "too few 不足"),
]


@pytest.mark.parametrize(("columns", "told", "verdict"), [row[1:] for row in COUNTED], ids=[row[0] for row in COUNTED])
def test_it_counts_and_says_whether_that_is_enough(call: Any, columns: list[dict[str, Any]], told: str, verdict: str) -> None:
    result = call(*columns)
    assert told in result.stdout
    assert verdict in result.stdout
    assert "the policy wants at least 330" in result.stdout
    assert (result.exception is None) == verdict.startswith("enough")


def test_the_steps_are_said_in_both_languages(call: Any) -> None:
    shown = call(card(6, 4)).stdout
    assert "for example" in shown
    assert "one in eleven fits" in shown
    assert "校验" in shown


def test_what_is_too_little_ends_as_a_wrong_entry(call: Any) -> None:
    result = call(card(6, 4), BORN)
    assert isinstance(result.exception, ConfigError)
    assert "leave 32 numbers, the policy wants 330" in str(result.exception)


def test_for_programs(call: Any) -> None:
    result = call(card(6, 4), words=("--json",))
    document = json.loads(result.stdout)
    (identifier,) = document["identifiers"]
    assert (identifier["least"], identifier["most"], identifier["wanted"]) == (3018, 3027, 330)
    assert document["rows"]["reviews"] == ["legal", "committee"]
    assert document["faults"] == []
    assert document["columns"][0]["left"].startswith("部分 part, 6…4")


def test_a_column_with_wrong_parameters_is_shown_all_the_same(call: Any) -> None:
    result = call(card(6, 4) | {"params": {"kepe": [1, 1]}})
    assert isinstance(result.exception, ConfigError)
    assert "身份证号" in result.stdout


def test_an_identifier_of_which_nothing_shows(call: Any) -> None:
    assert "no identifier shows any of its characters" in call(card(6, 4) | {"method": "suppress", "params": {}}).stdout
