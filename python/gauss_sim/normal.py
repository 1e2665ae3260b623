"""The standard normal distribution, right to the last digits in both tails.

Each function takes a number or an array of any shape. `python/README.md` says how exact they are, and how exact SciPy's are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native

__all__ = ["cdf", "log_cdf", "log_sf", "pdf", "ppf", "sf"]

_Floats = NDArray[np.float64]


def _over(function: Callable[[_Floats], _Floats], z: ArrayLike) -> Any:
    array = np.asarray(z, dtype=np.float64)
    flat = np.ascontiguousarray(array).reshape(-1)
    return function(flat).reshape(array.shape)[()]


def cdf(z: ArrayLike) -> Any:
    """Return Φ(z) = P[Z ≤ z].

    Parameters
    ----------
    z : array_like

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> from gauss_sim import normal
    >>> normal.cdf([-40.0, 0.0])
    array([0. , 0.5])
    >>> float(normal.cdf(-10))
    7.619853024160525e-24
    """
    return _over(_native.normal_cdf, z)


def sf(z: ArrayLike) -> Any:
    """Return 1 − Φ(z) = P[Z > z], exact also where Φ(z) rounds to 1.

    Parameters
    ----------
    z : array_like

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> from gauss_sim import normal
    >>> float(normal.sf(37.5))
    4.605353009581954e-308
    """
    return _over(_native.normal_sf, z)


def log_cdf(z: ArrayLike) -> Any:
    """Return ln Φ(z), also where Φ(z) itself underflows.

    Parameters
    ----------
    z : array_like

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> from gauss_sim import normal
    >>> float(normal.log_cdf(-1e5))
    -5000000012.431864
    """
    return _over(_native.normal_log_cdf, z)


def log_sf(z: ArrayLike) -> Any:
    """Return ln(1 − Φ(z)), also where the tail itself underflows.

    Parameters
    ----------
    z : array_like

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> from gauss_sim import normal
    >>> bool(normal.log_sf(3.0) == normal.log_cdf(-3.0))
    True
    """
    return _over(_native.normal_log_sf, z)


def pdf(z: ArrayLike) -> Any:
    """Return the density.

    Parameters
    ----------
    z : array_like

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> from gauss_sim import normal
    >>> float(normal.pdf(0.0))
    0.3989422804014327
    """
    return _over(_native.normal_pdf, z)


def ppf(p: ArrayLike) -> Any:
    """Return Φ⁻¹(p), the quantile.

    Parameters
    ----------
    p : array_like
        Probabilities; of what is none the quantile is NaN.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> from gauss_sim import normal
    >>> float(normal.ppf(0.975))
    1.9599639845400538
    """
    return _over(_native.normal_ppf, p)
