//! Counts that must never change: `tests/golden/attacks.csv`, one point a line.
//!
//! Changing these is a value-breaking change: raise `STREAM_VERSION` and say why in the CHANGELOG.
//! Only then write the file anew: `cargo test -p gauss-sim-engine golden::regenerate -- --ignored`

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use super::ask::{QUESTIONS, SPHERES, count};

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", "attacks.csv"].iter().collect()
}

fn answers() -> String {
    let mut text = String::from(
        "# Golden counts of attacks. Changing these is a value-breaking change: raise STREAM_VERSION and say why in the\n\
         # CHANGELOG. Written by `cargo test -p gauss-sim-engine golden::regenerate -- --ignored`.\n\
         seed;samples;question;clean,adversarial,both,invariant,signs_right,signs_zero,reach,reach_squares\n",
    );
    for (i, (question, samples)) in QUESTIONS.into_iter().chain(SPHERES).enumerate() {
        let seed = [7, 1 << 33 | 5, u64::MAX][i % 3];
        let c = count(question, seed, samples)[0];
        writeln!(
            text,
            "{seed};{samples};{question};{},{},{},{},{},{},{},{}",
            c.clean_correct,
            c.adversarial_correct,
            c.both,
            c.invariant,
            c.signs_right,
            c.signs_zero,
            c.reach,
            c.reach_squares
        )
        .expect("a string takes all");
    }
    text
}

#[test]
fn the_counts_are_the_golden_ones() {
    let expected = fs::read_to_string(file()).expect("tests/golden/attacks.csv");
    for (found, expected) in answers().lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(answers().lines().count(), expected.lines().count());
}

#[test]
#[ignore = "writes tests/golden/attacks.csv; only with a new STREAM_VERSION"]
fn regenerate() {
    fs::write(file(), answers()).expect("tests/golden/attacks.csv");
}
