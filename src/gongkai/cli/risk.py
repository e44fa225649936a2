"""``gongkai risk``: what the release that readers have now would tell of people, and the report of it as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gongkai.cli._progress import progress
from gongkai.cli._tables import as_json, table
from gongkai.project import Project

if TYPE_CHECKING:
    from gongkai.registry.entry import Entry

_PAGE = "risk.html"
_VERDICTS = {"pass": "符合政策 meets the policy", "refuse": "不予发布 refused", "failed": "无法评估 could not be assessed"}
_HEAD = ("数据集 dataset", "级别 level", "k", "结论 verdict", "发现 findings")
_STYLES = {"pass": "green", "refuse": "red", "failed": "red"}


def register(app: typer.Typer) -> None:
    app.command("risk")(risk)


def risk(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="A dataset that has a release.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dataset that has a release, and a page of them all.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="The page's file; with --all the folder of the pages.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Assess published releases anew, under the rules in force and beside what is open by now; write the report as a page."""
    from gongkai.errors import ConfigError

    if (code is None) != every:
        raise ConfigError.of("name a dataset, or all of them", "gongkai risk CODE, or gongkai risk --all")
    project = Project.find()
    if code is None:
        _all(project, output or project.settings.reports, json)
    else:
        _one(project, code, output or project.settings.reports / code / _PAGE, json)


def _one(project: Project, code: str, path: Path, json: bool) -> None:
    from gongkai.assessment import page
    from gongkai.assessment.reassessment import current
    from gongkai.errors import ConfigError, Refused
    from gongkai.registry.store import of as registry_of

    found = current(project, registry_of(project).current(code).entry)
    if found is None:
        raise ConfigError.of("has no release that could be assessed", f"publish it: gongkai run {code}", key=code)
    document = found.document()
    _write(path, page.render(document))
    if json:
        as_json({**document, "page": str(path)})
    else:
        _show(document)
        typer.echo(str(path))
    if found.assessment.reasons:
        raise Refused(*found.assessment.reasons)


def _all(project: Project, folder: Path, json: bool) -> None:
    from gongkai.assessment import page
    from gongkai.assessment.reassessment import pairs
    from gongkai.errors import Reason, Refused

    documents = list(_assessed(project, folder))
    together = pairs(documents)
    _write(folder / _PAGE, page.render_all(documents, together))
    if json:
        as_json({"datasets": documents, "together": together, "page": str(folder / _PAGE)})
    else:
        styles = [_STYLES[document["verdict"]] for document in documents]
        table(_HEAD, [_line(each) for each in documents], styles=styles)
        typer.echo(str(folder / _PAGE))
    wrong = [document for document in documents if document["verdict"] != "pass"]
    if wrong:
        raise Refused(*(Reason("risk.today", f"{each['dataset']['code']}: {_VERDICTS[each['verdict']]}") for each in wrong))


def _assessed(project: Project, folder: Path) -> Iterator[dict[str, Any]]:
    """The record of every dataset that has a release, its page written."""
    from gongkai.assessment import page
    from gongkai.assessment.reassessment import record
    from gongkai.registry.store import of as registry_of

    entries: list[Entry] = [revision.entry for revision in registry_of(project).revisions()]
    with progress("", "datasets", total=len(entries)) as shown:
        for done, entry in enumerate(entries):
            shown(description=entry.code, completed=done)
            document = record(project, entry)
            if document is not None:
                if document["verdict"] != "failed":
                    _write(folder / entry.code / _PAGE, page.render(document))
                yield document


def _write(path: Path, text: str) -> None:
    from gongkai.errors import ConfigError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        problem = f"the page cannot be written ({type(error).__name__})"
        raise ConfigError.of(problem, "name a place that can be written with --output", key=str(path)) from None


def _show(document: Mapping[str, Any]) -> None:
    dataset = document["dataset"]
    typer.echo(f"{dataset['code']}  {dataset['title']}  {document['release']}  {_VERDICTS[document['verdict']]}")
    table(("评估 measure", "结果 found", "要求 wanted"), list(_measures(document)))
    for found in document["together"]:
        typer.echo(f"{found['action']} {found['kind']}: {found['zh']}  {found['en']}")


def _measures(document: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    from gongkai.assessment import wording

    rows = document["rows"]
    if rows is None:
        yield "级别 level", "不涉及个人信息 about nobody", ""
        return
    demand, diverse, asked = rows["demand"], rows["diversity"], rows["demand"]["k"] > 1
    yield "级别 level", _level(rows), ""
    if document["roles"]["quasi"]:
        unit = " ".join(wording.UNITS[rows["classes"]["unit"]])
        yield "k", f"{rows['classes']['k']:,} {unit}", f"≥ {demand['k']:,}" if asked else ""
        yield "抑制 suppressed", wording.percent(rows["withheld"]), f"≤ {wording.percent(demand['suppress'])}" if asked else ""
    if diverse is not None:
        yield "l", f"{diverse['l_distinct']:,}", f"≥ {demand['l']:,}" if demand["l"] > 1 else ""
        yield "t", f"{diverse['t']:.3f}", f"≤ {demand['t']:g}" if demand["t"] < 1 else ""
    for each in document["identifiers"]:
        wanted = f"≥ {each['wanted']:,}" if each["wanted"] > 1 else ""
        yield f"候选 candidates: {' '.join(filter(None, (each['title'], each['subject'])))}", f"{each['least']:,}", wanted


def _level(rows: Mapping[str, Any]) -> str:
    from gongkai.assessment import wording

    level = rows["level"]["level"]
    return f"{level} {' '.join(wording.LEVELS[level])}"


def _line(document: Mapping[str, Any]) -> Sequence[str]:
    """A dataset in the table of all."""
    rows, level, k = document["rows"], "–", "–"
    if rows is not None:
        level = _level(rows)
        k = f"{rows['classes']['k']:,} / {rows['demand']['k']:,}" if rows["demand"]["k"] > 1 else "–"
    return document["dataset"]["code"], level, k, _VERDICTS[document["verdict"]], str(len(document["together"]))
