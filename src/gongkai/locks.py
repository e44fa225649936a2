"""Locks 锁: one at a time, for as long as a process lives; whoever dies lets go.

Held by the operating system on files of this machine. Whatever several processes of a project must not do at once asks for
its lock by name here, so that a project on more than one host changes this module alone.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gongkai.project import Project


@contextmanager
def alone(project: Project, name: str) -> Iterator[None]:
    """Alone in the project with what ``name`` stands for, such as ``publishing``; others wait for it. Raises OSError."""
    path = project.settings.var / "locks" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        yield


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Alone with what a lock file stands for; it is made, for its owner only, where it is not there.

    Without ``wait`` BlockingIOError where somebody else holds it. Raises OSError where the file cannot be made or is a link.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, locked(Path(folder, "a")), locked(Path(folder, "a"), wait=False):
    ...     pass
    Traceback (most recent call last):
        ...
    BlockingIOError: [Errno 11] Resource temporarily unavailable
    """
    with take(path, wait=wait):
        yield


def take(path: Path, *, wait: bool = True) -> IO[bytes]:
    """The same for longer than a block: held until what comes back is closed."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        file.close()
        raise
    return file


def is_held(path: Path) -> bool:
    """Whether somebody holds a lock file now; nobody holds one that is not there."""
    if not path.exists():
        return False
    try:
        take(path, wait=False).close()
    except BlockingIOError:
        return True
    return False
