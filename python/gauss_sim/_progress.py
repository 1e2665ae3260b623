"""How far a run is, for whoever waits for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from ._types import Progress

#: Seconds before anything is shown.
_PATIENCE = 0.5


class Bar:
    """A line that says how far a run is: tqdm's where it is installed, one of our own else."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._bar: Any = None
        self._begun = 0

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            if time.monotonic() - self._since < _PATIENCE:
                return
            self._bar, self._begun = _begin(total), done
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the line away."""
        if self._bar is not None:
            self._bar.close()


class _Line:
    """A line on standard error."""

    def __init__(self, total: int) -> None:
        self.total, self.n = total, 0

    def update(self, more: int) -> None:
        self.n += more
        print(f"\r{self.n:.2e} of {self.total:.2e} ({self.n / self.total:.0%})", end="", file=sys.stderr)

    def close(self) -> None:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)


def _begin(total: int) -> Any:
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return _Line(total)
    return tqdm(total=total, unit="", unit_scale=True, leave=False)


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    if shell is None:
        return False
    instance = shell.get_ipython()
    return instance is not None and hasattr(instance, "kernel")


def resolved(progress: Progress) -> Callable[[int, int], object] | None:
    """Return what is to be told, None for nobody."""
    if progress is None:
        progress = _in_notebook()
    if isinstance(progress, bool):
        return Bar() if progress else None
    return progress
