"""Why no recoding is enough 无法达到: the columns whose ladders end too early, and how far one could come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from gongkai.errors import DataError, Reason
from gongkai.methods.recoding.classes import Classes
from gongkai.methods.recoding.ladders import TOP
from gongkai.methods.recoding.lattice import Lattice, Limits

RULE = "k_anonymize.unreachable"


def unreachable(lattice: Lattice, names: Sequence[str], ends: Sequence[str], unit: str) -> DataError:
    """The error to raise where not even the top of a lattice holds. ``ends``: the last level of each column, ``unit``: rows or
    persons.

    It names the fewest columns that would have to reach ``*``, found by trying, the largest k within the budget, and how many
    rows stand in weak classes.
    """
    limits = lattice.limits
    coarsest, _ = lattice.at(lattice.top)
    rows, most = int(coarsest.rows[lattice.weak(coarsest)].sum()), largest(coarsest, limits)
    wanted = f"k = {limits.k}" + (f" with l = {limits.diversity}" if limits.diversity > 1 else "")
    reached = f"k = {most} would be reached" if most > 1 else "no k above 1 would be reached"
    message = (
        f"{wanted} is out of reach: at the coarsest levels {rows:,} of {int(coarsest.rows.sum()):,} rows stand in classes that "
        f"are too small, {limits.budget:,} may be suppressed; {reached}"
    )
    blocking = _blocking(lattice, [column for column, end in enumerate(ends) if end != TOP])
    if not blocking:
        return DataError(Reason(RULE, f"{message}; no ladder is to blame: all {unit} together are not enough"))
    means = "with * above it" if len(blocking) == 1 else "with * above each of these columns"
    return DataError(
        Reason(RULE, message),
        *(Reason(RULE, f"its ladder ends at {ends[each]}; {means} it would be reached", names[each]) for each in blocking),
    )


def largest(classes: Classes, limits: Limits) -> int:
    """The largest k these classes reach when at most the budget of rows is suppressed; 0 where diversity alone is too low.

    >>> three = Classes((), np.array([1, 4, 9]))
    >>> largest(three, Limits(5, budget=1)), largest(three, Limits(5, budget=5))
    (4, 9)
    """
    sizes = np.where(classes.weak(0, limits.diversity), 0, classes.sizes)
    order = np.argsort(sizes)
    beyond = np.cumsum(classes.rows[order]) > limits.budget
    return int(sizes[order][np.argmax(beyond)]) if beyond.any() else 0


def _blocking(lattice: Lattice, limited: Sequence[int]) -> tuple[int, ...]:
    """The fewest columns without which the coarsest levels hold; of equally few, all that do so alone."""
    if not _holds(lattice, limited):
        return ()
    alone = tuple(column for column in limited if _holds(lattice, [column]))
    several = (each for count in range(2, len(limited) + 1) for each in combinations(limited, count))
    return alone or next(each for each in several if _holds(lattice, each))


def _holds(lattice: Lattice, without: Sequence[int]) -> bool:
    classes, _ = lattice.at(lattice.top, without=without)
    return int(classes.rows[lattice.weak(classes)].sum()) <= lattice.limits.budget
