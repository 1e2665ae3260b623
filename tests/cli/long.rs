//! Long runs: stopped, continued, shared out and merged, to the same counts bit for bit.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::harness::{Place, Run, program, rows};
use super::simulate::disagreeing;

/// Six batches and a part of one, of a question with votes and all.
const QUESTION: &str = "--sigma 0,0.5,1 --eps 0..1/3 --votes 11";
const SAMPLES: u64 = 6 * 65_536 + 12_345;
/// A run that does not end by itself while a test lasts.
const ENDLESS: &str = "--sigma 0..1/3 --votes 11 --samples 1e15 --checkpoint-every 20ms";

/// A run in the background, killed with the test, and what it has said on standard error.
pub(crate) struct Background(pub(crate) Child, Arc<Mutex<String>>);

/// How long a test waits for what is sure to come, before it says that it does not.
const PATIENCE: Duration = Duration::from_secs(600);

/// Waits until something is there.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{what}: in vain");
        sleep(Duration::from_millis(5));
    }
}

/// The program as a command that hears every signal, also where whoever started the tests ignores some, as `nohup` and
/// jobs in the background of a script do.
pub(crate) fn heard() -> Command {
    let mut command = Command::new("env");
    command.arg("--default-signal=INT,TERM,HUP,XFSZ").arg(program());
    command
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Background {
    pub(crate) fn start(place: &Place, args: &str) -> Self {
        let mut command = heard();
        command.current_dir(place.path("")).args(args.split_whitespace());
        Self::of(&mut command)
    }

    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (mut lines, heard) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&said));
        std::thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                *heard.lock().unwrap() += &line;
                line.clear();
            }
            // Whoever holds it knows that all is said.
            drop(heard);
        });
        Self(child, said)
    }

    /// Waits until it has said something.
    pub(crate) fn wait_to_say(&self, text: &str) {
        wait_for(text, || self.said().contains(text).then_some(()));
    }

    fn said(&self) -> String {
        self.1.lock().unwrap().clone()
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// What it said, once it has ended.
    pub(crate) fn end(mut self) -> Run {
        let status = wait_for("the end of a run", || self.0.try_wait().unwrap());
        let mut out = String::new();
        self.0.stdout.as_mut().unwrap().read_to_string(&mut out).unwrap();
        wait_for("the end of what is said", || (Arc::strong_count(&self.1) == 1).then_some(()));
        Run { code: status.code().unwrap_or(-1), out, err: self.said() }
    }
}

/// Waits until the counts of a folder have more than so many samples.
pub(crate) fn wait_for_samples(place: &Place, folder: &str, samples: u64) -> u64 {
    wait_for("more samples", || {
        let text = std::fs::read(place.path(&format!("{folder}/counts.json"))).unwrap_or_default();
        let value: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
        value["drawn"].as_u64().filter(|drawn| *drawn > samples)
    })
}

#[track_caller]
pub(crate) fn assert_refused(run: &Run, texts: &[&str]) {
    assert_eq!(run.code, 2, "{run:#?}");
    assert_eq!(run.out, "");
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    for text in texts {
        assert!(run.err.contains(text), "{text}: {}", run.err);
    }
}

/// The counts, whatever else the file says.
pub(crate) fn counts(place: &Place, folder: &str) -> String {
    let text = place.text(&format!("{folder}/counts.json"));
    let (_, counts) = text.split_once("\"tally\"").unwrap();
    counts.split_once("\"checksum\"").unwrap().0.to_owned()
}

/// `whole`: the run that nothing has stopped.
fn whole() -> Place {
    let place = Place::new();
    let sweep = format!("sweep {QUESTION} --samples {SAMPLES} --seed 9 --no-plots -o whole");
    place.run(&sweep).done();
    place
}

#[track_caller]
fn assert_same(place: &Place, folder: &str) {
    assert_eq!(counts(place, folder), counts(place, "whole"), "{folder}");
    assert!(
        place.text(&format!("{folder}/rows.csv")) == place.text("whole/rows.csv"),
        "rows of {folder}"
    );
}

#[test]
fn counts_are_kept_with_all_that_it_takes_to_go_on() {
    let place = whole();
    assert_eq!(place.names("whole"), ["counts.json", "rows.csv", "rows_drawn.csv", "run.json"]);
    let kept = place.json("whole/counts.json");
    assert_eq!((&kept["format"], &kept["drawn"]), (&2.into(), &SAMPLES.into()));
    for (key, value) in [("seed", 9), ("samples", SAMPLES)] {
        assert_eq!(kept["plan"][key], value, "{key}");
    }
    assert_eq!(kept["batches"], serde_json::json!([[0, 7]]));
    assert_eq!(kept["spec"]["sigma"], "0,0.5,1");
    assert_eq!(kept["plan"]["votes_by"], "checked");
    assert_eq!(kept["plan"]["tries_by"], "checked");
    let progress = &place.json("whole/run.json")["progress"];
    assert_eq!(progress["end"], "complete");
    assert_eq!(progress["asked"], SAMPLES);
    // The checksum of the file, by other code than the program's.
    let text = place.text("whole/counts.json");
    assert_eq!(kept["checksum"], format!("crc64-xz:{:016x}", crc64(body(&text))));
}

/// The part of the file that its checksum covers.
fn body(text: &str) -> &str {
    text.rsplit_once(",\n  \"checksum\"").unwrap().0
}

/// Bit by bit.
fn crc64(text: &str) -> u64 {
    let mut rest = !0u64;
    for byte in text.bytes() {
        rest ^= u64::from(byte);
        for _ in 0..8 {
            let odd = rest & 1 == 1;
            rest >>= 1;
            if odd {
                rest ^= 0xC96C_5795_D787_0F42;
            }
        }
    }
    !rest
}

/// The file with something changed and a checksum that fits.
pub(crate) fn forge(place: &Place, folder: &str, from: &str, to: &str) {
    let name = format!("{folder}/counts.json");
    let text = place.text(&name);
    assert!(text.contains(from), "{from} is not in {name}");
    let body = body(&text).replacen(from, to, 1);
    let sum = crc64(&body);
    place.write(&name, format!("{body},\n  \"checksum\": \"crc64-xz:{sum:016x}\"\n}}\n"));
}

#[test]
fn a_stopped_run_goes_on_to_the_same_counts() {
    let place = whole();
    for verb in ["simulate", "sweep --no-plots"] {
        let folder = &verb[..5];
        let begin = format!("{verb} {QUESTION} --samples {SAMPLES} --seed 9 -o {folder}");
        // No time at all is one round: with one thread, one batch.
        let run = place.run(&format!("{begin} --threads 1 --time 0s")).done();
        let on = format!(
            "the time is over: 65,536 of 405,561 samples drawn; go on with: gauss-sim {} --resume {folder}",
            verb.split(' ').next().unwrap()
        );
        assert!(run.err.contains(&on), "{run:#?}");
        let part = rows(&place.text(&format!("{folder}/rows.csv")));
        assert!(part.iter().all(|row| row.count("samples") == 65_536));
        assert_eq!(place.json(&format!("{folder}/run.json"))["progress"]["end"], "time");
        place.run(&format!("{verb} --resume {folder} --threads 2 --time 0s")).done();
        place.run(&format!("{verb} --resume {folder} --engine reference --threads 3")).done();
        assert_same(&place, folder);
        let files = ["counts.json", "rows.csv", "rows_drawn.csv", "run.json"];
        assert_eq!(place.names(folder), files);
    }
}

#[test]
fn a_signal_stops_a_run_and_keeps_its_rows() {
    for (signal, verb) in [("-INT", "sweep"), ("-TERM", "simulate"), ("-HUP", "simulate")] {
        let place = Place::new();
        let run = Background::start(&place, &format!("{verb} {ENDLESS} -o kept"));
        wait_for_samples(&place, "kept", 0);
        run.signal(signal);
        let run = run.end();
        assert_eq!(run.code, 130, "{signal}: {run:#?}");
        let on = format!("go on with: gauss-sim {verb} --resume kept");
        assert!(run.err.contains("interrupted: ") && run.err.contains(&on), "{run:#?}");
        let drawn = place.json("kept/counts.json")["drawn"].as_u64().unwrap();
        let table = rows(&place.text("kept/rows.csv"));
        assert!(drawn > 0 && table.iter().all(|row| row.count("samples") == drawn), "{drawn}");
        let record = place.json("kept/run.json");
        assert_eq!(record["progress"]["end"], "interrupted");
        assert_eq!(record["simulation"]["samples"], drawn);
        let charts = if verb == "sweep" { 12 } else { 0 };
        assert_eq!(place.names("kept").len(), 4 + charts, "{:?}", place.names("kept"));
    }
}

#[test]
fn without_a_folder_an_interrupted_run_prints_what_there_is() {
    let place = Place::new();
    let run = Background::start(&place, &format!("simulate {ENDLESS} --format csv"));
    // Once it listens: signal 2 is bit 1 of those that are caught.
    let status = format!("/proc/{}/status", run.0.id());
    wait_for("a handler", || {
        let status = std::fs::read_to_string(&status).ok()?;
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        (u64::from_str_radix(caught.trim(), 16).ok()? >> 1 & 1 == 1).then_some(())
    });
    run.signal("-INT");
    let run = run.end();
    assert_eq!(run.code, 130, "{run:#?}");
    let drawn = run.rows()[0].count("samples");
    assert!(drawn > 0 && drawn.is_multiple_of(65_536), "{drawn}");
    assert!(run.err.contains("nothing is kept without -o"), "{run:#?}");
    assert!(place.names("").is_empty());
}

/// A sample of this question takes hours.
const HOURS: &str =
    "--draws persistent=1000000 --votes 1000000 --stages voted --samples 1e9 --eps 0.5 -o kept";

/// A run is asked once to end, and has a moment for the round at hand; asked twice it has none, and writes nothing.
#[test]
fn a_second_signal_ends_at_once() {
    let place = Place::new();
    let run = Background::start(&place, &format!("simulate {HOURS}"));
    wait_for("counts", || place.path("kept/counts.json").exists().then_some(()));
    run.signal("-INT");
    run.signal("-TERM");
    let run = run.end();
    assert_eq!(run.code, 130, "{run:#?}");
    assert!(!place.path("kept/rows.csv").exists());
}

/// Whatever a sample costs: what is not done when the end comes is given up, and the run can go on from its counts.
/// The test ends because the run does.
#[test]
fn a_stop_is_heard_in_the_middle_of_a_sample() {
    let place = Place::new();
    let run = Background::start(&place, &format!("simulate {HOURS}"));
    wait_for("counts", || place.path("kept/counts.json").exists().then_some(()));
    run.signal("-TERM");
    let run = run.end();
    assert_eq!(run.code, 130, "{run:#?}");
    assert!(run.err.contains("interrupted: 0 of 1,000,000,000 samples drawn"), "{}", run.err);
    let again = place.run("simulate --resume kept --time 100ms");
    assert_eq!(again.code, 0, "{again:#?}");
    assert!(again.err.contains("the time is over: 0 of"), "{}", again.err);
    // No samples are no agreement.
    let said = again.out + &again.err;
    assert!(!said.contains("agree") && !said.contains("would have been seen"), "{said}");
    let [row] = <[_; 1]>::try_from(rows(&place.text("kept/rows.csv"))).unwrap();
    assert_eq!((row.text("samples"), row.text("p_value"), row.text("agrees")), ("0", "", ""));
    assert!(place.json("kept/run.json")["judgement"].is_null());
    // A repetition of training, too.
    let run = Background::start(
        &place,
        "train --train-size 1e7 --method sgd --epochs 1000 --repetitions 9 -o training",
    );
    wait_for("counts", || place.path("training/counts.json").exists().then_some(()));
    run.signal("-INT");
    assert_eq!(run.end().code, 130);
}

#[test]
fn what_is_ignored_stays_ignored() {
    let place = Place::new();
    let heard = "env --default-signal=TERM";
    let command = format!("trap '' HUP; exec {heard} \"$0\" simulate {ENDLESS} -o kept");
    let mut shell = Command::new("sh");
    shell.current_dir(place.path("")).arg("-c").arg(command).arg(program());
    let run = Background::of(&mut shell);
    let drawn = wait_for_samples(&place, "kept", 0);
    run.signal("-HUP");
    wait_for_samples(&place, "kept", 2 * drawn);
    run.signal("-TERM");
    assert_eq!(run.end().code, 130);
}

#[test]
fn a_run_can_be_made_longer() {
    let place = whole();
    // The last batch is a part at first, and has to be whole at the end.
    let begin = format!("simulate {QUESTION} --samples 200_000 --seed 9 -o kept");
    place.run(&begin).done();
    place.run(&format!("simulate --resume kept --samples {SAMPLES}")).done();
    assert_same(&place, "kept");
    let run = place.run("simulate --resume kept --samples 1e5");
    assert_refused(&run, &["--samples", "100000", &SAMPLES.to_string(), "longer, not shorter"]);
    assert_same(&place, "kept");
    // As long as it is: nothing to do.
    let run = place.run(&format!("simulate --resume kept --samples {SAMPLES}")).done();
    assert!(run.err.contains("complete: 405,561 samples, nothing to do"), "{run:#?}");
}

#[test]
fn a_complete_run_is_left_as_it_is() {
    let (place, _) = disagreeing("simulate");
    let files = ["counts.json", "rows.csv", "run.json"];
    let state = |place: &Place| {
        files.map(|file| {
            std::fs::metadata(place.path(&format!("kept/{file}"))).unwrap().modified().unwrap()
        })
    };
    let before = state(&place);
    let run = place.run("simulate --resume kept");
    assert_eq!((run.code, run.out.as_str()), (1, ""), "as its verdict: {run:#?}");
    assert!(run.err.contains("complete: 10,000 samples, nothing to do"), "{run:#?}");
    assert!(run.err.contains("DISAGREE"), "{run:#?}");
    assert_eq!(state(&place), before);
    // What is missing or out of date comes back: a killed run may have kept its counts, not its rows.
    for spoil in ["rows.csv", "run.json"] {
        let good = place.read("kept/rows.csv");
        place.write(&format!("kept/{spoil}"), "old");
        assert_eq!(place.run("simulate --resume kept").code, 1);
        assert!(place.read("kept/rows.csv") == good, "{spoil}");
        assert_eq!(place.json("kept/run.json")["simulation"]["samples"], 10_000, "{spoil}");
    }
}

#[test]
fn charts_that_are_missing_are_drawn() {
    let place = Place::new();
    place.run("sweep --sigma 0..1/3 --samples 1e4 --votes 1 --no-plots -o kept").done();
    let run = place.run("sweep --resume kept --no-plots").done();
    assert!(run.err.contains("nothing to do") && run.out.is_empty(), "{run:#?}");
    assert_eq!(place.names("kept").len(), 3);
    place.run("sweep --resume kept").done();
    assert_eq!(place.names("kept").len(), 3 + 12);
}

/// A job that is queued again repeats its command line; what it may not do is ask something else.
#[test]
fn a_resumed_run_takes_the_same_flags_and_no_others() {
    let place = Place::new();
    place.run("simulate --sigma 0.5,1 --samples 1e4 --votes 1 --seed 3 -o kept").done();
    for same in [
        "--sigma 0.5..1:0.5 --eps 1e-1..0.5:0.4 --eps 0.5",
        "--sigma 0.5,1.0 --votes 1 --seed 3 --samples 10k -o kept",
        "--mean 1 --data-std 1.0 --shift 1 --threshold 0 --draws same --votes-by checked --tries-by checked",
        "--confidence 95% --false-alarm 1e-6 --stages voted,trained,defended,undefended",
    ] {
        let run = place.run(&format!("simulate --resume kept {same}"));
        if same.contains("--eps 0.5") {
            assert_refused(&run, &["--eps", "multiple times"]);
            continue;
        }
        assert!(run.done().err.contains("nothing to do"), "{same}");
    }
    for (flag, was) in [
        ("--sigma 1", "0.5,1"),
        ("--eps 1", "0.5"),
        ("--mean 2", "1"),
        ("--data-std 2", "1"),
        ("--shift 0", "1"),
        ("--threshold 1", "0"),
        ("--votes 3", "1"),
        ("--stages trained", "undefended"),
        ("--draws fresh", "same"),
        ("--seed 1", "3"),
        ("--votes-by median", "checked"),
        ("--tries-by draws", "checked"),
        ("--confidence 0.9", "0.95"),
        ("--false-alarm 0.1", "0.000001"),
        ("--precision 0.1", "none"),
        ("--shard 1/2", "none"),
        ("-o other", "kept"),
        ("--samples 5e3", "longer"),
    ] {
        let name = flag.split(' ').next().unwrap();
        for args in [format!("--resume kept {flag}"), format!("{flag} --resume kept")] {
            let run = place.run(&format!("simulate {args}"));
            assert_refused(&run, &[name, was]);
        }
    }
    assert_refused(&place.run("theory --resume kept"), &["--resume"]);
    assert_refused(&place.run("claims --resume kept"), &["--resume", "simulate or sweep"]);
    assert_refused(
        &place.run("simulate --resume nowhere"),
        &["--resume", "nowhere", "counts.json"],
    );
    assert_eq!(place.names(""), ["kept"]);
}

#[test]
fn a_folder_with_a_run_is_not_written_over() {
    let place = Place::new();
    place.run("simulate --samples 1e4 --votes 1 -o kept").done();
    let run = place.run("simulate --samples 1e4 --votes 1 -o kept");
    assert_refused(&run, &["-o", "kept/counts.json", "--resume kept", "--force"]);
    place.run("simulate --samples 2e4 --votes 1 -o kept --force").done();
    assert_eq!(place.json("kept/counts.json")["drawn"], 20_000);
}
