//! Times per value, for orientation.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use gauss_sim_theory::accuracy::Profile;
use gauss_sim_theory::invariance::invariance;
use gauss_sim_theory::math::beta::Beta;
use gauss_sim_theory::math::binomial::Binomial;
use gauss_sim_theory::math::normal;
use task::{Eps, Margin, Task, Votes};

use crate::Error;
use crate::page::Page;

/// So many samples of a function, of which the median counts.
const SAMPLES: usize = 101;
/// A sample takes at least so long, in nanoseconds.
const SAMPLE: f64 = 2e5;
/// So many different arguments, in turn.
const ARGUMENTS: u32 = 64;

/// The median time of one value in nanoseconds, over arguments spread evenly over [from, to].
fn median_time(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let step = (to - from) / f64::from(ARGUMENTS - 1);
    let arguments: Vec<f64> = (0..ARGUMENTS).map(|i| from + step * f64::from(i)).collect();
    let sample = |rounds: u32| {
        let start = Instant::now();
        for _ in 0..rounds {
            for &x in &arguments {
                black_box(f(black_box(x)));
            }
        }
        start.elapsed().as_secs_f64() * 1e9
    };
    let mut rounds = 1;
    while sample(rounds) < SAMPLE {
        rounds *= 2;
    }
    let mut samples: Vec<f64> = (0..SAMPLES).map(|_| sample(rounds)).collect();
    samples.sort_by(f64::total_cmp);
    samples[SAMPLES / 2] / f64::from(rounds * ARGUMENTS)
}

/// Two digits, in nanoseconds or microseconds.
fn text(nanoseconds: f64) -> String {
    let (value, unit) =
        if nanoseconds < 1e3 { (nanoseconds, "ns") } else { (nanoseconds / 1e3, "µs") };
    let magnitude = 10_f64.powi(value.log10().floor() as i32 - 1);
    let rounded = (value / magnitude).round() * magnitude;
    if magnitude < 1.0 { format!("{rounded:.1} {unit}") } else { format!("{rounded:.0} {unit}") }
}

/// The model of the processor, if the system tells.
fn processor() -> String {
    let system = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = system.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(|| "an unnamed processor".to_owned(), |(_, name)| name.trim().to_owned())
}

/// A(ε) for ε from 0.1 to 2 at sigma = 1: one evaluation each, the profile being made once.
fn accuracy(votes: u64) -> Result<f64, Error> {
    let margin = Margin::new(Task::default(), 0.0, 1.0, Votes::new(votes)?)?;
    let profile = Profile::new(&margin);
    Ok(median_time(0.1, 2.0, |eps| {
        Eps::new(eps).map_or(f64::NAN, |eps| profile.adversarial(eps).value)
    }))
}

/// R for offsets from 0 to 1, sigma = 1.
fn agreement(votes: u64) -> Result<f64, Error> {
    let votes = Votes::new(votes)?;
    Ok(median_time(0.0, 1.0, |offset| {
        Margin::new(Task::default(), offset, 1.0, votes)
            .map_or(f64::NAN, |margin| invariance(&margin).value)
    }))
}

pub(crate) fn write(page: &mut Page) -> Result<(), Error> {
    let large = Binomial::new(10_000_000_000_000, 0.84)?;
    let small = Binomial::new(1000, 0.84)?;
    let limit = Beta::new(840_000.0, 160_001.0)?;
    let rows = [
        ("`normal::cdf(z)`, z from −8 to 8", median_time(-8.0, 8.0, normal::cdf)),
        ("`normal::ln_cdf(z)`, z from −8 to 8", median_time(-8.0, 8.0, normal::ln_cdf)),
        ("`normal::quantile(p)`, p from 0.01 to 0.99", median_time(0.01, 0.99, normal::quantile)),
        (
            "`normal::interval(end, 0.1)`, end from −8 to 8",
            median_time(-8.0, 8.0, |z| normal::interval(z.into(), 0.1.into())),
        ),
        ("A(ε), one draw, closed", accuracy(1)?),
        ("A(ε), 11 votes, by quadrature", accuracy(11)?),
        ("A(ε), 1001 votes", accuracy(1001)?),
        ("A(ε), a million votes", accuracy(1_000_000)?),
        ("R, one draw", agreement(1)?),
        ("R, 101 votes", agreement(101)?),
        (
            "`Binomial::cdf(k)`, 1000 trials, k within 5 standard deviations of the mean",
            median_time(782.0, 898.0, |k| small.cdf(k as u64)),
        ),
        (
            "`Binomial::cdf(k)`, 1e13 trials, k likewise",
            median_time(8_399_994e6, 8_400_006e6, |k| large.cdf(k as u64)),
        ),
        (
            "`Beta::quantile(p)`, shapes 840 000 and 160 001, p from 0.001 to 0.05",
            median_time(0.001, 0.05, |p| limit.quantile(p).x),
        ),
    ];
    page.text("## Time");
    page.text(&format!(
        "Of one value on one core of {}, optimised: the median of {SAMPLES} samples over {ARGUMENTS}\n\
         arguments, all in one run. For orientation only: times vary with the run and the machine.",
        processor()
    ));
    let mut table = "| | time |\n|---|---|\n".to_owned();
    for (what, time) in rows {
        writeln!(table, "| {what} | {} |", text(time))?;
    }
    page.text(&table);
    Ok(())
}
