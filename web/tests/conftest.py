"""A browser without a window, the page, and the command line to compare with."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
PAGE = Path(os.environ.get("PAGE", ROOT / "target/web/gauss-sim.html"))
GAUSS_SIM = os.environ.get("GAUSS_SIM", str(ROOT / "target/debug/gauss-sim"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a busy machine takes, in milliseconds.
PATIENCE = 180_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=FLAGS)
        yield found
        found.close()


class Explorer:
    """The page in a tab of its own."""

    def __init__(self, browser: Browser, **context: Any) -> None:
        self.context = browser.new_context(offline=True, **context)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.errors: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, address: str = "") -> "Explorer":
        self.page.goto(f"file://{PAGE}{address}")
        self.page.wait_for_selector("body.ready")
        return self

    def set(self, control: str, value: str) -> None:
        """Types into the field of a control, or chooses."""
        place = self.page.locator(f"#{control}")
        if place.evaluate("e => e.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)

    def wait(self, script: str, what: Any = None) -> None:
        self.page.wait_for_function(script, arg=what, timeout=PATIENCE)

    def settle(self) -> None:
        """Waits until nothing is asked any more but what nobody waits for."""
        self.page.wait_for_timeout(250)
        self.wait("() => [...askers.values()].every(a => a.waiting.size === 0 && (!a.busy || a.idle))")

    def numbers(self, place: str) -> list[list[str]]:
        """The exact numbers of a table, row by row, as the page holds them."""
        script = "e => [...e.querySelectorAll('tbody tr')].map(r => [...r.querySelectorAll('td[data-value]')].map(d => d.dataset.value))"
        return self.page.locator(f"#{place}").evaluate(script)

    def ask(self, call: str, *args: Any) -> Any:
        return self.page.evaluate("([call, args]) => asker('others').ask(call, ...args)", [call, list(args)])

    def text(self, place: str) -> str:
        found: str = self.page.locator(place).evaluate("e => e.innerText ?? e.textContent")
        return found


@pytest.fixture
def explorer(browser: Browser) -> Iterator[Explorer]:
    made = Explorer(browser)
    yield made
    made.context.close()
    assert made.errors == []


def run(command: str, *more: str, cwd: Path | None = None) -> str:
    """What a command prints that the page shows."""
    words = shlex.split(command)
    assert words[0] == "gauss-sim"
    done = subprocess.run([GAUSS_SIM, *words[1:], *more], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# What theory promises of a closed form. The last bits may differ, since exp and its like are those of the system's library
# on the command line and those of Rust in a browser; counts may not.
PROMISED = 1e-13


def same(found: Any, expected: Any) -> bool:
    """Whether two values are the same: words, counts and truths at once, numbers as far as theory promises."""
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in expected)
    numbers = (int, float)
    if isinstance(found, numbers) and isinstance(expected, numbers) and isinstance(expected, float) and not isinstance(found, bool):
        return abs(found - expected) <= PROMISED * abs(expected)
    return bool(found == expected)


def same_drawing(found: str, expected: str) -> bool:
    """Whether two SVG are the same; a last bit may turn the rounding of a coordinate, by one of its units."""
    number = re.compile(r"-?\d+(?:\.\d+)?")
    if number.sub("", found) != number.sub("", expected):
        return False
    pairs = zip(number.findall(found), number.findall(expected), strict=True)
    return all(mine == theirs or abs(float(mine) - float(theirs)) <= 1 for mine, theirs in pairs)


def rows(command: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(command, "--format", "json"))["rows"]
    return found
