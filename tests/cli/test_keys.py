"""Keys from the command line: what people and programs are told, and that a secret never is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.conftest import ENTRY, City
from typer.testing import CliRunner, Result

from gongkai import keys, lifecycle
from gongkai.cli import keys as command
from gongkai.project import Project

DEFAULT = "3f9a1c77e0b2d84456aa90bc12fe03d7851b6e2f44c9a0d3e7f815263748596a"
"""The secret of the fixture's key."""
NEXT = "c1d04e8b5f7723a96e10bb48f29d3c65a80e71f4d2936b5c07ee419a58f2cb30"


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    command.register(made)
    made.command("other")(lambda: None)
    return made


def call(app: typer.Typer, *arguments: str) -> Result:
    result = CliRunner().invoke(app, ["keys", *arguments], catch_exceptions=False)
    assert DEFAULT not in result.output
    return result


def run(app: typer.Typer, *arguments: str) -> str:
    result = call(app, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def read(app: typer.Typer, *arguments: str) -> Any:
    return json.loads(run(app, *arguments, "--json"))


def register(home: Path, code: str, further: str = "", *edits: tuple[str, str]) -> None:
    text = ENTRY.lstrip().replace("hrss-cards", code) + further
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path = home / "catalog" / "hrss" / f"{code}.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    lifecycle.apply(Project.find(), [path])


def test_a_new_key(app: typer.Typer, home: Path) -> None:
    made = read(app, "new", "joint")
    assert made == {
        "id": "joint",
        "source": "file",
        "place": str(home / "keys" / "joint.key"),
        "current": 1,
        "versions": [{"version": 1, "fingerprint": keys.fingerprint(keys.load(Project.find(), "joint"))}],
    }
    told = run(app, "new", "joint-2")
    assert str(home / "keys" / "joint-2.key") in told
    assert keys.fingerprint(keys.load(Project.find(), "joint-2")) in told
    assert keys.load(Project.find(), "joint-2").secret.hex() not in told


def test_the_list_shows_places_versions_and_fingerprints(app: typer.Typer, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "keys" / "default.key").write_text(f"2:{NEXT}\n1:{DEFAULT}\n")
    monkeypatch.setenv("GONGKAI_KEY_JOINT", f"7:{NEXT}")
    by_version = {key.version: keys.fingerprint(key) for key in keys.keyring(Project.find()).keys}
    joint = keys.fingerprint(keys.load(Project.find(), "joint"))
    assert len({*by_version.values(), joint}) == 3
    assert read(app, "list") == [
        {
            "id": "default",
            "source": "file",
            "place": str(home / "keys" / "default.key"),
            "current": 2,
            "versions": [{"version": 1, "fingerprint": by_version[1]}, {"version": 2, "fingerprint": by_version[2]}],
            "datasets": {},
            "fault": None,
        },
        {
            "id": "joint",
            "source": "environment",
            "place": "GONGKAI_KEY_JOINT",
            "current": 7,
            "versions": [{"version": 7, "fingerprint": joint}],
            "datasets": {},
            "fault": None,
        },
    ]
    told = run(app, "list")
    assert [line.split("\t") for line in told.splitlines()] == [
        ["key", "from", "version", "fingerprint 指纹", "datasets"],
        ["default", "file 密钥文件", "2 current 现用", by_version[2], "-"],
        ["default", "file 密钥文件", "1", by_version[1], "-"],
        ["joint", "environment 环境变量", "7 current 现用", joint, "-"],
    ]
    assert NEXT not in told


def test_the_list_says_who_takes_what(app: typer.Typer, home: Path) -> None:
    keys.rotate(Project.find())
    register(home, "hrss-new")
    register(home, "hrss-old", "pseudonyms: {version: 1}\n")
    register(home, "hrss-plain", "", ("method: pseudonymize", "method: suppress"))
    lines = [line.split("\t") for line in run(app, "list").splitlines()[1:]]
    assert [(line[2], line[4]) for line in lines] == [("2 current 现用", "hrss-new"), ("1", "hrss-old")]
    assert read(app, "list")[0]["datasets"] == {"hrss-new": None, "hrss-old": 1}


def test_many_datasets_are_counted(app: typer.Typer, home: Path) -> None:
    for number in range(5):
        register(home, f"hrss-{number}")
    assert run(app, "list").splitlines()[1].endswith("\thrss-0, hrss-1, hrss-2 … 5 in all")


def test_the_list_names_every_fault_and_shows_the_rest(
    app: typer.Typer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_KEY_WEAK", f"1:{'00' * 32}")
    (home / "keys" / "open.key").write_text(f"1:{NEXT}\n")
    (home / "keys" / "open.key").chmod(0o644)
    register(home, "hrss-lost", "pseudonyms: {key: lost}\n")
    register(home, "hrss-ahead", "pseudonyms: {version: 9}\n")
    shown = call(app, "list")
    assert shown.exit_code == 2
    assert [tuple(line.split("\t")[:1] + line.split("\t")[2:3] + line.split("\t")[4:]) for line in shown.stdout.splitlines()[1:]] == [
        ("default", "1 current 现用", "-"),
        ("default", "9 missing 缺", "hrss-ahead"),
        ("lost", "-", "hrss-lost"),
        ("open", "-", "-"),
        ("weak", "-", "-"),
    ]
    for told in ("no version 9; it has 1", "there is no key 'lost'", "others may read this key", "version 1 is not random"):
        assert told in shown.stderr
    as_json = call(app, "list", "--json")
    assert as_json.exit_code == 2
    assert [bool(each["fault"]) for each in json.loads(as_json.stdout)] == [True] * 4
    assert json.loads(as_json.stdout)[0]["versions"][0]["version"] == 1
    assert NEXT not in shown.output + as_json.output


def test_a_variable_and_a_file_of_one_key_are_one(app: typer.Typer, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "keys" / "default.key").rename(home / "keys" / "joint-1.key")
    monkeypatch.setenv("GONGKAI_KEY_JOINT_1", f"3:{NEXT}")
    assert [(each["id"], each["current"]) for each in read(app, "list")] == [("joint-1", 3)]


def test_no_key_at_all(app: typer.Typer, home: Path) -> None:
    (home / "keys" / "default.key").unlink()
    assert "gongkai keys new" in run(app, "list")
    assert read(app, "list") == []


def test_a_rotation_says_what_follows(app: typer.Typer, home: Path) -> None:
    register(home, "hrss-new")
    register(home, "hrss-old", "pseudonyms: {version: 1}\n")
    register(home, "hrss-other", "pseudonyms: {key: joint}\n")
    told = run(app, "rotate", "default")
    made = keys.load(Project.find())
    assert made.version == 2
    assert f"version 2, fingerprint 指纹 {keys.fingerprint(made)}" in told
    for words in (
        "下次发布起假名全部改变: hrss-new\n",
        "固定版本不受影响: hrss-old\n",
        "`pseudonyms: {version: 1}`",
        "approvals stay valid",
        "reads the whole table once",
    ):
        assert words in told
    assert "hrss-other" not in told
    assert made.secret.hex() not in told
    again = read(app, "rotate", "default")
    assert (again["previous"], again["current"], len(again["versions"])) == (2, 3, 3)
    assert (again["changing"], again["staying"]) == (["hrss-new"], {"hrss-old": 1})


@pytest.mark.slow
def test_what_follows_is_true(project: City) -> None:
    """Approved before, published before: after the rotation the approval holds, and every pseudonym is another one."""
    import pyarrow.parquet as pq

    def pseudonyms() -> list[str]:
        return [value for value in pq.read_table(project.shown / "data.parquet").column("身份证号").to_pylist() if value]

    project.register()
    outcome = project.run()
    assert outcome.verdict == "published", outcome.reasons
    before = pseudonyms()
    keys.rotate(Project.find())
    [state] = lifecycle.status(Project.find())
    assert state.state == "approved"
    outcome = project.run()
    assert outcome.verdict == "published", outcome.reasons
    after = pseudonyms()
    assert len({*before, *after}) == len(before) + len(after) == 4


def test_a_key_nobody_takes(app: typer.Typer, home: Path) -> None:
    assert "没有数据集受影响" in run(app, "rotate", "default")


REFUSALS = [
    ("overwriting", ["new"], "default.key: there is a key already"),
    ("no id", ["new", "../x"], "'../x' cannot be a key's id"),
    ("an unknown key", ["rotate", "joint"], "there is no key 'joint'"),
    ("a key of the environment", ["rotate", "other"], "GONGKAI_KEY_OTHER: this key does not lie in a file"),
]


@pytest.mark.parametrize(("arguments", "words"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_a_refusal_is_one_line_and_an_exit_code(
    home: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.setenv("GONGKAI_KEY_OTHER", f"1:{NEXT}")
    done = subprocess.run([sys.executable, "-m", "gongkai", "keys", *arguments], capture_output=True, text=True, cwd=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert [words in line for line in done.stderr.splitlines()] == [True]
    assert NEXT not in done.stderr
