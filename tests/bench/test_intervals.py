"""Percentiles are the known ones; intervals hold what they say they hold, and narrower ones would not."""

from __future__ import annotations

import math
import random
import statistics

import pytest

from bench.intervals import Interval, mean, percentile, ratio, student

ROUNDS = 6
TRIALS = 300


def test_percentiles_of_known_values() -> None:
    values = [float(number) for number in range(101)]
    random.Random(1).shuffle(values)
    assert [percentile(values, percent) for percent in (0, 50, 95, 99.5, 100)] == [0, 50, 95, 99.5, 100]
    assert percentile([3.0], 99) == 3.0
    assert percentile([1.0, 2.0], 50) == 1.5


@pytest.mark.parametrize(("freedom", "tabled"), [(2, 4.303), (3, 3.182), (5, 2.571), (9, 2.262), (30, 2.042)])
def test_student_is_as_tabled(freedom: int, tabled: float) -> None:
    assert student(0.975, freedom) == pytest.approx(tabled, rel=0.05 if freedom < 3 else 0.01)


def covered(interval_of: object, seed: int = 3) -> float:
    """The share of trials whose interval holds the true mean, 10, of a normal distribution."""
    generator = random.Random(seed)
    held = 0
    for trial in range(TRIALS):
        rounds = [generator.gauss(10, 2) for _ in range(ROUNDS)]
        interval = interval_of(rounds, trial)  # type: ignore[operator]
        held += interval.low <= 10 <= interval.high
    return held / TRIALS


def test_an_interval_holds_the_mean_about_as_often_as_it_says() -> None:
    assert 0.89 <= covered(mean) <= 0.99


def test_the_plain_percentile_interval_would_not() -> None:
    """The control: what the expansion mends is there."""

    def plain(rounds: list[float], seed: int) -> Interval:
        generator = random.Random(seed)
        means = [statistics.fmean(generator.choices(rounds, k=ROUNDS)) for _ in range(400)]
        return Interval(statistics.fmean(rounds), percentile(means, 2.5), percentile(means, 97.5))

    assert covered(plain) < covered(mean) - 0.03


def test_a_ratio_is_paired_by_round() -> None:
    """Both drift by the same factor from round to round; the ratio does not."""
    drift = [1.0, 5.0, 2.0, 9.0, 3.0]
    noise = [1.01, 0.99, 1.0, 1.02, 0.98]
    paired = ratio([2 * value * wobble for value, wobble in zip(drift, noise, strict=True)], drift)
    assert paired.value == pytest.approx(2, rel=0.01)
    assert 1.9 < paired.low < paired.value < paired.high < 2.1
    unpaired = ratio([2 * value for value in drift], drift[::-1])
    assert unpaired.high / unpaired.low > 2


def test_the_same_seed_gives_the_same_interval() -> None:
    generator = random.Random(4)
    rounds = [generator.random() for _ in range(12)]
    assert mean(rounds, 5) == mean(rounds, 5)
    assert mean(rounds, 5) != mean(rounds, 6)


def test_two_rounds_bound_nothing_and_none_say_nothing() -> None:
    assert ratio([2.0, 2.0], [1.0, 1.0]) == Interval(2.0, 0.0, math.inf)
    assert math.isnan(ratio([], []).value)
    assert ratio([2.0, 0.0, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0]) == Interval(2.0, 2.0, 2.0)


def test_three_digits_are_written() -> None:
    assert str(Interval(1234.5, 0.12345, 12.3)) == "1,234 [0.123, 12.3]"
