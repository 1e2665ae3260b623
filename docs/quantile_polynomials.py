"""The polynomials of engine/src/median.rs and smallest.rs, and how far they are from what they stand for.

    python docs/quantile_polynomials.py      needs mpmath and numpy

Each is fitted to equal error, relative to a scale, at its extrema (Lawson's reweighting of least squares on a
Chebyshev basis), then its coefficients are rounded to floats one after the other, highest first,
and the rest refitted each time, so that the rounding of one is made good by those below it. The
errors that it prints are those of the float coefficients, evaluated exactly.
"""

import mpmath as mp
import numpy as np

mp.mp.dps = 40


def minimax(x, y, scale, degree, fixed=()):
    """Coefficients, lowest first, that minimise max |p(x) − y|/scale; `fixed` are the highest ones."""
    free = degree + 1 - len(fixed)
    known = sum(c * x ** (degree - i) for i, c in enumerate(fixed)) if fixed else 0 * x
    lo, hi = x.min(), x.max()
    t = (2 * x - lo - hi) / (hi - lo)
    basis = np.polynomial.chebyshev.chebvander(t, free - 1) / scale[:, None]
    goal = (y - known) / scale
    weight = np.ones_like(x)
    best = (np.inf, None)
    for _ in range(400):
        root = np.sqrt(weight)
        c, *_ = np.linalg.lstsq(basis * root[:, None], goal * root, rcond=None)
        error = np.abs(basis @ c - goal)
        if error.max() < best[0]:
            best = (error.max(), c)
        weight *= error / error.max() + 1e-3
        weight /= weight.mean()
    cheb = np.polynomial.chebyshev.Chebyshev(best[1], domain=[lo, hi])
    poly = cheb.convert(kind=np.polynomial.Polynomial).coef
    poly = np.concatenate([poly, np.zeros(free - len(poly))])
    return np.concatenate([poly, np.array(fixed[::-1])])


def rounded(x, y, scale, degree):
    fixed = []
    for _ in range(degree + 1):
        c = minimax(x, y, scale, degree, tuple(fixed))
        fixed.append(float(np.float32(c[degree - len(fixed)])))
    return fixed  # highest first


def report(name, x, y, degree, scale=None):
    """Prints a polynomial for values y at x; errors are relative to y if there is no other scale."""
    scale = np.abs(y) if scale is None else scale
    ideal = minimax(x, y, scale, degree)
    coefficients = rounded(x, y, scale, degree)
    error = lambda c: (np.abs(np.polyval(c, x) - y) / scale).max()
    print(f"{name}: degree {degree}, error {error(ideal[::-1]):.1e} ideal, "
          f"{error(coefficients):.1e} with these floats, highest first")
    for c in coefficients:
        print(f"    {np.float32(c)!s}")


def nodes(lo, hi, count):
    return 0.5 * (lo + hi) + 0.5 * (hi - lo) * np.cos(np.pi * (np.arange(count) + 0.5) / count)


# (1 − e^−f)/f for |f| ≤ ln 2 / 2.
half = float(mp.log(2)) / 2 * 1.0001
f = nodes(-half, half, 400)
y = np.array([float(-mp.expm1(-mp.mpf(v)) / mp.mpf(v)) for v in f])
report("(1 - exp(-f))/f", f, y, 6)


def upper(tail):
    """The z with P[Z > z] = tail, for a tail of 0.02 or less."""
    z = mp.sqrt(-2 * mp.log(tail))
    return mp.findroot(lambda z: mp.log(mp.erfc(z / mp.sqrt(2)) / 2) - mp.log(tail), z)


def quantile_over_x(l):
    """√2·erfinv(X)/X where l = −2 ln(1 − X²)."""
    l = mp.mpf(l)
    x = mp.sqrt(-mp.expm1(-l / 2))
    tail = mp.exp(-l / 2) / (1 + x) / 2  # (1 − X)/2
    if l < 1e-12:
        return float(mp.sqrt(mp.pi / 2))
    if tail > mp.mpf("0.02"):
        return float(mp.sqrt(2) * mp.erfinv(x) / x)
    return float(upper(tail) / x)


LARGEST = 29.7  # r² ≤ 44.36 and n ≥ 3
SPLIT = 10.0


def fit(name, x, l, degree):
    report(name, x, np.array([quantile_over_x(v) for v in l]), degree)


l = nodes(0, SPLIT * 1.0001, 400)
fit(f"sqrt(2) erfinv(X)/X in l - 5, l from 0 to {SPLIT}", l - 5, l, 9)
s = nodes(np.sqrt(SPLIT) * 0.9999, np.sqrt(LARGEST), 400)
fit(f"sqrt(2) erfinv(X)/X in sqrt(l) - 4, l from {SPLIT} to {LARGEST}", s - 4, s * s, 8)


def smallest(l):
    """The w with P[Z > w] = exp(−e^(−l/2))."""
    x = mp.exp(-mp.mpf(l) / 2)
    above, below = mp.exp(-x), -mp.expm1(-x)
    tail = min(above, below)
    size = upper(tail) if tail <= 0.02 else mp.sqrt(2) * mp.erfinv(1 - 2 * tail)
    return float(size if above < below else -size)


ENDS = [-4.83, 8.0, 24.0, 73.0]  # r²/2T from 2⁻³²/1e6 to 44.37/4


def fit_smallest(name, x, l, degree):
    y = np.array([smallest(v) for v in l])
    report(name, x, y, degree, np.maximum(1, np.abs(y)))


print("The error of these is relative to 1 or |w|, whichever is larger.")
l = nodes(ENDS[0], ENDS[1] * 1.0001, 400)
fit_smallest(f"w in l - 1.5, l from {ENDS[0]} to {ENDS[1]}", l - 1.5, l, 10)
for (low, high), centre, degree in [((ENDS[1], ENDS[2]), 4, 7), ((ENDS[2], ENDS[3]), 7, 6)]:
    s = nodes(np.sqrt(low) * 0.9999, np.sqrt(high) * 1.0001, 400)
    fit_smallest(f"w in sqrt(l) - {centre}, l from {low} to {high}", s - centre, s * s, degree)
