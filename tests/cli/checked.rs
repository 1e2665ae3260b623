//! Votes by their median and tries by the smallest, with a check, as the program draws them when it is told nothing: rows,
//! files, the verdict, and runs that are cut, stopped and made longer.

use super::harness::{Place, Row, rows, run};
use super::long::counts;

const QUESTION: &str = "--sigma 0,0.5,1 --eps 0,0.5 --votes 3,11 --seed 5";
const CHECKED: u64 = 131_072;

fn numbers(rows: &[Row]) -> Vec<String> {
    let names = "clean_correct both_correct adversarial_correct invariant samples";
    let of = |row: &Row| names.split(' ').map(|name| row.text(name)).collect::<Vec<_>>().join(" ");
    rows.iter().map(of).collect()
}

/// The rows have the counts of the medians, and those with votes beside them the counts of drawn votes.
#[test]
fn the_median_carries_the_samples_and_votes_are_drawn_beside_it() {
    let place = Place::new();
    let simulate =
        |more: &str| place.run(&format!("simulate {QUESTION} --samples 3e5 --format csv {more}"));
    let usual = simulate("-o checked").done();
    let median = simulate("--votes-by median").done();
    assert_eq!(numbers(&usual.rows()), numbers(&median.rows()));
    let drawn = place
        .run(&format!("simulate {QUESTION} --samples {CHECKED} --votes-by draws --format csv"));
    let voted = drawn.done().rows();
    let voted: Vec<Row> = voted
        .into_iter()
        .filter(|row| row.text("stage") == "voted" && row.number("sigma") > 0.0)
        .collect();
    let check = rows(&place.text("checked/rows_drawn.csv"));
    assert_eq!(numbers(&check), numbers(&voted));
    assert!(check.len() == 8 && check.iter().all(|row| row.text("agrees") == "true"));
    // The output says what was drawn, and the verdict is about both.
    let line = usual.err.lines().find(|line| line.starts_with("agree: ")).expect("a verdict");
    let said = "30 rows, and 8 with all votes drawn for 131,072 samples, smallest adjusted p-value";
    assert!(
        line.contains(said) && line.contains(" with all votes drawn) would have been"),
        "{line}"
    );
    let record = place.json("checked/run.json");
    assert_eq!(record["simulation"]["votes_by"], "checked");
    let check = &record["judgement"]["check"];
    assert_eq!(check["samples"], CHECKED);
    assert_eq!((&check["rows"], &check["disagreeing"]), (&8.into(), &0.into()));
    assert!(check["detectable"].as_f64() > record["judgement"]["detectable"].as_f64());
    assert!(record["files"].as_array().unwrap().contains(&"rows_drawn.csv".into()));
    // Where nobody votes, nothing is said of votes, and there is no such file.
    let still = place.run("simulate --stages trained --samples 1e4 -o still").done();
    assert!(!still.err.contains("votes drawn") && !place.path("still/rows_drawn.csv").exists());
    let short = run("simulate --samples 1e4").done();
    assert!(short.out.contains("and 1 with all votes drawn for 10,000 samples"), "{}", short.out);
}

/// The rows have the counts of the smallest of all tries, and beside them those of tries that are all drawn.
#[test]
fn the_smallest_carries_the_samples_and_tries_are_drawn_beside_it() {
    let place = Place::new();
    let base = format!("simulate {QUESTION} --draws persistent=6 --format csv");
    let simulate = |more: &str| place.run(&format!("{base} --samples 3e5 {more}")).done();
    let usual = simulate("-o checked");
    let by_law = simulate("--votes-by median --tries-by smallest");
    assert_eq!(numbers(&usual.rows()), numbers(&by_law.rows()));
    let drawn = place.run(&format!("{base} --samples {CHECKED} --votes-by draws --tries-by draws"));
    let noisy = |row: &Row| row.text("stage") != "undefended" && row.number("sigma") > 0.0;
    let drawn: Vec<Row> = drawn.done().rows().into_iter().filter(noisy).collect();
    let check = rows(&place.text("checked/rows_drawn.csv"));
    assert_eq!(numbers(&check), numbers(&drawn));
    assert!(check.len() == 16 && check.iter().all(|row| row.text("agrees") == "true"));
    let said = "30 rows, and 16 with all votes and tries drawn for 131,072 samples";
    assert!(usual.err.contains(said), "{}", usual.err);
    assert_eq!(place.json("checked/run.json")["simulation"]["tries_by"], "checked");
    // Without votes there are tries alone; and where votes are drawn, tries are still checked.
    for (stages, usual, again) in [
        ("", "votes by their median and tries by the smallest", "3 with all votes and tries"),
        ("--stages trained", "tries by the smallest", "1 with all tries"),
        ("--votes-by draws --stages trained,voted", "tries by the smallest", "1 with all tries"),
        (
            "--tries-by smallest --stages trained,voted",
            "votes by their median and tries by the smallest",
            "1 with all votes",
        ),
        // By its median, a vote of two is a single draw.
        (
            "--votes 2 --votes-by median --stages voted",
            "votes by their median and tries by the smallest",
            "1 with all votes and tries",
        ),
    ] {
        let run = format!("simulate --samples 1e4 --draws persistent=2 {stages}");
        let out = place.run(&run).done().out;
        for said in [
            format!("10,000 samples, {usual}, seed 1"),
            format!(" and {again} drawn for 10,000 samples"),
        ] {
            assert!(out.contains(&said), "{stages}: {said}\n{out}");
        }
    }
    // One try is a fresh draw, and no law but its own.
    let one = place.run("simulate --samples 1e4 --draws persistent=1 --stages trained").done();
    assert!(!one.out.contains("drawn for"), "{}", one.out);
}

/// A record of a version that always drew all tries does not say how: asked again, they are all drawn.
#[test]
fn a_record_that_does_not_name_tries_means_all_drawn() {
    let place = Place::new();
    let run = "simulate --samples 1e4 --draws persistent=3 --votes-by median --tries-by draws";
    place.run(&format!("{run} -o new")).done();
    let record = place.text("new/run.json");
    let line =
        record.lines().find(|line| line.contains("\"tries_by\": \"draws\",")).expect("a plan");
    place.write("old.json", record.replacen(&format!("{line}\n"), "", 2));
    assert!(!place.text("old.json").contains("tries_by"));
    let again = place.run("simulate --spec old.json --format csv").done();
    assert_eq!(again.out, place.text("new/rows.csv"));
    // A question that was written by hand has today's usual way.
    place.write("hand.json", r#"{"draws": "persistent=3", "plan": {"samples": 10000}}"#);
    let usual = place.run("simulate --spec hand.json --format csv").done();
    let asked = place.run("simulate --samples 1e4 --draws persistent=3 --format csv").done();
    assert!(usual.out == asked.out && usual.out != again.out);
}

/// Whether a run is whole, in shares, stopped, made longer, on one thread or three: the same counts.
#[test]
fn a_run_that_is_cut_or_grows_is_the_same() {
    let place = Place::new();
    let sweep = format!("sweep {QUESTION} --no-plots");
    let samples = 5 * 65_536 + 777;
    place.run(&format!("{sweep} --samples {samples} -o whole")).done();
    let same = |folder: &str| {
        assert_eq!(counts(&place, folder), counts(&place, "whole"), "{folder}");
        for file in ["rows.csv", "rows_drawn.csv"] {
            let of = |folder: &str| place.text(&format!("{folder}/{file}"));
            assert!(of(folder) == of("whole"), "{file} of {folder}");
        }
    };
    for threads in 1..=3 {
        place.run(&format!("{sweep} --samples {samples} --threads {threads} -o t{threads}")).done();
        same(&format!("t{threads}"));
    }
    for share in 1..=4 {
        let run = format!("{sweep} --samples {samples} --shard {share}/4 -o share{share}");
        let said = place.run(&run).done().out;
        // The first two batches are in the first two shares.
        assert_eq!(said.contains("all votes drawn for 65,536"), share <= 2, "{said}");
        let record = place.json(&format!("share{share}/run.json"));
        assert_eq!(record["judgement"]["check"]["detectable"].is_number(), share <= 2);
    }
    place.run("merge share4 share2 share1 share3 --no-plots -o merged").done();
    same("merged");
    // Stopped after a round, in the middle of what is checked.
    place.run(&format!("{sweep} --samples {samples} --threads 1 --time 0s -o part")).done();
    assert_eq!(place.json("part/run.json")["judgement"]["check"]["samples"], 65_536);
    place.run("sweep --resume part --no-plots").done();
    same("part");
    // Longer, from a last batch that is checked and not full.
    place.run(&format!("{sweep} --samples 70_000 -o grown")).done();
    assert_eq!(place.json("grown/run.json")["judgement"]["check"]["samples"], 70_000);
    place.run(&format!("sweep --resume grown --samples {samples} --no-plots")).done();
    same("grown");
    let again = place.run("sweep --resume grown --no-plots").done();
    assert!(again.err.contains("nothing to do"), "{}", again.err);
    // The looks of a run that stops at a precision are at the rows, not at the check.
    place.run(&format!("{sweep} --precision 4e-3 -o precise")).done();
    let precise = place.json("precise/run.json");
    assert_eq!(precise["progress"]["end"], "precision");
    assert_eq!(precise["judgement"]["check"]["samples"], CHECKED);
}

/// Kinds without a check refuse it, and the help of each verb says what it has.
#[test]
fn kinds_without_a_check_refuse_it() {
    let refused = run("claims --votes-by checked --samples 1e4");
    assert_eq!((refused.code, refused.err.lines().count()), (2, 1), "{}", refused.err);
    assert!(
        refused.err.contains("--votes-by: \"checked\"") && refused.err.contains("draws, median")
    );
    assert!(run("sweep --help").out.matches("[default: checked]").count() == 2);
    let unknown = run("nd --tries-by draws");
    assert!(unknown.code == 2 && unknown.err.contains("--tries-by"), "{}", unknown.err);
    assert!(!run("claims --help").out.contains("checked]"));
    let place = Place::new();
    place.write("claims.toml", "experiment = \"claims\"\n[plan]\nvotes_by = \"checked\"\n");
    let refused = place.run("claims --spec claims.toml --samples 1e4");
    assert_eq!((refused.code, refused.err.lines().count()), (2, 1), "{}", refused.err);
    assert!(refused.err.contains("--votes-by"), "{}", refused.err);
}
