"""Intervals of a mean gain: as wide as theory says, and paired where seeds are shared."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from coursekit import intervals


def test_the_paired_interval_is_about_that_of_the_normal_distribution():
    generator = np.random.default_rng(0)
    gain = generator.normal(0.3, 1, 200)
    first = generator.normal(0, 50, 200)
    low, high = intervals.paired(first, first + gain)
    error = gain.std(ddof=1) / np.sqrt(200)
    assert_allclose([low, high], gain.mean() + 1.96 * error * np.array([-1, 1]), atol=0.1 * error * 2)


def test_what_seeds_share_cancels_in_pairs_only():
    generator = np.random.default_rng(1)
    luck = generator.normal(0, 1, 20)
    first, second = luck, luck + 0.1 + generator.normal(0, 0.01, 20)
    low, high = intervals.paired(first, second)
    assert 0 < low < 0.1 < high
    far_low, far_high = intervals.unpaired(first, second)
    assert far_low < 0 < far_high
    assert far_high - far_low > 20 * (high - low)


def test_it_holds_the_true_mean_about_as_often_as_it_says():
    generator = np.random.default_rng(2)
    ends = [
        intervals.paired(np.zeros(20), generator.normal(1, 1, 20), resamples=500, seed=i) for i in range(300)
    ]
    held = np.mean([low < 1 < high for low, high in ends])
    assert 0.88 < held < 0.97


def test_a_seed_repeats_it_and_one_seed_has_an_interval_of_no_width():
    assert intervals.paired([1, 2, 3], [2, 5, 3], seed=4) == intervals.paired([1, 2, 3], [2, 5, 3], seed=4)
    assert intervals.paired([1], [1.5]) == (0.5, 0.5)


def test_ties_are_counted():
    assert intervals.outcomes([1, 2, 3, 4], [2, 2, 1, 5]) == (2, 1, 1)


def test_what_does_not_pair_is_refused():
    for compare in (intervals.paired, intervals.outcomes):
        with pytest.raises(ValueError, match="`second`"):
            compare([1, 2], [1, 2, 3])
        with pytest.raises(ValueError, match="`first`"):
            compare([np.nan], [1])
    assert intervals.unpaired([1, 1], [2, 2, 2]) == (1, 1)
    with pytest.raises(ValueError, match="`resamples`"):
        intervals.paired([1], [2], resamples=0)
