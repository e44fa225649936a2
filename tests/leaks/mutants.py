"""Ways in which a masker can be broken. Each takes a column's values before and after a right method and gives wrong outputs."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gongkai.disclosure import Disclosure

Text = str | None


@dataclass(frozen=True)
class Values:
    """One column: what went in, what a right method gives, and what it promises."""

    raw: Sequence[Text]
    out: Sequence[Text]
    disclosure: Disclosure


def each(change: Callable[[str, str], Text]) -> Callable[[Values], list[Text]]:
    """A mutant that changes every value which is not missing."""
    return lambda values: [
        out if raw is None or not raw else change(raw, out or "") for raw, out in zip(values.raw, values.out, strict=True)
    ]


def identity_here_and_there(values: Values) -> list[Text]:
    """One row in 500 is forgotten, in the middle: canaries are not among them."""
    return [raw if index == len(values.raw) // 2 else out for index, (raw, out) in enumerate(zip(values.raw, values.out, strict=True))]


def one_more_character(values: Values) -> list[Text]:
    first, last = values.disclosure.first + 1, values.disclosure.last + 1

    def change(raw: str, out: str) -> str:
        middle = out[first : len(raw) - last] if len(out) == len(raw) else out
        return raw[:first] + middle + raw[len(raw) - last :]

    return each(change)(values)


def unkeyed(algorithm: str) -> Callable[[Values], list[Text]]:
    def change(raw: str, out: str) -> str:
        digest = hashlib.new(algorithm, raw.encode()).digest()
        return b32encode(digest).decode().lower()[: max(12, len(out))]

    return each(change)


MUTANTS: dict[str, Callable[[Values], list[Text]]] = {
    "identity": each(lambda raw, out: raw),
    "identity for one row in 500": identity_here_and_there,
    "raw behind the masked text": each(lambda raw, out: out + raw),
    "one more character at each end": one_more_character,
    "reversed": each(lambda raw, out: raw[::-1]),
    "upper case": each(lambda raw, out: raw.upper()),
    "lower case": each(lambda raw, out: raw.lower()),
    "full mask forgotten": each(lambda raw, out: raw if out in ("", "****") else out),
    "SHA-256 without a key": unkeyed("sha256"),
}
