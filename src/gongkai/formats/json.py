"""JSON: one array of objects in UTF-8 (RFC 8259); written by string kernels, read back by Arrow's RapidJSON."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from gongkai.batches import Batches
from gongkai.errors import DataError
from gongkai.formats import _json

VERSION = 1
MEDIA_TYPE = "application/json"
EXTENSION = "json"

_OPEN, _CLOSE = b"[\n", b"\n]\n"


def write(batches: Batches, sink: BinaryIO, schema: pa.Schema) -> None:
    """One array, each row an object on its own line. Raises DataError for numbers JSON has no sign for.

    >>> import io
    >>> sink = io.BytesIO()
    >>> batch = pa.record_batch({"编码": ["011", None]})
    >>> write(iter([batch]), sink, batch.schema)
    >>> print(sink.getvalue().decode(), end="")
    [
    {"编码": "011"},
    {"编码": null}
    ]
    """
    sink.write(_OPEN)
    first = True
    for rows in _json.objects(batches, before=",\n", after=""):
        sink.write(rows[2:] if first else rows)
        first = False
    sink.write(_CLOSE)


def read(path: Path, schema: pa.Schema) -> Batches:
    """The rows of a file ``write`` made; DataError when it is anything else."""
    if path.stat().st_size == len(_OPEN) + len(_CLOSE):
        if path.read_bytes() != _OPEN + _CLOSE:
            raise _broken()
        return
    with path.open("rb") as file:
        yield from _json.lines(_Elements(file), schema, "json")


class _Elements(io.RawIOBase):
    """The array's elements, one a line, without the brackets and commas around them, each of which is checked.

    No line ends inside a JSON string, so every line's end is an element's end.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._tail = b""  # read, and not yet a whole line
        self._ended = False
        if file.read(len(_OPEN)) != _OPEN:
            raise _broken()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        lines = b""
        while not lines and not self._ended:
            lines = self._next(size)
        return lines

    def _next(self, size: int) -> bytes:
        """The lines that are complete in the next ``size`` bytes."""
        block = self._file.read(size)
        self._tail += block
        if not block:
            self._ended = True
            return self._last()
        complete, separator, self._tail = self._tail.rpartition(b",\n")
        lines = complete + separator
        elements = lines.replace(b",\n", b"\n")
        if elements.count(b"\n") != len(lines) - len(elements):
            raise _broken()
        return elements

    def _last(self) -> bytes:
        element = self._tail.removesuffix(_CLOSE)
        if element == self._tail or b"\n" in element or not element:
            raise _broken()
        return element + b"\n"


def _broken() -> DataError:
    return DataError.of("format.unreadable", "json: not one array with an object on every line")
