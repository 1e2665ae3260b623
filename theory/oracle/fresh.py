"""Table of what a classifier with fresh draws for the clean and the attacked input achieves: fresh.csv.

    python3 generate.py fresh   writes the table beside this file (about 2 minutes)

Columns: both_correct = P[right on the clean and on the attacked input], robust_accuracy =
both_correct/A(0), attack_success_rate = P[right on the clean, wrong on the attacked input]/A(0).

Independence: the Rust code integrates the product of the two conditional probabilities over the
input. Here both_correct is found without that integral.

One draw: Plackett's identity, the derivative of the bivariate normal by its correlation is its
density. With h = M/s, k = (M - eps)/s, rho = noise^2/s^2, rho = sin(theta):

    P[both] = Phi(h) Phi(k) + 1/(2 pi) int_0^asin(rho) exp(-(h-k)^2/(2 cos^2) - h k/(1 + sin)) dtheta

Source: Z. Drezner and G. O. Wesolowsky, J. Stat. Comput. Simul. 35 (1990), 101-107. By tanh-sinh
quadrature on panels that narrow geometrically towards theta = pi/2.

Votes: both are right exactly if the input is above two random thresholds, one median each. So it is
the expectation of the input's tail at the larger of the two, whose density is f1 F2 + F1 f2: an
integral over the medians, F and f being exact sums and products of binomial terms.

The probability of right, then wrong is A(0) - P[both] for one draw. For votes it is the integral
over the input; that it and P[both] add up to A(0), from accuracy.py, is checked on every row.

Precision: 70 working digits for one draw, 55 for votes. 40 are printed; good are at least 35 of
P[both], and 30 of an attack success rate above 1e-30.
"""

from multiprocessing import Pool

from mpmath import mp, mpf

from accuracy import average, integral, leading, majority, odd, phi, survivals
from common import digits, exact, generator, write


def normal_pair(h, k, c2, sine):
    """P[Z1 < h, Z2 < k] for correlation rho; sine = rho >= 0, c2 = 1 - rho^2."""
    def power(theta):
        """In terms of theta = pi/2 - angle: no digits are lost near rho = 1."""
        c, s = mp.sin(theta), mp.cos(theta)
        return -(((h - k) / c) ** 2) / 2 - h * k / (1 + s)

    last = mp.atan2(mp.sqrt(c2), sine)
    marks, mark = {last, mp.pi / 2}, mpf(1)
    while mark > last:
        marks.add(mark)
        mark /= 3
    if h * k > 0:  # where sin = h/k or k/h, the integrand is greatest
        marks.add(max(last, mp.acos(min(h / k, k / h))))
    top = max(map(power, marks))  # so that quad, whose tolerance is absolute, sees numbers near 1
    value, error = mp.quad(lambda x: mp.exp(power(x) - top), sorted(marks), error=True, maxdegree=9)
    assert error < value * mpf("1e-45"), (h, k, sine, value, error)
    return phi(h) * phi(k) + mp.exp(top) * value / (2 * mp.pi)


def one_draw(mean, noise, u, sigma, eps):
    s2 = noise**2 + sigma**2
    s = mp.sqrt(s2)
    rho = noise**2 / s2
    h, k = (mean + u) / s, (mean + u - eps) / s
    both = normal_pair(h, k, sigma**2 * (s2 + noise**2) / s2**2, rho)
    return both, phi(h) - both


def voted(mean, noise, u, sigma, n, eps):
    h = (n - 1) // 2
    width = sigma / mp.sqrt(n)

    def parts(s):
        """The distribution, its complement, and the density of the median at a threshold s."""
        x = s / sigma
        p, q = phi(x), phi(-x)
        density = leading(h) * (h + 1) * (p * q) ** h * mp.npdf(x) / sigma
        return p, q, density

    def tail(s):
        return phi((mean - s) / noise)

    def first(s):
        _, _, f = parts(s + u)
        p, q, _ = parts(s + u - eps)
        return tail(s) * f * majority(p, q, h)

    def second(s):
        p, q, _ = parts(s + u)
        _, _, f = parts(s + u - eps)
        return tail(s) * f * majority(p, q, h)

    def caught(t):
        p1, q1, _ = parts(t + u)
        p2, q2, _ = parts(t + u - eps)
        density = mp.npdf((t - mean) / noise) / noise
        return density * majority(p1, q1, h) * majority(q2, p2, h)

    one = integral(first, -mp.inf, mp.inf, mean, noise)
    two = integral(second, -mp.inf, mp.inf, mean, noise) if eps else one
    middle = eps / 2 - u  # a step on each side of it
    low = integral(caught, -mp.inf, middle, -u, width)
    return one + two, low + integral(caught, middle, mp.inf, eps - u, width)


def fresh(point):
    """P[both], P[right, then wrong], A(0)."""
    votes = odd(point[4])
    mean, noise, u, sigma, eps = map(mpf, point[:4] + point[5:])
    clean = average(survivals(mean, noise, u, sigma, votes, 0))
    if votes == mp.inf or sigma == 0:
        both = average(survivals(mean, noise, u, sigma, votes, eps))
        return both, clean - both, clean
    shifts = (u, -u) if u else (u,)
    if votes == 1:
        found = [one_draw(mean, noise, v, sigma, eps) for v in shifts]
    else:
        found = [voted(mean, noise, v, sigma, votes, eps) for v in shifts]
    both, caught = (average(values) for values in zip(*found))
    assert abs(both + caught - clean) < clean * mpf("1e-36"), (point, both, caught, clean)
    return both, caught, clean


def row(point):
    with mp.workdps(70 if odd(point[4]) in (1, mp.inf) else 55):
        both, caught, clean = fresh(point)
        inputs = [exact(v) for v in point[:4]] + [str(point[4]), exact(point[5])]
        return inputs + [digits(v) for v in (both, both / clean, caught / clean)]


def points():
    found = []
    for sigma in (0.0, 0.3, 1.0, 2.0, 1e6):
        for offset in (1.0, 0.0):
            for eps in (0.0, 0.5, 1.0, 40.0):
                found.append((1.0, 1.0, offset, sigma, 1, eps))
    for sigma in (1e-9, 1e-4, 0.02, 30.0, 1e4):
        found.append((1.0, 1.0, 0.0, sigma, 1, 0.3))
        found.append((-1.0, 1.0, 0.5, sigma, 2, 1e-7))
    for mean in (-30.0, -50.0, 9.0, 6.0):
        found.append((mean, 1.0, 0.25, 0.5, 1, 0.4))
    found.append((1.0, 1.0, 0.0, 1.0, "inf", 0.5))
    r = generator("fresh")
    for _ in range(24):
        found.append((
            r.choice((1.0, r.uniform(-6, 6))),
            r.choice((1.0, 10 ** r.uniform(-2, 2))),
            r.choice((0.0, r.uniform(-3, 3))),
            r.choice((10 ** r.uniform(-6, 6), r.uniform(0, 4))),
            1,
            r.choice((10 ** r.uniform(-10, 1.6), r.uniform(0, 2), 40.0)),
        ))
    for n in (3, 11, 101):
        found.append((1.0, 1.0, 0.0, 1.0, n, 0.5))
        found.append((1.0, 1.0, 0.5, 0.3, n, 0.1))
        found.append((1.0, 1.0, 0.0, 2.0, n, 0.0))
        found.append((1.0, 1.0, 0.0, 2.0, n, 30.0))
        found.append((1.0, 1.0, 0.0, 1e-5, n, 0.25))
        found.append((-1.5, 0.5, 0.0, 1e6, n, 2.0))
        found.append((1.0, 1e-3, 0.0, 1.0, n, 1.25))
        found.append((-20.0, 1.0, 0.0, 0.6, n, 0.01))
        found.append((-45.0, 1.0, 0.0, 0.8, n, 0.3))  # both accuracies underflow
    for n in (5, 12, 51, 79, 81, 83, 85, 201):  # among them, both sides of a change of method
        found.append((
            r.uniform(-2, 3), 10 ** r.uniform(-1, 1), 0.0, 10 ** r.uniform(-2, 2), n, r.uniform(0, 3)
        ))
    for n, noise in ((3, 1e-3), (31, 0.05), (85, 0.0025), (301, 0.05)):  # deep in the median's tail
        sigma = 10 ** r.uniform(-0.5, 1.5)
        w = (r.uniform(100, 600) / n) ** 0.5
        found.append((r.uniform(-1, 1), noise, 0.0, sigma, n, min(40.0, sigma * w)))
    for n in (1001, 10**4 + 1):
        found.append((1.0, 1.0, 0.0, 1.0, n, 0.5))
        found.append((1.0, 0.01, 0.0, 50.0, n, 1.0))
    found.append((1.0, 1.0, 0.0, 30.0, 1001, 10.0))
    found.append((-1.0, 1.0, 0.0, 1e6, 1001, 1e-6))
    found.append((1.0, 1e-2, 0.0, 1e3, 10**6, 2.0))
    return found


def main():
    header = ["mean", "noise", "offset", "sigma", "votes", "eps"]
    header += ["both_correct", "robust_accuracy", "attack_success_rate"]
    with Pool() as pool:
        write("fresh.csv", header, pool.map(row, points(), chunksize=1))
