"""The four stages: numbers, charts and claims, each as the command beside it gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Explorer, rows, run, same, same_drawing

RATES = ["clean_accuracy", "adversarial_accuracy", "robust_accuracy", "attack_success_rate", "invariance"]
CONTROLS = {
    "sigma": "0.7",
    "eps": "0.35",
    "threshold": "0.3",
    "votes": "11",
    "draws": "persistent=5",
    "mean": "1.2",
    "data_std": "0.9",
    "shift": "0.8",
}


def shown_command(explorer: Explorer, place: str) -> str:
    return explorer.page.locator(f"{place} code").first.text_content() or ""


def the_same(explorer: Explorer) -> None:
    command = explorer.page.evaluate("stages.command.textContent")
    assert same(explorer.page.evaluate("stages.rows"), rows(command)), command
    shown = [[float(number) for number in line] for line in explorer.numbers("numbers")]
    assert shown == [[row[rate] for rate in RATES] for row in explorer.page.evaluate("stages.rows")]


def test_each_control_gives_the_numbers_of_the_command(explorer: Explorer) -> None:
    explorer.open()
    explorer.settle()
    for control, value in CONTROLS.items():
        before = explorer.page.evaluate("JSON.stringify(stages.rows)")
        usual = explorer.page.evaluate("name => state.stages[name]", control)
        explorer.set(f"stages-{control}", value)
        explorer.wait("before => JSON.stringify(stages.rows) !== before", before)
        explorer.settle()
        assert f"--{control.replace('_', '-')} {value}" in explorer.page.evaluate("stages.command.textContent")
        the_same(explorer)
        explorer.set(f"stages-{control}", usual)
        explorer.wait("before => JSON.stringify(stages.rows) === before", before)


def test_all_controls_together(explorer: Explorer) -> None:
    explorer.open("#panel=stages&" + "&".join(f"{name}={value}" for name, value in CONTROLS.items()))
    explorer.settle()
    the_same(explorer)


def test_a_slider_moves_by_the_keyboard(explorer: Explorer) -> None:
    explorer.open()
    explorer.settle()
    slider = explorer.page.locator("#panel-stages .slider").first
    slider.focus()
    for _ in range(3):
        explorer.page.keyboard.press("ArrowRight")
    explorer.wait("() => state.stages.sigma === '1.15' && document.querySelector('#stages-sigma').value === '1.15'")
    explorer.settle()
    the_same(explorer)
    explorer.wait("() => location.hash.includes('sigma=1.15')")


def test_saved_charts_are_those_of_the_commands(explorer: Explorer, tmp_path: Path) -> None:
    explorer.open("#panel=stages&sigma=0.8&eps=0.4")
    explorer.settle()
    for chart in ("task", "sigma", "eps", "invariance"):
        figure = explorer.page.locator(f"#figure-{chart}")
        assert figure.locator("svg").count() == 1
        figure.locator("summary").click()
        with explorer.page.expect_download() as download:
            figure.get_by_role("button", name="Save SVG").click()
        saved = Path(download.value.path()).read_text()
        folder = tmp_path / chart
        folder.mkdir()
        run(shown_command(explorer, f"#figure-{chart}"), cwd=folder)
        [written] = list(folder.rglob(download.value.suggested_filename))
        assert same_drawing(saved, written.read_text()), chart
    with explorer.page.expect_download() as download:
        figure.get_by_role("button", name="Save PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


def test_the_claims_are_those_of_the_command(explorer: Explorer) -> None:
    explorer.open("#panel=stages&sigma=0.3&eps=0.1")
    explorer.settle()
    command = explorer.page.evaluate("claims.command.textContent")
    words = {"everywhere": "holds", "nowhere": "fails"}
    expected = [(row["claim"], words.get(row["holds"], "cannot be told")) for row in rows(command)]
    lines = explorer.page.locator("#claims-verdicts tbody tr").evaluate_all("rows => rows.map(r => [r.children[0].textContent, r.children[1].textContent])")
    assert [tuple(line) for line in lines] == expected
    assert {verdict for _, verdict in expected} == {"holds", "fails"}
    differences = [row["difference"] for row in rows(command)]
    shown = [float(line[-1]) for line in explorer.numbers("claims-verdicts")]
    # Of two accuracies that hardly differ.
    assert shown == pytest.approx(differences, rel=0, abs=1e-15)


def test_the_map_of_the_claims_appears_claim_by_claim(explorer: Explorer) -> None:
    explorer.open()
    explorer.wait("() => claims.done === 6 && document.querySelector('#figure-claims svg')")
    explorer.settle()
    assert "here" in explorer.text("#figure-claims svg")


def test_what_is_not_possible_is_said_beside_its_control(explorer: Explorer) -> None:
    explorer.open()
    explorer.settle()
    explorer.set("stages-sigma", "-1")
    explorer.wait("() => document.querySelector('#stages-error').textContent.startsWith('--sigma')")
    assert explorer.page.locator("#stages-sigma").get_attribute("aria-invalid") == "true"
    explorer.set("stages-sigma", "1")
    explorer.wait("() => document.querySelector('#stages-error').textContent === ''")
    assert explorer.page.locator("#stages-sigma").get_attribute("aria-invalid") == "false"


def test_the_rate_in_the_charts_can_be_chosen(explorer: Explorer) -> None:
    explorer.open()
    explorer.settle()
    explorer.set("stages-quantity", "adversarial_accuracy")
    explorer.wait("() => document.querySelector('#figure-sigma svg').textContent.includes('adversarial accuracy')")
    explorer.set("stages-metric", "adversarial_accuracy")
    explorer.wait("() => document.querySelector('#claims-said').textContent.includes('adversarial')")


def test_a_surface_that_is_known_gives_the_same_curves(explorer: Explorer) -> None:
    explorer.open()
    explorer.settle()
    direct = explorer.page.locator("#figure-sigma .chart").inner_html()
    explorer.wait("() => surfaceWhole()")
    explorer.page.evaluate("stages.charts[1].shown = null; stages.charts[1].place.replaceChildren(); void stages.charts[1].draw()")
    explorer.wait("() => document.querySelector('#figure-sigma svg')")
    assert explorer.page.locator("#figure-sigma .chart").inner_html() == direct
