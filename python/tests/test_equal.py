"""Counts and values are those of the command line, to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gauss_sim as gs

from .conftest import ROOT, Program

TASK = ROOT / "examples" / "tasks" / "max_norm.toml"
LOG = ROOT / "examples" / "logs" / "noise.npz"
MORE = ROOT / "examples" / "logs" / "more_noise.npz"
PIXELS = ROOT / "examples" / "digits" / "pixels.npz"
POOL = ROOT / "examples" / "pools" / "bart.toml"

# The verb, its arguments, and the same as flags.
CASES: list[tuple[str, dict[str, Any], list[object]]] = [
    ("theory", {"sigma": "0..4/17", "eps": [0.0, 8 / 255, 0.5], "votes": [1, 11, np.inf]},
     ["--sigma", "0..4/17", "--eps", "0,8/255,0.5", "--votes", "1,11,inf"]),
    ("theory", {"threshold": np.linspace(-1, 1, 5), "stages": ["defended"], "data_std": 0.5},
     ["--threshold", "-1,-0.5,0,0.5,1", "--stages", "defended", "--data-std", 0.5]),
    ("simulate", {"sigma": 1.0, "eps": 0.5, "samples": 1e6, "seed": 7, "votes": 11},
     ["--sigma", 1, "--eps", 0.5, "--samples", "1e6", "--seed", 7, "--votes", 11]),
    ("simulate", {"sigma": [0.25, 1], "draws": "persistent=3", "samples": 20_000, "votes_by": "median", "tries_by": "smallest", "confidence": 0.99},
     ["--sigma", "0.25,1", "--draws", "persistent=3", "--samples", "20k", "--votes-by", "median", "--tries-by", "smallest", "--confidence", "99%"]),
    ("simulate", {"engine": "reference", "samples": 5000, "threads": 1, "votes": 3},
     ["--engine", "simd", "--samples", 5000, "--votes", 3]),
    ("claims", {"sigma": 0.3, "eps": 0.1, "samples": 10_000}, ["--sigma", 0.3, "--eps", 0.1, "--samples", "10k"]),
    ("train", {"train_size": [100, 300], "repetitions": 20, "epochs": 5},
     ["--train-size", "100,300", "--repetitions", 20, "--epochs", 5]),
    ("nd", {"task": TASK, "eps": "0..1/3", "norm": np.inf, "samples": 20_000},
     [TASK, "--eps", "0..1/3", "--norm", "inf", "--samples", "20k"]),
    ("attack", {"defense": "scale=5", "dimension": 16, "steps": [1, 4], "eot": 2, "samples": 2000},
     ["--defense", "scale=5", "--dimension", 16, "--steps", "1,4", "--eot", 2, "--samples", 2000]),
    ("barrage", {"pool": str(POOL), "choose": [1, 2], "samples": 20_000, "stages": "trained"},
     [POOL, "--choose", "1,2", "--samples", 20_000, "--stages", "trained"]),
    ("certify", {"n": [10, 1000], "radius": "0..1/3", "samples": 2000}, ["--n", "10,1000", "--radius", "0..1/3", "--samples", 2000]),
    ("evaluate", {"logs": LOG, "votes": [1, 19], "tries": "1..20"}, [LOG, "--votes", "1,19", "--tries", "1..20"]),
    ("evaluate", {"logs": LOG, "paired": True, "votes": 11, "tries": 5, "seed": 3, "confidence": 0.9},
     [LOG, "--paired", "--votes", 11, "--tries", 5, "--seed", 3, "--confidence", 0.9]),
    ("fit", {"features": PIXELS, "classes": "3,8", "sigma": [0, 0.5], "eps": "0..0.5/3"},
     [PIXELS, "--classes", "3,8", "--sigma", "0,0.5", "--eps", "0..0.5/3"]),
    ("certify", {"predict": True, "n": [10, 100], "samples": 0}, ["--predict", "--n", "10,100", "--samples", 0]),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "given", "flags"), CASES, ids=lambda v: v if isinstance(v, str) else "")
def test_rows_are_those_of_the_command_line(
    program: Program, verb: str, given: dict[str, Any], flags: list[object]
) -> None:
    ours = getattr(gs, verb)(**given)
    rows = ours if isinstance(ours, gs.Table) else ours.rows
    theirs = program(verb, *flags, "--format", "csv")
    assert theirs.returncode == 0, theirs.stderr
    assert rows.to_csv() == theirs.stdout


@pytest.mark.parametrize(
    ("verb", "given", "flags"),
    [
        ("theory", {"votes_for": 1e-4, "sigma": [0.5, 1]}, ["--votes-for", "1e-4", "--sigma", "0.5,1"]),
        ("attack", {"enough": 0.05, "defense": "drop=0.5"}, ["--enough", 0.05, "--defense", "drop=0.5"]),
        ("certify", {"n_for": "radius=4"}, ["--n-for", "radius=4"]),
    ],
)
def test_planners_answer_as_the_command_line(
    program: Program, verb: str, given: dict[str, Any], flags: list[object]
) -> None:
    table = getattr(gs, verb)(**given)
    theirs = program(verb, *flags, "--format", "csv")
    assert theirs.returncode == 0, theirs.stderr
    assert table.to_csv() == theirs.stdout


def test_the_verdict_is_the_sentence_of_the_command_line(program: Program) -> None:
    ours = gs.simulate(sigma=1, samples=50_000, seed=3)
    theirs = program("simulate", "--sigma", 1, "--samples", 50_000, "--seed", 3, "--format", "csv")
    assert str(ours.verdict) == theirs.stderr.strip().splitlines()[-1]
    assert ours.verdict is not None and ours.verdict.rows == 4


def test_sweep_has_its_own_usual_range(program: Program, tmp_path: Path) -> None:
    ours = gs.sweep(samples=10_000, output=tmp_path / "ours")
    theirs = program("sweep", "--samples", 10_000, "-o", tmp_path / "theirs")
    assert theirs.returncode == 0, theirs.stderr
    assert ours.rows.to_csv() == (tmp_path / "theirs" / "rows.csv").read_text()
    names = [sorted(path.name for path in (tmp_path / of).iterdir()) for of in ("ours", "theirs")]
    assert names[0] == names[1]
    for name in names[0]:
        if name not in ("run.json", "counts.json"):
            assert (tmp_path / "ours" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes(), name


def test_a_figure_is_that_of_plot(program: Program, tmp_path: Path) -> None:
    rows = gs.sweep(sigma="0..2/5", samples=10_000, output=tmp_path / "run").rows
    theirs = program("plot", tmp_path / "run", "--width", "3.25in", "--theme", "grey", "--no-title", "-o", tmp_path / "plots")
    assert theirs.returncode == 0, theirs.stderr
    figure = rows.plot("robust_accuracy").styled(width=3.25, theme="grey", title=False)
    assert figure.svg == (tmp_path / "plots" / f"{figure.name}.svg").read_text()
    assert gs.plot(tmp_path / "run", "robust").svg == rows.plot("robust").svg


def test_a_report_is_the_same_page(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    gs.report(path, only=["task", "robust_accuracy_vs_sigma"], samples=1000, seed=2)
    theirs = program("report", "--only", "task,robust_accuracy_vs_sigma", "--samples", 1000, "--seed", 2, "-o", "-")
    assert path.read_text() == theirs.stdout
    with pytest.raises(ValueError, match="exists"):
        gs.report(path)


def test_statements_are_those_of_the_list(program: Program) -> None:
    theirs = program("claims", "--list", "--format", "csv")
    assert gs.statements().to_csv() == theirs.stdout


def test_arrays_make_the_task_that_a_file_makes(tmp_path: Path) -> None:
    mean, covariance = np.array([1.2, 1.0 / 3.0]), np.array([[2.0, 0.3], [0.3, 1.0]])
    np.save(tmp_path / "mean.npy", mean)
    np.save(tmp_path / "covariance.npy", covariance)
    (tmp_path / "task.toml").write_text(
        "[task]\nmean = 'mean.npy'\ncovariance = 'covariance.npy'\nprior = 0.3\n"
        "[defense]\nshift = 0.5\ncovariance = [1.0, 0.25]\n"
    )
    of_file = gs.nd(tmp_path / "task.toml", samples=5000)
    of_arrays = gs.nd(
        mean=mean, covariance=covariance, prior=0.3, shift=0.5, defense_covariance=[1.0, 0.25], samples=5000
    )
    assert of_arrays.rows.to_csv() == of_file.rows.to_csv()


@pytest.mark.filterwarnings("ignore::gauss_sim.Note")
def test_logged_arrays_are_evaluated_as_their_file(program: Program, tmp_path: Path) -> None:
    log, more = np.load(LOG), np.load(MORE)
    arrays = {name: log[name] for name in log.files if name != "labels"}
    ours = gs.evaluate(log["labels"], **arrays, compare=MORE, output=tmp_path / "ours", plots=False)
    theirs = program("evaluate", LOG, "--compare", MORE, "-o", tmp_path / "theirs", "--no-plots")
    assert theirs.returncode == 0, theirs.stderr
    assert {"metrics", "curves", "counts", "fit", "comparison"} == set(ours.tables)
    for name, table in ours.tables.items():
        assert table.to_csv() == (tmp_path / "theirs" / f"{name}.csv").read_text(), name
        assert (tmp_path / "ours" / f"{name}.csv").read_bytes() == (tmp_path / "theirs" / f"{name}.csv").read_bytes()
    for name in ("task.toml", "question.toml"):
        assert (tmp_path / "ours" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes()
    # One number by hand, and the same of other types of numbers.
    clean = ours.rows[(ours["stage"] == "defended") & (ours["metric"] == "clean_accuracy")]
    assert clean["estimate"][0] == pytest.approx((log["clean"] == log["labels"][:, None]).mean(), abs=1e-15)
    words = {name: np.asarray(array).astype("U4") for name, array in arrays.items()}
    again = gs.evaluate(log["labels"].astype("U4").tolist(), **words)
    assert again.rows.to_csv() == ours.rows.to_csv()
    # What was asked names no file that is gone: arrays are given again.
    assert set(ours.spec) & {"labels", "clean", "attacked"} == set()
    assert gs.run(ours, labels=None, logs=LOG).rows.to_csv() == ours.rows.to_csv()
    assert gs.run(gs.evaluate(LOG)).rows.to_csv() == ours.rows.to_csv()
    with pytest.raises(ValueError, match="--compare .*: its labels are others"):
        gs.evaluate(1 - more["labels"], clean=more["clean"], attacked=more["attacked"], compare=MORE)


def test_arrays_of_features_are_fitted_as_their_file(program: Program, tmp_path: Path) -> None:
    data = np.load(PIXELS)
    ours = gs.fit(data["features"], data["labels"], classes="3,8", norm=np.inf, eps=[0.0, 0.05])
    flags = ["--classes", "3,8", "--norm", "inf", "--eps", "0,0.05"]
    theirs = program("fit", PIXELS, *flags, "-o", tmp_path / "fit", "--no-plots")
    assert theirs.returncode == 0, theirs.stderr
    for name, table in ours.tables.items():
        assert table.to_csv() == (tmp_path / "fit" / f"{name}.csv").read_text(), name
    assert "features" not in ours.spec and "labels" not in ours.spec
    # Rows of another array are held out; a share is a share.
    x, y = data["features"].astype(float), data["labels"]
    half = len(y) // 2
    held_out = gs.fit(x[:half], y[:half], test=x[half:], test_labels=y[half:], classes="3,8", eps=0.1)
    assert held_out["held_out"].tolist() == [np.isin(y[half:], [3, 8]).sum()]
    assert gs.fit(x, y, test=0.25, classes="3,8", eps=0.1)["held_out"][0] < held_out["held_out"][0]
