"""The methods from the command line: every one of them, whoever adds it, as people and as programs read it."""

from __future__ import annotations

import datetime as dt
import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Optional, Union

import pytest
import typer
import yaml
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from gongkai.cli import _method_reference
from gongkai.cli import methods as command
from gongkai.disclosure import Form
from gongkai.errors import ConfigError
from gongkai.plan import contract
from gongkai.project import SHIPPED
from gongkai.registry.entry import Column

NAMES = contract.names(SHIPPED)
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    command.register(made)
    made.command("other")(lambda: None)
    return made


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GONGKAI_HOME", raising=False)
    monkeypatch.chdir(tmp_path)


def call(app: typer.Typer, *arguments: str, columns: int | None = None) -> Result:
    """With ``columns`` as on a terminal of that width."""
    terminal = {"FORCE_COLOR": "1", "COLUMNS": str(columns)} if columns else {"FORCE_COLOR": "", "COLUMNS": ""}
    return CliRunner().invoke(app, ["methods", *arguments], env=terminal, catch_exceptions=False)


def run(app: typer.Typer, *arguments: str, columns: int | None = None) -> str:
    result = call(app, *arguments, columns=columns)
    assert result.exit_code == 0, result.output
    return result.stdout


WORDS: list[tuple[Any, str]] = [
    (int, "integer"),
    (float, "number"),
    (str, "text"),
    (bool, "true or false"),
    (dt.date, "date"),
    (dt.datetime, "date and time"),
    (int | None, "integer"),
    (Optional[float], "number"),  # noqa: UP045 - methods may write it so
    (Union[int, str], "integer or text"),  # noqa: UP007 - the same
    (list[str], "list of text"),
    (list[str] | None, "list of text"),
    (tuple[str, ...], "list of text"),
    (Sequence[float], "list of numbers"),
    (tuple[int, int], "list of 2 integers"),
    (tuple[int, str], "list of 2 integers and text"),
    (list[dt.date], "list of dates"),
    (Literal["month", "quarter", "year"], "one of: month, quarter, year"),
    (Literal["a"] | None, "one of: a"),
    (list[Literal["a", "b"]], "list of (one of: a, b)"),
    (dict[str, float], "mapping of text to number"),
    (Mapping[str, list[str]], "mapping of text to list of text"),
    (dict[str, Any], "mapping of text to anything"),
    (Path, "Path"),
]


@pytest.mark.parametrize(("hint", "expected"), WORDS, ids=[f"{row[1]} {index}" for index, row in enumerate(WORDS)])
def test_types_in_words(hint: Any, expected: str) -> None:
    assert _method_reference.words(hint) == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_method_says_all_of_itself(app: typer.Typer, name: str) -> None:
    """Held against the module itself, by other ways than those of the command."""
    module = contract.load(SHIPPED, name).module
    document = json.loads(run(app, name, "--json"))
    assert (document["name"], document["title"]) == (name, module.TITLE)
    assert document["kind"] == ("table" if hasattr(module, "stage") else "column")
    assert set(document["types"]) == module.TYPES
    keyed = name == "shuffle" if hasattr(module, "stage") else "key" in inspect.getfullargspec(module.apply).kwonlyargs
    assert document["keyed"] == keyed
    assert document["by_person"] == (name in ("k_anonymize", "noise", "shift_date"))
    assert contract.BY_PROGRAM.isdisjoint(each["name"] for each in document["parameters"])
    fields = list(inspect.signature(module.Params).parameters) if hasattr(module, "stage") else []
    assert [each["name"] for each in document["table_parameters"]] == fields
    assert all(each["about"].endswith(".") and "\n" not in each["about"] for each in document["table_parameters"])
    assert all(each["about"] == "" for each in document["parameters"])
    assert (document["works_on"], document["values_per_second"]) == ("arrow", None)
    assert all(each["type"] and "typing" not in each["type"] and "<" not in each["type"] for each in document["parameters"])
    assert document["leaves"] is None or document["leaves"]["form"].upper() in Form.__members__
    assert document["leaves_text"].endswith(".")
    assert "ValueError" not in document["leaves_text"]
    assert document["about"].replace("\n", " ").startswith(document["summary"])
    assert not document["about"].startswith(name)
    assert ">>>" not in document["details"]


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_a_column_of_an_entry(app: typer.Typer, name: str) -> None:
    document = json.loads(run(app, name, "--json"))
    assert document["example"] is not None
    written = yaml.safe_load(document["example"])
    [given] = written["columns"]
    column = Column.model_validate(given)
    asked = contract.load(SHIPPED, name)
    assert column.method == name
    assert asked.check(column.params)[1] == []
    assert set(written) - {"columns"} == ({"table"} if written.get("table") else set())
    if "table" in written:
        assert asked.check_table(written["table"][name])[1] == []
    assert asked.output(column.type, str(column.entity), asked.check(column.params)[0])


def test_a_parameter_as_a_program_reads_it(app: typer.Typer) -> None:
    document = json.loads(run(app, "generalize_date", "--json"))
    to = next(each for each in document["parameters"] if each["name"] == "to")
    assert to["required"] is True
    assert to["default"] is None
    assert to["type"] == f"one of: {', '.join(to['choices'])}"
    assert {"month", "quarter", "year"} <= set(to["choices"])


def test_the_list_is_complete_and_stable(app: typer.Typer) -> None:
    documents = json.loads(run(app, "--json"))
    assert [each["name"] for each in documents] == NAMES
    keys = [
        "name", "title", "kind", "types", "keyed", "by_person", "parameters", "table_parameters", "leaves", "leaves_text",
        "summary", "about", "details", "example", "works_on", "values_per_second", "file",
    ]  # fmt: skip
    assert all(list(each) == keys for each in documents)
    assert documents == json.loads(run(app, "--json"))
    lines = [line.split("\t") for line in run(app).splitlines()]
    assert [line[0] for line in lines[1:]] == NAMES
    assert {len(line) for line in lines} == {6}


LINES = [
    ("keep", "column 列", "text, integer, decimal, float, boolean, date, datetime", "-", "原值 all"),
    ("suppress", "column 列", "text, integer, decimal, float, boolean, date, datetime", "-", "隐去 nothing"),
]


@pytest.mark.parametrize("expected", LINES, ids=[row[0] for row in LINES])
def test_a_line_elsewhere_than_on_a_terminal(app: typer.Typer, expected: tuple[str, ...]) -> None:
    line = next(line.split("\t") for line in run(app).splitlines() if line.startswith(f"{expected[0]}\t"))
    assert (line[0], *line[2:]) == expected


@pytest.mark.parametrize("arguments", [[], *([name] for name in NAMES)], ids=["list", *NAMES])
def test_fits_a_terminal_of_100_columns(app: typer.Typer, arguments: list[str]) -> None:
    """Nothing is cut: every name, type and parameter can be read."""
    shown = run(app, *arguments, columns=100)
    assert "\x1b[" in shown
    lines = [ANSI.sub("", line).rstrip() for line in shown.splitlines()]
    assert max(cell_len(line) for line in lines if not line.startswith("/")) <= 100
    words = set(" ".join(lines).replace(",", " ").split())
    for name in arguments or NAMES:
        method = _method_reference.described(SHIPPED, name)
        assert {name, method.title, *(each.name for each in (*method.parameters, *method.table_parameters))} <= words
        assert {"any"} <= words or set(method.types) <= words


def test_a_page_elsewhere_is_plain(app: typer.Typer) -> None:
    shown = run(app, "mask")
    assert "\x1b" not in shown
    assert all(line == line.rstrip() for line in shown.splitlines())
    for words in ("mask  掩码", "takes 类型", "keep list of 2 integers", "method: mask", "params: {keep: [3, 4]}"):
        assert words in shown


CITY = '''"""initial 首字母: the first character stays. See ``mask``.

    =====  ====
    in     out
    =====  ====
"""
from typing import Literal
import pyarrow as pa
from gongkai.disclosure import Disclosure, Form
TITLE = "首字"
TYPES = frozenset({"text", "date"})
def apply(column: pa.Array, *, key: bytes, times: int, to: Literal["a", "b"] = "b", person: pa.Array | None = None) -> pa.Array:
    """Text.

    >>> apply(1, key=KEY, times=3).to_pylist()
    >>> apply(1, key=KEY, times=0)
    Traceback (most recent call last):
        ...
    ValueError: no
    """
    return column
def reveals(entity: str, *, times: int) -> Disclosure:
    """The first. ValueError as from ``apply``.

    >>> reveals("PHONE", times=TIMES)
    """
    return Disclosure(Form.PART, 1)
'''
WHOLE = '''"""deal 发牌: rows are dealt."""
from dataclasses import dataclass, field
from gongkai.disclosure import Disclosure, Form
TITLE = "发牌"
TYPES = frozenset({"integer"})
NEEDS_KEY = True
@dataclass(frozen=True, kw_only=True)
class Params:
    rounds: int = 7
    """How often
    they are dealt."""
    deck: list[str] | None = None
    suits: list[str] = field(default_factory=lambda: ["hearts"])
    """Those there are."""
def stage(batches, params, treatment):
    """Rows."""
def output(type: str) -> str:
    return type
def broken(params, columns, staged):
    yield from ()
def reveals(entity: str) -> Disclosure:
    """Nothing.

    >>> reveals("AGE")
    """
    return Disclosure(Form.NOTHING)
'''
BROKEN = {
    "slip": ("def apply(", "cannot be loaded (SyntaxError, line 1)"),
    "library": ("import no_such_library", "cannot be loaded (ModuleNotFoundError)"),
    "beginning": ("1 / 0", "cannot be loaded (ZeroDivisionError)"),
    "lacking": ("TITLE = '无'", "has no TYPES, reveals, apply or stage"),
    "table": (WHOLE.replace("class Params", "class Params_").replace("def broken", "def broken_"), "has no Params, broken"),
    "unknown": (f"from __future__ import annotations\n{CITY.replace('times: int', 'times: Time')}", "cannot be loaded (NameError)"),
}


def test_a_citys_own_methods_stand_among_the_others_and_broken_ones_are_named(home: Path) -> None:
    """By the real program, in the project's folder: a city's methods are found when it starts."""
    folder = home / "transforms"
    folder.mkdir()
    for name, text in {"initial": CITY, "deal": WHOLE, **{name: text for name, (text, _) in BROKEN.items()}}.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "GONGKAI_HOME"}
    program = [sys.executable, "-m", "gongkai", "methods", "--json"]
    done = subprocess.run(program, cwd=home, env=environment, capture_output=True, text=True)
    told = [f"transforms/{name}.py: {problem}; see CONTRIBUTING.md" for name, (_, problem) in sorted(BROKEN.items())]
    assert (done.returncode, done.stderr.splitlines()) == (2, told)
    found = {each["name"]: each for each in json.loads(done.stdout)}
    assert sorted(found) == sorted({*NAMES, "initial", "deal"})
    initial, deal = found["initial"], found["deal"]
    assert (initial["title"], initial["kind"], initial["types"]) == ("首字", "column", ["text", "date"])
    assert (initial["keyed"], initial["by_person"]) == (True, True)
    assert initial["file"] == str(folder / "initial.py")
    assert initial["parameters"] == [
        {"name": "times", "type": "integer", "required": True, "default": None, "choices": None, "about": ""},
        {"name": "to", "type": "one of: a, b", "required": False, "default": "b", "choices": ["a", "b"], "about": ""},
    ]
    assert (initial["leaves"], initial["leaves_text"]) == (None, "The first.")
    assert yaml.safe_load(initial["example"])["columns"][0]["params"] == {"times": 3}
    assert (deal["kind"], deal["keyed"], deal["parameters"]) == ("table", True, [])
    assert deal["table_parameters"] == [
        {"name": "rounds", "type": "integer", "required": False, "default": 7, "choices": None, "about": "How often they are dealt."},
        {"name": "deck", "type": "list of text", "required": False, "default": None, "choices": None, "about": ""},
        {"name": "suits", "type": "list of text", "required": False, "default": ["hearts"], "choices": None, "about": "Those there are."},
    ]
    assert (deal["leaves"]["form"], deal["leaves_text"]) == ("nothing", "Nothing.")
    assert yaml.safe_load(deal["example"])["table"] == {"deal": {"rounds": 7, "suits": ["hearts"]}}


def test_an_unknown_name_gets_the_nearest(app: typer.Typer) -> None:
    with pytest.raises(ConfigError, match="did you mean 'mask'"):
        call(app, "maks")
