"""Arguments that the command line takes as files, from arrays."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


def task(given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a question in d dimensions, its mean and its covariances put into a task."""
    own = {
        ("task", "mean"): given.pop("mean"),
        ("task", "covariance"): given.pop("covariance"),
        ("task", "prior"): given.pop("prior"),
        ("defense", "shift"): given.pop("shift"),
        ("defense", "covariance"): given.pop("defense_covariance"),
    }
    named = {place: value for place, value in own.items() if value is not None}
    if not named:
        return given
    if given["task"] is not None:
        first = next(iter(named))[1]
        raise ValueError(f"TASK.toml: a task is given, and so is its {first}: leave one of them out")
    entries: dict[str, dict[str, Any]] = {}
    for (section, name), value in named.items():
        entries.setdefault(section, {})[name] = value
    entries.setdefault("task", {}).setdefault("covariance", 1.0)
    return {**given, "task": entries}


def pool(given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a barrage, a list of transformations put into a pool."""
    pool = given["pool"]
    if isinstance(pool, (list, tuple)):
        return {**given, "pool": {"transform": [_transform(entry) for entry in pool]}}
    return given


def _transform(entry: Any) -> Any:
    # (scale, shift, sigma) is as good as their names.
    if isinstance(entry, (list, tuple)) and len(entry) == 3:
        return dict(zip(("scale", "shift", "sigma"), entry))
    return entry


def log(given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an evaluation, of which the labels may stand first."""
    first = given["logs"]
    if first is None or isinstance(first, (str, os.PathLike, dict)):
        return given
    if given["labels"] is not None:
        raise ValueError("--labels: they are given twice: leave one of them out")
    return {**given, "logs": None, "labels": first}


class Lent(str):
    """The name of a file that is there for one question alone."""


@contextmanager
def files(given: dict[str, Any], *names: str) -> Iterator[dict[str, Any]]:
    """Lend the arguments with arrays of these names as files, which are there as long as this is."""
    arrays = {
        name: given[name]
        for name in names
        if given[name] is not None and not isinstance(given[name], (str, os.PathLike, dict)) and np.ndim(given[name])
    }
    if not arrays:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="gauss-sim-") as folder:
        for name, value in arrays.items():
            array = np.asarray(value)
            # Words of a data frame, which would be written as objects.
            array = array.astype(np.str_) if array.dtype == object else array
            given = {**given, name: Lent(os.path.join(folder, f"{name}.npy"))}
            np.save(given[name], array)
        yield given
