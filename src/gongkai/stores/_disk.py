"""Disk operations 落盘 that survive a power cut, and errors of the operating system turned into ours."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.errors import ConfigError, TransientError

_NOT_OURS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}
_CANNOT_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP}


@contextmanager
def guarded(what: str) -> Iterator[None]:
    """An OSError becomes ConfigError where the place is wrong (not writable, no folder), else TransientError (full, gone).

    >>> with guarded("the store"):
    ...     raise OSError(errno.ENOSPC, "")
    Traceback (most recent call last):
        ...
    gongkai.errors.TransientError: the store is out of reach (No space left on device)
    """
    try:
        yield
    except OSError as error:
        kind = os.strerror(error.errno) if error.errno else type(error).__name__
        if error.errno in _NOT_OURS:
            raise ConfigError.of(f"{what} cannot be written ({kind})", "give a folder this program may write") from None
        raise TransientError(what, kind) from None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone with whatever the lock file stands for; the operating system lets go when the process dies."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def place(source: Path, target: Path) -> None:
    """The source's bytes at the target: the same file under a second name where the filesystem allows, else a copy."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        shutil.copyfile(source, target)
        target.chmod(0o444)


def flush(path: Path) -> None:
    """A file's or folder's content on the medium."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_text(path: Path, text: str) -> None:
    """A file with new content; a reader sees the old or the new one whole."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    flush(fresh)
    fresh.replace(path)
    flush(path.parent)


def remove(path: Path) -> None:
    """A file, link or folder with everything in it; nothing when there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
