"""The models that find names 命名实体模型: the one that ships, or one a city brings. Each is only ``tag(texts)``.

A model a city brings runs through Presidio's own recognizer for its library, or through spaCy; it is read from a local folder,
with every way to the network switched off before its library is imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from gongkai.errors import ConfigError
from gongkai.project import Project
from gongkai.text.config import FILE, NAMED, Config
from gongkai.text.span import Span

if TYPE_CHECKING:
    from gongkai.text.ner import Tagger as ShippedTagger

LEAST = 0.1
"""The least probability of a name that is looked at; how much it takes to count is said in the settings."""
_LIBRARIES = {"hf": ("transformers", "torch"), "gliner": ("gliner",), "spacy": ("spacy",)}
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")


class Tagger(Protocol):
    """Finds PERSON, LOCATION and ORGANIZATION; what it finds in a text depends on nothing but the text."""

    def tag(self, texts: Sequence[str]) -> list[list[Span]]:
        """The spans of each text."""


def load(config: Config, project: Project) -> Tagger:
    """The model the settings name; ConfigError when its library is not installed or its folder does not hold such a model."""
    if config.ner == "lac":
        from gongkai.text import ner

        return _Generous(ner.load(project))
    if config.ner == "none":
        return _Nothing()
    for library in _LIBRARIES[config.ner]:
        if find_spec(library) is None:
            remedy = f"install it, or set ner to lac, which ships ({library} runs models that a city brings)"
            raise ConfigError.of(f"needs the library {library}, which is not installed", remedy, file=FILE, key="ner")
    os.environ.update(dict.fromkeys(_OFFLINE, "1"))
    try:
        return _Each(_BUILD[config.ner](str(project.place(str(config.model_path))), config.label_map))
    except Exception as error:  # noqa: BLE001 - whatever a foreign library says of a folder that is no model of its kind
        kind = type(error).__name__
        remedy = f"it must hold a model that {config.ner} can read"
        raise ConfigError.of(f"cannot be loaded ({kind})", remedy, file=FILE, key="model_path") from None


class _Generous:
    """The shipped model, telling what is unlikely, too: places of little certainty still begin an address."""

    def __init__(self, model: ShippedTagger) -> None:
        self._model = model

    def tag(self, texts: Sequence[str]) -> list[list[Span]]:
        return self._model.tag(texts, least=LEAST)


class _Nothing:
    def tag(self, texts: Sequence[str]) -> list[list[Span]]:
        return [[] for _ in texts]


class _Each:
    """A function of one text, over many: one at a time, so that no text's result can depend on its neighbours."""

    def __init__(self, find: Callable[[str], list[Span]]) -> None:
        self._find = find

    def tag(self, texts: Sequence[str]) -> list[list[Span]]:
        return [self._find(text) for text in texts]


def _spacy(path: str, labels: Mapping[str, str]) -> Callable[[str], list[Span]]:
    import spacy

    pipeline = spacy.load(path)

    def find(text: str) -> list[Span]:
        found = pipeline(text).ents
        return [Span(it.start_char, it.end_char, labels[it.label_], 0.85) for it in found if it.label_ in labels]

    return find


def _hugging_face(path: str, labels: Mapping[str, str]) -> Callable[[str], list[Span]]:
    from presidio_analyzer.predefined_recognizers.ner import HuggingFaceNerRecognizer

    recognizer = HuggingFaceNerRecognizer(
        model_name=path, supported_language="zh", label_mapping=dict(labels), chunk_size=400
    )
    return _presidio(recognizer)


def _gliner(path: str, labels: Mapping[str, str]) -> Callable[[str], list[Span]]:
    from presidio_analyzer.predefined_recognizers.ner import GLiNERRecognizer

    recognizer = GLiNERRecognizer(
        model_name=path,
        supported_language="zh",
        entity_mapping=dict(labels),
        local_files_only=True,
    )
    return _presidio(recognizer)


def _presidio(recognizer: Any) -> Callable[[str], list[Span]]:
    def find(text: str) -> list[Span]:
        results = recognizer.analyze(text, list(NAMED))
        return [Span(it.start, it.end, it.entity_type, float(it.score)) for it in results if it.entity_type in NAMED]

    return find


_BUILD: dict[str, Callable[[str, Mapping[str, str]], Callable[[str], list[Span]]]] = {
    "hf": _hugging_face,
    "gliner": _gliner,
    "spacy": _spacy,
}
