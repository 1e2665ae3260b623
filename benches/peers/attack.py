"""The attack of `benches/attack.rs` by somebody who knows NumPy: sign-PGD with EOT against gains N(1, tau^2).

Prints `program,quantity,threads,nanoseconds` lines, one thread, the least of several rounds: the time per random number,
one for each coordinate, step and gradient, d = 256 and k = 40. Single precision, SFC64, draws into a buffer, everything in
place, blocks from 4 to 64 samples that stay in cache: the best of them counts.
"""

import time

import numpy as np

DIMENSION, STEPS, TAU, EPS = 256, 40, 10.0, 0.125
ROUNDS = 15


def attack(rng, samples, eot, room):
    """Attacks a block of samples; returns how many are right without and with the attack and with both, by one draw, how
    many signs were right, and the sum of what was reached."""
    y, x, delta, z, total, ahead = room
    signs = 0
    y[:] = np.where(rng.integers(0, 2, size=samples, dtype=np.uint8), np.float32(1), np.float32(-1))[:, None]
    rng.standard_normal(dtype=np.float32, out=x)
    x += np.float32(0.25) * y
    # In the direction -y: the gradient of the loss is -y*a, and its mean is along -y where the sum of the gains is above 0.
    delta[:] = 0
    alpha, bound = np.float32(EPS / 10), np.float32(EPS)
    threshold = np.float32(-eot / TAU)
    for _ in range(STEPS):
        rng.standard_normal(dtype=np.float32, out=z)
        summed = z
        if eot > 1:
            total[:] = z
            for _ in range(eot - 1):
                rng.standard_normal(dtype=np.float32, out=z)
                total += z
            summed = total
        np.greater(summed, threshold, out=ahead)
        signs += np.count_nonzero(ahead)
        # +alpha or -alpha without a branch
        np.multiply(ahead, np.float32(2 * alpha), out=summed)
        summed -= alpha
        delta += summed
        np.clip(delta, -bound, bound, out=delta)
    reach = delta.sum()
    delta *= -y
    rng.standard_normal(dtype=np.float32, out=z)
    z *= np.float32(TAU)
    z += np.float32(1)
    x *= z
    delta *= z
    margin = x.sum(axis=1)
    clean = y[:, 0] * margin > 0
    margin += delta.sum(axis=1)
    attacked = y[:, 0] * margin > 0
    counts = (np.count_nonzero(clean), np.count_nonzero(attacked), np.count_nonzero(clean & attacked))
    return *counts, signs, reach


def main():
    rng = np.random.Generator(np.random.SFC64(7))
    for eot in (1, 10):
        best = 1e30
        for samples in (4, 8, 16, 32, 64):
            shape = (samples, DIMENSION)
            room = [np.empty((samples, 1), np.float32)]
            room += [np.empty(shape, np.float32) for _ in range(4)] + [np.empty(shape, np.bool_)]
            for _ in range(ROUNDS):
                start = time.perf_counter_ns()
                attack(rng, samples, eot, room)
                best = min(best, (time.perf_counter_ns() - start) / (samples * DIMENSION * STEPS * eot))
        print(f"NumPy skilled,attack m = {eot},1,{best:.4f}", flush=True)
    normals = np.empty(16 * DIMENSION, np.float32)
    best = 1e30
    for _ in range(200):
        start = time.perf_counter_ns()
        rng.standard_normal(dtype=np.float32, out=normals)
        best = min(best, (time.perf_counter_ns() - start) / normals.size)
    print(f"NumPy skilled,normal,1,{best:.4f}", flush=True)


if __name__ == "__main__":
    main()
