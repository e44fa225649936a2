"""Texts between tags 标签, found for all rows at once by array arithmetic instead of one parser event per tag.

A file with a million rows has tens of millions of tags; a parser that builds a tree of them needs minutes. Here a run of
whole rows is taken apart by the positions of ``<`` and ``>``, which in these formats stand nowhere but around tags, and every
tag is held against the one that belongs there. What is not exactly of that form is refused, so nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.errors import DataError
from gongkai.formats import _text

Places: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
Flags: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"

ROW_END = b"</row>"

_BLOCK = 2 << 20
_WITNESSED = 1 << 16
_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&#13;", "\r"), ("&amp;", "&"))  # the ampersand last
_AMPERSAND = frozenset(b"&")
_CONTROLS = frozenset(b"\t\n")  # a bare carriage return would be read as a line feed


class Markup:
    """The tags of a run of rows; tag ``n`` covers the bytes ``begins[n]`` to ``ends[n]``. DataError when it is no such run.

    >>> markup = Markup(b"<row><a>x</a></row>\\n<row><a></a></row>", "xml")
    >>> rows = markup.rows()
    >>> rows.tolist(), markup.between(markup.ends[rows + 1], markup.begins[rows + 2]).to_pylist()
    ([0, 4], ['x', ''])
    """

    def __init__(self, content: bytes, format: str) -> None:
        self.format = format
        self._content = content
        self.bytes = np.frombuffer(content, dtype=np.uint8)
        self.begins: Places = np.flatnonzero(self.bytes == ord("<"))
        self.ends: Places = np.flatnonzero(self.bytes == ord(">")) + 1
        self.expect(len(self.begins) == len(self.ends) and set(self.bytes[self.bytes < 0x20].tolist()) <= _CONTROLS)
        self.expect(content.startswith(b"<") and content.endswith(b">"))
        self.expect(bool((self.begins < self.ends).all() and (self.ends[:-1] <= self.begins[1:]).all()))

    def rows(self) -> Places:
        """The tags that open rows: the only ones whose name begins with ``r``."""
        return np.flatnonzero(self.bytes[self.begins + 1] == ord("r"))

    def tags(self, tags: Places) -> pa.Array:
        """These tags, as text."""
        return self.between(self.begins[tags], self.ends[tags])

    def between(self, starts: Places, stops: Places) -> pa.Array:
        """The bytes from each start to each stop as text; both ascending and not overlapping."""
        if not len(starts):
            return pa.array([], pa.string())
        self.expect(bool((starts <= stops).all() and (stops[:-1] <= starts[1:]).all()))
        offsets = np.empty(2 * len(starts), dtype=np.int32)
        offsets[0::2], offsets[1::2] = starts, stops
        both = pa.Array.from_buffers(pa.string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(self._content)])
        found = both.take(pa.array(np.arange(0, len(offsets) - 1, 2)))
        try:
            found.validate(full=True)
        except pa.ArrowInvalid:
            raise misplaced(self.format) from None
        return found

    def expect(self, holds: bool | pa.Array) -> None:
        """DataError unless it holds, for every row."""
        if not (holds if isinstance(holds, bool) else pc.all(holds, min_count=0).as_py()):
            raise misplaced(self.format)

    def expect_adjacent(self, tags: Places) -> None:
        """DataError where something stands between one of the tags and the next."""
        self.expect(bool((self.ends[tags] == self.begins[tags + 1]).all()))

    def expect_row_ends(self, rows: Places, tags: Places, gap: str) -> None:
        """DataError unless each of ``tags`` closes its row and is followed, after ``gap``, by the next row or by nothing."""
        self.expect(pc.equal(self.tags(tags), ROW_END.decode()))
        self.expect(bool((tags + 1 == np.append(rows[1:], len(self.begins))).all()))
        self.expect(pc.equal(self.between(self.ends[tags[:-1]], self.begins[rows[1:]]), gap))


class Document:
    """A file as what stands before its first row, runs of whole rows, and, once these are read, what stands after the last.

    >>> import io
    >>> document = Document(io.BytesIO(b"<a><row>1</row><row>2</row></a>"))
    >>> document.opening, list(document), document.ending
    (b'<a>', [b'<row>1</row><row>2</row>'], b'</a>')
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        held = b""
        while (start := held.find(b"<row")) < 0 and (block := file.read(_BLOCK)):
            held += block
        self.opening, self.ending = (held, b"") if start < 0 else (held[:start], held[start:])

    def __iter__(self) -> Iterator[bytes]:
        more = True
        while more:
            rows, end, self.ending = self.ending.rpartition(ROW_END)
            if end:
                yield rows + end
            more = bool(block := self._file.read(_BLOCK))
            self.ending += block


def first_rows(run: bytes) -> bytes:
    """Some rows from the beginning of a run: what fits into 64 KiB, and at least one."""
    end = run.rfind(ROW_END, 0, _WITNESSED)
    return run[: (end if end >= 0 else run.index(ROW_END)) + len(ROW_END)]


def unescape(column: pa.Array, format: str) -> pa.Array:
    """Text with its references resolved; DataError for a reference the writer has no reason to use.

    >>> unescape(pa.array(["a&lt;b", "&amp;lt;", None]), "xml").to_pylist()
    ['a<b', '&lt;', None]
    """
    if not _text.bytes_in(column, _AMPERSAND):
        return column
    known = sum(_occurrences(column, reference) for reference, _ in _REFERENCES)
    if known != _occurrences(column, "&"):
        raise misplaced(format)
    for reference, character in _REFERENCES:
        column = pc.replace_substring(column, reference, character)
    return column


def nulled(column: pa.Array, null: Flags) -> pa.Array:
    """The column with null where the flag stands."""
    return pc.if_else(pa.array(null), None, column) if null.any() else column


def parse(document: bytes, format: str) -> Any:
    """The root element of a small document, by libxml2; DataError when it is not well-formed."""
    from lxml import etree

    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise DataError.of("format.unreadable", f"{format}: is not well-formed ({type(error).__name__})") from None


@contextmanager
def refused(format: str) -> Iterator[None]:
    """A run with too few tags is misplaced, not a fault of the program."""
    try:
        yield
    except IndexError:
        raise misplaced(format) from None


def misplaced(format: str) -> DataError:
    return DataError.of("format.unreadable", f"{format}: rows or values are not where they belong")


def _occurrences(column: pa.Array, text: str) -> int:
    return int(pc.sum(pc.count_substring(column, text)).as_py() or 0)
