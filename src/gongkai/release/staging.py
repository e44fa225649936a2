"""From source to staged Parquet 入库暂存 in one streaming pass; the staged table is the truth every format is written from.

The staged rows are sorted by all published columns. So equal rows give equal bytes however a source hands them out, and their
order says nothing that the columns do not: the order of ID numbers would survive their masking.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from gongkai import clean, deduplicate, plan, plugins
from gongkai.assessment.utility import Utility
from gongkai.desensitize import PERSON, clean_columns, whole_table
from gongkai.errors import DataError
from gongkai.keys import for_entry
from gongkai.plan import Plan
from gongkai.registry.entry import Entry
from gongkai.registry.store import Registry
from gongkai.release import gates
from gongkai.release.guard import Guarded
from gongkai.release.work import Work
from gongkai.schema import Since
from gongkai.settings import Settings
from gongkai.stage import BATCH_ROWS, Batches, Stage, chain, rebatch
from gongkai.stores import _manifest
from gongkai.stores._manifest import digest
from gongkai.tally import Tally

if TYPE_CHECKING:
    from gongkai.release import Progress

SORT_MEMORY = "256MB"
"""What sorting may hold before it spills desensitized rows into the run's folder."""


def build(
    settings: Settings, registry: Registry, entry: Entry, work: Work, rules_digest: str, progress: Progress | None
) -> dict[str, Any]:
    """Stage a dataset; returns the facts of the run and leaves entry, plan lock and tally beside the table."""
    from gongkai import quality, rules
    from gongkai.classify.watch import Watch

    in_force = rules.load()
    source = plugins.load("gongkai.sources", entry.source.kind)
    given = plugins.check(source.scan, entry.source.parameters, given_by_program=plan.SCAN_BY_PROGRAM)[0]
    key = for_entry(settings, entry) if plan.keyed(entry) else None
    decided = plan.resolve(entry, source.describe(**given), in_force, rules_digest=rules_digest, key=key)
    work.write("entry.json", entry.document())
    work.write("plan.lock.json", decided.document())
    work.note(revision=decided.revision, rules=rules_digest, plan=decided.hash)

    held = gates.published(settings, entry.code)
    since = _since(registry, entry, decided, held)
    tally, mark = Tally(), _Watermark(entry)
    guarded = Guarded(settings, work, entry, decided, in_force, key)
    utility = Utility(decided)
    watch = Watch(entry, in_force, quality.waived(entry))
    rows = source.scan(columns=_wanted(entry), since=since, **given)
    flow = chain(
        _counting(tally, progress),
        clean_columns(entry, tally),
        mark.stage,
        deduplicate.stage(decided.key, tally) if decided.deduplicate else _through,
        watch.stage,
        utility.around(guarded.stage),
    )
    base = None if since is None else _base(held)
    done: dict[str, Any] = {}
    together = whole_table(decided, key, work.fresh("table"), done.__setitem__)
    count = _sort(together(flow(rows)), work, decided, base)
    if drifted := watch.reasons():
        raise DataError(*drifted)
    guarded.close(tally)
    work.write("table.json", done)
    work.write("utility.json", utility.document(work.staged, work.fresh("risk")))
    if entry.source.load.mode == "incremental":
        _require_fitting_keys(decided, tally)
    counts = {"rows_in": tally.rows_in, "duplicates": tally.duplicates, "columns": tally.document()}
    work.write("tally.json", counts)
    return {
        "sha256": digest(work.staged),
        "rows_in": tally.rows_in,
        "rows_out": count,
        "watermark": mark.value or (since.value if since else None),
        "full": since is None,
    }


def _wanted(entry: Entry) -> list[str]:
    """The columns to read: what is published, the key, the watermark, who a row is about; no other leaves the source."""
    further = (entry.source.load.watermark, entry.person)
    return [column.name for column in entry.columns if column.publish or column.key or column.name in further]


def _since(registry: Registry, entry: Entry, decided: Plan, held: Any) -> Since | None:
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


def _base(held: Any) -> Path:
    """The table of the release readers have now, proved to be the one its manifest names."""
    table: Path = held.path / "data.parquet"
    if digest(table) != _manifest.read(held.path).files[table.name].sha256:
        raise DataError.of("store.damaged", "the release to go on from is not the one that was published")
    return table


def _require_fitting_keys(decided: Plan, tally: Tally) -> None:
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
                typed, unfit = clean.cast(batch.column(self._column.name), self._column.type)
                if unfit or typed.null_count:
                    count = unfit or typed.null_count
                    raise DataError.of("watermark.unfit", "the watermark is empty or not of its type",
                                       column=self._column.name, count=count)  # fmt: skip
                newest = pc.max(typed).as_py()
                self._newest = newest if self._newest is None else max(newest, self._newest)
            yield batch


def _counting(tally: Tally, progress: Progress | None) -> Stage:
    def run(batches: Batches) -> Batches:
        for batch in batches:
            tally.rows_in += batch.num_rows
            yield batch
            if progress is not None:
                progress("desensitize", tally.rows_in)

    return run


def _through(batches: Batches) -> Batches:
    return batches


def _write(work: Work, batches: Batches, schema: pa.Schema) -> None:
    """The staged table, and beside it, row for row, who each row is about, where that is known."""
    from pyarrow.parquet import ParquetWriter

    published = pa.schema([column for column in schema if column.name != PERSON])
    with contextlib.ExitStack() as files:
        open_ = partial(ParquetWriter, compression="zstd", compression_level=1)
        table = files.enter_context(open_(work.staged, published))
        who = schema.field(PERSON) if PERSON in schema.names else None
        persons = None if who is None else files.enter_context(open_(work.persons, pa.schema([who])))
        for batch in rebatch(BATCH_ROWS)(batches):
            table.write_batch(batch.select(published.names))
            if persons is not None:
                persons.write_batch(batch.select([PERSON]))


def _sort(rows: Batches, work: Work, decided: Plan, held: Path | None) -> int:
    """Write the staged table: the new rows, and of the release readers have now those whose key did not come again."""
    import duckdb

    options = {"memory_limit": SORT_MEMORY, "temp_directory": str(work.scratch()), "preserve_insertion_order": "false",
               "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}  # fmt: skip
    schema = decided.output_schema()
    if decided.person is not None and held is None:
        schema = schema.append(pa.field(PERSON, pa.int64()))
    given, written = _Watched(rows), _Watched(iter(()))
    try:
        with duckdb.connect(config=options) as connection:
            connection.register("arriving", pa.RecordBatchReader.from_batches(schema, _only(given, schema)))
            if held is not None:
                connection.execute("CREATE TEMP TABLE fresh AS SELECT * FROM arriving")
            bound = [] if held is None else [_literal(held)]
            sorted_rows = connection.execute(_query(decided, held), bound).to_arrow_reader(BATCH_ROWS)
            written = _Watched(batch.cast(schema) for batch in sorted_rows)
            _write(work, written, schema)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if given.error is not None:
            raise given.error from None
        if isinstance(error, OSError) and error.errno:
            raise
        raise DataError.of("staging.sort", f"the rows could not be sorted ({type(error).__name__})") from None
    return written.rows


def _only(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Batches:
    """The batches with these columns."""
    return (batch.select(schema.names) for batch in batches)


def _literal(path: Path) -> str:
    """A path as DuckDB's patterns take it literally."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


class _Watched:
    """Batches on their way through another library: counts rows, and keeps the error that library would put in its words."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self.rows = 0
        self.error: BaseException | None = None

    def __iter__(self) -> _Watched:
        return self

    def __next__(self) -> pa.RecordBatch:
        try:
            batch = next(self._batches)
        except StopIteration:
            raise
        except BaseException as error:
            self.error = error
            raise
        self.rows += batch.num_rows
        return batch


def _query(decided: Plan, held: Path | None) -> str:
    if held is None:
        return "SELECT * FROM arriving ORDER BY ALL"
    names = [column.published.replace('"', '""') for column in decided.columns if column.name in decided.key]
    same = " AND ".join(f'fresh."{name}" IS NOT DISTINCT FROM old."{name}"' for name in names)
    # identifiers are quoted above and the path is bound, so this builds no query from outside text
    kept = f"SELECT old.* FROM read_parquet($1) old WHERE NOT EXISTS (SELECT 1 FROM fresh WHERE {same})"  # noqa: S608
    return f"SELECT * FROM (SELECT * FROM fresh UNION ALL {kept}) ORDER BY ALL"  # noqa: S608
