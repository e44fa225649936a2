"""Methods that a city writes on pandas.Series: nothing is lost on the way there and back, and nothing wrong comes back."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.columns.logical_types import arrow_type
from gongkai.counts import Counts
from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError
from gongkai.keys import Key
from gongkai.pipeline import desensitization
from gongkai.plan import ColumnPlan, Plan, contract
from gongkai.plan.contract import Method
from gongkai.project import SHIPPED, Project

KEY = bytes(range(32))
CANARY = "13812345678"
HEAD = '''"""own 自有: a city's own."""
from __future__ import annotations
import datetime as dt
import numpy as np
import pandas as pd
from gongkai.disclosure import Disclosure, Form
from gongkai.project import Project
TITLE = "自有"
VERSION = 1
TYPES = frozenset({"text", "integer", "decimal", "float", "boolean", "date", "datetime"})
def reveals(entity: str) -> Disclosure:
    """Something."""
    return Disclosure(Form.PART)
'''
MASK = '''
def apply(column: pd.Series, *, keep: tuple[int, int], char: str = "*") -> pd.Series:
    first, last = keep
    def masked(value: str) -> str:
        hidden = len(value) - first - last
        shown = first + last and hidden >= (first + last + 1) // 2
        out = value[:first] + char * hidden + value[len(value) - last:] if shown else value
        return out if out != value else value and ("***" if value == "****" else "****")
    return column.map(masked, na_action="ignore")
'''
Own = Callable[[str], Method]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Own:
    """A method of a city: ``HEAD`` and this, or what to return where it is one line."""

    def write(text: str) -> Method:
        body = text if "\n" in text else f"def apply(column: pd.Series) -> pd.Series:\n    return {text}\n"
        folder = tmp_path_factory.mktemp("city") / "transforms"
        folder.mkdir()
        (folder.parent / "catalog").mkdir()
        (folder / "own.py").write_text(HEAD + body, "utf-8")
        return contract.load(Project.at(folder.parent), "own")

    return write


def treat(method: Method, column: pa.Array, **params: Any) -> pa.Array:
    return method.apply(column, params, entity="NONE")


VALUES = ["13812345678", "1381234", "138****1234", "", None, "欧阳震华", "𠮷田", "🙂🙂🙂🙂", "é́e\u0301", "a\u0000b", "****", " ", "\n"]


@pytest.mark.parametrize("keep", [(3, 4), (1, 0), (0, 1), (0, 0), (2, 2)], ids=str)
def test_a_twin_of_mask_gives_what_mask_gives(twin: Method, keep: tuple[int, int]) -> None:
    arrow = contract.load(SHIPPED, "mask")
    assert twin.on_series
    assert not arrow.on_series
    for column in (pa.array(VALUES), pa.array(VALUES)[3:5], pa.array([None, None], pa.string()), pa.array([], pa.string())):
        assert treat(twin, column, keep=keep).equals(treat(arrow, column, keep=keep))
    for laid_out in (pa.array(VALUES).dictionary_encode(), pa.array(VALUES, pa.large_string()), pa.chunked_array([VALUES[:3], VALUES[3:]])):
        assert treat(twin, laid_out, keep=keep).equals(treat(arrow, pa.array(VALUES), keep=keep))


@pytest.fixture(scope="module")
def twin(own: Own) -> Method:
    return own(MASK)


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=20), st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_a_twin_of_mask_gives_what_mask_gives_of_any_text(twin: Method, values: list[str | None], keep: tuple[int, int]) -> None:
    column = pa.array(values, pa.string())
    assert treat(twin, column, keep=keep).equals(treat(contract.load(SHIPPED, "mask"), column, keep=keep))


EXACT = {
    "text": pa.array(["张三", None, "", "011"]),
    "integer": pa.array([2**62 + 1, None, -(2**63)]),
    "decimal(38,2)": pa.array([Decimal("9" * 36 + ".99"), None, Decimal("-0.10")], pa.decimal128(38, 2)),
    "float": pa.array([0.1, None, float("inf"), -0.0]),
    "boolean": pa.array([True, None, False]),
    "date": pa.array([dt.date(1, 1, 1), None, dt.date(9999, 12, 31)]),
    "datetime": pa.array([dt.datetime(1, 1, 1), None, dt.datetime(9999, 12, 31, 23, 59, 59, 999999)], pa.timestamp("us")),
}


@pytest.mark.parametrize("logical", EXACT)
@pytest.mark.parametrize(
    "returns",
    ["column", "column.copy()", "column.array", "column.array.__arrow_array__()", "column.where(column.notna())", "column.iloc[:]"],
)
def test_every_value_survives(own: Own, logical: str, returns: str) -> None:
    method = own(returns)
    for column in (EXACT[logical], EXACT[logical].slice(0, 0), pa.nulls(2, arrow_type(logical))):
        assert treat(method, column).equals(column)
    assert method.output(logical, "NONE", {}) == logical


FULL_AND_EMPTY = [
    ("text of objects", "column.astype(object)", "text", "text"),
    ("text of a list", "[value for value in column]", "text", "text"),
    ("text of an array", "column.to_numpy()", "text", "text"),
    ("text of pandas", "column.astype('string')", "text", "text"),
    ("text of Python", "column.astype('str')", "text", "text"),
    ("categories", "column.astype('category')", "text", "text"),
    ("lengths", "column.str.len()", "text", "integer"),
    ("lengths, where there is one", "column.str.len().astype('Int64')", "text", "integer"),
    ("truth", "column.str.isdigit()", "text", "boolean"),
    ("small integers", "column.astype('int8[pyarrow]')", "integer", "integer"),
    ("short floats", "column.astype('float32[pyarrow]')", "integer", "float"),
    ("floats of NumPy", "column.astype('float64')", "integer", "float"),
    ("a day of NumPy", "column.astype('datetime64[s]')", "date", "datetime"),
    ("a month", "column.dt.strftime('%Y-%m')", "date", "text"),
    ("one text for all", "pd.Series('〔已隐去〕', index=column.index)", "integer", "text"),
    ("one text for all, of Arrow", "pd.Series('x', index=column.index, dtype='string[pyarrow]')", "text", "text"),
    ("nothing", "pd.Series([None] * len(column), index=column.index)", "text", "text"),
    ("nothing, of a mapping", "column.map(lambda value: None)", "text", "text"),
    ("words of a mapping", "column.map({'1': 'one'})", "text", "text"),
]
COLUMNS = {"text": pa.array(["1", None, "三"]), "integer": pa.array([1, None, 3]), "date": pa.array([dt.date(1990, 3, 7), None, dt.date(1, 1, 1)])}


@pytest.mark.parametrize(("returns", "logical", "output"), [row[1:] for row in FULL_AND_EMPTY], ids=[row[0] for row in FULL_AND_EMPTY])
def test_an_empty_column_gives_the_type_of_a_full_one(own: Own, returns: str, logical: str, output: str) -> None:
    method, column = own(returns), COLUMNS[logical]
    assert method.output(logical, "NONE", {}) == output
    for given_ in (column, column[1:2], column[:1], column[:0]):
        out = treat(method, given_)
        assert (len(out), out.type) == (len(given_), arrow_type(output))


TEXTS = pa.array([CANARY, None, "王五", "1"])
BAD = [
    ("fewer rows", "column.dropna()", "gives 3 values for 4 rows"),
    ("one row", "column.head(1)", "gives 1 value for 4 rows"),
    ("more rows", "pd.concat([column, column])", "gives 8 values for 4 rows"),
    ("a short list", "['x']", "gives 1 value for 4 rows"),
    ("sorted", "column.sort_values()", "gives its rows under another index"),
    ("backwards", "column[::-1]", "gives its rows under another index"),
    ("another index", "column.set_axis(list('abcd'))", "gives its rows under another index"),
    ("a table", "column.to_frame()", "gives no Series"),
    ("two dimensions", "np.array([['x']] * 4)", "gives no Series"),
    ("no dimension", "np.array('x')", "gives no Series"),
    ("a text", "'abcd'", "gives no Series"),
    ("nothing", "None", "gives no Series"),
    ("a mapping", "{value: value for value in column.dropna()}", "gives no Series"),
    ("a generator", "(value for value in column)", "gives no Series"),
    ("objects of two types", "column.astype(object).where(column != '1', 1)", "gives objects that are not all text"),
    ("numbers as objects", "pd.Series([1, 2, 3, 4], dtype=object)", "gives objects that are not all text"),
    ("numbers in a list", "[13812345678, 2, 3, 4]", "gives objects that are not all text"),
    ("bytes", "column.map(lambda value: value.encode(), na_action='ignore')", "gives values of no logical type"),
    ("bytes as objects", "column.astype(object).map(lambda value: value.encode(), na_action='ignore')", "gives objects that are not all text"),
    ("lists", "column.map(lambda value: [value], na_action='ignore')", "gives values of no logical type"),
    ("lists as objects", "pd.Series([[value] for value in column])", "gives objects that are not all text"),
    ("a zone", "pd.Series(pd.to_datetime(['1990-03-07'] * 4).tz_localize('Asia/Shanghai'))", "gives values of no logical type"),
    ("a length of time", "pd.Series(pd.to_timedelta([1, 2, 3, 4]))", "gives values of no logical type"),
    ("a period", "pd.Series(pd.period_range('2020', periods=4, freq='M'))", "gives values"),
    ("complex numbers", "np.array([1j, 2, 3, 4])", "gives values that its type cannot hold exactly"),
    ("a number too large", "np.array([2**64 - 1, 2, 3, 4], dtype='uint64')", "gives values that its type cannot hold exactly"),
    ("a moment too fine", "pd.Series(pd.to_datetime([1381234567800000001, 2, 3, 4], unit='ns'))", "gives values that its type cannot hold exactly"),
    ("broken Unicode", "pd.Series(['\\ud800'] * 4, dtype=object)", "gives values that its type cannot hold exactly"),
]


@pytest.mark.parametrize(("returns", "told"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_no_column_of_these_rows_is_refused_without_a_value(own: Own, returns: str, told: str) -> None:
    with pytest.raises(DataError) as refused:
        treat(own(returns), TEXTS)
    (reason,) = refused.value.reasons
    assert reason.rule == "method.failed"
    assert reason.message.startswith(told)
    assert not any(value in str(refused.value) for value in (CANARY, "王五", "encode", "2, 3"))
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


# -- in a run -----------------------------------------------------------------------------------------------------------


def stage(method: Method, column: pa.Array, *, output: str = "text") -> pa.Array:
    planned = ColumnPlan("c", "c", "列", "text", output, "NONE", "general_1", "own", {}, (), False, None, "plain", Disclosure(Form.PART))
    plan = Plan("test", "测试", "r", "u", (planned,), (), False, "default")
    run = desensitization.stage(method.project, plan, Key("default", 1, KEY), Counts())
    (out,) = run(iter([pa.record_batch({"c": column})]))
    return out.column(0)


RAISES = [
    ("a lookup", "column.map(lambda value: {}[value], na_action='ignore')", "KeyError"),
    ("a number", "column.astype('int64[pyarrow]')", "ArrowInvalid"),
    ("a number of Python", "column.map(int, na_action='ignore')", "ValueError"),
    ("a date", "pd.to_datetime(column, format='%Y-%m-%d')", "ValueError"),
    ("an attribute", "column.map(lambda value: getattr('', value), na_action='ignore')", "AttributeError"),
    ("whatever else", "column.map(lambda value: (_ for _ in ()).throw(RuntimeError(value)))", "RuntimeError"),
]


@pytest.mark.parametrize(("returns", "kind"), [row[1:] for row in RAISES], ids=[row[0] for row in RAISES])
def test_an_error_of_its_own_goes_on_by_its_class_alone(own: Own, returns: str, kind: str) -> None:
    with pytest.raises(DataError) as stopped:
        stage(own(returns), TEXTS)
    assert str(stopped.value) == f"method.failed: method own failed ({kind}) (column c)"
    assert stopped.value.__cause__ is None
    assert stopped.value.__suppress_context__


@pytest.mark.parametrize("returns", [row[1] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_refused_is_said_of_its_column(own: Own, returns: str) -> None:
    with pytest.raises(DataError) as refused:
        stage(own(returns), TEXTS)
    assert [(reason.rule, reason.column) for reason in refused.value.reasons] == [("method.failed", "c")]
    assert not any(value in str(refused.value) for value in (CANARY, "王五"))


def test_a_type_that_depends_on_the_values_is_refused(own: Own) -> None:
    method = own("column.map(lambda value: len(value), na_action='ignore')")
    assert method.output("text", "NONE", {}) == "text"
    with pytest.raises(DataError) as refused:
        stage(method, TEXTS)
    assert str(refused.value) == (
        "method.failed: method own gives int64 where it gives string for a column without rows (column c)"
    )
    steady = own("column.map(lambda value: len(value), na_action='ignore').astype('int64[pyarrow]')")
    assert steady.output("text", "NONE", {}) == "integer"
    assert stage(steady, TEXTS, output="integer").to_pylist() == [11, None, 2, 1]


# -- the same contract --------------------------------------------------------------------------------------------------

KEYED = '''
def apply(
    column: "pd.Series", *, key: bytes, entity: str = "", person: "pd.Series | None" = None, project: Project | None = None, width: int = 2
) -> pd.Series:
    assert len(key) == 32 and entity == "PHONE" and project is not None and project.home is not None
    assert isinstance(person, pd.Series) and person.index.equals(column.index)
    return column.str.slice(0, width) + "·" + person.fillna("-")
'''


def test_it_is_given_what_it_names(own: Own) -> None:
    method = own(KEYED)
    assert method.on_series
    assert method.needs_key
    assert method.by_person
    given_, faults = method.check({"width": 3})
    assert (given_, faults) == ({"width": 3}, [])
    assert [str(fault) for fault in method.check({"key": "x", "wdith": 3})[1]] == [
        "key: no such parameter; known: width",
        "wdith: no such parameter; did you mean 'width'?",
    ]
    persons = pa.array(["a", None])
    out = method.apply(pa.array(["张三丰", "李四"]), given_, entity="PHONE", key=KEY, person=persons)
    assert out.to_pylist() == ["张三丰·a", "李四·-"]
    assert method.output("text", "PHONE", given_) == "text"


ANNOTATIONS = [
    ("by name", "import pandas\ndef apply(column: pandas.Series): return column\n", True),
    ("as text", "def apply(column: 'pd.Series'): return column\n", True),
    ("under another name", "from pandas import Series as Column\ndef apply(column: Column): return column\n", True),
    ("Arrow", "import pyarrow as pa\ndef apply(column: pa.Array): return column\n", False),
    ("not at all", "def apply(column): return column\n", False),
    ("another parameter", "def apply(column, *, person: pd.Series | None = None): return column\n", False),
]


@pytest.mark.parametrize(("text", "on_series"), [row[1:] for row in ANNOTATIONS], ids=[row[0] for row in ANNOTATIONS])
def test_the_first_parameter_says_so(own: Own, text: str, on_series: bool) -> None:
    method = own(f"\n{text}")
    assert method.on_series is on_series
    assert treat(method, pa.array(["a", None])).to_pylist() == ["a", None]


def test_nobody_else_pays_for_pandas() -> None:
    """Arrow itself imports it where it is given a Python list; what is asked of a method alone does not."""
    code = (
        "import sys; from gongkai.plan import contract; from gongkai.project import SHIPPED; from gongkai.transforms import mask\n"
        "print(contract.load(SHIPPED, 'mask').on_series, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_its_price_is_told(own: Own, tmp_path: Path) -> None:
    home = own("column.str.slice(0, 1)").project.home
    program = [sys.executable, "-m", "gongkai", "methods"]
    told = {
        words: subprocess.run([*program, *words], cwd=home, env={"GONGKAI_HOME": str(home)}, capture_output=True, text=True, check=True).stdout
        for words in (("own", "--json"), ("own",), ())
    }
    document = json.loads(told["own", "--json"])
    assert document["works_on"] == "pandas"
    assert document["values_per_second"] > 1000
    assert "values/s here" in told["own",]
    (line,) = [line for line in told[()].splitlines() if line.startswith("own\t")]
    assert "pandas.Series, " in line
    assert told[()].count("values/s here") == 1
