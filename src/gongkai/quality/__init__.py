"""Is it good, and does it expose nobody 质量检查: the staged table held against gates, a leak scan and written rules.

``check`` reads the staged Parquet and gives a ``Report`` of counts; ``render`` makes it a page; ``faults`` says what is wrong
in a dataset's expectations before anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gongkai import plugins
from gongkai.errors import ConfigError, Fault
from gongkai.leaks import staged as leaks
from gongkai.leaks.originals import Listed
from gongkai.project import Project
from gongkai.quality import gates, runner, suite
from gongkai.quality.page import render
from gongkai.quality.report import Report, blocking
from gongkai.quality.suite import CheckedColumn, load
from gongkai.quality.table import Table
from gongkai.registry.entry import Entry

__all__ = ["Report", "ask_for_files", "check", "faults", "render", "waived"]


def check(
    project: Project,
    staged: Path,
    *,
    entry: Entry,
    plan: Table,
    tally: Mapping[str, Mapping[str, int]],
    previous_rows: int | None,
    work: Path,
    rows_in: int | None = None,
    duplicates: int | None = None,
    listed: Listed | None = None,
) -> Report:
    """Hold the Parquet file ``staged`` against everything asked of it.

    ``tally``: how many values of each published column each operation changed in this run, ``unfit`` among them; ``rows_in``
    and ``duplicates``: rows the source gave and repeats that were dropped, where known; ``previous_rows``: rows of the
    release before, None when there is none to compare with; ``work``: a folder for passing files, left as it was; ``listed``:
    this run's sensitive values, where they are known.

    A table that is empty or not the plan's is refused without being read further. Raises ConfigError when the dataset's
    expectations are faulty, DataError when the table cannot be read; a table that fails is a report whose verdict says so.
    """
    asked, wrong = load(project, plan.code, [CheckedColumn(c.published, c.output, c.entity, c.key) for c in plan.columns])
    if wrong:
        raise ConfigError(*wrong)
    found = gates.facts(staged)
    outcome = [gates.schema(plan, found), *gates.rows(found, previous_rows, asked)]
    scan = leaks.Scan()
    results: list[runner.Result] = []
    if found.rows and found.schema.equals(plan.output_schema()):
        scan = leaks.scan(staged, plan.columns, {(waiver.column, waiver.kind) for waiver in asked.waivers}, listed)
        outcome += gates.unfit(plan, found, asked, tally, rows_in)
        outcome += gates.leaks(scan.columns, found, scan.findings)
        outcome += gates.duplicates(plan, found, duplicates)
        results = runner.validate(staged, asked.rules, work)
    return Report(
        entry=entry,
        plan=plan,
        rows=found.rows,
        rows_in=rows_in,
        duplicates=duplicates,
        previous_rows=previous_rows,
        nulls=found.nulls,
        tally=tally,
        results=[*(result for result, _ in outcome), *results],
        scan=scan,
        waivers=asked.waivers,
        reasons=[*(reason for _, reasons in outcome for reason in reasons), *blocking(results)],
    )


def ask_for_files(project: Project, code: str) -> None:
    """Ask for every content file that says what must hold of a dataset, whether it is there or not."""
    for name in suite.names(code):
        project.file("expectations", name)


def faults(project: Project, entry: Entry) -> list[Fault]:
    """Everything wrong in the common expectations and in the dataset's own, seen without its source or its table.

    A column's type is known here only where its method leaves it; the rest is found by ``check``.
    """
    return load(project, entry.code, _registered(project, entry))[1]


def waived(project: Project, entry: Entry) -> set[tuple[str, str]]:
    """The pairs of a published column and a kind of number, or an entity, that somebody answered for under ``allow``."""
    return {(waiver.column, waiver.kind) for waiver in load(project, entry.code, _registered(project, entry))[0].waivers}


def _registered(project: Project, entry: Entry) -> list[CheckedColumn]:
    return [
        CheckedColumn(c.published, c.type if _is_identity(project, c.method) else None, c.entity or "NONE", c.key)
        for c in entry.published
    ]


def _is_identity(project: Project, method: str | None) -> bool:
    names = plugins.names(project, "transforms")
    return method in names and bool(getattr(plugins.load(project, "transforms", str(method)), "IDENTITY", False))
