"""New keys and new versions 新建与轮换, in the project's own files: what lies elsewhere, its keeper changes."""

from __future__ import annotations

import secrets
from pathlib import Path

from gongkai.errors import ConfigError
from gongkai.keys import files, places
from gongkai.keys.lines import parse
from gongkai.keys.records import Key
from gongkai.project import Project

KEY_BYTES = 32
_ELSEWHERE = {"environment": "the environment", "backend": "Airflow's secrets backend"}


def create(project: Project, key_id: str = "default") -> Path:
    """Make a key file of version 1, 32 random bytes, owner-only. ConfigError where there is such a key, at whichever place.

    >>> from tempfile import mkdtemp
    >>> project = Project.at(Path(mkdtemp()))
    >>> create(project).name
    'default.key'
    >>> create(project)
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: ...default.key: there is a key already; keep it: a new one changes every pseudonym
    """
    found = places.find(project, key_id)
    if found is not None:
        raise files.already(found.place)
    path = files.path(project, key_id)
    files.make(path, _line(1))
    return path


def rotate(project: Project, key_id: str = "default") -> Key:
    """Add a version of 32 random bytes to a key's file; the older ones stay. The new version, which is the current one now.

    ConfigError when there is no such key, when a version of it is unfit, and when it lies outside the project's files.

    >>> from tempfile import mkdtemp
    >>> project = Project.at(Path(mkdtemp()))
    >>> path = create(project)
    >>> rotate(project)
    Key(id='default', version=2)
    >>> rotate(project, "joint")
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: key: there is no key 'joint'; ...
    """
    before = places.require(project, key_id)
    if before.source != "file":
        following = parse(key_id, before.text, place=before.place)[-1].version + 1
        raise ConfigError.of(
            f"this key does not lie in a file of the project but in {_ELSEWHERE[before.source]}",
            f"add the line `{following}:` and 64 digits of `openssl rand -hex 32` there, and keep the others",
            file=before.place,
        )
    path = files.path(project, key_id)
    with files.locked(path):
        written = files.read(path) or ""
        following = parse(key_id, written, place=str(path))[-1].version + 1
        longer = f"{written.rstrip()}\n{_line(following)}"
        added = parse(key_id, longer, place=str(path))[-1]
        files.replace(path, longer)
    return added


def _line(version: int) -> str:
    return f"{version}:{secrets.token_hex(KEY_BYTES)}\n"
