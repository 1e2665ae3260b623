"""Exact intervals and tests of counts, over arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native


class Interval(NamedTuple):
    """The limits of confidence intervals."""

    low: Any
    high: Any


def _broadcast(*arrays: ArrayLike) -> tuple[tuple[int, ...], list[NDArray[np.float64]]]:
    doubles = np.broadcast_arrays(*(np.asarray(array, dtype=np.float64) for array in arrays))
    return doubles[0].shape, [np.ascontiguousarray(array).reshape(-1) for array in doubles]


def clopper_pearson(
    successes: ArrayLike, trials: ArrayLike, confidence: ArrayLike = 0.95
) -> Interval:
    """Return exact (Clopper–Pearson) confidence intervals of probabilities.

    Whatever the true probability is, such an interval contains it with at least this confidence.

    Parameters
    ----------
    successes, trials : array_like of whole numbers
        Up to 2⁵³; broadcast against each other.
    confidence : array_like
        Above 0 and below 1.

    Returns
    -------
    Interval
        ``low`` and ``high``, floats or arrays; NaN where there are no trials.

    Examples
    --------
    >>> import gauss_sim as gs
    >>> low, high = gs.clopper_pearson([0, 5, 10], 10)
    >>> low.round(4), high.round(4)
    (array([0.    , 0.1871, 0.6915]), array([0.3085, 0.8129, 1.    ]))
    """
    shape, arrays = _broadcast(successes, trials, confidence)
    low, high = _native.clopper_pearson(*arrays)
    return Interval(low.reshape(shape)[()], high.reshape(shape)[()])


def binomial_test(successes: ArrayLike, trials: ArrayLike, p: ArrayLike = 0.5) -> Any:
    """Return exact two-sided p-values of counts: min(1, 2·min(P[X ≤ k], P[X ≥ k])).

    It is the test that the interval of Clopper and Pearson inverts: p is outside of the interval of confidence C exactly where
    the p-value is below 1 − C.

    Parameters
    ----------
    successes, trials : array_like of whole numbers
        Up to 2⁵³; broadcast against each other.
    p : array_like
        The probability that is tested, from 0 to 1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import gauss_sim as gs
    >>> float(gs.binomial_test(60, 100, 0.5))
    0.056887933640980805
    """
    shape, arrays = _broadcast(successes, trials, p)
    return _native.binomial_test(*arrays).reshape(shape)[()]
