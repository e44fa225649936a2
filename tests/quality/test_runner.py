from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.errors import DataError
from gongkai.quality.runner import COUNTS, _quiet, redact, validate
from gongkai.quality.suite import Rule, Text
from gongkai.quality.vocabulary import TYPES

from .conftest import City

TEXT = Text(zh="规则", en="rule")
CANARIES = ["机密甲450902199001011235", "SECRET-CANARY-77", "98765432109876"]


def rule(kind: str, severity: str = "critical", code: str = "T-01", **arguments: Any) -> Rule:
    given = TYPES[kind].model_validate(arguments)
    return Rule(code, kind, tuple(given.columns()), "accuracy", severity, TEXT, given.arguments())


TODAY = date.today()
TABLE = pa.table(
    {
        "id": ["a1", "a2", "a3", "a4"],
        "twice": ["x", "x", "y", "z"],
        "some": ["v", None, None, None],
        "none": pa.array([None] * 4, pa.string()),
        "code": ["450902", "450903", "450902", "999999"],
        "day": ["2025-01-02", "2025-02-30", "2025-12-31", None],
        "n": [1, 5, 10, None],
        "money": pa.array([Decimal("1.50"), Decimal("2.50"), None, Decimal("9.99")], pa.decimal128(6, 2)),
        "start": [date(2025, 1, 1), date(2025, 2, 1), None, date(2025, 4, 1)],
        "end": [date(2025, 1, 1), date(2025, 3, 1), date(2025, 3, 1), date(2025, 1, 1)],
        "at": [datetime(2025, 1, 1, 8), datetime(2025, 1, 2), None, datetime(1850, 1, 1)],
    }
)
# (rule type, parameters, whether it holds, how many do not fit)
CONTRACT: list[tuple[str, dict[str, Any], bool, int | None]] = [
    ("expect_column_values_to_not_be_null", {"column": "id"}, True, 0),
    ("expect_column_values_to_not_be_null", {"column": "some"}, False, 3),
    ("expect_column_values_to_not_be_null", {"column": "some", "mostly": 0.25}, True, 3),
    ("expect_column_values_to_be_null", {"column": "none"}, True, 0),
    ("expect_column_values_to_be_unique", {"column": "id"}, True, 0),
    ("expect_column_values_to_be_unique", {"column": "twice"}, False, 2),
    ("expect_column_values_to_be_in_set", {"column": "code", "value_set": ["450902", "450903"]}, False, 1),
    ("expect_column_values_to_be_in_set", {"column": "n", "value_set": [1, 5, 10]}, True, 0),
    ("expect_column_values_to_not_be_in_set", {"column": "code", "value_set": ["999999"]}, False, 1),
    ("expect_column_values_to_be_between", {"column": "n", "min_value": 1, "max_value": 10}, True, 0),
    ("expect_column_values_to_be_between", {"column": "n", "min_value": 1, "strict_min": True}, False, 1),
    ("expect_column_values_to_be_between", {"column": "money", "max_value": 9.5}, False, 1),
    ("expect_column_value_lengths_to_be_between", {"column": "id", "min_value": 2, "max_value": 2}, True, 0),
    ("expect_column_value_lengths_to_equal", {"column": "code", "value": 5}, False, 4),
    ("expect_column_values_to_match_regex", {"column": "code", "regex": "^4509[0-9]{2}$"}, False, 1),
    ("expect_column_values_to_match_regex", {"column": "code", "regex": "09"}, False, 1),
    ("expect_column_values_to_not_match_regex", {"column": "code", "regex": "^99"}, False, 1),
    ("expect_column_values_to_match_regex_list", {"column": "code", "regex_list": ["^45", "^99"]}, True, 0),
    ("expect_column_values_to_not_match_regex_list", {"column": "code", "regex_list": ["^46", "^99"]}, False, 1),
    ("expect_column_values_to_match_strftime_format", {"column": "day", "strftime_format": "%Y-%m-%d"}, False, 1),
    ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "some", "min_value": 0.5}, False, None),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "twice", "min_value": 0.9}, False, None),
    ("expect_column_unique_value_count_to_be_between", {"column": "code", "max_value": 3}, True, None),
    ("expect_column_pair_values_to_be_equal", {"column_A": "id", "column_B": "twice"}, False, 4),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "end", "column_B": "start", "or_equal": True},
        False,
        1,
    ),
    ("expect_compound_columns_to_be_unique", {"column_list": ["twice", "code"]}, True, 0),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["id", "twice"]}, True, 0),
    ("expect_table_row_count_to_be_between", {"min_value": 5}, False, None),
]
ONLY_SQL = [
    ("expect_column_values_to_be_between", {"column": "start", "min_value": "2025-01-15"}, False, 1),
    ("expect_column_values_to_be_between", {"column": "at", "min_value": "1900-01-01 00:00:00"}, False, 1),
    ("expect_column_latest_to_be_within_days", {"column": "end", "days": 36500}, True, None),
    ("expect_column_latest_to_be_within_days", {"column": "end", "days": 0}, False, None),
    ("expect_column_latest_to_be_within_days", {"column": "at", "days": 0}, False, None),
]


def coded(cases: list[tuple[str, dict[str, Any], bool, int | None]]) -> list[Rule]:
    return [rule(kind, code=f"T-{index:02d}", **given) for index, (kind, given, _, _) in enumerate(cases)]


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    folder = tmp_path / "odd [name]*'s"
    folder.mkdir()
    pq.write_table(TABLE, folder / "staged.parquet")
    return folder / "staged.parquet"


def on_pandas(rules: list[Rule]) -> Iterator[tuple[bool, int | None]]:
    import great_expectations as gx
    from great_expectations.expectations.registry import get_expectation_impl

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas(f"p{id(rules)}").add_dataframe_asset("t")
    batch = asset.add_batch_definition_whole_dataframe("w").get_batch({"dataframe": TABLE.to_pandas()})
    suite = gx.ExpectationSuite(name="s")
    for asked in rules:
        suite.add_expectation(get_expectation_impl(asked.type)(**asked.arguments, meta={"code": asked.code}))
    found = {item.expectation_config.meta["code"]: item for item in batch.validate(suite, result_format=COUNTS).results}
    for asked in rules:
        yield found[asked.code].success, found[asked.code].result.get("unexpected_count")


def test_pandas_and_duckdb_come_to_the_same(staged: Path, tmp_path: Path) -> None:
    rules = coded(CONTRACT)
    ours = [(item.success, item.unexpected) for item in validate(staged, rules, tmp_path)]
    with _quiet():
        theirs = list(on_pandas(rules))
    assert ours == [(holds, count) for _, _, holds, count in CONTRACT]
    assert ours == theirs


def test_what_pandas_cannot_answer(staged: Path, tmp_path: Path) -> None:
    results = validate(staged, coded(ONLY_SQL), tmp_path)
    assert [(item.error, item.success, item.unexpected) for item in results] == [(None, h, n) for _, _, h, n in ONLY_SQL]


def test_every_type_of_rule_is_in_the_contract() -> None:
    assert {kind for kind, *_ in CONTRACT + ONLY_SQL} == set(TYPES)


def test_parameters_are_those_of_great_expectations() -> None:
    with _quiet():
        from great_expectations.expectations.registry import get_expectation_impl

        import gongkai.quality.duckdb_engine  # noqa: F401

        for kind, model in TYPES.items():
            assert set(model.model_fields) <= set(get_expectation_impl(kind).__fields__), kind


@pytest.mark.parametrize("severity", ["critical", "warning", "info"])
def test_a_rule_that_raises_refuses_whatever_its_severity(project: City, severity: str) -> None:
    """A regular expression on numbers: the loader would not let it pass, so here it is asked directly."""
    pq.write_table(pa.table({"n": [98765432109876]}), project.root / "t.parquet")
    broken = rule("expect_column_values_to_match_regex", severity, column="n", regex="a")
    (result,) = validate(project.root / "t.parquet", [broken], project.root)
    assert result.error is not None and result.error.isidentifier()
    assert result.blocks


def test_nothing_of_a_cell_gets_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every type of rule, failing or broken on columns full of canaries, and every channel a value could leave by."""
    values = CANARIES * 2
    table = pa.table(dict.fromkeys(TABLE.schema.names, values))
    pq.write_table(table, tmp_path / "t.parquet")
    rules = coded([case for case in CONTRACT + ONLY_SQL if case[0] != "expect_table_row_count_to_be_between"])
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        results = validate(tmp_path / "t.parquet", rules, tmp_path)
    assert any(item.error for item in results) and any(not item.success and not item.error for item in results)
    out = json.dumps([item.document() for item in results]) + repr(results) + caplog.text + "".join(capfd.readouterr())
    out += " ".join(str(item.message) for item in warned)
    assert [value for value in CANARIES if value in out] == []


def test_nothing_of_a_cell_gets_out_when_the_file_is_broken(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_text(CANARIES[1])
    with pytest.raises(DataError) as caught:
        validate(tmp_path / "t.parquet", [rule("expect_column_values_to_not_be_null", column="a")], tmp_path)
    assert CANARIES[1] not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.parquet"]


JSON = st.recursive(
    st.none() | st.booleans() | st.sampled_from(CANARIES) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", *CANARIES]), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["element_count", "unexpected_count", "missing_count", "observed_value", "partial_unexpected_list", "details"]


@given(
    st.fixed_dictionaries(
        {
            "success": st.booleans() | st.sampled_from(CANARIES),
            "result": st.dictionaries(st.sampled_from(FIELDS), JSON),
            "exception_info": st.sampled_from(
                [
                    {"raised_exception": False},
                    {"raised_exception": True, "exception_traceback": f"Traceback\nValueError: {CANARIES[0]}\n{CANARIES[1]}"},
                    {"m": {"raised_exception": True, "exception_traceback": CANARIES[1], "exception_message": CANARIES[0]}},
                    {"m": {"raised_exception": True, "exception_traceback": "x.Secretfulness: a"}},
                ]
            ),
        }
    )
)
def test_redaction_lets_only_counts_and_class_names_through(found: Mapping[str, Any]) -> None:
    result = redact(rule("expect_table_row_count_to_be_between", min_value=1), found)
    assert result.success in (True, False)
    assert {type(value) for value in (result.elements, result.unexpected, result.missing)} <= {int, type(None)}
    assert result.error in (None, "ValueError", "Exception")


def test_all_null_and_empty_columns_pass_map_rules_and_so_are_watched_elsewhere(project: City) -> None:
    """Great Expectations calls nothing wrong what holds nothing: the shipped rules and gates must see it."""
    empty = pa.table({"key": pa.array([], pa.string()), "text": pa.array([], pa.string())})
    nulls = pa.table({"key": ["a", "b"], "text": pa.array([None, None], pa.string())})
    keyless = pa.table({"key": pa.array([None, "b"], pa.string()), "text": ["a", "b"]})
    project.key = ("key",)
    assert [reason.rule for reason in project.check(empty).reasons] == ["rows.none"]
    assert [item.rule.code for item in project.check(nulls).warnings] == ["C-02.text"]
    assert [reason.rule for reason in project.check(keyless).reasons] == ["rule.C-01"]


def test_the_process_is_left_as_it_was(staged: Path, tmp_path: Path) -> None:
    logger, shown = logging.getLogger("great_expectations"), warnings.showwarning
    logger.setLevel(logging.INFO)
    validate(staged, coded(CONTRACT[:1]), tmp_path)
    assert logger.level == logging.INFO
    assert warnings.showwarning is shown
    logger.setLevel(logging.NOTSET)


def test_two_checks_in_one_process(staged: Path, tmp_path: Path) -> None:
    first, second = (validate(staged, coded(CONTRACT[:3]), tmp_path) for _ in range(2))
    assert first == second


def test_reading_rules_does_not_import_the_engine() -> None:
    import subprocess

    program = "import sys, gongkai.quality; print([m for m in ('great_expectations', 'duckdb', 'pandas') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_old_date_is_not_fresh(tmp_path: Path) -> None:
    table = pa.table({"fresh": [TODAY - timedelta(days=3)], "empty": pa.array([None], pa.date32())})
    pq.write_table(table, tmp_path / "t.parquet")
    kind = "expect_column_latest_to_be_within_days"
    asked = [("fresh", 4), ("fresh", 1), ("empty", 4)]
    rules = [rule(kind, code=f"T-{index:02d}", column=name, days=days) for index, (name, days) in enumerate(asked)]
    assert [item.success for item in validate(tmp_path / "t.parquet", rules, tmp_path)] == [True, False, False]
