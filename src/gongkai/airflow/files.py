"""The generated DAG files: one per department, beside the list of its approved datasets.

A file per dataset would cost the DAG processor minutes a cycle, one file for all would be parsed whole for every change. The
Python file never changes; the list does, and touching the Python file then makes Airflow read it within seconds. Importing this
module does not import Airflow.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from gongkai import disk
from gongkai.airflow.environment import dags_folder
from gongkai.errors import ConfigError
from gongkai.project import Project

if TYPE_CHECKING:
    from gongkai.registry.store import Approval, Revision

TEMPLATE = "gongkai_dags.py"
PREFIX = "gongkai_"


class Listing(TypedDict):
    """What a DAG shows and is scheduled by; the run itself reads the registry."""

    code: str
    department: str
    title: str
    abstract: str
    provider: str
    category: str
    opening: str
    conditions: str
    licence: str
    frequency: str
    at: str
    workdays: bool
    timezone: str
    revision: str
    approved: str


def refresh(project: Project) -> list[str]:
    """Bring the files in line with the registry, after ``apply`` or ``approve``; the departments whose list changed."""
    folder = dags_folder(project)
    disk.private(folder)
    # a department that has none left keeps its file: a run that is under way still needs it
    departments: dict[str, list[Listing]] = {name: [] for name in _present(folder)} | snapshot(project)
    template = _template(project)
    return [name for name, listings in sorted(departments.items()) if _write(folder, name, listings, template)]


def snapshot(project: Project) -> dict[str, list[Listing]]:
    """Every approved dataset that may be opened, by department, both in the order of their names."""
    departments: dict[str, list[Listing]] = defaultdict(list)
    for revision, approval in _approved(project):
        listing = _listing(revision, approval, project)
        departments[listing["department"]].append(listing)
    return {name: sorted(departments[name], key=lambda listing: listing["code"]) for name in sorted(departments)}


def dag_id(department: str, code: str) -> str:
    """The DAG of a dataset. A point stands in neither name.

    >>> dag_id("hrss", "social_card")
    'hrss.social_card'
    """
    return f"{department}.{code}"


def parse_dag_id(name: str) -> tuple[str, str]:
    """Department and dataset of a DAG; ValueError when it is none of ours.

    >>> parse_dag_id("hrss.social_card")
    ('hrss', 'social_card')
    >>> parse_dag_id("etl")
    Traceback (most recent call last):
        ...
    ValueError: 'etl' is not the DAG of a dataset
    """
    department, point, code = name.partition(".")
    if not (department and point and code):
        raise ValueError(f"'{name}' is not the DAG of a dataset")
    return department, code


def _approved(project: Project) -> list[tuple[Revision, Approval]]:
    from gongkai import lifecycle

    return lifecycle.approved(project)


def _listing(revision: Revision, approval: Approval, project: Project) -> Listing:
    entry = revision.entry
    return Listing(
        code=entry.code,
        department=entry.department,
        title=entry.title,
        abstract=entry.abstract,
        provider=entry.provider.name,
        category=entry.category,
        opening=entry.opening.type,
        conditions=entry.opening.conditions,
        licence=entry.licence.name,
        frequency=entry.update.frequency,
        at=entry.update.at,
        workdays=entry.update.workdays,
        timezone=project.settings.timezone.key,
        revision=revision.hash,
        approved=approval.at.isoformat(),
    )


def _write(folder: Path, department: str, listings: list[Listing], template: str) -> bool:
    python = folder / f"{PREFIX}{department}.py"
    listed = python.with_suffix(".json")
    changed = _replace(listed, json.dumps(listings, ensure_ascii=False, indent=1))
    if not _replace(python, template) and changed:
        os.utime(python)
    return changed


def _template(project: Project) -> str:
    path = project.file("dags", TEMPLATE)
    if path is None:
        raise ConfigError.of("is missing", "restore it from the distribution", file=f"dags/{TEMPLATE}")
    return path.read_text(encoding="utf-8")


def _replace(path: Path, text: str) -> bool:
    """Write a file whole; False when it says so already."""
    with contextlib.suppress(FileNotFoundError):
        if path.read_text(encoding="utf-8") == text:
            return False
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
    return True


def _present(folder: Path) -> list[str]:
    return sorted(path.stem.removeprefix(PREFIX) for path in folder.glob(f"{PREFIX}*.json"))
