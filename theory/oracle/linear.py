"""Table of the robust optima in d dimensions: linear.csv.

    python3 generate.py linear   writes the table beside this file (a minute or two)

A row: norm, eps, prior, shape (scalar, diagonal, full), d, then four lists with blanks between numbers:
mean, covariance (one variance, d of them, or d*d by rows), weights (Sigma^-1 (mu - z*), blank where a
constant is optimal), move z*; then distance = E(w*), the accuracy, and the bayes and (for the norm 2) tau^2 at
which training with noise tau^2 I is the optimum.

Independence: the Rust code works with the dual pair (w, z) of a quadratic programme. Here it is the
accuracy's own argument, the quotient

    E(w) = (w.mu - eps |w|_q)/sqrt(w.Sigma.w),

that is maximised over w directly, and z* = mu - Sigma w (w scaled) comes out at the end.
q = 1 and q = inf: every face is tried, all 3^d patterns of signs, in exact linear algebra, and the largest E
wins: on a face |w|_q is linear in the free variables, and E is greatest where a linear system says so.
1 < q < inf: gradient zero of |w|_Sigma^2/2 - (w.mu - eps |w|_q), by Newton in mpmath with a start from a
continuation in eps, from 0; then E is compared with random neighbours.
d = 1: the formula of one dimension. 60 working digits, 40 are printed; good are at least 30.
"""

import itertools

from mpmath import mp, mpf

from common import digits, exact, generator, write


def phi(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def norm(x, p):
    if p == mp.inf:
        return max(abs(v) for v in x)
    return sum(abs(v) ** p for v in x) ** (1 / mpf(p))


def dot(a, b):
    return mp.fsum(x * y for x, y in zip(a, b))


def times(a, x):
    return [dot(row, x) for row in a]


def solve(a, b):
    return list(mp.lu_solve(mp.matrix(a), mp.matrix(b)))


def quotient(w, mean, sigma, q, eps):
    return (dot(w, mean) - eps * norm(w, q)) / mp.sqrt(dot(w, times(sigma, w)))


def faces(mean, sigma, q, eps):
    """The best w for q = 1 or inf: |w|_q = g.w on each face, w = B v for a basis B of the face's span,
    and E is greatest over v at v = (B'SB)^-1 B'(mu - eps g)."""
    d = len(mean)
    best = None
    for signs in itertools.product((-1, 0, 1), repeat=d):
        if not any(signs):
            continue
        if q == 1:  # zeros are w = 0
            columns = [[mpf(i == j) for i in range(d)] for j in range(d) if signs[j]]
            g = [mpf(s) for s in signs]
        else:  # signs are w = +-t, zeros are free
            columns = [[mpf(s) for s in signs]]
            columns += [[mpf(i == j) for i in range(d)] for j in range(d) if not signs[j]]
            g = [mpf(s) / sum(map(abs, signs)) for s in signs]
        pull = [m - eps * x for m, x in zip(mean, g)]
        gram = [[dot(a, times(sigma, b)) for b in columns] for a in columns]
        v = solve(gram, [dot(c, pull) for c in columns])
        w = [mp.fsum(c[i] * x for c, x in zip(columns, v)) for i in range(d)]
        if not any(w):
            continue
        value = quotient(w, mean, sigma, q, eps)  # of that w, with its true norm
        if best is None or value > best[0]:
            best = value, w
    return best[1]


def smooth(mean, sigma, q, eps):
    """The zero of Sigma w - mu + eps grad |w|_q, followed from eps = 0."""
    d = len(mean)

    def newton(w, eps):
        for _ in range(400):
            n = norm(w, q)
            g = [mp.sign(x) * (abs(x) / n) ** (q - 1) for x in w]
            f = [s - m + eps * x for s, m, x in zip(times(sigma, w), mean, g)]
            jacobian = [[sigma[i][j] - eps * (q - 1) / n * g[i] * g[j] for j in range(d)] for i in range(d)]
            for i in range(d):
                jacobian[i][i] += eps * (q - 1) / n * (abs(w[i]) / n) ** (q - 2)
            step = solve(jacobian, f)
            length, size = mpf(1), dot(w, times(sigma, w)) / 2 - dot(w, mean) + eps * n

            def merit(w):
                return dot(w, times(sigma, w)) / 2 - dot(w, mean) + eps * norm(w, q)

            slope = dot(step, f)
            while merit([x - length * s for x, s in zip(w, step)]) > size - length * slope / 10000 and slope > mpf("1e-50") * abs(size):
                length /= 2
                if length < mpf("1e-12"):
                    break
            w = [x - length * s for x, s in zip(w, step)]
            if norm(step, 2) < mpf("1e-50") * norm(w, 2):
                return w
        raise AssertionError(("no convergence", mean, q, eps))

    w = solve(sigma, mean)
    top = 24
    for k in range(1, top + 1):
        w = newton(w, eps * k / top)
    return w


def optimum(mean, sigma, p, eps):
    """w, z, E; w None for a constant."""
    d = len(mean)
    if norm(mean, p) <= eps:
        return None, mean, mpf(0)
    q = mp.inf if p == 1 else mpf(1) if p == mp.inf else p / (p - 1)
    if eps == 0:
        w = solve(sigma, mean)
    elif d == 1:
        w = [mp.sign(mean[0])]
    elif q in (1, mp.inf):
        w = faces(mean, sigma, q, eps)
    else:
        w = smooth(mean, sigma, q, eps)
    best = quotient(w, mean, sigma, q, eps)
    spread = mp.sqrt(dot(w, times(sigma, w)))
    w = [x * best / spread for x in w]
    z = [m - s for m, s in zip(mean, times(sigma, w))]
    assert norm(z, p) <= eps * (1 + mpf("1e-40")) + mpf("1e-45"), (norm(z, p), eps, p)
    rng = generator("linear neighbours")
    for _ in range(50):
        for size in (1e-2, 1e-6):
            other = [x + best * size * rng.gauss(0, 1) * max(map(abs, w)) for x in w]
            assert quotient(other, mean, sigma, q, eps) <= best * (1 + mpf("1e-50"))
    return w, z, best


def accuracy(distance, prior):
    if distance == 0:
        return max(prior, 1 - prior)
    b = mp.log(prior / (1 - prior)) / 2
    return prior * phi(distance + b / distance) + (1 - prior) * phi(distance - b / distance)


def row(p, eps, prior, shape, mean, covariance):
    d = len(mean)
    exactly = [mpf(x) for x in covariance]
    if shape == "full":
        sigma = [exactly[d * i : d * i + d] for i in range(d)]
    else:
        sigma = [[(exactly[0] if shape == "scalar" else exactly[i]) * (i == j) for j in range(d)] for i in range(d)]
    w, z, distance = optimum([mpf(m) for m in mean], sigma, mpf(p), mpf(eps))
    tau = ""
    if p == 2 and w is not None and eps > 0:
        tau = digits(norm(z, 2) / norm(w, 2))

    def many(x, text):
        return " ".join(text(v) for v in x)

    return [
        str(p), exact(eps), exact(prior), shape, str(d), many(mean, exact), many(covariance, exact),
        many(w or [], digits), many(z, digits), digits(distance), digits(accuracy(distance, mpf(prior))), tau,
    ]


def covariance(rng, shape, d, ridge):
    if shape == "scalar":
        return [rng.uniform(0.3, 3)]
    if shape == "diagonal":
        return [10 ** rng.uniform(-1, 1) for _ in range(d)]
    # A A' + ridge I in doubles, the two halves the same
    a = [[rng.gauss(0, 1) for _ in range(max(1, d - 1 if ridge < 1e-3 else d))] for _ in range(d)]
    return [
        sum(x * y for x, y in zip(a[max(i, j)], a[min(i, j)])) + ridge * (i == j) for i in range(d) for j in range(d)
    ]


def points():
    rng = generator("linear")
    norms = (1, 1.5, 2, 3, float("inf"))
    for d in (1, 2, 6):
        for p in norms:
            for shape, ridge in (("scalar", 1), ("diagonal", 1), ("full", 0.1), ("full", 1e-6), ("full", 1e-9)):
                if d == 1 and ridge < 1e-3:
                    continue
                for share in (0.0, 0.05, 0.4, 0.9, 1.5):
                    if ridge == 1e-9 and share not in (0.05, 0.4):
                        continue
                    mean = [rng.gauss(0, 1) for _ in range(d)]
                    eps = float(share * norm(mean, p))
                    prior = rng.choice((0.5, 0.5, rng.uniform(0.02, 0.98)))
                    yield p, eps, prior, shape, mean, covariance(rng, shape, d, ridge)


def work(point):
    with mp.workdps(75):
        return row(*point)


def main():
    from multiprocessing import Pool

    header = ["norm", "eps", "prior", "shape", "d", "mean", "covariance", "weights", "move", "distance", "accuracy", "noise"]
    with Pool() as pool:
        write("linear.csv", header, pool.map(work, list(points()), chunksize=1))


if __name__ == "__main__":
    main()
