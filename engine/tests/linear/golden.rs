//! Counts that must never change: `tests/golden/linear.csv`, one contestant a line. What the worlds are made of
//! is in `world.rs`.
//!
//! Changing these is a value-breaking change: raise `STREAM_VERSION` and say why in the CHANGELOG.
//! Only then write the file anew: `cargo test -p gauss-sim-engine golden::regenerate -- --ignored`

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use super::literal::counted;
use super::world::{Numbers, protocols};

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", "linear.csv"].iter().collect()
}

fn answers() -> String {
    let mut text = String::from(
        "# Golden counts in d dimensions. Changing these is a value-breaking change: raise STREAM_VERSION and\n\
         # say why in the CHANGELOG. Written by `cargo test -p gauss-sim-engine golden::regenerate -- --ignored`.\n\
         world,d,data,theta,p,prior,draws,seed,samples,contestant,clean,invariant,adversarial,both\n",
    );
    let mut numbers = Numbers(9);
    let cases = [
        (1, "scalar", "scalar", 2.0, 0.5, 0, 7u64, 5000),
        (1, "full", "full", 1.0, 0.3, 2, 1 << 33 | 5, 257),
        (2, "diagonal", "zeros", 1.5, 0.5, 1, 7, 3000),
        (5, "full", "singular", f64::INFINITY, 0.9, 0, u64::MAX, 1000),
        (13, "scalar", "full", 3.0, 0.5, 2, 0, 600),
        (40, "full", "diagonal", 1.0, 0.3, 1, 11, 600),
        (130, "full", "singular", 2.0, 0.5, 0, 12, 300),
        (300, "diagonal", "full", 1.5, 0.5, 2, 13, 40),
    ];
    for (world, (d, data, theta, p, prior, draws, seed, samples)) in cases.into_iter().enumerate() {
        let draws = protocols()[draws];
        let made = numbers.world(d, (data, theta), p, prior, draws, &[0.0, 0.0625, 0.25]);
        for (i, seen) in counted(&made.count(seed, samples)).into_iter().enumerate() {
            let list = |v: &[u64]| v.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
            let (clean, invariant, adversarial, both) = seen;
            writeln!(
                text,
                "{world},{d},{data},{theta},{p},{prior},{draws},{seed},{samples},{i},{clean},{invariant},{},{}",
                list(&adversarial),
                list(&both)
            )
            .expect("a string takes all");
        }
    }
    text
}

#[test]
fn the_counts_are_the_golden_ones() {
    let expected = fs::read_to_string(file()).expect("tests/golden/linear.csv");
    for (found, expected) in answers().lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(answers().lines().count(), expected.lines().count());
}

#[test]
#[ignore = "writes tests/golden/linear.csv; only with a new STREAM_VERSION"]
fn regenerate() {
    fs::write(file(), answers()).expect("tests/golden/linear.csv");
}
