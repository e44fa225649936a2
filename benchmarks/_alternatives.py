"""What a user would take instead of a method: Presidio's operators, Polars, DuckDB, a library's function in a loop.

Each has a mark, and ``NOTES`` says what it stands for; where it gives what the method gives, that is asserted before it is
timed. Everyone begins and ends with the values as it likes them best: Polars with a frame of its own, DuckDB with a table in
memory and Arrow, loops with a list of Python's strings. Presidio is told where the personal part of a text stands; it searches
nothing. Polars takes the number of its threads from the environment: ``POLARS_MAX_THREADS=1``.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

Job: TypeAlias = Callable[[], Any]
Each: TypeAlias = Callable[[str], str]
Mark: TypeAlias = str

KEY = bytes(range(32))
LABEL = "〔已隐去〕"
HEADER = ("Presidio", "hmac loop", "Polars", "DuckDB", "a library, row by row")
NOTES: dict[Mark, str] = {
    "": "gives the same (asserted)",
    "a": "gives the same here (asserted), but checks nothing: of text that is shorter or no such value, some or all shows",
    "b": "a hash without a key: who hashes all there can be knows whose each is; Polars gives a number of 64 bits",
    "c": "keyed as well: SHA-256 of value and salt, in hex",
    "d": "keyed as well: HMAC-SHA-256, 100 bits in hex",
    "e": "AES-CBC with a random IV, in base64: not of the same form, and another one each time",
    "f": "FF1 of 18 signs of 0-9X as they stand: what comes out is no valid number",
    "g": "made up at random: equal values get different fakes",
    "h": "Laplace noise of numpy over the whole column: another one each time, so the mean of many releases is the value",
    "i": "what stands before the first 区, 县 or 市 after a 市: no name is checked",
    "j": "rounds to 0.01 degrees: cells get narrower towards the poles, and text that is no coordinate stops it",
    "k": "one character stays: of a compound surname (欧阳) the half",
    "l": "gives the same (asserted), as one label and a count: nothing is written out",
}
SAME = frozenset({"", "a", "l"})
FEW, SOME = 2_000, 20_000
"""Values that Presidio, and that loops are given."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What is timed, over how many values, its mark, and which library it is where the column does not say so."""

    job: Job
    values: int
    mark: Mark
    library: str = ""


def of(name: str, column: pa.Array, person: pa.Array) -> list[Alternative | None]:
    """Those to the method called ``name`` in the order of ``HEADER``; None where there is none."""
    found: list[Alternative | None] = [None] * len(HEADER)
    if name in PRESIDIO:
        found[0] = Alternative(_presidio(column[:FEW], *PRESIDIO[name][0]), len(column[:FEW]), PRESIDIO[name][1])
    if name.startswith("pseudonymize"):
        found[1] = Alternative(_loop(column[:SOME], _hmac_sha256), len(column[:SOME]), "d")
    if name in POLARS:
        found[2] = Alternative(_polars(column, person, POLARS[name][0]), len(column), POLARS[name][1])
    if name in DUCKDB:
        found[3] = Alternative(_duckdb(column, person, DUCKDB[name][0]), len(column), DUCKDB[name][1])
    if name in LIBRARIES:
        library, job, mark = LIBRARIES[name]
        found[4] = Alternative(job(column[:SOME]), len(column[:SOME]), mark, library)
    return found


def arrow(given: Any) -> pa.Array:
    """What a job gave, as an Arrow column."""
    if isinstance(given, list):
        return pa.array(given, pa.string())
    table = given.to_arrow() if isinstance(given, pl.DataFrame) else given
    return table.column("x").combine_chunks()


def _polars(column: pa.Array, person: pa.Array, expression: pl.Expr) -> Job:
    """An expression over the columns ``x`` and ``p``, the person. RuntimeError where Polars has more threads."""
    if pl.thread_pool_size() != 1:
        raise RuntimeError("POLARS_MAX_THREADS=1 is set before Polars is imported")
    frame = pl.DataFrame({"x": column, "p": person})
    return lambda: frame.select(x=expression)


def _duckdb(column: pa.Array, person: pa.Array, expression: str) -> Job:
    """An SQL expression over the same two."""
    database = duckdb.connect()
    database.execute("SET threads = 1")
    database.register("given", pa.table({"x": column, "p": person}))
    database.execute("CREATE TABLE t AS FROM given")
    return lambda: database.execute(f"SELECT {expression} AS x FROM t").to_arrow_table()


def _presidio(column: pa.Array, start: int, stop: int, operator: str, given: dict[str, Any]) -> Job:
    """An operator on the characters of each text from ``start`` to ``stop``."""
    from presidio_anonymizer import BatchAnonymizerEngine
    from presidio_anonymizer.entities import OperatorConfig, RecognizerResult

    texts = column.to_pylist()
    spans = [[RecognizerResult("PERSONAL", start, min(stop, len(text)), 1.0)] for text in texts]
    engine, operators = BatchAnonymizerEngine(), {"PERSONAL": OperatorConfig(operator, given)}
    return lambda: engine.anonymize_list(texts, spans, operators=operators)


def _loop(column: pa.Array, each: Each) -> Job:
    texts = column.to_pylist()
    return lambda: [each(text) for text in texts]


def _hmac_sha256(text: str) -> str:
    return hmac.digest(KEY, text.encode(), "sha256").hex()[:25]


def _hmac_sm3(text: str) -> str:
    return _base32(hmac.digest(KEY, text.encode(), "sm3"))


def _cmac(key: bytes, cipher: str) -> Each:
    from cryptography.hazmat.primitives.ciphers import algorithms
    from cryptography.hazmat.primitives.cmac import CMAC

    algorithm = {"aes": algorithms.AES, "sm4": algorithms.SM4}[cipher](key)

    def each(text: str) -> str:
        mac = CMAC(algorithm)
        mac.update(text.encode())
        return _base32(mac.finalize())

    return each


def _base32(digest: bytes) -> str:
    return b32encode(digest).decode().lower()[:20]


def _ff1(alphabet: str) -> tuple[str, Callable[[pa.Array], Job]]:
    """FF1 as NIST writes it, in Rust."""
    from fastfpe import ff1

    key = KEY.hex()
    return "fastfpe", lambda column: _loop(column, lambda text: ff1.encrypt(key, "", alphabet, text))


def _faker(kind: str, column: pa.Array) -> Job:
    from faker import Faker

    make = getattr(Faker("zh_CN"), kind)
    return _loop(column, lambda text: str(make()))


def _laplace(column: pa.Array) -> Job:
    values, chance = column.to_numpy(), np.random.default_rng()
    return lambda: np.clip(values + np.rint(chance.laplace(0, 1_000, len(values))), 0, 10**7).astype(np.int64)


_END = 1_000
_SIGNS = {"masking_char": "*", "from_end": False}
_HASH = ((0, _END, "hash", {"hash_type": "sha256", "salt": KEY}), "c")
_ENCRYPT = ((0, _END, "encrypt", {"key": KEY}), "e")
PRESIDIO: dict[str, tuple[tuple[int, int, str, dict[str, Any]], Mark]] = {
    "mask phones 3+4": ((3, 7, "mask", {**_SIGNS, "chars_to_mask": 4}), "a"),
    "mask ID numbers 6+4": ((6, 14, "mask", {**_SIGNS, "chars_to_mask": 8}), "a"),
    "mask names 1+0": ((1, _END, "mask", {**_SIGNS, "chars_to_mask": _END}), "a"),
    "mask names, surname": ((1, _END, "mask", {**_SIGNS, "chars_to_mask": _END}), "k"),
    "pseudonymize CMAC-AES": _HASH,
    "pseudonymize CMAC-SM4": _HASH,
    "pseudonymize HMAC-SM3": _HASH,
    "pseudonymize AES unique": _HASH,
    "pseudonymize SM4 unique": _HASH,
    "encrypt_fpe 18 digits": _ENCRYPT,
    "encrypt_fpe phones": _ENCRYPT,
    "encrypt_fpe alphanumeric": _ENCRYPT,
    "encrypt_fpe ID numbers": _ENCRYPT,
    "redact": ((0, _END, "replace", {"new_value": LABEL}), ""),
}

_X, _P = pl.col("x"), pl.col("p")
_FIRST = _X.str.slice(0, 1).str.pad_end(_X.str.len_chars(), "*")
_LOW = _X // 10_000 * 10_000
_PARTS = _X.str.split_exact(",", 1).struct
_ROUNDED = [_PARTS.field(f"field_{place}").cast(pl.Float64).round(2) for place in (0, 1)]
_BEGINNING = "^(.*?市.*?[区县市])"
POLARS: dict[str, tuple[pl.Expr, Mark]] = {
    "mask phones 3+4": (_X.str.slice(0, 3) + "****" + _X.str.slice(7), "a"),
    "mask ID numbers 6+4": (_X.str.slice(0, 6) + "********" + _X.str.slice(14), "a"),
    "mask names 1+0": (_FIRST, "a"),
    "mask names, surname": (_FIRST, "k"),
    "pseudonymize CMAC-AES": (_X.hash(), "b"),
    "pseudonymize CMAC-SM4": (_X.hash(), "b"),
    "pseudonymize HMAC-SM3": (_X.hash(), "b"),
    "pseudonymize AES unique": (_X.hash(), "b"),
    "pseudonymize SM4 unique": (_X.hash(), "b"),
    "generalize_date ISO to month": (_X.str.slice(0, 7), "a"),
    "generalize_date ISO to year": (_X.str.to_date("%Y-%m-%d", strict=False).dt.year().cast(pl.String), ""),
    "generalize_date date32 to year": (_X.dt.year().cast(pl.String), ""),
    "generalize_region to city": (_X.str.slice(0, 4) + "00", "a"),
    "bucket": (_LOW.cast(pl.String) + "-" + (_LOW + 9_999).cast(pl.String), ""),
    "round": ((_X / 1_000).round().cast(pl.Int64) * 1_000, ""),
    "shift_date": (_X + pl.duration(days=(_P.hash() % 181).cast(pl.Int64) - 90), "b"),
    "truncate_address one city": (_X.str.extract(_BEGINNING), "i"),
    "truncate_address country": (_X.str.extract(_BEGINNING), "i"),
    "snap_coordinates text": (pl.concat_str(_ROUNDED, separator=","), "j"),
    "snap_coordinates latitude": (_X.round(2), "j"),
    "redact": (pl.when(_X.is_not_null()).then(pl.lit(LABEL)), "l"),
}
_PART = "round(split_part(x, ',', {})::DOUBLE, 2)"
DUCKDB: dict[str, tuple[str, Mark]] = {
    "mask phones 3+4": ("substr(x, 1, 3) || '****' || substr(x, 8)", "a"),
    "mask ID numbers 6+4": ("substr(x, 1, 6) || repeat('*', 8) || substr(x, 15)", "a"),
    "mask names 1+0": ("rpad(substr(x, 1, 1), length(x)::INT, '*')", "a"),
    "mask names, surname": ("rpad(substr(x, 1, 1), length(x)::INT, '*')", "k"),
    "pseudonymize CMAC-AES": ("md5(x)", "b"),
    "pseudonymize CMAC-SM4": ("md5(x)", "b"),
    "pseudonymize HMAC-SM3": ("sha256(x)", "b"),
    "pseudonymize AES unique": ("md5(x)", "b"),
    "pseudonymize SM4 unique": ("md5(x)", "b"),
    "generalize_date ISO to month": ("strftime(TRY_CAST(x AS DATE), '%Y-%m')", ""),
    "generalize_date ISO to year": ("year(TRY_CAST(x AS DATE))::VARCHAR", ""),
    "generalize_date date32 to year": ("year(x)::VARCHAR", ""),
    "generalize_region to city": ("substr(x, 1, 4) || '00'", "a"),
    "bucket": ("(x // 10000 * 10000) || '-' || (x // 10000 * 10000 + 9999)", ""),
    "round": ("round_even(x / 1000, 0)::BIGINT * 1000", ""),
    "shift_date": ("x + (hash(p) % 181)::INT - 90", "b"),
    "truncate_address one city": (f"regexp_extract(x, '{_BEGINNING}', 1)", "i"),
    "truncate_address country": (f"regexp_extract(x, '{_BEGINNING}', 1)", "i"),
    "snap_coordinates text": (f"concat_ws(',', {_PART.format(1)}, {_PART.format(2)})", "j"),
    "snap_coordinates latitude": ("round(x, 2)", "j"),
    "redact": (f"CASE WHEN x IS NOT NULL THEN '{LABEL}' END", ""),
}
_DIGITS, _CAPITALS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LIBRARIES: dict[str, tuple[str, Callable[[pa.Array], Job], Mark]] = {
    "pseudonymize CMAC-AES": ("cryptography", lambda column: _loop(column, _cmac(KEY, "aes")), ""),
    "pseudonymize CMAC-SM4": ("cryptography", lambda column: _loop(column, _cmac(KEY[:16], "sm4")), ""),
    "pseudonymize HMAC-SM3": ("hmac, SM3", lambda column: _loop(column, _hmac_sm3), ""),
    "encrypt_fpe 18 digits": (*_ff1(_DIGITS), ""),
    "encrypt_fpe phones": (*_ff1(_DIGITS), ""),
    "encrypt_fpe alphanumeric": (*_ff1(_DIGITS + _CAPITALS), ""),
    "encrypt_fpe ID numbers": (*_ff1(_DIGITS + "X"), "f"),
    "fake name": ("Faker", partial(_faker, "name"), "g"),
    "fake address": ("Faker", partial(_faker, "address"), "g"),
    "noise": ("numpy", _laplace, "h"),
}
