"""Writes noise.npz and more_noise.npz: predictions of two defenses on the same 600 samples of four classes.

    python3 make.py

The margin of a sample is normal, a defense adds noise to it, and what is wrong is any other class. The second defense adds
three times the noise: fewer are right, and of these more stay right.
"""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
SAMPLES, DRAWS, CLASSES, EPS = 600, 20, 4, 0.6


def main():
    rng = np.random.default_rng(17)
    labels = rng.integers(0, CLASSES, SAMPLES)
    margin = 1.0 + rng.standard_normal(SAMPLES)
    # A sample that is wrong is mostly taken for one class, its own.
    usual = (labels + rng.integers(1, CLASSES, SAMPLES)) % CLASSES

    def predictions(right):
        any_other = (labels[:, None] + rng.integers(1, CLASSES, right.shape)) % CLASSES
        wrong = np.where(rng.random(right.shape) < 0.6, usual[:, None], any_other)
        return np.where(right, labels[:, None], wrong).astype(np.uint8)

    undefended = predictions((margin > 0)[:, None])[:, 0]
    undefended_attacked = predictions((margin > EPS)[:, None])[:, 0]
    for name, sigma in (("noise", 1.0), ("more_noise", 3.0)):
        noise = [sigma * rng.standard_normal((SAMPLES, DRAWS)) for _ in range(2)]
        np.savez_compressed(
            HERE / f"{name}.npz",
            labels=labels.astype(np.uint8),
            clean=predictions(margin[:, None] + noise[0] > 0),
            attacked=predictions(margin[:, None] - EPS + noise[1] > 0),
            undefended=undefended,
            undefended_attacked=undefended_attacked,
        )


if __name__ == "__main__":
    main()
