//! Reading of a question's TOML files: errors are one line that names the file, the entry, and what would be right.

use std::path::{Path, PathBuf};

use task::range::short;
use toml::{Table, Value};

use crate::arrays;

/// An error in a file, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, where, and what would be right.
    pub reason: String,
}

/// Reads a file with `parse`, which gets its text and the folder that the names of other files are relative to;
/// `instead` says what to name if it cannot be read.
pub(crate) fn read<T>(
    path: &Path,
    instead: &str,
    parse: impl FnOnce(&str, &Path) -> Result<T, String>,
) -> Result<T, FileError> {
    let failed = |reason| FileError { path: path.to_owned(), reason };
    let text = arrays::text_of(path)
        .map_err(|error| failed(format!("cannot be read ({error}): {instead}")))?;
    parse(&text, path.parent().unwrap_or(Path::new(""))).map_err(failed)
}

/// Parses the entries of a text; the error is the parser's message and line, in one line.
pub(crate) fn table(text: &str) -> Result<Table, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| {
            let before = &text.as_bytes()[..span.start.min(text.len())];
            before.iter().filter(|b| **b == b'\n').count() + 1
        });
        format!("line {line} is not TOML: {}", error.message().replace('\n', ", "))
    })
}

/// Formats a value for a message, shortened whatever it is.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => short(*number),
        Value::Boolean(truth) => truth.to_string(),
        Value::Datetime(_) => "a date".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a section".to_owned(),
    }
}

/// Returns the number of an entry, which may be a fraction in quotes.
pub(crate) fn number(entry: &str, value: &Value) -> Result<f64, String> {
    match value {
        Value::Float(number) => Ok(*number),
        Value::Integer(number) => Ok(*number as f64),
        Value::String(text) => {
            task::range::number(text).map_err(|_| format!("{entry} is {text:?}: write a number"))
        }
        other => Err(format!("{entry} is {}: write a number", shown(other))),
    }
}

/// Returns the title, if there is one, without control characters.
pub(crate) fn title(table: &Table) -> Result<Option<String>, String> {
    match table.get("title") {
        Some(Value::String(title)) => Ok(Some(title.replace(char::is_control, " "))),
        Some(other) => Err(format!("title is {}: write text between quotes", shown(other))),
        None => Ok(None),
    }
}

/// Returns a title as a line of a file; empty if there is none. The remaining escapes are the same in JSON and TOML.
pub(crate) fn title_line(title: Option<&str>) -> String {
    title.map_or_else(String::new, |title| format!("title = {}\n", serde_json::Value::from(title)))
}
