"""Runs: folders, shares, resume, threads, progress, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import gauss_sim as gs

from .conftest import Program


def test_shares_add_up_to_the_one_run(tmp_path: Path) -> None:
    question = {"sigma": [0.5, 1.0], "samples": 400_000, "seed": 5}
    whole = gs.simulate(**question)
    folders = [tmp_path / f"share{i}" for i in (1, 2, 3)]
    for i, folder in enumerate(folders, 1):
        gs.simulate(**question, shard=f"{i}/3", output=folder)
    merged = gs.merge(folders, output=tmp_path / "merged")
    assert merged.rows.to_csv() == whole.rows.to_csv()
    assert gs.read(tmp_path / "merged").to_csv() == whole.rows.to_csv()
    with pytest.raises(ValueError, match="no folder has batches"):
        gs.merge(folders[:2])
    gaps = gs.merge(folders[:2], allow_gaps=True, confidence=0.99)
    assert 0 < gaps["samples"][0] < 400_000 and gaps.record["simulation"]["confidence"] == 0.99


def test_a_run_of_the_command_line_goes_on_here(program: Program, tmp_path: Path) -> None:
    program("simulate", "--samples", 100_000, "--seed", 9, "-o", tmp_path / "run")
    longer = gs.simulate(resume=tmp_path / "run", samples=300_000)
    assert longer.rows.to_csv() == gs.simulate(samples=300_000, seed=9).rows.to_csv()
    with pytest.raises(ValueError, match="--sigma 2: the run in .* has 1; leave --sigma out"):
        gs.simulate(resume=tmp_path / "run", sigma=2)
    theirs = program("simulate", "--resume", tmp_path / "run", "--format", "csv")
    assert theirs.stdout == longer.rows.to_csv()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    gs.simulate(samples=1000, output=tmp_path)
    with pytest.raises(ValueError, match="exists"):
        gs.simulate(samples=1000, output=tmp_path)
    gs.simulate(samples=2000, output=tmp_path, force=True)
    assert json.loads((tmp_path / "run.json").read_text())["simulation"]["samples"] == 2000
    assert not list(tmp_path.glob("*.svg"))


def test_what_was_written_down_is_asked_again(tmp_path: Path) -> None:
    first = gs.sweep(sigma="0..1/3", samples=20_000, seed=4, output=tmp_path)
    for source in (tmp_path / "run.json", str(tmp_path / "run.json"), first, first.record):
        again = gs.run(source)
        assert again.rows.to_csv() == first.rows.to_csv()
    other = gs.run(first, seed=6)
    assert other["sigma"].tolist() == first["sigma"].tolist() and other.plan["seed"] == 6
    exact = gs.run({"experiment": "certify", "n": 10}, samples=0)
    assert exact.verdict is None and exact.spec["n"] == "10"
    assert gs.run(exact).verdict is None
    (tmp_path / "question.toml").write_text('experiment = "stages"\nsigma = "0..1/3"\n[plan]\nsamples = 20000\nseed = 4\n')
    assert gs.run(tmp_path / "question.toml").rows.to_csv() == first.rows.to_csv()


def test_no_number_depends_on_threads_or_the_kernel() -> None:
    rows = [
        gs.simulate(samples=50_000, votes=5, threads=threads, engine=engine).rows.to_csv()
        for threads in (1, 2, 5)
        for engine in ("auto", "reference", "simd")
    ]
    assert len(set(rows)) == 1


def test_a_precision_and_a_time() -> None:
    r = gs.simulate(precision=0.02, stages="trained")
    widths = r["mc_clean_high"] - r["mc_clean_low"]
    assert r.end == "precision" and (widths <= 0.02).all()
    r = gs.simulate(samples=1e12, time=0.3)
    assert r.end == "time" and 0 < r["samples"][0] < 1e12


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    gs.simulate(samples=1e12, time="3s", progress=lambda done, total: told.append((done, total)))
    assert len(told) > 3 and told == sorted(told) and {total for _, total in told} == {10**12}


def test_an_error_of_a_callback_ends_the_run() -> None:
    def broken(done: int, total: int) -> None:
        raise RuntimeError("enough")

    since = time.monotonic()
    with pytest.raises(RuntimeError, match="enough"):
        gs.simulate(samples=1e12, progress=broken)
    assert time.monotonic() - since < 30


def test_other_threads_go_on_meanwhile() -> None:
    count, stop = 0, threading.Event()

    def counting() -> None:
        nonlocal count
        while not stop.is_set():
            count += 1
            time.sleep(0.001)

    thread = threading.Thread(target=counting)
    thread.start()
    gs.simulate(samples=1e12, time=0.5)
    stop.set()
    thread.join()
    assert count > 20


def test_calls_from_several_threads_at_once() -> None:
    expected = gs.theory(sigma="0..4").to_csv()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(gs.theory(sigma="0..4").to_csv())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 6


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own() -> None:
    expected = gs.theory(sigma="0..4")["robust_accuracy"].sum()
    child = os.fork()
    if child == 0:
        found = gs.theory(sigma="0..4")["robust_accuracy"].sum()
        os._exit(0 if found == expected else 1)
    for _ in range(600):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the child hangs")


INTERRUPTED = """
import sys, time
import gauss_sim as gs
print("ready", flush=True)
since = time.monotonic()
try:
    {call}
except KeyboardInterrupt:
    print(f"stopped {{time.monotonic() - since:.2f}}", flush=True)
    gs.theory()
    print("alive", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    "call",
    [
        "gs.simulate(samples=1e15)",
        "gs.simulate(samples=1e15, output={folder!r})",
        "gs.theory(sigma='0..4/200', eps='0..4/200', votes='1..1e6/log11', draws='fresh')",
        "gs.claims(sigma='0..4/300', eps='0..4/300')",
    ],
)
def test_an_interrupt_is_heard(call: str, tmp_path: Path) -> None:
    folder = str(tmp_path / "run")
    text = INTERRUPTED.format(call=call.format(folder=folder))
    process = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0 and rest.endswith("alive\n"), rest
    if "output" in call:
        counts = gs.simulate(resume=folder, time="1ms")
        assert counts["samples"][0] > 0


def test_numbers_of_a_large_table_come_at_once() -> None:
    t = gs.theory(sigma=np.linspace(0, 4, 20_000), stages="undefended")
    since = time.monotonic()
    assert len(t["robust_accuracy"]) == 20_000
    assert time.monotonic() - since < 0.5
