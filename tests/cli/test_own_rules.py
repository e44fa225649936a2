"""Every command, run inside a project with ``GONGKAI_HOME`` unset, works by that project's own files.

Each row breaks one of the city's files: a command that reads it says so and names it; one that would read the shipped file
instead would end well.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from tests.conftest import ENTRY, City
from typer.testing import CliRunner

from gongkai.cli.main import build
from gongkai.errors import GongkaiError

BROKEN_RULES = {"rules/policy.yml": "levels: {}\n"}
BROKEN_TEXT = {"rules/text.yml": "mode: loud\n"}
BROKEN_WORDS = {"rules/headers/own.yml": "flags: 3\n"}
BROKEN_DIVISIONS = {"rules/reference/divisions.csv": "no,table\n"}
OWN_METHOD = {"transforms/own_method.py": '"""own_method 自有: nothing."""\nTITLE = "自有方法"\n'}
OF_REGIONS = {"catalog/hrss/regions.yml": ENTRY.replace(
    "title: 行政区划代码, entity: NONE, method: keep",
    "title: 行政区划代码, entity: ADDRESS_REGION, method: generalize_region, params: {to: county}",
)}  # fmt: skip
BY = ("--by", "王", "--note", "看过")

# command, its arguments, what is put into the project, what it must say
CASES = [
    ("apply", ["catalog"], BROKEN_RULES, "rules/policy.yml"),
    ("approve", ["hrss-cards", *BY], BROKEN_RULES, "rules/policy.yml"),
    ("classify", ["--file", "drops/cards.csv"], BROKEN_RULES, "rules/policy.yml"),
    ("classify", ["--file", "drops/cards.csv"], BROKEN_WORDS, "rules/headers/own.yml"),
    ("detect", ["texts.jsonl"], BROKEN_TEXT, "rules/text.yml"),
    ("keys list", [], {"keys/own.key": "no key\n"}, "own"),
    ("keys new", ["fresh"], {}, "mycity/keys/fresh.key"),
    ("keys rotate", ["default"], {}, "version 2"),
    ("list", [], BROKEN_RULES, "due"),
    ("methods", [], OWN_METHOD, "transforms/own_method.py"),
    ("plan", ["hrss-cards"], BROKEN_RULES, "rules/policy.yml"),
    ("plan", ["catalog/hrss/regions.yml"], OF_REGIONS | BROKEN_DIVISIONS, "rules/reference/divisions.csv"),
    ("risk", ["hrss-cards"], BROKEN_RULES, "rules/policy.yml"),
    ("run", ["hrss-cards"], BROKEN_RULES, "rules/policy.yml"),
    ("show", ["hrss-cards"], BROKEN_RULES, "due"),
]
ELSEWHERE = {
    "init": "begins a project, reads none",
    "demo": "makes a project of its own",
    "airflow": "hands the project on: tests/airflow/test_environment.py",
    "up": "hands the project on: tests/airflow/test_up.py",
    "down": "hands the project on: tests/airflow/test_up.py",
}


def commands(app: typer.Typer) -> Iterator[str]:
    """Every command by the words it is called by."""
    root = typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        yield from [name] if inner is None else (f"{name} {each}" for each in inner)


def test_every_command_is_here() -> None:
    assert {*commands(build())} == {case[0] for case in CASES} | {*ELSEWHERE}


@pytest.fixture
def mycity(project: City, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a published dataset, the working folder inside it, and no variable that names it."""
    project.register()
    assert project.run().verdict == "published"
    (project.home / "texts.jsonl").write_text('{"id": "1", "text": "电话13812345678"}\n', "utf-8")
    moved = project.home.with_name("mycity")
    project.home.rename(moved)
    monkeypatch.delenv("GONGKAI_HOME")
    monkeypatch.chdir(moved)
    return moved


@pytest.mark.parametrize(("command", "arguments", "files", "told"), CASES, ids=[f"{case[0]}-{case[3]}" for case in CASES])
def test_a_command_works_by_the_project_it_is_run_in(
    mycity: Path, command: str, arguments: list[str], files: dict[str, str], told: str
) -> None:
    for name, text in files.items():
        path = mycity / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    if "keys/own.key" in files:
        (mycity / "keys" / "own.key").chmod(0o600)
    done = CliRunner().invoke(build(), [*command.split(), *arguments])
    said = done.output + (str(done.exception) if isinstance(done.exception, GongkaiError) else "")
    assert told in said, said


def test_the_policy_that_a_reviewer_reads_is_the_city_s(mycity: Path) -> None:
    policy = mycity / "rules" / "policy.yml"
    shipped = (Path(__file__).parents[2] / "rules" / "policy.yml").read_text("utf-8")
    policy.write_text(shipped.replace("k: 20", "k: 77"), "utf-8")
    done = CliRunner().invoke(build(), ["plan", "hrss-cards"])
    assert "k ≥ 77" in done.output


def test_a_folder_below_the_project_is_inside_it(mycity: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(mycity / "catalog" / "hrss")
    assert "hrss-cards" in CliRunner().invoke(build(), ["list"]).output
