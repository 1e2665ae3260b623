//! Counts that must never change. `tests/golden/counts.csv` has one question a line.
//!
//! Changing these is a value-breaking change: raise `STREAM_VERSION` and say why in the CHANGELOG.
//! Only then write the file anew:
//!
//! `cargo test -p gauss-sim-engine golden::regenerate -- --ignored`

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use engine::{BATCH, Run, VotesBy};
use task::{Margin, Votes};

use crate::support::{KERNELS, question, task};

const HEADER: &str =
    "seed,samples,mean,data_std,offset,sigma,votes,votes_by,eps,clean,invariant,adversarial";

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", "counts.csv"].iter().collect()
}

/// The line of this question (nine fields) with its counts, the same from both kernels.
fn answer(asked: &[&str]) -> String {
    let [seed, samples, mean, data_std, offset, sigma, votes, by, eps] = *asked else {
        panic!("nine fields: {asked:?}")
    };
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let whole = |text: &str| text.parse::<u64>().expect("a whole number");
    let task = task(number(mean), number(data_std));
    let votes = match votes {
        "inf" => Votes::Limit,
        n => Votes::new(whole(n)).expect("a number of votes"),
    };
    let margin = Margin::new(task, number(offset), number(sigma), votes).expect("a margin");
    let eps_values: Vec<f64> = eps.split_whitespace().map(number).collect();
    let by = match by {
        "draws" => VotesBy::Draws,
        "median" => VotesBy::Median,
        other => panic!("votes by {other}"),
    };
    let ask = question(task, vec![margin], &eps_values).with_votes_by(by);
    let run = Run::new(whole(seed), whole(samples));
    let [reference, counts] = KERNELS.map(|kernel| Run { kernel, ..run }.count(&ask, &|_| ()));
    assert_eq!(reference, counts, "{asked:?}");
    let counts = &counts.margins[0];
    let (clean, invariant) = (counts.clean_correct(), counts.invariant());
    let adversarial: Vec<_> = counts.adversarial_correct().iter().map(u64::to_string).collect();
    format!("{},{clean},{invariant},{}", asked.join(","), adversarial.join(" "))
}

#[test]
fn the_counts_are_the_golden_ones() {
    let text = fs::read_to_string(file()).expect("tests/golden/counts.csv");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(lines.next(), Some(HEADER));
    let mut checked = 0;
    for line in lines {
        let asked: Vec<&str> = line.split(',').take(9).collect();
        assert_eq!(answer(&asked), line);
        checked += 1;
    }
    assert_eq!(checked, questions().len());
}

/// Partial batches, odd and even votes, budgets few and many, seeds beyond 2³².
fn questions() -> Vec<String> {
    const MANY: &str = "0 0.0625 0.125 0.25 0.5 0.75 1 1.5 2 3 4 40";
    let batch = BATCH;
    let mut all = Vec::new();
    for (offset, sigma, votes, by) in [
        ("0", "0", "inf", "draws"),
        ("1", "0", "1", "draws"),
        ("1", "1", "1", "draws"),
        ("0", "1", "1", "draws"),
        ("-0.7", "0.3", "1", "draws"),
        ("0", "1000000", "1", "draws"),
        ("0", "1", "2", "draws"),
        ("0", "1", "3", "draws"),
        ("0.5", "3", "6", "draws"),
        ("0", "0.3", "11", "draws"),
        ("0", "1", "101", "draws"),
        ("0", "1", "inf", "draws"),
        ("0", "1", "3", "median"),
        ("0.5", "3", "6", "median"),
        ("0", "0.3", "101", "median"),
    ] {
        for (seed, samples, mean, data_std, eps) in [
            (7u64, 10_000, "1", "1", "0.5"),
            (7, batch + 1, "1", "1", "0 0.1 0.5"),
            (0x0123_4567_89ab_cdef, 1, "1", "1", "0.5"),
            (1 << 33 | 5, 4099, "-0.3", "2", MANY),
        ] {
            all.push(format!(
                "{seed},{samples},{mean},{data_std},{offset},{sigma},{votes},{by},{eps}"
            ));
        }
    }
    for seed in [0u64, u64::MAX] {
        all.push(format!("{seed},{},0.4,0.25,1,0.5,1,draws,{MANY}", 3 * batch + 17));
    }
    all
}

#[test]
#[ignore = "writes tests/golden/counts.csv; only with a new STREAM_VERSION"]
fn regenerate() {
    let mut text = String::from(
        "# Golden counts. Changing these is a value-breaking change: raise STREAM_VERSION and say why\n\
         # in the CHANGELOG. Written by `cargo test -p gauss-sim-engine golden::regenerate -- --ignored`.\n",
    );
    writeln!(text, "{HEADER}").expect("a string takes all");
    for asked in questions() {
        let asked: Vec<&str> = asked.split(',').collect();
        writeln!(text, "{}", answer(&asked)).expect("a string takes all");
    }
    fs::write(file(), text).expect("tests/golden/counts.csv");
}
