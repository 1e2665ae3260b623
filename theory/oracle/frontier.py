"""Table of where the claims of the paper begin to hold: frontier.csv.

    python3 generate.py frontier   writes the table beside this file (some minutes)

Columns: claim, metric, draws, mean, noise, shift; along, the coordinate in which the root was sought;
fixed, the other one; low and high, doubles around the root at which the claim does not agree; root, 40
digits; above, whether the claim holds or fails beyond it; vertex, for a trade-off the |shift - k| at
which it is decided.

Independence: the Rust code looks for zeros of differences whose vanishing factors are divided out by
hand, with a table of conditional probabilities over the input and derivatives by Hermite weights.
Here everything is a difference of the accuracies as they are defined, and derivatives in k are
differences, too; nothing is expanded or simplified.

    same         closed forms; zeros of eps and sigma are replaced by 1e-60, and so is the step in k;
                 420 working digits pay for the cancellation
    fresh        as persistent=1; the value at every root is checked against the bivariate normal
                 distribution of fresh.py (Plackett's identity)
    persistent   integrals over thresholds, as in persistent.py: right in every try means above the
                 largest of the thresholds. By the trapezoidal rule on the whole line, whose error is
                 below exp(-2 pi^2/(h^2 c)) for an integrand that grows as exp(c y^2/2) off the real
                 line (Trefethen and Weideman, SIAM Review 56 (2014), 385-458); 80 working digits

The trade-off holds where the robust accuracy falls in k on all of [0, shift]: where the least over u in
[0, |shift|], u = |shift - k|, of dR/du over u is positive. At u = 0 that is the second derivative.

Precision: 40 digits are printed; good are at least 35. Checked on every row: the claim holds on one
side of the root and fails on the other, 1e-35 away from it.
"""

from multiprocessing import Pool

from mpmath import mp, mpf

from common import digits, exact, write
from fresh import one_draw

TINY = mpf("1e-60")
HEADER = ["claim", "metric", "draws", "mean", "noise", "shift", "along", "fixed", "low", "high", "root", "above", "vertex"]
ROBUST, ADVERSARIAL, SUCCESS = "robust_accuracy", "adversarial_accuracy", "attack_success_rate"
PAIRS = {
    "defense-helps": ("undefended", "defended"),
    "training-hurts": ("trained", "defended"),
    "training-keeps-some": ("undefended", "trained"),
}


def phi(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


def width():
    """The step of differences where several tries are at work: its square is what they neglect, and
    costs as many digits again."""
    return mpf(10) ** -(mp.dps * 9 // 40)


def line(f, growth):
    """The integral of f over the whole line. f falls as exp(-x^2/2) about 0, and grows as
    exp(growth y^2/2) off it."""
    nats = (mp.dps + 5) * mp.log(10)
    h = mp.sqrt(2 * mp.pi**2 / (nats * growth))
    reach = int(mp.ceil(mp.sqrt(2 * nats) / h))
    return h * mp.fsum(f(i * h) for i in range(-reach, reach + 1))


def closed(task, u, sigma, eps):
    """P[m > eps], averaged over the classes, for one draw (sigma = 0: none)."""
    mean, noise = task
    s = mp.sqrt(noise**2 + sigma**2)
    return (phi((mean + u - eps) / s) + phi((mean - u - eps) / s)) / 2


def above(task, u, sigma, eps, tries, first):
    """P[right on the attacked input in every try, and, if `first`, on the clean one]: the expectation
    of the input's tail above the largest threshold; of one class."""
    mean, noise = task
    growth = 1 + tries + (sigma / noise) ** 2

    def tail(s):
        return phi((mean + u - s) / noise)

    def attacked(x):  # x a threshold of a try, in units of sigma, less eps
        s = eps + sigma * x
        clean = phi(s / sigma) if first else 1
        return tail(s) * clean * tries * phi(x) ** (tries - 1) * mp.npdf(x)

    def clean(x):
        s = sigma * x
        return tail(s) * mp.npdf(x) * phi((s - eps) / sigma) ** tries

    return line(attacked, growth) + (line(clean, growth) if first else 0)


class Question:
    def __init__(self, claim, metric, draws, mean, noise, shift):
        self.names = (claim, metric, draws)
        self.claim, self.metric, self.draws = claim, metric, draws
        self.task, self.shift = (mpf(mean), mpf(noise)), mpf(shift)
        self.tries = {"same": 0, "fresh": 1}.get(draws) if "=" not in draws else int(draws.split("=")[1])

    def value(self, u, sigma, eps):
        """The metric of one draw; u None: of none. Larger is better."""
        if u is None:
            found = closed(self.task, 0, 0, eps)
            clean = closed(self.task, 0, 0, 0)
        else:
            clean = closed(self.task, u, sigma, 0)
            if self.tries == 0 or (self.tries == 1 and self.metric == ADVERSARIAL):
                found = closed(self.task, u, sigma, eps)
            else:
                first = self.metric != ADVERSARIAL
                of = [above(self.task, v, sigma, eps, self.tries, first) for v in {u, -u}]
                found = mp.fsum(of) / len(of)
        if self.metric == ADVERSARIAL:
            return found
        return -(1 - found / clean) if self.metric == SUCCESS else found / clean

    def rise(self, u, sigma, eps):
        """dR/du over u."""
        if self.tries == 0:
            u = u or TINY
            step = u * TINY
            found = self.value(u + step, sigma, eps) - self.value(u - step, sigma, eps)
            return found / (2 * step * u)
        step = width()
        if u == 0:
            return 2 * (self.value(step, sigma, eps) - self.value(mpf(0), sigma, eps)) / step**2
        return (self.value(u + step, sigma, eps) - self.value(u - step, sigma, eps)) / (2 * step * u)

    def gain(self, sigma, eps, vertex=None):
        """Positive where the claim holds (of a trade-off, at this vertex)."""
        if self.tries == 0:
            sigma, eps = sigma or TINY, eps or TINY
        if self.claim == "trade-off":
            return self.rise(vertex, sigma, eps)
        of = {"undefended": None, "trained": mpf(0), "defended": abs(self.shift)}
        first, second = (self.value(of[stage], sigma, eps) for stage in PAIRS[self.claim])
        return second - first

    def lowest(self, sigma, eps, n=12):
        """The vertex at which a trade-off is decided, to a part of the range, and what is there."""
        if self.tries == 0:
            sigma, eps = sigma or TINY, eps or TINY
        places = [abs(self.shift) * i / n for i in range(n + 1)]
        return min((self.rise(u, sigma, eps), u) for u in places)


def solve(f, low, high, near):
    """The root between two points of different sign to a relative `near`: regula falsi, Illinois."""
    fl, fh = f(low), f(high)
    assert fl * fh < 0, (low, high, fl, fh)
    last = low
    for _ in range(200):
        x = (low * fh - high * fl) / (fh - fl)
        fx = f(x)
        if fx == 0 or abs(x - last) < near * abs(x):
            return x
        if fx * fh < 0:
            low, fl = high, fh
        else:
            fl /= 2
        high, fh, last = x, fx, x
    raise ArithmeticError("no convergence")


def crossing(line):
    """A row, from what is asked and a bracket."""
    claim, metric, draws, mean, noise, shift, along, fixed, low, high = line
    asked = Question(claim, metric, draws, mean, noise, shift)
    at = (lambda x: (x, mpf(fixed))) if along == "sigma" else (lambda x: (mpf(fixed), x))
    rough, fine = (30, 80) if asked.tries else (420, 420)
    vertex = mpf(0) if claim == "trade-off" else None
    for _ in range(3):
        with mp.workdps(rough):
            try:
                root = solve(lambda x: asked.gain(*at(x), vertex), mpf(low), mpf(high), mpf("1e-11"))
            except AssertionError:  # not decided at this vertex: it does not change its sign
                assert vertex == 0, line
                vertex = abs(asked.shift)
                continue
            if claim != "trade-off":
                break
            _, least = asked.lowest(*at(root), 6 if asked.tries else 24)
            if least == vertex:
                break
            assert least in (0, abs(asked.shift)), ("decided between", line, least)
            vertex = least
    else:
        raise ArithmeticError(("no vertex", line))
    with mp.workdps(fine):
        off = root * mpf("1e-9")
        root = solve(lambda x: asked.gain(*at(x), vertex), root - off, root + off, mpf("1e-33"))
        near = mpf("1e-35") * root
        sides = [asked.gain(*at(root + by), vertex) for by in (-near, near)]
        assert sides[0] * sides[1] < 0, (line, sides)
        if asked.tries == 1 and metric != ADVERSARIAL:
            sigma, eps = at(root)
            for u in {mpf(0), mpf(shift), -mpf(shift)}:
                both = above(asked.task, u, sigma, eps, 1, True)
                other = one_draw(*asked.task, u, sigma, eps)[0]
                assert abs(both / other - 1) < mpf("1e-38"), (line, both, other)
    out = [claim, metric, draws, *map(exact, (mean, noise, shift)), along, *map(exact, (fixed, low, high))]
    return out + [digits(root), "holds" if sides[1] > 0 else "fails", "" if vertex is None else exact(vertex)]


USUAL = (1.0, 1.0, 1.0)
OTHERS = [(2.0, 0.5, -1.5), (0.7, 1.3, 0.4), (1.5, 0.625, 3.0)]
CLAIMS = [*PAIRS, "trade-off"]


def wanted():
    """What is asked, and where to look: (question, along, fixed, places)."""
    sigmas = [0.02, 0.1, 0.25, 0.4, 0.55, 0.7, 0.9, 1.15, 1.5, 2.2]
    budgets = [0.003, 0.02, 0.05, 0.08, 0.14, 0.2, 0.26, 0.35, 0.5, 0.75, 1.05, 1.6]
    parts = [0.1, 0.4, 0.7, 0.95, 1.03, 1.2, 1.5, 2.0]  # of the mean

    def scale(task):
        if task == USUAL:
            return sigmas, budgets
        return [x * task[1] for x in (*sigmas, 3.0, 4.5)], [x * task[0] for x in parts]

    for claim in CLAIMS:
        for task in (USUAL, *OTHERS):
            for sigma in (0.0, 0.1, 0.3, 0.45, 0.6, 0.9) if task == USUAL else (0.0, 0.25, 0.75):
                yield (claim, ROBUST, "same", *task), "eps", sigma, scale(task)[1]
            for eps in (0.0, 1e-3, 0.1) if task == USUAL else (0.0, 0.25):
                yield (claim, ROBUST, "same", *task), "sigma", eps, scale(task)[0]
            yield (claim, ADVERSARIAL, "same", *task), "eps", 0.7, [0.5 * task[0], 1.6 * task[0]]
        yield (claim, SUCCESS, "same", *USUAL), "eps", 0.2, budgets
        yield (claim, SUCCESS, "fresh", *USUAL), "eps", 0.2, budgets[1::2]
        for task in (USUAL, *OTHERS):
            for draws in ("fresh", "persistent=5"):
                for sigma in (0.3, 1.0) if task == USUAL and draws == "fresh" else (0.3,):
                    yield (claim, ROBUST, draws, *task), "eps", sigma, scale(task)[1][1::2]
                for eps in (0.0, 0.2) if task == USUAL else (0.1,):
                    yield (claim, ROBUST, draws, *task), "sigma", eps, scale(task)[0][::2]
        for eps in (0.0, 0.1, 0.5):
            yield (claim, ADVERSARIAL, "persistent=5", *USUAL), "sigma", eps, sigmas[::2]
        yield (claim, ADVERSARIAL, "persistent=5", *USUAL), "eps", 0.5, budgets[1::2]
        yield (claim, ADVERSARIAL, "persistent=5", *OTHERS[0]), "eps", 0.3, [0.5, 1.0, 2.0, 3.0, 4.0]
        yield (claim, ADVERSARIAL, "persistent=5", *OTHERS[1]), "sigma", 0.2, sigmas[::2]


def rows(line):
    """One for each change of sign between neighbouring places; few digits will do for that."""
    names, along, fixed, places = line
    asked = Question(*names)
    with mp.workdps(30 if asked.tries else 420):
        signs = []
        for x in map(mpf, places):
            sigma, eps = (x, mpf(fixed)) if along == "sigma" else (mpf(fixed), x)
            if asked.claim == "trade-off":
                signs.append(asked.lowest(sigma, eps, 4)[0] > 0)
            else:
                signs.append(asked.gain(sigma, eps) > 0)
    return [
        crossing((*names, along, fixed, low, high))
        for low, high, before, after in zip(places, places[1:], signs, signs[1:])
        if before != after
    ]


def main():
    with Pool() as pool:
        found = pool.map(rows, list(wanted()), chunksize=1)
    write("frontier.csv", HEADER, [row for group in found for row in group])


if __name__ == "__main__":
    main()
