#!/usr/bin/env python3
"""Measures what a call from Python costs; writes CSV to standard output.

The smallest question is one row of the undefended stage, whose closed form takes less than a microsecond: the time of
such a call is what a call costs. The other rows say how it grows with what is given and what is taken.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

import gauss_sim as gs
from gauss_sim import normal


def least(call: Callable[[], object], repeats: int = 30, runs: int = 20) -> tuple[float, float]:
    """Return the least and the median time of a call, in microseconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(runs):
            call()
        times.append((time.perf_counter() - start) / runs * 1e6)
    times.sort()
    return times[0], times[len(times) // 2]


def main() -> int:
    sigma = np.linspace(0, 4, 10_000)
    table = gs.theory(sigma=sigma, stages="undefended")
    one = {"stages": "undefended"}
    cases: list[tuple[str, Callable[[], object]]] = [
        ("theory, 1 row", lambda: gs.theory(**one)),
        ("theory, 1 row, and a column", lambda: gs.theory(**one)["robust_accuracy"]),
        ("theory, 4 stages, 101 votes", lambda: gs.theory(sigma=1.0, eps=0.5)),
        ("simulate, 1 row, 1 sample", lambda: gs.simulate(**one, samples=1)),
        ("theory, 10000 rows of an array", lambda: gs.theory(sigma=sigma, stages="undefended")),
        ("a column of 10000 rows", lambda: gs.Table(table._raw)["robust_accuracy"]),
        ("normal.cdf of a number", lambda: normal.cdf(1.0)),
        ("normal.cdf of 10000 numbers", lambda: normal.cdf(sigma)),
        ("clopper_pearson of a number", lambda: gs.clopper_pearson(5, 10)),
    ]
    print("quantity,least_microseconds,median_microseconds")
    for name, call in cases:
        call()
        low, median = least(call)
        print(f'"{name}",{low:.2f},{median:.2f}')
    return 0


if __name__ == "__main__":
    sys.exit(main())
