"""Great Expectations on DuckDB: the parts its SQL engine lacks there, and nothing else touches its inner classes.

Great Expectations 1.24 reaches DuckDB through SQLAlchemy and fails twice: it reads rows from a cursor whose connection went
back to the pool (in DuckDB the cursor is the connection), and it writes regular expressions for PostgreSQL, where DuckDB
means something else by ``~``. Both are set right in subclasses; no function of the library is replaced. Added: date formats
in SQL, and how old the latest value of a column is, which gives days and never the value.

Import this only inside ``gongkai.quality.runner``: it imports Great Expectations, which takes seconds.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import ColumnAggregateExpectation
from great_expectations.expectations.metrics.map_metric_provider import ColumnMapMetricProvider, column_condition_partial


class DuckDBEngine(SqlAlchemyExecutionEngine):
    """Fetches every row before the connection goes back to the pool."""

    def execute_query(self, query: Any) -> Any:
        with self.get_connection() as connection:
            result = connection.execute(query)
            return result.freeze()() if result.returns_rows else result


class DuckDBDatasource(SQLDatasource):
    """``context.data_sources.add_duckdb``"""

    type: Literal["duckdb"] = "duckdb"

    @property
    def execution_engine_type(self) -> Any:
        return DuckDBEngine


def _matches(column: Any, regex: str) -> Any:
    return sa.func.regexp_matches(column, sa.literal(regex))


class _Match(ColumnMapMetricProvider):
    condition_metric_name = "column_values.match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=DuckDBEngine)
    def _duckdb(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805 - called on the class
        return _matches(column, regex)


class _MatchNot(ColumnMapMetricProvider):
    condition_metric_name = "column_values.not_match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=DuckDBEngine)
    def _duckdb(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805 - called on the class
        return sa.not_(_matches(column, regex))


class _MatchList(ColumnMapMetricProvider):
    condition_metric_name = "column_values.match_regex_list"
    condition_value_keys = ("regex_list", "match_on")

    @column_condition_partial(engine=DuckDBEngine)
    def _duckdb(cls, column: Any, regex_list: list[str], match_on: str = "any", **_: Any) -> Any:  # noqa: N805 - called on the class
        return (sa.and_ if match_on == "all" else sa.or_)(*(_matches(column, regex) for regex in regex_list))


class _MatchNotList(ColumnMapMetricProvider):
    condition_metric_name = "column_values.not_match_regex_list"
    condition_value_keys = ("regex_list",)

    @column_condition_partial(engine=DuckDBEngine)
    def _duckdb(cls, column: Any, regex_list: list[str], **_: Any) -> Any:  # noqa: N805 - called on the class
        return sa.and_(*(sa.not_(_matches(column, regex)) for regex in regex_list))


class _MatchDateFormat(ColumnMapMetricProvider):
    condition_metric_name = "column_values.match_strftime_format"
    condition_value_keys = ("strftime_format",)

    @column_condition_partial(engine=DuckDBEngine)
    def _duckdb(cls, column: Any, strftime_format: str, **_: Any) -> Any:  # noqa: N805 - called on the class
        return sa.func.try_strptime(column, sa.literal(strftime_format)).is_not(None)


class ExpectColumnLatestToBeWithinDays(ColumnAggregateExpectation):
    """时效: the latest date of the column lies at most ``days`` before today; a column without any date fails."""

    days: int
    metric_dependencies: ClassVar[tuple[str, ...]] = ("column.max",)
    success_keys: ClassVar[tuple[str, ...]] = ("days",)

    def _validate(self, metrics: dict[str, Any], **_: Any) -> dict[str, Any]:
        latest = metrics["column.max"]  # a date, or its text in ISO 8601
        if latest is None:
            return {"success": False, "result": {}}
        age = (datetime.now(ZoneInfo("Asia/Shanghai")).date() - date.fromisoformat(str(latest)[:10])).days
        return {"success": age <= self.days, "result": {}}
