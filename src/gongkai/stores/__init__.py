"""Where releases are published 开放平台: one module per kind of store; a city adds its own.

A store's module pushes, and says what readers see; a release's files are read through it by name, never by a path: where they
lie is the store's own affair. ``of`` gives a project's store.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from gongkai import manifest, plugins
from gongkai.errors import DataError
from gongkai.project import Project


@dataclass(frozen=True, slots=True)
class Published:
    """What readers of a dataset see now. ``content``: what its rows are; ``plan``: hash of how it came about."""

    release: str
    content: str
    plan: str
    rows: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a push did. ``verdict``: published, or unchanged when readers already saw that release."""

    code: str
    release: str
    verdict: str
    files: int
    bytes: int


class Kind(Protocol):
    """The verbs of a store's module; ``kept`` may be missing where a store cannot tell what it still has."""

    def push(self, sealed: Path, *, code: str, release: str, place: str, after: str | None) -> Receipt: ...
    def current(self, code: str, *, place: str) -> Published | None: ...
    def kept(self, code: str, *, place: str) -> list[str]: ...
    def read(self, code: str, release: str, name: str, *, place: str) -> BinaryIO: ...
    def settle(self, *, code: str, place: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Store:
    """A project's store: its module and where it is."""

    kind: Kind
    place: str

    def push(self, sealed: Path, *, code: str, release: str, after: str | None) -> Receipt:
        """Publish a sealed release folder, if readers still see ``after``; errors as of the kind's ``push``."""
        return self.kind.push(sealed, code=code, release=release, place=self.place, after=after)

    def current(self, code: str) -> Published | None:
        """The release readers see, None when there is none yet."""
        return self.kind.current(code, place=self.place)

    def kept(self, code: str) -> list[str] | None:
        """The names of all releases it still has, oldest first; None where it cannot tell."""
        return self.kind.kept(code, place=self.place) if hasattr(self.kind, "kept") else None

    def settle(self, code: str) -> None:
        """Clear what a killed push left."""
        self.kind.settle(code=code, place=self.place)

    def open(self, code: str, release: str, name: str) -> BinaryIO:
        """A file of a release, to be read and closed. DataError where the release has no such file."""
        return self.kind.read(code, release, name, place=self.place)

    def document(self, code: str, release: str, name: str) -> dict[str, Any]:
        """A JSON file of a release. DataError where it is none."""
        with self.open(code, release, name) as file:
            try:
                document: dict[str, Any] = json.load(file)
            except ValueError:
                raise DataError.of("store.damaged", f"{name} of a release cannot be read") from None
        return document

    def fetch(self, code: str, release: str, name: str, folder: Path) -> Path:
        """A file of a release brought into a folder of this machine, for what reads files by path."""
        path = folder / f"{release}.{name}"
        with self.open(code, release, name) as file, path.open("wb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)
        return path

    def files(self, code: str, release: str) -> Mapping[str, Any]:
        """What the manifest of a release says of each of its files, by name."""
        files: Mapping[str, Any] = self.document(code, release, manifest.NAME)["files"]
        return files


def of(project: Project) -> Store:
    """The store of a project. ConfigError where there is none of that kind."""
    module: Any = plugins.load(project, "stores", project.settings.store_kind)
    return Store(module, project.settings.store_place)
