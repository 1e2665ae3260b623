//! Procedures on smoothed classifiers: what is exact of them, what is asked of the engine, and what was counted.

use engine::certify::{Bar, Case, CaseCounts, Procedure};
use rayon::prelude::*;
use task::DomainError;
use task::certify::{Answers, Smoothed};
use task::range::Range;
use task::spec::SpecError;
use theory::certify::{Certifier, Outcomes, predict, radius_max, true_radius_accuracy};
use theory::math::bounded::Bounded;
use theory::math::normal::sf;

use super::rows::{CERTIFY, PREDICT};
use crate::experiment::{ExactRate, SampledRow, Watch};

/// One procedure on one smoothed classifier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::experiments) struct Point {
    pub(in crate::experiments) smoothed: Smoothed,
    /// `None` for PREDICT.
    pub(in crate::experiments) n0: Option<Answers>,
    pub(in crate::experiments) n: Answers,
    pub(in crate::experiments) alpha: f64,
}

/// Procedures, and the radii that are certified; none for PREDICT.
#[derive(Debug)]
pub(in crate::experiments) struct Points<'a> {
    pub(in crate::experiments) points: &'a [Point],
    pub(in crate::experiments) radii: &'a [f64],
}

/// What is exact in a row besides its rates: columns that all kinds of certificates have.
pub(in crate::experiments) struct Facts {
    pub(in crate::experiments) sigma: f64,
    pub(in crate::experiments) n0: Option<Answers>,
    pub(in crate::experiments) n: Answers,
    pub(in crate::experiments) alpha: f64,
    pub(in crate::experiments) radius: Option<f64>,
    pub(in crate::experiments) procedure: String,
    pub(in crate::experiments) average_certified_radius: Option<f64>,
    pub(in crate::experiments) radius_max: Option<f64>,
    pub(in crate::experiments) constant_radius: Option<f64>,
    pub(in crate::experiments) true_radius_accuracy: Option<f64>,
    pub(in crate::experiments) abstain_floor: Option<f64>,
}

/// Of which point and of which radius a row is.
#[derive(Debug, Clone, Copy)]
pub(in crate::experiments) struct Place {
    pub(in crate::experiments) point: usize,
    pub(in crate::experiments) radius: usize,
}

/// What is known of a point.
struct Known {
    outcomes: Outcomes,
    average_radius: Option<f64>,
    floor: Option<f64>,
    /// By radius.
    certified: Vec<Bounded>,
}

/// Fails where a level or a radius is outside its domain.
pub(in crate::experiments) fn check(alpha: &Range, radius: &Range) -> Result<(), SpecError> {
    let refused = |name, value: f64, expected: &str| {
        let (value, expected) = (task::range::short(value), expected.to_owned());
        Err(SpecError::from(DomainError { name, value, expected }))
    };
    if let Some(alpha) = alpha.values().iter().find(|a| !(1e-100..=0.5).contains(*a)) {
        return refused("alpha", *alpha, "a number from 1e-100 to 0.5");
    }
    match radius.values().iter().find(|r| !(0.0..=1e15).contains(*r)) {
        Some(radius) => refused("radius", *radius, "a number from 0 to 1e15"),
        None => Ok(()),
    }
}

impl Point {
    fn known(&self, radii: &[f64]) -> Known {
        let Self { smoothed, n0, n, alpha } = self;
        let Some(n0) = n0 else {
            let outcomes = predict(smoothed, *n, *alpha);
            return Known { outcomes, average_radius: None, floor: None, certified: Vec::new() };
        };
        let certifier = Certifier::new(smoothed, *n0, *n, *alpha);
        let finite = *n != Answers::Limit;
        Known {
            outcomes: certifier.answers(),
            average_radius: Some(certifier.average_radius().value),
            floor: finite.then(|| certifier.abstain_floor().value),
            certified: radii.iter().map(|r| certifier.certified(*r)).collect(),
        }
    }

    fn facts(&self, known: &Known, radius: Option<f64>) -> Facts {
        let Self { smoothed, n0, n, alpha } = *self;
        let (sigma, prior) = (smoothed.sigma(), smoothed.prior().get());
        let largest = n0.map(|_| radius_max(sigma, n, alpha));
        Facts {
            sigma,
            n0,
            n,
            alpha,
            radius,
            procedure: if n0.is_some() { CERTIFY } else { PREDICT }.to_owned(),
            average_certified_radius: known.average_radius,
            radius_max: largest,
            constant_radius: largest.map(|largest| prior.max(1.0 - prior) * largest),
            true_radius_accuracy: radius
                .map(|radius| true_radius_accuracy(&smoothed, radius).value),
            abstain_floor: known.floor,
        }
    }
}

impl Points<'_> {
    /// What is exact of every point at every radius, with how far a sampled probability may be from its value: `bias`.
    pub(in crate::experiments) fn exact<R: Send>(
        &self,
        watch: &dyn Watch,
        bias: impl Fn(Answers, Answers) -> f64 + Sync,
        row: impl Fn(Place, Facts, Vec<ExactRate>) -> R + Sync,
    ) -> Vec<R> {
        watch.begin("certificates", Some(self.points.len() as u64));
        let of = |(index, point): (usize, &Point)| {
            let known = point.known(self.radii);
            let once = bias(point.n0.unwrap_or(Answers::Limit), point.n);
            let Outcomes { right, wrong, abstain } = known.outcomes;
            let rate = |value: Bounded| ExactRate { value: Some(value), bias: once };
            let row = |radius: usize, certified: Option<(f64, Bounded)>| {
                let among = certified.and_then(|(_, value)| known.outcomes.among_answered(value));
                let answered = 1.0 - abstain.value;
                let rates = vec![
                    ExactRate { value: certified.map(|(_, value)| value), bias: once },
                    rate(right),
                    rate(wrong),
                    rate(abstain),
                    ExactRate { value: among, bias: 3.0 * once / answered.max(once) },
                ];
                let place = Place { point: index, radius };
                row(place, point.facts(&known, certified.map(|(radius, _)| radius)), rates)
            };
            let radii = self.radii.iter().copied().zip(known.certified.iter().copied());
            let rows: Vec<R> = match point.n0 {
                None => vec![row(0, None)],
                Some(_) => radii.enumerate().map(|(i, known)| row(i, Some(known))).collect(),
            };
            watch.step(1);
            rows
        };
        let rows: Vec<Vec<R>> = self.points.par_iter().enumerate().map(of).collect();
        rows.into_iter().flatten().collect()
    }

    /// What the engine is asked about every point.
    pub(in crate::experiments) fn cases(&self) -> impl Iterator<Item = Case> {
        self.points.iter().map(|point| {
            let sigma = point.smoothed.sigma();
            let bar = |&radius: &f64| Bar { radius, miss: sf(radius / sigma) };
            Case {
                sigma,
                procedure: point.n0.map_or(Procedure::Predict, Procedure::Certify),
                n: point.n,
                alpha: point.alpha,
                bars: self.radii.iter().map(bar).collect(),
            }
        })
    }
}

/// The rows of what was counted of `samples` samples, case by case and radius by radius.
pub(in crate::experiments) fn sampled(counts: &[CaseCounts], samples: u64) -> Vec<SampledRow> {
    let row = |counts: &CaseCounts, certified: Option<u64>| {
        let CaseCounts { right, wrong, .. } = *counts;
        let answered = right + wrong;
        // PREDICT certifies nothing: no trials, and no estimate.
        let trials = certified.map_or([0, 0], |_| [samples, answered]);
        let abstained = samples.saturating_sub(answered);
        let counts = [certified.unwrap_or(0), right, wrong, abstained, trials[0], trials[1]];
        SampledRow { counts: counts.to_vec(), found: Vec::new() }
    };
    let rows = |counts: &CaseCounts| match counts.certified.is_empty() {
        true => vec![row(counts, None)],
        false => counts.certified.iter().map(|certified| row(counts, Some(*certified))).collect(),
    };
    counts.iter().flat_map(rows).collect()
}
