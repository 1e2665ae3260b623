//! Bad input: exit code 2, nothing on standard output, one line that names the flag, the value and
//! what would be right, and nothing left behind.

use super::harness::{Place, Run};

#[track_caller]
fn assert_one_line(place: &Place, run: &Run, texts: &[&str]) {
    assert_eq!(run.code, 2, "{run:#?}");
    assert_eq!(run.out, "");
    assert!(run.err.starts_with("error: ") && run.err.ends_with('\n'), "{}", run.err);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    for text in texts {
        assert!(run.err.contains(text), "{text} is not in {}", run.err);
    }
    // No words of the parser's, none twice.
    for text in ["invalid digit", "float literal", "non-zero type", "  ", "error: error"] {
        assert!(!run.err.contains(text), "{text} is in {}", run.err);
    }
    assert!(place.names("").is_empty(), "{:?}", place.names(""));
}

/// What is asked, and what its error must say.
type Case<'a> = (&'a str, &'a [&'a str]);

/// Each case with all of these verbs in front.
#[track_caller]
fn refused(verbs: &[&str], cases: &[Case<'_>]) {
    for (args, texts) in cases {
        for verb in verbs {
            let place = Place::new();
            assert_one_line(&place, &place.run(&format!("{verb} {args}")), texts);
        }
    }
}

/// The verbs that ask a question. That their work is never begun is what the samples are for.
const ASKING: [&str; 3] = ["theory", "simulate --samples 1e15", "sweep --samples 1e15"];
const SIMULATING: [&str; 2] = ["simulate", "sweep"];

#[test]
fn parameters_outside_their_domain() {
    refused(
        &ASKING,
        &[
            ("--sigma -1", &["--sigma", "-1", "from 0 to 1e15"]),
            ("--sigma=-0.5..1/4", &["--sigma", "-0.5", "from 0"]),
            ("--sigma 2e15", &["--sigma", "2e15", "from 0 to 1e15"]),
            ("--eps -0.5", &["--eps", "-0.5", "from 0 to 1e15"]),
            ("--eps=0,-1e-300", &["--eps", "-1e-300", "from 0 to 1e15"]),
            ("--data-std 0", &["--data-std", "0", "from 1e-15 to 1e15"]),
            ("--data-std -1", &["--data-std", "-1", "from 1e-15"]),
            ("--data-std 1e-16", &["--data-std", "1e-16", "from 1e-15"]),
            ("--mean 1e16", &["--mean", "1e16", "-1e15 to 1e15"]),
            ("--shift=-1e16", &["--shift", "-1e16", "-1e15 to 1e15"]),
            ("--threshold 1e16", &["--threshold", "1e16", "-1e15 to 1e15"]),
        ],
    );
}

#[test]
fn numbers_that_are_none() {
    for flag in ["--sigma", "--eps", "--mean", "--data-std", "--shift", "--threshold"] {
        for value in ["nan", "NaN", "inf", "-inf", "infinity", "1e999"] {
            refused(&ASKING[..2], &[(&format!("{flag} {value}"), &[flag, value, "write"])]);
        }
        for value in ["x", "1,2x", "one", "1.2.3", "0x10", "1e", "--1", "1/0", "σ"] {
            refused(&ASKING[..1], &[(&format!("{flag} {value}"), &[flag, "write"])]);
        }
    }
}

#[test]
fn ranges_that_are_none() {
    for flag in ["--sigma", "--eps", "--threshold"] {
        let case = |range: &str, texts: &[&str]| {
            let all = [&[flag], texts].concat();
            refused(&ASKING[..1], &[(&format!("{flag} {range}"), &all)]);
        };
        case("4..0", &["4..0", "backwards", "0..4"]);
        case("0..", &["0..", "lacks an end"]);
        case("..4", &["..4", "lacks an end"]);
        case("0..4:0", &["0..4:0", "step above 0"]);
        case("0..4:-1", &["0..4:-1", "step above 0"]);
        case("0..4:9", &["0..4:9", "at most 4"]);
        case("0..4/1", &["0..4/1", "at least 2"]);
        case("0..4/0", &["0..4/0", "at least 2"]);
        case("0..4/x", &["0..4/x", "whole number"]);
        case("0..4/", &["0..4/", "lacks its step or count"]);
        case("0..1/log5", &["0..1/log5", "above 0"]);
        case("1,,2", &["1,,2", "empty place"]);
        case("0.5:0.1", &["0.5:0.1", "no range"]);
        case("0..nan", &["nan", "not a finite number"]);
        // Enormous ones.
        case("0..1e9:1", &["0..1e9:1", "at most 100000"]);
        case("0..4/1e6", &["0..4/1e6", "at most 100000"]);
        case("0..1/60000,2..3/60000", &["100000"]);
    }
    for verb in ASKING {
        let place = Place::new();
        let verb: Vec<&str> = verb.split(' ').collect();
        let run = place.run_args(&[&verb, ["--sigma", ""].as_slice()].concat());
        assert_one_line(&place, &run, &["--sigma", "no value is given", "write a number"]);
    }
    let grid = "--sigma 0..1/10000 --eps 0..1/1000";
    refused(&ASKING, &[(grid, &["--sigma", "--eps", "10000", "40000000 rows", "at most 1000000"])]);
}

#[test]
fn votes_and_stages_that_there_are_not() {
    refused(
        &ASKING,
        &[
            ("--votes 0", &["--votes", "\"0\"", "from 1 to 1000000, or inf"]),
            ("--votes 1,0", &["--votes", "\"0\"", "from 1 to 1000000, or inf"]),
            ("--votes -3", &["--votes", "\"-3\"", "from 1 to 1000000, or inf"]),
            ("--votes 1.5", &["--votes", "\"1.5\"", "whole number"]),
            ("--votes 1e7", &["--votes", "\"1e7\"", "from 1 to 1000000"]),
            ("--votes many", &["--votes", "\"many\"", "from 1 to 1000000"]),
            ("--votes 1..inf", &["--votes", "1..inf", "item of its own"]),
            (
                "--stages retrained",
                &["--stages", "\"retrained\"", "undefended, defended, trained or voted"],
            ),
            ("--stages trained,", &["--stages", "\"\"", "undefended, defended, trained or voted"]),
            ("--draws often", &["--draws", "\"often\"", "same, fresh, or persistent=T"]),
            ("--draws persistent", &["--draws", "\"persistent\"", "persistent=T"]),
            ("--draws persistent=", &["--draws", "\"persistent=\"", "persistent=T"]),
            ("--draws persistent=0", &["--draws", "\"persistent=0\"", "from 1 to 1000000"]),
            ("--draws persistent=1e7", &["--draws", "\"persistent=1e7\"", "from 1 to 1000000"]),
            ("--draws persistent=-2", &["--draws", "\"persistent=-2\"", "from 1 to 1000000"]),
            ("--draws fresh=2", &["--draws", "\"fresh=2\"", "persistent=T"]),
            ("--format xml", &["--format", "\"xml\"", "table, csv, json, markdown, latex"]),
        ],
    );
}

#[test]
fn counts_seeds_and_probabilities_that_are_none() {
    refused(
        &SIMULATING,
        &[
            ("--samples x", &["--samples", "\"x\"", "write a whole number"]),
            ("--samples -5", &["--samples", "\"-5\"", "from 0 up"]),
            ("--samples 1.5", &["--samples", "\"1.5\"", "whole number"]),
            ("--samples 1e16", &["--samples", "\"1e16\"", "at most 1e15"]),
            ("--samples nan", &["--samples", "\"nan\"", "write a whole number"]),
            ("--samples 10__000", &["--samples", "\"10__000\"", "10_000_000"]),
            ("--confidence 0", &["--confidence", "\"0\"", "between 0 and 1"]),
            ("--confidence 1", &["--confidence", "\"1\"", "between 0 and 1"]),
            ("--confidence 95", &["--confidence", "\"95\"", "95%"]),
            ("--confidence -0.5", &["--confidence", "\"-0.5\"", "between 0 and 1"]),
            ("--confidence nan", &["--confidence", "\"nan\"", "between 0 and 1"]),
            ("--false-alarm 0", &["--false-alarm", "\"0\"", "between 0 and 1"]),
            ("--false-alarm -1", &["--false-alarm", "\"-1\"", "between 0 and 1"]),
            ("--false-alarm 1e-400", &["--false-alarm", "\"1e-400\"", "between 0 and 1"]),
            ("--seed x", &["--seed", "\"x\"", "from 0 to 18446744073709551615"]),
            ("--seed -1", &["--seed", "\"-1\"", "from 0 to 18446744073709551615"]),
            ("--seed 18446744073709551616", &["--seed", "18446744073709551616", "from 0 to"]),
            ("--votes-by hand", &["--votes-by", "\"hand\"", "checked, draws, median"]),
            ("--tries-by hand", &["--tries-by", "\"hand\"", "checked, draws, smallest"]),
            ("--engine steam", &["--engine", "\"steam\"", "auto, reference"]),
        ],
    );
    refused(
        &ASKING,
        &[
            ("--threads 0", &["--threads", "\"0\"", "from 1 to 4096"]),
            ("--threads -1", &["--threads", "\"-1\"", "from 1 to 4096"]),
            ("--threads many", &["--threads", "\"many\"", "from 1 to 4096"]),
            ("--threads 5000", &["--threads", "\"5000\"", "from 1 to 4096"]),
        ],
    );
}

#[test]
fn verbs_and_flags_that_there_are_not() {
    refused(
        &[""],
        &[
            ("dance", &["\"dance\"", "theory, simulate, sweep, claims", "--help"]),
            ("Sweep", &["\"Sweep\"", "sweep"]),
            ("--sigma 1", &["--sigma", "--help"]),
            ("plot", &["<ROWS>", "--help"]),
            ("plot a b", &["\"b\"", "--help"]),
            ("plot rows.csv --sigma 1", &["--sigma", "--help"]),
            ("theory --samples 5", &["--samples", "--help"]),
            ("theory --no-plots", &["--no-plots", "--help"]),
        ],
    );
    refused(
        &ASKING,
        &[
            ("--fast", &["--fast", "--help"]),
            ("--sigam 1", &["'--sigam'", "'--sigma'", "--help"]),
            ("here", &["\"here\"", "--help"]),
            ("-x", &["'-x'", "--help"]),
        ],
    );
}

#[test]
fn flags_without_their_value_or_twice() {
    for flag in ["--sigma", "--eps", "--mean", "--votes", "--stages", "--threads", "--format", "-o"]
    {
        let long = if flag == "-o" { "--output" } else { flag };
        refused(&ASKING[..2], &[(flag, &[long, "value is required"])]);
    }
    for flag in ["--samples", "--seed", "--confidence", "--false-alarm", "--engine"] {
        refused(&SIMULATING, &[(flag, &[flag, "value is required"])]);
    }
    refused(&ASKING, &[("--sigma 1 --sigma 2", &["--sigma", "multiple times"])]);
    refused(&ASKING, &[("--sigma --eps 1", &["\"1\" belongs to no flag", "lack its value"])]);
    let place = Place::new();
    assert_one_line(&place, &place.run_args(&["theory", "-o", ""]), &["--output"]);
}

#[test]
fn odd_characters_stay_on_one_line() {
    for value in ["1\n2", "1\t2", "\u{1b}[31m", "0..4\n/x", "💥", &"9".repeat(5000)] {
        for flag in ["--sigma", "--votes", "--mean", "--stages", "--threads", "--format"] {
            let place = Place::new();
            let run = place.run_args(&["theory", flag, value]);
            assert_eq!(run.code, 2, "{run:#?}");
            assert_eq!(run.err.lines().count(), 1, "{run:#?}");
            assert!(run.err.contains(flag) && run.err.len() < 1000, "{run:#?}");
            assert!(!run.err.contains('\u{1b}'), "{run:#?}");
        }
        for args in
            [&["theory", value][..], &[value], &["plot", value], &["sweep", "-o", value, "--fast"]]
        {
            let run = Place::new().run_args(args);
            assert_eq!(run.code, 2, "{run:#?}");
            assert_eq!(run.err.lines().count(), 1, "{run:#?}");
        }
    }
}
