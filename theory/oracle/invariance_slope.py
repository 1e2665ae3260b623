"""Tables of the derivative of the rate of invariance by the threshold, and of the rate by Owen's T.

    python3 generate.py invariance_slope   writes invariance_slope.csv and invariance_owen.csv (minutes)

Independence: the Rust code has a closed form for one draw; here the disagreement 1 - R by Owen's T
function is differentiated numerically: dR/dk = d(1 - R)/du, u = offset, by the central difference of
order 6 over 1e-6 of sigma. Without spread, the same of the disagreement of accuracy.py. For votes the
Rust code integrates over the median, from its peak, half the line folded onto the other; here it is the
definition, an integral over the input t on each side of 0, in 80 digits:

    dR/dk = 1/2 int sgn(t) f(t) (g(t - u) - g(t + u)) dt,  g the density of sigma times the median

and for three votes at one point that, too, is checked against the difference of the disagreement.

Precision: truncation of the difference is below 1e-28 of the slope; the disagreement has 55 digits,
and a row is only written where 24 of them are left. 40 are printed.

The second table has the disagreement of one draw by Owen's T function, T(h, a) =
1/(2 pi) int_0^a exp(-h^2 (1 + x^2)/2)/(1 + x^2) dx, at 80 digits: with k = (mean + c)/s,

    P[differ | c] = 2 T(mean/noise, c noise/(mean sigma)) + 2 T(k, tau/k) + [mean (mean + c) < 0]
    tau = (mean sigma^2 - c noise^2)/(s noise sigma).
"""

from multiprocessing import Pool

from mpmath import mp, mpf

from accuracy import disagreement, integral, leading, odd, phi
from common import digits, exact, generator, write

# the central difference of order 6: f' = sum of c_j (f(+j) - f(-j))/step
WEIGHTS = [mpf(3) / 4, mpf(-3) / 20, mpf(1) / 60]


def difference(f, u, width):
    """f'(u), or None where too few digits are left."""
    step = width * mpf("1e-6")
    terms = []
    for j, weight in enumerate(WEIGHTS, 1):
        terms += [weight * f(u + j * step), -weight * f(u - j * step)]
    found = mp.fsum(terms)
    enough = abs(found) > max(map(abs, terms)) * mpf("1e-30")
    return found / step if enough else None


def definition(mean, noise, u, sigma, n):
    h = (n - 1) // 2
    if u < 0:
        return -definition(mean, noise, -u, sigma, n)

    def g(t):
        z = t / sigma
        return leading(h) * (h + 1) * (phi(z) * phi(-z)) ** h * mp.npdf(z) / sigma

    def side(sign):
        def f(t):
            if t <= 0:
                return mpf(0)
            density = mp.npdf((sign * t - mean) / noise) / noise
            return density * (g(t - u) - g(t + u))
        return integral(f, mpf(0), mp.inf, u, sigma / mp.sqrt(n))

    return (side(1) + side(-1)) / 2


def slope(point):
    mean, noise, u, sigma = map(mpf, point[:4])
    votes = odd(point[4])
    if votes == mp.inf or sigma == 0:
        return difference(lambda v: disagreement(mean, noise, v, sigma, votes), u, min(noise, abs(u)))
    if votes == 1:
        with mp.workdps(60):
            return difference(lambda v: owen_disagreement(mean, noise, v, sigma), u, sigma)
    found = definition(mean, noise, u, sigma, votes)
    if point[:4] in CHECKED and votes == 3:
        other = difference(lambda v: disagreement(mean, noise, v, sigma, votes), u, sigma)
        assert abs(found - other) < mpf("1e-25") * abs(found), (point, found, other)
    return found


CHECKED = {(1.0, 1.0, 0.75, 1.0)}


def slope_row(point):
    found = slope(point)
    if found is None:
        return None
    return [exact(x) for x in point[:4]] + [str(point[4]), digits(found)]


def slope_points():
    points = []
    for offset in (0.75, 1e-3, 1e-9, -4.0):
        for sigma in (0.3, 1.0, 3.0):
            for n in (1, 3, 11):
                points.append((1.0, 1.0, offset, sigma, n))
        points.append((1.0, 1.0, offset, 0.0, 1))
        points.append((-2.0, 0.5, offset, 1.0, "inf"))
        points.append((30.0, 1.0, 40 * offset, 1.0, "inf"))
    for n in (1, 5, 31):
        for sigma in (1e-6, 1e-2, 1e3, 1e6):  # the step, and beside it
            points.append((1.0, 1.0, 0.5, sigma, n))
            points.append((0.3, 2.0, 3.0 * sigma, sigma, n))
        if n > 1:  # Owen's T is singular there
            points.append((0.0, 1.0, 0.5, 1.0, n))
        points.append((1.0, 1e-3, 0.5, 1.0, n))
        points.append((1.0, 1e-3, 1.25, 1.0, n))
        points.append((-1.0, 100.0, 20.0, 5.0, n))
        points.append((20.0, 1.0, 2.0, 1.0, n))  # far from the boundary
        points.append((8.0, 1.0, 25.0, 2.0, n))
        points.append((2.0, 1.0, 30.0, 0.5, n))
    r = generator("invariance slope")
    for _ in range(40):
        points.append((
            r.choice((1.0, r.uniform(-4, 4))),
            r.choice((1.0, 10 ** r.uniform(-2, 2))),
            r.choice((r.uniform(-2, 2), 10 ** r.uniform(-8, 1))),
            10 ** r.uniform(-3, 4),
            r.choice((1, 1, 2, 3, 4, 11, 31)),
        ))
    points.append((1.0, 1.0, 0.5, 1.0, 101))
    return points


def owen(h, a):
    """T(h, a): 0 at a = 0, odd in a, even in h."""
    h, size = abs(h), abs(a)
    if h > 0:  # beyond, exp(-h^2 x^2/2) is nothing
        size = min(size, mp.sqrt(800) / h)
    marks, mark = [size, mpf(0)], min(size, 1) / 2
    while mark < size:
        marks.append(mark)
        mark *= 4
    marks.sort()
    f = lambda x: mp.exp(-((h * x) ** 2) / 2) / (1 + x * x)
    return mp.sign(a) * mp.exp(-h * h / 2) * mp.quad(f, marks) / (2 * mp.pi)


def owen_disagreement(mean, noise, u, sigma):
    s = mp.sqrt(noise**2 + sigma**2)

    def differ(c):
        k, tau = (mean + c) / s, (mean * sigma**2 - c * noise**2) / (s * noise * sigma)
        value = 2 * owen(mean / noise, c * noise / (mean * sigma)) + 2 * owen(k, tau / k)
        return value + (1 if mean * (mean + c) < 0 else 0)

    return (differ(u) + differ(-u)) / 2


def owen_row(point):
    return [exact(x) for x in point] + [digits(owen_disagreement(*map(mpf, point)))]


def owen_points():
    points = [(1.0, 1.0, u, sigma) for u in (0.0, 0.25, 0.75, 1.5) for sigma in (0.1, 1.0, 10.0)]
    r = generator("invariance owen")
    for _ in range(60):
        points.append((
            r.choice((1.0, r.uniform(-6, 6))),
            r.choice((1.0, 10 ** r.uniform(-1, 1))),
            r.uniform(-4, 4),
            10 ** r.uniform(-3, 6),
        ))
    return points


def main():
    with Pool() as pool:
        inputs = ["mean", "noise", "offset", "sigma"]
        rows = pool.map(slope_row, slope_points(), chunksize=1)
        rows = [row for row in rows if row]
        write("invariance_slope.csv", inputs + ["votes", "slope"], rows)
        write("invariance_owen.csv", inputs + ["disagreement"], pool.map(owen_row, owen_points()))


if __name__ == "__main__":
    main()
