//! `gauss-sim figures`: every figure of the paper's argument, with its rows and its caption.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use plots::{Drawing, Theme};
use rayon::prelude::*;
use serde::Serialize;

use super::args::{ThreadArgs, seed};
use super::plot::{ENDINGS, files_of, formats};
use super::range::{Count, quote};
use super::simulate::{RECORD_FILE, print, simulation_record, verdict_line};
use super::{Outcome, progress, say};
use crate::check::Verdict;
use crate::engine::{Run, VotesBy};
use crate::figures::{NARROW, thousands};
use crate::paper::table::Table;
use crate::paper::{
    ALPHA, CONFIDENCE, LEAST_SAMPLES, LIST, MOST_SAMPLES, Name, Order, Sheet, caption, judge, make,
    tex,
};
use crate::record::{Judgement, Record};
use crate::store::Folder;

/// Every figure of the paper's argument, each with its rows and its caption
#[derive(Debug, clap::Args)]
#[command(after_long_help = format!("{HELP}\nThe figures:\n{LIST}"))]
pub(super) struct Args {
    #[command(flatten)]
    paper: PaperArgs,
    /// The folder, which is made where missing [default: a fresh one, gauss-sim-figures]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write figures.tex, too: an environment with caption and label for each figure
    #[arg(long)]
    latex: bool,
    /// Write over files that are there
    #[arg(long)]
    force: bool,
}

const HELP: &str = "\
Each figure is written as NAME.svg, NAME.pdf (fonts embedded) and NAME.png, with a caption in NAME.md that says what \
is shown, under which definitions, and by which command; the rows that it is drawn from are in data/NAME.csv. \
Theory and simulation must agree in all of them: the exit status is 1 where they do not.

Examples:
  gauss-sim figures -o figures
      all of them, a text width wide
  gauss-sim figures --only claims_map,convergence --width 3.25in --latex -o column
      two, for one column of a paper, and the LaTeX to include them
  gauss-sim figures --theme dark --width 24cm -o slides
      for slides
  gauss-sim figures --samples 1e9 --seed 7 -o figures --force
      with more samples, over what is there
";

/// Which figures, and how they look.
#[derive(Debug, clap::Args)]
pub(super) struct PaperArgs {
    /// Only these figures, separated by commas or one a flag [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAMES", value_parser = name)]
    only: Vec<Name>,
    /// The width of each figure: 6.5in, 16.5cm, 165mm or 468pt; the height follows
    #[arg(long, default_value = "6.5in", allow_hyphen_values = true, value_name = "LENGTH")]
    #[arg(value_parser = width)]
    width: Width,
    /// The colours of the figures
    #[arg(long, default_value = "light", value_name = "THEME", value_enum)]
    theme: ThemeName,
    /// How many samples: 1e7, 10M; the figure of convergence takes ten times as many, those in d
    /// dimensions a hundredth
    #[arg(long, default_value = "10M", allow_negative_numbers = true, value_name = "COUNT")]
    #[arg(value_parser = samples)]
    samples: Count,
    /// The seed; the same seed gives the same counts on any machine
    #[arg(long, default_value = "1", allow_negative_numbers = true, value_name = "NUMBER")]
    #[arg(value_parser = seed)]
    seed: u64,
    #[command(flatten)]
    threads: ThreadArgs,
}

/// A width in points and as it was written.
#[derive(Debug, Clone)]
struct Width {
    points: f64,
    written: String,
}

/// The themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ThemeName {
    /// dark ink on white
    Light,
    /// light ink on near-black
    Dark,
    /// greys on white
    Grey,
}

impl ThemeName {
    fn theme(self) -> Theme {
        match self {
            Self::Light => Theme::Light,
            Self::Dark => Theme::Dark,
            Self::Grey => Theme::Grey,
        }
    }
}

/// What was asked, as resolved.
#[derive(Debug, Clone, Serialize)]
struct Question {
    figures: Vec<&'static str>,
    width_points: f64,
    theme: &'static str,
}

/// Figures with their drawings, all of one run.
pub(super) struct Drawn {
    pub(super) sheets: Vec<Sheet>,
    pub(super) drawings: Vec<Drawing>,
    pub(super) verdict: Option<Verdict>,
    pub(super) seconds: f64,
}

/// Where rows lie in the folder.
const DATA: &str = "data";
const TEX: &str = "figures.tex";

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let names = self.paper.names();
        let (folder, data) = self.folders()?;
        for name in &names {
            let files = files_of(name.name()).into_iter().chain([format!("{name}.md")]);
            files.chain([RECORD_FILE.to_owned()]).try_for_each(|file| folder.expect_free(&file))?;
            data.expect_free(&format!("{name}.csv"))?;
        }
        if self.latex {
            folder.expect_free(TEX)?;
        }
        let paper = &self.paper;
        let question = Question {
            figures: names.iter().map(|name| name.name()).collect(),
            width_points: paper.width.points,
            theme: paper.theme.theme().name(),
        };
        let mut record = Record::begin(question, 0);
        let (drawn, bytes, threads) = paper.threads.install(|| -> Result<_> {
            let drawn = paper.draw()?;
            let bytes: Vec<[Vec<u8>; 3]> = drawn
                .drawings
                .par_iter()
                .map(formats)
                .collect::<Result<_, plots::Error>>()
                .context("a figure could not be written")?;
            Ok((drawn, bytes, rayon::current_num_threads()))
        })??;
        let Drawn { sheets, verdict, seconds, .. } = &drawn;
        record.rows = sheets.iter().flat_map(|sheet| &sheet.tables).map(Table::len).sum();
        record.simulation = verdict.as_ref().map(|verdict| {
            let order = paper.order();
            let run = Run::new(order.seed, order.samples);
            let mut simulation =
                simulation_record(&run, VotesBy::Draws, CONFIDENCE, ALPHA, *seconds, verdict.rows);
            simulation.threads = threads;
            simulation.votes_by = "as each caption says";
            simulation
        });
        record.judgement = verdict.as_ref().map(Judgement::from);
        record.wall_seconds = *seconds;
        // All of it is made before any of it is written.
        let mut files: Vec<(&Folder, String, Vec<u8>)> = Vec::new();
        for (sheet, formats) in sheets.iter().zip(bytes) {
            for table in &sheet.tables {
                files.push((&data, format!("{}.csv", table.name), table.csv()?));
            }
            for (file, text) in &sheet.files {
                files.push((&data, (*file).to_owned(), text.as_bytes().to_vec()));
            }
            let command = paper.command(sheet.name);
            let text = sheet.caption.markdown(&command);
            files.push((&folder, format!("{}.md", sheet.name), text.into_bytes()));
            for (ending, bytes) in ENDINGS.iter().zip(formats) {
                files.push((&folder, format!("{}.{ending}", sheet.name), bytes));
            }
        }
        if self.latex {
            let text = tex::figures(sheets, paper.width.points);
            files.push((&folder, TEX.to_owned(), text.into_bytes()));
        }
        files.push((&folder, RECORD_FILE.to_owned(), record.to_json()?.into_bytes()));
        files.iter().try_for_each(|(folder, name, _)| folder.expect_free(name))?;
        for (folder, name, bytes) in &files {
            folder.write(name, bytes)?;
        }
        print(&self.summary(&drawn, &folder))?;
        Ok(drawn.outcome())
    }

    /// The folder of the figures and that of their rows.
    fn folders(&self) -> Result<(Folder, Folder)> {
        let folder = match &self.output {
            Some(path) => Folder::open(path, self.force).map_err(|error| anyhow!("-o {error}"))?,
            None => Folder::fresh("gauss-sim-figures")?,
        };
        let data = Folder::open(&folder.path().join(DATA), self.force)
            .map_err(|error| anyhow!("-o {error}"))?;
        Ok((folder, data))
    }

    fn summary(&self, drawn: &Drawn, folder: &Folder) -> String {
        let path = folder.path().display();
        let mut text = String::new();
        for sheet in &drawn.sheets {
            let tables: Vec<String> = sheet
                .tables
                .iter()
                .map(|table| {
                    format!("{DATA}/{}.csv ({} rows)", table.name, thousands(table.len() as u64))
                })
                .collect();
            let name = sheet.name;
            text += &format!("{name}.{{{},md}}, {}\n", ENDINGS.join(","), tables.join(", "));
        }
        if let Some(line) = drawn.verdict_line() {
            text += &format!("{line}\n");
        }
        let tex = if self.latex { ", figures.tex" } else { "" };
        text + &format!("wrote {path}: {}, run.json{tex}; {:.1} s\n", drawn.number(), drawn.seconds)
    }
}

impl PaperArgs {
    /// Which figures, in the order of the argument, each once.
    pub(super) fn names(&self) -> Vec<Name> {
        let asked = |name: &Name| self.only.is_empty() || self.only.contains(name);
        Name::ALL.into_iter().filter(asked).collect()
    }

    pub(super) fn order(&self) -> Order {
        Order { samples: self.samples.get(), seed: self.seed, width: self.width.points }
    }

    pub(super) fn dark(&self) -> bool {
        self.theme == ThemeName::Dark
    }

    /// The flags of the look that are not at their defaults.
    pub(super) fn look(&self) -> String {
        let mut flags = String::new();
        if self.width.written != "6.5in" {
            flags += &format!(" --width {}", self.width.written);
        }
        if self.theme != ThemeName::Light {
            flags += &format!(" --theme {}", self.theme.theme().name());
        }
        flags
    }

    /// The command that makes one figure again.
    pub(super) fn command(&self, name: Name) -> String {
        caption::command(name, &self.order(), &self.look())
    }

    pub(super) fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> Result<R> {
        self.threads.install(work)
    }

    /// The same figures as narrow as a column, for the screen of a phone; none where they are that narrow.
    pub(super) fn columns(&self, sheets: &[Sheet]) -> Result<Vec<Option<Drawing>>> {
        let theme = self.theme.theme();
        let narrow = self.width.points < NARROW;
        let column = |sheet: &Sheet| -> Result<Option<Drawing>> {
            if narrow {
                return Ok(None);
            }
            Ok(Some(sheet.for_column().render_at(plots::Size::COLUMN.width, theme)?))
        };
        sheets.iter().map(column).collect()
    }

    /// Makes, judges and draws the figures, on rayon's current pool.
    pub(super) fn draw(&self) -> Result<Drawn> {
        let start = Instant::now();
        let (names, order) = (self.names(), self.order());
        let bar = progress::figures(names.len() as u64);
        let mut sheets = Vec::new();
        for name in names {
            bar.set_message(format!("({name})"));
            sheets.push(make(name, &order).with_context(|| format!("the figure {name}"))?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        let verdict = judge(&mut sheets);
        let theme = self.theme.theme();
        let drawings = sheets
            .par_iter()
            .map(|sheet| {
                let drawing = sheet.picture.render_at(order.width, theme);
                drawing.map_err(|error| {
                    anyhow!(
                        "--width {}: {} does not fit ({error}): write a greater width",
                        self.width.written,
                        sheet.name
                    )
                })
            })
            .collect::<Result<_>>()?;
        Ok(Drawn { sheets, drawings, verdict, seconds: start.elapsed().as_secs_f64() })
    }
}

impl Drawn {
    /// How many figures, in words.
    pub(super) fn number(&self) -> String {
        match self.sheets.len() {
            1 => "1 figure".to_owned(),
            n => format!("{n} figures"),
        }
    }

    pub(super) fn verdict_line(&self) -> Option<String> {
        self.verdict.as_ref().map(|verdict| verdict_line(&Judgement::from(verdict), CONFIDENCE))
    }

    pub(super) fn outcome(&self) -> Outcome {
        match &self.verdict {
            Some(verdict) if !verdict.agree => {
                self.verdict_line().iter().for_each(|line| say(line));
                Outcome::Disagree
            }
            _ => Outcome::Done,
        }
    }
}

fn name(text: &str) -> Result<Name, String> {
    let found = Name::ALL.into_iter().find(|name| name.name() == text.trim());
    found.ok_or_else(|| {
        let names = Name::ALL.map(Name::name).join(", ");
        format!("{} is not a figure: write one of {names}", quote(text))
    })
}

fn samples(text: &str) -> Result<Count, String> {
    let count: Count = text.parse().map_err(|error: super::range::CountError| error.to_string())?;
    if (LEAST_SAMPLES..=MOST_SAMPLES).contains(&count.get()) {
        return Ok(count);
    }
    Err(format!(
        "{} is not possible: write a whole number from {LEAST_SAMPLES} to 1e14",
        quote(text)
    ))
}

/// The least and the greatest width in inches: at the one two panels still have room side by side, the other
/// is wider than any page.
const WIDTHS: std::ops::RangeInclusive<f64> = 3.0..=20.0;

fn width(text: &str) -> Result<Width, String> {
    const UNITS: [(&str, f64); 4] =
        [("in", 72.0), ("cm", 72.0 / 2.54), ("mm", 7.2 / 2.54), ("pt", 1.0)];
    let wrong = || {
        format!(
            "{} is not a width: write a length from 3in to 20in, such as 3.25in, 8.25cm, 82.5mm or 234pt",
            quote(text)
        )
    };
    let written = text.trim();
    let (number, unit) = UNITS
        .iter()
        .find_map(|(unit, points)| Some((written.strip_suffix(unit)?, points)))
        .ok_or_else(wrong)?;
    let number = super::range::number(number).map_err(|_| wrong())?;
    // The same page in whatever unit it is given.
    let points = (number * unit * 1e6).round() / 1e6;
    if WIDTHS.contains(&(points / 72.0)) {
        return Ok(Width { points, written: written.to_owned() });
    }
    Err(wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_in_every_unit() {
        for text in ["3.25in", "8.255cm", "82.55mm", "234pt", " 234pt "] {
            assert_eq!(width(text).unwrap().points, 234.0, "{text}");
        }
        assert!(width("76.2mm").is_ok() && width("20in").is_ok());
        for text in [
            "3.25",
            "in",
            "",
            "-3in",
            "0in",
            "2.9in",
            "21in",
            "naninch",
            "3.25 inch",
            "1e9pt",
            "nanin",
        ] {
            assert!(width(text).unwrap_err().contains("3.25in"), "{text}");
        }
    }
}
