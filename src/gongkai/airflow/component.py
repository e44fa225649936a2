"""``python -m gongkai.airflow.component scheduler …``: one Airflow component that leaves nothing behind.

The scheduler's workers ignore SIGTERM and its tasks live in process groups of their own, so neither a supervisor nor a shell
reaches them. Here the component gets a session of its own; when it ends, however it ends, whatever still lives in that session
is killed. It also ends when its supervisor is gone, and clears what a killed predecessor left.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

GRACE_SECONDS = {"scheduler": 20.0}
"""How long a component may take to stop: the scheduler waits for tasks that are running, the others lose nothing."""

GRACE_SECONDS_OTHERWISE = 3.0

_POLL_SECONDS = 0.2


def main(arguments: list[str], run_folder: Path) -> int:
    """Run ``airflow <arguments>`` until it ends or is asked to stop; its exit code."""
    note = run_folder / f"{arguments[0]}.session"
    sweep_noted(note)
    supervisor = os.getppid()
    stops: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stops.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    child = subprocess.Popen([sys.executable, "-m", "airflow", *arguments], start_new_session=True)
    note.write_text(str(child.pid))
    try:
        _watch(child, supervisor, stops, GRACE_SECONDS.get(arguments[0], GRACE_SECONDS_OTHERWISE))
    finally:
        sweep(child.pid)
        child.wait()
        note.unlink(missing_ok=True)
    return 0 if stops else child.returncode


def sweep_noted(note: Path) -> int:
    """Kill what is left of the session a component noted; how many processes that were."""
    if not note.is_file():
        return 0
    count = sweep(int(note.read_text()))
    note.unlink(missing_ok=True)
    return count


def sweep(session: int) -> int:
    """Kill every process of a session of ours until none is left; how many there were."""
    killed: set[int] = set()
    while members := _members(session):
        for process in members:
            with contextlib.suppress(_psutil().NoSuchProcess):
                process.kill()
                killed.add(process.pid)
        time.sleep(0.05)
    return len(killed)


def _watch(child: subprocess.Popen[bytes], supervisor: int, stops: list[int], grace: float) -> None:
    deadline: float | None = None
    while child.poll() is None:
        if deadline is None and (stops or os.getppid() != supervisor):
            child.terminate()
            deadline = time.monotonic() + grace
        if deadline is not None and time.monotonic() > deadline:
            return
        time.sleep(_POLL_SECONDS)


def _members(session: int) -> list[Any]:
    """The living processes of a session that run Airflow: a number used anew by a stranger is left alone."""
    psutil = _psutil()
    found = []
    for process in psutil.process_iter():
        try:
            ours = os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE
            if ours and "airflow" in " ".join(process.cmdline()):
                found.append(process)
        except (ProcessLookupError, PermissionError, psutil.Error):
            continue
    return found


def _psutil() -> Any:
    """Airflow brings it along; it has no types."""
    return importlib.import_module("psutil")


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], Path(sys.argv[1])))
