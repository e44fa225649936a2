"""``golden.json``: of every part its ``VERSION``, the digests of what its cases give, and of the content files they stand on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .corpus import Made

FILE = Path(__file__).with_name("golden.json")
Written = dict[str, Any]
"""What is written of a part: ``version``, ``digest``, ``cases``, ``files``."""
WRITE = "run `make golden`"


def read(path: Path = FILE) -> dict[str, Written]:
    """What is written of every part, by its name."""
    found: dict[str, Written] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def fault(name: str, written: Written | None, made: Made) -> str | None:
    """Why what a part makes is not what is written of it; None where it is."""
    if written is None:
        return f"{name} has no golden: {WRITE}"
    if made.version < written["version"]:
        return f"{name} went back to VERSION {made.version}: give it one above {written['version']}, then {WRITE}"
    if made.version > written["version"]:
        return f"{name} has a new VERSION: {WRITE}"
    if changed := list(unexplained(written, made)):
        return f"the output of {name} changed: give it a new VERSION, then {WRITE} ({'; '.join(changed)})"
    if moved := sorted({file for files in made.files.values() for file in _moved(written, files)}):
        return f"{name} stands on what changed, {', '.join(moved)}: {WRITE}"
    if written != entry(made):
        return f"{name} has other cases: {WRITE}"
    return None


def unexplained(written: Written, made: Made) -> Iterator[str]:
    """The cases that give something else though the version and every content file they read are the same."""
    for case, digest in made.cases.items():
        if written["cases"].get(case, digest) != digest and not _moved(written, made.files[case]):
            yield case


def entry(made: Made) -> Written:
    """What is written of a part."""
    files = {file: digest for of_case in made.files.values() for file, digest in of_case.items()}
    return {"version": made.version, "digest": made.digest, "files": dict(sorted(files.items())), "cases": dict(made.cases)}


def refused(written: Mapping[str, Written], made: Mapping[str, Made]) -> list[str]:
    """The parts that may not be written anew, each with the reason."""
    found = []
    for name, each in made.items():
        before = written.get(name)
        if before is None or each.version > before["version"]:
            continue
        if each.version < before["version"] or any(unexplained(before, each)):
            found.append(fault(name, before, each) or name)
    return found


def write(made: Mapping[str, Made], path: Path = FILE) -> list[str]:
    """Write every part anew; the names of those that changed. ValueError where one may not be: nothing is written then."""
    before = read(path)
    if wrong := refused(before, made):
        raise ValueError("\n".join(wrong))
    after = {name: entry(each) for name, each in sorted(made.items())}
    path.write_text(json.dumps(after, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _moved(written: Written, files: Mapping[str, str]) -> list[str]:
    """Which content files say something else than when the part was written."""
    return [file for file, digest in files.items() if written["files"].get(file) != digest]
