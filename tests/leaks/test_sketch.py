from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gongkai.disclosure import Disclosure, Form
from gongkai.errors import DataError
from gongkai.leaks import originals, values
from gongkai.leaks.columns import WatchedColumn
from gongkai.leaks.originals import Estimate, Listed, Originals
from gongkai.leaks.sketch import Collector, Sketch
from gongkai.leaks.tokens import Hasher

HASHER = Hasher(bytes(range(64)))
MASK = Disclosure(Form.PART, 3, 4)
WHOLE = Disclosure(Form.ALL)
COUNTY = Disclosure(Form.COARSE, parts=frozenset({"province", "city", "county"}))
COLUMNS = [
    WatchedColumn("phone", "phone", "text", "text", "PHONE", "direct", "mask", MASK),
    WatchedColumn("name", "name", "text", "text", "PERSON_NAME", "direct", "mask", Disclosure(Form.PART, 1, 0)),
    WatchedColumn("address", "address", "text", "text", "ADDRESS", "direct", "truncate_address", COUNTY),
    WatchedColumn("number", "number", "text", "text", "PERSON_NO", "direct", "pseudonymize", Disclosure(Form.LINK)),
    WatchedColumn("hidden", None, "text", "text", "CN_ID_CARD", "direct"),
    WatchedColumn("note", "note", "text", "text", "NONE", "plain", "keep", WHOLE),
    WatchedColumn("hotline", "hotline", "text", "text", "ORG_PHONE", "plain", "keep", WHOLE),
]


def gathered(folder: Path, held: int = 1 << 20, batches: int = 1, **columns: list[str | None]) -> Sketch:
    rows = max(map(len, columns.values()))
    given = {column.name: columns.get(column.name, []) for column in COLUMNS}
    batch = pa.record_batch({name: pa.array([*texts, *[None] * (rows - len(texts))], pa.string()) for name, texts in given.items()})
    collector = Collector(folder, COLUMNS, HASHER, held=held)
    parts = [batch.slice(index * rows // batches, (index + 1) * rows // batches - index * rows // batches) for index in range(batches)]
    assert list(collector.stage(iter(parts))) == parts
    collector.close()
    return Sketch.open(folder, HASHER)


def found(sketch: Sketch, waived: tuple[tuple[str, str], ...] = (), **columns: list[str | None]) -> list[tuple[str, str, int]]:
    seen = Originals(Listed(sketch, COLUMNS), waived)
    for name, texts in columns.items():
        seen.read(name, pa.array(texts, pa.string()))
    return list(seen.findings())


def test_a_value_is_found_where_it_must_not_be(tmp_path: Path) -> None:
    sketch = gathered(
        tmp_path, phone=["0775-2823456"], hidden=["450902199001011235"], number=["RH2026001"], address=["北京市东城区小桥胡同12号"]
    )
    assert found(sketch, note=["请拨0775-2823456"]) == [("note", "listed", 1)]
    assert found(sketch, phone=["450902199001011235"]) == [("phone", "listed", 1)]
    assert found(sketch, address=["北京市东城区小桥胡同12号"]) == [("address", "listed", 1)]
    assert found(sketch, number=["RH2026001"]) == [("number", "listed", 1)]


@pytest.mark.parametrize("listed", ["0775-2823456", "07752823456", "0775 2823456"])
@pytest.mark.parametrize(
    "written", ["0775.2823456", "请拨0775 282 3456 转", "0775·2823456", "0775--2823456", "0775/2823456 2024-01-05", "0775-2823456/0775-2823457"]
)
def test_a_number_is_found_however_it_is_written(tmp_path: Path, listed: str, written: str) -> None:
    sketch = gathered(tmp_path, phone=[listed])
    assert found(sketch, note=[written]) == [("note", "listed", 1)]
    assert found(sketch, note=["0775-2823457", "2024-01-05 10:20", "1.0775/28234567"]) == []


def test_a_value_may_be_where_it_is_published_by_right(tmp_path: Path) -> None:
    sketch = gathered(tmp_path, phone=["0775-2823456"], number=["RH2026001"], address=["北京市东城区"])
    assert found(sketch, hotline=["0775-2823456"], note=["RH2026001", "2026年"], address=["北京市东城区"]) == []


def test_somebody_may_answer_for_it(tmp_path: Path) -> None:
    sketch = gathered(tmp_path, phone=["0775-2823456"])
    seen = Originals(Listed(sketch, COLUMNS), [("note", "listed")])
    seen.read("note", pa.array(["0775-2823456"]))
    assert list(seen.findings()) == [("note", "listed", 1)]
    assert len(seen.allowed()) == 1


def test_names_tell_when_there_are_many(tmp_path: Path) -> None:
    names = ["王小明", "李建国", "张春兰", "赵大山", "长江"]
    sketch = gathered(tmp_path, name=names)
    assert found(sketch, note=names) == [("note", "names", 4)]
    assert found(sketch, note=["联系人：王小明。", "李建国；张春兰"]) == [("note", "names", 3)]
    assert found(sketch, note=["王小明", "李建国"]) == []
    assert found(sketch, note=[*names, *(f"第{index}项" for index in range(300))]) == []
    assert found(sketch, hotline=names) == []


@pytest.mark.parametrize("before", ["138****5678", "138●●●●5678", "--", "无-", "****"])
def test_what_another_value_s_mask_may_look_like_is_not_listed(tmp_path: Path, before: str) -> None:
    assert found(gathered(tmp_path, phone=[before]), phone=[before]) == []


def test_a_column_of_its_own_values_is_caught_however_short_they_are(tmp_path: Path) -> None:
    sketch = gathered(tmp_path, phone=["12"], name=["王明"])
    assert found(sketch, phone=["12"], name=["王明", "王*"]) == [("phone", "listed", 1), ("name", "listed", 1)]


def test_spilled_and_merged_is_the_same(tmp_path: Path) -> None:
    numbers = [f"138{number:08d}" for number in range(0, 900_000, 97)] * 2
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
    whole = gathered(one, phone=numbers)
    parts = gathered(other, held=700, batches=25, phone=numbers)
    assert (one / "sketch.bin").read_bytes() == (other / "sketch.bin").read_bytes()
    assert sorted(path.name for path in other.iterdir()) == ["sketch.bin", "sketch.json"]
    assert (other / "sketch.bin").stat().st_mode & 0o077 == 0
    assert parts.knows(values.STRONG, HASHER.of(pa.array(numbers))).all()
    assert not whole.knows(values.STRONG, HASHER.of(pa.array(["13899999999"]))).any()


def test_no_value_is_in_it(tmp_path: Path) -> None:
    gathered(tmp_path, phone=["13812345678"], name=["欧阳震华"])
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"13812345678" not in content
    assert "欧阳震华".encode() not in content


@pytest.mark.parametrize("name", ["sketch.bin", "sketch.json"])
def test_one_that_is_cut_off_is_none(tmp_path: Path, name: str) -> None:
    gathered(tmp_path, phone=["13812345678"])
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 16 * 8])
    with pytest.raises(DataError, match=r"leak\.sketch"):
        Sketch.open(tmp_path, HASHER)


def test_an_empty_one_knows_nothing(tmp_path: Path) -> None:
    sketch = gathered(tmp_path, phone=[None])
    assert not sketch.knows(values.STRONG, np.array([1], np.uint64)).any()
    assert originals.named(sketch, pa.array(["王小明"])).tolist() == []


def test_an_estimate_is_near_the_truth() -> None:
    estimate = Estimate(most=1000)
    random = np.random.default_rng(1)
    for _ in range(30):
        estimate.add(random.integers(0, 2**63, 10_000).astype(np.uint64))
    assert abs(estimate.count() - 300_000) < 30_000
