"""The check report 质量报告: what was asked, what came out, the verdict and why. Counts only, never a value.

``document`` is the record that is kept and travels with the release; the same table and rules give the same record, so it
holds no time. ``gongkai.quality.page`` turns it into a page people read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.errors import Reason
from gongkai.leaks.staged import Scan
from gongkai.quality.dimensions import Mark, score
from gongkai.quality.runner import Result
from gongkai.quality.suite import Waiver
from gongkai.quality.table import Table
from gongkai.registry.entry import Entry

_NO_CLEANING = ("unfit", "desensitized")
"""What a tally holds beside the cleaning operations."""


@dataclass(frozen=True, slots=True)
class Report:
    """A release's check. ``tally`` has for each published column how many values each operation changed."""

    entry: Entry
    plan: Table
    rows: int
    rows_in: int | None
    duplicates: int | None
    previous_rows: int | None
    nulls: Mapping[str, int]
    tally: Mapping[str, Mapping[str, int]]
    results: Sequence[Result]
    scan: Scan
    waivers: Sequence[Waiver]
    reasons: Sequence[Reason]

    @property
    def verdict(self) -> str:
        """``pass`` or ``refuse``."""
        return "refuse" if self.reasons else "pass"

    @property
    def warnings(self) -> list[Result]:
        """Rules that failed and do not refuse."""
        return [result for result in self.results if not result.success and not result.blocks]

    def document(self) -> dict[str, Any]:
        """The record as JSON values, the same for the same table, plan and rules."""
        return {
            "dataset": {"code": self.entry.code, "title": self.entry.title, "provider": self.entry.provider.name},
            "plan": self.plan.hash,
            "verdict": self.verdict,
            "reasons": [_reason(reason) for reason in self.reasons],
            "warnings": [result.rule.code for result in self.warnings],
            "rows": {
                "source": self.rows_in,
                "duplicates": self.duplicates,
                "published": self.rows,
                "previous": self.previous_rows,
            },
            "score": score(map(_mark, self.results), refused=self.verdict == "refuse"),
            "columns": [self._column(column) for column in self.plan.columns],
            "results": [result.document() for result in self.results],
            "scan": {
                "columns": self.scan.columns,
                "findings": [finding.document() for finding in self.scan.findings],
                "waivers": [waiver.model_dump() for waiver in self.waivers],
            },
        }

    def _column(self, column: Any) -> dict[str, Any]:
        counts = self.tally.get(column.published, {})
        return {
            "name": column.published,
            "title": column.title,
            "type": column.output,
            "method": column.method,
            "nulls": self.nulls.get(column.published, 0),
            "desensitized": counts.get("desensitized", 0),
            "unfit": counts.get("unfit", 0),
            "cleaned": {what: n for what, n in sorted(counts.items()) if what not in _NO_CLEANING},
            "scanned": column.published in self.scan.columns,
            "identifiers": sum(finding.hits.values for finding in self.scan.findings if finding.column == column.published),
        }


def blocking(results: Iterable[Result]) -> list[Reason]:
    """Why written rules refuse: each critical one that failed, each one that raised, whatever its severity."""
    return [_blocked(result) for result in results if result.blocks]


def _blocked(result: Result) -> Reason:
    column = "、".join(result.rule.columns) or None
    code = f"rule.{result.rule.code.partition('.')[0]}"
    if result.error is not None:
        return Reason(code, f"the rule could not be asked ({result.error}): {result.rule.description.en}", column)
    return Reason(code, f"not so: {result.rule.description.en}", column, result.unexpected)


def _reason(reason: Reason) -> dict[str, Any]:
    return {"rule": reason.rule, "message": reason.message, "column": reason.column, "count": reason.count}


def _mark(result: Result) -> Mark:
    share = result.share if result.error is not None or result.unexpected is not None else float(result.success)
    return Mark(result.rule.dimension, result.rule.severity, share, result.rule.mostly)
