"""Every example in the program's own words holds."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import gongkai

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
SKIPPED = ("gongkai.transforms", "gongkai.registry.migrations", "gongkai.__main__")
"""Held to their examples elsewhere, or run when imported."""
MODULES = [
    module.name
    for module in pkgutil.walk_packages(gongkai.__path__, "gongkai.")
    if not module.name.startswith(SKIPPED)
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert failed == 0


def test_modules_are_found() -> None:
    assert {"gongkai.errors", "gongkai.pipeline", "gongkai.formats.xlsx", "gongkai.airflow.factory"} <= set(MODULES)
    assert {"gongkai.methods.columns.signs", "gongkai.methods.recoding.ladders", "gongkai.reference.divisions"} <= set(MODULES)
