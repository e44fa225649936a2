"""Keys out of Airflow's secrets backend: real ones of Airflow, and ones that fail in every way a backend may."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from tests.keys.written import GOOD, LATER, NEXT, key, write

from gongkai import keys
from gongkai.errors import ConfigError, TransientError
from gongkai.keys import backend
from gongkai.project import Project

LOCAL = "airflow.secrets.local_filesystem.LocalFilesystemBackend"
MADE_UP = f'''
class NoVariables:
    def get_variable(self, key): raise NotImplementedError
class Locked:
    def get_variable(self, key): raise PermissionError("token s.{GOOD} may not read " + key)
class Away:
    def get_variable(self, key): raise ConnectionError("https://vault:8200 {GOOD}")
class Broken:
    def get_variable(self, key): raise KeyError("{GOOD}")
class Number:
    def get_variable(self, key): return 1
class Nothing:
    def get_variable(self, key): return None
class Asked(Nothing):
    asked = []
    def get_variable(self, key): self.asked.append(key)
class AwayFromTheStart(Nothing):
    def __init__(self): raise ConnectionError("{GOOD}")
class Wanting(Nothing):
    def __init__(self, address): pass
'''
"""Backends as somebody may write them; Airflow adds what theirs lack."""


@pytest.fixture(autouse=True)
def fresh(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow makes its backend once in a process; here anew for each test."""
    bases = "from airflow.secrets import BaseSecretsBackend\n"
    (tmp_path / "made_up_backends.py").write_text(bases + MADE_UP.replace(":\n    def", "(BaseSecretsBackend):\n    def", 6))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "made_up_backends", raising=False)
    if (configuration := sys.modules.get("airflow.sdk.configuration")) is not None:
        configuration.clear_secrets_backends_cache()


def name(monkeypatch: pytest.MonkeyPatch, backend: str, **arguments: str) -> None:
    monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND", backend)
    monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND_KWARGS", json.dumps(arguments))


def variables(tmp_path: Path, content: object, kind: str = "json") -> str:
    path = tmp_path / f"variables.{kind}"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


FORMS = [
    ("JSON", "json", json.dumps({"gongkai_key_joint-1": f"1:{GOOD}\n3:{NEXT}"}), (1, 3)),
    ("YAML", "yaml", f"gongkai_key_joint-1: |\n  3:{NEXT}\n  1:{GOOD}\n", (1, 3)),
    ("env, a single line", "env", f"gongkai_key_joint-1=1:{GOOD} 3:{NEXT}\n", (1, 3)),
]


@pytest.mark.parametrize(("kind", "content", "versions"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_a_local_file_of_airflow(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, content: str, versions: tuple[int, ...]
) -> None:
    name(monkeypatch, LOCAL, variables_file_path=variables(tmp_path, content, kind))
    ring = keys.keyring(project, "joint-1")
    assert (ring.source, ring.place) == ("backend", "gongkai_key_joint-1 of LocalFilesystemBackend")
    assert tuple(each.version for each in ring.keys) == keys.versions(project, "joint-1") == versions
    assert keys.load(project, "joint-1") == key(3, NEXT, "joint-1")
    assert keys.load(project, "joint-1", 1) == key(1, GOOD, "joint-1")
    with pytest.raises(ConfigError, match="there is no key 'default'"):
        keys.load(project)


def test_it_comes_last(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name(monkeypatch, "made_up_backends.Asked")
    write(project, f"2:{NEXT}")
    monkeypatch.setenv("GONGKAI_KEY_JOINT", f"1:{GOOD}")
    assert (keys.load(project).version, keys.load(project, "joint").version) == (2, 1)
    with pytest.raises(ConfigError, match="there is no key 'other'"):
        keys.load(project, "other")
    assert sys.modules["made_up_backends"].Asked.asked == ["gongkai_key_other"]


def test_the_workers_backend_counts_as_in_a_task(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name(monkeypatch, "made_up_backends.Nothing")
    monkeypatch.setenv("AIRFLOW__WORKERS__SECRETS_BACKEND", LOCAL)
    given = {"variables_file_path": variables(tmp_path, {"gongkai_key_default": f"1:{GOOD}"})}
    monkeypatch.setenv("AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS", json.dumps(given))
    assert keys.load(project) == key(1, GOOD)


WEAK = [
    ("empty", "", "the key is empty"),
    ("weak", f"1:{'00' * 32}\n2:{GOOD}", "version 1 is not random"),
    ("broken", f"{GOOD}", "not written version:hex"),
]


@pytest.mark.parametrize(("written", "problem"), [row[1:] for row in WEAK], ids=[row[0] for row in WEAK])
def test_what_is_refused_elsewhere_is_refused_here(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, problem: str
) -> None:
    name(monkeypatch, LOCAL, variables_file_path=variables(tmp_path, {"gongkai_key_default": written}))
    with pytest.raises(ConfigError, match=f"gongkai_key_default of LocalFilesystemBackend: .*{problem}") as caught:
        keys.load(project)
    assert GOOD not in str(caught.value)


FAILING = [
    ("may not be read", "Locked", TransientError, r"the secrets backend Locked is out of reach \(PermissionError\)"),
    ("is away", "Away", TransientError, r"the secrets backend Away is out of reach \(ConnectionError\)"),
    ("has a fault", "Broken", TransientError, r"the secrets backend Broken is out of reach \(KeyError\)"),
    ("is away from the start", "AwayFromTheStart", TransientError, r"the secrets backend is out of reach \(ConnectionError\)"),
    ("holds a number", "Number", ConfigError, "Number: gongkai_key_default: is not text"),
    ("holds connections only", "NoVariables", ConfigError, "there is no key 'default'"),
    ("holds nothing", "Nothing", ConfigError, "there is no key 'default'"),
    ("lacks an argument", "Wanting", ConfigError, r"AIRFLOW__SECRETS__BACKEND: .* cannot be made \(TypeError\)"),
    ("is not there", "Gone", ConfigError, r"AIRFLOW__SECRETS__BACKEND: .* cannot be made \(AirflowConfigException\)"),
]


@pytest.mark.parametrize(("kind", "error", "told"), [row[1:] for row in FAILING], ids=[row[0] for row in FAILING])
def test_a_backend_that_fails(
    project: Project, monkeypatch: pytest.MonkeyPatch, kind: str, error: type[Exception], told: str
) -> None:
    name(monkeypatch, f"made_up_backends.{kind}")
    with pytest.raises(error, match=told) as caught:
        keys.load(project)
    assert GOOD not in repr(caught.value) + "".join(traceback.format_exception(caught.value))


def test_a_broken_file_of_it_is_not_told(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name(monkeypatch, LOCAL, variables_file_path=variables(tmp_path, f'{{"gongkai_key_default": "1:{GOOD}'))
    with pytest.raises(TransientError, match=r"LocalFilesystemBackend is out of reach \(AirflowFileParseException\)"):
        keys.load(project)


@pytest.mark.parametrize(
    "kind", ["airflow.secrets.metastore.MetastoreBackend", "airflow.sdk.execution_time.secrets.ExecutionAPISecretsBackend"]
)
def test_airflows_own_database_is_never_asked(project: Project, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    name(monkeypatch, kind)
    with pytest.raises(ConfigError, match="Airflow's database is no place for a key"):
        keys.load(project)


def test_a_variable_of_airflow_is_no_key(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Airflow's own search would find after the backend."""
    name(monkeypatch, "made_up_backends.Nothing")
    monkeypatch.setenv("AIRFLOW_VAR_GONGKAI_KEY_DEFAULT", f"1:{GOOD}")
    with pytest.raises(ConfigError, match="there is no key 'default'"):
        keys.load(project)


def test_its_keys_are_rotated_where_they_lie(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name(monkeypatch, LOCAL, variables_file_path=variables(tmp_path, {"gongkai_key_default": f"1:{GOOD}\n6:{NEXT}"}))
    with pytest.raises(ConfigError, match=r"gongkai_key_default of .*in Airflow's secrets backend; add the line `7:`"):
        keys.rotate(project)
    with pytest.raises(ConfigError, match="gongkai_key_default of LocalFilesystemBackend: there is a key already"):
        keys.create(project)
    assert list(project.settings.keys.iterdir()) == []


def test_airflow_masks_every_version_wherever_it_comes_from(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name(monkeypatch, LOCAL, variables_file_path=variables(tmp_path, {"gongkai_key_default": f"1:{GOOD}\n2:{NEXT.upper()}"}))
    monkeypatch.setenv("GONGKAI_KEY_JOINT", f"1:{LATER}")
    keys.load(project)
    keys.load(project, "joint")
    from airflow.sdk.log import redact

    text = f"before {GOOD} {GOOD.upper()} {NEXT} {NEXT.upper()} {LATER} after"
    assert redact(text) == "before *** *** *** *** *** after"


def test_nothing_of_it_is_logged(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    name(monkeypatch, LOCAL, variables_file_path=variables(tmp_path, {"gongkai_key_default": f"1:{GOOD}"}))
    with caplog.at_level(logging.DEBUG):
        keys.load(project)
    out, err = capfd.readouterr()
    assert GOOD not in caplog.text + out + err


NAMED = [
    ("nowhere", {}, None, False),
    ("empty", {"AIRFLOW__SECRETS__BACKEND": ""}, None, False),
    ("a variable", {"AIRFLOW__SECRETS__BACKEND": "a.B"}, None, True),
    ("the workers' variable", {"AIRFLOW__WORKERS__SECRETS_BACKEND": "a.B"}, None, True),
    ("airflow.cfg", {}, "[core]\nx = %(y)s\n[secrets]\nbackend = a.B\n", True),
    ("airflow.cfg, for workers", {}, "[workers]\nsecrets_backend = a.B\n", True),
    ("airflow.cfg without one", {}, "# nothing\n[secrets]\nbackend =\n", False),
]


@pytest.mark.parametrize(("given", "written", "expected"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
@pytest.mark.parametrize("place", ["AIRFLOW_HOME", "AIRFLOW_CONFIG", "the project"])
def test_whether_one_is_named(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], written: str | None,
    expected: bool, place: str,
) -> None:  # fmt: skip
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    path = {"AIRFLOW_HOME": tmp_path / "airflow" / "airflow.cfg", "AIRFLOW_CONFIG": tmp_path / "other.cfg"}.get(
        place, project.settings.airflow / "airflow.cfg"
    )
    if place == "AIRFLOW_CONFIG":
        monkeypatch.setenv("AIRFLOW_CONFIG", str(path))
    if place == "the project":
        monkeypatch.delenv("AIRFLOW_HOME")
    path.parent.mkdir(parents=True, exist_ok=True)
    if written is not None:
        path.write_text(written)
    assert backend.configured(project) is expected


def test_settings_that_cannot_be_read(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "airflow" / "airflow.cfg"
    path.parent.mkdir()
    path.write_text(f"backend = {GOOD}\n")
    with pytest.raises(ConfigError, match=r"airflow\.cfg: cannot be read \(MissingSectionHeaderError\)") as caught:
        keys.load(project)
    assert GOOD not in str(caught.value)


@pytest.mark.slow
def test_out_of_airflow_cfg_in_a_process_of_its_own(project: Project, tmp_path: Path) -> None:
    """The whole way: nothing in the environment but the project, Airflow's settings in its file."""
    path = variables(tmp_path, {"gongkai_key_default": f"1:{GOOD}\n2:{NEXT}"})
    config = project.settings.airflow / "airflow.cfg"
    config.parent.mkdir(parents=True)
    config.write_text(f'[secrets]\nbackend = {LOCAL}\nbackend_kwargs = {{"variables_file_path": "{path}"}}\n')
    code = (
        "import sys; from pathlib import Path; from gongkai import keys; from gongkai.project import Project\n"
        "print(keys.load(Project.at(Path(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(project.settings.home)],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.stdout, GOOD in done.stderr) == ("Key(id='default', version=2)\n", False), done.stderr
