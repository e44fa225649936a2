"""The folder store: a reader sees one whole release, whatever happens to the one who publishes."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongkai import disk, manifest
from gongkai.errors import ConfigError, DataError, TransientError
from gongkai.manifest import File, Manifest
from gongkai.stores import Published, Receipt, folder

CODE = "test-data"


def release(number: int) -> str:
    return f"{number:06d}-{hashlib.sha256(str(number).encode()).hexdigest()[:12]}"


def sealed(root: Path, number: int, *, code: str = CODE, made: str = "2026-11-22T08:00:00+08:00") -> Path:
    """A sealed release with a few files of its own."""
    path = root / f"sealed-{code}-{number}"
    path.mkdir(parents=True)
    files = {}
    for name in ("data.csv", "data.json", "report.html"):
        content = f"{number} {name} {code}".encode() * 500
        (path / name).write_bytes(content)
        (path / name).chmod(0o444)
        files[name] = File(len(content), hashlib.sha256(content).hexdigest(), "text/plain", number)
    manifest.write(path, Manifest(code, "标题", release(number), f"c{number}", f"p{number}", number, made, files)).chmod(0o444)
    return path


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "store")


def push(tmp_path: Path, place: str, number: int, code: str = CODE) -> Receipt:
    return folder.push(sealed(tmp_path / "made", number, code=code), code=code, release=release(number), place=place)


def whole(place: str, code: str = CODE) -> str | None:
    """The release a reader resolves, with every byte held against its manifest."""
    pointer = Path(place) / code / "current"
    try:
        path = pointer.parent / pointer.readlink()
    except FileNotFoundError:
        return None
    manifest = json.loads((path / "manifest.json").read_bytes())
    assert {file.name for file in path.iterdir()} == {*manifest["files"], "manifest.json"}
    for name, file in manifest["files"].items():
        assert hashlib.sha256((path / name).read_bytes()).hexdigest() == file["sha256"]
    assert manifest["release"] == path.name
    return path.name


def leftovers(place: str) -> list[str]:
    root = Path(place) / CODE
    return sorted(path.name for path in root.iterdir() if path.name not in {"current", "releases", ".lock"})


def test_first_release(tmp_path: Path, place: str) -> None:
    assert folder.current(CODE, place=place) is None
    receipt = push(tmp_path, place, 1)
    assert (receipt.verdict, receipt.files, receipt.release) == ("published", 4, release(1))
    seen = folder.current(CODE, place=place)
    assert seen == Published(release(1), "c1", "p1", 1)
    assert whole(place) == release(1)
    assert leftovers(place) == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in (Path(place) / CODE / "releases" / release(1)).iterdir()} == {0o444}


def test_a_file_is_read_by_the_names_of_its_release_and_its_own(tmp_path: Path, place: str) -> None:
    for number in (1, 2):
        push(tmp_path, place, number)
    for number in (1, 2):
        with folder.read(CODE, release(number), "data.csv", place=place) as file:
            assert file.read() == f"{number} data.csv {CODE}".encode() * 500


@pytest.mark.parametrize(
    ("release_name", "name", "rule"),
    [
        (release(1), "data.parquet", r"store\.damaged: .*data\.parquet is missing"),
        (release(2), "data.csv", r"store\.damaged: .*data\.csv is missing"),
        (release(1), "../../current/data.csv", r"store\.name"),
        (release(1), "..", r"store\.name"),
        (release(1), "", r"store\.name"),
        ("../releases", "data.csv", r"store\.name"),
        ("", "data.csv", r"store\.name"),
    ],
    ids=["no such file", "no such release", "path", "up", "empty", "no release", "nothing"],
)
def test_a_name_that_is_none_is_refused(tmp_path: Path, place: str, release_name: str, name: str, rule: str) -> None:
    push(tmp_path, place, 1)
    with pytest.raises(DataError, match=rule):
        folder.read(CODE, release_name, name, place=place)


def test_the_package_stays_and_the_store_outlives_it(tmp_path: Path, place: str) -> None:
    push(tmp_path, place, 1)
    made = tmp_path / "made" / f"sealed-{CODE}-1"
    assert manifest.read(made).release == release(1)
    disk.remove(made)
    assert whole(place) == release(1)


def test_next_release_keeps_the_old_one(tmp_path: Path, place: str) -> None:
    push(tmp_path, place, 1)
    push(tmp_path, place, 2)
    assert whole(place) == release(2)
    assert folder.kept(CODE, place=place) == [release(1), release(2)]
    assert (
        folder.push(tmp_path / "made" / f"sealed-{CODE}-1", code=CODE, release=release(1), place=place).verdict == "published"
    )
    assert whole(place) == release(1)


def test_same_release_again_changes_nothing(tmp_path: Path, place: str) -> None:
    push(tmp_path, place, 1)
    before = {path: path.lstat().st_mtime_ns for path in Path(place).rglob("*") if path.name != ".lock"}
    later = sealed(tmp_path / "later", 1, made="2027-01-01T00:00:00+08:00")
    assert folder.push(later, code=CODE, release=release(1), place=place).verdict == "unchanged"
    assert {path: path.lstat().st_mtime_ns for path in Path(place).rglob("*") if path.name != ".lock"} == before


def test_index_lists_every_dataset(tmp_path: Path, place: str) -> None:
    for code in ("b-data", "a-data"):
        push(tmp_path, place, 1, code)
    push(tmp_path, place, 2, "a-data")
    lines = json.loads((Path(place) / "index.json").read_text())["datasets"]
    assert [(line["code"], line["release"]) for line in lines] == [("a-data", release(2)), ("b-data", release(1))]
    assert (Path(place) / lines[0]["path"] / "manifest.json").is_file()


def test_index_leaves_out_a_damaged_dataset_and_serves_the_others(tmp_path: Path, place: str) -> None:
    push(tmp_path, place, 1, "a-data")
    (Path(place) / "a-data" / "releases" / release(1) / "manifest.json").unlink()
    push(tmp_path, place, 1, "b-data")
    lines = json.loads((Path(place) / "index.json").read_text())["datasets"]
    assert [line["code"] for line in lines] == ["b-data"]


def test_two_publishers_at_once(tmp_path: Path, place: str) -> None:
    made = [sealed(tmp_path / "made", 1, code=f"data-{number}") for number in range(6)]
    script = (
        "import sys; from pathlib import Path; from gongkai.stores import folder\n"
        "folder.push(Path(sys.argv[1]), code=sys.argv[2], release=sys.argv[3], place=sys.argv[4])"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(path), f"data-{number}", release(1), place])
        for number, path in enumerate(made)
    ]
    assert [process.wait() for process in running] == [0] * 6
    lines = json.loads((Path(place) / "index.json").read_text())["datasets"]
    assert [line["code"] for line in lines] == [f"data-{number}" for number in range(6)]


def change_byte(path: Path) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)


def no_json(path: Path) -> None:
    path.chmod(0o644)
    path.write_text("{")


DAMAGED: list[tuple[str, Callable[[Path], Any], str]] = [
    ("byte", lambda made: change_byte(made / "data.csv"), r"store\.damaged: .*data\.csv is not the file"),
    ("missing", lambda made: (made / "data.csv").unlink(), r"store\.damaged: .*data\.csv is missing"),
    ("manifest", lambda made: (made / "manifest.json").unlink(), r"store\.manifest"),
    ("no_json", lambda made: no_json(made / "manifest.json"), r"store\.manifest"),
]


@pytest.mark.parametrize(("harm", "words"), [row[1:] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_a_damaged_package_is_not_published(harm: Callable[[Path], Any], words: str, tmp_path: Path, place: str) -> None:
    push(tmp_path, place, 1)
    made = sealed(tmp_path / "made", 2)
    harm(made)
    with pytest.raises(DataError, match=words):
        folder.push(made, code=CODE, release=release(2), place=place)
    assert whole(place) == release(1)
    folder.settle(code=CODE, place=place)
    assert leftovers(place) == []
    assert folder.kept(CODE, place=place) == [release(1)]


def test_only_what_the_manifest_names_is_published(tmp_path: Path, place: str) -> None:
    made = sealed(tmp_path / "made", 1)
    (made / "notes.txt").write_text("raw")
    folder.push(made, code=CODE, release=release(1), place=place)
    assert not list(Path(place).rglob("notes.txt"))
    assert whole(place) == release(1)


def test_another_release_under_a_taken_name_is_refused(tmp_path: Path, place: str) -> None:
    push(tmp_path, place, 1)
    other = tmp_path / "other"
    taken = sealed(other, 1)
    there = manifest.read(taken)
    (taken / "manifest.json").unlink()
    manifest.write(taken, Manifest(**{**there.document(), "content": "other", "files": there.files}))
    with pytest.raises(DataError, match=r"store\.release_taken"):
        folder.push(taken, code=CODE, release=release(1), place=place)


def test_a_release_damaged_in_the_store_is_seen(tmp_path: Path, place: str) -> None:
    push(tmp_path, place, 1)
    path = Path(place) / CODE / "releases" / release(1)
    change_byte(path / "data.csv")
    with pytest.raises(DataError, match=r"store\.damaged"):
        folder.push(tmp_path / "made" / f"sealed-{CODE}-1", code=CODE, release=release(1), place=place)
    (path / "data.csv").unlink()
    with pytest.raises(DataError, match=r"data\.csv is not the file"):
        folder.current(CODE, place=place)


@pytest.mark.parametrize(
    "target", ["../elsewhere", "releases/../../x", "/etc", "releases/x"], ids=["up", "around", "root", "name"]
)
def test_a_pointer_that_leads_elsewhere_is_refused(target: str, tmp_path: Path, place: str) -> None:
    push(tmp_path, place, 1)
    pointer = Path(place) / CODE / "current"
    pointer.unlink()
    pointer.symlink_to(target)
    with pytest.raises(DataError, match="leads out of the store"):
        folder.current(CODE, place=place)


@pytest.mark.parametrize("code", ["../x", "A", "", "a/b", ".."], ids=["up", "capital", "empty", "slash", "dots"])
def test_a_code_is_no_path(code: str, place: str) -> None:
    with pytest.raises(ConfigError):
        folder.current(code, place=place)


def test_a_place_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="the folder store cannot be written"):
        push(tmp_path, str(tmp_path / "file"), 1)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, TransientError), (errno.EIO, TransientError), (errno.EDQUOT, TransientError), (errno.EROFS, ConfigError)],
    ids=["full", "io", "quota", "read_only"],
)
def test_a_failing_disk(
    number: int, kind: type[Exception], tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(tmp_path, place, 1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail(number))
        with pytest.raises(kind, match="the folder store") as caught:
            push(tmp_path, place, 2)
    assert str(tmp_path) not in str(caught.value)
    assert whole(place) == release(1)
    assert (
        folder.push(tmp_path / "made" / f"sealed-{CODE}-2", code=CODE, release=release(2), place=place).verdict == "published"
    )
    assert whole(place) == release(2)
    assert leftovers(place) == []


def test_another_filesystem_is_copied_to(tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", fail(errno.EXDEV))
    push(tmp_path, place, 1)
    assert whole(place) == release(1)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (Path(place) / CODE / "releases" / release(1)).iterdir()} == {0o444}


@pytest.mark.parametrize("then", ["again", "settle", "another"])
@pytest.mark.parametrize("before", [0, 1], ids=["first", "next"])
def test_killed_at_every_step(before: int, then: str, tmp_path: Path) -> None:
    """The process dies before its first operation on the disk, before its second, and so on to the last."""
    made = {number: sealed(tmp_path / "made", number) for number in (1, 2, 3)}
    steps = 0
    while True:
        place = str(tmp_path / f"store-{steps}")
        if before:
            folder.push(made[1], code=CODE, release=release(1), place=place)
        finished = dies_at(steps, lambda place=place: folder.push(made[2], code=CODE, release=release(2), place=place))
        seen = whole(place)
        assert seen in ({release(2)} if finished else {release(2), release(1) if before else None})
        if then == "settle":
            folder.settle(code=CODE, place=place)
            expected = seen
        else:
            number = 2 if then == "again" else 3
            folder.push(made[number], code=CODE, release=release(number), place=place)
            expected = release(number)
        assert whole(place) == expected
        assert set(folder.kept(CODE, place=place)) == {
            name for name in (release(1) if before else None, seen, expected) if name
        }
        if expected is not None:
            assert leftovers(place) == []
            (line,) = json.loads((Path(place) / "index.json").read_text())["datasets"]
            assert line["release"] == expected
        if finished:
            break
        steps += 1
    assert steps > 25


@pytest.mark.slow
def test_killed_at_random_moments_under_a_reader(
    tmp_path: Path, place: str, record_property: Callable[[str, object], None]
) -> None:
    from tests import proofs  # not where this file is run by itself

    kills, moments = proofs.count(40, 15), random.Random(proofs.SEED)
    reader = subprocess.Popen(
        [sys.executable, __file__, "read", place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    for kill in range(kills):
        publisher = subprocess.Popen(
            [sys.executable, __file__, "publish", place, str(tmp_path / f"made-{kill}")], stdout=subprocess.PIPE
        )
        assert publisher.stdout is not None
        publisher.stdout.readline()
        time.sleep(moments.uniform(0, 0.12))
        publisher.kill()
        publisher.wait()
        publisher.stdout.close()
        assert publisher.returncode == -signal.SIGKILL
        whole(place)
    output, _ = reader.communicate("stop\n")
    assert reader.returncode == 0
    read, changes = map(int, output.split())
    assert read > kills
    assert changes > 3
    record_property("proof", f"publications killed under a reader: {kills} kills, {read} reads, 0 torn")
    folder.settle(code=CODE, place=place)
    assert leftovers(place) == []
    for name in folder.kept(CODE, place=place):
        manifest.verify(Path(place) / CODE / "releases" / name, manifest.read(Path(place) / CODE / "releases" / name))
    assert folder.kept(CODE, place=place)[-1] == whole(place)


def fail(number: int) -> Callable[..., None]:
    def failing(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number), "/a/path")

    return failing


def dies_at(step: int, act: Callable[[], Any]) -> bool:
    """Run in a child that kills itself before its operation number ``step`` on the disk; whether it came to its end."""
    child = os.fork()
    if child == 0:
        left = step

        def counted(operation: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*given: Any, **options: Any) -> Any:
                nonlocal left
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1
                return operation(*given, **options)

            return counting

        for name in ("link", "symlink", "rename", "replace", "unlink", "mkdir", "fsync", "open"):
            setattr(os, name, counted(getattr(os, name)))
        act()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFEXITED(status)


def publish_on_and_on(place: str, made: Path) -> None:
    seen = folder.current(CODE, place=place)
    number = int(seen.release[:6]) if seen else 0
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        number += 1
        folder.push(sealed(made, number), code=CODE, release=release(number), place=place)


def read_on_and_on(place: str) -> None:
    """Until told to stop: resolve the pointer, prove every byte, and never see an older release than before."""
    import select

    read = changes = 0
    last: str | None = None
    while not select.select([sys.stdin], [], [], 0)[0]:
        seen = whole(place)
        assert last is None or (seen is not None and seen >= last)
        changes += seen != last
        last = seen
        read += 1
    sys.stdout.write(f"{read} {changes}")


if __name__ == "__main__":
    if sys.argv[1] == "publish":
        publish_on_and_on(sys.argv[2], Path(sys.argv[3]))
    read_on_and_on(sys.argv[2])
