"""``gongkai classify``: what a table holds, and a draft entry for one that nobody registered."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gongkai.cli import _findings
from gongkai.cli._progress import progress
from gongkai.errors import ConfigError
from gongkai.project import Project

if TYPE_CHECKING:
    from gongkai.drafting.decisions import Compared
    from gongkai.drafting.origin import Origin
    from gongkai.drafting.profile import Survey


class Opening(StrEnum):
    """Open types a draft may have; closed data is not drafted."""

    unconditional = "unconditional"
    conditional = "conditional"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("classify")(classify)


def classify(
    url: Annotated[str | None, typer.Option(metavar="URL", help="SQLAlchemy URL of a database, for a one-off look.")] = None,
    connection: Annotated[str | None, typer.Option(metavar="ID", help="Airflow Connection; with --url its id to be.")] = None,
    table: Annotated[str | None, typer.Option(metavar="TABLE", help="table or schema.table 表名.")] = None,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="CSV, TSV, XLSX or Parquet 文件.")] = None,
    dictionary: Annotated[Path | None, typer.Option(metavar="FILE", help="Data dictionary 数据字典: header, comment.")] = None,
    code: Annotated[str | None, typer.Option(metavar="CODE", help="A registered dataset: compare with its entry.")] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="Sheet of a workbook.")] = None,
    delimiter: Annotated[str | None, typer.Option(metavar="SIGN", help="Delimiter of a text file.")] = None,
    rows: Annotated[int | None, typer.Option(min=1, metavar="N", help="Read at most N rows; all by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the findings as JSON to a file.")] = None,
    draft: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a draft entry, catalog/<department>/<dataset>.yml; - prints it.")
    ] = None,
    expectations: Annotated[Path | None, typer.Option(metavar="FILE", help="Write quality rules for the draft.")] = None,
    opening: Annotated[Opening, typer.Option(help="Open type of the draft 开放类型.")] = Opening.unconditional,
    open_text: Annotated[bool, typer.Option("--open-text", help="Publish running text redacted, unseen.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a draft that is there.")] = False,
) -> None:
    """Say which columns are personal, by names, comments and all values 数据识别; no value is ever shown."""
    from gongkai import rules

    _require_one({"--url": url, "--connection": None if url else connection, "--file": file,
                  "--dictionary": dictionary, "--code": code})  # fmt: skip
    project = Project.find() if code else Project.find_or_shipped()
    in_force = rules.load(project)
    for path in (draft, expectations):
        _require_free(path, force=force)
    if (draft or expectations) and (dictionary or code):
        raise ConfigError.of("a draft is made of a table", "name it with --url, --connection or --file", key="--draft")
    if code:
        _findings.show_compared(_compare(project, code, rows), in_force, as_json=as_json, output=output)
        return
    if dictionary:
        from gongkai.classify import classify as by_names
        from gongkai.drafting import dictionary as listed

        found = by_names(listed.read(project, dictionary, sheet=sheet), project)
        _findings.show(found, in_force, as_json=as_json, output=output)
        return
    survey = _survey(project, _origin(project, url, connection, table, file, sheet, delimiter), rows)
    if draft != "-":
        _findings.show(survey.findings, in_force, as_json=as_json, output=output)
    elif output:
        _findings.write(output, [finding.document() for finding in survey.findings])
    if draft or expectations:
        _draft(project, survey, draft, expectations, opening=opening.value, open_text=open_text)


def _require_one(given: dict[str, Any]) -> None:
    named = [option for option, value in given.items() if value]
    if len(named) != 1:
        problem = f"{' and '.join(named)} name different things" if named else "nothing to look at"
        raise ConfigError.of(problem, f"give one of {', '.join(given)}")


def _require_free(path: str | Path | None, *, force: bool) -> None:
    if path is not None and str(path) != "-" and Path(path).exists() and not force:
        raise ConfigError.of("is there already", "somebody may have edited it: name another, or add --force", file=str(path))


def _origin(
    project: Project,
    url: str | None,
    connection: str | None,
    table: str | None,
    file: Path | None,
    sheet: str | None,
    delimiter: str | None,
) -> Origin:
    from gongkai.drafting import origin

    if file is not None:
        return origin.of_file(project, file, sheet=sheet, delimiter=delimiter)
    if table is None:
        raise ConfigError.of("is missing", "name the table: table or schema.table", key="--table")
    if url is not None:
        return origin.at_url(project, url, table, connection=connection)
    return origin.behind(project, str(connection), table)


def _survey(project: Project, origin: Origin, rows: int | None) -> Survey:
    from gongkai.drafting import profile

    with progress("识别 classify", "rows") as shown:
        return profile.look(project, origin, rows=rows, progress=lambda done: shown(completed=done))


def _compare(project: Project, code: str, rows: int | None) -> list[Compared]:
    """The live source of a registered dataset beside its entry; what was decided is written down."""

    from gongkai.drafting import decisions, origin
    from gongkai.lifecycle import basis
    from gongkai.registry.store import of as registry_of

    registry = registry_of(project)
    entry = registry.current(code).entry
    survey = _survey(project, origin.of_entry(project, entry), rows)
    approval, told = registry.approval(code, basis=basis.of(project, entry).digest), decisions.last_told(project, code)
    compared = decisions.compare(
        entry,
        survey.findings,
        survey.fingerprints(project),
        decisions.load(project, code),
        approved=approval is not None and told is not None and approval.at >= told,
    )
    decisions.save(project, code, compared)
    return compared


def _draft(project: Project, survey: Survey, path: str | None, expectations: Path | None, **wanted: Any) -> None:
    from gongkai.drafting import draft, entry_yaml
    from gongkai.drafting import expectations as suggested

    file = None if path in (None, "-") else Path(str(path))
    department, name = _named(file, survey)
    made = draft.build(project, survey, name=name, department=department, **wanted)
    if path == "-":
        typer.echo(entry_yaml.entry_text(made), nl=False)
    elif file is not None:
        _findings.save(file, entry_yaml.entry_text(made))
    if expectations is not None:
        _findings.save(expectations, suggested.expectations_text(project, made.entry, survey))
        if expectations.name != f"{made.entry.code}.yml":
            typer.secho(f"rename it to {made.entry.code}.yml for it to be read", err=True, fg="yellow")
    if made.hint:
        typer.secho(made.hint, err=True, fg="yellow")


def _named(file: Path | None, survey: Survey) -> tuple[str, str]:
    """Department and code of a draft: of its place in the catalogue, else of the table's name."""
    from gongkai.drafting import draft

    own = draft.code(survey.origin.name)
    if file is None:
        return "department", own
    folder = file.absolute().parent.name
    department = folder if draft.code(folder) == folder and folder != "dataset" else "department"
    stem = draft.code(file.stem)
    return department, own if stem == "dataset" else stem
