"""Tokens 词元 of text and their keyed hashes, by array arithmetic over whole buffers of UTF-8: nothing is done value by value.

A token is a run of ASCII letters, digits and ``@._+-%``; a wide token is such a run with other letters (Han) in it. A hash is
64 bits: the token's words mixed under a key, then one AES block under a second key, so that nobody without the keys learns
anything from a hash or can make one.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes: TypeAlias = npt.NDArray[np.uint8]
Marks: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.int64]
Hashes: TypeAlias = npt.NDArray[np.uint64]

KEY_BYTES = 64
NARROW = 8
"""Bytes a token has at least, to be worth a look anywhere."""
WIDE = 16
"""Bytes a wide token has at least: five Han characters and a digit."""

_WORD = 8
_LONGEST = 32
"""Words of a token that are hashed; longer ones differ in these or in their length."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_KEEP = np.array([(1 << (8 * count)) - 1 for count in range(_WORD + 1)], np.uint64)
_ENDS = frozenset(b"._+-%")


class Hasher:
    """Keyed hashes; ``key`` has 64 bytes, half for mixing and half for AES-256.

    >>> hasher = Hasher(bytes(range(64)))
    >>> one, other, again = hasher.of(pa.array(["13812345678", "13812345679", "13812345678"])).tolist()
    >>> one == again, one == other
    (True, False)
    >>> Hasher(b"short")
    Traceback (most recent call last):
        ...
    ValueError: the key of a hasher has 64 bytes
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key of a hasher has {KEY_BYTES} bytes")
        self._seeds = np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little"))).integers(
            0, 1 << 64, _LONGEST + 1, np.uint64
        ) ^ np.resize(np.frombuffer(key[:32], "<u8"), _LONGEST + 1)
        self._key = key[32:]

    def of(self, texts: pa.Array) -> Hashes:
        """The hash of every text, null as the empty one."""
        data, starts, ends = layout(texts)
        return self.seal(self.mix(data, starts, ends))

    def mix(self, data: Bytes, starts: Places, ends: Places) -> Hashes:
        """The words from each start to each end, mixed: quick, and good enough to tell tokens apart, no more.

        ``data`` has at least eight spare bytes behind the last end.
        """
        windows: Any = np.ndarray((max(0, len(data) - _WORD + 1),), dtype="<u8", buffer=data, strides=(1,))
        lengths = ends - starts
        mixed: Hashes = lengths.astype(np.uint64) ^ self._seeds[_LONGEST]
        for place in range(min(_LONGEST, -(-int(lengths.max(initial=0)) // _WORD))):
            rest = lengths - place * _WORD
            if place and int(rest.min()) <= 0:
                running = np.flatnonzero(rest > 0)
                mixed[running] = self._step(mixed[running], windows[starts[running] + place * _WORD], rest[running], place)
            else:
                mixed = self._step(mixed, windows[starts + place * _WORD], rest, place)
        return mixed

    def _step(self, mixed: Hashes, words: Hashes, rest: Places, place: int) -> Hashes:
        words &= _KEEP[np.minimum(rest, _WORD)]
        words ^= self._seeds[place]
        words ^= mixed
        words *= _MIX
        words ^= words >> _HALF
        words *= _MIX
        return words

    def seal(self, mixed: Hashes) -> Hashes:
        """The hashes as they are stored and looked up: one AES block each."""
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        blocks = np.zeros((len(mixed) + 1, 2), np.uint64)
        blocks[:-1, 0] = mixed
        sealed = np.empty_like(blocks)
        # single independent blocks are wanted: equal tokens give equal hashes
        cipher = Cipher(algorithms.AES(self._key), modes.ECB()).encryptor()  # noqa: S305
        cipher.update_into(blocks.view(np.uint8).ravel()[:-16].data, sealed.view(np.uint8).ravel().data)
        return np.ascontiguousarray(sealed[:-1, 0])


def distinct(hashes: Hashes) -> Hashes:
    """The hashes sorted, each once.

    >>> distinct(np.array([3, 1, 3], np.uint64)).tolist()
    [1, 3]
    """
    hashes = np.sort(hashes)
    first = np.ones(len(hashes), bool)
    first[1:] = hashes[1:] != hashes[:-1]
    once: Hashes = hashes[first]
    return once


def layout(texts: pa.Array) -> tuple[Bytes, Places, Places]:
    """The bytes of a text column (eight spare ones at the end), and where each value begins and ends; null is empty."""
    texts = pc.fill_null(texts.cast(pa.large_string()), "")
    _, offsets, buffer = texts.buffers()
    bounds = np.zeros(1, np.int64)
    if len(texts):
        bounds = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.zeros(int(bounds[-1] - bounds[0]) + _WORD, np.uint8)
    if buffer is not None:
        data[:-_WORD] = np.frombuffer(buffer, np.uint8)[bounds[0] : bounds[-1]]
    bounds = bounds - bounds[0]
    return data, bounds[:-1], bounds[1:]


def lines(texts: pa.Array) -> Bytes:
    """The texts one under the other, with eight spare bytes at the end."""
    joined = pc.binary_join_element_wise(texts, "\n", "") if len(texts) else texts
    return layout(joined)[0]


def narrow(data: Bytes) -> tuple[Places, Places]:
    """Where the tokens of at least eight bytes begin and end; signs at their ends are not theirs.

    >>> data = np.frombuffer("电话0775-2823456。a@b.example.cn, 1.5".encode() + bytes(8), np.uint8)
    >>> [data[start:end].tobytes() for start, end in zip(*narrow(data))]
    [b'0775-2823456', b'a@b.example.cn']
    """
    starts, ends = _runs(_is_ascii(data))
    long = ends - starts >= NARROW
    starts, ends = _without_signs(data, starts[long], ends[long])
    long = ends - starts >= NARROW
    return starts[long], ends[long]


def wide(data: Bytes, shortest: int = WIDE) -> tuple[Places, Places]:
    """Where the tokens with letters beyond ASCII begin and end, of at least ``shortest`` bytes; full-width signs part them.

    >>> data = np.frombuffer("住址：北京市东城区东华门1号院，13812345678".encode() + bytes(8), np.uint8)
    >>> [data[start:end].tobytes().decode() for start, end in zip(*wide(data))]
    ['北京市东城区东华门1号院']
    """
    high = data >= 0x80
    if not high.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts, ends = _runs((_is_ascii(data) | high) & ~_is_wide_sign(data))
    long = ends - starts >= shortest
    starts, ends = _without_signs(data, starts[long], ends[long])
    count = np.concatenate([np.zeros(1, np.int32), np.cumsum(high, dtype=np.int32)])
    told = (ends - starts >= shortest) & (count[ends] > count[starts])
    return starts[told], ends[told]


def cut(data: Bytes, starts: Places, ends: Places) -> pa.Array:
    """The distinct tokens between these places, as text."""
    return pc.unique(between(data, starts, ends)).cast(pa.string())


def between(data: Bytes, starts: Places, ends: Places) -> pa.Array:
    """What stands from each start to each end, as large text; both ascending and not overlapping."""
    offsets = np.empty(2 * len(starts) + 1, np.int64)
    offsets[0:-1:2], offsets[1::2], offsets[-1] = starts, ends, len(data)
    both = pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    return both.take(pa.array(np.arange(0, len(offsets) - 1, 2)))


def _runs(inside: Marks) -> tuple[Places, Places]:
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    if inside[0]:
        edges = np.concatenate([[0], edges])
    if len(edges) % 2:
        edges = np.concatenate([edges, [len(inside)]])
    return edges[0::2], edges[1::2]


def _without_signs(data: Bytes, starts: Places, ends: Places) -> tuple[Places, Places]:
    """The same runs without signs at their ends, three at most on each side."""
    if not len(starts):
        return starts, ends
    for _ in range(3):
        starts = starts + (_is_end(data[starts]) & (starts < ends))
        ends = ends - (_is_end(data[ends - 1]) & (starts < ends))
    return starts, ends


def _is_ascii(data: Bytes) -> Marks:
    marks: Marks = ((data | 0x20) - np.uint8(ord("a")) < 26) | (data - np.uint8(ord("0")) < 10)
    for sign in (b"@", *(bytes([end]) for end in _ENDS)):
        marks |= data == sign[0]
    return marks


def _is_end(data: Bytes) -> Marks:
    marks: Marks = np.zeros(len(data), bool)
    for sign in _ENDS:
        marks |= data == sign
    return marks


def _is_wide_sign(data: Bytes) -> Marks:
    """The bytes of signs beyond ASCII: U+2000-20FF, U+3000-303F, and the full-width forms that are no letters or digits."""
    first, second, third = data[:-2], data[1:-1], data[2:]
    digit_or_letter = (third - np.uint8(0x90) < 10) | (third - np.uint8(0xA1) < 26)
    sign = ((first == 0xE2) & (second < 0x84)) | ((first == 0xE3) & (second == 0x80))
    sign |= (first == 0xEF) & (second == 0xBC) & ~digit_or_letter
    sign |= (first == 0xEF) & (second == 0xBD) & ((third == 0x80) | (third - np.uint8(0x9B) < 11))
    marks = np.zeros(len(data), bool)
    marks[:-2] |= sign
    marks[1:-1] |= sign
    marks[2:] |= sign
    return marks
