"""Where Airflow finds the DAG files: the generated folder, kept in line with the registry.

``refresh`` after ``apply`` and ``approve`` makes a change visible in seconds; this notices what came another way: from another
machine, or by an edited rule, which ends an approval. Not versioned: see ``docs/decisions/0002-department-dag-files.md``.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.base import BaseDagBundle

from gongkai.airflow.environment import dags_folder
from gongkai.airflow.files import refresh
from gongkai.project import Project

SECONDS_BETWEEN_READINGS = 60.0


class DepartmentFiles(BaseDagBundle):
    """The project's generated DAG files. Workers only read them; the DAG processor keeps them current."""

    supports_versioning = False

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._project = Project.find()
        self._read: float | None = None

    @property
    def path(self) -> Path:
        return dags_folder(self._project)

    def get_current_version(self) -> None:
        return None

    def refresh(self) -> None:
        now = time.monotonic()
        if self._read is None or now - self._read >= SECONDS_BETWEEN_READINGS:
            refresh(Project.find())  # anew: rules may have changed
            self._read = time.monotonic()
