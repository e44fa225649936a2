"""The registry from the command line, with the program's real entry point."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gongkai import lifecycle
from gongkai.cli import registry
from gongkai.project import Project

CANARY = "S3cretCanary"


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    registry.register(made)
    return made


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project as `init` makes it, with its example as an entry."""
    folder = tmp_path / "city"
    lifecycle.init(folder)
    monkeypatch.setenv("GONGKAI_HOME", str(folder))
    example = folder / "catalog" / "example" / "social_card.yml.example"
    example.rename(example.with_suffix(""))
    return folder


def run(app: typer.Typer, *arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_from_nothing_to_approved(app: typer.Typer, project: Path) -> None:
    catalog = str(project / "catalog")
    assert run(app, "apply", catalog, "--dry-run").splitlines()[1].split("\t")[0] == "social_card"
    assert json.loads(run(app, "list", "--json")) == []
    [change] = json.loads(run(app, "apply", catalog, "--json"))
    assert (change["code"], change["number"], change["what"]) == ("social_card", 1, "new")
    [listed] = json.loads(run(app, "list", "--json"))
    assert (listed["state"], listed["hash"], listed["approval"]) == ("draft", change["hash"], None)
    approval = json.loads(run(app, "approve", "social_card", "--by", "王", "--note", "同意开放", "--json"))
    assert (approval["by"], approval["hash"]) == ("王", change["hash"])
    shown = json.loads(run(app, "show", "social_card", "--json"))
    assert shown["state"] == "approved"
    assert shown["entry"]["title"] == "社会保障卡发放信息"
    assert shown["approvals"] == [approval]


def test_what_an_approval_lacks_is_told(app: typer.Typer, project: Path) -> None:
    run(app, "apply", str(project / "catalog"))
    run(app, "approve", "social_card", "--by", "王", "--note", "合法", "--kind", "legal")
    [listed] = json.loads(run(app, "list", "--json"))
    assert (listed["state"], listed["due"]) == ("due", ["review technical"])
    told = CliRunner().invoke(app, ["list"])
    assert "social_card is due for review 待重新审查: approved without review technical" in told.stderr


def test_beside_json_everything_is_told_in_columns(app: typer.Typer, project: Path) -> None:
    run(app, "apply", str(project / "catalog"))
    assert run(app, "list").splitlines()[1].split("\t") == [
        "social_card",
        "社会保障卡发放信息",
        "example",
        "unconditional",
        "daily",
        "draft 待审查",
    ]
    assert "approved social_card, revision 1" in run(app, "approve", "social_card", "--by", "w", "--note", "n")
    shown = run(app, "show", "social_card")
    assert "approved 已通过" in shown
    assert "id_number\t公民身份号码\ttext\tCN_ID_CARD\tnot published" in shown


def test_init_tells_what_it_made_and_what_comes_next(app: typer.Typer, tmp_path: Path) -> None:
    told = run(app, "init", str(tmp_path / "x"))
    assert f"made {tmp_path / 'x' / 'keys' / 'default.key'}" in told
    assert "gongkai apply catalog" in told
    assert json.loads(run(app, "init", str(tmp_path / "x"), "--json"))["made"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["show", "social_cart"], 2, "no dataset 'social_cart' is registered"),
        (["approve", "social_card", "--by", "w", "--note", " "], 2, "note: is empty"),
        (["apply", "nowhere"], 2, "nowhere: does not exist"),
        (["apply", "catalog"], 2, "catalog/example/bad.yml: source.connection: looks like a credential"),
        (["approve", "social_card", "--by", "w", "--note", "n", "--revision", "0000"], 3, "approval.superseded"),
    ],
)
def test_a_refusal_is_one_line_per_fault_and_an_exit_code(project: Path, arguments: list[str], code: int, words: str) -> None:
    good = project / "catalog" / "example" / "social_card.yml"
    lifecycle.apply(Project.find(), [project / "catalog"])
    if arguments == ["apply", "catalog"]:
        text = good.read_text("utf-8").replace("code: social_card", "code: bad")
        text = text.replace("connection: hrss", f"connection: postgresql://u:{CANARY}@h/d")
        good.with_name("bad.yml").write_text(text, "utf-8")
    program = [sys.executable, "-m", "gongkai", *arguments]
    ended = subprocess.run(program, cwd=project, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert [words in line for line in ended.stderr.splitlines()] == [True]
    assert CANARY not in ended.stderr
