//! The grid grammar of the command line, seen from outside.

use task::Defense;
use task::range::{DEFAULT_POINTS, MAX_POINTS, RANGE_HELP, Range};

fn values(text: &str) -> Vec<f64> {
    match text.parse::<Range>() {
        Ok(range) => range.values().to_vec(),
        Err(error) => panic!("{text:?}: {error}"),
    }
}

fn error(text: &str) -> String {
    match text.parse::<Range>() {
        Ok(_) => panic!("{text:?} parses"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_forms_of_the_contract() {
    assert_eq!(values("0.5"), [0.5]);
    assert_eq!(values("0.1,0.5,1"), [0.1, 0.5, 1.0]);
    assert_eq!(values("0..4:1"), [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(values("0..4/3"), [0.0, 2.0, 4.0]);
    let even = values("0..4");
    assert_eq!(even.len(), DEFAULT_POINTS as usize);
    assert_eq!(even.len(), 81);
    assert_eq!((even[0], even[6], even[80]), (0.0, 0.3, 4.0));
    let steps = values("0..4:0.1");
    assert_eq!(steps.len(), 41);
    assert_eq!((steps[3], steps[40]), (0.3, 4.0));
    assert_eq!(values("0..4/41"), steps);
    let log = values("1e-3..10/log31");
    assert_eq!(log.len(), 31);
    assert_eq!((log[0], log[30]), (0.001, 10.0));
}

#[test]
fn numbers_in_every_spelling() {
    assert_eq!(values("+2"), [2.0]);
    assert_eq!(values("-2"), [-2.0]);
    assert_eq!(values(".5"), [0.5]);
    assert_eq!(values("5."), [5.0]);
    assert_eq!(values("1e-3"), [0.001]);
    assert_eq!(values("2.5E+1"), [25.0]);
    assert_eq!(values("-1..-.5/2"), [-1.0, -0.5]);
    assert_eq!(values("-0")[0].to_bits(), 0);
    // Nor are many digits an obstacle.
    assert_eq!(values(&format!("0.{}", "3".repeat(400))), [1.0 / 3.0]);
}

#[test]
fn white_space_is_ignored() {
    assert_eq!(values(" 0.1 ,\t0.5 , 1 .. 2 : 0.5 \n"), [0.1, 0.5, 1.0, 1.5, 2.0]);
    assert_eq!(values("1 .. 100 / log 3"), [1.0, 10.0, 100.0]);
    assert_eq!(values("5. .. 6:.5"), [5.0, 5.5, 6.0]);
    let shown = " 1,\n 5. .. 6 ".parse::<Range>().map(|r| r.to_string());
    assert_eq!(shown.as_deref(), Ok("1, 5. .. 6"));
}

#[test]
fn lists_are_sorted_and_each_value_appears_once() {
    assert_eq!(values("1,0.5,1.0,-0,0,5e-1"), [0.0, 0.5, 1.0]);
    assert_eq!(values("2,0,0.5..1:0.1"), [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 2.0]);
    assert_eq!(values("0..1:0.25,0..1:0.5"), [0.0, 0.25, 0.5, 0.75, 1.0]);
}

#[test]
fn the_end_is_included_where_the_step_misses_it() {
    assert_eq!(values("0..1:0.3"), [0.0, 0.3, 0.6, 0.9, 1.0]);
    assert_eq!(values("0..1:1"), [0.0, 1.0]);
    assert_eq!(values("0..1:0.7"), [0.0, 0.7, 1.0]);
    assert!(RANGE_HELP.contains("0..1:0.3 is 0, 0.3, 0.6, 0.9, 1"));
}

#[test]
fn equal_ends_are_one_point() {
    assert_eq!(values("2..2"), [2.0]);
    assert_eq!(values("2..2:0.1"), [2.0]);
    assert_eq!(values("2..2/1"), [2.0]);
    assert_eq!(values("2..2.0/log1"), [2.0]);
}

#[test]
fn quotients_without_a_finite_decimal_are_rounded_once() {
    assert_eq!(values("0..1/4"), [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]);
    assert_eq!(values("0..1/8")[3], 3.0 / 7.0);
    // Not 0.1 + 0.1/3, which rounds three times: 4/30 = 2/15.
    assert_eq!(values("0.1..0.2/4"), [0.1, 2.0 / 15.0, 1.0 / 6.0, 0.2]);
}

#[test]
fn log_points_are_exact_where_decimals_are() {
    assert_eq!(values("1e-3..10/log5"), [0.001, 0.01, 0.1, 1.0, 10.0]);
    assert_eq!(values("1e-15..1e15/log31")[22], 1e7);
    assert_eq!(values("2e-3..20/log5"), [0.002, 0.02, 0.2, 2.0, 20.0]);
    assert_eq!(values("1..8/log4"), [1.0, 2.0, 4.0, 8.0]);
    assert_eq!(values("0.3..30/log3"), [0.3, 3.0, 30.0]);
    let decades = values("1e-300..1e300/log601");
    for (exponent, value) in (-300..=300).zip(decades) {
        assert_eq!(Ok(value), format!("1e{exponent}").parse());
    }
    let roots = values("1..10/log3");
    assert!((roots[1] / 10_f64.sqrt() - 1.0).abs() < 1e-15);
}

#[test]
fn the_largest_range_is_possible_and_one_more_point_is_not() {
    assert_eq!(values("0..1/100000").len(), MAX_POINTS as usize);
    assert_eq!(values("1..99999.5:1").len(), MAX_POINTS as usize);
    assert_eq!(
        error("0..1/100001"),
        "\"0..1/100001\" asks for 100001 points: at most 100000 are possible, \
         so write a larger step or a smaller count"
    );
    assert!(error("0..100000:1").contains("asks for 100001 points"));
    assert!(error("1..100000.5:1").contains("asks for 100001 points"));
    assert!(error("1..2/log1e15").contains("asks for 1000000000000000 points"));
    assert!(error("0..1e15:1e-15").contains("asks for 1000000000000000000000000000001 "));
    let all = "0..1/60000,2..3/60000";
    assert_eq!(
        error(all),
        format!("\"{all}\" has more than 100000 points in all: write fewer, or larger steps")
    );
}

#[test]
fn a_bad_range_says_what_is_wrong_and_what_would_be_right() {
    let says = |text: &str, message: &str| assert_eq!(error(text), message);
    let nothing =
        "no value is given: write a number, a list such as 0.1,0.5,1 or a range such as 0..4";
    says("", nothing);
    says(" \t", nothing);
    for text in ["1,,2", ",", "1,"] {
        let tail = "has an empty place in its list: \
                    write one value on each side of a comma, as in 0.1,0.5";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for text in ["abc", "1_000", "1 2", "0-4", "1e", "e5", ".", "-", "0x10", "--1", "1,5e-1.5"] {
        let item = text.rsplit(',').next().unwrap_or_default();
        let tail =
            "is neither a number nor a range: write one as in 0.5, -2, 1e-3, 0..4 or 0..4/41";
        says(text, &format!("\"{item}\" {tail}"));
    }
    says("0..=4", "\"=4\" is not a number: write one as in 0.5, -2 or 1e-3");
    for text in ["NaN", "inf", "-Infinity", "+inf"] {
        let tail = "is not a finite number: write one as in 0.5, -2 or 1e-3";
        says(text, &format!("\"{text}\" {tail}"));
    }
    says("0..inf", "\"inf\" is not a finite number: write one as in 0.5, -2 or 1e-3");
    says("1e999", "\"1e999\" is too large: write a number below 1.7e308");
    says("1e-400", "\"1e-400\" is too close to 0: write 0, or at least 5e-324");
    for text in ["0...5", "5....6", "..."] {
        let tail = "has more than two dots in a row: write digits on both sides, as in 0..0.5";
        says(text, &format!("\"{text}\" {tail}"));
    }
    says(
        "0..1..2",
        "\"0..1..2\" has more than one range: separate ranges by commas, as in 0..1,2..3",
    );
    for text in ["0:0.1:4", "4/log41"] {
        let tail = "has a step or a count but no range: write as in 0..4:0.1 or 0..4/41";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for text in ["0..4:0.1:5", "0..4//5"] {
        let tail = "has more than one step or count: write one, as in 0..4:0.1 or 0..4/41";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for text in ["0..4:", "0..4/", "1..4/log"] {
        let tail = "lacks its step or count: write as in 0..4:0.1, 0..4/41 or 1e-3..10/log31";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for text in ["..", "1..", "..1", "..:1"] {
        says(text, &format!("\"{text}\" lacks an end: write both, as in 0..4"));
    }
    says("4..0", "\"4..0\" runs backwards: write the smaller end first, as in 0..4");
    for (text, step) in [("0..4:0", "0"), ("0..4:-0.1", "-0.1"), ("1..1:0", "0")] {
        let tail = "write a step above 0, as in 0..4:0.1";
        says(text, &format!("\"{text}\" has the step {step}: {tail}"));
    }
    says(
        "0.1..0.4:5",
        "\"0.1..0.4:5\" has a step larger than the range: write a step of at most 0.3",
    );
    says(
        "0..4/x",
        "\"0..4/x\" has a bad number of points: \"x\" is not a count: \
         write a whole number, as in 1000, 10_000_000, 1e9, 10k, 10M or 1G",
    );
    for count in ["0", "1"] {
        says(
            &format!("1..4/log{count}"),
            &format!(
                "\"1..4/log{count}\" has too few points ({count}): \
                 write at least 2, one for each end, as in 0..4/41"
            ),
        );
    }
    says(
        "2..2/5",
        "\"2..2/5\" asks for 5 points between equal ends: write two different ends, or just 2",
    );
    for (text, end) in [("0..4/log5", "0"), ("-3..-2/log5", "-3"), ("0..0/log1", "0")] {
        let tail = "log spacing needs both ends above 0, as in 1e-3..10/log31";
        says(text, &format!("\"{text}\" has the end {end}: {tail}"));
    }
    says(
        "1..1.0000000000000002",
        "\"1..1.0000000000000002\" is too narrow for 81 different numbers: \
         write a larger step, or ends further apart",
    );
    assert!(error("1..1.000000000000001/log9").contains("is too narrow for 9 "));
}

#[test]
fn a_long_text_is_quoted_in_part_and_on_one_line() {
    let message = error(&format!("a\nb{}", "x".repeat(10_000)));
    assert!(message.starts_with("\"a\\nbxxx") && message.contains("xxx…\" is neither"));
    assert!(message.len() < 200);
}

#[test]
fn a_negative_sigma_is_left_to_the_definition() {
    let refused = |range: &str| {
        let mut sigmas = values(range).into_iter();
        sigmas.find_map(|sigma| Defense::new(1.0, sigma).err())
    };
    assert_eq!(
        refused("-1..1").map(|e| e.to_string()),
        Some("sigma = -1 is not possible: a number from 0 to 1e15".to_owned())
    );
    assert_eq!(refused("0..1"), None);
}
