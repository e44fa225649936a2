"""Blocks of whole CSV lines into record batches: every column text, an empty unquoted cell null, a quoted one ``''``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias

import pyarrow as pa

from gongkai.batches import Batches
from gongkai.errors import DataError

Block: TypeAlias = tuple[bytes | bytearray, int]
"""Whole lines of UTF-8, and how many rows they are."""


def parse(
    blocks: Iterator[Block], names: Sequence[str], *, columns: Sequence[str] | None = None, delimiter: str = ","
) -> Batches:
    """One batch per block; while one is used, the next is already being parsed.

    ``names`` are the cells of a line, ``columns`` the ones wanted (default: all). DataError when a block holds other than
    the rows it says, or is not UTF-8.

    >>> block = '011,"两\\n行"\\n,""\\n'.encode()
    >>> next(parse(iter([(block, 2)]), ["a", "b"])).to_pylist()
    [{'a': '011', 'b': '两\\n行'}, {'a': None, 'b': ''}]
    >>> next(parse(iter([(block, 3)]), ["a", "b"]))
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: source.row_count: 3 lines were sent, 2 rows were read
    """
    read = _reader(names, columns or names, delimiter)
    with ThreadPoolExecutor(1, thread_name_prefix="csv") as pool:
        ahead: Future[pa.RecordBatch] | None = None
        for block in blocks:
            ahead, ready = pool.submit(read, block), ahead
            if ready is not None:
                yield ready.result()
        if ahead is not None:
            yield ahead.result()


def _reader(names: Sequence[str], columns: Sequence[str], delimiter: str) -> Any:
    import pyarrow.csv as csv

    # a reader's names may repeat nothing, so positions stand in for them
    wanted = [str(list(names).index(name)) for name in columns]
    options = {
        # a line that is empty is a row only where a row has one cell
        "parse_options": csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=len(names) > 1),
        "convert_options": csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.string()),
            include_columns=wanted,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    }
    schema = pa.schema([(name, pa.string()) for name in columns])

    def read(block: Block) -> pa.RecordBatch:
        content, rows = block
        reading = csv.ReadOptions(
            column_names=[str(place) for place in range(len(names))], use_threads=False, block_size=max(len(content), 1)
        )
        try:
            table = csv.read_csv(pa.BufferReader(content), read_options=reading, **options)
        except (pa.ArrowInvalid, UnicodeDecodeError):
            raise DataError.of("source.lines", "lines that are no valid CSV in UTF-8") from None
        if table.num_rows != rows:
            raise DataError.of("source.row_count", f"{rows} lines were sent, {table.num_rows} rows were read")
        arrays = [column.combine_chunks() for column in table.columns]
        return pa.RecordBatch.from_arrays([_one(array) for array in arrays], schema=schema)

    return read


def _one(array: Any) -> pa.Array:
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array
