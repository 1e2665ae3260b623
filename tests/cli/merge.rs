//! `gauss-sim merge`: shares that add up, and what does not.

use super::harness::Place;
use super::long::{assert_refused, forge};

const RUN: &str = "--sigma 0..1/3 --votes 11 --samples 405_561 --seed 3 --no-plots";

/// `whole` and its shares `s1` … `s3`.
fn shared() -> Place {
    let place = Place::new();
    place.run(&format!("sweep {RUN} -o whole")).done();
    for share in 1..=3 {
        place.run(&format!("sweep {RUN} --shard {share}/3 -o s{share}")).done();
    }
    place
}

/// The tally.
fn counts(place: &Place, folder: &str) -> String {
    let text = place.text(&format!("{folder}/counts.json"));
    text.split_once("\"tally\"").unwrap().1.split_once("\"checksum\"").unwrap().0.to_owned()
}

#[track_caller]
fn assert_whole(place: &Place, folder: &str) {
    assert_eq!(counts(place, folder), counts(place, "whole"), "{folder}");
    assert!(place.read(&format!("{folder}/rows.csv")) == place.read("whole/rows.csv"), "{folder}");
}

#[test]
fn shares_add_up_to_the_one_run_in_any_order() {
    let place = shared();
    let run = place.run("merge s3 s1 s2 -o merged").done();
    assert!(
        run.out.contains("\nagree: ") && run.out.contains("wrote merged: rows.csv"),
        "{run:#?}"
    );
    assert!(
        run.out.contains("405,561 samples, votes by their median, seed 3, merged from 3 folders"),
        "{run:#?}"
    );
    assert_whole(&place, "merged");
    let progress = &place.json("merged/run.json")["progress"];
    assert_eq!(progress["merged"], serde_json::json!(["s3", "s1", "s2"]));
    // 7 batches: 2, 2 and 3, the last of them not full.
    let batches = |folder: &str| place.json(&format!("{folder}/counts.json"))["batches"].clone();
    assert_eq!(batches("s1"), serde_json::json!([[0, 2]]));
    assert_eq!(batches("s3"), serde_json::json!([[4, 7]]));
    assert_eq!(batches("merged"), serde_json::json!([[0, 7]]));
    assert_eq!(place.names("merged").len(), 4 + 12, "charts like a sweep");
    assert_eq!(place.json("s1/run.json")["progress"]["shard"], "1/3");
    // Merged in two steps, and without a name.
    place.run("merge s1 s2 --allow-gaps --no-plots -o some").done();
    assert_eq!(place.json("some/run.json")["progress"]["end"], serde_json::Value::Null);
    place.run("merge some s3 --no-plots").done();
    assert_whole(&place, "gauss-sim-merged");
    // One folder is its own sum, at another confidence.
    place.run("merge whole --confidence 0.5 --no-plots -o half").done();
    assert_eq!(counts(&place, "half"), counts(&place, "whole"));
    assert_ne!(place.text("half/rows.csv"), place.text("whole/rows.csv"));
    assert_eq!(place.json("half/run.json")["simulation"]["confidence"], 0.5);
}

#[test]
fn what_was_merged_with_gaps_can_be_finished() {
    let place = shared();
    place.run("merge s1 s3 --allow-gaps --no-plots -o some").done();
    let kept = place.json("some/counts.json")["batches"].clone();
    assert_eq!(kept, serde_json::json!([[0, 2], [4, 7]]));
    place.run("sweep --resume some --threads 1 --time 0s --no-plots").done();
    let kept = place.json("some/counts.json")["batches"].clone();
    assert_eq!(kept, serde_json::json!([[0, 3], [4, 7]]));
    place.run("sweep --resume some --no-plots").done();
    assert_whole(&place, "some");
    // And made longer: the last batch, which was not full, is drawn again.
    place.run("sweep --resume some --samples 700_000 --no-plots").done();
    place.run(&format!("sweep {} -o long", RUN.replace("405_561", "700_000"))).done();
    assert!(place.read("some/rows.csv") == place.read("long/rows.csv"));
    assert_refused(&place.run("sweep --resume s1 --samples 1e6"), &["--samples", "share", "merge"]);
}

#[test]
fn a_stopped_share_is_finished_first() {
    let place = shared();
    place.run(&format!("sweep {RUN} --shard 2/3 --threads 1 --time 0s -o half")).done();
    let run = place.run("merge s1 half s3 -o merged");
    assert_refused(&run, &["half", "batches 3", "--resume half", "--allow-gaps"]);
    assert!(!place.path("merged").exists());
    place.run("sweep --resume half --no-plots").done();
    place.run("merge s1 half s3 --no-plots -o merged").done();
    assert_whole(&place, "merged");
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let place = shared();
    let other = |name: &str, run: &str| {
        place.run(&format!("sweep {run} --shard 2/3 -o {name}")).done();
    };
    other("seed", &RUN.replace("--seed 3", "--seed 4"));
    other("sigma", &RUN.replace("0..1/3", "0..1/4"));
    other("eps", &format!("{RUN} --eps 0.6"));
    other("votes", &RUN.replace("--votes 11", "--votes 13"));
    other("threshold", &format!("{RUN} --threshold 0.5"));
    other("draws", &format!("{RUN} --draws fresh"));
    other("mean", &format!("{RUN} --mean 2"));
    other("shift", &format!("{RUN} --shift 2"));
    other("by", &format!("{RUN} --votes-by median"));
    other("tries", &format!("{RUN} --tries-by draws"));
    other("long", &RUN.replace("405_561", "405_562"));
    for (folder, texts) in [
        ("seed", ["--seed", "4", "3"]),
        ("sigma", ["question", "--sigma", "s1"]),
        ("eps", ["question", "--eps", "s1"]),
        ("votes", ["question", "--votes", "s1"]),
        ("threshold", ["question", "--threshold", "s1"]),
        ("draws", ["question", "--draws", "s1"]),
        ("mean", ["question", "--mean", "s1"]),
        ("shift", ["question", "--shift", "s1"]),
        ("by", ["--votes-by", "median", "checked"]),
        ("tries", ["--tries-by", "draws", "checked"]),
        ("long", ["--samples", "405562", "405561"]),
        ("s1", ["s1 and s1", "batches 0–1", "once"]),
        ("whole", ["whole and s1", "batches 0–1", "once"]),
        ("nowhere", ["nowhere", "counts.json", "name a folder"]),
    ] {
        let run = place.run(&format!("merge s1 {folder} s3 -o merged"));
        assert_refused(&run, &[&[folder], texts.as_slice()].concat());
    }
    assert_refused(&place.run("merge s1 s3 -o merged"), &["batches 2–3 of 7", "--allow-gaps"]);
    assert_refused(&place.run("merge s1 s2 -o merged"), &["batches 4–6 of 7", "--allow-gaps"]);
    // The same question written in another way is the same.
    other("written", &RUN.replace("0..1/3", "0,0.5,1"));
    place.run("merge s1 written s3 --no-plots -o merged").done();
    assert_whole(&place, "merged");
    // Another stream version, with a checksum that fits.
    forge(&place, "s2", "\"stream_version\":1", "\"stream_version\":2");
    let run = place.run("merge s1 s2 s3 -o other");
    assert_refused(&run, &["s2/counts.json", "stream version 2", "1"]);
    assert!(!place.path("other").exists());
}

/// A kind whose rows have no sigma and no eps is printed as its own verb prints it.
#[test]
fn shares_of_claims_are_printed_as_claims() {
    let place = Place::new();
    let claims = "claims --sigma 0.3 --eps 0.1 --claim defense-helps,trade-off --samples 200_000";
    let whole = place.run(claims).done();
    for share in 1..=2 {
        place.run(&format!("{claims} --shard {share}/2 --no-plots -o c{share}")).done();
    }
    let run = place.run("merge c1 c2 --no-plots -o merged").done();
    assert!(!run.out.contains("NaN"), "{run:#?}");
    // From the caption on, but for how it was simulated: all rows, in the kind's own words.
    let table = |text: &str| {
        let start = text.find('─').unwrap_or_else(|| panic!("{text}"));
        text[start..].split("wrote merged").next().unwrap().to_owned()
    };
    assert_eq!(table(&run.out), table(&whole.out));
    assert!(table(&run.out).contains("trade-off"), "{run:#?}");
    assert!(
        run.out.contains("merged from 2 folders") && run.out.contains("wrote merged: claims.csv")
    );
}

/// Rows with other keys besides are printed at the usual sigma and eps.
#[test]
fn shares_of_training_are_printed_at_the_usual_point() {
    let place = Place::new();
    let train =
        "train --sigma 0.5,1 --eps 0.1,0.5 --train-size 100,200 --method logistic --repetitions 40";
    for share in 1..=2 {
        place.run(&format!("{train} --shard {share}/2 --no-plots -o t{share}")).done();
    }
    let run = place.run("merge t1 t2 --no-plots -o merged").done();
    assert!(run.out.contains("\nAt σ = 1, ε = 0.5; all 8 rows are in train.csv:\n"), "{run:#?}");
    assert_eq!(run.out.matches("logistic").count(), 2, "{run:#?}");
}

#[test]
fn a_run_with_a_precision_is_merged_alone() {
    let place = Place::new();
    let run = "--votes 11 --seed 3 --no-plots";
    place.run(&format!("sweep --sigma 0,1 {run} --precision 0.01 -o a")).done();
    place.run("merge a --no-plots -o again").done();
    assert!(place.read("again/rows.csv") == place.read("a/rows.csv"));
    place
        .run(&format!("sweep --sigma 0,1 {run} --samples 1T --shard 1000/1000 --time 0s -o b"))
        .done();
    for order in ["a b", "b a"] {
        assert_refused(&place.run(&format!("merge {order} -o c")), &["a ", "precision", "alone"]);
    }
    let other = place.run("merge a --confidence 0.5 -o c");
    assert_refused(&other, &["--confidence", "leave"]);
}
