//! The positions and labels of an axis' ticks.

use crate::label::{minus, power_of_ten};

/// The ticks of one axis, in increasing order.
///
/// ```
/// use gauss_sim_plots::ticks;
///
/// let accuracy = ticks::linear(0.0, 1.0, 6);
/// let labels: Vec<&str> = accuracy.major.iter().map(|(_, text)| text.as_str()).collect();
/// assert_eq!(labels, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
/// assert_eq!(accuracy.major[3].0, 0.6);
/// assert!(accuracy.minor.contains(&0.65));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ticks {
    /// Labelled ticks: value and text.
    pub major: Vec<(f64, String)>,
    /// Unlabelled ticks between the labelled ones.
    pub minor: Vec<f64>,
}

/// Returns ticks at multiples of 1, 2 or 5 times a power of ten within `low..=high`, at most `most` of them (but it
/// always aims at two or more). Empty unless `low < high` are both finite.
#[must_use]
pub fn linear(low: f64, high: f64, most: usize) -> Ticks {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return Ticks::default();
    }
    let most = most.clamp(2, 50);
    // For a span of a few of the smallest doubles this underflows to −∞, whose negative would overflow below.
    let mut exponent = (span / most as f64).log10().floor().max(-330.0) as i32;
    let (mantissa, major) = loop {
        let fitting = [1_i32, 2, 5].into_iter().find_map(|mantissa| {
            let values = multiples(low, high, mantissa, exponent, 60)?;
            (values.len() <= most).then_some((mantissa, values))
        });
        match fitting {
            Some(found) => break found,
            None if exponent > 310 => return Ticks::default(),
            None => exponent += 1,
        }
    };
    // 1 and 5 are divided into five parts, 2 into four, so that the minor ticks are round numbers as well.
    let minor = match mantissa {
        1 => multiples(low, high, 2, exponent - 1, 400),
        2 => multiples(low, high, 5, exponent - 1, 400),
        _ => multiples(low, high, 1, exponent, 400),
    };
    let labels = linear_labels(&major, exponent);
    let minor = minor.unwrap_or_default().into_iter().filter(|v| !major.contains(v)).collect();
    Ticks { major: major.into_iter().zip(labels).collect(), minor }
}

/// Returns the multiples of mantissa·10^exponent in low..=high; `None` if there are more than `most`.
fn multiples(low: f64, high: f64, mantissa: i32, exponent: i32, most: usize) -> Option<Vec<f64>> {
    // Dividing by a positive power of ten keeps decimal fractions exact to the last bit.
    let value = |n: f64| {
        if exponent < 0 {
            n * f64::from(mantissa) / pow10(-exponent)
        } else {
            n * f64::from(mantissa) * pow10(exponent)
        }
    };
    let step = value(1.0);
    if step <= 0.0 || !step.is_finite() {
        return None;
    }
    let slack = (high - low) * 1e-9;
    let (first, last) = (((low - slack) / step).ceil(), ((high + slack) / step).floor());
    // Beyond 2^53, neighbouring multiples are the same number.
    if last - first >= most as f64 || first.abs().max(last.abs()) > 9e15 {
        return None;
    }
    let count = (last - first + 1.0).max(0.0) as usize;
    Some((0..count).map(|i| value(first + i as f64) + 0.0).filter(|v| v.is_finite()).collect())
}

fn pow10(exponent: i32) -> f64 {
    10.0_f64.powi(exponent)
}

fn linear_labels(values: &[f64], exponent: i32) -> Vec<String> {
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if largest == 0.0 {
        // However small the others would have been.
        return vec!["0".to_owned(); values.len()];
    }
    if (-12..6).contains(&exponent) && (1e-4..1e6).contains(&largest) {
        let decimals = (-exponent).max(0) as usize;
        return values.iter().map(|v| minus(&format!("{v:.decimals$}"))).collect();
    }
    let top = largest.log10().floor() as i32;
    let decimals = (top - exponent).clamp(0, 15) as usize;
    let unit = 10.0_f64.powi(top);
    values
        .iter()
        .map(|&v| {
            if v == 0.0 {
                "0".to_owned()
            } else {
                let mantissa = if unit > 0.0 && unit.is_finite() { v / unit } else { v };
                minus(&format!("{mantissa:.decimals$}×{}", power_of_ten(top)))
            }
        })
        .collect()
}

/// Returns the ticks of a logarithmic axis: decades (each, every other, every fifth, …), or 1, 2 and 5 times each
/// decade if only a few decades are visible; at most `most`. If a short axis would have fewer than two of them, they
/// are those of [`linear`]. Empty unless `0 < low < high`, both finite.
#[must_use]
pub fn log(low: f64, high: f64, most: usize) -> Ticks {
    if !(low > 0.0 && low < high && high.is_finite()) {
        return Ticks::default();
    }
    let most = most.clamp(2, 50);
    let (first, last) = (low.log10().floor() as i32 - 1, high.log10().ceil() as i32 + 1);
    let inside = |v: f64| v >= low * (1.0 - 1e-9) && v <= high * (1.0 + 1e-9);
    let power = |mantissa: i32, e: i32| {
        if e < 0 { f64::from(mantissa) / pow10(-e) } else { f64::from(mantissa) * pow10(e) }
    };
    let at = |mantissas: &[i32], stride: i32| -> Vec<(i32, i32)> {
        (first..=last)
            .filter(|e| e.rem_euclid(stride) == 0)
            .flat_map(|e| mantissas.iter().map(move |&m| (m, e)))
            .filter(|&(m, e)| inside(power(m, e)))
            .collect()
    };
    let dense = [&[1, 2, 5][..], &[1, 3][..]]
        .into_iter()
        .map(|mantissas| at(mantissas, 1))
        .find(|t| t.len() <= most.min(7));
    let decades = at(&[1], 1);
    let chosen = match dense {
        Some(dense) if decades.len() < 3 => dense,
        _ => [1, 2, 5, 10, 20, 50, 100, 200]
            .into_iter()
            .map(|stride| at(&[1], stride))
            .find(|t| t.len() <= most)
            .unwrap_or_default(),
    };
    if chosen.len() < 2 && high / low < 100.0 {
        return linear(low, high, most);
    }
    let plain = chosen.iter().all(|&(_, e)| (-3..=4).contains(&e));
    let label = |&(m, e): &(i32, i32)| match (plain, m) {
        (true, _) => format!("{:.*}", (-e).max(0) as usize, power(m, e)),
        (false, 1) => power_of_ten(e),
        (false, _) => format!("{m}×{}", power_of_ten(e)),
    };
    let minor = if decades.len() <= most { at(&[1, 2, 3, 4, 5, 6, 7, 8, 9], 1) } else { decades };
    Ticks {
        minor: minor.iter().filter(|t| !chosen.contains(t)).map(|&(m, e)| power(m, e)).collect(),
        major: chosen.iter().map(|t| (power(t.0, t.1), label(t))).collect(),
    }
}
