"""Evidence from the distinct values of one column 取值证据: what they prove, what they look like, as ratios only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc

from gongkai import plugins
from gongkai.classify import forms, lexicon, names, places
from gongkai.classify.evidence import Evidence, Signal
from gongkai.columns import widths
from gongkai.project import Project

MOST = 5_000
"""Distinct values that are looked at; more teach nothing and cost."""
IDENTIFIERS = "gongkai.identifiers"

_POSSIBLE = r"^\P{Han}*(?:[0-9A-Za-z][^0-9A-Za-z]{0,2}){5}.{0,40}$|^\p{Han}[A-Z]"
_FEW = 300
"""Distinct values that a list of known ones may have, spelling mistakes included."""
_WORDS = {"PERSON_NAME": 20, "ADDRESS": 60, "ADDRESS_REGION": 30, "ORG_NAME": 40, "BANK_NAME": 40, "HEALTH": 25}
"""Mean length in characters above which values are not looked at for this."""


def read(values: pa.Array, project: Project) -> Evidence:
    """What the distinct texts ``values`` (nulls and blanks do not count) say; the first ``MOST`` of them are read.

    >>> from gongkai.project import SHIPPED
    >>> evidence = read(pa.array(["11010519491231002X", "110101199003070353"]), SHIPPED)
    >>> [(signal.entity, signal.ratio) for signal in evidence.signals if signal.alone]
    [('CN_ID_CARD', 1.0)]
    """
    texts = plain(values)
    if not len(texts):
        return Evidence()
    facts = forms.written(texts) | forms.numbers(texts)
    hidden = forms.masked(texts)
    facts["masked"] = hidden["masked"]
    found = [
        *_identifiers(texts, facts),
        *_words(texts, facts, project),
        *_sets(texts, project),
        *_forms(texts, facts),
        *_masked(hidden),
    ]
    return Evidence(len(texts), tuple(signal for signal in found if signal.ratio > 0), facts)


def plain(values: pa.Array) -> pa.Array:
    """The values as a reader sees them, each once: half-width, trimmed, whole numbers without their ``.0``; at most ``MOST``.

    >>> plain(pa.array(["１３８", " 138 ", "13800.0", "13800", ""])).to_pylist()
    ['138', '13800']
    """
    texts = widths.half_width(values.drop_null().cast(pa.string()).slice(0, 2 * MOST))
    texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"^([0-9]{5,})\.0+$", r"\1"))
    return pc.unique(texts.filter(pc.not_equal(texts, ""))).slice(0, MOST)


@cache
def identifiers() -> tuple[ModuleType, ...]:
    """Every identifier the program knows, by name."""
    return tuple(import_module(f"{IDENTIFIERS}.{name}") for name in plugins.modules(IDENTIFIERS))


def name_of(identifier: ModuleType) -> str:
    """The file name of an identifier.

    >>> "resident_id" in map(name_of, identifiers())
    True
    """
    return identifier.__name__.rpartition(".")[2]


def _identifiers(texts: pa.Array, facts: dict[str, float]) -> Iterator[Signal]:
    """The ratio of each entity: values that any of its identifiers accepts (mobiles and landlines are telephones), with the
    strength of the one that accepts most. Nothing is looked for in long texts, or below five letters or digits."""
    possible = texts.filter(pc.match_substring_regex(texts, _POSSIBLE))
    if 4 * len(possible) < len(texts):
        return
    best: dict[str, tuple[float, ModuleType]] = {}
    accepted: dict[str, pa.Array] = {}
    for module in identifiers():
        marks = pc.fill_null(module.check(possible), False)
        ratio = forms.ratio(marks)
        if ratio > best.get(module.ENTITY, (0.0,))[0]:
            best[module.ENTITY] = (ratio, module)
        accepted[module.ENTITY] = pc.or_(marks, accepted.get(module.ENTITY, marks))
    for entity, (_, module) in best.items():
        ratio = forms.ratio(accepted[entity]) * len(possible) / len(texts)
        yield Signal(entity, name_of(module), module.EVIDENCE, ratio, bare=facts["digits"] > 0.5)


def _words(texts: pa.Array, facts: dict[str, float], project: Project) -> Iterator[Signal]:
    if facts["codes"] > 0.8:
        return
    for entity, look in {"PERSON_NAME": names.look(texts, project), **places.looks(texts, project)}.items():
        if facts["length"] <= _WORDS[entity]:
            yield Signal(entity, "words", "words", forms.ratio(look))


def _sets(texts: pa.Array, project: Project) -> Iterator[Signal]:
    """Columns of a few known values; two at least must be seen, so that one word is no proof."""
    if len(texts) > _FEW:
        return
    for entity, known in lexicon.lists("sets", project).items():
        hits = pc.sum(pc.is_in(texts, value_set=pa.array(known, pa.string()))).as_py() or 0
        yield Signal(entity, "sets", "set", hits / len(texts) if hits > 1 else 0.0)


def _forms(texts: pa.Array, facts: dict[str, float]) -> Iterator[Signal]:
    dated = forms.dated(texts) if facts["length"] < LONGEST_DATE else {"date": 0.0, "birth": 0.0}
    facts |= dated
    yield Signal("DATE_OF_BIRTH", "dates", "form", dated["birth"])
    yield Signal("DATE_OF_BIRTH", "dates", "weak", dated["date"])
    yield Signal("FREE_TEXT", "sentences", "form", facts["free"])
    yield Signal("GEO", "coordinates", "form", facts["pairs"])
    yield Signal("GEO", "coordinates", "weak", facts["coordinates"])
    yield Signal("AGE", "numbers", "weak", facts["ages"])
    yield Signal("POSTCODE", "numbers", "weak", facts["postcodes"])
    yield Signal("ADDRESS_REGION", "numbers", "weak", facts["divisions"])


LONGEST_DATE = 30
"""Characters of a date with its time."""


def _masked(hidden: dict[str, float]) -> Iterator[Signal]:
    for entity, ratio in hidden.items():
        if entity != "masked":
            yield Signal(entity, "masked", "form", ratio)
