"""What a run does so that nothing leaks 防泄露: the sketch of its values, canaries around the methods, and the key of both.

The scan itself is ``gongkai.leaks`` and knows neither rules nor plan; here it is told what it must know of them.
"""

from __future__ import annotations

import json
from secrets import token_bytes
from typing import TYPE_CHECKING

import numpy as np

from gongkai import disk, rules
from gongkai.batches import Batches, Stage
from gongkai.counts import Counts
from gongkai.errors import ConfigError, DataError, Refused
from gongkai.keys import Key, derive
from gongkai.keys import load as load_key
from gongkai.leaks.canaries import Canaries
from gongkai.leaks.columns import WatchedColumn
from gongkai.leaks.originals import Listed
from gongkai.leaks.sketch import Collector, Sketch
from gongkai.leaks.tokens import KEY_BYTES, Hasher, Hashes
from gongkai.lifecycle.basis import Basis
from gongkai.pipeline.desensitization import stage as desensitize
from gongkai.pipeline.workspace import Workspace
from gongkai.plan import ColumnPlan, Plan
from gongkai.quality import suite
from gongkai.registry.entry import Entry
from gongkai.rules import Rules

if TYPE_CHECKING:
    from gongkai.package import Package

_PART, _OWN_KEY, _ALLOWED = "leaks", "sketch.key", "allowed.bin"
_TOKEN_KEY = 16


class Guarded:
    """The methods of a plan with everything around them that watches them; ``close`` when the last row has passed."""

    def __init__(self, work: Workspace, entry: Entry, decided: Plan, basis: Basis, key: Key | None) -> None:
        watched = columns(entry, decided, rules.load(work.project))
        self._own = _key(work)
        self._collector = Collector(work.part(_PART), watched, Hasher(self._own))
        later = {name for step in decided.steps for name in step.columns}
        passing = [column.name for column in decided.columns if column.published in later]
        beside = [*passing, *([decided.person] if decided.person is not None else [])]
        self._canaries = Canaries([column for column in watched if column.published not in later], beside=beside)
        self._project, self._decided, self._key = work.project.held_to(basis.files), decided, key
        self._counted, self._made_up = Counts(), Counts()

    def stage(self, batches: Batches) -> Batches:
        """Gather the sketch, lay canaries, desensitize, look at what came out. Columns of whole-table methods pass by."""
        persons = self._own[:_TOKEN_KEY]
        flow: Stage = self._canaries.around(
            desensitize(self._project, self._decided, self._key, self._counted, persons),
            desensitize(self._project, self._decided, Key("canary", 1, token_bytes(32)), self._made_up, persons),
        )
        return flow(self._collector.stage(batches))

    def close(self, tally: Counts) -> None:
        """Write the sketch, and add to ``tally`` what was counted, but for the canaries."""
        self._collector.close()
        tally.rows_out += self._counted.rows_out - self._made_up.rows_out
        made_up = self._made_up.document()
        for column, counts in self._counted.document().items():
            for what, count in counts.items():
                tally.add(column, what, count - made_up.get(column, {}).get(what, 0))


def columns(entry: Entry, decided: Plan, in_force: Rules) -> list[WatchedColumn]:
    """Every column that is read, as the leak scan must know it: the published ones, a key, a watermark."""
    planned = {column.name: column for column in decided.columns}
    return [
        _published(planned[column.name])
        if column.name in planned
        else WatchedColumn(
            column.name, None, column.type, column.type, column.entity or "NONE", _group(column.entity, in_force)
        )
        for column in entry.columns
        if column.publish or column.key or column.name in (entry.source.load.watermark, entry.person)
    ]


def listed(work: Workspace) -> Listed:
    """The sketch a run's first step left, and its columns; DataError where it is gone."""
    sketch = Sketch.open(work.part(_PART), Hasher(_key(work)))
    return Listed(sketch, columns(work.entry, work.plan, rules.load(work.project)))


def require_no_leak(work: Workspace, sealed: Package) -> None:
    """Read the bytes of every file of a packaged release; Refused where one holds what must not be published."""
    from gongkai.leaks import files

    found = files.scan(
        sealed.folder,
        listed(work).sketch,
        allowed=_read_allowed(work),
        reviewed=_reviewed(work),
        data=[name for name, file in sealed.files.items() if file.rows is not None],
    )
    if found:
        raise Refused(*(finding.reason() for finding in found))


def _read_allowed(work: Workspace) -> Hashes:
    try:
        return np.fromfile(work.part(_PART) / _ALLOWED, np.uint64)
    except FileNotFoundError:
        raise DataError.of("leak.sketch", "what the check let pass is missing: it has to run first") from None


def _reviewed(work: Workspace) -> list[str]:
    """What people wrote about the dataset and a reviewer approved: its entry, its plan, its expectations."""
    entry = work.entry.document()
    del entry["source"]
    for column in entry["columns"]:
        del column["clean"]  # what a cleaning was told may be values of rows
    documents = [json.dumps(document, ensure_ascii=False) for document in (entry, work.plan.public())]
    written = filter(None, (work.project.file("expectations", name) for name in suite.names(work.code)))
    return [*documents, *(path.read_text(encoding="utf-8") for path in written)]


def write_allowed(work: Workspace, hashes: Hashes) -> None:
    """Leave for the scan of the files what the check found and let pass."""
    hashes.tofile(work.part(_PART) / _ALLOWED)


def _published(column: ColumnPlan) -> WatchedColumn:
    given = (column.type, column.output, column.entity, column.group, column.method, column.left)
    return WatchedColumn(column.name, column.published, *given)


def _group(entity: str | None, in_force: Rules) -> str:
    kind = in_force.entities.get(entity or "NONE")
    return "sensitive" if kind is None else kind.group


def _key(work: Workspace) -> bytes:
    """The key of this run's sketch: derived from the project's own, in the version it had when the run began, else a random one
    that dies with the run's folder."""
    own = work.part(_PART) / _OWN_KEY
    if own.is_file():
        return own.read_bytes()
    version = work.facts().sketch_key
    try:
        key = load_key(work.project, version=version)
    except ConfigError:
        if version is not None:  # under another key no value would be found again, and every one would pass
            raise DataError.of("leak.sketch", "the key that this run began with is gone") from None
        disk.own(own, token_bytes(KEY_BYTES))
        return own.read_bytes()
    if version is None:
        work.note(sketch_key=key.version)
    return derive(key, domain=f"{work.code}:{work.run}", purpose="leak-sketch", length=KEY_BYTES)
