"""One dataset from its source to the store 发布流程, as steps that pass references, never rows.

``desensitize`` → ``check`` → ``package`` → ``publish``, then ``evidence`` and ``cleanup`` whatever happened. Every step finds
what it needs in the run's workspace and first proves that it is what the step before left there.
"""

from __future__ import annotations

from dataclasses import replace

from gongkai import stores
from gongkai.counts import Counts
from gongkai.errors import GongkaiError, Refused
from gongkai.lifecycle import basis
from gongkai.pipeline import gates
from gongkai.pipeline.records import Outcome, Progress, Ref
from gongkai.pipeline.workspace import Workspace
from gongkai.project import Project
from gongkai.registry import reports
from gongkai.registry.entry import Entry
from gongkai.registry.store import of as registry_of

STEPS = ("desensitize", "check", "package", "publish")


def desensitize(project: Project, code: str, run: str, *, progress: Progress | None = None) -> Ref:
    """Extract, clean and desensitize into the staged Parquet 抽取脱敏. Raw rows live in memory only.

    Raises Refused when the current revision is closed or not approved, DataError when the source is not what was registered,
    TransientError when it is out of reach.
    """
    from gongkai.pipeline import staging

    registry = registry_of(project)
    work = Workspace.begin(project, code, run)
    with work.noting("desensitize"):
        registry.begin(code, run)
        revision = registry.current(code)
        approved = gates.require_approval(project, registry, revision)
        work.note(revision=revision.hash, basis=approved.digest)
        staged = staging.build(project, registry, revision.entry, work, approved, progress)
        work.note(knowledge=basis.knowledge(project, approved))
    return Ref(code, run, revision.hash, work.plan.hash, staged.sha256, staged.content, staged.rows_in, staged.rows_out)


def check(project: Project, ref: Ref) -> Ref:
    """Hold the staged table against its expectations 质量检查 and against what it would tell of people 风险评估.

    Raises Refused with every reason.
    """
    from gongkai import quality
    from gongkai.pipeline import leak_guard, risk_gate

    work = Workspace(project, ref.code, ref.run)
    with work.noting("check"):
        work.prove(ref.staged)
        published = stores.of(project).current(ref.code)
        gates.require_same_types(project, work.plan, published)
        counts = Counts.parse(work.kept("counts"))
        report = quality.check(
            project,
            work.staged,
            entry=work.entry,
            plan=work.plan,
            tally=counts.document(),
            rows_in=counts.rows_in,
            duplicates=counts.duplicates,
            previous_rows=None if published is None else published.rows,
            work=work.scratch(),
            listed=leak_guard.listed(work),
        )
        leak_guard.write_allowed(work, report.scan.allowed)
        risk = risk_gate.assess(work)
        work.write_report("report", {**report.document(), "risk": risk.public()}, quality.render(report, project))
        if reasons := [*report.reasons, *risk.reasons]:
            raise Refused(*reasons)
    return ref


def package(project: Project, ref: Ref) -> Ref:
    """Write every format, read each back, seal the release 打包, and read the bytes of all its files once more for leaks.

    There is nothing to do when rows and plan are the store's.
    """
    from gongkai import package
    from gongkai.pipeline import leak_guard

    work = Workspace(project, ref.code, ref.run)
    with work.noting("package"):
        work.prove(ref.staged)
        published = stores.of(project).current(ref.code)
        if published is not None and (published.content, published.plan) == (ref.content, ref.plan):
            work.note(release=published.release, unchanged=True)
            return replace(ref, release=published.release, unchanged=True)
        release = package.release_id(ref.content, ref.plan, after=published.release if published else None)
        report, page = work.report()
        sealed = package.build(
            project,
            work.sealed,
            work.staged,
            plan=work.plan,
            entry=work.entry,
            release=release,
            content=ref.content,
            report=report,
            report_html=page,
        )
        leak_guard.require_no_leak(work, sealed)
        work.note(release=release, unchanged=False, manifest=sealed.manifest)
    return replace(ref, release=release, unchanged=False, manifest=sealed.manifest)


def publish(project: Project, ref: Ref) -> Ref:
    """Hand the sealed release to the store 发布, if the registry still holds the approval of the revision it is made of."""
    from gongkai.pipeline import risk_gate

    work = Workspace(project, ref.code, ref.run)
    with work.noting("publish"):
        registry = registry_of(project)
        current = registry.current(ref.code)
        gates.require_approval(project, registry, current, revision=ref.revision, made_on=work.facts().basis)
        stores.of(project).settle(ref.code)
        if not ref.unchanged:
            with risk_gate.publishing(work, str(ref.release)):
                gates.push(work, release=str(ref.release), manifest=str(ref.manifest))
        verdict = "unchanged" if ref.unchanged else "published"
        work.note(verdict=verdict)
    return Ref.parse({**ref.document(), "verdict": verdict})


def evidence(project: Project, code: str, run: str) -> None:
    """Keep what a run found 留痕: its reports in the project's, and its outcome in the registry, however it ended."""
    work = Workspace(project, code, run)
    work.keep_reports()
    registry_of(project).finish(run, work.record())


def cleanup(project: Project, code: str, run: str) -> None:
    """Remove the run's workspace 清理."""
    Workspace(project, code, run).remove()


def run(project: Project, code: str, *, progress: Progress | None = None) -> Outcome:
    """All steps in this process, as ``gongkai run`` does; an error ends in the outcome, not in an exception."""
    entry = registry_of(project).current(code).entry
    name = Workspace.name()
    error: GongkaiError | None = None
    try:
        ref = desensitize(project, code, name, progress=progress)
        for step in (check, package, publish):
            if progress is not None:
                progress(step.__name__, ref.rows_out)
            ref = step(project, ref)
    except GongkaiError as caught:
        error = caught
    except BaseException:
        evidence(project, code, name)
        cleanup(project, code, name)
        raise
    evidence(project, code, name)
    outcome = _outcome(project, entry, name, error)
    cleanup(project, code, name)
    return outcome


def _outcome(project: Project, entry: Entry, run: str, error: GongkaiError | None) -> Outcome:
    record = Workspace(project, entry.code, run).record()
    report = reports.kept(project, entry.code, run, "html")
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
