"""What releases tell together: masks that add up, differences that isolate, joins that are unique. Counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError
from gongkai.project import SHIPPED
from gongkai.risk import sketch
from gongkai.risk.attributes import levels
from gongkai.risk.complement import complements
from gongkai.risk.difference import Difference, compare
from gongkai.risk.disclosure import Told
from gongkai.risk.join import Join, join

KEY = bytes(range(16))
HEAD = Told("id", "CN_ID_CARD", Disclosure(Form.PART, 6, 0))
TAIL = Told("id", "CN_ID_CARD", Disclosure(Form.PART, 0, 4), source="b")
YEAR = Told("born", "DATE_OF_BIRTH", Disclosure(Form.COARSE, 4, parts=frozenset({"year"})), source="b")
WANTED = {"CN_ID_CARD": 330}


def told(**given: Any) -> Told:
    return Told(**{"column": "id", "entity": "CN_ID_CARD", "left": Disclosure(Form.PART, 6, 0), **given})


class TestMasks:
    def test_two_halves_beside_a_birth_year_leave_32(self) -> None:
        (found,) = complements([HEAD], [TAIL, YEAR], WANTED, SHIPPED)
        assert (found.identifier, found.sources, found.positions) == ("resident_id", ("b",), "1-6, 15-18")
        assert (found.least, found.alone, found.wanted) == (32, 33_238_000, 330)

    def test_two_halves_alone_leave_enough(self) -> None:
        assert complements([HEAD], [TAIL], WANTED, SHIPPED) == []

    def test_only_datasets_that_matter_are_named(self) -> None:
        others = [TAIL, YEAR, told(source="c"), told(source="d", entity="PHONE", left=Disclosure(Form.PART, 3, 4))]
        assert [each.sources for each in complements([HEAD], others, WANTED, SHIPPED)] == [("b",)]

    def test_three_pieces_of_three_datasets(self) -> None:
        middle = told(source="c", left=Disclosure(Form.PART, middle=((6, 10),)))
        (found,) = complements([HEAD], [TAIL, middle], WANTED, SHIPPED)
        assert (set(found.sources), found.least) == ({"b", "c"}, 32)

    def test_a_number_that_holds_the_same_number(self) -> None:
        card = told(source="c", entity="DISABILITY_CERT", left=Disclosure(Form.PART, 0, 6))
        assert [each.sources for each in complements([HEAD], [card, YEAR], WANTED, SHIPPED)] == []
        year = told(column="born", entity="DATE_OF_BIRTH", left=YEAR.left, source="c")
        assert [each.least for each in complements([HEAD], [card, year], WANTED, SHIPPED)] == [32]

    def test_what_is_too_much_by_itself_is_not_told_twice(self) -> None:
        both = told(left=Disclosure(Form.PART, 6, 4))
        year = told(column="born", entity="DATE_OF_BIRTH", left=YEAR.left)
        assert complements([both, year], [TAIL], WANTED, SHIPPED) == []

    def test_pseudonyms_do_not_add_up(self) -> None:
        assert complements([HEAD], [told(left=Disclosure(Form.LINK, linkable=True), source="b"), YEAR], WANTED, SHIPPED) == []


def write(path: Path, **columns: list[Any]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


class TestDifference:
    COLUMNS = ("district", "born", "amount")
    QUASI = ("district", "born")

    def compare(self, tmp_path: Path, before: dict[str, list[Any]], after: dict[str, list[Any]], k: int, **given: Any) -> Difference:
        first, second = write(tmp_path / "a.parquet", **before), write(tmp_path / "b.parquet", **after)
        return compare(first, second, list(before), self.QUASI, k=k, **given)

    def rows(self, count: int, amounts: int = 0, district: str = "云湖区") -> dict[str, list[Any]]:
        return {"district": [district] * count, "born": ["1990"] * count, "amount": list(range(amounts, amounts + count))}

    def test_the_same_rows_differ_in_nothing(self, tmp_path: Path) -> None:
        rows = self.rows(30)
        turned = {name: cells[::-1] for name, cells in rows.items()}
        assert self.compare(tmp_path, rows, turned, 20) == Difference(0, 0, 0, 0, 0)

    def test_each_is_safe_and_their_difference_is_one_person(self, tmp_path: Path) -> None:
        found = self.compare(tmp_path, self.rows(30), self.rows(31), 20)
        assert found == Difference(added=1, removed=0, changed=1, isolated=1, classes=1)

    def test_one_who_left(self, tmp_path: Path) -> None:
        assert self.compare(tmp_path, self.rows(31), self.rows(30), 20).isolated == 1

    def test_one_whose_amount_changed(self, tmp_path: Path) -> None:
        after = self.rows(30)
        after["amount"][3] = 999
        assert self.compare(tmp_path, self.rows(30), after, 20) == Difference(1, 1, 1, 1, 1)

    def test_twenty_new_ones_hide_each_other(self, tmp_path: Path) -> None:
        assert self.compare(tmp_path, self.rows(30), self.rows(50), 20) == Difference(20, 0, 20, 0, 0)

    def test_a_row_that_is_there_twice_counts_twice(self, tmp_path: Path) -> None:
        rows = {name: cells * 2 for name, cells in self.rows(30).items()}
        once = self.rows(30)
        assert self.compare(tmp_path, rows, once, 20) == Difference(0, 30, 30, 0, 0)

    def test_each_class_by_itself(self, tmp_path: Path) -> None:
        more = {name: cells + self.rows(1, district="青岭县")[name] for name, cells in self.rows(50).items()}
        assert self.compare(tmp_path, self.rows(30), more, 20) == Difference(21, 0, 21, 1, 1)

    def test_null_is_a_class(self, tmp_path: Path) -> None:
        more = {name: [*cells, None] for name, cells in self.rows(30).items()}
        assert self.compare(tmp_path, self.rows(30), more, 20).isolated == 1

    def test_twenty_rows_of_one_person_hide_nobody(self, tmp_path: Path) -> None:
        before = {**self.rows(30), "who": [f"p{index}" for index in range(30)]}
        after = {**self.rows(50), "who": [*before["who"], *["p99"] * 20]}
        assert self.compare(tmp_path, before, after, 20).isolated == 0
        assert self.compare(tmp_path, before, after, 20, person="who") == Difference(20, 0, 1, 1, 1)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"risk\.failed"):
        compare(tmp_path / "a", tmp_path / "b", ["a"], ["a"], k=2)


QUASI = {"区划": "ADDRESS_REGION", "出生": "DATE_OF_BIRTH", "性别": "GENDER"}


class TestJoin:
    """Two datasets of one city, each with district, birth and sex."""

    def sketch(self, path: Path, quasi: dict[str, str] | None = None, key: bytes = KEY, **columns: list[Any]) -> pa.Table:
        return sketch.make(SHIPPED, write(path, **columns), quasi or QUASI, key)

    def mine(self, tmp_path: Path, key: bytes = KEY) -> pa.Table:
        rows = {"区划": ["370102", "370102", "370103", "****"], "出生": ["1990-03-07", "1990-03-08", "1990-03-07", "1990-03-07"],
                "性别": ["1", "1", "2", "1"]}  # fmt: skip
        return self.sketch(tmp_path / "mine.parquet", key=key, **rows)

    def test_unique_pairs_are_counted(self, tmp_path: Path) -> None:
        theirs = self.sketch(
            tmp_path / "theirs.parquet",
            区划=["370102", "370102", "370102", "370103", "370103"],
            出生=["1990-03-07", "1990-03-08", "1990-03-08", "1990-03-07", "1991-01-01"],
            性别=["男", "男", "男", "女", "女"],
        )
        found = join(self.mine(tmp_path), theirs)
        assert set(found.attributes) == {"region@county", "birth@day", "sex@value"}
        assert (found.unique, found.matched) == (2, 3)

    def test_at_the_finest_level_both_have(self, tmp_path: Path) -> None:
        quasi = {"地址": "ADDRESS", "年": "DATE_OF_BIRTH"}
        theirs = self.sketch(
            tmp_path / "theirs.parquet", quasi, 地址=["山东省济南市历下区", "山东省济南市市中区"], 年=["1990", "1990"]
        )
        found = join(self.mine(tmp_path), theirs)
        assert set(found.attributes) == {"region@county", "birth@year"}
        assert (found.unique, found.matched) == (1, 2)

    def test_under_another_key_nothing_meets(self, tmp_path: Path) -> None:
        other = self.mine(tmp_path, bytes(range(1, 17)))
        assert join(self.mine(tmp_path), other) == Join(("region@county", "birth@day", "sex@value"), 0, 0)

    def test_nothing_in_common(self, tmp_path: Path) -> None:
        theirs = self.sketch(tmp_path / "theirs.parquet", {"民族": "ETHNICITY"}, 民族=["汉族"])
        assert join(self.mine(tmp_path), theirs) == Join((), 0, 0)

    def test_a_sketch_is_bytes_without_a_value(self, tmp_path: Path) -> None:
        made = self.mine(tmp_path)
        written = sketch.write(made)
        assert sketch.read(written).equals(made)
        assert not any(value.encode() in written for value in ("370102", "1990-03", "1990", "男"))
        assert all(kind == pa.int64() for kind in made.schema.types)

    def test_persons_are_counted_once(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.parquet", 性别=["男", "男", "女"], who=["p1", "p1", "p2"])
        made = sketch.make(SHIPPED, path, {"性别": "GENDER"}, KEY, person="who")
        assert made.column("units").to_pylist() == [1, 1]


@pytest.mark.parametrize(
    ("entity", "given", "expected"),
    [
        ("DATE_OF_BIRTH", ["1990-Q1"], {"birth@quarter": ["1990-Q1"], "birth@year": ["1990"], "birth@decade": ["199"]}),
        ("DATE_OF_BIRTH", ["1990s"], {"birth@decade": ["199"]}),
        ("ADDRESS_REGION", ["370100"], {"region@city": ["3701"], "region@province": ["37"]}),
        ("ADDRESS", ["山东省济南市"], {"region@city": ["3701"], "region@province": ["37"]}),
        ("GENDER", ["F", "男性"], {"sex@value": ["女", "男"]}),
        ("ETHNICITY", ["汉族", None, "*"], {"ethnicity@value": ["汉族", None, None]}),
        ("PERSON_NAME", ["****", "〔已隐去〕"], {}),
    ],
)
def test_levels(entity: str, given: list[str | None], expected: dict[str, list[str | None]]) -> None:
    assert {name: texts.to_pylist() for name, texts in levels(SHIPPED, entity, pa.array(given)).items()} == expected


def test_people_of_one_dataset_stay_apart_from_release_to_release() -> None:
    """Its earlier releases speak of the same two people; another dataset's subject may be either of them."""
    mine = [told(subject="本人"), told(column="no", subject="担保人", left=Disclosure(Form.PART, 0, 4)),
            Told("born", "DATE_OF_BIRTH", YEAR.left, "本人")]  # fmt: skip
    before = [Told(each.column, each.entity, each.left, each.subject, "before") for each in mine]
    assert complements(mine, before, WANTED, SHIPPED, own=["before"]) == []
    assert complements(mine, before, WANTED, SHIPPED) != []
