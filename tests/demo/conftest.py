"""What the demo's tests share: their folder on the path, for the search, and the methods of the project they make."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def methods_of_the_demo() -> Iterator[None]:
    """The demo's project has divisions of its own in ``transforms/``: methods another test imported know nothing of them."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "gongkai" and name.split(".")[1:2] == ["transforms"]]:
        del sys.modules[name]
