//! `gauss-sim report`: every figure of the paper's argument as one page of HTML.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use clap::{Arg, ArgMatches, Command, value_parser};

use super::output::print;
use super::paper::{self, Paper};
use super::{Outcome, Verb, flags, say};
use crate::paper::CONFIDENCE;
use crate::paper::caption::report_command;
use crate::paper::html::{Entry, Frame, page};
use crate::paper::statements::of_page;
use crate::run::output_dir::OutputDir;
use crate::run::record::Judgement;
use crate::run::verdict::verdict as verdict_of;

/// The verb `report`: the figures as one page of HTML, with their rows, captions and commands.
pub(super) struct Report;

impl Verb for Report {
    fn command(&self) -> Command {
        Command::new("report")
            .about("The figures as one page of HTML, with their rows, captions and commands")
            .after_long_help(
                "\
The page needs nothing else: figures are in it as SVG, the rows as tables that a click on a head sorts, and \
beside each figure stands the command that makes it. It opens with the statements of claims --list. It can be read on a \
phone, and printed.

Examples:
  gauss-sim report -o report.html
  gauss-sim report --only convergence,claims_map --samples 1e6 -o short.html
  gauss-sim report --eps 0.3 --mean 1.5 --draws fresh -o mine.html
      at other parameters, in the figures that have them; the statements keep their own cases
  gauss-sim report --theme dark -o report.html --force",
            )
            .args(paper::args())
            .arg(
                Arg::new("output")
                    .short('o')
                    .long("output")
                    .value_name("FILE")
                    .default_value("gauss-sim-report.html")
                    .hide_default_value(true)
                    .value_parser(value_parser!(PathBuf))
                    .help("The page, or - for standard output [default: gauss-sim-report.html]"),
            )
            .arg(flags::force("Write over a file that is there"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome> {
        let missing = || anyhow!("-o names no file: write report.html");
        let file = matches.get_one::<PathBuf>("output").ok_or_else(missing)?;
        let place = Place::of(file, matches.get_flag("force"))?;
        let paper = &Paper::of(matches)?;
        let drawn = flags::install(matches, || paper.draw())??;
        let commands: Vec<String> =
            drawn.sheets.iter().map(|sheet| paper.command(sheet.name)).collect();
        let columns = paper.columns(&drawn.sheets)?;
        let svgs = drawn.drawings.iter().zip(&columns);
        let entries: Vec<Entry<'_>> = drawn
            .sheets
            .iter()
            .zip(svgs)
            .zip(&commands)
            .map(|((sheet, (drawing, column)), command)| {
                let column = column.as_ref().map_or("", |drawing| drawing.svg());
                Entry { sheet, svg: drawing.svg(), column, command }
            })
            .collect();
        let verdict = drawn.verdict_line();
        let audited = flags::install(matches, || of_page(&paper.names(), &paper.order()))??;
        let judged = audited.verdict.as_ref();
        let frame = Frame {
            disagrees: drawn.verdict.as_ref().is_some_and(|verdict| !verdict.agree),
            statements_verdict: judged
                .map(|found| verdict_of(&Judgement::from(found), CONFIDENCE.get())),
            statements: audited.statements,
            verdict: verdict.clone(),
            command: report_command(&paper.names(), &paper.order(), &paper.look()),
            dark: paper.dark(),
        };
        let html = page(&frame, &entries);
        let mut text = verdict.map_or_else(String::new, |line| line + "\n");
        match &place {
            Place::Standard => {
                print(&html)?;
                text.lines().for_each(say);
            }
            Place::File { folder, name } => {
                folder.write(name, html.as_bytes())?;
                let shown = file.display();
                text += &format!("wrote {shown}: {}; {:.1} s\n", drawn.number(), drawn.seconds);
                print(&text)?;
            }
        }
        Ok(match (judged.is_none_or(|found| found.agree), &frame.statements_verdict) {
            (false, Some(line)) => {
                say(line);
                Outcome::Disagree
            }
            _ => drawn.outcome(),
        })
    }
}

/// The destination of the page.
enum Place {
    /// Standard output, for `-o -`.
    Standard,
    /// A file.
    File { folder: OutputDir, name: String },
}

impl Place {
    /// Returns the destination given by `-o`, after checking that the page can be written.
    fn of(file: &Path, force: bool) -> Result<Self> {
        if file == Path::new("-") {
            return Ok(Self::Standard);
        }
        let shown = file.display();
        let text = file.to_str().unwrap_or_default();
        if text.ends_with(std::path::is_separator) {
            return Err(anyhow!("-o {shown} names a folder: write {text}report.html"));
        }
        let name = file.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| anyhow!("-o {shown} names no file: write report.html"))?;
        let beside = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = OutputDir::open(beside.unwrap_or(Path::new(".")), force)
            .map_err(|error| anyhow!("-o {error}"))?;
        folder.expect_free(name)?;
        Ok(Self::File { folder, name: name.to_owned() })
    }
}
