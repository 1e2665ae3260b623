"""Tables of independent sub-problems: blocks.csv, blocks_pair.csv.

    python3 generate.py blocks   writes the tables beside this file (some minutes)

blocks.csv: norm, eps, the laws of the distances T as mean:std, then P[F >= m] for m = 1, 2, ...: how many blocks the best
attack of this budget turns.
blocks_pair.csv: a1, a2 and eps in units of the standard deviation, the correlation; then P[the first can be turned],
P[the second], P[each of them], P[both at once].

Independence: the law of a sum of costs is found by inverting its Laplace transform, which is a product of closed forms, on a
hyperbola (Weideman and Trefethen, Math. Comp. 76 (2007)); costs that are capped are inclusion and exclusion of costs that are not.
The Rust code knows no transform and multiplies no densities: it integrates conditional probabilities, one block after the other.
That two hyperbolas, and for three blocks a plain double integral, give the same is checked here. In the norms inf and 0 all
subsets of blocks are summed. Of a pair the largest second distance that goes with a first one is a formula in the plane of
both distances; the Rust code works in the plane of the input, with a wedge.

Precision: 30 working digits; what two hyperbolas and two rules of integration give differs by less than 1e-14.
"""

from functools import lru_cache
from itertools import combinations
from multiprocessing import Pool

import mpmath
from mpmath import mp, mpf

from common import exact, write

DIGITS = 18
A, B, C = (1.5, 1), (1, 1), (2, .5)
CASES = (
    # norm, eps, laws
    (2, 1, (A, A)), (2, 2, (A, A, A)), (1, 1, (A, A)), (1, 2, (A, A, A)),
    (2, 1, (A,) * 5), (2, 2.5, (A,) * 5), (1, 2, (A,) * 5), (1, 4, (B,) * 4), (2, .1, (B,) * 4), (2, 3, (B,) * 8),
    (2, 1.5, (A, C)), (2, 1.5, (A, B, C)), (1, 2, (A, B, C)), (2, 2, (A, A, B, C)), (1, 3, (C, C, B, B)),
    (2, 3, ((4, 1),) * 3), (1, 3, ((1.5, .75),) * 4), (2, 1, ((0, 1),) * 3),
    ("inf", .5, (B,) * 5), ("inf", 2, (A, B, C)), (0, 2, (B,) * 5), (0, 1, (A, B, C)), (0, 0, (A, B, C)),
)
PAIRS = (
    (1.5, 1.5, 1, 0), (1.5, 1.5, 1, .5), (1.5, 1.5, 1, -.5), (1, 2, .75, .9), (1, 2, 3, -.9), (2, .5, 2, .25),
    (4, 4, 3, .3), (1, 1, .01, .6), (0, 0, 1, -.2), (1, 1, 2, .999), (1, 1, 2, -.999), (1, 1, 0, .4), (6, 6, 8, .7),
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


def cost(p, t):
    return t ** p


def tail(p, law, v, s):
    """E[exp(-s (T^p - v^p)); T > v]."""
    a, d = law
    if p == 1:
        return mp.exp(s * v - a * s + d * d * s * s / 2) * mp.erfc(-(a - d * d * s - v) / d / mp.sqrt(2)) / 2
    big, b = s + 1 / (2 * d * d), a / (d * d)
    root = mp.sqrt(big)
    return (mp.exp(s * v * v + b * b / (4 * big) - a * a / (2 * d * d)) * mp.erfc(root * (v - b / (2 * big)))
            / (2 * mp.sqrt(2) * d * root))


def transform(p, law, s):
    """E exp(-s max(T, 0)^p)."""
    a, d = law
    return mp.ncdf(-a / d) + tail(p, law, mpf(0), s)


def contour(which):
    alpha, mu, step, count = ((mpf(".55"), mpf(9), mpf(".055"), 90), (mpf(".45"), mpf(11), mpf(".05"), 100))[which]
    nodes = []
    for k in range(-count, count + 1):
        u = k * step
        s = mu * (1 + mp.sin(mp.mpc(0, u) - alpha))
        ds = mu * mp.mpc(0, 1) * mp.cos(mp.mpc(0, u) - alpha)
        nodes.append((s, ds * step / (2 * mp.pi * mp.mpc(0, 1))))
    return nodes


def inverse(f, r, which):
    """The function of r of which f(s) is the transform."""
    if r <= 0:
        return mpf(0)
    half = contour(which)
    middle = len(half) // 2
    total = mpf(0)
    for i, (s, w) in enumerate(half[middle:]):
        term = mp.re(mp.exp(s) * f(s / r) * w / r)
        total += term if i == 0 else 2 * term
    return total


def capped(p, laws, r, v, which, known):
    """P[all T <= v, sum of costs <= r] of these laws."""
    key = tuple(sorted(laws))
    if key in known:
        return known[key]
    if len(laws) * cost(p, v) <= r:
        known[key] = mp.fprod(mp.ncdf((v - a) / d) for a, d in laws)
        return known[key]
    total = mpf(0)
    for k in range(len(laws) + 1):
        rest = r - k * cost(p, v)
        if rest <= 0:
            break
        subsets = {}
        for above in combinations(range(len(laws)), k):
            name = tuple(sorted(laws[i] for i in above)), tuple(sorted(laws[i] for i in range(len(laws)) if i not in above))
            subsets[name] = subsets.get(name, 0) + 1
        for (above, below), count in subsets.items():
            def f(s):
                value = mpf(1) / s
                for law in set(below):
                    value *= transform(p, law, s) ** below.count(law)
                for law in set(above):
                    value *= tail(p, law, v, s) ** above.count(law)
                return value
            total += (-1) ** k * count * inverse(f, rest, which)
    known[key] = total
    return total


def turned(p, eps, laws, m, which):
    laws = [tuple(mpf(x) for x in law) for law in laws]
    budget = cost(p, mpf(eps))
    if m == len(laws):
        def f(s):
            return mp.fprod(transform(p, law, s) ** laws.count(law) for law in set(laws)) / s
        return inverse(f, budget, which)

    def density(v):
        known, total = {}, mpf(0)
        for j, law in enumerate(laws):
            own = mp.npdf(v, law[0], law[1])
            others = [law for i, law in enumerate(laws) if i != j]
            picks = {}
            for below in combinations(range(len(others)), m - 1):
                name = (tuple(others[i] for i in below), tuple(others[i] for i in range(len(others)) if i not in below))
                name = tuple(sorted(name[0])), tuple(sorted(name[1]))
                picks[name] = picks.get(name, 0) + 1
            for (below, above), count in picks.items():
                far = mp.fprod(mp.ncdf((a - v) / d) for a, d in above)
                total += count * own * far * capped(p, list(below), budget - cost(p, v), v, which, known)
        return total

    # All are below 0, or the largest of the m is v.
    def at_most(t):
        """P[at least m of all are t at most]."""
        exactly = [mpf(1)]
        for a, d in laws:
            q = mp.ncdf((t - a) / d)
            exactly = [(exactly[i] if i < len(exactly) else 0) * (1 - q) + (exactly[i - 1] * q if i else 0)
                       for i in range(len(exactly) + 1)]
        return mp.fsum(exactly[m:])

    free = mpf(eps) / mpf(m) ** (mpf(1) / p)
    ends = [mpf(eps) / mpf(i) ** (mpf(1) / p) for i in range(m, 0, -1)]
    total = at_most(free)
    points = gauss((24, 30)[which])
    for low, high in zip(ends, ends[1:]):
        # Below its upper end the integrand has roots of high - v; v = e sin(...) near e, too.
        if p == 2:
            low, high = mp.asin(low / eps), mp.asin(high / eps)
        for x, w in points:
            z = (1 - x) / 2
            angle = high - (high - low) * z * z
            v, slope = (angle, 1) if p == 1 else (eps * mp.sin(angle), eps * mp.cos(angle))
            total += w * density(v) * slope * (high - low) * z
    return total


def plain(p, eps, laws):
    """P[F = 3] by a double integral in the distances themselves."""
    (a, s), (b, t), (c, u) = [tuple(mpf(x) for x in law) for law in laws]
    budget = cost(p, mpf(eps))

    def left(spent):
        rest = budget - spent
        return mp.ncdf((rest ** (mpf(1) / p) - c) / u) if rest > 0 else mp.ncdf(-c / u) * (rest == 0)

    def inner(spent):
        rest = max(budget - spent, mpf(0)) ** (mpf(1) / p)
        return mp.ncdf(-b / t) * left(spent) + mp.quad(lambda y: mp.npdf(y, b, t) * left(spent + cost(p, y)), [0, rest])

    return mp.ncdf(-a / s) * inner(mpf(0)) + mp.quad(lambda x: mp.npdf(x, a, s) * inner(cost(p, x)), [0, mpf(eps)])


def subsets(norm, eps, laws, m):
    """The same where blocks do not share: every set of blocks that are wrong."""
    t = mpf(eps) if norm == "inf" else mpf(0)
    free = 0 if norm == "inf" else int(eps)
    total = mpf(0)
    for k in range(len(laws) + 1):
        if k + free < m:
            continue
        for wrong in combinations(range(len(laws)), k):
            total += mp.fprod(mp.ncdf((t - a) / d) if i in wrong else mp.ncdf((a - t) / d)
                              for i, (a, d) in enumerate([tuple(mpf(x) for x in law) for law in laws]))
    return total


def row(case):
    norm, eps, laws = case
    values = []
    for m in range(1, len(laws) + 1):
        if norm in ("inf", 0):
            values.append(subsets(norm, eps, laws, m))
            continue
        if m == 1:
            values.append(1 - mp.fprod(mp.ncdf((mpf(a) - eps) / d) for a, d in laws))
            continue
        value = turned(norm, eps, laws, m, 1)
        if m == len(laws) or len(laws) <= 4:
            other = turned(norm, eps, laws, m, 0)
            assert abs(value - other) < mpf(10) ** -14, (case, m, value, other)
        if m == 3 == len(laws) and norm == 2 and eps == 2:
            with mp.workdps(18):
                check = plain(norm, eps, laws)
            assert abs(value - check) < mpf(10) ** -12, (case, value, check)
        values.append(value)
    text = " ".join(f"{exact(a)}:{exact(d)}" for a, d in laws)
    return [str(norm), exact(eps), text, " ".join(mpmath.nstr(v, DIGITS, strip_zeros=False) for v in values)]


def pair(case):
    a, b, e, rho = (mpf(x) for x in case)
    root = mp.sqrt(1 - rho * rho)

    def below(t, most):
        return mp.npdf(t - a) * mp.ncdf((most - b - rho * (t - a)) / root)

    def integral(f, low, high):
        ends = sorted({low, high, *(t for t in (mpf(i) / 2 + a for i in range(-24, 25)) if low < t < high)})
        return mp.fsum(mp.quad(f, [x, y]) for x, y in zip(ends, ends[1:]))

    low = a - 12
    each = integral(lambda t: below(t, e), low, e)
    both = integral(lambda t: below(t, e), low, rho * e)
    both += integral(lambda t: below(t, rho * t + root * mp.sqrt(max(e * e - t * t, 0))), rho * e, e) if e > 0 else 0
    values = [mp.ncdf(e - a), mp.ncdf(e - b), each, both]
    return [*map(exact, case), *(mpmath.nstr(v, DIGITS, strip_zeros=False) for v in values)]


def main():
    mp.dps = 30
    with Pool(2) as pool:
        rows = pool.map(row, CASES, 1)
        pairs = pool.map(pair, PAIRS, 1)
    write("blocks.csv", ["norm", "eps", "laws", "at_least"], rows)
    write("blocks_pair.csv", ["a1", "a2", "eps", "rho", "first", "second", "each", "both"], pairs)


if __name__ == "__main__":
    main()
