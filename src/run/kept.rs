//! Rows that a run left in a file, read again with the files beside them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use serde_json::Value;
use task::spec::Spec;

use super::publish::RECORD_FILE;
use crate::arrays;
use crate::experiment::{Kind, kind_of_header, spec_of};
use crate::table::{Cell, Table, csv};

/// Rows with the tables and the record beside them.
#[derive(Debug)]
pub struct KeptRows {
    /// The file of the rows.
    pub path: PathBuf,
    /// The kind of experiment.
    pub kind: &'static Kind,
    /// The rows, and the tables beside them.
    pub tables: Vec<Table>,
    /// The question, if a record beside them contains it.
    pub spec: Option<Box<dyn Spec>>,
    /// Notes on the rows, in words.
    pub notes: Vec<String>,
}

impl KeptRows {
    /// Reads the rows of a file, or of a folder. Their kind is known from the record beside them or, if there is
    /// none, from their header.
    pub fn read(kinds: &[&'static Kind], named: &Path) -> Result<Self> {
        let folder = if named.is_dir() { named } else { named.parent().unwrap_or(Path::new("")) };
        let spec = question(kinds, folder);
        let of_record = spec
            .as_ref()
            .and_then(|spec| kinds.iter().copied().find(|kind| kind.name == spec.kind()));
        let path = match of_record {
            _ if !named.is_dir() => named.to_owned(),
            Some(kind) => named.join(format!("{}.csv", (kind.schema)().file)),
            None => named.join("rows.csv"),
        };
        let shown = path.display();
        let read = |path: &Path| {
            arrays::bytes_of(path).map_err(|error| {
                anyhow!(
                    "{} cannot be read ({error}): name a CSV file that gauss-sim wrote",
                    path.display()
                )
            })
        };
        let bytes = read(&path)?;
        let header = csv::header(&bytes).unwrap_or_default();
        // The record may belong to another run than the rows, if they were moved.
        let kind =
            of_record.filter(|kind| kind.fits(&header)).or_else(|| kind_of_header(kinds, &header));
        let not_rows = |reason: String| {
            let right = "name a CSV file of rows that gauss-sim wrote";
            anyhow!("{shown} is not a table of rows ({reason}): {right}")
        };
        let kind = kind.ok_or_else(|| not_rows(missing(kinds, &header)))?;
        let schema = (kind.schema)();
        let table = csv::read(schema.file, schema.columns(), &bytes).map_err(not_rows)?;
        let spec = spec.filter(|spec| spec.kind() == kind.name);
        let notes = repeated(&table, schema.keys.len()).into_iter().collect();
        let mut tables = vec![table];
        for empty in (kind.beside)() {
            let beside = folder.join(format!("{}.csv", empty.name));
            if beside.is_file() {
                // A table without rows is also valid, such as a map of claims none of which fails.
                let table = csv::read_any(&empty.name, empty.columns().to_vec(), &read(&beside)?);
                tables.push(table.map_err(|reason| anyhow!("{}: {reason}", beside.display()))?);
            }
        }
        Ok(Self { path, kind, tables, spec, notes })
    }
}

/// Returns a note on the number of rows with the same keys as another row, as those of several runs in one file have.
fn repeated(table: &Table, keys: usize) -> Option<String> {
    let mut seen = HashSet::new();
    let again = table
        .iter()
        .filter(|row| {
            let key: Vec<Cell> = row.cells().take(keys).collect();
            !seen.insert(format!("{key:?}"))
        })
        .count();
    (again > 0).then(|| {
        format!("{again} of {} rows repeat the point of another, as those of several runs do: each is drawn", table.len())
    })
}

/// Returns the question in the record of a folder.
fn question(kinds: &[&'static Kind], folder: &Path) -> Option<Box<dyn Spec>> {
    let text = std::fs::read(folder.join(RECORD_FILE)).ok()?;
    let record: Value = serde_json::from_slice(&text).ok()?;
    spec_of(kinds, record.get("spec")?, folder).ok()
}

/// Returns the columns that a file lacks, compared with the rows that it resembles most.
fn missing(kinds: &[&'static Kind], header: &[String]) -> String {
    if header.is_empty() {
        return "it has no rows".to_owned();
    }
    let has = |table: &Table| {
        table.columns().iter().all(|column| header.iter().any(|name| *name == column.name))
    };
    let beside = |kind: &&'static Kind| (kind.beside)().iter().any(has);
    if let Some(kind) = kinds.iter().find(|kind| beside(kind)) {
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
    kinds.iter().map(lacks).min().map_or_else(String::new, |(_, text)| text)
}
