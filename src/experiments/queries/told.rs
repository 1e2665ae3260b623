//! The answer in words: whether noise protects, how much, and up to how many questions; and what training and voting do to it.

use serde_json::{Value, json};
use task::query::{QueryStage, StageWord};
use task::range::short;
use task::spec::Word;
use theory::query::Victim;

use super::rows::questions;
use crate::experiment::Findings;
use crate::table::text::thousands;

/// What is found of a stage.
struct Told<'a> {
    victim: &'a Victim,
    cosine: f64,
    left: f64,
    without: f64,
    even: f64,
}

/// Of the attackers of whom exact values are known, at this number of questions; a sentence a stage.
pub(super) fn findings(victims: &[Victim], queries: u64) -> Findings {
    let told: Vec<Told<'_>> = victims.iter().filter_map(|victim| told(victim, queries)).collect();
    // One attacker, one noise: of more, the rows say it.
    let Some(first) = told.first() else { return Findings::default() };
    let game = |told: &Told<'_>| {
        let asker = told.victim.asker();
        (asker.attack(), asker.eps(), asker.margin().sigma())
    };
    let same: Vec<&Told<'_>> = told.iter().filter(|other| game(other) == game(first)).collect();
    let asker = first.victim.asker();
    let mut lines = vec![format!(
        "{} with {} questions in d = {} dimensions, ε = {}, σ = {}:",
        asker.attack().word(),
        thousands(queries),
        asker.dimension(),
        short(asker.eps()),
        short(asker.margin().sigma()),
    )];
    lines.extend(same.iter().map(|told| sentence(told)));
    lines.extend(training(&same));
    lines.extend(voting(&same));
    let record = same.iter().map(|told| record(told, queries)).collect();
    Findings { lines, record: Value::Array(record) }
}

fn told(victim: &Victim, queries: u64) -> Option<Told<'_>> {
    let known = victim.known(queries)?;
    Some(Told {
        victim,
        cosine: known.cosine.value,
        left: known.accuracy.value,
        without: victim.no_noise(queries)?.value,
        even: victim.break_even()?,
    })
}

/// The name of a stage, with its votes.
fn name(told: &Told<'_>) -> String {
    match told.victim.asker().stage() {
        QueryStage::Voted(votes) => format!("voted (n = {votes})"),
        stage => stage.word().word().to_owned(),
    }
}

fn sentence(told: &Told<'_>) -> String {
    let Told { left, without, even, .. } = *told;
    let gained = left - without;
    let here = match gained > 0.0 {
        true => format!("protects, by {gained:.4}"),
        false => format!("costs {:.4}", -gained),
    };
    let until = match even {
        0.0 => "it protects at no number of questions".to_owned(),
        f64::INFINITY => "it protects at every larger number of questions, too".to_owned(),
        even => format!("it protects up to {} questions", questions(even)),
    };
    format!(
        "  {}: {left:.4} of all samples stay right, {without:.4} without noise, so that noise {here}; {until}",
        name(told)
    )
}

/// What training changes.
fn training(told: &[&Told<'_>]) -> Option<String> {
    let of = |word: StageWord| told.iter().find(|told| told.victim.asker().stage().word() == word);
    let (before, after) = (of(StageWord::Defended)?, of(StageWord::Trained)?);
    let same = (before.cosine - after.cosine).abs() < 1e-9;
    same.then(|| {
        format!(
            "  training takes nothing of it away: the attacker finds the same cosine, {:.4}, before and after",
            after.cosine
        )
    })
}

/// What voting changes.
fn voting(told: &[&Told<'_>]) -> Option<String> {
    let one = told.iter().find(|told| told.victim.asker().stage().word() == StageWord::Trained)?;
    let votes = told.iter().find(|told| told.victim.asker().stage().word() == StageWord::Voted)?;
    let gains = |told: &Told<'_>| told.left - told.without;
    // What noise gains at this number of questions is less by voting, or more.
    let gained = match gains(votes) < gains(one) {
        true => "takes some of it away here",
        false => "adds to it here",
    };
    (votes.cosine > one.cosine + 1e-9).then(|| {
        format!(
            "  voting {gained}: {} teaches the cosine {:.4} with as many questions, one draw {:.4}; {:.4} stay right instead of {:.4}",
            name(votes),
            votes.cosine,
            one.cosine,
            votes.left,
            one.left
        )
    })
}

fn record(told: &Told<'_>, queries: u64) -> Value {
    let asker = told.victim.asker();
    json!({
        "attack": asker.attack().word(),
        "stage": name(told),
        "queries": queries,
        "cosine": told.cosine,
        "adversarial_accuracy": told.left,
        "no_noise": told.without,
        "break_even": if told.even.is_finite() { json!(told.even) } else { json!("inf") },
    })
}
