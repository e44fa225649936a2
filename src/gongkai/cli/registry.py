"""``gongkai init | apply | list | show | approve``: the registry from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gongkai.cli._tables import as_json as _json
from gongkai.cli._tables import table as _table
from gongkai.errors import ConfigError
from gongkai.lifecycle.basis import ENTRY, REVIEW, UNKNOWN
from gongkai.project import Project

if TYPE_CHECKING:
    from gongkai.lifecycle import Status
    from gongkai.registry.store import Approval, Change, RunRecord

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

STATES = {
    "draft": "draft 待审查",
    "approved": "approved 已通过",
    "due": "due 待重新审查",
    "closed": "closed 不予开放",
}


def register(app: typer.Typer) -> None:
    """Add the commands of the registry."""
    app.command("init")(init)
    app.command("apply")(apply)
    app.command("list")(list_)
    app.command("show")(show)
    app.command("approve")(approve)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made when it is not there.")], as_json: Json = False
) -> None:
    """Begin a city's project: its folders, a key, an example entry. Nothing that is there is touched."""
    from gongkai import lifecycle

    made = lifecycle.init(folder)
    if as_json:
        _json({"folder": str(folder.resolve()), "made": [str(path) for path in made]})
        return
    for path in made:
        typer.echo(f"made {path}")
    typer.echo(
        f"next: cd {folder}, copy catalog/example/social_card.yml.example to an entry of yours, then gongkai apply catalog"
    )


def apply(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Entries, or folders of them, in catalog/.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Register entries: all of them, or none and every fault of every file."""
    from gongkai import lifecycle

    project = Project.find()
    changes = lifecycle.apply(project, paths, dry_run=dry_run)
    if not dry_run:
        _tell_airflow(project)
    if as_json:
        _json([asdict(change) for change in changes])
        return
    _table(("dataset", "revision", "hash", "what"), [_change(change) for change in changes])
    if not dry_run:
        _tell_due([item for item in lifecycle.status(project) if item.due != (ENTRY,)])


def list_(as_json: Json = False) -> None:
    """List every registered dataset and where it stands."""
    from gongkai import lifecycle

    found = lifecycle.status(Project.find())
    if as_json:
        _json([_status(item) for item in found])
        return
    rows = [
        (item.revision.code, entry.title, entry.department, entry.opening.type, entry.update.frequency, STATES[item.state])
        for item in found
        for entry in (item.revision.entry,)
    ]
    _table(("dataset", "title", "department", "opening", "frequency", "state"), rows)
    _tell_due(found)


def show(code: Annotated[str, typer.Argument(metavar="CODE")], as_json: Json = False) -> None:
    """Show a dataset: what is published how, its revisions, approvals and runs."""
    from gongkai import lifecycle
    from gongkai.registry.store import of as registry_of

    project = Project.find()
    registry = registry_of(project)
    registry.current(code)
    item = next(item for item in lifecycle.status(project) if item.revision.code == code)
    history, approvals, runs = registry.history(code), registry.approvals(code), registry.runs(code, limit=10)
    if as_json:
        parts: dict[str, Sequence[Change | Approval | RunRecord]] = {"revisions": history, "approvals": approvals, "runs": runs}
        listed = {name: [asdict(part) for part in part_list] for name, part_list in parts.items()}
        _json({**_status(item), "entry": item.revision.entry.document(), **listed})
        return
    entry = item.revision.entry
    typer.echo(f"{code}  {entry.title}  {STATES[item.state]}  revision {item.revision.number} {item.revision.hash[:12]}")
    typer.echo(f"{entry.provider.name}  {entry.opening.type}  {entry.update.frequency}  source {entry.source.kind}")
    columns = [
        (
            column.name,
            column.title,
            column.type,
            column.entity or "-",
            column.method or "-" if column.publish else "not published",
        )
        for column in entry.columns
    ]
    _table(("column", "title", "type", "entity", "method"), columns)
    _table(("revision", "hash"), [(str(change.number), change.hash[:12]) for change in history])
    if approvals:
        given = [(str(a.number), a.hash[:12], ", ".join(a.kinds), a.by, _moment(a.at), a.note) for a in approvals]
        _table(("approved revision", "hash", "reviews", "by", "at", "note"), given)
    if runs:
        made = [(_moment(run.started), run.verdict, run.release or "-", "; ".join(run.reasons)) for run in runs]
        _table(("run", "verdict", "release", "reasons"), made)


def approve(
    code: Annotated[str | None, typer.Argument(metavar="CODE")] = None,
    *,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approves.")],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What was reviewed, and with what result.")],
    revision: Annotated[
        str | None, typer.Option("--revision", metavar="HASH", help="Only if this is still the current one.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="legal, technical, committee, hearing; all that are required by default."),
    ] = None,
    renewed: Annotated[
        bool, typer.Option("--renew", help="Instead of CODE: every entry whose approval is too old to say what it stands on.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Approve the current revision of a dataset on everything it stands on."""
    from gongkai import lifecycle

    if (code is None) != renewed or (renewed and (revision or kind)):
        raise ConfigError.of("name a dataset, or renew old approvals", "gongkai approve CODE, or gongkai approve --renew")
    project = Project.find()
    if code is None:
        given = lifecycle.renew(project, by=by, note=note)
    else:
        given = [lifecycle.approve(project, code, by=by, note=note, revision=revision, kinds=kind or ())]
    _tell_airflow(project)
    if as_json:
        _json([asdict(approval) for approval in given] if renewed else asdict(given[0]))
        return
    for approval in given:
        typer.echo(_given(approval))
    if not given:
        typer.echo("no approval waits to be renewed 没有需要重新确认的审查")


def _given(approval: Approval) -> str:
    from gongkai.rules import REVIEWS

    reviews = ", ".join(f"{kind} {REVIEWS[kind]}" for kind in approval.kinds)
    return f"approved {approval.code}, revision {approval.number} ({approval.hash[:12]}), by {approval.by}: {reviews}"


def _tell_due(found: Sequence[Status]) -> None:
    """Which datasets wait for an approval, and why."""
    for item in found:
        if item.due:
            typer.secho(f"{item.revision.code} is due for review 待重新审查: {_reason(item)}", err=True, fg="yellow")


def _reason(item: Status) -> str:
    if item.due == (ENTRY,):
        return "the entry was changed"
    if item.due == (UNKNOWN,):
        return f"approved by an {UNKNOWN}, which did not write down what it stands on; `gongkai approve --renew`"
    if item.due[0].startswith(REVIEW):
        return f"approved without {', '.join(item.due)}"
    return f"changed since it was approved: {', '.join(item.due)}"


def _tell_airflow(project: Project) -> None:
    """Where a scheduler was set up, let it see the change within seconds."""
    from gongkai.airflow import environment, files

    if environment.dags_folder(project).is_dir():
        files.refresh(project)


def _change(change: Change) -> tuple[str, ...]:
    return change.code, str(change.number), change.hash[:12], change.what


def _status(item: Status) -> dict[str, Any]:
    revision = item.revision
    return {
        "code": revision.code,
        "title": revision.entry.title,
        "department": revision.entry.department,
        "opening": revision.entry.opening.type,
        "frequency": revision.entry.update.frequency,
        "number": revision.number,
        "hash": revision.hash,
        "created": revision.created,
        "state": item.state,
        "due": list(item.due),
        "approval": None if item.approval is None else asdict(item.approval),
    }


def _moment(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
