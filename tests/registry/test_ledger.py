"""The ledger of open releases, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gongkai.registry.ledger import Ledger
from gongkai.registry.records import OpenRelease

FIRST = OpenRelease(
    code="hrss-cards",
    release="000001-0123456789ab",
    title="持卡信息",
    opening="unconditional",
    plan="p",
    opened=datetime(2026, 11, 1, tzinfo=UTC),
    disclosed=[{"column": "born", "entity": "DATE_OF_BIRTH"}],
    key="default:1:0011223344556677",
    sketch=b"PAR1\x00\xff",
)
SECOND = replace(FIRST, release="000002-0123456789ab", sketch=None, key=None)
OTHER = replace(FIRST, code="housing-tenants")


@pytest.fixture
def ledger(url: str) -> Ledger:
    made = Ledger(url)
    for release in (SECOND, OTHER, FIRST):
        made.enter(release)
    return made


def test_what_was_entered_is_there(ledger: Ledger) -> None:
    assert ledger.releases() == [OTHER, FIRST, SECOND]
    assert ledger.releases("hrss-cards") == [FIRST, SECOND]
    assert ledger.releases("nobody") == []


def test_entering_again_replaces(ledger: Ledger) -> None:
    ledger.enter(replace(FIRST, title="新名称"))
    assert [release.title for release in ledger.releases("hrss-cards")] == ["新名称", "持卡信息"]


def test_only_what_the_store_lost_is_struck_out(ledger: Ledger) -> None:
    ledger.strike("hrss-cards", [SECOND.release])
    assert ledger.releases() == [OTHER, SECOND]
    ledger.strike("hrss-cards", [])
    assert ledger.releases() == [OTHER]
