"""The incomplete beta function and what stands on it, at 40 digits: beta.csv (both tails and their
logarithms), beta_quantile.csv (the inverse), binomial.csv (tails), clopper_pearson.csv (limits).

Independent of the Rust code: 1/B(a, b) is mpmath's loggamma at 80 digits, and every tail is found
twice, by two of these, which must agree to 45 digits:
- the continued fraction DLMF 8.17.22, where it converges in some thousand terms;
- Gauss-Legendre panels over the density as a function of t;
- the same over the density as a function of ln(t/(1 - t)), which serves every shape.
For small whole shapes the tails are also compared with exact rational sums.

A point is given by x and y = 1 - x of which the smaller is the exact double and the other is what it
makes of it, rounded.
"""

import functools
import math
from fractions import Fraction

from mpmath import exp, expm1, log, log1p, loggamma, mp, mpf, sqrt

import common
from common import digits, exact

AGREE = mpf(10) ** -45
NODES = 64
FALL = 125  # exp(-125) is 5e-55


@functools.cache
def rule():
    """Nodes and weights of Gauss-Legendre on [-1, 1], by Newton on the Legendre polynomial."""

    def legendre(x):
        before, now = mpf(1), x
        for k in range(2, NODES + 1):
            before, now = now, ((2 * k - 1) * x * now - (k - 1) * before) / k
        return now, NODES * (x * now - before) / (x * x - 1)

    out = []
    for i in range(NODES):
        x = mp.cos(mp.pi * (i + mpf("0.75")) / (NODES + mpf("0.5")))
        for _ in range(9):
            value, slope = legendre(x)
            x -= value / slope
        out.append((x, 2 / ((1 - x * x) * legendre(x)[1] ** 2)))
    return out


def panels(log_f, reach, count):
    """The integral of exp(log_f) over [0, reach] in equal panels."""
    half, total = reach / (2 * count), mpf(0)
    for i in range(count):
        middle = (2 * i + 1) * half
        total += sum(w * exp(log_f(middle + half * x)) for x, w in rule())
    return total * half


def reach_of(log_f, first, most=None):
    """How far to go until log_f has fallen by FALL from 0, at most `most`."""
    reach = first
    while log_f(reach) > -FALL:
        reach *= mpf("1.2")
        if most is not None and reach >= most:
            return most
    return reach


def by_t(a, b, x):
    """I_x(a, b)*B/(x^a y^b) for x below the mean, the density integrated downwards over t = x(1-r)."""
    y = 1 - x
    log_f = lambda r: (a - 1) * log1p(-r) + (b - 1) * log1p(r * x / y) if r < 1 else -mp.inf
    slope = max(((a - 1) * y - (b - 1) * x) / y, mpf(0))
    bend = a + b * (x / y) ** 2
    first = min(2 * FALL / (slope + sqrt(slope**2 + 2 * FALL * bend)), mpf(1))
    return panels(log_f, reach_of(log_f, first, mpf(1)), 4) / y


def by_logit(a, b, x):
    """The same over s = ln(t/(1-t)), downwards from x: exp(-a*s) * (1 + x*expm1(-s))^-(a+b)."""
    log_f = lambda s: -a * s - (a + b) * log1p(x * expm1(-s))
    slope = max(a - (a + b) * x, mpf(0))
    bend = (a + b) * x * (1 - x)
    first = 2 * FALL / (slope + sqrt(slope**2 + 2 * FALL * bend))
    reach = reach_of(log_f, first)
    # the poles are at +-i*pi: a panel should not be much wider
    return panels(log_f, reach, max(6, int(reach / 3) + 1))


def by_fraction(a, b, x):
    """The same by DLMF 8.17.22, modified Lentz; fails if it takes too long."""
    tiny, small = mpf(10) ** -200, mpf(10) ** -(mp.dps - 15)
    value = c = mpf(1)
    d = mpf(0)
    for m in range(40000):
        k, odd = divmod(m + 1, 2)
        if odd:
            term = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
        else:
            term = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
        d = 1 / ((1 + term * d) or tiny)
        c = (1 + term / c) or tiny
        value *= c * d
        if abs(c * d - 1) < small:
            return 1 / (value * a)
    raise ArithmeticError(f"the fraction does not converge for {a}, {b}, {x}")


def log_power(a, b, x):
    """ln(x^a y^b / B(a, b))"""
    return a * log(x) + b * log1p(-x) + loggamma(a + b) - loggamma(a) - loggamma(b)


def quick(a, b, x):
    """Whether the fraction converges in some thousand terms."""
    distance = (a - (a + b) * x) / sqrt((a + b) * x * (1 - x))
    return min(a, b) <= 3000 or distance > 1.5


def smaller_tail(a, b, x, check=True):
    """I_x(a, b) for x up to the mean, found twice."""
    smooth = a == int(a) and b == int(b) or min(a, b) > 1000  # in t, up to 0
    methods = [by_t if smooth else by_logit, by_fraction if quick(a, b, x) else by_logit]
    if not check:
        return exp(log_power(a, b, x)) * methods[1](a, b, x)
    one, two = (method(a, b, x) for method in methods)
    assert methods[0] is not methods[1] and abs(one / two - 1) < AGREE, (a, b, x, one, two)
    return exp(log_power(a, b, x)) * two


def tails(a, b, x, check=True):
    """I_x(a, b) and its complement."""
    a, b = mpf(a), mpf(b)
    if x == 0:
        return mpf(0), mpf(1)
    if x == 1:
        return mpf(1), mpf(0)
    if x * (a + b) <= a:
        lower = smaller_tail(a, b, x, check)
        return lower, 1 - lower
    upper = smaller_tail(b, a, 1 - x, check)
    return 1 - upper, upper


def with_logs(lower, upper):
    """The two tails and their logarithms as text."""

    def ln(tail, other):
        if tail == 0:
            return "-inf"
        return digits(log(tail) if tail < 0.5 else log1p(-other))

    return digits(lower), digits(upper), ln(lower, upper), ln(upper, lower)


def point(x, y):
    """Two doubles with x + y = 1, the smaller exact; also the exact x."""
    return (x, 1.0 - x, mpf(x)) if x <= y else (1.0 - y, y, 1 - mpf(y))


SHAPES = [(1, 1), (1, 2), (7, 1), (1, 10), (3, 7), (30, 4), (50, 50), (99, 101), (100, 101)]
SHAPES += [(101, 102), (51, 51), (100, 10**6), (101, 10**6), (1000, 1000), (40000, 170)]
SHAPES += [(500_000, 500_000), (10**6, 10**4), (1, 10**6), (10**13, 1), (1, 10**13)]
SHAPES += [(10, 10**13), (1000, 10**13), (10**13, 10**6), (5 * 10**12, 5 * 10**12)]
SHAPES += [(10**12, 9 * 10**12), (2**52, 2**52), (1.5, 2.5), (100.5, 1e6), (3.25, 1e13)]
SHAPES += [(8413447460685.5, 1586552539315.25)]
DISTANCES = [0, 1e-3, 0.5, 1, 2.5, 3, 3.5, 6, 10, 30, 38]


def beta_rows(rng):
    for a, b in SHAPES:
        spread = math.sqrt(1 / a + 1 / b)  # of the log-odds
        for z in [s * z for z in DISTANCES for s in (-1, 1)][1:]:
            odds = a / b * math.exp(z * spread * rng.uniform(0.98, 1.02))
            x, y, at = point(odds / (1 + odds), 1 / (1 + odds))
            if 0 < x and 0 < y:
                row = with_logs(*tails(a, b, at))
                yield exact(a), exact(b), exact(x), exact(y), *row
        for x, y in [(1e-12, 1.0), (1.0, 1e-12), (0.5, 0.5), (1e-300, 1.0), (1.0, 1e-300)]:
            with mp.workdps(mp.dps + (300 if y < 1e-200 or x < 1e-200 else 0)):
                row = with_logs(*tails(a, b, point(x, y)[2], check=min(x, y) > 1e-200))
            yield exact(a), exact(b), exact(x), exact(y), *row


BINOMIAL_TRIALS = [1, 2, 10, 100, 1000, 10**5, 10**7, 10**9, 10**11, 10**13]
BINOMIAL_P = [(1e-12, None), (1e-6, None), (0.01, None), (0.3, None), (0.5, None)]
BINOMIAL_P += [(0.8413447460685429, None), (None, 1e-6), (None, 1e-12)]


def binomial_rows(rng):
    for n in BINOMIAL_TRIALS:
        for p, q in BINOMIAL_P:
            p, q, at = point(p, 1 - p) if q is None else point(1 - q, q)
            sd = math.sqrt(n * p * q)
            distances = [0, *(s * z for z in (1, 3, 6, 10, 30) for s in (-1, 1))]
            counts = {round(n * p + z * sd) for z in distances if sd > 1 or abs(z) < 4}
            counts |= {0, 1, n} | ({n // 2} if rng.random() < 0.3 else set())
            for k in sorted(k for k in counts if 0 <= k <= n):
                cdf = tails(n - k, k + 1, 1 - at)[0] if k < n else mpf(1)
                above = tails(k + 1, n - k, at)[0] if k < n else mpf(0)
                least = tails(k, n - k + 1, at)[0] if k else mpf(1)
                below = tails(n - k + 1, k, 1 - at)[0] if k else mpf(0)
                assert abs(cdf + above - 1) < AGREE and abs(least + below - 1) < AGREE
                cdf_text = with_logs(cdf, above)
                least_text = with_logs(least, below)
                texts = cdf_text[0], least_text[0], cdf_text[2], least_text[2]
                yield str(n), exact(p), exact(q), str(k), *texts


def quantile(a, b, lower):
    """The exact x with I_x(a, b) = lower < 0.6, and y, by Newton on ln I in the log-odds s of x."""
    a, b, lower = mpf(a), mpf(b), mpf(lower)
    with mp.workdps(mp.dps + 10):
        target = log(lower)
        # from far below the root: ln I is concave in s, so Newton comes from below and stays
        start = (target + log(a) - loggamma(a + b) + loggamma(a) + loggamma(b)) / a
        middle = log(a / b)
        s = min(start, middle)
        if min(a, b) > 20:
            z = mp.sqrt(2) * mp.erfinv(2 * lower - 1) if lower > 1e-20 else -sqrt(-2 * target)
            s = middle + z * sqrt(1 / a + 1 / b)
        for _ in range(100):
            x = 1 / (1 + exp(-s))
            found = tails(a, b, x, check=False)[0]
            step = (log(found) - target) / (exp(log_power(a, b, x)) / found)
            s -= step
            if abs(step) < mpf(10) ** -44 * sqrt(1 / a + 1 / b):
                break
        else:
            raise ArithmeticError(f"no quantile for {a}, {b}, {lower}")
        x = 1 / (1 + exp(-s))
        assert abs(tails(a, b, x)[0] / lower - 1) < mpf(10) ** -40, (a, b, lower)
        return x, 1 / (1 + exp(s))


def quantile_rows(_rng):
    shapes = [(1, 1), (1, 10), (7, 1), (3, 7), (50, 50), (101, 102), (1000, 1000), (100, 10**6)]
    shapes += [(1, 10**13), (10**13, 1), (10, 10**13), (10**13, 1000), (5 * 10**12, 5 * 10**12)]
    shapes += [(10**12, 9 * 10**12), (2**52, 2**52), (1.5, 2.5), (3.25, 1e13)]
    for a, b in shapes:
        for p in [1e-300, 1e-30, 5e-10, 0.005, 0.3, 0.5]:
            x, y = quantile(a, b, p)
            if x > 1e-290:
                yield exact(a), exact(b), exact(p), digits(x), digits(y)


def limit_rows(_rng):
    """Clopper-Pearson: low solves P[X >= k] = (1 - C)/2, 1 - high the same for the failures."""
    for n in [1, 2, 10, 100, 5000, 10**6, 10**9, 10**13, 2**53]:
        # half of them: the limits of n - k are those of k from the other end
        counts = {0, 1, 2, n // 1000, n // 6, n // 2, n} if n > 2 else {0, 1, n}
        for k in sorted(counts):
            for confidence in [0.95, 0.99, 1 - 1e-9]:
                tail = (1 - mpf(confidence)) / 2
                low = quantile(k, n - k + 1, tail)[0] if k else mpf(0)
                high = quantile(n - k, k + 1, tail)[1] if k < n else mpf(1)
                yield str(k), str(n), exact(confidence), digits(low), digits(high)


def check_small():
    """Exact rational sums for a few small binomials."""
    for n, k, p in [(1, 1, 0.3), (12, 5, 0.1), (40, 31, 0.7), (60, 60, 0.5), (60, 3, 1e-6)]:
        q = Fraction(p)
        total = sum(math.comb(n, j) * q**j * (1 - q) ** (n - j) for j in range(k, n + 1))
        value = mpf(total.numerator) / total.denominator
        assert abs(tails(k, n - k + 1, mpf(p))[0] / value - 1) < AGREE


def main():
    check_small()
    tail_names = ("lower", "upper", "ln_lower", "ln_upper")
    for name, header, rows in [
        ("beta.csv", ("a", "b", "x", "y", *tail_names), beta_rows),
        ("beta_quantile.csv", ("a", "b", "lower", "x", "y"), quantile_rows),
        (
            "binomial.csv",
            ("trials", "p", "q", "k", "cdf", "at_least", "ln_cdf", "ln_at_least"),
            binomial_rows,
        ),
        ("clopper_pearson.csv", ("successes", "trials", "confidence", "low", "high"), limit_rows),
    ]:
        common.write(name, header, rows(common.generator(name)))


if __name__ == "__main__":
    main()
