"""The drift guard 漂移监视: whether the values of a release still are what their columns were registered as.

A source may change under its columns: a code becomes a telephone, a department's name its clerk's. The guard looks at a sample
of the cleaned source while it streams by, and speaks only when the values by themselves show something more sensitive than
what was registered and approved. It reads values, never the header: the header has not changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from gongkai import identifiers, rules
from gongkai.batches import Batches
from gongkai.classify import fusion, values
from gongkai.classify.columns import Sample
from gongkai.classify.evidence import Evidence, Signal, Strength
from gongkai.classify.sampling import Sampler
from gongkai.errors import Reason
from gongkai.project import Project
from gongkai.registry.entry import Column, Entry

RULE = "drift.more_sensitive"
NOTHING_LEFT = frozenset({"redact", "suppress"})
"""Methods after which nothing of a value is left, whatever it was."""

_LEAST: dict[Strength, int] = {"checksum": 3, "shape": 3, "set": 2, "words": 8}
"""Distinct values that must show it; of few, names and places tell nothing. Dates and long texts are no proof of a person."""
_OF_PEOPLE = frozenset({"PERSON_NAME", "ADDRESS", "ETHNICITY", "MARITAL", "POLITICAL", "RELATION", "RELIGION"})
"""What only people have; illnesses, countries and divisions are written of other things too."""


class Watch:
    """Watches one run of an entry. ``waived``: pairs of a published column and an entity code, or a kind of the leak scan,
    that a person answered for.

    >>> import pyarrow as pa
    >>> from gongkai import documents
    >>> from gongkai.project import SHIPPED
    >>> example = Path(__file__).parents[1] / "registry" / "example.yml"
    >>> watch = Watch(Entry.model_validate(documents.read(example, "")[0]), SHIPPED)
    >>> rows = pa.record_batch({"status": ["13812345678", "13912345678", "13712345678"], "name": ["张伟", "李娜", "王芳"]})
    >>> [batch.num_rows for batch in watch.stage(iter([rows]))]
    [3]
    >>> print(*watch.reasons())
    drift.more_sensitive: values now look like 电话号码, registered as NONE (column status, 3 values)
    """

    def __init__(self, entry: Entry, project: Project, waived: Collection[tuple[str, str]] = ()) -> None:
        self._project, self._rules = project, rules.load(project)
        self._waived = frozenset(waived)
        self._columns = [column for column in entry.columns if _is_watched(column)]
        self._samplers = {column.name: Sampler() for column in self._columns}

    def stage(self, batches: Batches) -> Batches:
        """Passes the batches of cleaned source columns on as they are, and keeps a sample."""
        for batch in batches:
            for name, sampler in self._samplers.items():
                if name in batch.schema.names:
                    sampler.add(batch.column(name))
            yield batch

    def reasons(self) -> list[Reason]:
        """Why the release must wait, one for each column at most; asked after the last batch."""
        found = ((column, self._drift(column)) for column in self._columns)
        return [self._reason(column, *drift) for column, drift in found if drift is not None]

    def _drift(self, column: Column) -> tuple[Signal, int] | None:
        evidence = values.read(self._samplers[column.name].values(), self._project)
        telling = [signal for signal in evidence.signals if self._tells(signal, column, evidence)]
        if not telling:
            return None
        worst = min(telling, key=lambda signal: (fusion.level(signal.entity, self._rules), -signal.ratio, signal.entity))
        return worst, round(worst.ratio * evidence.count)

    def _tells(self, signal: Signal, column: Column, evidence: Evidence) -> bool:
        """Whether a signal is proof enough, and more sensitive than what was registered."""
        registered = column.entity or fusion.NONE
        if signal.entity not in self._rules.entities or not _proves(signal, evidence.count):
            return False
        if signal.strength != "checksum" and signal.entity in fusion.LOOKS_LIKE.get(registered, ()):
            return False
        more = fusion.level(signal.entity, self._rules) < fusion.level(registered, self._rules)
        return more and not self._is_waived(column.published, signal)

    def _is_waived(self, published: str, signal: Signal) -> bool:
        return any((published, answer) in self._waived for answer in (signal.entity, signal.by, f"old_{signal.by}"))

    def _reason(self, column: Column, signal: Signal, count: int) -> Reason:
        title = self._rules.entities[signal.entity].title
        message = f"values now look like {title}, registered as {column.entity or fusion.NONE}"
        return Reason(RULE, message, column.published, count)


def fingerprint(sample: Sample, project: Project) -> str:
    """SHA-256 of what a decision about the column was based on: name, comment, type, detectors, and what the values look like
    in coarse steps. It holds no value, and stays the same for other rows of the same kind.

    >>> import pyarrow as pa
    >>> from gongkai.project import SHIPPED
    >>> one, two = (Sample("no", values=pa.array([text])) for text in ("13812345678", "13912345678"))
    >>> other = Sample("no", values=pa.array(["A-1"]))
    >>> [fingerprint(one, SHIPPED) == fingerprint(each, SHIPPED) for each in (two, other)]
    [True, False]
    """
    evidence = Evidence() if sample.values is None else values.read(sample.values, project)
    sketch = sorted(f"{signal.entity}.{signal.by}={_step(signal.ratio)}" for signal in evidence.signals if _step(signal.ratio))
    told = [
        sample.name,
        sample.comment or "",
        sample.native or "",
        version(project),
        "values" if evidence.count else "",
        *sketch,
    ]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def version(project: Project) -> str:
    """SHA-256 over the sources of the detectors and the rule files they read: another one may decide otherwise."""
    return project.once(_version)


def _version(project: Project) -> str:
    digest = hashlib.sha256()
    lists = [path for pattern in ("values/*.yml", "headers/*.yml") for path in project.files("rules", pattern).values()]
    detectors = [path for package in (__file__, identifiers.__file__) for path in sorted(Path(package).parent.glob("*.py"))]
    for path in (*detectors, *lists):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _proves(signal: Signal, count: int) -> bool:
    """Whether enough of ``count`` distinct values show it, and it is something that only people have."""
    least = _LEAST.get(signal.strength)
    if least is None or not signal.counts or round(signal.ratio * count) < least:
        return False
    return signal.strength in ("checksum", "shape") or signal.entity in _OF_PEOPLE


def _step(ratio: float) -> int:
    """None, few, many or most of the values; wide steps, so that other rows of the same kind fall on the same one."""
    return sum(ratio >= bound for bound in (0.03, 0.5, 0.9))


def _is_watched(column: Column) -> bool:
    return column.publish and column.method not in NOTHING_LEFT
