"""CMAC 分组密码消息鉴别码 of a whole column over AES or SM4: one cipher call per block position, not per value.

NIST SP 800-38B and RFC 4493 (AES), GB/T 15852.1-2020 MAC algorithm 5 (with SM4). Rows are laid side by side, longest first;
block *j* of every row that has one is gathered into one buffer, mixed with the running state and encrypted in one call.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from gongkai.ciphers import layout
from gongkai.ciphers.blocks import BLOCK, Bytes, Encrypt, Name, Words, encryptor


def cmac(column: pa.Array, key: bytes, cipher: Name = "aes") -> Bytes:
    """The 16-byte CMAC of every value's UTF-8 bytes, as ``uint8`` of shape ``(len(column), 16)``.

    Takes text and binary columns; a null is treated as an empty value: the caller keeps the nulls. ``key`` has 16, 24 or
    32 bytes for AES, 16 for SM4; ValueError otherwise. TypeError for a column of another type.

    >>> cmac(pa.array([""]), bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")).tobytes().hex()
    'bb1d6929e95937287fa37d129b756746'
    >>> cmac(pa.array([1, 2]), bytes(16))
    Traceback (most recent call last):
        ...
    TypeError: a cipher takes text or binary columns, not int64
    """
    encrypt = encryptor(key, cipher)
    finish = _last_block_tables(encrypt)
    digests = np.empty((len(column), BLOCK), np.uint8)
    for part in layout.parts(column):
        chain = _unequal if part.length is None else _equal
        digests[part.rows] = chain(encrypt, part, *finish)
    return digests


def _equal(encrypt: Encrypt, part: layout.Part, keep: Words, mix: Words) -> Bytes:
    """The chains of rows that are all equally long."""
    last = max(0, int(part.lengths[0]) - 1) // BLOCK
    rest = int(part.lengths[0]) - last * BLOCK
    state = np.zeros(0, np.uint64)
    for position in range(last + 1):
        block = part.windows(BLOCK, position * BLOCK).view(np.uint64)
        if position == last:
            for half in (0, 1):
                block[:, half] &= keep[rest, half]
                block[:, half] ^= mix[rest, half]
        block = block.ravel()
        if position:
            block ^= state
        state = encrypt(block)
    return state.view(np.uint8).reshape(-1, BLOCK)


def _unequal(encrypt: Encrypt, part: layout.Part, keep: Words, mix: Words) -> Bytes:
    """The chains of any rows, ordered so that those still running come first."""
    blocks = np.maximum((part.lengths + (BLOCK - 1)) // BLOCK, 1)
    order = np.argsort(-blocks, kind="stable")
    blocks = blocks[order]
    rest = part.lengths[order] - (blocks - 1) * BLOCK
    state = np.zeros((len(blocks), 2), np.uint64)
    for position in range(int(blocks[0])):
        running = int(np.searchsorted(-blocks, -position, side="left"))
        ending = int(np.searchsorted(-blocks, -position - 1, side="left"))
        block = part.windows(BLOCK, position * BLOCK, order[:running]).view(np.uint64)
        block[ending:] &= _pick(keep, rest[ending:running])
        block[ending:] ^= _pick(mix, rest[ending:running])
        block ^= state[:running]
        state[:running] = encrypt(block.ravel()).reshape(-1, 2)
    digests = np.empty((len(blocks), BLOCK), np.uint8)
    digests[order] = state.view(np.uint8)
    return digests


def _pick(table: Words, rows: layout.Integers) -> Words:
    picked: Words = table.view(np.complex128)[rows].view(np.uint64)
    return picked


def _last_block_tables(encrypt: Encrypt) -> tuple[Words, Words]:
    """For every length 0-16 of a last block: which of its bytes count, and padding mixed with the subkey (RFC 4493, 2.3)."""
    first = _double(encrypt(np.zeros(2, np.uint64)).tobytes())
    second = _double(first)
    keep = np.zeros((BLOCK + 1, BLOCK), np.uint8)
    mix = np.empty((BLOCK + 1, BLOCK), np.uint8)
    for length in range(BLOCK + 1):
        keep[length, :length] = 0xFF
        mix[length] = np.frombuffer(first if length == BLOCK else second, np.uint8)
        if length < BLOCK:
            mix[length, length] ^= 0x80
    return keep.view(np.uint64), mix.view(np.uint64)


def _double(block: bytes) -> bytes:
    """Multiply by x in GF(2^128)."""
    number = int.from_bytes(block) << 1
    return ((number ^ 0x87) & ((1 << 128) - 1) if number >> 128 else number).to_bytes(BLOCK)
