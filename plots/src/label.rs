//! The formatting of numbers and powers in titles, legends and labels.

/// The largest number of significant digits of a single number.
const DIGITS: usize = 6;
/// The number of significant digits of numbers side by side, if it is enough to distinguish them.
const LEAST: usize = 3;

/// Formats a number for a title: with at most six significant digits, a proper minus sign, and a power of ten from a
/// million on and below a thousandth.
///
/// ```
/// use gauss_sim_plots::label::number;
///
/// assert_eq!(number(0.5), "0.5");
/// assert_eq!(number(2.0 / 11.0), "0.181818");
/// assert_eq!(number(-1e-6), "−10⁻⁶");
/// assert_eq!(number(2.5e7), "2.5×10⁷");
/// assert_eq!(number(f64::INFINITY), "∞");
/// ```
#[must_use]
pub fn number(value: f64) -> String {
    rounded(value, DIGITS)
}

/// Returns labels for numbers side by side, in a legend or a list: short, and each accurate enough to distinguish its
/// value from every other. They have three significant digits, but no decimals that are small compared with the steps
/// between the values, and more digits only where they are needed. Equal values have equal labels.
///
/// ```
/// use gauss_sim_plots::label::distinct;
///
/// assert_eq!(distinct(&[0.0, 1.0 / 11.0, 2.0 / 11.0]), ["0", "0.091", "0.182"]);
/// assert_eq!(distinct(&[0.1, 0.25, 3.0]), ["0.1", "0.25", "3"]);
/// // Only those that are close to each other need more.
/// assert_eq!(distinct(&[1.0, 2.00001, 2.00002]), ["1", "2.00001", "2.00002"]);
/// ```
#[must_use]
pub fn distinct(values: &[f64]) -> Vec<String> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let steps = sorted.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > 0.0);
    let step = steps.fold(f64::INFINITY, f64::min);
    // The last decimal is off by at most a twentieth of the smallest step.
    let decimals = (1.0 - step.log10()).ceil();
    let at_first = |value: f64| {
        let digits = value.abs().log10().floor() + 1.0 + decimals;
        let whole = format!("{value:.*e}", LEAST - 1).parse() == Ok(value);
        // Keep all digits of a short value, of a single one, and of one that is not finite.
        if whole || !digits.is_finite() { LEAST } else { (digits as usize).clamp(1, LEAST) }
    };

    // Signs of zeros and kinds of NaN are not shown.
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    let mut labels: Vec<Option<String>> = vec![None; values.len()];
    for more in 0..17 {
        let texts: Vec<String> = values
            .iter()
            .zip(&labels)
            .map(|(&v, label)| {
                label.clone().unwrap_or_else(|| rounded(v, (at_first(v) + more).min(17)))
            })
            .collect();
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&i, &j| texts[i].cmp(&texts[j]));
        // Equal texts are neighbours.
        for group in order.chunk_by(|&i, &j| texts[i] == texts[j]) {
            // With seventeen digits, any two numbers differ.
            let alike = group.iter().all(|&i| same(values[i], values[group[0]]));
            if alike || more == 16 {
                group.iter().for_each(|&i| labels[i] = Some(texts[i].clone()));
            }
        }
    }
    labels.into_iter().map(Option::unwrap_or_default).collect()
}

/// Formats a power with a raised exponent: `power("N", "-1/2")` is N⁻¹ᐟ². An exponent may consist of digits, signs, a
/// slash, a point, parentheses, = and the letters n and i; any other is written as N^(…).
///
/// ```
/// use gauss_sim_plots::label::power;
///
/// assert_eq!(power("N", "−1/2"), "N⁻¹ᐟ²");
/// assert_eq!(power("10", "-6"), "10⁻⁶");
/// assert_eq!(power("x", "α"), "x^(α)");
/// ```
#[must_use]
pub fn power(base: &str, exponent: &str) -> String {
    let raised: Option<String> = exponent.trim().chars().map(superscript).collect();
    raised.map_or_else(|| format!("{base}^({exponent})"), |raised| format!("{base}{raised}"))
}

fn superscript(c: char) -> Option<char> {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    Some(match c {
        '0'..='9' => DIGITS[c as usize - '0' as usize],
        '-' | '−' => '⁻',
        '+' => '⁺',
        '=' => '⁼',
        '(' => '⁽',
        ')' => '⁾',
        '/' => 'ᐟ',
        '.' => '·',
        'n' => 'ⁿ',
        'i' => 'ⁱ',
        _ => return None,
    })
}

/// Formats an integer power of 10.
pub(crate) fn power_of_ten(exponent: i32) -> String {
    power("10", &exponent.to_string())
}

/// Replaces hyphens by proper minus signs.
pub(crate) fn minus(text: &str) -> String {
    text.replace('-', "−")
}

/// Formats `value` with this many significant digits, without trailing zeros.
fn rounded(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        let text = if value.is_nan() { "NaN" } else { "∞" };
        return if value < 0.0 { format!("−{text}") } else { text.to_owned() };
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // If sixteen digits are not enough for a number, use the shortest representation that is.
    let text = match digits {
        ..17 => format!("{:.*e}", digits.saturating_sub(1), value.abs()),
        _ => format!("{:e}", value.abs()),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let all = mantissa.replace('.', "");
    let all = all.trim_end_matches('0');
    let sign = if value < 0.0 { "−" } else { "" };
    let shown = match exponent {
        ..-3 | 6.. => {
            let (first, rest) = all.split_at(1.min(all.len()));
            match (first, rest) {
                ("1", "") => power_of_ten(exponent),
                (first, "") => format!("{first}×{}", power_of_ten(exponent)),
                (first, rest) => format!("{first}.{rest}×{}", power_of_ten(exponent)),
            }
        }
        ..0 => format!("0.{}{all}", "0".repeat((-1 - exponent) as usize)),
        _ => {
            let whole = exponent as usize + 1;
            match all.split_at_checked(whole) {
                Some((whole, "")) => whole.to_owned(),
                Some((whole, part)) => format!("{whole}.{part}"),
                None => format!("{all:0<whole$}"),
            }
        }
    };
    format!("{sign}{shown}")
}
