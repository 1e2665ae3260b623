//! The stages and the budgets that are asked for.

use task::certify::{AnswerList, Answers, Smoothed};
use task::range::short;
use task::spec::SpecError;
use task::{DomainError, Eps, Norm, Prior, Task, Votes};
use theory::certify::Certifier;
use theory::fit::held_out::{Margins, Stage, Voted};

use super::rows::{CERTIFIED, DEFENDED, UNDEFENDED, VOTED};
use super::spec::FeaturesSpec;

/// A stage of the question, and what its rows are called.
pub(super) struct Asked {
    pub(super) name: &'static str,
    pub(super) sigma: f64,
    pub(super) margin_sigma: f64,
    pub(super) votes: Option<Votes>,
    /// n0, n and alpha.
    pub(super) certificate: Option<(Answers, Answers, f64)>,
    pub(super) stage: Stage,
}

/// The stages that are asked for, in the order of the argument; `noise` is what a sigma of 1 does to margins.
pub(super) fn stages(spec: &FeaturesSpec, noise: f64) -> Result<Vec<Asked>, SpecError> {
    let bare = |name, stage| Asked {
        name,
        sigma: 0.0,
        margin_sigma: 0.0,
        votes: None,
        certificate: None,
        stage,
    };
    let mut stages = vec![bare(UNDEFENDED, Stage::Undefended)];
    let sigmas = spec.sigma.values();
    if spec.n.is_some() && (spec.norm != Norm::TWO || sigmas == [0.0]) {
        let what = match spec.norm == Norm::TWO {
            true => "certificates take noise: write a --sigma above 0",
            false => "certificates are radii in the norm 2: leave --norm out",
        };
        return Err(SpecError::Together(format!("--n: {what}")));
    }
    for &sigma in sigmas {
        if !(sigma == 0.0 || (1e-15..=1e15).contains(&sigma)) {
            let expected = "0, or a number from 1e-15 to 1e15".to_owned();
            return Err(DomainError { name: "sigma", value: short(sigma), expected }.into());
        }
    }
    for &sigma in sigmas.iter().filter(|sigma| **sigma > 0.0) {
        let margin_sigma = sigma * noise;
        for &votes in spec.votes.values() {
            let name = if votes == Votes::ONE { DEFENDED } else { VOTED };
            let stage = Stage::Voted(Voted::new(margin_sigma, votes));
            stages.push(Asked { sigma, margin_sigma, votes: Some(votes), ..bare(name, stage) });
        }
        for &n in spec.n.iter().flat_map(AnswerList::values) {
            let smoothed = Smoothed::new(Task::default(), Prior::HALF, 0.0, 0.0, margin_sigma)?;
            for &n0 in spec.n0.values() {
                let certifier = Certifier::new(&smoothed, n0, n, spec.alpha);
                let certificate = Some((n0, n, spec.alpha));
                let stage = bare(CERTIFIED, Stage::Certified(certifier));
                stages.push(Asked { sigma, margin_sigma, certificate, ..stage });
            }
        }
    }
    Ok(stages)
}

pub(super) fn check_alpha(alpha: f64) -> Result<(), SpecError> {
    if (1e-100..=0.5).contains(&alpha) {
        return Ok(());
    }
    let expected = "a number from 1e-100 to 0.5".to_owned();
    Err(DomainError { name: "alpha", value: short(alpha), expected }.into())
}

/// 11 budgets from 0 to where one row in twenty is right, or to a spread beyond 0 where that is nowhere.
pub(super) fn usual_budgets(margins: &Margins) -> Vec<Eps> {
    let values = margins.values();
    let high = values[(values.len() * 19) / 20];
    let high = if high > 0.0 { high } else { values[values.len() - 1] - values[0] };
    // To two digits, upwards.
    let unit = 10f64.powi((high.log10().floor() as i32) - 1);
    let steps = (high / unit).ceil();
    let budget = |i: u32| {
        // As one would write it.
        let text = format!("{:e}", f64::from(i) * steps * unit / 10.0);
        let rounded = format!("{:.3e}", text.parse::<f64>().unwrap_or(0.0));
        Eps::new(rounded.parse().unwrap_or(0.0)).unwrap_or(Eps::ZERO)
    };
    (0..=10).map(budget).collect()
}
