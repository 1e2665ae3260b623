//! `gauss-sim report`: every figure of the paper's argument as one page of HTML.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use super::Outcome;
use super::paper::PaperArgs;
use super::results::print;
use crate::paper::report::{Entry, Frame, page};
use crate::store::Folder;

/// The figures as one page of HTML, with their rows, captions and commands
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
The page needs nothing else: figures are in it as SVG, the rows as tables that a click on a head sorts, and \
beside each figure stands the command that makes it. It can be read on a phone, and printed.

Examples:
  gauss-sim report -o report.html
  gauss-sim report --only convergence,claims_map --samples 1e6 -o short.html
  gauss-sim report --theme dark -o report.html --force")]
pub(super) struct Args {
    #[command(flatten)]
    paper: PaperArgs,
    /// The page [default: gauss-sim-report.html]
    #[arg(short, long, value_name = "FILE", default_value = "gauss-sim-report.html")]
    #[arg(hide_default_value = true)]
    output: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let shown = self.output.display();
        let name = self.output.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| anyhow!("-o {shown} names no file: write report.html"))?;
        let beside = self.output.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = Folder::open(beside.unwrap_or(Path::new(".")), self.force)
            .map_err(|error| anyhow!("-o {error}"))?;
        folder.expect_free(name)?;
        let paper = &self.paper;
        let drawn = paper.install(|| paper.draw())??;
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
        let frame = Frame {
            disagrees: drawn.verdict.as_ref().is_some_and(|verdict| !verdict.agree),
            verdict: verdict.clone(),
            command: self.command(),
            dark: paper.dark(),
        };
        folder.write(name, page(&frame, &entries)?.as_bytes())?;
        let mut text = verdict.map_or_else(String::new, |line| line + "\n");
        text += &format!("wrote {shown}: {}; {:.1} s\n", drawn.number(), drawn.seconds);
        print(&text)?;
        Ok(drawn.outcome())
    }

    /// The command that makes the page again.
    fn command(&self) -> String {
        let names: Vec<&str> = self.paper.names().iter().map(|name| name.name()).collect();
        let only = match names.len() {
            all if all == crate::paper::Name::ALL.len() => String::new(),
            _ => format!(" --only {}", names.join(",")),
        };
        let order = self.paper.order();
        let look = self.paper.look();
        format!(
            "gauss-sim report{only} --samples {} --seed {}{look} -o report.html",
            order.samples, order.seed
        )
    }
}
