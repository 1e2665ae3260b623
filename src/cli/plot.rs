//! `gauss-sim plot`: charts again, from rows alone.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use task::range::quote;

use super::flags::{self, Output};
use super::output::print;
use super::paper::{look_of, looks};
use super::{Outcome, Verb, say};
use crate::experiments::KINDS;
use crate::run::kept::KeptRows;
use crate::run::output_dir::OutputDir;
use crate::run::publish::{chart_files, draw};

/// The verb `plot`: charts again, from rows alone.
pub(super) struct Plot;

impl Verb for Plot {
    fn command(&self) -> Command {
        Command::new("plot")
            .about("Charts again, from rows alone")
            .after_long_help(
                "\
The rows are those that a verb wrote, whatever other programs have made of them since. Charts of claims and of training \
need the run.json and the other tables that stand beside them.

Examples:
  gauss-sim plot gauss-sim-sweep/rows.csv -o charts
  gauss-sim plot gauss-sim-sweep --force
      over the charts beside the rows
  gauss-sim plot training/train.csv -o charts
  gauss-sim plot rows.csv --metric robust_accuracy --width 3.25in --theme grey --no-title -o paper",
            )
            .arg(
                Arg::new("rows")
                    .value_name("ROWS")
                    .required(true)
                    .value_parser(value_parser!(PathBuf))
                    .help("The rows: a CSV file that gauss-sim wrote, or the folder of a run"),
            )
            .arg(
                Arg::new("metric")
                    .long("metric")
                    .value_name("NAMES")
                    .value_delimiter(',')
                    .action(ArgAction::Append)
                    .help("Only charts whose names begin so, such as robust_accuracy [default: all]"),
            )
            .args(looks())
            .arg(
                Arg::new("no_title")
                    .long("no-title")
                    .action(ArgAction::SetTrue)
                    .help("Leave titles out, for a paper that has captions"),
            )
            .arg(flags::folder("Where the charts go [default: beside the rows]"))
            .arg(flags::force("Write over charts that are there"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome> {
        let named =
            matches.get_one::<PathBuf>("rows").ok_or_else(|| anyhow!("no rows are named"))?;
        let found = KeptRows::read(KINDS, named)?;
        let shown = found.path.display();
        let mut figures = (found.kind.charts)(&found.tables, found.spec.as_deref())
            .map_err(|error| anyhow!("{shown}: {error}"))?;
        if figures.is_empty() {
            return Err(anyhow!("{shown} has {}", found.kind.nothing_to_draw()));
        }
        found.notes.iter().for_each(|note| say(note));
        let asked: Vec<&String> = matches.get_many("metric").into_iter().flatten().collect();
        if let Some(none) =
            asked.iter().find(|name| !figures.iter().any(|figure| figure.name.starts_with(**name)))
        {
            let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
            let (none, names) = (quote(none), names.join(", "));
            return Err(anyhow!("--metric: no chart begins with {none}: there are {names}"));
        }
        if !asked.is_empty() {
            figures.retain(|figure| asked.iter().any(|name| figure.name.starts_with(*name)));
        }
        if matches.get_flag("no_title") {
            figures.iter_mut().for_each(|figure| figure.picture.remove_title());
        }
        let beside = found.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let output = Output::of(matches);
        let path = output.folder.as_deref().or(beside).unwrap_or(Path::new("."));
        let folder = OutputDir::open(path, output.force).map_err(|error| anyhow!("-o {error}"))?;
        for figure in &figures {
            chart_files(&figure.name).iter().try_for_each(|file| folder.expect_free(file))?;
        }
        let written = draw(&figures, look_of(matches)?, &folder)?;
        print(&format!("wrote {}: {}\n", folder.path().display(), written.join(", ")))?;
        Ok(Outcome::Done)
    }
}
