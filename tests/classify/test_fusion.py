"""Laws of putting header and values together."""

from __future__ import annotations

import random

import hypothesis.strategies as st
import pyarrow as pa
from hypothesis import given, settings

from gongkai import rules as ruled
from gongkai.classify import values
from gongkai.classify.evidence import CAPS, Evidence, Signal
from gongkai.classify.fusion import Header, Verdict, either, fuse
from gongkai.project import SHIPPED

RULES = ruled.load(SHIPPED)
ENTITIES = sorted(RULES.entities)
ratios = st.floats(0, 1, allow_nan=False)
signals = st.builds(
    Signal, st.sampled_from(ENTITIES), st.sampled_from(["one", "two"]), st.sampled_from(sorted(CAPS)), ratios, st.booleans()
)
evidences = st.builds(lambda found: Evidence(100, tuple(found), {}), st.lists(signals, max_size=6))
headers = st.builds(Header, st.sampled_from(ENTITIES), ratios) | st.just(Header())
modest = settings(max_examples=60, deadline=None)


@modest
@given(headers, evidences)
def test_a_verdict_is_of_the_rules_and_sure_or_reviewed(header: Header, evidence: Evidence) -> None:
    verdict = fuse(header, evidence, RULES)
    assert verdict.entity in RULES.entities
    assert 0 <= verdict.confidence <= 1
    assert verdict.review or verdict.confidence >= 0.8


@modest
@given(headers, evidences)
def test_the_order_of_signals_says_nothing(header: Header, evidence: Evidence) -> None:
    turned = Evidence(evidence.count, evidence.signals[::-1], {})
    assert same(fuse(header, evidence, RULES), fuse(header, turned, RULES))


@modest
@given(evidences, st.integers(2, 20))
def test_a_detector_does_not_corroborate_itself(evidence: Evidence, times: int) -> None:
    """However many values, and however often the same opinion: never above the cap of its kind."""
    many = Evidence(evidence.count * times, evidence.signals * times, {})
    verdict = fuse(Header(), many, RULES)
    assert same(verdict, fuse(Header(), evidence, RULES))
    if verdict.signal:
        assert verdict.confidence <= CAPS[verdict.signal.strength]


@modest
@given(st.sampled_from(ENTITIES), ratios, st.sampled_from(sorted(CAPS)), ratios)
def test_agreement_never_lowers(entity: str, weight: float, strength: str, ratio: float) -> None:
    signal = Signal(entity, "one", strength, ratio)  # type: ignore[arg-type]
    verdict = fuse(Header(entity, weight), Evidence(100, (signal,), {}), RULES)
    if signal.counts and weight:
        assert verdict.entity == entity
        assert verdict.confidence >= max(weight, signal.score) - 1e-9


@modest
@given(headers, st.sampled_from(["CN_ID_CARD", "BANK_ACCOUNT", "DISABILITY_CERT"]), st.floats(0.5, 1))
def test_a_check_digit_is_never_graded_lower(header: Header, entity: str, ratio: float) -> None:
    verdict = fuse(header, Evidence(100, (Signal(entity, "one", "checksum", ratio),), {}), RULES)
    assert RULES.entities[verdict.entity].level == "general_4"


@modest
@given(st.lists(ratios, max_size=5))
def test_independent_evidence_adds_up(chances: list[float]) -> None:
    assert max(chances, default=0) - 1e-9 <= either(*chances) <= 1
    assert abs(either(*chances) - either(*chances[::-1])) < 1e-9


def test_weak_hits_name_nothing_by_themselves() -> None:
    weak = Evidence(100, tuple(Signal("QQ", f"d{n}", "weak", 1.0) for n in range(20)), {})
    assert fuse(Header(), weak, RULES).entity == "NONE"
    assert fuse(Header("QQ", 0.6), weak, RULES).confidence == either(0.6, 0.5)


def test_more_rows_of_the_same_kind_are_no_more_proof() -> None:
    identifier = next(module for module in values.identifiers() if values.name_of(module) == "mobile")
    source = random.Random(1)
    few, many = (pa.array([identifier.generate(source) for _ in range(count)]) for count in (50, 4_000))
    few_verdict, many_verdict = (fuse(Header(), values.read(column, SHIPPED), RULES) for column in (few, many))
    assert few_verdict.confidence == many_verdict.confidence == CAPS["shape"]


def same(one: Verdict, other: Verdict) -> bool:
    return (one.entity, one.review) == (other.entity, other.review) and abs(one.confidence - other.confidence) < 1e-9
