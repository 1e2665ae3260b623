//! The grid grammar of the command line: what holds of every text, and of every grid.

use proptest::prelude::*;
use task::range::{Count, MAX_COUNT, MAX_POINTS, Probability, Range, VoteList};

/// What holds of every range that parses.
fn is_sound(range: &Range) -> Result<(), TestCaseError> {
    let values = range.values();
    prop_assert!(!values.is_empty() && values.len() <= MAX_POINTS as usize);
    prop_assert!(values.iter().all(|v| v.is_finite() && v.to_bits() != (-0.0_f64).to_bits()));
    prop_assert!(values.is_sorted_by(|a, b| a < b));
    let shown = range.to_string();
    prop_assert!(!shown.contains('\n'));
    let again = shown.parse::<Range>();
    prop_assert_eq!(again.as_ref(), Ok(range));
    Ok(())
}

/// Parses with everything; a failure must be one line of readable length.
fn never_panics(text: &str) -> Result<(), TestCaseError> {
    let mut errors = Vec::new();
    match text.parse::<Range>() {
        Ok(range) => is_sound(&range)?,
        Err(error) => errors.push(error.to_string()),
    }
    match text.parse::<VoteList>() {
        Ok(list) => {
            prop_assert!(list.values().is_sorted_by(|a, b| a < b));
            prop_assert_eq!(list.to_string().parse(), Ok(list));
        }
        Err(error) => errors.push(error.to_string()),
    }
    match text.parse::<Count>() {
        Ok(count) => prop_assert_eq!(count.to_string().parse(), Ok(count)),
        Err(error) => errors.push(error.to_string()),
    }
    match text.parse::<Probability>() {
        Ok(probability) => prop_assert_eq!(probability.to_string().parse(), Ok(probability)),
        Err(error) => errors.push(error.to_string()),
    }
    for error in errors {
        prop_assert!(!error.contains(['\n', '\r']) && error.chars().count() < 800, "{}", error);
    }
    Ok(())
}

/// `mantissa` · 10^-`places`, written out without floating point.
fn decimal(mantissa: i64, places: usize) -> String {
    let sign = if mantissa < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", mantissa.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let dot = if places == 0 { "" } else { "." };
    format!("{sign}{whole}{dot}{fraction}")
}

fn nearest(text: &str) -> f64 {
    text.parse::<f64>().map_or(f64::NAN, |value| value + 0.0)
}

proptest! {
    #[test]
    fn points_of_a_step_are_the_decimals_themselves(
        start in -1_000_000_i64..1_000_000,
        step in 1_i64..5_000,
        steps in 1_i64..300,
        rest in 0_i64..5_000,
        places in 0_usize..12,
    ) {
        let rest = rest % step;
        let end = start + step * steps + rest;
        let text = [start, end, step].map(|m| decimal(m, places));
        let mut expected: Vec<f64> =
            (0..=steps).map(|i| nearest(&decimal(start + step * i, places))).collect();
        if rest != 0 {
            expected.push(nearest(&text[1]));
        }
        let range = format!("{}..{}:{}", text[0], text[1], text[2]).parse::<Range>();
        prop_assert_eq!(range.map(|r| r.values().to_vec()), Ok(expected));
    }

    #[test]
    fn a_count_is_kept_and_so_are_both_ends(
        start in -1_000_000_i64..1_000_000,
        width in 1_i64..1_000_000,
        places in 0_usize..9,
        count in 2_u32..400,
    ) {
        let (start, end) = (decimal(start, places), decimal(start + width, places));
        let range = format!("{start}..{end}/{count}").parse::<Range>()?;
        is_sound(&range)?;
        let values = range.values();
        prop_assert_eq!(values.len(), count as usize);
        prop_assert_eq!(values.first(), Some(&nearest(&start)));
        prop_assert_eq!(values.last(), Some(&nearest(&end)));
    }

    /// The numerators are whole and small, so that one IEEE division is the nearest double.
    #[test]
    fn points_of_a_count_are_rounded_once(
        start in -1_000_000_i64..1_000_000,
        width in 1_i64..1_000_000,
        count in 2_i64..400,
    ) {
        let range = format!("{start}..{}/{count}", start + width).parse::<Range>()?;
        let last = count - 1;
        let expected: Vec<f64> =
            (0..count).map(|i| (start * last + width * i) as f64 / last as f64).collect();
        prop_assert_eq!(range.values(), expected);
    }

    #[test]
    fn log_points_keep_their_ratio(
        start in 1e-12_f64..1e3,
        factor in 1.01_f64..1e12,
        count in 2_u32..400,
    ) {
        let end = start * factor;
        let range = format!("{start}..{end}/log{count}").parse::<Range>()?;
        is_sound(&range)?;
        let values = range.values();
        prop_assert_eq!(values.len(), count as usize);
        prop_assert_eq!((values[0], values[values.len() - 1]), (start, end));
        // The oracle takes logarithms of the whole ratio: its own error is about 30 ulp at most.
        for (i, value) in values.iter().enumerate() {
            let ideal = start * ((end / start).ln() * i as f64 / f64::from(count - 1)).exp();
            prop_assert!((value / ideal - 1.0).abs() < 2e-14, "{} {}", value, ideal);
        }
    }

    #[test]
    fn counts_read_back(count in 0..=MAX_COUNT) {
        prop_assert_eq!(count.to_string().parse().map(Count::get), Ok(count));
        prop_assert_eq!(format!("{count}000e-3").parse().map(Count::get), Ok(count));
    }

    #[test]
    fn per_cent_is_the_same_double(digits in 1_i64..10_000_000) {
        let fraction = decimal(digits, 7).parse::<Probability>();
        prop_assert_eq!(format!("{}%", decimal(digits, 5)).parse(), fraction);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn arbitrary_text_never_panics(text in "(?s).*") {
        never_panics(&text)?;
    }

    #[test]
    fn texts_like_the_grammar_never_panic(text in r"[-+0-9.eE:/, %_kMlogifna]{0,24}") {
        never_panics(&text)?;
    }

    #[test]
    fn fractions_like_the_grammar_never_panic(
        text in r"(-?[0-9.]{1,4}(e-?[0-9]{1,9})?|[0-9/]{1,3}|\.\.|[/:, ]|log|%|inf){0,9}",
    ) {
        never_panics(&text)?;
    }

    #[test]
    fn ranges_of_fractions_are_sound(
        text in r"( ?-?[0-9]{1,3}/[0-9]{1,3}\.\.[0-9]{1,3} ?/ ?[0-9]{1,3}(:[0-9]{1,2}/[0-9]{1,3}|/[0-9]{1,3}|/log[0-9]{1,2})?,?){1,2}",
    ) {
        never_panics(&text)?;
    }

    #[test]
    fn ranges_like_the_grammar_are_sound(
        text in r"( ?-?[0-9]{0,3}\.?[0-9]{0,2}(e-?[0-9]{1,3})? ?\.\. ?[0-9]{1,3}\.?[0-9]{0,2}(e[0-9]{1,3})?(:[0-9]?\.?[0-9]{1,2}| ?/[0-9]{1,3}| ?/ ?log ?[0-9]{1,2})?,?){1,2}",
    ) {
        never_panics(&text)?;
    }
}
