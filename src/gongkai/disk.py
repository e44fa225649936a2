"""Disk operations 落盘 that survive a power cut, and errors of the operating system turned into ours."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.errors import ConfigError, TransientError

_NOT_OURS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}
OWNER_ONLY = 0o600
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


def own(path: Path, content: bytes) -> bool:
    """A new file that only its owner may touch, whatever the umask; False, and nothing is done, where one lies there already.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     [own(Path(folder, "key"), b"1"), own(Path(folder, "key"), b"2"), Path(folder, "key").read_bytes()]
    [True, False, b'1']
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, OWNER_ONLY)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, OWNER_ONLY)
        file.write(content)
        file.flush()
        os.fsync(handle)
    return True


def private(folder: Path) -> Path:
    """A folder that only its owner may enter, made where it is not there; one that is there stays as it is, and what has
    to be made above it is as the umask says."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


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
    """A file, link or folder with everything in it, sealed files included; nothing when there is none."""
    if path.is_dir() and not path.is_symlink():
        for inner in path.rglob("*"):
            if inner.is_dir() and not inner.is_symlink():
                inner.chmod(0o700)
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
