//! Reads a task in d dimensions from a TOML file.
//!
//! ```toml
//! title = "Isotropic noise"          # for charts; may be left out
//!
//! [task]
//! mean = [1.2, 1.0]                  # of x given y = 1: a list, or one number for all coordinates
//! covariance = [1.0, 0.25]           # a number times the identity, a list of variances, or a list of rows
//! prior = 0.5                        # P[y = 1]; ½ if left out
//!
//! [defense]
//! shift = 1.0                        # the mean of θ, as mean; 0 if left out
//! covariance = 1.0                   # of θ at sigma = 1, as covariance; 1 if left out
//!
//! [adversary]
//! norm = 2                           # p of the ℓp norm: at least 1, or "inf"; 2 if left out
//! ```
//!
//! In place of a list or of rows, the name of a file of numbers may be given, relative to the TOML file: text with
//! any usual separator, or `.npy` ([`crate::arrays`]). A single line or column is a list. A number may be a fraction
//! in quotes, `"8/255"`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crc::{CRC_64_XZ, Crc};
use serde_json::{Value as Json, json};

use task::Norm;
use task::linear::MAX_DIMENSION;
use toml::{Table, Value};

use task::EntryError;
use task::spec::{Parse, SpecError};

use super::TASK_FILE;
use super::problem::{Entries, Given, Problem, placed};
use crate::arrays;
use crate::experiments::toml_file::{self, FileError, number, shown};

/// The sections, and the entries that each may have.
const SECTIONS: [(&str, &[&str]); 3] = [
    ("task", &["mean", "covariance", "prior"]),
    ("defense", &["shift", "covariance"]),
    ("adversary", &["norm"]),
];

/// Reads a task, and adds notes on its files.
fn read(path: &Path, notes: &mut Vec<String>) -> Result<Problem, FileError> {
    toml_file::read(
        path,
        "name a task in TOML; nd --example isotropic prints one",
        |text, folder| noting(text, folder, notes),
    )
}

/// Parses a task from its text; the names of other files are relative to `folder`.
pub fn parse(text: &str, folder: &Path) -> Result<Problem, String> {
    noting(text, folder, &mut Vec::new())
}

fn noting(text: &str, folder: &Path, notes: &mut Vec<String>) -> Result<Problem, String> {
    problem(&toml_file::table(text)?, folder, notes)
}

/// Returns the task that a table describes.
fn problem(table: &Table, folder: &Path, notes: &mut Vec<String>) -> Result<Problem, String> {
    check_names(table)?;
    let entry = |section: &'static str, name: &'static str| {
        table.get(section).and_then(|value| value.get(name)).map(|value| (section, name, value))
    };
    let mut entries = |section, name, default: f64| match entry(section, name) {
        Some((section, name, value)) => numbers(&format!("{section}.{name}"), value, folder, notes),
        None => Ok(Entries::Number(default)),
    };
    for name in ["mean", "covariance"] {
        if entry("task", name).is_none() {
            return Err(format!("task.{name} is missing: write it under [task]"));
        }
    }
    let given = Given {
        mean: entries("task", "mean", 0.0)?,
        covariance: entries("task", "covariance", 1.0)?,
        prior: match entry("task", "prior") {
            Some((_, _, value)) => number("task.prior", value)?,
            None => 0.5,
        },
        shift: entries("defense", "shift", 0.0)?,
        defense_covariance: entries("defense", "covariance", 1.0)?,
    };
    let norm = match entry("adversary", "norm") {
        Some((_, _, Value::String(text))) if text == "inf" => Norm::MAX,
        Some((_, _, value)) => {
            let p = number("adversary.norm", value)
                .map_err(|error| format!("{error} of at least 1, or \"inf\""))?;
            Norm::new(p).map_err(|e| placed("adversary", e.into()))?
        }
        None => Norm::TWO,
    };
    let title = toml_file::title(table)?;
    given.problem(title, norm, notes)
}

/// The task of a question: the named file, and its contents. Two are equal if their contents are.
#[derive(Debug, Clone, Default)]
pub struct TaskFile {
    path: PathBuf,
    problem: Option<Arc<Problem>>,
    /// Notes on its files.
    notes: Vec<String>,
}

impl PartialEq for TaskFile {
    fn eq(&self, other: &Self) -> bool {
        self.problem == other.problem
    }
}

/// The largest number of dimensions for which the numbers of a task are written into the question itself; beyond it,
/// its file is named.
pub const MAX_WRITTEN: usize = 50;

const CRC64: Crc<u64> = Crc::<u64>::new(&CRC_64_XZ);

/// Returns the checksum of a task's file.
fn checksum(text: &str) -> String {
    format!("crc64-xz:{:016x}", CRC64.checksum(text.as_bytes()))
}

impl TaskFile {
    /// Creates a task that is not from a file.
    #[must_use]
    pub fn of(problem: Problem) -> Self {
        Self { problem: Some(Arc::new(problem)), ..Self::default() }
    }

    /// Returns the task. Fails if none was named.
    pub fn problem(&self) -> Result<&Arc<Problem>, SpecError> {
        self.problem.as_ref().ok_or_else(|| {
            SpecError::Together(
                "TASK.toml is missing: name a task in TOML; nd --example isotropic prints one"
                    .to_owned(),
            )
        })
    }

    /// Returns notes on what was left out or corrected in its files, in words.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Returns an error of the library as an error of a flag or of the file.
    #[must_use]
    pub fn wrong(&self, error: &EntryError) -> SpecError {
        match error.name.as_str() {
            "sigma" | "eps" => SpecError::Value(error.clone()),
            _ => SpecError::Together(format!("{}: {error}", self.path.display())),
        }
    }
}

impl Parse for TaskFile {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let path = PathBuf::from(text);
        let mut notes = Vec::new();
        let problem = read(&path, &mut notes).map_err(|error| error.to_string())?;
        Ok(Self { path, problem: Some(Arc::new(problem)), notes })
    }

    /// Returns the contents of the file; if there are many dimensions, its path and checksum.
    fn write(&self) -> Json {
        let Some(problem) = &self.problem else { return Json::Null };
        if problem.task.dimension() > MAX_WRITTEN {
            return json!({"file": TASK_FILE, "checksum": checksum(&problem.to_toml())});
        }
        problem.to_json()
    }

    fn read(value: &Json, base: &Path) -> Result<Self, String> {
        let object = match value {
            Json::String(text) if text.is_empty() => return Ok(Self::default()),
            Json::String(text) => return Self::parse(&base.join(text).display().to_string()),
            Json::Null => return Ok(Self::default()),
            object => object,
        };
        let Some(file) = object.get("file").and_then(Json::as_str) else {
            let table = Table::try_from(object.clone()).map_err(|error| {
                format!("it is no task: {}", error.to_string().replace('\n', " "))
            })?;
            return Ok(Self::of(problem(&table, base, &mut Vec::new())?));
        };
        let path = base.join(file);
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("its {file} cannot be read: {error}"))?;
        if object.get("checksum").and_then(Json::as_str).is_some_and(|sum| sum != checksum(&text)) {
            return Err(format!("its {file} is not that of its counts"));
        }
        let problem = parse(&text, base).map_err(|error| format!("its {file}: {error}"))?;
        Ok(Self { path, problem: Some(Arc::new(problem)), notes: Vec::new() })
    }
}

/// Fails on an unknown section or entry, so that a typing error does not go unnoticed.
fn check_names(table: &Table) -> Result<(), String> {
    for (name, value) in table {
        let Some((section, known)) = SECTIONS.iter().find(|(section, _)| section == name) else {
            if name == "title" {
                continue;
            }
            return Err(format!(
                "{name} is not known here: write title, [task], [defense] or [adversary]"
            ));
        };
        let Value::Table(entries) = value else {
            return Err(format!("{section} is {}: write a section, [{section}]", shown(value)));
        };
        if let Some(unknown) = entries.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!("{section}.{unknown} is not known: write {}", known.join(", ")));
        }
    }
    Ok(())
}

fn numbers(
    entry: &str,
    value: &Value,
    folder: &Path,
    notes: &mut Vec<String>,
) -> Result<Entries, String> {
    match value {
        Value::String(text) if task::range::number(text).is_ok() => {
            number(entry, value).map(Entries::Number)
        }
        Value::String(file) => array(entry, &folder.join(file), notes),
        Value::Array(items) if items.iter().any(Value::is_array) => {
            let row = |(i, item): (usize, &Value)| match item {
                Value::Array(row) => list(&format!("{entry}[{i}]"), row),
                other => Err(format!(
                    "{entry}[{i}] is {}: write a list, as the other rows",
                    shown(other)
                )),
            };
            items.iter().enumerate().map(row).collect::<Result<_, _>>().map(Entries::Rows)
        }
        Value::Array(items) => list(entry, items).map(Entries::List),
        Value::Float(_) | Value::Integer(_) => number(entry, value).map(Entries::Number),
        other => Err(format!(
            "{entry} is {}: write a number, a list, or the name of a file of numbers between quotes",
            shown(other)
        )),
    }
}

fn list(entry: &str, items: &[Value]) -> Result<Vec<f64>, String> {
    if items.is_empty() {
        return Err(format!("{entry} is empty: write from 1 to {MAX_DIMENSION} numbers"));
    }
    items.iter().enumerate().map(|(i, item)| number(&format!("{entry}[{i}]"), item)).collect()
}

/// Returns the numbers of a file; a single line or column is a list.
fn array(entry: &str, path: &Path, notes: &mut Vec<String>) -> Result<Entries, String> {
    let shown = path.display();
    let array = arrays::read(path).map_err(|error| format!("{entry}: {shown} {error}"))?;
    notes.extend(array.notes.iter().map(|note| format!("{entry}: {shown}: {note}")));
    Ok(match array.as_list() {
        Some(list) => Entries::List(list.to_vec()),
        None => Entries::Rows(array.into_rows()),
    })
}

#[cfg(test)]
mod tests {
    use task::Prior;

    use super::*;

    fn wrong(text: &str) -> String {
        parse(text, Path::new("examples")).expect_err(text)
    }

    #[test]
    fn a_file_says_everything_once() {
        let text = "title = 'two'\n[task]\nmean = [1, 2.5]\ncovariance = [[2, 0.5], [0.5, 1]]\nprior = 0.3\n\
                    [defense]\nshift = 1\ncovariance = [1, 0]\n[adversary]\nnorm = \"inf\"\n";
        let problem = parse(text, Path::new("")).unwrap();
        assert_eq!(problem.title.as_deref(), Some("two"));
        assert_eq!(problem.task.mean(), [1.0, 2.5]);
        assert_eq!(problem.task.covariance().entry(0, 1), 0.5);
        assert_eq!(problem.task.prior().get(), 0.3);
        assert_eq!(problem.defense.mean(), [1.0, 1.0]);
        assert_eq!(problem.defense.covariance().variances(2), Some(vec![1.0, 0.0]));
        assert_eq!(problem.norm, Norm::MAX);
    }

    #[test]
    fn a_task_is_written_as_it_was_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("rows.csv"), "2,1e-7\n1e-7,0.1\n").unwrap();
        for text in [
            "[task]\nmean = 2\ncovariance = 1e15\n",
            "title = 'a \"b\" \\ é ℓ'\n[task]\nmean = [0.1, -3e-9]\ncovariance = [[2, 0.3], [0.3, 1]]\n\
             prior = 0.30000000000000004\n[defense]\nshift = [1, 1e10]\ncovariance = [1, 0]\n[adversary]\nnorm = 'inf'\n",
            "[task]\nmean = 1\ncovariance = 'rows.csv'\n[adversary]\nnorm = 1.5\n",
        ] {
            let problem = parse(text, folder.path()).unwrap();
            let written = problem.to_toml();
            // No other file is needed.
            assert_eq!(parse(&written, Path::new("")), Ok(problem), "{written}");
        }
    }

    #[test]
    fn what_is_left_out_has_its_usual_value() {
        let problem = parse("[task]\nmean = 2\ncovariance = 1\n", Path::new("")).unwrap();
        assert_eq!(problem.task.mean(), [2.0]);
        assert_eq!(problem.task.prior(), Prior::HALF);
        assert_eq!(problem.defense.mean(), [0.0]);
        assert_eq!(problem.defense.covariance().entry(0, 0), 1.0);
        assert_eq!(problem.norm, Norm::TWO);
        let three = "[task]\nmean = 2\ncovariance = 1\n[defense]\ncovariance = [1, 2, 3]\n";
        assert_eq!(parse(three, Path::new("")).unwrap().task.dimension(), 3);
    }

    #[test]
    fn an_error_names_the_entry() {
        let task = |covariance: &str| {
            wrong(&format!("[task]\nmean = [1, 2]\ncovariance = {covariance}\n"))
        };
        for (covariance, expected) in [
            (
                "[[1, 0.5], [0.6, 1]]",
                "task.covariance[1][0] = 0.6 is not possible: 0.5, as task.covariance[0][1]",
            ),
            (
                "[[1, 0.5], [0.5]]",
                "length of task.covariance[1] = 1 is not possible: 2, as many as rows",
            ),
            ("[[1, 2], [2, 1]]", "task.covariance[1][0] = 2.0 is not possible: at most 1e0"),
            ("[1, 0]", "task.covariance[1][1] = 0 is not possible: a variance above 0"),
            ("[1, -2]", "task.covariance[1] = -2 is not possible: a variance from 0"),
            ("-1", "task.covariance = -1 is not possible: a variance from 0"),
            ("nan", "task.covariance = NaN is not possible"),
            ("[1, 2, 3]", "dimensions of task.covariance = 3 is not possible: 2, as its mean has"),
            ("[1, true]", "task.covariance[1] is true: write a number"),
            ("[[1, 0], 3]", "task.covariance[1] is 3: write a list, as the other rows"),
            ("[]", "task.covariance is empty: write from 1 to 10000 numbers"),
            (
                "true",
                "task.covariance is true: write a number, a list, or the name of a file of numbers",
            ),
            ("'no.csv'", "task.covariance: examples/no.csv cannot be read"),
        ] {
            let found = task(covariance);
            assert!(found.starts_with(expected), "{covariance}: {found}");
        }
        for (text, expected) in [
            ("", "task.mean is missing"),
            ("[task]\nmean = 1\n", "task.covariance is missing"),
            ("[task\nmean", "line 1 is not TOML: "),
            ("x = 1", "x is not known here: write title, [task], [defense] or [adversary]"),
            ("task = 1", "task is 1: write a section, [task]"),
            ("[task]\nmeen = 1", "task.meen is not known: write mean, covariance, prior"),
            ("title = 1", "task.mean is missing"),
        ] {
            let found = wrong(text);
            assert!(found.starts_with(expected), "{text:?}: {found}");
        }
        let task = "[task]\nmean = [1, 2]\ncovariance = 1\n";
        for (more, expected) in [
            ("prior = 0", "task.prior = 0 is not possible: a number above 0 and below 1"),
            ("prior = 'x'", "task.prior is \"x\": write a number"),
            (
                "[adversary]\nnorm = 0.5",
                "adversary.norm = 0.5 is not possible: a number of at least 1, or inf",
            ),
            (
                "[adversary]\nnorm = 'two'",
                "adversary.norm is \"two\": write a number of at least 1, or \"inf\"",
            ),
            (
                "[defense]\nshift = [1]",
                "length of defense.shift = 1 is not possible: 2, as task.mean has",
            ),
            (
                "[defense]\nshift = [[1, 1]]",
                "defense.shift has rows: write a list of numbers, or one",
            ),
            ("[defense]\nshift = [1, inf]", "defense.shift[1] = inf is not possible"),
            (
                "[defense]\ncovariance = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]",
                "dimensions of defense.covariance = 3",
            ),
            (
                "[defense]\ncovariance = [[1, 0.9], [0.9, 0.5]]",
                "defense.covariance[1][0] = 0.9 is not possible: at most",
            ),
        ] {
            let found = wrong(&format!("{task}{more}"));
            assert!(found.starts_with(expected), "{more:?}: {found}");
        }
        assert!(wrong(&format!("title = 1\n{task}")).starts_with("title is 1: write text"));
    }

    #[test]
    fn a_csv_file_stands_for_a_list_or_rows() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("row.csv", "# the mean\n1, 2,3\n");
        write("column.csv", "1\n2\n3\n");
        write("rows.csv", "2,0,1\n0,2,0\n1,0,2\n");
        write("bad.csv", "2,0,1\n0,two,0\n1,0,2\n");
        write("empty.csv", "\n");
        let text = |mean: &str, covariance: &str| {
            format!("[task]\nmean = '{mean}'\ncovariance = '{covariance}'\n")
        };
        let problem = parse(&text("row.csv", "rows.csv"), folder.path()).unwrap();
        assert_eq!(problem.task.mean(), [1.0, 2.0, 3.0]);
        assert_eq!(problem.task.covariance().entry(2, 0), 1.0);
        let other = parse(&text("column.csv", "column.csv"), folder.path()).unwrap();
        assert_eq!(other.task.mean(), problem.task.mean());
        assert_eq!(other.task.covariance().variances(3), Some(vec![1.0, 2.0, 3.0]));
        let error = parse(&text("row.csv", "bad.csv"), folder.path()).unwrap_err();
        assert!(error.ends_with("bad.csv line 2, field 2: \"two\" is not a number"), "{error}");
        let error = parse(&text("row.csv", "empty.csv"), folder.path()).unwrap_err();
        assert!(error.contains("is empty"), "{error}");
        let error = parse(&text("rows.csv", "rows.csv"), folder.path()).unwrap_err();
        assert!(error.contains("task.mean has rows"), "{error}");
    }
}
