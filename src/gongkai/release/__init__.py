"""One dataset from its source to the store 发布流程, as steps that pass references, never rows.

``desensitize`` → ``check`` → ``package`` → ``publish``, then ``evidence`` and ``cleanup`` whatever happened. An Airflow DAG
calls each as a task; ``run`` calls them in one process. Every step finds what it needs in the run's folder under
``var/staging`` and first proves that it is what the step before left there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from gongkai import settings as city
from gongkai.errors import GongkaiError, Refused
from gongkai.registry.entry import Entry
from gongkai.registry.store import Registry
from gongkai.release import gates
from gongkai.release.work import Work
from gongkai.settings import Settings

Ref: TypeAlias = dict[str, Any]
"""What a task hands to the next: code, run, hashes and counts; small, JSON, without a value of any row."""

Progress: TypeAlias = Callable[[str, int], None]
"""Told the step and the rows it has done so far."""

STEPS = ("desensitize", "check", "package", "publish")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. ``verdict``: published, unchanged, refused or failed."""

    code: str
    release: str | None
    rows_in: int
    rows_out: int
    formats: list[str]
    verdict: str
    reasons: list[str]
    run: str
    report: str | None
    exit_code: int = 0

    def document(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "exit_code"}


def desensitize(code: str, run: str, *, progress: Progress | None = None) -> Ref:
    """Extract, clean and desensitize into the staged Parquet 抽取脱敏. Raw rows live in memory only.

    Raises Refused when the current revision is closed or not approved, DataError when the source is not what was registered,
    TransientError when it is out of reach.
    """
    from gongkai.release import staging

    settings = city.load()
    registry = Registry(settings.database)
    work = Work.begin(settings, code, run)
    with work.noting("desensitize"):
        registry.begin(code, run)
        revision = registry.current(code)
        digest = gates.rules_digest(revision.entry)
        gates.require_approval(registry, revision, digest)
        facts = staging.build(settings, registry, revision.entry, work, digest, progress)
        work.note(**facts)
    return {"code": code, "run": run, "revision": revision.hash, **work.select("plan", "sha256", "rows_in", "rows_out")}


def check(ref: Ref) -> Ref:
    """Hold the staged table against its expectations 质量检查 and against what it would tell of people 风险评估.

    Raises Refused with every reason.
    """
    from gongkai import quality
    from gongkai.release import exposure, guard

    settings, work = _resume(ref)
    with work.noting("check"):
        work.prove(ref["sha256"])
        entry, plan = work.entry(), work.plan()
        published = gates.published(settings, entry.code)
        gates.require_same_types(plan, published)
        counts = work.tally()
        report = quality.check(
            work.staged,
            entry=entry,
            plan=plan,
            tally=counts["columns"],
            rows_in=counts["rows_in"],
            duplicates=counts["duplicates"],
            previous_rows=None if published is None else published.rows,
            work=work.scratch(),
            listed=guard.listed(settings, work),
        )
        guard.write_allowed(work, report.scan.allowed)
        found = exposure.assess(settings, work)
        work.write_report({**report.document(), "risk": found.public()}, quality.render(report))
        reasons = [*report.reasons, *found.reasons]
        if reasons:
            raise Refused(*reasons)
    return ref


def package(ref: Ref) -> Ref:
    """Write every format, read each back, seal the release 打包, and read the bytes of all its files once more for leaks.

    There is nothing to do when rows and plan are the store's.
    """
    from gongkai import bundle
    from gongkai.release import guard

    settings, work = _resume(ref)
    with work.noting("package"):
        work.prove(ref["sha256"])
        plan = work.plan()
        published = gates.published(settings, plan.code)
        if published is not None and (published.content, published.plan) == (ref["sha256"], plan.hash):
            work.note(release=published.release, unchanged=True)
            return {**ref, "release": published.release, "unchanged": True}
        release = bundle.release_id(ref["sha256"], plan.hash, after=published.release if published else None)
        report, page = work.report()
        made = bundle.build(
            work.fresh("bundle"),
            work.staged,
            plan=plan,
            entry=work.entry(),
            release=release,
            report=report,
            report_html=page,
            settings=settings,
        )
        guard.require_no_leak(settings, work, made)
        work.note(release=release, unchanged=False, manifest=made.manifest)
    return {**ref, "release": release, "unchanged": False, "manifest": made.manifest}


def publish(ref: Ref) -> Ref:
    """Hand the sealed release to the store 发布, if the registry still holds the approval of the revision it is made of."""
    from gongkai.release import exposure

    settings, work = _resume(ref)
    with work.noting("publish"):
        registry = Registry(settings.database)
        gates.require_approval(registry, registry.current(ref["code"]), work.facts()["rules"], revision=ref["revision"])
        gates.settle(settings, ref["code"])
        if not ref["unchanged"]:
            with exposure.opening(settings, work, ref["release"]):
                gates.push(settings, work, code=ref["code"], release=ref["release"], manifest=ref["manifest"])
        work.note(verdict="unchanged" if ref["unchanged"] else "published")
    return {**ref, **work.select("verdict")}


def evidence(code: str, run: str) -> None:
    """Keep what a run found 留痕: its report under ``var/reports`` and its outcome in the registry, however it ended."""
    settings = city.load()
    work = Work.resume(settings, code, run)
    work.keep_report(settings.reports)
    Registry(settings.database).finish(run, work.record())


def cleanup(code: str, run: str) -> None:
    """Remove the run's staging folder 清理."""
    Work.resume(city.load(), code, run).remove()


def run(code: str, *, progress: Progress | None = None) -> Outcome:
    """All steps in this process, as ``gongkai run`` does; an error ends in the outcome, not in an exception."""
    settings = city.load()
    entry = Registry(settings.database).current(code).entry
    name = Work.name()
    error: GongkaiError | None = None
    try:
        ref = desensitize(code, name, progress=progress)
        for step in (check, package, publish):
            if progress is not None:
                progress(step.__name__, ref["rows_out"])
            ref = step(ref)
    except GongkaiError as caught:
        error = caught
    except BaseException:
        evidence(code, name)
        cleanup(code, name)
        raise
    evidence(code, name)
    outcome = _outcome(settings, entry, name, error)
    cleanup(code, name)
    return outcome


def _outcome(settings: Settings, entry: Entry, run: str, error: GongkaiError | None) -> Outcome:
    work = Work.resume(settings, entry.code, run)
    record = work.record()
    report = settings.reports / entry.code / f"{run}.html"
    return Outcome(
        code=entry.code,
        release=record.release,
        rows_in=record.rows_in or 0,
        rows_out=record.rows_out or 0,
        formats=list(entry.formats) if error is None else [],
        verdict=record.verdict,
        reasons=record.reasons,
        run=run,
        report=str(report) if report.is_file() else None,
        exit_code=error.exit_code if error is not None else 0,
    )


def _resume(ref: Ref) -> tuple[Settings, Work]:
    settings = city.load()
    return settings, Work.resume(settings, ref["code"], ref["run"])


__all__ = [
    "STEPS",
    "Outcome",
    "Progress",
    "Ref",
    "check",
    "cleanup",
    "desensitize",
    "evidence",
    "package",
    "publish",
    "run",
]
