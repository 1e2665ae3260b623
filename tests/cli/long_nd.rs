//! Long runs in d dimensions: the promises of `long`, with a task that is kept beside the counts.

use super::harness::Place;
use super::long::{Background, assert_refused, counts, wait_for_samples};

/// A full covariance and a singular one, θ with several votes, a last batch that is not full.
const TASK: &str = "title = \"of \\\"three\\\"\"\n[task]\nmean = [1.0, 0.6, 0.1]\n\
                    covariance = [[1.0, 0.3, 0.1], [0.3, 0.5, 0.0], [0.1, 0.0, 0.2]]\nprior = 0.4\n\
                    [defense]\nshift = [0.5, 0.0, 0.2]\ncovariance = [1.0, 0.5, 0.0]\n\
                    [adversary]\nnorm = \"inf\"\n";
const QUESTION: &str = "--sigma 0.5,1 --eps 0,0.3 --votes 3 --seed 9 --no-plots";
const SAMPLES: u64 = 70 * 256 + 99;

/// `whole`: the run that nothing has stopped.
fn whole() -> Place {
    let place = Place::new();
    place.write("three.toml", TASK);
    place.run(&format!("nd three.toml {QUESTION} --samples {SAMPLES} -o whole")).done();
    place
}

#[track_caller]
fn assert_same(place: &Place, folder: &str) {
    assert_eq!(counts(place, folder), counts(place, "whole"), "{folder}");
    for file in ["rows.csv", "classifiers.csv", "task.toml"] {
        let [found, expected] = [folder, "whole"].map(|f| place.text(&format!("{f}/{file}")));
        assert!(found == expected, "{folder}/{file}");
    }
}

#[test]
fn a_run_is_kept_with_its_task() {
    let place = whole();
    let files = ["classifiers.csv", "counts.json", "rows.csv", "run.json", "task.toml"];
    assert_eq!(place.names("whole"), files);
    let kept = place.json("whole/counts.json");
    assert_eq!((&kept["batch"], &kept["drawn"]), (&256.into(), &SAMPLES.into()));
    let progress = &place.json("whole/run.json")["progress"];
    assert_eq!((&progress["end"], &progress["asked"]), (&"complete".into(), &SAMPLES.into()));
    // The task as it is kept asks the same.
    place.run(&format!("nd whole/task.toml {QUESTION} --samples {SAMPLES} -o again")).done();
    assert_same(&place, "again");
    // The counts are those of a run that keeps nothing.
    let csv = format!("nd three.toml {QUESTION} --samples {SAMPLES} --format csv");
    assert_eq!(place.run(&csv).done().out, place.text("whole/rows.csv"));
}

#[test]
fn a_killed_run_goes_on_to_the_same_counts() {
    let place = whole();
    let endless = "nd three.toml --sigma 0.5,1 --eps 0,0.3 --votes 3 --seed 9 --no-plots";
    let run = format!("{endless} --samples 1e12 --checkpoint-every 5ms -o killed");
    let background = Background::start(&place, &run);
    wait_for_samples(&place, "killed", 0);
    background.signal("-KILL");
    assert_eq!(background.end().code, -1);
    // Once it is dead, since it has gone on until then.
    let drawn = place.json("killed/counts.json")["drawn"].as_u64().unwrap();
    // Interrupted once more, and kept.
    let background =
        Background::start(&place, "nd --resume killed --no-plots --checkpoint-every 5ms");
    wait_for_samples(&place, "killed", drawn);
    background.signal("-INT");
    let end = background.end();
    assert_eq!(end.code, 130, "{end:?}");
    assert!(end.err.contains("interrupted: ") && end.err.contains("gauss-sim nd --resume killed"));
    let now = place.json("killed/counts.json")["drawn"].as_u64().unwrap();
    assert!(now > drawn);
    let run = place.json("killed/run.json");
    assert_eq!(run["simulation"]["samples"], now);
    assert_eq!(run["progress"]["end"], "interrupted");
    let direct = format!("{endless} --samples {now} -o direct");
    place.run(&direct).done();
    assert_eq!(counts(&place, "killed"), counts(&place, "direct"));
}

#[test]
fn a_stopped_run_goes_on_and_a_complete_one_has_nothing_to_do() {
    let place = whole();
    let run = place.run(&format!(
        "nd three.toml {QUESTION} --samples {SAMPLES} --time 0s --threads 1 -o stopped"
    ));
    assert!(run.err.contains("the time is over: "), "{run:?}");
    place.run("nd --resume stopped --no-plots").done();
    assert_same(&place, "stopped");
    let record = place.text("stopped/run.json");
    let again = place.run("nd --resume stopped --no-plots").done();
    assert!(again.err.contains("nothing to do"), "{}", again.err);
    assert_eq!(place.text("stopped/run.json"), record);
    // Charts that are missing are drawn; the rows stay.
    place.run("nd --resume stopped").done();
    assert!(place.names("stopped").contains(&"gap_to_optimum_vs_sigma.svg".to_owned()));
    assert_same(&place, "stopped");
    // A shorter run, made longer past its last batch, which was not full.
    place.run(&format!("nd three.toml {QUESTION} --samples 1000 -o longer")).done();
    place.run(&format!("nd --resume longer --samples {SAMPLES} --no-plots")).done();
    assert_same(&place, "longer");
}

#[test]
fn shares_add_up_to_the_one_run() {
    let place = whole();
    for share in ["1/3", "2/3", "3/3"] {
        let folder = format!("share{}", &share[..1]);
        let run = format!("nd three.toml {QUESTION} --samples {SAMPLES}");
        place.run(&format!("{run} --shard {share} -o {folder}")).done();
    }
    let merged = place.run("merge share3 share1 share2 --no-plots -o merged").done();
    assert!(merged.err.contains("from 3 folders"), "{}", merged.err);
    assert_same(&place, "merged");
    assert!(place.json("merged/run.json")["findings"]["training"].is_array());
    // One task is enough for all.
    std::fs::remove_file(place.path("share2/task.toml")).unwrap();
    place.run("merge share1 share2 share3 --no-plots -o again").done();
    assert_same(&place, "again");
    // What does not add up.
    let other = TASK.replace("0.6, 0.1", "0.6, 0.2");
    place.write("other.toml", other);
    let run = format!("{QUESTION} --samples {SAMPLES} --shard 2/3");
    place.run(&format!("nd other.toml {run} -o task")).done();
    place.run(&format!("nd three.toml --norm 2 {run} -o norm")).done();
    // One thing asked in another way.
    let other = |flag: &str, value: &str| {
        let before = ["--sigma 0.5,1", "--eps 0,0.3", "--votes 3", "--seed 9"];
        let old = before.into_iter().find(|before| before.starts_with(flag)).unwrap_or("");
        let run = if old.is_empty() { run.clone() + " " } else { run.replace(old, "") };
        place.run(&format!("nd three.toml {run} {flag} {value} -o other{flag}")).done();
    };
    for (flag, value) in [
        ("--sigma", "0.5,2"),
        ("--eps", "0,0.2"),
        ("--votes", "5"),
        ("--seed", "8"),
        ("--draws", "fresh"),
        ("--stages", "trained"),
    ] {
        other(flag, value);
    }
    place.run("sweep --sigma 1 --samples 1e4 --no-plots -o sweep").done();
    for (folders, texts) in [
        ("share1 task", &["task asks another question", "TASK.toml differs"][..]),
        ("share1 norm share3", &["norm asks", "--norm differs"]),
        ("share1 other--sigma", &["other--sigma asks another", "--sigma differs"]),
        ("share1 other--eps", &["other--eps asks another", "--eps differs"]),
        ("share1 other--votes", &["asks another", "--votes differs"]),
        ("share1 other--stages", &["asks another", "--stages differs"]),
        ("share1 other--draws", &["asks another", "--draws differs"]),
        ("share1 other--seed", &["other--seed has --seed 8, and share1 has 9"]),
        ("share1 share1", &["both have batches"]),
        ("share1 share3", &["no folder has batches", "--allow-gaps"]),
        ("share1 sweep", &["sweep is of a run of gauss-sim simulate or sweep, share1 of nd"]),
        ("sweep share1", &["share1 is of a run of gauss-sim nd, sweep of simulate or sweep"]),
    ] {
        assert_refused(&place.run(&format!("merge {folders} -o no")), texts);
        assert!(!place.path("no").exists());
    }
}

#[test]
fn a_precision_is_reached_at_a_look() {
    let place = Place::new();
    place.write("three.toml", TASK);
    let run = "nd three.toml --votes 3 --precision 0.02 --no-plots -o precise";
    let run = place.run(run).done();
    assert!(run.err.contains("every interval is at most 2e-2 wide"), "{}", run.err);
    let precision = &place.json("precise/run.json")["progress"]["precision"];
    assert_eq!(precision["reached"], true);
    // Half of what a rate of one half needs, (1.96/0.01)²·¼ = 9604 samples, in powers of two of 256.
    assert_eq!(precision["first_look"], 8192);
    let samples = place.json("precise/run.json")["simulation"]["samples"].as_u64().unwrap();
    let looks = (0..20).map(|look| 8192 << look);
    assert!(looks.into_iter().any(|look: u64| look == samples), "{samples}");
    let widest = precision["widest"].as_f64().unwrap();
    assert!(widest <= 0.02 && widest > 0.005, "{widest}");
}

#[test]
fn a_run_has_its_task_with_it() {
    let place = whole();
    let kept = place.text("whole/task.toml");
    // Of few dimensions it is in the counts: the file is for readers, and is mended.
    place.write("whole/task.toml", kept.replace("0.6", "0.7"));
    place.run("nd --resume whole --no-plots").done();
    assert_eq!(place.text("whole/task.toml"), kept);
    // Another task, or another question, cannot be asked of it; the same can.
    place.write("other.toml", TASK.replace("0.6", "0.7"));
    for (flags, text) in [
        ("other.toml", "TASK.toml: it is not that of the run"),
        ("--eps 1", "--eps 1: the run in whole has 0,0.3"),
        ("--norm 1", "--norm 1: the run in whole has none"),
        ("--seed 2", "--seed 2: the run in whole has 9"),
        ("-o x", "-o x"),
        ("--shard 1/2", "--shard 1/2"),
    ] {
        assert_refused(&place.run(&format!("nd --resume whole {flags}")), &[text, "leave"]);
    }
    let same = format!("nd three.toml {QUESTION} --samples {SAMPLES} --resume whole");
    assert!(place.run(&same).done().err.contains("nothing to do"));
    assert_refused(&place.run("sweep --resume whole"), &["of gauss-sim nd; use that verb"]);
    assert_refused(&place.run("nd three.toml -o whole"), &["whole/counts.json exists", "--resume"]);
}

/// Of many dimensions the counts have a checksum of the file.
#[test]
fn a_task_that_is_not_that_of_the_counts_is_refused() {
    let place = Place::new();
    let mean = ["0.1"; 60].join(", ");
    place.write("wide.toml", format!("[task]\nmean = [{mean}]\ncovariance = 1.0\n"));
    place.run("nd wide.toml --stages trained --samples 1000 --no-plots -o whole").done();
    let kept = place.text("whole/task.toml");
    place.write("whole/task.toml", kept.replacen("0.1", "0.2", 1));
    let texts = ["whole/counts.json is damaged", "its task.toml is not that of its counts"];
    assert_refused(&place.run("nd --resume whole"), &texts);
    assert_refused(&place.run("merge whole -o no"), &texts);
    std::fs::remove_file(place.path("whole/task.toml")).unwrap();
    assert_refused(&place.run("nd --resume whole"), &["its task.toml cannot be read"]);
    place.write("whole/task.toml", kept);
    place.run("nd --resume whole --no-plots").done();
}
