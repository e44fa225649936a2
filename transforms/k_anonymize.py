"""k_anonymize K匿名: quasi-identifiers 准标识符 become just coarse enough that every row is one of at least k that look alike.

Global recoding (Samarati, IEEE TKDE 13(6), 2001): each column takes one level of its ladder, the same for all rows, and of all
combinations of levels the one that loses least is taken (``gongkai.methods.recoding``): the best is found for sure.
Rows that still are one of too few, at most the share ``suppress``, stay with ``****`` in every treated cell. A missing value is
a value like any other, null at every level below the top.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from gongkai.batches import Batches
from gongkai.columns.logical_types import logical_type
from gongkai.disclosure import FULL_MASK, Disclosure
from gongkai.errors import DataError, Reason
from gongkai.methods.columns.plain import plain
from gongkai.methods.recoding.classes import Flags
from gongkai.methods.recoding.coding import Coder
from gongkai.methods.recoding.intake import Intake, check_present, take
from gongkai.methods.recoding.ladders import Kind, build, disclosure
from gongkai.methods.recoding.lattice import Lattice, Limits, Node
from gongkai.methods.recoding.loss import Loss, certainty, entropy
from gongkai.methods.recoding.outcome import summary, written
from gongkai.methods.recoding.spill import Spill
from gongkai.methods.recoding.unreachable import RULE, unreachable
from gongkai.methods.table import StagedTable, Treatment
from gongkai.project import SHIPPED, Project

TITLE = "K匿名"
VERSION = 1
BY_PERSON = True
TYPES = frozenset({"text", "integer", "decimal", "float", "boolean", "date", "datetime"})
_UNTREATED = "sensitive and person are columns that k_anonymize does not treat"
_WEIGHTS = "weights are numbers above 0 of columns that k_anonymize treats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """ValueError for values that hide nobody or contradict each other."""

    k: int
    """How many rows share each combination of treated values at least, or, where the entry names who a row is about, how many
    different persons; a row about nobody counts for nobody."""
    suppress: float = 0.0
    """The share of rows that may be suppressed."""
    l: int = 1  # noqa: E741 - the name the literature gives it
    """How many different values of each ``sensitive`` column stand behind one combination at least (distinct l-diversity)."""
    sensitive: tuple[str, ...] = ()
    """Published columns that are not treated."""
    weights: Mapping[str, float] | None = None
    """How much the loss of a treated column counts, 1 where nothing is said."""
    loss: Literal["certainty", "entropy"] = "certainty"
    """How the loss is measured."""

    def __post_init__(self) -> None:
        if self.k < 2:
            raise ValueError("k is at least 2")
        if not 0 <= self.suppress <= 1:
            raise ValueError("suppress is a share of the rows, from 0 to 1")
        if self.l < 1 or (self.l > 1) != bool(self.sensitive):
            raise ValueError("l is at least 1, and sensitive names columns where it is more")
        if self.loss not in ("certainty", "entropy"):
            raise ValueError("loss is certainty or entropy")
        if not all(0 < weight < math.inf for weight in (self.weights or {}).values()):
            raise ValueError(_WEIGHTS)


def stage(batches: Batches, params: Params, treatment: Treatment) -> Batches:
    """The rows in their order, the treated columns as coarser text. What was chosen is noted (``summary``).

    Raises ValueError where the parameters do not fit the columns, at once; ConfigError for a column that is not there;
    DataError ``k_anonymize.unreachable`` where no combination of levels is enough.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> table = pa.record_batch({"born": ["1990-03-07", "1990-03-28", "1990-07-01", "1991-02-03"], "note": list("abcd")})
    >>> with TemporaryDirectory() as folder:
    ...     given = Treatment(columns={"born": {}}, entities={"born": "DATE_OF_BIRTH"}, scratch=Path(folder))
    ...     [batch] = stage(iter([table]), Params(k=3, suppress=0.25), given)
    >>> batch.column("born").to_pylist()
    ['1990', '1990', '1990', '****']
    >>> Params(k=1)
    Traceback (most recent call last):
        ...
    ValueError: k is at least 2
    """
    _check(params, treatment.columns)
    if treatment.person in treatment.columns:
        raise ValueError(_UNTREATED)
    for name, given in treatment.columns.items():
        build(treatment.entities.get(name, ""), **given, project=treatment.project)
    return _run(batches, params, treatment)


def fits(params: Params, published: Sequence[str], treated: Mapping[str, Mapping[str, Any]]) -> None:
    """ValueError where the parameters do not fit the columns there are: ``treated`` ones among the ``published``, by name.

    >>> fits(Params(k=5, l=2, sensitive=("ilness",)), ["born", "illness"], {"born": {}})
    Traceback (most recent call last):
        ...
    ValueError: sensitive names published columns: born, illness
    """
    if not {*params.sensitive} <= {*published}:
        raise ValueError(f"sensitive names published columns: {', '.join(published)}")
    _check(params, treated)


def broken(params: Params, columns: Mapping[str, Mapping[str, Any]], staged: StagedTable) -> Iterator[Reason]:
    """Why the staged table is not ``k``-anonymous in these columns."""
    if few := staged.classes(list(columns), hidden=FULL_MASK, persons=True).below(params.k):
        yield Reason("kept.k_anonymize", f"are fewer than the {params.k} that have to look alike", "、".join(columns), few)


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
    project: Project = SHIPPED,
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
    build(entity, type, within=within, **given, project=project)
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
    project: Project = SHIPPED,
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
    return disclosure(build(entity, within=within, **given, project=project))


def _check(params: Params, treated: Mapping[str, Mapping[str, Any]]) -> None:
    if not treated:
        raise ValueError("k_anonymize treats at least one column")
    if {*params.sensitive} & {*treated}:
        raise ValueError(_UNTREATED)
    if {*(params.weights or {})} - {*treated}:
        raise ValueError(_WEIGHTS)


def _run(batches: Batches, params: Params, treatment: Treatment) -> Batches:
    first = next(batches, None)
    if first is None:
        return
    coders = _coders(first, params, treatment)
    others = pa.schema([field for field in first.schema if field.name not in coders])
    spill = Spill(treatment.scratch / "k_anonymize.arrow", others)
    try:
        intake = take(chain([first], batches), coders, spill, person=treatment.person, sensitive=params.sensitive)
        node, suppressed = _recoded(intake, params, treatment)
        yield from written(intake, node, suppressed, spill, first.schema.names)
    finally:
        spill.remove()


def _coders(first: pa.RecordBatch, params: Params, treatment: Treatment) -> dict[str, Coder]:
    """In the order of the batches, so that the order in which somebody named the columns decides nothing."""
    columns, entities = treatment.columns, treatment.entities
    person = [treatment.person] if treatment.person is not None else []
    check_present(first.schema, columns=list(columns), sensitive=params.sensitive, person=person)
    types = {name: logical_type(plain(first.column(name)[:0]).type) for name in first.schema.names if name in columns}
    made = partial(build, project=treatment.project)
    return {name: Coder(made(entities.get(name, "NONE"), type, **columns[name])) for name, type in types.items()}


def _recoded(intake: Intake, params: Params, treatment: Treatment) -> tuple[Node, Flags]:
    """The best node, and which of the finest classes are suppressed under it; counted once more, without the search's help."""
    rungs = intake.rungs.values()
    budget = math.floor(Fraction(repr(params.suppress)) * len(intake.places))
    loss = _loss(intake, params)
    lattice = Lattice(intake.finest, [each.groups for each in rungs], loss, Limits(params.k, budget, params.l))
    found = lattice.search()
    unit = "rows" if treatment.person is None else "persons"
    if found is None:
        raise unreachable(lattice, list(intake.rungs), [each.levels[-1] for each in rungs], unit)
    classes, places = lattice.at(found.levels)
    weak = lattice.weak(classes)
    if int(classes.rows[weak].sum()) != found.suppressed:
        raise DataError.of(RULE, "the recoding found does not hold when it is counted again")
    asked = {"k": params.k, "l": params.l, "suppress": params.suppress, "unit": unit}
    treatment.note(asked | summary(intake, found, loss))
    return found.levels, weak[places]


def _loss(intake: Intake, params: Params) -> Loss:
    weights = [(params.weights or {}).get(name, 1.0) for name in intake.rungs]
    rungs, finest = intake.rungs.values(), intake.finest
    if params.loss == "certainty":
        return certainty([each.shares for each in rungs], weights, len(intake.places))
    counts = [np.bincount(cells, finest.rows, len(each.groups[0])) for each, cells in zip(rungs, finest.cells, strict=True)]
    return entropy([each.groups for each in rungs], counts, weights)
