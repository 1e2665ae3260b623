"""Runs in the page: counts and verdict as of the command line."""

from __future__ import annotations

import json

import pytest
from conftest import Explorer, run, same

QUESTIONS = ["point", "sigma", "eps", "attack", "certify", "query"]
SAMPLES = {"attack": "2e4", "certify": "2e4", "query": "2e3"}


def finish(explorer: Explorer) -> None:
    explorer.page.locator("#start").click()
    explorer.wait("() => simulation.ended || document.querySelector('#simulation-error').textContent")
    assert explorer.text("#simulation-error") == ""


@pytest.mark.parametrize("question", QUESTIONS)
def test_counts_and_verdict_are_those_of_the_command(explorer: Explorer, question: str) -> None:
    samples = SAMPLES.get(question, "2e5")
    explorer.open(f"#panel=simulation&question={question}&samples={samples}&seed=7&stages.votes=11")
    finish(explorer)
    command = explorer.page.evaluate("simulation.command.textContent")
    document = json.loads(run(command, "--format", "json"))
    answer = explorer.page.evaluate("simulation.answer")
    # Counts are whole numbers, and the same.
    counts = [name for name, value in document["rows"][0].items() if isinstance(value, int) and value > 1]
    assert "samples" in counts and len(counts) >= 2
    for mine, theirs in zip(answer["tables"]["rows"], document["rows"], strict=True):
        assert [mine[name] for name in counts] == [theirs[name] for name in counts]
        # A p-value changes by more than the exact value that it is about.
        assert mine.pop("p_value") == pytest.approx(theirs.pop("p_value"), rel=1e-8)
        assert same(mine, theirs)
    for part in ("plan", "spec"):
        assert answer["run"][part] == document["run"][part]
    assert answer["run"]["judgement"]["verdict"] == document["run"]["judgement"]["verdict"] == "agree"
    assert answer["run"]["simulation"]["seed"] == 7
    assert answer["run"]["progress"]["end"] == "complete"
    assert explorer.text("#run-verdict").startswith("agree")
    assert "seed 7" in explorer.text("#run-progress")
    assert explorer.page.locator("#figure-way svg").count() == 1


def test_a_run_ticks_and_can_be_stopped_and_begun_again(explorer: Explorer) -> None:
    explorer.open("#panel=simulation&samples=1e9")
    explorer.page.locator("#start").click()
    explorer.wait("() => simulation.bar.value > 0")
    first = explorer.page.evaluate("simulation.bar.value")
    explorer.wait("first => simulation.bar.value > first", first)
    assert explorer.text("#run-verdict").startswith("so far, agree")
    # The page stays free meanwhile.
    explorer.page.locator("#stop").click()
    explorer.wait("() => document.querySelector('#run-progress').textContent.includes('stopped')")
    assert explorer.page.locator("#start").is_enabled()
    explorer.set("simulation-samples", "1e4")
    finish(explorer)
    assert "10,000 of 10,000" in explorer.text("#run-progress")


def test_a_wrong_seed_is_said(explorer: Explorer) -> None:
    explorer.open("#panel=simulation")
    explorer.set("simulation-seed", "x")
    explorer.page.locator("#start").click()
    explorer.wait("() => document.querySelector('#simulation-error').textContent.startsWith('--seed')")
    assert explorer.page.locator("#simulation-seed").get_attribute("aria-invalid") == "true"
