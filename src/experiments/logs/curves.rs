//! Accuracy against votes and against tries: from all logged draws, from those that are held out, and from the fitted task.

use std::num::NonZeroU32;

use engine::logs::LoggedInput;
use rayon::prelude::*;
use task::Votes;
use theory::logs::counts::{majority, persistent};
use theory::logs::predict::Input;
use theory::logs::probit::Fit;

use super::count::{Counted, Counts, Measured, half, mean};
use super::fitted::Fits;
use super::logged::{Draws, Logged};
use super::plurality::{Pluralities, Plurality};
use super::rows::{Bar, Point};

/// The two inputs by their names in rows.
pub(super) const INPUTS: [&str; 2] = ["clean", "attacked"];

/// What is asked of every curve.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) votes: &'a [u32],
    pub(super) tries: &'a [u32],
    pub(super) confidence: f64,
    pub(super) seed: u64,
}

/// All curves of a log.
pub(super) fn curves(
    logged: &Logged,
    counted: &Counted,
    fits: &Fits,
    asked: Asked<'_>,
) -> Vec<Point> {
    let inputs = [
        (Input::Clean, &logged.clean, &counted.clean),
        (Input::Attacked, &logged.attacked, &counted.attacked),
    ];
    let of = |(input, draws, counts): (Input, &Draws, &Counts)| {
        let curve = |name, rule, numbers, table, exact| {
            let curve = Curve { name, rule, input, numbers, table, exact };
            curve.points(counted, counts, fits, asked.confidence)
        };
        let mut points = curve(
            "votes",
            "majority",
            asked.votes,
            majority as fn(_, _) -> _,
            voted as fn(&_, _, _) -> _,
        );
        if counted.classes > 2 {
            points.extend(pluralities(logged, draws, counted, counts, input, asked));
        }
        points.extend(curve("tries", "all", asked.tries, persistent, tried));
        points
    };
    inputs.into_par_iter().map(of).collect::<Vec<_>>().concat()
}

/// What a curve is made of.
struct Curve<'a> {
    name: &'static str,
    rule: &'static str,
    input: Input,
    numbers: &'a [u32],
    /// The value of each number of right draws, of so many draws and at such a number.
    table: fn(u32, u32) -> Vec<f64>,
    /// What a fitted task says at a number.
    exact: fn(&Fit, Input, u32) -> Option<f64>,
}

impl Curve<'_> {
    /// The estimates from so many draws of each sample, of which so many are right.
    fn estimates(
        &self,
        counted: &Counted,
        confidence: f64,
        draws: u32,
        right: impl Fn(usize) -> u32 + Sync,
    ) -> Vec<Option<Measured>> {
        let cells = counted.cells(u64::from(draws) + 1, |sample| u64::from(right(sample)));
        let of = |number: &u32| {
            let table = (self.table)(draws, *number);
            if table.is_empty() {
                return None;
            }
            mean(&cells, confidence, |right| table[right as usize])
        };
        self.numbers.par_iter().map(of).collect()
    }

    /// The curve with its fits and held-out draws.
    fn points(
        &self,
        counted: &Counted,
        counts: &Counts,
        fits: &Fits,
        confidence: f64,
    ) -> Vec<Point> {
        let all = self.estimates(counted, confidence, counts.draws, |i| counts.right[i]);
        let seen = half(counts.draws);
        // Where both inputs have the same draws, the fit has seen the second half of the attacked ones.
        let turned = counted.both.is_some() && self.input == Input::Attacked;
        let others = if turned { seen } else { counts.draws - seen };
        let right = |i: usize| if turned { counts.first[i] } else { counts.second(i) };
        let held_out = match fits.training() {
            Some(_) => self.estimates(counted, confidence, others, right),
            None => vec![None; self.numbers.len()],
        };
        let point = |(number, (all, held)): (&u32, (Option<Measured>, Option<Measured>))| {
            let of = |fit: Option<&Fit>| fit.and_then(|fit| (self.exact)(fit, self.input, *number));
            Point {
                curve: self.name.to_owned(),
                input: INPUTS[usize::from(self.input == Input::Attacked)].to_owned(),
                rule: self.rule.to_owned(),
                number: *number,
                estimate: all.map(|m| m.estimate.value),
                low: all.map(|m| m.estimate.low),
                high: all.map(|m| m.estimate.high),
                interval: all.map(|m| m.method.to_owned()),
                error: None,
                fitted: of(fits.task()),
                predicted: of(fits.training()),
                held_out: held.map(|m| m.estimate.value),
                held_out_low: held.map(|m| m.estimate.low),
                held_out_high: held.map(|m| m.estimate.high),
            }
        };
        let pairs: Vec<_> = all.into_iter().zip(held_out).collect();
        self.numbers.par_iter().zip(pairs).map(point).collect()
    }
}

fn voted(fit: &Fit, input: Input, number: u32) -> Option<f64> {
    let votes = Votes::new(u64::from(number)).ok()?;
    Some(fit.voted(input, votes).ok()?.value)
}

fn tried(fit: &Fit, input: Input, number: u32) -> Option<f64> {
    Some(fit.persistent(input, NonZeroU32::new(number)?).ok()?.value)
}

fn pluralities(
    logged: &Logged,
    draws: &Draws,
    counted: &Counted,
    counts: &Counts,
    input: Input,
    asked: Asked<'_>,
) -> Vec<Point> {
    let votes: Vec<u32> =
        asked.votes.iter().copied().filter(|votes| *votes <= counts.draws).collect();
    let which = match input {
        Input::Clean => LoggedInput::Clean,
        Input::Attacked => LoggedInput::Attacked,
    };
    let found = Pluralities::new(draws, &logged.labels, counts, (&votes, asked.seed, which));
    let point = |(place, votes): (usize, &u32)| {
        let Plurality { measured, error } =
            found.at(counted, counts, (place, *votes, asked.confidence))?;
        Some(Point {
            curve: "votes".to_owned(),
            input: INPUTS[usize::from(input == Input::Attacked)].to_owned(),
            rule: "plurality".to_owned(),
            number: *votes,
            estimate: Some(measured.estimate.value),
            low: Some(measured.estimate.low),
            high: Some(measured.estimate.high),
            interval: Some(measured.method.to_owned()),
            error: Some(error),
            fitted: None,
            predicted: None,
            held_out: None,
            held_out_low: None,
            held_out_high: None,
        })
    };
    votes.par_iter().enumerate().filter_map(point).collect()
}

/// The histograms of counts beside those that the fit expects.
pub(super) fn bars(counted: &Counted, fits: &Fits) -> Vec<Bar> {
    let expected = fits.all.as_ref().and_then(|fit| Some((fit.draws, fit.found.as_ref().ok()?)));
    let mut bars = Vec::new();
    for (i, counts) in [&counted.clean, &counted.attacked].into_iter().enumerate() {
        let fitted = expected
            .as_ref()
            .filter(|(draws, _)| draws[i] == counts.draws)
            .map(|(_, fit)| &fit.expected[i]);
        let mut samples = vec![0_u64; counts.draws as usize + 1];
        counts.right.iter().for_each(|right| samples[*right as usize] += 1);
        bars.extend(samples.into_iter().enumerate().map(|(right, samples)| Bar {
            input: INPUTS[i].to_owned(),
            right: right as u32,
            draws: counts.draws,
            samples,
            expected: fitted.map(|expected| expected[right]),
        }));
    }
    bars
}
