"""``gongkai methods``: the desensitization methods 脱敏方法 there are, the city's own too, for people who write entries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from gongkai.cli._tables import as_json, table
from gongkai.project import Project

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

    from gongkai.cli._method_reference import Method, Parameter
    from gongkai.errors import ConfigError

WHOLE = "whole table 整表"
REQUIRED = "必填"
_HEAD = ("method", "title", "kind", "takes", "parameters", "what a reader learns 披露")
_WIDEST = 100
_CODE = re.compile(r"``(.+?)``")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("methods")(methods)


def methods(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Show this one with an example.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the desensitization methods 脱敏方法, or explain one.

    Exit code 2 when the file of one is not a method.
    """
    from gongkai.cli._method_reference import described

    project = Project.find_or_shipped()
    if name is not None:
        method = described(project, name)
        as_json(method.document()) if json else _page(method)
        return
    found, faults = _all(project)
    if json:
        as_json([method.document() for method in found])
    else:
        _list(found)
    for fault in faults:
        typer.secho(str(fault), fg="red", err=True)
    if faults:
        raise typer.Exit(faults[0].exit_code)


def _all(project: Project) -> tuple[list[Method], list[ConfigError]]:
    from gongkai.cli._method_reference import described
    from gongkai.errors import ConfigError
    from gongkai.plan.contract import names

    found, faults = [], []
    for name in names(project):
        try:
            found.append(described(project, name))
        except ConfigError as error:
            faults.append(error)
    return found, faults


def _list(found: Sequence[Method]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        table(_HEAD, [_row(method) for method in found])
        return
    console.print(_drawn(found), width=min(console.width, _WIDEST))
    console.print(f"{REQUIRED}: required. `gongkai methods NAME` explains one, with an example 查看说明与示例", style="dim")


def _row(method: Method) -> tuple[str, ...]:
    kind = WHOLE if method.whole_table else "column 列"
    if price := _price(method):
        kind = f"{kind}, {price}"
    both = [*method.parameters, *method.table_parameters]
    return (
        method.name,
        method.title,
        kind,
        ", ".join(method.types),
        "; ".join(f"{each.name}: {each.type}{_given(each)}" for each in both) or "-",
        _left(method),
    )


def _drawn(found: Sequence[Method]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_lines=False)
    drawn.add_column("method 方法", min_width=17)
    drawn.add_column("takes 类型", width=9)
    drawn.add_column("parameters 参数", ratio=5)
    drawn.add_column("a reader learns 披露", ratio=3)
    for method in found:
        head = Text.assemble((method.name, "bold cyan"), "\n", method.title, f"\n{WHOLE}" if method.whole_table else "")
        if price := _price(method):
            head.append(f"\n{price}", style="yellow")
        drawn.add_row(head, Text(_types(method)), _cell(method), _marked(_left(method)), end_section=True)
    return drawn


def _cell(method: Method) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    if not method.parameters and not method.table_parameters:
        return Text("–", style="dim")
    if not method.table_parameters:
        return _grid(method.parameters)
    return Group(_grid(method.parameters), Text("of the table 整表参数", style="dim"), _grid(method.table_parameters))


def _grid(parameters: Sequence[Parameter], *, in_full: bool = False) -> Table:
    """A parameter on a row, its type beside its name; ``in_full`` with what it says of itself below."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    for each in parameters:
        style = "yellow" if each.required else "dim"
        told = Text.assemble(each.type, (_given(each), style))
        if in_full and each.about:
            told.append("\n").append_text(_marked(each.about))
        grid.add_row(Text(each.name, style="cyan"), told)
    return grid


def _given(parameter: Parameter) -> str:
    """What holds when nothing is written."""
    from gongkai.drafting.yaml_text import scalar

    if parameter.required:
        return f" {REQUIRED}"
    return "" if parameter.default in (None, "", [], {}) else f", default {scalar(parameter.default)}"


def _types(method: Method) -> str:
    from gongkai.cli._method_reference import TYPES

    return "any type" if len(method.types) == len(TYPES) else "\n".join(method.types)


def _left(method: Method) -> str:
    """What is left of a value by the default parameters; where that depends on them, what the method says of it."""
    from gongkai.cli.plan import FORMS

    left = method.leaves
    if left is None:
        return method.leaves_text
    told = [FORMS[left.form.name], *sorted(left.parts)]
    if left.first or left.last:
        told.append(f"first {left.first}, last {left.last}")
    if left.linkable and left.form.name != "ALL":
        told.append("linkable 可关联")
    return ", ".join(told)


def _page(method: Method) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if console.is_terminal:
        console.width = min(console.width, _WIDEST)
        _write(console, method)
        return
    plain = Console(highlight=False, width=_WIDEST, color_system=None)
    with plain.capture() as written:
        _write(plain, method)
    typer.echo("\n".join(line.rstrip() for line in written.get().splitlines()))


def _write(console: Console, method: Method) -> None:
    from rich.padding import Padding
    from rich.text import Text

    kind = WHOLE if method.whole_table else "one column 单列"
    console.print(Text.assemble((method.name, "bold cyan"), (f"  {method.title}", "bold"), (f"  {kind}", "dim"), "\n"))
    console.print(_paragraphs(method.about), end="\n\n")
    for title, content in _sections(method):
        console.print(Text(title, style="bold"))
        console.print(Padding(content, (0, 0, 1, 2)))
    console.print(Text(method.file, style="dim"), soft_wrap=True)


def _sections(method: Method) -> Iterator[tuple[str, RenderableType]]:
    from rich.text import Text

    from gongkai.cli._method_reference import yaml

    yield "takes 类型", Text(", ".join(method.types))
    if price := _price(method):
        yield "works on 数据形式", Text(price)
    yield "a reader learns 披露", _learnt(method)
    if wanted := _needs(method):
        yield "needs 需要", Text(wanted)
    yield "parameters 参数 (params: of the column)", _grid(method.parameters) if method.parameters else Text("none 无")
    if method.table_parameters:
        yield f"parameters of the whole table 整表参数 (table: {method.name}:)", _grid(method.table_parameters, in_full=True)
    yield "how it works 说明", _paragraphs(method.details)
    if method.example is not None:
        yield "example 示例", Text(yaml(method, method.example), style="green")


def _learnt(method: Method) -> Text:
    from rich.text import Text

    if method.leaves is None:
        return _marked(method.leaves_text)
    default = " (by default)" if method.parameters else ""
    return Text.assemble(f"{_left(method)}{default}\n", _marked(method.leaves_text))


def _needs(method: Method) -> str:
    wanted = ["a key 密钥 (gongkai keys)"] if method.keyed else []
    return ", ".join(wanted + (["who each row is about 个人标识列 (person: of the entry)"] if method.by_person else []))


def _price(method: Method) -> str:
    """What a method written on pandas costs; nothing is said of those that work on Arrow.

    >>> from types import SimpleNamespace
    >>> _price(SimpleNamespace(works_on="pandas", values_per_second=1_234_567))
    'pandas.Series, 1.2 M values/s here'
    """
    if method.works_on == "arrow":
        return ""
    speed = method.values_per_second
    if speed is None:
        return "pandas.Series"
    told = f"{speed / 1e6:.1f} M" if speed >= 1e6 else f"{speed / 1e3:.0f} k" if speed >= 1e3 else f"{speed}"
    return f"pandas.Series, {told} values/s here"


def _paragraphs(text: str) -> Text:
    """A docstring with its lines joined, but for those of tables and lists."""
    from rich.text import Text

    parts = [part if re.search(r"^(\s|[=|*-])", part, re.MULTILINE) else " ".join(part.split()) for part in text.split("\n\n")]
    return Text("\n\n").join(_marked(part) for part in parts)


def _marked(text: str) -> Text:
    """What stands in double backquotes, in another colour instead."""
    from rich.text import Text

    made = Text()
    for index, piece in enumerate(_CODE.split(text)):
        made.append(piece, style="cyan" if index % 2 else "")
    return made
