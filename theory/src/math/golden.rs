//! The minimum of a function that decreases and then increases, by golden sections.

/// 1/φ = (√5 − 1)/2.
const SECTION: f64 = 0.618_033_988_749_894_9;

/// Returns the place of the minimum of `f` between `low` and `high`, to `SECTION`^`rounds` of their distance, with
/// one evaluation of `f` per round; a local minimum if there are several. NaN counts as larger than anything.
pub(crate) fn least(mut f: impl FnMut(f64) -> f64, low: f64, high: f64, rounds: u32) -> f64 {
    let (mut low, mut high) = (low, high);
    let mut left = high - SECTION * (high - low);
    let mut right = low + SECTION * (high - low);
    let (mut at_left, mut at_right) = (f(left), f(right));
    for _ in 0..rounds {
        if at_left <= at_right || at_right.is_nan() {
            (high, right, at_right) = (right, left, at_left);
            left = high - SECTION * (high - low);
            at_left = f(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + SECTION * (high - low);
            at_right = f(right);
        }
    }
    if at_left <= at_right || at_right.is_nan() { left } else { right }
}

#[cfg(test)]
mod tests {
    use super::least;

    #[test]
    fn finds_the_bottom_of_a_parabola_and_an_end() {
        let at = least(|x| (x - 0.3).powi(2), -1.0, 2.0, 40);
        assert!((at - 0.3).abs() < 1e-7, "{at}");
        assert!(least(|x| x, 0.0, 1.0, 40) < 1e-7);
        assert!(least(|x| if x > 0.5 { f64::NAN } else { -x }, 0.0, 1.0, 60) <= 0.5);
    }
}
