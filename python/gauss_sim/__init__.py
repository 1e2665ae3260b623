"""The exact laboratory for what randomness does to a robustness number.

Every number exists twice, as a closed form and as a simulation that shares no formula with it, and the verdict says whether the
two agree. Functions have the names of the verbs of the command line, and arguments those of its flags.

>>> import gauss_sim as gs
>>> t = gs.theory(sigma=1.0, eps=0.5)
>>> dict(zip(t["stage"].tolist(), t["robust_accuracy"].round(4).tolist()))
{'undefended': 0.8219, 'defended': 0.8565, 'trained': 0.8394, 'voted': 0.8221}
"""

from . import normal
from ._exact import Interval, binomial_test, clopper_pearson
from ._figure import Figure
from ._others import Sheet, figures, merge, plot, read, report, run, statements
from ._result import Note, Result, Verdict
from ._table import Table
from ._verbs import *
from ._verbs import __all__ as _names

__all__ = [
    *_names,
    "Figure",
    "Interval",
    "Note",
    "Result",
    "Sheet",
    "Table",
    "Verdict",
    "binomial_test",
    "clopper_pearson",
    "figures",
    "merge",
    "normal",
    "plot",
    "read",
    "report",
    "run",
    "statements",
]
