"""Which place a key is taken from, which version of it, and what is refused there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.keys.written import GOOD, LATER, NEXT, key, write

from gongkai import keys
from gongkai.errors import ConfigError
from gongkai.keys import Key
from gongkai.project import Project
from gongkai.registry.entry import Pseudonyms


def test_from_the_file(project: Project) -> None:
    path = write(project, f"7:{GOOD}\n")
    assert keys.load(project) == key(7, GOOD)
    assert keys.keyring(project) == keys.Keyring("default", "file", str(path), (key(7, GOOD),))


def test_the_environment_comes_first(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, f"1:{GOOD}\n9:{LATER}", key_id="joint-2026")
    monkeypatch.setenv("GONGKAI_KEY_JOINT_2026", f"2:{GOOD.upper()}")
    assert keys.load(project, "joint-2026") == key(2, GOOD, "joint-2026")
    assert keys.versions(project, "joint-2026") == (2,)
    assert keys.keyring(project, "joint-2026").place == "GONGKAI_KEY_JOINT_2026"


def test_a_place_that_has_it_is_not_passed_over(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, f"1:{GOOD}")
    monkeypatch.setenv("GONGKAI_KEY_DEFAULT", "")
    with pytest.raises(ConfigError, match="GONGKAI_KEY_DEFAULT: the key is empty"):
        keys.load(project)


WRITTEN = [
    ("one line", f"1:{GOOD}", (1,)),
    ("newest last", f"1:{GOOD}\n2:{NEXT}\n10:{LATER}\n", (1, 2, 10)),
    ("newest first", f"10:{LATER}\n2:{NEXT}\n1:{GOOD}", (1, 2, 10)),
    ("in any order, with empty lines", f"\n2:{NEXT}\n\n10:{LATER}\r\n1:{GOOD}\n\n", (1, 2, 10)),
    ("in one line", f"1:{GOOD} 2:{NEXT}", (1, 2)),
    ("of different lengths", f"1:{GOOD[:32]}\n3:{NEXT}", (1, 3)),
]


@pytest.mark.parametrize(("text", "versions"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
@pytest.mark.parametrize("place", ["file", "environment"])
def test_the_highest_version_is_the_current_one(
    project: Project, monkeypatch: pytest.MonkeyPatch, place: str, text: str, versions: tuple[int, ...]
) -> None:
    if place == "file":
        write(project, text)
    else:
        monkeypatch.setenv("GONGKAI_KEY_DEFAULT", text)
    assert keys.versions(project) == versions
    assert keys.load(project).version == versions[-1]
    named = [keys.load(project, version=version) for version in versions]
    assert [each.version for each in named] == list(versions)
    assert len({each.secret for each in named}) == len(versions)


def test_a_version_that_is_not_there(project: Project) -> None:
    write(project, f"2:{GOOD}\n5:{NEXT}")
    for missing in (1, 3, 6, 0, -1):
        with pytest.raises(ConfigError, match=rf"default\.key: key 'default' has no version {missing}; it has 2, 5$"):
            keys.load(project, version=missing)


class Choice:
    def __init__(self, **given: object) -> None:
        self.pseudonyms = Pseudonyms.model_validate(given)


CHOICES = [
    ("nothing", {}, key(2, NEXT)),
    ("a version", {"version": 1}, key(1, GOOD)),
    ("a key", {"key": "joint"}, key(4, LATER, "joint")),
    ("both", {"key": "joint", "version": 3}, key(3, GOOD, "joint")),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_the_key_an_entry_names(project: Project, given: dict[str, object], expected: Key) -> None:
    write(project, f"1:{GOOD}\n2:{NEXT}")
    write(project, f"3:{GOOD}\n4:{LATER}", key_id="joint")
    assert keys.for_entry(project, Choice(**given)) == expected


@pytest.mark.parametrize(
    ("given", "problem"), [({"version": 9}, "no version 9; it has 1"), ({"key": "other"}, "no key 'other'")]
)
def test_a_key_an_entry_names_in_vain(project: Project, given: dict[str, object], problem: str) -> None:
    write(project, f"1:{GOOD}")
    with pytest.raises(ConfigError, match=problem):
        keys.for_entry(project, Choice(**given))


def test_missing_names_every_place_in_order(project: Project) -> None:
    with pytest.raises(ConfigError, match="no key 'joint-1'") as caught:
        keys.load(project, "joint-1")
    told = str(caught.value)
    places = [
        told.index(place)
        for place in ("GONGKAI_KEY_JOINT_1", str(project.settings.keys / "joint-1.key"), "gongkai_key_joint-1")
    ]
    assert places == sorted(places)
    assert "gongkai keys new joint-1" in told


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o777], ids=oct)
def test_a_file_others_may_touch_is_refused(project: Project, mode: int) -> None:
    write(project, f"1:{GOOD}", mode=mode)
    with pytest.raises(ConfigError, match="others may read this key; run `chmod 600"):
        keys.load(project)


def test_a_file_that_is_too_long_is_not_cut(project: Project) -> None:
    write(project, f"1:{GOOD}\n" + "\n" * 70_000 + f"2:{NEXT}")
    with pytest.raises(ConfigError, match="is too long to be a key"):
        keys.load(project)


def _folder(path: Path) -> None:
    path.mkdir()


def _dangling(path: Path) -> None:
    path.symlink_to(path.with_name("gone"))


@pytest.mark.parametrize(("lay", "problem"), [(_folder, "cannot be read"), (_dangling, "leads to a file that is not there")])
def test_what_lies_there_and_is_no_file_is_not_passed_over(project: Project, lay: object, problem: str) -> None:
    assert callable(lay)
    lay(project.settings.keys / "default.key")
    with pytest.raises(ConfigError, match=problem):
        keys.load(project)


@pytest.mark.parametrize("key_id", ["", "../etc/passwd", "A", "a b", "a" * 41, "a\n"])
@pytest.mark.parametrize("verb", [keys.load, keys.create, keys.rotate, keys.versions])
def test_an_id_that_is_no_name(project: Project, verb: object, key_id: str) -> None:
    assert callable(verb)
    with pytest.raises(ConfigError, match="cannot be a key's id"):
        verb(project, key_id)


def test_the_secret_is_in_no_repr(project: Project) -> None:
    write(project, f"1:{GOOD}")
    ring = keys.keyring(project)
    for text in (repr(ring), str(ring), repr(ring.current), f"{ring.current}", repr({"key": ring.current})):
        assert GOOD not in text
        assert str(ring.current.secret) not in text


def test_neither_variable_nor_file_loads_airflow(project: Project) -> None:
    write(project, f"1:{GOOD}")
    code = (
        "import os, sys; from pathlib import Path; from gongkai import keys; from gongkai.errors import ConfigError\n"
        "from gongkai.project import Project; city = Project.at(Path(sys.argv[1]))\n"
        "os.environ['GONGKAI_KEY_JOINT'] = sys.argv[2]\n"
        "keys.load(city); keys.load(city, 'joint')\n"
        "os.environ.pop('AIRFLOW__SECRETS__BACKEND')\n"
        "try: keys.load(city, 'nowhere')\n"
        "except ConfigError: print('airflow' in sys.modules)"
    )
    given = {"AIRFLOW__SECRETS__BACKEND": "no.such.Backend", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code, str(project.settings.home), f"1:{GOOD}"],
        env=given,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False"]
