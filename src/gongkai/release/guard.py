"""What a run does so that nothing leaks 防泄露: the sketch of its values, canaries around the methods, and the key of both.

The scan itself is ``gongkai.leaks`` and knows neither rules nor plan; here it is told what it must know of them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING

import numpy as np

from gongkai import content, plugins
from gongkai import plan as plans
from gongkai.desensitize import stage as desensitize
from gongkai.errors import ConfigError, DataError, Refused
from gongkai.keys import Key, derive
from gongkai.keys import load as load_key
from gongkai.leaks.canaries import Canaries
from gongkai.leaks.columns import Column
from gongkai.leaks.originals import Listed
from gongkai.leaks.sketch import Collector, Sketch
from gongkai.leaks.tokens import KEY_BYTES, Hasher, Hashes
from gongkai.plan import ColumnPlan, Plan, methods
from gongkai.registry.entry import Entry
from gongkai.release.work import Work
from gongkai.rules import Rules
from gongkai.settings import Settings
from gongkai.stage import Batches, Stage
from gongkai.tally import Tally

if TYPE_CHECKING:
    from gongkai.bundle import Bundle

_OWN_KEY, _ALLOWED = "sketch.key", "allowed.bin"
_TOKEN_KEY = 16
_VERSION = "sketch_key"


class Guarded:
    """The methods of a plan with everything around them that watches them; ``close`` when the last row has passed."""

    def __init__(self, settings: Settings, work: Work, entry: Entry, decided: Plan, rules: Rules, key: Key | None) -> None:
        watched = columns(entry, decided, rules)
        self._own = _key(settings, work)
        self._collector = Collector(work.folder, watched, Hasher(self._own))
        later = {name for step in decided.steps for name in step.columns}
        passing = [column.name for column in decided.columns if column.published in later]
        beside = [*passing, *([decided.person] if decided.person is not None else [])]
        self._canaries = Canaries([column for column in watched if column.published not in later], beside=beside)
        self._decided, self._key = decided, key
        self._counted, self._made_up = Tally(), Tally()

    def stage(self, batches: Batches) -> Batches:
        """Gather the sketch, lay canaries, desensitize, look at what came out. Columns of whole-table methods pass by."""
        persons = self._own[:_TOKEN_KEY]
        flow: Stage = self._canaries.around(
            desensitize(self._decided, self._key, self._counted, persons),
            desensitize(self._decided, Key("canary", 1, token_bytes(32)), self._made_up, persons),
        )
        return flow(self._collector.stage(batches))

    def close(self, tally: Tally) -> None:
        """Write the sketch, and add to ``tally`` what was counted, but for the canaries."""
        self._collector.close()
        tally.rows_out += self._counted.rows_out - self._made_up.rows_out
        made_up = self._made_up.document()
        for column, counts in self._counted.document().items():
            for what, count in counts.items():
                tally.add(column, what, count - made_up.get(column, {}).get(what, 0))


def columns(entry: Entry, decided: Plan, rules: Rules) -> list[Column]:
    """Every column that is read, as the leak scan must know it: the published ones, a key, a watermark."""
    planned = {column.name: column for column in decided.columns}
    return [
        _published(planned[column.name], rules)
        if column.name in planned
        else Column(column.name, None, column.type, column.type, column.entity or "NONE", _group(column.entity, rules))
        for column in entry.columns
        if column.publish or column.key or column.name in (entry.source.load.watermark, entry.person)
    ]


def listed(settings: Settings, work: Work) -> Listed:
    """The sketch a run's first step left, and its columns; DataError where it is gone."""
    from gongkai import rules

    sketch = Sketch.open(work.folder, Hasher(_key(settings, work)))
    return Listed(sketch, columns(work.entry(), work.plan(), rules.load()))


def require_no_leak(settings: Settings, work: Work, made: Bundle) -> None:
    """Read the bytes of every file of a packaged release; Refused where one holds what must not be published."""
    from gongkai.leaks import files

    found = files.scan(
        made.folder,
        listed(settings, work).sketch,
        allowed=_read_allowed(work),
        reviewed=_reviewed(work),
        data=[name for name, file in made.files.items() if file.rows is not None],
    )
    if found:
        raise Refused(*(finding.reason() for finding in found))


def _read_allowed(work: Work) -> Hashes:
    try:
        return np.fromfile(work.folder / _ALLOWED, np.uint64)
    except FileNotFoundError:
        raise DataError.of("leak.sketch", "what the check let pass is missing: it has to run first") from None


def _reviewed(work: Work) -> list[str]:
    """What people wrote about the dataset and a reviewer approved: its entry, its plan, its expectations."""
    entry = work.read("entry.json")
    del entry["source"]
    for column in entry["columns"]:
        del column["clean"]  # what a cleaning was told may be values of rows
    documents = [json.dumps(document, ensure_ascii=False) for document in (entry, work.plan().public())]
    written = content.files("expectations", "*.yml")
    return [*documents, *(path.read_text(encoding="utf-8") for name, path in written.items() if name in _asked(work))]


def _asked(work: Work) -> tuple[str, str]:
    return "_common.yml", f"{work.code}.yml"


def write_allowed(work: Work, hashes: Hashes) -> None:
    """Leave for the scan of the files what the check found and let pass."""
    hashes.tofile(work.folder / _ALLOWED)


def _published(column: ColumnPlan, rules: Rules) -> Column:
    method = plugins.load("gongkai.transforms", column.method)
    left = plans.revealed(method, column.entity, methods.check(method, column.params)[0])
    group = _group(column.entity, rules)
    return Column(column.name, column.published, column.type, column.output, column.entity, group, column.method, left)


def _group(entity: str | None, rules: Rules) -> str:
    kind = rules.entities.get(entity or "NONE")
    return "sensitive" if kind is None else kind.group


def _key(settings: Settings, work: Work) -> bytes:
    """The key of this run's sketch: derived from the project's own, in the version it had when the run began, else a random one
    that dies with the run's folder."""
    own = work.folder / _OWN_KEY
    if own.is_file():
        return own.read_bytes()
    version = work.facts().get(_VERSION)
    try:
        key = load_key(settings, version=version)
    except ConfigError:
        if version is not None:  # under another key no value would be found again, and every one would pass
            raise DataError.of("leak.sketch", "the key that this run began with is gone") from None
        return _made(own)
    if version is None:
        work.note(**{_VERSION: key.version})
    return derive(key, domain=f"{work.code}:{work.run}", purpose="leak-sketch", length=KEY_BYTES)


def _made(path: Path) -> bytes:
    key = token_bytes(KEY_BYTES)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    return key
