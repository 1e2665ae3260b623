"""Tables of black-box attackers: query_score.csv, query_nes.csv, query_label.csv.

    python3 generate.py query     writes the tables beside this file (some minutes)

query_score.csv: dimension, how many directions are asked about, rounds, sigma, step, eps, mean, data_std, votes; then the mean
cosine and the accuracy that is left of the stage that takes the mean of the noise away.
query_nes.csv: the same, with the number of random directions, and rounds always 1.
query_label.csv: labels in one dimension: rounds, sigma, step, eps, mean, data_std, shift (of a stage that keeps it), votes, cosine, accuracy.

Independence: the density of the cosine u itself, with its constant, by hypergeometric functions,

    (1 - u^2)^((d-3)/2) / B(1/2, (d-1)/2) * exp(-1/(2 tau^2)) * J(u/tau) / (2^(d/2-1) Gamma(d/2)),
    J(b) = int_0^inf r^(d-1) exp(b r - r^2/2) dr,

whose integral is checked to be 1. With fewer directions than coordinates the length of what is asked about is integrated, its
square being Beta(j/2, (d-j)/2), and the cosine within it has the density above. Random directions: over t = (chi_q + rho Z)/sqrt(1 + rho^2),
by its density, and the chi of d - 1 degrees of freedom, in polar coordinates; with many directions and dimensions by the definition
itself, over chi_q, Z and chi_(d-1) in the logarithms of their lengths, by the trapezoidal rule. The Rust code has one integral over the angle,
of trapezoidal sums of logarithms, and no constants. Votes are counted one by one at every margin.

Labels: every pair of counts of right answers ahead and back, with its binomial coefficients, at every margin.

Integrals: Gauss-Legendre with 40 points on panels about the peak.

Precision: 30 working digits and more where hypergeometric functions cancel; 20 are printed.
"""

from functools import lru_cache
from multiprocessing import Pool

import mpmath
from mpmath import mp, mpf

from common import exact, write

# dimension, directions, rounds, sigma, step, eps, mean, data_std, votes
SCORE = (
    (1, 1, 3, 2, 1, 1, 2, 1, 1),
    (1, 1, 1, .25, .5, 3, .5, 2, 1),
    (2, 2, 1, 1, 1, 1, 1, 1, 1),
    (2, 2, 40, 1, .5, .75, 1, .5, 1),
    (2, 1, 1, .5, 1, 1, 2, 1, 1),
    (3, 3, 2, 4, 1, 1, 2, 1, 1),
    (3, 3, 50, .5, 2, 2, 1, .25, 1),
    (3, 3, 2, 1, 1, 1.5, 1, 1, 5),
    (3, 2, 1, 1, 1, 1, 2, 1, 1),
    (5, 5, 1, 100, 1, 1, 2, 1, 1),
    (10, 10, 1000, 1, 1, 1, 2, 1, 1),
    (20, 7, 1, .5, 1, 2, 2, 1, 1),
    (100, 100, 5, 1, 1, 1, 2, 1, 1),
    (100, 100, 1, .125, 1, 1, .5, .125, 1),
    (100, 40, 1, .5, 1, 1, 2, 1, 1),
    (10000, 10000, 50, .125, 1, 1, 2, 1, 1),
)
# dimension, directions, 1, sigma, step, eps, mean, data_std, votes
NES = (
    (2, 1, 1, 1, 1, 1, 1, 1, 1),
    (2, 6, 1, .25, 1, 1, 2, 1, 1),
    (3, 4, 1, 2, 1, 1, 2, 1, 1),
    (10, 30, 1, 1, 1, 1, 2, 1, 1),
    (40, 25, 1, .5, 1, 2, 2, 1, 1),
)
# the same, by the definition
NES_LARGE = (
    (100, 500000, 1, 1, 1, 1, 2, 1, 1),
    (100, 5000000, 1, 4, 1, 1, 2, 1, 1),
    (1000, 60, 1, .0625, 1, 3, 2, 1, 1),
    (10000, 50000, 1, 1, 1, 2, 2, 1, 1),
    (20000, 5000000, 1, .125, .25, 1, 1, .125, 1),
)

# rounds, sigma, step, eps, mean, data_std, shift, votes
LABEL = (
    (1, 1, .5, .5, .5, 1, 0, 1),
    (1, 1, 1, 1, 2, 1, 1, 1),
    (2, .25, 1, .75, .5, .25, -.5, 1),
    (3, 2, 1, 1, 2, 1, 0, 3),
    (7, 1, .25, 2, 1, 2, 0, 6),
    (20, .5, .125, 1, .25, .5, .5, 1),
    (40, 4, 1, .5, -1, 1, 0, 1),
)


@lru_cache(maxsize=None)
def gauss(points):
    found = []
    for i in range(1, points + 1):
        x = mp.cos(mp.pi * (mpf(i) - mpf(1) / 4) / (points + mpf(1) / 2))
        for _ in range(8):
            p, before = mpf(1), mpf(0)
            for n in range(1, points + 1):
                p, before = ((2 * n - 1) * x * p - (n - 1) * before) / n, p
            slope = points * (x * p - before) / (x * x - 1)
            x -= p / slope
        found.append((x, 2 / ((1 - x * x) * slope * slope)))
    return found


def integral(f, ends, points=40):
    ends = sorted(set(ends))
    total = 0
    for a, b in zip(ends, ends[1:]):
        if b - a < mpf(10) ** -25:
            continue
        for x, w in gauss(points):
            total = total + w * (b - a) / 2 * f((a + b) / 2 + (b - a) / 2 * x)
    return total


def J(n, b):
    """int_0^inf r^n exp(b r - r^2/2) dr"""
    with mp.workdps(40 + int(b * b / 2) if b < 0 else 40):
        half = b * b / 2
        even = mp.gamma(mpf(n + 1) / 2) * mp.hyp1f1(mpf(n + 1) / 2, mpf(1) / 2, half)
        odd = b * mp.sqrt(2) * mp.gamma(mpf(n + 2) / 2) * mp.hyp1f1(mpf(n + 2) / 2, mpf(3) / 2, half)
        return 2 ** (mpf(n - 1) / 2) * (even + odd)


class Pair:
    """Two numbers that are integrated together."""

    def __init__(self, *values):
        self.values = values

    def __add__(self, other):
        return Pair(*(a + b for a, b in zip(self.values, other.values))) if other else self

    def __radd__(self, other):
        return self

    def __rmul__(self, factor):
        return Pair(*(factor * a for a in self.values))


def accuracy(case):
    sigma, _, eps, mean, std, votes = (mpf(v) for v in case[3:9])
    if votes == 1:
        return lambda u: mp.ncdf((mean - eps * u) / mp.sqrt(std ** 2 + sigma ** 2))

    def voted(u):
        def right(z):
            p = mp.ncdf((mean + std * z - eps * u) / sigma)
            need = int(votes) // 2 + 1
            return mp.npdf(z) * sum(mp.binomial(votes, k) * p ** k * (1 - p) ** (votes - k)
                                    for k in range(need, int(votes) + 1))
        return integral(right, [mpf(i) * 2 for i in range(-6, 7)], 24)
    return voted


def angle_ends(centre, width):
    ends = [mpf(0), mp.pi / 2, mp.pi]
    ends += [centre + k * width for k in (-30, -16, -9, -5, -2, 0, 2, 5, 9, 16, 30)]
    return [e for e in ends if 0 <= e <= mp.pi]


def cosine_law(d, tau, f):
    """[E 1, E u, E f(u)] of the cosine between e and e + tau Z in d >= 2 dimensions."""
    constant = (mp.exp(-1 / (2 * tau ** 2)) / mp.beta(mpf(1) / 2, mpf(d - 1) / 2)
                / (mpf(2) ** (mpf(d) / 2 - 1) * mp.gamma(mpf(d) / 2)))

    def at(theta):
        u = mp.cos(theta)
        w = constant * mp.sin(theta) ** (d - 2) * J(d - 1, u / tau)
        return Pair(w, w * u, w * f(u))
    centre = mp.atan2(tau * mp.sqrt(d - 1), 1)
    width = min(mpf(1) / 2, max(mp.sin(centre), tau) / mp.sqrt(d))
    one, cosine, value = integral(at, angle_ends(centre, width)).values
    assert abs(one - 1) < mpf(10) ** -18, (d, tau, one)
    return cosine, value


def score(case):
    d, j, rounds, sigma, step = case[:5]
    tau = mpf(sigma) / (mpf(step) * mp.sqrt(2 * rounds)) / mp.sqrt(case[8])
    f = accuracy(case)
    if j == 1:
        def side(r):
            p = mp.ncdf(r / tau)
            return Pair(r * (2 * p - 1), p * f(r) + (1 - p) * f(-r))
        if d == 1:
            cosine, value = side(mpf(1)).values
            return text(case, cosine, value)
    else:
        def side(r):
            if r < mpf(10) ** -12:
                return Pair(mpf(0), f(mpf(0)))
            cosine, value = cosine_law(j, tau / r, lambda u: f(r * u))
            return Pair(r * cosine, value)
    if j == d:
        return text(case, *side(mpf(1)).values)
    # r = sin(phi) has the density sin^(j-1) cos^(d-j-1)
    constant = 2 / mp.beta(mpf(j) / 2, mpf(d - j) / 2)
    centre = mp.atan(mp.sqrt(mpf(j) / (d - j)))
    width = mpf(1) / 2 / mp.sqrt(d)
    ends = [mpf(0), mp.pi / 2] + [centre + k * width for k in (-13, -6, -2, 2, 6, 13)]
    ends = [e for e in ends if 0 <= e <= mp.pi / 2]

    def at(phi):
        w = constant * mp.sin(phi) ** (j - 1) * mp.cos(phi) ** (d - j - 1)
        # What is of no weight need not be known.
        return w * side(mp.sin(phi)) if w > mpf(10) ** -22 else Pair(mpf(0), mpf(0))
    return text(case, *integral(at, ends, 24).values)


def nes(case):
    d, q, _, sigma, step = case[:5]
    rho = mpf(sigma) * mp.sqrt(d) / (mpf(step) * mp.sqrt(2))
    f = accuracy(case)
    # the density of t is exp(-t^2 (1 + 1/rho^2)/2) J_(q-1)(t/rho) up to a constant
    def at(theta):
        u, s = mp.cos(theta), mp.sin(theta)
        if s == 0:
            return Pair(mpf(0), mpf(0), mpf(0))

        def along(r):
            t = r * u
            return (r ** (d - 1) * mp.exp(-(r * s) ** 2 / 2 - t * t * (1 + 1 / rho ** 2) / 2)
                    * J(q - 1, t / rho))
        # the lengths that count: t about sqrt(q/(1 + rho^2)), and across about sqrt(d)
        far = mp.sqrt(d) + mp.sqrt(q) + 13
        w = s ** (d - 2) * integral(along, [far * mpf(i) / 8 for i in range(9)], 16)
        return Pair(w, w * u, w * f(u))
    t = mp.sqrt(q / (1 + rho ** 2))
    centre = mp.atan2(mp.sqrt(d - 1), t)
    width = min(mpf(1) / 2, 1 / mp.sqrt(d + t * t))
    one, cosine, value = integral(at, angle_ends(centre, width), 16).values
    return text(case, cosine / one, value / one)


def chi(n):
    """Points and weights of a chi of n degrees of freedom."""
    step = 1 / (3 * mp.sqrt(2 * n))
    peak = mp.log(n) / 2
    constant = step * 2 / (mpf(2) ** (mpf(n) / 2) * mp.gamma(mpf(n) / 2))
    found = []
    for k in range(-90, 47):
        y = peak + k * step
        found.append((mp.exp(y), constant * mp.exp(n * y - mp.exp(2 * y) / 2)))
    assert abs(sum(w for _, w in found) - 1) < mpf(10) ** -19, n
    return [(length, w) for length, w in found if w > mpf(10) ** -25]


def nes_large(case):
    d, q, _, sigma, step = case[:5]
    rho = mpf(sigma) * mp.sqrt(d) / (mpf(step) * mp.sqrt(2))
    f = accuracy(case)
    normal = [(mpf(k) / 2, mp.npdf(mpf(k) / 2) / 2) for k in range(-22, 23)]
    across = [(s * s, w) for s, w in chi(d - 1)]
    cosine = value = mpf(0)
    for v, wv in chi(q):
        for z, wz in normal:
            t = (v + rho * z) / mp.sqrt(1 + rho ** 2)
            for square, ws in across:
                w = wv * wz * ws
                if w < mpf(10) ** -25:
                    continue
                u = t / mp.sqrt(t * t + square)
                cosine += w * u
                value += w * f(u)
    return text(case, cosine, value)


def label(case):
    rounds, sigma, step, eps, mean, std, shift, votes = case

    def right(m):
        p = mp.ncdf(m / mpf(sigma))
        odd = votes - 1 + votes % 2
        return sum(mp.binomial(odd, k) * p ** k * (1 - p) ** (odd - k) for k in range(odd // 2 + 1, odd + 1))

    def count(p):
        return [mp.binomial(rounds, k) * p ** k * (1 - p) ** (rounds - k) for k in range(rounds + 1)]

    def at(m):
        ahead, back = count(right(m + step)), count(right(m - step))
        along = sum(a * b * (1 if i > j else mpf(1) / 2)
                    for i, a in enumerate(ahead) for j, b in enumerate(back) if i >= j)
        return Pair(2 * along - 1, along * right(m - eps) + (1 - along) * right(m + eps))

    total = Pair(mpf(0), mpf(0))
    for side in (-1, 1):
        panels = [mpf(i) / 2 for i in range(-24, 25)]
        total += mpf(1) / 2 * integral(lambda z: mp.npdf(z) * at(mean + side * mpf(shift) + std * z), panels, 24)
    shown = [mpmath.nstr(v, 20, strip_zeros=False) for v in total.values]
    return [str(rounds), *map(exact, case[1:7]), str(votes), *shown]


def text(case, cosine, value):
    shown = [mpmath.nstr(v, 20, strip_zeros=False) for v in (cosine, value)]
    return [*map(str, case[:3]), *map(exact, case[3:8]), str(case[8]), *shown]


def main():
    keys = ["dimension", "directions", "rounds", "sigma", "step", "eps", "mean", "data_std", "votes"]
    with mp.workdps(30):
        with Pool(2) as pool:
            names = ["rounds", *keys[3:8], "shift", "votes", "cosine", "accuracy"]
            write("query_label.csv", names, pool.map(label, LABEL, 1))
            write("query_score.csv", [*keys, "cosine", "accuracy"], pool.map(score, SCORE, 1))
            # The last small one both ways.
            *small, again = pool.map(nes, NES, 1) + [nes_large(NES[-1])]
            assert all(abs(mpf(a) - mpf(b)) < mpf(10) ** -18 for a, b in zip(small[-1][9:], again[9:]))
            large = pool.map(nes_large, NES_LARGE, 1)
            write("query_nes.csv", [*keys, "cosine", "accuracy"], small + large)


if __name__ == "__main__":
    main()
