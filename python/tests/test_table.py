"""Tables: columns, rows, slices, frames, texts."""

from __future__ import annotations

import copy
import io

import numpy as np
import pandas as pd
import pytest

import gauss_sim as gs


@pytest.fixture(scope="module")
def table() -> gs.Table:
    return gs.simulate(sigma="0..2/5", eps=[0.1, 0.5], votes=[3, np.inf], samples=5000).rows


def test_columns_are_read_only_arrays(table: gs.Table) -> None:
    assert table.columns[0] == "stage" and len(table) == 50
    assert table["sigma"].dtype == np.float64 and table["samples"].dtype == np.int64
    assert table["agrees"].dtype == np.bool_ and table["stage"].dtype.kind == "U"
    assert table["sigma"] is table["sigma"]
    with pytest.raises(ValueError, match="read-only"):
        table["sigma"][0] = 1.0
    with pytest.raises(KeyError, match="there are stage"):
        table["sgima"]
    assert "sigma" in table and "sgima" not in table
    assert set(table.about) == set(table.columns)


def test_some_rows_are_a_table(table: gs.Table) -> None:
    voted = table[table["stage"] == "voted"]
    assert isinstance(voted, gs.Table) and len(voted) == 20
    assert voted["votes"].tolist() == [3.0, np.inf] * 10
    assert table[1:3].to_csv() == table[[1, 2]].to_csv()
    assert table[::-1]["sigma"].tolist() == table["sigma"][::-1].tolist()
    assert len(table[:0]) == 0 and len(table[[]]) == 0
    assert table[-1] == table[len(table) - 1] == list(table)[-1]
    assert table[np.array([0, 0])]["sigma"].tolist() == [0.0, 0.0]
    with pytest.raises(IndexError):
        table[len(table)]
    with pytest.raises(IndexError):
        table[[len(table)]]


def test_a_frame_is_that_of_its_csv(table: gs.Table) -> None:
    read = pd.read_csv(io.StringIO(table.to_csv()))
    pd.testing.assert_frame_equal(table.to_pandas(), read, check_exact=True, check_dtype=False)
    exact = gs.theory(sigma=0.5)
    read = pd.read_csv(io.StringIO(exact.to_csv()))
    assert exact.to_pandas().columns.tolist() == read.columns.tolist()
    assert exact.to_pandas()["threshold"].isna().tolist() == read["threshold"].isna().tolist()
    assert exact.to_pandas()["agrees"].tolist() == [None] * 4
    assert pd.DataFrame(table.to_dict()).shape == (50, len(table.columns))


def test_what_pandas_writes_is_read_again(table: gs.Table, tmp_path: object) -> None:
    path = f"{tmp_path}/rows.csv"
    table.to_pandas().to_csv(path)
    assert gs.read(path).to_csv() == table.to_csv()
    assert gs.read(path).plot("robust").name.startswith("robust")


def test_texts(table: gs.Table) -> None:
    assert table[:1].to_markdown().startswith("|")
    assert "\\toprule" in table[:1].to_latex(digits=3)
    assert "voted (n = ∞)" in repr(table)
    html = table._repr_html_()
    assert html.count("<tr>") == 1 + 3 * 50 and "<caption>" in html
    many = gs.theory(sigma="0..4", stages="trained")
    assert "21 rows" in many._repr_html_() and "21 more rows" in repr(many)
    planned = gs.theory(votes_for=1e-3)
    assert "votes" in planned._repr_html_() and "'votes'" in repr(planned)
    with pytest.raises(ValueError, match="no printed form"):
        planned.to_latex()


def test_tables_beside_the_rows() -> None:
    r = gs.claims(sigma="0..1/3", eps="0..1/3")
    assert len(r.tables) > 1 and all(isinstance(beside, gs.Table) for beside in r.tables.values())
    assert r.tables["claims" if "claims" in r.tables else r.rows.name] is not None


def test_a_result_shows_itself() -> None:
    r = gs.simulate(samples=5000, seed=2)
    assert r.verdict and str(r.verdict) in repr(r) and "agree" in r._repr_html_()
    assert len(r) == 4 and r["samples"].tolist() == [5000] * 4
    assert r.to_pandas().shape == r.rows.to_pandas().shape
    assert r.end == "complete" and r.record["program"] == "gauss-sim"
    assert gs.simulate(samples=0).verdict is None
    assert copy.copy(r).agrees
