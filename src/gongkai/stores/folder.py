"""The folder store 文件夹开放平台: immutable releases, and one pointer per dataset that is swung atomically.

::

    <place>/index.json                               every dataset and its current release
    <place>/<code>/current -> releases/<release>     the pointer
    <place>/<code>/releases/<release>/               a release, never changed; old ones stay
    <place>/<code>/.publishing                       the release whose pointer is being swung, while it is

Killed at any moment, a reader finds release N or N+1 whole; what else is left, the next push or ``settle`` clears.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import BinaryIO

from gongkai import disk, locks
from gongkai.errors import ConfigError, DataError, TransientError
from gongkai.manifest import NAME, Manifest, damaged, verify
from gongkai.manifest import read as read_manifest
from gongkai.stores import Published, Receipt

ANY = "*"
"""Whatever release readers see now."""

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{1,79}")
_RELEASE = re.compile(r"[0-9]{6,}-[0-9a-f]{12}")
_POINTER = "current"
_INTENT = ".publishing"
_INCOMING = ".incoming-"
_INDEX = "index.json"
_WHAT = "the folder store"


def push(sealed: Path, *, code: str, release: str, place: str, after: str | None = ANY) -> Receipt:
    """Publish a sealed release folder: bring it in, prove every byte, swing the pointer, renew the index.

    ``after`` is the release readers must still see (None: none yet); another writer's makes this push TransientError. The
    folder itself stays as it is. The same release again is proved and changes nothing. Raises DataError when the package is
    not what its manifest says or another release has that name, ConfigError when the place cannot be written, TransientError
    when it is full or gone.
    """
    manifest = read_manifest(sealed)
    if (manifest.code, manifest.release) != (code, release):
        raise DataError.of("store.manifest", "the package is another release than the one to be published")
    root = _root(code, place)
    with disk.guarded(_WHAT):
        (root / "releases").mkdir(parents=True, exist_ok=True)
        with locks.locked(root / ".lock"):
            _settle(root)
            if after != ANY and _pointed(root) not in (after, release):
                raise TransientError(f"the release pointer of {code}", "another run published meanwhile")
            verdict = "unchanged" if _pointed(root) == release else "published"
            final = root / "releases" / release
            if final.exists():
                _require_same(final, manifest)
            else:
                _bring(sealed, final, manifest)
            if verdict == "published":
                _swing(root, release)
        _renew_index(root.parent, code, manifest)
    size = sum(file.bytes for file in manifest.files.values())
    return Receipt(code, release, verdict, len(manifest.files) + 1, size)


def current(code: str, *, place: str) -> Published | None:
    """The release readers see, None when there is none yet.

    Raises DataError when the pointer leads to anything but a release with all its files; their bytes are proved by ``push``.
    """
    root = _root(code, place)
    with disk.guarded(_WHAT):
        release = _pointed(root)
        if release is None:
            return None
        path = root / "releases" / release
        manifest = read_manifest(path)
        if (manifest.code, manifest.release) != (code, release):
            raise damaged("its manifest is another release's")
        for name, file in manifest.files.items():
            if not (path / name).is_file() or (path / name).stat().st_size != file.bytes:
                raise damaged(f"{name} is not the file of its manifest")
    return Published(release, manifest.content, manifest.plan, manifest.rows)


def kept(code: str, *, place: str) -> list[str]:
    """The names of all releases of a dataset, oldest first, the current one among them."""
    releases = _root(code, place) / "releases"
    with disk.guarded(_WHAT):
        return sorted(path.name for path in releases.iterdir()) if releases.is_dir() else []


def read(code: str, release: str, name: str, *, place: str) -> BinaryIO:
    """A file of a release, open. DataError where there is no such release, or it has no such file."""
    if not _RELEASE.fullmatch(release) or Path(name).name != name or name in ("", ".."):
        raise DataError.of("store.name", "that is no name of a release and one of its files")
    with disk.guarded(_WHAT):
        try:
            return (_root(code, place) / "releases" / release / name).open("rb")
        except FileNotFoundError:
            raise damaged(f"{name} is missing") from None


def settle(*, code: str, place: str) -> None:
    """Clear what a killed push left: half-brought folders, a release whose pointer was never swung, an index left behind."""
    root = _root(code, place)
    with disk.guarded(_WHAT):
        if not root.is_dir():
            return
        with locks.locked(root / ".lock"):
            _settle(root)
            release = _pointed(root)
        if release is not None:
            _renew_index(root.parent, code, read_manifest(root / "releases" / release))


def _root(code: str, place: str) -> Path:
    if not _CODE.fullmatch(code):
        raise ConfigError.of("a dataset's code has small letters, digits, '-' and '_' only", key="code")
    return Path(place).absolute() / code


def _pointed(root: Path) -> str | None:
    """The release the pointer names; None when there is no pointer yet."""
    try:
        target = (root / _POINTER).readlink()
    except FileNotFoundError:
        return None
    except OSError:
        raise damaged("its pointer is no link") from None
    if target.parent != Path("releases") or not _RELEASE.fullmatch(target.name):
        raise damaged("its pointer leads out of the store")
    return target.name


def _settle(root: Path) -> None:
    """What a killed push left, under the dataset's lock. A release with the intent but without the pointer was never seen."""
    for left in (*root.glob(f"{_INCOMING}*"), *root.glob(f".{_POINTER}.*"), *root.glob(f".{_INTENT}.*")):
        disk.remove(left)
    intent = root / _INTENT
    if intent.exists():
        release = intent.read_text(encoding="utf-8")
        if _RELEASE.fullmatch(release) and release != _pointed(root):
            _retract(root, release)
        intent.unlink()
        disk.flush(root)


def _retract(root: Path, release: str) -> None:
    """Take a release out of sight in one step before its files go."""
    final = root / "releases" / release
    if final.exists():
        hidden = root / f"{_INCOMING}{release}"
        final.rename(hidden)
        disk.remove(hidden)


def _require_same(final: Path, manifest: Manifest) -> None:
    """The release there is this one, whole: the same table by the same plan, whenever it was made."""
    there = read_manifest(final)
    if (there.release, there.content, there.plan, there.rows) != (
        manifest.release,
        manifest.content,
        manifest.plan,
        manifest.rows,
    ):
        raise DataError.of("store.release_taken", "the store has another release of that name")
    verify(final, there)


def _bring(sealed: Path, final: Path, manifest: Manifest) -> None:
    """The package's files as a release nobody sees yet: linked or copied, proved, on the medium, then renamed."""
    root = final.parent.parent
    incoming = root / f"{_INCOMING}{final.name}"
    incoming.mkdir()
    for name in (*manifest.files, NAME):
        if not (sealed / name).is_file():
            raise damaged(f"{name} is missing")
        disk.place(sealed / name, incoming / name)
    verify(incoming, manifest)
    for path in (*incoming.iterdir(), incoming):
        disk.flush(path)
    disk.replace_text(root / _INTENT, final.name)
    incoming.rename(final)
    disk.flush(final.parent)


def _swing(root: Path, release: str) -> None:
    fresh = root / f".{_POINTER}.new"
    fresh.symlink_to(Path("releases") / release)
    fresh.replace(root / _POINTER)
    disk.flush(root)
    (root / _INTENT).unlink(missing_ok=True)


def _renew_index(place: Path, code: str, manifest: Manifest) -> None:
    """The index of all datasets from their pointers, unless it already names this release."""
    with locks.locked(place / ".lock"):
        if _listed(place, code) == manifest.release:
            return
        lines = (_line(root) for root in sorted(place.iterdir()) if (root / _POINTER).is_symlink())
        datasets = [line for line in lines if line is not None]
        disk.replace_text(place / _INDEX, json.dumps({"datasets": datasets}, ensure_ascii=False, indent=1) + "\n")


def _listed(place: Path, code: str) -> str | None:
    """The release the index names for a dataset."""
    try:
        datasets = json.loads((place / _INDEX).read_bytes())["datasets"]
        return next((str(line["release"]) for line in datasets if line["code"] == code), None)
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def _line(root: Path) -> dict[str, object] | None:
    """A dataset's line in the index; none for a damaged one, which its own push and ``current`` report."""
    try:
        manifest = read_manifest(root / "releases" / str(_pointed(root)))
    except DataError:
        return None
    return {
        "code": manifest.code,
        "title": manifest.title,
        "release": manifest.release,
        "made": manifest.made,
        "rows": manifest.rows,
        "content": manifest.content,
        "plan": manifest.plan,
        "path": f"{root.name}/releases/{manifest.release}",
        "files": sorted(manifest.files),
    }
