"""The table of an earlier release 历史版本, from whichever format it was published in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from gongkai import plugins
from gongkai.errors import DataError
from gongkai.plan import Plan

_BEST = ("parquet", "jsonl", "csv", "json", "xml", "xlsx")
"""Formats by how quickly they are read."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A Parquet file of the release's rows, and the plan they were made by."""

    path: Path
    plan: Plan


def table(folder: Path, temp: Path) -> Earlier:
    """The table of the release in ``folder``; ``temp``: where it is written when it was not published as Parquet.

    Raises DataError when the release has no table that can be read.
    """
    plan = Plan.parse(json.loads((folder / "plan.lock.json").read_text(encoding="utf-8")))
    for name in _BEST:
        format_ = plugins.load("gongkai.formats", name)
        path = folder / f"data.{format_.EXTENSION}"
        if path.is_file():
            return Earlier(path if name == "parquet" else _written(path, name, plan, temp / f"{folder.name}.parquet"), plan)
    raise DataError.of("store.damaged", "an earlier release has no table to compare with")


def _written(path: Path, name: str, plan: Plan, target: Path) -> Path:
    from pyarrow.parquet import ParquetWriter

    schema = plan.output_schema()
    with ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
        for batch in plugins.load("gongkai.formats", name).read(path, schema):
            writer.write_batch(batch.cast(schema))
    return target
