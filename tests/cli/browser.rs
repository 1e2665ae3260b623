//! The report in a browser, where there is one: without a library for it, by what headless Chromium prints of
//! the page after its scripts have run.

use std::path::Path;
use std::process::Command;

use super::harness::Place;

/// Appended to a copy of the page: sorts, and writes what it finds into the title.
const PROBE: &str = r##"<script>
"use strict";
const probe = () => {
  const table = document.querySelector("#convergence table");
  const column = [...table.querySelectorAll("th")].findIndex(th => th.textContent === "deviation");
  const values = () => [...table.tBodies[0].rows].map(row => Number(row.cells[column].textContent));
  const button = table.querySelectorAll("th")[column].querySelector("button");
  const before = values();
  button.click();
  const up = values();
  button.click();
  const down = values();
  const rising = list => list.every((v, i) => i === 0 || list[i - 1] <= v);
  const wide = document.documentElement.scrollWidth;
  return JSON.stringify({
    rows: before.length, before: rising(before), up: rising(up), down: rising(down.slice().reverse()),
    fits: wide <= window.innerWidth, inner: window.innerWidth, wide, errors: window.failures,
  });
};
window.addEventListener("load", () => { document.title = "found " + probe(); });
</script>"##;

/// Before everything else: counts errors.
const CATCH: &str =
    "<head><script>window.failures = 0; window.onerror = () => { window.failures += 1; };</script>";

fn browser() -> Option<&'static str> {
    let there = |name: &&str| {
        Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success())
    };
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find(there)
}

fn title_at(browser: &str, page: &Path, profile: &Path, width: u32) -> String {
    let run = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--window-size={width},900"))
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&run.stdout).into_owned();
    let title = dom.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
    title.unwrap_or_else(|| panic!("no page: {}", String::from_utf8_lossy(&run.stderr))).to_owned()
}

#[test]
fn the_report_sorts_and_fits_in_a_browser() {
    let Some(browser) = browser() else {
        eprintln!("left out: the report in a browser (chromium is not installed)");
        return;
    };
    let place = Place::new();
    place.run("report --only convergence,task --samples 1e4 -o report.html").done();
    let page = place.text("report.html").replacen("<head>", CATCH, 1);
    place.write("probed.html", page.replacen("</body>", &format!("{PROBE}</body>"), 1));
    for width in [500, 1280] {
        let title = title_at(browser, &place.path("probed.html"), &place.path("profile"), width);
        let found = title.strip_prefix("found ").unwrap_or_else(|| panic!("{width}: {title}"));
        let found: serde_json::Value = serde_json::from_str(found).unwrap();
        assert_eq!(found["rows"], 8 * 9, "{found}");
        assert_eq!((&found["before"], &found["errors"]), (&false.into(), &0.into()), "{found}");
        for what in ["up", "down", "fits"] {
            assert_eq!(found[what], true, "{what} at {width}: {found}");
        }
    }
}
