//! The verdict of a run in a line.

use super::record::{Judgement, Record};
use crate::check::Check;
use crate::table::text::thousands;

/// Whether theory and simulation agree, in one line; nothing where nothing was compared.
#[must_use]
pub fn verdict_line<Q>(record: &Record<Q>) -> Option<String> {
    let (judgement, simulation) = (record.judgement.as_ref()?, record.simulation.as_ref()?);
    let looks = record.progress.as_ref().and_then(|progress| progress.precision.as_ref());
    let Some(looks) = looks else {
        return Some(verdict(judgement, simulation.confidence));
    };
    let level = format!("{:.1e} ({:e} over all looks)", judgement.false_alarm, looks.false_alarm);
    let confidence = format!(
        "{:.3}% ({} over all looks)",
        simulation.confidence * 100.0,
        percent(looks.confidence)
    );
    Some(verdict_at(judgement, &level, &confidence))
}

/// A verdict in one line.
#[must_use]
pub fn verdict(judgement: &Judgement, confidence: f64) -> String {
    verdict_at(judgement, &format!("{:e}", judgement.false_alarm), &percent(confidence))
}

/// The same with the levels in words.
fn verdict_at(judgement: &Judgement, level: &str, confidence: &str) -> String {
    let Judgement { verdict, rows, disagreeing, smallest_p, detectable, power, check, .. } =
        judgement;
    let all_agree = *disagreeing + check.as_ref().map_or(0, |check| check.disagreeing) == 0;
    let of = |disagreeing: usize, rows: usize| match all_agree {
        true => thousands(rows as u64),
        false => format!("in {disagreeing} of {}", thousands(rows as u64)),
    };
    let mut rows = format!("theory and simulation, {} rows", of(*disagreeing, *rows));
    let mut off = format!("{detectable:.1e}");
    // A share of a run may have none of the samples that are drawn again.
    let check = check.as_ref().filter(|check| check.samples > 0);
    if let Some(Check { how, samples, rows: again, disagreeing, detectable, .. }) = check {
        let (again, samples) = (of(*disagreeing, *again), thousands(*samples));
        rows += &format!(", and {again} {how} for {samples} samples");
        off += &format!(" ({detectable:.1e} {how})");
    }
    format!(
        "{verdict}: {rows}, smallest adjusted p-value {smallest_p:.2}, false-alarm rate {level}; a rate off by {off} \
         would have been seen with {} chance; intervals at {confidence}",
        percent(*power),
    )
}

/// 0.95 as 95%; a share that is hardly any, as it is.
fn percent(share: f64) -> String {
    if share < 1e-4 {
        return format!("{share:e}");
    }
    // To 13 places, which hide the rounding of the multiplication.
    let text = format!("{:.13}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}
