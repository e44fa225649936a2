"""Surnames 姓氏: the lists of ``rules/values/names.yml`` that a shown surname and a recognized name stand on."""

from __future__ import annotations

from gongkai import documents
from gongkai.errors import ConfigError
from gongkai.project import Project

FILE = "values/names.yml"


def compound(project: Project) -> tuple[str, ...]:
    """The compound surnames 复姓, all of two characters, in the order of the file. ConfigError where the file has none.

    >>> from gongkai.project import SHIPPED
    >>> "欧阳" in compound(SHIPPED)
    True
    """
    return project.once(_compound)


def _compound(project: Project) -> tuple[str, ...]:
    path = project.file("rules", FILE)
    document, faults = ({}, []) if path is None else documents.read(path, f"rules/{FILE}")
    if faults:
        raise ConfigError(*faults)
    listed = document.get("compound") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ConfigError.of("is missing", "list the surnames of two characters", file=f"rules/{FILE}", key="compound")
    return tuple(surname for surname in listed if isinstance(surname, str) and len(surname) == 2)
