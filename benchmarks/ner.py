"""Finding names in Chinese text: speed per core, accuracy, loading and memory, beside jieba's own part-of-speech tags.

    OPENBLAS_NUM_THREADS=1 python benchmarks/ner.py

Speed is CPU time of one thread, the best of several repetitions, over the texts of UNER GSDSimp train (156,000 characters),
and over hotline texts, numbered so that no two are equal (164,000 characters).
"plain" is the model written down step by step, one sentence at a time. Accuracy is of exact spans of people, on texts that
nothing was taught or tuned on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # counts only where numpy is not loaded yet

import numpy as np

from gongkai.project import SHIPPED
from gongkai.text import ner
from gongkai.text.ner import batching, head, spans, weights

DATA = Path(__file__).parent.parent / "tests" / "data" / "zh_ner"
BLOCKS = (1, 8, 32, 128, 512)
REPEATS = 5

Found = list[set[tuple[int, int]]]


def run() -> dict[str, dict[str, float]]:
    """Characters per second, and precision, recall, F1 in percent."""
    source = weights.read()
    alone, taught = ner.Tagger(source, None), ner.Tagger(source, head.read(head.find(SHIPPED)))
    return {
        "speed": _speeds(source, alone, taught),
        "load": _loading(),
        **{f"accuracy {name}": _accuracies(name, alone, taught) for name in ("uner_gsdsimp_test", "hotline_synth")},
    }


def main() -> None:
    from benchmarks._measure import table

    result = run()
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    table(
        f"characters per second and core, load {load}",
        ["way", "chars/s"],
        [[way, f"{value:,.0f}"] for way, value in result["speed"].items()],
    )
    table("loading", ["what", "value"], [[what, f"{value:,.2f}"] for what, value in result["load"].items()])
    for name in ("uner_gsdsimp_test", "hotline_synth"):
        table(
            f"PERSON on {name}, exact spans, %",
            ["way", "F1"],
            [[way, f"{value:.1f}"] for way, value in result[f"accuracy {name}"].items()],
        )


def _speeds(source: weights.Weights, alone: ner.Tagger, taught: ner.Tagger) -> dict[str, float]:
    texts = [text for text, _ in _labelled("uner_gsdsimp_train")]
    few = texts[:300]
    found = {"plain, 64 bits": _speed(lambda some: _plain(source, some), texts[:20])}
    usual = batching.SENTENCES
    for size in BLOCKS:
        batching.SENTENCES = size
        found[f"model alone, {size} in a block"] = _speed(alone.tag, few if size == 1 else texts)
    batching.SENTENCES = usual
    found["model and head, a call per text"] = _speed(lambda some: [taught.tag([text]) for text in some], few)
    found["model and head"] = _speed(taught.tag, texts)
    found["model and head, every text four times"] = _speed(taught.tag, few * 4)
    hotline = [text for text, _ in _labelled("hotline_synth")]
    found["model and head, hotline"] = _speed(taught.tag, [f"{number:04d}{text}" for number in range(80) for text in hotline])
    found["jieba posseg"] = _speed(_jieba, few)
    return found


def _speed(way: Callable[[list[str]], Any], texts: list[str]) -> float:
    way(texts[:5])
    best = float("inf")
    for _ in range(REPEATS):
        started = time.process_time()
        way(texts)
        best = min(best, time.process_time() - started)
    return sum(map(len, texts)) / best


def _accuracies(name: str, alone: ner.Tagger, taught: ner.Tagger) -> dict[str, float]:
    texts, gold = zip(*_labelled(name), strict=True)
    return {
        "jieba posseg nr": _f1(gold, _jieba(texts)),
        "model alone": _f1(gold, _people(alone, texts)),
        "model and head": _f1(gold, _people(taught, texts)),
    }


def _f1(gold: Sequence[set[tuple[int, int]]], found: Found) -> float:
    right = sum(len(a & b) for a, b in zip(gold, found, strict=True))
    return 200 * right / (sum(map(len, gold)) + sum(map(len, found)))


def _people(tagger: ner.Tagger, texts: Sequence[str]) -> Found:
    return [{(span.start, span.end) for span in each if span.entity == "PERSON"} for each in tagger.tag(texts)]


def _jieba(texts: Sequence[str]) -> Found:
    """Words tagged nr, as research and practice use them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
        from jieba import posseg

    jieba.setLogLevel(60)
    found: Found = []
    for text in texts:
        people, start = set(), 0
        for word, tag in posseg.cut(text):
            if tag.startswith("nr"):
                people.add((start, start + len(word)))
            start += len(word)
        found.append(people)
    return found


def _plain(source: weights.Weights, texts: Sequence[str]) -> None:
    """Two layers, both directions, step by step; the search for the best tags is not even counted."""
    table = batching.vocabulary(source.vocabulary, spans.EQUAL)
    for text in texts:
        below = source.embedding[table[batching.codes(text)]].astype(float)
        for forward, backward in (source.grus[:2], source.grus[2:]):
            below = np.hstack([_plain_gru(forward, below), _plain_gru(backward, below[::-1])[::-1]])


def _plain_gru(gru: weights.Gru, given: np.ndarray) -> np.ndarray:
    state, states = np.zeros(weights.HIDDEN), []
    for row in given:
        product = row @ gru.input + gru.bias
        update, reset = np.split(1 / (1 + np.exp(-(product[: 2 * weights.HIDDEN] + state @ gru.gates))), 2)
        candidate = np.tanh(product[2 * weights.HIDDEN :] + (reset * state) @ gru.candidate)
        state = (1 - update) * state + update * candidate
        states.append(state)
    return np.array(states)


def _loading() -> dict[str, float]:
    code = """
import time
from pathlib import Path
from gongkai.project import SHIPPED
from gongkai.text import ner
def held():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
before, started = held(), time.process_time()
tagger = ner.load(SHIPPED)
print(time.process_time() - started, held() - before)
tagger.tag(["市民王建国来电反映，" * 12] + ["小区停车难，第%d次反映。" % n for n in range(20000)])
print(held() - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, loaded, working = map(float, done.stdout.split())
    return {"load, CPU seconds": seconds, "load, MB": loaded, "load and 20,000 texts, MB": working}


def _labelled(name: str) -> list[tuple[str, set[tuple[int, int]]]]:
    rows = map(json.loads, (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [(row["text"], {(s["start"], s["end"]) for s in row["spans"] if s["type"] == "person"}) for row in rows]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    main()
