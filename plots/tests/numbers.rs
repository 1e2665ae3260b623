//! Numbers and powers as charts show them.

use gauss_sim_plots::label::{distinct, number, power};
use gauss_sim_plots::{Axis, Chart, Size, ticks};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common;

/// Reads a label back.
pub(crate) fn read(label: &str) -> f64 {
    const SUPERSCRIPTS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    let label = label.replace('−', "-").replace('∞', "inf");
    let Some(at) = label.find(|c| c == '⁻' || SUPERSCRIPTS.contains(c)) else {
        return label.parse().unwrap();
    };
    let (base, raised) = label.split_at(at);
    let power: String = raised
        .chars()
        .map(|c| SUPERSCRIPTS.chars().zip('0'..='9').find(|d| d.0 == c).map_or('-', |d| d.1))
        .collect();
    let mantissa = base.strip_suffix("10").unwrap();
    let mantissa = match mantissa.strip_suffix('×') {
        Some(mantissa) => mantissa.to_owned(),
        None => format!("{mantissa}1"),
    };
    format!("{mantissa}e{power}").parse().unwrap()
}

#[test]
fn numbers_are_short_and_typeset() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.0, "−1"),
        (0.5, "0.5"),
        (2.0 / 11.0, "0.181818"),
        (100.0, "100"),
        (123_456.0, "123456"),
        (999_999.4, "999999"),
        (999_999.6, "10⁶"),
        (1e6, "10⁶"),
        (-2.5e7, "−2.5×10⁷"),
        (0.001, "0.001"),
        (0.000_25, "2.5×10⁻⁴"),
        (1e-6, "10⁻⁶"),
        (5e-324, "4.94066×10⁻³²⁴"),
        (f64::MAX, "1.79769×10³⁰⁸"),
        (f64::INFINITY, "∞"),
        (f64::NEG_INFINITY, "−∞"),
        (f64::NAN, "NaN"),
        (12.345_678, "12.3457"),
    ] {
        assert_eq!(number(value), text, "{value:e}");
    }
}

#[test]
fn side_by_side_they_have_as_many_digits_as_tell_them_apart() {
    let elevenths: Vec<f64> = (0..=11).map(|k| f64::from(k) / 11.0).collect();
    let texts = distinct(&elevenths);
    assert_eq!(texts[..4], ["0", "0.091", "0.182", "0.273"]);
    assert_eq!(texts[11], "1");
    for (values, texts) in [
        (vec![], vec![]),
        (vec![2.0 / 11.0], vec!["0.182"]),
        (vec![0.125, 1.0, 2.0], vec!["0.125", "1", "2"]),
        (vec![8.0 / 255.0, 4.0 / 255.0], vec!["0.031", "0.016"]),
        (vec![0.3, 0.1 + 0.2], vec!["0.3", "0.30000000000000004"]),
        (vec![1.0, 1.0, -0.0, 0.0], vec!["1", "1", "0", "0"]),
        (vec![f64::NAN, f64::INFINITY, 1e9], vec!["NaN", "∞", "10⁹"]),
        (vec![1.0, 10.0, 1e6, 2e6], vec!["1", "10", "10⁶", "2×10⁶"]),
        (vec![1e-3, 3.162_277e-3, 3.162_277], vec!["0.001", "0.0032", "3.16"]),
    ] {
        assert_eq!(distinct(&values), texts, "{values:?}");
    }
}

proptest! {
    #[test]
    fn labels_differ_where_values_do_and_lie_near_them(values in vec(prop_oneof![
        any::<f64>(), -10.0..10.0, (0_i32..40).prop_map(|k| f64::from(k) / 11.0),
        (0_i32..9).prop_map(|k| 1.0 + f64::from(k) * f64::EPSILON),
    ], 0..12)) {
        let labels = distinct(&values);
        prop_assert_eq!(labels.len(), values.len());
        for (a, label) in values.iter().zip(&labels) {
            for (b, other) in values.iter().zip(&labels) {
                let same = a == b || (a.is_nan() && b.is_nan());
                prop_assert_eq!(label == other, same, "{} {} {} {}", a, b, label, other);
            }
            if a.is_finite() {
                let off = (read(label) - a).abs();
                // Never off by more than half of the first digit, nor a twentieth of a step beyond rounding.
                prop_assert!(off <= a.abs() * 0.5 + f64::MIN_POSITIVE, "{} {}", a, label);
                let steps = values.iter().map(|b| (b - a).abs()).filter(|s| *s > 0.0);
                let step = steps.fold(f64::INFINITY, f64::min);
                prop_assert!(off <= (step / 2.0).max(a.abs() * 0.005_000_1), "{} {}", a, label);
            }
        }
    }

    #[test]
    fn a_number_is_within_its_last_digit(value in any::<f64>()) {
        let text = number(value);
        if value.is_finite() {
            let back = read(&text);
            prop_assert!(back.is_infinite() || (back - value).abs() <= value.abs() * 5.000_1e-6 + 1e-318, "{}", text);
            let digits = text.split("×").next().unwrap_or_default();
            prop_assert!(digits.chars().filter(char::is_ascii_digit).count() <= 9, "{}", text);
        }
        prop_assert!(!text.contains('-') && !text.contains('e') || text == "NaN", "{}", text);
    }
}

#[test]
fn powers_are_raised_where_they_can_be() {
    assert_eq!(power("N", "-1/2"), "N⁻¹ᐟ²");
    assert_eq!(power("N", "−1/3"), "N⁻¹ᐟ³");
    assert_eq!(power("σ", "2"), "σ²");
    assert_eq!(power("x", "2(n+i)=0.5"), "x²⁽ⁿ⁺ⁱ⁾⁼⁰·⁵");
    assert_eq!(power("x", "k"), "x^(k)");
    // All of them are in the font.
    let chart = Chart::new(Axis::linear(power("x", "0123456789+-−=()/.ni")), Axis::linear(""));
    let tree = common::parse(chart.title("∝ × ∞").render(Size::TEXT_WIDTH).unwrap().svg());
    common::each_text(tree.root(), &mut |text| {
        for glyph in text.layouted().iter().flat_map(|span| &span.positioned_glyphs) {
            assert_ne!(glyph.id.0, 0, "no glyph for {}", glyph.text);
        }
    });
}

#[test]
fn ticks_have_minus_signs_and_raised_powers() {
    let labels = |t: ticks::Ticks| t.major.into_iter().map(|t| t.1).collect::<Vec<_>>();
    assert_eq!(labels(ticks::linear(-2e-6, 0.0, 3)), ["−2×10⁻⁶", "−1×10⁻⁶", "0"]);
    assert_eq!(labels(ticks::log(1e-9, 1e-5, 5)), ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵"]);
    assert_eq!(labels(ticks::log(1e-7, 6e-7, 4)), ["10⁻⁷", "2×10⁻⁷", "5×10⁻⁷"]);
    for ticks in
        [ticks::linear(-1.0, 1.0, 9), ticks::linear(-1e9, 1e9, 5), ticks::log(1e-30, 1.0, 9)]
    {
        assert!(labels(ticks).iter().all(|label| !label.contains(['-', 'e', '·'])));
    }
}
