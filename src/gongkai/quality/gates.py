"""What every release is held to 发布关口, whatever its rules say: no file can switch these off, only set their tolerances.

Each gate answers in the form of a rule, so that it stands in the report and in the score beside the written ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from gongkai.errors import DataError, Reason
from gongkai.leaks.staged import Leak
from gongkai.quality.runner import Result
from gongkai.quality.suite import Rule, Suite, Text
from gongkai.quality.table import PublishedColumn, Table

Gated: TypeAlias = tuple[Result, list[Reason]]
"""How a gate came out, and why it refuses; no reason, no refusal."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the staged file says of itself without a row being read: its columns, its rows, and nulls by column."""

    schema: pa.Schema
    rows: int
    nulls: Mapping[str, int]


def facts(staged: Path) -> Facts:
    """Read them from the Parquet footer; DataError when there is no whole Parquet file."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(staged) as file:
            nulls = {name: _nulls(file, index, name) for index, name in enumerate(file.schema_arrow.names)}
            return Facts(file.schema_arrow.remove_metadata(), file.metadata.num_rows, nulls)
    except (pa.ArrowException, OSError) as error:
        raise DataError.of("staged.unreadable", f"the staged table cannot be read ({type(error).__name__})") from None


def schema(plan: Table, found: Facts) -> Gated:
    """The columns are the plan's, in its order and types."""
    wanted = plan.output_schema()
    reasons = [
        Reason("schema.differs", message, name)
        for name in dict.fromkeys([*wanted.names, *found.schema.names])
        if (message := _difference(name, wanted, found.schema))
    ]
    if not reasons and not wanted.equals(found.schema):
        reasons = [Reason("schema.differs", "the columns are not in the planned order")]
    text = Text(zh="数据项、顺序和类型与脱敏方案一致", en="Columns, their order and types are the plan's")
    count = min(len(reasons), len(wanted))
    return Result(_rule("G-01", "schema", "conformity", text), not reasons, len(wanted), count, 0), reasons


def rows(found: Facts, previous: int | None, suite: Suite) -> Iterator[Gated]:
    """There is at least one row, and about as many as in the last release."""
    text = Text(zh="数据表至少有一行", en="The table has at least one row")
    empty = [] if found.rows else [Reason("rows.none", "the table is empty")]
    yield Result(_rule("G-02", "rows", "availability", text), not empty), empty
    if not previous or suite.row_change is None or empty:
        return
    change, band = 100 * (found.rows - previous) / previous, f"{suite.row_change:g}%"
    text = Text(zh=f"行数较上次发布变化不超过±{band}", en=f"The number of rows differs from the last release by at most {band}")
    reasons = []
    if abs(change) > suite.row_change:
        message = f"the number of rows went from {previous} to {found.rows} ({change:+.1f}%), more than {band}"
        reasons = [Reason("rows.change", message)]
    yield Result(_rule("G-03", "row_change", "availability", text), not reasons), reasons


def unfit(
    plan: Table, found: Facts, suite: Suite, tally: Mapping[str, Mapping[str, int]], rows_in: int | None
) -> Iterator[Gated]:
    """The values of each column fitted their entity's shape and their type, but for the share that is tolerated.

    An incremental load counts its own rows only, so no more than ``rows_in`` values were asked.
    """
    text = Text(zh="取值符合登记的类型和形态", en="Values fit the registered type and shape")
    for column in plan.columns:
        count = tally.get(column.published, {}).get("unfit", 0)
        values, tolerated = _values(column, found, count, rows_in), suite.tolerates(column.published)
        reasons = []
        if count > tolerated * values:
            message = f"values do not fit the registered type or shape, more than the {100 * tolerated:g}% tolerated"
            reasons = [Reason("values.unfit", message, column.published, count)]
        rule = _rule(f"G-04.{column.published}", "unfit", "accuracy", text, column.published, mostly=1 - tolerated)
        yield Result(rule, not reasons, values, count, 0), reasons


def leaks(columns: Sequence[str], found: Facts, findings: Sequence[Leak]) -> Iterator[Gated]:
    """No published column holds a person's identifier."""
    text = Text(zh="公开内容不含个人标识(证件号、手机号、银行卡号、电子邮箱)", en="No person's identifier is published")
    for name in columns:
        leaked = [finding for finding in findings if finding.column == name and not finding.allowed]
        most = max((finding.hits.values for finding in leaked), default=0)
        rule = _rule(f"G-05.{name}", "leak", "conformity", text, name)
        yield Result(rule, not leaked, found.rows - found.nulls[name], most, 0), [finding.reason() for finding in leaked]


def duplicates(plan: Table, found: Facts, dropped: int | None) -> Iterator[Gated]:
    """How many rows of the source were exact repeats of another, where the entry has them dropped; never refuses."""
    if plan.deduplicate and dropped is not None:
        text = Text(zh="来源中没有完全重复的行(重复行已去除)", en="The source repeats no row (repeats are dropped)")
        rule = Rule("G-06", "gate.duplicates", (), "accuracy", "info", text, {})
        yield Result(rule, dropped == 0, found.rows + dropped, dropped, 0), []


def _rule(code: str, gate: str, dimension: str, text: Text, *columns: str, mostly: float = 1.0) -> Rule:
    return Rule(code, f"gate.{gate}", columns, dimension, "critical", text, {"mostly": mostly})


def _difference(name: str, wanted: pa.Schema, found: pa.Schema) -> str:
    if name not in found.names:
        return "is planned and missing from the staged table"
    if name not in wanted.names:
        return "is in the staged table and not planned"
    if wanted.field(name).type != found.field(name).type:
        return f"is of type {found.field(name).type}, planned {wanted.field(name).type}"
    return ""


def _values(column: PublishedColumn, found: Facts, unfit: int, rows_in: int | None) -> int:
    """How many values were held against their shape: text that does not fit is masked and still there, all else became null."""
    values = found.rows - found.nulls[column.published]
    if not column.type == column.output == "text":
        values += unfit
    return max(unfit, values if rows_in is None else min(values, rows_in))


def _nulls(file: Any, index: int, name: str) -> int:
    counts = []
    for group in range(file.metadata.num_row_groups):
        statistics = file.metadata.row_group(group).column(index).statistics
        if statistics is None or not statistics.has_null_count:
            return sum(batch.column(0).null_count for batch in file.iter_batches(columns=[name]))
        counts.append(statistics.null_count)
    return sum(counts)
