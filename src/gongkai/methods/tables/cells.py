"""Tables of counts as a reader sees them 统计表: cells, and the sums that bind them.

A cell is named by one label in each dimension. A line is all cells that differ in one dimension only; its sum is a cell of the
table, known from elsewhere, or unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Values: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Indices: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """``codes``: each cell's label in each dimension, as a number; ``shape``: how many labels there are; ``total``: the one for
    all of them, or -1.

    ``lines`` is a sparse matrix, one row per line that binds: 1 for a part, -1 for the total. ``closed`` says which lines have
    their total in the table, ``bound`` along which dimensions there are lines.
    """

    codes: Indices
    shape: tuple[int, ...]
    total: tuple[int, ...]
    lines: Any
    closed: Mask
    bound: tuple[bool, ...]


def read(dimensions: Sequence[pa.Array], totals: Sequence[str | None], *, assumed: bool) -> tuple[Cells, Indices]:
    """The cells in the order of their labels, and the row of each; those that share all labels stand side by side.

    ``assumed``: the sum of a line without total is known to the reader too, unless the line is a single cell.
    """
    coded = [_coded(column, total) for column, total in zip(dimensions, totals, strict=True)]
    codes = np.stack([each[0] for each in coded], axis=1)
    rows = np.lexsort(codes.T[::-1])
    codes, shape, total = codes[rows], tuple(each[1] for each in coded), tuple(each[2] for each in coded)
    return Cells(codes, shape, total, *_lines(codes, total, assumed=assumed)), rows


def again(cells: Cells) -> int:
    """How many cells have the labels of another."""
    return int((cells.codes[1:] == cells.codes[:-1]).all(axis=1).sum())


def parts(lines: Any, among: Indices) -> Iterator[tuple[Indices, Any]]:
    """The cells ``among`` which are bound to each other while all others stand still, and the lines between them."""
    from scipy import sparse

    within = between(lines, among)
    both = sparse.block_array([[None, within.T], [within, None]])
    count, label = sparse.csgraph.connected_components(both, directed=False)
    order = np.argsort(label, kind="stable")
    for part in np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1]):
        inside = part[part < len(among)]
        yield among[inside], within[part[part >= len(among)] - len(among)][:, inside]


def between(lines: Any, among: Indices) -> Any:
    """The lines that bind any of these cells, as far as they do."""
    within = lines[:, among]
    return within[np.diff(within.indptr) > 0]


def around(lines: Any, cell: int, most: int) -> Iterator[Indices]:
    """The cells about one that share a line with it, with those, and so on: up to ``most``, then all that are bound to it."""
    columns = lines.tocsc()
    near, wider = np.array([], np.int64), np.array([cell])
    while len(wider) > len(near):
        near = wider
        wider = np.unique(lines[np.unique(columns[:, near].indices)].indices).astype(np.int64)
        if len(near) <= most < len(wider) and len(near) > 1:
            yield near
    yield near


def _coded(column: pa.Array, total: str | None) -> tuple[Indices, int, int]:
    """Numbers of the labels in their order (null last), how many there are, and the number of the total."""
    text = column.cast(pa.string())
    labels = pc.unique(text.drop_null())
    labels = labels.take(pc.sort_indices(labels))
    codes = pc.fill_null(pc.index_in(text, labels), len(labels)).to_numpy(zero_copy_only=False).astype(np.int64)
    found = pc.index(labels, pa.scalar(total, pa.string())).as_py() if total is not None else -1
    return codes, len(labels) + (text.null_count > 0), found


def _lines(codes: Indices, total: tuple[int, ...], *, assumed: bool) -> tuple[Any, Mask, tuple[bool, ...]]:
    from scipy import sparse

    matrices, closed = [], []
    for dimension, label in enumerate(total):
        line = _numbered(np.delete(codes, dimension, axis=1))
        sums = codes[:, dimension] == label
        shape = (int(line.max(initial=-1)) + 1, len(codes))
        matrix = sparse.csr_array((np.where(sums, -1, 1), (line, np.arange(len(codes)))), shape, dtype=np.int64)
        addends = np.bincount(line[~sums], minlength=matrix.shape[0])
        summed = np.bincount(line[sums], minlength=matrix.shape[0]) > 0
        binds = (summed & (addends > 0)) | (assumed & ~summed & (addends > 1))
        matrices.append(matrix[binds])
        closed.append(summed[binds])
    lines = sparse.csr_array(sparse.vstack(matrices))
    return lines, np.concatenate(closed), tuple(len(each) > 0 for each in closed)


def _numbered(codes: Indices) -> Indices:
    """One number for each different row."""
    number = np.zeros(len(codes), np.int64)
    for column in codes.T:
        number = np.unique(number * (int(column.max(initial=0)) + 1) + column, return_inverse=True)[1]
    return number
