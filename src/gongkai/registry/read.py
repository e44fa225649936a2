"""Reading catalogue entries 读取目录条目: ``catalog/<department>/<dataset>.yml``, every fault of every file at once.

A file whose shape is wrong is checked further all the same: the wrong parts are set aside, and what the rest breaks is reported
with them, so that nobody corrects a file ten times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from gongkai import documents
from gongkai.documents import validation
from gongkai.errors import ConfigError, Fault
from gongkai.registry import checks, credentials
from gongkai.registry.entry import Entry

if TYPE_CHECKING:
    from gongkai.rules import Rules

Further = Callable[[Entry, str], list[Fault]]
"""Checks that know more than the registry: methods, sources, formats. Entry and file name in, faults out."""

HINTS = {
    "code": "write a code of small letters, digits, _ and -, 2 to 80 long",
    "department": "write the name of the folder the file lies in",
    "related": "write codes of other datasets",
    "provider.code": "write the 18 characters of the unified social credit code 统一社会信用代码",
    "update.at": "write it as HH:MM, 00:00 to 23:59",
    "update.frequency": "write how often the source changes: daily, monthly, irregular…",
    "opening.type": "write unconditional, conditional or closed",
    "sharing.type": "write unconditional, conditional or not_shared",
    "issued": "write the date of first publication, YYYY-MM-DD",
    "source.kind": "write the kind of source: sql, file",
    "columns": "list every column of the source",
    "columns.name": "write the column's name in the source, byte for byte",
    "columns.title": "write its Chinese name",
}

_DURATIONS = (("update", "max_age"), ("update", "grace"), ("source", "load", "full_every"))


@dataclass(frozen=True, slots=True)
class Read:
    """One file: how faults name it, its entry if its shape is right, and all that is wrong."""

    file: str
    entry: Entry | None
    code: str | None
    faults: list[Fault]


def entries(catalog: Path, paths: Sequence[Path], rules: Rules, further: Further) -> list[Entry]:
    """The entries of files and folders inside ``catalog``, in the order of their names.

    ConfigError holds every fault of every file; then no entry is given at all.
    """
    files, faults = _files(catalog, paths)
    read = [one(path, catalog, rules, further) for path in files]
    for item in read:
        faults += item.faults
    faults += _claimed_twice(read) + _claimed_elsewhere(read, catalog, files)
    if faults:
        raise ConfigError(*dict.fromkeys(faults))  # a file two entries share is told once
    return [item.entry for item in read if item.entry is not None]


def one(path: Path, catalog: Path, rules: Rules, further: Further) -> Read:
    """Read a single file of the catalogue."""
    file = label(path, catalog)
    document, faults = documents.read(path, file)
    if document is None:
        return Read(file, None, None, faults or [Fault(file, "", "is empty", "write an entry")])
    if not isinstance(document, dict):
        return Read(file, None, None, [*faults, Fault(file, "", "is not a set of keys", "write keys with values")])
    secrets = credentials.faults(document, file)
    entry, wrong, probe = _entry(document, file)
    faults += secrets + wrong + _misplaced(document, path, file)
    if probe is not None:
        faults += _beside(checks.faults(probe, rules, file) + further(probe, file), file, wrong, secrets)
    code = document.get("code")
    return Read(file, entry, code if isinstance(code, str) else None, faults)


def label(path: Path, catalog: Path) -> str:
    """A file's name in messages: relative to the project."""
    try:
        return path.relative_to(catalog.parent).as_posix()
    except ValueError:
        return path.name


def _files(catalog: Path, paths: Sequence[Path]) -> tuple[list[Path], list[Fault]]:
    """The entry files behind what was named, each once, sorted; and what cannot be one."""
    found: dict[Path, None] = {}
    faults: list[Fault] = []
    root = catalog.resolve()
    for given in paths:
        path = given.resolve()
        if path.is_dir():
            inside = [item for item in sorted(path.rglob("*.y*ml")) if not item.name.startswith(".")]
            if not inside:
                faults.append(Fault(given.as_posix(), "", "holds no entry", "name a folder with .yml files in it"))
        elif path.is_file():
            inside = [path]
        else:
            inside = []
            faults.append(Fault(given.as_posix(), "", "does not exist", "name a file or folder of the catalogue"))
        for item in inside:
            fault = _wrong_place(item, root, given)
            if fault is None:
                found[catalog / item.relative_to(root)] = None
            else:
                faults.append(fault)
    return sorted(found), faults


def _wrong_place(path: Path, root: Path, given: Path) -> Fault | None:
    if not path.is_relative_to(root):
        name = given.name if given.resolve() == path else path.name
        return Fault(name, "", "lies outside the catalogue", "put it at catalog/<department>/<dataset>.yml of this project")
    file = f"catalog/{path.relative_to(root).as_posix()}"
    if path.suffix != ".yml":
        return Fault(file, "", "does not end in .yml", "rename it")
    if len(path.relative_to(root).parts) != 2:
        return Fault(file, "", "does not lie in a department's folder", "put it at catalog/<department>/<dataset>.yml")
    return None


def _misplaced(document: dict[str, Any], path: Path, file: str) -> list[Fault]:
    department = document.get("department")
    if isinstance(department, str) and department != path.parent.name:
        return [Fault(file, "department", "is not the name of the folder the file lies in", HINTS["department"])]
    return []


def _entry(document: dict[str, Any], file: str) -> tuple[Entry | None, list[Fault], Entry | None]:
    """The entry, what is wrong with its shape, and an entry to hold against the rules: the same, or what is left of it."""
    unitless = _unitless(document, file)
    try:
        entry = Entry.model_validate(document)
    except ValidationError as error:
        wrong = validation.faults(error, Entry, document, file, HINTS)
        keys = {fault.key for fault in unitless}
        return None, unitless + [fault for fault in wrong if fault.key not in keys], _remainder(document, error)
    return (None if unitless else entry), unitless, entry


def _unitless(document: dict[str, Any], file: str) -> list[Fault]:
    """A bare number is no length of time: seconds, or the days somebody meant?"""
    faults = []
    for place in _DURATIONS:
        value: Any = document
        for key in place:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, int | float) or (isinstance(value, str) and re.fullmatch(r"\s*-?[0-9.]+\s*", value)):
            faults.append(Fault(file, documents.path(place), "has no unit", "write it as ISO 8601: P30D, PT6H"))
    return faults


_STAND_INS: dict[tuple[str, ...], Any] = {
    ("code",): "stand-in",
    ("title",): "-",
    ("department",): "stand-in",
    ("category",): "-",
    ("provider",): {"name": "-", "code": "0" * 18},
    ("provider", "name"): "-",
    ("provider", "code"): "0" * 18,
    ("abstract",): "-",
    ("format",): "-",
    ("sharing",): {"type": "unconditional"},
    ("sharing", "type"): "unconditional",
    ("opening",): {"type": "closed"},
    ("opening", "type"): "closed",
    ("update",): {"frequency": "daily"},
    ("update", "frequency"): "daily",
    ("issued",): "2000-01-01",
    ("licence",): {"name": "-"},
    ("licence", "name"): "-",
    ("contact",): {"unit": "-", "name": "-"},
    ("contact", "unit"): "-",
    ("contact", "name"): "-",
    ("source",): {"kind": "-"},
    ("source", "kind"): "-",
    ("columns",): [{"name": "-", "title": "-", "publish": False}],
    ("columns", "name"): "-",
    ("columns", "title"): "-",
}
"""What stands in for a required part that is wrong, so that the rest can be checked; the mildest there is."""


def _remainder(document: dict[str, Any], error: ValidationError) -> Entry | None:
    """The entry with its wrong parts set aside; None when nothing sensible is left."""
    left: Any = _copy(document)
    for place in validation.places(error):
        _set_aside(left, place)
    try:
        return Entry.model_validate(left)
    except ValidationError:
        return None


def _set_aside(document: Any, place: validation.Place) -> None:
    holder: Any = document
    part: Any
    for part in place[:-1]:
        holder = holder[part] if isinstance(holder, list) else holder.get(part)
        if holder is None:
            return
    last: Any = place[-1]
    names = tuple(part for part in place if isinstance(part, str))
    if isinstance(holder, list):
        holder[last] = {"name": f"-{last}", "title": "-", "publish": False} if names == ("columns",) else "-"
    elif names in _STAND_INS:
        stand_in = _STAND_INS[names]
        unique = f"-{place[1]}" if names == ("columns", "name") else stand_in
        holder[last] = _copy(unique)
    else:
        holder.pop(last, None)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def _beside(further: Sequence[Fault], file: str, wrong: Sequence[Fault], secrets: Sequence[Fault]) -> Iterator[Fault]:
    """Faults that are news: not about a part whose shape is wrong, nor about what is a credential anyway.

    What another file says of this entry (its expectations) counts only once the entry's own shape is right.
    """
    parts = {_part(fault.key) for fault in wrong}
    keys = {fault.key for fault in secrets}
    for fault in further:
        if fault.file != file and not wrong:
            yield fault
        elif fault.file == file and _part(fault.key) not in parts and fault.key not in keys:
            yield replace(fault, key=_ODD.sub("…", fault.key))


_ODD = re.compile(r"[^.]*[^\w.\[\]-].*")
"""A key that does not look like one, and all behind it: it may be a URL with a password that lost its place."""


def _part(key: str) -> str:
    """The part of an entry that is set aside as one: a top-level key, or one column."""
    return key.partition(".")[0]


def _claimed_twice(read: Sequence[Read]) -> list[Fault]:
    owners: dict[str, str] = {}
    faults = []
    for item in read:
        if item.code is not None:
            owner = owners.setdefault(item.code, item.file)
            if owner != item.file:
                faults.append(
                    Fault(item.file, "code", f"is also the code of {owner}", "a code names one dataset; choose another")
                )
    return faults


def _claimed_elsewhere(read: Sequence[Read], catalog: Path, files: Sequence[Path]) -> list[Fault]:
    """Codes that a file of the catalogue has which was not named this time; looked for in its text, without parsing it."""
    mine = {item.code: item.file for item in read if item.code is not None}
    named = set(files)
    faults = []
    for path in sorted(catalog.glob("*/*.yml")):
        if path in named or not path.is_file():
            continue
        for found in _CODE.findall(path.read_bytes()):
            code = found.decode("ascii")
            if code in mine:
                remedy = "a code names one dataset; choose another"
                faults.append(Fault(mine[code], "code", f"is also the code of {label(path, catalog)}", remedy))
    return faults


_CODE = re.compile(rb"^code:[ \t]*[\"']?([a-z0-9][a-z0-9_-]*)", re.MULTILINE)
