"""The encoding of a text file 编码, proved over every byte of it; never guessed from its head."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from gongkai.errors import DataError

PROVED = ("utf-8", "gbk", "gb18030")
"""What is tried, in order, where nothing is declared: each is far stricter than the next."""

_CHINESE = frozenset({"gbk", "gb18030"})
_CHUNK = 1 << 22
_BOM = "\ufeff"


def prove(file: BinaryIO, declared: str, *, name: str) -> str:
    """The encoding that decodes every byte of the file: the declared one, or with ``prove`` the first of ``PROVED`` that does.

    DataError, naming the line where decoding ends, when there is none (``file.encoding``) or when the file holds NUL bytes
    (``file.nul``): then it is UTF-16, or no text at all.

    >>> import io
    >>> prove(io.BytesIO("姓名\\n张三".encode("gbk")), "prove", name="a.csv")
    'gbk'
    >>> prove(io.BytesIO(b"a\\nb\\xff\\n"), "prove", name="a.csv")
    Traceback (most recent call last):
        ...
    gongkai.errors.DataError: file.encoding: a.csv: neither UTF-8 nor GBK nor GB18030, from line 2 on
    """
    _refuse_nul(file, name)
    candidates = PROVED if declared == "prove" else (declared,)
    furthest = 0
    if declared in _CHINESE and _failure(file, "ascii") is not None and _failure(file, "utf-8") is None:
        # its bytes may well decode as Chinese too, into other characters
        raise DataError.of("file.encoding", f"{name}: declared {declared}, but all of it is UTF-8; declare that, or nothing")
    for encoding in candidates:
        failed = _failure(file, encoding)
        if failed is None:
            return encoding
        furthest = max(furthest, failed)
    said = "neither UTF-8 nor GBK nor GB18030" if declared == "prove" else f"not {declared}, as was declared"
    raise DataError.of("file.encoding", f"{name}: {said}, from line {_line(file, furthest)} on")


def utf8(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """The whole file as chunks of UTF-8 without a byte order mark; call ``prove`` first.

    >>> import io
    >>> b"".join(utf8(io.BytesIO("\\ufeff地址".encode()), "utf-8")).decode()
    '地址'
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    first = True
    for chunk in _chunks(file):
        text = decoder.decode(chunk)
        if first and text:
            text, first = text.removeprefix(_BOM), False
        yield text.encode()
    yield decoder.decode(b"", final=True).encode()


def _failure(file: BinaryIO, encoding: str) -> int | None:
    """The offset of the first byte that does not decode."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    for chunk in _chunks(file):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return offset - held + error.start
        offset += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return offset
    return None


def _refuse_nul(file: BinaryIO, name: str) -> None:
    offset = 0
    for chunk in _chunks(file):
        if (place := chunk.find(b"\0")) >= 0:
            line = _line(file, offset + place)
            raise DataError.of("file.nul", f"{name}: a NUL byte in line {line}; it is UTF-16 or no text file, save it as UTF-8")
        offset += len(chunk)


def _line(file: BinaryIO, offset: int) -> int:
    """The number of the line a byte lies in."""
    line = 1
    for chunk in _chunks(file):
        line += chunk[:offset].count(b"\n")
        offset -= len(chunk)
        if offset <= 0:
            break
    return line


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk
