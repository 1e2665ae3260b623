"""Charts: the program's, and matplotlib's of the same rows."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import pytest

import gauss_sim as gs

matplotlib.use("Agg")


def test_a_chart_in_three_formats(tmp_path: Path) -> None:
    figure = gs.theory(sigma="0..2/9").plot("robust_accuracy")
    for ending, start in (("svg", b"<svg"), ("pdf", b"%PDF"), ("png", b"\x89PNG")):
        path = tmp_path / f"fig.{ending}"
        figure.save(path)
        assert path.read_bytes().startswith(start)
    assert figure._repr_svg_() == figure.svg == figure._repr_mimebundle_()["image/svg+xml"]
    assert figure.styled(theme="dark").svg != figure.svg
    with pytest.raises(ValueError, match="write .svg, .pdf or .png"):
        figure.save(tmp_path / "fig.gif")
    with pytest.raises(ValueError, match="--width"):
        _ = figure.styled(width="1in").svg
    with pytest.raises(ValueError, match="--theme"):
        _ = figure.styled(theme="blue").svg


def test_a_chart_that_there_is_not() -> None:
    rows = gs.theory(sigma="0..2/9")
    with pytest.raises(ValueError, match='no chart begins with "accuracy": there are '):
        rows.plot("accuracy")
    with pytest.raises(ValueError, match="nothing else to draw against"):
        gs.theory().plot()
    with pytest.raises(ValueError, match="no charts"):
        gs.theory(votes_for=1e-3).plot()
    assert gs.theory().figures == {}


def test_a_chart_of_some_rows() -> None:
    rows = gs.theory(sigma="0..2/9")
    trained = rows[rows["stage"] == "trained"]
    svg = trained.plot("robust_accuracy").svg
    assert "trained" in svg and "voted" not in svg


def test_the_frame_in_matplotlib(tmp_path: Path) -> None:
    frame = gs.theory(sigma="0..2/9").to_pandas()
    axes = frame.pivot(index="sigma", columns="label", values="robust_accuracy").plot()
    axes.figure.savefig(tmp_path / "own.png")
    assert (tmp_path / "own.png").stat().st_size > 1000


def test_figures_of_the_paper(tmp_path: Path) -> None:
    sheets = gs.figures(["task", "robust_accuracy_vs_sigma"], samples=1000)
    assert len(sheets) == 2
    for sheet in sheets.values():
        sheet.save(tmp_path)
        assert (tmp_path / f"{sheet.name}.pdf").exists() and sheet.caption.startswith("**")
    wider = gs.figures("task", samples=1000, sigma=2, votes=11)["task"]
    assert "σ = 2" in wider.caption and "median of 11 draws" in wider.caption
    with pytest.raises(ValueError, match="--sigma -1"):
        gs.figures("task", sigma=-1)
    with pytest.raises(ValueError, match="--only: .* is not a figure"):
        gs.figures("nothing")
    with pytest.raises(ValueError, match="--samples: "):
        gs.figures("task", samples=1)
