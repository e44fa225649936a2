"""Where a key is looked for 密钥来源: the environment, the project's own file, Airflow's secrets backend; first found wins."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from gongkai.errors import ConfigError
from gongkai.keys import backend, files
from gongkai.keys.records import Source
from gongkai.project import Project

PREFIX = "GONGKAI_KEY_"
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Written:
    """What stands at the first place that has anything."""

    source: Source
    place: str
    text: str = field(repr=False)


def find(project: Project, key_id: str) -> Written | None:
    """What is written of a key, unread; from now on Airflow masks it in its logs. Further places are not asked."""
    if not _ID.fullmatch(key_id):
        raise ConfigError.of(f"'{key_id}' cannot be a key's id", "a lower-case letter, then letters, digits, _ or -", key="key")
    written = _environment(key_id) or _file(project, key_id) or _backend(project, key_id)
    if written is not None:
        backend.hide(written.text)
    return written


def require(project: Project, key_id: str) -> Written:
    """The same; ConfigError saying where it was looked for when there is none."""
    written = find(project, key_id)
    if written is None:
        remedy = (
            f"set {variable(key_id)} or make one in {files.path(project, key_id)} (`gongkai keys new {key_id}`) "
            f"or give Airflow's secrets backend the variable {_in_backend(key_id)}; they are asked in this order"
        )
        raise ConfigError.of(f"there is no key '{key_id}'", remedy, key="key")
    return written


def ids(project: Project, named: Iterable[str] = ()) -> list[str]:
    """The ids there may be keys of: those that are ``named``, and each that a file or a variable is there for.

    A backend cannot be asked for its list: where one is named, ``default`` may lie there.
    """
    found = {*named, *(path.stem for path in project.settings.keys.glob(f"*{files.SUFFIX}"))}
    known = {variable(key_id) for key_id in found}
    others = {name for name in os.environ if name.startswith(PREFIX) and name != PREFIX} - known
    found |= {name.removeprefix(PREFIX).lower() for name in others}
    return sorted(found | {"default"} if backend.configured(project) else found)


def variable(key_id: str) -> str:
    """
    >>> variable("joint-2026")
    'GONGKAI_KEY_JOINT_2026'
    """
    return PREFIX + key_id.upper().replace("-", "_")


def _in_backend(key_id: str) -> str:
    return f"gongkai_key_{key_id}"


def _environment(key_id: str) -> Written | None:
    name = variable(key_id)
    return Written("environment", name, os.environ[name]) if name in os.environ else None


def _file(project: Project, key_id: str) -> Written | None:
    path = files.path(project, key_id)
    text = files.read(path)
    return None if text is None else Written("file", str(path), text)


def _backend(project: Project, key_id: str) -> Written | None:
    if not backend.configured(project):
        return None
    found = backend.read(project, _in_backend(key_id))
    return None if found is None else Written("backend", f"{_in_backend(key_id)} of {found[0]}", found[1])
