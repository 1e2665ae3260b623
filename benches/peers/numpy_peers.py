"""What NumPy gives: a script as people write it, and one by somebody who knows the machine.

Prints `program,quantity,threads,nanoseconds` lines, one thread, medians. `point` is one sample (y, x, theta)
counted clean and under attack at one (sigma, eps); `surface` is one sample counted at 64 sigma x 65 eps x 4
stages, the vote with n = 11.
"""

import statistics
import time

import numpy as np

SIGMAS = np.linspace(0.0, 4.0, 64)
EPS = np.linspace(0.0, 2.0, 65)
VOTES = 11


def nanoseconds(work, samples, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        work()
        times.append((time.perf_counter_ns() - start) / samples)
    return statistics.median(times)


def script_point(rng, n, sigma, eps):
    y = rng.choice([-1, 1], size=n)
    x = rng.normal(y, 1.0)
    theta = rng.normal(1.0, sigma, size=n)
    clean = np.sign(x + theta) == y
    attacked = np.sign(x - y * eps + theta) == y
    return clean.mean(), (clean & attacked).sum() / clean.sum()


def script_cell(rng, n, sigma, eps):
    """The four stages at one cell, each from fresh draws."""
    script_point(rng, n, 0.0, eps)
    script_point(rng, n, sigma, eps)
    script_point(rng, n, sigma, eps)
    y = rng.choice([-1, 1], size=n)
    x = rng.normal(y, 1.0)
    theta = rng.normal(1.0, sigma, size=(n, VOTES))
    clean = np.sign(np.sign(x[:, None] + theta - 1).sum(axis=1)) == y
    attacked = np.sign(np.sign((x - y * eps)[:, None] + theta - 1).sum(axis=1)) == y
    return clean.mean(), (clean & attacked).sum() / clean.sum()


def skilled_point(rng, n):
    """Single precision, in cache, the margin instead of the sign."""
    z = rng.standard_normal(2 * n, dtype=np.float32)
    y = np.where(rng.integers(0, 2, size=n, dtype=np.uint8), np.float32(1), np.float32(-1))
    m = np.float32(1) + z[:n] + y * (np.float32(1) + z[n:])
    return np.count_nonzero(m > 0), np.count_nonzero(m > 0.5)


def skilled_surface(rng, n, counts):
    """Draws reused over sigma, all eps from one histogram."""
    z1 = rng.standard_normal(n, dtype=np.float32) + np.float32(1)
    z2 = rng.standard_normal(n, dtype=np.float32)
    y = np.where(rng.integers(0, 2, size=n, dtype=np.uint8), np.float32(1), np.float32(-1))
    w = np.median(rng.standard_normal((VOTES, n), dtype=np.float32), axis=0)
    scale = np.float32(1 / (EPS[1] - EPS[0]))
    top = len(EPS)

    def count(margin, slot):
        bins = np.clip(np.ceil(margin * scale), 0, top).astype(np.int64)
        slot += np.bincount(bins, minlength=top + 1)

    count(z1, counts[0, 0])
    shifted = z1 + y
    for i, sigma in enumerate(SIGMAS.astype(np.float32)):
        noise = sigma * z2
        count(shifted + y * noise, counts[1, i])
        count(z1 + noise, counts[2, i])
        count(z1 + sigma * w, counts[3, i])


def main():
    rng = np.random.default_rng(7)
    skilled = np.random.Generator(np.random.SFC64(7))
    n = 1_000_000
    print(f"NumPy script,normal,1,{nanoseconds(lambda: rng.normal(size=n), n, 9):.4f}", flush=True)
    print(f"NumPy script,point,1,{nanoseconds(lambda: script_point(rng, n, 1.0, 0.5), n, 9):.4f}", flush=True)
    cells = len(SIGMAS) * len(EPS)
    cell = nanoseconds(lambda: script_cell(rng, n // 4, 1.0, 0.5), n // 4, 5)
    print(f"NumPy script (one cell measured times {cells}),surface,1,{cell * cells:.4f}", flush=True)

    best = {}
    for block in (2048, 4096, 8192, 16384):
        rounds = 400_000 // block
        for name, work in (
            ("normal", lambda: skilled.standard_normal(block, dtype=np.float32)),
            ("point", lambda: skilled_point(skilled, block)),
        ):
            best[name] = min(best.get(name, 1e30), nanoseconds(work, block, 2 * rounds))
        counts = np.zeros((4, len(SIGMAS), len(EPS) + 1), dtype=np.int64)
        surface = nanoseconds(lambda: skilled_surface(skilled, block, counts), block, max(5, rounds // 8))
        best["surface"] = min(best.get("surface", 1e30), surface)
    for name, ns in best.items():
        print(f"NumPy skilled,{name},1,{ns:.4f}", flush=True)


if __name__ == "__main__":
    main()
