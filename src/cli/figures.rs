//! `gauss-sim figures`: every figure of the paper's argument, with its rows and its caption.

use anyhow::{Context as _, Result, anyhow};
use clap::{Arg, ArgAction, ArgMatches, Command};
use engine::stream::STREAM_VERSION;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};
use task::spec::Spec as _;

use super::flags::{self, Output};
use super::output::{command_line, print};
use super::paper::{self, Drawn, Paper};
use super::{Outcome, Verb};
use crate::paper::caption::definitions;
use crate::paper::latex;
use crate::paper::{CONFIDENCE, FALSE_ALARM, Given, LIST};
use crate::run::Means;
use crate::run::output_dir::OutputDir;
use crate::run::publish::{ENDINGS, RECORD_FILE, chart_files, formats};
use crate::run::record::{Judgement, Record, Simulation};
use crate::table::csv;
use crate::table::text::thousands;

/// The verb `figures`: every figure of the paper's argument, each with its rows and its caption.
pub(super) struct Figures;

const HELP: &str = "\
Each figure is written as NAME.svg, NAME.pdf (fonts embedded) and NAME.png, with a caption in NAME.md that says what \
is shown, at which parameters, and by which command; definitions.md says once what several captions need; the rows that it is drawn from are in data/NAME.csv. \
Theory and simulation must agree in all of them: the exit status is 1 where they do not.

Examples:
  gauss-sim figures -o figures
      all of them, a text width wide
  gauss-sim figures --only claims_map,convergence --width 3.25in --latex -o column
      two, for one column of a paper, and the LaTeX to include them
  gauss-sim figures --theme dark --width 24cm -o slides
      for slides
  gauss-sim figures --sigma 0.2..3/30 --eps 0.3 --mean 1.5 --draws fresh -o mine
      at other parameters: each figure takes those that it has, and a line says which keep their own
  gauss-sim figures --samples 1e9 --seed 7 -o figures --force
      with more samples, over what is there
";

/// The resolved question, for the record.
#[derive(Debug, Clone, Serialize)]
struct Question {
    figures: Vec<&'static str>,
    width_points: f64,
    theme: &'static str,
    /// The parameters in place of the figures' own; null where each keeps its own.
    parameters: Map<String, Value>,
}

/// The folder of the rows, within the folder of the figures.
const DATA: &str = "data";
const TEX: &str = "figures.tex";
/// What several captions need.
const DEFINITIONS: &str = "definitions.md";

impl Verb for Figures {
    fn command(&self) -> Command {
        Command::new("figures")
            .about("Every figure of the paper's argument, each with its rows and its caption")
            .after_long_help(format!("{HELP}\nThe figures:\n{LIST}"))
            .args(paper::args())
            .arg(flags::folder(
                "The folder, which is made where missing [default: a fresh one, gauss-sim-figures]",
            ))
            .arg(Arg::new("latex").long("latex").action(ArgAction::SetTrue).help(
                "Write figures.tex, too: an environment with caption and label for each figure",
            ))
            .arg(flags::force("Write over files that are there"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome> {
        let paper = &Paper::of(matches)?;
        let with_latex = matches.get_flag("latex");
        let names = paper.names();
        let output = Output::of(matches);
        let fresh = output.folder.as_ref().is_none_or(|path| !path.exists());
        let (folder, data) = folders(&output)?;
        for name in &names {
            let files = chart_files(name.name()).into_iter().chain([format!("{name}.md")]);
            files
                .chain([RECORD_FILE, DEFINITIONS].map(str::to_owned))
                .try_for_each(|file| folder.expect_free(&file))?;
            data.expect_free(&format!("{name}.csv"))?;
        }
        if with_latex {
            folder.expect_free(TEX)?;
        }
        let question = Question {
            figures: names.iter().map(|name| name.name()).collect(),
            width_points: paper.order().width,
            theme: paper.theme().name(),
            parameters: Given::PARAMETERS
                .iter()
                .map(|parameter| (parameter.name.to_owned(), paper.given().get(parameter.name)))
                .collect(),
        };
        let mut record = Record::begin(question, 0);
        record.command = command_line();
        let drawn = flags::install(matches, || -> Result<_> {
            let drawn = paper.draw()?;
            let bytes: Vec<[Vec<u8>; 3]> = drawn
                .drawings
                .par_iter()
                .map(formats)
                .collect::<Result<_, plots::Error>>()
                .context("a figure could not be written")?;
            Ok((drawn, bytes, rayon::current_num_threads()))
        })?;
        if drawn.is_err() && fresh {
            // Both are empty; if they are not, they stay.
            let _ = [&data, &folder].map(|folder| std::fs::remove_dir(folder.path()));
        }
        let (drawn, bytes, threads) = drawn?;
        let Drawn { sheets, verdict, seconds, .. } = &drawn;
        record.rows =
            sheets.iter().flat_map(|sheet| &sheet.tables).map(|data| data.table.len()).sum();
        record.simulation =
            verdict.as_ref().map(|verdict| simulation(paper, verdict.rows, *seconds, threads));
        record.judgement = verdict.as_ref().map(Judgement::from);
        record.wall_seconds = *seconds;
        // Make all of it before writing any of it.
        let mut files: Vec<(&OutputDir, String, Vec<u8>)> = Vec::new();
        for (sheet, formats) in sheets.iter().zip(bytes) {
            for table in sheet.tables.iter().map(|data| &data.table) {
                files.push((&data, format!("{}.csv", table.name), csv::write(table)?));
            }
            for (file, text) in &sheet.files {
                // Two figures may share a file.
                if files.iter().any(|(_, known, _)| known == file) {
                    continue;
                }
                files.push((&data, file.clone(), text.as_bytes().to_vec()));
            }
            let command = paper.command(sheet.name);
            let text = sheet.caption.markdown(&command, Some(DEFINITIONS));
            files.push((&folder, format!("{}.md", sheet.name), text.into_bytes()));
            for (ending, bytes) in ENDINGS.iter().zip(formats) {
                files.push((&folder, format!("{}.{ending}", sheet.name), bytes));
            }
        }
        let definitions = definitions(sheets);
        if !definitions.is_empty() {
            let text = format!("# What the captions mean\n\n{}\n", definitions.join("\n\n"));
            files.push((&folder, DEFINITIONS.to_owned(), text.into_bytes()));
        }
        if with_latex {
            let commands: Vec<String> =
                sheets.iter().map(|sheet| paper.command(sheet.name)).collect();
            let text = latex::figures(sheets, &commands, paper.order().width);
            files.push((&folder, TEX.to_owned(), text.into_bytes()));
        }
        files.push((&folder, RECORD_FILE.to_owned(), record.to_json()?.into_bytes()));
        files.iter().try_for_each(|(folder, name, _)| folder.expect_free(name))?;
        for (folder, name, bytes) in &files {
            folder.write(name, bytes)?;
        }
        print(&summary(&drawn, &folder, with_latex))?;
        Ok(drawn.outcome())
    }
}

/// Returns the folder of the figures and that of their rows.
fn folders(output: &Output) -> Result<(OutputDir, OutputDir)> {
    let folder = match &output.folder {
        Some(path) => OutputDir::open(path, output.force).map_err(|error| anyhow!("-o {error}"))?,
        None => OutputDir::fresh("gauss-sim-figures")?,
    };
    let data = OutputDir::open(&folder.path().join(DATA), output.force)
        .map_err(|error| anyhow!("-o {error}"))?;
    Ok((folder, data))
}

/// Returns how they were simulated, all together; each caption says how votes were drawn.
fn simulation(paper: &Paper, rows: usize, seconds: f64, threads: usize) -> Simulation {
    let (order, means) = (paper.order(), Means::default());
    let rate = order.samples as f64 / seconds;
    Simulation {
        stream_version: STREAM_VERSION,
        seed: order.seed,
        samples: order.samples,
        batch: engine::BATCH,
        threads,
        engine: "simd",
        instruction_set: means.level.name(),
        votes_by: None,
        tries_by: None,
        confidence: CONFIDENCE.get(),
        false_alarm: FALSE_ALARM.get(),
        seconds,
        samples_per_second: rate,
        cells_per_second: rate * rows as f64,
    }
}

fn summary(drawn: &Drawn, folder: &OutputDir, with_latex: bool) -> String {
    let path = folder.path().display();
    let mut text = String::new();
    for sheet in &drawn.sheets {
        let tables: Vec<String> = sheet
            .tables
            .iter()
            .map(|data| &data.table)
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
    let tex = if with_latex { ", figures.tex" } else { "" };
    text + &format!("wrote {path}: {}, run.json{tex}; {:.1} s\n", drawn.number(), drawn.seconds)
}
