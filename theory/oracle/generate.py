"""Writes every oracle table beside this file, and the constants that the crate is made with (nodes.py):

    pip install -r requirements.txt && python3 generate.py

A table is made by the sibling script that is named like it (normal.py makes normal.csv), each with a
function main(). Arguments name the tables to make; without any, all of them.
"""

import importlib
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
HELPERS = {"common", "generate"}


def main():
    names = sys.argv[1:] or sorted(p.stem for p in HERE.glob("*.py") if p.stem not in HELPERS)
    sys.path.insert(0, str(HERE))
    for name in names:
        importlib.import_module(name).main()


if __name__ == "__main__":
    main()
