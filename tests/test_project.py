"""A project's settings, from wherever it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.project import Project

URLS = [
    ("", "sqlite:///{home}/var/registry.db"),
    ("sqlite:///var/other.db", "sqlite:///{home}/var/other.db"),
    ("sqlite:////srv/registry.db", "sqlite:////srv/registry.db"),
    ("sqlite:///:memory:", "sqlite:///:memory:"),
    ("postgresql+psycopg://city@db/registry", "postgresql+psycopg://city@db/registry"),
]
STORES = [("", "{home}/var/store"), ("folder:releases", "{home}/releases"), ("folder:/srv/open", "/srv/open"), ("other:bucket", "bucket")]


@pytest.mark.parametrize("folder", ["", "catalog", "var"])
@pytest.mark.parametrize(("given", "expected"), URLS, ids=["default", "relative", "absolute", "memory", "server"])
def test_a_registry_lies_where_the_project_says(
    home: Path, monkeypatch: pytest.MonkeyPatch, given: str, expected: str, folder: str
) -> None:
    monkeypatch.setenv("GONGKAI_REGISTRY_URL", given)
    monkeypatch.chdir(home / folder)
    assert Project.find().settings.database == expected.format(home=home)


@pytest.mark.parametrize("folder", ["", "catalog", "var"])
@pytest.mark.parametrize(("given", "expected"), STORES, ids=["default", "relative", "absolute", "another kind"])
def test_a_store_lies_where_the_project_says(
    home: Path, monkeypatch: pytest.MonkeyPatch, given: str, expected: str, folder: str
) -> None:
    monkeypatch.setenv("GONGKAI_STORE", given)
    monkeypatch.chdir(home / folder)
    assert Project.find().settings.store_place == expected.format(home=home)
