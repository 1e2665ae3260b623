//! `gauss-sim plot`: charts again from rows alone.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use rayon::prelude::*;

use super::Outcome;
use super::results::print;
use crate::figures::{Figure, figures, nd};
use crate::store::{Folder, Rows, read_rows};

/// Charts again, from rows alone
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  gauss-sim plot gauss-sim-sweep/rows.csv -o charts
  gauss-sim plot gauss-sim-sweep/rows.csv --force
      over the charts beside the rows")]
pub(super) struct Args {
    /// The rows: a rows.csv that gauss-sim wrote
    #[arg(value_name = "ROWS")]
    rows: PathBuf,
    /// Where the charts go [default: beside the rows]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write over charts that are there
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let rows = read_rows(&self.rows)?;
        let shown = self.rows.display();
        let figures = match rows {
            Rows::One(rows) => figures(&rows).map_err(|error| anyhow!("{shown}: {error}"))?,
            Rows::Nd(rows) => nd::figures(&rows).map_err(|error| anyhow!("{shown}: {error}"))?,
        };
        if figures.is_empty() {
            return Err(anyhow!(
                "{shown} has one sigma and one eps, and no three thresholds or numbers of votes, nothing to draw against: name rows of a range, such as --sigma 0..4"
            ));
        }
        let beside = self.rows.parent().filter(|parent| !parent.as_os_str().is_empty());
        let path = self.output.as_deref().or(beside).unwrap_or(Path::new("."));
        let folder = Folder::open(path, self.force).map_err(|error| anyhow!("-o {error}"))?;
        for file in chart_files(&figures) {
            folder.expect_free(&file)?;
        }
        let written = draw(&figures, &folder)?;
        print(&format!("wrote {}: {}\n", folder.path().display(), written.join(", ")))?;
        Ok(Outcome::Done)
    }
}

/// Dots per inch of the PNG.
const DPI: f64 = 300.0;

pub(super) const ENDINGS: [&str; 3] = ["svg", "pdf", "png"];

/// The files that [`draw`] writes.
pub(super) fn chart_files(figures: &[Figure]) -> Vec<String> {
    figures.iter().flat_map(|figure| files_of(&figure.name)).collect()
}

/// The files of the figure of this name.
pub(super) fn files_of(name: &str) -> [String; 3] {
    ENDINGS.map(|ending| format!("{name}.{ending}"))
}

/// A drawing as SVG, PDF and PNG.
pub(super) fn formats(drawing: &plots::Drawing) -> Result<[Vec<u8>; 3], plots::Error> {
    Ok([drawing.svg().as_bytes().to_vec(), drawing.pdf()?, drawing.png(DPI)?])
}

/// Draws each figure once and writes it as SVG, PDF and PNG. Returns the names, endings in braces.
pub(super) fn draw(figures: &[Figure], folder: &Folder) -> Result<Vec<String>> {
    let drawn: Vec<_> = figures
        .par_iter()
        .map(|figure| -> Result<_, plots::Error> { formats(&figure.picture.render()?) })
        .collect();
    let mut names = Vec::new();
    for (figure, bytes) in figures.iter().zip(drawn) {
        let bytes =
            bytes.with_context(|| format!("the chart {} could not be drawn", figure.name))?;
        for (ending, bytes) in ENDINGS.iter().zip(bytes) {
            folder.write(&format!("{}.{ending}", figure.name), &bytes)?;
        }
        names.push(format!("{}.{{{}}}", figure.name, ENDINGS.join(",")));
    }
    Ok(names)
}
