"""Files a department registered 文件与前置机: one, or all of a glob, complete only once their markers are there."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gongkai.errors import ConfigError, TransientError
from gongkai.project import Project


def find(project: Project, path: str, marker: str | None) -> list[Path]:
    """The files of ``path``, sorted by name; a relative path starts at the project.

    ``marker`` is the name of the file that says a batch is complete: with ``{stem}`` or ``{name}`` in it every file has its
    own, else there is one per folder. TransientError when there is no file or a marker is missing: a batch that is still
    being delivered is complete later, so trying again is right, and publishing what is there so far would be wrong.
    """
    full = project.place(path)
    if marker is not None and ("/" in marker or not marker):
        raise ConfigError.of("is not a file's name", 'such as "{stem}.done" or "_SUCCESS"', key="source.marker")
    found = [full] if full.is_file() else [Path(name) for name in sorted(glob.glob(str(full), recursive=True))]  # noqa: PTH207 - ** and absolute patterns
    markers = {file: _marker(file, marker) for file in found} if marker is not None else {}
    files = [file for file in found if file.is_file() and file not in set(markers.values())]
    if not files:
        raise TransientError(path, "FileNotFoundError")
    for file in files:
        if marker is not None and not markers[file].is_file():
            raise TransientError(f"{file.name}, not complete: its marker {markers[file].name}", "FileNotFoundError")
    return files


@contextmanager
def steady(path: Path) -> Iterator[BinaryIO]:
    """The file, open; TransientError when it cannot be read, or when it was written to in the meantime."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise TransientError(path.name, type(error).__name__) from None
    with file:
        before = os.fstat(file.fileno())
        try:
            yield file
        except OSError as error:
            raise TransientError(path.name, type(error).__name__) from None
        after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise TransientError(path.name, "written to while it was read")


def _marker(file: Path, marker: str) -> Path:
    return file.with_name(marker.replace("{stem}", file.stem).replace("{name}", file.name))
