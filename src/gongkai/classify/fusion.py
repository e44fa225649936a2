"""Header and values together 融合: what a column holds, how sure that is, and whether a person must look.

The column's name, its comment and its values are three independent kinds of evidence. What each says is combined as
1-(1-a)(1-b), and the values speak once: by their best detector, never by how many values or patterns agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from gongkai.classify.evidence import Evidence, Signal
from gongkai.rules import Entity, Rules

SURE = 0.8
"""Below this confidence a person looks at it."""
NONE = "NONE"

LOOKS_LIKE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        entity: frozenset(alike.split())
        for entity, alike in {
            "LEGAL_REPRESENTATIVE": "PERSON_NAME",
            "PARTY_NAME": "PERSON_NAME ORG_NAME",
            "ORG_PHONE": "PHONE",
            "WECHAT": "PHONE QQ EMAIL",
            "QQ": "PHONE EMAIL",
            "ORG_ADDRESS": "ADDRESS ADDRESS_REGION",
            "ADDRESS": "ADDRESS_REGION",
            "NATIVE_PLACE": "ADDRESS_REGION ADDRESS",
            "EMPLOYER": "ORG_NAME",
            "BANK_NAME": "ORG_NAME",
            "SOCIAL_SECURITY_NO": "CN_ID_CARD",
            "TAX_NO": "CN_ID_CARD USCC",
            "STUDENT_NO": "CN_ID_CARD",
            "DISABILITY_CERT": "CN_ID_CARD",
            "MEDICAL_RECORD_NO": "CN_ID_CARD",
            "VEHICLE_DOC_NO": "CN_ID_CARD VIN",
            "ORG_CODE": "BUSINESS_REG_NO",
            "BUSINESS_REG_NO": "USCC",
            "USCC_SOLE_TRADER": "USCC",
            "HEALTH": "FREE_TEXT",
            "CRIMINAL_RECORD": "FREE_TEXT",
        }.items()
    }
)
"""What else the values of an entity rightly look like: a legal representative is written as any person's name is."""

NARROWER: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ID_DOC_NO": frozenset({"CN_ID_CARD"}),
        "ORG_CODE": frozenset({"USCC", "USCC_SOLE_TRADER"}),
        "USCC": frozenset({"USCC_SOLE_TRADER"}),
    }
)
"""What a header says in general and a check digit says exactly: 证件号码 is written over columns of citizens' numbers."""

SIGNED = frozenset(
    ("CN_ID_CARD", "PHONE", "EMAIL", "BANK_ACCOUNT", "VEHICLE_PLATE", "VIN", "USCC", "DISABILITY_CERT", "IP", "PERSON_NAME",
     "LEGAL_REPRESENTATIVE", "ADDRESS", "DATE_OF_BIRTH", "AGE", "GENDER", "ETHNICITY", "POSTCODE", "GEO")
)  # fmt: skip
"""Entities whose values can be told; a header that names one and values that do not show it contradict each other."""

_INDIFFERENT = frozenset({"DATE_OF_BIRTH", "ADDRESS_REGION", "ORG_NAME", "BANK_NAME", "NATIONALITY", "HUKOU", "EDUCATION"})
"""A header that says plain is believed against these: other things look the same, or nothing is lost."""


class Header(NamedTuple):
    """What name and comment say together; weight 0 when they say nothing."""

    entity: str = NONE
    weight: float = 0.0

    @property
    def known(self) -> bool:
        return self.weight > 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """``signal``: the opinion of the values that was followed or agreed, None when the header alone decided."""

    entity: str
    confidence: float
    review: bool
    signal: Signal | None = None


def either(*chances: float) -> float:
    """The combination of independent evidence for the same thing.

    >>> either(0.5, 0.5)
    0.75
    """
    against = 1.0
    for chance in chances:
        against *= 1 - chance
    return 1 - against


def fuse(header: Header, evidence: Evidence, rules: Rules) -> Verdict:
    """What the column holds. A check digit beats the header, otherwise header and values must agree to be sure.

    >>> from gongkai import rules
    >>> from gongkai.project import SHIPPED
    >>> ids = Evidence(100, (Signal("CN_ID_CARD", "resident_id", "checksum", 0.97),))
    >>> fuse(Header("PHONE", 0.9), ids, rules.load(SHIPPED)).entity
    'CN_ID_CARD'
    >>> fuse(Header("CN_ID_CARD", 0.9), Evidence(100), rules.load(SHIPPED)).review
    True
    """
    best = _best(evidence, rules)
    if not evidence.count:
        return _judged(header.entity, header.weight)
    if best and best.strength == "checksum" and not _covers(header, best, rules):
        agree = best.entity in NARROWER.get(header.entity, ())
        confidence = either(header.weight, best.score) if agree else best.score
        return _judged(best.entity, confidence, best, review=header.known and not agree)
    agreeing = _agreeing(header, evidence)
    if agreeing:
        return _judged(header.entity, either(header.weight, agreeing.score), agreeing)
    if not header.known:
        return _by_values(best, evidence)
    if header.entity in rules.entities and rules.entities[header.entity].group == "plain":
        return _plain(header, best, evidence)
    return _unconfirmed(header, best, rules)


def level(entity: str, rules: Rules) -> int:
    """How sensitive an entity is: 0 is the most; what the city's rules do not know counts as the most."""
    kind = rules.entities.get(entity)
    return rules.levels.index(kind.level) if kind else 0


def _judged(entity: str, confidence: float, signal: Signal | None = None, *, review: bool = False) -> Verdict:
    return Verdict(entity, confidence, review or confidence < SURE, signal)


def _best(evidence: Evidence, rules: Rules) -> Signal | None:
    """Check digits first, then the surest; of equals the most sensitive, then by name. A kind that the city's rules do not list
    is none to them."""
    alone = [signal for signal in evidence.signals if signal.alone and signal.entity in rules.entities]
    return min(alone, default=None, key=lambda signal: (
        signal.strength != "checksum", -signal.score, level(signal.entity, rules), signal.entity, signal.by, signal.bare
    ))  # fmt: skip


def _covers(header: Header, signal: Signal, rules: Rules) -> bool:
    """Whether the header names what the values prove, or something written like it that is at least as sensitive."""
    if header.entity == signal.entity:
        return header.known
    alike = signal.entity in LOOKS_LIKE.get(header.entity, ())
    return header.known and alike and level(header.entity, rules) <= level(signal.entity, rules)


def _agreeing(header: Header, evidence: Evidence) -> Signal | None:
    """The surest signal that speaks for the header's entity."""
    accepted = {header.entity, *LOOKS_LIKE.get(header.entity, ())}
    agreeing = [signal for signal in evidence.signals if header.known and signal.entity in accepted and signal.counts]
    return max(agreeing, default=None, key=lambda signal: (signal.score, signal.entity, signal.by, signal.bare))


def _by_values(best: Signal | None, evidence: Evidence) -> Verdict:
    """No header: the values alone. What nobody can explain stays plain, and a person looks at it."""
    if best:
        return _judged(best.entity, best.score, best)
    return _judged(NONE, max(_measured(evidence), 0.2), review=True)


def _measured(evidence: Evidence) -> float:
    """How surely the values are amounts, dates or moments, which tell of nobody by themselves."""
    explained = max(evidence.fact("amounts"), evidence.fact("date"), evidence.fact("moments"))
    return 0.7 * explained if explained > 0.9 else 0.0


def _plain(header: Header, best: Signal | None, evidence: Evidence) -> Verdict:
    """The header says that it is not about a person. Bare digits may be a serial number that looks like a telephone; words and
    signs may not."""
    if best is None or best.entity == NONE:
        return _judged(header.entity, either(header.weight, _measured(evidence) if header.entity == NONE else 0.0))
    if best.entity in _INDIFFERENT:
        return _judged(header.entity, header.weight * (1 - best.score / 4))
    if best.bare:
        return _judged(header.entity, header.weight * (1 - best.score / 2), review=True)
    return _judged(best.entity, best.score * (1 - header.weight / 3), best, review=True)


def _unconfirmed(header: Header, best: Signal | None, rules: Rules) -> Verdict:
    """The header names something the values do not show."""
    kind: Entity | None = rules.entities.get(header.entity)
    if best and not best.bare and best.score > header.weight and level(best.entity, rules) <= level(header.entity, rules):
        return _judged(best.entity, best.score * (1 - header.weight / 3), best, review=True)
    if header.entity in SIGNED or (best and not best.bare and kind and kind.group != "sensitive"):
        return _judged(header.entity, header.weight * 0.6, review=True)
    return _judged(header.entity, header.weight)
