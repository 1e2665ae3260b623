"""The examples of docstrings, of the README and of the book run, and so do the notebooks."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
from pathlib import Path

import numpy as np
import pytest

import gauss_sim as gs

from .conftest import ROOT

MODULES = ["gauss_sim", *(f"gauss_sim.{m.name}" for m in pkgutil.iter_modules(gs.__path__) if m.name != "_native")]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name: str) -> None:
    with np.printoptions():
        failed, _ = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert failed == 0


def test_there_are_examples_of_every_verb() -> None:
    from gauss_sim import _verbs

    for name in _verbs.__all__:
        assert ">>> " in getattr(gs, name).__doc__, f"{name}: write an example in generate.py"


@pytest.mark.parametrize("path", ["python/README.md", "docs/python.md"])
def test_texts(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = doctest.testfile(str(ROOT / path), module_relative=False, optionflags=FLAGS)
    assert found.failed == 0 and found.attempted > 3


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_notebooks(path: Path, tmp_path: Path) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "clear the outputs before it is kept"
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert {"image/svg+xml", "text/html"} <= kinds
