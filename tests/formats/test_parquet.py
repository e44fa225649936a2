"""Parquet as other programs read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongkai.formats import parquet as format


def test_arrow_reads_the_same(golden: pa.RecordBatch, written: Callable[..., Path]) -> None:
    assert pq.read_table(written(format, golden)).equals(pa.Table.from_batches([golden]))


@pytest.mark.parametrize("cut", [1, 7, 1000], ids=str)
def test_the_cut_of_the_stream_leaves_no_trace(cut: int, written: Callable[..., Path]) -> None:
    table = pa.record_batch({"号": range(1000)})
    whole = written(format, table).read_bytes()
    assert written(format, *(table.slice(start, cut) for start in range(0, 1000, cut))).read_bytes() == whole


def test_row_groups_have_a_fixed_size(written: Callable[..., Path]) -> None:
    table = pa.record_batch({"号": range(300_000)})
    metadata = pq.read_metadata(written(format, table.slice(0, 100_000), table.slice(100_000)))
    assert [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)] == [131_072, 131_072, 37_856]
    assert metadata.row_group(0).column(0).compression == "ZSTD"
