"""The laboratories by somebody who knows NumPy well: the same draws, questions and counts as gauss-sim's simulations, and
most of what `evaluate` and `fit` find in their files.

Prints `program,quantity,threads,nanoseconds` lines, one thread, the least of all rounds and sizes of block: single
precision, SFC64, draws into buffers, everything in place, blocks that stay in cache. SciPy has the normal and the
incomplete beta function, which NumPy lacks.

`laboratories.py --check` compares the estimates with gauss-sim's exact values: of a million samples (of attacks 20,000)
all rates are within 2.1 standard errors. What `fit` finds was compared with gauss-sim's tables: shrinkage, laws and
distances have 12 digits in common; what `evaluate` finds, by eye. `evaluate` does less than
gauss-sim's: it fits no task, and its intervals are normal ones, where gauss-sim's are by betting.
"""

import pathlib
import sys
import time

import numpy as np
from scipy import special, stats

F = np.float32
DATA = pathlib.Path("target/peers/data")


def coins(rng, samples):
    """y = -1 or 1."""
    return np.where(rng.integers(0, 2, size=samples, dtype=np.uint8), F(1), F(-1))


def attack(eot):
    """Sign-PGD with EOT against gains N(1, tau^2): right without the attack and with it, by one draw; right signs, and reach."""
    dimension, steps, tau, eps = 256, 40, 10.0, 0.125
    alpha, bound, threshold = F(eps / 10), F(eps), F(-eot / tau)

    def room(rng, samples):
        shape = (samples, dimension)
        x, delta, z, total = (np.empty(shape, F) for _ in range(4))
        ahead = np.empty(shape, np.bool_)

        def block(counts):
            y = coins(rng, samples)[:, None]
            rng.standard_normal(dtype=F, out=x)
            np.add(x, F(0.25) * y, out=x)
            # In the direction -y: the gradient of the loss is -y*a, and its mean is along -y where the sum of the gains is
            # above 0.
            delta[:] = 0
            for _ in range(steps):
                rng.standard_normal(dtype=F, out=z)
                summed = z
                if eot > 1:
                    total[:] = z
                    for _ in range(eot - 1):
                        rng.standard_normal(dtype=F, out=z)
                        np.add(total, z, out=total)
                    summed = total
                np.greater(summed, threshold, out=ahead)
                counts[2] += np.count_nonzero(ahead)
                # +alpha or -alpha without a branch
                np.multiply(ahead, F(2 * alpha), out=summed)
                np.subtract(summed, alpha, out=summed)
                np.add(delta, summed, out=delta)
                np.clip(delta, -bound, bound, out=delta)
            counts[3] += delta.sum()
            rng.standard_normal(dtype=F, out=z)
            np.multiply(z, F(tau), out=z)
            np.add(z, F(1), out=z)
            margin = y[:, 0] * np.einsum("ij,ij->i", x, z)
            counts[0] += np.count_nonzero(margin > 0)
            margin -= np.einsum("ij,ij->i", delta, z)
            counts[1] += np.count_nonzero(margin > 0)

        return block

    return room


def pool():
    """Scale, shift and sigma of each map."""
    import tomllib

    maps = tomllib.loads(pathlib.Path("examples/pools/bart.toml").read_text())["transform"]
    return [np.array([m[key] for m in maps], F) for key in ("scale", "shift", "sigma")]


def barrage(threshold=0.185902261732, eps=0.5, choose=5, votes=101):
    """Five of 25 maps in random order, the same for both inputs: untrained, trained and voted."""
    scale, shift, sigma = pool()
    maps = len(scale)

    def room(rng, samples):
        inputs, v = np.empty((2, samples), F), np.empty((2, samples), F)
        z, factor = np.empty(samples, F), np.empty(samples, F)
        above = np.empty((2, samples), np.bool_)
        # A random order of all maps stays one, so that Fisher and Yates may begin with the last.
        order = np.repeat(np.arange(maps, dtype=np.intp), samples)
        lane, place_of, drawn = np.arange(samples), np.empty(samples, np.intp), np.empty(samples, np.intp)

        def sequence():
            v[:] = inputs
            for place in range(choose):
                np.multiply(rng.integers(place, maps, size=samples, dtype=np.uint8), samples, out=place_of, dtype=np.intp)
                np.add(place_of, lane, out=place_of)
                here = order[place * samples : (place + 1) * samples]
                np.take(order, place_of, out=drawn, mode="clip")
                order[place_of] = here
                here[:] = drawn
                rng.standard_normal(dtype=F, out=z)
                np.multiply(z, np.take(sigma, drawn, out=factor, mode="clip"), out=z)
                np.add(z, np.take(shift, drawn, out=factor, mode="clip"), out=z)
                np.multiply(v, np.take(scale, drawn, out=factor, mode="clip"), out=v)
                np.add(v, z, out=v)

        def block(counts):
            plus = rng.integers(0, 2, size=samples, dtype=np.uint8).view(np.bool_)
            y = np.where(plus, F(1), F(-1))
            rng.standard_normal(dtype=F, out=inputs[0])
            np.add(inputs[0], y, out=inputs[0])
            np.subtract(inputs[0], F(eps) * y, out=inputs[1])

            def tally(says, slot):
                right = says == plus
                counts[slot : slot + 3] += (*np.count_nonzero(right, axis=1), np.count_nonzero(right[0] & right[1]))

            sequence()
            tally(v > 0, 0)
            tally(v > F(threshold), 3)
            for_plus = np.zeros((2, samples), np.uint8)
            for _ in range(votes):
                sequence()
                np.greater(v, F(threshold), out=above)
                np.add(for_plus, above.view(np.uint8), out=for_plus)
            tally(for_plus > votes // 2, 6)

        return block

    return room


def least_count(n, p, alpha=0.001):
    """The least count whose tail is alpha at most."""
    return int(stats.binom.isf(alpha, n, p)) + 1


def certify(n0=100, n=1000, radius=0.5):
    """CERTIFY: right, wrong, certified. Every answer is drawn; a count from the binomial law would be the formula itself."""
    least, enough = least_count(n, 0.5), least_count(n, special.ndtr(radius))

    def room(rng, samples):
        z, above = np.empty((samples, n0 + n), F), np.empty((samples, n0 + n), np.bool_)

        def block(counts):
            plus = rng.integers(0, 2, size=samples, dtype=np.uint8).view(np.bool_)
            x = rng.standard_normal(samples, dtype=F) + np.where(plus, F(1), F(-1))
            rng.standard_normal(dtype=F, out=z)
            np.greater(z, -x[:, None], out=above)
            first = 2 * np.count_nonzero(above[:, :n0], axis=1)
            says = (first > n0) | ((first == n0) & (rng.integers(0, 2, size=samples) == 1))
            count = np.count_nonzero(above[:, n0:], axis=1)
            count = np.where(says, count, n - count)
            right = says == plus
            counts[:3] += (
                np.count_nonzero(right & (count >= least)),
                np.count_nonzero(~right & (count >= least)),
                np.count_nonzero(right & (count >= enough)),
            )

        return block

    return room


def query(dimension=100, queries=1000, mean=2.0, sigma=1.0, eps=1.0):
    """Differences of noisy scores along a basis against the trained stage: right before and after, and the sum of cosines."""
    step = eps
    rounds = queries // (2 * dimension)

    def room(rng, samples):
        shape = (samples, dimension)
        e, x, learned, z = (np.empty(shape, F) for _ in range(4))

        def block(counts):
            y = coins(rng, samples)
            rng.standard_normal(dtype=F, out=e)
            np.divide(e, np.sqrt(np.einsum("ij,ij->i", e, e))[:, None], out=e)
            rng.standard_normal(dtype=F, out=x)
            np.add(x, (F(mean) * y)[:, None] * e, out=x)
            # The score at x itself is in both answers of a difference.
            np.multiply(e, F(2 * rounds * step), out=learned)
            for _ in range(rounds):
                for add in (np.add, np.subtract):
                    rng.standard_normal(dtype=F, out=z)
                    if sigma != 1.0:
                        np.multiply(z, F(sigma), out=z)
                    add(learned, z, out=learned)
            np.divide(learned, np.sqrt(np.einsum("ij,ij->i", learned, learned))[:, None], out=learned)
            noise = F(sigma) * rng.standard_normal(samples, dtype=F)
            counts[0] += np.count_nonzero((y * (np.einsum("ij,ij->i", e, x) + noise)) > 0)
            np.subtract(x, (F(eps) * y)[:, None] * learned, out=x)
            counts[1] += np.count_nonzero((y * (np.einsum("ij,ij->i", e, x) + noise)) > 0)
            counts[2] += np.einsum("ij,ij->", e, learned)

        return block

    return room


# Comparisons that sort five numbers.
NETWORK = ((0, 1), (3, 4), (2, 4), (2, 3), (1, 4), (0, 3), (0, 2), (1, 3), (1, 2))


def blocks(mean=1.5, eps=1.0, count=5):
    """Five blocks in l2: random, votes of 1 to 3, single, joint (which is the optimum as well); before and after."""

    def room(rng, samples):
        t, low = np.empty((count, samples), F), np.empty(samples, F)

        def block(counts):
            plus = rng.integers(0, 2, size=samples, dtype=np.uint8).view(np.bool_)
            # y*x has the same law given either class.
            rng.standard_normal(dtype=F, out=t)
            np.add(t, F(mean), out=t)
            single, joint = t[0].copy(), t.sum(axis=0)
            np.maximum(t, 0, out=t)
            for a, b in NETWORK:
                np.minimum(t[a], t[b], out=low)
                np.maximum(t[a], t[b], out=t[b])
                t[a] = low
            wrong = np.count_nonzero(t == 0, axis=0)
            # What is wrong already costs nothing.
            np.multiply(t, t, out=t)
            turned, spent = np.zeros(samples, np.uint8), np.zeros(samples, F)
            for cost in t:
                np.add(spent, cost, out=spent)
                np.add(turned, spent <= F(eps * eps), out=turned)
            # A block at random has a random rank.
            rank = rng.integers(0, count, size=samples, dtype=np.uint8)
            for slot, few in enumerate((wrong, turned)):
                counts[slot] += np.count_nonzero(rank >= few)
                for k in (1, 2, 3):
                    says = np.where(plus, few <= count - k, few <= k - 1)
                    counts[2 * k + slot] += np.count_nonzero(says)
            counts[8:12] += (
                np.count_nonzero(single > 0),
                np.count_nonzero(single > F(eps)),
                np.count_nonzero(joint > 0),
                np.count_nonzero(joint > F(eps * count**0.5)),
            )

        return block

    return room


def clopper_pearson(k, n, confidence=0.95):
    tail = (1 - confidence) / 2
    return special.betaincinv(k, n - k + 1, tail), special.betaincinv(k + 1, n - k, 1 - tail)


def shares(histogram, values):
    """The mean of each column of `values` over a histogram, with a normal interval."""
    share = histogram / histogram.sum()
    mean = share @ values
    error = 1.96 * np.sqrt(np.maximum(share @ values**2 - mean**2, 0) / histogram.sum())
    return mean, mean - error, mean + error


def all_right(m, numbers):
    """For each number of right draws of m, the share of the subsets of each size that are all right."""
    log = special.gammaln(np.arange(m + 1) + 1.0)
    right, n = np.arange(m + 1)[:, None], numbers[None, :]
    share = np.exp(log[right] - log[np.maximum(right - n, 0)] - log[m] + log[m - n])
    return np.where(n <= right, share, 0)


def majority(m, numbers):
    """The share of the subsets of each size of which more than half are right; half of those with a tie."""
    log = special.gammaln(np.arange(m + 1) + 1.0)
    right, table = np.arange(m + 1)[:, None], np.empty((m + 1, len(numbers)))
    for column, n in enumerate(numbers):
        k = np.arange((n + 1) // 2, n + 1)[None, :]
        wrong = m - right
        possible = (k <= right) & (n - k <= wrong)
        share = log[right] - log[k] - log[np.maximum(right - k, 0)]
        share += log[wrong] - log[n - k] - log[np.maximum(wrong - n + k, 0)]
        share = np.where(possible, np.exp(share - log[m] + log[n] + log[m - n]), 0)
        share[:, k[0] * 2 == n] /= 2
        table[:, column] = share.sum(axis=1)
    return table


def evaluate(block=256):
    """The metrics, curves and checks of `gauss-sim evaluate`, but for the fitted task; by blocks that stay in cache."""
    labels, logs = np.load(DATA / "labels.npy"), [np.load(DATA / f"{name}.npy") for name in ("clean", "attacked")]
    counted = []
    for log in logs:
        n, m = log.shape
        right, first, by_draw, changes = np.empty(n, np.intp), np.empty(n, np.intp), np.zeros(m, np.intp), 0
        equal, differ = np.empty((block, m), np.bool_), np.empty((block, m - 1), np.bool_)
        for start in range(0, n, block):
            rows = slice(start, min(n, start + block))
            here = rows.stop - start
            same = np.equal(log[rows], labels[rows, None], out=equal[:here])
            codes = same.view(np.uint8)
            first[rows] = np.add.reduce(codes[:, : m // 2], axis=1, dtype=np.uint16)
            right[rows] = first[rows] + np.add.reduce(codes[:, m // 2 :], axis=1, dtype=np.uint16)
            by_draw += np.add.reduce(codes, axis=0, dtype=np.uint16)
            changes += np.count_nonzero(np.not_equal(same[:, 1:], same[:, :-1], out=differ[:here]))
        counted.append((m, right, first, by_draw, changes))
    (m, clean, _, _, _), (n, attacked, _, _, _) = counted
    found = {}
    for name, (draws, right, first, by_draw, changes) in zip(("clean", "attacked"), counted):
        votes, tries = np.arange(1, 102, 2), np.arange(1, 51)
        for part, of, size in (("all", right, draws), ("held out", right - first, draws - draws // 2)):
            histogram = np.bincount(of, minlength=size + 1)
            found[name, part, "votes"] = shares(histogram, majority(size, votes[votes <= size]))
            found[name, part, "tries"] = shares(histogram, all_right(size, tries))
        mean = by_draw.mean()
        found[name, "Cochran"] = draws * (draws - 1) * ((by_draw - mean) ** 2).sum() / (right * (draws - right)).sum()
        found[name, "runs"] = changes, (2 * right * (draws - right) / draws).sum()
    joint = np.bincount(clean * (n + 1) + attacked, minlength=(m + 1) * (n + 1))
    c, a = (np.repeat(np.arange(m + 1), n + 1), np.tile(np.arange(n + 1), m + 1))
    vote, never_wrong = majority(m, [99])[:, 0], all_right(n, np.array([50]))[:, 0]
    metrics = (
        ("clean_accuracy", c / m, 1),
        ("adversarial_accuracy", a / n, 1),
        ("robust_accuracy", c * a / (m * n), c / m),
        ("redraw", c * (c - 1) / (m * (m - 1)), c / m),
        ("agreement", (c * (c - 1) + (m - c) * (m - c - 1)) / (m * (m - 1)), 1),
        ("voted", vote[c] * vote[a], vote[c]),
        ("persistent", c / m * never_wrong[a], c / m),
    )
    for name, part, whole in metrics:
        ratio = (joint @ part) / (joint @ (whole * np.ones_like(c)))
        error = 1.96 * np.sqrt(joint @ (part - ratio * whole) ** 2) / (joint @ (whole * np.ones_like(c)))
        found[name] = ratio, ratio - error, ratio + error
    return found


def fit():
    """The shrunken covariance of Ledoit and Wolf, the best linear classifier, and the held-out margins of `gauss-sim fit`."""
    x, classes = np.load(DATA / "features.npy"), np.load(DATA / "classes.npy")
    order = np.random.Generator(np.random.SFC64(1)).permutation(len(x))
    train, test = np.sort(order[: len(x) // 2]), np.sort(order[len(x) // 2 :])
    rows, plus = x[train].astype(np.float64), classes[train] == 1
    means = [rows[~plus].mean(axis=0), rows[plus].mean(axis=0)]
    rows -= np.where(plus[:, None], means[1], means[0])
    n, d = rows.shape
    covariance = rows.T @ rows / n
    scale = np.trace(covariance) / d
    square = np.einsum("ij,ij->i", rows, rows)
    distance = (covariance**2).sum() - d * scale**2
    beta = min(((square @ square) / n - (covariance**2).sum()) / n, distance)
    shrinkage = beta / distance
    shrunk = (1 - shrinkage) * covariance + shrinkage * scale * np.eye(d)
    mu = (means[1] - means[0]) / 2
    w = np.linalg.solve(shrunk, mu)
    length = np.sqrt(w @ w)
    y = np.where(classes[test] == 1, 1.0, -1.0)
    margins = y * (x[test] @ w - w @ (means[0] + means[1]) / 2) / length
    ordered = np.sort(margins)
    eps = np.linspace(0, max(ordered[int(0.95 * len(ordered))], 0), 11)
    right = len(ordered) - np.searchsorted(ordered, eps, side="right")
    intervals = clopper_pearson(right, len(ordered))
    laws = {"fitted": (w @ mu / length, np.sqrt(w @ shrunk @ w) / length), "moments": (margins.mean(), margins.std(ddof=1))}
    sides = [(margins[y == s].mean(), margins[y == s].std(ddof=1), np.mean(y == s)) for s in (-1, 1)]
    below = {name: special.ndtr((ordered - mean) / std) for name, (mean, std) in laws.items()}
    below["classes"] = sum(share * special.ndtr((ordered - mean) / std) for mean, std, share in sides)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    far = {name: max((steps[1:] - cdf).max(), (cdf - steps[:-1]).max()) for name, cdf in below.items()}
    return shrinkage, right / len(ordered), intervals, laws, far


EXACT = {
    "attack, m = 1": [0.6502940140101119, 0.6319761405595598],
    "attack, m = 10": [0.6502940140101119, 0.6003275792829799],
    # Of each stage clean, under attack, and both, which is the same where no scale is negative.
    "barrage": [0.7742688828647206, 0.6471177655728205, 0.6471177655728205]
    + [0.7798474636498858, 0.6506918169368057, 0.6506918169368057]
    + [0.8402245232248364, 0.6906488969802911, 0.6906488969802911],
    "certify": [0.8057659056085322, 0.12813514855180413, 0.6432737014791458],
    "query": [0.9213503964748574, 0.8847355509646844],
    "blocks": [0.933192798731142, 0.7251135704226885, 0.8538556069382868, 0.5787476550788355, 0.9804718512413122]
    + [0.7863499908507647, 0.9973090772965121, 0.8953725602542421, 0.9331927987311419, 0.6914624612740131]
    + [0.9996018849212046, 0.9907162414804751],
}

SIMULATED = {
    "attack, m = 1": (attack(1), (4, 8, 16, 32, 64), 256 * 42),
    "attack, m = 10": (attack(10), (4, 8, 16, 32), 256 * 402),
    "barrage": (barrage(), (1024, 2048, 4096, 8192), 510),
    "certify": (certify(), (8, 16, 32, 64, 128), 1100),
    "query": (query(), (16, 32, 64, 128, 256), 1201),
    "blocks": (blocks(), (1024, 2048, 4096, 8192, 16384), 5),
}
COMPUTED = {"evaluate": (evaluate, 2 * 100_000 * 100), "fit": (fit, 100_000 * 64)}


def least(work, elements, rounds):
    best = 1e30
    for _ in range(rounds):
        start = time.perf_counter_ns()
        work()
        best = min(best, (time.perf_counter_ns() - start) / elements)
    return best


def measure():
    rng = np.random.Generator(np.random.SFC64(7))
    for name, (laboratory, sizes, normals) in SIMULATED.items():
        best = 1e30
        for samples in sizes:
            block, counts = laboratory(rng, samples), np.zeros(12)
            # Half a second for each size, if a normal takes 10 ns.
            rounds = max(5, 50_000_000 // (samples * normals))
            best = min(best, least(lambda: block(counts), samples, rounds))
        print(f'NumPy skilled,"{name}",1,{best:.4f}', flush=True)
    for name, (work, elements) in COMPUTED.items():
        print(f'NumPy skilled,"{name}",1,{least(work, elements, 8):.4f}', flush=True)


def check():
    """Says by how many standard errors each count is off, and by how much what is computed is."""
    rng = np.random.Generator(np.random.SFC64(11))
    for name, (laboratory, sizes, _) in SIMULATED.items():
        samples, counts = sizes[2], np.zeros(12)
        block = laboratory(rng, samples)
        rounds = (1_000_000 if "attack" not in name else 20_000) // samples
        for _ in range(rounds):
            block(counts)
        exact, total = np.array(EXACT[name]), rounds * samples
        off = (counts[: len(exact)] / total - exact) / np.sqrt(exact * (1 - exact) / total)
        print(f"{name}: {np.round(off, 1)}")


if __name__ == "__main__":
    check() if "--check" in sys.argv else measure()
