"""A key's file 密钥文件: ``keys/<id>.key`` of the project, which only its owner may touch."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.errors import ConfigError
from gongkai.settings import Settings

SUFFIX = ".key"
MOST_BYTES = 65_536
"""More than this is no key, and the beginning of a key would be another one."""
_OWNER_ONLY = 0o600


def path(settings: Settings, key_id: str) -> Path:
    return settings.keys / f"{key_id}{SUFFIX}"


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
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _fresh(path, text) as fresh:
            try:
                os.link(fresh, path)
            except FileExistsError:
                raise already(str(path)) from None
        _sync(path.parent)


def replace(path: Path, text: str) -> None:
    """Another text in its place: whoever reads it sees the whole old one or the whole new one. It keeps its owner."""
    target = path.resolve()  # a link stays one
    with _told(path), _fresh(target, text) as fresh:
        before = target.stat()
        os.chown(fresh, before.st_uid, before.st_gid)
        fresh.replace(target)
        _sync(target.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else changes it meanwhile; ConfigError when somebody does just now."""
    import fcntl

    with _told(path):
        handle = os.open(path.with_name(f".{path.stem}.lock"), os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError.of("somebody changes this key just now", "see what became of it", file=str(path)) from None
        yield
    finally:
        os.close(handle)


def already(place: str) -> ConfigError:
    return ConfigError.of("there is a key already", "keep it: a new one changes every pseudonym", file=place)


@contextmanager
def _fresh(path: Path, text: str) -> Iterator[Path]:
    """The text in an owner-only file beside ``path``, safe on the disk; gone afterwards unless it was moved."""
    fresh = path.with_name(f".{path.stem}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), _OWNER_ONLY)  # whatever the umask
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """What a folder holds, safe on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = f"cannot be written ({type(error).__name__})"
        raise ConfigError.of(problem, "check the folder and your rights", file=str(path)) from None
