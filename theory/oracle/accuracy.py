"""Tables of accuracies and invariances in high precision: accuracy.csv, vote.csv, invariance.csv.

    python3 generate.py accuracy   writes the three tables beside this file (about 5 minutes)

Independence: the Rust code integrates over the median of n normals, in double precision. Here
everything is an integral over the input, t ~ N(mean, noise^2), of the probability that a majority
of n votes is right, as a sum of binomial probabilities (all terms positive, so exact to the
working precision):

    P[majority] = sum_{j > h} C(n, j) p^j (1-p)^(n-j),   n = 2h + 1,
    p = Phi((t + y*offset - eps)/sigma).

Precision: 80 working digits. The integrals are adaptive Gauss-Legendre (40 points against two
halves with 40 points each, to 1e-46 of the total) over the range where the integrand, which is
log-concave, is above e^-112 of its peak, with panels that narrow geometrically towards the step of
the vote. 40 digits are printed, all of them good for accuracies;
a success rate or disagreement formed by subtraction has at least 25 good digits.
"""

import math
from multiprocessing import Pool

from mpmath import mp, mpf

from common import digits, exact, generator, write

BITS = 280  # of the fixed-point sums


def phi(z):
    """The standard normal distribution function, relative accuracy in both tails."""
    return mp.erfc(-z / mp.sqrt(2)) / 2


# ---------------------------------------------------------------- the vote


LEADING = {}


def leading(h):
    """C(2h+1, h+1)."""
    if h not in LEADING:
        LEADING[h] = mpf(math.comb(2 * h + 1, h + 1))
    return LEADING[h]


def majority(p, q, h):
    """P[more than h of 2h+1 votes are right], each with probability p, q = 1 - p."""
    if p > q:
        return 1 - majority(q, p, h)
    # the terms j = h+1+i, i = 0..h, fall by (h-i)/(h+2+i) * p/q
    ratio = int(mp.floor(mp.ldexp(p / q, BITS)))
    term = 1 << BITS
    total = 0
    i = 0
    while term and i <= h:
        total += term
        term = ((term * ratio) >> BITS) * (h - i) // (h + 2 + i)
        i += 1
    return leading(h) * p * (p * q) ** h * mp.ldexp(mpf(total), -BITS)


# ---------------------------------------------------------------- the integral


def legendre(n):
    """Nodes and weights of the n-point Gauss-Legendre rule, by Newton's method."""
    rule = []
    for i in range(n):
        x = mp.cos(mp.pi * (i + mpf(3) / 4) / (n + mpf(1) / 2))
        for _ in range(12):
            a, b = mpf(1), x
            for k in range(2, n + 1):
                a, b = b, ((2 * k - 1) * x * b - (k - 1) * a) / k
            slope = n * (x * b - a) / (x * x - 1)
            x -= b / slope
        rule.append((x, 2 / ((1 - x * x) * slope**2)))
    return rule


RULE = legendre(40)


def panel(f, low, high):
    centre, half = (low + high) / 2, (high - low) / 2
    return half * mp.fsum(w * f(centre + half * x) for x, w in RULE)


def integral(f, low, high, step, width):
    """The integral of a log-concave f over (low, high), either of which may be infinite.

    f has a step at `step` that is at least `width` wide.
    """
    def log(t):
        v = f(t)
        return mp.log(v) if v > 0 else mpf("-inf")

    # a start inside, then the peak by golden section between ever wider brackets
    if low > -mp.inf and high < mp.inf:
        left, right = low, high
    else:
        middle = low if low > -mp.inf else high if high < mp.inf else mpf(0)
        reach = mpf(1)
        while True:
            left, right = max(low, middle - reach), min(high, middle + reach)
            a, b, c = log(left), log((left + right) / 2), log(right)
            if (b > a or left == low) and (b > c or right == high):
                break
            reach *= 2
    golden = (mp.sqrt(5) - 1) / 2
    x1, x2 = right - golden * (right - left), left + golden * (right - left)
    f1, f2 = log(x1), log(x2)
    for _ in range(100):
        if f1 < f2:
            left, x1, f1 = x1, x2, f2
            x2 = left + golden * (right - left)
            f2 = log(x2)
        else:
            right, x2, f2 = x2, x1, f1
            x1 = right - golden * (right - left)
            f1 = log(x1)
        if abs(f1 - f2) < 1e-6 and right - left < 1e-3 * (1 + abs(left)):
            break
    peak, top = (x1, f1) if f1 > f2 else (x2, f2)

    def end(limit, sign):
        """The point on one side of the peak where f has fallen by e^-112 to e^-130."""
        if limit == peak:
            return limit
        near, far = peak, peak + sign
        if abs(limit) < mp.inf:
            if log(limit) > top - 112:
                return limit
            far = limit
        while log(far) > top - 112:
            near, far = far, peak + 2 * (far - peak)
        for _ in range(60):
            if log(far) > top - 130:
                break
            middle = (near + far) / 2
            if log(middle) > top - 112:
                near = middle
            else:
                far = middle
        return far

    low, high = end(low, -1), end(high, +1)
    marks = [low + (peak - low) * k / 4 for k in range(4)]
    marks += [peak + (high - peak) * k / 4 for k in range(5)]
    while width < high - low:  # a step near an end of a panel would hide between the nodes
        marks += [t for t in (step - width, step, step + width) if low < t < high]
        width *= 4
    marks = sorted(set(marks))
    work = [(a, b, panel(f, a, b)) for a, b in zip(marks, marks[1:])]
    scale = mp.fsum(v for _, _, v in work)
    parts = []
    while work:
        a, b, whole = work.pop()
        middle = (a + b) / 2
        first, second = panel(f, a, middle), panel(f, middle, b)
        if abs(first + second - whole) < scale * mpf("1e-46"):
            parts.append(first + second)
        else:
            work += [(a, middle, first), (middle, b, second)]
    return mp.fsum(parts)


# ---------------------------------------------------------------- the quantities


def survivals(mean, noise, offset, sigma, votes, eps, sign=1):
    """P[m > eps] of the two classes, or P[m <= eps] for sign = -1; one number if they are equal.

    Closed forms for votes = 1 and inf; else votes is odd."""
    mean, noise, offset, sigma, eps = map(mpf, (mean, noise, offset, sigma, eps))
    shifts = (offset, -offset) if offset else (mpf(0),)
    if votes in (1, mp.inf) or sigma == 0:
        s = noise if votes == mp.inf else mp.sqrt(noise**2 + sigma**2)
        return [phi(sign * (mean + u - eps) / s) for u in shifts]
    h = (votes - 1) // 2

    def term(u):
        def f(t):
            z = sign * (t + u - eps) / sigma
            density = mp.exp(-(((t - mean) / noise) ** 2) / 2) / (noise * mp.sqrt(2 * mp.pi))
            return density * majority(phi(z), phi(-z), h)
        return integral(f, -mp.inf, mp.inf, eps - u, sigma / mp.sqrt(votes))

    return [term(u) for u in shifts]


def average(values):
    return mp.fsum(values) / len(values)


def disagreement(mean, noise, offset, sigma, votes):
    """P[the defended and the undefended prediction differ] = 1 - invariance."""
    mean, noise, offset, sigma = map(mpf, (mean, noise, offset, sigma))
    shifts = (offset, -offset) if offset else (mpf(0),)

    def density(t):
        return mp.exp(-(((t - mean) / noise) ** 2) / 2) / (noise * mp.sqrt(2 * mp.pi))

    def term(u):
        if votes == mp.inf or sigma == 0:  # t and t + u have opposite signs
            a, b = sorted((phi(-mean / noise), phi((-u - mean) / noise)))
            return b - a
        h = (votes - 1) // 2

        def wrong_above(t):
            z = (t + u) / sigma
            return density(t) * majority(phi(-z), phi(z), h)

        def wrong_below(t):
            z = (t + u) / sigma
            return density(t) * majority(phi(z), phi(-z), h)

        width = sigma / mp.sqrt(votes)
        above = integral(wrong_above, mpf(0), mp.inf, -u, width)
        return above + integral(wrong_below, -mp.inf, mpf(0), -u, width)

    return mp.fsum(term(u) for u in shifts) / len(shifts)


def odd(votes):
    """The odd number of votes that decides as `votes` do, ties being settled by a fair coin."""
    return mp.inf if votes == "inf" else votes - 1 + votes % 2


def name(votes):
    return str(votes)


# ---------------------------------------------------------------- the points


def accuracy_points():
    points = []
    for sigma in (0.0, 0.3, 1.0, 2.0, 1e6):
        for offset in (1.0, 0.5, 0.0, -1.0):
            for eps in (0.0, 0.1, 0.5, 1.0, 40.0):
                points.append((1.0, 1.0, offset, sigma, 1, eps))
    for offset in (0.0, 1.0, -2.5):
        for eps in (0.0, 0.5, 3.0, 40.0):
            points.append((1.0, 1.0, offset, 0.0, "inf", eps))
            points.append((-0.7, 2.0, offset, 3.0, "inf", eps))
    for eps in (1e-12, 1e-6, 1e-3, 36.0, 38.0, 39.0):  # a small budget; the edge of underflow
        points.append((1.0, 1.0, 1.0, 0.3, 1, eps))
        points.append((1.0, 1.0, 0.0, 0.0, "inf", eps))
    for mean in (-30.0, -37.0, -50.0, -1000.0, 9.0, 38.5):  # both accuracies underflow, or are 1
        for eps in (1e-6, 0.01, 0.4, 10.0):
            points.append((mean, 1.0, 0.25, 0.5, 1, eps))
    r = generator("accuracy")
    for _ in range(240):
        points.append((
            r.choice((1.0, r.uniform(-6, 6))),
            r.choice((1.0, 10 ** r.uniform(-2, 2))),
            r.uniform(-3, 3),
            r.choice((0.0, 10 ** r.uniform(-6, 6), r.uniform(0, 4))),
            r.choice((1, 1, 2, "inf")),
            r.choice((0.0, 10 ** r.uniform(-10, 1.6), r.uniform(0, 2), 40.0)),
        ))
    return points


def vote_points():
    points = []
    for n in (1, 2, 3, 4, 5, 11, 12, 101):
        points.append((1.0, 1.0, 0.0, 1.0, n, 0.5))
        points.append((1.0, 1.0, 1.0, 0.3, n, 0.1))
        points.append((1.0, 1.0, 0.0, 2.0, n, 40.0))
        points.append((-1.5, 0.5, 0.75, 1e6, n, 2.0))
    for n in (3, 11, 101):
        for sigma in (0.0, 1e-7, 0.05, 40.0, 1e4):
            points.append((1.0, 1.0, 0.0, sigma, n, 1e-9))
            points.append((1.0, 1.0, 0.5, sigma, n, 7.5))
        for eps in (1e-4, 38.0):
            points.append((-4.0, 1.0, 0.1, 0.6, n, eps))
        points.append((1.0, 1e-3, 0.5, 1.0, n, 1.25))
        points.append((1.0, 100.0, -20.0, 5.0, n, 40.0))
        points.append((-45.0, 1.0, 0.0, 0.8, n, 0.3))  # both accuracies underflow
    r = generator("vote")
    for _ in range(70):
        points.append((
            r.choice((1.0, r.uniform(-3, 3))),
            r.choice((1.0, 10 ** r.uniform(-1, 1))),
            r.choice((0.0, r.uniform(-2, 2))),
            10 ** r.uniform(-3, 4),
            r.choice((3, 4, 5, 7, 11, 12, 31, 101)),
            r.choice((0.0, 10 ** r.uniform(-8, 1.6), r.uniform(0, 2))),
        ))
    for n in (1001, 10**4 + 1):
        points.append((1.0, 1.0, 0.0, 1.0, n, 0.5))
        points.append((1.0, 1.0, 0.0, 30.0, n, 10.0))
        points.append((1.0, 1.0, 0.0, 1.0, n, 39.0))
        points.append((1.0, 0.01, 0.5, 50.0, n, 1.0))
        points.append((-1.0, 1.0, 0.3, 1e6, n, 1e-6))
        points.append((0.5, 2.0, 0.0, 1e-3, n, 4.0))
    for n in (10**6, 10**6 - 1):
        points.append((1.0, 1.0, 0.0, 1.0, n, 0.5))
        points.append((1.0, 1.0, 0.0, 100.0, n, 40.0))
        points.append((1.0, 1e-2, 0.0, 1e3, n, 2.0))
    points.append((1.0, 1.0, 0.0, 1e6, 10**6, 1e-3))
    return points + deep_points()


def deep_points():
    """Where the far tail of the median is what counts, down to accuracies of 1e-300."""
    points = []
    r = generator("vote deep")
    for n in (3, 11, 31, 101, 301, 1001):
        for noise in (1.0, 0.05, 0.0025, 1e-3):
            sigma = 10 ** r.uniform(-0.5, 1.5)
            w = 1.3 * (r.uniform(100, 680) / n) ** 0.5  # costs about n*w^2/pi in the logarithm
            offset = r.choice((0.0, r.uniform(-0.5, 0.5)))
            points.append((r.uniform(-1, 1), noise, offset, sigma, n, min(40.0, sigma * w)))
    return points


def invariance_points():
    points = []
    for offset in (1.0, 0.75, 0.5, 0.25, 0.0, -1.0):
        for sigma in (0.0, 0.3, 1.0, 3.0):
            points.append((1.0, 1.0, offset, sigma, 1))
            points.append((1.0, 1.0, offset, sigma, 11))
        points.append((1.0, 1.0, offset, 0.0, "inf"))
        points.append((-2.0, 0.5, offset, 1.0, "inf"))
    for sigma in (1e-9, 1e-3, 1e3, 1e6):
        for n in (1, 3, 101):
            points.append((1.0, 1.0, 0.0, sigma, n))
            points.append((1.0, 1.0, 0.5, sigma, n))
    r = generator("invariance")
    for _ in range(60):
        points.append((
            r.choice((1.0, r.uniform(-5, 5), r.uniform(-12, 12))),
            r.choice((1.0, 10 ** r.uniform(-1, 1))),
            r.choice((0.0, r.uniform(-2, 2), r.uniform(-20, 20))),
            10 ** r.uniform(-2, 2),
            r.choice((1, 2, 3, 4, 5, 11, 12, 101)),
        ))
    points.append((1.0, 1.0, 0.0, 1.0, 1001))
    points.append((1.0, 1.0, 0.5, 3.0, 10**4 + 1))
    points.append((1.0, 1.0, 0.0, 1.0, 10**6))
    return points


# ---------------------------------------------------------------- the rows


def accuracy_row(point):
    mean, noise, offset, sigma, votes, eps = point
    n = odd(votes)
    start = survivals(mean, noise, offset, sigma, n, 0)
    end = survivals(mean, noise, offset, sigma, n, eps) if eps else start
    caught = [a - b for a, b in zip(start, end)]
    if eps and max(start) > 0.9:  # then the complements differ by more of themselves
        low = survivals(mean, noise, offset, sigma, n, 0, -1)
        high = survivals(mean, noise, offset, sigma, n, eps, -1)
        caught = [h - l if a > 0.9 else c for a, h, l, c in zip(start, high, low, caught)]
    clean, adversarial = average(start), average(end)
    inputs = [exact(v) for v in (mean, noise, offset, sigma)] + [name(votes), exact(eps)]
    outputs = (clean, adversarial, adversarial / clean, average(caught) / clean)
    return inputs + [digits(v) for v in outputs]


def invariance_row(point):
    mean, noise, offset, sigma, votes = point
    d = disagreement(mean, noise, offset, sigma, odd(votes))
    inputs = [exact(v) for v in (mean, noise, offset, sigma)] + [name(votes)]
    return inputs + [digits(1 - d), digits(d)]


def main():
    inputs = ["mean", "noise", "offset", "sigma", "votes"]
    rates = ["clean_accuracy", "adversarial_accuracy", "robust_accuracy", "attack_success_rate"]
    tables = (
        ("accuracy.csv", inputs + ["eps"] + rates, accuracy_row, accuracy_points()),
        ("invariance.csv", inputs + ["invariance", "disagreement"], invariance_row, invariance_points()),
        ("vote.csv", inputs + ["eps"] + rates, accuracy_row, vote_points()),
    )
    with Pool() as pool:
        for file, header, row, points in tables:
            write(file, header, pool.map(row, points, chunksize=1))
