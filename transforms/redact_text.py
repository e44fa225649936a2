"""redact_text 文本脱敏: names, numbers and addresses inside running text are taken out, the rest of the text stays.

What is looked for is said in rules/text.yml. No detection is complete: a name that is a word may stay, so such a column needs
a person's eye before it is opened. Of a column that is itself a name, a number or an address use another method: this one
leaves a value standing in which it recognises nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Literal

import pyarrow as pa

from gongkai.ciphers import cmac
from gongkai.disclosure import FULL_MASK, RUNNING_TEXT, Disclosure, Form
from gongkai.methods.columns.plain import plain
from gongkai.project import SHIPPED, Project
from gongkai.text import Config, Span, ask_for_files, config, detector
from gongkai.text.handles import handles
from gongkai.text.kinds import SHAPE
from gongkai.text.leftover import NUMBER, numbers
from gongkai.text.placeholders import Found, replaced, typed, value
from gongkai.text.resolve import resolve

TITLE = "文本脱敏"
VERSION = 1
TYPES = frozenset({"text"})
Replace = Literal["type", "mask", "pseudonym"]


def apply(
    column: pa.Array,
    *,
    replace: Replace = "type",
    keep: tuple[str, ...] = (),
    mode: config.Mode = "strict",
    key: bytes = b"",
    domain: str | None = None,
    project: Project = SHIPPED,
) -> pa.Array:
    """Text with a stand-in for everything recognised; null and empty stay.

    ``replace``: ``type`` writes the kind, 〔姓名〕; ``mask`` writes ``****``; ``pseudonym`` the kind and eight characters that
    are the same for the same value (CMAC, 40 bits) within the dataset, or within ``domain``. ``keep`` lists entities that stay.
    ``mode``: ``strict`` also takes out what trigger words announce, every number whose shape alone speaks for it, and any
    other run of five or more digits (NUMBER) that is no written date and no amount with its unit; ``balanced`` only what is
    more likely than not. ValueError for an entity that is none, and for pseudonyms without a key.

    >>> remarks = pa.array(["市民王建国来电，电话13812345678", "路灯不亮", None])
    >>> apply(remarks).to_pylist()
    ['市民〔姓名〕来电，电话〔电话〕', '路灯不亮', None]
    >>> apply(remarks, replace="pseudonym", key=bytes(range(32)), keep=("PERSON",)).to_pylist()[0]
    '市民王建国来电，电话〔电话kbyv54a2〕'
    >>> apply(remarks, keep=("PERSONS",))
    Traceback (most recent call last):
        ...
    ValueError: keep lists entities of text, for example PERSON, PHONE or NUMBER
    """
    _checked(keep)
    if replace == "pseudonym" and not key:
        raise ValueError("pseudonyms need the dataset's key")
    encoded = plain(column).dictionary_encode()
    settings = config.load(project, mode)
    texts = encoded.dictionary.to_pylist()
    if not texts:  # a plan asks for the type of nothing: no model is loaded for that, but what it would be made of is named
        ask_for_files(project)
        return encoded.dictionary.take(encoded.indices)
    detected = zip(texts, detector(project, settings).detect(texts), strict=True)
    spans = [_taken_out(text, found, settings, keep) for text, found in detected]
    stand_in = _stand_in(replace, settings, texts, spans, key)
    redacted = [replaced(text, found, stand_in) for text, found in zip(texts, spans, strict=True)]
    return pa.array(redacted, pa.string()).take(encoded.indices)


def reveals(entity: str, *, replace: Replace = "type") -> Disclosure:
    """The text around what was recognised; with pseudonyms also where the same value stands again.

    >>> reveals("FREE_TEXT").form.name, reveals("FREE_TEXT", replace="pseudonym").linkable
    ('PART', True)
    """
    return Disclosure(Form.PART, parts=frozenset({RUNNING_TEXT}), linkable=replace == "pseudonym")


def _taken_out(text: str, found: Sequence[Span], settings: Config, keep: tuple[str, ...]) -> list[Span]:
    """What stays because of its kind must be of that kind: digits that only look like a company's code may be anybody's."""
    spans = found
    if settings.mode == "strict":
        believed = [span for span in found if settings.redacts(span.entity) or span.score > SHAPE]
        spans = resolve([*believed, *handles(text), *_rest(text, believed)])
    return [span for span in spans if settings.redacts(span.entity) and span.entity not in keep]


def _rest(text: str, found: Sequence[Span]) -> list[Span]:
    """What no recognizer claims; a number inside a place or an organisation is still a number."""
    return numbers(text, [span for span in found if span.entity not in ("LOCATION", "ORGANIZATION")])


def _stand_in(
    replace: Replace, settings: Config, texts: Sequence[str], spans: Sequence[Sequence[Span]], key: bytes
) -> Callable[[Found], str]:
    if replace == "mask":
        return lambda _: FULL_MASK
    named = typed(settings)
    if replace == "type":
        return named
    values = sorted({value(text, span) for text, found in zip(texts, spans, strict=True) for span in found})
    digests = cmac(pa.array(["\0".join(each) for each in values], pa.string()), key)
    written = [base64.b32encode(digest[:5].tobytes()).decode().lower() for digest in digests]
    tails = dict(zip(values, written, strict=True))
    return lambda found: f"{named(found)[:-1]}{tails[found]}〕"


def _checked(keep: tuple[str, ...]) -> None:
    if not {*keep} <= {*config.entities(), NUMBER}:
        raise ValueError("keep lists entities of text, for example PERSON, PHONE or NUMBER")
