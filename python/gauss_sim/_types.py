"""What arguments may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

Number = Union[int, float, str, "np.integer[Any]", "np.floating[Any]"]
"""A number, or text that says one: ``0.5``, ``"8/255"``, ``"10M"``."""

Numbers = Union[Number, Sequence[Number], NDArray[Any]]
"""A number, several, or a range as text: ``0.5``, ``[0.1, 0.5]``, an array, ``"0..4/41"``."""

Words = Union[str, Sequence[str]]
"""A word, or several: ``"voted"``, ``["trained", "voted"]``."""

Path = Union[str, "PathLike[str]"]
"""A file or a folder."""

Data = Union[Path, Sequence[Any], NDArray[Any]]
"""A file of numbers, labels or predictions, or an array of them."""

Progress = Union[bool, Callable[[int, int], object], None]
"""Whether progress is shown (``None``: in a notebook), or what is called with what is done and the total."""
