"""Tables of what counts of right draws say: subsets of draws, the chi-square law, and a fitted task.

    python3 generate.py logs   writes logs_counts.csv, logs_chi_square.csv, logs_fit.csv (a minute)

Independence: subsets are counted with exact fractions, from the probability of each number of right votes. The
chi-square law is the regularised incomplete gamma function. A fit is found from probabilities of all cells at 25 digits
and their derivatives by numerical differentiation; its covariance is the inverse of the information with such
derivatives; the goodness of fit is formed from these without grouping, since the tables are such that each count has
five expected samples.
"""

from fractions import Fraction
from math import comb

from mpmath import mp, mpf

from common import digits, exact, generator, write


def majority(draws, right, votes):
    total = Fraction(0)
    for k in range(votes + 1):
        ways = Fraction(comb(right, k) * comb(draws - right, votes - k), comb(draws, votes))
        total += ways * (1 if 2 * k > votes else Fraction(1, 2) if 2 * k == votes else 0)
    return total


def number(fraction):
    return digits(mpf(fraction.numerator) / mpf(fraction.denominator))


def counts():
    random = generator("logs counts")
    rows = []
    for draws in (1, 2, 5, 20, 101, 1000):
        for _ in range(12):
            right, some = random.randint(0, draws), random.randint(1, draws)
            tries = random.randint(0, min(draws, 30))
            rows.append(
                (
                    str(draws),
                    str(right),
                    str(some),
                    number(majority(draws, right, some)),
                    str(tries),
                    number(Fraction(comb(right, tries), comb(draws, tries))),
                )
            )
    header = ("draws", "right", "votes", "majority", "tries", "persistent")
    write("logs_counts.csv", header, rows)


def chi_square():
    rows = []
    for degrees in (1, 2, 3, 4, 7, 18, 37, 100, 199, 1000):
        for ratio in (0.001, 0.3, 0.9, 1.0, 1.2, 2.0, 5.0, 40.0):
            x = float(degrees * ratio)
            value = mp.gammainc(mpf(degrees) / 2, mpf(x) / 2, mp.inf, regularized=True)
            if value > mpf(10) ** -300:
                rows.append((str(degrees), exact(x), digits(value)))
    write("logs_chi_square.csv", ("degrees", "x", "survival"), rows)


def cells(m, n, a, b, e):
    """P[C = c, A = a] of all cells."""

    def phi(x):
        return mp.ncdf(x)

    # the trapezoidal rule on the whole line: with counts this small a step of 1/8 leaves 1e-40
    def rule(step):
        nodes = [step * k for k in range(-int(10 / step), int(10 / step) + 1)]
        total = [[mpf(0)] * (n + 1) for _ in range(m + 1)]
        for z in nodes:
            t = a + b * z
            p, q = phi(t), phi(t - e)
            weight = step * mp.npdf(z)
            left = [comb(m, c) * p**c * phi(-t) ** (m - c) * weight for c in range(m + 1)]
            right = [comb(n, d) * q**d * phi(e - t) ** (n - d) for d in range(n + 1)]
            for c in range(m + 1):
                for d in range(n + 1):
                    total[c][d] += left[c] * right[d]
        return total

    return rule(mpf(1) / 8)


def flat(table):
    return [value for row in table for value in row]


def derivatives(m, n, at):
    """Of all cells by a, b and e: central differences of the fourth order."""
    h = mpf(10) ** -4
    out = []
    for i in range(3):
        def moved(s):
            return flat(cells(m, n, *[x + s * h * (i == j) for j, x in enumerate(at)]))

        plus, minus, far, back = moved(1), moved(-1), moved(2), moved(-2)
        out.append(
            [(8 * (p - q) - (r - s)) / (12 * h) for p, q, r, s in zip(plus, minus, far, back)]
        )
    return out


def fit(m, n, seen):
    at = [mpf("0.6"), mpf("0.9"), mpf("0.5")]
    total = sum(seen)
    for _ in range(60):
        p = flat(cells(m, n, *at))
        d = derivatives(m, n, at)
        slope = mp.matrix([mp.fsum(k * x / q for k, x, q in zip(seen, row, p)) for row in d])
        information = mp.matrix(3, 3)
        for i in range(3):
            for j in range(3):
                terms = (x * y / q for x, y, q in zip(d[i], d[j], p))
                information[i, j] = total * mp.fsum(terms)
        step = mp.lu_solve(information, slope)
        at = [x + y for x, y in zip(at, step)]
        if max(abs(y) for y in step) < mpf(10) ** -14:
            break
    p = flat(cells(m, n, *at))
    inverse = information**-1
    value = mp.fsum(k * mp.log(q) for k, q in zip(seen, p) if k)
    # Rao and Robson: all counts but the last, on either input
    groups = [[c * (n + 1) + d for d in range(n + 1)] for c in range(m)]
    groups += [[c * (n + 1) + d for c in range(m + 1)] for d in range(n)]
    share = [mp.fsum(p[i] for i in group) for group in groups]
    size = len(groups)
    left = mp.matrix(size, size)
    for i in range(size):
        for j in range(size):
            both = mp.fsum(p[k] for k in set(groups[i]) & set(groups[j]))
            left[i, j] = both - share[i] * share[j]
    covariance = left.copy()
    slopes = mp.matrix(size, 3)
    for i in range(size):
        for j in range(3):
            slopes[i, j] = mp.fsum(d[j][k] for k in groups[i])
    left -= slopes * (inverse * total) * slopes.T
    difference = mp.matrix(
        [mpf(sum(seen[k] for k in group)) / total - q for group, q in zip(groups, share)]
    )
    # in units of V, without the directions of which less than 1/20 is left
    lower = mp.cholesky(covariance)
    inner = lower**-1
    kept, vectors = mp.eigsy(inner * left * inner.T)
    whitened = inner * difference
    statistic, degrees = mpf(0), 0
    for k in range(size):
        if kept[k] > mpf(1) / 20:
            along = mp.fsum(vectors[i, k] * whitened[i] for i in range(size))
            statistic += total * along**2 / kept[k]
            degrees += 1
    return at, [mp.sqrt(inverse[i, i]) for i in range(3)], value, statistic, degrees


def fits():
    random = generator("logs fit")
    rows = []
    # a table of a task that is near, so that all cells are likely; draws on either input
    for m, n, near in ((3, 2, (0.7, 1.0, 0.6)), (4, 4, (0.3, 0.8, 0.4)), (2, 3, (1.0, 1.5, 1.2))):
        with mp.workdps(25):
            p = flat(cells(m, n, *map(mpf, near)))
            seen = [int(2000 * q) + random.randint(0, 40) for q in p]
            at, errors, value, statistic, degrees = fit(m, n, seen)
        table = " ".join(map(str, seen))
        numbers = [*at, *errors, value, statistic]
        rows.append((str(m), str(n), table, *[mp.nstr(x, 18) for x in numbers], str(degrees)))
    header = ("clean_draws", "attacked_draws", "samples", "a", "b", "e", "a_error", "b_error")
    header += ("e_error", "log_likelihood", "chi_square", "degrees")
    write("logs_fit.csv", header, rows)


def main():
    counts()
    chi_square()
    fits()
