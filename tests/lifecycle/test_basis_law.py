"""The law of an approval's basis, on the demo's datasets.

Whatever content file a plan or a run opens, seen from below by an audit hook, and that decides published bytes or what must
hold, changes the dataset's basis when its meaning changes; every other file leaves it alone.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gongkai import lifecycle
from gongkai.demo import postgres, tables
from gongkai.demo import project as demo
from gongkai.demo.outcomes import REFUSED
from gongkai.lifecycle import basis
from gongkai.project import Project, shipped_folder
from gongkai.registry.store import of as registry_of

FOLDERS = ("transforms", "rules", "expectations", "sources", "formats", "stores")
CAN_ONLY_REFUSE = re.compile(r"rules/(headers/.*\.yml|values/(places|sets|names)\.yml|reference/divisions\.csv)")
"""Words of headers and detectors; of numbers how many candidates are left, which a table of divisions says. Where a method
reads one of them it is part of the basis all the same: a run stops a method that reads beyond it."""

WATCHED = """
import json, os, sys
home, code, roots = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
opened = set()
FOLDERS = ("transforms", "rules", "expectations", "formats", "stores")  # the demo's own rows lie in sources/
def hook(event, args):
    if event == "open" and isinstance(args[0], (str, bytes, os.PathLike)):
        path = os.path.realpath(os.fsdecode(args[0]))
        for root in roots:
            inside = os.path.relpath(path, root)
            if inside.split(os.sep)[0] in FOLDERS:
                folder, _, compiled = inside.partition("/__pycache__/")
                opened.add(f"{folder}/{compiled.split('.')[0]}.py" if compiled else inside)
sys.addaudithook(hook)
from pathlib import Path
from gongkai import pipeline
from gongkai.project import Project
outcome = pipeline.run(Project.at(Path(home)), code)
print(json.dumps({"verdict": outcome.verdict, "opened": sorted(opened)}))
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory):
    with demo.fresh(tmp_path_factory.mktemp("law") / "demo") as project:
        home = project.settings.home
        with postgres.running(home / demo.SOURCES / "postgres") as server, pytest.MonkeyPatch.context() as patch:
            demo.write_sources(home, server, tables.build())
            for name, value in demo.connections(home, server).items():
                patch.setenv(name, value)
            demo.register(project)
            yield project


@pytest.mark.slow
def test_what_a_run_opens_and_what_decides_is_in_the_basis(
    city: Project, record_property: Callable[[str, object], None]
) -> None:
    roots = [str(shipped_folder().resolve()), str(city.settings.home.resolve())]
    beyond = {}
    run = [status for status in lifecycle.status(city) if status.state != "closed"]
    for status in run:
        code = status.revision.code
        command = [sys.executable, "-W", "ignore", "-c", WATCHED, str(city.settings.home), code, json.dumps(roots)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        told = json.loads(done.stdout.splitlines()[-1])
        assert told["verdict"] == ("refused" if code in REFUSED else "published")  # it came as far as it should
        opened = told["opened"]
        assert "rules/policy.yml" in opened  # the hook sees what is opened
        covered = basis.of(Project.at(city.settings.home), status.revision.entry).files
        left = {name for name in opened if name not in covered and not CAN_ONLY_REFUSE.fullmatch(name)}
        if left:
            beyond[code] = left
    assert beyond == {}
    record_property("proof", f"files that runs open, beside what approvals stand on: {len(run)} datasets, 0 files beyond")


def changed(text: str, suffix: str) -> str:
    """A file that means something else and can still be read."""
    if suffix == ".yml":
        return text + "\nlaw_of_the_basis: changed\n"
    return text + ("\n# law of the basis\n" if suffix == ".py" else "\n990101,某地\n")


@pytest.mark.slow
def test_a_file_changes_the_basis_of_exactly_those_that_stand_on_it(city: Project, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(city.settings.home, home, ignore=shutil.ignore_patterns("var", "sources"))
    entries = {revision.code: revision.entry for revision in registry_of(city).revisions()}
    before = {code: basis.of(Project.at(home), entry) for code, entry in entries.items()}
    files = {
        path.relative_to(root).as_posix(): path
        for root in (shipped_folder(), home)
        for folder in FOLDERS
        for path in (root / folder).rglob("*")
        if path.is_file() and path.suffix in (".yml", ".csv", ".py", ".npz") and "__pycache__" not in path.parts
    }
    assert len(files) > 50
    for name, path in files.items():
        own = home / name
        kept = own.read_bytes() if own.exists() else None
        own.parent.mkdir(parents=True, exist_ok=True)
        raw = path.read_bytes()
        own.write_bytes(raw + b"x" if path.suffix == ".npz" else changed(raw.decode(), path.suffix).encode())
        after = {code: basis.of(Project.at(home), entry) for code, entry in entries.items()}
        moved = {code for code in entries if after[code].digest != before[code].digest}
        standing = {code for code in entries if name in before[code].files}
        own.unlink() if kept is None else own.write_bytes(kept)
        assert moved == standing, name


def test_comments_and_line_ends_of_yaml_change_nothing(home: Path, project) -> None:
    project.register()
    entry = registry_of(project.project).current(project.code).entry
    before = basis.of(project.project, entry).digest
    path = home / "rules" / "policy.yml"
    path.write_text("# a word to the reader\n" + path.read_text("utf-8").replace("\n", "\r\n"), "utf-8")
    assert basis.of(project.project, entry).digest == before
