"""The life of a dataset's entry 目录生命周期: registered, approved, changed, approved anew; and how a city's project begins.

A department drafts an entry as a file and the authority approves what was registered from it. Nothing that is not approved as
it stands, under the rules as they stand, is ever published.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gongkai.errors import ConfigError, Fault, known

if TYPE_CHECKING:
    from gongkai.registry.entry import Entry
    from gongkai.registry.store import Approval, Change, Registry, Revision
    from gongkai.rules import Rules
    from gongkai.settings import Settings

State = Literal["draft", "approved", "outdated", "closed"]

FOLDERS = ("catalog", "transforms", "rules", "expectations", "dags", "keys", "var")
PRIVATE = ("keys", "var")


@dataclass(frozen=True, slots=True)
class Status:
    """Where a dataset stands. ``draft`` was never approved; ``outdated`` was, but the entry or the rules changed since."""

    revision: Revision
    state: State
    approval: Approval | None
    """The one in force; for an outdated dataset the last one given."""


def apply(settings: Settings, paths: Sequence[Path], *, dry_run: bool = False) -> list[Change]:
    """Register the entries of files and folders of the catalogue: all of them, or none.

    ConfigError holds every fault of every file, and then nothing is changed. With ``dry_run`` nothing is changed either way.
    """
    from gongkai import rules
    from gongkai.registry import read

    in_force = rules.load()
    entries = read.entries(settings.catalog, paths, in_force, partial(_further, rules=in_force))
    registry = _registry(settings)
    return registry.compare(entries) if dry_run else registry.save(entries, rules=in_force.digest)


def approve(
    settings: Settings, code: str, *, by: str, note: str, revision: str | None = None, kinds: Sequence[str] = ()
) -> Approval:
    """Approve the current revision of a dataset under the rules in force 审查通过.

    ``revision``: the beginning of the hash that was reviewed; then nothing else is approved. ``kinds``: the kinds of review
    this speaks for, all that the policy requires when none is named; the dataset runs once each of them has passed. ConfigError
    when the entry no longer fits the rules, a kind is unknown, or ``by`` or ``note`` is empty; Refused for a closed dataset.
    """
    from gongkai import rules
    from gongkai.registry import basis, checks

    in_force = rules.load()
    registry = _registry(settings)
    current = registry.current(code)
    faults = checks.faults(current.entry, in_force, code) + _further(current.entry, code, rules=in_force)
    if faults:
        raise ConfigError(*faults)
    if revision is None:
        revision = current.hash  # what was checked just now, should another process change it meanwhile
    for kind in kinds:
        if kind not in rules.REVIEWS:
            raise ConfigError.of(f"no kind of review is called '{kind}'", known(kind, rules.REVIEWS), key="kind")
    digest = basis.rules_digest(current.entry, in_force)
    passed = list(kinds) or basis.reviews(current.entry, in_force)
    return registry.approve(code, by=by, note=note, rules=digest, revision=revision, kinds=passed)


def approved(settings: Settings) -> list[tuple[Revision, Approval]]:
    """Every dataset that may run, by code, with the approval it runs by."""
    from gongkai import rules
    from gongkai.registry import basis

    in_force = rules.load()
    return _registry(settings).approved(basis.digests(in_force), lambda entry: basis.reviews(entry, in_force))


def status(settings: Settings) -> list[Status]:
    """Where each registered dataset stands, by code."""
    registry = _registry(settings)
    in_force = {revision.code: approval for revision, approval in approved(settings)}
    last = {approval.code: approval for approval in registry.approvals()}
    return [_status(revision, in_force.get(revision.code), last.get(revision.code)) for revision in registry.revisions()]


def init(folder: Path) -> list[Path]:
    """Begin a city's project in ``folder``; what was made, and nothing that was there is touched.

    The key file holds 32 random bytes as ``VERSION:HEX``. Whoever loses it cannot make the same pseudonyms again; whoever else
    has it can find out who stands behind them. ConfigError when a folder cannot be made.
    """
    made: list[Path] = []
    try:
        for path in (folder, *(folder / name for name in FOLDERS), folder / "catalog" / "example"):
            _folder(path, made)
        _file(folder / "keys" / "default.key", f"1:{secrets.token_hex(32)}\n", made, mode=0o600)
        _file(folder / ".gitignore", "".join(f"/{name}/\n" for name in PRIVATE), made)
        example = Path(__file__).with_name("registry") / "example.yml"
        _file(folder / "catalog" / "example" / "social_card.yml.example", example.read_text("utf-8"), made)
    except OSError as error:
        raise ConfigError.of(
            f"cannot be made ({type(error).__name__})", "check the folder and your rights", file=str(folder)
        ) from None
    return made


def _registry(settings: Settings) -> Registry:
    from gongkai.registry.store import Registry

    return Registry(settings.database)


def _further(entry: Entry, file: str, *, rules: Rules) -> list[Fault]:
    """What the registry itself cannot check: methods, parameters and policy, sources, formats, expectations."""
    from gongkai import plan, quality

    return plan.faults(entry, rules, file) + quality.faults(entry)


def _status(revision: Revision, in_force: Approval | None, last: Approval | None) -> Status:
    if revision.entry.opening.type == "closed":
        return Status(revision, "closed", None)
    if in_force is not None:
        return Status(revision, "approved", in_force)
    return Status(revision, "draft" if last is None else "outdated", last)


def _folder(path: Path, made: list[Path]) -> None:
    if not path.is_dir():
        path.mkdir(parents=True)
        if path.name in PRIVATE:
            path.chmod(0o700)
        made.append(path)


def _file(path: Path, text: str, made: list[Path], *, mode: int = 0o644) -> None:
    if path.exists():
        return
    path.touch(mode=mode, exist_ok=False)
    path.write_text(text, "utf-8")
    made.append(path)
