"""Moves sliders of the page, one step a frame, and reads what each part of it took; then lets it simulate."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "tests"))
from conftest import FLAGS, Explorer  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

FRAMES = 120
# A slider goes up and down its range, one step a frame, as a hand would move it; frames are told by the browser.
MOVE = """([name, frames]) => new Promise((resolve) => {
  const field = PANELS.stages.fields.find((field) => field.name === name);
  const slider = rows.get(`stages.${name}`).row.querySelector('.slider');
  const low = Number(slider.min), high = Number(slider.max), step = Number(slider.step);
  const many = Math.round((high - low) / step);
  costs.known.clear();
  const times = [];
  let at = 0;
  const shown = () => stages.charts.map((chart) => chart.shown);
  let before = shown(), updates = 0, start = 0;
  const frame = (now) => {
    if (start) times.push(now - start);
    start = now;
    const after = shown();
    if (after.some((svg, place) => svg !== before[place])) updates += 1;
    before = after;
    if (times.length >= frames) {
      resolve({ times, updates, costs: Object.fromEntries(costs.known) });
      return;
    }
    const turn = at++ % (2 * many);
    slider.value = low + (turn < many ? turn : 2 * many - turn) * step;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""


def say(quantity: str, values: list[float]) -> None:
    ordered = sorted(values)
    ninety = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    print(f'"{quantity}",{statistics.median(ordered):.2f},{ninety:.2f},{len(ordered)}', flush=True)


def main() -> int:
    print("quantity,median,p95,count")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=FLAGS)
        explorer = Explorer(browser).open()
        explorer.wait("() => surfaceWhole() && claims.done === 6")
        for name in ("sigma", "eps", "threshold", "mean", "votes"):
            found = explorer.page.evaluate(MOVE, [name, FRAMES])
            times = found["times"]
            say(f"{name} moves: frame, ms", times)
            seconds = sum(times) / 1000
            say(f"{name} moves: frames with new charts, per second", [found["updates"] / seconds])
            for part, took in sorted(found["costs"].items()):
                say(f"{name} moves: {part}, ms", took)
            explorer.wait("() => surfaceWhole()")
        explorer.context.close()
        for question, samples in (("point", "1e7"), ("sigma", "1e6")):
            explorer = Explorer(browser).open(f"#panel=simulation&question={question}&samples={samples}")
            explorer.page.locator("#start").click()
            explorer.wait("() => simulation.ended")
            speed = explorer.page.evaluate("simulation.answer.run.simulation.samples_per_second")
            say(f"simulation, {question}, 101 votes: samples per second", [speed])
            explorer.context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
