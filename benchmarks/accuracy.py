"""How well personal data is found: column names, names in text, structured identifiers, and what is found where nothing is.

``make eval``, or ``python -m benchmarks.accuracy --data FOLDER``: the folder has ``columns/`` (CSV: header, comment, entity)
and ``zh_ner/`` (JSON lines: id, text, spans). Plain Presidio and jieba read the same texts in the same run; speed is
characters per second of CPU time on one core, loading aside.
"""

from __future__ import annotations

import os

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # before numpy is there: one core is measured

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.text import generate

from benchmarks._measure import table
from benchmarks.rivals import jieba_plain, presidio_plain
from gongkai.classify import scoring
from gongkai.classify.headers import guess
from gongkai.project import SHIPPED
from gongkai.text import detector, lines
from gongkai.text.evaluate import Evaluation, Score
from gongkai.text.span import Span

Detect = Callable[[Sequence[str]], list[list[Span]]]
NAMES = ("PERSON", "LOCATION", "ORGANIZATION", "ADDRESS")
GENERATED = 6000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("tests/data"))
    data = parser.parse_known_args()[0].data
    headers(sorted((data / "columns").glob("*.csv")))
    for name in ("uner_gsdsimp_test", "hotline_synth"):
        if (path := data / "zh_ner" / f"{name}.jsonl").is_file():
            names(path)
    identifiers()
    nothing([path for path in sorted((data / "zh_ner").glob("uner_gsdsimp_*.jsonl")) if "test" not in path.stem])


def headers(files: Sequence[Path]) -> None:
    """Column names and comments against their labels, by what may be read."""
    rows = []
    for path in files:
        scores = scoring.score(scoring.read(path), lambda name, comment: guess(name, comment, SHIPPED).entity)
        for source, score in scores.items():
            shares = (score.accuracy, score.precision, score.recall, score.f1)
            rows.append((f"{path.stem}: {source}", f"{score.rows}", *(f"{share:.3f}" for share in shares)))
    table("column names 列名识别", ("set: read from", "rows", "accuracy", "P", "R", "F1"), rows)


def names(path: Path) -> None:
    """Names of people, places and organisations, and addresses: exact spans."""
    read = list(_labelled(path))
    rows = []
    for who, detect in _everybody().items():
        scores, speed = _run(read, detect, NAMES)
        for entity in NAMES:
            score = scores.get(entity, Score())
            if score.labelled:
                rows.append((f"{entity} {who}", *_shares(score), f"{speed:,.0f}"))
    table(f"{path.stem}: names in text 文本中的姓名与地名", ("", "P", "R", "F1", "characters", "characters/s"), sorted(rows))


def identifiers() -> None:
    """Every structured identifier in generated text: all separators, widths and neighbours, among decoys."""
    read = [_line(document) for document in generate.texts(GENERATED)]
    wanted = sorted({span.entity for _, spans in read for span in spans})
    rows = []
    for who, detect in _everybody().items():
        scores, speed = _run(read, detect, wanted)
        rows.append((who, *_shares(_sum(scores.values())), f"{speed:,.0f}"))
        if who == "gongkai":
            rows += [(f"  {entity}", *_shares(scores.get(entity, Score())), "") for entity in wanted]
    table(f"identifiers in {GENERATED:,} generated texts 标识符", ("", "P", "R", "F1", "characters", "characters/s"), rows)


def nothing(files: Sequence[Path]) -> None:
    """Encyclopaedia text holds no identifier of a person: whatever is found is false, or public."""
    read = [line for path in files for line in _labelled(path)]
    rows = []
    for who, detect in _everybody().items():
        scores, _ = _run(read, detect, None)
        false = {entity: score.found for entity, score in scores.items() if entity not in NAMES and score.found}
        rows.append((who, f"{sum(false.values())}", ", ".join(f"{entity} {count}" for entity, count in sorted(false.items()))))
    table(f"identifiers found in {len(read):,} sentences without any 误报", ("", "found", "which"), rows)


def _everybody() -> dict[str, Detect]:
    ours = detector(SHIPPED)
    return {"gongkai": ours.detect, "plain Presidio": _rival(presidio_plain.detect), "jieba": _rival(jieba_plain.detect)}


def _rival(detect: Callable[[Sequence[str]], list[list[tuple[int, int, str]]]]) -> Detect:
    return lambda texts: [[Span(*found, 1.0) for found in each] for each in detect(texts)]


def _run(
    read: Sequence[tuple[str, Sequence[Span]]], detect: Detect, only: Sequence[str] | None
) -> tuple[dict[str, Score], float]:
    """Scores by entity, and characters a second of CPU."""
    texts = [text for text, _ in read]
    detect(texts[:8])  # models and word lists are loaded once
    started = time.process_time()
    found = detect(texts)
    seconds = time.process_time() - started
    evaluation = Evaluation(only)
    for (_, wanted), spans in zip(read, found, strict=True):
        evaluation.add(wanted, spans)
    return evaluation.scores, sum(map(len, texts)) / seconds


def _labelled(path: Path) -> Iterator[tuple[str, Sequence[Span]]]:
    with path.open("rb") as file:
        for line in lines.read(file, path.name, labelled=True):
            yield line.text, line.spans


def _line(document: dict) -> tuple[str, Sequence[Span]]:
    return next((line.text, line.spans) for line in lines.read([json.dumps(document).encode()], "generated", labelled=True))


def _sum(scores: Iterator[Score]) -> Score:
    total = Score()
    for score in scores:
        for count in ("labelled", "found", "exact", "characters", "covered"):
            setattr(total, count, getattr(total, count) + getattr(score, count))
    return total


def _shares(score: Score) -> tuple[str, ...]:
    shares = (score.precision, score.recall, score.f1, score.character_recall)
    return tuple("-" if share is None else f"{share:.3f}" for share in shares)


if __name__ == "__main__":
    main()
