"""One city's project 项目: where it lies, how it is set, and the files a city edits, its own before the shipped ones.

A project is found once, by the command or the task that begins, and passed on. Nothing else reads ``$GONGKAI_HOME`` or the
working folder, and nothing keeps what it read of a project anywhere but in the project itself (``once``): two projects in one
process share nothing but the program.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gongkai.errors import ConfigError, Fault

HOME_VARIABLE = "GONGKAI_HOME"
Made = TypeVar("Made")


class Settings(BaseSettings):
    """How a project runs; everything but its folder can be set by an environment variable ``GONGKAI_…``.

    Folders people edit lie at the root, everything the program makes under ``var/``.
    """

    model_config = SettingsConfigDict(env_prefix="GONGKAI_", frozen=True, extra="ignore")

    home: Path
    registry_url: str = ""
    """SQLAlchemy URL of the registry; empty: an SQLite file under ``var/``."""
    store: str = ""
    """Where releases go, as ``kind:place``; empty: the folder store under ``var/store``."""
    timezone: ZoneInfo = Field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    city: str = ""
    """The city's name, for citations and reports."""

    @cached_property
    def var(self) -> Path:
        return self.home / "var"

    @cached_property
    def catalog(self) -> Path:
        return self.home / "catalog"

    @cached_property
    def staging(self) -> Path:
        return self.var / "staging"

    @cached_property
    def reports(self) -> Path:
        return self.var / "reports"

    @cached_property
    def keys(self) -> Path:
        return self.home / "keys"

    @cached_property
    def airflow(self) -> Path:
        return self.var / "airflow"

    @cached_property
    def database(self) -> str:
        """A relative SQLite file starts at the project, from wherever a command is run."""
        kind, relative, path = self.registry_url.partition("sqlite:///")
        if not kind and relative and path and not path.startswith(("/", ":", "file:")):
            return f"sqlite:///{self.home / path}"
        return self.registry_url or f"sqlite:///{self.var / 'registry.db'}"

    @cached_property
    def store_kind(self) -> str:
        return self.store.partition(":")[0] or "folder"

    @cached_property
    def store_place(self) -> str:
        """A relative folder starts at the project, as the registry does."""
        place = self.store.partition(":")[2] or str(self.var / "store")
        return str(self.home / place) if self.store_kind == "folder" else place


class Project:
    """A city's project, or with ``home`` None what ships with the program and nothing else.

    Its content files are named ``<folder>/<path>``, such as ``rules/policy.yml``. Every one that is asked for is noted in
    ``opened``, whether it is there or not: that is how an approval's basis is computed.
    """

    def __init__(self, home: Path | None = None, *, settings: Settings | None = None) -> None:
        self.home = home
        self.opened: set[str] = set()
        self._settings = settings
        self._made: dict[Any, tuple[Any, frozenset[str]]] = {}
        self._making = RLock()
        self._allowed: frozenset[str] | None = None

    @classmethod
    def find(cls) -> Project:
        """The project in ``$GONGKAI_HOME``, else the one of the working folder or a folder above it, known by its ``catalog/``.

        Raises ConfigError where there is none, and where a setting does not fit.
        """
        found = cls._found()
        if found is None:
            raise ConfigError.of("no project here", f"run `gongkai init DIR`, then work inside DIR or set {HOME_VARIABLE}")
        return cls.at(found)

    @classmethod
    def find_or_shipped(cls) -> Project:
        """The same; what ships where there is no project, for commands that are of use without one."""
        found = cls._found()
        return SHIPPED if found is None else cls.at(found)

    @classmethod
    def at(cls, home: Path) -> Project:
        """The project in a folder, with the settings of the environment. ConfigError when one of them does not fit."""
        home = home.resolve()
        try:
            return cls(home, settings=Settings(home=home))
        except ValidationError as error:
            faults = [
                Fault("", f"GONGKAI_{str(item['loc'][0]).upper()}", "does not fit", item["msg"])
                for item in error.errors(include_input=False, include_url=False)
            ]
            raise ConfigError(*faults) from None

    @staticmethod
    def _found() -> Path | None:
        if named := os.environ.get(HOME_VARIABLE):
            if not (Path(named) / "catalog").is_dir():
                raise ConfigError.of("no project there: it has no catalog/ folder", "run `gongkai init DIR`", key=HOME_VARIABLE)
            return Path(named)
        here = Path.cwd()
        return next((folder for folder in (here, *here.parents) if _is_project(folder)), None)

    @property
    def settings(self) -> Settings:
        """Raises ConfigError for what ships: it has none."""
        if self._settings is None:
            raise ConfigError.of("no project here", f"run `gongkai init DIR`, then work inside DIR or set {HOME_VARIABLE}")
        return self._settings

    @property
    def timezone(self) -> ZoneInfo:
        """The city's; outside of a project the one of the environment."""
        return (self._settings or Settings(home=Path())).timezone

    def place(self, path: str) -> Path:
        """A path of the project; a relative one starts at its root, or where there is none at the working folder."""
        return Path(path) if self.home is None else self.home / path

    def names(self, folder: str, pattern: str) -> list[str]:
        """The files of a content folder, by their paths inside it, the city's and the shipped ones; none is noted.

        >>> "policy.yml" in SHIPPED.names("rules", "*.yml")
        True
        """
        return sorted({path.relative_to(root).as_posix() for root in self._folders(folder) for path in root.glob(pattern)})

    def file(self, folder: str, name: str) -> Path | None:
        """One content file, the city's before the shipped one; None where there is neither. It is noted either way.

        Raises ConfigError where this project is held to files that this is none of (``held_to``).

        >>> SHIPPED.file("rules", "policy.yml").name, SHIPPED.file("rules", "nowhere.yml")
        ('policy.yml', None)
        """
        self._note([f"{folder}/{name}"])
        return next((root / name for root in self._folders(folder) if (root / name).is_file()), None)

    def files(self, folder: str, pattern: str) -> dict[str, Path]:
        """Every file that matches, by its path inside the folder; each is noted."""
        found = {name: self.file(folder, name) for name in self.names(folder, pattern)}
        return {name: path for name, path in found.items() if path is not None}

    def is_own(self, path: Path) -> bool:
        """Whether a content file is the city's, not a shipped one: the program may be installed inside the project."""
        shipped = shipped_folder()
        if self.home is None or not path.is_relative_to(self.home):
            return False
        return not (shipped.is_relative_to(self.home) and path.is_relative_to(shipped))

    def once(self, make: Callable[..., Made], *given: Any) -> Made:
        """What ``make(project, *given)`` gives, made when first asked for; what it reads is noted each time it is asked for.

        >>> project = Project()
        >>> project.once(_rule_files) is project.once(_rule_files), sorted(project.opened)[0]
        (True, 'rules/entities.yml')
        """
        asked = (make, *given)
        with self._making:
            if asked not in self._made:
                view = self.watched()
                try:
                    made = make(view, *given)
                finally:
                    self._note(view.opened)
                self._made[asked] = (made, frozenset(view.opened))
        value, opened = self._made[asked]
        self._note(opened)
        found: Made = value
        return found

    def anew(self) -> Project:
        """The same project with nothing read yet."""
        return Project(self.home, settings=self._settings)

    def watched(self) -> Project:
        """The same project with nothing noted yet, that shares what was made."""
        view = self.anew()
        view._made, view._making = self._made, self._making
        return view

    def held_to(self, names: Iterable[str]) -> Project:
        """The same project for somebody who may read these content files and no others."""
        view = self.watched()
        view._allowed = frozenset(names)
        return view

    def _note(self, names: Iterable[str]) -> None:
        self.opened.update(names)
        if self._allowed is not None and (beyond := sorted(self.opened - self._allowed)):
            remedy = "an approval covers what a method reads for a column without rows; a run reads nothing else"
            raise ConfigError.of("is read, but no approval covers it", remedy, file=beyond[0])

    def _folders(self, folder: str) -> list[Path]:
        roots = [shipped_folder()] if self.home is None else [self.home, shipped_folder()]
        return [root / folder for root in roots if (root / folder).is_dir()]


def shipped_folder() -> Path:
    """Where the shipped content lies: ``_content`` inside the wheel, the checkout's root in development."""
    package = Path(__file__).parent
    checkout = package.parent.parent
    return checkout if (checkout / "transforms").is_dir() and (checkout / "pyproject.toml").is_file() else package / "_content"


def _is_project(folder: Path) -> bool:
    return (folder / "catalog").is_dir()


def _rule_files(project: Project) -> dict[str, Path]:
    """For the example of ``once``."""
    return project.files("rules", "*.yml")


SHIPPED = Project()
"""What ships with the program, without a city: for examples, tests, and commands outside of any project."""
