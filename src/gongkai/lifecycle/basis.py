"""What an approval stands on besides the entry itself 审查依据, computed from what deciding about the entry reads.

Somebody approved that an ID column is masked by *this* policy with *this* program. When anything changes that decides what is
published or what must hold, the approval no longer speaks of it. Nothing of that is listed by hand: the entry's methods are
asked what they leave and what they make of a column, and whatever content file is asked for meanwhile is part of the basis.
What ships enters with its ``VERSION``, which changes when its output does; what a city wrote enters byte for byte, YAML by what
it says. What can only refuse a release, words of headers and detectors, is read elsewhere and so is no part of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

from gongkai import plugins
from gongkai.errors import GongkaiError
from gongkai.plugins import Kind
from gongkai.project import Project

if TYPE_CHECKING:
    from gongkai.registry.entry import Column, Entry
    from gongkai.registry.store import Approval, Revision

ENTRY, UNKNOWN, REVIEW = "entry", "earlier version", "review "
"""What is due where the entry changed, and where an approval does not say what it stands on; what a missing kind of review
begins with."""
_TEXTS = frozenset({".yml", ".csv", ".py", ".txt"})
_TITLES: Mapping[Kind, str] = {"transforms": "method", "sources": "source", "formats": "format", "stores": "store"}


@dataclass(frozen=True)
class Basis:
    """``parts``: the digest or version of everything that decides, by its name; ``files``: the content files among them."""

    parts: Mapping[str, str]
    files: frozenset[str]

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of all parts."""
        return hashlib.sha256(json.dumps(dict(self.parts), sort_keys=True).encode()).hexdigest()


def of(project: Project, entry: Entry) -> Basis:
    """The basis of an entry as everything is now. What is wrong with the entry or with a file makes no error here: that is
    said where it is checked.

    >>> from pathlib import Path
    >>> from gongkai import documents, registry
    >>> from gongkai.project import SHIPPED
    >>> from gongkai.registry.entry import Entry
    >>> example = documents.read(Path(registry.__file__).with_name("example.yml"), "")[0]
    >>> [part for part in of(SHIPPED, Entry.model_validate(example)).parts if part.startswith("method")]
    ['method keep', 'method mask', 'method pseudonymize']
    """
    view = project.watched()
    _decide(view, entry)
    return _stands_on(project, view.opened)


def anew(project: Project, known: Basis) -> Basis:
    """A basis as its files are on disk now. A project remembers what it has read: what somebody changed while a run was under
    way is seen only so. Nothing is loaded for it but digests."""
    return _stands_on(project.anew(), known.files)


def _stands_on(project: Project, opened: Iterable[str]) -> Basis:
    parts = {name: _part(project, name) for name in sorted(opened) if "/" in name}
    return Basis({**_program(), **dict(filter(None, parts.values()))}, frozenset(opened))


def knowledge(project: Project, approved: Basis) -> dict[str, str]:
    """The digests of the content files that this process has read beside those of a basis: they can only refuse."""
    read = sorted(name for name in project.opened - approved.files if "/" in name)
    return {name: project.once(_digest, *name.split("/", 1)) for name in read}


def reviews(project: Project, entry: Entry) -> tuple[str, ...]:
    """The kinds of review that an entry must have passed, by the most sensitive column it publishes."""
    from gongkai import rules

    in_force = rules.load(project)
    entities = [str(column.entity) for column in entry.published if column.entity in in_force.entities]
    return in_force.demand(entities, entry.opening.type).reviews


def due(project: Project, revision: Revision, given: Sequence[Approval]) -> tuple[str, ...]:
    """Why the approvals that were ``given`` for a dataset do not let it run: ``review legal`` and the like for each kind of
    review that is missing where some hold, else what changed since the last one. Empty where none was ever given."""
    now = of(project, revision.entry).digest
    holding = [approval for approval in given if (approval.hash, approval.basis) == (revision.hash, now)]
    if not holding:
        return changes(project, revision, given[-1]) if given else ()
    passed = {kind for approval in holding for kind in approval.kinds}
    return tuple(f"{REVIEW}{kind}" for kind in reviews(project, revision.entry) if kind not in passed)


def changes(project: Project, revision: Revision, last: Approval) -> tuple[str, ...]:
    """Why the ``last`` approval no longer holds: the names of what changed since."""
    if revision.hash != last.hash:
        return (ENTRY,)
    if not last.stands_on:
        return (UNKNOWN,)
    now = of(project, revision.entry).parts
    return tuple(sorted(name for name in {*now, *last.stands_on} if now.get(name) != last.stands_on.get(name)))


def _decide(view: Project, entry: Entry) -> None:
    """Everything that decides about an entry is asked for once, of a project that takes note. A city's own plug-in may raise
    anything."""
    from gongkai import quality, rules

    with suppress(GongkaiError):
        rules.load(view)
    quality.ask_for_files(view, entry.code)
    for column in entry.published:
        with suppress(Exception):
            view.once(_treat, *_treatment(column))
    with suppress(Exception):
        plugins.load(view, "sources", entry.source.kind)
    for name in entry.formats:
        with suppress(Exception):
            plugins.load(view, "formats", name)
    if view.home is not None:
        with suppress(Exception):
            plugins.load(view, "stores", view.settings.store_kind)


def _treatment(column: Column) -> tuple[str, str, str, str]:
    """A column's treatment as its entry says it, hashable."""
    params = json.dumps(column.params, ensure_ascii=False, sort_keys=True, default=str)
    return str(column.method), column.type, str(column.entity), params


def _treat(view: Project, method: str, type_: str, entity: str, params: str) -> None:
    """Ask a method what it leaves of a column and what it makes of it."""
    from gongkai.plan import contract

    asked = contract.load(view, method)
    given = asked.check(json.loads(params))[0]
    asked.reveals(entity, given)
    asked.output(type_, entity, given)


def _program() -> dict[str, str]:
    """The versions of what ships and is no plug-in."""
    from gongkai.columns import casting, cleaning, row_order

    versions: dict[str, int] = {"casting": casting.VERSION, "cleaning": cleaning.VERSION, "order of rows": row_order.VERSION}
    return {name: f"version {version}" for name, version in versions.items()}


def _part(project: Project, name: str) -> tuple[str, str] | None:
    """A content file's name in a basis and its digest; of a shipped plug-in its title and version."""
    folder, _, path = name.partition("/")
    if folder in get_args(Kind):
        return project.once(_plug_in, folder, path.removesuffix(".py"))
    return name, project.once(_digest, folder, path)


def _plug_in(project: Project, kind: Kind, name: str) -> tuple[str, str] | None:
    if plugins.is_own(project, kind, name):
        return f"{kind}/{name}.py", _digest(project, kind, f"{name}.py")
    try:
        module = plugins.load(project, kind, name)
    except GongkaiError:
        return None
    version = getattr(module, "VERSION", None)
    return None if version is None else (f"{_TITLES[kind]} {name}", f"version {version}")


def _digest(project: Project, folder: str, name: str) -> str:
    """SHA-256 (hex) of what a file says: of YAML its values, of any other its text, line ends aside; empty where it is not."""
    from gongkai import documents

    path = project.file(folder, name)
    if path is None:
        return ""
    if path.suffix not in _TEXTS:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    text = path.read_bytes().replace(b"\r\n", b"\n")
    if path.suffix == ".yml":
        document, faults = documents.read(path, name)
        if not faults:
            text = json.dumps(_ordered(document), ensure_ascii=False).encode()
    return hashlib.sha256(text).hexdigest()


def _ordered(document: Any) -> Any:
    """A document whose mappings keep their order: the order of levels in the policy says which is higher."""
    return [[key, _ordered(value)] for key, value in document.items()] if isinstance(document, dict) else document
