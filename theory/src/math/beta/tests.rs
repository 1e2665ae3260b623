use super::*;

/// Checks that the continued fraction and the integral, which share only the power in front of them, agree where
/// either could be used, from a tenth of a standard deviation to five.
#[test]
fn the_two_methods_agree() {
    let mut worst = 0.0f64;
    for smaller in [30.5, 100.0, 400.0, 3000.0, 1e4] {
        for larger in [smaller, 1.7 * smaller, 30.0 * smaller, 1e6, 1e13] {
            for (a, b) in [(smaller, larger), (larger, smaller)] {
                let beta = Beta::from_shapes(a, b);
                let mean = a / (a + b);
                let deviation = (mean * (1.0 - mean) / (a + b)).sqrt();
                for tenths in 1..=50 {
                    let x = mean - 0.1 * f64::from(tenths) * deviation;
                    let distance = (Dd::from(a) - beta.n * Dd::from(x)).hi();
                    if larger < smaller {
                        continue;
                    }
                    let fraction = beta.fraction(x, 1.0 - x, distance);
                    let integral = integral::ratio(a, b, x, 1.0 - x, distance);
                    let error = (fraction / integral - 1.0).abs();
                    // Relative; the fraction takes 200 terms for the largest shapes here.
                    assert!(error < 4e-15, "{a} {b} {x}: {fraction} {integral}");
                    worst = worst.max(error);
                }
            }
        }
    }
    println!("fraction against integral: {worst:.2e}");
}

/// (z, δ(z)) from 60-digit arithmetic.
const STIRLING: [(f64, f64); 8] = [
    (1.0, 0.08106146679532726),
    (1.5, 0.05481412105191765),
    (2.0, 0.0413406959554093),
    (7.25, 0.011487002684428697),
    (15.999, 0.005207981333852433),
    (16.0, 0.0052076559196096404),
    (1000.0, 8.333333055555635e-05),
    (10000000000000.0, 8.333333333333334e-15),
];

#[test]
fn the_error_of_stirlings_formula() {
    for (z, want) in STIRLING {
        let got = stirling_error(z);
        assert!((got - want).abs() < 5e-17, "{z}: {got} {want}"); // absolute
    }
}
