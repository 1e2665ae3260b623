"""Functions, types and docstrings are what the library declares."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import gauss_sim as gs
from gauss_sim import _native

from .conftest import ROOT

PYTHON = ROOT / "python"

USES = """
import numpy as np
import gauss_sim as gs

table: gs.Table = gs.theory(sigma=np.linspace(0, 4, 81), eps=8 / 255)
planned: gs.Table = gs.certify(n_for="radius=4")
result: gs.Result = gs.certify(n=[10, 100], samples=0)
part: gs.Table = table[table["sigma"] > 1][:5]
figure: gs.Figure = gs.sweep(sigma="0..4").plot("robust_accuracy").styled(width="3.25in")
nd: gs.Result = gs.nd(mean=np.ones(3), covariance=np.eye(3), norm=np.inf)
gs.simulate(engine="gpu")  # type: ignore[arg-type]
gs.simulate(sgima=1)  # type: ignore[call-arg]
"""


def test_the_functions_are_current() -> None:
    done = subprocess.run([sys.executable, PYTHON / "generate.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_parameter_is_an_argument() -> None:
    for verb in _native.verbs():
        function = getattr(gs, verb["name"])
        arguments = inspect.signature(function).parameters
        for parameter in verb["parameters"]:
            assert parameter["name"] in arguments, (verb["name"], parameter["name"])
            assert f"    {parameter['name']} : " in (function.__doc__ or "")
        assert "Returns\n    -------" in (function.__doc__ or "")


def test_every_public_thing_is_documented() -> None:
    for name in gs.__all__:
        thing = getattr(gs, name)
        assert thing.__doc__, name
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                    assert value.__doc__, f"{name}.{member}"


def mypy(*arguments: str) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("mypy")
    return subprocess.run([sys.executable, "-m", "mypy", *arguments], capture_output=True, text=True, cwd=PYTHON)


def test_types_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "uses.py").write_text(USES)
    cache = f"--cache-dir={tmp_path / 'cache'}"
    done = mypy("--strict", cache, "-p", "gauss_sim")
    assert done.returncode == 0, done.stdout
    done = mypy("--strict", "--warn-unused-ignores", cache, str(tmp_path / "uses.py"))
    assert done.returncode == 0, done.stdout


def test_the_stub_is_of_the_module() -> None:
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "gauss_sim._native", "--ignore-missing-stub", "--ignore-disjoint-bases"],
        capture_output=True,
        text=True,
        cwd=PYTHON / "tests",
    )
    assert done.returncode == 0, done.stdout


def test_the_package_is_typed() -> None:
    assert (Path(gs.__file__).parent / "py.typed").exists()
    assert (Path(gs.__file__).parent / "_native.pyi").exists()
