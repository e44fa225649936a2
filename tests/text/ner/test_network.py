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

from gongkai.text.ner import batching, crf, exact, network, spans, weights

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
    lengths = np.array([len(each) for each in chosen])
    block = np.full((lengths.max(), len(chosen)), net.padding, np.int32)
    for column, each in enumerate(chosen):
        block[: len(each), column] = each
    chain = crf.chain(source.start, source.stop, source.transition)
    probable = crf.marginals(chain, network.scores(net, network.states(net, block)), lengths)
    return [probable[: len(each), column] for column, each in enumerate(chosen)]


def test_tags_are_those_of_the_plain_model(source: weights.Weights, net: network.Network, rows: list[np.ndarray]) -> None:
    reference = _reference()
    fast = np.concatenate(_marginals(source, net, rows))
    plain = np.concatenate([reference.marginals(source, each.tolist()) for each in rows])
    assert len(fast) > 7000
    assert (fast.argmax(axis=1) == plain.argmax(axis=1)).mean() >= 0.998
    assert np.abs(fast - plain).mean() < 1e-4
    assert np.quantile(np.abs(fast - plain).max(axis=1), 0.99) < 0.1
    names = [index for index, tag in enumerate(source.tags) if tag.split("-")[0] in ("PER", "nr", "LOC", "ORG")]
    telling = np.isin(plain.argmax(axis=1), names)
    assert (fast.argmax(axis=1) == plain.argmax(axis=1))[telling].mean() >= 0.995


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
net = network.build(weights.read())
rows = np.random.default_rng(0).integers(0, 20000, (30, 24)).astype(np.int32)
print(hashlib.sha256(network.scores(net, network.states(net, rows)).tobytes()).hexdigest())
"""


def test_scores_do_not_depend_on_how_blas_adds(net: network.Network) -> None:
    """Another kernel and other threads add in another order: the bits stay."""
    rows = np.random.default_rng(0).integers(0, 20000, (30, 24)).astype(np.int32)
    here = hashlib.sha256(network.scores(net, network.states(net, rows)).tobytes()).hexdigest()
    other = os.environ | {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", PRINT_DIGEST], env=other, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == here


@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.sampled_from([1.0, 2.0, 9.3]))
@settings(max_examples=25)
def test_every_sum_is_exact(seed: int, inner: int, reach: float) -> None:
    chance = np.random.default_rng(seed)
    matrix = chance.standard_normal((inner, 3)) * chance.choice([0.01, 1, 30])
    factor = exact.factor(matrix, reach)
    left = exact.settle((chance.uniform(-reach, reach, (5, inner))).astype(np.float32), np.empty((5, inner), np.float32))
    product = left @ factor.astype(np.float32)
    assert np.array_equal(product, left.astype(np.float64) @ factor)
    shuffled = chance.permutation(inner)
    assert np.array_equal(product, left[:, shuffled] @ factor[shuffled].astype(np.float32))
    assert np.abs(factor - matrix).max() <= np.abs(matrix).sum(axis=0).max() * reach / 2**13
