"""What stands in a file 解包, as text: members of packages, cells of Parquet, what is compressed, whatever its name says.

Every piece comes with the kind of place it stood in: ``cell``, ``header``, ``sheet name``, ``metadata``, ``file name`` or
``paper`` (a text that goes with the data).
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.errors import DataError

CELL, HEADER, SHEET, METADATA, NAME, PAPER = "cell", "header", "sheet name", "metadata", "file name", "paper"
BLOCK = 1 << 20
_ROWS = 65_536
_PARQUET, _PACKAGE, _GZIP = b"PAR1", b"PK\x03\x04", b"\x1f\x8b"
_DATA = frozenset({".csv", ".json", ".jsonl", ".xml", ".tsv", ".txt"})
_DEEPEST = 3
"""Packages in packages that are opened; one that goes deeper is no release's."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some UTF-8 of a file, cut between values."""

    place: str
    content: bytes


def pieces(path: Path, *, paper: bool = False) -> Iterator[Piece]:
    """Everything that can be read in a file, its name first; DataError where it is packed in a way nobody can look into.

    ``paper``: whether it is a text that goes with the data, not the data.
    """
    yield Piece(NAME, path.name.encode())
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            if head == _PARQUET:
                yield from _parquet(path)
            else:
                yield from _opened(file, head, PAPER if paper else CELL, 0)
    except (zipfile.BadZipFile, zlib.error, pa.ArrowException, EOFError, RuntimeError, NotImplementedError) as error:
        raise DataError.of("leak.unreadable", f"{path.name} cannot be looked into ({type(error).__name__})") from None


def _opened(file: IO[bytes], head: bytes, place: str, depth: int) -> Iterator[Piece]:
    if depth > _DEEPEST:
        raise zipfile.BadZipFile
    if head == _PACKAGE:
        with zipfile.ZipFile(file) as package:
            yield from _package(package, depth)
    elif head[:2] == _GZIP:
        with gzip.open(file) as inner:
            yield from _opened_again(inner, place, depth)
    else:
        yield from _blocks(file, place)


def _opened_again(file: Any, place: str, depth: int) -> Iterator[Piece]:
    head = file.peek(4)[:4] if hasattr(file, "peek") else b""
    yield from _opened(file, head, place, depth + 1)


def _package(package: zipfile.ZipFile, depth: int) -> Iterator[Piece]:
    """Every member by what it is in a workbook, and what the package says of itself."""
    yield Piece(METADATA, package.comment)
    for member in package.infolist():
        yield Piece(NAME, member.filename.encode())
        yield Piece(METADATA, member.comment + b"\n" + member.extra)
        with package.open(member) as file:
            yield from _opened_again(file, _member_place(member.filename), depth)


def _member_place(name: str) -> str:
    if name.startswith("xl/worksheets/") or name.endswith("sharedStrings.xml"):
        return CELL
    return SHEET if name == "xl/workbook.xml" else METADATA


def _blocks(file: IO[bytes], place: str) -> Iterator[Piece]:
    """Pieces of a megabyte, cut at the end of a line or of a tag; of a table of cells the first line is its header."""
    if place == CELL:
        first = file.readline(BLOCK)
        yield Piece(HEADER if b"<" not in first and b"{" not in first else CELL, first)
    held = b""
    while block := file.read(BLOCK):
        held += block
        cut = max(held.rfind(b"\n"), held.rfind(b">"), held.rfind(b'"')) + 1
        if cut:
            yield Piece(place, held[:cut])
            held = held[cut:]
    yield Piece(place, held)


def _parquet(path: Path) -> Iterator[Piece]:
    """Column by column, with what a dictionary holds and no row uses; names, key-values, and the footer as it lies there."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False) as file:
        schema = file.schema_arrow
        yield Piece(HEADER, "\n".join(schema.names).encode())
        texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
        yield Piece(METADATA, "\n".join([str(file.metadata.created_by), str(schema.metadata)]).encode())
        for field in schema:
            yield Piece(METADATA, b"\n".join(part for pair in (field.metadata or {}).items() for part in pair))
    yield Piece(METADATA, b"\n".join(part for pair in (pq.read_metadata(path).metadata or {}).items() for part in pair))
    yield Piece(METADATA, _footer(path))
    with pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False) as file:
        for batch in file.iter_batches(_ROWS, use_threads=False):
            for column in batch.columns:
                yield Piece(CELL, _lines(column))


def _lines(column: pa.Array) -> bytes:
    values = column.dictionary if pa.types.is_dictionary(column.type) else column
    if not pa.types.is_binary(values.type):
        values = values.cast(pa.string())
    values = pc.unique(values.drop_null())
    return b"\n".join(values.cast(pa.binary()).to_pylist())


def _footer(path: Path) -> bytes:
    """The footer's own bytes: the smallest and largest values stand in it."""
    with path.open("rb") as file:
        file.seek(-8, 2)
        length = int.from_bytes(file.read(4), "little")
        file.seek(-8 - length, 2)
        return file.read(length)
