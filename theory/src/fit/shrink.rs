//! How much a pooled covariance is shrunk, and what it is then.

use task::fit::Shrinkage;

use super::pooled::Moments;

/// The weight of tr S/d·I, from 0 to 1.
pub(super) fn weight(moments: &Moments, shrinkage: Shrinkage) -> f64 {
    let d = diagonal(moments).count();
    if let Shrinkage::Fixed(weight) = shrinkage {
        return weight;
    }
    // Of one column the identity is a multiple of the covariance.
    if d == 1 {
        return 0.0;
    }
    let side = d + 1;
    let (d, n) = (d as f64, moments.count as f64);
    let mean = diagonal(moments).sum::<f64>() / d;
    let square: f64 = moments.covariance.iter().map(|entry| entry * entry).sum();
    // Formed of the deviations, which do not cancel where S is nearly a multiple of the identity.
    let deviation: f64 = moments
        .covariance
        .iter()
        .enumerate()
        .map(|(i, entry)| if i % side == 0 { entry - mean } else { *entry })
        .map(|entry| entry * entry)
        .sum();
    match shrinkage {
        Shrinkage::LedoitWolf => {
            let spread = (moments.fourth - square) / (d * n);
            let distance = deviation / d;
            let spread = spread.clamp(0.0, distance.max(0.0));
            if spread == 0.0 { 0.0 } else { spread / distance }
        }
        _ => {
            let numerator = square / (d * d) + mean * mean;
            let denominator = (n + 1.0) * (deviation / (d * d));
            if denominator == 0.0 { 1.0 } else { (numerator / denominator).min(1.0) }
        }
    }
}

/// (1 − s)·S + s·(tr S/d)·I, for the weight s.
pub(super) fn shrink(moments: Moments, weight: f64) -> Vec<f64> {
    let d = diagonal(&moments).count();
    let mean = diagonal(&moments).sum::<f64>() / d as f64;
    let mut covariance = moments.covariance;
    if weight > 0.0 {
        covariance.iter_mut().for_each(|entry| *entry *= 1.0 - weight);
        covariance.iter_mut().step_by(d + 1).for_each(|entry| *entry += weight * mean);
    }
    covariance
}

fn diagonal(moments: &Moments) -> impl Iterator<Item = f64> + '_ {
    let d = moments.covariance.len().isqrt();
    moments.covariance.iter().copied().step_by(d + 1)
}
