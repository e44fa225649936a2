"""Secrets of these tests, and how they get into a file."""

from __future__ import annotations

from pathlib import Path

from gongkai.keys import Key
from gongkai.project import Project

GOOD = "3f9a1c77e0b2d84456aa90bc12fe03d7851b6e2f44c9a0d3e7f815263748596a"
NEXT = "c1d04e8b5f7723a96e10bb48f29d3c65a80e71f4d2936b5c07ee419a58f2cb30"
LATER = "70b96ed213fa484c9d05e1377ac8bf260458dd92e6a13b7f8c2051f9347a6eb1"


def key(version: int, digits: str, key_id: str = "default") -> Key:
    return Key(key_id, version, bytes.fromhex(digits))


def write(project: Project, content: str, *, key_id: str = "default", mode: int = 0o600) -> Path:
    path = project.settings.keys / f"{key_id}.key"
    path.write_text(content)
    path.chmod(mode)
    return path
