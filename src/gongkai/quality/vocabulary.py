"""The rules people may write 规则词汇: expectation types of Great Expectations that give counts, and their parameters.

What is not listed does not exist. Types whose result carries values (extremes, quantiles, most common values, value
distributions, queries over rows) are left out on purpose, and so are parameters that would run code of their own.
A rule about what must *not* stand in a column knows no ``mostly``: a leak in one row of a thousand is a leak.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictFloat, StrictInt, model_validator


def _re2(pattern: str) -> str:
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid:
        raise ValueError("is no RE2 pattern: no look-around, no back-references") from None
    return pattern


Share = Annotated[float, Field(gt=0, le=1)]
Number = StrictInt | StrictFloat
Bound = Number | Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2})?$")]
Count = Annotated[int, Field(ge=0, strict=True)]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_re2)]
Patterns = Annotated[list[Pattern], Field(min_length=1)]
Names = Annotated[list[str], Field(min_length=2)]


class Parameters(BaseModel):
    """The parameters of one type of rule. ``ON``: the types of column it can be asked of; empty means any."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    ON: ClassVar[frozenset[str]] = frozenset()
    EACH: ClassVar[bool] = False
    """Whether it speaks of one column, and so may stand once for many with ``for_each``."""

    def columns(self) -> list[str]:
        """The columns it speaks of."""
        return [name for key in ("column", "column_A", "column_B") if (name := getattr(self, key, None))] + list(
            getattr(self, "column_list", [])
        )

    def arguments(self) -> dict[str, Any]:
        """What was written, as Great Expectations takes it."""
        return self.model_dump(exclude_none=True)


class OneColumn(Parameters):
    EACH = True
    column: str


class Mostly(OneColumn):
    mostly: Share = 1.0


class InSet(Mostly):
    value_set: Annotated[list[Number | str], Field(min_length=1, max_length=3000)]


class NotInSet(OneColumn):
    value_set: Annotated[list[Number | str], Field(min_length=1, max_length=3000)]


class Range(Parameters):
    """At least one bound, the lower one not above the upper."""

    @model_validator(mode="after")
    def _bounded(self) -> Range:
        low, high = getattr(self, "min_value", None), getattr(self, "max_value", None)
        if low is None and high is None:
            raise ValueError("needs min_value or max_value")
        if low is not None and high is not None and (isinstance(low, str) != isinstance(high, str) or low > high):
            raise ValueError("min_value is above max_value")
        return self


class Between(Range, Mostly):
    ON = frozenset({"integer", "decimal", "float", "date", "datetime"})
    min_value: Bound | None = None
    max_value: Bound | None = None
    strict_min: bool = False
    strict_max: bool = False


class Lengths(Range, Mostly):
    ON = frozenset({"text"})
    min_value: Count | None = None
    max_value: Count | None = None


class Length(Mostly):
    ON = frozenset({"text"})
    value: Count


class Matches(Mostly):
    ON = frozenset({"text"})
    regex: Pattern


class MatchesNot(OneColumn):
    ON = frozenset({"text"})
    regex: Pattern


class MatchesSome(Mostly):
    ON = frozenset({"text"})
    regex_list: Patterns


class MatchesNone(OneColumn):
    ON = frozenset({"text"})
    regex_list: Patterns


class DateFormat(Mostly):
    ON = frozenset({"text"})
    strftime_format: Annotated[str, Field(pattern="%")]


class Proportion(Range, OneColumn):
    min_value: Annotated[float, Field(ge=0, le=1)] | None = None
    max_value: Annotated[float, Field(ge=0, le=1)] | None = None
    strict_min: bool = False


class Distinct(Range, OneColumn):
    min_value: Count | None = None
    max_value: Count | None = None


class Rows(Range):
    min_value: Count | None = None
    max_value: Count | None = None


class Together(Parameters):
    column_list: Names
    mostly: Share = 1.0


class Pair(Parameters):
    column_A: str  # noqa: N815 - Great Expectations' own name
    column_B: str  # noqa: N815
    mostly: Share = 1.0


class Later(Pair):
    """Greater, and of two dates the later; a row in which one of the two is missing is not looked at."""

    or_equal: bool = False
    ignore_row_if: Literal["either_value_is_missing", "never"] = "either_value_is_missing"


class Fresh(OneColumn):
    ON = frozenset({"date", "datetime"})
    days: Annotated[int, Field(ge=0, strict=True)]


TYPES: dict[str, type[Parameters]] = {
    "expect_column_values_to_not_be_null": Mostly,
    "expect_column_values_to_be_null": Mostly,
    "expect_column_values_to_be_unique": Mostly,
    "expect_column_values_to_be_in_set": InSet,
    "expect_column_values_to_not_be_in_set": NotInSet,
    "expect_column_values_to_be_between": Between,
    "expect_column_value_lengths_to_be_between": Lengths,
    "expect_column_value_lengths_to_equal": Length,
    "expect_column_values_to_match_regex": Matches,
    "expect_column_values_to_not_match_regex": MatchesNot,
    "expect_column_values_to_match_regex_list": MatchesSome,
    "expect_column_values_to_not_match_regex_list": MatchesNone,
    "expect_column_values_to_match_strftime_format": DateFormat,
    "expect_column_proportion_of_non_null_values_to_be_between": Proportion,
    "expect_column_proportion_of_unique_values_to_be_between": Proportion,
    "expect_column_unique_value_count_to_be_between": Distinct,
    "expect_column_latest_to_be_within_days": Fresh,
    "expect_column_pair_values_to_be_equal": Pair,
    "expect_column_pair_values_a_to_be_greater_than_b": Later,
    "expect_compound_columns_to_be_unique": Together,
    "expect_select_column_values_to_be_unique_within_record": Together,
    "expect_table_row_count_to_be_between": Rows,
}
