//! Points that are dense enough to catch every turn of a sum of bells.

/// The distance from its middle up to which a bell matters, in its widths.
const REACH: f64 = 9.0;
/// The step, in widths of the narrowest bell that matters.
const FINE: f64 = 0.25;
/// The largest number of points; if more are needed, the steps are widened.
const MOST: usize = 400_000;

/// Returns ascending points from `low` to `high`, in steps of a quarter of the width of the narrowest of the `bells`
/// (place, width) that matters there.
pub(super) fn points(bells: &[(f64, f64)], low: f64, high: f64) -> Vec<f64> {
    if low >= high {
        return vec![low];
    }
    let mut points = vec![low];
    let mut at = low;
    let least = (high - low) / MOST as f64;
    while at < high {
        let free =
            |&(place, width): &(f64, f64)| (width * FINE).max((at - place).abs() - REACH * width);
        let step = bells.iter().map(free).fold(f64::INFINITY, f64::min);
        at = (at + step.max(least)).min(high);
        points.push(at);
    }
    points
}

/// Returns the place between `low` and `high` where `f` changes sign, to about neighbouring doubles; `f(low)` and
/// `f(high)` have different signs.
pub(super) fn root(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let rising = f(high) > 0.0;
    for _ in 0..200 {
        let middle = 0.5 * low + 0.5 * high;
        if middle <= low || middle >= high {
            break;
        }
        let value = f(middle);
        if value == 0.0 {
            return middle;
        }
        if (value > 0.0) == rising { high = middle } else { low = middle }
    }
    0.5 * low + 0.5 * high
}
