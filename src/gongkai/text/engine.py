"""Personal data in running text 自由文本识别引擎: Presidio runs the recognizers, the settings of ``rules/text.yml`` say which.

The result for a text depends on nothing but the text and the settings: not on the batch it comes in, nor its place there.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gongkai.project import Project
from gongkai.text import config as settings
from gongkai.text.config import Config
from gongkai.text.names import repeated
from gongkai.text.resolve import resolve
from gongkai.text.span import Span

if TYPE_CHECKING:
    from presidio_analyzer import BatchAnalyzerEngine, RecognizerResult

BATCH = 2048
"""Texts the model of names sees at a time."""
_HAN = "[\u3400-\u9fff\U00020000-\U0003134f]"
_WORTH = re.compile(f"[0-9０-９@＠]|[A-Za-zＡ-Ｚａ-ｚ]{{2}}|{_HAN}[^\u3400-\u9fff]*{_HAN}", re.DOTALL)
"""A text without a digit, an @, two letters in a row or two Chinese characters holds nothing that could be found."""


def detector(project: Project, config: Config | None = None) -> Detector:
    """The detector of some settings, by default those in force; built once per project.

    ConfigError when the settings are wrong or their model is not there.
    """
    config = settings.load(project) if config is None else config
    return project.once(_built, config.model_dump_json())


class Detector:
    """Finds spans of personal data in texts."""

    def __init__(self, config: Config, project: Project) -> None:
        self.config = config
        self._engine = _analyzer(config, project)
        recognizers = self._engine.analyzer_engine.registry.recognizers
        self._entities = sorted({entity for it in recognizers for entity in it.supported_entities})

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """For every text its spans, in order and not overlapping; equal texts are read once.

        >>> from gongkai.project import SHIPPED
        >>> detector(SHIPPED).detect(["联系电话１３８１２３４５６７８。", "", "无"])
        [[Span(start=4, end=15, entity='PHONE', score=1.0)], [], []]
        """
        worth = [text for text in dict.fromkeys(texts) if _WORTH.search(text)]
        results = self._engine.analyze_iterator(worth, "zh", batch_size=BATCH, entities=self._entities)
        found = {text: self._spans(text, each) for text, each in zip(worth, results, strict=True)}
        return [list(found.get(text, ())) for text in texts]

    def _spans(self, text: str, results: Sequence[RecognizerResult]) -> list[Span]:
        spans = [Span(it.start, it.end, it.entity_type, float(it.score)) for it in results]
        if self.config.mode == "strict":
            spans += repeated(text, spans)
        return resolve(spans)


def _built(project: Project, document: str) -> Detector:
    return Detector(Config.model_validate_json(document), project)


def _analyzer(config: Config, project: Project) -> BatchAnalyzerEngine:
    """Presidio's engine with our parts in every place and none of its own recognizers."""
    logging.getLogger("presidio-analyzer").setLevel(logging.WARNING)  # below that it writes of every text
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine

    from gongkai.text.context import TextContext
    from gongkai.text.nlp import LANGUAGE, NamesEngine
    from gongkai.text.recognizer import registry

    engine = AnalyzerEngine(
        registry=registry(config, project),
        nlp_engine=NamesEngine(config, project),
        supported_languages=[LANGUAGE],
        context_aware_enhancer=TextContext(config),
        log_decision_process=False,
    )
    return BatchAnalyzerEngine(engine)
