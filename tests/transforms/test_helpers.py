"""What the methods share: every example in it holds."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from gongkai import plugins

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
HELPERS = sorted(path.stem for path in (Path(__file__).parents[2] / "transforms").glob("_*.py"))


@pytest.mark.parametrize("name", HELPERS)
def test_examples(name: str) -> None:
    assert doctest.testmod(plugins.load_private("gongkai.transforms", name), optionflags=FLAGS).failed == 0


def test_helpers_are_found() -> None:
    assert {"_bytes", "_calendar", "_divisions", "_full", "_numbers", "_plain", "_signs"} <= set(HELPERS)
