"""What came of a question that may be sampled."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _native
from ._figure import Figure
from ._inputs import Lent
from ._progress import Bar, resolved
from ._table import Table
from ._types import Progress

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]


class Note(UserWarning):
    """What was noticed about a question or its rows, where the command line says a line on standard error."""


@dataclass(frozen=True)
class Verdict:
    """Whether theory and simulation agree. It is true where they do, and its text is the sentence of the command line."""

    #: Whether they agree.
    agree: bool
    #: How many rows were compared, without those of `check`.
    rows: int
    #: How many of these disagree.
    disagreeing: int
    #: The smallest p-value, adjusted for all tests of the run.
    smallest_p: float
    #: The false-alarm rate that it is compared with.
    false_alarm: float
    #: A rate that is off by more than this would have been noticed …
    detectable: float
    #: … with at least this chance.
    power: float
    #: What was counted again for some rows, from samples that were drawn another way as well, as a check that is part of the
    #: verdict: its table, samples, rows, disagreeing and detectable; None where there is none.
    check: dict[str, Any] | None
    #: The same in a sentence.
    sentence: str

    def __bool__(self) -> bool:
        return self.agree

    def __str__(self) -> str:
        return self.sentence


class Result:
    """What came of a question: its rows, the verdict, and everything that is needed to ask it again.

    ``result["name"]`` is a column of its rows.

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.simulate(sigma=1.0, eps=0.5, samples=1e5, seed=7)
    >>> bool(r.verdict), r.verdict.rows
    (True, 4)
    >>> r["samples"]
    array([100000, 100000, 100000, 100000])
    >>> r.spec["sigma"], r.plan["seed"]
    ('1', 7)
    """

    def __init__(self, raw: _native.Answered, lent: Iterable[str] = ()) -> None:
        self._raw = raw
        self._lent = tuple(lent)
        self._rows = Table(raw.tables[0])
        self._record: dict[str, Any] | None = None

    @property
    def rows(self) -> Table:
        """The rows."""
        return self._rows

    @property
    def tables(self) -> dict[str, Table]:
        """The rows, and what tables stand beside them, by name."""
        others = {table.name: Table(table) for table in self._raw.tables[1:]}
        return {self._rows.name: self._rows, **others}

    @property
    def verdict(self) -> Verdict | None:
        """Whether theory and simulation agree; None where nothing was compared."""
        found = self._raw.verdict
        if found is None:
            return None
        sentence, words = found
        agree = words.pop("verdict") == "agree"
        return Verdict(agree=agree, sentence=sentence, **words)

    @property
    def agrees(self) -> bool:
        """Whether no row disagrees."""
        return self._raw.agrees

    @property
    def record(self) -> dict[str, Any]:
        """Everything that is needed to run it again, and what it said: what ``run.json`` has."""
        if self._record is None:
            self._record = self._raw.record
            # Arrays were in files that are gone.
            for name in self._lent:
                self._record["spec"].pop(name, None)
        return self._record

    @property
    def spec(self) -> dict[str, Any]:
        """What was asked: `gauss_sim.run` asks it again. Arrays are not in it: give them again."""
        spec: dict[str, Any] = self.record["spec"]
        return spec

    @property
    def plan(self) -> dict[str, Any] | None:
        """How it was sampled and judged; None where it was not."""
        return self.record.get("plan")

    @property
    def end(self) -> str | None:
        """Why the run came to its end: complete, precision or time; None where nothing was drawn."""
        return self._raw.end

    @property
    def caption(self) -> str:
        """What was asked, in a line."""
        return self._raw.caption

    @property
    def findings(self) -> list[str]:
        """What the question alone has to say, line by line."""
        return self._raw.findings

    @property
    def notes(self) -> list[str]:
        """What was noticed, line by line."""
        return self._raw.notes

    @property
    def figures(self) -> dict[str, Figure]:
        """The charts of the rows, by name."""
        return self._rows.figures

    def plot(self, metric: str | None = None) -> Figure:
        """Return the program's own chart of the rows; see `Table.plot`."""
        return self._rows.plot(metric)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a data frame; see `Table.to_pandas`."""
        return self._rows.to_pandas()

    def __getitem__(self, name: str) -> Any:
        return self._rows[name]

    def __len__(self) -> int:
        return len(self._rows)

    def _lines(self) -> list[str]:
        verdict = self.verdict
        return [*self.findings, *([] if verdict is None else [verdict.sentence])]

    def __repr__(self) -> str:
        return "\n".join([self.caption, repr(self._rows), *self._lines()])

    def _repr_html_(self) -> str:
        from html import escape

        lines = "".join(f"<p>{escape(line)}</p>" for line in self._lines())
        return self._rows._repr_html_() + lines


def told(raw: _native.Answered, stacklevel: int) -> _native.Answered:
    """Warn of what was noticed, in the line that asked."""
    for note in raw.notes:
        warnings.warn(note, Note, stacklevel=stacklevel + 1)
    return raw


def _asked(verb: str, given: dict[str, Any]) -> _native.Answered:
    progress: Progress = given.pop("progress", None)
    teller = resolved(progress)
    try:
        return told(_native.ask(verb, given, teller), 4)
    finally:
        if isinstance(teller, Bar):
            teller.close()


def answered(verb: str, given: dict[str, Any]) -> Any:
    """Ask the question of a verb; a planner's answer is a table."""
    lent = [name for name, value in given.items() if isinstance(value, Lent)]
    raw = _asked(verb, given)
    return Table(raw.tables[0]) if raw.planned else Result(raw, lent)


def tabled(verb: str, given: dict[str, Any]) -> Table:
    """Ask the question of a verb that has exact rows alone."""
    return Table(_asked(verb, given).tables[0])
