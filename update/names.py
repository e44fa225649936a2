"""Make ``rules/names/head.npz``: teach the name finder what people mark as a name.

    python update/names.py            teach on everything and write the file (some minutes on one core)
    python update/names.py --check    teach five times on four fifths, print what it scores on the fifth left out

It learns from UNER Chinese GSDSimp, train and dev (``tests/data/zh_ner``, CC BY-SA 4.0), and from invented sentences of
public service (``service_text``). Nothing here looks at a test file.
With OPENBLAS_NUM_THREADS=1 one machine makes the same bytes every time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gongkai.text import ner
from gongkai.text.ner import batching, features, head, spans, weights
from gongkai.text.ner.packing import pack
from gongkai.text.span import Span

sys.path.insert(0, str(Path(__file__).parent))
import service_text

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "rules" / "names" / "head.npz"
LABELLED = [ROOT / "tests" / "data" / "zh_ner" / f"uner_gsdsimp_{part}.jsonl" for part in ("train", "dev")]
SERVICE = 1500
UNITS = 128
ROUNDS = 30
BATCH = 64
RATE = 3e-3
DROP = 0.6
HEARD = features.FEATURES + 1
"""Features, and a constant."""

FORBIDDEN = -12.0
"""Score of a following character's tag where nothing of its kind stands before."""

Floats = NDArray[np.float32]
Parts = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Sentence:
    text: int
    asked: NDArray[np.int64]  # characters the head is asked about
    features: Floats  # [asked, features]
    tags: NDArray[np.int64]  # [characters]
    length: int


def main() -> None:
    tagger = ner.Tagger(weights.read(), None)
    texts, marked = _labelled()
    service, service_marked = _service(tagger)
    extra = _sentences(tagger, service, service_marked)
    labelled = _sentences(tagger, texts, marked)
    if "--check" in sys.argv:
        check(labelled, extra, texts, marked)
        return
    parts = fit([*labelled, *extra])
    TARGET.parent.mkdir(exist_ok=True)
    np.savez(TARGET, **{name: values.astype(np.float16) for name, values in parts.items()})
    _say(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


def check(labelled: list[Sentence], extra: list[Sentence], texts: list[str], marked: list[list[Span]]) -> None:
    """Precision, recall and F1 of each kind by the least probability told, on the texts left out."""
    told: dict[float, list[list[Span]]] = {least: [[] for _ in texts] for least in (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)}
    for fold in range(5):
        parts = fit([sentence for sentence in labelled if sentence.text % 5 != fold] + extra)
        tagger = ner.Tagger(weights.read(), head.build(**parts))
        chosen = range(fold, len(texts), 5)
        for least, each in told.items():
            for index, found in zip(chosen, tagger.tag([texts[index] for index in chosen], least=least), strict=True):
                each[index] = found
    for least, each in told.items():
        _say(f"{least}  " + "  ".join(f"{kind} {_score(marked, each, kind)}" for kind in features.KINDS))
    for low in np.arange(0.2, 1, 0.1):
        hits = [
            span[:3] in {m[:3] for m in gold}
            for gold, found in zip(marked, told[0.2], strict=True)
            for span in found
            if low <= span.score < low + 0.1 and span.entity == "PERSON"
        ]
        _say(f"score {low:.1f}: {np.mean(hits):.2f} of {len(hits)} right")


def fit(sentences: list[Sentence], seed: int = 0) -> Parts:
    """Adam on the chain's log-likelihood; the mean of the weights over the second half of the rounds."""
    chance = np.random.default_rng(seed)
    parts = _start(chance)
    moments = {name: (np.zeros_like(values), np.zeros_like(values)) for name, values in parts.items()}
    mean = {name: np.zeros_like(values) for name, values in parts.items()}
    lengths = np.array([sentence.length for sentence in sentences])
    step, kept, total = 0, 0, ROUNDS * -(-len(sentences) // BATCH)
    for turn in range(ROUNDS):
        order = np.argsort(lengths + chance.uniform(-4, 4, len(lengths)), kind="stable")
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        for index in chance.permutation(len(batches)):
            step += 1
            slopes = _slopes(parts, [sentences[each] for each in batches[index]], chance)
            rate = RATE * min(1, step / 50) * (1 - 0.95 * step / total)
            for name, slope in slopes.items():
                first, second = moments[name]
                first += 0.1 * (slope - first)
                second += 0.01 * (slope * slope - second)
                parts[name] -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-7)
            if turn * 2 >= ROUNDS:
                kept += 1
                for name in mean:
                    mean[name] += (parts[name] - mean[name]) / kept
    mean["step"] += _impossible()
    mean["start"] += _impossible()[0]
    return mean


def _start(chance: np.random.Generator) -> Parts:
    """The model's own probabilities pass through; the hidden layer says nothing yet."""
    direct = np.zeros((HEARD, features.TAGS), np.float32)
    direct[-1 - features.TAGS : -1] = np.eye(features.TAGS)
    return {
        "hidden": (chance.standard_normal((HEARD, UNITS)) * HEARD**-0.5).astype(np.float32),
        "direct": direct,
        "output": np.zeros((UNITS, features.TAGS), np.float32),
        "step": np.zeros((features.TAGS, features.TAGS), np.float32),
        "start": np.zeros(features.TAGS, np.float32),
    }


def _slopes(parts: Parts, batch: list[Sentence], chance: np.random.Generator) -> Parts:
    """Gradients of the mean negative log-likelihood, with features dropped at random (never the model's own)."""
    heard = np.concatenate([sentence.features for sentence in batch])
    keep = (chance.random(heard.shape, dtype=np.float32) >= DROP) / np.float32(1 - DROP)
    keep[:, -1 - features.TAGS :] = 1
    heard = heard * keep
    units = np.tanh(heard @ parts["hidden"])
    times = np.concatenate([sentence.asked for sentence in batch])
    columns = np.repeat(np.arange(len(batch)), [len(sentence.asked) for sentence in batch])
    scores = np.full((max(sentence.length for sentence in batch), len(batch), features.TAGS), float(head.NEVER))
    scores[:, :, 0] = 0
    scores[times, columns] = heard @ parts["direct"] + units @ parts["output"]
    by_score, step, start = _chain_slopes(scores, parts, batch)
    slope = (by_score[times, columns] / len(batch)).astype(np.float32)
    return {
        "direct": heard.T @ slope,
        "output": units.T @ slope,
        "hidden": heard.T @ ((slope @ parts["output"].T) * (1 - units * units)),
        "step": (step / len(batch)).astype(np.float32),
        "start": (start / len(batch)).astype(np.float32),
    }


def _chain_slopes(scores: NDArray[np.float64], parts: Parts, batch: list[Sentence]) -> tuple[NDArray[np.float64], ...]:
    """Expected minus true counts: of tags [time, sentence, tag], of steps, of first tags."""
    time, count, tags = scores.shape
    inside = np.arange(time)[:, None] < np.array([sentence.length for sentence in batch])
    truth = np.zeros((time, count), np.int64)
    for column, sentence in enumerate(batch):
        truth[: sentence.length, column] = sentence.tags
    potential = np.exp(scores - scores.max(axis=2, keepdims=True))
    going = np.exp(parts["step"] + _impossible()).astype(np.float64)
    forward = np.empty_like(potential)
    forward[0] = potential[0] * np.exp(parts["start"] + _impossible()[0])
    for step in range(1, time):
        forward[step - 1] /= forward[step - 1].sum(axis=1, keepdims=True)
        forward[step] = np.where(inside[step][:, None], (forward[step - 1] @ going) * potential[step], forward[step - 1])
    expected, steps, backward = np.zeros_like(potential), np.zeros((tags, tags)), np.ones((count, tags))
    for step in range(time - 1, -1, -1):
        here = forward[step] * backward
        expected[step] = here / here.sum(axis=1, keepdims=True) * inside[step][:, None]
        if step:
            ahead = potential[step] * backward
            pairs = forward[step - 1][:, :, None] * going * ahead[:, None, :]
            steps += (pairs / pairs.sum(axis=(1, 2), keepdims=True) * inside[step][:, None, None]).sum(axis=0)
            behind = ahead @ going.T
            backward = np.where(inside[step][:, None], behind / behind.sum(axis=1, keepdims=True), backward)
    first = expected[0].sum(axis=0)
    np.subtract.at(first, truth[0], 1)
    np.subtract.at(steps, (truth[:-1][inside[1:]], truth[1:][inside[1:]]), 1)
    rows, columns = np.nonzero(inside)
    np.subtract.at(expected, (rows, columns, truth[inside]), 1)
    return expected, steps, first


def _impossible() -> Floats:
    """A following character needs one of its kind before it."""
    scores = np.zeros((features.TAGS, features.TAGS), np.float32)
    for inner in range(2, features.TAGS, 2):
        scores[:, inner] = FORBIDDEN
        scores[[inner - 1, inner], inner] = 0
    return scores


def _sentences(tagger: ner.Tagger, texts: list[str], marked: list[list[Span]]) -> list[Sentence]:
    """What the head hears in every sentence; a span it is not wholly asked about is not held against it."""
    pieces = list(_pieces(texts, marked))
    made: list[Sentence | None] = [None] * len(pieces)
    for chosen in batching.blocks(np.array([len(piece[1]) for piece in pieces])):
        packing = pack(np.array([len(pieces[index][1]) for index in chosen]))
        points = [batching.codes(pieces[index][1]) for index in chosen]
        codes = np.array([points[column][time] for column, time in zip(packing.column, packing.time, strict=True)], np.uint32)
        row, asked, heard, kinds = tagger.heard(codes, packing)
        items = row.item[asked]
        values = np.concatenate([features.values(heard), np.ones((len(heard), 1), np.float32)], axis=1)
        values[:, -1 - features.TAGS : -1] = kinds
        for column, index in enumerate(chosen.tolist()):
            mine = packing.column[items] == column
            times = packing.time[items[mine]]
            tags = _tags(pieces[index][2], len(pieces[index][1]), times)
            made[index] = Sentence(pieces[index][0], times, values[mine], tags, len(tags))
    return [sentence for sentence in made if sentence is not None]


def _pieces(texts: list[str], marked: list[list[Span]]) -> Iterator[tuple[int, str, list[Span]]]:
    for index, (text, found) in enumerate(zip(texts, marked, strict=True)):
        starts, ends = batching.sentences(batching.codes(text))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            inner = [Span(s.start - start, s.end - start, s.entity, 1) for s in found if start <= s.start and s.end <= end]
            yield index, text[start:end], inner


def _tags(found: list[Span], length: int, asked: NDArray[np.int64]) -> NDArray[np.int64]:
    tags = np.zeros(length, np.int64)
    known = set(asked.tolist())
    for span in found:
        if known.issuperset(range(span.start, span.end)):
            kind = features.KINDS.index(span.entity)
            tags[span.start] = 1 + 2 * kind
            tags[span.start + 1 : span.end] = 2 + 2 * kind
    return tags


def _labelled() -> tuple[list[str], list[list[Span]]]:
    texts, marked = [], []
    for path in LABELLED:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts.append(row["text"])
            marked.append([Span(s["start"], s["end"], s["type"].upper(), 1.0) for s in row["spans"]])
    return texts, marked


def _service(tagger: ner.Tagger) -> tuple[list[str], list[list[Span]]]:
    """People where they were put; places and organisations where the model alone finds them."""
    made = service_text.sentences(SERVICE, seed=1)
    texts = [text for text, _ in made]
    marked: list[list[Span]] = []
    for (_, names), found in zip(made, tagger.tag(texts), strict=True):
        people = [Span(start, end, "PERSON", 1.0) for start, end in names]
        others = [span._replace(score=0.9) for span in found if span.entity != "PERSON"]
        marked.append(spans.disjoint([*people, *others]))
    return texts, marked


def _score(marked: list[list[Span]], told: list[list[Span]], kind: str) -> str:
    gold = {(index, s.start, s.end) for index, each in enumerate(marked) for s in each if s.entity == kind}
    found = {(index, s.start, s.end) for index, each in enumerate(told) for s in each if s.entity == kind}
    right = len(gold & found)
    precision, recall = right / max(len(found), 1), right / max(len(gold), 1)
    return f"{precision:.3f}/{recall:.3f}/{2 * right / max(len(found) + len(gold), 1):.3f}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
