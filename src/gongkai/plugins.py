"""Plug-ins are modules in a folder: the file's name is the word people write in YAML, the verb's signature its parameters.

Nothing is registered by hand. There are four kinds: ``transforms``, ``sources``, ``formats``, ``stores``; what ships of each
is a package ``gongkai.<kind>``, and a city adds or replaces one by a file in its own folder of that name.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import pkgutil
import sys
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from gongkai.errors import ConfigError, Fault, known
from gongkai.project import Project

Kind = Literal["transforms", "sources", "formats", "stores"]


def names(project: Project, kind: Kind) -> list[str]:
    """The names of all plug-ins of a kind, sorted.

    >>> from gongkai.project import SHIPPED
    >>> "sql" in names(SHIPPED, "sources")
    True
    """
    own = (Path(name).stem for name in project.names(kind, "*.py"))
    return sorted({*modules(f"gongkai.{kind}"), *(name for name in own if not name.startswith("_"))})


def load(project: Project, kind: Kind, name: str) -> ModuleType:
    """The plug-in called ``name``, the city's before the shipped one; ConfigError naming the known ones when there is none.

    >>> from gongkai.project import SHIPPED
    >>> load(SHIPPED, "formats", "csvv")
    Traceback (most recent call last):
        ...
    gongkai.errors.ConfigError: no formats called 'csvv'; did you mean 'csv'?
    """
    path = project.file(kind, f"{name}.py")
    if path is not None and project.is_own(path):
        return project.once(_imported, kind, path)
    if name not in modules(f"gongkai.{kind}"):
        there = names(project, kind)
        raise ConfigError.of(f"no {kind} called '{name}'", known(name, there))
    return importlib.import_module(f"gongkai.{kind}.{name}")


def is_own(project: Project, kind: Kind, name: str) -> bool:
    """Whether a plug-in is the city's."""
    path = project.file(kind, f"{name}.py")
    return path is not None and project.is_own(path)


@cache
def modules(package: str) -> tuple[str, ...]:
    """The modules of one of the program's own packages, sorted; private ones and packages aside.

    >>> "resident_id" in modules("gongkai.identifiers")
    True
    """
    folders = importlib.import_module(package).__path__
    there = (found.name for found in pkgutil.iter_modules(folders) if not found.ispkg)
    return tuple(sorted({name for name in there if not name.startswith("_")}))


def _imported(project: Project, kind: Kind, path: Path) -> ModuleType:
    """A city's own file as a module, named by what it says: two projects, or two states of one, never share a module.

    ConfigError, without the text of what it raised, where it cannot be loaded.
    """
    text = path.read_bytes()
    name = f"gongkai_city_{sha256(str(path).encode() + text).hexdigest()[:16]}_{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None:
        raise ConfigError.of("is no Python module", "rename it to a word and .py", file=f"{kind}/{path.name}")
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    try:
        exec(compile(text, str(path), "exec"), made.__dict__)  # noqa: S102 - the very bytes that name it
    except BaseException as error:
        del sys.modules[name]
        if not isinstance(error, Exception):
            raise
        where = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        problem = f"cannot be loaded ({type(error).__name__}{where})"
        raise ConfigError.of(problem, "see CONTRIBUTING.md", file=f"{kind}/{path.name}") from None
    if helper := _helper(project):
        del sys.modules[name]
        problem = f"imports {helper}, which no approval would stand on"
        raise ConfigError.of(problem, "put it into the file itself, or install it as a package", file=f"{kind}/{path.name}")
    return made


def _helper(project: Project) -> str | None:
    """A module that was imported out of the content folders past this loader, if there is one."""
    home = project.home
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__dict__", {}).get("__file__")
        if home is None or name.startswith("gongkai") or not isinstance(file, str) or not file.startswith(f"{home}{os.sep}"):
            continue
        inside = Path(file).relative_to(home)
        if inside.parts[0] in (*get_args(Kind), "rules", "expectations"):
            return inside.as_posix()
    return None


def parameters(verb: Callable[..., Any], *, given_by_program: frozenset[str] = frozenset()) -> dict[str, inspect.Parameter]:
    """The parameters a person may set: the keyword-only ones the program does not give itself, of a class all its fields."""
    return {
        name: parameter
        for name, parameter in inspect.signature(verb).parameters.items()
        if (isinstance(verb, type) or parameter.kind is inspect.Parameter.KEYWORD_ONLY) and name not in given_by_program
    }


def check(
    verb: Callable[..., Any],
    given: Mapping[str, Any],
    *,
    file: str = "",
    key: str = "",
    given_by_program: frozenset[str] = frozenset(),
) -> tuple[dict[str, Any], list[Fault]]:
    """Hold written parameters against the signature of a verb, or of a class: the parsed values and every fault at once.

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
            parsed[name] = TypeAdapter(hints.get(name, Any)).validate_python(value)
        except ValidationError as error:
            expected = error.errors(include_input=False, include_url=False)[0]["msg"]
            faults.append(Fault(file, f"{prefix}{name}", "does not fit", expected))
    for name, parameter in wanted.items():
        if parameter.default is inspect.Parameter.empty and name not in given:
            kind = inspect.formatannotation(hints.get(name, Any))
            faults.append(Fault(file, f"{prefix}{name}", "is missing", f"give {kind}"))
    return parsed, faults
