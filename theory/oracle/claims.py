"""Table of where the claims of the paper hold, at random points of a wide domain: claims.csv.

    python3 generate.py claims   writes the table beside this file (some ten minutes)

Columns: claim, metric, draws, mean, data_std, shift, sigma, eps; sign, 1 where the claim holds and -1 where
it fails; told, how far the two sides are apart: their difference over their sum, of the metric or of what it
lacks of 1, whichever is larger. Zeros of sigma and eps stand for the limit from above: there `told` is
that of 1e-30 in their place.

Domain: mean/data_std from 0.01 to 30, eps from 0 to 40, sigma from 0 to 100 data_std (other draws
than `same` from 0.06 data_std), thresholds of the
family from 0 to shift.

Independence: every metric is computed as it is defined, with a tail of its own for what it lacks of 1; the
derivative by a threshold is a difference of two metrics (same draws) or an integral with the weight z (other
draws). Nothing is expanded or simplified, no logarithm is taken, and no proof is used.

    same         closed forms of erfc, 200 working digits
    other draws  E[g(z)] over the standard normal z by the trapezoidal rule about the integrand's peak, on
                 the whole line, with steps that are halved until two results agree to 1e-30 (Trefethen and
                 Weideman, SIAM Review 56 (2014), 385-458: geometric convergence); 60 working digits
    votes        accuracies of n votes by the integrals over the input of accuracy.py, n up to 1001, and the
                 sign of the leading term by a difference of closed forms; rows whose rungs do not yet follow
                 the leading term are left out

Rows with |told| below 1e-25 are left out: there the sign is not sure.
"""

from multiprocessing import Pool

from mpmath import mp, mpf

from accuracy import average, survivals
from common import digits, exact, generator, write

TINY = mpf("1e-30")
HEADER = ["claim", "metric", "draws", "mean", "data_std", "shift", "sigma", "eps", "sign", "told"]
ROBUST, ADVERSARIAL, SUCCESS = "robust_accuracy", "adversarial_accuracy", "attack_success_rate"
PAIRS = {
    "defense-helps": ("undefended", "defended"),
    "training-hurts": ("trained", "defended"),
    "training-keeps-some": ("undefended", "trained"),
}


def phi(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


def between(low, high):
    """P[low < Z < high], from the tails on the side where they are small."""
    return phi(-low) - phi(-high) if low > 0 else phi(high) - phi(low)


def whole(f, slope, width):
    """The integral over the whole line of a log-concave f with derivative sign `slope`."""
    low, high = mpf(-1), mpf(1)
    while slope(low) < 0:
        low *= 2
    while slope(high) > 0:
        high *= 2
    while high - low > width / 8:
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    peak = (low + high) / 2
    top = f(peak)

    def side(h, sign, start):
        total, x = [], peak + sign * start
        while True:
            v = f(x)
            total.append(v)
            if v < top * mpf("1e-45"):
                return mp.fsum(total)
            x += sign * h

    h = width
    total = top + side(h, 1, h) + side(h, -1, h)
    value = h * total
    for _ in range(12):
        total += side(h, 1, h / 2) + side(h, -1, h / 2)
        h /= 2
        before, value = value, h * total
        if abs(value - before) < mpf("1e-30") * abs(value):
            return value, peak, h, top
    raise ArithmeticError("no convergence")


class Metrics:
    """What a single draw (sigma = 0: none) keeps and loses at an offset u, averaged over the classes."""

    def __init__(self, metric, tries, mean, data_std):
        self.conditional, self.tries = metric != ADVERSARIAL, tries
        self.mean, self.data_std = mean, data_std

    def closed(self, u, sigma, eps):
        s = mp.sqrt(self.data_std**2 + sigma**2)
        kept = lost = clean = mpf(0)
        for m in (self.mean + u, self.mean - u):
            kept += phi((m - eps) / s) / 2
            clean += phi(m / s) / 2
            lost += (between((m - eps) / s, m / s) if self.conditional else phi((eps - m) / s)) / 2
        return (kept / clean, lost / clean) if self.conditional else (kept, lost)

    def shared(self, sigma):
        return self.tries == 0 or sigma == 0 or (self.tries == 1 and not self.conditional)

    def integral(self, m, sigma, eps, lost, weighted=False):
        """E[g] of one class, and E[g z] if that is asked for."""
        rate, tries = self.data_std / sigma, self.tries

        def parts(z):
            t = (m + self.data_std * z) / sigma
            return t, t - eps / sigma

        def g(z):
            clean, x = parts(z)
            below, above = phi(x), phi(-x)
            if lost:
                all_right = -mp.expm1(tries * mp.log1p(-above)) if below > above else 1 - below**tries
            else:
                all_right = below**tries
            return all_right * (phi(clean) if self.conditional else 1) * mp.npdf(z)

        def slope(z):
            # of ln g, by the derivatives of its factors
            clean, x = parts(z)
            first = mp.npdf(clean) / phi(clean) if self.conditional else 0
            below = phi(x)
            if lost:
                above = phi(-x)
                rest = -mp.expm1(tries * mp.log1p(-above)) if below > above else 1 - below**tries
                second = -tries * below ** (tries - 1) * mp.npdf(x) / rest
            else:
                second = tries * mp.npdf(x) / below
            return rate * (first + second) - z

        width = 1 / mp.sqrt(1 + rate**2 * (tries + 1))
        value, peak, h, top = whole(g, slope, width)
        if not weighted:
            return value
        total, reach = [], 0
        for sign in (1, -1):
            z = peak if sign == 1 else peak - h
            while True:
                v = g(z)
                total.append(v * z)
                if v < top * mpf("1e-45"):
                    break
                z += sign * h
        return value, h * mp.fsum(total)

    def at(self, u, sigma, eps):
        """(kept, lost)."""
        if self.shared(sigma):
            return self.closed(u, sigma, eps)
        s = mp.sqrt(self.data_std**2 + sigma**2)
        classes = (self.mean + u, self.mean - u) if u else (self.mean,)
        kept, lost = (
            mp.fsum(self.integral(m, sigma, eps, lost) for m in classes) / len(classes)
            for lost in (False, True)
        )
        if self.conditional:
            clean = mp.fsum(phi(m / s) for m in classes) / len(classes)
            return kept / clean, lost / clean
        return kept, lost

    def slope(self, u, sigma, eps):
        """d/du of the kept, over kept, and minus that of the lost, over lost, each with its scale."""
        found = []
        if self.shared(sigma):
            step = u * TINY if u else TINY
            at = u or TINY
            (a, b), (c, d) = (self.closed(v, sigma, eps) for v in (at - step, at + step))
            kept, lost = self.closed(at, sigma, eps)
            return (c - a) / (2 * step) / at / kept, (b - d) / (2 * step) / at / lost
        s = mp.sqrt(self.data_std**2 + sigma**2)
        for lost in (False, True):
            (n, dn), (k, dk) = (self.integral(m, sigma, eps, lost, True) for m in (self.mean + u, self.mean - u))
            log = (dn - dk) / self.data_std / (n + k)
            if self.conditional:
                a, b = (self.mean + u) / s, (self.mean - u) / s
                log -= (mp.npdf(a) - mp.npdf(b)) / s / (phi(a) + phi(b))
            found.append((-log if lost else log) / u)
        return found


def apart(first, second):
    """(second - first)/(sum) of kept, (first - second)/(sum) of lost: the larger."""
    kept = (second[0] - first[0]) / (second[0] + first[0])
    total = first[1] + second[1]
    lost = (first[1] - second[1]) / total if total else mpf(0)
    return kept if abs(kept) > abs(lost) else lost


def tries(draws):
    return {"same": 0, "fresh": 1}[draws] if "=" not in draws else int(draws.split("=")[1])


def ordinary(row):
    claim, metric, draws, mean, data_std, shift, sigma, eps = row
    mean, data_std, shift = mpf(mean), mpf(data_std), abs(mpf(shift))
    sigma, eps = mpf(sigma), mpf(eps)
    metrics = Metrics(metric, tries(draws), mean, data_std)
    if metrics.tries == 0:
        sigma, eps = sigma or TINY, eps or TINY
    if claim in PAIRS:
        of = {"undefended": (mpf(0), mpf(0)), "trained": (mpf(0), sigma), "defended": (shift, sigma)}
        first, second = (metrics.at(*of[stage], eps) for stage in PAIRS[claim])
        return apart(first, second)
    # the least slope over the family: it has the sign of both numbers
    scale = mp.sqrt(data_std**2 + sigma**2)
    closed = metrics.shared(sigma)
    places = [shift * i / 24 for i in range(25)] + [min(shift, (mean + scale) * i / 24) for i in range(25)]
    if not closed:
        places = [shift * i / 6 for i in range(1, 7)] + [shift / 1000, min(shift, mean)]

    def lowest(u):
        kept, lost = metrics.slope(u, sigma, eps)
        return (kept if abs(kept) > abs(lost) else lost) * scale**2, u

    value, u = min(map(lowest, set(places)))
    if closed and value > 0:  # between the places
        ordered = sorted(set(places))
        i = ordered.index(u)
        low, high = ordered[max(i - 1, 0)], ordered[min(i + 1, len(ordered) - 1)]
        value = min(value, *(lowest(low + (high - low) * j / 40)[0] for j in range(41)))
    return value


def along_votes(row):
    """The least step of the claims about votes, or None where the rungs do not decide."""
    claim, metric, draws, mean, data_std, shift, sigma, eps = row
    args = (mpf(mean), mpf(data_std), mpf(0), mpf(sigma))

    def robust(n, budget=eps):
        found = average(survivals(*args, n, budget))
        return found if metric == ADVERSARIAL else found / average(survivals(*args, n, 0))

    limit = robust(mp.inf)
    # Var(M_n) = pi/(2n): as if data_std were larger by a part of pi sigma^2/(4 n data_std^2)
    more = mpf(data_std) * (1 + TINY)

    def spread(noise):
        a = phi((mpf(mean) - mpf(eps)) / noise)
        return a if metric == ADVERSARIAL else a / phi(mpf(mean) / noise)

    with mp.workdps(150):
        leading = spread(more) - spread(mpf(data_std))
    coefficient = leading / TINY * mp.pi / 4 * (mpf(sigma) / mpf(data_std)) ** 2
    rungs = [1, 3, 5, 7, 9, 15, 31, 101]
    gaps = [robust(n) - limit for n in rungs]
    follows = gaps[-1] * rungs[-1] / coefficient
    if claim == "vote-trade-off":
        if coefficient < 0:
            return coefficient / limit
        steps = [(a - b) / (abs(a) + abs(b)) for a, b in zip(gaps, gaps[1:])]
    else:
        steps = [(abs(a) - abs(b)) / (abs(a) + abs(b)) for a, b in zip(gaps, gaps[1:])]
        crossed = [i for i in range(4, len(gaps) - 1) if gaps[i] * gaps[i + 1] < 0]
        if crossed or gaps[-1] * coefficient < 0:
            return mpf(-1)
    if min(steps) < 0:
        return min(steps)
    if follows < 0:
        return mpf(-1)
    return min(steps) if mpf("0.7") < follows < mpf("1.4") else None


def row(asked):
    claim, _, draws = asked[:3]
    with mp.workdps(200 if draws == "same" and not claim.startswith("vote") else 60):
        value = along_votes(asked) if claim.startswith("vote") else ordinary(asked)
        if value is None or abs(value) < (mpf("1e-70") if 0.0 in asked[6:] else mpf("1e-25")):
            return None
        return [*asked[:3], *map(exact, asked[3:]), "1" if value > 0 else "-1", digits(value)]


def wanted():
    rng = generator("claims")

    def log(low, high):
        return 10 ** rng.uniform(low, high)

    def point(wide):
        data_std = log(-1, 0.5)
        mean = data_std * log(-2, 1.477)
        shift = rng.choice((-1, 1)) * log(-2, 1)
        # a step of a thousandth of the density's width would need as many nodes
        sigma = rng.choice((data_std * log(-3 if wide else -1.2, 2), data_std * log(-1, 0.7)))
        eps = rng.choice((rng.uniform(0, 40), rng.uniform(0, 2 * mean), mean * log(-3, 0), mean * rng.uniform(0.8, 1.2)))
        if wide and rng.random() < 0.08:
            sigma = 0.0
        if wide and rng.random() < 0.08:
            eps = 0.0
        return mean, data_std, shift, sigma, eps

    for claim in (*PAIRS, "trade-off"):
        for metric in (ROBUST, ADVERSARIAL, SUCCESS):
            for _ in range(100):
                yield (claim, metric, "same", *point(True))
        for draws, metric, count in (("fresh", ROBUST, 90), ("fresh", SUCCESS, 10), ("persistent=5", ROBUST, 30), ("persistent=5", ADVERSARIAL, 30)):
            for _ in range(count if claim != "trade-off" else (count + 1) // (2 if draws == "fresh" else 4)):
                yield (claim, metric, draws, *point(False))
    for claim in ("vote-restores", "vote-trade-off"):
        for metric, count in ((ROBUST, 36), (ADVERSARIAL, 10)):
            for _ in range(count):
                data_std = log(-0.5, 0.5)
                mean = data_std * log(-1, 0.8)
                yield claim, metric, "same", mean, data_std, 1.0, data_std * log(-1.5, 0.8), mean * rng.uniform(0.01, 2.0)
    for _ in range(16):  # where the gap changes its sign on its way to 0
        yield "vote-restores", ROBUST, "same", 1.0, 1.0, 1.0, log(-0.3, 0.4), rng.uniform(0.2, 0.306)


def main():
    with Pool() as pool:
        found = pool.map(row, list(wanted()), chunksize=1)
    write("claims.csv", HEADER, [found_row for found_row in found if found_row])


if __name__ == "__main__":
    main()
