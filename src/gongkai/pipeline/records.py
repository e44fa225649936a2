"""What steps of a run tell each other, and what is known of it 运行记录: small, JSON, without a value of any row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeAlias

from gongkai.registry.records import Verdict

Progress: TypeAlias = Callable[[str, int], None]
"""Told the step and the rows it has done so far."""


@dataclass(frozen=True, slots=True)
class Ref:
    """What a step hands to the next: which run of which dataset, by which plan, and the hashes of what it left.

    ``staged``: SHA-256 of the staged table's file; ``content``: what its rows are, in whatever file; ``release``, ``manifest``:
    the packaged release and the SHA-256 of its manifest; ``unchanged``: readers have the same already.
    """

    code: str
    run: str
    revision: str
    plan: str
    staged: str
    content: str
    rows_in: int
    rows_out: int
    release: str | None = None
    manifest: str | None = None
    unchanged: bool = False
    verdict: Verdict | None = None

    def document(self) -> dict[str, Any]:
        """The reference as JSON values, as Airflow passes it on."""
        return asdict(self)

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Ref:
        """The reference of a ``document``; TypeError where it is none.

        >>> ref = Ref("hrss-cards", "run-1", "r", "p", "s", "c", 3, 3)
        >>> Ref.parse(ref.document()) == ref
        True
        """
        return cls(**document)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a run so far, kept in its workspace; None for what it did not come to yet.

    ``started``: ISO 8601 in UTC; ``basis``: what its approval stood on when it began; ``sketch_key``: the version of the key
    that its list of values is kept under; ``step``, ``verdict``, ``reasons``: how it ended, and where.
    """

    started: str | None = None
    revision: str | None = None
    basis: str | None = None
    plan: str | None = None
    staged: str | None = None
    content: str | None = None
    rows_in: int | None = None
    rows_out: int | None = None
    watermark: str | None = None
    full: bool = True
    sketch_key: int | None = None
    release: str | None = None
    manifest: str | None = None
    unchanged: bool = False
    step: str | None = None
    verdict: Verdict | None = None
    reasons: tuple[str, ...] = ()
    knowledge: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The facts as JSON values; what is not known is not in it."""
        known = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in known.items() if value is not None}

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Facts:
        """The facts of a ``document``."""
        return cls(**{**document, "reasons": tuple(document.get("reasons", ()))})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. ``verdict``: published, unchanged, refused or failed."""

    code: str
    release: str | None
    rows_in: int
    rows_out: int
    formats: list[str]
    verdict: str
    reasons: list[str]
    run: str
    report: str | None
    exit_code: int = 0

    def document(self) -> dict[str, Any]:
        """The outcome as JSON values; the exit code is the process's own."""
        return {name: value for name, value in asdict(self).items() if name != "exit_code"}
