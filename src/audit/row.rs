//! What is found of the claims as rows: one a claim, metric and protocol, and one a point of a frontier.
//!
//! Numbers are written in the shortest form that reads back exactly; what does not apply is empty in
//! CSV and null in JSON.

use serde::Serialize;
use task::Claim;

use super::Audited;
use crate::answer::Judged as _;

/// What was asked about the claims, as resolved.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// The class mean.
    pub mean: f64,
    /// The standard deviation of x given y.
    pub data_std: f64,
    /// The mean of θ.
    pub shift: f64,
    /// The standard deviations of θ, in the grammar of the command line.
    pub sigma: String,
    /// The budgets, likewise.
    pub eps: String,
    /// The claims by name.
    pub claims: Vec<&'static str>,
    /// The metrics by name.
    pub metrics: Vec<&'static str>,
    /// The draw protocols.
    pub draws: Vec<String>,
}

/// What is found of one claim under one definition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimRow {
    /// The claim.
    pub claim: &'static str,
    /// What is compared.
    pub metric: &'static str,
    /// How θ is drawn for the clean and the attacked input.
    pub draws: String,
    /// The class mean.
    pub mean: f64,
    /// The standard deviation of x given y.
    pub data_std: f64,
    /// The mean of θ.
    pub shift: f64,
    /// The region: least sigma.
    pub sigma_low: f64,
    /// Greatest sigma.
    pub sigma_high: f64,
    /// Least ε.
    pub eps_low: f64,
    /// Greatest ε.
    pub eps_high: f64,
    /// At how many values of sigma the claim was looked at.
    pub sigma_points: usize,
    /// At how many values of ε.
    pub eps_points: usize,
    /// At how many of these the two sides are equal as far as they can be computed.
    pub unresolved_points: usize,
    /// `everywhere`, `partly` or `nowhere` at these points.
    pub holds: &'static str,
    /// The failing share of the region's area (of its length, of the point).
    pub failing_share: f64,
    /// The share in which it is proven to hold; empty where no proof is offered.
    pub proven_to_hold: Option<f64>,
    /// The share in which it is proven to fail.
    pub proven_to_fail: Option<f64>,
    /// The largest violation, in units of the metric; empty where there is none.
    pub violation: Option<f64>,
    /// Where it is.
    pub violation_sigma: Option<f64>,
    /// Where it is.
    pub violation_eps: Option<f64>,
    /// A point with few digits at which the claim fails nearly as much, or the one next to σ = 1, ε = ½.
    pub witness_sigma: f64,
    /// The same.
    pub witness_eps: f64,
    /// The stages that are compared there.
    pub first: String,
    /// The claim says that this is the better one (of `vote-restores`: the nearer to undefended).
    pub second: String,
    /// metric(second) − metric(first), exact.
    pub difference: f64,
    /// How many samples were drawn.
    pub samples: Option<u64>,
    /// metric(second) − metric(first) on the same samples.
    pub mc_difference: Option<f64>,
    /// Its exact interval: lower limit.
    pub mc_low: Option<f64>,
    /// Upper limit.
    pub mc_high: Option<f64>,
    /// Of the test that there is no difference.
    pub p_value: Option<f64>,
    /// Which stage the samples have shown to be better: `first`, `second` or `not-decided`.
    pub shown: Option<&'static str>,
    /// About how many samples are enough to show it.
    pub samples_needed: Option<u64>,
    /// Whether the simulation agrees with the exact difference.
    pub agrees: Option<bool>,
}

impl ClaimRow {
    /// The row of a finding over a region, with how many samples its witness was simulated.
    #[must_use]
    pub fn new(audited: &Audited, region: [[f64; 2]; 2], samples: u64) -> Self {
        let Audited { finding, evidence, rows, difference, simulated } = audited;
        let case = finding.case;
        let [[sigma_low, sigma_high], [eps_low, eps_high]] = region;
        let compared = &rows[rows.len() - 2..];
        let cover = evidence.cover.as_ref();
        let simulated = simulated.as_ref();
        Self {
            claim: case.claim.name(),
            metric: case.metric.name(),
            draws: case.draws.to_string(),
            mean: case.task.mean(),
            data_std: case.task.data_std(),
            shift: case.shift,
            sigma_low,
            sigma_high,
            eps_low,
            eps_high,
            sigma_points: evidence.points[0],
            eps_points: evidence.points[1],
            unresolved_points: finding.unresolved,
            holds: finding.extent.name(),
            failing_share: finding.failing_share,
            proven_to_hold: cover.map(|cover| cover.holds),
            proven_to_fail: cover.map(|cover| cover.fails),
            violation: finding.worst.map(|worst| -worst.contrast.margin.value),
            violation_sigma: finding.worst.map(|worst| worst.sigma),
            violation_eps: finding.worst.map(|worst| worst.eps),
            witness_sigma: finding.witness.sigma,
            witness_eps: finding.witness.eps,
            first: compared[0].label(),
            second: compared[1].label(),
            difference: difference.value,
            samples: simulated.map(|_| samples),
            mc_difference: simulated.map(|s| s.difference.value),
            mc_low: simulated.map(|s| s.difference.low),
            mc_high: simulated.map(|s| s.difference.high),
            p_value: simulated.map(|s| s.p_value),
            shown: simulated.map(|s| s.sign.name()),
            samples_needed: simulated.and_then(|s| s.samples_needed),
            agrees: simulated.map(|s| s.agrees),
        }
    }
}

/// A point of the border of a region in which a claim fails. The points of a region, in order, go around it
/// once; those of the frontier among them are where the two sides of the claim are equal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RegionRow {
    /// The claim.
    pub claim: &'static str,
    /// What is compared.
    pub metric: &'static str,
    /// How θ is drawn.
    pub draws: String,
    /// Which of the regions in which the claim fails, from 1; one within another is a hole.
    pub region: usize,
    /// A point of its border.
    pub sigma: f64,
    /// The same.
    pub eps: f64,
    /// Whether the point is of the frontier; else it is where the region leaves the grid.
    pub frontier: bool,
}

/// The borders of the regions of all findings, point by point: see [`RegionRow`].
#[must_use]
pub fn region_rows(audited: &[Audited]) -> Vec<RegionRow> {
    let mut rows = Vec::new();
    for Audited { finding, .. } in audited {
        let case = finding.case;
        for (region, border) in (1..).zip(&finding.map.loops) {
            rows.extend(border.iter().map(|point| RegionRow {
                claim: case.claim.name(),
                metric: case.metric.name(),
                draws: case.draws.to_string(),
                region,
                sigma: point.sigma,
                eps: point.eps,
                frontier: point.root,
            }));
        }
    }
    rows
}

/// What a claim says, in words.
#[must_use]
pub fn statement(claim: Claim) -> &'static str {
    match claim {
        Claim::DefenseHelps => "undefended < defended",
        Claim::TrainingHurts => "trained < defended",
        Claim::TrainingKeepsSome => "undefended < trained",
        Claim::TradeOff => "the metric falls in k on [0, shift] while invariance rises",
        Claim::VoteRestores => "|voted(n) - undefended| falls to 0, at every step",
    }
}
