"""The staged table: one order and one content, whatever the source's order, the load, the memory and the key."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from gongkai import pipeline, stores
from gongkai.batches import Batches
from gongkai.columns import row_order
from gongkai.keys import change
from gongkai.pipeline.workspace import Workspace
from gongkai.stores import Published

HEADER = "卡号,身份证号,姓名,手机,区划,金额,办卡日期"
INCREMENTAL = (
    "{kind: file, path: drops/cards.csv}",
    "{kind: file, path: drops/cards.csv, load: {mode: incremental, watermark: 办卡日期, full_every: P30D}}",
)
UNKEYED = ("entity: CN_ID_CARD, method: pseudonymize", "entity: CN_ID_CARD, method: mask, params: {keep: [6, 0]}")


def lines(resident_id: Callable[[str], str], count: int, people: int) -> list[str]:
    """Cards of some people, of whom many have several."""
    chance = random.Random(7)
    numbers = [resident_id(f"110105{chance.randrange(1950, 2000)}1010{one:03d}") for one in range(people)]
    days = [f"2024-0{chance.randrange(1, 10)}-1{chance.randrange(10)}" for _ in range(count)]
    return [
        f"{card:05d},{chance.choice([*numbers, ''])},王小明,13812345678,011,{card % 7}.50,{days[card]}" for card in range(count)
    ]


def seen(project) -> Published:
    found = stores.of(project.project).current(project.code)
    assert found is not None
    return found


def deliver(project, rows: list[str]) -> None:
    project.write_rows(text="\n".join([HEADER, *rows]) + "\n")


def staged(project, run: str) -> tuple[bytes, str, Workspace]:
    """The staged file's bytes, its content, and the workspace it lies in."""
    ref = pipeline.desensitize(project.project, project.code, run)
    work = Workspace(project.project, project.code, run)
    return work.staged.read_bytes(), ref.content, work


@pytest.fixture
def merged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """So little memory that the rows wait in files; how many files each merge began with."""
    found: list[int] = []
    merge = row_order._merged

    def counting(paths: Sequence[Path]) -> Batches:
        found.append(len(paths))
        return merge(paths)

    monkeypatch.setattr(row_order, "RUN_BYTES", 1)
    monkeypatch.setattr(row_order, "PIECE_BYTES", 2_000)
    monkeypatch.setattr(row_order, "_merged", counting)
    monkeypatch.setattr("gongkai.sources.file.BATCH_ROWS", 97)
    return found


def test_the_order_of_the_source_changes_no_byte(project, resident_id: Callable[[str], str]) -> None:
    rows = lines(resident_id, 1_000, 40)
    deliver(project, rows)
    project.register()
    first = staged(project, "manual-1")[:2]
    deliver(project, random.Random(1).sample(rows, len(rows)))
    assert staged(project, "manual-2")[:2] == first


def test_little_memory_changes_no_byte(project, resident_id: Callable[[str], str], request: pytest.FixtureRequest) -> None:
    deliver(project, lines(resident_id, 1_000, 40))
    project.register()
    first = staged(project, "manual-1")[:2]
    merges = request.getfixturevalue("merged")
    data, content, work = staged(project, "manual-2")
    assert (data, content, merges) == (*first, [11])
    assert list(work.staged.parent.rglob("*.arrow")) == []


@pytest.mark.parametrize("memory", ["much", "little"])
def test_persons_stay_beside_their_rows(
    project, resident_id: Callable[[str], str], request: pytest.FixtureRequest, memory: str
) -> None:
    """A pseudonym and a person's number stand for one another, so each row tells whether the other file's row is its own."""
    project.write_entry(("code: hrss-cards", "code: hrss-cards\nperson: 身份证号"))
    deliver(project, lines(resident_id, 1_000, 40))
    project.register()
    merges = request.getfixturevalue("merged") if memory == "little" else []
    work = staged(project, "manual-1")[2]
    pseudonyms = pq.read_table(work.staged)["身份证号"].to_pylist()
    numbers = pq.read_table(work.persons).column(0).to_pylist()
    assert len(pseudonyms) == len(numbers) == 1_000
    pairs = set(zip(pseudonyms, numbers, strict=True))
    assert len(pairs) == len(set(pseudonyms)) == len(set(numbers)) == 41
    assert (None, None) in pairs
    assert merges == ([11] if memory == "little" else [])


def test_no_key_decides_an_order(project, resident_id: Callable[[str], str]) -> None:
    project.write_entry(UNKEYED)
    deliver(project, lines(resident_id, 300, 40))
    project.register()
    first = staged(project, "manual-1")[:2]
    change.rotate(project.project)
    assert staged(project, "manual-2")[:2] == first


def test_an_incremental_load_makes_the_content_of_a_whole_one(project) -> None:
    """Rows came again, changed, and anew: the release is that of the whole table, to the last bit of its content."""
    project.write_entry(INCREMENTAL)
    rows = [f"{card:05d},,王小明,,011,1.00,2024-03-{1 + card // 40:02d}" for card in range(1_000)]
    deliver(project, rows)
    project.register()
    project.run()
    again = [row.replace(",1.00,", ",2.00,") if place % 2 else row for place, row in enumerate(rows[980:])]
    fresh = [f"{card:05d},,王小明,,011,3.00,2024-03-26" for card in range(1_000, 1_030)]
    deliver(project, [*again, *fresh])
    outcome = project.run()
    assert (outcome.verdict, outcome.rows_in, outcome.rows_out) == ("published", 50, 1_030)
    merged = seen(project)
    project.write_entry()
    deliver(project, [*rows[:980], *again, *fresh])
    project.register()
    assert project.run().rows_in == 1_030
    assert seen(project).content == merged.content


def test_rows_that_went_and_came_back_are_the_first_content(project) -> None:
    project.register()
    project.run()
    first = seen(project)
    project.write_rows(("12.50", "12.51"))
    project.run()
    assert seen(project).content != first.content
    project.write_rows()
    project.run()
    assert (seen(project).content, seen(project).release == first.release) == (first.content, False)


def test_the_content_is_not_the_hash_of_a_file(project) -> None:
    """It is that of the rows, as anybody computes it from the release's own table."""
    project.register()
    project.run()
    name, made = seen(project).release, stores.of(project.project)
    with made.open(project.code, name, "data.parquet") as file:
        table = pq.read_table(file)
    content = row_order.Content(table.schema)
    for batch in table.to_batches():
        content.add(batch)
    assert content.hexdigest() == seen(project).content == made.document(project.code, name, "manifest.json")["content"]
    assert content.hexdigest() not in {file["sha256"] for file in made.files(project.code, name).values()}
