"""A release as a sealed folder 发布包: the table in every format, each proved equal to the staged one, and its papers.

::

    data.csv  data.json  data.jsonl  data.xml  data.xlsx  data.parquet
    dictionary.csv  LICENSE.txt  CITATION.txt  metadata.json
    plan.lock.json  report.json  report.html
    manifest.json                                    written last; without it the folder is no release

Same staged table, plan and entry: same bytes in every file; only the manifest says when it was made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from gongkai import disk, plugins
from gongkai import manifest as manifests
from gongkai.batches import BATCH_ROWS, Batches
from gongkai.errors import DataError
from gongkai.manifest import File, Manifest
from gongkai.package import accompanying_files, comparison
from gongkai.plan import LOCK, Plan
from gongkai.project import Project
from gongkai.registry.entry import Entry

_SLOWEST = ("xlsx", "xml")  # begun first, so that nothing waits for them at the end
_MEDIA = {
    ".csv": "text/csv; charset=utf-8; header=present",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Package:
    """A sealed release folder. ``manifest`` is the SHA-256 of its manifest file, which names every other file's."""

    folder: Path
    release: str
    files: Mapping[str, File]
    rows: int
    content: str
    plan: str
    manifest: str


def build(
    project: Project,
    folder: Path,
    staged: Path,
    *,
    plan: Plan,
    entry: Entry,
    release: str,
    content: str,
    report: Mapping[str, Any],
    report_html: str,
    made: datetime | None = None,
    workers: int = 2,
) -> Package:
    """Write every format of the entry and its papers into ``folder``, which is emptied first, and seal it.

    Each format is read back and compared with the staged table cell by cell. ``workers`` formats are worked on at a time, in
    threads: nearly all of the work is done outside the interpreter's lock. ``content`` is the hash of
    what the rows say; ``made`` (default: now) stands in the manifest.

    Raises DataError when a format differs from the staged table or cannot carry it, ConfigError or TransientError when the
    folder cannot be written. Then the folder is gone.
    """
    with disk.guarded("the release's folder"):
        disk.remove(folder)
        folder.mkdir(parents=True)
        try:
            rows, media = _write_data(project, folder, staged, plan, entry, workers)
            for name, text in _papers(project, plan, entry, release, rows, report, report_html):
                (folder / name).write_bytes(text.encode())
            files = {path.name: _file(path, rows, media) for path in sorted(folder.iterdir())}
            time = (made or datetime.now(project.settings.timezone)).isoformat(timespec="seconds")
            manifest = Manifest(entry.code, entry.title, release, content, plan.hash, rows, time, files)
            return _seal(folder, manifest)
        except BaseException:
            disk.remove(folder)
            raise


def release_id(content: str, plan: str, *, after: str | None = None) -> str:
    """The name of a release: its number in the dataset's history, and 12 digits of what it is made of.

    >>> release_id("c0", "p0"), release_id("c1", "p0", after="000041-0123456789ab")[:7]
    ('000001-eee3f2a356f8', '000042-')
    """
    number = int(after.partition("-")[0]) + 1 if after else 1
    made_of = hashlib.sha256(f"{content}\n{plan}".encode()).hexdigest()
    return f"{number:06d}-{made_of[:12]}"


def _write_data(
    project: Project, folder: Path, staged: Path, plan: Plan, entry: Entry, workers: int
) -> tuple[int, dict[str, str]]:
    """The table in every format of the entry, each proved: the number of its rows, and the media type of each file."""
    from pyarrow.parquet import read_schema

    if read_schema(staged).remove_metadata() != plan.output_schema():
        raise DataError.of("staged.schema", "the staged table has other columns or types than the plan")
    formats = {name: plugins.load(project, "formats", name) for name in entry.formats}
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        running = [
            pool.submit(_write_format, folder, staged, plan, name, format, entry)
            for name, format in sorted(formats.items(), key=lambda item: item[0] not in _SLOWEST)
        ]
        try:
            rows = {job.result() for job in running}.pop()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return rows, {f"data.{format.EXTENSION}": format.MEDIA_TYPE for format in formats.values()}


def _write_format(folder: Path, staged: Path, plan: Plan, name: str, format: ModuleType, entry: Entry) -> int:
    path = folder / f"data.{format.EXTENSION}"
    schema = plan.output_schema()
    options = {"bom": entry.csv_bom} if name == "csv" else {}
    with path.open("wb") as sink:
        format.write(_batches(staged), sink, schema, **options)
    return comparison.compare(name, _batches(staged), format.read(path, schema))


def _batches(staged: Path) -> Batches:
    from pyarrow.parquet import ParquetFile

    with ParquetFile(staged, pre_buffer=False) as file:  # else it keeps the whole file in memory
        for batch in file.iter_batches(BATCH_ROWS):
            yield batch.replace_schema_metadata(None)


def _papers(
    project: Project, plan: Plan, entry: Entry, release: str, rows: int, report: Mapping[str, Any], report_html: str
) -> Iterator[tuple[str, str]]:
    yield "dictionary.csv", accompanying_files.dictionary(project, plan, entry)
    yield "LICENSE.txt", accompanying_files.licence(entry)
    yield "CITATION.txt", accompanying_files.citation(entry, release=release, city=project.settings.city)
    yield "metadata.json", _json(accompanying_files.metadata(plan, entry, release=release, rows=rows))
    yield LOCK, _json(plan.public())
    yield "report.json", _json(report)
    yield "report.html", report_html


def _file(path: Path, rows: int, media: Mapping[str, str]) -> File:
    is_data = path.name in media
    return File(
        bytes=path.stat().st_size,
        sha256=manifests.digest(path),
        media_type=media[path.name] if is_data else _MEDIA[path.suffix],
        rows=rows if is_data else None,
    )


def _seal(folder: Path, manifest: Manifest) -> Package:
    """The manifest comes last; from here on nothing in the folder is written any more."""
    path = manifests.write(folder, manifest)
    for sealed in folder.iterdir():
        sealed.chmod(0o444)
    return Package(
        folder, manifest.release, manifest.files, manifest.rows, manifest.content, manifest.plan, manifests.digest(path)
    )


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
