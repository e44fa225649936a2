"""Servers and projects the tests run against: real ones, thrown away afterwards.

PostgreSQL is the one that answers on ``$GONGKAI_TEST_POSTGRES`` (default: this machine's), else an embedded one from its
wheel. MariaDB is used where one answers on ``$GONGKAI_TEST_MARIADB``; where none does, its tests are left out and the
last lines of the run say so.
"""

from __future__ import annotations

import os
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from gongkai.project import Project, shipped_folder

if TYPE_CHECKING:
    from gongkai.pipeline import Outcome
    from gongkai.stores import Published

POSTGRES = os.environ.get("GONGKAI_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
MARIADB = os.environ.get("GONGKAI_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/test")
hypothesis_settings.register_profile("gongkai", deadline=None)
hypothesis_settings.load_profile("gongkai")
LEFT_OUT = pytest.StashKey[int]()
TERMINAL = (
    "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "PY_COLORS", "COLORTERM", "TTY_COMPATIBLE", "COLUMNS", "LINES",
)  # fmt: skip
"""What says how a terminal looks, beside ``$TERM``."""


@cache
def answers(url: str) -> bool:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with create_engine(url).connect():
            return True
    except SQLAlchemyError:
        return False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
    wants = [item for item in items if item.get_closest_marker("mariadb")]
    if wants and not answers(MARIADB):
        items[:] = [item for item in items if item not in wants]
        config.hook.pytest_deselected(items=wants)
        config.stash[LEFT_OUT] = len(wants)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    told = Counter(
        said for report in terminalreporter.stats.get("passed", []) for name, said in report.user_properties if name == "proof"
    )
    for said, times in told.items():
        terminalreporter.write_line(f"proved: {said}" + (f" (x {times})" if times > 1 else ""))
    if left := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"left out: {left} tests of MariaDB, no server answers at $GONGKAI_TEST_MARIADB")


@pytest.fixture(scope="session", autouse=True)
def terminal() -> Iterator[None]:
    """The same terminal for every test, whoever runs it and wherever; a test that wants another one says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        for name in TERMINAL:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL where databases may be made: the machine's, or an embedded one."""
    if answers(POSTGRES):
        yield POSTGRES
        return
    from gongkai.demo.postgres import running

    with running(tmp_path_factory.mktemp("postgres")) as server:
        yield f"postgresql+psycopg://{server.user}:{server.password}@{server.host}:{server.port}/postgres"


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh database, dropped afterwards."""
    yield from _database(postgres_server, 'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def mariadb_url() -> Iterator[str]:
    """A fresh database, dropped afterwards."""
    yield from _database(MARIADB, "DROP DATABASE {name}")


def _database(server: str, drop: str) -> Iterator[str]:
    from sqlalchemy import create_engine, make_url, text

    name = f"gk_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(drop.format(name=name)))
    engine.dispose()


@pytest.fixture(scope="session")
def resident_id() -> Callable[[str], str]:
    """An ID number made of its first seventeen digits."""

    def complete(seventeen: str) -> str:
        total = sum(int(digit) * 2 ** (17 - index) for index, digit in enumerate(seventeen))
        return seventeen + "0123456789X"[(1 - total) % 11]

    return complete


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project with a key, and ``$GONGKAI_HOME`` pointing to it."""
    root = tmp_path / "home"
    for folder in ("catalog", "keys", "var"):
        (root / folder).mkdir(parents=True)
    key = root / "keys" / "default.key"
    key.touch(mode=0o600)
    key.write_text("1:3f9a1c77e0b2d84456aa90bc12fe03d7851b6e2f44c9a0d3e7f815263748596a\n")
    monkeypatch.setenv("GONGKAI_HOME", str(root))
    monkeypatch.chdir(root)
    return root


ENTRY = """
code: hrss-cards
title: 社会保障卡持卡信息
department: hrss
category: 主题/社会保障
provider: {name: 示例市人力资源和社会保障局, code: "114509000000000000"}
abstract: 持卡人的基本信息，虚构。
format: 电子表格
sharing: {type: unconditional}
opening: {type: unconditional}
update: {frequency: daily}
issued: 2026-11-01
licence: {name: 示例市公共数据开放许可}
contact: {unit: 信息中心, name: 值班员}
source: {kind: file, path: drops/cards.csv}
columns:
  - {name: 卡号, title: 卡号, type: text, entity: NONE, method: keep, key: true}
  - {name: 身份证号, title: 身份证号, entity: CN_ID_CARD, method: pseudonymize}
  - {name: 姓名, title: 姓名, entity: PERSON_NAME, method: mask, params: {keep: [1, 0]}}
  - {name: 手机, title: 手机号, entity: PHONE, method: mask, params: {keep: [3, 0]}}
  - {name: 区划, title: 行政区划代码, entity: NONE, method: keep}
  - {name: 金额, title: 补贴金额, type: "decimal(12,2)", entity: NONE, method: keep}
  - {name: 办卡日期, title: 办卡日期, type: date, entity: NONE, method: keep}
"""

ROWS = """卡号,身份证号,姓名,手机,区划,金额,办卡日期
0001,11010519491231002X,欧阳震华,13812345678,011,12.50,2024-01-05
0002,440308199901101512,诸葛明亮,13987654321,011,0.00,2024-02-29
0003,,司马相如,,440308,1000000.10,
"""


@pytest.fixture
def project(home: Path) -> City:
    """A project with one file dataset, ``hrss-cards``, written but not yet applied. Its three rows hide nobody, so its policy
    asks nothing of rows."""
    made = City(home)
    made.ask_nothing_of_rows()
    made.write_entry()
    made.write_rows()
    return made


class City:
    """A city's project in a test: edit the entry and the rows, register, run."""

    code = "hrss-cards"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.entry = home / "catalog" / "hrss" / "cards.yml"
        self.rows = home / "drops" / "cards.csv"

    @property
    def project(self) -> Project:
        """The project as it is now, read anew."""
        return Project.at(self.home)

    def ask_nothing_of_rows(self) -> None:
        """Replace the shipped policy by itself without what it asks of rows."""
        shipped = (shipped_folder() / "rules" / "policy.yml").read_text("utf-8")
        (self.home / "rules").mkdir(exist_ok=True)
        asked = re.compile(r"^ +(?:k|l|t|suppress): .*\n", re.MULTILINE)
        (self.home / "rules" / "policy.yml").write_text(asked.sub("", shipped), "utf-8")

    def write_entry(self, *edits: tuple[str, str], text: str = ENTRY) -> None:
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new)
        self.entry.parent.mkdir(exist_ok=True)
        self.entry.write_text(text, encoding="utf-8")

    def write_rows(self, *edits: tuple[str, str], text: str = ROWS, encoding: str = "utf-8") -> None:
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new)
        self.rows.parent.mkdir(exist_ok=True)
        self.rows.write_bytes(text.encode(encoding))

    def register(self) -> None:
        from gongkai import lifecycle

        lifecycle.apply(self.project, [self.entry])
        lifecycle.approve(self.project, self.code, by="审查员", note="虚构数据")

    def run(self) -> Outcome:
        from gongkai import pipeline

        return pipeline.run(self.project, self.code)

    def published(self) -> Published | None:
        from gongkai import stores

        return stores.of(self.project).current(self.code)

    @property
    def releases(self) -> Path:
        """Where the folder store keeps the releases."""
        return self.home / "var" / "store" / self.code / "releases"

    @property
    def shown(self) -> Path:
        """The folder of the release readers see."""
        found = self.published()
        assert found is not None
        return self.releases / found.release
