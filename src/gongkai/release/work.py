"""The folder of one run 工作区: what its steps leave for each other, and nothing of it afterwards.

``var/staging/<dataset>/<run>/`` is readable by its owner only and holds desensitized rows at most. A run of the command line
locks its folder while it lives; a folder nobody holds is what a killed run left, and the next run of that dataset removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from gongkai.errors import ConfigError, DataError, GongkaiError, TransientError
from gongkai.plan import Plan
from gongkai.registry.entry import Entry
from gongkai.registry.store import RunRecord
from gongkai.settings import Settings
from gongkai.stores._manifest import digest

_COMMAND_LINE = "run-"
_held: dict[Path, IO[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Work:
    """One run of one dataset."""

    folder: Path
    code: str
    run: str

    @staticmethod
    def name() -> str:
        """A fresh run id for the command line."""
        return f"{_COMMAND_LINE}{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"

    @classmethod
    def begin(cls, settings: Settings, code: str, run: str) -> Work:
        """A fresh folder for a run; removes what it, or a killed run of the dataset, left behind."""
        work = cls.resume(settings, code, run)
        try:
            _private(settings.staging)
            _private(work.folder.parent)
            with _alone(settings.var / "locks" / f"{code}.lock"):
                _sweep(work.folder)
                work.remove()
                _private(work.folder)
                if run.startswith(_COMMAND_LINE):
                    _hold(work.folder)
            work.note(started=datetime.now(UTC).isoformat())
        except OSError as error:
            raise _out_of_reach(error) from None
        return work

    @classmethod
    def resume(cls, settings: Settings, code: str, run: str) -> Work:
        """The folder of a run that has begun."""
        safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in run)
        return cls(settings.staging / code / safe, code, run)

    @property
    def staged(self) -> Path:
        return self.folder / "staged.parquet"

    @property
    def persons(self) -> Path:
        """Who each staged row is about, row for row, as numbers that die with the run; where the entry says how to tell."""
        return self.folder / "persons.parquet"

    def scratch(self) -> Path:
        """A folder for files that only help to compute."""
        return self.fresh("scratch")

    def fresh(self, name: str) -> Path:
        """An empty folder in the run's own."""
        folder = self.folder / name
        if folder.exists():
            _remove(folder)
        _private(folder)
        return folder

    def note(self, **facts: Any) -> None:
        """Add facts to ``state.json``; a step that is cut off leaves the old ones whole."""
        path = self.folder / "state.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(self.facts() | facts, ensure_ascii=False, indent=1))
        fresh.replace(path)

    def facts(self) -> dict[str, Any]:
        path = self.folder / "state.json"
        facts: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
        return facts

    def select(self, *names: str) -> dict[str, Any]:
        facts = self.facts()
        return {name: facts[name] for name in names}

    def write(self, name: str, document: Any) -> None:
        (self.folder / name).write_text(json.dumps(document, ensure_ascii=False, indent=1))

    def read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text())

    def entry(self) -> Entry:
        return Entry.model_validate(self.read("entry.json"))

    def plan(self) -> Plan:
        return Plan.parse(self.read("plan.lock.json"))

    def tally(self) -> dict[str, Any]:
        tally: dict[str, Any] = self.read("tally.json")
        return tally

    def write_report(self, report: dict[str, Any], page: str) -> None:
        self.write("report.json", report)
        (self.folder / "report.html").write_text(page, encoding="utf-8")

    def report(self) -> tuple[dict[str, Any], str]:
        return self.read("report.json"), (self.folder / "report.html").read_text(encoding="utf-8")

    def keep_report(self, reports: Path) -> None:
        """Copy report and plan out of the run's folder, if the run got that far."""
        for name in ("report.json", "report.html", "risk.json", "risk.html", "plan.lock.json"):
            if (self.folder / name).is_file():
                kept = reports / self.code / f"{self.folder.name}.{name.removeprefix('report.')}"
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.folder / name, kept)

    def prove(self, sha256: str) -> None:
        """Raise DataError unless the staged table is byte for byte the one the step before made."""
        if not self.staged.is_file() or digest(self.staged) != sha256:
            raise DataError.of("staged.changed", "the staged table is not the one that was desensitized and checked")

    @contextlib.contextmanager
    def noting(self, step: str) -> Iterator[None]:
        """Keep what stopped a step, for the evidence; an operating system's error becomes ours, without its text."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            yield
        except GongkaiError as error:
            self.note(step=step, verdict="failed" if isinstance(error, TransientError | ConfigError) else "refused",
                      reasons=_reasons(error))  # fmt: skip
            raise
        except OSError as error:
            failure = _out_of_reach(error)
            self.note(step=step, verdict="failed", reasons=[str(failure)])
            raise failure from None

    def record(self) -> RunRecord:
        """The run as the registry keeps it."""
        facts = self.facts()
        now = datetime.now(UTC)
        started = datetime.fromisoformat(facts["started"]) if "started" in facts else now
        return RunRecord(
            run=self.run,
            code=self.code,
            revision=facts.get("revision"),
            plan=facts.get("plan"),
            verdict=facts.get("verdict", "failed"),
            release=facts.get("release"),
            content=facts.get("sha256"),
            rows_in=facts.get("rows_in"),
            rows_out=facts.get("rows_out"),
            watermark=facts.get("watermark"),
            full=facts.get("full", True),
            reasons=facts.get("reasons", [] if "verdict" in facts else ["run.stopped: the run stopped before its end"]),
            started=started,
            finished=now,
        )

    def remove(self) -> None:
        held = _held.pop(self.folder, None)
        if self.folder.exists():
            _remove(self.folder)
        if held is not None:
            held.close()


def _out_of_reach(error: OSError) -> TransientError:
    """An operating system's error by its class and its fixed text; its own may name a file of a source."""
    return TransientError("the project's storage", os.strerror(error.errno) if error.errno else type(error).__name__)


def _reasons(error: GongkaiError) -> list[str]:
    parts = getattr(error, "reasons", None) or getattr(error, "faults", None) or (error,)
    return [str(part) for part in parts]


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One beginning at a time per dataset, so that a folder without a holder is never one that is just being made."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _hold(folder: Path) -> None:
    file = (folder / ".lock").open("wb")
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    _held[folder] = file


def _sweep(mine: Path) -> None:
    """Remove the folders of dead runs of this dataset: of the command line those nobody holds; of the scheduler, which runs one
    at a time, all but the one that is beginning."""
    by_scheduler = not mine.name.startswith(_COMMAND_LINE)
    for folder in mine.parent.iterdir():
        if folder == mine or folder in _held:
            continue
        if folder.name.startswith(_COMMAND_LINE):
            if _abandoned(folder):
                _remove(folder)
        elif by_scheduler:
            _remove(folder)


def _abandoned(folder: Path) -> bool:
    lock = folder / ".lock"
    if not lock.exists():
        return True
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _remove(folder: Path) -> None:
    """Remove a folder, sealed files included."""
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder)
