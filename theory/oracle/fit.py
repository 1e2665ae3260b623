"""Fits: shrinkage and covariances of the real scikit-learn, weights and margins at 80 digits from its covariances, and the
exact law of Kolmogorov's distance (SciPy).

fit_rows.csv     case, row, class, entries of the row: a few small data sets of three digits
fit.csv          case, shrinkage, what, index, value
fit_distance.csv n, distance, P[D >= distance]

scikit-learn works in doubles: its values are good to some 1e-13 relative, and are written so that they read back.
"""

import numpy
from mpmath import mp, mpf
from scipy.stats import kstwo
from sklearn.covariance import LedoitWolf, OAS, empirical_covariance, shrunk_covariance

from common import digits, exact, write

# rows, columns, how far the classes are apart, where the features are, how correlated they are
CASES = [
    (20, 5, 1.0, 0.0, 0.5),
    (12, 9, 1.0, 0.0, 0.9),
    (8, 12, 2.0, 0.0, 0.0),
    (30, 1, 0.5, 0.0, 0.0),
    (25, 4, 1.0, 1000.0, 0.3),
    (60, 3, 0.2, -2.0, 0.99),
]


def data(case):
    n, d, apart, where, correlation = CASES[case]
    rng = numpy.random.default_rng(17 + case)
    common = rng.standard_normal((n, 1))
    x = numpy.sqrt(correlation) * common + numpy.sqrt(1 - correlation) * rng.standard_normal((n, d))
    x *= numpy.geomspace(0.2, 3.0, d)
    y = numpy.where(numpy.arange(n) % 5 < 2, 1, -1)
    x[y > 0] += apart
    return numpy.round(x + where, 3), y


def covariances(residuals):
    """The shrinkage and the covariance by each name, as scikit-learn has them."""
    for name, estimator in [("lw", LedoitWolf), ("oas", OAS)]:
        fitted = estimator(assume_centered=True).fit(residuals)
        yield name, fitted.shrinkage_, fitted.covariance_
    empirical = empirical_covariance(residuals, assume_centered=True)
    yield "0.1", 0.1, shrunk_covariance(empirical, shrinkage=0.1)
    if len(residuals) > residuals.shape[1] + 2:
        yield "none", 0.0, empirical


def solved(covariance, means):
    """w and b at full precision."""
    plus, minus = ([mpf(float(v)) for v in m] for m in means)
    mu = [(p - m) / 2 for p, m in zip(plus, minus)]
    w = mp.lu_solve(mp.matrix(covariance.tolist()), mp.matrix(mu))
    b = -sum(w[i] * (p + m) / 2 for i, (p, m) in enumerate(zip(plus, minus)))
    return w, b


def length(w, q):
    if q == "inf":
        return max(abs(v) for v in w)
    if q == "1":
        return sum(abs(v) for v in w)
    return mp.sqrt(sum(v * v for v in w))


def main():
    rows, values = [], []
    for case in range(len(CASES)):
        x, y = data(case)
        rows += [
            (str(case), str(i), str(c), *(exact(v) for v in row))
            for i, (row, c) in enumerate(zip(x, y))
        ]
        means = [x[y == c].mean(axis=0) for c in (1, -1)]
        residuals = numpy.where((y == 1)[:, None], x - means[0], x - means[1])
        for name, shrinkage, covariance in covariances(residuals):

            def add(what, index, value):
                values.append((str(case), name, what, str(index), value))

            add("shrinkage", 0, exact(shrinkage))
            d = x.shape[1]
            for i in range(d):
                for j in range(i + 1):
                    add("covariance", i * d + j, exact(covariance[i, j]))
            w, b = solved(covariance, means)
            for i in range(d):
                add("weight", i, digits(w[i]))
            # Of the first rows, in the norms 2, infinity and 1.
            for norm, q in [("2", "2"), ("inf", "1"), ("1", "inf")]:
                for i in range(3):
                    margin = int(y[i]) * (sum(w[j] * mpf(float(x[i, j])) for j in range(d)) + b)
                    add(f"margin_{norm}", i, digits(margin / length(w, q)))
    write("fit_rows.csv", ["case", "row", "class", "entries"], rows)
    write("fit.csv", ["case", "shrinkage", "what", "index", "value"], values)
    distances = [
        (str(n), exact(t / n**0.5), exact(kstwo.sf(t / n**0.5, n)))
        for n in (5, 20, 100, 1000, 100000)
        for t in (0.7, 0.85, 1.0, 1.2, 1.6, 2.1)
    ]
    write("fit_distance.csv", ["n", "distance", "probability"], distances)


if __name__ == "__main__":
    main()
