"""How well names are found: exact spans, on text nobody taught it and on text of the kind it will meet."""

from __future__ import annotations

import pytest

from gongkai.text import ner


def _score(tagger: ner.Tagger, labelled: list[tuple[str, set[tuple[int, int, str]]]], entity: str) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    right = told = gold = 0
    for (_, marked), spans in zip(labelled, tagger.tag([text for text, _ in labelled]), strict=True):
        wanted = {(start, end) for start, end, kind in marked if kind == entity}
        found = {(span.start, span.end) for span in spans if span.entity == entity}
        right, told, gold = right + len(wanted & found), told + len(found), gold + len(wanted)
    return right / told, right / gold, 2 * right / (told + gold)


@pytest.mark.parametrize(
    ("name", "entity", "least"),
    [
        ("uner_gsdsimp_test", "PERSON", 0.75),
        ("uner_gsdsimp_test", "LOCATION", 0.74),
        ("uner_gsdsimp_test", "ORGANIZATION", 0.5),
        ("hotline_synth", "PERSON", 0.96),
        ("hotline_dev", "PERSON", 0.84),
    ],
)
def test_f1(tagger: ner.Tagger, labelled_texts: dict, name: str, entity: str, least: float) -> None:
    assert _score(tagger, labelled_texts[name], entity)[2] >= least


def test_the_sure_ones_are_right(tagger: ner.Tagger, labelled_texts: dict) -> None:
    """A score is a probability: of persons scored 0.9 and more, at least four of five are exactly right."""
    right = told = 0
    for (_, marked), spans in zip(*_both(tagger, labelled_texts["uner_gsdsimp_test"]), strict=True):
        for span in spans:
            if span.entity == "PERSON" and span.score >= 0.9:
                told += 1
                right += tuple(span[:3]) in marked
    assert told > 100
    assert right / told >= 0.8


def _both(tagger: ner.Tagger, labelled: list) -> tuple[list, list]:
    return labelled, tagger.tag([text for text, _ in labelled])
