"""The page itself: its address, tabs, words for Python, dark colours, a phone, and paper."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from conftest import PAGE, Explorer
from playwright.sync_api import Browser

MEGABYTE = 1_000_000
PANELS = ["stages", "attack", "certify", "query", "simulation"]


def test_the_page_is_one_small_file_without_addresses() -> None:
    text = PAGE.read_text()
    assert len(text.encode()) < 3 * MEGABYTE
    for word in ('src="', "<link", "@import", "fetch(", "https://"):
        assert word not in text.replace("fetch(module_or_path)", "").replace("https://json-schema", "") or word == "fetch(", word


def test_the_address_holds_every_control(explorer: Explorer, browser: Browser) -> None:
    explorer.open()
    changed: dict[str, dict[str, str]] = explorer.page.evaluate(
        """() => {
          const other = (field) => field.options ? Object.keys(field.options).at(-1)
            : field.values ? field.values[1] : field.text ? ({ defense: 'flip=0.25', step_size: 'eps/7', n_for: 'loss=0.05', sigma: '0.3', step: '0.7' }[field.name] ?? '0.02')
            : String(field.min + 2 * field.step);
          const all = {};
          for (const [panel, { fields }] of Object.entries(PANELS)) {
            all[panel] = {};
            for (const field of fields) set(panel, field.name, all[panel][field.name] = other(field));
          }
          return all;
        }"""
    )
    for panel in PANELS:
        explorer.page.evaluate("name => open(name)", panel)
        explorer.wait("() => location.hash === written()")
        address = explorer.page.evaluate("location.hash")
        again = Explorer(browser)
        again.open(address)
        found = again.page.evaluate("state")
        assert found.pop("panel") == panel
        assert found == changed
        assert again.page.evaluate("written()") == address
        again.context.close()
    explorer.settle()


def test_a_changed_address_changes_the_page(explorer: Explorer) -> None:
    explorer.open()
    explorer.settle()
    explorer.page.evaluate("location.hash = '#panel=certify&sigma=0.5'")
    explorer.wait("() => !document.querySelector('#panel-certify').hidden && document.querySelector('#certify-sigma').value === '0.5'")
    explorer.settle()


def test_a_strange_address_does_no_harm(explorer: Explorer) -> None:
    explorer.open("#panel=nothing&sigma=%zz&__proto__=1&quantity=none&eps")
    explorer.settle()
    assert explorer.page.evaluate("state.panel") == "stages"


def test_tabs_answer_to_the_keyboard(explorer: Explorer) -> None:
    explorer.open()
    explorer.page.locator("#tab-stages").focus()
    for panel in [*PANELS[1:], PANELS[0]]:
        explorer.page.keyboard.press("ArrowRight")
        assert explorer.page.evaluate("document.activeElement.id") == f"tab-{panel}"
        assert explorer.page.locator(f"#tab-{panel}").get_attribute("aria-selected") == "true"
        explorer.settle()


def test_every_control_has_a_name(explorer: Explorer) -> None:
    explorer.open()
    nameless = explorer.page.evaluate(
        """() => [...document.querySelectorAll('input, select, button, canvas, progress, [role=img], [role=region]')]
          .filter(e => !(e.getAttribute('aria-label') || e.labels?.length || e.textContent.trim())).map(e => e.outerHTML)"""
    )
    assert nameless == []
    explorer.settle()


@pytest.mark.parametrize("panel", PANELS)
def test_what_is_said_for_python_is_python(explorer: Explorer, panel: str) -> None:
    explorer.open(f"#panel={panel}")
    explorer.settle()
    texts = explorer.page.locator(f"#panel-{panel} .said code").evaluate_all("all => all.map(e => e.textContent)")
    calls = [text for text in texts if text.startswith("gs.")]
    # A run that has not begun has no chart yet.
    assert len(calls) >= (1 if panel == "simulation" else 2)
    for call in calls:
        ast.parse(call, mode="eval")
    commands = [text for text in texts if text.startswith("gauss-sim ")]
    assert len(commands) == len(calls)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("panel", PANELS)
def test_nothing_is_wider_than_a_phone(browser: Browser, panel: str, scheme: str) -> None:
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "color_scheme": scheme}
    explorer = Explorer(browser, **phone).open(f"#panel={panel}")
    explorer.settle()
    assert explorer.page.evaluate("document.documentElement.scrollWidth") <= 390
    if panel != "simulation":
        paper = explorer.page.locator("svg rect").first.get_attribute("fill")
        assert (paper == "#FFFFFF") == (scheme == "light")
    assert explorer.errors == []
    explorer.context.close()


def test_the_page_prints(explorer: Explorer, tmp_path: Path) -> None:
    explorer.open()
    explorer.settle()
    explorer.page.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_what_is_copied_is_the_command(explorer: Explorer) -> None:
    explorer.context.grant_permissions(["clipboard-read", "clipboard-write"])
    explorer.open()
    explorer.settle()
    explorer.page.locator("section[aria-label='Exact numbers'] summary").first.click()
    explorer.page.get_by_role("button", name="Copy: The command that gives this").first.click()
    explorer.wait("() => [...document.querySelectorAll('.said button')].some(b => b.textContent !== 'Copy')")
    said = explorer.page.evaluate("[...document.querySelectorAll('.said button')].find(b => b.textContent !== 'Copy').textContent")
    assert said == "Copied"
    assert explorer.page.evaluate("navigator.clipboard.readText()") == explorer.page.evaluate("stages.command.textContent")
