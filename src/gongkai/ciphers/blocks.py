"""Block ciphers 分组密码 over many blocks at once: AES (FIPS 197), SM4 (GB/T 32907-2016). Blocks are pairs of 64-bit words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Name: TypeAlias = Literal["aes", "sm4"]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint64]
Encrypt: TypeAlias = Callable[[Words], Words]

BLOCK = 16
KEY_BYTES: dict[Name, int] = {"aes": 32, "sm4": 16}
"""How long a key to derive for each cipher."""
ROWS = 8_192
"""Rows laid side by side at once: their state stays in the processor's cache."""


def encryptor(key: bytes, cipher: Name = "aes") -> Encrypt:
    """What encrypts every block of an array of words; bytes stand in the words as in memory.

    ``key`` has 16, 24 or 32 bytes for AES, 16 for SM4; ValueError otherwise.

    >>> encrypt = encryptor(bytes.fromhex("0123456789abcdeffedcba9876543210"), "sm4")
    >>> encrypt(np.frombuffer(bytes.fromhex("0123456789abcdeffedcba9876543210"), np.uint64)).tobytes().hex()
    '681edf34d206965e86b3e94f536e4246'
    >>> encryptor(bytes(15))
    Traceback (most recent call last):
        ...
    ValueError: Invalid key size (120) for AES.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    algorithm = {"aes": algorithms.AES, "sm4": algorithms.SM4}[cipher](key)
    # the modes are those of our callers; ECB is only how the bare block cipher is reached
    context = Cipher(algorithm, modes.ECB()).encryptor()  # noqa: S305

    def encrypt(blocks: Words) -> Words:
        out = np.empty(blocks.nbytes + BLOCK, np.uint8)
        context.update_into(blocks.view(np.uint8).data, out.data)
        return out[:-BLOCK].view(np.uint64)

    return encrypt


def big_endian(words: Words) -> Words:
    """Words as numbers whose first byte weighs most, to or from the bytes as they stand in memory."""
    return words.astype(">u8").view(np.uint64)
