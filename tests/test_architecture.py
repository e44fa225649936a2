"""docs/architecture.md names every room of the program, on the floor where the lint holds it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import gongkai

ROOT = Path(__file__).parents[1]
ROOMS = {
    path.stem
    for path in Path(gongkai.__file__).parent.iterdir()
    if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").is_file())
}
FLOORS = [set(re.findall(r"`(\w+)`", row[2])) for row in
          (line.split("|") for line in (ROOT / "docs" / "architecture.md").read_text("utf-8").splitlines())
          if len(row) == 5 and row[1].strip().isdigit()]  # fmt: skip
NUMBERS = [int(line.split("|")[1]) for line in (ROOT / "docs" / "architecture.md").read_text("utf-8").splitlines()
           if re.match(r"\| \d+ \|", line)]  # fmt: skip


def test_every_room_is_named_once_and_no_other() -> None:
    named = [room for floor in FLOORS for room in floor]
    assert sorted(named) == sorted(ROOMS)


def test_the_floors_are_those_of_the_lint() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    held = [{room.strip().removeprefix("gongkai.") for room in layer.split("|")} for layer in contract["layers"]]
    told: dict[int, set[str]] = {}
    for number, rooms in zip(NUMBERS, FLOORS, strict=True):
        told.setdefault(number, set()).update(rooms)
    assert [told[number] for number in sorted(told)] == held


def test_the_transforms_folder_holds_methods_only() -> None:
    names = sorted(path.name for path in (ROOT / "transforms").iterdir() if path.name != "__pycache__")
    assert len(names) == 22
    assert all(re.fullmatch(r"[a-z][a-z_]*\.py", name) for name in names)
