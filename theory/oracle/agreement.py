"""Table of the rate of invariance in d dimensions: agreement.csv.

    python3 generate.py agreement   writes the table beside this file (some minutes)

A row: d, prior, then lists with blanks between numbers: mean, covariance (d*d by rows), the mean of theta and
its covariance (blank without a defence), weights; bias, votes, the undefended weights, their bias; then
agreement = P[majority of sgn(w.(x + theta) + b) = sgn(w0.x + b0)] and disagreement.

Independence: the Rust code takes every case by an integral over what U = w.(x + theta) + b and V = w0.x + b0
share. Here one draw and the limit (bivariate normal with means h, k in their standard deviations and
correlation cos(psi)) come from the angle, by Plackett's identity dPhi2/drho = phi2 from rho = 1 downwards:

    P[U > 0 > V] = (Phi(h) - Phi(k))_+ + 1/(2 pi) int_0^psi exp(-(h - k)^2/(2 sin^2 t) - h k/(1 + cos t)) dt

(R. L. Plackett, Biometrika 41 (1954), 351-360). Finite votes: an integral over w.x, the majority by the
binomial sum; at two rows that is compared with an integral of the first formula over the median. 40 digits are printed; good are at least 25.
"""

import math

from mpmath import mp, mpf

from common import digits, exact, generator, write

WORKING = 75


def phi(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def pdf(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def dot(a, b):
    return mp.fsum(x * y for x, y in zip(a, b))


def between(a, b):
    """P[a < Z < b], 0 if b < a."""
    if b <= a:
        return mpf(0)
    return phi(b) - phi(a) if a < 0 else phi(-a) - phi(-b)


def panels(at, width, low, high):
    """Points about a step, wider and wider, within low .. high."""
    found = {low, high}
    for k in range(-1, 300):
        reach = width * mpf(3) ** k
        found |= {p for p in (at - reach, at + reach) if low < p < high}
        if reach > high - low:
            break
    if low < at < high:
        found.add(at)
    return sorted(found)


def integral(f, points):
    return mp.quad(f, points, method="gauss-legendre")


def orthant(h, k, psi):
    """P[X > -h, Y < -k] of standard normals with correlation cos(psi), psi <= pi/2."""
    start = between(-h, -k)
    if psi == 0:
        return start
    gap = abs(h - k)

    def f(t):
        return mp.exp(-(gap**2) / (2 * mp.sin(t) ** 2) - h * k / (1 + mp.cos(t))) if t else mpf(0)

    low = gap / 25 if gap else mpf(0)  # exp(-300) before
    low = max(low, psi * mpf(10) ** -80) if gap else low
    if low >= psi:
        low = psi / 2 if gap < 40 * psi else psi  # all of it is at the end
    if low == psi:
        # the far tail: near psi alone
        points = [psi * (1 - mpf(2) ** -j) for j in range(40, -1, -1)]
        points = sorted(set(points + [psi]))
    else:
        points, t = [psi], psi
        while gap and t > 2 * low:
            t /= 2
            points.append(t)
        points = [low if gap else mpf(0)] + sorted(points)
        # the end carries the most where the exponent is large
        points = sorted(set(points + [psi - (psi - points[-2]) * mpf(2) ** -j for j in range(1, 12)]))
    return start + integral(f, points) / (2 * mp.pi)


def normal_pair(h, k, psi):
    """(P[same sign], P[different]) of a bivariate normal."""
    def apart(h, k, psi):
        return orthant(h, k, psi) + orthant(-h, -k, psi)

    if psi <= mp.pi / 2:
        different = apart(h, k, psi)
        return 1 - different, different
    same = apart(h, -k, mp.pi - psi)
    return same, 1 - same


def majority(n, x):
    """sum of C(n, j) p^j q^(n-j) from j = (n + 1)/2, by Horner's rule in p/q; every term is positive."""
    p, q = phi(x), phi(-x)
    half = (n + 1) // 2
    if q == 0:
        return mpf(1)
    total, odds = mpf(0), p / q
    for j in range(n, half - 1, -1):
        total = total * odds + math.comb(n, j)
    return total * p**half * q ** (n - half)


def voted_pair(a, s, sigma, b, alpha, tau, n):
    """The same where U = a + s z + sigma M, V = b + alpha z + tau e."""
    def orth(sign_u, sign_v):
        def f(z):
            value = pdf(z) * majority(n, sign_u * (a + s * z) / sigma)
            return value * phi(sign_v * (b + alpha * z) / tau) if tau else value

        edge = 15 + int(min(abs(a) / s + abs(b) / mp.hypot(alpha, tau), 60))
        low, high = mpf(-edge), mpf(edge)
        points = set(panels(-a / s, sigma / s / mp.sqrt(n), low, high)) | set(range(-edge, edge + 1, 3))
        if tau and alpha:
            points |= set(panels(-b / alpha, abs(tau / alpha), low, high))
        if not tau:
            end = -b / alpha
            up = sign_v * alpha > 0
            low, high = (max(low, end), high) if up else (low, min(high, end))
            points = {p for p in points if low < p < high} | {low, high}
        points = sorted(mpf(p) for p in points)
        return integral(f, points) if low < high else mpf(0)

    different = orth(1, -1) + orth(-1, 1)
    same = orth(1, 1) + orth(-1, -1)
    assert abs(same + different - 1) < mpf("1e-32"), (same + different - 1, a, s, sigma, b, alpha, tau, n)
    return same, different


def by_the_median(a, s, sigma, b, alpha, tau, n):
    """P[different] as E over M, to fewer digits."""
    h = (n - 1) // 2
    other = mp.hypot(alpha, tau)
    psi = mp.atan2(tau, alpha)
    top = mpf(12) if n < 10 else mpf(4)

    def f(m):
        p, q = phi(m), phi(-m)
        density = mp.factorial(n) / mp.factorial(h) ** 2 * (p * q) ** h * pdf(m)
        return density * normal_pair((a + sigma * m) / s, b / other, psi)[1]

    kink = (b / other * s - a) / sigma
    points = sorted({-top, -top / 3, mpf(0), top / 3, top} | ({kink} if -top < kink < top else set()))
    return mp.quad(f, points, maxdegree=5)


def row(point):
    mp.dps = WORKING
    check, prior, mean, covariance, shift, spread, w, bias, votes, w0, bias0 = point
    d = len(mean)
    number = [mpf(x) for x in covariance]
    sigma_ = [number[d * i : d * i + d] for i in range(d)]
    m, u, v = ([mpf(x) for x in part] for part in (mean, w, w0))
    su = [dot(r, u) for r in sigma_]
    s = mp.sqrt(dot(u, su))
    share = dot(v, su) / dot(u, su)
    rest = [y - share * x for x, y in zip(u, v)]
    tau = mp.sqrt(abs(dot(rest, [dot(r, rest) for r in sigma_])))
    alpha = share * s
    if all(x * v[0] == y * u[0] for x, y in zip(u, v)):
        tau = mpf(0)
    offset, sigma = mpf(bias), mpf(0)
    if shift:
        number = [mpf(x) for x in spread]
        offset += dot(u, [mpf(x) for x in shift])
        sigma = mp.sqrt(abs(dot(u, [dot(number[d * i : d * i + d], u) for i in range(d)])))
    n = 1 if votes == 2 else votes
    same = different = mpf(0)
    for y, weight in ((1, mpf(prior)), (-1, 1 - mpf(prior))):
        a, b = y * dot(u, m) + offset, y * dot(v, m) + mpf(bias0)
        other = mp.hypot(alpha, tau)
        # quadratures stop at an absolute error: as many digits more as the tail takes away
        deep = int(0.22 * float(min(abs(a) / s, 40)) ** 2)
        mp.dps = WORKING + deep
        if n == "inf" or sigma == 0:
            found = normal_pair(a / s, b / other, mp.atan2(tau, alpha))
        elif n == 1:
            total = mp.hypot(s, sigma)
            # the sine and cosine of the angle, times total*other
            apart = mp.sqrt(s**2 * tau**2 + sigma**2 * other**2)
            found = normal_pair(a / total, b / other, mp.atan2(apart, s * alpha))
        else:
            mp.dps = 45 + deep
            found = voted_pair(a, s, sigma, b, alpha, tau, n)
            if check:
                mp.dps = 20
                again = by_the_median(a, s, sigma, b, alpha, tau, n)
                assert abs(again - found[1]) < mpf("1e-13"), (again, found, point)
        mp.dps = WORKING
        same += weight * found[0]
        different += weight * found[1]

    def many(x):
        return " ".join(exact(v) for v in x)

    return [
        str(d), exact(prior), many(mean), many(covariance), many(shift), many(spread), many(w), exact(bias),
        str(votes), many(w0), exact(bias0), digits(same), digits(different),
    ]


def positive(rng, d, ridge, rank=None):
    """A A' + ridge I in doubles, the two halves the same."""
    a = [[rng.gauss(0, 1) for _ in range(rank or d)] for _ in range(d)]
    return [
        sum(x * y for x, y in zip(a[max(i, j)], a[min(i, j)])) + ridge * (i == j) for i in range(d) for j in range(d)
    ]


def points():
    rng = generator("agreement")
    votes = (1, 2, 5, 11, 101, "inf")
    for d in (1, 2, 6):
        for n in votes:
            for prior in (0.5, 0.3):
                mean = [rng.gauss(0, 1) for _ in range(d)]
                covariance = positive(rng, d, 0.3)
                spread = positive(rng, d, 0.0, max(1, d - 1))
                shift = [rng.gauss(0, 0.5) for _ in range(d)]
                w = [rng.gauss(0, 1) for _ in range(d)]
                for kind in ("any", "bias", "near", "parallel", "opposite", "tail"):
                    if d == 1 and kind == "near":
                        continue
                    if n in (2, 11) and kind not in ("any", "near"):
                        continue
                    bias, bias0, v = 0.0, 0.0, [x + 0.7 * rng.gauss(0, 1) * (d > 1) for x in w]
                    far = mean
                    if kind == "bias":
                        bias, bias0 = rng.gauss(0, 1), rng.gauss(0, 1)
                    if kind == "near":
                        size = rng.choice((1e-4, 1e-9, 1e-14))
                        v = [x + size * rng.gauss(0, 1) for x in w]
                        bias0 = rng.choice((0.0, 0.3))
                        bias = rng.choice((0.0, bias0))
                    if kind == "parallel":
                        v, bias0 = [4.0 * x for x in w], rng.gauss(0, 1)
                    if kind == "opposite":
                        v, bias0 = [-0.5 * x for x in w], rng.choice((0.0, rng.gauss(0, 1)))
                    if kind == "tail":  # both are right but for chances of some 1e-20 and below
                        lift = rng.choice((8, 12, 20))
                        far = [lift * sum(covariance[d * i + j] * w[j] for j in range(d)) for i in range(d)]
                        bias = bias0 = 0.0
                        unit = sum(x * y for x, y in zip(w, far)) / lift
                        far = [x / unit**0.5 for x in far]
                    yield (kind == "bias" and n == 5 and prior == 0.3 and d != 6, prior, far, covariance, shift, spread, w, bias, n, v, bias0)
        # no defence; noise that is next to nothing; noise that is next to all
        for prior in (0.5, 0.3):
            mean = [rng.gauss(0, 1) for _ in range(d)]
            covariance = positive(rng, d, 0.3)
            w = [rng.gauss(0, 1) for _ in range(d)]
            v = [x + 0.3 * rng.gauss(0, 1) for x in w]
            yield (False, prior, mean, covariance, [], [], w, 0.2, "inf", v, -0.1)
            for scale in (1e-12, 1e-4, 1e4):
                spread = [scale**2 * x for x in positive(rng, d, 0.1)]
                for n in (1, 5):
                    yield (False, prior, mean, covariance, [0.1] * d, spread, w, 0.0, n, v, 0.0)
        covariance = positive(rng, d, 1e-9, max(1, d - 1))  # nearly singular
        for n in (1, 5, "inf"):
            yield (False, 0.3, mean, covariance, [0.1] * d, positive(rng, d, 0.1), w, 0.1, n, v, 0.0)


def main():
    from multiprocessing import Pool

    header = "d,prior,mean,covariance,shift,spread,weights,bias,votes,undefended,undefended_bias,agreement,disagreement"
    with Pool() as pool:
        write("agreement.csv", header.split(","), pool.map(row, list(points()), chunksize=1))


if __name__ == "__main__":
    main()
