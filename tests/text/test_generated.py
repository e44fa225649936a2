"""Every identifier in every way of writing it, among numbers that are none."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from gongkai.project import SHIPPED
from gongkai.text import Span, config, detector
from gongkai.text.evaluate import Evaluation

COUNT, SEED = 2400, 20261122


def generator() -> ModuleType:
    found = importlib.util.spec_from_file_location("text_generate", Path(__file__).with_name("generate.py"))
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    texts = list(generator().texts(COUNT, SEED))
    finder = detector(SHIPPED, config.load(SHIPPED, "balanced").model_copy(update={"ner": "none"}))
    result = Evaluation()
    for text, spans in zip(texts, finder.detect([text["text"] for text in texts]), strict=True):
        result.add([Span(it["start"], it["end"], it["type"], 1.0) for it in text["spans"]], spans)
    return result


def test_nearly_all_are_found_exactly(evaluation: Evaluation) -> None:
    exact = sum(score.exact for score in evaluation.scores.values())
    both = sum(score.labelled + score.found for score in evaluation.scores.values())
    assert 2 * exact / both >= 0.99


def test_each_entity_holds(evaluation: Evaluation) -> None:
    assert len(evaluation.scores) >= 20
    assert {entity: score.f1 for entity, score in evaluation.scores.items() if score.f1 < 0.97} == {}


def test_the_same_seed_gives_the_same_texts() -> None:
    made = generator()
    assert list(made.texts(30, 3)) == list(made.texts(30, 3))
    assert list(made.texts(30, 3)) != list(made.texts(30, 4))
