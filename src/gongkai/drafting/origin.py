"""Where an unregistered table stands 待识别的数据: a database's table, a file, or the source of a registered dataset.

An origin knows its columns, streams them as text, and knows what an entry would have to say to read it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai import plugins
from gongkai.batches import Batches
from gongkai.columns.logical_types import SourceColumn
from gongkai.drafting import parquet
from gongkai.errors import ConfigError
from gongkai.plan import source_parameters
from gongkai.project import Project
from gongkai.registry.entry import Entry

PARQUET = ".parquet"


@dataclass(frozen=True, slots=True)
class Origin:
    """A table that can be read. ``scan`` streams the asked columns as text, in that order.

    ``source``: what stands under ``source`` in an entry, None where no source of an entry reads it; ``format``: 信息资源格式;
    ``key``: the primary key its database declares; ``hint``: what is left to do before an entry can read it.
    """

    name: str
    columns: tuple[SourceColumn, ...]
    scan: Callable[[Sequence[str]], Batches]
    source: Mapping[str, Any] | None
    format: str = "数据库"
    key: tuple[str, ...] = ()
    hint: str = ""


def at_url(project: Project, url: str, table: str, *, connection: str | None = None) -> Origin:
    """A table at a SQLAlchemy URL; ``connection`` is the id an entry will name, else made from the database's name.

    ConfigError: no URL, no such table or driver. TransientError: the database does not answer or refuses the login.
    """
    from gongkai.sources import sql

    place = sql.at(project, url, table)
    name = connection or place.table.connection
    bare = place.table.url.set(drivername=place.table.url.get_backend_name())
    hint = f"add the connection: export AIRFLOW_CONN_{name.upper()}='{bare.render_as_string(hide_password=True)}'"
    return Origin(
        name=place.table.name,
        columns=tuple(place.describe()),
        scan=place.scan,
        source={"kind": "sql", "connection": name, "table": table},
        key=tuple(place.primary_key()),
        hint=f"{hint} with the password in place of ***" if place.table.url.password else hint,
    )


def behind(project: Project, connection: str, table: str) -> Origin:
    """A table behind an Airflow Connection. Errors as of ``at_url``."""
    from gongkai.sources import sql

    place = sql.behind(project, connection, table)
    return Origin(
        name=place.table.name,
        columns=tuple(place.describe()),
        scan=place.scan,
        source={"kind": "sql", "connection": connection, "table": table},
        key=tuple(place.primary_key()),
    )


def of_file(project: Project, path: Path, *, sheet: str | None = None, delimiter: str | None = None) -> Origin:
    """A CSV, TSV, XLSX or Parquet file. ConfigError when it is missing, empty, or of another kind.

    DataError when it is not what its name says. A sheet and a delimiter are needed only where the file leaves a choice.
    """
    full = path.absolute()
    if not full.is_file():
        raise ConfigError.of("no such file", "check the path", file=str(path))
    if not full.stat().st_size:
        raise ConfigError.of("is empty, without even a header", "export the table anew", file=str(path))
    if full.suffix.lower() == PARQUET:
        return Origin(path.stem, tuple(parquet.describe(full)), lambda columns: parquet.scan(full, columns), None)
    given: dict[str, Any] = {"path": str(full)}
    given |= {"delimiter": delimiter or "\t"} if full.suffix.lower() == ".tsv" or delimiter else {}
    given |= {"sheet": sheet} if sheet else {}
    from gongkai.sources import file

    return Origin(
        name=path.stem,
        columns=tuple(file.describe(**given, project=project)),
        scan=lambda columns: file.scan(columns=columns, **given, project=project),
        source={"kind": "file", **given, "path": _within(project, full)},
        format="电子表格",
    )


def of_entry(project: Project, entry: Entry) -> Origin:
    """The live source of a registered dataset. Errors are those of its kind of source."""
    source = plugins.load(project, "sources", entry.source.kind)
    given = source_parameters(project, source, entry)
    return Origin(
        name=entry.code,
        columns=tuple(source.describe(**given)),
        scan=lambda columns: source.scan(columns=columns, **given),
        source=entry.source.model_dump(mode="json"),
        format=entry.format,
    )


def _within(project: Project, path: Path) -> str:
    """A file as an entry names it: from the project on where it lies in one."""
    home = None if project.home is None else project.home.absolute()
    return path.relative_to(home).as_posix() if home is not None and path.is_relative_to(home) else path.as_posix()
