"""Rows of all rounds to benches/results/<date>-<processor>.csv and to two tables of ratios."""

import csv
import datetime
import os
import pathlib
import re
import sys

OURS = "gauss-sim"
ALONE = "gauss-sim's random numbers"
NUMPY = "NumPy skilled"
RESULTS = pathlib.Path("benches/results")
UNITS = {"normal": "one normal", "point": "one sample at one point", "surface": "one sample on a 64 × 65 × 4 surface"}

LABORATORIES = {
    "attack, m = 1": "sample, d = 256, 40 steps",
    "attack, m = 10": "the same with 10 gradients a step",
    "barrage": "sample, 5 of 25 maps, 3 stages, 101 votes",
    "certify": "sample, n₀ = 100, n = 1000",
    "query": "sample, 1000 questions, d = 100, trained",
    "blocks": "sample, 5 blocks, 7 choices",
    "evaluate": "logged prediction, of 2 × 10⁷",
    "fit": "feature value, of 10⁵ × 64",
}
# What has no such peer and is measured elsewhere: the file of results, its row, and nanoseconds in its unit.
ELSEWHERE = {
    "a call from Python": ("one row of `theory`", "python", "theory, 1 row", 1e3),
    "the explorer page": ("what it computes in a frame", "web", "sigma moves: page, ms", 1e6),
}


def processor():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
        return re.search(r"model name\s*:\s*(.*)", text).group(1).strip()
    except (OSError, AttributeError):
        return "unknown processor"


def short(ns):
    unit, size = next((u, s) for u, s in (("ms", 1e6), ("µs", 1e3), ("ns", 0)) if ns >= s)
    return f"{ns / max(size, 1):.3g} {unit}"


def elsewhere(suffix, wanted):
    """A value of the newest file of results with this suffix, and the file's date."""
    for path in sorted(RESULTS.glob(f"*-{suffix}.csv"), reverse=True):
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        for row in csv.reader(lines):
            if row[0] == wanted:
                return float(row[1]), path.name[:10]
    return None


def peers(best):
    """One row a program."""
    print("| | " + " | ".join(UNITS.values()) + " |")
    print("|---|" + "---:|" * len(UNITS))
    with_units = {(family, threads) for family, quantity, threads in best if quantity in UNITS}
    for family, threads in sorted(with_units, key=lambda row: (not row[0].startswith(OURS), row)):
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


def laboratories(best):
    """One row a laboratory."""
    print("| laboratory | unit | gauss-sim | its random numbers alone | NumPy skilled |")
    print("|---|---|---:|---:|---:|")
    for name, unit in LABORATORIES.items():
        own = best.get((OURS, name, 1))
        if own is None:
            continue
        others = [best.get((family, name, 1)) for family in (ALONE, NUMPY)]
        cells = [f"{short(other[0])} ({other[0] / own[0]:.2g} ×)" if other else "" for other in others]
        print(f"| {name} | {unit} | {short(own[0])} | " + " | ".join(cells) + " |")
    for name, (unit, suffix, wanted, size) in ELSEWHERE.items():
        if found := elsewhere(suffix, wanted):
            print(f"| {name} | {unit} ({found[1]}) | {short(found[0] * size)} | | |")


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
    part = "" if any(quantity in UNITS for _, quantity, _ in best) else "-laboratories"
    path = RESULTS / f"{date}-{slug}{part}.csv"
    load = f"load {os.getloadavg()[1]:.0f} on {os.cpu_count()} cores, of which this is 1"
    command = "benches/peers/run" + part.replace("-", " ")
    with path.open("w", newline="") as file:
        file.write(f"# {load}: the least of three rounds, ours and the peers' in turn\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["date", "processor", "command", "program", "quantity", "threads", "nanoseconds"])
        for (_, quantity, threads), (ns, program) in best.items():
            writer.writerow([date, processor(), command, program, quantity, threads, f"{ns:.4f}"])
    print(f"{processor()}, {date}; {load}; in brackets how many times gauss-sim's\n")
    if not part:
        peers(best)
        print("\nNanoseconds.\n")
    laboratories(best)
    print(f"\nwrote {path}")


if __name__ == "__main__":
    main()
