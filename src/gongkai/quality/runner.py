"""Asking a suite of the staged table 规则校验, with Great Expectations on DuckDB, and letting nothing but counts back out.

Two walls keep values in: results are asked for without them, and whatever comes back passes a whitelist of numbers, because an
exception's text quotes the cell it failed on in every result format. What a rule raised is known by its class only.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.errors import DataError
from gongkai.quality.suite import Rule

COUNTS = {
    "result_format": "BASIC",
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 0,
    "include_unexpected_rows": False,
}
"""The only result format this program ever asks for."""

DUCKDB = {
    "memory_limit": "192MB",
    "threads": "2",
    "preserve_insertion_order": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_VIEW = "staged"
_SPEAKERS = ("great_expectations", "sqlalchemy", "duckdb_sqlalchemy")


@dataclass(frozen=True, slots=True)
class Result:
    """How one rule came out. ``error``: the class of what it raised; then it says nothing else."""

    rule: Rule
    success: bool
    elements: int | None = None
    unexpected: int | None = None
    missing: int | None = None
    error: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether it refuses the release: a critical rule that failed, or any rule that raised."""
        return self.error is not None or (not self.success and self.rule.severity == "critical")

    @property
    def share(self) -> float:
        """The share of elements that are as they should be; of a rule about the whole table 1 or 0."""
        if self.error is not None:
            return 0.0
        asked = (self.elements or 0) - (self.missing or 0)
        if self.unexpected is None or asked <= 0:
            return 1.0 if self.success else 0.0
        return 1 - self.unexpected / asked

    def document(self) -> dict[str, Any]:
        rule = self.rule
        return {
            "code": rule.code,
            "type": rule.type,
            "columns": list(rule.columns),
            "dimension": rule.dimension,
            "severity": rule.severity,
            "description": rule.description.model_dump(),
            "mostly": rule.mostly,
            "success": self.success,
            "elements": self.elements,
            "unexpected": self.unexpected,
            "missing": self.missing,
            "error": self.error,
        }


def validate(staged: Path, rules: Sequence[Rule], work: Path) -> list[Result]:
    """Every rule asked of the Parquet file ``staged``, in the order given. ``work`` holds the database's files meanwhile.

    Raises DataError when the table cannot be asked at all.
    """
    if not rules:
        return []
    folder = work / "duckdb"
    folder.mkdir(parents=True)
    try:
        with _quiet():
            found = _ask(staged, rules, folder)
    except Exception as error:  # noqa: BLE001 - of four libraries, any of which may quote a cell; only its class goes on
        raise DataError.of("check.engine", f"the rules could not be asked ({type(error).__name__})") from None
    finally:
        shutil.rmtree(folder)
    return [redact(rule, found[rule.code]) if rule.code in found else Result(rule, False, error="NoResult") for rule in rules]


def redact(rule: Rule, found: Mapping[str, Any]) -> Result:
    """What of a raw result may leave: whole numbers, a yes or no, and the name of a class.

    ``found`` has ``success``, ``result`` and ``exception_info`` as Great Expectations fills them.
    """
    error = _error(found.get("exception_info") or {})
    if error is not None:
        return Result(rule, False, error=error)
    counts = {name: found.get("result", {}).get(f"{name}_count") for name in ("element", "unexpected", "missing")}
    number = {name: value if type(value) is int and value >= 0 else None for name, value in counts.items()}
    return Result(rule, found["success"] is True, number["element"], number["unexpected"], number["missing"])


def _ask(staged: Path, rules: Sequence[Rule], folder: Path) -> dict[str, Mapping[str, Any]]:
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
    from great_expectations.expectations.registry import get_expectation_impl

    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    context = gx.get_context(mode="ephemeral", project_config=DataContextConfig(store_backend_defaults=stores))
    context.variables.progress_bars = {"globally": False}
    with _source(context, _view(staged, folder), folder) as source:
        batch = source.add_table_asset("staged", table_name=_VIEW).add_batch_definition_whole_table("all").get_batch()
        suite = gx.ExpectationSuite(name="rules")
        for rule in rules:
            expectation = get_expectation_impl(rule.type)
            suite.add_expectation(expectation(**rule.arguments, severity=rule.severity, meta={"code": rule.code}))
        answer = batch.validate(suite, result_format=COUNTS)
    # results come back grouped by column, not in the order asked
    return {found.expectation_config.meta["code"]: _raw(found) for found in answer.results}


@contextlib.contextmanager
def _source(context: Any, database: Path, folder: Path) -> Iterator[Any]:
    """The database as a data source; both engines that are made for one are closed afterwards, or DuckDB keeps the file."""
    from gongkai.quality import duckdb_engine

    name = duckdb_engine.__name__
    options = {"connect_args": {"config": _config(folder)}}
    source = context.data_sources.add_duckdb(
        name, connection_string=f"duckdb:///{database}", create_temp_table=False, kwargs=options
    )
    try:
        yield source
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()
        context.data_sources.delete(name)


def _raw(found: Any) -> dict[str, Any]:
    return {"success": found.success, "result": found.result or {}, "exception_info": found.exception_info or {}}


def _view(staged: Path, folder: Path) -> Path:
    """A database that holds nothing but a view on the file: DuckDB reads from it what a rule needs."""
    import duckdb

    database = folder / "view.duckdb"
    pattern = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(staged.resolve()))
    with duckdb.connect(str(database), config=_config(folder)) as connection:
        connection.execute(f"CREATE VIEW {_VIEW} AS FROM read_parquet('{_quoted(pattern)}')")
    return database


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _config(folder: Path) -> dict[str, str]:
    return DUCKDB | {"temp_directory": str(folder / "spill")}


def _error(info: Mapping[str, Any]) -> str | None:
    """The class of what a rule raised, None when it did not: one record, or one for each figure it needed."""
    records = [info] if "raised_exception" in info else [item for item in info.values() if isinstance(item, Mapping)]
    raised = [record for record in records if record.get("raised_exception")]
    return _class_name(str(raised[0].get("exception_traceback") or "")) if raised else None


def _class_name(traceback: str) -> str:
    """The exception a traceback ends with; a word that is no exception class of this process is not repeated."""
    known = {name: name for kind in _descendants(Exception) for name in (kind.__name__, f"{kind.__module__}.{kind.__name__}")}
    words = [line.partition(":")[0].strip() for line in traceback.splitlines() if line[:1].isalpha()]
    return next((known[word].rpartition(".")[2] for word in reversed(words) if word in known), "Exception")


def _descendants(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _descendants(child)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nothing is logged meanwhile (a driver's message quotes cells), and the process keeps its own way of warning."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    shown = warnings.showwarning
    with contextlib.ExitStack() as stack:
        for name in _SPEAKERS:
            stack.enter_context(_mute(logging.getLogger(name)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
            if warnings.showwarning is not shown:
                logging.captureWarnings(False)


@contextlib.contextmanager
def _mute(logger: logging.Logger) -> Iterator[None]:
    """Loggers below it may have a level of their own, so its level is not enough: nothing passes upward either."""
    level, propagates, nowhere = logger.level, logger.propagate, logging.NullHandler()
    logger.addHandler(nowhere)
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.propagate = propagates
        logger.setLevel(level)
        logger.removeHandler(nowhere)
