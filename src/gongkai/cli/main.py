"""``gongkai``: every command lives in a module of this folder that has ``register(app)``; this one puts them together.

Exit codes: 0 done, 1 a fault of the program, 2 the configuration is wrong, 3 a gate refused, 4 something is out of reach.
"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from io import TextIOWrapper
from typing import TextIO

import typer

from gongkai import __version__, plugins
from gongkai.errors import GongkaiError


def build() -> typer.Typer:
    """The application with all commands."""
    app = typer.Typer(
        name="gongkai",
        help="公开: from a department's table to a published open-data release that exposes nobody.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_version)
    for name in plugins.modules("gongkai.cli"):
        register = getattr(import_module(f"gongkai.cli.{name}"), "register", None)
        if register is not None:
            register(app)
    return app


def main() -> None:
    """Run the command line; an error is told in words of ours, and never with a value of a row."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: threads of one would wait for each other
    for stream in (sys.stdout, sys.stderr):
        _write_chinese(stream)
    try:
        build()()
    except GongkaiError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.secho("stopped", fg="yellow", err=True)
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the text of an unforeseen error may quote a row: only its place is told
        frames = reversed(traceback.extract_tb(error.__traceback__)[-4:])
        place = " < ".join(f"{it.name} ({it.filename.rpartition('gongkai/')[2]}:{it.lineno})" for it in frames)
        typer.secho(f"a fault of the program: {type(error).__name__} in {place}", fg="red", err=True)
        sys.exit(1)


def _write_chinese(stream: TextIO) -> None:
    """UTF-8 where the locale's encoding has no Chinese, as that of ``LANG=C`` may have none; one that has it stays."""
    try:
        "公开".encode(stream.encoding)
    except UnicodeEncodeError:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")


def _show(value: bool) -> None:
    if value:
        typer.echo(f"gongkai {__version__}")
        raise typer.Exit


def _version(
    version: bool = typer.Option(False, "--version", callback=_show, is_eager=True, help="Show the version and exit."),
) -> None:
    """公开: from a department's table to a published open-data release that exposes nobody."""
