"""How a city's project begins 建立项目: its folders, its first key, an example of an entry."""

from __future__ import annotations

import secrets
from pathlib import Path

from gongkai import disk
from gongkai.errors import ConfigError

FOLDERS = ("catalog", "transforms", "rules", "expectations", "dags", "keys", "var")
PRIVATE = ("keys", "var")


def init(folder: Path) -> list[Path]:
    """Begin a city's project in ``folder``; what was made, and nothing that was there is touched.

    The key file holds 32 random bytes as ``VERSION:HEX``. Whoever loses it cannot make the same pseudonyms again; whoever else
    has it can find out who stands behind them. ConfigError when a folder cannot be made.
    """
    made: list[Path] = []
    try:
        for path in (folder, *(folder / name for name in FOLDERS), folder / "catalog" / "example"):
            _folder(path, made)
        _file(folder / "keys" / "default.key", f"1:{secrets.token_hex(32)}\n", made, private=True)
        _file(folder / ".gitignore", "".join(f"/{name}/\n" for name in PRIVATE), made)
        example = Path(__file__).parents[1] / "registry" / "example.yml"
        _file(folder / "catalog" / "example" / "social_card.yml.example", example.read_text("utf-8"), made)
    except OSError as error:
        raise ConfigError.of(
            f"cannot be made ({type(error).__name__})", "check the folder and your rights", file=str(folder)
        ) from None
    return made


def _folder(path: Path, made: list[Path]) -> None:
    if not path.is_dir():
        path.mkdir(parents=True)
        if path.name in PRIVATE:
            path.chmod(0o700)
        made.append(path)


def _file(path: Path, text: str, made: list[Path], *, private: bool = False) -> None:
    if path.exists():
        return
    if private:
        disk.own(path, text.encode())
    else:
        path.write_text(text, "utf-8")
    made.append(path)
