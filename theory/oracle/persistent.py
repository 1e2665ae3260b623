"""Table of what a classifier achieves against an attacker who tries T times: persistent.csv.

    python3 generate.py persistent   writes the table beside this file (some minutes)

Columns: adversarial_accuracy = P[right in every try on the attacked input], both_correct = P[right
on the clean input, and in every try on the attacked one], robust_accuracy = both_correct/A(0),
attack_success_rate = P[right on the clean input, wrong in some try on the attacked one]/A(0).

Independence: the Rust code integrates powers of conditional probabilities over the input. Here the
first two are found without that integral. Every try has a threshold of its own, and all are right
exactly if the input is above the largest of them: an order statistic with the density T F^(T-1) f,
where F and f are the distribution and the density of one median. Right on the clean input too means
above the larger of that and the clean threshold, with the density f1 F2^T + F1 T F2^(T-1) f2. So
both are the expectation of the input's tail over that threshold: an integral over thresholds, F and
f being exact sums and products of binomial terms.

The probability of right, then wrong is an integral over the input; that it and both_correct add up
to A(0), which accuracy.py has by another way still, is checked on every row, and for T = 1 and one
draw that both_correct is the bivariate normal probability of fresh.py.

Precision: 55 working digits. 40 are printed; good are at least 35 of the first two, and 30 of an
attack success rate above 1e-30.
"""

from multiprocessing import Pool

from mpmath import mp, mpf

from accuracy import average, integral, leading, majority, odd, phi, survivals
from common import digits, exact, generator, write
from fresh import one_draw


def knee(h, tries):
    """The median of the largest of `tries` medians of 2h + 1, to three digits or so."""
    low, high = mpf(0), mpf(40) / mp.sqrt(2 * h + 1)
    while high - low > (low + high) / 1000 + mpf("1e-9"):
        middle = (low + high) / 2
        if tries * mp.log1p(-majority(phi(-middle), phi(middle), h)) < -mp.log(2):
            low = middle
        else:
            high = middle
    return high


def tried(mean, noise, u, sigma, n, tries, eps):
    """P[all tries right], P[clean and all tries right], P[clean right, some try wrong]."""
    h = (n - 1) // 2
    width = sigma / mp.sqrt(n)
    top = sigma * knee(h, tries)

    def law(s):
        """The distribution of one threshold's median at s, its complement, and its density."""
        x = s / sigma
        p, q = phi(x), phi(-x)
        density = leading(h) * (h + 1) * (p * q) ** h * mp.npdf(x) / sigma
        return majority(p, q, h), majority(q, p, h), density

    def tail(s):
        return phi((mean - s) / noise)

    def power(below, above, k):
        return mp.exp(k * (mp.log1p(-above) if below > above else mp.log(below)))

    def endures(s):
        below, above, f = law(s + u - eps)
        return tail(s) * tries * power(below, above, tries - 1) * f

    def first(s):
        _, _, f = law(s + u)
        below, above, _ = law(s + u - eps)
        return tail(s) * f * power(below, above, tries)

    def second(s):
        return endures(s) * law(s + u)[0]

    def caught(t):
        density = mp.npdf((t - mean) / noise) / noise
        below, above, _ = law(t + u - eps)
        some = -mp.expm1(tries * mp.log1p(-above)) if below > above else 1 - power(below, above, tries)
        return density * law(t + u)[0] * some

    def over(f, *steps):
        """The integral of f, whose steps are at these (place, width): each in a piece of its own."""
        steps = sorted(steps)
        ends = [(a[0] + b[0]) / 2 for a, b in zip(steps, steps[1:])]
        ends = [-mp.inf, *ends, mp.inf]
        return mp.fsum(integral(f, *part, *step) for *part, step in zip(ends, ends[1:], steps) if part[0] < part[1])

    attacked, clean, data = (eps - u + top, width / 4), (-u, width / 4), (mean, noise)
    right = over(endures, attacked, data)
    both = over(first, attacked, data) + over(second, attacked, data)
    return right, both, over(caught, clean, attacked)


def persistent(point):
    votes, tries = odd(point[4]), point[5]
    mean, noise, u, sigma, eps = map(mpf, point[:4] + point[6:])
    clean = average(survivals(mean, noise, u, sigma, votes, 0))
    if votes == mp.inf or sigma == 0:
        adversarial = average(survivals(mean, noise, u, sigma, votes, eps))
        return adversarial, adversarial, clean - adversarial, clean
    shifts = (u, -u) if u else (u,)
    found = [tried(mean, noise, v, sigma, votes, tries, eps) for v in shifts]
    adversarial, both, caught = (average(values) for values in zip(*found))
    assert abs(both + caught - clean) < clean * mpf("1e-36"), (point, both, caught, clean)
    if tries == 1 and votes == 1:
        plackett = average([one_draw(mean, noise, v, sigma, eps)[0] for v in shifts])
        assert abs(both - plackett) < both * mpf("1e-34"), (point, both, plackett)
    return adversarial, both, caught, clean


def row(point):
    with mp.workdps(55):
        adversarial, both, caught, clean = persistent(point)
        inputs = [exact(v) for v in point[:4]] + [str(v) for v in point[4:6]] + [exact(point[6])]
        return inputs + [digits(v) for v in (adversarial, both, both / clean, caught / clean)]


def points():
    found = []
    for tries in (1, 2, 5, 20, 1000, 10**6):
        found.append((1.0, 1.0, 0.0, 1.0, 1, tries, 0.5))
        found.append((1.0, 1.0, 0.0, 1.0, 3, tries, 0.0))
        found.append((1.0, 1.0, 0.5, 0.3, 11, tries, 0.1))
        found.append((2.0, 0.5, 0.0, 2.0, 101, tries, 1.0))
        found.append((6.0, 1.0, 0.0, 0.2, 1, tries, 0.5))  # a success rate that is tiny
    for tries in (2, 1000):
        found.append((1.0, 1.0, 1.0, 1.0, 1, tries, 0.5))
        found.append((1.0, 1.0, 0.0, 1e-6, 1, tries, 0.25))
        found.append((1.0, 1.0, 0.0, 1.0, 1001, tries, 0.5))
        found.append((1.0, 1.0, 0.5, 1.0, "inf", tries, 0.5))
        found.append((1.0, 1.0, 0.5, 0.0, 1, tries, 0.5))
        found.append((-1.5, 0.5, 0.0, 1e6, 3, tries, 2.0))
        found.append((-20.0, 1.0, 0.25, 0.6, 1, tries, 0.01))
        found.append((-45.0, 1.0, 0.0, 0.8, 11, tries, 0.3))  # all underflow
        found.append((1.0, 1.0, 0.0, 1.0, 1, tries, 40.0))
        found.append((1.0, 0.05, 0.0, 1e-3, 2, tries, 1.0))
    r = generator("persistent")
    for n in (1, 3, 101):  # sigma >> noise, and T*ln F about -650 to -50
        for tries in (200, 3000, 10**6):
            sigma = 10 ** r.uniform(-1, 1)
            with mp.workdps(20):
                p = mp.exp(-mpf(r.uniform(50, 650)) / tries)
                x = float(mp.sqrt(mp.pi / (2 * n)) * -mp.sqrt(2) * mp.erfinv(1 - 2 * p)) if p > 1e-9 \
                    else -float(mp.sqrt(-2 * mp.log(p) * mp.pi / (2 * n)))
            found.append((max(1.0, x * sigma + 0.5), 1e-3, 0.0, sigma, n, tries, 0.0))
            mean, noise, u, sigma, n, tries, _ = found[-1]
            found[-1] = (mean, noise, u, sigma, n, tries, min(40.0, max(0.0, mean - abs(x) * sigma
                         if x > 0 else mean + abs(x) * sigma)))
    for _ in range(6):
        found.append((
            r.uniform(-2, 3), 10 ** r.uniform(-1, 1), r.choice((0.0, r.uniform(-1, 1))),
            10 ** r.uniform(-2, 2), r.choice((1, 2, 5, 31, 83)), r.choice((3, 17, 400, 10**5)),
            r.choice((r.uniform(0, 2), 10 ** r.uniform(-6, 0))),
        ))
    return found


def main():
    header = ["mean", "noise", "offset", "sigma", "votes", "tries", "eps"]
    header += ["adversarial_accuracy", "both_correct", "robust_accuracy", "attack_success_rate"]
    with Pool() as pool:
        write("persistent.csv", header, pool.map(row, points(), chunksize=1))
