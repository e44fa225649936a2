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

if TYPE_CHECKING:
    from gongkai.lifecycle import Status
    from gongkai.registry.store import Approval, Change, RunRecord
    from gongkai.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

STATES = {
    "draft": "draft 待审查",
    "approved": "approved 已通过",
    "outdated": "outdated 需重新审查",
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
    from gongkai import lifecycle, settings

    project = settings.load()
    changes = lifecycle.apply(project, paths, dry_run=dry_run)
    if not dry_run:
        _tell_airflow(project)
    if as_json:
        _json([asdict(change) for change in changes])
        return
    _table(("dataset", "revision", "hash", "what"), [_change(change) for change in changes])


def list_(as_json: Json = False) -> None:
    """List every registered dataset and where it stands."""
    from gongkai import lifecycle, settings

    found = lifecycle.status(settings.load())
    if as_json:
        _json([_status(item) for item in found])
        return
    rows = [
        (item.revision.code, entry.title, entry.department, entry.opening.type, entry.update.frequency, STATES[item.state])
        for item in found
        for entry in (item.revision.entry,)
    ]
    _table(("dataset", "title", "department", "opening", "frequency", "state"), rows)


def show(code: Annotated[str, typer.Argument(metavar="CODE")], as_json: Json = False) -> None:
    """Show a dataset: what is published how, its revisions, approvals and runs."""
    from gongkai import lifecycle, settings
    from gongkai.registry.store import Registry

    project = settings.load()
    registry = Registry(project.database)
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
    code: Annotated[str, typer.Argument(metavar="CODE")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approves.")],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What was reviewed, and with what result.")],
    revision: Annotated[
        str | None, typer.Option("--revision", metavar="HASH", help="Only if this is still the current one.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="legal, technical, committee, hearing; all that are required by default."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Approve the current revision of a dataset under the rules in force."""
    from gongkai import lifecycle, settings

    project = settings.load()
    approval = lifecycle.approve(project, code, by=by, note=note, revision=revision, kinds=kind or ())
    _tell_airflow(project)
    if as_json:
        _json(asdict(approval))
        return
    from gongkai.rules import REVIEWS

    reviews = ", ".join(f"{kind} {REVIEWS[kind]}" for kind in approval.kinds)
    typer.echo(f"approved {code}, revision {approval.number} ({approval.hash[:12]}), by {approval.by}: {reviews}")


def _tell_airflow(project: Settings) -> None:
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
        "approval": None if item.approval is None else asdict(item.approval),
    }


def _moment(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
