"""What an approval stands on besides the entry itself 审查依据: rules, expectations, and the methods' own program text.

Somebody approved that an ID column is masked by *this* policy with *this* program. When any of it changes, the approval no
longer speaks of what would be published, and the dataset waits for a new one. Comments in the rule files do not count; a
method's text does, byte for byte but for line ends; so does what is looked for in text, where a method looks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai import content
from gongkai.registry.entry import Entry, digest

if TYPE_CHECKING:
    from gongkai.rules import Rules


def rules_digest(entry: Entry, rules: Rules) -> str:
    """SHA-256 (hex) of everything that decides about an entry: the rules, its expectations and the common ones, its methods."""
    return digests(rules)(entry)


def reviews(entry: Entry, rules: Rules) -> tuple[str, ...]:
    """The kinds of review that an entry must have passed, by the most sensitive column it publishes."""
    entities = [str(column.entity) for column in entry.published if column.entity in rules.entities]
    return rules.demand(entities, entry.opening.type).reviews


def digests(rules: Rules) -> Callable[[Entry], str]:
    """``rules_digest`` for many entries: the folders are listed once, and each file is read once."""
    expectations = content.files("expectations", "*.yml")
    transforms = content.files("transforms", "*.*")
    # a leading underscore marks what several methods share, code and tables
    shared = sorted(name for name in transforms if name.startswith("_"))
    of_text = content.files("rules", "text.yml")
    read, reads_text = cache(_digest), cache(_reads_text)

    def of(entry: Entry) -> str:
        methods = sorted({f"{column.method}.py" for column in entry.published if column.method})
        own = [name for name in ("_common.yml", f"{entry.code}.yml") if name in expectations]
        files = {f"expectations/{name}": read(expectations[name]) for name in own}
        files |= {f"transforms/{name}": read(transforms[name]) for name in (*shared, *methods) if name in transforms}
        if any(reads_text(transforms[name]) for name in methods if name in transforms):
            files |= {f"rules/{name}": read(path) for name, path in of_text.items()}
        return digest({"rules": rules.digest, "files": files})

    return of


def _reads_text(path: Path) -> bool:
    """Whether a method recognises things in running text, as ``rules/text.yml`` says."""
    return b"gongkai.text" in path.read_bytes()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
