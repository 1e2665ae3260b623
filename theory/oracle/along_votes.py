"""Table of the claims about votes along lists of numbers of votes: along_votes.csv.

    python3 generate.py along_votes   writes the table beside this file (about 15 minutes)

Columns: the question; `votes`, the numbers of votes, separated by spaces; the claims, 1 where they hold:

    falls      vote-trade-off: the robust accuracy of each number is below that of the one before it
    restores   vote-restores: its distance to the undefended classifier's is below that of the one before it

and of each how far the two sides of its closest step are apart, (a - b)/(a + b): of the robust accuracies
(where both are above 1/2 of the attack success rates), and of the distances. Then the robust accuracies.

Independence: the robust accuracies are those of accuracy.py (one shared draw), fresh.py and
persistent.py, found as said there without the integrals of the Rust code; orders are read off their
digits. Good are at least 30.
"""

from multiprocessing import Pool

from mpmath import mp, mpf

from accuracy import average, odd, survivals
from common import digits, exact, generator, write
from fresh import fresh
from persistent import persistent


def rates(mean, noise, sigma, draws, eps, votes):
    """The robust accuracy and the attack success rate of the trained classifier's vote."""
    if draws == "same":
        clean, right = (average(survivals(mean, noise, 0.0, sigma, odd(votes), e)) for e in (0.0, eps))
        return right / clean, (clean - right) / clean
    if draws == "fresh":
        both, caught, clean = fresh((mean, noise, 0.0, sigma, votes, eps))
    else:
        tries = int(draws.removeprefix("persistent="))
        _, both, caught, clean = persistent((mean, noise, 0.0, sigma, votes, tries, eps))
    return both / clean, caught / clean


def order(a, b):
    """(a - b)/(a + b)."""
    return (a - b) / (a + b) if a != b else mpf(0)


def fall(before, after):
    if before[0] > 0.5 and after[0] > 0.5:
        return order(after[1], before[1])
    return order(before[0], after[0])


def row(question):
    *point, votes = question
    with mp.workdps(55):
        found = [rates(*point, n) for n in votes]
        limit = rates(*point, "inf")
        gaps = [abs(rate[0] - limit[0]) for rate in found]
        claims = [
            [fall(*pair) for pair in zip(found, found[1:])],
            [order(*pair) for pair in zip(gaps, gaps[1:])],
        ]
        mean, noise, sigma, draws, eps = point
        inputs = [exact(mean), exact(noise), exact(sigma), draws, exact(eps), " ".join(map(str, votes))]
        verdicts = ["1" if min(steps) > 0 else "0" for steps in claims]
        closest = [digits(min(map(abs, steps))) for steps in claims]
        return inputs + verdicts + closest + [" ".join(digits(rate[0]) for rate in found)]


DRAWS = ("same", "fresh", "persistent=5")
LISTS = ((1, 11, 101), (1, 3, 5), (3, 101, "inf"), (1, "inf"), (2, 10), (11, 13), (1, 3, 5, 7, 9, 11))


def points():
    for draws in DRAWS:
        yield 1.0, 1.0, 0.5, draws, 0.3, (1, 11, 101)  # the paper's task: fresh votes reverse the claim
        yield 1.0, 1.0, 1.0, draws, 0.5, (1, 11, 101, "inf")
        yield 1.0, 1.0, 1.0, draws, 0.3, (1, 3, 5)  # the gap changes its sign between votes
    yield 1.0, 1.0, 2.0, "same", 0.3057, (101, 1001, 2001)
    r = generator("along_votes")
    for votes in LISTS:
        for draws in DRAWS:
            for far in (False, False, True):
                noise = 10 ** r.uniform(-1, 0.5) if far else 1.0
                yield (
                    r.uniform(0.2, 3.0), noise, 10 ** r.uniform(-1, 0.7), draws,
                    r.uniform(0.0, 6.0) if far else r.uniform(0.0, 1.5), votes,
                )
    for sigma in (1.0, 1.5, 2.0):  # the gap passes through 0 and grows again
        for eps in (0.28, 0.295, 0.303):
            yield 1.0, 1.0, sigma, "same", eps, (9, 31, 101)


def main():
    header = ["mean", "noise", "sigma", "draws", "eps", "votes"]
    header += ["falls", "restores", "fall_apart", "restore_apart", "robust_accuracy"]
    with Pool() as pool:
        write("along_votes.csv", header, pool.map(row, points(), chunksize=1))
