//! `gauss-sim claims`: each claim of the paper, where it holds, or where not, with a witness.

use std::time::Instant;

use anyhow::{Result, anyhow};
use serde::Serialize;
use task::DrawProtocol;
use task::{Claim, Metric};

use super::args::{DataArgs, OutputArgs, ThreadArgs, VotesByName, flag_error, seed};
use super::plot::{draw, files_of};
use super::results::{RECORD_FILE, print, simulation_record};
use super::{Outcome, progress, say};
use crate::audit::report::{at_a_point, details, overview};
use crate::audit::row::{ClaimRow, Question, RegionRow, region_rows};
use crate::audit::{Audited, Confirmation, Inquiry, confirm, run};
use crate::figures::claims::{self as figures, figures};
use crate::record::Record;
use crate::store::{Folder, to_csv};
use crate::table::Format;
use engine::dispatch::Level;
use engine::{Kernel, Run};
use task::range::{Count, Probability, Range, quote};

/// Each claim of the paper: where it holds, or where not, with a witness
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
The claims, each under every metric and every protocol that is asked for:
  defense-helps        undefended < defended
  training-hurts       trained < defended
  training-keeps-some  undefended < trained
  trade-off            the metric falls in k on [0, shift] while the rate of invariance rises
  vote-restores        |voted(n) - undefended| falls to 0 as n grows, at every step
Of the attack success rate, smaller is better: the answers are those of robust accuracy.

Examples:
  gauss-sim claims
      all claims on sigma 0..2 × eps 0..1.5, under every definition
  gauss-sim claims --sigma 0.3 --eps 0.1
      which of them hold at my sigma and eps, under which definition
  gauss-sim claims --claim trade-off --sigma 0.65..2/28 --require trade-off
      exit status 1 if the trade-off fails anywhere in this region
  gauss-sim claims --sigma 0.3 --eps 0.1 --samples 1e8
      the difference of the two stages by simulation, on the same samples
  gauss-sim claims -o claims
      rows, frontiers and the map of the claims into a folder")]
pub(super) struct Args {
    /// The region: standard deviations σ of θ
    #[arg(long, default_value = "0..2/41", allow_hyphen_values = true, value_name = "RANGE")]
    #[arg(long_help = format!(
        "The region: standard deviations σ of θ. The claims are looked at on this grid; the frontiers \
         between its points are found exactly. {}", super::args::GRID_HELP
    ))]
    sigma: Range,
    /// The region: budgets ε of the adversary
    #[arg(long, default_value = "0..1.5/31", allow_hyphen_values = true, value_name = "RANGE")]
    eps: Range,
    #[command(flatten)]
    data: DataArgs,
    /// Which claims, separated by commas [default: all]
    #[arg(long, value_delimiter = ',', value_name = "CLAIMS", value_parser = claim)]
    claim: Vec<Claim>,
    /// Which metrics: robust_accuracy, adversarial_accuracy, attack_success_rate [default: all]
    #[arg(long, value_delimiter = ',', value_name = "METRICS", value_parser = metric)]
    metric: Vec<Metric>,
    /// Which draw protocols [default: same,fresh,persistent=5]
    #[arg(long, value_delimiter = ',', value_name = "DRAWS", value_parser = super::args::draws)]
    draws: Vec<DrawProtocol>,
    /// Exit with status 1 where one of these claims fails anywhere in the region
    #[arg(long, value_delimiter = ',', value_name = "CLAIMS", value_parser = claim)]
    #[arg(long_help = "\
Exit with status 1 where one of these claims fails anywhere in the region. Judged under the metrics and \
protocols that --metric and --draws name; where they are not given, under the paper's: robust_accuracy, \
same")]
    require: Vec<Claim>,
    #[command(flatten)]
    witness: WitnessArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Write no charts
    #[arg(long)]
    no_plots: bool,
    #[command(flatten)]
    threads: ThreadArgs,
}

/// How witnesses are simulated.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The simulation of the witnesses")]
struct WitnessArgs {
    /// How many samples for each witness, both stages on the same ones; 0 for none
    #[arg(long, default_value = "0", allow_negative_numbers = true, value_name = "COUNT")]
    samples: Count,
    /// The seed; the same seed gives the same counts on any machine
    #[arg(long, default_value = "1", allow_negative_numbers = true, value_name = "NUMBER")]
    #[arg(value_parser = seed)]
    seed: u64,
    /// How votes are drawn; both ways follow the same law, and `draws` takes as long as there are votes
    #[arg(long, default_value = "median", value_name = "WAY", value_enum)]
    votes_by: VotesByName,
    /// The confidence of every interval: 0.95, or 95%
    #[arg(long, default_value = "0.95", allow_negative_numbers = true, value_name = "PROBABILITY")]
    confidence: Probability,
    /// The chance, at most, that one of the signs shown is wrong, or that a run which is right DISAGREES
    #[arg(long, default_value = "1e-6", allow_negative_numbers = true, value_name = "PROBABILITY")]
    alpha: Probability,
}

/// The files of claims that are kept, charts apart.
const FILES: [&str; 3] = ["claims.csv", "regions.csv", RECORD_FILE];

/// The largest number of points of a region.
const MAX_POINTS: usize = 100_000;

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let inquiry = self.inquiry()?;
        let folder = self.output.folder(&FILES)?;
        if let Some(folder) = folder.as_ref().filter(|_| !self.no_plots) {
            for name in figures::names(&inquiry) {
                for file in files_of(name) {
                    folder.expect_free(&file)?;
                }
            }
        }
        let start = Instant::now();
        let mut record = Record::begin(self.question(&inquiry), 0);
        let (audited, simulated) = self.threads.install(|| self.answer(&inquiry))??;
        record.simulation = simulated;
        record.rows = audited.len();
        record.wall_seconds = start.elapsed().as_secs_f64();
        let ends = |values: &[f64]| [values[0], values[values.len() - 1]];
        let region = [ends(&inquiry.sigmas), ends(&inquiry.eps)];
        let samples = self.witness.samples.get();
        let rows: Vec<ClaimRow> =
            audited.iter().map(|item| ClaimRow::new(item, region, samples)).collect();
        if let Some(folder) = &folder {
            self.keep(&inquiry, &audited, &rows, &record, folder)?;
        }
        if folder.is_none() || self.output.format.is_some() {
            self.show(&inquiry, &audited, &rows, &record)?;
        }
        Ok(self.outcome(&audited))
    }

    fn inquiry(&self) -> Result<Inquiry> {
        let or_all =
            |given: &[Claim]| if given.is_empty() { Claim::ALL.to_vec() } else { given.to_vec() };
        let mut claims = or_all(&self.claim);
        if let Some(left_out) = self.require.iter().find(|claim| !claims.contains(claim)) {
            return Err(anyhow!(
                "--require {left_out} is not among the claims of --claim: name it there, too"
            ));
        }
        claims.sort_by_key(|claim| *claim as usize);
        claims.dedup();
        let mut metrics = self.metric.clone();
        metrics.dedup();
        if metrics.is_empty() {
            metrics = Metric::ALL.to_vec();
        }
        let mut draws = self.draws.clone();
        draws.dedup();
        if draws.is_empty() {
            draws = vec![DrawProtocol::Same, DrawProtocol::Fresh, DrawProtocol::persistent(5)?];
        }
        let points = self.sigma.values().len().saturating_mul(self.eps.values().len());
        if points > MAX_POINTS {
            return Err(anyhow!(
                "--sigma {}, --eps {}: {points} points, and at most {MAX_POINTS} are possible; a range takes a \
                 count, as in 0..2/41, and the frontier between the points is exact",
                self.sigma,
                self.eps
            ));
        }
        Ok(Inquiry {
            task: self.data.task()?,
            shift: self.data.shift,
            sigmas: self.sigma.values().to_vec(),
            eps: self.eps.values().to_vec(),
            claims,
            metrics,
            draws,
        })
    }

    fn answer(
        &self,
        inquiry: &Inquiry,
    ) -> Result<(Vec<Audited>, Option<crate::record::Simulation>)> {
        let bar = progress::questions(inquiry.distinct().len() as u64);
        let audited = run(inquiry, &|| bar.inc(1));
        bar.finish_and_clear();
        let mut audited = audited.map_err(|error| flag_error(&error))?;
        let samples = self.witness.samples.get();
        if samples == 0 {
            return Ok((audited, None));
        }
        let run = Run {
            seed: self.witness.seed,
            samples,
            level: Level::best(),
            kernel: Kernel::Reference,
        };
        let votes_by = self.witness.votes_by.votes_by();
        let (confidence, alpha) = (self.witness.confidence.get(), self.witness.alpha.get());
        let confirmation = Confirmation { run, votes_by, confidence, alpha };
        let drawing = Instant::now();
        let bar = progress::samples(samples);
        confirm(&mut audited, &confirmation, |total| bar.set_length(total), &|done| bar.inc(done))?;
        bar.finish_and_clear();
        let seconds = drawing.elapsed().as_secs_f64();
        let cells = audited.len();
        let simulation = simulation_record(&run, votes_by, confidence, alpha, seconds, cells);
        Ok((audited, Some(simulation)))
    }

    fn question(&self, inquiry: &Inquiry) -> Question {
        Question {
            mean: inquiry.task.mean(),
            data_std: inquiry.task.data_std(),
            shift: inquiry.shift,
            sigma: self.sigma.to_string(),
            eps: self.eps.to_string(),
            claims: inquiry.claims.iter().map(|claim| claim.name()).collect(),
            metrics: inquiry.metrics.iter().map(|metric| metric.name()).collect(),
            draws: inquiry.draws.iter().map(ToString::to_string).collect(),
        }
    }

    fn keep(
        &self,
        inquiry: &Inquiry,
        audited: &[Audited],
        rows: &[ClaimRow],
        record: &Record<Question>,
        folder: &Folder,
    ) -> Result<()> {
        let regions = region_rows(audited);
        let figures = if self.no_plots { Vec::new() } else { figures(inquiry, rows, &regions)? };
        folder.write(FILES[0], &to_csv(rows)?)?;
        folder.write(FILES[1], &to_csv(&regions)?)?;
        folder.write(FILES[2], record.to_json()?.as_bytes())?;
        let charts = draw(&figures, folder)?;
        let files = FILES.iter().map(ToString::to_string).chain(charts);
        say(&format!(
            "wrote {}: {}",
            folder.path().display(),
            files.collect::<Vec<_>>().join(", ")
        ));
        Ok(())
    }

    fn show(
        &self,
        inquiry: &Inquiry,
        audited: &[Audited],
        rows: &[ClaimRow],
        record: &Record<Question>,
    ) -> Result<()> {
        let point = inquiry.sigmas.len() == 1 && inquiry.eps.len() == 1;
        let table =
            |format| if point { at_a_point(audited, format) } else { overview(audited, format) };
        let text = match self.output.format.unwrap_or(Format::Table) {
            Format::Csv => String::from_utf8_lossy(&to_csv(rows)?).into_owned(),
            Format::Json => {
                #[derive(Serialize)]
                struct Document<'a> {
                    run: &'a Record<Question>,
                    rows: &'a [ClaimRow],
                    regions: Vec<RegionRow>,
                }
                let regions = region_rows(audited);
                serde_json::to_string_pretty(&Document { run: record, rows, regions })? + "\n"
            }
            Format::Table => {
                let mut text = self.caption(inquiry);
                text += &table(Format::Table);
                if !point {
                    text += &details(audited);
                }
                text
            }
            other => table(other),
        };
        print(&text)
    }

    fn caption(&self, inquiry: &Inquiry) -> String {
        let point = inquiry.sigmas.len() == 1 && inquiry.eps.len() == 1;
        format!(
            "The claims at σ = {}, ε = {} (mean = {}, data_std = {}, shift = {}){}\n",
            self.sigma,
            self.eps,
            inquiry.task.mean(),
            inquiry.task.data_std(),
            inquiry.shift,
            if point {
                ". Each says that the second is better; vote-restores, that it is nearer to undefended"
            } else {
                ": the share of the region in which each holds. Edges σ = 0 and ε = 0: the limit from inside"
            }
        )
    }

    /// Says which required claims fail, and which simulations disagree.
    fn outcome(&self, audited: &[Audited]) -> Outcome {
        let mut outcome = Outcome::Done;
        for item in audited {
            let case = item.finding.case;
            let named = self.metric.is_empty() || self.metric.contains(&case.metric);
            let judged = (!self.metric.is_empty() && named
                || case.metric == Metric::RobustAccuracy)
                && (!self.draws.is_empty() || case.draws == DrawProtocol::Same);
            if judged && self.require.contains(&case.claim) && !item.holds() {
                say(&format!(
                    "--require {}: fails under {}, {} draws, at σ = {}, ε = {}",
                    case.claim,
                    case.metric,
                    case.draws,
                    item.finding.witness.sigma,
                    item.finding.witness.eps
                ));
                outcome = Outcome::Disagree;
            }
            if item.simulated.as_ref().is_some_and(|found| !found.agrees) {
                say(&format!(
                    "DISAGREE: theory and simulation, {}, {}, {} draws",
                    case.claim, case.metric, case.draws
                ));
                outcome = Outcome::Disagree;
            }
        }
        outcome
    }
}

fn claim(text: &str) -> Result<Claim, String> {
    by_name(text, &Claim::ALL, Claim::name, "claim")
}

fn metric(text: &str) -> Result<Metric, String> {
    by_name(text, &Metric::ALL, Metric::name, "metric")
}

fn by_name<T: Copy>(
    text: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    kind: &str,
) -> Result<T, String> {
    all.iter().copied().find(|item| name(*item) == text.trim()).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|item| name(*item)).collect();
        format!("{} is not a {kind}: write {}", quote(text), names.join(", "))
    })
}
