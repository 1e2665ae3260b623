//! Fractions wherever a number stands: alone, in lists, as ends and steps of ranges.

use std::collections::HashSet;
use task::Votes;
use task::range::{Count, Probability, RANGE_HELP, Range, RangeError, VoteList, number};

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

/// i/255: numerator and denominator are exact, so that IEEE division rounds once.
fn over_255(numerators: impl Iterator<Item = u32>) -> Vec<f64> {
    numerators.map(|i| f64::from(i) / 255.0).collect()
}

#[test]
fn a_fraction_is_a_number() {
    for (text, value) in [
        ("8/255", 8.0_f64 / 255.0),
        ("-1/3", -1.0 / 3.0),
        ("+1/3", 1.0 / 3.0),
        ("1/-3", -1.0 / 3.0),
        ("1.5/255", 1.5 / 255.0),
        ("1/.5", 2.0),
        ("1e300/1e-5", 1e305),
        ("3e-324/1e-10", 3e-314),
        ("4/41", 4.0 / 41.0),
        (" 8 / 255 ", 8.0 / 255.0),
        ("0/7", 0.0),
        ("-0/7", 0.0),
    ] {
        assert_eq!(number(text).map(f64::to_bits), Ok(value.to_bits()), "{text}");
        assert_eq!(values(text), [value], "{text}");
    }
    assert_eq!(values("0,1/255,8/255"), [0.0, 1.0 / 255.0, 8.0 / 255.0]);
    assert_eq!(values("1/2,2/4,.5,0..1:1/2"), [0.0, 0.5, 1.0]);
}

#[test]
fn a_step_may_be_a_fraction_and_so_may_the_ends_before_it() {
    assert_eq!(values("0..16/255:1/255"), over_255(0..=16));
    assert_eq!(values("1/255..8/255:1/255"), over_255(1..=8));
    assert_eq!(values("-1/3..1/3:1/6"), [-1.0 / 3.0, -1.0 / 6.0, 0.0, 1.0 / 6.0, 1.0 / 3.0]);
    assert_eq!(values("0..1:2/5"), [0.0, 0.4, 0.8, 1.0]);
    assert_eq!(values("1 / 255 .. 3 / 255 : 1 / 255"), over_255(1..=3));
    assert_eq!(values("0..4:0.1/5"), values("0..4:0.02"));
    // The end is met exactly: rounded arithmetic would put a point next to it.
    assert_eq!(values("0..1:1/49").len(), 50);
    assert_eq!(values("1/3..2:1/3"), [1.0 / 3.0, 2.0 / 3.0, 1.0, 4.0 / 3.0, 5.0 / 3.0, 2.0]);
}

#[test]
fn a_single_slash_behind_the_dots_is_a_count_and_of_two_the_first_is_the_ends() {
    let points = values("0..8/255");
    assert_eq!((points.len(), points[127], points[254]), (255, 4.0, 8.0));
    assert_eq!(values("0..4/41"), values("0..4:0.1"));
    assert_eq!(values("1/255..8/255/8"), over_255(1..=8));
    assert_eq!(values("0..8/255/9"), over_255(0..=8));
    assert_eq!(values("1/2..2/4"), [0.5, 1.0, 1.5, 2.0]);
    assert_eq!(values("1/2..2/4/1"), [0.5]);
    assert!(RANGE_HELP.contains("8/255") && RANGE_HELP.contains("0..8/255 is 255 points"));
    assert_eq!(values("0..8/255:1/255"), values("0..8/255/9"));
}

#[test]
fn log_points_that_are_rational_are_exact() {
    let log = values("1/255..8/255/log7");
    assert_eq!(log.len(), 7);
    assert_eq!([log[0], log[2], log[4], log[6]].to_vec(), over_255([1, 2, 4, 8].into_iter()));
    assert!((log[1] * 255.0 / 2_f64.sqrt() - 1.0).abs() < 2e-15);
    assert_eq!(values("1/255..8/255/log4"), over_255([1, 2, 4, 8].into_iter()));
    // (3/2)^i, once from a fraction and once from a decimal with more than twelve digits.
    let powers: Vec<f64> = (0..=10).map(|i| 3_f64.powi(i) / 2_f64.powi(i)).collect();
    assert_eq!(values("1..59049/1024/log11"), powers);
    assert_eq!(values("1..57.6650390625/log11"), powers);
    // A rational point is the same double where it is written by itself.
    assert_eq!(values("2/255,1/255..8/255/log4").len(), 4);
}

#[test]
fn what_is_no_fraction_says_what_is_wrong() {
    let says = |text: &str, message: &str| assert_eq!(error(text), message);
    for text in ["1/0", "0/0", "-8/0.0", "1/0e5", "0..1/0:1", "1/0..2:1", "0..1/0/5"] {
        let message = error(text);
        let tail = "divides by 0: write a denominator other than 0, as in 8/255";
        assert!(message.ends_with(tail) && message.contains("/0"), "{message}");
    }
    says("1/0", "\"1/0\" divides by 0: write a denominator other than 0, as in 8/255");
    says("0..4:1/0", "\"1/0\" divides by 0: write a denominator other than 0, as in 8/255");
    for text in ["8/", "/255", "8/x", "1/2/3", "8//255", "8/2 5", "8/1_000"] {
        let tail =
            "is neither a number nor a range: write one as in 0.5, -2, 1e-3, 0..4 or 0..4/41";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for text in ["1/inf", "nan/2"] {
        says(text, &format!("\"{text}\" is not a finite number: write one as in 0.5, -2 or 1e-3"));
    }
    for text in ["4/log5", "1/2:0.1", "1/2/log3"] {
        let tail = "has a step or a count but no range: write as in 0..4:0.1 or 0..4/41";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for text in
        ["0..1:1/4/5", "0..1/2/3:1", "0..1/2/3/4", "0..4:/5", "0..4/:1", "0..4//5", "0..4/log5/6"]
    {
        let tail = "has more than one step or count: write one, as in 0..4:0.1 or 0..4/41";
        says(text, &format!("\"{text}\" {tail}"));
    }
    for text in ["0..8/255/", "0..8/255:", "1..8/255/log"] {
        let tail = "lacks its step or count: write as in 0..4:0.1, 0..4/41 or 1e-3..10/log31";
        says(text, &format!("\"{text}\" {tail}"));
    }
    says(
        "0..1:-1/255",
        "\"0..1:-1/255\" has the step -1/255: write a step above 0, as in 0..4:0.1",
    );
    says(
        "0..4/41:1",
        "\"0..4/41:1\" has a step larger than the range: write a step of at most 4/41",
    );
    says(
        "1/3..1/2/5/6:1",
        "\"1/3..1/2/5/6:1\" has more than one step or count: write one, as in 0..4:0.1 or 0..4/41",
    );
    says(
        "0..1/log3",
        "\"0..1/log3\" has the end 0: log spacing needs both ends above 0, as in 1e-3..10/log31",
    );
    says(
        "-1/2..1/2/log3",
        "\"-1/2..1/2/log3\" has the end -1/2: log spacing needs both ends above 0, as in 1e-3..10/log31",
    );
    says(
        "1/2..1/2/3",
        "\"1/2..1/2/3\" asks for 3 points between equal ends: write two different ends, or just 1/2",
    );
}

#[test]
fn what_an_error_suggests_is_right() {
    let suggestion = |text: &str| {
        let message = error(text);
        let suggested = message.rsplit("as in ").next().unwrap_or_default();
        suggested.rsplit("at most ").next().unwrap_or_default().to_owned()
    };
    // A fraction as the end keeps its spacing, without which it would be read as a count.
    for (text, suggested) in [
        ("8/255..1/255:1/255", "1/255..8/255:1/255"),
        ("8/255..1/255/8", "1/255..8/255/8"),
        ("8/255..1/255/log7", "1/255..8/255/log7"),
        ("8/3..1", "1..8/3/81"),
        ("4..1/2/5", "1/2..4"),
        ("4..0/5", "0..4"),
    ] {
        assert_eq!(suggestion(text), suggested, "{text}");
        assert!(values(suggested).len() > 1, "{text}");
    }
    assert_eq!(
        error("-8/255..-1/255"),
        "\"-8/255..-1/255\" runs backwards, with the end -1 and 255 points: write the smaller end \
         first, or for a fraction as the end a step or a count behind it, as in 0..8/255:1/255"
    );
    // The largest possible step is said exactly, and is possible.
    for (text, widest) in [
        ("0.1..0.4", "0.3"),
        ("1/255..16/255", "1/17"),
        ("0..4/41", "4/41"),
        ("0..123456789012345678.9", "1234567890123456789/10"),
    ] {
        assert_eq!(suggestion(&format!("{text}:1e300")), widest);
        assert_eq!(values(&format!("{text}:{widest}")).len(), 2);
    }
}

#[test]
fn sizes_are_judged_without_a_number_of_that_size() {
    for (text, end) in [
        ("1e999999999", "\"1e999999999\" is too large: write a number below 1.7e308"),
        ("-1e99999999999999", "\"-1e99999999999999\" is too large: write a number below 1.7e308"),
        ("1e-999999999", "\"1e-999999999\" is too close to 0: write 0, or at least 5e-324"),
        ("1e999999999/2", "\"1e999999999\" is too large: write a number below 1.7e308"),
        ("2/1e999999999", "\"1e999999999\" is too large: write a number below 1.7e308"),
        ("2/1e-999999999", "\"1e-999999999\" is too close to 0: write 0, or at least 5e-324"),
        ("0..1:1e-999999999", "\"1e-999999999\" is too close to 0: write 0, or at least 5e-324"),
        ("1e300/1e-300", "\"1e300/1e-300\" is too large: write a number below 1.7e308"),
        ("1e-300/1e300", "\"1e-300/1e300\" is too close to 0: write 0, or at least 5e-324"),
    ] {
        assert_eq!(error(text), end);
    }
    assert!(error(&"9".repeat(1_000_000)).ends_with("is too large: write a number below 1.7e308"));
    let long = error(&format!("1/0.{}", "3".repeat(1_000_000)));
    assert!(long.ends_with("…\" has more than 1000 digits: write a shorter number"), "{long}");
    assert_eq!(values(&format!("0.{}", "3".repeat(1000))), [1.0 / 3.0]);
}

#[test]
fn ranges_may_span_any_number_of_digits() {
    assert_eq!(values("1e-20..1e15/3"), [1e-20, 5e14, 1e15]);
    assert_eq!(values("0..1e308/3"), [0.0, 5e307, 1e308]);
    assert_eq!(values("-1.7e308..1.7e308/3"), [-1.7e308, 0.0, 1.7e308]);
    assert_eq!(values("5e-324..1e308/2"), [5e-324, 1e308]);
    let far = error("0..1e300:1e-300");
    assert!(far.contains("asks for more than 1e38 points"), "{far}");
    assert!(
        error("0..1e15:1e-20").contains("asks for 100000000000000000000000000000000001 points")
    );
}

#[test]
fn ranges_are_equal_if_their_values_are() {
    let range = |text: &str| text.parse::<Range>();
    assert_eq!(range("0..1:0.5"), range("1, 1/2, 0"));
    assert_eq!(range("0..16/255:1/255"), range("0..16/255/17"));
    assert_ne!(range("0..1:0.5"), range("0..1:0.25"));
    assert_eq!("1..5:2".parse::<VoteList>(), "5,3,1".parse::<VoteList>());
    assert_ne!("1..5:2".parse::<VoteList>(), "1..5".parse::<VoteList>());
}

#[test]
fn a_range_of_given_values_reads_back() {
    let given = [0.1, 8.0 / 255.0, -0.0, 1e300, 5e-324, -2.5, 0.1];
    let range = Range::from_values(&given).expect("finite values");
    assert_eq!(range.values(), [-2.5, 0.0, 5e-324, 8.0 / 255.0, 0.1, 1e300]);
    assert_eq!(range.values()[1].to_bits(), 0);
    assert_eq!(range.to_string().parse(), Ok(range));
    assert_eq!(Range::from_values(&[]), Err(RangeError::Empty));
    for (value, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
        let refused = Range::from_values(&[0.0, value]);
        assert_eq!(refused, Err(RangeError::NotFinite(format!("\"{shown}\""))));
    }
    let many: Vec<f64> = (0..100_001).map(f64::from).collect();
    assert!(Range::from_values(&many[1..]).is_ok());
    assert!(matches!(Range::from_values(&many), Err(RangeError::TooManyInAll(_))));
}

#[test]
fn votes_and_counts_stay_whole_and_a_probability_may_be_a_fraction() {
    let votes = |text: &str| text.parse::<VoteList>().map(|list| list.values().to_vec());
    let whole = |numbers: &[u64]| -> Vec<Votes> {
        numbers.iter().filter_map(|&n| Votes::new(n).ok()).collect()
    };
    assert_eq!(votes("1..9:2"), Ok(whole(&[1, 3, 5, 7, 9])));
    assert_eq!(votes("2/2..9:4/2"), Ok(whole(&[1, 3, 5, 7, 9])));
    let refused = |text: &str| votes(text).err().map(|error| error.to_string());
    for (text, message) in [
        ("8/255", "is not a number of votes: write a whole number from 1 to 1000000, or inf"),
        ("9/3", "is not a number of votes: write a whole number from 1 to 1000000, or inf"),
        ("1..9/2:1", "includes 9/2: votes are whole numbers from 1 to 1000000, as in 1..9:2"),
        (
            "1..9:4/3",
            "includes 2.3333333333333335: votes are whole numbers from 1 to 1000000, as in 1..9:2",
        ),
        ("1..inf/2:1", "cannot end at inf: write inf as an item of its own, as in 1..9:2,inf"),
    ] {
        assert_eq!(refused(text), Some(format!("\"{text}\" {message}")));
    }
    assert_eq!(
        "4/2".parse::<Count>().map_err(|error| error.to_string()),
        Err("\"4/2\" is not a count: write a whole number, as in 1000, 10_000_000, 1e9, 10k, 10M or 1G"
            .to_owned())
    );
    let counts: HashSet<Count> = [Count::default(), Count::default()].into_iter().collect();
    assert_eq!(counts.into_iter().map(Count::get).collect::<Vec<_>>(), [0]);

    let probability = |text: &str| text.parse::<Probability>().map(Probability::get);
    assert_eq!(probability("1/2"), Ok(0.5));
    assert_eq!(probability("1/3"), Ok(1.0 / 3.0));
    assert_eq!(probability("1 / 2 %"), Ok(0.005));
    let refused = |text: &str| probability(text).err().map(|error| error.to_string());
    for (text, message) in [
        ("1/0", "is not a probability: write a number between 0 and 1, as in 0.95, 1e-6 or 95%"),
        ("1/2/3", "is not a probability: write a number between 0 and 1, as in 0.95, 1e-6 or 95%"),
        ("2/2", "is not strictly between 0 and 1: write a probability as in 0.95, 1e-6 or 95%"),
        (
            "1e999999999",
            "is not strictly between 0 and 1: write a probability as in 0.95, 1e-6 or 95%",
        ),
        ("190/2", "is not strictly between 0 and 1: write 190/2% if per cent is meant"),
    ] {
        assert_eq!(refused(text), Some(format!("\"{text}\" {message}")));
    }
}
