from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycanon import anonymity

from gongkai.errors import ConfigError, DataError
from gongkai.risk.classes import Classes, group, match

CELLS = st.sampled_from([None, "", "男", "女", "NULL"])
PEOPLE = st.sampled_from([None, "", "p1", "p2", "p3"])
ROWS = st.lists(st.tuples(CELLS, CELLS, PEOPLE), max_size=40)


def write(path: Path, *, row_group: int = 1000, **columns: Sequence[Any]) -> Path:
    arrays = {name: pa.array(cells, pa.string() if set(cells) <= {None} else None) for name, cells in columns.items()}
    pq.write_table(pa.table(arrays), path, row_group_size=row_group)
    return path


def by_hand(rows: Sequence[tuple[Any, ...]], person: bool) -> tuple[tuple[int, int], ...]:
    """Class sizes out of a dictionary: persons of a class, a row without one by its number."""
    classes: defaultdict[Any, set[Any]] = defaultdict(set)
    for number, (*quasi, who) in enumerate(rows):
        classes[tuple(quasi)].add(who if person and who is not None else number)
    return tuple(sorted(Counter(map(len, classes.values())).items()))


@given(rows=ROWS, row_group=st.integers(1, 50))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_agrees_with_a_dictionary(rows: list[tuple[Any, ...]], row_group: int, tmp_path: Path) -> None:
    a, b, who = ([row[place] for row in rows] for place in range(3))
    file = write(tmp_path / "t.parquet", row_group=row_group, a=a, b=b, who=who)
    people = write(tmp_path / "people.parquet", row_group=3, who=who)
    expected = by_hand(rows, person=True)
    assert group(file, ["a", "b"]).sizes == by_hand(rows, person=False)
    for person in ("who", people):
        found = group(file, ["a", "b"], person=person)
        assert found.sizes == expected
        assert found.rows == len(rows)
        assert found.people == len({cell for cell in who if cell is not None}) + who.count(None)
        assert found.units == sum(size * classes for size, classes in expected)


@pytest.mark.parametrize(
    ("name", "years", "people", "k", "uniques", "below_3"),
    [
        ("the one without a year stands out", [1980, 1980, None], None, 1, 1, 3),
        ("those without a year hide each other", [1980, 1980, None, None], None, 2, 0, 4),
        ("rows of one person hide nobody", [1980] * 4, ["a"] * 4, 1, 1, 1),
        ("unknown people are different people", [1980] * 4, [None] * 4, 4, 0, 0),
        ("one known, two unknown", [1980] * 4, ["a", "a", None, None], 3, 0, 0),
        ("a person of two classes is in both", [1980, 1980, 1990], ["a", "b", "a"], 1, 1, 3),
    ],
)
def test_null_and_people(
    name: str, years: list[Any], people: list[Any] | None, k: int, uniques: int, below_3: int, tmp_path: Path
) -> None:
    file = write(tmp_path / "t.parquet", year=years, **({"who": people} if people else {}))
    found = group(file, ["year"], person="who" if people else None)
    assert (found.k, found.uniques, found.below(3)) == (k, uniques, below_3), name


def test_pycanon_drops_the_row_that_stands_out(tmp_path: Path) -> None:
    years = [1980, 1980, 1980, 1990, 1990, 1990, None]
    assert anonymity.k_anonymity(pd.DataFrame({"year": years}), ["year"]) == 3
    assert group(write(tmp_path / "t.parquet", year=years), ["year"]).k == 1


def test_agrees_with_pycanon_without_null(tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    for _ in range(10):
        frame = pd.DataFrame({"a": chance.choice(list("xyz"), 50), "b": chance.integers(0, 3, 50)})
        file = write(tmp_path / "t.parquet", a=frame["a"].tolist(), b=frame["b"].tolist())
        assert group(file, ["a", "b"]).k == anonymity.k_anonymity(frame, ["a", "b"])


def test_one_class_without_quasi_identifiers(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", who=["a", "b", "a"])
    assert group(file, []).sizes == ((3, 1),)
    assert group(file, [], person="who").sizes == ((2, 1),)


def test_no_rows(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", a=[], who=[])
    for quasi in ([], ["a"]):
        found = group(file, quasi, person="who")
        assert (found.k, found.count, found.rows, found.people, found.uniques) == (0, 0, 0, 0, 0)
        assert found.document()["sizes"] == []


@pytest.mark.parametrize("name", ["性别", 'a"b', "a'b", "a b", "c0", "p", "size", "file_row_number", "*", "?", "class", "a.b", ""])
def test_names_hold_anything(name: str, tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", **{name: ["x", "x", "y"], "other": [1, 2, 3]})
    people = write(tmp_path / "people.parquet", **{name: ["a", "a", "a"]})
    assert group(file, [name]).sizes == ((1, 1), (2, 1))
    assert group(file, ["other"], person=name).people == 2
    assert group(file, [name], person=people).sizes == ((1, 2),)


def test_names_that_differ_in_case_are_two(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", A=[1, 2, 3], a=[1, 1, 1])
    assert (group(file, ["A"]).k, group(file, ["a"]).k) == (1, 3)


@pytest.mark.parametrize("folder", ["year=2020", "it's", "[ab]", "a*b", "a?b", "中文 空格"])
def test_folders_are_no_patterns(folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir()
    file = write(tmp_path / folder / "[1] t'.parquet", year=["x", "y"])
    assert group(file, ["year"], temp=tmp_path / folder).count == 2


@pytest.mark.parametrize("quasi", [["b"], ["a", "b"], ["A"]])
def test_a_missing_column_is_refused(quasi: list[str], tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", a=["secret"])
    with pytest.raises(ConfigError, match=f"the file has 0 columns '{quasi[-1]}'"):
        group(file, quasi)
    with pytest.raises(ConfigError, match="0 columns 'who'"):
        group(file, [], person="who")


@pytest.mark.parametrize("people", [{"who": ["a", "b"]}, {"who": ["a", "b", "c", "d"]}, {"who": ["a", "b", "c"], "x": [1, 2, 3]}])
def test_people_beside_must_be_one_a_row(people: dict[str, list[Any]], tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", a=[1, 2, 3])
    with pytest.raises(DataError, match=r"risk\.person"):
        group(file, ["a"], person=write(tmp_path / "people.parquet", **people))


def test_no_value_leaves_with_an_error(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", a=["13812345678"] * 5000, b=list(range(5000)))
    whole = file.read_bytes()
    file.write_bytes(whole[:8] + b"13812345678" * 20 + whole[228:])
    with pytest.raises(DataError, match=r"^risk\.failed: the file could not be measured \(\w+\)$") as caught:
        group(file, ["a", "b"])
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_little_memory_gives_the_same_and_leaves_nothing(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    columns = {name: [f"{name}{cell:08}" for cell in chance.integers(0, 60_000, 200_000)] for name in ("a", "b", "who")}
    file = write(tmp_path / "t.parquet", row_group=20_000, **columns)
    people = write(tmp_path / "people.parquet", row_group=30_000, who=columns["who"])
    spill = tmp_path / "spill"
    spill.mkdir()
    seen = group(file, ["a", "b"], person=people, memory="40MB", temp=spill)
    assert seen == group(file, ["a", "b"], person="who", memory="2GB")
    assert list(spill.iterdir()) == []


def test_out_of_memory_is_said_without_a_value(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", a=[f"{cell:050}" for cell in range(100_000)])
    with pytest.raises(DataError, match=r"risk\.failed: the file could not be measured \(OutOfMemoryException\)"):
        group(file, ["a"], memory="1MB")


def test_document() -> None:
    found = Classes("person", rows=3000, people=1500, sizes=((1, 2), (20, 1), (21, 1), (50, 2), (51, 1), (1200, 1)))
    assert found.document() == {
        "unit": "person", "rows": 3000, "people": 1500, "units": 1394, "classes": 8, "k": 1, "uniques": 2, "withheld": 0,
        "below": [{"size": 2, "units": 2}, {"size": 3, "units": 2}, {"size": 5, "units": 2}, {"size": 10, "units": 2}, {"size": 20, "units": 2}],
        "sizes": [
            {"from": 1, "to": 1, "classes": 2, "units": 2},
            {"from": 20, "to": 20, "classes": 1, "units": 20},
            {"from": 21, "to": 50, "classes": 3, "units": 121},
            {"from": 51, "to": 100, "classes": 1, "units": 51},
            {"from": 1001, "to": 2000, "classes": 1, "units": 1200},
        ],
    }  # fmt: skip


@given(st.dictionaries(st.integers(1, 10**6), st.integers(1, 1000), max_size=200))
def test_bands_keep_every_class(sizes: dict[int, int]) -> None:
    found = Classes("row", 0, 0, tuple(sorted(sizes.items())))
    bands = found.document()["sizes"]
    assert sum(band["classes"] for band in bands) == found.count
    assert sum(band["units"] for band in bands) == found.units
    assert len(bands) <= 20 + 3 * 5
    for band in bands:
        inside = {size: classes for size, classes in sizes.items() if band["from"] <= size <= band["to"]}
        assert sum(inside.values()) == band["classes"]


def test_match_with_a_register(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", a=["x", "x", "y", "z", None], b=[1, 1, 1, 1, 1])
    register = write(tmp_path / "r.parquet", b=[1] * 12, a=["x"] * 5 + ["y"] * 3 + [None] * 4, more=[0] * 12)
    # z is not registered at all: it is the one person the file knows
    assert match(file, register, ["a", "b"]) == ((1, 1, 1), (1, 3, 1), (1, 4, 1), (2, 5, 1))


def test_match_counts_people_on_both_sides(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", a=["x", "x", "x"], who=["1", "1", "2"])
    register = write(tmp_path / "r.parquet", a=["x"] * 6, id=["1", "2", "3", "3", "3", None])
    assert match(file, register, ["a"], person="who", register_person="id") == ((2, 4, 1),)
    assert match(file, register, ["a"]) == ((3, 6, 1),)


def test_match_refuses_other_types(tmp_path: Path) -> None:
    file = write(tmp_path / "t.parquet", a=["1"])
    with pytest.raises(ConfigError, match="another type in the register"):
        match(file, write(tmp_path / "r.parquet", a=[1]), ["a"])
    with pytest.raises(ConfigError, match="0 columns 'a'"):
        match(file, write(tmp_path / "r.parquet", b=["1"]), ["a"])


def test_suppressed_rows_are_in_no_class(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    columns = {"born": ["1990", "1990", "****", "****", None], "place": ["云湖区", "云湖区", "****", "青岭县", None]}
    pq.write_table(pa.table(columns), path)
    seen = group(path, ["born", "place"], hidden="****")
    assert (seen.rows, seen.withheld, seen.sizes) == (5, 1, ((1, 2), (2, 1)))
    assert group(path, ["born", "place"]).withheld == 0
    assert group(path, [], hidden="****").withheld == 0
