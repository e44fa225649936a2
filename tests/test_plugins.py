"""Plug-ins of a city's own: how they are found, and what is said of one that is broken."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from gongkai import plugins
from gongkai.errors import ConfigError
from gongkai.project import Project, shipped_folder

SECRET = "13812345678"
BROKEN = [
    ("is not Python", "SyntaxError, line 1"),
    ("import no_such_library", "ModuleNotFoundError"),
    (f"raise ValueError('{SECRET}')", "ValueError"),
    (f"int('{SECRET}x')", "ValueError"),
    ("text = '\0'", "SyntaxError[^)]*"),
]


@pytest.mark.parametrize(("text", "kind"), BROKEN, ids=["syntax", "library", "raised", "value", "zero"])
@pytest.mark.parametrize("folder", ["transforms", "sources", "formats", "stores"])
def test_a_file_that_cannot_be_loaded_is_named_without_its_words(home: Path, folder: plugins.Kind, text: str, kind: str) -> None:
    (home / folder).mkdir()
    (home / folder / "own.py").write_text(text, "utf-8")
    before = set(sys.modules)
    with pytest.raises(ConfigError) as caught:
        plugins.load(Project.at(home), folder, "own")
    assert re.fullmatch(rf"{folder}/own\.py: cannot be loaded \({kind}\); see CONTRIBUTING\.md", str(caught.value))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert not {name for name in set(sys.modules) - before if name.startswith("gongkai_city_")}


def test_who_ends_the_program_is_let(home: Path) -> None:
    (home / "formats").mkdir()
    (home / "formats" / "own.py").write_text("raise KeyboardInterrupt", "utf-8")
    with pytest.raises(KeyboardInterrupt):
        plugins.load(Project.at(home), "formats", "own")


def test_a_mended_file_is_loaded(home: Path) -> None:
    (home / "formats").mkdir()
    path = home / "formats" / "own.py"
    path.write_text("is not Python", "utf-8")
    project = Project.at(home)
    with pytest.raises(ConfigError):
        plugins.load(project, "formats", "own")
    path.write_text("EXTENSION = 'own'", "utf-8")
    assert plugins.load(project, "formats", "own").EXTENSION == "own"


@pytest.mark.parametrize("asked", ["import beside", "from beside import N", "import importlib; importlib.import_module('beside')"])
def test_a_file_that_imports_another_of_the_project_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    """An approval stands on the file and knows of no other, whoever imported it first."""
    (home / "transforms").mkdir()
    (home / "transforms" / "beside.py").write_text("N = 1", "utf-8")
    (home / "transforms" / "own.py").write_text(f"import sys\nsys.path.insert(0, {str(home / 'transforms')!r})\n{asked}", "utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    try:
        for _ in range(2):
            with pytest.raises(ConfigError, match=r"transforms/own\.py: imports transforms/beside\.py"):
                plugins.load(Project.at(home), "transforms", "own")
    finally:
        sys.modules.pop("beside", None)


def test_what_ships_is_no_citys_though_it_is_installed_inside_the_project(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = home / ".venv" / "lib" / "gongkai" / "_content"
    shutil.copytree(shipped_folder() / "transforms", inside / "transforms", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("gongkai.project.shipped_folder", lambda: inside)
    (home / "transforms").mkdir()
    shutil.copy(inside / "transforms" / "mask.py", home / "transforms")
    project = Project.at(home)
    assert not plugins.is_own(project, "transforms", "keep")
    assert plugins.is_own(project, "transforms", "mask")
