//! What a run hands over: its record, and rows as files or as text.

use std::io::{Write, stdout};

use anyhow::{Context, Result};

use super::{Outcome, say};
use crate::figures::thousands;
use crate::record::{Judgement, Question, Record, Simulation};
use crate::row::Row;
use crate::store::{Folder, to_csv};
use crate::table::{Format, format};
use engine::stream::STREAM_VERSION;
use engine::{BATCH, Kernel, Run, VotesBy};

/// The files of a run that is kept.
pub(super) const RUN_FILES: [&str; 2] = ["rows.csv", RECORD_FILE];

/// The file of the record.
pub(super) const RECORD_FILE: &str = "run.json";

/// How so many cells were simulated, on rayon's current pool.
pub(super) fn simulation_record(
    run: &Run,
    votes_by: VotesBy,
    confidence: f64,
    alpha: f64,
    seconds: f64,
    cells: usize,
) -> Simulation {
    Simulation {
        stream_version: STREAM_VERSION,
        seed: run.seed,
        samples: run.samples,
        batch: BATCH,
        threads: rayon::current_num_threads(),
        engine: match run.kernel {
            Kernel::Reference => "reference",
            Kernel::Simd => "simd",
        },
        instruction_set: run.level.name(),
        votes_by: votes_by.name(),
        confidence,
        alpha,
        seconds,
        samples_per_second: run.samples as f64 / seconds,
        cells_per_second: run.samples as f64 * cells as f64 / seconds,
    }
}

impl Record {
    /// What was asked and how it was simulated, in two lines.
    pub(super) fn caption(&self) -> String {
        let Question { mean, data_std, shift, sigma, eps, draws, .. } = &self.question;
        let task = format!(
            "mean = {mean}, data_std = {data_std}, shift = {shift}, σ = {sigma}, ε = {eps}, {draws} draws"
        );
        task + &self.how()
    }
}

impl<Q> Record<Q> {
    pub(super) fn outcome(&self) -> Outcome {
        match &self.judgement {
            Some(judgement) if judgement.disagreeing > 0 => Outcome::Disagree,
            _ => Outcome::Done,
        }
    }

    /// How it was simulated, if it was, after what was asked.
    pub(super) fn how(&self) -> String {
        match &self.simulation {
            None => ": exact".to_owned(),
            Some(s) if self.merged() > 0 => format!(
                ": {} samples, seed {}, merged from {} folders, {:.2} s in all",
                thousands(s.samples),
                s.seed,
                self.merged(),
                s.seconds,
            ),
            Some(s) => format!(
                ": {} samples, seed {}, {} threads, {:.2} s, {} samples/s, {} cells/s",
                thousands(s.samples),
                s.seed,
                s.threads,
                s.seconds,
                rounded(s.samples_per_second),
                rounded(s.cells_per_second),
            ),
        }
    }

    /// How many folders were added up.
    fn merged(&self) -> usize {
        let merged = self.progress.as_ref().and_then(|progress| progress.merged.as_ref());
        merged.map_or(0, Vec::len)
    }

    /// Whether theory and simulation agree, in one line; nothing where nothing was simulated.
    pub(super) fn verdict_line(&self) -> Option<String> {
        let (judgement, simulation) = (self.judgement.as_ref()?, self.simulation.as_ref()?);
        let looks = self.progress.as_ref().and_then(|progress| progress.precision.as_ref());
        let Some(looks) = looks else {
            return Some(verdict_line(judgement, simulation.confidence));
        };
        let alpha = format!("{:.1e} ({:e} over all looks)", judgement.alpha, looks.alpha);
        let confidence = format!(
            "{:.3}% ({} over all looks)",
            simulation.confidence * 100.0,
            percent(looks.confidence)
        );
        Some(verdict_at(judgement, &alpha, &confidence))
    }
}

/// A verdict in one line.
pub(super) fn verdict_line(judgement: &Judgement, confidence: f64) -> String {
    verdict_at(judgement, &format!("{:e}", judgement.alpha), &percent(confidence))
}

/// The same with the levels in words.
fn verdict_at(judgement: &Judgement, alpha: &str, confidence: &str) -> String {
    let Judgement { verdict, rows, disagreeing, smallest_p, detectable, power, .. } = judgement;
    let rows = match disagreeing {
        0 => format!("theory and simulation, {} rows", thousands(*rows as u64)),
        _ => {
            format!("theory and simulation, in {disagreeing} of {} rows", thousands(*rows as u64))
        }
    };
    format!(
        "{verdict}: {rows}, smallest adjusted p-value {smallest_p:.2}, α = {alpha}; a rate off by \
         {detectable:.1e} would have been seen with {} chance; intervals at {confidence}",
        percent(*power),
    )
}

/// 1.2e8 and the like.
fn rounded(value: f64) -> String {
    format!("{value:.1e}")
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

/// Writes the rows and their record into the folder, if there is one, and otherwise prints them;
/// with both a folder and a format, does both.
pub(super) fn deliver(
    rows: &[Row],
    record: &Record,
    folder: Option<&Folder>,
    as_format: Option<Format>,
) -> Result<()> {
    if let Some(folder) = folder {
        keep(rows, record, folder)?;
        let written = RUN_FILES.map(|file| folder.path().join(file).display().to_string());
        say(&format!("wrote {}", written.join(", ")));
    }
    if folder.is_none() || as_format.is_some() {
        print_rows(rows, record, as_format.unwrap_or(Format::Table))?;
    }
    if folder.is_some() || !matches!(as_format, None | Some(Format::Table)) {
        // Standard output is for the rows, or for nothing.
        record.verdict_line().iter().for_each(|line| say(line));
    }
    Ok(())
}

/// Writes rows.csv and run.json.
pub(super) fn keep(rows: &[Row], record: &Record, folder: &Folder) -> Result<()> {
    folder.write(RUN_FILES[0], &to_csv(rows)?)?;
    keep_record(record, folder)
}

/// Writes run.json: last of all, so that what it says is there is there.
pub(super) fn keep_record(record: &Record, folder: &Folder) -> Result<()> {
    folder.write(RECORD_FILE, record.to_json()?.as_bytes())?;
    Ok(())
}

/// Prints rows; a terminal's table comes with its caption and verdict.
fn print_rows(rows: &[Row], record: &Record, as_format: Format) -> Result<()> {
    let mut text = format(rows, record, as_format)?;
    if as_format == Format::Table {
        text = format!("{}\n{text}", record.caption());
        if let Some(verdict) = record.verdict_line() {
            text = text + &verdict + "\n";
        }
    }
    print(&text)
}

/// Prints to standard output; a reader that has gone away, such as `head`, is no error.
pub(super) fn print(text: &str) -> Result<()> {
    match stdout().write_all(text.as_bytes()).and_then(|()| stdout().flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("standard output cannot be written"),
    }
}
