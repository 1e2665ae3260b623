//! What long runs meet: they are killed, the disk is full, the file is damaged, the clock jumps.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::harness::{Place, program, rows};
use super::long::{Background, assert_refused, forge, wait_for, wait_for_samples};

/// Killed at 30 moments and continued each time, a run has the rows of one that nobody killed.
#[test]
fn kills_at_any_moment_lose_nothing() {
    let place = Place::new();
    // About two seconds of one thread, and a checkpoint every few milliseconds.
    let run = "--sigma 0..2/21 --eps 0..1/5 --votes 11 --samples 4e7 --seed 5 --no-plots";
    place.run(&format!("sweep {run} -o whole")).done();
    let often = "--checkpoint-every 3ms --threads 1";
    let mut state = 7u64;
    let (mut kills, mut resumed, mut last) = (0, 0, 0);
    while kills < 30 {
        let begun = place.path("killed/counts.json").exists();
        let args = match begun {
            true => format!("sweep --resume killed --no-plots {often}"),
            false => format!("sweep {run} {often} -o killed --force"),
        };
        resumed += u32::from(begun);
        let mut child = Background::start(&place, &args);
        if !begun {
            // However slow the machine is: from where there is something to lose.
            wait_for("counts", || place.path("killed/counts.json").exists().then_some(()));
        }
        // Knuth's generator: the same moments each time, as far as moments can be.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        sleep(Duration::from_micros((state >> 33) % 120_000));
        if child.0.try_wait().unwrap().is_some() {
            let run = child.end();
            // It came to its end: begin again, for there are kills left.
            assert_eq!(run.code, 0, "{run:#?}");
            assert!(place.read("killed/rows.csv") == place.read("whole/rows.csv"));
            fs::remove_dir_all(place.path("killed")).unwrap();
            last = 0;
            continue;
        }
        child.signal("-KILL");
        assert_eq!(child.end().code, -1, "killed");
        kills += 1;
        if let Ok(text) = fs::read(place.path("killed/counts.json")) {
            // Whole at every moment, and never less than before.
            let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
            let drawn = value["drawn"].as_u64().unwrap();
            assert!(drawn >= last, "{drawn} after {last}");
            last = drawn;
        }
    }
    assert!(resumed >= 15, "{resumed} of {kills} were resumed");
    if last == 0 {
        place.run(&format!("sweep {run} -o killed --force")).done();
    } else {
        place.run("sweep --resume killed --no-plots").done();
    }
    assert!(place.read("killed/rows.csv") == place.read("whole/rows.csv"));
    assert_eq!(
        place.names("killed"),
        ["counts.json", "rows.csv", "rows_drawn.csv", "run.json"],
        "nothing is left behind"
    );
}

/// A limit on the size of files, which can be lifted while the run goes on.
fn limit(run: &Background, bytes: &str) {
    let id = run.0.id().to_string();
    let fsize = format!("--fsize={bytes}:");
    assert!(Command::new("prlimit").args(["--pid", &id, &fsize]).status().unwrap().success());
}

#[test]
fn a_disk_that_is_full_for_a_while_stops_nothing() {
    let place = Place::new();
    let endless = "--sigma 0..1/3 --votes 11 --samples 1e15 --checkpoint-every 20ms";
    let run = Background::start(&place, &format!("simulate {endless} -o kept"));
    wait_for_samples(&place, "kept", 0);
    limit(&run, "100");
    run.wait_to_say("kept/counts.json was not written");
    let stuck = wait_for_samples(&place, "kept", 0);
    sleep(Duration::from_millis(300));
    assert_eq!(wait_for_samples(&place, "kept", 0), stuck, "nothing can be written");
    limit(&run, "unlimited");
    wait_for_samples(&place, "kept", stuck);
    run.signal("-INT");
    let run = run.end();
    assert_eq!(run.code, 130, "{run:#?}");
    let said = run.err.matches("kept/counts.json was not written").count();
    assert_eq!(said, 1, "once, and the run goes on: {}", run.err);
    let drawn = place.json("kept/counts.json")["drawn"].as_u64().unwrap();
    assert_eq!(rows(&place.text("kept/rows.csv"))[0].count("samples"), drawn);
}

#[test]
fn a_disk_that_is_full_at_the_end_is_an_error_that_loses_no_checkpoint() {
    let place = Place::new();
    let endless = "--sigma 0..1/3 --votes 11 --samples 1e15 --checkpoint-every 20ms --seed 2";
    let run = Background::start(&place, &format!("simulate {endless} -o kept"));
    wait_for_samples(&place, "kept", 0);
    limit(&run, "100");
    run.wait_to_say("kept/counts.json was not written");
    let kept = place.read("kept/counts.json");
    run.signal("-INT");
    let run = run.end();
    assert_eq!(run.code, 2, "{run:#?}");
    let last = run.err.lines().last().unwrap();
    for text in ["error: ", "counts.json was not written", "make room", "--resume kept"] {
        assert!(last.contains(text), "{text}: {}", run.err);
    }
    assert!(place.read("kept/counts.json") == kept);
    assert_eq!(place.names("kept"), ["counts.json"], "nothing is half-written");
    place.run("simulate --resume kept --time 0s").done();
    let drawn = rows(&place.text("kept/rows.csv"))[0].count("samples");
    assert!(drawn > place_drawn(&kept), "{drawn}");
}

fn place_drawn(counts: &[u8]) -> u64 {
    let value: serde_json::Value = serde_json::from_slice(counts).unwrap();
    value["drawn"].as_u64().unwrap()
}

/// A small file system of its own, where this may be made: real lack of room.
#[test]
fn a_file_system_without_room() {
    let place = Place::new();
    fs::create_dir(place.path("small")).unwrap();
    let script = "mount -t tmpfs -o size=64k none small 2>/dev/null || exit 77
        \"$0\" simulate --sigma 0..1/3 --votes 11 --samples 1e15 --checkpoint-every 20ms -o small/kept 2> err & run=$!
        until grep -q '\"drawn\":[1-9]' small/kept/counts.json 2>/dev/null; do sleep 0.02; done
        head -c 1M /dev/zero > small/filler 2>/dev/null
        until grep -q 'No space left' err; do sleep 0.02; done
        cp small/kept/counts.json stuck
        rm small/filler
        while cmp -s small/kept/counts.json stuck; do sleep 0.02; done
        cp small/kept/counts.json free
        head -c 1M /dev/zero > small/filler 2>/dev/null
        kill -TERM $run; wait $run; echo $? > code; rm small/filler
        cp small/kept/counts.json end; ls -A small/kept > names";
    let mut shell = Command::new("unshare");
    let shell = shell.args(["-rm", "sh", "-c", script]).arg(program()).current_dir(place.path(""));
    match shell.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if status.success() => {}
        other => {
            println!("left out: no file system can be made here ({other:?})");
            return;
        }
    }
    let [stuck, free, end] = ["stuck", "free", "end"].map(|name| place_drawn(&place.read(name)));
    assert!(0 < stuck && stuck < free && free <= end, "{stuck} {free} {end}");
    let err = place.text("err");
    assert_eq!(err.matches("No space left on device").count(), 2, "once, and at the end: {err}");
    assert_eq!((place.text("code").trim(), place.text("names").trim()), ("2", "counts.json"));
}

#[test]
fn a_damaged_file_is_refused_and_left_alone() {
    let place = Place::new();
    place.run("simulate --samples 1e5 --votes 1 -o kept").done();
    let good = place.text("kept/counts.json");
    let half = good.len() / 2;
    let altered = good.replacen("\"seed\":1", "\"seed\":2", 1);
    let digit = good.find("\"tally\": [\n    ").unwrap() + 14;
    let mut one_off = good.clone();
    one_off.replace_range(digit..=digit, if &good[digit..=digit] == "1" { "2" } else { "1" });
    let cases: [(&[u8], &[&str]); 9] = [
        (b"", &["damaged", "empty"]),
        (b"{}", &["damaged", "checksum"]),
        (b"\xff\xfe\x00", &["damaged", "not text"]),
        (&good.as_bytes()[..half], &["damaged", "checksum"]),
        (&good.as_bytes()[..good.len() - 1], &["damaged", "checksum"]),
        (altered.as_bytes(), &["damaged", "checksum does not fit"]),
        (one_off.as_bytes(), &["damaged", "checksum does not fit"]),
        (&good.replacen("\"format\":2", "\"format\":7", 1).into_bytes(), &["format 7", "version"]),
        (&[good.as_bytes(), b"more"].concat(), &["damaged", "checksum"]),
    ];
    for (bytes, texts) in cases {
        place.write("kept/counts.json", bytes);
        let rows = place.read("kept/rows.csv");
        for run in ["simulate --resume kept", "merge kept -o other"] {
            let run = place.run(run);
            assert_refused(&run, &[&["kept/counts.json"], texts].concat());
        }
        assert!(place.read("kept/counts.json") == bytes && place.read("kept/rows.csv") == rows);
        assert_eq!(place.names("kept"), ["counts.json", "rows.csv", "run.json"]);
    }
    // With a checksum that fits: whoever forges it is told what does not fit.
    for (from, to, text) in [
        ("\"stream_version\":1", "\"stream_version\":9", "stream version 9"),
        ("\"batch\":65536", "\"batch\":4096", "batch of 4096"),
        ("\"drawn\":100000", "\"drawn\":100001", "do not have that many samples"),
        ("\"batches\":[[0,2]]", "\"batches\":[[0,3]]", "batches"),
        ("\"batches\":[[0,2]]", "\"batches\":[[1,1],[0,2]]", "batches"),
        ("\"tally\": [\n    ", "\"tally\": [\n    0, ", "counts are none of its question"),
        ("\"tally\": [\n    ", "\"tally\": [\n    99999999", "counts are none of its question"),
        ("\"sigma\":\"1\"", "\"sigma\":\"-1\"", "sigma"),
        ("\"sigma\":\"1\"", "\"sigma\":\"\"", "damaged"),
        ("\"experiment\":\"stages\"", "\"experiment\":\"stagings\"", "no kind of experiment"),
        ("\"confidence\":0.95", "\"confidence\":1.5", "between 0 and 1"),
    ] {
        place.write("kept/counts.json", &good);
        forge(&place, "kept", from, to);
        assert_refused(&place.run("simulate --resume kept"), &["kept/counts.json", text]);
    }
}

#[test]
fn two_runs_do_not_write_into_one_folder() {
    let place = Place::new();
    let endless = "--sigma 0..1/3 --votes 11 --samples 1e15 --checkpoint-every 20ms";
    let run = Background::start(&place, &format!("simulate {endless} -o kept"));
    wait_for_samples(&place, "kept", 0);
    for second in [
        "simulate --resume kept",
        "sweep --resume kept",
        "simulate --samples 1e4 -o kept --force",
        "sweep --samples 1e4 -o kept --force",
        "simulate --samples 1e4 -o kept",
    ] {
        assert_refused(&place.run(second), &["another run is writing into kept", "wait"]);
    }
    // Reading is free.
    place.run("merge kept --allow-gaps --no-plots -o copy").done();
    // The lock ends with the process.
    run.signal("-KILL");
    run.end();
    place.run("simulate --resume kept --time 0s").done();
    assert_eq!(place.names("kept"), ["counts.json", "rows.csv", "rows_drawn.csv", "run.json"]);
}

/// Of many that begin at the same time, one wins, and none harms it.
#[test]
fn of_many_that_begin_at_once_one_wins() {
    let place = Place::new();
    let args = "simulate --samples 2e5 --votes 1 -o kept --force --threads 1";
    let runs: Vec<_> = (0..8).map(|_| Background::start(&place, args)).collect();
    let codes: Vec<i32> = runs.into_iter().map(|run| run.end().code).collect();
    assert!(codes.contains(&0) && codes.iter().all(|code| [0, 2].contains(code)), "{codes:?}");
    assert_eq!(place.names("kept"), ["counts.json", "rows.csv", "run.json"]);
    assert!(place.run("simulate --resume kept").done().err.contains("nothing to do"));
}

/// The calendar is decades off and runs a thousand times too fast; time is taken from a clock that
/// only goes on.
#[test]
fn a_clock_that_jumps_changes_nothing() {
    let place = Place::new();
    let mut fake = Command::new("faketime");
    fake.args(["-f", "@2001-01-01 00:00:00 x1000"]).arg(program());
    fake.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
    let args = "simulate --votes 11 --samples 1e15 --time 700ms --checkpoint-every 50ms -o kept";
    fake.args(args.split(' ')).current_dir(place.path(""));
    let began = Instant::now();
    let output = match fake.output() {
        Ok(output) => output,
        Err(error) => {
            println!("left out: faketime is not here ({error})");
            return;
        }
    };
    let took = began.elapsed();
    assert!(output.status.success(), "{output:#?}");
    let record = place.json("kept/run.json");
    assert!(record["started"].as_str().unwrap().starts_with("2001-01-01"), "the calendar is fake");
    assert_eq!(record["progress"]["end"], "time");
    let seconds = record["simulation"]["seconds"].as_f64().unwrap();
    // of the 700 ms those that were not needed for beginning and for keeping counts: the fake calendar would
    // have made it less than one, or hundreds of seconds
    assert!((0.02..30.0).contains(&seconds), "{seconds}");
    assert!(took >= Duration::from_millis(650), "{took:?}");
}
