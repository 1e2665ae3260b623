//! `gauss-sim plot`: charts again, from rows alone.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde_json::Value;
use task::spec::Spec;

use super::flags::{self, Output};
use super::output::print;
use super::{Outcome, Verb};
use crate::experiment::{Kind, kind_of_header, spec_of};
use crate::experiments::KINDS;
use crate::run::output_dir::OutputDir;
use crate::run::publish::{RECORD_FILE, chart_files, draw};
use crate::table::{Table, csv};

/// Charts again, from rows alone.
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
  gauss-sim plot training/train.csv -o charts",
            )
            .arg(
                Arg::new("rows")
                    .value_name("ROWS")
                    .required(true)
                    .value_parser(value_parser!(PathBuf))
                    .help("The rows: a CSV file that gauss-sim wrote, or the folder of a run"),
            )
            .arg(flags::folder("Where the charts go [default: beside the rows]"))
            .arg(flags::force("Write over charts that are there"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome> {
        let named =
            matches.get_one::<PathBuf>("rows").ok_or_else(|| anyhow!("no rows are named"))?;
        let found = Rows::read(named)?;
        let shown = found.path.display();
        let figures = (found.kind.charts)(&found.tables, found.spec.as_deref())
            .map_err(|error| anyhow!("{shown}: {error}"))?;
        if figures.is_empty() {
            return Err(anyhow!("{shown} has {}", nothing_to_draw(found.kind)));
        }
        let beside = found.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let output = Output::of(matches);
        let path = output.folder.as_deref().or(beside).unwrap_or(Path::new("."));
        let folder = OutputDir::open(path, output.force).map_err(|error| anyhow!("-o {error}"))?;
        for figure in &figures {
            chart_files(&figure.name).iter().try_for_each(|file| folder.expect_free(file))?;
        }
        let written = draw(&figures, &folder)?;
        print(&format!("wrote {}: {}\n", folder.path().display(), written.join(", ")))?;
        Ok(Outcome::Done)
    }
}

/// Says of rows without charts what they lack.
fn nothing_to_draw(kind: &Kind) -> String {
    let variables = (kind.schema)().variables;
    let Some(first) = variables.first() else {
        return "nothing to draw against: name rows of several points".to_owned();
    };
    let one: Vec<String> = variables.iter().map(|v| format!("one {}", v.name)).collect();
    format!(
        "{}, and nothing else to draw against: name rows of a range, such as {} 0..4",
        one.join(" and "),
        task::spec::flag(first.name)
    )
}

/// Rows with what stands beside them.
struct Rows {
    path: PathBuf,
    kind: &'static Kind,
    tables: Vec<Table>,
    spec: Option<Box<dyn Spec>>,
}

impl Rows {
    /// Reads the rows of a file, or of a folder. What they are of is known from the record beside them, and where
    /// there is none, from their header.
    fn read(named: &Path) -> Result<Self> {
        let folder = if named.is_dir() { named } else { named.parent().unwrap_or(Path::new("")) };
        let spec = question(folder);
        let of_record = spec
            .as_ref()
            .and_then(|spec| KINDS.iter().copied().find(|kind| kind.name == spec.kind()));
        let path = match of_record {
            _ if !named.is_dir() => named.to_owned(),
            Some(kind) => named.join(format!("{}.csv", (kind.schema)().file)),
            None => named.join("rows.csv"),
        };
        let shown = path.display();
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| {
                anyhow!(
                    "{} cannot be read ({error}): name a CSV file that gauss-sim wrote",
                    path.display()
                )
            })
        };
        let bytes = read(&path)?;
        let header = csv::header(&bytes).unwrap_or_default();
        let fits = |kind: &Kind| {
            let columns = (kind.schema)().columns();
            columns.iter().all(|column| header.iter().any(|name| *name == column.name))
        };
        // The record may be of another run than the rows, if somebody has moved them.
        let kind = of_record.filter(|kind| fits(kind)).or_else(|| kind_of_header(KINDS, &header));
        let not_rows = |reason: String| {
            let right = "name a CSV file of rows that gauss-sim wrote";
            anyhow!("{shown} is not a table of rows ({reason}): {right}")
        };
        let kind = kind.ok_or_else(|| not_rows(missing(&header)))?;
        let schema = (kind.schema)();
        let table = csv::read(schema.file, schema.columns(), &bytes).map_err(not_rows)?;
        let spec = spec.filter(|spec| spec.kind() == kind.name);
        let mut tables = vec![table];
        for empty in (kind.beside)() {
            let beside = folder.join(format!("{}.csv", empty.name));
            if beside.is_file() {
                // One without rows is a table, too: a map of claims of which none fails.
                let table = csv::read_any(&empty.name, empty.columns().to_vec(), &read(&beside)?);
                tables.push(table.map_err(|reason| anyhow!("{}: {reason}", beside.display()))?);
            }
        }
        Ok(Self { path, kind, tables, spec })
    }
}

/// The question that the record of a folder has.
fn question(folder: &Path) -> Option<Box<dyn Spec>> {
    let text = std::fs::read(folder.join(RECORD_FILE)).ok()?;
    let record: Value = serde_json::from_slice(&text).ok()?;
    spec_of(KINDS, record.get("spec")?, folder).ok()
}

/// Which columns a file lacks, in comparison with the rows that it is most like.
fn missing(header: &[String]) -> String {
    if header.is_empty() {
        return "it has no rows".to_owned();
    }
    let has = |table: &Table| {
        table.columns().iter().all(|column| header.iter().any(|name| *name == column.name))
    };
    let beside = |kind: &&'static Kind| (kind.beside)().iter().any(has);
    if let Some(kind) = KINDS.iter().find(|kind| beside(kind)) {
        let file = (kind.schema)().file;
        return format!(
            "it stands beside the rows of gauss-sim {}, {file}.csv: name those",
            kind.verbs
        );
    }
    let lacks = |kind: &&'static Kind| -> (usize, String) {
        let columns = (kind.schema)().columns();
        let lacking: Vec<&str> = columns
            .iter()
            .filter(|column| !header.iter().any(|name| *name == column.name))
            .map(|column| column.name.as_ref())
            .collect();
        let (file, column) = ((kind.schema)().file, lacking.first().unwrap_or(&""));
        let text = format!(
            "of the columns of {file}.csv, of gauss-sim {}, it has no {column}",
            kind.verbs
        );
        (lacking.len(), text)
    };
    KINDS.iter().map(lacks).min().map_or_else(String::new, |(_, text)| text)
}
