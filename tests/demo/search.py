"""Find any of very many secret values in every byte under a folder, plain or encoded, packed or not.

The needles' last eight bytes (six for the shortest) are laid side by side as numbers; the haystack is read as one number at
each of its bytes, and only where a number is among the needles' is a needle compared. Encodings are met from two sides:
character sets by encoding the needles, escapes by undoing them in the haystack.
"""

from __future__ import annotations

import base64
import gzip
import io
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

CHARSETS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
SHORTEST = 6
"""Bytes a needle must have. A name of two characters has four in GBK and UTF-16: chance would find it in any large file."""

_WIDE, _NARROW = 8, 6
_CHUNK = 1 << 22
_BITS = 24
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Where a value of which kind was found; never the value."""

    path: str
    place: str
    kind: str
    charset: str


class Needles:
    """Secret values by kind (``phone``, ``name``...), ready to be searched for."""

    def __init__(self, values: Mapping[str, Iterable[str]]) -> None:
        patterns: dict[bytes, tuple[str, str, str]] = {}
        for kind, texts in values.items():
            for text in set(texts):
                for charset in CHARSETS:
                    pattern = text.encode(charset)
                    # a Chinese name whose UTF-16 is letters and digits would be found in any pseudonym by chance
                    if len(pattern) >= SHORTEST and not (charset.startswith("utf-16") and pattern.isalnum()):
                        patterns.setdefault(pattern, (kind, charset, text))
        self.longest = max(map(len, patterns), default=0)
        self._wide = _Windows({p: what for p, what in patterns.items() if len(p) >= _WIDE}, _WIDE)
        self._narrow = _Windows({p: what for p, what in patterns.items() if len(p) < _WIDE}, _NARROW)

    def find(self, data: bytes) -> set[tuple[str, str, str]]:
        """Kind, character set and text of every needle in the data."""
        return self._wide.find(data, self.longest) | self._narrow.find(data, self.longest)


class _Windows:
    """Patterns by the number their last ``width`` bytes make."""

    def __init__(self, patterns: Mapping[bytes, tuple[str, str, str]], width: int) -> None:
        self._width = width
        self._mask = np.uint64((1 << (8 * width)) - 1)
        self._by_key: dict[int, list[tuple[bytes, tuple[str, str, str]]]] = {}
        for pattern, what in patterns.items():
            self._by_key.setdefault(int.from_bytes(pattern[-width:], "little"), []).append((pattern, what))
        self._keys = np.array(sorted(self._by_key), dtype=np.uint64)
        self._seen = np.zeros(1 << _BITS, dtype=bool)
        self._seen[_hash(self._keys)] = True

    def find(self, data: bytes, overlap: int) -> set[tuple[str, str, str]]:
        found: set[tuple[str, str, str]] = set()
        if not len(self._keys):
            return found
        for start in range(0, len(data), _CHUNK):
            found |= self._find(data[max(0, start - overlap) : start + _CHUNK])
        return found

    def _find(self, chunk: bytes) -> set[tuple[str, str, str]]:
        if len(chunk) < self._width:
            return set()
        padded = chunk + bytes(_WIDE)
        numbers = np.ndarray((len(chunk) - self._width + 1,), dtype="<u8", buffer=padded, strides=(1,)) & self._mask
        places = np.flatnonzero(self._seen[_hash(numbers)])
        numbers = numbers[places]
        nearest = np.minimum(np.searchsorted(self._keys, numbers), len(self._keys) - 1)
        hits = self._keys[nearest] == numbers
        found = set()
        for place, number in zip(places[hits].tolist(), numbers[hits].tolist(), strict=True):
            end = place + self._width
            found |= {what for pattern, what in self._by_key[number] if chunk.endswith(pattern, 0, end)}
        return found


def _hash(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return (numbers * _MIX) >> np.uint64(64 - _BITS)


def search(root: Path, needles: Needles, *, skip: Iterable[Path] = ()) -> list[Finding]:
    """Every place under ``root`` where a needle stands, files under ``skip`` left out."""
    left_out = tuple(skip)
    found: set[Finding] = set()
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or any(path.is_relative_to(folder) for folder in left_out):
            continue
        for place, content in contents(path):
            for how, data in views(content):
                where = " ".join(part for part in (place, how) if part)
                name = str(path.relative_to(root))
                found |= {Finding(name, where, kind, charset) for kind, charset, _ in needles.find(data)}
        found |= {
            Finding(str(path.relative_to(root)), "file name", kind, charset)
            for kind, charset, _ in needles.find(str(path.relative_to(root)).encode())
        }
    return sorted(found)


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """The file's own bytes, and what is packed in them: zip and gzip members, Parquet columns, SQLite cells."""
    data = path.read_bytes()
    yield from _unpacked("", data)
    if data[:4] == b"PAR1":
        yield from _parquet(path)
    if data[:16] == b"SQLite format 3\x00":
        yield from _sqlite(path)


def _unpacked(place: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield place, data
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield from _unpacked(f"{place}!{member.filename}", archive.read(member))
    elif data[:2] == b"\x1f\x8b":
        yield from _unpacked(f"{place}!gzip", gzip.decompress(data))
    elif data[:1] == b"\x78":
        with suppress(zlib.error):
            yield f"{place}!zlib", zlib.decompress(data)


def _parquet(path: Path) -> Iterator[tuple[str, bytes]]:
    """Column by column, dictionaries with what no row uses, and the footer's own texts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type) or pa.types.is_binary(field.type)]
        yield "footer", repr(file.metadata.to_dict()).encode() + repr(file.schema_arrow.metadata).encode()
    table = pq.read_table(path, read_dictionary=texts)
    for name in names:
        for chunk in table.column(name).chunks:
            values = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
            yield f"column {name}", b"\n".join(_bytes(value) for value in values.to_pylist())


def _sqlite(path: Path) -> Iterator[tuple[str, bytes]]:
    """Cell by cell: a long cell is cut over several pages of the file."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        tables = [name.decode() for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            cells = [cell for row in connection.execute(f'SELECT * FROM "{table}"') for cell in row if cell is not None]
            yield f"table {table}", b"\n".join(map(_bytes, cells))
            for cell in cells:
                if isinstance(cell, bytes) and cell[:1] in (b"\x78", b"\x1f", b"P"):
                    yield from _unpacked(f"table {table}", cell)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def views(data: bytes, *, depth: int = 2) -> Iterator[tuple[str, bytes]]:
    """The data as it stands, and with its escapes undone, one inside the other up to ``depth`` deep."""
    yield "", data
    if depth == 0:
        return
    for how, undo in _ESCAPES.items():
        undone = undo(data)
        if undone:
            for inner, view in views(undone, depth=depth - 1):
                yield f"{how} {inner}".strip(), view


def _percent(data: bytes) -> bytes:
    return _undone(data, _PERCENT, lambda hit: bytes([int(hit[1], 16)]))


def _json(data: bytes) -> bytes:
    return _undone(data, _JSON, lambda hit: _character(int(hit[1], 16)))


def _markup(data: bytes) -> bytes:
    return _undone(data, _MARKUP, lambda hit: _character(int(hit[1], 16) if hit[1] else int(hit[2])))


def _base64(data: bytes) -> bytes:
    """Every long enough run of base64 letters, decoded from each of its first four letters on."""
    parts = []
    for run in _BASE64_RUN.findall(data):
        letters = run.translate(_URL_SAFE)
        for start in range(4):
            tail = letters[start:]
            parts.append(base64.b64decode(tail + b"A" * (-len(tail) % 4)))  # what the filling adds is a byte or two of noise
    return b"\n".join(parts)


_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_JSON = re.compile(rb"\\+u([0-9A-Fa-f]{4})")
_MARKUP = re.compile(rb"&#(?:[xX]([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_AROUND = 512


def _undone(data: bytes, escape: re.Pattern[bytes], character: Callable[[re.Match[bytes]], bytes]) -> bytes:
    """The stretches around escapes with the escapes undone; nothing where there are none."""
    stretches: list[list[int]] = []
    for hit in escape.finditer(data):
        if stretches and hit.start() - _AROUND <= stretches[-1][1]:
            stretches[-1][1] = hit.end() + _AROUND
        else:
            stretches.append([max(0, hit.start() - _AROUND), hit.end() + _AROUND])
    return b"\n".join(escape.sub(character, data[start:end]) for start, end in stretches)


def _character(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass") if number < 0x110000 else b""


_ESCAPES = {"percent": _percent, "json": _json, "markup": _markup, "base64": _base64}
