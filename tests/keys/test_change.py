"""New keys and new versions: random, private, never instead of an old one, and whole whatever happens meanwhile."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from tests.keys.written import GOOD, NEXT, key, write

from gongkai import keys
from gongkai.errors import ConfigError
from gongkai.keys import files
from gongkai.project import Project


def test_a_made_key_is_random_private_and_never_overwritten(project: Project) -> None:
    path = keys.create(project)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    made = keys.load(project)
    assert (made.version, len(made.secret)) == (1, 32)
    with pytest.raises(ConfigError, match="there is a key already"):
        keys.create(project)
    assert keys.load(project) == made != keys.load(project, keys.create(project, "other").stem)


def test_the_folder_is_made_private(project: Project) -> None:
    project.settings.keys.rmdir()
    keys.create(project)
    assert stat.S_IMODE(project.settings.keys.stat().st_mode) == 0o700


def test_no_key_is_made_where_another_place_has_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_KEY_DEFAULT", f"1:{GOOD}")
    with pytest.raises(ConfigError, match="GONGKAI_KEY_DEFAULT: there is a key already"):
        keys.create(project)
    assert list(project.settings.keys.iterdir()) == []


@pytest.mark.parametrize("umask", [0, 0o022, 0o077], ids=oct)
def test_the_mode_does_not_hang_on_the_umask(project: Project, umask: int) -> None:
    before = os.umask(umask)
    try:
        path = keys.create(project)
        made = stat.S_IMODE(path.stat().st_mode)
        keys.rotate(project)
    finally:
        os.umask(before)
    assert made == stat.S_IMODE(path.stat().st_mode) == 0o600


WRITTEN = [
    ("one line", f"1:{GOOD}", [1], 2),
    ("with an end of line", f"7:{GOOD}\n", [7], 8),
    ("the newest first", f"5:{GOOD}\n2:{NEXT}\n", [2, 5], 6),
]


@pytest.mark.parametrize(("text", "before", "added"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_rotation_adds_a_version_and_keeps_the_others(project: Project, text: str, before: list[int], added: int) -> None:
    path = write(project, text)
    old = {version: keys.load(project, version=version) for version in before}
    made = keys.rotate(project)
    assert (made.version, len(made.secret)) == (added, 32)
    assert keys.load(project) == made
    assert {version: keys.load(project, version=version) for version in before} == old
    assert path.read_text().startswith(text.rstrip())
    assert path.read_text().count("\n") == len(before) + 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_many_rotations_give_many_secrets(project: Project) -> None:
    keys.create(project)
    for _ in range(9):
        keys.rotate(project)
    ring = keys.keyring(project)
    assert [each.version for each in ring.keys] == list(range(1, 11))
    assert len({each.secret for each in ring.keys}) == 10


def test_a_link_to_a_key_stays_one(project: Project, tmp_path: Path) -> None:
    path = write(project, f"1:{GOOD}")
    kept = path.rename(tmp_path / "kept.key")
    path.symlink_to(kept)
    made = keys.rotate(project)
    assert path.is_symlink()
    assert kept.read_text().splitlines() == [f"1:{GOOD}", f"2:{made.secret.hex()}"]


def test_what_others_keep_is_not_rotated_here(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(project, f"1:{GOOD}")
    monkeypatch.setenv("GONGKAI_KEY_DEFAULT", f"1:{GOOD}\n4:{NEXT}")
    with pytest.raises(ConfigError, match=r"GONGKAI_KEY_DEFAULT: .*in the environment; add the line `5:`"):
        keys.rotate(project)
    assert path.read_text() == f"1:{GOOD}"


REFUSED = [
    ("none", None, "there is no key 'default'"),
    ("a weak one", f"1:{'00' * 32}", "version 1 is not random"),
    ("the last number", f"999999999:{GOOD}", "not written version:hex"),
]


@pytest.mark.parametrize(("text", "problem"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_rotated_stays(project: Project, text: str | None, problem: str) -> None:
    if text is not None:
        write(project, text)
    with pytest.raises(ConfigError, match=problem):
        keys.rotate(project)
    assert [path.read_text() for path in project.settings.keys.glob("*.key")] == ([] if text is None else [text])


@pytest.mark.parametrize("call", ["fsync", "chown", "fchmod"])
def test_a_rotation_that_fails_midway_leaves_the_old_file(project: Project, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    path = write(project, f"1:{GOOD}")
    with monkeypatch.context() as broken:
        broken.setattr(os, call, full)
        with pytest.raises(ConfigError, match=r"default\.key: cannot be written \(OSError\)"):
            keys.rotate(project)
    assert path.read_text() == f"1:{GOOD}"
    assert {each.name for each in project.settings.keys.iterdir()} == {"default.key", ".default.lock"}


def test_readers_see_the_old_file_or_the_new_one(project: Project) -> None:
    keys.create(project)
    first = keys.load(project)
    seen: list[tuple[int, ...]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.append(keys.versions(project))

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(30):
        keys.rotate(project)
    done.set()
    reader.join()
    assert all(versions == tuple(range(1, len(versions) + 1)) for versions in seen)
    assert keys.load(project, version=1) == first
    assert len(keys.versions(project)) == 31


def test_two_do_not_rotate_one_key_at_once(project: Project) -> None:
    path = write(project, f"1:{GOOD}")
    with files.locked(path), pytest.raises(ConfigError, match="somebody changes this key just now"):
        keys.rotate(project)
    assert keys.versions(project) == (1,)
    assert keys.rotate(project) != key(1, GOOD)
