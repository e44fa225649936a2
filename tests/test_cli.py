"""The command line as its users meet it: exit codes, JSON, and errors that say what would be right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gongkai import lifecycle
from gongkai.project import Project


def gongkai(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gongkai", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))


def test_published_and_unchanged_end_0(project) -> None:
    project.register()
    published = gongkai("run", project.code, "--json")
    assert published.returncode == 0, published.stderr
    outcome = json.loads(published.stdout)
    assert set(outcome) >= {"code", "release", "rows_in", "rows_out", "formats", "verdict", "reasons"}
    assert (outcome["code"], outcome["verdict"], outcome["rows_out"]) == (project.code, "published", 3)
    assert json.loads(gongkai("run", project.code, "--json").stdout)["verdict"] == "unchanged"


def _unknown(project) -> str:
    return "hrss-card"


def _unapproved(project) -> str:
    lifecycle.apply(Project.find(), [project.entry])
    return project.code


def _gone(project) -> str:
    project.write_entry(("{kind: file, path: drops/cards.csv}", "{kind: sql, connection: hrss, table: cards}"))
    os.environ["AIRFLOW_CONN_HRSS"] = "postgresql://nobody@127.0.0.1:1/none"
    project.register()
    return project.code


EXITS = [("unknown_code", _unknown, 2), ("unapproved", _unapproved, 3), ("source_out_of_reach", _gone, 4)]


@pytest.mark.parametrize(("arrange", "expected"), [row[1:] for row in EXITS], ids=[row[0] for row in EXITS])
def test_exit_codes(project, arrange, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_HRSS", raising=False)
    lifecycle.apply(Project.find(), [project.entry])
    done = gongkai("run", arrange(project), "--json")
    monkeypatch.delenv("AIRFLOW_CONN_HRSS", raising=False)
    assert done.returncode == expected, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_project_the_way_in_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GONGKAI_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    done = gongkai("list")
    assert done.returncode == 2
    assert "gongkai init" in done.stderr


def test_version() -> None:
    assert gongkai("--version").stdout.startswith("gongkai ")


LOCALES: list[tuple[dict[str, str], str]] = [
    ({"LANG": "C"}, "utf-8"),
    ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "utf-8"),
    ({"PYTHONIOENCODING": "latin-1:strict"}, "utf-8"),
    ({"PYTHONIOENCODING": "ascii:strict", "FORCE_COLOR": "1", "COLUMNS": "100"}, "utf-8"),
    ({"PYTHONIOENCODING": "gbk"}, "gbk"),
]


@pytest.mark.parametrize(
    ("said", "encoding"), LOCALES, ids=[" ".join(f"{it[0]}={it[1]}" for it in row[0].items()) for row in LOCALES]
)
def test_chinese_is_written_in_every_locale(project, said: dict[str, str], encoding: str) -> None:
    """In a pipe and as on a terminal; an encoding that has Chinese is kept."""
    project.write_entry(("method: pseudonymize", "method: 假名化"))
    others = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}

    def run(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "gongkai", *words], capture_output=True, check=False, env={**others, **said}
        )

    assert "掩码" in run("methods").stdout.decode(encoding)
    refused = run("apply", "catalog/hrss/cards.yml")
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert "假名化" in refused.stderr.decode(encoding)
