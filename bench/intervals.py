"""The statistics: percentiles, and ratios with an interval that tells how sure they are.

The unit of replication is the round: what is measured within one shares its checkpoints, its neighbours and
its clock frequency, so single operations are no independent observations.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Sequence

import attrs

RESAMPLES = 2000
CONFIDENCE = 0.95


@attrs.frozen
class Interval:
    """A figure and the bounds between which it lies with 95 % confidence."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.value)} [{_short(self.low)}, {_short(self.high)}]"


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def percentile(values: Sequence[float], percent: float) -> float:
    """Linear between the two nearest ranks (type 7 of Hyndman and Fan, 1996). Needs one value at least."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def mean(rounds: Sequence[float], seed: int = 1) -> Interval:
    """The mean of the rounds."""
    return _bootstrap(rounds, seed, lambda value: value)


def ratio(rounds: Sequence[float], baseline: Sequence[float], seed: int = 1) -> Interval:
    """The geometric mean of ``rounds`` over ``baseline``, paired: the two ran in turn, round by round.

    Rounds in which either is not positive are left out; NaN when none remains.
    """
    logarithms = [math.log(a / b) for a, b in zip(rounds, baseline, strict=True) if a > 0 and b > 0]
    return _bootstrap(logarithms, seed, math.exp)


def _bootstrap(values: Sequence[float], seed: int, back: Callable[[float], float]) -> Interval:
    """The expanded percentile interval of the mean (Hesterberg, "What Teachers Should Know About the
    Bootstrap", The American Statistician, 2015, section 5).

    Percentiles of resampled means alone are too narrow for the handful of rounds that there are; taken
    further out, by what Student's t exceeds the normal, they hold the mean as often as they say. With
    fewer than three rounds the interval is unbounded.
    """
    count = len(values)
    if not count:
        return Interval(math.nan, math.nan, math.nan)
    middle = statistics.fmean(values)
    if count < 3:
        return Interval(back(middle), back(-math.inf), back(math.inf))
    generator = random.Random(seed)  # noqa: S311 - resampling, no secret
    means = [statistics.fmean(generator.choices(values, k=count)) for _ in range(RESAMPLES)]
    reach = math.sqrt(count / (count - 1)) * student((1 + CONFIDENCE) / 2, count - 1)
    tail = 100 * statistics.NormalDist().cdf(-reach)
    low, high = percentile(means, tail), percentile(means, 100 - tail)
    return Interval(back(middle), back(low), back(high))


def student(probability: float, freedom: int) -> float:
    """The quantile of Student's t, by its expansion about the normal (Abramowitz and Stegun, 26.7.5)."""
    z = statistics.NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + math.fsum(term / float(freedom) ** power for power, term in enumerate(terms, start=1))
