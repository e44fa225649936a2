"""What is looked for in text and by what means: ``rules/text.yml``, the city's own file or the shipped one."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from gongkai import documents, plugins
from gongkai.documents import validation
from gongkai.errors import ConfigError, Fault, known
from gongkai.project import Project

FILE = "rules/text.yml"
IDENTIFIERS = "gongkai.identifiers"
_MADE_OF = ("text.yml", "names/head.npz", "values/names.yml")
"""The content files of a detector: its settings, the layer over its model, the surnames behind trigger words."""
NAMED = ("PERSON", "LOCATION", "ORGANIZATION")
"""What a model of named entities finds."""
Mode = Literal["balanced", "strict"]
_Score = Annotated[float, Field(ge=0, le=1)]
_Words = tuple[Annotated[str, Field(min_length=1)], ...]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Thresholds(_Model):
    balanced: _Score
    strict: _Score


class _Entity(_Model):
    word: Annotated[str, Field(min_length=1)]
    column: str | None = None
    redact: bool = True
    balanced: _Score | None = None
    strict: _Score | None = None


class _Window(_Model):
    before: Annotated[int, Field(ge=0, le=200)]
    after: Annotated[int, Field(ge=0, le=200)]


class Config(_Model):
    """The settings of text detection; ``digest`` names them, so that whoever keeps results can tell under which they hold.

    ``model_path`` is a path of the project; where it is relative, approvals stand on the files in it.
    """

    ner: Literal["lac", "hf", "gliner", "spacy", "none"]
    model_path: str | None = None
    label_map: dict[str, Literal["PERSON", "LOCATION", "ORGANIZATION"]]
    mode: Mode
    identifiers: _Thresholds
    entities: dict[str, _Entity]
    context: _Window
    adjacent: _Words = ()
    other_numbers: _Words = ()
    name_triggers: _Words = ()
    address_triggers: _Words = ()

    @property
    def digest(self) -> str:
        """SHA-256 over all settings."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def in_mode(self, mode: Mode | None) -> Self:
        """The same settings in another mode; None changes nothing."""
        return self if mode in (None, self.mode) else self.model_copy(update={"mode": mode})

    def threshold(self, entity: str) -> float:
        """The least score at which a span of an entity counts.

        >>> from gongkai.project import SHIPPED
        >>> load(SHIPPED).in_mode("strict").threshold("PHONE")
        0.3
        """
        own = self.entities.get(entity)
        written = getattr(own, self.mode) if own else None
        return float(getattr(self.identifiers, self.mode) if written is None else written)

    def column(self, entity: str) -> str:
        """The entity code of a column that holds such values.

        >>> from gongkai.project import SHIPPED
        >>> load(SHIPPED).column("PERSON"), load(SHIPPED).column("PHONE")
        ('PERSON_NAME', 'PHONE')
        """
        own = self.entities.get(entity)
        return own.column if own and own.column else entity

    def redacts(self, entity: str) -> bool:
        """Whether spans of an entity are taken out of a text."""
        own = self.entities.get(entity)
        return own is None or own.redact

    def word(self, entity: str) -> str:
        """What a reader is told stood there.

        >>> from gongkai.project import SHIPPED
        >>> load(SHIPPED).word("PERSON"), load(SHIPPED).word("NUMBER")
        ('姓名', '号码')
        """
        own = self.entities.get(entity)
        return own.word if own else _titles().get(entity, "号码")


def load(project: Project, mode: Mode | None = None) -> Config:
    """The settings in force, in their own mode or another; ConfigError lists every fault of the file."""
    return project.once(_read).in_mode(mode)


def ask_for_files(project: Project) -> None:
    """Ask for every content file that a detector is made of, without making one: what stands on it stands on these."""
    for name in _MADE_OF:
        project.file("rules", name)
    path = load(project).model_path
    if path is not None and not Path(path).is_absolute():
        folder, _, inside = path.partition("/")
        project.files(folder, f"{inside.rstrip('/')}/**/*" if inside.strip("/") else "**/*")


def entities() -> list[str]:
    """Every entity a span can have, sorted.

    >>> {"PERSON", "ADDRESS", "PHONE"} <= set(entities())
    True
    """
    return sorted({*NAMED, "ADDRESS", *_titles()})


def _read(project: Project) -> Config:
    path = project.file("rules", "text.yml")
    if path is None:
        raise ConfigError.of("is missing", "restore it, or remove the city's rules/ folder to use what ships", file=FILE)
    document, wrong = documents.read(path, FILE)
    config = None
    if not wrong:
        config, wrong = validation.fit(Config, document, FILE)
    if config is not None:
        wrong += _entity_faults(config, project) + _model_faults(config, project)
    if config is None or wrong:
        raise ConfigError(*wrong)
    return config


@cache
def _titles() -> dict[str, str]:
    """The Chinese name of each identifier."""
    modules = (import_module(f"{IDENTIFIERS}.{name}") for name in plugins.modules(IDENTIFIERS))
    return {module.ENTITY: module.TITLE for module in modules}


def _entity_faults(config: Config, project: Project) -> list[Fault]:
    from gongkai import rules

    columns = rules.load(project).entities
    codes = {*columns, *entities()}
    named = {f"entities.{name}": name for name in config.entities}
    named |= {f"adjacent[{index}]": name for index, name in enumerate(config.adjacent)}
    found = [Fault(FILE, key, "is no entity", known(name, codes)) for key, name in named.items() if name not in codes]
    return found + [
        Fault(FILE, f"entities.{name}.column", "is not an entity of rules/entities.yml", known(own.column, columns))
        for name, own in config.entities.items()
        if own.column is not None and own.column not in columns
    ]


def _model_faults(config: Config, project: Project) -> list[Fault]:
    needed = config.ner in ("hf", "gliner", "spacy")
    if needed != (config.model_path is not None):
        remedy = "write the local folder the model lies in" if needed else f"remove it: {config.ner} takes no model"
        return [Fault(FILE, "model_path", "is missing" if needed else "stands without a model", remedy)]
    if config.model_path is not None and not project.place(config.model_path).exists():
        return [Fault(FILE, "model_path", "is not a folder of this machine", "models are brought, never downloaded")]
    return []
