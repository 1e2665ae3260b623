//! Labels of rows and curves, as short as they can be.

use task::range::short;

/// Returns labels with as few digits as distinguish them, at least three.
pub(crate) fn told_apart(labels: &[String]) -> Vec<String> {
    let rounded = |digits: usize| -> Vec<String> {
        labels.iter().map(|label| with_digits(label, digits)).collect()
    };
    let apart = |labels: &[String]| {
        labels.iter().enumerate().all(|(i, label)| !labels[..i].contains(label))
    };
    (3..17).map(rounded).find(|rounded| apart(rounded)).unwrap_or_else(|| labels.to_vec())
}

/// Rounds every decimal of a text that has more than this many significant digits.
fn with_digits(text: &str, digits: usize) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let end = rest[start..]
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .map_or(rest.len(), |end| start + end);
        let number = &rest[start..end];
        let significant = number.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit);
        done += &rest[..start];
        done += &match number.parse::<f64>() {
            Ok(value) if number.contains('.') && significant.count() > digits => {
                let exponent = format!("{value:.*e}", digits - 1);
                exponent.parse().map_or(exponent, short)
            }
            _ => number.to_owned(),
        };
        rest = &rest[end..];
    }
    done + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_as_many_digits_as_tell_them_apart() {
        let of = |labels: &[&str]| {
            told_apart(&labels.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            of(&["defended (k = 0.18181818181818182)", "defended (k = 0.2727272727272727)"]),
            ["defended (k = 0.182)", "defended (k = 0.273)"]
        );
        assert_eq!(of(&["k = 0.18181818", "k = 0.18189"]), ["k = 0.1818", "k = 0.1819"]);
        assert_eq!(
            of(&["voted (n = 101)", "voted (n = 100001)"]),
            ["voted (n = 101)", "voted (n = 100001)"]
        );
        assert_eq!(of(&["k = 0.5", "k = 0.5"]), ["k = 0.5", "k = 0.5"]);
    }
}
