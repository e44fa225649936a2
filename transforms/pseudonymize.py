"""pseudonymize 假名化: a keyed stand-in for each value, the same for equal values within one domain, and nothing else.

CMAC (NIST SP 800-38B; with SM4 GB/T 15852.1) over the value's UTF-8 bytes, written in base32 (RFC 4648, lower case). The key is
derived for the column's entity and the dataset; ``domain`` names a wider one, in which datasets may be joined on purpose.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.ciphers import BLOCK, KEY_BYTES, cmac
from gongkai.disclosure import Disclosure, Form

from ._plain import plain

TITLE = "假名化"
TYPES = frozenset({"text", "integer"})
SHORTEST, LONGEST = 12, 25
_ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_PAIRS = np.stack([np.repeat(_ALPHABET, 32), np.tile(_ALPHABET, 32)], axis=1).view(np.uint16).ravel()
"""The two characters of every ten bits."""


def apply(
    column: pa.Array, *, key: bytes, cipher: Literal["aes", "sm4"] = "aes", length: int = 20, domain: str | None = None
) -> pa.Array:
    """Text of ``length`` characters (5 bits each) for every value; null and empty stay.

    ``key`` has 16 or 32 bytes; SM4 takes 16 of them. Among n values two share a pseudonym by chance with odds of about
    n² / 2^(5·length + 1): at 20 characters 1 in 10^16 for ten million. ValueError for a length outside 12 to 25.

    >>> apply(pa.array(["110101199003070038", "", None]), key=bytes(range(32))).to_pylist()
    ['nn7vslwnvvuyybrgpq7j', '', None]
    >>> apply(pa.array(["a"]), key=bytes(range(32)), length=4)
    Traceback (most recent call last):
        ...
    ValueError: length is 12 to 25 characters: with fewer, different values would meet
    """
    _checked(length)
    column = plain(column)
    text = column if pa.types.is_string(column.type) else column.cast(pa.string())
    digests = cmac(text, key[: KEY_BYTES[cipher]], cipher)
    named = pc.fill_null(pc.not_equal(text, ""), False).to_numpy(zero_copy_only=False)
    written = _strings(_base32(digests, length), named)
    return pc.if_else(text.is_valid(), written, None) if text.null_count else written


def reveals(*, length: int = 20, domain: str | None = None) -> Disclosure:
    """Only whether two values were equal.

    >>> reveals().form.name, reveals().linkable
    ('LINK', True)
    """
    _checked(length)
    return Disclosure(Form.LINK, linkable=True)


def _base32(digests: npt.NDArray[np.uint8], length: int) -> npt.NDArray[np.uint8]:
    """The first ``5 * length`` bits of each digest as characters, ten bits at a time."""
    high, low = digests.view(">u8").astype(np.uint64).reshape(-1, BLOCK // 8).T
    pairs = np.empty((len(digests), (length + 1) // 2), np.uint16)
    for index in range(pairs.shape[1]):
        start = 10 * index
        if start + 10 <= 64:
            bits = high >> np.uint64(54 - start)
        elif start < 64:
            bits = (high << np.uint64(start - 54)) | (low >> np.uint64(118 - start))
        elif start + 10 <= 128:
            bits = low >> np.uint64(118 - start)
        else:
            bits = low << np.uint64(start - 118)
        pairs[:, index] = _PAIRS[(bits & np.uint64(1023)).astype(np.intp)]
    return pairs.view(np.uint8)[:, :length]


def _strings(characters: npt.NDArray[np.uint8], named: npt.NDArray[np.bool_]) -> pa.Array:
    """One string per row; the empty one where ``named`` is false."""
    offsets = np.zeros(len(named) + 1, np.int32)
    np.cumsum(named * np.int32(characters.shape[1]), out=offsets[1:])
    data = np.ascontiguousarray(characters if named.all() else characters[named])
    return pa.StringArray.from_buffers(len(named), pa.py_buffer(offsets), pa.py_buffer(data))


def _checked(length: int) -> None:
    if not SHORTEST <= length <= LONGEST:
        raise ValueError(f"length is {SHORTEST} to {LONGEST} characters: with fewer, different values would meet")
