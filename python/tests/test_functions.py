"""The exact functions: against mpmath in the tails, over arrays, and what they refuse."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

import gauss_sim as gs
from gauss_sim import normal

mpmath.mp.dps = 60


def relative(found: float, exact: mpmath.mpf) -> float:
    return float(abs((mpmath.mpf(found) - exact) / exact))


@settings(max_examples=150, deadline=None)
@given(st.floats(min_value=-37.0, max_value=37.0))
def test_tails_are_right_to_the_last_digits(z: float) -> None:
    exact, other = (mpmath.erfc(x / mpmath.sqrt(2)) / 2 for x in (-mpmath.mpf(z), mpmath.mpf(z)))
    assert relative(normal.cdf(z), exact) < 1e-15
    assert relative(normal.sf(-z), exact) < 1e-15
    logarithm = mpmath.log(exact) if z < 0 else mpmath.log1p(-other)
    assert relative(normal.log_cdf(z), logarithm) < 1e-15


@settings(max_examples=100, deadline=None)
@given(st.floats(min_value=1e-300, max_value=0.5))
def test_quantiles_are_right(p: float) -> None:
    z = normal.ppf(p)
    # The error of z that the mistake in p amounts to, by the density.
    tail = mpmath.erfc(-mpmath.mpf(z) / mpmath.sqrt(2)) / 2
    error = abs(tail - mpmath.mpf(p)) / mpmath.npdf(z)
    assert error <= 4e-15 * max(abs(z), 1e-3)


def test_arrays_of_any_shape() -> None:
    z = np.linspace(-3, 3, 12).reshape(3, 4)
    assert normal.cdf(z).shape == (3, 4)
    assert normal.cdf(z.T)[1, 2] == normal.cdf(z[2, 1])
    assert normal.sf([]).shape == (0,)
    assert isinstance(normal.cdf(0), float) and normal.cdf(0) == 0.5
    many = np.linspace(-30, 30, 100_001)
    assert (normal.cdf(many)[::1000] == [normal.cdf(z) for z in many[::1000]]).all()
    assert np.isnan(normal.ppf([-1, 2, np.nan])).all()
    assert normal.ppf([0, 1]).tolist() == [-np.inf, np.inf]


def test_functions_agree_with_scipy_where_it_is_good() -> None:
    z = np.linspace(-5, 5, 101)
    np.testing.assert_allclose(normal.cdf(z), scipy.stats.norm.cdf(z), rtol=1e-14)
    np.testing.assert_allclose(normal.pdf(z), scipy.stats.norm.pdf(z), rtol=1e-14)
    np.testing.assert_allclose(normal.ppf(normal.cdf(z)), z, rtol=1e-9, atol=1e-12)
    for k, n in ((0, 5), (3, 10), (50, 100), (999, 1000)):
        ours, theirs = gs.clopper_pearson(k, n), scipy.stats.binomtest(k, n).proportion_ci(method="exact")
        np.testing.assert_allclose([ours.low, ours.high], [theirs.low, theirs.high], rtol=1e-9)
    # SciPy's two-sided p-value is another one (minlike); of a symmetrical law they are equal.
    assert gs.binomial_test(60, 100) == pytest.approx(scipy.stats.binomtest(60, 100).pvalue, rel=1e-12)


def test_intervals_and_tests_broadcast() -> None:
    successes, trials = np.arange(4)[:, None], np.array([10, 100, 2**53])
    low, high = gs.clopper_pearson(successes, trials)
    assert low.shape == high.shape == (4, 3) and (low < high).all()
    assert low[2, 1] == gs.clopper_pearson(2, 100).low
    p = gs.binomial_test(successes, trials, 0.1)
    assert p.shape == (4, 3) and p[1, 0] == 1.0 and 0 < p[3, 1] < 0.05
    assert np.isnan(gs.clopper_pearson(0, 0)).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10_000), st.data())
def test_the_interval_is_the_inverse_of_the_test(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = gs.clopper_pearson(successes, trials, 0.9)
    if low > 0:
        assert gs.binomial_test(successes, trials, low * (1 - 1e-6)) < 0.1
    if high < 1:
        assert gs.binomial_test(successes, trials, high * (1 + 1e-6)) < 0.1
    assert gs.binomial_test(successes, trials, (low + high) / 2) >= 0.1


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: gs.clopper_pearson(5, 3), "successes 5 is not possible: write a whole number up to the trials, 3"),
        (lambda: gs.clopper_pearson(0.5, 3), "successes 0.5 is not possible: write a whole number from 0"),
        (lambda: gs.clopper_pearson(1, np.inf), "trials inf is not possible"),
        (lambda: gs.clopper_pearson(1, 3, 1.0), "confidence 1 is not possible: write a number above 0 and below 1"),
        (lambda: gs.binomial_test(1, 3, 2), "p 2 is not possible: write a number from 0 to 1"),
        (lambda: gs.binomial_test([1, 2], [1, 2, 3]), "broadcast"),
    ],
)
def test_what_is_not_possible_is_refused(call: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        call()  # type: ignore[operator]
