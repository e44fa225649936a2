"""The fast network against the same model written plainly, and the promise that no bit depends on the batch."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.text.ner import batching, crf, network, spans, weights
from gongkai.text.ner.packing import pack

HERE = Path(__file__).parent


def _reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ner_reference", HERE / "reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def source() -> weights.Weights:
    return weights.read()


@pytest.fixture(scope="module")
def net(source: weights.Weights) -> network.Network:
    return network.build(source)


@pytest.fixture(scope="module")
def rows(source: weights.Weights, dev_texts: list[str]) -> list[np.ndarray]:
    """200 sentences as rows of the embedding."""
    table = batching.vocabulary(source.vocabulary, spans.EQUAL)
    found = []
    for text in dev_texts[:200]:
        points = batching.codes(text)
        start, end = (bounds[0] for bounds in batching.sentences(points))
        found.append(table[points[start:end]])
    return found


def _marginals(source: weights.Weights, net: network.Network, chosen: list[np.ndarray]) -> list[np.ndarray]:
    """Of each sentence, in the order given."""
    order = sorted(range(len(chosen)), key=lambda index: -len(chosen[index]))
    packing = pack(np.array([len(chosen[index]) for index in order]))
    packed = np.array([chosen[order[column]][time] for column, time in zip(packing.column, packing.time, strict=True)])
    chain = crf.chain(source.start, source.stop, source.transition)
    probable = crf.marginals(chain, network.scores(net, network.states(net, packing, packed)), packing)
    found = [probable[packing.column == column] for column in range(len(order))]
    return [found[order.index(index)] for index in range(len(chosen))]


def test_tags_are_those_of_the_plain_model(source: weights.Weights, net: network.Network, rows: list[np.ndarray]) -> None:
    """Bytes round; of a hundred tags at least 99 are those of 64-bit numbers."""
    reference = _reference()
    fast = np.concatenate(_marginals(source, net, rows))
    plain = np.concatenate([reference.marginals(source, each.tolist()) for each in rows])
    assert len(fast) > 7000
    assert (fast.argmax(axis=1) == plain.argmax(axis=1)).mean() >= 0.99
    assert np.abs(fast - plain).mean() < 5e-4
    names = [index for index, tag in enumerate(source.tags) if tag.split("-")[0] in ("PER", "nr", "LOC", "ORG")]
    telling = np.isin(plain.argmax(axis=1), names)
    assert (fast.argmax(axis=1) == plain.argmax(axis=1))[telling].mean() >= 0.975


@given(st.data())
@settings(max_examples=6)
def test_a_sentence_is_the_same_in_any_block(
    source: weights.Weights, net: network.Network, rows: list[np.ndarray], data: st.DataObject
) -> None:
    order = data.draw(st.lists(st.sampled_from(range(60)), min_size=1, max_size=30, unique=True))
    together = _marginals(source, net, [rows[index] for index in order])
    alone = _marginals(source, net, [rows[order[-1]]])
    assert together[-1].tobytes() == alone[0].tobytes()


PRINT_DIGEST = """
import hashlib, numpy as np
from gongkai.text.ner import network, weights
from gongkai.text.ner.packing import pack
packing = pack(np.repeat(np.arange(30, 0, -1), 3))
rows = np.random.default_rng(0).integers(0, 20000, len(packing.time)).astype(np.int32)
net = network.build(weights.read())
print(hashlib.sha256(network.scores(net, network.states(net, packing, rows)).tobytes()).hexdigest())
"""


def test_scores_are_the_same_in_another_process(net: network.Network) -> None:
    """Another kernel for floats and other threads change no bit."""
    packing = pack(np.repeat(np.arange(30, 0, -1), 3))
    rows = np.random.default_rng(0).integers(0, 20000, len(packing.time)).astype(np.int32)
    here = hashlib.sha256(network.scores(net, network.states(net, packing, rows)).tobytes()).hexdigest()
    other = os.environ | {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", PRINT_DIGEST], env=other, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == here
