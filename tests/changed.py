"""``make check``: the quick tests of what changed since the last commit, found by what test files mention.

A file of ``src/gongkai/<room>`` has the tests in ``tests/<room>`` and every test file that imports the room; a method, a rule or a
document those that name it; a helper of tests those beside it and those that import it. What ships is held to its golden.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

ROOT = Path(__file__).parents[1]
GOLDEN = "tests/golden"
SHIPS = ("src", "transforms", "rules")


def changed(root: Path = ROOT) -> list[str]:
    """The files that differ from the last commit, and new ones; none that is gone."""
    commands = (["git", "diff", "--name-only", "-z", "HEAD"], ["git", "ls-files", "--others", "--exclude-standard", "-z"])
    found = [subprocess.run(each, cwd=root, capture_output=True, check=True, text=True).stdout.split("\0") for each in commands]
    return sorted({name for names in found for name in names if name and (root / name).is_file()})


def texts(root: Path = ROOT) -> dict[str, str]:
    """Every test file by its path, with what it says."""
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted((root / "tests").rglob("test_*.py"))}


def tests_of(files: Iterable[str], said: Mapping[str, str]) -> list[str]:
    """The test files of these files, and the folder of the golden corpus where one of them decides what ships."""
    found: set[str] = set()
    for file in files:
        path = PurePath(file)
        found |= {file} & set(said) or set(_of(path, said))
        if path.parts[0] in SHIPS or file.startswith(f"{GOLDEN}/"):
            found.add(GOLDEN)
    return sorted(name for name in found if name == GOLDEN or not (GOLDEN in found and name.startswith(f"{GOLDEN}/")))


def _of(path: PurePath, said: Mapping[str, str]) -> Iterator[str]:
    if path.parts[:2] == ("src", "gongkai"):
        room = path.parts[2].removesuffix(".py")
        beside, mentions = (
            (f"tests/{room}/", f"tests/test_{room}.py"),
            rf"\bgongkai\.{room}\b|\bfrom gongkai import [^#\n]*\b{room}\b",
        )
    elif path.parts[0] == "tests":
        module = ".".join(path.with_suffix("").parts)
        beside, mentions = (
            (f"{path.parent.as_posix()}/",),
            rf"\b{re.escape(module)}\b|\bfrom \.+ ?import [^#\n]*\b{path.stem}\b",
        )
    else:
        word = path.stem if path.suffix == ".py" else path.name
        beside, mentions = (f"tests/{path.parts[0]}/test_{path.stem}.py",), rf"[\"'/]{re.escape(word)}[\"'/]"
    wanted = re.compile(mentions)
    return (name for name, text in said.items() if name.startswith(beside) or wanted.search(text))


def main() -> int:
    """Run them and say which they are."""
    tests = tests_of(changed(), texts())
    if not tests:
        sys.stdout.write("nothing changed that a test is about\n")
        return 0
    sys.stdout.write("\n".join(["the quick tests of what changed:", *tests, ""]))
    sys.stdout.flush()
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "not slow", *tests], cwd=ROOT)
    return 0 if done.returncode == 5 else done.returncode  # 5: all of them are slow ones


if __name__ == "__main__":
    sys.exit(main())
