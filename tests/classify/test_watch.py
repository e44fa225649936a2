"""The drift guard: values that became more sensitive than their column was registered stop a release; nothing else does."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.classify import kinds
from tests.classify.kinds import KINDS

from gongkai import documents, registry
from gongkai.classify import Sample, sampling
from gongkai.classify.watch import RULE, Watch, fingerprint
from gongkai.errors import Reason
from gongkai.project import SHIPPED
from gongkai.registry.entry import Entry

COLUMNS = {kind.name: kinds.column(kind) for kind in KINDS}


def entry(**column: Any) -> Entry:
    example, _ = documents.read(Path(registry.__file__).with_name("example.yml"), "")
    return Entry.model_validate(example | {"columns": [{"name": "c", "title": "列", "method": "keep", "entity": "NONE"} | column]})


def watched(values: pa.Array, *, rows: int = 500, waived: set[tuple[str, str]] | None = None, **column: Any) -> list[Reason]:
    watch = Watch(entry(**column), SHIPPED, waived or set())
    batches = pa.table({"c": values, "other": values}).to_batches(max_chunksize=rows)
    assert list(watch.stage(iter(batches))) == batches
    return watch.reasons()


@pytest.mark.parametrize(("kind", "registered", "title"), [
    ("mobile", "NONE", "电话号码"),
    ("resident id", "PHONE", "公民身份号码"),
    ("resident id, 30 % mistyped", "ORG_CODE", "公民身份号码"),
    ("person", "ORG_NAME", "姓名"),
    ("address", "ADDRESS_REGION", "详细地址"),
    ("bank card", "ORG_CODE", "银行账号"),
    ("e-mail", "NONE", "电子邮箱"),
    ("party", "NONE", "政治面貌"),
    ("plate", "NONE", "车辆号牌"),
    ("sole trader's code", "USCC", "个体工商户统一社会信用代码"),
])  # fmt: skip
def test_more_sensitive_than_registered(kind: str, registered: str, title: str) -> None:
    reason, = watched(COLUMNS[kind], entity=registered)
    assert (reason.rule, reason.column) == (RULE, "c")
    assert reason.message == f"values now look like {title}, registered as {registered}"
    assert (reason.count and reason.count >= 0.5 * len(COLUMNS[kind]) - 1) or kind == "party"


@pytest.mark.parametrize(("kind", "registered"), [
    ("mobile", "PHONE"), ("mobile", "CN_ID_CARD"), ("mobile", "ORG_PHONE"), ("resident id", "SOCIAL_SECURITY_NO"),
    ("resident id", "CN_ID_CARD"), ("person", "LEGAL_REPRESENTATIVE"), ("person", "PERSON_NAME"), ("address", "ORG_ADDRESS"),
    ("organisation", "NONE"), ("credit code", "NONE"), ("status", "NONE"), ("case number", "NONE"), ("order of 18 digits", "NONE"),
    ("business day", "NONE"), ("birth, ISO", "NONE"), ("amount", "NONE"), ("remarks", "NONE"), ("hash", "NONE"), ("uuid", "NONE"),
    ("moment in ms", "NONE"), ("division by name", "NONE"), ("illness", "NONE"), ("sex", "NONE"), ("masked name", "NONE"),
    ("title of an office", "NONE"), ("address of a page", "NONE"), ("coordinates", "NONE"), ("postcode", "NONE"),
])  # fmt: skip
def test_equal_less_or_unproved_says_nothing(kind: str, registered: str) -> None:
    assert watched(COLUMNS[kind], entity=registered) == []


def test_what_is_not_published_or_destroyed_says_nothing() -> None:
    assert watched(COLUMNS["mobile"], publish=False) == []
    assert watched(COLUMNS["mobile"], method="suppress") == []
    assert len(watched(COLUMNS["mobile"], method="mask")) == 1


def test_what_a_person_answered_for_says_nothing() -> None:
    for answer in ("PHONE", "mobile"):
        assert watched(COLUMNS["mobile"], waived={("c", answer)}) == []
        assert watched(COLUMNS["mobile"], waived={("shown", answer)}, publish_as="shown") == []
        assert len(watched(COLUMNS["mobile"], waived={("c", answer)}, publish_as="shown")) == 1
    assert len(watched(COLUMNS["resident id"], waived={("c", "PHONE")})) == 1


def test_half_of_the_values_is_drift_and_a_tenth_is_not() -> None:
    phones, codes = COLUMNS["mobile"].to_pylist(), COLUMNS["code of 8 digits"].to_pylist()
    assert len(watched(pa.array(phones[:1000] + codes[:900]))) == 1
    assert watched(pa.array(phones[:200] + codes[:1800])) == []


def test_the_batches_do_not_matter() -> None:
    values = pa.array((COLUMNS["mobile"].to_pylist() + COLUMNS["code of 8 digits"].to_pylist()[:1500]) * 5)
    seen = {tuple(watched(values, rows=rows)) for rows in (1, 977, 20_000)}
    assert len(seen) == 1


def test_few_values() -> None:
    assert len(watched(pa.array(["13812345678", "13912345678", "13712345678"]))) == 1
    assert watched(pa.array(["张伟", "王芳"])) == []
    assert watched(pa.array([None, ""], pa.string())) == []


def test_no_value_in_a_reason() -> None:
    for kind in ("mobile", "resident id", "person", "address"):
        said = "".join(map(str, watched(COLUMNS[kind])))
        assert said
        assert not [value for value in COLUMNS[kind].to_pylist() if value in said]


def test_the_sample_spreads_over_the_whole_stream() -> None:
    numbers = pa.array(range(100_000)).cast(pa.string())
    sampler = sampling.Sampler(1_000)
    for batch in pa.table({"c": numbers}).to_batches(max_chunksize=3_000):
        sampler.add(batch.column("c"))
    kept = sorted(int(value) for value in sampler.values().to_pylist())
    assert len(kept) == 1_000
    assert all(60 < sum(low <= value < low + 10_000 for value in kept) < 140 for low in range(0, 100_000, 10_000))


@pytest.mark.parametrize("text", [True, False])
def test_the_sample_is_of_the_values_and_not_of_their_order(text: bool) -> None:
    chance = random.Random(7)
    numbers = [chance.randrange(40_000) for _ in range(60_000)]
    samples = []
    for size in (60_000, 7_001, 999):
        chance.shuffle(numbers)
        column = pa.array(numbers).cast(pa.string()) if text else pa.array(numbers)
        sampler = sampling.Sampler(500)
        for start in range(0, len(numbers), size):
            sampler.add(column.slice(start, size))
        samples.append(sampler.values().to_pylist())
    assert samples[0] == samples[1] == samples[2]
    assert len(set(samples[0])) == 500


def test_sparse_values_are_kept_all() -> None:
    cells = ["x" if row == 77_777 else None if row % 2 else "" for row in range(100_000)]
    sampler = sampling.Sampler(100)
    sampler.add(pa.array(cells, pa.string()))
    assert sampler.values().to_pylist() == ["x"]
    assert sampler.nulls == 49_999


def test_fingerprints() -> None:
    one, other = (kinds.column(KINDS[3], 300, seed) for seed in (1, 2))
    same = fingerprint(Sample("dh", "电话", "text", one), SHIPPED)
    assert same == fingerprint(Sample("dh", "电话", "text", other), SHIPPED)
    changed = [
        Sample("dh", "电话", "text", COLUMNS["resident id"]), Sample("dh", "电话", "bigint", one), Sample("dh", "编号", "text", one),
        Sample("sj", "电话", "text", one), Sample("dh", None, "text", one), Sample("dh", "电话", "text", None),
    ]  # fmt: skip
    assert len({same, *(fingerprint(each, SHIPPED) for each in changed)}) == len(changed) + 1
