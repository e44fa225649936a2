"""What columns of every kind are found to hold, with and without a header, and what a finding never says."""

from __future__ import annotations

import json
import random

import pyarrow as pa
import pytest
from tests.classify import kinds
from tests.classify.kinds import KINDS, Kind

from gongkai import rules as ruled
from gongkai.classify import Finding, Sample, classify
from gongkai.project import SHIPPED

RULES = ruled.load(SHIPPED)
NAMES = [kind.name for kind in KINDS]


def find(values: pa.Array | None, *, name: str = "c07", comment: str | None = None, native: str | None = None) -> Finding:
    return classify([Sample(name, comment, native, values)], SHIPPED)[0]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_values_alone(kind: Kind) -> None:
    found = find(kinds.column(kind))
    assert found.entity == kind.alone
    assert found.level == RULES.entities[kind.alone].level
    assert 0 <= found.confidence <= 1
    assert found.review or found.confidence >= 0.8


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_with_the_header(kind: Kind) -> None:
    values = kinds.column(kind, 500)
    found = find(values, comment=kind.header)
    assert found.entity == kind.entity
    if kind.entity == kind.alone != "NONE":
        assert found.confidence >= find(values).confidence


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.alone == "NONE"], ids=lambda kind: kind.name)
def test_what_nobody_can_explain_is_looked_at(kind: Kind) -> None:
    found = find(kinds.column(kind, 500))
    assert found.review
    assert found.confidence < 0.8


def test_a_check_digit_beats_the_header() -> None:
    ids = kinds.column(kinds.KINDS[0])
    for header in ("联系电话", "单位名称", "备注", "病案号", "序号"):
        found = find(ids, comment=header)
        assert found.level == "general_4", header
        assert found.entity in ("CN_ID_CARD", "MEDICAL_RECORD_NO"), header


def test_a_header_of_the_same_writing_stays() -> None:
    ids = kinds.column(kinds.KINDS[0])
    assert find(ids, comment="社会保障号码").entity == "SOCIAL_SECURITY_NO"
    assert find(kinds.column(by_name("person")), comment="当事人").entity == "PARTY_NAME"
    assert find(kinds.column(by_name("organisation")), comment="工作单位").entity == "EMPLOYER"


def test_a_header_the_values_deny_is_looked_at() -> None:
    for header, kind in (("身份证号", "case number"), ("联系电话", "code of 8 digits"), ("姓名", "status"), ("身份证号", "hash")):
        found = find(kinds.column(by_name(kind)), comment=header)
        with_values = find(kinds.column(by_name("resident id")), comment="身份证号").confidence
        assert found.entity != "NONE", header
        assert found.review, header
        assert found.confidence < with_values


def test_people_under_a_plain_header_are_people() -> None:
    for header, kind, entity in (("单位名称", "person", "PERSON_NAME"), ("商品名称", "person", "PERSON_NAME"), ("序号", "e-mail", "EMAIL")):
        found = find(kinds.column(by_name(kind)), comment=header)
        assert (found.entity, found.review) == (entity, True), header


def test_headers_decide_where_values_cannot() -> None:
    codes = kinds.column(by_name("code of 8 digits"))
    assert find(codes, comment="病案号").entity == "MEDICAL_RECORD_NO"
    assert find(pa.array(["0", "1", "2"]), comment="婚姻状况代码").role != "direct_identifier"


def test_a_data_dictionary_has_no_values() -> None:
    found = find(None, comment="身份证号码")
    assert (found.entity, found.role, found.level) == ("CN_ID_CARD", "direct_identifier", "general_4")
    unknown = find(None, name="d3")
    assert (unknown.entity, unknown.review) == ("NONE", True)


@pytest.mark.parametrize("native", ["bigint", "decimal(12,0)", "double precision"])
def test_numbers_are_read_as_text(native: str) -> None:
    phones = kinds.column(by_name("mobile"), 300)
    written = {
        "bigint": phones,
        "decimal(12,0)": pa.array([f"{phone}.00" for phone in phones.to_pylist()]),
        "double precision": pa.array([float(phone.as_py()) for phone in phones]).cast(pa.int64()).cast(pa.string()),
    }
    assert find(written[native], native=native).entity == "PHONE"


def test_already_masked_values_are_looked_at() -> None:
    for name in ("masked mobile", "masked id", "masked name"):
        for header in (None, by_name(name).header):
            found = find(kinds.column(by_name(name)), comment=header)
            assert found.review
            assert found.evidence["masked"] == 1.0


@pytest.mark.parametrize("file", ["uner_gsdsimp_train", "uner_gsdsimp_dev"])
def test_sentences_are_free_text_and_hold_no_identifier(file: str) -> None:
    found = find(pa.array(kinds.sentences(file)))
    assert found.entity == "FREE_TEXT"
    assert not {key for key, ratio in found.evidence.items() if key.endswith(("mobile", "resident_id", "bank_card", "email")) and ratio}


def test_one_column_says_nothing_about_another() -> None:
    samples = [Sample(f"c{number}", values=kinds.column(kind, 40)) for number, kind in enumerate(KINDS[::3])]
    together = {found.column: found for found in classify(samples, SHIPPED)}
    shuffled = random.Random(3).sample(samples, len(samples))
    assert {found.column: found for found in classify(shuffled, SHIPPED)} == together
    assert all(classify([sample], SHIPPED)[0] == together[sample.name] for sample in samples[::5])
    assert [found.column for found in classify(shuffled, SHIPPED)] == [sample.name for sample in shuffled]


def test_the_order_of_values_says_nothing() -> None:
    for kind in KINDS[1::2]:
        values = kinds.column(kind, 60).to_pylist()
        again = random.Random(5).sample(values, len(values))
        assert find(pa.array(values)) == find(pa.array(again)), kind.name


def test_no_value_stands_in_a_finding() -> None:
    for kind in KINDS:
        values = kinds.column(kind, 40)
        said = json.dumps(find(values, comment=kind.header).document(), ensure_ascii=False)
        sample = Sample("c1", kind.header, values=values)
        told = said + repr(sample)
        assert not [value for value in values.to_pylist() if len(value) > 3 and value in told], kind.name


def test_nothing_at_all() -> None:
    for values in (pa.array([], pa.string()), pa.array([None, ""], pa.string())):
        found = find(values)
        assert (found.entity, found.review) == ("NONE", True)


def by_name(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)
