//! Properties of ticks and contour lines.

use crate::numbers::read;
use gauss_sim_plots::{ColorScale, contour, ticks};
use proptest::prelude::*;

fn close(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-9 * scale
}

proptest! {
    #[test]
    fn linear_ticks_are_few_ordered_inside_and_round(
        low in -1e6_f64..1e6, span in 1e-6_f64..1e7, most in 2_usize..12,
    ) {
        let high = low + span;
        let ticks = ticks::linear(low, high, most);
        prop_assert!(ticks.major.len() <= most);
        // 1-2-5 steps never leave an axis bare.
        prop_assert!(ticks.major.len() >= (most / 3).max(usize::from(most > 2)), "{ticks:?}");
        let step = ticks.major.windows(2).map(|p| p[1].0 - p[0].0).next();
        for (value, label) in &ticks.major {
            prop_assert!(*value >= low - 1e-8 * span && *value <= high + 1e-8 * span);
            prop_assert!(close(read(label), *value, span + value.abs() * 1e-5), "{label} {value}");
        }
        if let Some(step) = step {
            let mantissa = step / 10.0_f64.powf(step.log10().floor());
            let round = [1.0, 2.0, 5.0, 10.0].iter().any(|r| (mantissa - r).abs() < 1e-3);
            prop_assert!(round, "{step}");
            prop_assert!(ticks.major.windows(2).all(|p| close(p[1].0 - p[0].0, step, span + low.abs() * 1e-5)));
        }
        let mut labels: Vec<&String> = ticks.major.iter().map(|t| &t.1).collect();
        labels.dedup();
        prop_assert_eq!(labels.len(), ticks.major.len(), "labels differ");
        prop_assert!(ticks.minor.iter().all(|v| ticks.major.iter().all(|t| t.0 != *v)));
    }

    #[test]
    fn log_ticks_are_few_ordered_and_inside(
        low in -20.0_f64..20.0, span in 1e-3_f64..40.0, most in 2_usize..12,
    ) {
        let (a, b) = (10.0_f64.powf(low), 10.0_f64.powf(low + span));
        let ticks = ticks::log(a, b, most);
        prop_assert!(ticks.major.len() <= most);
        prop_assert!(ticks.major.windows(2).all(|p| p[0].0 < p[1].0));
        for (value, label) in &ticks.major {
            prop_assert!(*value >= a * (1.0 - 1e-6) && *value <= b * (1.0 + 1e-6));
            prop_assert!(close(read(label), *value, value.abs() * 1e3), "{label} {value}");
        }
    }

    #[test]
    fn ticks_survive_anything(low: f64, high: f64, most: usize) {
        prop_assert!(ticks::linear(low, high, most).major.len() <= 50);
        prop_assert!(ticks::log(low, high, most).major.len() <= 50);
    }

    #[test]
    fn a_plane_has_straight_contours(a in -2.0_f64..2.0, b in 0.2_f64..2.0, c in -1.0_f64..1.0) {
        let xs: Vec<f64> = (0..9).map(f64::from).collect();
        let ys: Vec<f64> = (0..7).map(|j| f64::from(j) * 1.5).collect();
        let f = |x: f64, y: f64| a * x + b * y + c;
        let values: Vec<f64> = ys.iter().flat_map(|&y| xs.iter().map(move |&x| f(x, y))).collect();
        let level = f(4.3, 4.1);
        let lines = contour::lines(&xs, &ys, &values, level);
        prop_assert_eq!(lines.len(), 1);
        for &(x, y) in &lines[0] {
            prop_assert!((f(x, y) - level).abs() < 1e-12, "({x}, {y})");
        }
    }

    #[test]
    fn contours_survive_anything(values in proptest::collection::vec(any::<f64>(), 12), level: f64) {
        let (xs, ys) = ([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0]);
        for (x, y) in contour::lines(&xs, &ys, &values, level).into_iter().flatten() {
            prop_assert!((0.0..=3.0).contains(&x) && (0.0..=2.0).contains(&y));
        }
    }
}

#[test]
fn known_ticks() {
    let labels = |t: &ticks::Ticks| t.major.iter().map(|t| t.1.clone()).collect::<Vec<_>>();
    let t = ticks::linear(0.0, 4.0, 9);
    assert_eq!(labels(&t), ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0"]);
    assert!(t.minor.contains(&0.3));
    assert_eq!(labels(&ticks::linear(-0.1, 0.1, 5)), ["−0.10", "−0.05", "0.00", "0.05", "0.10"]);
    assert_eq!(labels(&ticks::linear(0.0, 1e7, 3)), ["0", "0.5×10⁷", "1.0×10⁷"]);
    assert_eq!(labels(&ticks::log(1.0, 1e6, 8)), ["10⁰", "10¹", "10²", "10³", "10⁴", "10⁵", "10⁶"]);
    assert_eq!(labels(&ticks::log(0.01, 100.0, 8)), ["0.01", "0.1", "1", "10", "100"]);
    assert_eq!(labels(&ticks::log(0.5, 20.0, 8)), ["0.5", "1", "2", "5", "10", "20"]);
}

/// The values of f on a grid over [−2, 2]².
fn grid(n: u32, f: impl Fn(f64, f64) -> f64) -> (Vec<f64>, Vec<f64>) {
    let xs: Vec<f64> = (0..n).map(|i| -2.0 + 4.0 * f64::from(i) / f64::from(n - 1)).collect();
    let values = xs.iter().flat_map(|&y| xs.iter().map(move |&x| (x, y))).map(|(x, y)| f(x, y));
    let values = values.collect();
    (xs, values)
}

#[test]
fn a_circle_is_one_closed_line_at_its_radius() {
    let (xs, values) = grid(42, |x, y| x * x + y * y);
    let lines = contour::lines(&xs, &xs, &values, 1.0);
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(line.first(), line.last());
    assert!(line.len() > 40);
    for &(x, y) in line {
        assert!((x.hypot(y) - 1.0).abs() < 2e-3, "({x}, {y})");
    }
}

#[test]
fn a_saddle_has_two_lines_that_do_not_cross() {
    let (xs, values) = grid(40, |x, y| x * y - 1e-3);
    let lines = contour::lines(&xs, &xs, &values, 0.0);
    assert_eq!(lines.len(), 2);
    for line in lines {
        let sides: Vec<bool> = line.iter().map(|p| p.0 > 0.0).collect();
        assert!(sides.iter().all(|s| *s == sides[0]));
    }
}

#[test]
fn a_level_that_is_touched_but_not_passed_has_no_line() {
    // Zero along two borders, negative inside.
    let (xs, values) = grid(21, |x, y| -(x + 2.0) * (y + 2.0));
    assert!(contour::lines(&xs, &xs, &values, 0.0).is_empty());
    // Zero exactly on a column of the grid, passed there.
    let (xs, values) = grid(21, |x, _| x);
    let lines = contour::lines(&xs, &xs, &values, 0.0);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].iter().all(|p| p.0.abs() < 1e-12));
}

#[test]
fn contours_leave_out_cells_without_values() {
    let (xs, values) = grid(41, |x, y| if x > 0.0 { f64::NAN } else { x * x + y * y });
    let lines = contour::lines(&xs, &xs, &values, 1.0);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].iter().all(|p| p.0 <= 0.0));
    assert_ne!(lines[0].first(), lines[0].last());
}

#[test]
fn colour_scales_grow_evenly_darker() {
    for (scale, from) in [(ColorScale::Diverging, 0.5), (ColorScale::Sequential, 0.0)] {
        let light: Vec<f64> = (0..=50)
            .map(|k| scale.color(from + (1.0 - from) * f64::from(k) / 50.0).lightness())
            .collect();
        assert!(light.windows(2).all(|p| p[1] < p[0] + 0.2), "{scale:?} {light:?}");
    }
    let side = |t: f64| ColorScale::Diverging.color(t).lightness();
    for k in 0..=10 {
        let t = f64::from(k) / 20.0;
        assert!((side(t) - side(1.0 - t)).abs() < 6.0, "{t}: {} {}", side(t), side(1.0 - t));
    }
    assert_eq!(ColorScale::Diverging.limits(-1.0, 3.0), (-3.0, 3.0));
    assert_eq!(ColorScale::Sequential.limits(f64::INFINITY, f64::NEG_INFINITY), (-1.0, 1.0));
}
