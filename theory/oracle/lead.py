"""Table of the leads of the paper's claims, whose signs say where they hold: lead.csv.

    python3 generate.py lead   writes the table beside this file (some seconds)

Columns, in units of the noise (r = noise/s, s^2 = noise^2 + sigma^2; u, t, d: undefended, trained,
defended; ASR the attack success rate, A the adversarial accuracy):

    defense_helps  (ASR_u - ASR_d) noise/eps        training_hurts  (ASR_t - ASR_d) noise/eps
    training_keeps_some  ln(robust_t/robust_u) noise/(eps (1 - r))
    trade_off_0, trade_off_1   (d ln robust/dv)/(v eps/s) at v = 0 and at v = |shift|/s
    adversarial_helps  A_d - A_u     adversarial_hurts  A_d - A_t     adversarial_keeps  (A_t - A_u)/(1 - r)

Independence: everything is a difference of accuracies as they are defined, and the derivative in v
a central difference; nothing is expanded or simplified. Zeros of eps, sigma and v are replaced by
1e-60 there, and 420 working digits pay for the cancellation. At least 40 digits are good: the
neglected terms are below 1e-50 of the rest.
"""

from mpmath import mp, mpf

from common import digits, exact, generator, write

TINY = mpf("1e-60")
HEADER = [
    "mean", "noise", "shift", "sigma", "eps",
    "defense_helps", "training_hurts", "training_keeps_some", "trade_off_0", "trade_off_1",
    "adversarial_helps", "adversarial_hurts", "adversarial_keeps",
]


def phi(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


def accuracy(mean, u, s, eps):
    return (phi((mean + u - eps) / s) + phi((mean - u - eps) / s)) / 2


def leads(mean, noise, shift, sigma, eps):
    sigma, eps = (mpf(x) if x else TINY * mpf(noise) for x in (sigma, eps))
    mean, noise, shift = mpf(mean), mpf(noise), mpf(shift)
    s = mp.sqrt(noise**2 + sigma**2)
    r, unit = noise / s, eps / noise

    def robust(u, s):
        return accuracy(mean, u, s, eps) / accuracy(mean, u, s, 0)

    undefended, trained, defended = robust(0, noise), robust(0, s), robust(shift, s)
    adversarial = [accuracy(mean, u, q, eps) for u, q in ((0, noise), (0, s), (shift, s))]

    def trade_off(v):
        def log(v):
            return mp.log(robust(v * s, s))

        step = v * TINY
        return (log(v + step) - log(v - step)) / (2 * step) / (v * eps / s)

    return [
        (defended - undefended) / unit,
        (defended - trained) / unit,
        mp.log(trained / undefended) / unit / (1 - r),
        trade_off(TINY),
        trade_off(abs(shift) / s),
        adversarial[2] - adversarial[0],
        adversarial[2] - adversarial[1],
        (adversarial[1] - adversarial[0]) / (1 - r),
    ]


def points():
    rng = generator("lead")
    for sigma in (0.0, 0.01, 0.3, 0.646135544, 1.0430, 2.0):
        for eps in (0.0, 1e-3, 0.239141, 1.0, 1.5):
            yield 1.0, 1.0, 1.0, sigma, eps
    for _ in range(90):
        yield (
            rng.uniform(0.05, 3.0), rng.uniform(0.3, 2.0), rng.choice((-1, 1)) * rng.uniform(0.05, 3.0),
            rng.choice((0.0, rng.uniform(0, 0.1), rng.uniform(0, 3), rng.uniform(0, 3))),
            rng.choice((0.0, rng.uniform(0, 0.1), rng.uniform(0, 3), rng.uniform(0, 3))),
        )
    for _ in range(20):  # far out
        yield rng.uniform(3.0, 12.0), 1.0, rng.uniform(1e-3, 8.0), rng.uniform(0, 20), rng.uniform(0, 20)
    for _ in range(10):  # a shift that is almost none
        yield rng.uniform(0.05, 3.0), 1.0, 1e-9, rng.uniform(0, 3), rng.uniform(0, 3)


def main():
    with mp.workdps(420):
        rows = [[*map(exact, p), *map(digits, leads(*p))] for p in points()]
    write("lead.csv", HEADER, rows)


if __name__ == "__main__":
    main()
