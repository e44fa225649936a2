"""k_anonymize K匿名: quasi-identifiers 准标识符 become just coarse enough that every row is one of at least k that look alike.

Global recoding (Samarati, IEEE TKDE 13(6), 2001): each column takes one level of its ladder (``_ladders``), the same for all
rows, and of all combinations of levels the one that loses least is taken (``_lattice``, ``_loss``): the best is found for sure.
Rows that still are one of too few, at most the share ``suppress``, stay with ``****`` in every treated cell. A missing value is
a value like any other, null at every level below the top.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from gongkai.disclosure import Disclosure
from gongkai.errors import DataError
from gongkai.schema import logical_type
from gongkai.stage import Batches

from ._classes import Flags
from ._coding import Coder
from ._intake import Intake, check_present, take
from ._ladders import Kind, build, disclosure
from ._lattice import Lattice, Limits, Node
from ._loss import Loss, certainty, entropy
from ._outcome import summary, written
from ._plain import plain
from ._spill import Spill
from ._unreachable import RULE, unreachable

TITLE = "K匿名"
TYPES = frozenset({"text", "integer", "decimal", "float", "boolean", "date", "datetime"})


def stage(
    batches: Batches,
    *,
    columns: Mapping[str, Mapping[str, Any]],
    entities: Mapping[str, str],
    scratch: Path,
    note: Callable[[dict[str, Any]], None] | None = None,
    k: int,
    suppress: float = 0.0,
    l: int = 1,  # noqa: E741 - the name the literature gives it
    sensitive: tuple[str, ...] = (),
    weights: dict[str, float] | None = None,
    loss: Literal["certainty", "entropy"] = "certainty",
    person: str | None = None,
) -> Batches:
    """The rows in their order, the treated columns as coarser text.

    ``columns``: the parameters (those of ``reveals``) of each treated column; ``entities``: its entity. ``k``: how many rows
    share each combination of treated values at least, or, with ``person``, how many different values of that column; a row
    without one counts for nobody. ``suppress``: the share of rows that may be suppressed. ``l``: how many different values of
    each ``sensitive`` column stand behind one combination at least (distinct l-diversity). ``weights``: how much the loss of a
    column counts, 1 where nothing is said; ``loss``: how it is measured (``_loss``). ``note`` is told once, in JSON values,
    what was chosen (``summary``).

    Raises ValueError for wrong parameters, at once; ConfigError for a column that is not there; DataError
    ``k_anonymize.unreachable`` where no combination of levels is enough.

    >>> from tempfile import TemporaryDirectory
    >>> table = pa.record_batch({"born": ["1990-03-07", "1990-03-28", "1990-07-01", "1991-02-03"], "note": list("abcd")})
    >>> given = {"columns": {"born": {}}, "entities": {"born": "DATE_OF_BIRTH"}}
    >>> with TemporaryDirectory() as folder:
    ...     [batch] = stage(iter([table]), **given, scratch=Path(folder), k=3, suppress=0.25)
    >>> batch.column("born").to_pylist()
    ['1990', '1990', '1990', '****']
    >>> stage(iter([table]), **given, scratch=Path(), k=1)
    Traceback (most recent call last):
        ...
    ValueError: k is at least 2
    """
    counts = dict.fromkeys(columns, 1.0) | (weights or {})
    job = _Job(columns, entities, scratch, note, k, suppress, l, sensitive, counts, loss, person)
    _check(job)
    return _run(batches, job)


def fits(
    published: Sequence[str],
    treated: Sequence[str],
    *,
    k: int,
    suppress: float = 0.0,
    l: int = 1,  # noqa: E741 - the name the literature gives it
    sensitive: tuple[str, ...] = (),
    weights: dict[str, float] | None = None,
) -> None:
    """ValueError where these parameters do not fit the columns there are, by name: ``treated`` ones among the ``published``.

    >>> fits(["born", "illness"], ["born"], k=5, l=2, sensitive=("ilness",))
    Traceback (most recent call last):
        ...
    ValueError: sensitive names published columns: born, illness
    """
    if not {*sensitive} <= {*published}:
        raise ValueError(f"sensitive names published columns: {', '.join(published)}")
    counts = dict.fromkeys(treated, 1.0) | (weights or {})
    columns: dict[str, dict[str, Any]] = {name: {} for name in treated}
    _check(_Job(columns, {}, Path(), None, k, suppress, l, sensitive, counts, "certainty", None))


def output(
    type: str,
    *,
    entity: str = "",
    ladder: Kind | None = None,
    finest: str | None = None,
    coarsest: str | None = None,
    widths: list[float] | None = None,
    hierarchy: str | None = None,
    within: str | None = None,
) -> str:
    """Text, always; ValueError where a column of that type cannot climb that ladder. ``entity``: what it holds, where known.

    >>> output("date"), output("integer", widths=[5, 10])
    ('text', 'text')
    >>> output("integer", ladder="date")
    Traceback (most recent call last):
        ...
    ValueError: ladder date takes text, date, datetime, not integer
    """
    given: dict[str, Any] = {"ladder": ladder, "finest": finest, "coarsest": coarsest, "widths": widths, "hierarchy": hierarchy}
    build(entity, type, within=within, **given)
    return "text"


def reveals(
    entity: str,
    *,
    ladder: Kind | None = None,
    finest: str | None = None,
    coarsest: str | None = None,
    widths: list[float] | None = None,
    hierarchy: str | None = None,
    within: str | None = None,
) -> Disclosure:
    """What the finest level leaves that the search may choose; its part ``value`` says that a value may come out whole.

    ``ladder``: chosen by the entity, else by the column's type, where none is named. ``finest`` and ``coarsest``: the levels it
    ends at. ``widths`` of the ranges of ``number``: 5, 10, 20, 40 years of an age, else powers of ten from 10. ``hierarchy``:
    the name of the file of ``file``. ``within``: the city that an ``address`` is in where it names none.

    >>> reveals("DATE_OF_BIRTH").first, reveals("DATE_OF_BIRTH", finest="year").first, reveals("AGE", widths=[10, 20]).width
    (7, 4, 10.0)
    >>> reveals("ADDRESS_REGION", finest="village")
    Traceback (most recent call last):
        ...
    ValueError: finest is one of county, city, province, *
    """
    given: dict[str, Any] = {"ladder": ladder, "finest": finest, "coarsest": coarsest, "widths": widths, "hierarchy": hierarchy}
    return disclosure(build(entity, within=within, **given), entity, within)


@dataclass(frozen=True, slots=True)
class _Job:
    """What was asked for; ``weights`` of every column."""

    columns: Mapping[str, Mapping[str, Any]]
    entities: Mapping[str, str]
    scratch: Path
    note: Callable[[dict[str, Any]], None] | None
    k: int
    suppress: float
    diversity: int
    sensitive: tuple[str, ...]
    weights: Mapping[str, float]
    loss: str
    person: str | None


def _check(job: _Job) -> None:
    if not job.columns:
        raise ValueError("k_anonymize treats at least one column")
    if job.k < 2:
        raise ValueError("k is at least 2")
    if not 0 <= job.suppress <= 1:
        raise ValueError("suppress is a share of the rows, from 0 to 1")
    if job.diversity < 1 or (job.diversity > 1) != bool(job.sensitive):
        raise ValueError("l is at least 1, and sensitive names columns where it is more")
    if job.loss not in ("certainty", "entropy"):
        raise ValueError("loss is certainty or entropy")
    if {*job.sensitive, job.person} & {*job.columns}:
        raise ValueError("sensitive and person are columns that k_anonymize does not treat")
    if {*job.weights} - {*job.columns} or not all(0 < weight < math.inf for weight in job.weights.values()):
        raise ValueError("weights are numbers above 0 of columns that k_anonymize treats")
    for name, given in job.columns.items():
        build(job.entities.get(name, ""), **given)


def _run(batches: Batches, job: _Job) -> Batches:
    first = next(batches, None)
    if first is None:
        return
    coders = _coders(first, job)
    others = pa.schema([field for field in first.schema if field.name not in coders])
    spill = Spill(job.scratch / "k_anonymize.arrow", others)
    try:
        intake = take(chain([first], batches), coders, spill, person=job.person, sensitive=job.sensitive)
        node, suppressed = _recoded(intake, job)
        yield from written(intake, node, suppressed, spill, first.schema.names)
    finally:
        spill.remove()


def _coders(first: pa.RecordBatch, job: _Job) -> dict[str, Coder]:
    """In the order of the batches, so that the order in which somebody named the columns decides nothing."""
    person = [job.person] if job.person is not None else []
    check_present(first.schema, columns=list(job.columns), sensitive=job.sensitive, person=person)
    types = {name: logical_type(plain(first.column(name)[:0]).type) for name in first.schema.names if name in job.columns}
    return {name: Coder(build(job.entities.get(name, "NONE"), type, **job.columns[name])) for name, type in types.items()}


def _recoded(intake: Intake, job: _Job) -> tuple[Node, Flags]:
    """The best node, and which of the finest classes are suppressed under it; counted once more, without the search's help."""
    rungs = intake.rungs.values()
    budget = math.floor(Fraction(repr(job.suppress)) * len(intake.places))
    loss = _loss(intake, job)
    lattice = Lattice(intake.finest, [each.groups for each in rungs], loss, Limits(job.k, budget, job.diversity))
    found = lattice.search()
    unit = "rows" if job.person is None else "persons"
    if found is None:
        raise unreachable(lattice, list(intake.rungs), [each.levels[-1] for each in rungs], unit)
    classes, places = lattice.at(found.levels)
    weak = lattice.weak(classes)
    if int(classes.rows[weak].sum()) != found.suppressed:
        raise DataError.of(RULE, "the recoding found does not hold when it is counted again")
    if job.note is not None:
        asked = {"k": job.k, "l": job.diversity, "suppress": job.suppress, "unit": unit}
        job.note(asked | summary(intake, found, loss))
    return found.levels, weak[places]


def _loss(intake: Intake, job: _Job) -> Loss:
    rungs, weights = intake.rungs.values(), [job.weights[name] for name in intake.rungs]
    if job.loss == "certainty":
        return certainty([each.shares for each in rungs], weights, len(intake.places))
    finest = intake.finest
    counts = [np.bincount(cells, finest.rows, len(each.groups[0])) for each, cells in zip(rungs, finest.cells, strict=True)]
    return entropy([each.groups for each in rungs], counts, weights)
