"""The manifest 清单 of a release: what it is, and every file with its size and SHA-256. The file that is written last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gongkai.errors import DataError

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a release; ``rows`` where it holds the table itself."""

    bytes: int
    sha256: str
    media_type: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """``content``: hash of what the rows of all formats say, in their order; ``plan``: hash of how it came about.

    ``made`` is when the release was made (ISO 8601): the only thing in a release that the same input does not give again.
    """

    code: str
    title: str
    release: str
    content: str
    plan: str
    rows: int
    made: str
    files: Mapping[str, File]

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "files": {name: asdict(file) for name, file in sorted(self.files.items())}}


def write(folder: Path, manifest: Manifest) -> Path:
    """The manifest's file, in a folder whose files it lists."""
    path = folder / NAME
    path.write_text(json.dumps(manifest.document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def read(folder: Path) -> Manifest:
    """The manifest of a release's folder; DataError when there is none, or it is not one.

    >>> read(Path("/nowhere"))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: store.manifest: the release has no readable manifest.json
    """
    try:
        document = json.loads((folder / NAME).read_bytes())
        files = {_plain(name): File(**file) for name, file in document.pop("files").items()}
        return Manifest(**document, files=files)
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError, KeyError, AttributeError):
        raise DataError.of("store.manifest", "the release has no readable manifest.json") from None


def verify(folder: Path, manifest: Manifest) -> None:
    """DataError unless the folder holds exactly the manifest's files, byte for byte."""
    present = {path.name for path in folder.iterdir()} - {NAME}
    if present != set(manifest.files):
        raise damaged("its files are not those of its manifest")
    for name, file in manifest.files.items():
        path = folder / name
        if path.is_symlink() or path.stat().st_size != file.bytes or digest(path) != file.sha256:
            raise damaged(f"{name} is not the file of its manifest")


def digest(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(what: str) -> DataError:
    return DataError.of("store.damaged", f"a release is damaged: {what}")


def _plain(name: str) -> str:
    if name in ("", ".", "..", NAME) or "/" in name or "\\" in name:
        raise ValueError
    return name
