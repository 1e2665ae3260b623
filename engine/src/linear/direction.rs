//! The adversary's move: the vector δ of a given ℓp length that lowers y·w·x the most.

use task::Norm;

/// Returns the v with ‖v‖_p = 1 (within a few ulp) for which w·v is largest; δ = −y·ε·v. It is all zeros if `weights`
/// are.
///
/// These are the cases of equality in Hölder's inequality: p = 1 puts everything on the largest |wᵢ| (the first of
/// equal ones), p = ∞ moves every coordinate that has a weight by 1, and in between |vᵢ| is proportional to
/// |wᵢ|^(q − 1), 1/p + 1/q = 1. Every vᵢ has the sign of wᵢ or is 0. The powers are those of the crate libm, which
/// are the same on every machine.
///
/// ```
/// use gauss_sim_engine::linear::direction;
/// use task::Norm;
///
/// let weights = [3.0, -4.0];
/// assert_eq!(direction(Norm::ONE, &weights), [0.0, -1.0]);
/// assert_eq!(direction(Norm::MAX, &weights), [1.0, -1.0]);
/// let along = direction(Norm::TWO, &weights);
/// assert!((along[0] - 0.6).abs() < 1e-15 && (along[1] + 0.8).abs() < 1e-15);
/// ```
#[must_use]
pub fn direction(norm: Norm, weights: &[f64]) -> Vec<f64> {
    let top = weights.iter().fold(0.0f64, |top, w| top.max(w.abs()));
    if top == 0.0 {
        return vec![0.0; weights.len()];
    }
    let p = norm.p();
    if p == 1.0 {
        let mut only = vec![0.0; weights.len()];
        if let Some(first) = weights.iter().position(|w| w.abs() == top) {
            only[first] = weights[first].signum();
        }
        return only;
    }
    if p.is_infinite() {
        return weights.iter().map(|w| if *w == 0.0 { 0.0 } else { w.signum() }).collect();
    }
    let shares = weights.iter().map(|w| w.abs() / top);
    let (raw, length): (Vec<f64>, f64) = if p == 2.0 {
        let square: f64 = shares.clone().map(|r| r * r).sum();
        (shares.collect(), square.sqrt())
    } else {
        // (|w|^(q − 1))^p = |w|^q, which takes one power instead of two.
        let power: f64 = shares.clone().map(|r| libm::pow(r, p / (p - 1.0))).sum();
        let raw = shares.map(|r| libm::pow(r, 1.0 / (p - 1.0)));
        (raw.collect(), libm::pow(power, 1.0 / p))
    };
    raw.iter().zip(weights).map(|(v, w)| (v / length).copysign(*w)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_directions() {
        let w = [3.0, -4.0, 0.0, 4.0];
        assert_eq!(direction(Norm::ONE, &w), [0.0, -1.0, 0.0, 0.0]);
        assert_eq!(direction(Norm::MAX, &w), [1.0, -1.0, 0.0, 1.0]);
        let two = direction(Norm::TWO, &[3.0, -4.0, 0.0]);
        assert!(two.iter().zip([0.6, -0.8, 0.0]).all(|(v, known)| (v - known).abs() < 1e-15));
        // p = 3: |v| is proportional to √|w|.
        let three = direction(Norm::new(3.0).expect("a norm"), &[1.0, -4.0]);
        assert!((three[1] / three[0] + 2.0).abs() < 1e-15, "{three:?}");
        assert_eq!(direction(Norm::TWO, &[0.0, 0.0]), [0.0, 0.0]);
    }

    /// Checks that the length is 1 in its own norm and the product is the dual norm, both summed in plain loops.
    #[test]
    fn the_length_is_one_and_the_product_the_dual_norm() {
        let w: Vec<f64> = (1..40).map(|i| f64::from((i * 37) % 41 - 20) / 7.0).collect();
        for p in [1.000_1, 1.1, 1.5, 2.0, 3.0, 17.0, 1e6] {
            let v = direction(Norm::new(p).expect("a norm"), &w);
            let length = v.iter().map(|v| v.abs().powf(p)).sum::<f64>().powf(1.0 / p);
            assert!((length - 1.0).abs() < 1e-12, "p = {p}: {length}");
            let q = p / (p - 1.0);
            let top = w.iter().fold(0.0f64, |top, w| top.max(w.abs()));
            let dual = top * w.iter().map(|w| (w.abs() / top).powf(q)).sum::<f64>().powf(1.0 / q);
            let product: f64 = v.iter().zip(&w).map(|(v, w)| v * w).sum();
            assert!((product / dual - 1.0).abs() < 1e-11, "p = {p}: {product} {dual}");
        }
    }
}
