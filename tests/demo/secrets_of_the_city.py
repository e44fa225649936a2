"""Every value of the demo's sources that must be nowhere else: taken from the tables as they are made, by their entries.

Left out is what is no secret by itself or could be told from nothing: values somebody masked before, words for "nothing", and
the few that stand word for word in something public too (a surname and a given name that happen to be a word of a report).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import yaml
from search import Needles

import gongkai
from gongkai.demo.tables import Table
from gongkai.project import shipped_folder
from gongkai.registry.entry import Column, Entry

PERSON = frozenset({"PERSON_NAME", "LEGAL_REPRESENTATIVE", "CN_ID_CARD", "SOCIAL_SECURITY_NO", "PERSON_NO"})
REACH = frozenset({"PHONE", "EMAIL", "ADDRESS", "BANK_ACCOUNT", "FREE_TEXT"})
MOBILE = re.compile(r"1[3-9][0-9]{9}")


def entries() -> dict[str, Entry]:
    """The demo's entries by code."""
    folder = Path(gongkai.__file__).parent / "demo" / "data" / "catalog"
    found = [Entry.model_validate(yaml.safe_load(path.read_text("utf-8"))) for path in folder.glob("*/*.yml")]
    return {entry.code: entry for entry in found}


def secrets(tables: dict[str, Table]) -> dict[str, set[str]]:
    """Values by kind: the columns of people, columns no entry lists, and telephone numbers wherever they stand."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, entry in entries().items():
        columns = {column.name: column for column in entry.columns}
        for name, cells in tables[code].items():
            kind = _kind(columns.get(name))
            for cell in set(cells) - {None}:
                assert cell is not None
                if kind is not None:
                    found[kind].update(_spellings(kind, cell))
                else:
                    found["hidden PHONE"].update(MOBILE.findall(cell) if name == "备注" else ())
    return found


def public(tables: dict[str, Table]) -> bytes:
    """Everything that may be read by anybody: published columns as they are, and the program's own texts."""
    parts: list[str] = []
    for code, entry in entries().items():
        kept = (
            []
            if entry.opening.type == "closed"
            else [c.name for c in entry.published if c.method == "keep" and c.name != "备注"]
        )
        parts += [cell for name in kept for cell in set(tables[code][name]) if cell is not None]
    root = Path(gongkai.__file__).parent
    folders = [root, *(shipped_folder() / name for name in ("rules", "expectations", "transforms", "dags"))]
    parts += [
        path.read_text("utf-8")
        for folder in folders
        for suffix in ("py", "yml", "csv", "html")
        for path in folder.rglob(f"*.{suffix}")
    ]
    return "\n".join(parts).encode()


def made_up(home: Path) -> dict[tuple[str, str], list[str]]:
    """What stands in the released columns of made-up values, by dataset and column: a name there is somebody's by chance."""
    found: dict[tuple[str, str], list[str]] = {}
    for code, entry in entries().items():
        names = {column.name: column.published for column in entry.columns if column.method == "fake"}
        for path in home.glob(f"var/store/{code}/releases/*/data.parquet"):
            read = pq.read_table(path, columns=list(names.values()))
            for name, published in names.items():
                found.setdefault((code, name), []).extend(cell for cell in read[published].to_pylist() if cell)
    return found


def without_public(values: dict[str, set[str]], public: bytes) -> dict[str, set[str]]:
    """The values without those that are public anyway."""
    known = {text for _, charset, text in Needles(values).find(public) if charset == "utf-8"}
    return {kind: texts - known for kind, texts in values.items()}


def _kind(column: Column | None) -> str | None:
    if column is None:
        return "unlisted column"
    return column.entity if column.entity in PERSON | REACH else None


def _spellings(kind: str, cell: str) -> Iterator[str]:
    """The value as it stands, and as cleaning makes it; of an address what no truncation may leave."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    if "*" in plain or plain.lower() in ("", "null", "none"):
        return
    if kind == "ADDRESS":
        yield re.split(r"[区县]", plain, maxsplit=1)[1]
        return
    yield from {cell.strip(" \u3000"), plain, plain.upper(), plain.lower()}
    digits = re.sub(r"[^0-9]", "", plain)
    if kind == "PHONE" and digits:
        yield digits[-11:]
