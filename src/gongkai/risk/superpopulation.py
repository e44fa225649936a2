"""Models of where a sample's classes come from 超总体: Pitman's, Zayatz's and the slide negative binomial.

Each gives the expected number of people who are alone in their class in the population, from the sample's class sizes and the
population's size; None where it does not fit. See ``population`` for the papers and for the choice between them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]

_LEAST, _MOST = -1e4, 1 - 1e-6
"""Pitman's α: at the one end a table whose cells are all as likely, at the other everybody unique."""


class Sample:
    """The counts the models work from: pairs of class size and number of classes, out of ``population`` people."""

    def __init__(self, sizes: Sequence[tuple[int, int]], population: int) -> None:
        self.sizes: Numbers = np.array([size for size, _ in sizes], float)
        self.classes: Numbers = np.array([classes for _, classes in sizes], float)
        self.units = sum(size * classes for size, classes in sizes)
        self.count = sum(classes for _, classes in sizes)
        self.uniques, self.pairs = (dict(sizes).get(size, 0) for size in (1, 2))
        self.population = population
        self.fraction = self.units / population if population else 1.0


def pitman(sample: Sample) -> float:
    """Maximum likelihood of Pitman's sampling formula, then the expected uniques of a population drawn by it.

    For each α the likelihood has one best θ (Hoshino's first equation), and along those its slope in α is his second one.
    α may be below 0, a table with a limited number of cells.
    """
    if sample.count == sample.units:
        return float(sample.population)
    alphas = np.concatenate([-np.geomspace(-_LEAST, 1e-3, 40), np.linspace(1e-3, 0.99, 50), [0.999, _MOST]])
    alpha = _root(lambda a: _slope(sample, a), alphas)
    if alpha is None:
        alpha = _MOST if _slope(sample, _MOST) > 0 else _LEAST
    first = _theta(sample, alpha) + alpha
    start, stop = _log_ratio(first, 1 - alpha), _log_ratio(first + sample.population - 1, 1 - alpha)
    return sample.population * math.exp(start - stop)


def zayatz(sample: Sample) -> float:
    """Bayes' rule: of classes that show one person, the part that has no more, if the population's classes are as large
    as the sample's."""
    from scipy.special import gammaln

    rest = sample.population - sample.units
    # the hypergeometric chance that a class shows just one of its people; terms equal for all classes cancel
    fits = sample.sizes - 1 <= rest
    sizes, classes = sample.sizes[fits], sample.classes[fits]
    chance = np.log(sizes) + gammaln(sample.population - sizes + 1) - gammaln(rest - sizes + 2)
    weight = classes * np.exp(chance - chance.max())
    alone = float(weight[sizes == 1].sum() / weight.sum())
    return sample.uniques * alone * sample.population / sample.units


def snb(sample: Sample) -> float | None:
    """The number of classes by Shlosser's estimate, and the two parameters by the expected classes of one and of two.

    With w = (1-π)(1-β)/(β+π(1-β)) and z = αw the two equations of Chen & McNulty become a quadratic for z and one equation
    for w, whose left side falls to 0 at w = (1-π)/π.
    """
    pi = sample.fraction
    total = _classes(sample)
    if not sample.pairs or not math.isfinite(total):
        return None
    ratio = 2 * (1 - pi) / pi * sample.pairs / sample.uniques
    last = (1 - pi) / pi

    def both(w: float) -> float:
        half = (ratio - 2 - w) / 2
        return half + math.sqrt(half * half + ratio)

    def misfit(w: float) -> float:
        z = both(w)
        return total * pi * math.exp(z / w * math.log1p(-w / last)) * (1 + z) - sample.uniques

    parts = np.concatenate([np.geomspace(1e-9, 0.1, 60), np.linspace(0.11, 0.99, 89), [1 - 1e-12]])
    w = _root(misfit, last * parts)
    if w is None:
        return None
    return total * math.exp(both(w) / w * (math.log1p(-w / last) - math.log1p(w)))


def _classes(sample: Sample) -> float:
    """Classes of the population: Shlosser 1981, as modified by Haas & Stokes 1998 (Journal of the ASA 93:1475)."""
    pi, sizes, classes = sample.fraction, sample.sizes, sample.classes
    missed = ((1 - pi) ** sizes * classes).sum() / (sizes * pi * (1 - pi) ** (sizes - 1) * classes).sum()
    again = (sizes * pi**2 * (1 - pi**2) ** (sizes - 1) * classes).sum()
    seen = (((1 - pi**2) ** sizes - (1 - pi) ** sizes) * classes).sum()
    return float(sample.count + sample.uniques * again / seen * missed**2)


def _theta(sample: Sample, alpha: float) -> float:
    """The best θ for an α."""
    return _least(sample, alpha) + _gap(sample, alpha)


def _slope(sample: Sample, alpha: float) -> float:
    """How the likelihood changes with α at its best θ."""
    from scipy.special import digamma

    gap = _gap(sample, alpha)
    several = sample.sizes > 1
    within = digamma(sample.sizes[several] - alpha) - digamma(1 - alpha)
    between = (sample.count - 1 - (_least(sample, alpha) + gap) * _steps(sample, gap, alpha)) / alpha
    return float(between - (sample.classes[several] * within).sum())


def _least(sample: Sample, alpha: float) -> float:
    """What θ must exceed: below it some class would have come with a negative probability."""
    return -alpha if alpha > 0 else -alpha * (sample.count - 1)


def _gap(sample: Sample, alpha: float) -> float:
    """The best θ above its least: there the likelihood's slope in θ is 0. It falls from +∞ and is negative at the end."""
    from scipy.optimize import brentq
    from scipy.special import digamma

    def slope(gap: float) -> float:
        theta = least + gap
        return _steps(sample, gap, alpha) - float(digamma(theta + sample.units) - digamma(theta + 1))

    least = _least(sample, alpha)
    low, high = 1e-9, 1.0
    while slope(high) > 0 and high < 1e15:
        high *= 4
    if slope(low) <= 0 or slope(high) > 0:
        return low if slope(low) <= 0 else high
    return float(brentq(slope, low, high, xtol=1e-12, rtol=1e-12))


def _steps(sample: Sample, gap: float, alpha: float) -> float:
    """Sum of 1/(θ + iα) for i from 1 to the number of classes less one."""
    from scipy.special import digamma

    at = gap / abs(alpha)
    return float(digamma(at + sample.count - 1) - digamma(at)) / abs(alpha)


def _log_ratio(x: float, a: float) -> float:
    """``log Γ(x + a) - log Γ(x)``, exact where both are too large to subtract."""
    if x > 1e6:
        return a * math.log(x) + a * (a - 1) / (2 * x)
    return math.lgamma(x + a) - math.lgamma(x)


def _root(f: Callable[[float], float], points: Numbers) -> float | None:
    """Where ``f`` changes from plus to minus between two of the rising ``points``: the last such place."""
    from scipy.optimize import brentq

    values = np.array([f(float(point)) for point in points])
    falls = np.flatnonzero((values[:-1] > 0) & (values[1:] <= 0))
    if not len(falls):
        return None
    return float(brentq(f, points[falls[-1]], points[falls[-1] + 1], xtol=1e-12, rtol=1e-12))
