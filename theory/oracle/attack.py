"""Tables of attacks counted in gradients.

    python3 generate.py attack   writes attack_sign.csv, attack_walk.csv, attack_margin.csv, attack_judged.csv and
                                 attack_mirror.csv (three minutes)

Independence: nothing of theory's lattices, windows or characteristic functions is used.
- Signs of lists are sums over all multinomial counts in rationals; normal gains are ncdf at 80 digits.
- Walks are chains on exact rational positions kept in a dictionary, with min and max for the clipping; a uniform
  start is averaged over the intervals between the places where the final position has a kink, by Gauss-Legendre.
- Margins of few coordinates: all gains and all positions are enumerated, and given these the margin is a normal (two
  margins: a bivariate normal, by quadrature of ncdf); two normal gains are integrated. Margins of many coordinates are by Gil-Pelaez's integral of phi in mpmath, with phi a plain power.
- Judges are quadratures of products written out iterate by iterate; the mirror is a chain on pairs of rationals.
"""

import itertools
from fractions import Fraction as F

from mpmath import mp, mpf

from common import exact, generator, write

mp.dps = 40


def text(value):
    return mp.nstr(value, 30, min_fixed=0, max_fixed=0, strip_zeros=False) if value else "0.0"


def number(x):
    """A rational at full precision."""
    return mpf(x.numerator) / x.denominator if isinstance(x, F) else mpf(x)


# --- signs


def list_signs(gains, m):
    """P[sum of m gains > 0, = 0, < 0] of [(gain, probability)] in rationals."""
    law = {F(0): F(1)}
    for _ in range(m):
        new = {}
        for total, p in law.items():
            for g, q in gains:
                new[total + g] = new.get(total + g, F(0)) + p * q
        law = new
    return tuple(sum((p for t, p in law.items() if (t > 0) - (t < 0) == s), F(0)) for s in (1, 0, -1))


def two_signs(one, other, m):
    """The same for two gains, by binomial coefficients, for larger m."""
    (a, p), (b, q) = one, other
    found = [F(0), F(0), F(0)]
    coefficient, power = 1, None
    for k in range(m + 1):
        total = k * a + (m - k) * b
        found[1 - ((total > 0) - (total < 0))] += F(coefficient) * p**k * q ** (m - k)
        coefficient = coefficient * (m - k) // (k + 1)
    return tuple(found)


def normal_signs(tau, m):
    z = mp.sqrt(m) / mpf(tau)
    return mp.ncdf(z), mpf(0), mp.ncdf(-z)


LISTS = {
    "drop=0.8": [(F(0), F(4, 5)), (F(1), F(1, 5))],
    "drop=0.5": [(F(0), F(1, 2)), (F(1), F(1, 2))],
    "drop=0.1": [(F(0), F(1, 10)), (F(1), F(9, 10))],
    "flip=0.3": [(F(-1), F(3, 10)), (F(1), F(7, 10))],
    "list=-1:0.6,4:0.4": [(F(-1), F(3, 5)), (F(4), F(2, 5))],
    "list=-4:0.4,1:0.6": [(F(-4), F(2, 5)), (F(1), F(3, 5))],
    "list=-0.5:0.25,0:0.25,1.25:0.5": [(F(-1, 2), F(1, 4)), (F(0), F(1, 4)), (F(5, 4), F(1, 2))],
    "list=-3:0.2,-1:0.2,0.5:0.3,2:0.3": [
        (F(-3), F(1, 5)), (F(-1), F(1, 5)), (F(1, 2), F(3, 10)), (F(2), F(3, 10))],
}


def signs_of(law, m):
    if law.startswith("scale="):
        return normal_signs(law[6:], m)
    if law == "add":
        return F(1), F(0), F(0)
    return list_signs(LISTS[law], m)


def sign_table():
    rows = []
    for law, gains in LISTS.items():
        for m in (1, 2, 3, 5, 10, 40):
            rows.append([law, m, list_signs(gains, m)])
        if len(gains) == 2:
            for m in (200, 1000, 2500):
                rows.append([law, m, two_signs(gains[0], gains[1], m)])
    for tau in ("0.1", "0.5", "1", "3", "10", "1000"):
        for m in (1, 2, 10, 1000, 1000000):
            rows.append([f"scale={tau}", m, normal_signs(tau, m)])
    write("attack_sign.csv", ["defense", "eot", "right", "zero", "wrong"],
          [[law.replace(",", ";"), str(m), *(text(number(x)) for x in p)] for law, m, p in rows])


# --- walks


def walk(signs, ratio, steps, start=F(0)):
    """The law of the position: {position: probability}, positions in exact rationals."""
    p, z, q = (number(x) for x in signs)
    law = {start: mpf(1)}
    step = 1 / F(ratio)
    for _ in range(steps):
        new = {}
        for at, mass in law.items():
            for to, chance in ((min(F(1), at + step), p), (at, z), (max(F(-1), at - step), q)):
                if chance:
                    new[to] = new.get(to, mpf(0)) + mass * chance
        law = new
    return law


def mean(law):
    return mp.fsum(number(at) * mass for at, mass in law.items())


def kinks(ratio):
    """Where the final position may have a kink as a function of the start."""
    step, ends = 1 / F(ratio), {F(-1), F(1)}
    j = 1
    while j * step < 2:
        ends |= {-1 + j * step, 1 - j * step}
        j += 1
    return sorted(ends)


def uniform_reach(signs, ratio, steps):
    """Linear between kinks, so that midpoints are exact."""
    ends = kinks(ratio)
    return mp.fsum(number((b - a) / 2) * mean(walk(signs, ratio, steps, (a + b) / 2)) for a, b in zip(ends, ends[1:]))


def walk_table():
    rows = []

    def row(law, m, ratio, steps, start="zero"):
        signs = signs_of(law, m)
        reach = mean(walk(signs, ratio, steps)) if start == "zero" else uniform_reach(signs, ratio, steps)
        rows.append([law.replace(",", ";"), str(m), exact(F(ratio)), str(steps), start, text(reach)])

    for law, m in (("scale=1", 1), ("scale=5", 25), ("scale=10", 1), ("drop=0.8", 3), ("flip=0.3", 2),
                   ("list=-1:0.6,4:0.4", 1), ("list=-1:0.6,4:0.4", 7), ("add", 1)):
        for ratio in (1, 2, 4, 8, 16, F(1, 4), F(1, 2), F(3, 4), F(3, 2), F(5, 2), F(37, 16), F(93, 32)):
            for steps in (1, 2, 5, 12, 40):
                row(law, m, ratio, steps)
    row("scale=10", 1, 30, 1000)
    row("scale=10", 1, 100, 1000)
    row("scale=30", 1, 60, 3000)
    row("scale=3", 1, 10, 1000)
    row("scale=5", 25, 16, 30)
    row("drop=0.8", 3, 8, 12)
    for law, m in (("scale=1", 1), ("scale=10", 3), ("flip=0.3", 2)):
        for ratio in (1, 3, 8, F(1, 4), F(5, 2), F(37, 16)):
            for steps in (0, 1, 3, 10):
                row(law, m, ratio, steps, "uniform")
    write("attack_walk.csv", ["defense", "eot", "ratio", "steps", "start", "reach"], rows)


# --- margins


def phi2(a, b, r):
    """P[X > 0, Y > 0] of unit normals with means a, b and correlation r."""
    if r == 1:
        return mp.ncdf(min(a, b))
    if r == -1:
        return max(mpf(0), mp.ncdf(a) - mp.ncdf(-b))
    w = mp.sqrt((1 - r) * (1 + r))
    low = -a
    marks = sorted({low} | {x for x in (mpf(-9), mpf(-4), mpf(-1), mpf(0), mpf(1), mpf(4), mpf(13), -b / r if r else mpf(0)) if x > low})
    if marks[-1] < 13:
        marks.append(mpf(13))
    return mp.quad(lambda z: mp.npdf(z) * mp.ncdf((b + r * z) / w), marks)


def grouped(gains, law, d):
    """The distinct multisets of (gain, position) of d coordinates with their probabilities."""
    kinds = [(g, u, number(p) * mass) for g, p in gains for u, mass in law.items() if mass]
    for chosen in itertools.combinations_with_replacement(range(len(kinds)), d):
        count = mp.factorial(d)
        for _, group in itertools.groupby(chosen):
            count /= mp.factorial(len(list(group)))
        chance = count
        for i in chosen:
            chance *= kinds[i][2]
        yield [kinds[i] for i in chosen], chance


def few(gains, law, d, mu, nu, sigma, eps):
    """P[right] of d coordinates: all gains and positions."""
    total = mpf(0)
    for chosen, chance in grouped(gains, law, d):
        m = mp.fsum(number(g) * (mu - eps * number(u)) for g, u, _ in chosen)
        v = mp.fsum(number(g) ** 2 * nu**2 + sigma**2 for g, _, _ in chosen)
        total += chance * (mp.ncdf(m / mp.sqrt(v)) if v else mpf(1) / 2)
    return total


def few_both(gains, law, d, mu, nu, sigma, eps):
    """P[right on both] by draws of their own, and P[agrees with the undefended]."""
    both = agree = mpf(0)
    still = {F(0): mpf(1)}
    for clean, p in grouped(gains, still, d):
        m1 = mp.fsum(number(g) * mu for g, _, _ in clean)
        v1 = mp.fsum(number(g) ** 2 * nu**2 + sigma**2 for g, _, _ in clean)
        # undefended
        v0, m0 = d * nu**2, d * mu
        c0 = mp.fsum(number(g) * nu**2 for g, _, _ in clean)
        if v1:
            r = c0 / mp.sqrt(v0 * v1)
            r = mpf(1) if abs(r - 1) < mpf(10) ** -35 else mpf(-1) if abs(r + 1) < mpf(10) ** -35 else r
            a, b = m1 / mp.sqrt(v1), m0 / mp.sqrt(v0)
            agree += p * (phi2(a, b, r) + phi2(-a, -b, r))
        else:
            agree += p / 2
        order = [g for g, _, _ in clean]
        kinds = [(g, u, number(q) * mass) for g, q in gains for u, mass in law.items() if mass]
        for chosen in itertools.product(kinds, repeat=d):
            chance = p
            for _, _, q in chosen:
                chance *= q
            m2 = mp.fsum(number(g) * (mu - eps * number(u)) for g, u, _ in chosen)
            v2 = mp.fsum(number(g) ** 2 * nu**2 + sigma**2 for g, _, _ in chosen)
            c = mp.fsum(number(g) * number(h) * nu**2 for g, (h, _, _) in zip(order, chosen))
            if v1 and v2:
                r = c / mp.sqrt(v1 * v2)
                r = mpf(1) if abs(r - 1) < mpf(10) ** -35 else mpf(-1) if abs(r + 1) < mpf(10) ** -35 else r
                both += chance * cached(m1 / mp.sqrt(v1), m2 / mp.sqrt(v2), r)
            elif v1 or v2:
                both += chance * mp.ncdf(m1 / mp.sqrt(v1) if v1 else m2 / mp.sqrt(v2)) / 2
            else:
                both += chance / 4
    return both, agree


CACHE = {}


def cached(a, b, r):
    key = tuple(mp.nstr(x, 25) for x in (a, b, r))
    if key not in CACHE:
        CACHE[key] = phi2(a, b, r)
    return CACHE[key]


def normal_two(tau, law, mu, nu, sigma, eps):
    """P[right] of two coordinates with normal gains: both integrated by the trapezoidal rule, whose error is
    exp(-2 pi w/h), where w = sqrt(2) sigma/(nu tau) is how far the integrand is analytic; h = w/7 makes that 1e-19."""
    h = mp.sqrt(2) * sigma / (nu * tau) / 7
    n = int(9 / h) + 1
    nodes = [(1 + tau * h * i, mp.npdf(h * i) * h) for i in range(-n, n + 1)]
    pairs = {}
    for (u, p), (v, q) in itertools.product(law.items(), repeat=2):
        key = tuple(sorted((u, v)))
        pairs[key] = pairs.get(key, mpf(0)) + p * q
    total = mpf(0)
    for (u, v), chance in pairs.items():
        one, other = mu - eps * number(u), mu - eps * number(v)
        for a, p in nodes:
            total += chance * p * mp.fsum(
                q * mp.ncdf((a * one + b * other) / mp.sqrt((a * a + b * b) * nu**2 + 2 * sigma**2)) for b, q in nodes)
    return total


def many(law_name, gains, law, d, mu, nu, sigma, eps):
    """P[right] of many coordinates by Gil-Pelaez's integral."""
    places = [(mu - eps * number(u), mass) for u, mass in law.items() if mass > mpf(10) ** -35]

    def psi(t):
        noise = mp.exp(-(t * sigma) ** 2 / 2)
        if gains is None:
            tau = mpf(law_name[6:])
            big = 1 + t * t * tau**2 * nu**2
            return noise * mp.fsum(
                p * mp.exp((1j * t * b - t * t * (nu**2 + b * b * tau**2) / 2) / big) / mp.sqrt(big) for b, p in places)
        return noise * mp.fsum(
            number(q) * p * mp.exp(1j * t * number(g) * b - (t * number(g) * nu) ** 2 / 2) for g, q in gains for b, p in places)

    still = number(next((q for g, q in gains if g == 0), F(0))) ** d if gains else mpf(0)
    end = mpf(1) / 64
    while abs(psi(end) ** d - still * mp.exp(-d * (end * sigma) ** 2 / 2)) > mpf(10) ** -26:
        end *= 1.25
    marks = mp.linspace(0, end, 25)
    return mpf(1) / 2 + mp.quad(lambda t: mp.im(psi(t) ** d) / t if t else mpf(0), marks) / mp.pi


def margin_table():
    rows = []
    header = ["defense", "dimension", "mean", "sigma", "eps", "steps", "eot", "ratio", "clean", "adversarial", "both", "invariance"]

    def row(name, d, mu, sigma, eps, steps, m, ratio, kind):
        law = walk(signs_of(name, m), ratio, steps)
        still = {F(0): mpf(1)}
        gains = LISTS.get(name) or ([(F(1), F(1))] if name == "add" else None)
        args = (mpf(mu), mpf(1), mpf(sigma), mpf(eps))
        both = agree = None
        if kind == "few":
            clean, adversarial = few(gains, still, d, *args), few(gains, law, d, *args)
            both, agree = few_both(gains, law, d, *args)
        elif kind == "two":
            with mp.workdps(20):
                tau = mpf(name[6:])
                clean, adversarial = normal_two(tau, still, *args), normal_two(tau, law, *args)
        else:
            with mp.workdps(30):
                clean, adversarial = many(name, gains, still, d, *args), many(name, gains, law, d, *args)
        rows.append([name.replace(",", ";"), str(d), exact(mu), exact(sigma), exact(eps), str(steps), str(m), exact(F(ratio)),
                     text(clean), text(adversarial), text(both) if both else "", text(agree) if agree else ""])
        print(rows[-1][:10], flush=True)

    for name in ("drop=0.5", "flip=0.3", "list=-1:0.6,4:0.4"):
        for d in (1, 2, 3):
            for sigma in (0.0, 0.5):
                row(name, d, 0.25, sigma, 0.25, 2, 1, 1 if d == 3 else F(3, 2), "few")
    row("list=-0.5:0.25,0:0.25,1.25:0.5", 2, 0.5, 0.0, 0.25, 3, 2, 2, "few")
    row("add", 2, 0.5, 0.5, 0.25, 2, 1, 4, "few")
    row("scale=2", 2, 0.25, 1.5, 0.25, 2, 1, 1, "two")
    row("scale=0.5", 2, 0.5, 0.5, 0.25, 3, 1, 1, "two")
    for name, d, mu, sigma, eps, steps, m, ratio in (
        ("scale=2", 64, 0.5, 0.5, 0.3, 10, 2, 4), ("drop=0.5", 64, 0.3, 0.0, 0.2, 6, 1, 4),
        ("drop=0.5", 8, 0.3, 0.5, 0.2, 6, 2, F(5, 2)), ("scale=10", 256, 0.25, 0.0, 0.25, 40, 1, 10),
        ("scale=10", 16384, 0.25, 0.0, 0.25, 100, 1, 20), ("flip=0.3", 32, 0.25, 0.0, 0.5, 20, 3, F(37, 16)),
        ("list=-1:0.6,4:0.4", 100, 0.125, 1.0, 0.125, 30, 7, 5), ("scale=0.5", 20, 1.0, 0.0, 0.25, 5, 1, 3),
        ("scale=3", 12, 0.5, 0.0, 2.0, 9, 2, 3), ("drop=0.1", 1000, 0.125, 0.25, 0.0625, 12, 1, 8),
    ):
        row(name, d, mu, sigma, eps, steps, m, ratio, "many")
    write("attack_margin.csv", header, rows)


# --- judges


def judged(mean_, nu, sigma, eps, ratio, k):
    move = [min(mpf(i) / ratio, mpf(1)) * eps for i in range(k + 1)]
    CACHE.clear()

    def values(t):
        """final, any, first, last given t, from the events as they happen."""
        if t not in CACHE:
            right = [mp.ncdf((t - m) / sigma) for m in move]
            before, first, last = mpf(1), mpf(0), mpf(0)
            for r in right:
                first += before * (1 - r) * r
                before *= r
            after = mpf(1)
            for r in reversed(right):
                last += after * (1 - r) * r
                after *= r
            CACHE[t] = right[k], before, first + before * right[k], last + after * right[0]
        return CACHE[t]

    marks = [mean_ + nu * x for x in (-13, -6, -3, -1, 0, 1, 3, 6, 13)]
    return tuple(
        mp.quad(lambda t: mp.npdf((t - mean_) / nu) / nu * values(t)[i], marks, maxdegree=7) for i in range(4))


def judged_table():
    rows = []
    for d, mu, sigma, eps, ratio, k in ((1, 1.0, 1.0, 0.5, 4.0, 10), (1, 1.0, 1.0, 0.0, 4.0, 100), (1, 1.0, 0.25, 0.5, 4.0, 3),
                                        (16, 0.25, 0.5, 0.125, 2.5, 6), (1, 0.5, 2.0, 1.0, 10.0, 25)):
        with mp.workdps(25):
            root = mp.sqrt(d)
            values = judged(d * mpf(mu), root, root * mpf(sigma), d * mpf(eps), mpf(ratio), k)
        rows.append([str(d), exact(mu), exact(sigma), exact(eps), exact(ratio), str(k), *map(text, values)])
    write("attack_judged.csv", ["dimension", "mean", "sigma", "eps", "ratio", "steps", "final", "any", "first", "last"], rows)


# --- mirror


def mirror(mu, weights, q, sigma, eps, ratio, k, m):
    sign = lambda x: (x > 0) - (x < 0)
    w0, w1 = (F(w) for w in weights)
    moves = {}
    for b in range(m + 1):
        chance = mp.binomial(m, b) * number(q) ** b * number(1 - q) ** (m - b)
        step = (sign((m - b) * w0 + b * w1), sign((m - b) * w1 + b * w0))
        moves[step] = moves.get(step, mpf(0)) + chance
    law = {(F(0), F(0)): mpf(1)}
    clip = lambda x: max(F(-1), min(F(1), x))
    for _ in range(k):
        new = {}
        for (a, b), mass in law.items():
            for (s, t), chance in moves.items():
                to = (clip(a + s / F(ratio)), clip(b + t / F(ratio)))
                new[to] = new.get(to, mpf(0)) + mass * chance
        law = new
    mu = [mpf(x) for x in mu]
    w = [number(w0), number(w1)]
    length = mp.sqrt(w[0] ** 2 + w[1] ** 2)
    spread = mp.sqrt(1 + mpf(sigma) ** 2)
    views = [(w, number(1 - q)), (w[::-1], number(q))]
    right = lambda v, at: (v[0] * (mu[0] - eps * number(at[0])) + v[1] * (mu[1] - eps * number(at[1]))) / length / spread
    adversarial = fresh = same = mpf(0)
    for at, mass in law.items():
        for v, p in views:
            adversarial += mass * p * mp.ncdf(right(v, at))
            same += mass * p * mp.ncdf(min(right(v, (0, 0)), right(v, at)))
            for u, s in views:
                r = (u[0] * v[0] + u[1] * v[1]) / length**2 / spread**2
                r = mpf(1) if abs(r - 1) < mpf(10) ** -30 else r
                fresh += mass * p * s * cached(right(u, (0, 0)), right(v, at), r)
    clean = mp.fsum(p * mp.ncdf(right(v, (0, 0))) for v, p in views)
    agree = mpf(0)
    for v, p in views:
        r = (w[0] * v[0] + w[1] * v[1]) / length**2 / spread
        r = mpf(1) if abs(r - 1) < mpf(10) ** -30 else r
        a, b = right(v, (0, 0)), (w[0] * mu[0] + w[1] * mu[1]) / length
        agree += p * (phi2(a, b, r) + phi2(-a, -b, r))
    return clean, adversarial, same, fresh, agree


def mirror_table():
    rows = []
    for mu, weights, q, sigma, eps, ratio, k, m in (
        ((2.0, -0.5), (2.0, -0.5), F(1, 2), 0.0, 0.4, 4, 8, 1), ((2.0, -0.5), (2.0, -0.5), F(1, 5), 0.0, 0.4, 4, 8, 1),
        ((2.0, -0.5), (2.0, -0.5), F(1, 5), 0.5, 0.4, F(5, 2), 6, 5), ((1.0, 0.25), (1.0, 0.25), F(3, 10), 0.0, 0.5, 3, 4, 2),
    ):
        with mp.workdps(25):
            values = mirror(mu, weights, q, sigma, mpf(eps), ratio, k, m)
        rows.append([*map(exact, mu), *map(exact, weights), exact(q), exact(sigma), exact(eps), exact(F(ratio)), str(k), str(m), *map(text, values)])
    write("attack_mirror.csv", ["mean0", "mean1", "w0", "w1", "swap", "sigma", "eps", "ratio", "steps", "eot", "clean", "adversarial", "same", "fresh", "invariance"], rows)


def main():
    sign_table()
    walk_table()
    judged_table()
    mirror_table()
    margin_table()


if __name__ == "__main__":
    main()
