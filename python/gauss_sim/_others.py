"""Verbs that ask no question of their own: what is read, added up, drawn again, or made for a paper."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path as _Path
from typing import Any

from . import _native
from ._figure import Figure
from ._progress import Bar, resolved
from ._result import Note, Result, answered, told
from ._table import Table
from ._types import Number, Numbers, Path, Progress


def run(source: Path | dict[str, Any] | Result, /, *, progress: Progress = None, **given: Any) -> Result:
    """Ask a question that was written down.

    Parameters
    ----------
    source : path, dict or Result
        A file in TOML or JSON, the ``run.json`` of a run, such a record or such a question as a dictionary, or what a run
        came to. What it says of samples and seed holds, too.
    progress : bool or callable, optional
        Whether progress is shown, by default in a notebook; or what is called with what is done and the total.
    **given
        Arguments of the verb that asks such questions, which stand over what the source says: ``samples=1e9``,
        ``output="folder"``.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> first = gs.simulate(sigma=0.5, samples=1e5)
    >>> again = gs.run(first)
    >>> bool((again["adversarial_correct"] == first["adversarial_correct"]).all())
    True
    >>> len(gs.run({"experiment": "stages", "sigma": "0..1/3", "stages": "voted"}, samples=0))
    3
    """
    if isinstance(source, Result):
        source = source.record
    if not isinstance(source, dict):
        source = os.fspath(source)
    result: Result = answered("", {"spec": source, "progress": progress, **given})
    return result


def merge(
    folders: Sequence[Path],
    *,
    allow_gaps: bool = False,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
) -> Result:
    """Add up shares of a run, or stopped runs: to the counts of the one run, bit for bit.

    Parameters
    ----------
    folders : sequence of paths
        The folders of the shares, made by ``shard="1/8", output="share1"`` of any function that draws samples, or by the
        command line.
    allow_gaps : bool
        Merge also where batches are missing.
    confidence, false_alarm : number, optional
        The confidence of every interval, and the false-alarm rate of the verdict; by default as in the first folder.
    output : path, optional
        A folder to write into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.

    Returns
    -------
    Result
    """
    given = {
        "confidence": confidence,
        "false_alarm": false_alarm,
        "output": None if output is None else os.fspath(output),
        "force": force,
        "plots": plots,
    }
    raw = _native.merge([os.fspath(folder) for folder in folders], given, allow_gaps)
    return Result(told(raw, 2))


def read(path: Path) -> Table:
    """Read the rows that a run left in a CSV file, or in a folder.

    Parameters
    ----------
    path : path
        The file or the folder; what pandas, R or a spreadsheet made of such a file is read, too.

    Returns
    -------
    Table
    """
    raw, notes = _native.read(os.fspath(path))
    for note in notes:
        warnings.warn(note, Note, stacklevel=2)
    return Table(raw)


def plot(rows: Path | Table | Result, metric: str | None = None) -> Figure:
    """Return a chart of rows: of a table, or of what a run left in a file or a folder.

    Parameters
    ----------
    rows : path, Table or Result
    metric : str, optional
        How the chart's name begins, such as ``"robust_accuracy"``; by default the first one.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import gauss_sim as gs
    >>> gs.plot(gs.theory(sigma="0..1/3"), "clean_accuracy")
    <Figure clean_accuracy_vs_sigma>
    """
    table = rows if isinstance(rows, (Table, Result)) else read(rows)
    return table.plot(metric)


class Sheet:
    """A figure of the paper's argument, with its rows and its caption."""

    def __init__(self, raw: _native.RawSheet) -> None:
        self._raw = raw

    @property
    def name(self) -> str:
        """Which figure it is."""
        return self.figure.name

    @property
    def figure(self) -> Figure:
        """What is drawn."""
        return Figure(self._raw.figure)

    @property
    def caption(self) -> str:
        """What is shown, under which definitions, and the command that gives it; in Markdown."""
        return self._raw.caption

    @property
    def tables(self) -> dict[str, Table]:
        """The rows that it is drawn from, by name."""
        return {table.name: Table(table) for table in self._raw.tables}

    def save(self, folder: Path) -> None:
        """Write the chart in three formats, the caption and the rows into a folder."""
        path = _Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        for ending in ("svg", "pdf", "png"):
            self.figure.save(path / f"{self.name}.{ending}")
        (path / f"{self.name}.md").write_text(self.caption, encoding="utf-8")
        for table in self.tables.values():
            (path / f"{table.name}.csv").write_text(table.to_csv(), encoding="utf-8")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self.figure._repr_mimebundle_()

    def __repr__(self) -> str:
        return f"<Sheet {self.name}>"


def _text(number: Number | None) -> str | None:
    if number is None or isinstance(number, str):
        return number
    value = float(number)
    return str(int(value)) if value.is_integer() else str(value)


def _with_bar(progress: Progress, work: Any) -> Any:
    teller = resolved(progress)
    try:
        return work(teller)
    finally:
        if isinstance(teller, Bar):
            teller.close()


def figures(
    only: str | Sequence[str] = (),
    *,
    sigma: Numbers | None = None,
    eps: Numbers | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    votes: Numbers | None = None,
    draws: str | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    progress: Progress = None,
) -> dict[str, Sheet]:
    """Make the figures of the paper's argument, each with its rows and its caption.

    Parameters
    ----------
    only : str or sequence of str
        Which figures; by default all.
    sigma, eps, mean, data_std, shift, votes, draws : optional
        In place of the figures' own values, by those that take them: one number where a figure is at one, a range where
        it is against them.
    samples : number, optional
        How many samples, by default 10 million.
    seed : number, optional
        The seed; the same seed gives the same counts on any machine.
    progress : bool or callable, optional
        Whether progress is shown, by default in a notebook; or what is called with what is done and the total.

    Returns
    -------
    dict of Sheet
        By name. A simulation that disagrees with theory is warned of.

    Examples
    --------
    >>> import gauss_sim as gs
    >>> sheet = gs.figures("task", samples=1000)["task"]
    >>> sheet.caption.splitlines()[0][:2], len(sheet.tables) > 0
    ('**', True)
    """
    given = {
        "sigma": sigma, "eps": eps, "mean": mean, "data_std": data_std, "shift": shift, "votes": votes, "draws": draws,
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value is not None}
    names = [only] if isinstance(only, str) else list(only)
    sheets, said = _with_bar(
        progress, lambda teller: _native.figures(names, given, _text(samples), _text(seed), teller)
    )
    if said is not None and not said[1]:
        warnings.warn(said[0], Note, stacklevel=2)
    return {sheet.figure.name: Sheet(sheet) for sheet in sheets}


def report(
    path: Path,
    *,
    only: str | Sequence[str] = (),
    samples: Number | None = None,
    seed: Number | None = None,
    force: bool = False,
    progress: Progress = None,
) -> None:
    """Write the figures of the paper's argument as one page of HTML, with their rows, captions and commands.

    Parameters
    ----------
    path : path
        The page, which needs nothing else.
    only : str or sequence of str
        Which figures; by default all, and the page opens with the statements.
    samples, seed : number, optional
        As of `figures`.
    force : bool
        Write over a file that is there.
    progress : bool or callable, optional
        Whether progress is shown, by default in a notebook; or what is called with what is done and the total.
    """
    file = _Path(path)
    if file.exists() and not force:
        raise ValueError(f"{file} exists: name another one, or write over it with force=True")
    names = [only] if isinstance(only, str) else list(only)
    html, said = _with_bar(
        progress, lambda teller: _native.report(names, _text(samples), _text(seed), teller)
    )
    if said is not None and not said[1]:
        warnings.warn(said[0], Note, stacklevel=2)
    file.write_text(html, encoding="utf-8")


def statements(
    *, samples: Number | None = None, seed: Number | None = None, progress: Progress = None
) -> Table:
    """Decide every statement of the paper and its essay that can be decided: ``gauss-sim claims --list``.

    Parameters
    ----------
    samples : number, optional
        With it each case is simulated, too.
    seed : number, optional
        The seed.
    progress : bool or callable, optional
        As everywhere.

    Returns
    -------
    Table
        A row for each case: the statement, its verdict, both numbers and the command that gives them. A simulation that
        disagrees with theory is warned of.
    """
    raw, said = _with_bar(
        progress, lambda teller: _native.statements(_text(samples), _text(seed), teller)
    )
    if said is not None and not said[1]:
        warnings.warn(said[0], Note, stacklevel=2)
    return Table(raw)
