"""The table of an earlier release 历史版本, from whichever format it was published in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gongkai import plugins, stores
from gongkai.errors import DataError
from gongkai.plan import LOCK, Plan, locked
from gongkai.project import Project

_BEST = ("parquet", "jsonl", "csv", "json", "xml", "xlsx")
"""Formats by how quickly they are read."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A Parquet file of the release's rows, and the plan they were made by."""

    path: Path
    plan: Plan


def table(project: Project, code: str, release: str, temp: Path) -> Earlier:
    """The table of a release that the store still has; ``temp``: where it is brought to.

    Raises DataError when the release has no table that can be read.
    """
    store = stores.of(project)
    plan = locked(project, store.document(code, release, LOCK))
    files = store.files(code, release)
    for name in _BEST:
        file = f"data.{plugins.load(project, 'formats', name).EXTENSION}"
        if file in files:
            path = store.fetch(code, release, file, temp)
            return Earlier(path if name == "parquet" else _written(project, path, name, plan), plan)
    raise DataError.of("store.damaged", "an earlier release has no table to compare with")


def _written(project: Project, path: Path, name: str, plan: Plan) -> Path:
    from pyarrow.parquet import ParquetWriter

    schema, target = plan.output_schema(), path.with_suffix(".parquet")
    with ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
        for batch in plugins.load(project, "formats", name).read(path, schema):
            writer.write_batch(batch.cast(schema))
    path.unlink()
    return target
