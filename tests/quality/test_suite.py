from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from gongkai.project import SHIPPED
from gongkai.quality.suite import CheckedColumn, load

from .conftest import City

TABLE = pa.table(
    {
        "编号": ["a"],
        "电话": ["x"],
        "金额": pa.array([Decimal("1.00")], pa.decimal128(8, 2)),
        "数": [1],
        "日期": [date(2025, 1, 1)],
    }
)
HEAD = "dimension: 规范性, severity: critical, description: {zh: 规则, en: rule}"


def one(rule: str) -> str:
    return f"rules: [{{code: D-01, {HEAD}, {rule}}}]"


FAULTS = [
    (
        "unknown type",
        one("type: expect_column_values_to_be_uniqe, column: 编号"),
        "rules[0] D-01.type",
        "expect_column_values_to_be_unique",
    ),
    (
        "quantiles carry values",
        one("type: expect_column_quantile_values_to_be_between, column: 数"),
        "rules[0] D-01.type",
        "no rule",
    ),
    (
        "extremes carry values",
        one("type: expect_column_max_to_be_between, column: 数, max_value: 3"),
        "rules[0] D-01.type",
        "no rule",
    ),
    ("queries carry rows", one("type: unexpected_rows_expectation, unexpected_rows_query: x"), "rules[0] D-01.type", "no rule"),
    ("unknown column", one("type: expect_column_values_to_be_unique, column: 编码"), "rules[0] D-01.column", "编号"),
    ("no column", one("type: expect_column_values_to_be_unique"), "rules[0] D-01.column", "is missing"),
    (
        "unknown parameter",
        one("type: expect_column_values_to_be_unique, column: 编号, mostli: 1"),
        "rules[0] D-01.mostli",
        "'mostly'",
    ),
    (
        "mostly above one",
        one("type: expect_column_values_to_be_unique, column: 编号, mostly: 95"),
        "rules[0] D-01.mostly",
        "less",
    ),
    (
        "mostly on what must not be",
        one("type: expect_column_values_to_not_match_regex, column: 编号, regex: x, mostly: 0.9"),
        "rules[0] D-01.mostly",
        "tolerates what must not stand there",
    ),
    (
        "look-around",
        one("type: expect_column_values_to_match_regex, column: 编号, regex: '(?<!a)b'"),
        "rules[0] D-01.regex",
        "RE2",
    ),
    (
        "back-reference",
        one(r"type: expect_column_values_to_match_regex, column: 编号, regex: '(a)\1'"),
        "rules[0] D-01.regex",
        "RE2",
    ),
    (
        "regex on a number",
        one("type: expect_column_values_to_match_regex, column: 数, regex: a"),
        "rules[0] D-01.column",
        "type integer",
    ),
    (
        "range on text",
        one("type: expect_column_values_to_be_between, column: 编号, min_value: 1"),
        "rules[0] D-01.column",
        "type text",
    ),
    (
        "number for a date",
        one("type: expect_column_values_to_be_between, column: 日期, min_value: 1"),
        "rules[0] D-01.min_value",
        "quote",
    ),
    (
        "date for a number",
        one("type: expect_column_values_to_be_between, column: 金额, min_value: '2025-01-01'"),
        "rules[0] D-01.min_value",
        "write a number",
    ),
    (
        "numbers for text",
        one("type: expect_column_values_to_be_in_set, column: 编号, value_set: [1, 2]"),
        "rules[0] D-01.value_set",
        "quote",
    ),
    ("no bound", one("type: expect_column_values_to_be_between, column: 数"), "rules[0] D-01", "min_value or max_value"),
    (
        "bounds swapped",
        one("type: expect_column_values_to_be_between, column: 数, min_value: 5, max_value: 1"),
        "rules[0] D-01",
        "above max_value",
    ),
    (
        "for_each on a table",
        one("type: expect_table_row_count_to_be_between, min_value: 1, for_each: text"),
        "rules[0] D-01.for_each",
        "name",
    ),
    ("for_each of what", one("type: expect_column_values_to_be_unique, for_each: texts"), "rules[0] D-01.for_each", "text"),
    (
        "unknown dimension",
        "rules: [{code: D-01, type: expect_column_values_to_be_unique, column: 编号, dimension: 唯一性, severity: critical,"
        " description: {zh: a, en: b}}]",
        "rules[0] D-01.dimension",
        "完整性",
    ),
    (
        "unknown severity",
        "rules: [{code: D-01, type: expect_column_values_to_be_unique, column: 编号, dimension: 准确性, severity: high,"
        " description: {zh: a, en: b}}]",
        "rules[0] D-01.severity",
        "warning",
    ),
    (
        "one language",
        "rules: [{code: D-01, type: expect_column_values_to_be_unique, column: 编号, dimension: 准确性, severity: info,"
        " description: {zh: a}}]",
        "rules[0] D-01.description.en",
        "is missing",
    ),
    ("no code", f"rules: [{{{HEAD}, type: expect_column_values_to_be_unique, column: 编号}}]", "rules[0].code", "is missing"),
    ("code twice", one("type: expect_column_values_to_be_unique, column: 编号").replace("D-01", "C-01"), "rules", "C-01"),
    ("unknown key", "tolerance: 1", "tolerance", "is not a key known here"),
    ("share above one", "unfit: 5", "unfit", "less"),
    ("tolerance of no column", "unfit: {编码: 0.1}", "unfit.编码", "编号"),
    ("waiver of no column", "allow: [{column: 编码, kind: mobile, reason: 业务编号}]", "allow[0].column", "编号"),
    (
        "waiver of a person's column",
        "allow: [{column: 电话, kind: mobile, reason: 业务编号}]",
        "allow[0].column",
        "person's column",
    ),
    ("waiver of no kind", "allow: [{column: 编号, kind: mobil, reason: 业务编号}]", "allow[0].kind", "mobile"),
    ("waiver without a reason", "allow: [{column: 编号, kind: mobile}]", "allow[0].reason", "is missing"),
    ("no YAML", "rules: [", "line", "YAML"),
    ("a list", "- a", "", "set of keys"),
]


@pytest.fixture
def common(project: City) -> City:
    project.entities = {"电话": "PHONE"}
    project.expect("rules: [{code: C-01, " + HEAD + ", type: expect_column_values_to_not_be_null, column: 编号}]", "_common")
    return project


@pytest.mark.parametrize(("text", "key", "says"), [pytest.param(t, k, s, id=name) for name, t, k, s in FAULTS])
def test_says_what_is_wrong(common: City, text: str, key: str, says: str) -> None:
    common.expect(text)
    (fault,) = common.faults(TABLE)
    assert fault.startswith(f"expectations/demo.yml: {key}")
    assert says in fault


def test_says_everything_at_once(common: City) -> None:
    common.expect("unfit: {x: 0.1}\nrules:\n  - {code: D-01}\n  - {code: D-02, " + HEAD + ", type: nonsense}\n")
    assert len(common.faults(TABLE)) == 6


def test_without_an_own_file_the_common_rules_hold(common: City) -> None:
    assert common.faults(TABLE) == []
    suite, _ = load(common.project, "demo", [CheckedColumn("编号", "text")])
    assert [rule.code for rule in suite.rules] == ["C-01"]


def test_without_the_common_file_nothing_goes(project: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.project.shipped_folder", lambda: project.root / "nowhere")
    assert project.faults(TABLE) == ["expectations/_common.yml: is missing; it holds what is asked of every dataset"]


def test_the_shipped_rules_are_sound_and_reach_every_column_they_are_for(project: City) -> None:
    columns = [
        CheckedColumn("k", "text", key=True),
        CheckedColumn("t", "text"),
        CheckedColumn("m", "decimal(8,2)"),
        CheckedColumn("d", "date"),
        CheckedColumn("s", "datetime"),
        CheckedColumn("?", None),
    ]
    suite, faults = load(project.project, "demo", columns)
    assert faults == []
    reached = {
        code: {r.columns[0] for r in suite.rules if r.code.startswith(code)}
        for code in ("C-01", "C-02", "P-01", "P-02", "P-03")
    }
    assert reached == {"C-01": {"k"}, "C-02": {"k", "t", "m", "d", "s", "?"}, "P-01": {"k", "t"}, "P-02": {"d"}, "P-03": {"s"}}
    assert (suite.tolerates("k"), suite.row_change) == (0.05, 50)


def test_a_dataset_sets_its_own_tolerances(common: City) -> None:
    common.expect("unfit: {'*': 0.2, 编号: 0}\nrow_change: 10")
    suite, faults = load(common.project, "demo", [CheckedColumn("编号", "text"), CheckedColumn("数", "integer")])
    assert faults == []
    assert (suite.tolerates("编号"), suite.tolerates("数"), suite.row_change) == (0, 0.2, 10)


def test_dimensions_are_written_in_either_language(common: City) -> None:
    text = "rules: [{code: D-01, type: expect_table_row_count_to_be_between, min_value: 1, severity: info, dimension: WORD,"
    text += " description: {zh: a, en: b}}]"
    found = []
    for word in ("可用性", "可访问性", "availability"):
        common.expect(text.replace("WORD", word))
        found.append(load(common.project, "demo", [CheckedColumn("编号", "text")])[0].rules[-1].dimension)
    assert found == ["availability"] * 3


@pytest.mark.parametrize("text", ["锟斤拷", " a", "a　", "null", "#REF!", "<p>x</p>", "a\x00b", "\ufffd", "NaN"])
def test_the_shipped_pattern_finds_dirty_text(text: str) -> None:
    import pyarrow.compute as pc

    assert pc.match_substring_regex(pa.array([text]), _dirty()).to_pylist() == [True]


@pytest.mark.parametrize("text", ["受理", "a b", "行1\n行2", "无", "Nullarbor", "a<b", "<10元", "P>0.05", "none of it"])
def test_the_shipped_pattern_leaves_text_alone(text: str) -> None:
    import pyarrow.compute as pc

    assert pc.match_substring_regex(pa.array([text]), _dirty()).to_pylist() == [False]


def _dirty() -> str:
    suite, _ = load(SHIPPED, "demo", [CheckedColumn("t", "text")])
    return next(str(rule.arguments["regex"]) for rule in suite.rules if rule.code == "P-01.t")
