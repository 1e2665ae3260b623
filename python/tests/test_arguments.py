"""What goes in: bit by bit where it is right, and where it is wrong with the sentence of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gauss_sim as gs
from gauss_sim import _inputs

from .conftest import ROOT, Program

LOG = str(ROOT / "examples" / "logs" / "noise.npz")
PIXELS = str(ROOT / "examples" / "digits" / "pixels.npz")

# The verb, a wrong argument, and the same as a flag.
WRONG: list[tuple[str, dict[str, Any], list[object]]] = [
    ("theory", {"sigma": -1}, ["--sigma", "-1"]),
    ("theory", {"sigma": "1..0"}, ["--sigma", "1..0"]),
    ("theory", {"sigma": "abc"}, ["--sigma", "abc"]),
    ("theory", {"sigma": np.nan}, ["--sigma", "NaN"]),
    ("theory", {"sigma": np.inf}, ["--sigma", "inf"]),
    ("theory", {"eps": 1e16}, ["--eps", "1e16"]),
    ("theory", {"data_std": 0}, ["--data-std", "0"]),
    ("theory", {"votes": 0}, ["--votes", "0"]),
    ("theory", {"votes": 2.5}, ["--votes", "2.5"]),
    ("theory", {"stages": "vote"}, ["--stages", "vote"]),
    ("theory", {"draws": "persistent"}, ["--draws", "persistent"]),
    ("theory", {"votes_for": 2}, ["--votes-for", "2"]),
    ("theory", {"votes_for": 1e-3, "votes": 11}, ["--votes-for", "1e-3", "--votes", "11"]),
    ("theory", {"threads": 0}, ["--threads", "0"]),
    ("simulate", {"samples": -1}, ["--samples", "-1"]),
    ("simulate", {"samples": 1.5}, ["--samples", "1.5"]),
    ("simulate", {"seed": "x"}, ["--seed", "x"]),
    ("simulate", {"seed": 2**64}, ["--seed", 2**64]),
    ("simulate", {"votes_by": "hand"}, ["--votes-by", "hand"]),
    ("simulate", {"tries_by": "hand"}, ["--tries-by", "hand"]),
    ("simulate", {"engine": "gpu"}, ["--engine", "gpu"]),
    ("simulate", {"confidence": 1}, ["--confidence", "1"]),
    ("simulate", {"precision": 2}, ["--precision", "2"]),
    ("simulate", {"precision": 0.1, "shard": "1/2"}, ["--precision", "0.1", "--shard", "1/2"]),
    ("simulate", {"shard": "3/2"}, ["--shard", "3/2"]),
    ("simulate", {"shard": "1/2"}, ["--shard", "1/2"]),
    ("simulate", {"time": "soon"}, ["--time", "soon"]),
    ("simulate", {"time": "1s", "samples": 0}, ["--time", "1s", "--samples", "0"]),
    ("simulate", {"resume": "/nowhere"}, ["--resume", "/nowhere"]),
    ("train", {"repetitions": 0}, ["--repetitions", "0"]),
    ("train", {"repetitions": "x"}, ["--repetitions", "x"]),
    ("nd", {}, []),
    ("nd", {"task": "no.toml"}, ["no.toml"]),
    ("barrage", {"pool": "no.toml"}, ["no.toml"]),
    ("attack", {"enough": 1}, ["--enough", "1"]),
    ("attack", {"defense": "scael=1"}, ["--defense", "scael=1"]),
    ("certify", {"n_for": "n=4"}, ["--n-for", "n=4"]),
    ("certify", {"n_for": "radius=4", "n": 10}, ["--n-for", "radius=4", "--n", "10"]),
    ("certify", {"alpha": 2}, ["--alpha", "2"]),
    ("evaluate", {}, []),
    ("evaluate", {"logs": LOG, "votes": np.inf}, [LOG, "--votes", "inf"]),
    ("evaluate", {"logs": LOG, "confidence": 1}, [LOG, "--confidence", "1"]),
    ("fit", {"features": "no.npy"}, ["no.npy"]),
    ("fit", {"features": PIXELS, "classes": "3,3"}, [PIXELS, "--classes", "3,3"]),
    ("fit", {"features": PIXELS, "classes": "3,8", "shrinkage": 2}, [PIXELS, "--classes", "3,8", "--shrinkage", "2"]),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "given", "flags"), WRONG, ids=str)
def test_a_wrong_argument_is_the_error_of_the_command_line(
    program: Program, verb: str, given: dict[str, Any], flags: list[object]
) -> None:
    theirs = program(verb, *flags)
    assert theirs.returncode == 2, theirs.stdout
    with pytest.raises(ValueError) as ours:
        getattr(gs, verb)(**given)
    assert f"error: {ours.value}" == theirs.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "given",
    [{"sigma": object()}, {"sgima": 1}, {"force": 3}, {"sigma": [object()]}],
    ids=str,
)
def test_what_is_no_argument_is_a_type_error(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        gs.theory(**given)


def test_a_missing_spec_and_one_of_another_kind_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="experiment"):
        gs.run({"sigma": 1})
    with pytest.raises(ValueError, match="use that verb"):
        gs.certify(spec={"experiment": "stages"})
    with pytest.raises(ValueError, match="cannot be read"):
        gs.run(tmp_path / "none.json")


doubles = st.floats(min_value=0.0, max_value=1e15, allow_subnormal=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(doubles, min_size=1, max_size=20))
def test_doubles_arrive_bit_by_bit(sigma: list[float]) -> None:
    expected = np.unique(np.array(sigma) + 0.0)
    for given_ in (sigma, tuple(sigma), np.array(sigma), pd.Series(sigma)):
        found = gs.theory(sigma=given_, stages="undefended")["sigma"]
        assert found.tobytes() == expected.tobytes()


@settings(max_examples=60, deadline=None)
@given(doubles.filter(lambda x: x >= 1e-15))
def test_single_doubles_arrive_bit_by_bit(value: float) -> None:
    rows = gs.theory(data_std=value, mean=np.float64(-value), stages="undefended", eps=value)
    assert (rows["data_std"][0], rows["mean"][0], rows["eps"][0]) == (value, -value, value)


def test_every_type_of_number_is_taken() -> None:
    for one in (1, 1.0, "1", np.int8(1), np.uint64(1), np.float32(1), np.array(1.0), [1], np.array([1], dtype=np.int16)):
        assert gs.theory(sigma=one, stages="trained")["sigma"].tolist() == [1.0]
    assert gs.theory(sigma=np.float32(0.1), stages="trained")["sigma"][0] == float(np.float32(0.1))
    strided = np.linspace(0, 4, 9)[::2]
    assert gs.theory(sigma=strided, stages="trained")["sigma"].tolist() == [0, 1, 2, 3, 4]


def test_lists_are_exact_and_ranges_are_ranges() -> None:
    # 0.1·3 is not 0.3, and a range is of decimals.
    assert gs.theory(sigma=[0.1 * 3], stages="trained")["sigma"][0] == 0.1 * 3 != 0.3
    assert gs.theory(sigma="0..0.3:0.1", stages="trained")["sigma"][3] == 0.3


def test_infinity_is_a_number_of_votes_and_a_norm() -> None:
    assert gs.theory(votes=[1, np.inf], stages="voted")["votes"].tolist() == [1.0, np.inf]
    rows = gs.nd(mean=[1.0, 2.0], norm=np.inf, samples=0)
    assert rows.spec["norm"] == "inf"


def test_arrays_are_lent_as_files() -> None:
    given = {"features": np.eye(3), "labels": pd.Series(["a", "b", "a"]), "test": "rows.npy", "norm": None, "share": 0.5}
    with _inputs.files(given, "features", "labels", "test", "norm", "share") as lent:
        assert np.load(lent["features"]).tobytes() == np.eye(3).tobytes()
        assert np.load(lent["labels"]).tolist() == ["a", "b", "a"]
        assert (lent["test"], lent["norm"], lent["share"]) == ("rows.npy", None, 0.5)
        assert given["features"] is not lent["features"]
    assert not Path(lent["features"]).exists()


def test_labels_may_stand_in_the_place_of_a_log() -> None:
    given = {"logs": [0, 1], "labels": None}
    assert _inputs.log(given) == {"logs": None, "labels": [0, 1]}
    assert _inputs.log({"logs": "log.npz", "labels": None})["logs"] == "log.npz"
    with pytest.raises(ValueError, match="given twice"):
        _inputs.log({"logs": [0], "labels": [1]})


def test_arrays_of_the_wrong_shape_are_refused() -> None:
    labels, draws = np.zeros(4, dtype=int), np.zeros((3, 5), dtype=int)
    with pytest.raises(ValueError, match=r"clean\.npy: clean has 3 rows, and labels has 4: write one row a sample"):
        gs.evaluate(labels, clean=draws, attacked=draws)
    with pytest.raises(ValueError, match="--attacked is missing"):
        gs.evaluate(labels, clean=np.zeros((4, 5), dtype=int))
    with pytest.raises(ValueError, match=r"features\.npy"):
        gs.fit(np.full((10, 2), np.nan), np.arange(10) % 2)


def test_a_task_is_given_once() -> None:
    with pytest.raises(ValueError, match="leave one of them out"):
        gs.nd("task.toml", mean=1.0)


def test_what_changes_nothing_is_warned_of() -> None:
    with pytest.warns(gs.Note, match="changes nothing without the stage voted"):
        gs.simulate(votes=11, stages="trained", samples=1000)
