"""Plug-ins are modules in a folder: the file's name is the word people write in YAML, the verb's signature its parameters.

Nothing is registered by hand. A plug-in folder is a package (``gongkai.sources``, ``gongkai.transforms``...); its
``__path__`` may reach into a city's own folder of the same name.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from gongkai.errors import ConfigError, Fault, known


def names(package: str) -> list[str]:
    """The names of all plug-ins of a package, sorted.

    >>> "sql" in names("gongkai.sources")
    True
    """
    folders = importlib.import_module(package).__path__
    return list(_listed(tuple((folder, Path(folder).stat().st_mtime_ns) for folder in folders)))


@lru_cache(maxsize=64)
def _listed(folders: tuple[tuple[str, int], ...]) -> list[str]:
    """Listed again only when a folder changed."""
    found = pkgutil.iter_modules([folder for folder, _ in folders])
    return sorted({module.name for module in found if not module.name.startswith("_")})


def load(package: str, name: str) -> ModuleType:
    """The plug-in called ``name``; ConfigError naming the known ones when there is none.

    >>> load("gongkai.formats", "csvv")
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: no formats called 'csvv'; did you mean 'csv'?
    """
    if name not in names(package):
        raise ConfigError.of(f"no {package.rpartition('.')[2]} called '{name}'", known(name, names(package)))
    return importlib.import_module(f"{package}.{name}")


def load_private(package: str, name: str) -> ModuleType:
    """A helper module that the plug-ins of a package share; its name starts with an underscore and is nobody's choice."""
    return importlib.import_module(f"{package}.{name}")


def parameters(verb: Callable[..., Any], *, given_by_program: frozenset[str] = frozenset()) -> dict[str, inspect.Parameter]:
    """The parameters a person may set: the keyword-only ones the program does not give itself."""
    return {
        name: parameter
        for name, parameter in inspect.signature(verb).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name not in given_by_program
    }


def check(
    verb: Callable[..., Any],
    given: Mapping[str, Any],
    *,
    file: str = "",
    key: str = "",
    given_by_program: frozenset[str] = frozenset(),
) -> tuple[dict[str, Any], list[Fault]]:
    """Hold written parameters against a verb's signature: the parsed values and every fault at once.

    >>> def verb(column, *, keep: tuple[int, int] = (3, 4), char: str = "*"): ...
    >>> check(verb, {"keep": [1, 2]})
    ({'keep': (1, 2)}, [])
    >>> print(*check(verb, {"kepe": [1, 2]}, key="columns[0].params")[1])
    columns[0].params.kepe: no such parameter; did you mean 'keep'?
    """
    wanted = parameters(verb, given_by_program=given_by_program)
    hints = get_type_hints(verb)
    prefix = f"{key}." if key else ""
    parsed: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, value in given.items():
        if name not in wanted:
            remedy = known(name, wanted) if wanted else "it takes no parameters"
            faults.append(Fault(file, f"{prefix}{name}", "no such parameter", remedy))
            continue
        try:
            parsed[name] = TypeAdapter(hints[name]).validate_python(value)
        except ValidationError as error:
            expected = error.errors(include_input=False, include_url=False)[0]["msg"]
            faults.append(Fault(file, f"{prefix}{name}", "does not fit", expected))
    for name, parameter in wanted.items():
        if parameter.default is inspect.Parameter.empty and name not in given:
            faults.append(Fault(file, f"{prefix}{name}", "is missing", f"give {inspect.formatannotation(hints[name])}"))
    return parsed, faults
