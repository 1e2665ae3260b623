//! `gauss-sim figures`: every figure of the paper's argument, with its rows and its caption.

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use rayon::prelude::*;
use serde::Serialize;

use super::Outcome;
use super::paper::{Drawn, PaperArgs};
use super::plot::{ENDINGS, files_of, formats};
use super::results::{RECORD_FILE, print, simulation_record};
use crate::figures::thousands;
use crate::paper::table::Table;
use crate::paper::{ALPHA, CONFIDENCE, LIST, tex};
use crate::record::{Judgement, Record};
use crate::store::Folder;
use engine::{Run, VotesBy};

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

/// What was asked, as resolved.
#[derive(Debug, Clone, Serialize)]
struct Question {
    figures: Vec<&'static str>,
    width_points: f64,
    theme: &'static str,
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
            width_points: paper.order().width,
            theme: paper.theme().name(),
        };
        let mut record = Record::begin(question, 0);
        let (drawn, bytes, threads) = paper.install(|| -> Result<_> {
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
            let text = tex::figures(sheets, paper.order().width);
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
