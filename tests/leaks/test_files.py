"""Every format broken so that a raw value stands in it, and the right ones, in which nothing does."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests import proofs

from gongkai.disclosure import LOOKALIKE, Disclosure, Form
from gongkai.errors import DataError
from gongkai.leaks import files, staged
from gongkai.leaks.columns import WatchedColumn
from gongkai.leaks.sketch import Collector, Sketch
from gongkai.leaks.tokens import Hasher

from . import releases

NOTHING = np.empty(0, np.uint64)
RAW = {
    "ID number": "450902199001011235",
    "landline": "0775-2823456",
    "address": "北京市东城区东华门街道小桥胡同12号院3单元",
    "e-mail": "li.si@mail.example.cn",
    "code": "RH20260012345",
}
COLUMNS = {
    "ID number": WatchedColumn("c", "身份证号", "text", "text", "CN_ID_CARD", "direct", "mask", Disclosure(Form.PART, 6, 0)),
    "landline": WatchedColumn("c", "电话", "text", "text", "PHONE", "direct", "suppress"),
    "address": WatchedColumn("c", "住址", "text", "text", "ADDRESS", "direct", "t", Disclosure(Form.COARSE, parts=frozenset({"city"}))),
    "e-mail": WatchedColumn("c", None, "text", "text", "EMAIL", "direct"),
    "code": WatchedColumn("c", "户号", "text", "text", "HOUSEHOLD_NO", "direct", "pseudonymize", Disclosure(Form.LINK)),
    "name": WatchedColumn("c", "姓名", "text", "text", "PERSON_NAME", "direct", "mask", Disclosure(Form.PART, 1, 0)),
}
HASHER = Hasher(bytes(range(64)))


@pytest.fixture(scope="module")
def sketch(tmp_path_factory: pytest.TempPathFactory) -> Sketch:
    """The list of a run whose columns held these values, and a name."""
    folder = tmp_path_factory.mktemp("run")
    collector = Collector(folder, [], HASHER)
    for kind, column in COLUMNS.items():
        collector._take(column, pa.array(["王小明" if kind == "name" else RAW[kind]]))
    collector.close()
    return Sketch.open(folder, HASHER)


def scan(folder: Path, sketch: Sketch, **given: object) -> list[files.Leak]:
    options = {"allowed": NOTHING, "data": [f"data.{name}" for name in releases.FORMATS]} | given
    return files.scan(folder, sketch, **options)  # type: ignore[arg-type]


def test_a_right_release_holds_nothing(tmp_path: Path, sketch: Sketch) -> None:
    assert scan(releases.write(tmp_path / "r"), sketch) == []


PLACES = [(name, place) for name, breaks in releases.BREAKS.items() for place in breaks]
EVERYWHERE = proofs.sample([(*place, kind) for place in PLACES for kind in RAW], 60)


@pytest.mark.parametrize(("name", "place"), PLACES, ids=[f"{name}: {place}" for name, place in PLACES])
def test_every_format_broken_somewhere_is_caught(tmp_path: Path, sketch: Sketch, name: str, place: str) -> None:
    assert_caught(tmp_path, sketch, name, place, [*RAW][(len(name) + len(place)) % len(RAW)])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "place", "kind"), EVERYWHERE, ids=[": ".join(each) for each in EVERYWHERE])
def test_every_format_broken_everywhere_is_caught(
    tmp_path: Path, sketch: Sketch, name: str, place: str, kind: str, record_property: Callable[[str, object], None]
) -> None:
    assert_caught(tmp_path, sketch, name, place, kind)
    record_property("proof", "a raw value somewhere in a file of some format: 1 place, 0 survivors")


def assert_caught(tmp_path: Path, sketch: Sketch, name: str, place: str, kind: str) -> None:
    folder = releases.write(tmp_path / "r", formats=(name,))
    releases.BREAKS[name][place](folder / f"data.{name}", RAW[kind])
    found = scan(folder, sketch)
    assert found, "a survivor"
    assert RAW[kind] not in "".join(str(finding.reason()) for finding in found) or place == "file name"


NAMED = [pair for pair in PLACES if pair[1] in ("sheet name", "author", "key-value") or pair == ("csv", "header")]


@pytest.mark.parametrize(("name", "place"), NAMED, ids=[f"{name}: {place}" for name, place in NAMED])
def test_a_name_is_caught_where_none_belongs(tmp_path: Path, sketch: Sketch, name: str, place: str) -> None:
    folder = releases.write(tmp_path / "r", formats=(name,))
    releases.BREAKS[name][place](folder / f"data.{name}", "王小明")
    assert [finding.kind for finding in scan(folder, sketch)] == ["names"]


@pytest.mark.parametrize("paper", ["metadata.json", "report.html"])
def test_papers_are_read_too(tmp_path: Path, sketch: Sketch, paper: str) -> None:
    folder = releases.write(tmp_path / "r", formats=())
    (folder / paper).write_text(f"联系方式：{RAW['landline']}", encoding="utf-8")
    (finding,) = scan(folder, sketch)
    assert (finding.file, finding.place, finding.kind, finding.count) == (paper, "paper", "listed", 1)


def test_what_is_packed_is_unpacked(tmp_path: Path, sketch: Sketch) -> None:
    folder = releases.write(tmp_path / "r", formats=())
    with gzip.open(folder / "data.csv.gz", "wt") as file:
        file.write(f"a\n{RAW['address']}\n")
    assert [finding.kind for finding in scan(folder, sketch)] == ["listed"]


def test_what_cannot_be_looked_into_refuses(tmp_path: Path, sketch: Sketch) -> None:
    folder = releases.write(tmp_path / "r", formats=("xlsx", "parquet"))
    for path in folder.glob("data.*"):
        path.write_bytes(path.read_bytes()[:900])
        with pytest.raises(DataError, match=r"leak\.unreadable"):
            scan(folder, sketch)
        path.unlink()


def test_a_value_cut_by_the_end_of_a_block_is_whole(tmp_path: Path, sketch: Sketch) -> None:
    folder = releases.write(tmp_path / "r", formats=())
    rows = "".join(f"A{index:07d},{'甲' * (index % 7)}\n" for index in range(120_000))
    for offset in range(0, 40, 7):
        (folder / "data.csv").write_text("编号,值\n" + "x" * offset + "\n" + rows + RAW["code"] + "\n" + rows, encoding="utf-8")
        assert [finding.kind for finding in scan(folder, sketch)] == ["listed"]


@pytest.mark.parametrize("kind", RAW)
def test_what_the_check_let_pass_may_stand_there(tmp_path: Path, sketch: Sketch, kind: str) -> None:
    folder = releases.write(tmp_path / "r", formats=("csv",))
    releases.BREAKS["csv"]["cell"](folder / "data.csv", RAW[kind])
    assert scan(folder, sketch, allowed=files.hashes(sketch, RAW[kind])) == []
    assert scan(folder, sketch, reviewed=[f'{{"phone": "{RAW[kind]}"}}']) == []


def test_what_the_scan_of_the_staged_table_tolerates_is_handed_on(tmp_path: Path, sketch: Sketch) -> None:
    """Case numbers somebody answers for, a list of them in one cell too; an office's telephone; a large amount."""
    import pyarrow.parquet as pq

    from gongkai.leaks.originals import Listed

    numbers = [f"45090220250102{index:04d}" for index in range(300)]
    table = pa.table(
        {
            "编号": [*numbers[:-2], ",".join(numbers)],
            "热线": [RAW["landline"]] * 299,
            "金额": pa.array([1.5] * 298 + [13812345678.0]),
        }
    )
    columns = [WatchedColumn("n", "编号", "text", "text", "NONE", "plain", "keep", Disclosure(Form.ALL)),
               WatchedColumn("p", "热线", "text", "text", "ORG_PHONE", "plain", "keep", Disclosure(Form.ALL)),
               WatchedColumn("m", "金额", "float", "float", "NONE", "plain", "keep", Disclosure(Form.ALL))]  # fmt: skip
    pq.write_table(table, tmp_path / "staged.parquet")
    found = staged.scan(tmp_path / "staged.parquet", columns, {("编号", "resident_id")}, Listed(sketch, columns))  # type: ignore[arg-type]
    assert [finding.allowed for finding in found.findings] == [True]
    folder = releases.write(tmp_path / "r", table)
    assert scan(folder, sketch, allowed=found.allowed) == []
    assert {finding.kind for finding in scan(folder, sketch)} == {"resident_id", "listed"}


MADE_UP = Disclosure(Form.LINK, parts=frozenset({LOOKALIKE}))
STANDS_BY_RIGHT = [
    ("made up", WatchedColumn("w", "经办人", "text", "text", "PERSON_NAME", "direct", "fake", MADE_UP)),
    ("public", WatchedColumn("w", "经办人", "text", "text", "LEGAL_REPRESENTATIVE", "direct", "keep", Disclosure(Form.ALL))),
]


@pytest.mark.parametrize("column", [row[1] for row in STANDS_BY_RIGHT], ids=[row[0] for row in STANDS_BY_RIGHT])
def test_a_name_that_stands_in_a_column_by_right_stands_in_the_statistics_of_the_file_too(
    tmp_path: Path, sketch: Sketch, column: WatchedColumn
) -> None:
    """A made-up name is somebody's by chance; of 50,000 the first in the alphabet often is."""
    import pyarrow.parquet as pq

    from gongkai.leaks.originals import Listed

    table = pa.table({"经办人": ["王小明", *["王小鸭"] * 99]})
    pq.write_table(table, tmp_path / "staged.parquet")
    folder = releases.write(tmp_path / "r", table, ("parquet",))
    assert {(finding.place, finding.kind) for finding in scan(folder, sketch)} == {("metadata", "names")}
    found = staged.scan(tmp_path / "staged.parquet", [column], listed=Listed(sketch, [column]))  # type: ignore[arg-type]
    assert found.findings == []
    assert scan(folder, sketch, allowed=found.allowed) == []
