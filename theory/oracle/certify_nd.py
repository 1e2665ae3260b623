"""A table of randomized smoothing in d dimensions: certify_nd.csv.

mean, covariance (all rows), shift, separated by spaces; prior, tau, sigma, n0, n, alpha, radius; then the distance of the means
from the boundary of the smoothed classifier (of y = 1 and y = -1), the standard deviation, the critical count, certified accuracy,
right, wrong, abstain, what infinitely many answers certify, and tau^2 |w|, all for weights trained with noise N(shift, tau^2 I).

Independence: weights are solved for in 30 digits with mpmath's LU, never normalised before the distances are; the rest is that of
certify.py, sums of binomial probabilities and panels in x.
"""

from mpmath import mp, mpf

from certify import at_least, average, critical, select, text
from common import exact, write

CASES = (
    # mean, covariance, shift, prior, tau, sigma, n0, n, alpha, radius
    ((1.2, 1), ((1, 0), (0, .25)), (1, 1), .5, 1, 1, 10, 100, .001, 1),
    ((1.2, 1), ((1, 0), (0, .25)), (1, -1), .3, .5, 2, 11, 60, .01, .5),
    ((1, .5, .75), ((1, .5, .25), (.5, 1, .5), (.25, .5, 1)), (0, 1, 2), .5, 2, .75, 7, 101, .05, .25),
    ((2,), ((.5,),), (-1,), .8, 1, .5, 1, 40, .001, .5),
    ((.5, -.25, .125, 1), ((1, 0, 0, .5), (0, 2, 0, 0), (0, 0, .25, 0), (.5, 0, 0, 1)), (0, 0, 0, 0), .5, 0, 1, 3, 64, .1, 0),
)


def row(case):
    mean, covariance, shift, prior, tau, sigma, n0, n, alpha, radius = case
    d, tau = len(mean), mpf(tau)
    mu, m = mp.matrix([mpf(v) for v in mean]), mp.matrix([mpf(v) for v in shift])
    data = mp.matrix([[mpf(v) for v in row] for row in covariance])
    noisy = data + tau ** 2 * mp.eye(d)
    w = mp.lu_solve(noisy, mu)
    # b = -w.m + ln(odds)/2, and the noise it is asked under has the mean m, too.
    bias = mp.log(mpf(prior) / (1 - mpf(prior))) / 2
    length = mp.sqrt((w.T * w)[0])
    centre, std, offset = (w.T * mu)[0] / length, mp.sqrt((w.T * data * w)[0]) / length, bias / length
    one = (centre, std, offset, prior, sigma, n0, n, alpha)
    c, c0 = critical(n, alpha, mpf(radius) / sigma), critical(n, alpha, mpf(0))

    def share(f, count):
        return average(one, f, [(count, n)]) if count <= n else mpf(0)

    certified = share(lambda p, q: select(n0, p, q) * at_least(n, c, p, q), c)
    right = share(lambda p, q: select(n0, p, q) * at_least(n, c0, p, q), c0)
    wrong = share(lambda p, q: select(n0, q, p) * at_least(n, c0, q, p), c0)
    truth = sum(weight * mp.ncdf((where - radius) / std)
                for weight, where in ((mpf(prior), centre + offset), (1 - mpf(prior), centre - offset)))
    values = [centre + offset, centre - offset, std]
    rates = [certified, right, wrong, 1 - right - wrong, truth, tau ** 2 * length]
    flat = [v for row in covariance for v in row]
    vectors = [" ".join(map(exact, v)) for v in (mean, flat, shift)]
    return [*vectors, *map(exact, (prior, tau, sigma)), str(n0), str(n), exact(alpha), exact(radius),
            *map(text, values), str(c), *map(text, rates)]


def main():
    with mp.workdps(30):
        write("certify_nd.csv",
              ["mean", "covariance", "shift", "prior", "tau", "sigma", "n0", "n", "alpha", "radius", "plus", "minus",
               "data_std", "critical", "certified", "right", "wrong", "abstain", "truth", "optimal_radius"],
              [row(case) for case in CASES])


if __name__ == "__main__":
    main()
