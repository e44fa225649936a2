"""Opening and migrating the registry's database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from gongkai.errors import ConfigError, TransientError
from gongkai.registry import database
from gongkai.registry.migrations import VERSIONS
from gongkai.registry.tables import VERSION_TABLE, Base


def test_the_versions_are_those_of_the_folder() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(Path(database.__file__).with_name("migrations")))
    assert tuple(item.revision for item in script.walk_revisions())[::-1] == VERSIONS


def test_migrating_makes_exactly_the_tables_of_the_models(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.connect(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_table_is_named_ours_beside_another_program_s(url: str) -> None:
    parsed = database._parse(url)
    if parsed.drivername == "sqlite":
        Path(str(parsed.database)).parent.mkdir()
    other = create_engine(parsed)
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('airflow')"))
    database.connect(url)
    with other.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["airflow"]
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
    other.dispose()
    assert tables == {"gongkai_version", "gongkai_revision", "gongkai_approval", "gongkai_run", "gongkai_open_release"}


def test_a_database_of_a_newer_program_is_left_alone(url: str) -> None:
    engine = database.connect(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE gongkai_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="newer version of gongkai"):
        database.connect(url)


def test_sqlite_writes_ahead_and_keeps_references(tmp_path: Path) -> None:
    with database.connect(f"sqlite:///{tmp_path}/r.db").connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == database.BUSY_SECONDS * 1000


def test_a_transaction_that_fails_leaves_nothing(url: str) -> None:
    engine = database.connect(url)
    with pytest.raises(TransientError), database.writing(engine) as connection:
        connection.execute(text("CREATE TABLE half (x INTEGER)"))
        raise TransientError("x", "y")
    assert not inspect(engine).has_table("half")


def test_a_refused_statement_is_told_by_its_class_only(url: str) -> None:
    engine = database.connect(url)
    with pytest.raises((ConfigError, TransientError)) as caught, database.reading(engine) as connection:
        connection.execute(text("SELECT 'S3cret' FROM nowhere"))
    assert "S3cret" not in str(caught.value)
    assert "nowhere" not in str(caught.value)


def test_opening_an_up_to_date_registry_needs_no_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/r.db"
    database.connect(url)
    program = f"import sys; from gongkai.registry.store import Registry; Registry({url!r}); print('alembic' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"
