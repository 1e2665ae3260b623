"""The standard normal at 40 digits: normal.csv (one argument) and normal_pairs.csv (two).

Independent of the Rust code: everything is mpmath's erfc at 80 digits, and beyond |z| = 1e4, where
erfc's exponent becomes unwieldy, the divergent series of Mills' ratio cut below 1e-80; the two are
compared where both work.

With --dense SEED it writes the same tables with many more random points to the folder named by
--out; they are not checked in, and serve the measurements in ACCURACY.md.
"""

import argparse
import pathlib

from mpmath import erf, erfc, exp, log, mp, mpf, pi, sqrt, workdps

import common
from common import digits, exact

FAR = mpf(10) ** 4


def mills_series(z):
    """z·(1 − Φ(z))/φ(z) = 1 − 1/z² + 3/z⁴ − 15/z⁶ + …, for z > 1e4."""
    total, term, k = mpf(1), mpf(1), 0
    while abs(term) > mpf(10) ** (-mp.dps - 5):
        k += 1
        term *= -(2 * k - 1) / z**2
        total += term
    return total


def cdf(z):
    return erfc(-z / sqrt(mpf(2))) / 2


def sf(z):
    return cdf(-z)


def from_centre(z):
    return erf(z / sqrt(mpf(2))) / 2


def pdf(z):
    return exp(-z * z / 2) / sqrt(2 * pi)


def ln_cdf(z):
    if z < -FAR:
        with workdps(mp.dps + 320):
            return -z * z / 2 - log(-z * sqrt(2 * pi)) + log(mills_series(-z))
    if z > 0:
        # ln(1 − q) loses nothing if the precision covers q
        with workdps(mp.dps + int(z * z / 4) + 10 if z < 100 else mp.dps):
            q = sf(z)
            return mp.log1p(-q) if z < 100 else -q
    return log(cdf(z))


def ln_sf(z):
    return ln_cdf(-z)


def hazard(z):
    if z > FAR:
        return z / mills_series(z)
    return pdf(z) / sf(z)


def quantile(p):
    """Newton on ln Φ(z) = ln p in the lower half, until it stands still."""
    if p > mpf("0.5"):
        return -quantile(1 - p)
    if p == mpf("0.5"):
        return mpf(0)
    with workdps(mp.dps + 20):
        # −√(−2 ln 2p) lies below Φ⁻¹(p), and ln Φ is concave: Newton from there converges
        z = -sqrt(-2 * log(2 * p)) if p < mpf("0.4") else (p - mpf("0.5")) * sqrt(2 * pi)
        for _ in range(200):
            step = (log(cdf(z)) - log(p)) * cdf(z) / pdf(z)
            z -= step
            if abs(step) < abs(z) * mpf(10) ** -(mp.dps - 25) or step == 0:
                return +z
    raise ArithmeticError(f"no quantile for {p}")


def interval(end, width):
    """Φ(end) − Φ(end − width), with as many more digits as the subtraction can lose."""
    lost = 0 if width >= 1 else int(-log(width, 10)) + 5
    if abs(end) > 1:
        lost += int(log(abs(end), 10)) + 5
    with workdps(mp.dps + lost):
        start = end - width
        if start >= 0:
            return sf(start) - sf(end)
        return cdf(end) - cdf(start)


def check_series():
    z = mpf(20000)
    assert abs(mills_series(z) * pdf(z) / (z * sf(z)) - 1) < mpf(10) ** -70
    with workdps(common.WORKING + 60):
        by_quad = mp.quad(pdf, [mpf(1), mpf(2), mpf(5), mpf(20), mpf(60)])
        assert abs(by_quad / (cdf(mpf(60)) - cdf(mpf(1))) - 1) < mpf(10) ** -60


def arguments(rng, many):
    """z for the functions that live on |z| < 40, as doubles."""
    special = [0.0, 1e-300, 1e-16, 1e-8, 1e-4, 0.5, 1.0, 2.0**-30, 8.0, 8.3, 37.5, 37.6, 38.0]
    special += [38.2, 38.4, 38.44, 38.46, 38.48, 38.56, 38.6, 2.0, 3.0, 5.0, 6.0, 7.0]
    grid = [i / 10 for i in range(1, 41)] + [4 + i * 0.7 for i in range(50)]
    loose = [rng.uniform(0, 3) for _ in range(15 * many)]
    loose += [rng.uniform(3, 10) for _ in range(8 * many)]
    loose += [rng.uniform(10, 37.5) for _ in range(15 * many)]
    loose += [rng.uniform(37.5, 38.6) for _ in range(8 * many)]
    loose += [10 ** rng.uniform(-12, 0) for _ in range(8 * many)]
    points = [z for z in special + grid + loose if z <= 38.6]
    return [-z for z in points if z != 0] + points


def far_arguments(rng, many):
    """z beyond the range of Φ, for the logarithm and the hazard, as doubles."""
    special = [39.0, 50.0, 100.0, 1e3, 1e4, 1e6, 134217728.0, 1e8, 1e9, 1e10, 1e50, 1e100, 1e150]
    return special + [10 ** rng.uniform(1.6, 8) for _ in range(30 * many)]


def probabilities(rng, many):
    """p for the quantile, as doubles in (0, 1)."""
    special = [5e-324, 1e-323, 2e-320, 1e-310, 2.2250738585072014e-308, 1e-307, 1e-300, 1e-200]
    special += [1e-100, 1e-50, 1e-30, 1e-20, 1e-16, 1e-10, 1e-5, 1e-3, 0.024, 0.02425, 0.0243]
    special += [0.1, 0.15, 0.19, 0.2, 0.21, 0.25, 0.3, 0.4, 0.45, 0.49, 0.4999, 0.5, 0.5001, 0.51]
    special += [0.5 - 2.0**-54, 0.5 + 2.0**-53, 0.5 - 1e-8, 0.5 + 1e-8, 0.6, 0.7, 0.75, 0.8, 0.85]
    special += [0.9, 0.975, 0.99, 0.999, 1 - 1e-5, 1 - 1e-10, 1 - 1e-14, 1 - 1e-15, 1 - 2.0**-53]
    # where dense tables showed what dropping a correction costs
    special += [0.15946462423396224, 0.5240635591749123, 0.792159323095564]
    loose = [rng.uniform(0, 1) for _ in range(40 * many)]
    loose += [10 ** rng.uniform(-323, 0) for _ in range(40 * many)]
    loose += [0.5 + rng.choice([-1, 1]) * 10 ** rng.uniform(-15, -1) for _ in range(8 * many)]
    return special + loose


def singles(rng, many):
    near, far = arguments(rng, many), far_arguments(rng, many)
    domains = [
        (cdf, near),
        (sf, near[::3]),
        (pdf, near[::2]),
        (ln_cdf, near + [-z for z in far]),
        (ln_sf, near[::3] + far[::2]),
        (hazard, near + far),
        (quantile, probabilities(rng, many)),
        (from_centre, [10 ** rng.uniform(-300, -12) for _ in range(8 * many)] + near[::2]),
    ]
    for function, points in domains:
        for x in points:
            yield function.__name__, exact(x), digits(function(mpf(x)))


def pairs(rng, many):
    """interval and ln_interval by (end, width), cdf_dd and ln_cdf_dd by (hi, lo)."""
    ends = [0.0, 1.0, -1.0, 0.3, 0.7071067811865476, 2.5, -2.5, 5.0, 9.0, -9.0, 20.0, -20.0, 37.0]
    ends += [-37.0, 38.3, -38.3]
    widths = [1e-300, 1e-100, 1e-20, 1e-10, 1e-3, 0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1.0, 1.5, 2.0]
    widths += [4.0, 10.0, 30.0]
    cases = [(end, width) for end in ends for width in widths]
    for _ in range(100 * many):
        end = rng.choice([rng.uniform(-3, 4), rng.uniform(-38, 40)])
        cases.append((end, 10 ** rng.choice([rng.uniform(-30, 1.5), rng.uniform(-2, 1)])))
    for end, width in cases:
        value = interval(mpf(end), mpf(width))
        yield "interval", exact(end), exact(width), digits(value)
        with workdps(400):  # where the mass is nearly 1, its logarithm is nearly 0
            value = interval(mpf(end), mpf(width))
            yield "ln_interval", exact(end), exact(width), digits(log(value))
    for end, width in [(-50.0, 1e-10), (-50.0, 0.3), (60.0, 5.0), (-200.0, 0.001), (300.0, 1.0)]:
        value = interval(mpf(end), mpf(width))
        yield "ln_interval", exact(end), exact(width), digits(log(value))
    for _ in range(60 * many):
        hi = rng.choice([rng.uniform(-38.4, 0), rng.uniform(-2, 8)])
        lo = hi * 2.0**-54 * rng.uniform(-1, 1)
        z = mpf(hi) + mpf(lo)
        yield "cdf_dd", exact(hi), exact(lo), digits(cdf(z))
        yield "ln_cdf_dd", exact(hi), exact(lo), digits(ln_cdf(z))


def main(out=None, seed=None):
    check_series()
    many = 1 if seed is None else 40
    for name, header, rows in [
        ("normal.csv", ("function", "z", "value"), singles),
        ("normal_pairs.csv", ("function", "first", "second", "value"), pairs),
    ]:
        rng = common.generator(f"{name} {seed}")
        common.write(name, header, rows(rng, many), out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dense", metavar="SEED", help="40 times the random points")
    parser.add_argument("--out", type=pathlib.Path, help="another folder")
    options = parser.parse_args()
    if options.dense is not None and options.out is None:
        parser.error("--dense needs --out, so that it does not replace the checked-in tables")
    main(options.out, options.dense)
