//! Counts, numbers of votes and probabilities of the command line, seen from outside.

use std::fmt::Display;
use std::str::FromStr;
use task::Votes;
use task::range::{Count, MAX_COUNT, Probability, VoteList};

fn votes(text: &str) -> String {
    match text.parse::<VoteList>() {
        Ok(list) => {
            let shown: Vec<String> = list.values().iter().map(Votes::to_string).collect();
            shown.join(" ")
        }
        Err(error) => panic!("{text:?}: {error}"),
    }
}

fn error<T: FromStr<Err: Display>>(text: &str) -> String {
    match text.parse::<T>() {
        Ok(_) => panic!("{text:?} parses"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn counts_in_every_spelling() {
    let count = |text: &str| text.parse::<Count>().map(Count::get);
    for (text, expected) in [
        ("0", 0),
        ("7", 7),
        ("+7", 7),
        ("007", 7),
        ("1e9", 1_000_000_000),
        ("1_000", 1000),
        ("10_000_000", 10_000_000),
        ("10M", 10_000_000),
        ("10k", 10_000),
        ("10K", 10_000),
        ("1G", 1_000_000_000),
        ("1.5k", 1500),
        ("2.5e6", 2_500_000),
        ("1.0", 1),
        ("1500e-2", 15),
        ("0.5e-0k", 500),
        (" 12 ", 12),
        ("1T", 1_000_000_000_000),
        ("1e15", MAX_COUNT),
        ("999_999_999_999_999", MAX_COUNT - 1),
    ] {
        assert_eq!(count(text), Ok(expected), "{text}");
    }
}

#[test]
fn a_bad_count_says_what_is_wrong_and_what_would_be_right() {
    let says = |text: &str, message: &str| assert_eq!(error::<Count>(text), message);
    says(" ", "no count is given: write a whole number, as in 1000, 1e9 or 10M");
    for text in
        ["abc", "1__0", "_1", "1_", "1_.0", "10m", "M", "1e9e", "inf", "1,000", "1 0", "10MM"]
    {
        let tail =
            "is not a count: write a whole number, as in 1000, 10_000_000, 1e9, 10k, 10M or 1G";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for text in ["-1", "-0.5k"] {
        says(text, &format!("\"{text}\" is negative: write a whole number from 0 up"));
    }
    for text in ["1.5", "1e-3", "1.2345k"] {
        says(text, &format!("\"{text}\" is not a whole number: write one, as in 1000 or 2.5e6"));
    }
    for text in ["1e16", "1000000000000001", "99999999999999999999999", "1e99999999999999999999"] {
        says(text, &format!("\"{text}\" is too large: at most 1e15 is possible"));
    }
}

#[test]
fn votes_are_whole_numbers_and_inf() {
    assert_eq!(votes("101"), "101");
    assert_eq!(votes("101,1,11,1"), "1 11 101");
    assert_eq!(votes("inf"), "inf");
    assert_eq!(votes("INF, 11"), "11 inf");
    assert_eq!(votes("1..9:2"), "1 3 5 7 9");
    assert_eq!(votes("1..5, inf"), "1 2 3 4 5 inf");
    assert_eq!(votes("3..3"), "3");
    assert_eq!(votes("1..10/4"), "1 4 7 10");
    assert_eq!(votes("1..1e6/log7,10k"), "1 10 100 1000 10000 100000 1000000");
    assert_eq!(votes("1..100/log5"), "1 3 10 32 100");
}

#[test]
fn bad_votes_say_what_is_wrong_and_what_would_be_right() {
    let says = |text: &str, message: &str| assert_eq!(error::<VoteList>(text), message);
    says("", "no number of votes is given: write as in 101, 1,11,101, 1..9:2 or inf");
    for text in ["0", "-1", "1.5", "1000001", "nan", "abc", "-inf"] {
        let tail = "is not a number of votes: write a whole number from 1 to 1000000, or inf";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for (text, point) in
        [("0..9", "0"), ("1..2.5", "2.5"), ("1..2:0.5", "1.5"), ("1..1e300", "1e300")]
    {
        let tail = "votes are whole numbers from 1 to 1000000, as in 1..9:2";
        says(text, &format!("\"{text}\" includes {point}: {tail}"));
    }
    says(
        "1..inf",
        "\"1..inf\" cannot end at inf: write inf as an item of its own, as in 1..9:2,inf",
    );
    says("9..1", "\"9..1\" runs backwards: write the smaller end first, as in 1..9");
    assert!(error::<VoteList>("1,").contains("empty place"));
    assert!(error::<VoteList>("1..nan").contains("not a finite number"));
    assert!(error::<VoteList>("1..1e6").contains("asks for 1000000 points"));
    assert!(error::<VoteList>("1..99999,1..99999").contains("points in all"));
}

#[test]
fn probabilities_are_strictly_between_0_and_1() {
    let parse = |text: &str| text.parse::<Probability>().map(Probability::get);
    assert_eq!(parse("0.95"), Ok(0.95));
    assert_eq!(parse("95%"), Ok(0.95));
    assert_eq!(parse(" 99.9 % "), Ok(0.999));
    assert_eq!(parse("1e-6"), Ok(1e-6));
    assert_eq!(parse(".5"), Ok(0.5));
    let says = |text: &str, message: &str| assert_eq!(error::<Probability>(text), message);
    says("", "no probability is given: write a number between 0 and 1, as in 0.95 or 95%");
    for text in ["x", "nan", "95%%", "%", "0_1"] {
        let tail = "is not a probability: write a number between 0 and 1, as in 0.95, 1e-6 or 95%";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for text in ["0", "1", "-0.5", "0%", "100%", "150", "1e-400", "0.99999999999999999999"] {
        let tail = "is not strictly between 0 and 1: write a probability as in 0.95, 1e-6 or 95%";
        says(text, &format!("\"{text}\" {tail}"));
    }
    says("95", "\"95\" is not strictly between 0 and 1: write 95% if per cent is meant");
}
