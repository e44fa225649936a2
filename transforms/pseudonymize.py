"""pseudonymize 假名化: a keyed stand-in for each value, the same for equal values within one domain, and nothing else.

CMAC (NIST SP 800-38B; with SM4 GB/T 15852.1) or HMAC-SM3 (GB/T 32905, RFC 2104) over the value's UTF-8 bytes. The key is
derived for the column's entity and the dataset; ``domain`` names a wider one, in which datasets may be joined on purpose.

Two values may share such a pseudonym by chance. A column that is a key asks for ``unique``: there a value of up to 20
characters of ``0-9A-Za-z_-``, or of up to 15 UTF-8 bytes, is enciphered as one block, and no two of those can meet.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.ciphers import KEY_BYTES, Bytes, cmac, distinct_blocks, hmac_sm3, writing
from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns.plain import plain

TITLE = "假名化"
VERSION = 1
KEEPS_APART = True
TYPES = frozenset({"text", "integer"})
Cipher: TypeAlias = Literal["aes", "sm4", "sm3"]
_BITS: dict[Cipher, int] = {"aes": 128, "sm4": 128, "sm3": 256}
_SHORTEST: dict[writing.Alphabet, int] = {"base32": 12, "hex": 15, "digits": 19}
"""So many characters hold 60 bits."""
_USUAL: dict[writing.Alphabet, int] = {"base32": 20, "hex": 25, "digits": 31}
"""So many hold 100 bits."""
_WHOLE: dict[writing.Alphabet, int] = {"base32": 26, "hex": 32, "digits": 39}
"""So many hold a whole block."""
_LETTERS: dict[writing.Alphabet, str] = {"base32": "a-z2-7", "hex": "0-9a-f", "digits": "0-9"}


def apply(
    column: pa.Array,
    *,
    key: bytes,
    cipher: Cipher = "aes",
    length: int | None = None,
    alphabet: writing.Alphabet = "base32",
    unique: bool = False,
    domain: str | None = None,
) -> pa.Array:
    """Text of ``length`` characters for every value; null and empty stay. Numbers are named as they are written.

    ``key`` has 32 bytes; SM4 takes 16 of them. ``length`` counts characters of base32 (5 bits each, 20 unless told), hex
    (4 bits, 25) or digits (3.3 bits, 31). Among n values two share a pseudonym by chance with odds of about n² / 2^(bits + 1):
    with 100 bits 1 in 10^16 for ten million.

    ``unique`` writes the whole block of 128 bits: 26 characters of base32, 32 of hex, 39 digits. Certain: two values that fit
    a block (see above) differ in it. Only improbable to fail: that a longer value differs from all others, for it has its
    128-bit CMAC: n values, odds of n² / 2^129.

    ValueError for a length outside what holds 60 bits and what the digest fills, for a length beside ``unique``, and for
    ``unique`` with sm3: a hash is no permutation.

    >>> apply(pa.array(["110101199003070038", "", None]), key=bytes(range(32))).to_pylist()
    ['nn7vslwnvvuyybrgpq7j', '', None]
    >>> apply(pa.array(["110101199003070038"]), key=bytes(range(32)), unique=True).to_pylist()
    ['vd7bdv7ehvfohm3jit3hybhlay']
    >>> apply(pa.array(["a"]), key=bytes(range(32)), length=4)
    Traceback (most recent call last):
        ...
    ValueError: length is 12 to 25 characters of base32: with fewer, different values would meet
    """
    length = _checked(cipher, length, alphabet, unique)
    column = plain(column)
    text = column if pa.types.is_string(column.type) else column.cast(pa.string())
    return _strings(writing.written(_digests(text, key, cipher, unique), alphabet, length), text)


def reveals(
    entity: str,
    *,
    cipher: Cipher = "aes",
    length: int | None = None,
    alphabet: writing.Alphabet = "base32",
    unique: bool = False,
    domain: str | None = None,
) -> Disclosure:
    """Only whether two values were equal, in ``domain`` or, without one, in the dataset. ValueError as from ``apply``.

    >>> reveals("CN_ID_CARD").form.name, reveals("CN_ID_CARD").linkable
    ('LINK', True)
    """
    _checked(cipher, length, alphabet, unique)
    return Disclosure(Form.LINK, linkable=True, domain=domain)


def expected_form(
    *, cipher: Cipher = "aes", length: int | None = None, alphabet: writing.Alphabet = "base32", unique: bool = False
) -> str:
    """So many characters of the alphabet.

    >>> expected_form()
    '[a-z2-7]{20}'
    """
    count = _checked(cipher, length, alphabet, unique) or _WHOLE[alphabet]
    return f"[{_LETTERS[alphabet]}]{{{count}}}"


def _checked(cipher: Cipher, length: int | None, alphabet: writing.Alphabet, unique: bool) -> int | None:
    """How many characters to write; None for all there are."""
    if alphabet not in _USUAL:
        raise ValueError(f"alphabet is one of {', '.join(_USUAL)}")
    if unique and cipher == "sm3":
        raise ValueError("unique takes aes or sm4: a hash may give different values one digest")
    if unique and length is not None:
        raise ValueError("length is not given beside unique: all 128 bits are written")
    if length is None:
        return None if unique else _USUAL[alphabet]
    least, most = _SHORTEST[alphabet], writing.capacity(alphabet, _BITS[cipher])
    if not least <= length <= most:
        raise ValueError(f"length is {least} to {most} characters of {alphabet}: with fewer, different values would meet")
    return length


def _digests(text: pa.Array, key: bytes, cipher: Cipher, unique: bool) -> Bytes:
    if cipher == "sm3":
        return hmac_sm3(text, key)
    digest = distinct_blocks if unique else cmac
    return digest(text, key[: KEY_BYTES[cipher]], cipher)


def _strings(characters: Bytes, text: pa.Array) -> pa.Array:
    """One string per row; the empty one where the text is empty, null where it is null."""
    lengths = pc.fill_null(pc.binary_length(text), 0).to_numpy()
    named: npt.NDArray[np.bool_] = lengths > 0
    offsets = np.zeros(len(named) + 1, np.int32)
    np.cumsum(named * np.int32(characters.shape[1]), out=offsets[1:])
    data = characters if named.all() else characters[named]
    written = pa.StringArray.from_buffers(len(named), pa.py_buffer(offsets), pa.py_buffer(data))
    return pc.if_else(text.is_valid(), written, None) if text.null_count else written
