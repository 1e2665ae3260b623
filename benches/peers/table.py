"""Rows of all rounds to benches/results/<date>-<processor>.csv and to a table of ratios."""

import csv
import datetime
import pathlib
import re
import sys

OURS = "gauss-sim"
UNITS = {"normal": "one normal", "point": "one sample at one point", "surface": "one sample on a 64 × 65 × 4 surface"}


def processor():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
        return re.search(r"model name\s*:\s*(.*)", text).group(1).strip()
    except (OSError, AttributeError):
        return "unknown processor"


def main():
    best = {}
    with open(sys.argv[1], newline="") as file:
        for program, quantity, threads, nanoseconds in csv.reader(file):
            # The best method of a peer may differ between rounds: its name is in brackets.
            family = re.sub(r" \((?!one).*\)", "", program)
            key = (family, quantity, int(threads))
            if float(nanoseconds) < best.get(key, (1e300, ""))[0]:
                best[key] = (float(nanoseconds), program)
    date = datetime.date.today().isoformat()
    slug = re.sub(r"[^a-z0-9]+", "-", processor().lower()).strip("-")
    path = pathlib.Path("benches/results") / f"{date}-{slug}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["date", "processor", "command", "program", "quantity", "threads", "nanoseconds"])
        for (_, quantity, threads), (ns, program) in best.items():
            writer.writerow([date, processor(), "benches/peers/run", program, quantity, threads, f"{ns:.4f}"])
    print(f"{processor()}, {date}; nanoseconds, and how many times gauss-sim's\n")
    print("| | " + " | ".join(UNITS.values()) + " |")
    print("|---|" + "---:|" * len(UNITS))
    rows = sorted({(family, threads) for family, _, threads in best}, key=lambda r: (not r[0].startswith(OURS), r))
    for family, threads in rows:
        cells = []
        for quantity in UNITS:
            ns, _ = best.get((family, quantity, threads), (None, ""))
            own, _ = best.get((OURS, quantity, threads), (None, ""))
            if ns is None:
                cells.append("")
            elif family == OURS or own is None:
                cells.append(f"{ns:.3g}")
            else:
                cells.append(f"{ns:.3g} ({ns / own:.3g} ×)")
        name = f"{family}, {threads} threads" if threads > 1 else family
        print(f"| {name} | " + " | ".join(cells) + " |")
    print(f"\nwrote {path}")


if __name__ == "__main__":
    main()
