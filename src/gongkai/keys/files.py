"""A key's file 密钥文件: ``keys/<id>.key`` of the project, which only its owner may touch."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai import disk, locks
from gongkai.errors import ConfigError
from gongkai.project import Project

SUFFIX = ".key"
MOST_BYTES = 65_536
"""More than this is no key, and the beginning of a key would be another one."""


def path(project: Project, key_id: str) -> Path:
    return project.settings.keys / f"{key_id}{SUFFIX}"


def read(path: Path) -> str | None:
    """What is written in it; None when nothing lies there. ConfigError when others may touch it, or it cannot be read."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            written = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        if path.is_symlink():
            raise ConfigError.of("leads to a file that is not there", "put the key there", file=str(path)) from None
        return None
    except OSError as error:
        problem = f"cannot be read ({type(error).__name__})"
        raise ConfigError.of(problem, "it is a file of the user who runs this", file=str(path)) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError.of("others may read this key", f"run `chmod 600 {path}`, and replace the key", file=str(path))
    if len(written) > MOST_BYTES:
        raise ConfigError.of("is too long to be a key", "write a line version:hex for each version", file=str(path))
    return written.decode("ascii", "replace")


def make(path: Path, text: str) -> None:
    """A new file. ConfigError where one lies already: it is never overwritten."""
    with _told(path):
        disk.private(path.parent)
        with _fresh(path, text) as fresh:
            try:
                os.link(fresh, path)
            except FileExistsError:
                raise already(str(path)) from None
        disk.flush(path.parent)


def replace(path: Path, text: str) -> None:
    """Another text in its place: whoever reads it sees the whole old one or the whole new one. It keeps its owner."""
    target = path.resolve()  # a link stays one
    with _told(path), _fresh(target, text) as fresh:
        before = target.stat()
        os.chown(fresh, before.st_uid, before.st_gid)
        fresh.replace(target)
        disk.flush(target.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else changes it meanwhile; ConfigError when somebody does just now."""
    with _told(path):
        try:
            held = locks.take(path.with_name(f".{path.stem}.lock"), wait=False)
        except BlockingIOError:
            raise ConfigError.of("somebody changes this key just now", "see what became of it", file=str(path)) from None
    with held:
        yield


def already(place: str) -> ConfigError:
    return ConfigError.of("there is a key already", "keep it: a new one changes every pseudonym", file=place)


@contextmanager
def _fresh(path: Path, text: str) -> Iterator[Path]:
    """The text in an owner-only file beside ``path``, safe on the disk; gone afterwards unless it was moved."""
    fresh = path.with_name(f".{path.stem}.{secrets.token_hex(8)}")
    try:
        disk.own(fresh, text.encode("ascii"))
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = f"cannot be written ({type(error).__name__})"
        raise ConfigError.of(problem, "check the folder and your rights", file=str(path)) from None
