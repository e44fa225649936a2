"""The workspace of one run 工作区: what its steps leave for each other, and nothing of it afterwards.

``var/staging/<dataset>/<run>/`` is readable by its owner only and holds desensitized rows at most. Where its files lie is known
here and nowhere else. A run of the command line locks its folder while it lives; a folder nobody holds is what a killed run
left, and the next run of that dataset removes it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from gongkai import disk, locks
from gongkai.errors import ConfigError, DataError, GongkaiError, TransientError
from gongkai.manifest import digest
from gongkai.pipeline.records import Facts
from gongkai.plan import LOCK, Plan
from gongkai.project import Project
from gongkai.registry import reports
from gongkai.registry.entry import Entry
from gongkai.registry.store import RunRecord
from gongkai.registry.store import of as registry_of

_COMMAND_LINE = "run-"
_HOLD, _FACTS, _REPORT, _RISK = ".lock", "facts.json", "report", "risk"
_held: dict[Path, IO[bytes]] = {}


class Workspace:
    """One run of one dataset."""

    def __init__(self, project: Project, code: str, run: str) -> None:
        self.project, self.code, self.run = project, code, run
        self._folder = project.settings.staging / code / reports.file_name(run)

    @staticmethod
    def name() -> str:
        """A fresh run id for the command line."""
        return f"{_COMMAND_LINE}{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"

    @classmethod
    def begin(cls, project: Project, code: str, run: str) -> Workspace:
        """A fresh workspace for a run; removes what it, or a killed run of the dataset, left behind."""
        work = cls(project, code, run)
        try:
            disk.private(project.settings.staging)
            disk.private(work._folder.parent)
            with locks.alone(project, code):  # so that a folder without a holder is never one that is just being made
                _sweep(work._folder)
                work.remove()
                disk.private(work._folder)
                if run.startswith(_COMMAND_LINE):
                    _held[work._folder] = locks.take(work._folder / _HOLD, wait=False)
            work.note(started=datetime.now(UTC).isoformat())
        except OSError as error:
            raise _out_of_reach(error) from None
        return work

    @property
    def staged(self) -> Path:
        """The staged table, a Parquet file."""
        return self._folder / "staged.parquet"

    @property
    def persons(self) -> Path:
        """Who each staged row is about, row for row, as numbers that die with the run; where the entry says how to tell."""
        return self._folder / "persons.parquet"

    @property
    def sealed(self) -> Path:
        """The folder of the packaged release."""
        return self._folder / "package"

    def part(self, name: str) -> Path:
        """A folder for what one part of the program keeps through the run, as that part knows best."""
        return disk.private(self._folder / name)

    def scratch(self, name: str = "scratch") -> Path:
        """An empty folder for files that only help to compute."""
        disk.remove(self._folder / name)
        return disk.private(self._folder / name)

    def note(self, **known: Any) -> None:
        """Add to the facts; a step that is cut off leaves the old ones whole. TypeError for a fact there is none of."""
        self._write(_FACTS, replace(self.facts(), **known).document())

    def facts(self) -> Facts:
        path = self._folder / _FACTS
        return Facts.parse(json.loads(path.read_text("utf-8"))) if path.is_file() else Facts()

    def keep(self, name: str, document: Mapping[str, Any]) -> None:
        """Leave a document, as JSON, for a later step."""
        self._write(f"{name}.json", document)

    def kept(self, name: str) -> dict[str, Any]:
        """A document that an earlier step left."""
        document: dict[str, Any] = json.loads((self._folder / f"{name}.json").read_text("utf-8"))
        return document

    @cached_property
    def entry(self) -> Entry:
        """The entry of the revision that the run is made of."""
        return registry_of(self.project).entry(self.code, str(self.facts().revision))

    @cached_property
    def plan(self) -> Plan:
        """The plan that the run's first step decided on."""
        return Plan.parse(json.loads((self._folder / LOCK).read_text("utf-8")))

    def decide(self, plan: Plan) -> None:
        """Leave the plan for the steps to come."""
        self._write(LOCK, plan.document())
        self.plan = plan

    def write_report(self, name: str, document: Mapping[str, Any], page: str) -> None:
        """Leave a report as a record and as a page: ``report`` of the check, ``risk`` of the assessment."""
        self._write(f"{name}.json", document)
        (self._folder / f"{name}.html").write_text(page, encoding="utf-8")

    def report(self) -> tuple[dict[str, Any], str]:
        """The check's record and page."""
        return self.kept(_REPORT), (self._folder / f"{_REPORT}.html").read_text(encoding="utf-8")

    def keep_reports(self) -> None:
        """Copy reports and plan out of the workspace into the project's reports, if the run got that far."""
        for name in (f"{_REPORT}.json", f"{_REPORT}.html", f"{_RISK}.json", f"{_RISK}.html", LOCK):
            if (self._folder / name).is_file():
                path = reports.kept(self.project, self.code, self.run, name.removeprefix(f"{_REPORT}."))
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self._folder / name, path)

    def prove(self, staged: str) -> None:
        """Raise DataError unless the staged table is byte for byte the one the step before made."""
        if not self.staged.is_file() or digest(self.staged) != staged:
            raise DataError.of("staged.changed", "the staged table is not the one that was desensitized and checked")

    @contextlib.contextmanager
    def noting(self, step: str) -> Iterator[None]:
        """Keep what stopped a step, for the evidence; an operating system's error becomes ours, without its text."""
        disk.private(self._folder)
        try:
            yield
        except GongkaiError as error:
            verdict = "failed" if isinstance(error, TransientError | ConfigError) else "refused"
            self.note(step=step, verdict=verdict, reasons=_reasons(error))
            raise
        except OSError as error:
            failure = _out_of_reach(error)
            self.note(step=step, verdict="failed", reasons=(str(failure),))
            raise failure from None

    def record(self) -> RunRecord:
        """The run as the registry keeps it."""
        facts, now = self.facts(), datetime.now(UTC)
        stopped = () if facts.verdict else ("run.stopped: the run stopped before its end",)
        return RunRecord(
            run=self.run,
            code=self.code,
            revision=facts.revision,
            plan=facts.plan,
            verdict=facts.verdict or "failed",
            release=facts.release,
            content=facts.content,
            rows_in=facts.rows_in,
            rows_out=facts.rows_out,
            watermark=facts.watermark,
            full=facts.full,
            reasons=list(facts.reasons or stopped),
            knowledge=facts.knowledge,
            started=now if facts.started is None else datetime.fromisoformat(facts.started),
            finished=now,
        )

    def remove(self) -> None:
        """Remove everything the run left."""
        held = _held.pop(self._folder, None)
        disk.remove(self._folder)
        if held is not None:
            held.close()

    def _write(self, name: str, document: Mapping[str, Any]) -> None:
        fresh = self._folder / f"{name}.new"
        fresh.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
        fresh.replace(self._folder / name)


def _out_of_reach(error: OSError) -> TransientError:
    """An operating system's error by its class and its fixed text; its own may name a file of a source."""
    return TransientError("the project's storage", os.strerror(error.errno) if error.errno else type(error).__name__)


def _reasons(error: GongkaiError) -> tuple[str, ...]:
    parts = getattr(error, "reasons", None) or getattr(error, "faults", None) or (error,)
    return tuple(str(part) for part in parts)


def _sweep(mine: Path) -> None:
    """Remove the folders of this dataset's dead runs: those of the command line that nobody has locked; those of the
    scheduler, which runs one at a time, except this one."""
    by_scheduler = not mine.name.startswith(_COMMAND_LINE)
    for folder in mine.parent.iterdir():
        if folder == mine or folder in _held:
            continue
        ours = folder.name.startswith(_COMMAND_LINE)
        if (ours and not locks.is_held(folder / _HOLD)) or (not ours and by_scheduler):
            disk.remove(folder)
