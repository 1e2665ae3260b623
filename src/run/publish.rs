//! Results as files: tables, charts, and the record last.

use std::borrow::Cow;

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::answer::Answer;
use super::output_dir::OutputDir;
use crate::experiment::Kind;
use crate::report::{Figure, Look};
use crate::table::{Table, csv};

/// The name of the record's file.
pub const RECORD_FILE: &str = "run.json";

/// The resolution of the PNG, in dots per inch.
const DPI: f64 = 300.0;

/// The extensions of a chart's files.
pub const ENDINGS: [&str; 3] = ["svg", "pdf", "png"];

/// Returns the file names of tables.
#[must_use]
pub fn table_files(tables: &[Table]) -> Vec<String> {
    tables.iter().map(|table| format!("{}.csv", table.name)).collect()
}

/// Returns the file names of the chart with this name.
#[must_use]
pub fn chart_files(name: &str) -> [String; 3] {
    ENDINGS.map(|ending| format!("{name}.{ending}"))
}

/// Returns a drawing as SVG, PDF and PNG.
pub fn formats(drawing: &plots::Drawing) -> Result<[Vec<u8>; 3], plots::Error> {
    Ok([drawing.svg().as_bytes().to_vec(), drawing.pdf()?, drawing.png(DPI)?])
}

/// Draws each figure once with this look and writes it as SVG, PDF and PNG. Returns the file names, with the
/// extensions in braces.
pub fn draw(figures: &[Figure], look: Look, folder: &OutputDir) -> Result<Vec<String>> {
    let drawn: Vec<_> = figures
        .par_iter()
        .map(|figure| -> Result<_, plots::Error> { formats(&figure.picture.render_with(look)?) })
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

/// Returns the charts of an answer.
pub fn charts(kind: &Kind, answer: &Answer) -> Result<Vec<Figure>> {
    Ok((kind.charts)(&answer.tables, Some(answer.record.spec.as_ref()))?)
}

/// Writes tables, the files of the question, charts, and the record last, so that every file it names exists. Returns
/// the names of the files, those of charts with their extensions in braces.
pub fn publish(
    answer: &Answer,
    files: &[(&'static str, Cow<'_, [u8]>)],
    figures: &[Figure],
    folder: &OutputDir,
) -> Result<Vec<String>> {
    let mut written = Vec::new();
    for (table, file) in answer.tables.iter().zip(table_files(&answer.tables)) {
        folder.write(&file, &csv::write(table)?)?;
        written.push(file);
    }
    for (name, content) in files {
        folder.replace(name, content)?;
    }
    let charts = draw(figures, Look::default(), folder)?;
    let mut record = answer.record.clone();
    record.files.clone_from(&written);
    record.files.extend(files.iter().map(|(name, _)| (*name).to_owned()));
    record.files.extend(figures.iter().flat_map(|figure| chart_files(&figure.name)));
    folder.write(RECORD_FILE, record.to_json()?.as_bytes())?;
    written.push(RECORD_FILE.to_owned());
    written.extend(charts);
    Ok(written)
}
