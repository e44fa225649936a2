from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest

from gongkai.errors import Reason
from gongkai.leaks.patterns import KINDS
from gongkai.project import SHIPPED
from gongkai.quality import Report, render, wording

from .conftest import City

RULES = """
rules:
  - {code: D-01, type: expect_column_values_to_be_unique, column: 编号, dimension: 准确性, severity: critical,
     description: {zh: 编号不重复, en: Numbers are unique}}
  - {code: D-02, type: expect_column_values_to_be_in_set, column: 状态, value_set: [办结], dimension: 规范性, severity: warning,
     description: {zh: 状态是办结, en: The state is closed}}
"""


@pytest.fixture
def report(project: City) -> Report:
    """Refused: a telephone in a remark, a number that repeats, too many that do not fit; warned: a state."""
    project.titles = {"备注": "备注<b>"}
    project.methods = {"姓名": "mask"}
    project.expect(RULES)
    table = pa.table({"编号": ["1", "1", "2"], "状态": ["办结", "在办", "办结"], "备注": ["电话13812345678", "", None], "姓名": ["张*"] * 3})
    tally = {"姓名": {"unfit": 2, "desensitized": 3, "trim": 1}}
    return project.check(table, tally=tally, previous_rows=2, rows_in=4, duplicates=1)


def test_the_record_says_everything_in_counts(report: Report) -> None:
    record = report.document()
    assert record["verdict"] == "refuse"
    assert [(item["rule"], item["column"], item["count"]) for item in record["reasons"]] == [
        ("values.unfit", "姓名", 2),
        ("scan.mobile", "备注", 1),
        ("rule.D-01", "编号", 2),
    ]
    assert record["warnings"] == ["D-02"]
    assert record["rows"] == {"source": 4, "duplicates": 1, "published": 3, "previous": 2}
    assert record["score"]["total"] == 59.9
    assert record["score"]["dimensions"]["timeliness"] == {"score": None, "rules": 0}
    column = next(item for item in record["columns"] if item["name"] == "姓名")
    assert (column["unfit"], column["desensitized"], column["cleaned"]) == (2, 3, {"trim": 1})
    assert next(item["nulls"] for item in record["columns"] if item["name"] == "备注") == 1


def test_the_record_is_json_and_the_same_each_time(project: City) -> None:
    table = pa.table({"编号": ["1", "2"], "备注": ["a", None]})
    first, second = (json.dumps(project.check(table).document(), sort_keys=True) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("word", ["13812345678", "张*", "在办"])
def test_neither_record_nor_page_holds_a_value(report: Report, word: str) -> None:
    assert word not in json.dumps(report.document(), ensure_ascii=False)
    assert word not in render(report, SHIPPED)


class _Page(HTMLParser):
    """Collects tags that stay open, and every address a page would fetch."""

    VOID = frozenset({"meta", "input", "br", "line", "polygon", "circle", "link", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [str(value) for name, value in attributes if name in ("src", "href", "action", "srcset")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(report: Report) -> None:
    text = render(report, SHIPPED)
    page = _Page()
    page.feed(text)
    assert page.open == [] and page.addresses == []
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert "http://" not in text and "https://" not in text and "url(" not in text and "@import" not in text


def test_the_page_speaks_both_languages_and_says_why(report: Report) -> None:
    text = render(report, SHIPPED)
    for sentence in ("不予发布", "Refused", "在待公开内容中发现 1 个手机号。", "stands in 1 of the values", "编号不重复", "Numbers are unique"):
        assert sentence in text
    assert "备注&lt;b&gt;" in text and "备注<b>" not in text


def test_a_good_table_gets_a_good_page(project: City) -> None:
    report = project.check(pa.table({"编号": ["1", "2"], "备注": ["a", "b"]}))
    text = render(report, project.project)
    assert report.verdict == "pass" and "准予发布" in text and "不予发布</span>" not in text


def test_a_table_that_was_not_read_has_a_page_too(project: City) -> None:
    table = pa.table({"a": pa.array([], pa.string())})
    assert "数据表为空" in render(project.check(table), project.project)


REASONS = [
    *(Reason(f"scan.{kind}", "", "a", 1) for kind in KINDS),
    Reason("schema.differs", "", "a"),
    Reason("rows.none", ""),
    Reason("rows.change", ""),
    Reason("values.unfit", "", "a", 3),
]


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.rule)
def test_every_reason_is_explained_in_both_languages(reason: Reason) -> None:
    record = {"rows": {"published": 5, "previous": 1000}, "results": []}
    words = wording.explain({"rule": reason.rule, "column": reason.column, "count": reason.count}, record)
    assert all((words.zh, words.en, words.zh_remedy, words.en_remedy))
    assert "{" not in words.zh + words.en


def test_every_refusal_of_the_gates_has_its_words() -> None:
    """What ``gates`` may give as a reason stands in the table above."""
    import re

    from gongkai.quality import gates

    given = set(re.findall(r'Reason\(\s*"([a-z.]+)"', Path(gates.__file__).read_text(encoding="utf-8")))
    assert given == {reason.rule for reason in REASONS if not reason.rule.startswith("scan.")}


def test_a_rule_that_raised_is_explained(project: City) -> None:
    project.expect(
        "rules: [{code: D-01, type: expect_column_values_to_match_regex, column: n, regex: a, dimension: 规范性,"
        " severity: info, description: {zh: 写法, en: Form}}]"
    )
    table = pa.table({"n": ["x"]})
    report = project.check(table)
    record = report.document()
    record["results"] = [{**item, "error": "BinderException"} for item in record["results"]]
    words = wording.explain({"rule": "rule.D-01", "column": "n", "count": None}, record)
    assert "BinderException" in words.zh and "could not be asked" in words.en
