from __future__ import annotations

import json
import math
import random
from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.errors import ConfigError
from gongkai.risk import superpopulation
from gongkai.risk.population import estimate
from gongkai.risk.superpopulation import Sample

PEOPLE = 200_000
SIZES = st.dictionaries(st.integers(1, 300), st.integers(1, 200), min_size=1, max_size=15).map(lambda found: sorted(found.items()))


def histogram(cells: np.ndarray[Any, Any]) -> list[tuple[int, int]]:
    _, counts = np.unique(cells, return_counts=True)
    return sorted((int(size), int(classes)) for size, classes in zip(*np.unique(counts, return_counts=True), strict=True))


@cache
def population(name: str) -> np.ndarray[Any, Any]:
    """The cell of each of the people."""
    chance = np.random.default_rng(7)
    if name == "zipf":
        weight = 1 / np.arange(1, 50_001)
        return chance.choice(50_000, PEOPLE, p=weight / weight.sum())
    if name == "steep zipf":
        weight = 1 / np.arange(1, 200_001) ** 1.2
        return chance.choice(200_000, PEOPLE, p=weight / weight.sum())
    if name == "lognormal":
        weight = chance.lognormal(0, 3, 300_000)
        return chance.choice(300_000, PEOPLE, p=weight / weight.sum())
    if name == "even":
        return chance.integers(0, 50_000, PEOPLE)
    if name == "age, sex, place":
        place = np.minimum(chance.zipf(1.3, PEOPLE), 2000) * 10 + chance.integers(0, 4, PEOPLE)
        age = chance.normal(45, 20, PEOPLE).clip(0, 100).astype(int)
        return (age * 2 + chance.integers(0, 2, PEOPLE)) * 100_000 + place
    return pitman_yor(0.6, 50)


def pitman_yor(alpha: float, theta: float) -> np.ndarray[Any, Any]:
    """People who sit down one after the other as in Pitman's formula."""
    chance = random.Random(3)
    cells: list[int] = []
    seated: list[int] = []
    for person in range(PEOPLE):
        if chance.random() * (theta + person) < theta + alpha * len(seated):
            cells.append(len(seated))
            seated.append(1)
            continue
        # the cell of somebody who sits: in proportion to its people, less α of them
        cell = cells[chance.randrange(person)]
        while chance.random() * seated[cell] < alpha:
            cell = cells[chance.randrange(person)]
        cells.append(cell)
        seated[cell] += 1
    return np.array(cells)


# what the estimate may be times the truth, by the sample's part of the population
BANDS = [
    ("pitman", 0.01, 0.8, 1.25), ("pitman", 0.1, 0.9, 1.1), ("pitman", 0.5, 0.9, 1.1),
    ("steep zipf", 0.01, 0.8, 1.6), ("steep zipf", 0.1, 0.9, 1.3), ("steep zipf", 0.5, 0.95, 1.1),
    ("lognormal", 0.01, 1.0, 3.0), ("lognormal", 0.1, 1.0, 1.7), ("lognormal", 0.5, 0.95, 1.1),
    ("age, sex, place", 0.01, 0.4, 1.2), ("age, sex, place", 0.1, 0.8, 1.1), ("age, sex, place", 0.5, 0.95, 1.05),
    # the tail ends at 50,000 cells, which a small sample cannot know
    ("zipf", 0.01, 1.0, 3.5), ("zipf", 0.1, 1.0, 2.2), ("zipf", 0.5, 0.95, 1.15),
    ("even", 0.1, 0.8, 1.5), ("even", 0.5, 0.85, 1.1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "fraction", "low", "high"), BANDS)
def test_simulated_populations(name: str, fraction: float, low: float, high: float) -> None:
    cells = population(name)
    truth = dict(histogram(cells))[1]
    for seed in range(3):
        sample = np.random.default_rng(seed).choice(cells, int(PEOPLE * fraction), replace=False)
        found = estimate(histogram(sample), PEOPLE)
        assert low <= found.uniques / truth <= high
        assert found.expected == pytest.approx(found.uniques * fraction)
        assert found.fraction == pytest.approx(fraction)


@pytest.mark.parametrize("name", ["pitman", "zipf", "even"])
def test_everybody_needs_no_estimate(name: str) -> None:
    sizes = histogram(population(name))
    found = estimate(sizes, PEOPLE)
    assert (found.model, found.uniques, found.expected) == ("file", dict(sizes)[1], dict(sizes)[1])
    # and one person more changes little, whatever the model
    nearly = estimate(sizes, PEOPLE + 1)
    assert nearly.zayatz == pytest.approx(found.uniques, rel=1e-3)
    assert nearly.snb == pytest.approx(found.uniques, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "sizes", "people", "uniques"),
    [
        ("nobody alone in the file", [(2, 10), (5, 4)], 4000, 0),
        ("nobody alone, and all of them", [(2, 10)], 20, 0),
        ("everybody alone", [(1, 40)], 4000, 4000),
        ("everybody alone, half of them", [(1, 40)], 80, 80),
        ("everybody alone, and all of them", [(1, 40)], 40, 40),
        ("one person", [(1, 1)], 1000, 1000),
        ("nobody at all", [], 1000, 0),
        ("nobody at all of nobody", [], 0, 0),
    ],
)
def test_edges(name: str, sizes: list[tuple[int, int]], people: int, uniques: float) -> None:
    found = estimate(sizes, people)
    assert found.uniques == pytest.approx(uniques, rel=1e-6), name
    assert found.share == pytest.approx(uniques / people if people else 0, rel=1e-6)


@pytest.mark.parametrize(
    ("fraction", "model"),
    [(0.01, "pitman"), (0.0999, "pitman"), (0.101, "snb"), (0.5, "snb")],
)
def test_the_rule(fraction: float, model: str) -> None:
    sizes = [(1, 300), (2, 150), (3, 80), (10, 16)]
    units = sum(size * classes for size, classes in sizes)
    found = estimate(sizes, round(units / fraction))
    assert found.model == model
    assert found.snb is not None
    assert found.zayatz is not None
    assert found.uniques == (found.pitman if model == "pitman" else min(found.snb, found.zayatz))


def test_zayatz_takes_over_where_snb_does_not_fit() -> None:
    # no class of two: the parameters cannot be found
    found = estimate([(1, 30), (9, 5)], 150)
    assert (found.snb, found.model, found.uniques) == (None, "zayatz", found.zayatz)


def test_zayatz_by_hand() -> None:
    """Ten of twenty people in classes 1 1 1 1 2 2 2: of a class of two, 20 of 38 samples show just one, of one person half."""
    alone, pair = 4 * 1 / 2, 3 * 20 / 38
    expected = 4 * alone / (alone + pair) * 20 / 10
    assert superpopulation.zayatz(Sample([(1, 4), (2, 3)], 20)) == pytest.approx(expected)


def test_pitman_solves_both_equations() -> None:
    """Hoshino's likelihood, term by term: no other θ and α near the found ones make the sample likelier."""
    sizes = [(1, 300), (2, 90), (3, 40), (10, 16), (77, 3)]
    sample = Sample(sizes, 100_000)

    def likelihood(theta: float, alpha: float) -> float:
        classes = np.log(theta + np.arange(1, sample.count) * alpha).sum()
        people = np.log(theta + np.arange(1, sample.units)).sum()
        return classes - people + sum(many * np.log(np.arange(1, size) - alpha).sum() for size, many in sizes)

    best = max(
        ((likelihood(theta, alpha), theta, alpha) for alpha in np.linspace(0.3, 0.9, 61) for theta in np.linspace(1, 200, 200)),
    )
    theta, alpha = best[1:]
    by_hand = sample.population * math.exp(
        math.lgamma(theta + 1) - math.lgamma(theta + alpha)
        + math.lgamma(theta + alpha + sample.population - 1) - math.lgamma(theta + sample.population)
    )  # fmt: skip
    assert superpopulation.pitman(sample) == pytest.approx(by_hand, rel=0.03)


def test_snb_finds_the_parameters_that_made_the_sample() -> None:
    """The expected numbers of classes of one and two under known parameters give them back."""
    alpha, beta, pi, classes = 0.5, 0.2, 0.3, 1_000_000
    chance = np.random.default_rng(4)
    people = 1 + chance.negative_binomial(alpha, beta, classes)
    shown = chance.binomial(people, pi)
    sizes = sorted((int(size), int(many)) for size, many in Counter(shown[shown > 0].tolist()).items())
    found = superpopulation.snb(Sample(sizes, int(sum(size * many for size, many in sizes) / pi)))
    assert found == pytest.approx((people == 1).sum(), rel=0.1)


@given(sizes=SIZES, times=st.floats(1, 10_000))
@settings(max_examples=150)
def test_always_an_answer(sizes: list[tuple[int, int]], times: float) -> None:
    units = sum(size * classes for size, classes in sizes)
    people = math.ceil(units * times)
    found = estimate(sizes, people)
    alone = dict(sizes).get(1, 0)
    assert 0 <= found.uniques <= alone * people / units * (1 + 1e-9)
    assert found.expected <= alone * (1 + 1e-9)
    assert json.loads(json.dumps(found.document()))["model"] == found.model


@pytest.mark.parametrize("sizes", [[(1, 10**9 - 1), (2, 1)], [(1, 1), (10**9, 1)], [(1, 5), (2, 10**8)], [(1, 10**7), (3, 10**7)]])
def test_very_large_files(sizes: list[tuple[int, int]]) -> None:
    units = sum(size * classes for size, classes in sizes)
    for people in (units + 1, 2 * units, 100 * units):
        found = estimate(sizes, people)
        assert 0 <= found.uniques <= people


def test_a_population_smaller_than_the_file_is_refused() -> None:
    with pytest.raises(ConfigError, match="population: is smaller than the 11 people"):
        estimate([(1, 3), (4, 2)], 10)
