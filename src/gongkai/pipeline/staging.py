"""From source to staged Parquet 入库暂存 in one streaming pass; the staged table is the truth every format is written from.

The staged rows stand in the order of digests of what is published of them (``gongkai.columns.row_order``). So equal rows give
equal bytes however a source hands them out, and their order says nothing that the columns do not: the order of ID numbers would
survive their masking.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from gongkai import plan, plugins, stores
from gongkai.assessment.utility import Utility
from gongkai.batches import BATCH_ROWS, Batches, Stage, chain, rebatch
from gongkai.columns import cleaning, row_order
from gongkai.columns.logical_types import Since
from gongkai.counts import Counts
from gongkai.errors import DataError
from gongkai.keys import for_entry
from gongkai.lifecycle.basis import Basis
from gongkai.manifest import digest
from gongkai.pipeline import deduplication
from gongkai.pipeline.desensitization import PERSON, clean_columns, whole_table
from gongkai.pipeline.leak_guard import Guarded
from gongkai.pipeline.workspace import Workspace
from gongkai.plan import Plan
from gongkai.project import Project
from gongkai.registry.entry import Entry
from gongkai.registry.store import Registry

if TYPE_CHECKING:
    from gongkai.pipeline.records import Progress
    from gongkai.stores import Published

JOIN_MEMORY = "256MB"
"""What the keys of an incremental load may take before they spill, desensitized, into the run's folder."""


@dataclass(frozen=True, slots=True)
class Staged:
    """The staged table of a run. ``sha256``: of its file; ``content``: what its rows are, in whatever file."""

    sha256: str
    content: str
    rows_in: int
    rows_out: int


def build(
    project: Project, registry: Registry, entry: Entry, work: Workspace, basis: Basis, progress: Progress | None
) -> Staged:
    """Stage a dataset; leaves plan, counts and what the methods did beside the table, and notes the facts of the run."""
    from gongkai import quality
    from gongkai.classify.watch import Watch

    source = plugins.load(project, "sources", entry.source.kind)
    given = plan.source_parameters(project.held_to(basis.files), source, entry)
    key = for_entry(project, entry) if plan.keyed(project, entry) else None
    decided = plan.resolve(project, entry, source.describe(**given), basis=basis.digest, key=key)
    work.decide(decided)
    work.note(plan=decided.hash)

    held = stores.of(project).current(entry.code)
    since = _since(registry, entry, decided, held)
    tally, mark = Counts(), _Watermark(entry)
    guarded = Guarded(work, entry, decided, basis, key)
    utility = Utility(project, decided)
    watch = Watch(entry, project, quality.waived(project, entry))
    rows = source.scan(columns=_wanted(entry), since=since, **given)
    flow = chain(
        _counting(tally, progress),
        clean_columns(entry, tally),
        mark.stage,
        deduplication.stage(decided.key, tally) if decided.deduplicate else _through,
        watch.stage,
        utility.around(guarded.stage),
    )
    base = None if since is None or held is None else _base(project, entry.code, held.release, work.scratch("base"))
    done: dict[str, Any] = {}
    together = whole_table(project.held_to(basis.files), decided, key, work.scratch("table"), done.__setitem__)
    count, content = _stage(together(flow(rows)), work, decided, base)
    if drifted := watch.reasons():
        raise DataError(*drifted)
    guarded.close(tally)
    work.keep("table", done)
    work.keep("utility", utility.document(work.staged, work.scratch("risk")))
    work.keep("counts", tally.record())
    if entry.source.load.mode == "incremental":
        _require_fitting_keys(decided, tally)
    staged = Staged(digest(work.staged), content, tally.rows_in, count)
    newest = mark.value or (since.value if since else None)
    work.note(staged=staged.sha256, content=staged.content, rows_in=staged.rows_in, rows_out=count)
    work.note(watermark=newest, full=since is None)
    return staged


def _wanted(entry: Entry) -> list[str]:
    """The columns to read: what is published, the key, the watermark, who a row is about; no other leaves the source."""
    further = (entry.source.load.watermark, entry.person)
    return [column.name for column in entry.columns if column.publish or column.key or column.name in further]


def _since(registry: Registry, entry: Entry, decided: Plan, held: Published | None) -> Since | None:
    """Where an incremental load goes on, or None when the whole table is due.

    It goes on only from the very release its watermark belongs to, made by the very plan of today.
    """
    load = entry.source.load
    if load.mode == "full" or load.watermark is None or load.full_every is None:
        return None
    last = registry.last_published(entry.code)
    if last is None or last.watermark is None or held is None:
        return None
    if (held.plan, held.content) != (decided.hash, last.content):
        return None
    whole = [run.started for run in registry.runs(entry.code, limit=10_000) if run.full and run.verdict in _GOOD]
    if not whole or datetime.now(UTC) - max(whole) >= load.full_every:
        return None
    return Since(load.watermark, last.watermark)


_GOOD = ("published", "unchanged")


def _base(project: Project, code: str, release: str, folder: Path) -> Path:
    """The table of the release readers have now, proved to be the one its manifest names."""
    store = stores.of(project)
    table = store.fetch(code, release, "data.parquet", folder)
    if digest(table) != store.files(code, release)["data.parquet"]["sha256"]:
        raise DataError.of("store.damaged", "the release to go on from is not the one that was published")
    return table


def _require_fitting_keys(decided: Plan, tally: Counts) -> None:
    """A key that does not fit is masked in full, and rows merged by it would replace each other."""
    counts = tally.document()
    for column in decided.columns:
        unfit = counts.get(column.published, {}).get("unfit", 0)
        if column.key and unfit:
            message = "keys do not fit their shape, so rows cannot be merged by them"
            raise DataError.of("key.unfit", message, column=column.published, count=unfit)


class _Watermark:
    """Remembers the newest value of the watermark column while rows stream by."""

    def __init__(self, entry: Entry) -> None:
        name = entry.source.load.watermark if entry.source.load.mode == "incremental" else None
        self._column = next((column for column in entry.columns if column.name == name), None)
        self._newest: Any = None

    @property
    def value(self) -> str | None:
        return None if self._newest is None else str(self._newest)

    def stage(self, batches: Batches) -> Batches:
        for batch in batches:
            if self._column is not None and batch.num_rows:
                typed, unfit = cleaning.cast(batch.column(self._column.name), self._column.type)
                if unfit or typed.null_count:
                    count = unfit or typed.null_count
                    raise DataError.of("watermark.unfit", "the watermark is empty or not of its type",
                                       column=self._column.name, count=count)  # fmt: skip
                newest = pc.max(typed).as_py()
                self._newest = newest if self._newest is None else max(newest, self._newest)
            yield batch


def _counting(tally: Counts, progress: Progress | None) -> Stage:
    def run(batches: Batches) -> Batches:
        for batch in batches:
            tally.rows_in += batch.num_rows
            yield batch
            if progress is not None:
                progress("desensitize", tally.rows_in)

    return run


def _through(batches: Batches) -> Batches:
    return batches


def _stage(rows: Batches, work: Workspace, decided: Plan, held: Path | None) -> tuple[int, str]:
    """Write the staged table, the new rows and of the release readers have now those whose key did not come again: the number
    of rows, and the hash of their content."""
    import duckdb

    published = decided.output_schema()
    with_persons = decided.person is not None and held is None
    schema = published.append(pa.field(PERSON, pa.int64())) if with_persons else published
    given, scratch = _Watched(batch.select(schema.names) for batch in rows), work.scratch()
    try:
        together = given if held is None else _with_kept(given, decided, held, scratch)
        return _write(work, row_order.in_order(together, published.names, scratch), schema)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if given.error is not None:
            raise given.error from None
        if isinstance(error, OSError) and error.errno:
            raise
        raise DataError.of("staging.order", f"the rows could not be put in order ({type(error).__name__})") from None


def _write(work: Workspace, rows: Batches, schema: pa.Schema) -> tuple[int, str]:
    """The staged table, and beside it, row for row, who each row is about, where that is known."""
    from pyarrow.parquet import ParquetWriter

    published = pa.schema([column for column in schema if column.name != PERSON])
    content, count = row_order.Content(published), 0
    with contextlib.ExitStack() as files:
        open_ = partial(ParquetWriter, compression="zstd", compression_level=1)
        table = files.enter_context(open_(work.staged, published))
        who = schema.field(PERSON) if PERSON in schema.names else None
        persons = None if who is None else files.enter_context(open_(work.persons, pa.schema([who])))
        for batch in rebatch(BATCH_ROWS)(rows):
            shown = batch.select(published.names)
            content.add(shown)
            table.write_batch(shown)
            if persons is not None:
                persons.write_batch(batch.select([PERSON]))
            count += batch.num_rows
    return count, content.hexdigest()


def _with_kept(fresh: Batches, decided: Plan, held: Path, spill: Path) -> Batches:
    """The fresh rows, and behind them those of a table whose key is none of theirs."""
    import duckdb

    schema = decided.output_schema()
    names = [column.published for column in decided.columns if column.name in decided.key]
    options = {"memory_limit": JOIN_MEMORY, "temp_directory": str(spill), "preserve_insertion_order": "false",
               "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}  # fmt: skip
    with duckdb.connect(config=options) as connection:
        connection.register("arrived", pa.table(schema.empty_table().select(names)))
        connection.execute("CREATE TEMP TABLE fresh AS SELECT * FROM arrived")
        for batch in fresh:
            connection.register("arrived", pa.Table.from_batches([batch.select(names)]))
            connection.execute("INSERT INTO fresh SELECT * FROM arrived")
            yield batch
        for batch in connection.execute(_kept(names), [_literal(held)]).to_arrow_reader(BATCH_ROWS):
            yield batch.cast(schema)


def _kept(key: list[str]) -> str:
    quoted = ['"{}"'.format(name.replace('"', '""')) for name in key]
    same = " AND ".join(f"fresh.{name} IS NOT DISTINCT FROM old.{name}" for name in quoted)
    # identifiers are quoted above and the path is bound, so this builds no query from outside text
    return f"SELECT old.* FROM read_parquet($1) old WHERE NOT EXISTS (SELECT 1 FROM fresh WHERE {same})"  # noqa: S608


def _literal(path: Path) -> str:
    """A path as DuckDB's patterns take it literally."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


class _Watched:
    """Batches on their way through another library: keeps our own error, which that library would wrap in its words."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self.error: BaseException | None = None

    def __iter__(self) -> _Watched:
        return self

    def __next__(self) -> pa.RecordBatch:
        try:
            return next(self._batches)
        except StopIteration:
            raise
        except BaseException as error:
            self.error = error
            raise
