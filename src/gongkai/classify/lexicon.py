"""The word lists of the value tests 取值词表: ``rules/values/*.yml``, the city's own file before the shipped one.

Lists are read once per project.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from gongkai import documents
from gongkai.errors import ConfigError
from gongkai.project import Project

HAN = r"[\x{3400}-\x{9FFF}\x{20000}-\x{3FFFF}]"
"""RE2 of one Han character; by its blocks, which compiles ten times as fast as the script property."""


def lists(name: str, project: Project) -> Mapping[str, tuple[str, ...]]:
    """The lists of ``rules/values/<name>.yml`` by their key; a text stands for the list of its characters.

    ConfigError when the file is missing, unreadable, or holds anything but lists of texts.

    >>> from gongkai.project import SHIPPED
    >>> "欧阳" in lists("names", SHIPPED)["compound"]
    True
    >>> lists("colours", SHIPPED)
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: rules/values/colours.yml: is missing; restore it, or remove the city's own rules/values
    """
    return project.once(_read, name)


def either(words: tuple[str, ...]) -> str:
    """RE2 of any of these words, longest first, without a group around it.

    >>> either(("区", "街道"))
    '街道|区'
    """
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _read(project: Project, name: str) -> Mapping[str, tuple[str, ...]]:
    file = f"rules/values/{name}.yml"
    path = project.file("rules", f"values/{name}.yml")
    if path is None:
        raise ConfigError.of("is missing", "restore it, or remove the city's own rules/values", file=file)
    document, faults = documents.read(path, file)
    if faults:
        raise ConfigError(*faults)
    if not isinstance(document, dict):
        raise ConfigError.of("is not a table of lists", "write a name and its list on each line", file=file)
    return MappingProxyType({name: _texts(written, file, name) for name, written in document.items()})


def _texts(written: object, file: str, key: str) -> tuple[str, ...]:
    if isinstance(written, str):
        return tuple(dict.fromkeys(written.replace(" ", "")))
    if isinstance(written, list) and all(isinstance(word, str) and word for word in written):
        return tuple(dict.fromkeys(written))
    raise ConfigError.of("is not a list of texts", "write [one, two] or one text of characters", file=file, key=key)
