"""Products of bytes: exact, close to floats, and never beyond 16 bits in pairs."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.text.ner import quantized


def _case(seed: int, inner: int) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    matrix = chance.standard_normal((inner, 5)) * chance.choice([0.01, 1, 30], 5)
    return chance.integers(1, 256, (7, inner)).astype(np.uint8), matrix


@given(st.integers(0, 2**32 - 1), st.integers(1, 300))
@settings(max_examples=25)
def test_a_product_is_that_of_whole_numbers(seed: int, inner: int) -> None:
    left, matrix = _case(seed, inner)
    nodes = [quantized.product("left", "some", "out")]
    bias = np.arange(5, dtype=np.float32)
    held = quantized.constants("some", matrix, bias)
    ready = quantized.session(nodes, {"left": (np.uint8, inner)}, {"out": (np.float32, 5)}, held)
    (found,) = ready.run(None, {"left": left})
    whole, worth = quantized.weights(matrix)
    sums = (left.astype(np.int64) - quantized.ZERO) @ whole.astype(np.int64)
    wanted = sums * (worth.astype(float) / quantized.STEPS) + bias
    assert np.allclose(found, wanted, rtol=1e-6, atol=1e-6 * np.abs(wanted).max())
    alone = [ready.run(None, {"left": left[index : index + 1]})[0] for index in range(len(left))]
    assert np.concatenate(alone).tobytes() == found.tobytes()


@given(st.integers(0, 2**32 - 1), st.integers(1, 300))
@settings(max_examples=25)
def test_two_neighbouring_products_stay_within_16_bits(seed: int, inner: int) -> None:
    _, matrix = _case(seed, inner)
    whole, worth = quantized.weights(matrix)
    even = np.concatenate([whole, np.zeros((inner % 2, 5), np.int8)]).astype(np.int64)
    for sign in (even, -even):
        most = 255 * (np.maximum(sign, 0)[::2] + np.maximum(sign, 0)[1::2])
        assert most.max() < 2**15
    assert np.abs(whole * worth - matrix).max(axis=0).max() <= (worth / 2 * 1.001).max()
    assert (np.abs(whole).max(axis=0) >= 63).all()


def test_all_alike_weights_lose_a_bit_only() -> None:
    whole, _ = quantized.weights(np.ones((4, 1)))
    assert set(whole.ravel().tolist()) <= {63, 64}
