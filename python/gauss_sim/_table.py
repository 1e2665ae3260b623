"""Rows under named columns, as NumPy arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from . import _native
from ._figure import Figure, chosen

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]

#: From so many rows on, a notebook shows the first and the last ones.
_SHOWN = 60


class Table:
    """Rows under named columns.

    ``table["name"]`` is a column as a NumPy array; ``table[3]`` a row as a dictionary; ``table[2:5]``, ``table[mask]`` and
    ``table[[0, 2]]`` are tables of some of its rows. ``len`` is the number of rows. Columns are read-only, since they are the
    program's own numbers.

    Numbers that do not apply are NaN, words that do not are empty, truths that do not are None.

    Examples
    --------
    >>> import gauss_sim as gs
    >>> t = gs.theory(sigma=[0.5, 1.0], eps=0.5)
    >>> len(t)
    8
    >>> voted = t[t["stage"] == "voted"]
    >>> voted["sigma"]
    array([0.5, 1. ])
    >>> t.about["sigma"][:33]
    'The standard deviation of θ, in u'
    """

    def __init__(self, raw: _native.RawTable) -> None:
        self._raw = raw
        self._columns: dict[str, NDArray[Any]] = {}
        self._names: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return self._raw.name

    @property
    def caption(self) -> str:
        """What was asked, in a line."""
        return self._raw.caption

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        if self._names is None:
            self._names = tuple(self._raw.names)
        return self._names

    @property
    def about(self) -> dict[str, str]:
        """What each column is, in a sentence: its unit, and of a share its denominator."""
        return self._raw.about

    def __len__(self) -> int:
        return len(self._raw)

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[row] for row in range(len(self)))

    @overload
    def __getitem__(self, key: str) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, key: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, key: slice | list[int] | NDArray[Any]) -> Table: ...
    def __getitem__(self, key: str | int | slice | list[int] | NDArray[Any]) -> Any:
        if isinstance(key, str):
            column = self._columns.get(key)
            if column is None:
                column = self._columns[key] = _array(self._raw.column(key))
            return column
        if isinstance(key, (int, np.integer)):
            row = range(len(self))[int(key)]
            return {name: _item(self[name], row) for name in self.columns}
        if isinstance(key, list) and not key:
            key = slice(0)
        rows = np.arange(len(self))[key]
        return Table(self._raw.take(np.ascontiguousarray(rows, dtype=np.int64)))

    def to_dict(self) -> dict[str, NDArray[Any]]:
        """Return the columns by name."""
        return {name: self[name] for name in self.columns}

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a data frame, as `pandas.read_csv` has them of a file of the program.

        Returns
        -------
        pandas.DataFrame
            What does not apply is missing.
        """
        import pandas as pd

        def column(name: str) -> Any:
            values = self[name]
            if values.dtype.kind == "U":
                words = values.astype(object)
                words[values == ""] = None
                return words
            return values.copy()

        return pd.DataFrame({name: column(name) for name in self.columns})

    def to_csv(self) -> str:
        """Return the rows as the program writes them into a file: numbers in the shortest form that reads back exactly."""
        return self._raw.csv()

    def to_markdown(self, digits: int | None = None) -> str:
        """Return a printed table for a README.

        Parameters
        ----------
        digits : int, optional
            Digits after the point; by default as many as the intervals tell apart.
        """
        return self._text("markdown", digits)

    def to_latex(self, digits: int | None = None) -> str:
        """Return a printed table for a paper, which needs the booktabs package."""
        return self._text("latex", digits)

    def _text(self, format: str, digits: int | None) -> str:
        text = self._raw.text(format, digits)
        if text is None:
            raise ValueError(f"{self.name} has no printed form: take to_csv() or to_pandas()")
        return text

    @property
    def figures(self) -> dict[str, Figure]:
        """The charts that its rows can fill, by name."""
        return {figure.name: Figure(figure) for figure in self._raw.figures()}

    def plot(self, metric: str | None = None) -> Figure:
        """Return the program's own chart of these rows.

        Parameters
        ----------
        metric : str, optional
            How the chart's name begins, such as ``"robust_accuracy"``; by default the first one.

        Returns
        -------
        Figure
            It shows itself in a notebook, and has ``save``.
        """
        return chosen(self._raw.figures(), metric, self._raw.nothing_to_draw())

    def __repr__(self) -> str:
        some = self if len(self) <= _SHOWN else self[:_SHOWN]
        more = "" if some is self else f"… {len(self) - _SHOWN} more rows\n"
        text = some._raw.text("table")
        if text is None:
            rows = [f"  {row}\n" for row in some]
            text = f"{self.name}: {len(self)} rows\n" + "".join(rows)
        return (text + more).rstrip("\n")

    def _repr_html_(self) -> str:
        half = _SHOWN // 2
        parts = [self] if len(self) <= _SHOWN else [self[:half], self[-half:]]
        gap = f"… {len(self) - _SHOWN} rows …"
        header, words, bodies = _printed(parts)
        between = f'<tr><td colspan="{len(header)}">{gap}</td></tr>'
        rows = between.join(
            "".join(_line(line, words) for row in body for line in row) for body in bodies
        )
        heads = "".join(f"<th>{escape(head)}</th>" for head in header)
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _printed(
    parts: list[Table],
) -> tuple[list[str], int, list[list[list[list[str]]]]]:
    """Return heads, how many of them are of words, and the cells of each part."""
    printed = [part._raw.printed() for part in parts]
    first = printed[0]
    if first is not None and all(found is not None and found[0] == first[0] for found in printed):
        return first[0], first[1], [found[2] for found in printed if found is not None]
    names = list(parts[0].columns)
    bodies = [[[[_shown(row[name]) for name in names]] for row in part] for part in parts]
    return names, 1, bodies


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _line(cells: list[str], words: int) -> str:
    def cell(place: int, text: str) -> str:
        side = "left" if place < words else "right"
        return f'<td style="text-align: {side}">{escape(text)}</td>'

    return "<tr>" + "".join(cell(place, text) for place, text in enumerate(cells)) + "</tr>"


def _array(column: Any) -> NDArray[Any]:
    if isinstance(column, tuple):
        places, words = column
        array = np.array([*words, ""], dtype=np.str_)[places]
    elif isinstance(column, list):
        array = np.array(column, dtype=object)
    else:
        array = column
    array.flags.writeable = False
    return array


def _item(column: NDArray[Any], row: int) -> Any:
    value = column[row]
    return value.item() if isinstance(value, np.generic) else value
