"""HMAC-SM3 of a whole column: RFC 2104 over the hash of GB/T 32905-2016 (密码杂凑算法), as in GM/T 0042-2015.

A hash cannot be laid side by side as a block cipher can, so each distinct value is hashed once, from a copy of the keyed state.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.ciphers.blocks import Bytes
from gongkai.ciphers.layout import binary

DIGEST = 32


def hmac_sm3(column: pa.Array, key: bytes) -> Bytes:
    """The 32-byte HMAC-SM3 of every value's UTF-8 bytes, as ``uint8`` of shape ``(len(column), 32)``.

    Takes text and binary columns; a null is treated as an empty value: the caller keeps the nulls. ``key`` has at least
    16 bytes; ValueError otherwise. TypeError for a column of another type.

    >>> hmac_sm3(pa.array(["Hi There"]), b"\\x0b" * 32).tobytes().hex()
    'c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e'
    >>> hmac_sm3(pa.array(["Hi There"]), b"")
    Traceback (most recent call last):
        ...
    ValueError: the key of HMAC-SM3 has at least 16 bytes
    """
    from cryptography.hazmat.primitives.hashes import SM3
    from cryptography.hazmat.primitives.hmac import HMAC

    if len(key) < DIGEST // 2:
        raise ValueError(f"the key of HMAC-SM3 has at least {DIGEST // 2} bytes")
    encoded = pc.dictionary_encode(binary(column), null_encoding="encode")
    keyed = HMAC(key, SM3())
    digests = bytearray()
    for value in encoded.dictionary.to_pylist():
        mac = keyed.copy()
        mac.update(value or b"")
        digests += mac.finalize()
    each = np.frombuffer(digests, np.uint8).reshape(-1, DIGEST)
    taken: Bytes = each[encoded.indices.to_numpy()]
    return taken
