"""Trains a small network on scikit-learn's digits, defends it with random transformations, attacks it, and writes logs.

    pip install numpy scikit-learn
    python3 digits.py [FOLDER]

The network (64 pixels, 64 hidden units, 10 classes) and its gradients are written out in NumPy; nothing is downloaded. Two
defenses draw a transformation anew for every prediction: `noise` adds N(0, 0.6^2) to every pixel, `shift` moves the image by up
to one pixel each way and keeps each pixel with probability 0.7. PGD moves every pixel by at most 0.1 in 40 steps, each along
the sign of the mean gradient of 10 transformed images (EOT-10), or of one (plain PGD).

Logs (for `gauss-sim evaluate`), of 797 test images:
    labels (N), clean (N, 50), attacked (N, 50), undefended (N), undefended_attacked (N)
    noise.npz           the network trained on plain images, defended by noise, attacked by EOT-10
    noise_pgd.npz       the same, attacked by plain PGD
    noise_trained.npz   a network trained on noisy images, defended by noise, attacked by EOT-10
    shift_trained.npz   a network trained on shifted images with dropped pixels, defended by these, attacked by EOT-10
Features (for `gauss-sim fit`):
    pixels.npz          features (1797, 64) from 0 to 1, labels: all images
    hidden.npz          features (797, 64) of the hidden layer of the plain network, labels: the test images
"""

import pathlib
import sys

import numpy as np
from sklearn.datasets import load_digits

TRAIN = 1000
HIDDEN = 64
EPS, STEPS, STEP = 0.1, 40, 0.01
DRAWS = 50
SIGMA = 0.6
KEPT = 0.7


class Network:
    """Two layers: softmax(W2 relu(W1 x + b1) + b2)."""

    def __init__(self, rng):
        self.parameters = [
            rng.normal(0, np.sqrt(2 / 64), (64, HIDDEN)),
            np.zeros(HIDDEN),
            rng.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, 10)),
            np.zeros(10),
        ]

    def hidden(self, x):
        w1, b1, _, _ = self.parameters
        return np.maximum(x @ w1 + b1, 0)

    def scores(self, x):
        _, _, w2, b2 = self.parameters
        return self.hidden(x) @ w2 + b2

    def predict(self, x):
        return self.scores(x).argmax(axis=1)

    def error(self, x, y):
        """d loss/d scores of the cross-entropy, for each image."""
        scores = self.scores(x)
        scores -= scores.max(axis=1, keepdims=True)
        p = np.exp(scores)
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(y)), y] -= 1
        return p

    def input_gradient(self, x, y):
        """d loss/d pixels, for each image."""
        w1, _, w2, _ = self.parameters
        return ((self.error(x, y) @ w2.T) * (self.hidden(x) > 0)) @ w1.T

    def gradients(self, x, y):
        """The mean gradients of all parameters."""
        _, _, w2, _ = self.parameters
        h, error = self.hidden(x), self.error(x, y) / len(y)
        back = (error @ w2.T) * (h > 0)
        return [x.T @ back, back.sum(axis=0), h.T @ error, error.sum(axis=0)]

    def train(self, x, y, rng, transform, epochs=100, batch=50, rate=2e-3):
        """Adam on images that are transformed anew each time."""
        first = [np.zeros_like(p) for p in self.parameters]
        second = [np.zeros_like(p) for p in self.parameters]
        step = 0
        for _ in range(epochs):
            order = rng.permutation(len(y))
            for start in range(0, len(y), batch):
                rows = order[start : start + batch]
                drawn, _ = transform(x[rows], rng)
                step += 1
                for p, g, m, v in zip(self.parameters, self.gradients(drawn, y[rows]), first, second):
                    m += 0.1 * (g - m)
                    v += 0.001 * (g * g - v)
                    p -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        return self


# A transformation returns the images, and what takes a gradient there back to the pixels before it.


def plain(x, rng):
    return x, lambda gradient: gradient


def noise(x, rng):
    return x + rng.normal(0, SIGMA, x.shape), lambda gradient: gradient


def shift(x, rng):
    """Moves each image by -1, 0 or 1 pixels each way, with zeros behind it, and keeps each pixel with probability KEPT."""
    n = len(x)
    dy, dx = rng.integers(-1, 2, n), rng.integers(-1, 2, n)
    rows, columns = np.meshgrid(np.arange(8), np.arange(8), indexing="ij")
    from_row, from_column = rows[None] - dy[:, None, None], columns[None] - dx[:, None, None]
    inside = (from_row >= 0) & (from_row < 8) & (from_column >= 0) & (from_column < 8)
    source = (from_row.clip(0, 7) * 8 + from_column.clip(0, 7)).reshape(n, 64)
    kept = inside.reshape(n, 64) & (rng.random((n, 64)) < KEPT)

    def back(gradient):
        pixels = np.zeros_like(gradient)
        np.add.at(pixels, (np.arange(n)[:, None], source), gradient * kept)
        return pixels

    return np.take_along_axis(x, source, axis=1) * kept, back


def attack(network, x, y, rng, transform, samples):
    """PGD in the maximum norm, each step along the sign of the mean gradient of `samples` transformed images."""
    moved = x.copy()
    for _ in range(STEPS):
        gradient = np.zeros_like(x)
        for _ in range(samples):
            drawn, back = transform(moved, rng)
            gradient += back(network.input_gradient(drawn, y))
        moved = (moved + STEP * np.sign(gradient)).clip(x - EPS, x + EPS).clip(0, 1)
    return moved


def predictions(network, x, rng, transform):
    """DRAWS predictions of each image, each with a transformation of its own."""
    drawn = [network.predict(transform(x, rng)[0]) for _ in range(DRAWS)]
    return np.stack(drawn, axis=1).astype(np.uint8)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(2022)
    digits = load_digits()
    images, labels = digits.data / 16, digits.target
    order = rng.permutation(len(labels))
    x, y = images[order[:TRAIN]], labels[order[:TRAIN]]
    test, truth = images[order[TRAIN:]], labels[order[TRAIN:]]
    network = Network(rng).train(x, y, rng, plain)
    defenses = {
        "noise": (network, noise, 10),
        "noise_pgd": (network, noise, 1),
        "noise_trained": (Network(rng).train(x, y, rng, noise), noise, 10),
        "shift_trained": (Network(rng).train(x, y, rng, shift), shift, 10),
    }
    for name, (defended, transform, samples) in defenses.items():
        moved = attack(defended, test, truth, rng, transform, samples)
        log = {
            "labels": truth.astype(np.uint8),
            "clean": predictions(defended, test, rng, transform),
            "attacked": predictions(defended, moved, rng, transform),
            # The same network without the transformation, on the images and under an attack of its own.
            "undefended": defended.predict(test).astype(np.uint8),
            "undefended_attacked": defended.predict(
                attack(defended, test, truth, rng, plain, 1)
            ).astype(np.uint8),
        }
        np.savez_compressed(folder / f"{name}.npz", **log)
        right = {key: (v.T == truth).mean() for key, v in log.items() if key != "labels"}
        print(name, " ".join(f"{key} {share:.3f}" for key, share in right.items()))
    np.savez_compressed(
        folder / "pixels.npz", features=images.astype(np.float16), labels=labels.astype(np.uint8)
    )
    np.savez_compressed(
        folder / "hidden.npz",
        features=network.hidden(test).astype(np.float16),
        labels=truth.astype(np.uint8),
    )


if __name__ == "__main__":
    main()
