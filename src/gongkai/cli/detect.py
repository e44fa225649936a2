"""``gongkai detect``: personal data in texts, as spans; or how well detection does on labelled texts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Literal

import typer

from gongkai.cli._progress import Shown, progress
from gongkai.errors import ConfigError, known
from gongkai.project import Project

if TYPE_CHECKING:
    from gongkai.text import Detector
    from gongkai.text.evaluate import Evaluation
    from gongkai.text.lines import Line

BATCH = 2048
"""Texts in memory at once."""
Mode = Literal["balanced", "strict"]
_Told = Callable[[int], None]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("detect")(detect)


def detect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help='JSON lines {"id", "text"}; - reads standard input.')],
    evaluate: Annotated[bool, typer.Option("--eval", help="FILE has labelled spans: score the detection.")] = False,
    entities: Annotated[str, typer.Option(help="Only these, comma-separated: PERSON,PHONE.")] = "",
    mode: Annotated[Mode | None, typer.Option(help="balanced or strict; without it what rules/text.yml says.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --eval: print JSON.")] = False,
) -> None:
    """Find personal data in texts: names, addresses, numbers, as JSON lines {"id", "spans"}, never the text."""
    from gongkai.text import config, detector, lines

    only = _wanted(entities, config.entities())
    project = Project.find_or_shipped()
    finder = detector(project, config.load(project, mode))
    with _opened(file) as source, progress("识别 detect", "texts") as shown:
        told = _adding(shown)
        read = lines.read(source, str(file), labelled=evaluate)
        if not evaluate:
            _found(finder, read, only, output, told)
            return
        evaluation = _evaluated(finder, read, only, told)
    _report(evaluation, as_json, output)


def _adding(shown: Shown) -> _Told:
    """Told of each batch, shows how many texts are done in all."""
    done = 0

    def told(count: int) -> None:
        nonlocal done
        done += count
        shown(completed=done)

    return told


def _wanted(entities: str, all_entities: list[str]) -> frozenset[str] | None:
    names = [name.strip() for name in entities.split(",") if name.strip()]
    for name in names:
        if name not in all_entities:
            raise ConfigError.of("is nothing that is looked for in text", known(name, all_entities), key="--entities")
    return frozenset(names) or None


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        source = file.open("rb")
    except OSError as error:
        raise ConfigError.of(f"cannot be read ({type(error).__name__})", "name a file of JSON lines", file=str(file)) from None
    with source:
        yield source


def _found(finder: Detector, read: Iterable[Line], only: frozenset[str] | None, output: Path | None, told: _Told) -> None:
    from gongkai.text import lines

    with _target(output) as target:
        for batch in _batches(read):
            for line, spans in zip(batch, finder.detect([line.text for line in batch]), strict=True):
                kept = [span for span in spans if only is None or span.entity in only]
                target.write(lines.written(line, kept) + "\n")
            told(len(batch))


def _evaluated(finder: Detector, read: Iterable[Line], only: frozenset[str] | None, told: _Told) -> Evaluation:
    from gongkai.text.evaluate import Evaluation

    evaluation = Evaluation(only)
    for batch in _batches(read):
        for line, spans in zip(batch, finder.detect([line.text for line in batch]), strict=True):
            evaluation.add(line.spans, spans)
        told(len(batch))
    return evaluation


def _batches(read: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(read)
    while batch := list(islice(rest, BATCH)):
        yield batch


@contextmanager
def _target(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        yield sys.stdout
        return
    try:
        target = output.open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigError.of(f"cannot be written ({type(error).__name__})", "name a file", file=str(output)) from None
    with target:
        yield target


def _report(evaluation: Evaluation, as_json: bool, output: Path | None) -> None:
    document = evaluation.document()
    if as_json or output is not None or not sys.stdout.isatty():
        with _target(output) as target:
            target.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("entity", "labelled", "found", "exact", "precision", "recall", "F1", "characters"):
        table.add_column(title, justify="left" if title == "entity" else "right")
    for entity, score in document.items():
        table.add_row(entity, *(_cell(score[name]) for name in score))
    Console().print(table)


def _cell(value: Any) -> str:
    return "–" if value is None else f"{value:.3f}" if isinstance(value, float) else f"{value:,}"
