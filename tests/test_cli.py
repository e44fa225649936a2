"""The command line as its users meet it: exit codes, JSON, and errors that say what would be right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gongkai import lifecycle, settings


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
    lifecycle.apply(settings.load(), [project.entry])
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
    lifecycle.apply(settings.load(), [project.entry])
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
