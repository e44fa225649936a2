"""What ``make check`` runs: the tests that mention what changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests import changed

SAID = {
    "tests/keys/test_lines.py": "from gongkai.keys import lines",
    "tests/keys/test_change.py": "from tests.keys.written import GOOD",
    "tests/cli/test_keys.py": "from gongkai import keys, lifecycle\nfrom tests.conftest import City",
    "tests/leaks/test_mutants.py": 'from .combinations import all_of_them\nplugins.load(SHIPPED, "transforms", "mask")',
    "tests/transforms/test_mask.py": 'plugins.load(SHIPPED, "transforms", "mask")',
    "tests/transforms/test_keep.py": "unmasked",
    "tests/test_rules.py": '(home / "rules" / "policy.yml")',
    "tests/test_counts.py": "from gongkai.counts import Tally",
    "tests/golden/test_golden.py": "from . import corpus",
}
CHANGES = [
    ("a module of a room", ["src/gongkai/keys/lines.py"],
     ["tests/cli/test_keys.py", "tests/golden", "tests/keys/test_change.py", "tests/keys/test_lines.py"]),
    ("a module at the root", ["src/gongkai/counts.py"], ["tests/golden", "tests/test_counts.py"]),
    ("a method", ["transforms/mask.py"], ["tests/golden", "tests/leaks/test_mutants.py", "tests/transforms/test_mask.py"]),
    ("a rule", ["rules/policy.yml"], ["tests/golden", "tests/test_rules.py"]),
    ("a test", ["tests/keys/test_lines.py"], ["tests/keys/test_lines.py"]),
    ("a helper of tests", ["tests/keys/written.py"], ["tests/keys/test_change.py", "tests/keys/test_lines.py"]),
    ("a helper imported from beside", ["tests/leaks/combinations.py"], ["tests/leaks/test_mutants.py"]),
    ("fixtures of all", ["tests/conftest.py"], sorted(SAID)),
    ("the golden corpus", ["tests/golden/corpus.py", "tests/golden/test_golden.py"], ["tests/golden"]),
    ("a page nobody tests", ["docs/risk.md"], []),
]  # fmt: skip


@pytest.mark.parametrize(("files", "tests"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_the_tests_of_what_changed(files: list[str], tests: list[str]) -> None:
    assert changed.tests_of(files, SAID) == tests


def test_what_differs_from_the_last_commit(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        named = ["-c", "user.name=n", "-c", "user.email=n@example.com"]
        subprocess.run(["git", *named, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    for name in ("same", "edited", "gone", "ignored.pyc"):
        (tmp_path / name).write_text(name)
    (tmp_path / ".gitignore").write_text("*.pyc\n")
    git("add", "same", "edited", "gone", ".gitignore")
    git("commit", "-m", "first")
    (tmp_path / "edited").write_text("otherwise")
    (tmp_path / "gone").unlink()
    (tmp_path / "新").write_text("")
    assert changed.changed(tmp_path) == ["edited", "新"]


def test_every_test_file_is_read() -> None:
    said = changed.texts()
    assert "tests/test_changed.py" in said
    assert {"tests/transforms/test_mask.py", "tests/golden"} <= set(changed.tests_of(["transforms/mask.py"], said))
