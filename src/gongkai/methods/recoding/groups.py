"""Groups of at least k similar records 近邻分组: the best ones of a single number, good ones of several.

Records are distinct and come with how many rows each stands for, so that equal rows are always in one group: who gets what
never hangs on the order of arrival.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]

MOST = 20_000
"""Records that MDAV takes at once: its time grows with their square."""
_CELLS = 1 << 20
"""Groups whose loss is computed at once."""


def univariate(values: Floats, counts: Integers, k: int) -> Integers:
    """The group of every value, such that of all ways to cut the values into runs the squared distances to the means are least.

    ``values`` rise strictly, ``counts`` add up to ``k`` or more. Where no value stands for several rows no other partition
    loses less (Domingo-Ferrer & Mateo-Sanz 2002). A shortest path over the places to cut finds it (Hansen & Mukherjee 2003), in
    O(n·k) time, many ends at a time: no group is one that could be cut in two. Running sums are taken about a nearby value, so
    that nothing cancels.

    >>> univariate(np.array([1.0, 2, 3, 10, 11, 50, 51]), np.ones(7, np.int64), 2).tolist()
    [0, 0, 0, 1, 1, 2, 2]
    """
    reach = np.concatenate([[0], np.cumsum(counts)])
    latest = np.searchsorted(reach, reach - k, side="right") - 1
    earliest = np.where(latest >= 0, latest[latest] + 1, 0)
    loss = np.full(len(reach), np.inf)
    loss[0] = 0
    cut = np.zeros(len(reach), np.int64)
    end = int(np.searchsorted(latest, 0))
    while end < len(reach):
        stop = min(int(np.searchsorted(latest, end)), end + max(1, _CELLS // (end - earliest[end])))
        starts, ends = np.arange(earliest[end], latest[stop - 1] + 1), np.arange(end, stop)
        costs = _costs(values, counts, reach, starts, ends) + loss[starts]
        costs[(starts > latest[ends, None]) | (starts < earliest[ends, None])] = np.inf
        best = np.argmin(costs, axis=1)
        loss[ends], cut[ends] = costs[np.arange(len(ends)), best], starts[best]
        end = stop
    return _runs(cut)


def _costs(values: Floats, counts: Integers, reach: Integers, starts: Integers, ends: Integers) -> Floats:
    """Squared distances to the mean, of the group from each start to each end: one row per end."""
    window = slice(starts[0], ends[-1])
    apart = values[window] - values[(starts[0] + ends[-1]) // 2]
    sums = np.concatenate([[0.0], np.cumsum(counts[window] * apart)])
    squares = np.concatenate([[0.0], np.cumsum(counts[window] * apart**2)])
    start, end = starts - starts[0], (ends - starts[0])[:, None]
    size = np.maximum(reach[ends, None] - reach[starts], 1)
    costs: Floats = np.maximum(squares[end] - squares[start] - (sums[end] - sums[start]) ** 2 / size, 0)
    return costs


def _runs(cut: Integers) -> Integers:
    """Group numbers, rising, from where the group that ends at each place begins."""
    begins = np.zeros(len(cut) - 1, np.int64)
    end = len(begins)
    while end:
        end = int(cut[end])
        begins[end] = 1
    return np.cumsum(begins) - 1


def multivariate(points: Floats, counts: Integers, k: int) -> Integers:
    """The group of every point, of shape ``(points, dimensions)`` in any units; ``counts`` add up to ``k`` or more.

    MDAV (Domingo-Ferrer & Torra 2005): a group about the point farthest from the centre, one about the point farthest from
    that, and again. Above ``MOST`` points it runs inside blocks of them, cut along the first principal component.

    >>> multivariate(np.array([[0.0, 0], [9, 9], [0, 1], [9, 8]]), np.ones(4, np.int64), 2).tolist()
    [0, 1, 0, 1]
    """
    scaled = standardized(points)
    blocks = min(-(-len(points) // MOST), max(1, len(points) // (2 * k)))
    if len(points) <= MOST or blocks == 1:
        return _mdav(scaled, counts, k)
    groups = np.empty(len(points), np.int64)
    found = 0
    for block in np.array_split(np.argsort(_along(scaled), kind="stable"), blocks):
        groups[block] = found + _mdav(scaled[block], counts[block], k)
        found = int(groups[block].max()) + 1
    return groups


def standardized(points: Floats, by: Floats | None = None) -> Floats:
    """Every dimension in its own standard deviations (those of ``by``): none counts for more because of its unit."""
    by = points if by is None else by
    spread = by.std(axis=0)
    return np.asarray((points - by.mean(axis=0)) / np.where(spread > 0, spread, 1))


def _along(points: Floats) -> Floats:
    """Each point's place along the first principal component, taken so roughly that every machine finds the same one."""
    direction = np.linalg.eigh(np.cov(points, rowvar=False))[1][:, -1]
    direction = np.round(direction * np.sign(direction[np.argmax(np.abs(direction))]), 6)
    return np.asarray(sum(points[:, each] * direction[each] for each in range(points.shape[1])))


def _mdav(points: Floats, counts: Integers, k: int) -> Integers:
    groups = np.empty(len(points), np.int64)
    left = np.arange(len(points))
    centres: list[Floats] = []

    def close(chosen: npt.NDArray[np.intp]) -> None:
        nonlocal left
        groups[left[chosen]] = len(centres)
        centres.append(_centre(points[left[chosen]], counts[left[chosen]]))
        left = np.delete(left, chosen)

    while counts[left].sum() >= 2 * k:
        far = left[np.argmax(_distances(points[left], _centre(points[left], counts[left])))]
        close(_nearest(_distances(points[left], points[far]), counts[left], k))
        if counts[left].sum() >= 2 * k:
            opposite = left[np.argmax(_distances(points[left], points[far]))]
            close(_nearest(_distances(points[left], points[opposite]), counts[left], k))
    if counts[left].sum() >= k:
        close(np.arange(len(left)))
    for each in left:  # fewer than k rows: only where a value of many rows closed a group
        groups[each] = np.argmin(_distances(np.array(centres), points[each]))
    return groups


def _distances(points: Floats, point: Floats) -> Floats:
    """Squared. Summed dimension by dimension: the same on every processor."""
    return np.asarray(sum((points[:, each] - point[each]) ** 2 for each in range(points.shape[1])))


def _centre(points: Floats, counts: Integers) -> Floats:
    return np.asarray((points * counts[:, None]).sum(axis=0) / counts.sum())


def _nearest(distances: Floats, counts: Integers, k: int) -> npt.NDArray[np.intp]:
    """The nearest points that together stand for ``k`` rows; of equally near ones the first."""
    few = min(k, len(distances)) - 1
    near = np.flatnonzero(distances <= np.partition(distances, few)[few])
    near = near[np.argsort(distances[near], kind="stable")]
    return near[: int(np.searchsorted(np.cumsum(counts[near]), k)) + 1]
