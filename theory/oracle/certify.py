"""Tables of randomized smoothing at finitely many answers: certify.csv, certify_radius.csv.

    python3 generate.py certify   writes the tables beside this file (two minutes)

certify.csv: mean, data_std, offset (shift - threshold), prior, sigma, n0, n, alpha, radius; then the critical count of the
radius, certified accuracy, right, wrong, abstain, and for PREDICT right, wrong, abstain.
certify_radius.csv: the same parameters without a radius; then the average certified radius.

Independence: tails are plain sums of binomial probabilities, each from the one before; n0 even is summed with half of the
middle term, not as one answer fewer; the right, the wrong and the rest are each integrated over x itself, class by class.
Critical counts are found by adding terms from n downwards. Radii are zeros of the tail, by Newton's method on its sum, and their
mean is the sum over all counts. The Rust code takes incomplete beta functions and a peak.

Integrals: Gauss-Legendre with 24 points on panels that end at every step of the integrand; that 32 points give the same to
1e-17 is checked for n up to 64.

Precision: 30 working digits; 20 are printed.
"""

from functools import lru_cache
from multiprocessing import Pool

import mpmath
from mpmath import mp, mpf

from common import exact, write

CASES = (
    # mean, data_std, offset, prior, sigma, n0, n, alpha, radii
    (1, 1, 0, .5, 1, 100, 100, .001, (.5,)),
    (1, 1, 0, .5, .5, 100, 400, .001, (1,)),
    (1, 1, 0, .5, 1, 11, 100, .05, (.25,)),
    (1, 1, .75, .25, 1, 10, 101, .01, (.5,)),
    (.3, .2, -.1, .8, 2, 3, 64, .1, (0, .7)),
    (2, .5, 0, .5, .25, 1, 10, .01, (.125,)),
    (-.5, 1, 0, .5, 1, 20, 200, .001, (.3,)),
    (3, 1, 0, 1, 4, 20, 100, 2.0 ** -10, (4,)),
    (1, 1, 0, .5, 1, 5, 10, 2.0 ** -10, (0,)),
    (1, 1, 0, .5, 1, 100, 10, .0001, (0,)),
    (1, 1e-3, 0, .5, 8, 50, 300, .02, (.5,)),
    (1, 1, 0, 1, 1, 15, 10000, .001, (.5,)),
)
RADII = (
    (1, 1, 0, .5, 1, 20, 100, .001),
    (1, 1, .5, .25, .5, 11, 60, .05),
    (.3, .2, 0, .5, 3, 3, 64, .1),
    (1, .5, 0, 1, .75, 5, 2400, .01),
)


@lru_cache(maxsize=None)
def gauss(points):
    found = []
    for i in range(1, points + 1):
        x = mp.cos(mp.pi * (mpf(i) - mpf(1) / 4) / (points + mpf(1) / 2))
        for _ in range(7):
            p, before = mpf(1), mpf(0)
            for n in range(1, points + 1):
                p, before = ((2 * n - 1) * x * p - (n - 1) * before) / n, p
            slope = points * (x * p - before) / (x * x - 1)
            x -= p / slope
        found.append((x, 2 / ((1 - x * x) * slope * slope)))
    return found


def term(n, k, p, q):
    if n <= 3000:
        return mp.binomial(n, k) * p ** k * q ** (n - k)
    return mp.exp(mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)
                  + k * mp.log(p) + (n - k) * mp.log(q))


def at_least(n, k, p, q):
    """P[Bin(n, p) >= k], summed on the shorter side from the largest term."""
    if k <= 0:
        return mpf(1)
    if k > n:
        return mpf(0)
    if k <= n * p:
        total, here, j = mpf(0), term(n, k - 1, p, q), k - 1
        while j >= 0 and here > mpf(10) ** -32 * (total + mpf(10) ** -60):
            total += here
            here = here * j / (n - j + 1) * q / p
            j -= 1
        return 1 - total
    total, here, j = mpf(0), term(n, k, p, q), k
    while j <= n and here > mpf(10) ** -32 * total:
        total += here
        here = here * (n - j) / (j + 1) * p / q
        j += 1
    return total


def critical(n, alpha, distance):
    """The least count whose tail is at most alpha, by adding terms from n downwards; n + 1 if there is none."""
    p, q = mp.ncdf(distance), mp.ncdf(-distance)
    total, c = mpf(0), n + 1
    here = term(n, n, p, q)
    while c > 0 and total + here <= alpha:
        total += here
        c -= 1
        here = here * c / (n - c + 1) * q / p
    return c


def select(n0, p, q):
    if n0 % 2:
        return at_least(n0, (n0 + 1) // 2, p, q)
    return at_least(n0, n0 // 2 + 1, p, q) + term(n0, n0 // 2, p, q) / 2


def average(case, f, counts):
    """E of f(p, q) over classes and data; `counts` of n are where f has steps."""
    mean, std, offset, prior, sigma = (mpf(v) for v in case[:5])
    n0 = case[5]
    steps = [(mpf(0), 1 / mp.sqrt(n0))]
    for c, n in counts:
        share = (mpf(c) - mpf(3) / 10) / (n + mpf(4) / 10)
        t = mp.sqrt(2) * mp.erfinv(2 * share - 1)
        width = mp.sqrt(share * (1 - share) / n) / mp.npdf(t)
        steps += [(t, width), (-t, width)]
    sums = []
    for points in ((24, 32) if case[6] <= 64 else (24,)):
        total = mpf(0)
        for weight, centre in ((prior, mean + offset), (1 - prior, mean - offset)):
            if weight == 0:
                continue
            ends = [centre + std * mpf(i) * 10 / 5 for i in range(-5, 6)]
            for t, width in steps:
                ends += [sigma * (t + i * width) for i in (-12, -7, -3, 0, 3, 7, 12)]
            low, high = centre - 10 * std, centre + 10 * std
            ends = sorted(e for e in set(ends) if low <= e <= high)
            for a, b in zip(ends, ends[1:]):
                if b - a < mpf(10) ** -25:
                    continue
                for x, w in gauss(points):
                    m = (a + b) / 2 + (b - a) / 2 * x
                    t = m / sigma
                    total += (weight * w * (b - a) / 2 * mp.npdf(m, centre, std)
                              * f(mp.ncdf(t), mp.ncdf(-t)))
        sums.append(total)
    if len(sums) == 2:
        assert abs(sums[0] - sums[1]) < mpf(10) ** -17, (case, sums)
    return sums[-1]


def text(value):
    return mpmath.nstr(value, 20, strip_zeros=False)


def row(case, radius):
    n0, n, alpha = case[5:8]
    sigma = mpf(case[4])
    c, c0, k = critical(n, alpha, mpf(radius) / sigma), critical(n, alpha, mpf(0)), critical(n, mpf(alpha) / 2, mpf(0))
    zero, one = mpf(0), mpf(1)

    def share(f, count):
        return average(case, f, [(count, n)]) if count <= n else zero

    certified = share(lambda p, q: select(n0, p, q) * at_least(n, c, p, q), c)
    right = share(lambda p, q: select(n0, p, q) * at_least(n, c0, p, q), c0)
    wrong = share(lambda p, q: select(n0, q, p) * at_least(n, c0, q, p), c0)
    abstain = share(lambda p, q: select(n0, p, q) * at_least(n, n - c0 + 1, q, p)
                    + select(n0, q, p) * at_least(n, n - c0 + 1, p, q), c0) if c0 <= n else one
    says = [share(lambda p, q: at_least(n, k, p, q), k), share(lambda p, q: at_least(n, k, q, p), k)]
    values = [certified, right, wrong, abstain, says[0], says[1], 1 - says[0] - says[1]]
    return [*map(exact, case[:5]), str(n0), str(n), exact(alpha), exact(radius), str(c), *map(text, values)]


def lower_limit(n, c, alpha, t):
    """The t with P[Bin(n, Phi(t)) >= c] = alpha, by Newton's method on the logarithm, which is concave: from below."""
    for _ in range(100):
        p, q = mp.ncdf(t), mp.ncdf(-t)
        tail = at_least(n, c, p, q)
        step = (mp.log(alpha) - mp.log(tail)) * tail / (mp.npdf(t) * c / p * term(n, c, p, q))
        t += step
        if abs(step) < mpf(10) ** -18:
            return t
    raise ValueError((n, c))


def radius_row(case):
    n0, n, alpha = case[5:8]
    c0 = critical(n, alpha, mpf(0))
    with mp.workdps(25):
        limits, t = [], mpf(0)
        for c in range(c0, n + 1):
            t = lower_limit(n, c, mpf(alpha), t)
            limits.append(t)

    def certified(p, q):
        total, first = mpf(0), max(c0, int(n * p - 11 * mp.sqrt(n * p * q)) - 20)
        here = term(n, first, p, q)
        for c in range(first, n + 1):
            total += here * limits[c - c0]
            here = here * (n - c) / (c + 1) * p / q
            if c > n * p and here < mpf(10) ** -30:
                break
        return select(n0, p, q) * total

    value = mpf(case[4]) * average(case, certified, [(c0, n)])
    return [*map(exact, case[:5]), str(n0), str(n), exact(alpha), mpmath.nstr(value, 17)]


def main():
    keys = ["mean", "data_std", "offset", "prior", "sigma", "n0", "n", "alpha"]
    with mp.workdps(30):
        with Pool() as pool:
            rows = pool.starmap(row, [(case, radius) for case in CASES for radius in case[8]], 1)
        write("certify.csv", [*keys, "radius", "critical", "certified", "right", "wrong", "abstain",
                              "predict_right", "predict_wrong", "predict_abstain"], rows)
    with mp.workdps(20):
        write("certify_radius.csv", [*keys, "average_radius"], [radius_row(case) for case in RADII])


if __name__ == "__main__":
    main()
