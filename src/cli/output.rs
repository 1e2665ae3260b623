//! The output of a run: files, rows as text, and lines about them.

use std::io::{Write, stdout};

use anyhow::{Context, Result};

use super::say;
use crate::experiment::{Experiment, Text};
use crate::run::Answer;
use crate::run::checkpoint::COUNTS_FILE;
use crate::run::publish::{RECORD_FILE, charts, publish};
use crate::run::record::Record;
use crate::run::run_dir::{OWN_FILES, RunDir};
use crate::run::verdict::verdict_line;
use crate::table::Table;
use crate::table::format::{self, Format};
use crate::table::schema::UsualRows;
use crate::table::text::{Script, thousands};

/// How much to print if the answer goes into a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Summary {
    /// The rows at the usual point, the files and the verdict.
    Printed,
    /// The files and the verdict, on standard error.
    Said,
}

/// An answer to be delivered.
pub(super) struct Delivery<'a> {
    pub(super) experiment: &'a dyn Experiment,
    pub(super) answer: &'a Answer,
    pub(super) home: Option<&'a RunDir>,
    pub(super) format: Option<Format>,
    /// The digits after the point of a printed table.
    pub(super) digits: Option<usize>,
    pub(super) charts: bool,
    pub(super) summary: Summary,
}

impl Delivery<'_> {
    /// Writes the answer into the folder, if there is one, and otherwise prints it; if both a folder and a format are
    /// given, does both.
    pub(super) fn deliver(&self) -> Result<()> {
        let Some(home) = self.home else {
            return self.print(self.format.unwrap_or(Format::Table));
        };
        let kind = self.experiment.kind();
        let figures = if self.charts { charts(kind, self.answer)? } else { Vec::new() };
        let files = self.experiment.files();
        let mut written = publish(self.answer, &files, &figures, home.folder())?;
        let place = written.iter().position(|file| file == RECORD_FILE).map_or(0, |at| at + 1);
        let counts = self.answer.record.simulation.is_some().then(|| COUNTS_FILE.to_owned());
        let own = files.iter().map(|(name, _)| (*name).to_owned());
        written.splice(place..place, counts.into_iter().chain(own));
        let wrote = format!("wrote {}: {}", home.folder().path().display(), written.join(", "));
        let ours = |name: &str| {
            OWN_FILES.contains(&name)
                || written.iter().any(|file| match file.split_once(".{") {
                    Some((stem, _)) => name.rsplit_once('.').is_some_and(|(of, _)| of == stem),
                    None => name == file,
                })
        };
        let others: Vec<String> =
            home.folder().files().into_iter().filter(|name| !ours(name)).collect();
        if self.summary == Summary::Printed && !others.is_empty() {
            say(&format!("not of this run, and left as they are: {}", others.join(", ")));
        }
        match (self.summary, self.format) {
            (Summary::Printed, None | Some(Format::Table)) => {
                return print(&format!("{}{wrote}\n", self.summary()));
            }
            (Summary::Printed, Some(_)) => {}
            (Summary::Said, _) => say(&wrote),
        }
        self.repeat()
    }

    /// Prints what was requested in addition to the folder, and the verdict.
    pub(super) fn repeat(&self) -> Result<()> {
        match self.format {
            Some(format) => self.print(format),
            None => {
                self.say_verdict();
                Ok(())
            }
        }
    }

    /// Prints rows; a terminal's table has its caption and verdict.
    fn print(&self, format: Format) -> Result<()> {
        let answer = self.answer;
        let rows = answer.rows();
        let text = match format {
            Format::Csv => format::csv_text(rows)?,
            Format::Json => format::json_text(&answer.record, &answer.tables)?,
            Format::Markdown => self.lines(rows, Script::Unicode).lines.markdown(),
            Format::Latex => self.lines(rows, Script::Latex).lines.latex(),
            Format::Table => self.whole(),
        };
        print(&text)?;
        // Standard output has either the rows or nothing.
        if format != Format::Table || self.home.is_some() {
            self.say_verdict();
        }
        Ok(())
    }

    fn how(&self) -> String {
        how(&self.answer.record, self.experiment.kind().plan.samples_flag)
    }

    fn say_verdict(&self) {
        verdict_line(&self.answer.record).iter().for_each(|line| say(line));
    }

    /// Returns all rows as a terminal's table, with caption, findings and verdict.
    fn whole(&self) -> String {
        let answer = self.answer;
        let Text { lines, details } = self.lines(answer.rows(), Script::Unicode);
        let mut text = format!("{}{}\n{}{details}", answer.caption, self.how(), lines.plain());
        for line in answer.findings.lines.iter().cloned().chain(verdict_line(&answer.record)) {
            text += &line;
            text.push('\n');
        }
        text
    }

    fn lines(&self, rows: &Table, script: Script) -> Text {
        self.experiment.shown(rows, script).unwrap_or_else(|| {
            let schema = (self.experiment.kind().schema)();
            Text {
                lines: format::lines(&schema, rows, script, self.digits),
                details: String::new(),
            }
        })
    }

    /// Returns the rows at the usual point, and the verdict; all rows if the kind has no such point.
    fn summary(&self) -> String {
        let all = self.answer.rows();
        let Some(UsualRows { point, rows }) = (self.experiment.kind().schema)().usual_rows(all)
        else {
            return self.whole();
        };
        let Text { lines, details } = self.lines(&rows, Script::Unicode);
        let mut text = format!(
            "{}{}\nAt {point}; all {} rows are in {}.csv:\n{}{details}",
            self.answer.caption,
            self.how(),
            thousands(all.len() as u64),
            all.name,
            lines.plain()
        );
        if let Some(verdict) = verdict_line(&self.answer.record) {
            text = text + &verdict + "\n";
        }
        text
    }
}

/// Returns how the answer was obtained, as the end of a line; `what` names the samples.
fn how(record: &Record, what: &str) -> String {
    let merged = record.progress.as_ref().and_then(|progress| progress.merged.as_ref());
    let check = record.judgement.as_ref().and_then(|judgement| judgement.check.as_ref());
    let by = check.map_or(String::new(), |check| format!(", {}", check.usual));
    match (&record.simulation, merged) {
        (None, _) if what.is_empty() => String::new(),
        (None, _) => ": exact".to_owned(),
        (Some(s), Some(folders)) => format!(
            ": {} {what}{by}, seed {}, merged from {} folders, {:.2} s in all",
            thousands(s.samples),
            s.seed,
            folders.len(),
            s.seconds,
        ),
        (Some(s), None) => format!(
            ": {} {what}{by}, seed {}, {} threads, {:.2} s, {:.1e} {what}/s, {:.1e} cells/s",
            thousands(s.samples),
            s.seed,
            s.threads,
            s.seconds,
            s.samples_per_second,
            s.cells_per_second,
        ),
    }
}

/// The command line of this run, for its record.
pub(super) fn command_line() -> Vec<String> {
    std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect()
}

/// Prints to standard output; a closed reader, such as `head`, is not an error.
pub(super) fn print(text: &str) -> Result<()> {
    match stdout().write_all(text.as_bytes()).and_then(|()| stdout().flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("standard output cannot be written"),
    }
}
