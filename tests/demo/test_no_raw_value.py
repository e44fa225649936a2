"""The whole demo, once, through a real scheduler; and then no raw value of anybody in any byte of what it leaves behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
import pyarrow as pa
import pytest
from search import Needles, search
from secrets_of_the_city import entries, made_up, public, secrets, without_public

from gongkai.demo import attack, tables
from gongkai.demo.outcomes import REFUSED
from gongkai.methods.columns import fake_words
from gongkai.plan import contract
from gongkai.project import SHIPPED, Project
from gongkai.registry.store import Registry

pytestmark = pytest.mark.slow

SIX = {"csv", "json", "jsonl", "xml", "xlsx", "parquet"}


@dataclass(frozen=True)
class Demo:
    home: Path
    exit_code: int
    output: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("city") / "demo"
    done = subprocess.run(
        [sys.executable, "-m", "gongkai", "demo", str(home)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return Demo(home, done.returncode, done.stdout)


@pytest.fixture(scope="module")
def city() -> dict[str, tables.Table]:
    return tables.build()


@pytest.fixture(scope="module")
def values(city: dict[str, tables.Table]) -> dict[str, set[str]]:
    return secrets(city)


@pytest.fixture(scope="module")
def searched(city: dict[str, tables.Table], values: dict[str, set[str]]) -> dict[str, set[str]]:
    return without_public(values, public(city))


@pytest.fixture(scope="module")
def fakes(demo: Demo) -> dict[tuple[str, str], list[str]]:
    return made_up(demo.home)


def test_it_ends_as_it_should(demo: Demo) -> None:
    assert demo.exit_code == 0, demo.output


def test_a_register_of_every_resident_gives_nobody_away(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack is made again, by the same rules, and comes to what the demo printed."""
    monkeypatch.setenv("GONGKAI_HOME", str(demo.home))
    project, residents = Project.find(), tables.residents()
    revisions = Registry(project.settings.database).revisions()
    attempts = [found for each in revisions if (found := attack.attack(project, each.entry, residents)) is not None]
    assert {found.code for found in attempts} == {"hrss-card-holders", "hrss-training-subsidies", "housing-rental-tenants"}
    for found in attempts:
        assert found.held
        assert found.alone == 0
        assert found.success < found.threshold
        assert f"{found.success:.3%}" in demo.output


def test_four_datasets_or_more_are_published_in_six_formats(demo: Demo) -> None:
    published = 0
    for release in demo.home.glob("var/store/*/releases/*"):
        suffixes = {path.name.partition(".")[2].removesuffix(".gz") for path in release.rglob("*") if path.is_file()}
        published += suffixes >= SIX
    assert published >= 4
    assert published == len(entries()) - len(REFUSED)


@pytest.mark.parametrize(("code", "rule"), REFUSED.items(), ids=list(REFUSED))
def test_each_bad_one_is_refused_for_its_own_reason(demo: Demo, code: str, rule: str) -> None:
    runs = Registry(f"sqlite:///{demo.home / 'var' / 'registry.db'}").runs(code)
    assert {run.verdict for run in runs} == {"refused"}
    assert [reason.partition(":")[0] for run in runs for reason in run.reasons] == [rule]
    assert not (demo.home / "var" / "store" / code).exists()


def test_the_scheduler_ran_them(demo: Demo) -> None:
    with closing(sqlite3.connect(demo.home / "var" / "airflow" / "airflow.db")) as database:
        states = dict(database.execute("SELECT dag_id, state FROM dag_run ORDER BY id DESC"))
    expected = {
        f"{entry.department}.{code}": "failed" if code in REFUSED else "success"
        for code, entry in entries().items()
        if entry.opening.type != "closed"
    }
    assert states == expected


def test_tasks_hand_on_references_and_no_rows(demo: Demo) -> None:
    with closing(sqlite3.connect(demo.home / "var" / "airflow" / "airflow.db")) as database:
        handed = [str(value) for (value,) in database.execute("SELECT value FROM xcom")]
    assert any('"staged"' in value for value in handed)
    assert max(map(len, handed)) < 1024


def test_nothing_is_left_running_or_staged(demo: Demo) -> None:
    assert [path for path in (demo.home / "var" / "staging").rglob("*") if path.is_file()] == []
    commands = [" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])]
    assert not [command for command in commands if str(demo.home) in command]


def test_few_values_are_left_out_of_the_search(values: dict[str, set[str]], searched: dict[str, set[str]]) -> None:
    left_out = {kind: len(texts - searched[kind]) / len(texts) for kind, texts in values.items()}
    names = {"PERSON_NAME", "LEGAL_REPRESENTATIVE"}  # some are words
    assert {kind: share for kind, share in left_out.items() if share > (0.005 if kind in names else 0)} == {}
    assert sum(map(len, searched.values())) > 250_000


def test_the_search_finds_the_values_in_the_sources(demo: Demo, values: dict[str, set[str]]) -> None:
    some = {kind: sorted(texts)[::100] if kind != "hidden PHONE" else texts for kind, texts in values.items()}
    found = {finding.kind for finding in search(demo.home / "sources", Needles(some))}
    assert found >= {"PERSON_NAME", "CN_ID_CARD", "PHONE", "EMAIL", "ADDRESS", "BANK_ACCOUNT", "FREE_TEXT", "hidden PHONE"}


def test_made_up_names_are_somebody_s_as_often_as_chance_has_it(
    fakes: dict[tuple[str, str], list[str]], city: dict[str, tables.Table]
) -> None:
    """As often as those another key makes up, and each of its words: of the city's own names most could not be made up."""
    surnames, given = (set(words.to_pylist()) for words in fake_words.tables("name", SHIPPED))
    fake = contract.load(SHIPPED, "fake")
    assert {code for code, _ in fakes} == {"hrss-card-holders", "hrss-training-subsidies"}
    for (code, name), drawn in fakes.items():
        cells = pa.array(city[code][name])
        real = set(city[code][name])
        others = fake.apply(cells, {}, key=os.urandom(32), entity="PERSON_NAME").to_pylist()
        assert not [cell for cell in set(drawn) if not _is_made_of(cell, surnames, given)]
        assert sum(_is_made_of(cell, surnames, given) for cell in real if cell) < 0.6 * len(real)
        assert _share(drawn, real) < 1.25 * _share(others, real) < _share(city[code][name], real)


def test_no_raw_value_is_in_any_byte_under_the_home(
    demo: Demo, searched: dict[str, set[str]], fakes: dict[tuple[str, str], list[str]]
) -> None:
    drawn = "\n".join(cell for cells in fakes.values() for cell in cells)
    needles = Needles(without_public(searched, drawn.encode()))
    assert search(demo.home, needles, skip=[demo.home / "sources"]) == []
    assert needles.find(demo.output.encode()) == set()


def _is_made_of(name: str, surnames: set[str], given: set[str]) -> bool:
    return any(name[:cut] in surnames and name[cut:] in given for cut in (1, 2))


def _share(cells: Sequence[str | None], names: set[str | None]) -> float:
    return sum(cell in names for cell in cells) / len(cells)
