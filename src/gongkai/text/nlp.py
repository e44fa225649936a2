"""Presidio's language engine on our models: names are tagged for a whole batch at once, and no spaCy model is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from spacy.tokens import Doc
from spacy.vocab import Vocab

from gongkai.project import Project
from gongkai.text import models
from gongkai.text.config import NAMED, Config
from gongkai.text.span import Span
from gongkai.text.view import View, look

LANGUAGE = "zh"
HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003134f][^\u3400-\u9fff]*[\u3400-\u9fff\U00020000-\U0003134f]", re.DOTALL)
"""Two Chinese characters, wherever they stand."""
_NO_TOKENS = Doc(Vocab())


class Artifacts(NlpArtifacts):  # type: ignore[misc]  # Presidio ships no types
    """What our recognizers read of a text: its ``view`` and the names found in ``view.plain``."""

    def __init__(self, view: View, spans: list[Span]) -> None:
        super().__init__([], _NO_TOKENS, [], [], None, LANGUAGE)
        self.view = view
        self.spans = spans


class NamesEngine(NlpEngine):  # type: ignore[misc]  # Presidio ships no types
    """Runs the model of named entities the settings name."""

    def __init__(self, config: Config, project: Project) -> None:
        self._config, self._project = config, project
        self._model: models.Tagger | None = None

    def load(self) -> None:
        """Read the model; ConfigError when that is not possible."""
        self._model = models.load(self._config, self._project)

    def is_loaded(self) -> bool:
        """Whether the model is there."""
        return self._model is not None

    def process_text(self, text: str, language: str) -> Artifacts:
        """One text."""
        return self._batch([text])[0]

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 256, n_process: int = 1, **_: Any
    ) -> Iterator[tuple[str, Artifacts]]:
        """Each text and what was found in it; the model sees ``batch_size`` texts at a time."""
        rest = iter(texts)
        while batch := list(islice(rest, batch_size)):
            yield from zip(batch, self._batch(batch), strict=True)

    def is_stopword(self, word: str, language: str) -> bool:
        """No token is ever looked at."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """No token is ever looked at."""
        return False

    def get_supported_entities(self) -> list[str]:
        """What the model finds."""
        return list(NAMED)

    def get_supported_languages(self) -> list[str]:
        """Chinese."""
        return [LANGUAGE]

    def _batch(self, texts: list[str]) -> list[Artifacts]:
        if self._model is None:
            self.load()
        views = [look(text) for text in texts]
        chinese = [index for index, view in enumerate(views) if HAN.search(view.plain)]
        found: list[list[Span]] = [[] for _ in texts]
        assert self._model is not None  # noqa: S101 - loaded above
        for index, spans in zip(chinese, self._model.tag([views[index].plain for index in chinese]), strict=True):
            found[index] = spans
        return [Artifacts(view, spans) for view, spans in zip(views, found, strict=True)]
