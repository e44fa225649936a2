"""Progress on a terminal 进度: a line that goes with long work and is gone afterwards; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Shown = Callable[..., None]
"""Shows the work's ``description`` and what of it is done, as rich's ``Progress.update`` takes them."""


@contextmanager
def progress(description: str, unit: str, *, total: int | None = None) -> Iterator[Shown]:
    """While the block runs, how much of something is done: ``completed`` of a ``total``, or so many of a ``unit``.

    What comes back may be called at any time; where standard error is no terminal it does nothing.
    """
    if not sys.stderr.isatty():
        yield lambda **shown: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    counted = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn(f"{{task.completed:,}} {unit}"))
    of_total = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    columns = (*(counted if total is None else of_total), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=total)
        yield lambda **shown: bar.update(task, **shown)
