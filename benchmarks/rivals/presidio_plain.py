"""Presidio as its documentation sets it up for a language it has no model for: predefined recognizers, a blank tokenizer."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from typing import Any

NAMES = {
    "PERSON": "PERSON",
    "LOCATION": "LOCATION",
    "ORGANIZATION": "ORGANIZATION",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "CREDIT_CARD": "BANK_ACCOUNT",
    "IP_ADDRESS": "IP",
}
"""Its entities by the names used here; the ones it has no like of are left out."""


@functools.cache
def engine() -> Any:
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())  # else it asks the network
    tldextract.extract = tldextract.tldextract.TLD_EXTRACTOR

    class Blank(NlpEngine):
        """Tokens of one character each, no entities: what is there without a downloaded model."""

        def __init__(self) -> None:
            self.nlp = spacy.blank("zh")

        def load(self) -> None: ...

        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> NlpArtifacts:
            tokens = self.nlp(text)
            return NlpArtifacts([], tokens, [token.idx for token in tokens], [token.text for token in tokens], self, language)

        def process_batch(self, texts: Any, language: str, *_: Any, **__: Any) -> Any:
            for text in texts:
                yield text, self.process_text(text, language)

        def is_stopword(self, word: str, language: str) -> bool:
            return False

        def is_punct(self, word: str, language: str) -> bool:
            return False

        def get_supported_entities(self) -> list[str]:
            return []

        def get_supported_languages(self) -> list[str]:
            return ["zh"]

    registry = RecognizerRegistry(supported_languages=["zh"])
    registry.load_predefined_recognizers(["zh"])
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["zh"])


def detect(texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
    """The spans of each text, by its batch engine."""
    from presidio_analyzer import BatchAnalyzerEngine

    found = BatchAnalyzerEngine(engine()).analyze_iterator(list(texts), language="zh", batch_size=256)
    return [[(hit.start, hit.end, NAMES[hit.entity_type]) for hit in hits if hit.entity_type in NAMES] for hits in found]
