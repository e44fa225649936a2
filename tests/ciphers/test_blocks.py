from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gongkai.ciphers.blocks import Words, encryptor

VECTORS = [
    # FIPS 197, appendix C
    ("aes", "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a"),
    (
        "aes", "000102030405060708090a0b0c0d0e0f1011121314151617", "00112233445566778899aabbccddeeff",
        "dda97ca4864cdfe06eaf70a0ec0d7191",
    ),
    (
        "aes", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "00112233445566778899aabbccddeeff",
        "8ea2b7ca516745bfeafc49904b496089",
    ),
    # GB/T 32907-2016, appendix A.1
    ("sm4", "0123456789abcdeffedcba9876543210", "0123456789abcdeffedcba9876543210", "681edf34d206965e86b3e94f536e4246"),
]  # fmt: skip


def words(text: str) -> Words:
    return np.frombuffer(bytes.fromhex(text), np.uint64)


@pytest.mark.parametrize(
    ("cipher", "key", "block", "expected"), VECTORS, ids=[f"{name}-{4 * len(key)}" for name, key, *_ in VECTORS]
)
def test_published_vectors(cipher: Any, key: str, block: str, expected: str) -> None:
    encrypt = encryptor(bytes.fromhex(key), cipher)
    assert encrypt(words(block)).tobytes().hex() == expected
    assert encrypt(words(block * 3)).tobytes().hex() == expected * 3


@pytest.mark.slow
def test_sm4_a_million_times() -> None:
    """GB/T 32907-2016, appendix A.2."""
    encrypt = encryptor(bytes.fromhex(VECTORS[-1][1]), "sm4")
    block = words(VECTORS[-1][2])
    for _ in range(1_000_000):
        block = encrypt(block)
    assert block.tobytes().hex() == "595298c7c6fd271f0402f804c33d3f66"
