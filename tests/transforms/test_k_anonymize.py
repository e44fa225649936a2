from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import math
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai import plugins
from gongkai.errors import ConfigError, DataError
from gongkai.methods.table import Treatment
from gongkai.project import SHIPPED, Project

k_anonymize = plugins.load(SHIPPED, "transforms", "k_anonymize")

ADULT = Path(__file__).parent.parent / "data" / "adult"
ENTITIES = {"born": "DATE_OF_BIRTH", "home": "ADDRESS_REGION", "age": "AGE", "sex": "GENDER", "name": "PERSON_NAME"}
MASKED = "****"
HOMES = ["370102", "370103", "370202", "110101", "elsewhere", None]


def people(count: int, seed: int = 1) -> pa.RecordBatch:
    """Rows with few enough different values that classes form; some values are missing, some do not fit."""
    chance = random.Random(seed)
    first = dt.date(1960, 1, 1)
    return pa.record_batch(
        {
            "id": pa.array([f"row {index}" for index in range(count)]),
            "born": pa.array([(first + dt.timedelta(chance.randrange(4000))) if chance.random() < 0.9 else None for _ in range(count)], pa.date32()),
            "home": pa.array(chance.choices(HOMES, k=count), pa.string()),
            "age": pa.array([chance.choice([None, *range(60)]) for _ in range(count)], pa.int64()),
            "sex": pa.array(chance.choices(["男", "女", None], [5, 5, 1], k=count), pa.string()),
            "who": pa.array([chance.choice([None, "", *(f"p{index}" for index in range(count // 2 + 1))]) for _ in range(count)], pa.string()),
            "ill": pa.array(chance.choices(["流感", "糖尿病", "无", None], k=count), pa.string()),
        }
    )  # fmt: skip


def staged(batches: Iterator[pa.RecordBatch], columns: dict[str, Any], scratch: Path, **given_: Any) -> Iterator[pa.RecordBatch]:
    """``given_``: fields of the parameters, and of what the program gives."""
    by_program = {name: given_.pop(name) for name in ("entities", "note", "person", "project") if name in given_}
    treatment = Treatment(**{"columns": columns, "entities": ENTITIES, "scratch": scratch, **by_program})
    made: Iterator[pa.RecordBatch] = k_anonymize.stage(batches, k_anonymize.Params(**given_), treatment)
    return made


def treat(
    batch: pa.RecordBatch | list[pa.RecordBatch], scratch: Path, columns: dict[str, Any] | list[str], **given_: Any
) -> pa.Table:
    batches = [batch] if isinstance(batch, pa.RecordBatch) else batch
    wanted = {name: {} for name in columns} if isinstance(columns, list) else columns
    return pa.Table.from_batches(list(staged(iter(batches), wanted, scratch, **given_)))


def classes(table: pa.Table, columns: list[str]) -> dict[tuple[Any, ...], list[int]]:
    """The rows of each combination of values that is not suppressed."""
    found = defaultdict(list)
    for row, values in enumerate(zip(*(table[name].to_pylist() for name in columns), strict=True)):
        found[values].append(row)
    return {values: rows for values, rows in found.items() if set(values) != {MASKED}}


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@given(st.integers(1, 80), st.integers(0, 2**16), st.integers(2, 9), st.sampled_from([0.0, 0.05, 0.29, 0.5]), st.integers(1, 4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_class_has_k_rows_and_no_more_are_suppressed_than_may(
    scratch: Path, count: int, seed: int, k: int, suppress: float, columns: int
) -> None:
    batch = people(count, seed)
    treated = ["born", "home", "age", "sex"][:columns]
    if count < k:
        with pytest.raises(DataError, match=r"k_anonymize\.unreachable"):
            treat(batch, scratch, treated, k=k, suppress=suppress)
        return
    notes: list[dict[str, Any]] = []
    out = treat(batch, scratch, treated, k=k, suppress=suppress, note=notes.append)
    found = classes(out, treated)
    assert min(map(len, found.values()), default=k) >= k
    suppressed = [row for row in range(count) if all(out[name][row].as_py() == MASKED for name in treated)]
    (note,) = notes
    assert len(suppressed) == note["suppressed"] <= Fraction(str(suppress)) * count
    assert len(found) == note["classes"]
    assert min(map(len, found.values()), default=0) == note["smallest"]
    assert out["id"].to_pylist() == batch.column("id").to_pylist()
    for name in treated:
        assert out.schema.field(name).type == pa.string()
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("suppress", [0.0, 0.1])
@pytest.mark.parametrize("loss", ["certainty", "entropy"])
@pytest.mark.parametrize("seed", range(4))
def test_every_cell_is_its_own_value_made_coarser(scratch: Path, seed: int, loss: str, suppress: float) -> None:
    batch = people(60, seed)
    notes: list[dict[str, Any]] = []
    out = treat(batch, scratch, ["born", "home", "age"], k=3, suppress=suppress, loss=loss, note=notes.append)
    level = {name: each["level"] for name, each in notes[0]["columns"].items()}
    for name, method in (("born", "generalize_date"), ("home", "generalize_region"), ("age", "bucket")):
        for published, true in zip(out[name].to_pylist(), _coarser(method, batch.column(name), level[name]), strict=True):
            assert published in (true, MASKED)
    assert sum(published == MASKED for published in out["born"].to_pylist()) == notes[0]["suppressed"]
    assert all(0 <= each["loss"] <= 1 for each in [notes[0], *notes[0]["columns"].values()])


def _coarser(method: str, column: pa.Array, level: str) -> list[str | None]:
    if level == "*":
        return ["*"] * len(column)
    given_ = {"width": float(level)} if method == "bucket" else {"to": level}
    return plugins.load(SHIPPED, "transforms", method).apply(column, **given_).to_pylist()


def test_missing_values_are_a_class_of_their_own_until_the_top(scratch: Path) -> None:
    sexes = pa.record_batch({"sex": ["男", "男", None, None]})
    assert treat(sexes, scratch, ["sex"], k=2)["sex"].to_pylist() == ["男", "男", None, None]
    assert treat(sexes, scratch, ["sex"], k=3)["sex"].to_pylist() == ["*"] * 4
    one = pa.record_batch({"sex": ["男", "男", "男", None]})
    assert treat(one, scratch, ["sex"], k=2, suppress=0.25)["sex"].to_pylist() == ["男", "男", "男", MASKED]


def test_a_share_is_taken_as_it_is_written(scratch: Path) -> None:
    """29 % of 100 rows are 29, though 0.29 * 100 is less in floating point."""
    rows = pa.record_batch({"id": ["x"] * 71 + [f"y{index}" for index in range(29)]})
    out = treat(rows, scratch, {"id": {"coarsest": "value"}}, k=2, suppress=0.29)
    assert out["id"].to_pylist() == ["x"] * 71 + [MASKED] * 29


def test_values_that_do_not_fit_count_as_one(scratch: Path) -> None:
    homes = pa.record_batch({"home": ["370102", "370102", "east", "west"]})
    notes: list[dict[str, Any]] = []
    assert treat(homes, scratch, ["home"], k=2, note=notes.append)["home"].to_pylist() == ["370102", "370102", MASKED, MASKED]
    assert notes[0]["columns"]["home"]["unfit"] == 2


def test_a_class_is_measured_in_persons(scratch: Path) -> None:
    rows = pa.record_batch({"sex": ["男", "男", "男", "女", "女"], "who": ["a", "a", "a", "b", "c"]})
    assert treat(rows, scratch, ["sex"], k=2)["sex"].to_pylist() == ["男", "男", "男", "女", "女"]
    assert treat(rows, scratch, ["sex"], k=2, person="who")["sex"].to_pylist() == ["*"] * 5
    suppressed = treat(rows, scratch, ["sex"], k=2, person="who", suppress=0.6)
    assert suppressed["sex"].to_pylist() == [MASKED, MASKED, MASKED, "女", "女"]


@given(st.integers(0, 2**16), st.integers(2, 4), st.integers(1, 3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_class_has_k_persons_and_l_values(scratch: Path, seed: int, k: int, diversity: int) -> None:
    batch = people(80, seed)
    given_ = {"l": diversity, "sensitive": ("ill",)} if diversity > 1 else {}
    out = treat(batch, scratch, ["born", "sex"], k=k, suppress=0.2, person="who", **given_)
    for rows in classes(out, ["born", "sex"]).values():
        assert len({batch.column("who")[row].as_py() for row in rows} - {None, ""}) >= k
        assert len({batch.column("ill")[row].as_py() for row in rows}) >= diversity


@pytest.mark.parametrize("cut", [1, 7, 64])
def test_neither_batches_nor_the_order_of_rows_decide(scratch: Path, cut: int) -> None:
    batch, columns = people(120), ["born", "home", "age", "sex"]
    given_: dict[str, Any] = {"k": 4, "suppress": 0.1, "person": "who", "l": 2, "sensitive": ("ill",)}
    whole = treat(batch, scratch, columns, **given_)
    pieces = [batch.slice(start, cut) for start in range(0, 120, cut)]
    assert treat(pieces, scratch, columns, **given_).equals(whole)
    order = list(range(120))
    random.Random(cut).shuffle(order)
    mixed = treat(batch.take(order), scratch, list(reversed(columns)), **given_)
    assert mixed.equals(whole.take(order))


def test_batches_keep_their_cuts_and_columns_their_order(scratch: Path) -> None:
    batch = people(50)
    pieces = [batch.slice(0, 30), batch.slice(30, 0), batch.slice(30)]
    columns = {"born": {}, "sex": {}}
    made = list(staged(iter(pieces), columns, scratch, k=5, suppress=0.2))
    assert [piece.num_rows for piece in made] == [30, 0, 20]
    assert all(piece.schema.names == batch.schema.names for piece in made)


@pytest.mark.parametrize("layout", ["dictionary", "large", "sliced"])
def test_how_columns_are_laid_out_does_not_matter(scratch: Path, layout: str) -> None:
    batch = people(40)
    expected = treat(batch, scratch, ["home", "sex"], k=3, suppress=0.2)

    def laid_out(column: pa.Array) -> pa.Array:
        if layout == "sliced":
            return pa.concat_arrays([column[:3], column]).slice(3)
        text = pa.types.is_string(column.type)
        return (column.dictionary_encode() if layout == "dictionary" else column.cast(pa.large_string())) if text else column

    again = pa.record_batch({name: laid_out(batch.column(name)) for name in batch.schema.names})
    found = treat(again, scratch, ["home", "sex"], k=3, suppress=0.2, person="who")
    assert found["home"].equals(treat(batch, scratch, ["home", "sex"], k=3, suppress=0.2, person="who")["home"])
    assert expected["home"].equals(treat(again, scratch, ["home", "sex"], k=3, suppress=0.2)["home"])


def test_no_rows_and_only_treated_columns(scratch: Path) -> None:
    assert treat(people(5).slice(0, 0), scratch, ["born", "sex"], k=2).num_rows == 0
    assert treat(people(30).select(["sex"]), scratch, ["sex"], k=2, suppress=0.2).num_rows == 30
    assert list(staged(iter([]), {"sex": {}}, scratch, entities={}, k=2)) == []


def test_weights_say_which_column_matters(scratch: Path) -> None:
    rows = pa.record_batch({"sex": ["男", "男", "女", "女"], "name": ["张三", "李四", "张三", "李四"]})
    for kept, given_up in (("sex", "name"), ("name", "sex")):
        out = treat(rows, scratch, ["sex", "name"], k=2, weights={kept: 2.0})
        assert set(out[given_up].to_pylist()) == {"*"}
        assert "*" not in out[kept].to_pylist()


def test_the_note_is_json_and_says_what_was_chosen(scratch: Path) -> None:
    rows = pa.record_batch({"born": ["1990-03-07", "1990-03-28", "1990-07-01", "1991-02-03"]})
    notes: list[dict[str, Any]] = []
    treat(rows, scratch, ["born"], k=3, suppress=0.25, note=notes.append)
    (note,) = json.loads(json.dumps(notes))
    levels = ["month", "quarter", "year", "decade", "*"]
    column = {"level": "year", "levels": levels, "loss": pytest.approx((3 * 0.5 + 1) / 4), "unfit": 0}
    assert note == {
        "k": 3, "l": 1, "suppress": 0.25, "unit": "rows", "rows": 4, "suppressed": 1, "classes": 1, "smallest": 3,
        "loss": column["loss"], "columns": {"born": column}, "evaluated": note["evaluated"], "nodes": 5,
    }  # fmt: skip


# -- what cannot be done ------------------------------------------------------------------------------------------------

REGIONS = ["370102"] * 5 + ["370202"] * 4 + ["110101"] * 2


@pytest.mark.parametrize(
    ("name", "columns", "given_", "says", "blocking"),
    [
        (
            "one ladder ends too early", {"home": {"coarsest": "city"}, "sex": {}}, {"k": 3},
            "k = 3 is out of reach: at the coarsest levels 2 of 11 rows stand in classes that are too small, 0 may be suppressed; "
            "k = 2 would be reached", ["home"],
        ),
        (
            "two ladders, either is to blame", {"home": {"coarsest": "county"}, "sex": {"coarsest": "value"}}, {"k": 2},
            "no k above 1 would be reached", ["home", "sex"],
        ),
        (
            "only both together", {"home": {"coarsest": "province"}, "sex": {"coarsest": "value"}}, {"k": 11},
            "11 of 11 rows", ["home", "sex"],
        ),
        (
            "the budget is too small", {"home": {"coarsest": "city"}}, {"k": 5, "suppress": 0.2},
            "6 of 11 rows stand in classes that are too small, 2 may be suppressed; k = 4 would be reached", ["home"],
        ),
        ("fewer rows than k", {"home": {}}, {"k": 12}, "k = 11 would be reached; no ladder is to blame: all rows together", []),
        ("fewer persons than k", {"home": {}}, {"k": 4, "person": "who"}, "k = 3 would be reached; no ladder is to blame: all persons", []),
        ("too few values", {"home": {}}, {"k": 2, "l": 3, "sensitive": ("ill",)}, "k = 2 with l = 3 is out of reach", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_unreachable(
    scratch: Path, name: str, columns: dict[str, Any], given_: dict[str, Any], says: str, blocking: list[str]
) -> None:
    sexes = ["男", "女"] * 5 + ["男"] if "either" not in name else ["男"] * 10 + ["女"]
    homes = REGIONS if "either" not in name else ["370102"] * 10 + ["370202"]
    rows = pa.record_batch({"home": homes, "sex": sexes, "who": ["a", "b", "c", "a"] * 2 + [None, "", "c"], "ill": ["x", "y"] * 5 + ["x"]})
    with pytest.raises(DataError, match=r"k_anonymize\.unreachable") as caught:
        treat(rows, scratch, columns, **given_)
    first, *others = caught.value.reasons
    assert says in first.message
    assert [reason.column for reason in others] == blocking
    assert {reason.rule for reason in caught.value.reasons} == {"k_anonymize.unreachable"}
    text = str(caught.value)
    assert not any(value in text for value in ("370102", "370202", "110101", "男", "女"))
    assert not list(scratch.iterdir())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"k": 1}, "k is at least 2"),
        ({"suppress": -0.1}, "suppress is a share"),
        ({"suppress": 1.5}, "suppress is a share"),
        ({"suppress": math.nan}, "suppress is a share"),
        ({"l": 2}, "sensitive names columns"),
        ({"sensitive": ("ill",)}, "sensitive names columns"),
        ({"l": 2, "sensitive": ("sex",)}, "does not treat"),
        ({"person": "sex"}, "does not treat"),
        ({"weights": {"ill": 1.0}}, "weights are numbers above 0"),
        ({"weights": {"sex": 0.0}}, "weights are numbers above 0"),
        ({"loss": "height"}, "loss is certainty or entropy"),
        ({"columns": {}}, "at least one column"),
        ({"columns": {"born": {"finest": "day"}}}, "finest is one of"),
    ],
    ids=str,
)
def test_wrong_parameters_are_refused_before_a_row_is_read(scratch: Path, wrong: dict[str, Any], message: str) -> None:
    def untouched() -> Iterator[pa.RecordBatch]:
        pytest.fail("a row was read")
        yield

    given_ = {"columns": {"sex": {}}, "scratch": scratch, "k": 2}
    with pytest.raises(ValueError, match=message):
        staged(untouched(), **(given_ | wrong))


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"person": "whom"}, "person: no column 'whom'; did you mean 'who'"),
        ({"l": 2, "sensitive": ("illl",)}, "sensitive: no column 'illl'"),
        ({"columns": {"sexx": {}}}, "columns: no column 'sexx'"),
    ],
    ids=str,
)
def test_a_column_that_is_not_there(scratch: Path, given_: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        treat(people(5), scratch, **({"columns": ["sex"], "k": 2} | given_))


@pytest.mark.parametrize(
    ("type_", "given_", "message"),
    [("text", {"ladder": "number"}, "not text"), ("boolean", {"ladder": "date"}, "not boolean"), ("integer", {"widths": [1]}, "wider")],
)
def test_a_type_that_cannot_climb(type_: str, given_: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        k_anonymize.output(type_, **given_)
    assert k_anonymize.output(type_) == "text"


# -- what never leaves memory -------------------------------------------------------------------------------------------


def test_no_raw_value_of_a_treated_column_is_on_disk(scratch: Path) -> None:
    canaries = [f"铋鹇{index:04d}" for index in range(200)]
    born = [f"19{index % 60 + 10:02d}-0{index % 9 + 1}-1{index % 9}" for index in range(200)]
    rows = pa.record_batch({"name": canaries, "born": born, "note": [f"kept {index}" for index in range(200)]})
    made = staged(iter([rows.slice(0, 120), rows.slice(120)]), {"name": {}, "born": {}}, scratch, k=4)
    next(made)
    (path,) = scratch.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    with pa.OSFile(str(path)) as file:
        spilled = pa.ipc.open_stream(file).read_all()
    assert spilled.column_names == ["note"]
    raw = path.read_bytes()
    assert not any(value.encode() in raw for value in [*canaries, *born])
    assert len(list(made)) == 1
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("when", ["while reading", "while writing"])
def test_the_disk_is_left_empty_on_an_error(scratch: Path, when: str) -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield people(20)
        if when == "while reading":
            raise DataError.of("source.row_count", "fewer rows than counted")
        yield people(20)

    made = staged(broken(), {"sex": {}}, scratch, k=2, suppress=0.2)
    if when == "while reading":
        with pytest.raises(DataError, match="fewer rows"):
            next(made)
    else:
        next(made)
        assert list(scratch.iterdir())
        made.close()
    assert not list(scratch.iterdir())


# -- other people's ------------------------------------------------------------------------------------------------------


def test_adult_is_5_anonymous_as_pycanon_counts_it(tmp_path: Path, scratch: Path) -> None:
    from pycanon import anonymity

    folder = tmp_path / "rules" / "hierarchies"
    folder.mkdir(parents=True)
    for path in ADULT.glob("adult_hierarchy_*.csv"):
        shutil.copy(path, folder / path.name.removeprefix("adult_hierarchy_"))
    with gzip.open(ADULT / "adult.csv.gz", "rt", encoding="utf-8") as file:
        header, *rows = csv.reader(file, delimiter=";")
    batch = pa.record_batch([pa.array(column) for column in zip(*rows, strict=True)], header)
    notes: list[dict[str, Any]] = []
    given_ = {name: {"hierarchy": name} for name in header if name != "occupation"}
    sensitive = {"l": 3, "sensitive": ("occupation",)}
    entities = dict.fromkeys(header, "NONE")
    told = {"entities": entities, "note": notes.append, "project": Project.at(tmp_path)}
    made = staged(iter([batch]), given_, scratch, k=5, suppress=0.04, **sensitive, **told)
    out = pa.Table.from_batches(list(made)).to_pandas()
    kept = out[out["sex"] != MASKED].reset_index(drop=True)
    assert len(out) - len(kept) == notes[0]["suppressed"] <= 0.04 * len(out)
    assert anonymity.k_anonymity(kept, list(given_)) == notes[0]["smallest"] >= 5
    assert anonymity.l_diversity(kept, list(given_), ["occupation"]) >= 3


def test_a_citys_own_generalize_date_changes_nothing(tmp_path: Path, scratch: Path) -> None:
    """A city's method is for the columns that name it; what a class of rows is told stays what the shipped ladder says."""
    own = tmp_path / "mycity" / "transforms" / "generalize_date.py"
    own.parent.mkdir(parents=True)
    shipped = Path(plugins.load(SHIPPED, "transforms", "generalize_date").__file__).read_text("utf-8")
    own.write_text(shipped.replace("return dates.coarsen(column, to, width, as_of)", 'return pa.array(["own"] * len(column))'), "utf-8")
    city = Project.at(tmp_path / "mycity")
    assert plugins.load(city, "transforms", "generalize_date").apply(pa.array(["1990-03-07"]), to="year").to_pylist() == ["own"]
    rows = people(400)
    assert treat(rows, scratch, ["born", "home"], k=5, project=city) == treat(rows, scratch, ["born", "home"], k=5)
