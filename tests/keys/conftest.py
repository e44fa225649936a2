from __future__ import annotations

import os
from pathlib import Path

import pytest

from gongkai.project import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project without a key, and no variable of anybody's that would give it one."""
    for name in list(os.environ):
        if name.startswith(("GONGKAI_KEY_", "AIRFLOW_", "AIRFLOW__")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    home = tmp_path / "city"
    (home / "keys").mkdir(parents=True, mode=0o700)
    return Project.at(home)
