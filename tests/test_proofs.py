"""Long proofs are sampled in the same way each time, and counted in full when they are asked to be."""

from __future__ import annotations

import pytest
from tests import proofs


def test_a_sample_is_the_same_each_time_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "_FULL", False)
    first = proofs.sample(iter(range(1000)), 10)
    assert first == sorted(first) == proofs.sample(range(1000), 10)
    assert len(set(first)) == 10
    assert first != proofs.sample(range(1000), 10, seed=1)
    assert proofs.sample("ab", 10) == ["a", "b"]
    assert proofs.count(40, 12) == 12


def test_in_full_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "_FULL", True)
    assert proofs.full()
    assert proofs.sample(range(1000), 10) == list(range(1000))
    assert proofs.count(40, 12) == 40
