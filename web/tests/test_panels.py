"""The other panels: numbers and planners as the commands beside them give them."""

from __future__ import annotations

import json

import pytest
from conftest import Explorer, rows, run, same

CONTROLS = {
    "attack": {
        "defense": "drop=0.5", "steps": "12", "eot": "3", "step_size": "eps/8", "eps": "0.2", "dimension": "32",
        "mean": "0.3", "data_std": "1.1", "sigma": "0.5", "gain": "shared", "draws": "persistent=2",
    },
    "certify": {"sigma": "0.5", "n": "100", "n0": "30", "alpha": "0.01", "radius": "0.25", "mean": "1.3", "data_std": "0.8"},
    "query": {
        "attack": "nes", "queries": "300", "sigma": "0.5", "eps": "0.8", "dimension": "30", "votes": "11",
        "mean": "1.5", "data_std": "0.9", "shift": "0.5", "step": "0.5",
    },
}
PLANNERS = {"attack": ("enough", "0.01"), "certify": ("n_for", "abstain=0.05"), "query": ("queries_for", "0.4")}


def the_same(explorer: Explorer, panel: str) -> None:
    command = explorer.page.evaluate(f"{panel}.command.textContent")
    assert same(explorer.page.evaluate(f"{panel}.rows"), rows(command)), command


@pytest.mark.parametrize("panel", list(CONTROLS))
def test_each_control_gives_the_rows_of_the_command(explorer: Explorer, panel: str) -> None:
    explorer.open(f"#panel={panel}")
    explorer.settle()
    charts = explorer.page.locator(f"#panel-{panel} .charts figure")
    assert charts.count() >= 2
    assert explorer.page.locator(f"#panel-{panel} .charts figure svg").count() == charts.count()
    for control, value in CONTROLS[panel].items():
        usual = explorer.page.evaluate(f"name => state.{panel}[name]", control)
        before = explorer.page.evaluate(f"{panel}.command.textContent")
        explorer.set(f"{panel}-{control}", value)
        explorer.wait(f"before => {panel}.command.textContent !== before", before)
        explorer.settle()
        assert explorer.text(f"#{panel}-error") == "", (control, value)
        the_same(explorer, panel)
        explorer.set(f"{panel}-{control}", usual)
        explorer.wait(f"before => {panel}.command.textContent === before", before)
    explorer.settle()
    the_same(explorer, panel)


@pytest.mark.parametrize("panel", list(PLANNERS))
def test_the_planner_says_what_the_command_says(explorer: Explorer, panel: str) -> None:
    name, value = PLANNERS[panel]
    explorer.open(f"#panel={panel}")
    explorer.settle()
    before = explorer.text(f"#{panel}-plan")
    explorer.set(f"{panel}-{name}", value)
    explorer.wait(f"before => document.querySelector('#{panel}-plan').textContent.trim() !== before.trim()", before)
    explorer.settle()
    said = run(explorer.page.evaluate(f"{panel}.planCommand.textContent"))
    assert explorer.page.evaluate(f"{panel}.plan.textContent").strip() == said.strip()


def test_the_law_of_the_walk_is_that_of_the_command(explorer: Explorer) -> None:
    explorer.open("#panel=attack&steps=12&step_size=eps/4")
    explorer.settle()
    explorer.wait("() => walk.last === 12")
    found = json.loads(run(explorer.page.evaluate("walk.command.textContent"), "--format", "json"))["rows"]
    assert same(explorer.page.evaluate("walk.all"), found)
    reach = {row["attack"]: row["reach"] for row in explorer.page.evaluate("attack.rows")}
    for name in ("pgd", "eot"):
        last = [row for row in found if row["attack"] == name and row["steps"] == 12]
        assert sum(row["probability"] for row in last) == pytest.approx(1, abs=1e-14)
        assert sum(row["probability"] * row["low"] for row in last) == pytest.approx(reach[name], abs=1e-14)


def test_the_walk_plays_and_pauses(explorer: Explorer) -> None:
    explorer.open("#panel=attack")
    explorer.settle()
    explorer.wait("() => walk.laws.length > 0")
    explorer.page.evaluate("playWalk(false)")
    explorer.page.evaluate("walk.step = 0")
    button = explorer.page.get_by_role("button", name="Play")
    button.click()
    explorer.wait("() => walk.step > 1")
    explorer.page.evaluate("playWalk(false)")
    explorer.page.locator("#walk-step").fill("7")
    explorer.wait("() => document.querySelector('#walk-said').textContent.startsWith('After 7 steps')")
    explorer.page.locator("#walk-which").select_option("eot")
    explorer.wait("() => document.querySelector('#walk-said').textContent.includes('of eot')")
