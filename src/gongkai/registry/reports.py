"""Where the reports of runs are kept 报告存放: ``var/reports/<dataset>/<run>.<kind>``."""

from __future__ import annotations

from pathlib import Path

from gongkai.project import Project


def kept(project: Project, code: str, run: str, kind: str) -> Path:
    """The file of a run's report: ``html`` and ``json`` of the check, ``risk.html``, ``risk.json``, ``plan.lock.json``."""
    return project.settings.reports / code / f"{file_name(run)}.{kind}"


def file_name(run: str) -> str:
    """A run's id as a file's name.

    >>> file_name("manual__2026-03-01T18:16:00+00:00")
    'manual__2026-03-01T18_16_00_00_00'
    """
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in run)
