"""Charts: the program's own, as SVG in a notebook, as a file in three formats."""

from __future__ import annotations

import os
from pathlib import Path as _Path
from typing import Any

from . import _native
from ._types import Path


class Figure:
    """A chart.

    In a notebook it shows itself. It is drawn when it is asked for, once as SVG with an embedded font; PDF and PNG are
    converted from that.

    Examples
    --------
    >>> import gauss_sim as gs
    >>> figure = gs.theory(sigma="0..2/5").plot("robust_accuracy")
    >>> figure.name
    'robust_accuracy_vs_sigma'
    >>> narrow = figure.styled(width="3.25in", theme="grey", title=False)
    >>> narrow.svg.startswith("<svg")
    True
    """

    def __init__(
        self,
        raw: _native.RawFigure,
        width: str | None = None,
        theme: str = "light",
        title: bool = True,
    ) -> None:
        self._raw = raw
        self._look = (width, theme, title)

    @property
    def name(self) -> str:
        """The name of its files, without the ending."""
        return self._raw.name

    @property
    def svg(self) -> str:
        """The chart as SVG."""
        return self._raw.svg(*self._look)

    @property
    def pdf(self) -> bytes:
        """The chart as PDF."""
        return self._raw.pdf(*self._look)

    def png(self, dpi: float = 300.0) -> bytes:
        """Return the chart as PNG, with so many dots per inch."""
        return self._raw.png(*self._look, dpi)

    def styled(
        self, *, width: str | float | None = None, theme: str = "light", title: bool = True
    ) -> Figure:
        """Return the same chart with another look.

        Parameters
        ----------
        width : str or float, optional
            The width of the page: ``"3.25in"``, ``"8.25cm"``, ``"82.5mm"`` or ``"234pt"``; a number is one of inches. By default
            each chart has its own.
        theme : {"light", "dark", "grey"}
            The colours.
        title : bool
            Whether it has its title; a paper has captions.

        Returns
        -------
        Figure
        """
        written = width if width is None or isinstance(width, str) else f"{width!r}in"
        return Figure(self._raw, written, theme, title)

    def save(self, path: Path, *, dpi: float = 300.0) -> None:
        """Write the chart into a file, as its ending says: ``.svg``, ``.pdf`` or ``.png``.

        Parameters
        ----------
        path : str or path
            The file, which is written over if it is there.
        dpi : float
            Dots per inch of a PNG.
        """
        ending = os.path.splitext(os.fspath(path))[1].lower()
        if ending == ".svg":
            bytes_ = self.svg.encode()
        elif ending == ".pdf":
            bytes_ = self.pdf
        elif ending == ".png":
            bytes_ = self.png(dpi)
        else:
            raise ValueError(f'"{ending}" is no format of a chart: write .svg, .pdf or .png')
        _Path(path).write_bytes(bytes_)

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Figure {self.name}>"


def chosen(figures: list[_native.RawFigure], name: str | None, nothing: str) -> Figure:
    """Return the first chart whose name begins so."""
    if not figures:
        raise ValueError(nothing)
    if name is None:
        return Figure(figures[0])
    for figure in figures:
        if figure.name.startswith(name):
            return Figure(figure)
    names = ", ".join(figure.name for figure in figures)
    raise ValueError(f'--metric: no chart begins with "{name}": there are {names}')
