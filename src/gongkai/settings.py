"""Where a city's project lies and how it runs; everything can be set by an environment variable ``GONGKAI_…``."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gongkai.content import HOME_VARIABLE
from gongkai.errors import ConfigError, Fault


class Settings(BaseSettings):
    """One city's project 项目. Folders people edit lie at its root, everything the program makes under ``var/``."""

    model_config = SettingsConfigDict(env_prefix="GONGKAI_", frozen=True, extra="ignore")

    home: Path
    registry_url: str = ""
    """SQLAlchemy URL of the registry; empty: an SQLite file under ``var/``."""
    store: str = ""
    """Where releases go, as ``kind:place``; empty: the folder store under ``var/store``."""
    timezone: ZoneInfo = Field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    city: str = ""
    """The city's name, for citations and reports."""

    @cached_property
    def var(self) -> Path:
        return self.home / "var"

    @cached_property
    def catalog(self) -> Path:
        return self.home / "catalog"

    @cached_property
    def staging(self) -> Path:
        return self.var / "staging"

    @cached_property
    def reports(self) -> Path:
        return self.var / "reports"

    @cached_property
    def keys(self) -> Path:
        return self.home / "keys"

    @cached_property
    def airflow(self) -> Path:
        return self.var / "airflow"

    @cached_property
    def database(self) -> str:
        return self.registry_url or f"sqlite:///{self.var / 'registry.db'}"

    @cached_property
    def store_kind(self) -> str:
        return self.store.partition(":")[0] or "folder"

    @cached_property
    def store_place(self) -> str:
        return self.store.partition(":")[2] or str(self.var / "store")


def load() -> Settings:
    """The settings of the project in ``$GONGKAI_HOME``, or of the current folder when it holds a ``catalog/``.

    Sets ``$GONGKAI_HOME`` so that plug-in folders and child processes find the same project. Raises ConfigError.
    """
    if HOME_VARIABLE not in os.environ:
        if not (Path.cwd() / "catalog").is_dir():
            raise ConfigError.of("no project here", "run `gongkai init DIR`, then work inside DIR or set GONGKAI_HOME")
        os.environ[HOME_VARIABLE] = str(Path.cwd())
    home = Path(os.environ[HOME_VARIABLE]).resolve()
    if not (home / "catalog").is_dir():
        raise ConfigError.of("no project there: it has no catalog/ folder", "run `gongkai init DIR`", key=HOME_VARIABLE)
    os.environ[HOME_VARIABLE] = str(home)
    try:
        return Settings(home=home)
    except ValidationError as error:
        faults = [
            Fault("", f"GONGKAI_{str(item['loc'][0]).upper()}", "does not fit", item["msg"])
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise ConfigError(*faults) from None
