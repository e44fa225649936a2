"""encrypt_fpe 保形加密: a value becomes another value of the same form, under a key, and whoever holds the key can undo it.

FF1 of NIST SP 800-38G over AES, or over SM4. Different values stay different, equal ones equal. An output that looks like an
identity number or a telephone number may be somebody's real one. So this is for data opened under an agreement (有条件开放),
whose receivers are told, and not for unconditional opening. Of all the values of one form one on average would come out as it
was; it becomes ``****``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gongkai.ciphers import KEY_BYTES, Bytes, Name, ff1, layout
from gongkai.disclosure import LOOKALIKE, Disclosure, Form
from gongkai.methods.columns.full_mask import else_full_mask
from gongkai.methods.columns.plain import plain
from gongkai.methods.columns.resident_id_ranking import PARTS, bounds, ranking
from gongkai.project import SHIPPED, Project

TITLE = "保形加密"
VERSION = 1
TYPES = frozenset({"text"})
Alphabet: TypeAlias = Literal["digits", "alphanumeric", "id_number"]
Flags: TypeAlias = npt.NDArray[np.bool_]
Turned: TypeAlias = tuple[Bytes, Flags]
"""What characters become, and which rows had a form to keep."""

_LENGTHS: dict[Alphabet, tuple[int, int]] = {
    "digits": (6, ff1.MAX_LENGTH), "alphanumeric": (4, ff1.MAX_LENGTH), "id_number": (18, 18)
}  # fmt: skip
"""The shortest have the 1,000,000 values that FF1 asks for."""
_REGION, _YEAR = 6, (6, 10)
"""Where the kept parts of an identity number stand."""
_KEPT = {"region": {"province", "city", "county"}, "birth_year": {"birth_year"}, "sex": {"sex"}}
_ZERO = np.uint8(ord("0"))
_UPPER = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)
_LOWER = np.frombuffer(_UPPER.tobytes().lower(), np.uint8)
_LETTERS = 10
"""Numerals from here on are letters."""
_IS_UPPER, _IS_LOWER, _IS_OTHER = 1, 2, 4


@dataclass(frozen=True, slots=True)
class _Way:
    """How values are turned: under which key and cipher, what is kept, and whether to or fro."""

    key: bytes = field(repr=False)
    cipher: Name
    keep: frozenset[str]
    project: Project
    forward: bool

    def numerals(self, numerals: Bytes, radix: int, tweak: bytes = b"") -> Bytes:
        turn = ff1.encrypt if self.forward else ff1.decrypt
        turned: Bytes = turn(numerals, self.key, radix=radix, tweak=tweak, cipher=self.cipher)
        return turned


def apply(
    column: pa.Array,
    *,
    key: bytes,
    alphabet: Alphabet = "digits",
    cipher: Name = "aes",
    domain: str | None = None,
    keep: tuple[str, ...] = (),
    project: Project = SHIPPED,
) -> pa.Array:
    """Text of the same length and alphabet; null and empty stay. ``key`` has 32 bytes; SM4 takes 16 of them.

    ``digits``: six or more of ``0-9``. ``alphanumeric``: four or more of ``0-9A-Z``, or of ``0-9a-z``, in the case they have
    (a value without letters gets capitals). ``id_number``: a valid number of 18 characters (GB 11643-1999, born 1900 to 2099,
    X a capital, a code of rules/reference/divisions.csv, whose changes change every output) becomes another such number, of
    which ``keep`` names what stays: region, birth_year, sex. Any other text becomes ``****``, and so does one of more than
    4,096 characters.

    ValueError for another alphabet, for parts kept of anything but an identity number, and where fewer than 1,000,000
    numbers have the same kept parts: too few to hide among.

    >>> apply(pa.array(["13812345678", "0000000", "12345", None]), key=bytes(range(32))).to_pylist()
    ['60831238347', '5340211', '****', None]
    >>> apply(pa.array(["11010519491231002X"]), key=bytes(range(32)), alphabet="id_number", keep=("sex",)).to_pylist()
    ['361002194807148107']
    >>> apply(pa.array(["110105"]), key=bytes(range(32)), keep=("region",))
    Traceback (most recent call last):
        ...
    ValueError: keep is for the alphabet id_number
    """
    _check(alphabet, keep, project)
    column = plain(column)
    turned = _turned(column, alphabet, _Way(key[: KEY_BYTES[cipher]], cipher, frozenset(keep), project, forward=True))
    return else_full_mask(pc.if_else(pc.not_equal(turned, column), turned, None), column)


def decrypt(
    column: pa.Array,
    *,
    key: bytes,
    alphabet: Alphabet = "digits",
    cipher: Name = "aes",
    domain: str | None = None,
    keep: tuple[str, ...] = (),
    project: Project = SHIPPED,
) -> pa.Array:
    """The values that ``apply`` made these of, with the same key and parameters. Text it can not have made becomes ``****``.

    ValueError as from ``apply``.

    >>> decrypt(apply(pa.array(["13812345678"]), key=bytes(range(32))), key=bytes(range(32))).to_pylist()
    ['13812345678']
    >>> decrypt(pa.array(["110105"]), key=bytes(range(32)), keep=("region",))
    Traceback (most recent call last):
        ...
    ValueError: keep is for the alphabet id_number
    """
    _check(alphabet, keep, project)
    column = plain(column)
    return else_full_mask(
        _turned(column, alphabet, _Way(key[: KEY_BYTES[cipher]], cipher, frozenset(keep), project, forward=False)), column
    )


def reveals(
    entity: str,
    *,
    alphabet: Alphabet = "digits",
    domain: str | None = None,
    keep: tuple[str, ...] = (),
    project: Project = SHIPPED,
) -> Disclosure:
    """Whether two values were equal, and their length; of an identity number the kept parts. ValueError as from ``apply``.

    Of the sex only the parity of a digit shows, so it has no position.

    >>> reveals("PHONE").form.name, reveals("PHONE").linkable
    ('LINK', True)
    >>> reveals("CN_ID_CARD", alphabet="id_number", keep=("birth_year",)).middle
    ((6, 10),)
    """
    _check(alphabet, keep, project)
    always = {LOOKALIKE} if alphabet == "id_number" else {LOOKALIKE, "length"}
    return Disclosure(
        Form.PART if keep else Form.LINK,
        first=_REGION if "region" in keep else 0,
        parts=frozenset(always).union(*(_KEPT[part] for part in keep)),
        linkable=True,
        middle=(_YEAR,) if "birth_year" in keep else (),
        domain=domain,
    )


def _check(alphabet: Alphabet, keep: tuple[str, ...], project: Project) -> None:
    if alphabet not in _LENGTHS:
        raise ValueError(f"alphabet is one of {', '.join(_LENGTHS)}")
    if keep and alphabet != "id_number":
        raise ValueError("keep is for the alphabet id_number")
    if not set(keep) <= set(PARTS):
        raise ValueError(f"keep names parts that stay: {', '.join(PARTS)}")
    if alphabet == "id_number" and bounds(project, frozenset(keep))[0] < ff1.MIN_DOMAIN:
        raise ValueError("keep fewer parts: with these fewer than 1,000,000 numbers are left, too few to hide among")


def _turned(column: pa.Array, alphabet: Alphabet, way: _Way) -> pa.Array:
    """Every value that has the form, turned, and null for all others; values of one length together. Nothing else is in the
    result's memory."""
    turn = _TURNS[alphabet]
    shortest, longest = _LENGTHS[alphabet]
    fits, lengths = np.zeros(len(column), bool), np.zeros(len(column), np.int64)
    written = []
    for part in layout.parts(column):
        lengths[part.rows] = part.lengths
        out = np.zeros(int(part.lengths.sum()), np.uint8)
        places = np.cumsum(part.lengths) - part.lengths
        for length in np.unique(part.lengths).tolist() if part.length is None else [part.length]:
            if shortest <= length <= longest:
                rows = np.flatnonzero(part.lengths == length)
                characters, formed = turn(part.windows(length, 0, rows), way)
                layout.windows(out, length)[places[rows[formed]]] = characters.view((np.void, length)).ravel()
                fits[part.rows.start + rows[formed]] = True
        written.append(out)
    return _strings(written, lengths, fits)


def _strings(written: list[Bytes], lengths: layout.Integers, fits: Flags) -> pa.Array:
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    buffers = (np.packbits(fits, bitorder="little"), offsets, np.concatenate([np.empty(0, np.uint8), *written]))
    return pa.Array.from_buffers(pa.string(), len(lengths), [pa.py_buffer(buffer) for buffer in buffers])


def _digits(characters: Bytes, way: _Way) -> Turned:
    numerals = characters - _ZERO
    formed = reduce(np.maximum, numerals.T) < 10
    return way.numerals(numerals[formed], 10) + _ZERO, formed


def _alphanumeric(characters: Bytes, way: _Way) -> Turned:
    """Texts with small letters are permuted among themselves, all others among those with capitals or no letters."""
    kinds = reduce(np.bitwise_or, np.take(_KIND, characters).T)
    formed = kinds < _IS_UPPER | _IS_LOWER
    small = kinds[formed] == _IS_LOWER
    numerals = np.take(_NUMERALS, characters[formed])
    turned = np.empty_like(numerals)
    turned[~small] = np.take(_UPPER, way.numerals(numerals[~small], 36))
    turned[small] = np.take(
        _LOWER,
        _walked(
            lambda numerals, rows: way.numerals(numerals, 36, b"small"),
            lambda numerals, rows: reduce(np.maximum, numerals.T) >= _LETTERS,
            numerals[small],
        ),
    )
    return turned, formed


def _id_number(characters: Bytes, way: _Way) -> Turned:
    """The rank is enciphered as four numerals of the least radix that counts them all."""
    ours = ranking(way.project)
    numbers, formed = ours.read(characters)
    numbers = numbers.taken(formed)
    ranks, among = ours.rank(numbers, way.keep), ours.among(numbers, way.keep)
    tweaks = ours.kept_parts(numbers, way.keep)
    radix = ff1.radix_for(bounds(way.project, way.keep)[1], 4)

    def step(ranks: Any, rows: Any) -> Any:
        tweak = tweaks[rows] if way.keep else b""
        return ff1.permute(ranks, way.key, radix=radix, length=4, tweak=tweak, cipher=way.cipher, forward=way.forward)

    turned = _walked(step, lambda ranks, rows: ranks < among[rows], ranks)
    return ours.write(ours.unrank(turned, numbers, way.keep)), formed


def _walked(step: Callable[[Any, Any], Any], inside: Callable[[Any, Any], Flags], values: Any) -> Any:
    """Cycle walking (Black and Rogaway 2002): what is outside the domain after a step takes another one."""
    turned, rows = values.copy(), np.arange(len(values))
    while len(rows):
        turned[rows] = step(turned[rows], rows)
        rows = rows[~inside(turned[rows], rows)]
    return turned


def _table(default: int, *entries: tuple[Bytes, Any]) -> Bytes:
    table = np.full(256, default, np.uint8)
    for characters, values in entries:
        table[characters] = values
    return table


_NUMERALS = _table(0, (_UPPER, range(36)), (_LOWER, range(36)))
_KIND = _table(_IS_OTHER, (_UPPER, _IS_UPPER), (_LOWER, _IS_LOWER), (_UPPER[:_LETTERS], 0))
_TURNS: dict[Alphabet, Callable[[Bytes, _Way], Turned]] = {
    "digits": _digits, "alphanumeric": _alphanumeric, "id_number": _id_number
}  # fmt: skip
