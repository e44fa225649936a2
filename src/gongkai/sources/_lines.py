"""The structure of a CSV file, checked before a parser sees it: RFC 4180, every row as wide as the header.

Parsers are lenient where rows get lost: a quote that never closes swallows the rest of a file, ``"a"b`` is read as ``ab``.
Here every quote, delimiter and line end of the file is looked at, a few MiB at a time, and what is wrong is named by its row
(the header is row 1, empty lines are none) and its line (an embedded line end makes rows and lines differ).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gongkai.errors import DataError
from gongkai.sources._csv import Block

LONGEST_ROW = 1 << 25
"""Bytes; a row that is longer is a quote that never closes."""

_QUOTE, _LF, _CR = b'"\n\r'
_Places = npt.NDArray[np.int64]


class Lines:
    """One CSV file: ``header`` at once, then ``blocks`` of whole rows.

    >>> lines = Lines(iter(["地址,地质\\n1,\\"两\\n行\\"\\n2,".encode(), b"b\\n"]), name="a.csv")
    >>> lines.header
    ['地址', '地质']
    >>> sum(rows for block, rows in lines.blocks())
    2
    >>> list(Lines(iter([b'a,b\\n1,"x"y\\n']), name="a.csv").blocks())
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: file.quoting: a.csv: row 2, line 2: a quote where none may stand
    """

    def __init__(self, chunks: Iterable[bytes], *, name: str, delimiter: str = ",") -> None:
        self._chunks = iter(chunks)
        self._name = name
        self._delimiter = delimiter
        self._rows, self._line = 0, 1
        self._held = b""
        self.header = self._read_header()

    def blocks(self) -> Iterator[Block]:
        """Whole rows after the header, with how many they are. DataError at the first row that is wrong."""
        content = self._held
        for chunk in self._chunks:
            content += chunk
            marks = self._marks(content)
            if len(marks.ends):
                end = int(marks.ends[-1]) + 1
                yield from self._block(content[:end], marks)
                content = content[end:]
            elif len(content) > LONGEST_ROW:
                raise self._fault("file.quoting", f"a row of more than {LONGEST_ROW >> 20} MiB: a quote is never closed")
        yield from self._rest(content)

    def _rest(self, content: bytes) -> Iterator[Block]:
        """The last row of a file that ends without a line end."""
        if content:
            content += b"\n"
            marks = self._marks(content)
            if not len(marks.ends) or marks.ends[-1] + 1 < len(content):
                raise self._fault("file.quoting", "a quote is never closed", rows=len(marks.ends))
            yield from self._block(content, marks)

    def _read_header(self) -> list[str]:
        for chunk in self._chunks:
            self._held += chunk
            marks = self._marks(self._held)
            if len(marks.ends) or len(self._held) > LONGEST_ROW:
                break
        else:
            self._held += b"\n"
            marks = self._marks(self._held)
        if not len(marks.ends):
            raise self._fault("file.quoting", "a quote is never closed")
        end = int(marks.ends[0]) + 1
        line, self._held = self._held[:end].decode(), self._held[end:]
        self._rows, self._line = 1, 1 + line.count("\n")
        try:
            return next(csv.reader([line], delimiter=self._delimiter, strict=True), [])
        except csv.Error:
            raise self._fault("file.header", "the header is no line of CSV") from None

    def _block(self, content: bytes, marks: _Marks) -> Iterator[Block]:
        starts = np.concatenate(([0], marks.ends[:-1] + 1))
        empty = marks.widths(starts) == 0
        cells = np.diff(np.searchsorted(marks.delimiters, marks.ends), prepend=0) + 1
        single = len(self.header) == 1
        ragged = np.flatnonzero((cells != len(self.header)) & ~empty)
        if len(ragged):
            at = int(ragged[0])
            message = f"{cells[at]} cells where the header has {len(self.header)}"
            raise self._fault(
                "file.ragged", message, rows=at - int(empty[:at].sum()) * (not single), before=content[: starts[at]]
            )
        rows = len(cells) if single else int((~empty).sum())
        yield content, rows
        self._rows += rows
        self._line += content.count(b"\n")

    def _marks(self, content: bytes) -> _Marks:
        marks = _Marks.of(content, ord(self._delimiter))
        for rule, message, place in marks.faults():
            before = content[:place]
            rows = int(np.searchsorted(marks.ends, place))
            start = int(marks.ends[rows - 1]) + 1 if rows else 0
            raise self._fault(rule, message, rows=rows, before=before if rule == "file.line_end" else content[:start])
        return marks

    def _fault(self, rule: str, message: str, *, rows: int = 0, before: bytes = b"") -> DataError:
        row, line = self._rows + rows + 1, self._line + before.count(b"\n")
        return DataError.of(rule, f"{self._name}: row {row}, line {line}: {message}")


@dataclass(frozen=True, slots=True)
class _Marks:
    """Where the bytes stand that give a CSV its structure; ``ends`` and ``delimiters`` are those outside quotes."""

    content: npt.NDArray[np.uint8]
    delimiter: int
    quotes: _Places
    ends: _Places
    delimiters: _Places
    returns: _Places

    @classmethod
    def of(cls, content: bytes, delimiter: int) -> _Marks:
        values = np.frombuffer(content, np.uint8)
        quotes = np.flatnonzero(values == _QUOTE)
        places = (np.flatnonzero(values == mark) for mark in (_LF, delimiter, _CR))
        ends, delimiters, returns = (_outside(found, quotes) for found in places)
        return cls(values, delimiter, quotes, ends, delimiters, returns)

    def faults(self) -> Iterator[tuple[str, str, int]]:
        """The first quote out of place, the first bare carriage return; one at the very end is judged with what follows."""
        opening, closing = self.quotes[0::2], self.quotes[1::2]
        wrong = [
            *self._not_after(opening, self.delimiter, _LF, _QUOTE),
            *self._not_before(closing, self.delimiter, _LF, _CR, _QUOTE),
        ]
        if wrong:
            yield "file.quoting", "a quote where none may stand", min(wrong)
        if bare := self._not_before(self.returns, _LF):
            yield "file.line_end", "a carriage return without a line feed", bare[0]

    def widths(self, starts: _Places) -> _Places:
        """Bytes of each row without its line end."""
        before = self.content[np.maximum(self.ends - 1, 0)]
        widths: _Places = self.ends - starts - ((before == _CR) & (self.ends > starts))
        return widths

    def _not_after(self, places: _Places, *allowed: int) -> list[int]:
        inner = places[places > 0]
        return _first(inner[~np.isin(self.content[inner - 1], allowed)])

    def _not_before(self, places: _Places, *allowed: int) -> list[int]:
        inner = places[places < len(self.content) - 1]
        return _first(inner[~np.isin(self.content[inner + 1], allowed)])


def _outside(places: _Places, quotes: _Places) -> Any:
    return places[np.searchsorted(quotes, places) % 2 == 0] if len(quotes) else places


def _first(places: _Places) -> list[int]:
    return [int(places[0])] if len(places) else []
