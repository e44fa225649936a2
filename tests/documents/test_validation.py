"""Pydantic's errors in words of ours: place and kind, never the value."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from gongkai.documents import validation

CANARY = "S3cretCanary"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=9, pattern="^[a-z]*$")]
    mode: Literal["full", "incremental"] = "full"


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    one: Inner = Inner(name="x")
    many: list[Inner] = []
    named: dict[Annotated[str, Field(pattern="^[a-z]+$")], Inner] = {}
    flag: bool = False
    day: date | None = None
    age: timedelta | None = None
    count: int = 0


@pytest.mark.parametrize(
    ("document", "key", "words"),
    [
        ({"one": {}}, "one.name", "is missing; write it"),
        ({"one": {"name": 7}}, "one.name", "is not text; quote it"),
        ({"one": {"name": ""}}, "one.name", "is empty"),
        ({"one": {"name": CANARY}}, "one.name", "is too long"),
        ({"one": {"name": "S3cret"}}, "one.name", "it must match ^[a-z]*$"),
        ({"one": CANARY}, "one", "is not a set of keys"),
        ({"many": CANARY}, "many", "is not a list"),
        ({"many": [{"name": "a"}, {"nam": "S3cret", "name": "b"}]}, "many[1].nam", "did you mean 'name'?"),
        ({"named": {"a": {"name": "a", "moed": CANARY}}}, "named.a.moed", "did you mean 'mode'?"),
        ({"named": {"A": {"name": "a"}}}, "named.A", "it must match"),
        ({"named": {f"u:{CANARY}@h": {"name": "a"}}}, "named.…", "it must match"),
        ({"one": {"name": "a", "mode": "incrementel"}}, "one.mode", "did you mean 'incremental'?"),
        ({"one": {"name": "a", "mode": CANARY}}, "one.mode", "known: full, incremental"),
        ({"one": {"name": "a", "mode": 7}}, "one.mode", "known: full, incremental"),
        ({"flag": CANARY}, "flag", "write true or false"),
        ({"day": CANARY}, "day", "write YYYY-MM-DD"),
        ({"day": []}, "day", "write YYYY-MM-DD"),
        ({"age": CANARY}, "age", "P30D"),
        ({"count": CANARY}, "count", "does not fit"),
        ({CANARY: 1}, CANARY, "is not a key known here"),
        (CANARY, "", "is not a set of keys"),
    ],
)
def test_an_error_is_told_by_place_and_kind(document: Any, key: str, words: str) -> None:
    model, faults = validation.fit(Outer, document, "a.yml")
    assert model is None
    assert [fault.key for fault in faults] == [key]
    assert words in str(faults[0])
    assert CANARY not in f"{faults[0].problem} {faults[0].remedy}"


def test_a_hint_says_what_would_be_right() -> None:
    _, [fault] = validation.fit(Outer, {"many": [{}]}, "a.yml", {"many.name": "write its Chinese name"})
    assert str(fault) == "a.yml: many[0].name: is missing; write its Chinese name"


def test_every_error_is_told() -> None:
    _, faults = validation.fit(Outer, {"flag": 7.5, "day": "x", "x": 1, "many": [{}, {}]}, "a.yml")
    assert [fault.key for fault in faults] == ["many[0].name", "many[1].name", "flag", "day", "x"]


def test_what_fits_is_given() -> None:
    assert validation.fit(Outer, {"flag": "yes"}, "a.yml") == (Outer(flag=True), [])
