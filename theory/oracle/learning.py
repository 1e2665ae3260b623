"""Table of how fast a threshold is learnt, and the variance of Chernoff's distribution.

    python3 generate.py learning   writes learning.csv (seconds)

Independence: nothing is simplified. The 0-1 constant is (4 p/V^2)^(1/3) sqrt(Var C), with the density p
of x + theta at shift and the curvature V of the risk by numerical differentiation. The logistic one is the
sandwich A^-1 B A^-1, 2 x 2, with A the mean Hessian and B the mean outer product of the gradient of the
logistic loss at (w, b) = (2 mean/s^2, -w shift), integrated over both classes; that the mean gradient is 0
there is asserted; then the delta method for k = -b/w.

Chernoff's distribution has the density f(z) = g(z) g(-z)/2, where g has the Fourier transform
2^(1/3)/Ai(i 2^(-1/3) u) (P. Groeneboom, Probab. Theory Related Fields 81 (1989), 79-109). Both integrals
are by the trapezoidal rule, which converges faster than any power here; that f has mass 1 is asserted.
"""

from mpmath import mp, mpc, mpf

from common import exact, generator, write


def chernoff_variance():
    with mp.workdps(30):
        c, step = mpf(2) ** (mpf(-1) / 3), mpf(1) / 8
        hat = [1 / (c * mp.airyai(mpc(0, c * step * i))) for i in range(320)]

        def g(t):
            waves = (mp.re(mp.expj(-t * step * i) * value) for i, value in enumerate(hat))
            terms = list(waves)
            return step / mp.pi * (mp.fsum(terms) - terms[0] / 2)

        width = mpf(1) / 8
        points = [width * i for i in range(40)]
        density = [g(z) * g(-z) / 2 for z in points]
        mass = width * (2 * mp.fsum(density) - density[0])
        assert abs(mass - 1) < mpf("1e-18"), mass
        return 2 * width * mp.fsum(f * z * z for f, z in zip(density, points))


def law(mean, noise, sigma):
    s = mp.sqrt(noise**2 + sigma**2)
    return s, lambda t, y: mp.npdf((t - y * mean) / s) / s / 2


def zero_one(mean, noise, sigma, variance):
    s, density = law(mean, noise, sigma)

    def risk(t):
        return (mp.ncdf((t - mean) / s) + mp.ncdf((-t - mean) / s)) / 2

    step = s * mpf("1e-12")  # an error of 1e-24 relative
    curvature = (risk(step) - 2 * risk(mpf(0)) + risk(-step)) / step**2
    p = density(mpf(0), 1) + density(mpf(0), -1)
    return mp.cbrt(4 * p / curvature**2) * mp.sqrt(variance)


def logistic(mean, noise, sigma, shift):
    s, density = law(mean, noise, sigma)
    w = 2 * mean / s**2
    b = -w * shift
    marks = sorted({c + d * s for c in (-mean, mpf(0), mean) for d in (-14, -6, -3, -1, 0, 1, 3, 6, 14)})

    def over(f):
        return mp.quad(lambda t: sum(density(t, y) * f(t + shift, y) for y in (1, -1)), marks)

    def miss(x, y):
        return 1 / (1 + mp.exp(y * (w * x + b)))

    scale = over(lambda x, y: miss(x, y))
    for f in (lambda x, y: -y * miss(x, y), lambda x, y: -y * x * miss(x, y)):
        assert abs(over(f)) < mpf("1e-25") * (1 + abs(shift)) * scale, over(f)
    hessian = [over(lambda x, y: miss(x, y) * (1 - miss(x, y)) * x**i) for i in range(3)]
    outer = [over(lambda x, y: miss(x, y) ** 2 * x**i) for i in range(3)]
    a = mp.matrix([[hessian[2], hessian[1]], [hessian[1], hessian[0]]])
    m = mp.matrix([[outer[2], outer[1]], [outer[1], outer[0]]])
    inverse = a**-1
    sandwich = inverse * m * inverse
    gradient = mp.matrix([b / w**2, -1 / w])
    return mp.sqrt((gradient.T * sandwich * gradient)[0])


def main():
    mp.dps = 40
    variance = chernoff_variance()
    print("variance of Chernoff's distribution:", mp.nstr(variance, 20))
    points = [(1.0, 1.0, 1.0, sigma) for sigma in (0.0, 0.3, 0.5, 1.0, 2.0, 4.0, 100.0)]
    points += [(mean, 1.0, 0.0, 0.5) for mean in (1e-2, 0.1, 3.0, 6.0)]
    r = generator("learning")
    for _ in range(12):
        points.append((r.uniform(0.1, 3), 10 ** r.uniform(-0.3, 1), r.uniform(-2, 2), 10 ** r.uniform(-1, 1)))
    rows = []
    for point in points:
        mean, noise, shift, sigma = map(mpf, point)
        row = [exact(x) for x in point]
        with mp.workdps(60):
            row.append(mp.nstr(zero_one(mean, noise, sigma, variance), 19, min_fixed=0, max_fixed=0))
        row.append(mp.nstr(logistic(mean, noise, sigma, shift), 19, min_fixed=0, max_fixed=0))
        rows.append(row)
    write("learning.csv", ["mean", "noise", "shift", "sigma", "zero_one", "logistic"], rows)


if __name__ == "__main__":
    main()
