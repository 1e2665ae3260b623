"""Table of accuracies and invariances at the corners of the domain: extremes.csv.

    python3 generate.py extremes   writes the table beside this file (some minutes)

Columns: those of accuracy.csv, the draw protocol (tries: 0 is one shared draw), and, for one shared draw, the
disagreement with the undefended classifier, else 0.

Independence: everything is an integral over the input, z standard normal, of products of binomial sums, as it
is defined. None of the cleverness of the Rust code is needed here, because there are enough digits: 95, and
700 for parameters below 1e-60. A success rate is the difference of two
integrals only where that is at least 1e-4 of them, else an integral of its own. The quadratures are good to 1e-24;
25 digits are printed, of which at least 20 are good.

A row costs some 5 s of processor time, and several minutes where 700 digits are needed. So a table that is there is
kept, and `generate.py extremes` adds the points it does not have; the one checked in has 113 of 346, taken in
random order.

Each integrand is log-concave. Its peak is found by bisection on the derivative of its logarithm, the range by
bisection on the logarithm, and the integral by Gauss-Legendre rules on panels that narrow towards the peak and
towards every step.
"""

from multiprocessing import Pool

import mpmath
from mpmath import mp, mpf

from accuracy import average, leading, legendre, odd, phi
from common import HERE, exact, generator, write

DROP = 70  # an integrand is cut off at e^-70 of its peak
RULES = {}


def rule():
    if mp.dps not in RULES:
        RULES[mp.dps] = legendre(20)
    return RULES[mp.dps]


def majority(x, h):
    """P[the median of 2h+1 normals is below x], with relative accuracy for x < 0."""
    if h == 0:
        return phi(x)
    if x > 0:
        return 1 - majority(-x, h)
    p, q = phi(x), phi(-x)
    bits = mp.prec + 40
    ratio = int(mp.floor(mp.ldexp(p / q, bits)))
    term, total, i = 1 << bits, 0, 0
    while term and i <= h:
        total += term
        term = ((term * ratio) >> bits) * (h - i) // (h + 2 + i)
        i += 1
    return leading(h) * p * (p * q) ** h * mp.ldexp(mpf(total), -bits)


def density(x, h):
    """The derivative of the same by x."""
    normal = mp.npdf(x)
    return normal * leading(h) * (h + 1) * (phi(x) * phi(-x)) ** h if h else normal


class Factor:
    """majority((constant + rate*z))^power as a factor of an integrand."""

    def __init__(self, constant, rate, h, power):
        self.constant, self.rate, self.h, self.power = constant, rate, h, power

    def at(self, z):
        return majority(self.constant + self.rate * z, self.h) ** self.power

    def slope(self, z):
        x = self.constant + self.rate * z
        return self.power * self.rate * density(x, self.h) / majority(x, self.h)

    def marks(self):
        middle, width = -self.constant / self.rate, 1 / (abs(self.rate) * mp.sqrt(2 * self.h + 1))
        yield middle
        for k in (1, 4, 16, 64):
            yield middle - k * width
            yield middle + k * width
        if self.power > 1:  # where x^T turns from 0 to 1
            for k in range(2, 8):
                yield middle + mp.sign(self.rate) * k * width

    def width(self):
        return 1 / (abs(self.rate) * mp.sqrt((2 * self.h + 1) * self.power))


class Window(Factor):
    """majority(x) - majority(x - width), x = constant + rate*z."""

    def __init__(self, constant, rate, h, width):
        super().__init__(constant, rate, h, 1)
        self.gap = width

    def at(self, z):
        x = self.constant + self.rate * z
        if x > 0:  # by the upper tails, which keep their digits
            return majority(self.gap - x, self.h) - majority(-x, self.h)
        return majority(x, self.h) - majority(x - self.gap, self.h)

    def slope(self, z):
        x = self.constant + self.rate * z
        return self.rate * (density(x, self.h) - density(x - self.gap, self.h)) / self.at(z)

    def marks(self):
        yield from super().marks()
        yield from Factor(self.constant - self.gap, self.rate, self.h, 1).marks()


def expectation(factors, low=None, high=None):
    """E of the product over a standard normal z, from low to high."""
    if not factors:
        return phi(mp.inf if high is None else high) - (0 if low is None else phi(low))
    finest = min([mpf(1)] + [f.width() for f in factors])

    def slope(z):
        return mp.fsum(f.slope(z) for f in factors) - z

    def log(z):
        v = mp.fprod(f.at(z) for f in factors)
        return mp.log(v) - z * z / 2 if v > 0 else -mp.inf

    start = mpf(0)
    if low is not None:
        start = max(start, low)
    if high is not None:
        start = min(start, high)
    sign = mp.sign(slope(start))
    step, near, far = sign * finest, start, start + sign * finest
    while mp.sign(slope(far)) == sign and step:
        near, step = far, 2 * step
        far = far + step
        if (low is not None and far < low) or (high is not None and far > high):
            break
    while abs(far - near) > finest / 10:
        middle = (near + far) / 2
        if mp.sign(slope(middle)) == sign:
            near = middle
        else:
            far = middle
    peak = (near + far) / 2
    if low is not None:
        peak = max(peak, low)
    if high is not None:
        peak = min(peak, high)
    top = log(peak)

    def end(sign, limit):
        if limit is not None and (limit == peak or log(limit) > top - DROP):
            return limit
        near, step = peak, sign * finest
        far = peak + step
        while log(far) > top - DROP:
            near, step = far, 2 * step
            far = peak + step
        for _ in range(60):
            if log(far) > top - DROP - 15:
                break
            middle = (near + far) / 2
            if log(middle) > top - DROP:
                near = middle
            else:
                far = middle
        if limit is not None and (far - limit) * sign > 0:
            return limit
        return far

    low, high = end(-1, low), end(1, high)
    marks = [low, peak, high]
    for side in (low, high):
        marks += [peak + (side - peak) / 2**k for k in range(1, 7)]
    for factor in factors:
        marks += [t for t in factor.marks() if low < t < high]
    marks = sorted(set(marks))

    def value(z):
        return mp.fprod(f.at(z) for f in factors) * mp.exp(-z * z / 2 - top)

    def panel(a, b):
        centre, half = (a + b) / 2, (b - a) / 2
        return half * mp.fsum(w * value(centre + half * x) for x, w in rule())

    work = [(a, b, panel(a, b)) for a, b in zip(marks, marks[1:])]
    scale = mp.fsum(v for _, _, v in work)
    done = []
    while work:
        a, b, whole = work.pop()
        middle = (a + b) / 2
        first, second = panel(a, middle), panel(middle, b)
        if abs(first + second - whole) < scale * mpf("1e-24"):
            done.append(first + second)
        else:
            work += [(a, middle, first), (middle, b, second)]
    return mp.exp(top) * mp.fsum(done) / mp.sqrt(2 * mp.pi)


def class_rates(mean, noise, u, sigma, n, tries, eps):
    """P[clean right], P[attacked right], P[both], P[clean right, attacked wrong], P[unlike the undefended]."""
    c = mean + u
    if n == mp.inf or sigma == 0:
        clean, attacked = phi(c / noise), phi((c - eps) / noise)
        ends = sorted((-mean / noise, -c / noise))
        caught = between((c - eps) / noise, c / noise)
        return clean, attacked, attacked, caught, between(*ends)
    h, rate = (n - 1) // 2, noise / sigma
    first = Factor(c / sigma, rate, h, 1)
    attacked = Factor((c - eps) / sigma, rate, h, max(tries, 1))
    s = mp.sqrt(noise**2 + sigma**2)
    clean = phi(c / s) if h == 0 else expectation([first])
    if tries == 0:
        wrong_above = expectation([Factor(-c / sigma, -rate, h, 1)], low=-mean / noise)
        wrong_below = expectation([first], high=-mean / noise)
        differ = wrong_above + wrong_below
        right = phi((c - eps) / s) if h == 0 else expectation([attacked])
        if h == 0:
            return clean, right, right, between((c - eps) / s, c / s), differ
        caught = expectation([Window(c / sigma, rate, h, eps / sigma)]) if eps else mpf(0)
        return clean, right, right, caught, differ
    right = phi((c - eps) / s) if h == 0 and tries == 1 else expectation([attacked])
    both = expectation([first, attacked])
    if tries == 1:  # wrong is right with the signs turned round
        caught = expectation([first, Factor(-(c - eps) / sigma, -rate, h, 1)])
    else:
        caught = clean - both
        assert caught > clean * mpf("1e-4"), "choose another row"
    return clean, right, both, caught, mpf(0)


def between(a, b):
    """P[a < Z < b]."""
    if a > 0:
        return between(-b, -a)
    if b - a < mpf("1e-40") * (1 + abs(a)):  # by Taylor's series about the upper end
        w = b - a
        return mp.npdf(b) * w * (1 + b * w / 2 + (b * b - 1) * w * w / 6)
    return phi(b) - phi(a)


def row(point):
    mean, noise, offset, sigma, votes, tries, eps = point
    tiny = min([mpf(1)] + [mpf(v) for v in (noise, sigma, abs(offset), eps, abs(mean)) if v])
    dps = 95 if tiny > mpf("1e-60") else 700
    with mp.workdps(dps):
        n = odd(votes)
        shifts = (offset, -offset) if offset else (0.0,)
        found = [class_rates(*map(mpf, (mean, noise, u, sigma)), n if n == mp.inf else int(n), tries, mpf(eps)) for u in shifts]
        clean, right, both, caught, differ = (average(v) for v in zip(*found))
        if eps == 0 and (tries == 0 or n == mp.inf or sigma == 0):
            both, caught = clean, mpf(0)
        inputs = [exact(v) for v in (mean, noise, offset, sigma)] + [str(votes), str(tries), exact(eps)]
        text = []
        for v in (clean, right, both / clean, caught / clean, differ):
            text.append("0.0" if v < mpf("1e-330") else mpmath.nstr(v, 25, strip_zeros=False, min_fixed=0, max_fixed=0))
        print(",".join(inputs + text), flush=True)
        return inputs + text


def points():
    found = []
    # the issue's own
    found.append((-200000.0, 1.0, 0.0, 1e-5, 1, 1, 1e-9))
    found.append((-5088.290785057105, 1.0, 0.0, 131.56392559157428, 10**6, 0, 0.00008783060134528327))
    # trained and fresh where both sides are tiny
    for mean in (-319.0, -1e6, -1e15):
        z = abs(mean)
        for n in (1, 3, 11):
            for tries in (0, 1, 5):
                found.append((mean, 1.0, 0.0, 1.5 / z, n, tries, 0.3 / z))
                found.append((mean, 1.0, 0.2 / z, 1.5 / z, n, tries, 1.3 / z))
        for n in (1, 11):
            found.append((mean, 1.0, 0.0, 1.0, n, 0, 0.7 / z))
            found.append((mean, 1.0, 0.4 / z, 30.0, n, 0, 20.0 / z))
        found.append((mean, 1.0, 0.0, 0.5, 101, 0, 1.7 / z))
        found.append((mean, 1.0, 0.0, 1e6, 3, 0, 1e12 / z))
        found.append((mean, 1.0, 0.0, 1.0, "inf", 1, 0.7 / z))
    for n in (1, 3):
        for tries in (0, 1):
            found.append((-1e15, 1e-15, 0.0, 1e-45, n, tries, 3e-46))
            found.append((-1e15, 1e-15, 0.0, 1e-15, n, tries, 1e-45))
            found.append((-1e15, 1e-15, 0.0, 1e15, n, tries, 1e15))
            found.append((1e15, 1e-15, 0.0, 1e15, n, tries, 1e15))
            found.append((1e15, 1e-15, 1e15, 1e15, n, tries, 1e15))
            found.append((1e-15, 1e15, 1e-15, 1e15, n, tries, 1e15))
            found.append((1.0, 1e15, 0.0, 1e-15, n, tries, 0.5))
            found.append((1.0, 1e-15, 0.0, 1.0, n, tries, 0.5))
            found.append((1.0, 1e-15, 1.0, 1.0, n, tries, 0.0))
            found.append((0.0, 1e-15, 1e-15, 1e15, n, tries, 1e15))
            found.append((0.0, 1.0, 0.0, 1e15, n, tries, 1e15))
            found.append((-3.0, 1.0, 0.0, 1e15, n, tries, 2e15 / 3))
    # large numbers that cancel
    for n, tries in ((1, 0), (1, 1), (3, 0), ("inf", 0)):
        found.append((0.1, 1.0, 1e15, 1.0, n, tries, 1e15))
        found.append((0.06, 0.1, 1e15, 0.1, n, tries, 1e15))
        found.append((1e15, 1.0, 0.3, 0.5, n, tries, 1e15))
        found.append((1e-16, 1e-15, 1.0, 3e-15, n, tries, 1.0))
    # spreads and budgets that are all but nothing
    for sigma in (1e-30, 1e-100, 1e-160, 1e-310, 5e-324):
        for n in (1, 3):
            found.append((1.0, 1.0, 0.0, sigma, n, 0, 0.5))
            found.append((1.0, 1.0, 0.0, sigma, n, 1, 0.5))
            found.append((1.0, 1.0, 0.0, sigma, n, 1, sigma))
            found.append((1.0, 1.0, 0.0, sigma, n, 1, 0.0))
            found.append((-2.0, 1.0, 0.0, sigma, n, 2, 1.0))
            found.append((1.0, 1.0, sigma, sigma, n, 1, sigma))
            found.append((1.0, 1.0, 0.7, sigma, n, 1, 0.3))
    for eps in (5e-324, 1e-310, 1e-300, 1e-160, 1e-30):
        found.append((1.0, 1.0, 0.0, 1.0, 1, 0, eps))
        found.append((1.0, 1.0, 0.3, 1.0, "inf", 0, eps))
        found.append((-40.0, 1.0, 0.3, 0.0, 1, 0, eps))
        for n in (1, 3):
            found.append((1.0, 1.0, 0.3, 1.0, n, 1, eps))
    for tiny in (5e-324, 1e-300, 1e-30):
        found.append((tiny, 1.0, tiny, 1.0, 3, 1, 0.5))
        found.append((tiny, 1e-15, tiny, tiny, 3, 1, 1e-15))
        found.append((-tiny, 1e15, tiny, 1e15, 1, 0, 1e15))
    # many votes and tries
    for n, tries in ((1001, 1), (1001, 3), (10**6, 1), (1001, 0), (10**6, 0)):
        found.append((1.0, 1.0, 0.0, 1e10, n, tries, 1e7))
        found.append((-100.0, 1.0, 0.0, 0.5, n, tries, 0.004))
        found.append((-5e3, 1.0, 0.0, 20.0, n, tries, 1e-4))
        found.append((-1e9, 1.0, 0.0, 1e-8, n, tries, 2e-10))
    for tries in (1000, 10**6):
        found.append((1.0, 1.0, 0.0, 1e12, 1, tries, 1e9))
        found.append((-1e5, 1.0, 0.0, 1e-5, 1, tries, 1e-6))
        found.append((1e5, 1.0, 0.0, 2e4, 3, tries, 1.0))
    r = generator("extremes")
    corner = (1e-30, 1e-15, 1e-5, 1.0, 1e3, 1e5, 1e15)
    while len(found) < 346:
        mean = r.choice((-1, 1)) * r.choice(corner) * r.uniform(0.5, 2)
        noise = r.choice((1e-15, 1e-5, 1.0, 1e3, 1e15))
        offset = r.choice((0.0, 0.0, r.choice(corner) * r.uniform(0.2, 1)))
        sigma = r.choice(corner) * r.uniform(0.2, 1)
        eps = r.choice((0.0, *corner)) * r.uniform(0.2, 1)
        mean = max(-1e15, min(1e15, mean))
        n, tries = r.choice((1, 3, 11)), r.choice((0, 1, 1, 4))
        found.append((mean, noise, offset, sigma, n, tries, eps))
    return found


def safe(point):
    try:
        return row(point)
    except AssertionError:
        return None


def main():
    """Makes the rows that the table does not have yet."""
    header = ["mean", "noise", "offset", "sigma", "votes", "tries", "eps"]
    header += ["clean_accuracy", "adversarial_accuracy", "robust_accuracy", "attack_success_rate", "disagreement"]
    table = HERE / "extremes.csv"
    known = {}
    if table.exists():
        for line in table.read_text().splitlines()[1:]:
            cells = line.split(",")
            known[",".join(cells[:7])] = cells
    missing = [point for point in points() if key(point) not in known]
    with Pool(2) as pool:
        made = {",".join(row[:7]): row for row in pool.imap_unordered(safe, missing, chunksize=1) if row}
    known |= made
    write("extremes.csv", header, [known[key(point)] for point in points() if key(point) in known])


def key(point):
    return ",".join([exact(v) for v in point[:4]] + [str(point[4]), str(point[5]), exact(point[6])])
