//! The point of a line at which something changes.

use crate::claims::Verdict;

/// Returns the point between two others at which a verdict ends, to a thousandth of their distance.
pub(super) fn border((low, high): (f64, f64), first: Verdict, at: impl Fn(f64) -> Verdict) -> f64 {
    let (mut near, mut far) = (low, high);
    for _ in 0..10 {
        let middle = 0.5 * near + 0.5 * far;
        if at(middle) == first {
            near = middle;
        } else {
            far = middle;
        }
    }
    0.5 * near + 0.5 * far
}

/// Returns the zero of f between two points where it has different signs, to a few ulp; if f jumps, the place of the
/// jump. Method: T. R. Chandrupatla, Adv. Eng. Softw. 28 (1997), 145–149: inverse quadratic interpolation where it is
/// certain to help, and bisection otherwise.
pub(super) fn root(a: (f64, f64), b: (f64, f64), f: impl Fn(f64) -> f64) -> f64 {
    let ((mut x1, mut f1), (mut x2, mut f2)) = (a, b);
    let (mut x3, mut f3);
    if f1 == 0.0 {
        return x1;
    }
    if f2 == 0.0 {
        return x2;
    }
    let mut t = 0.5;
    for _ in 0..200 {
        let x = x1 + t * (x2 - x1);
        let value = f(x);
        if value == 0.0 {
            return x;
        }
        if value.signum() == f1.signum() {
            (x3, f3) = (x1, f1);
        } else {
            (x3, f3, x2, f2) = (x2, f2, x1, f1);
        }
        (x1, f1) = (x, value);
        let best = if f1.abs() < f2.abs() { x1 } else { x2 };
        let tolerance = 2.0 * f64::EPSILON * best.abs() + f64::MIN_POSITIVE;
        let least = tolerance / (x2 - x1).abs();
        if least > 0.5 {
            return best;
        }
        let (xi, phi) = ((x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2));
        let sure = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
        t = if sure {
            f1 / (f2 - f1) * f3 / (f2 - f3)
                + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
        } else {
            0.5
        };
        t = if t.is_finite() { t.clamp(least, 1.0 - least) } else { 0.5 };
    }
    x1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_exact() {
        for (f, at) in [
            ((|x: f64| x * x - 2.0) as fn(f64) -> f64, std::f64::consts::SQRT_2),
            (|x: f64| (x - 0.7).powi(3), 0.7),
            (|x: f64| if x < 1.25 { -1.0 } else { 2.0 }, 1.25),
        ] {
            let found = root((0.0, f(0.0)), (3.0, f(3.0)), f);
            assert!((found - at).abs() < 1e-15 * 2.0 || f(found).abs() < 1e-40, "{found} {at}");
        }
    }
}
