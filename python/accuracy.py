#!/usr/bin/env python3
"""Compares the functions of gauss_sim and of SciPy with 60-digit arithmetic (mpmath); prints the table of README.md."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import scipy
import scipy.special
import scipy.stats

import gauss_sim as gs
from gauss_sim import normal

mpmath.mp.dps = 60


def phi(z: float) -> mpmath.mpf:
    return mpmath.erfc(-mpmath.mpf(z) / mpmath.sqrt(2)) / 2


def quantile(p: float) -> mpmath.mpf:
    start = mpmath.mpf(float(scipy.special.ndtri(p)))
    return mpmath.findroot(lambda z: mpmath.log(phi(z) / mpmath.mpf(p)), start)


def pmf(k: int, n: int, p: mpmath.mpf) -> mpmath.mpf:
    ways = mpmath.loggamma(n + 1) - mpmath.loggamma(k + 1) - mpmath.loggamma(n - k + 1)
    return mpmath.exp(ways + k * mpmath.log(p) + (n - k) * mpmath.log1p(-p))


def upward(k: int, n: int, p: mpmath.mpf) -> mpmath.mpf:
    """P[X ≥ k] by its sum, whose terms fall from k on."""
    term, total, odds = pmf(k, n, p), mpmath.mpf(0), p / (1 - p)
    for j in range(k, n + 1):
        total += term
        term *= odds * (n - j) / (j + 1)
        if term < total * mpmath.mpf(10) ** -50:
            break
    return total


def tail(k: int, n: int, p: mpmath.mpf) -> mpmath.mpf:
    """P[X ≥ k]."""
    if k == 0:
        return mpmath.mpf(1)
    if k > n * p:
        return upward(k, n, p)
    return 1 - upward(n - k + 1, n, 1 - p)


def lower_limit(k: int, n: int, start: float) -> mpmath.mpf:
    level = mpmath.mpf(0.5 * (1 - 0.95))
    first = mpmath.mpf(start)
    return mpmath.findroot(lambda p: mpmath.log(tail(k, n, p) / level), (first, first * (1 + mpmath.mpf(10) ** -8)))


def two_sided(k: int, n: int, p: float) -> mpmath.mpf:
    exact = mpmath.mpf(p)
    # The smaller of the two without a cancellation.
    upper, lower = tail(k, n, exact), tail(n - k, n, 1 - exact)
    return min(mpmath.mpf(1), 2 * min(upper, lower))


def worst(ours: Any, theirs: Any, exact: list[mpmath.mpf]) -> tuple[float, float]:
    def error(found: Any) -> float:
        return max(float(abs((mpmath.mpf(float(f)) - e) / e)) if e else float(abs(f)) for f, e in zip(found, exact))

    return error(ours), error(theirs)


def doubled(k: int, n: int, p: float) -> float:
    law = scipy.stats.binom(n, p)
    return float(min(1.0, 2 * min(law.cdf(k), law.sf(k - 1))))


def main() -> int:
    rng = np.random.default_rng(1)
    rows: list[tuple[str, str, float, float]] = []

    def compare(name: str, where: str, ours: Callable[[Any], Any], theirs: Callable[[Any], Any], exact: Callable[[float], mpmath.mpf], at: Any) -> None:
        rows.append((name, where, *worst(ours(at), theirs(at), [exact(float(x)) for x in at])))

    centre, left, far = rng.uniform(-1, 1, 1000), rng.uniform(-37, -5, 1000), -(10 ** rng.uniform(1.6, 8, 1000))
    compare("normal.cdf", "−1 to 1", normal.cdf, scipy.stats.norm.cdf, phi, centre)
    compare("normal.cdf", "−37 to −5", normal.cdf, scipy.stats.norm.cdf, phi, left)
    compare("normal.sf", "5 to 37", normal.sf, scipy.stats.norm.sf, lambda z: phi(-z), -left)
    compare("normal.log_cdf", "−37 to −5", normal.log_cdf, scipy.stats.norm.logcdf, lambda z: mpmath.log(phi(z)), left)

    def log_phi(z: float) -> mpmath.mpf:
        # The continued fraction of Mills' ratio, far out.
        x, fraction = mpmath.mpf(-z), mpmath.mpf(0)
        for k in range(200, 0, -1):
            fraction = k / (x + fraction)
        return -x * x / 2 - mpmath.log(2 * mpmath.pi) / 2 - mpmath.log(x + fraction)

    compare("normal.log_cdf", "−1e8 to −40", normal.log_cdf, scipy.stats.norm.logcdf, log_phi, far)
    right = rng.uniform(1, 8, 1000)
    compare("normal.log_cdf", "1 to 8", normal.log_cdf, scipy.stats.norm.logcdf, lambda z: mpmath.log1p(-phi(-z)), right)
    compare("normal.ppf", "0.1 to 0.4", normal.ppf, scipy.stats.norm.ppf, quantile, rng.uniform(0.1, 0.4, 300))
    compare("normal.ppf", "1e-300 to 1e-5", normal.ppf, scipy.stats.norm.ppf, quantile, 10 ** rng.uniform(-300, -5, 300))

    pairs = [(int(k), int(n)) for n in 10 ** rng.uniform(1, 5, 60) for k in [max(1, n * rng.uniform() ** 3)]]
    low = [gs.clopper_pearson(k, n).low for k, n in pairs]
    theirs = [scipy.stats.binomtest(k, n).proportion_ci(method="exact").low for k, n in pairs]
    exact = [lower_limit(k, n, float(start)) for (k, n), start in zip(pairs, low)]
    rows.append(("clopper_pearson, low", "n to 1e5", *worst(low, theirs, exact)))

    cases = []
    for n in (10 ** rng.uniform(2, 5, 80)).astype(int):
        p = rng.uniform(0.05, 0.95)
        sd = np.sqrt(n * p * (1 - p))
        k = int(np.clip(n * p + rng.uniform(-25, 25) * sd, 0, n))
        cases.append((k, int(n), float(p)))
    kept = [(case, two_sided(*case)) for case in cases]
    kept = [(case, e) for case, e in kept if e > mpmath.mpf(10) ** -300]
    ours = [gs.binomial_test(*case) for case, _ in kept]
    rows.append(("binomial_test", "to 25 sd, n to 1e5", *worst(ours, [doubled(*case) for case, _ in kept], [e for _, e in kept])))

    print(f"| function | where | gauss_sim | SciPy {scipy.__version__} |\n|---|---|---|---|")
    for name, where, mine, other in rows:
        print(f"| `{name}` | {where} | {mine:.1e} | {other:.1e} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
