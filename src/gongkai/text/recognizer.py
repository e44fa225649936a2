"""The recognizers Presidio runs 识别器: one for all identifiers, one for names, one for addresses, one for what words announce.

One recognizer for all identifiers, because Presidio's cost is per recognizer and text, not per pattern. None of Presidio's own
is used: beside Chinese characters their word boundaries fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerRegistry, RecognizerResult

from gongkai.project import Project
from gongkai.text import kinds, names
from gongkai.text.address import addresses, announced
from gongkai.text.config import NAMED, Config
from gongkai.text.context import KIND
from gongkai.text.nlp import LANGUAGE, Artifacts
from gongkai.text.span import Span

_PLACES = ("LOCATION", "ORGANIZATION")
_PARTED = re.compile("[ ,]")


def registry(config: Config, project: Project) -> RecognizerRegistry:
    """All recognizers of the settings, and none that Presidio ships."""
    found = [Identifiers(config), Names(config), Addresses(config)]
    if config.mode == "strict":
        found.append(Announced(config, project))
    return _Registry(found, global_regex_flags=0, supported_languages=[LANGUAGE])


class _Registry(RecognizerRegistry):  # type: ignore[misc]  # Presidio ships no types
    """Presidio asks for every text anew which recognizers know the entities; here all of them do."""

    def get_recognizers(self, language: str, *_: Any, **__: Any) -> list[EntityRecognizer]:
        """All recognizers."""
        return list(self.recognizers)


class _Recognizer(EntityRecognizer):  # type: ignore[misc]  # Presidio ships no types
    """A recognizer of Chinese text; scores below an entity's threshold are dropped by Presidio."""

    def __init__(self, entities: Sequence[str], config: Config) -> None:
        thresholds = {entity: config.threshold(entity) for entity in entities}
        super().__init__(list(entities), supported_language=LANGUAGE, score_thresholds=thresholds)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Artifacts) -> list[RecognizerResult]:
        """What this recognizer finds, at the places of the text as given."""
        found = self.find(nlp_artifacts)
        return [self._result(nlp_artifacts, *span) for span in found]

    def find(self, artifacts: Artifacts) -> Iterable[Span]:
        """Spans of ``artifacts.view``."""
        raise NotImplementedError

    def _result(
        self, artifacts: Artifacts, start: int, end: int, entity: str, score: float, **metadata: Any
    ) -> RecognizerResult:
        named = {RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id, RecognizerResult.RECOGNIZER_NAME_KEY: self.name}
        return RecognizerResult(entity, *artifacts.view.given(start, end), score, recognition_metadata=named | metadata)


class Identifiers(_Recognizer):
    """Every identifier of ``gongkai.identifiers``."""

    def __init__(self, config: Config) -> None:
        self._kinds = kinds.kinds(config)
        self._find = kinds.finder(self._kinds)
        super().__init__(sorted({kind.entity for kind in self._kinds}), config)

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Artifacts) -> list[RecognizerResult]:
        """Every occurrence, with its kind for the context to judge."""
        hits = self._find(nlp_artifacts.view.half)
        return [
            self._result(nlp_artifacts, hit.start, hit.end, hit.kind.entity, hit.score, **{KIND: hit.kind}) for hit in hits
        ]


class Names(_Recognizer):
    """What the model of named entities found."""

    def __init__(self, config: Config) -> None:
        super().__init__(NAMED, config)

    def find(self, artifacts: Artifacts) -> Iterable[Span]:
        """The model's spans."""
        return artifacts.spans


class Addresses(_Recognizer):
    """Addresses that begin with a place the model found."""

    def __init__(self, config: Config) -> None:
        super().__init__(["ADDRESS"], config)

    def find(self, artifacts: Artifacts) -> Iterable[Span]:
        """Addresses down to the door."""
        places = [span for span in artifacts.spans if span.entity in _PLACES]
        return addresses(artifacts.view.half, places) if places else []


class Announced(_Recognizer):
    """Names and addresses behind words that announce them; where the model found the name, the model is right about its end."""

    def __init__(self, config: Config, project: Project) -> None:
        self._finders: list[Callable[[str], Iterator[Span]]] = []
        if config.name_triggers:
            self._finders.append(names.finder(config.name_triggers, project))
        if config.address_triggers:
            self._finders.append(announced(config.address_triggers))
        super().__init__(["PERSON", "ADDRESS"], config)

    def find(self, artifacts: Artifacts) -> Iterable[Span]:
        """What the trigger words announce."""
        spans = [span for find in self._finders for span in find(artifacts.view.half)]
        persons = [span for span in artifacts.spans if span.entity == "PERSON"]
        half = artifacts.view.half
        return [it for it in spans if it.entity != "PERSON" or not any(_within(half, it, other) for other in persons)]


def _within(half: str, one: Span, other: Span) -> bool:
    """Whether the model's name stands for the announced one: it shares a character, and no space or comma ends it early."""
    return one.start < other.end and other.start < one.end and not _PARTED.search(half, one.start, one.end)
