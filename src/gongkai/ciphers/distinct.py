"""Blocks that never meet 互不相同的密文: a short value is a block of its own, and a block cipher is a permutation of blocks.

A block's first byte says how it is filled: 0x40 and the length, so many characters of ``0-9A-Za-z_-``, six bits each; 0x80 and
the length, the bytes of any other value. Zeros follow. So different values make different blocks, and under a key those stay
different. What fits neither way has its CMAC instead, which meets another block by chance only: n values, odds of n² / 2^129.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gongkai.ciphers import layout
from gongkai.ciphers.blocks import BLOCK, Bytes, Name, Words, big_endian, encryptor
from gongkai.ciphers.cmac import cmac

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"
CHARACTERS = 20
"""So many characters of six bits fill a block behind its first byte."""
_SIX_BITS, _WHOLE_BYTES = 0x40, 0x80
_NO_CODE = 0x40
_CODES = np.full(256, _NO_CODE, np.uint8)
_CODES[np.frombuffer(ALPHABET, np.uint8)] = range(len(ALPHABET))
_NO_CODES = np.uint32(0x40404040)
_KEEP = np.tri(CHARACTERS + 1, CHARACTERS, -1, dtype=np.uint8) * np.uint8(0xFF)
"""For every length 0-20, which bytes are the value's."""


def distinct_blocks(column: pa.Array, key: bytes, cipher: Name = "aes") -> Bytes:
    """16 bytes for every value, as ``uint8`` of shape ``(len(column), 16)``: different values, different bytes.

    That is certain for two values of up to 20 characters of ``0-9A-Za-z_-`` or of up to 15 UTF-8 bytes, and only improbable
    to fail where one is longer. Takes text and binary columns; a null is treated as an empty value. ``key`` has 16, 24 or 32
    bytes for AES, 16 for SM4; ValueError otherwise. TypeError for a column of another type.

    >>> distinct_blocks(pa.array(["A-1"]), bytes(16)).tobytes().hex()
    'b81db23b02460c7f8869432fddb93df8'
    >>> distinct_blocks(pa.array([1]), bytes(16))
    Traceback (most recent call last):
        ...
    TypeError: a cipher takes text or binary columns, not int64
    """
    encrypt = encryptor(key, cipher)
    written = np.empty((len(column), BLOCK), np.uint8)
    long = np.zeros(len(column), bool)
    for part in layout.parts(column):
        blocks, long[part.rows] = _packed(part)
        written[part.rows] = encrypt(blocks.view(np.uint64).ravel()).view(np.uint8).reshape(-1, BLOCK)
    if long.any():
        written[long] = cmac(layout.binary(column).filter(pa.array(long)), key, cipher)
    return written


def _packed(part: layout.Part) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """The blocks of a part's values, and which values fit none."""
    keep = _KEEP[np.minimum(part.lengths, CHARACTERS)]
    windows = part.windows(CHARACTERS) & keep
    codes = np.take(_CODES, windows) & keep
    coded = reduce(np.bitwise_or, codes.view(np.uint32).T) & _NO_CODES == 0
    coded &= part.lengths <= CHARACTERS
    blocks = _six_bits(codes, part.lengths)
    others = np.flatnonzero(~coded)
    lengths = part.lengths[others]
    blocks[others, 0] = _WHOLE_BYTES + np.minimum(lengths, BLOCK - 1)
    blocks[others, 1:] = windows[others, : BLOCK - 1]
    long = ~coded
    long[others] = lengths >= BLOCK
    return blocks, long


def _six_bits(codes: Bytes, lengths: layout.Integers) -> Bytes:
    """A byte of length, then the codes, the first one weighing most: 24 bits for every four of them, put together by halves."""
    fours = codes.view(">u4").astype(np.uint32)
    fours = fours & np.uint32(0x003F003F) | (fours & np.uint32(0x3F003F00)) >> np.uint32(2)
    fours = fours & np.uint32(0xFFF) | fours >> np.uint32(16) << np.uint32(12)
    first, second, third, fourth, fifth = (four.astype(np.uint64) for four in fours.T)
    words: Words = np.empty((len(codes), 2), np.uint64)
    words[:, 0] = (lengths + _SIX_BITS).astype(np.uint64) << np.uint64(56)
    words[:, 0] |= first << np.uint64(32) | second << np.uint64(8) | third >> np.uint64(16)
    words[:, 1] = third << np.uint64(48) | fourth << np.uint64(24) | fifth
    return big_endian(words).view(np.uint8)
