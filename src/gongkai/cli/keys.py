"""``gongkai keys``: the keys of pseudonyms 密钥, by fingerprint; a secret is never shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gongkai.cli._tables import as_json as _json
from gongkai.cli._tables import table as _table
from gongkai.errors import ConfigError, GongkaiError
from gongkai.project import Project

if TYPE_CHECKING:
    from gongkai.keys import Keyring
    from gongkai.registry.entry import Entry

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

HELP = "The keys of pseudonyms 密钥: make, compare, rotate. A secret is never shown."
SOURCES = {"environment": "environment 环境变量", "file": "file 密钥文件", "backend": "secrets backend 密钥后端"}
CURRENT = "current 现用"
MISSING = "missing 缺"
UNUSABLE = "unusable 不可用"
_NAMES = 3
"""So many datasets are named in a cell."""


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(name="keys", help=HELP, no_args_is_help=True, rich_markup_mode=None)
    group.command("new")(new)
    group.command("list")(list_)
    group.command("rotate")(rotate)
    app.add_typer(group)


def new(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Lower-case letters, digits, _ and -.")] = "default",
    as_json: Json = False,
) -> None:
    """Make a key of 32 random bytes in keys/ID.key.

    One that is there already is never overwritten.
    """
    from gongkai import keys

    project = Project.find()
    keys.create(project, key_id)
    made = keys.keyring(project, key_id)
    if as_json:
        _json(_document(made))
        return
    typer.echo(f"made {made.place}: key {key_id} 密钥, version 1, fingerprint 指纹 {keys.fingerprint(made.current)}")
    typer.echo("keep a copy in a safe place: without it nobody can make the same pseudonyms again, with it anybody can")


def list_(as_json: Json = False) -> None:
    """List every key, by fingerprint 指纹.

    Where it comes from, its versions, the datasets that take them. Exit code 2 when one of them is missing or must not be used.
    """
    from gongkai import keys

    project = Project.find()
    takers = _takers(project)
    found = [_look(project, key_id, takers.get(key_id, ())) for key_id in keys.ids(project, takers)]
    if as_json:
        _json([look.document() for look in found])
    elif found:
        rows = [row for look in found for row in look.rows()]
        _table(("key", "from", "version", "fingerprint 指纹", "datasets"), rows, styles=[_style(row) for row in rows])
    else:
        typer.echo("there is no key yet; make one: gongkai keys new")
    faults = [look.fault for look in found if look.fault is not None]
    for fault in () if as_json else faults:
        typer.secho(str(fault), fg="red", err=True)
    if faults:
        raise typer.Exit(max(fault.exit_code for fault in faults))


def rotate(key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id.")], as_json: Json = False) -> None:
    """Add a new version to a key 轮换.

    To one in a file of the project; older versions stay. Says what follows from it.
    """
    from gongkai import keys

    project = Project.find()
    takers = _takers(project).get(key_id, ())
    keys.rotate(project, key_id)
    ring = keys.keyring(project, key_id)
    previous = ring.keys[-2].version
    changing = [entry.code for entry in takers if entry.pseudonyms.version is None]
    staying = {entry.code: entry.pseudonyms.version for entry in takers if entry.pseudonyms.version is not None}
    if as_json:
        _json({**_document(ring), "previous": previous, "changing": changing, "staying": staying})
        return
    made = f"version {ring.current.version}, fingerprint 指纹 {keys.fingerprint(ring.current)}"
    typer.echo(f"key {key_id} 密钥 has a new current version: {made}\n\nwhat follows 后续影响")
    for line in _follows(previous, changing, list(staying)):
        typer.echo(f"  {line}")


def _follows(previous: int, changing: Sequence[str], staying: Sequence[str]) -> Iterator[str]:
    if changing:
        yield f"- new pseudonyms with the next release 下次发布起假名全部改变: {', '.join(changing)}"
        yield "  their rows can no longer be joined with earlier releases on a pseudonym; to stay with the old ones,"
        yield f"  write `pseudonyms: {{version: {previous}}}` into the entry before that, and have it approved"
    else:
        yield "- no registered dataset takes the current version, so no pseudonym changes 没有数据集受影响"
    if staying:
        yield f"- unchanged, for they name their version 固定版本不受影响: {', '.join(staying)}"
    yield "- approvals stay valid 审查结论仍有效: neither entry nor rules changed; the plan 脱敏方案 gets another hash"
    yield "- an incremental load reads the whole table once 增量抽取将全量重抽一次"
    yield f"- version {previous} stays in the file: without it nobody can make its pseudonyms again"


@dataclass(frozen=True, slots=True)
class _Look:
    """A key as it was found, what is wrong with it, and the datasets that take it."""

    id: str
    ring: Keyring | None
    fault: GongkaiError | None
    takers: Sequence[Entry]

    def document(self) -> dict[str, Any]:
        nothing: dict[str, Any] = {"id": self.id, "source": None, "place": None, "current": None, "versions": []}
        return {
            **(nothing if self.ring is None else _document(self.ring)),
            "datasets": {entry.code: entry.pseudonyms.version for entry in self.takers},
            "fault": None if self.fault is None else str(self.fault),
        }

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The newest version first, then those that a dataset names and nobody has."""
        from gongkai import keys

        if self.ring is None:
            yield self.id, UNUSABLE, "-", "-", _listed([entry.code for entry in self.takers])
            return
        takers: dict[int, list[str]] = {}
        for entry in self.takers:
            takers.setdefault(entry.pseudonyms.version or self.ring.current.version, []).append(entry.code)
        place = SOURCES[self.ring.source]
        for key in reversed(self.ring.keys):
            version = f"{key.version} {CURRENT}" if key is self.ring.current else str(key.version)
            yield self.id, place, version, keys.fingerprint(key), _listed(takers.pop(key.version, []))
        for missing, codes in sorted(takers.items()):
            yield self.id, place, f"{missing} {MISSING}", "-", _listed(codes)


def _look(project: Project, key_id: str, takers: Sequence[Entry]) -> _Look:
    from gongkai import keys

    try:
        ring = keys.keyring(project, key_id)
    except GongkaiError as error:
        return _Look(key_id, None, error, takers)
    try:
        for entry in takers:
            ring.version(entry.pseudonyms.version or ring.current.version)
    except ConfigError as error:
        return _Look(key_id, ring, error, takers)
    return _Look(key_id, ring, None, takers)


def _takers(project: Project) -> dict[str, list[Entry]]:
    """The registered datasets with pseudonyms, by the key they take."""
    from gongkai.registry.store import of as registry_of

    found: dict[str, list[Entry]] = {}
    for revision in registry_of(project).revisions():
        entry = revision.entry
        if entry.opening.type != "closed" and _keyed(project, entry):
            found.setdefault(entry.pseudonyms.key, []).append(entry)
    return found


def _keyed(project: Project, entry: Entry) -> bool:
    from gongkai import plan

    try:
        return plan.keyed(project, entry)
    except ConfigError:
        return True  # a method of it is gone, so nobody knows


def _document(ring: Keyring) -> dict[str, Any]:
    from gongkai import keys

    return {
        "id": ring.id,
        "source": ring.source,
        "place": ring.place,
        "current": ring.current.version,
        "versions": [{"version": key.version, "fingerprint": keys.fingerprint(key)} for key in ring.keys],
    }


def _style(row: Sequence[str]) -> str:
    return "bold" if row[2].endswith(CURRENT) else "red" if row[3] == "-" else ""


def _listed(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:_NAMES])
    return f"{shown} … {len(codes)} in all" if len(codes) > _NAMES else shown or "-"
