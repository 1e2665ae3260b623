//! The findings about the claims as rows: one per claim, metric and protocol, and one per point of the border of a
//! region in which a claim fails.

use std::borrow::Cow;

use task::range::VoteList;
use task::{Claim, DrawProtocol, Metric};
use theory::claims::{Case, Verdict, VoteSteps};

use super::query::Audited;
use crate::check::paired::Comparison;
use crate::columns;
use crate::experiments::grid::label;
use crate::table::Table;

columns! {
    /// The findings for one claim under one definition.
    pub struct Keys {
        /// The claim.
        claim: Claim,
        /// The metric that is compared.
        metric: Metric,
        /// How θ is drawn for the clean and the attacked input.
        draws: DrawProtocol,
        /// The numbers of votes that are compared, each with the one before it, or `all`; of the claims along votes.
        votes: Option<String>,
        /// The class mean, in units of x.
        mean: f64,
        /// The standard deviation of x given y, in units of x.
        data_std: f64,
        /// The mean of θ, in units of x.
        shift: f64,
        /// The smallest sigma of the region.
        sigma_low: f64,
        /// The largest sigma of the region.
        sigma_high: f64,
        /// The smallest ε of the region.
        eps_low: f64,
        /// The largest ε of the region.
        eps_high: f64,
        /// The number of values of sigma at which the claim was evaluated.
        sigma_points: usize,
        /// The number of values of ε at which the claim was evaluated.
        eps_points: usize,
        /// The number of these points at which the difference of the two sides is smaller than its error bound.
        unresolved_points: usize,
        /// `everywhere`, `partly`, `nowhere`, or `cannot-be-told`.
        holds: &'static str,
        /// The share of the region's area (or length) in which the claim fails; 0 or 1 at a point.
        failing_share: f64,
        /// The share in which it cannot be told; the claim holds in the rest.
        untold_share: f64,
        /// The share in which it is proven to hold; empty where no proof is offered.
        proven_to_hold: Option<f64>,
        /// The share in which it is proven to fail.
        proven_to_fail: Option<f64>,
        /// The largest violation, in units of the metric; empty where there is none.
        violation: Option<f64>,
        /// Where the largest violation is.
        violation_sigma: Option<f64>,
        /// Where the largest violation is.
        violation_eps: Option<f64>,
        /// A point with few digits at which the claim fails nearly as much, or the one next to σ = 1, ε = ½.
        witness_sigma: f64,
        /// The other coordinate of this point.
        witness_eps: f64,
        /// The first of the two stages that are compared at the witness.
        first: String,
        /// The second, which the claim says is the better one (for `vote-restores`, the nearer to undefended).
        second: String,
        /// metric(second) − metric(first), exact.
        difference: f64,
    }
}

columns! {
    /// The simulation at the witness.
    pub struct Found {
        /// How many samples were drawn.
        samples: Option<u64>,
        /// metric(second) − metric(first) on the same samples.
        mc_difference: Option<f64>,
        /// The lower limit of its exact interval.
        mc_low: Option<f64>,
        /// The upper limit of its exact interval.
        mc_high: Option<f64>,
        /// The p-value of the test that there is no difference.
        p_value: Option<f64>,
        /// The stage that the samples show to be better: `first`, `second` or `not-decided`.
        shown: Option<&'static str>,
        /// About how many samples would show the difference.
        samples_needed: Option<u64>,
        /// Whether the simulation agrees with the exact difference.
        agrees: Option<bool>,
    }
}

columns! {
    /// A point of the border of a region in which a claim fails. The points of a region, in order, go around it once;
    /// at those that belong to the frontier, the two sides of the claim are equal.
    pub struct RegionRow {
        /// The claim.
        claim: Claim,
        /// The metric that is compared.
        metric: Metric,
        /// How θ is drawn.
        draws: DrawProtocol,
        /// The verdict within the region: `fails` or `cannot-be-told`.
        verdict: &'static str,
        /// The number of the region among those with this verdict, from 1; one within another is a hole.
        region: usize,
        /// A point of the region's border.
        sigma: f64,
        /// The other coordinate of this point.
        eps: f64,
        /// Whether the point lies on the frontier, rather than on the edge of the grid.
        frontier: bool,
    }
}

impl Keys {
    /// Creates the row of a finding over a region: `[[smallest sigma, largest], [smallest eps, largest]]`.
    pub(super) fn new(audited: &Audited, region: [[f64; 2]; 2], votes: Option<&VoteList>) -> Self {
        let Audited { finding, rows, difference, .. } = audited;
        let case = finding.case;
        let [[sigma_low, sigma_high], [eps_low, eps_high]] = region;
        let compared = |from_end: usize| {
            let row = rows.row(rows.len() - from_end);
            row.map_or_else(String::new, |row| label(&row))
        };
        let cover = finding.cover.as_ref();
        let [sigma_points, eps_points] = audited.points();
        Self {
            claim: case.claim,
            metric: case.metric,
            draws: case.draws,
            votes: case
                .claim
                .is_along_votes()
                .then(|| votes.map_or_else(|| VoteSteps::All.to_string(), VoteList::to_string)),
            mean: case.task.mean(),
            data_std: case.task.data_std(),
            shift: case.shift,
            sigma_low,
            sigma_high,
            eps_low,
            eps_high,
            sigma_points,
            eps_points,
            unresolved_points: finding.unresolved,
            holds: finding.extent.name(),
            failing_share: finding.failing_share,
            untold_share: finding.untold_share,
            proven_to_hold: cover.map(|cover| cover.holds),
            proven_to_fail: cover.map(|cover| cover.fails),
            violation: finding.worst.map(|worst| -worst.contrast.margin.value),
            violation_sigma: finding.worst.map(|worst| worst.sigma),
            violation_eps: finding.worst.map(|worst| worst.eps),
            witness_sigma: finding.witness.sigma,
            witness_eps: finding.witness.eps,
            first: compared(2),
            second: compared(1),
            difference: difference.value,
        }
    }
}

impl Found {
    /// Creates the results of this many samples.
    pub(super) fn new(found: &Comparison, samples: u64) -> Self {
        Self {
            samples: Some(samples),
            mc_difference: Some(found.difference.value),
            mc_low: Some(found.difference.low),
            mc_high: Some(found.difference.high),
            p_value: Some(found.p_value),
            shown: Some(found.sign.name()),
            samples_needed: found.samples_needed,
            agrees: Some(found.agrees),
        }
    }
}

/// Returns the table of the regions, without rows.
pub(super) fn no_regions() -> Table {
    Table::of::<RegionRow>("regions", [])
}

/// Returns the borders of the regions of all findings, point by point: see [`RegionRow`].
pub(super) fn regions(audited: &[Audited]) -> Table {
    let mut rows = Vec::new();
    for Audited { finding, .. } in audited {
        let case = finding.case;
        let told = (1..).zip(&finding.map.loops).map(|(n, border)| (n, border, Verdict::Fails));
        let untold =
            (1..).zip(&finding.map.untold).map(|(n, border)| (n, border, Verdict::CannotBeTold));
        for (region, border, verdict) in told.chain(untold) {
            rows.extend(border.iter().map(|point| RegionRow {
                claim: case.claim,
                metric: case.metric,
                draws: case.draws,
                verdict: verdict.name(),
                region,
                sigma: point.sigma,
                eps: point.eps,
                frontier: point.root,
            }));
        }
    }
    Table::of("regions", rows)
}

/// Returns the statement of a claim, in words.
#[must_use]
pub fn statement(case: &Case) -> Cow<'static, str> {
    if let (Some(_), votes) = (case.votes.listed(), case.votes) {
        return match case.claim {
            Claim::VoteRestores => {
                format!("|voted(n) - undefended| falls at every step along n = {votes}").into()
            }
            _ => format!("the metric falls along n = {votes} while invariance rises").into(),
        };
    }
    Cow::Borrowed(match case.claim {
        Claim::DefenseHelps => "undefended < defended",
        Claim::TrainingHurts => "trained < defended",
        Claim::TrainingKeepsSome => "undefended < trained",
        Claim::TradeOff => "the metric falls in k on [0, shift] while invariance rises",
        Claim::VoteTradeOff => "the metric falls in n while invariance rises",
        Claim::VoteRestores => "|voted(n) - undefended| falls to 0, at every step",
    })
}
