"""The constants of ../src/math/normal/nodes.rs: the standard normal at multiples of 1/32.

For each z = 0, 1/32, …, 8½ the upper tail, the density and the hazard (density over tail), each as
the nearest double and the rest. The Rust code builds the functions between these points from the
recurrences of their derivatives; the oracle tables do not use these.
"""

import common
from mpmath import mpf
from normal import pdf, sf

PER_UNIT = 32
LAST = 272
TARGET = common.HERE.parent / "src" / "math" / "normal" / "nodes.rs"

HEAD = f"""//! Made by `theory/oracle/nodes.py`: the standard normal at z = i/{PER_UNIT}.

/// For each z: the upper tail, the density and the hazard, each as the nearest double and the rest.
#[rustfmt::skip]
pub(super) const NODES: [[f64; 6]; {LAST + 1}] = [
"""


def parts(value):
    """The nearest double and the rest."""
    high = float(value)
    return [high, float(value - mpf(high))]


def main():
    rows = []
    for i in range(LAST + 1):
        z = mpf(i) / PER_UNIT
        tail, density = sf(z), pdf(z)
        row = [*parts(tail), *parts(density), *parts(density / tail)]
        rows.append("    [" + ", ".join(repr(x) for x in row) + "],\n")
    TARGET.write_text(HEAD + "".join(rows) + "];\n")
    print(f"{TARGET.name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
