"""Where the folders lie that a city edits: its own first, then the ones that ship with the program.

A file of the city's replaces the shipped file of the same name; every other shipped file stays in force.
"""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "GONGKAI_HOME"


def folders(kind: str) -> list[Path]:
    """The folders called ``kind`` (``transforms``, ``rules``, ``expectations``...), the city's first; only those that exist."""
    home = os.environ.get(HOME_VARIABLE)
    candidates = ([Path(home) / kind] if home else []) + [shipped() / kind]
    return [folder for folder in candidates if folder.is_dir()]


def files(kind: str, pattern: str) -> dict[str, Path]:
    """Every file under a content folder by its path inside it; a city's file hides the shipped one of that name."""
    found: dict[str, Path] = {}
    for folder in folders(kind):
        for path in sorted(folder.glob(pattern)):
            found.setdefault(path.relative_to(folder).as_posix(), path)
    return dict(sorted(found.items()))


def shipped() -> Path:
    """What ships with the program: ``_content`` inside the wheel, the checkout's root in development."""
    package = Path(__file__).parent
    checkout = package.parent.parent
    return checkout if (checkout / "transforms").is_dir() and (checkout / "pyproject.toml").is_file() else package / "_content"
