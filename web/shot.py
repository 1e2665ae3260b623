"""Pictures of the page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "tests"))
from conftest import FLAGS, ROOT, Explorer  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

SIZES = {"screen": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def ready(explorer: Explorer, panel: str) -> None:
    explorer.settle()
    if panel == "stages":
        explorer.wait("() => claims.done === 6")
    if panel == "attack":
        explorer.wait("() => walk.laws.length > 0")
        explorer.page.evaluate("playWalk(false); walk.step = walk.last; paintWalk()")
    if panel == "simulation":
        explorer.page.locator("#start").click()
        explorer.wait("() => simulation.ended")
    explorer.settle()


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=FLAGS)
        if folder is None:
            explorer = Explorer(browser, viewport={"width": 1280, "height": 1010}).open("#panel=stages")
            ready(explorer, "stages")
            explorer.page.screenshot(path=ROOT / "docs/figures/explorer.png")
            explorer.context.close()
        else:
            folder.mkdir(parents=True, exist_ok=True)
            for panel in ("stages", "attack", "certify", "query", "simulation"):
                for size, viewport in SIZES.items():
                    for scheme in ("light", "dark"):
                        more: dict[str, Any] = {"viewport": viewport, "color_scheme": scheme}
                        address = f"#panel={panel}" + ("&question=sigma&samples=1e5" if panel == "simulation" else "")
                        explorer = Explorer(browser, **more).open(address)
                        ready(explorer, panel)
                        explorer.page.screenshot(path=folder / f"{panel}-{size}-{scheme}.png", full_page=True)
                        explorer.context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
