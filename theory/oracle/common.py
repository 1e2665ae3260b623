"""What every oracle table shares: the precision, the way numbers are written, the files.

Inputs are exact doubles, written by repr, so that they read back to the same bits. Outputs are
written with DIGITS significant digits, correctly rounded from at least WORKING.
"""

import pathlib
import random

import mpmath
from mpmath import mp

DIGITS = 40
WORKING = 80
HERE = pathlib.Path(__file__).parent

mp.dps = WORKING


def exact(x):
    """A double as text that reads back to the same bits."""
    return repr(float(x))


def digits(value):
    """A high-precision number as text with DIGITS significant digits."""
    if value == 0:
        return "0.0"
    return mpmath.nstr(value, DIGITS, strip_zeros=False, min_fixed=0, max_fixed=0)


def write(name, header, rows, folder=None):
    """Writes `folder`/name (default: here). `rows` are sequences of text; repeated ones go once."""
    lines = list(dict.fromkeys(",".join(row) for row in rows))
    folder = folder or HERE
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join([",".join(header), *lines]) + "\n")
    print(f"{name}: {len(lines)} rows")


def generator(name):
    """A random generator with a fixed seed of its own for each table."""
    return random.Random(f"gauss-sim {name} 1")
