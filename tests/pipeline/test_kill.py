"""Killed at any moment of a run, the store is whole: a reader sees release N or N+1, and the next run clears what was left.

A run is forked from a process that has its libraries loaded, so that the kills fall on its work and not on its imports.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import proofs

KILLS = proofs.count(40, 12)
FORKS = """
import os, sys
import duckdb, great_expectations, pyarrow.csv, pyarrow.parquet, xlsxwriter, python_calamine, lxml.etree
from gongkai.project import Project
from gongkai import quality, pipeline
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        outcome = pipeline.run(Project.find(), line.strip())
        os._exit(outcome.exit_code)
    print(pid, flush=True)
    _, status = os.waitpid(pid, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Runs:
    """Starts runs and ends them, politely or not."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", FORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
        )

    def start(self, code: str) -> int:
        self.process.stdin.write(f"{code}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def ended(self) -> int:
        return int(self.process.stdout.readline())

    def kill(self, pid: int) -> int:
        """Kill the run and whatever it started; its exit code (0 when it was quicker)."""
        for end in (os.kill, os.killpg):
            try:
                end(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return self.ended()

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def amounts(release: Path) -> str:
    """The number the test wrote into every row, read from a release that must be whole."""
    manifest = json.loads((release / "manifest.json").read_text())
    for name, file in manifest["files"].items():
        assert hashlib.sha256((release / name).read_bytes()).hexdigest() == file["sha256"], name
    lines = [json.loads(line) for line in (release / "data.jsonl").read_text().splitlines()]
    assert len(lines) == 2000
    (number,) = {line["区划"] for line in lines}
    return str(number)


def write(project, number: int) -> None:
    rows = "".join(f"{n:05},,,,{number:06},1.00,2024-01-05\n" for n in range(2000))
    project.write_rows(text=f"卡号,身份证号,姓名,手机,区划,金额,办卡日期\n{rows}")


@pytest.mark.slow
def test_killed_at_any_moment(project, record_property: Callable[[str, object], None]) -> None:
    random_moments = random.Random(proofs.SEED)
    project.register()
    runs = Runs()
    lengths = []
    for number in range(3):
        write(project, number)
        began = time.monotonic()
        runs.start(project.code)
        assert runs.ended() == 0
        lengths.append(time.monotonic() - began)
    seen, killed, length = "000002", 0, min(lengths)
    for number in range(3, 4 * KILLS):
        write(project, number)
        pid = runs.start(project.code)
        time.sleep(random_moments.uniform(0, length))
        hit = runs.kill(pid) != 0
        killed += hit
        length *= 1.05 if hit else 0.8  # how long a run takes changes with what else the machine does
        found = amounts(project.shown)
        assert found in (seen, f"{number:06}")
        index = json.loads((project.home / "var" / "store" / "index.json").read_text())
        assert (project.home / "var" / "store" / project.code / "releases" / index["datasets"][0]["release"]).is_dir()
        seen = found
        if killed == KILLS:
            break
    assert killed == KILLS
    record_property("proof", f"runs killed at any moment: {killed} kills, 0 torn releases")
    runs.start(project.code)
    assert runs.ended() == 0
    assert amounts(project.shown) == f"{number:06}"
    staging = project.home / "var" / "staging"
    assert [path for path in staging.rglob("*") if path.is_file()] == []
    store = project.home / "var" / "store" / project.code
    assert {path.name for path in store.iterdir()} == {"releases", "current", ".lock"}
    runs.close()


@pytest.mark.slow
def test_killed_from_the_command_line(project) -> None:
    project.register()
    for delay in (0.5, 2.0, 4.0):
        process = subprocess.Popen([sys.executable, "-m", "gongkai", "run", project.code], stdout=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()
    done = subprocess.run([sys.executable, "-m", "gongkai", "run", project.code, "--json"], capture_output=True, check=False)
    assert done.returncode == 0
    assert [path for path in (project.home / "var" / "staging").rglob("*") if path.is_file()] == []
