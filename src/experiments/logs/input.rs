//! Logged predictions from files: `.npz`, `.npy`, or a CSV file in long form.

use std::path::{Path, PathBuf};

use serde_json::Value;
use task::spec::{Parse, SpecError};

use super::logged::{Draws, Logged};
use super::long_form;
use crate::arrays::{ArrayFile, Classes, Labels};

/// The name of a file: beside the file that names it, or else where the program is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(pub PathBuf);

impl Parse for FileName {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self(PathBuf::from(text)))
    }

    fn write(&self) -> Value {
        Value::from(self.0.display().to_string())
    }

    fn read(value: &Value, base: &Path) -> Result<Self, String> {
        let text = PathBuf::from(task::spec::as_text(value)?);
        let beside = base.join(&text);
        // A record may be in a folder of its own, and name what stood where the program was run.
        let here = text.as_os_str() == "-" || !beside.exists();
        Ok(Self(if here { text } else { beside }))
    }
}

/// The arrays of a log, in the order of [`Files::named`].
pub(super) const ARRAYS: [&str; 5] =
    ["labels", "clean", "attacked", "undefended", "undefended_attacked"];

/// Where the arrays of a log are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Files<'a> {
    /// One file of all.
    pub(super) all: Option<&'a FileName>,
    /// A file for each of [`ARRAYS`], which stands over the one of all.
    pub(super) named: [Option<&'a FileName>; 5],
}

fn wrong(path: &Path, error: &str) -> SpecError {
    SpecError::Together(format!("{}: {error}", path.display()))
}

impl Files<'_> {
    /// Reads all arrays that there are.
    pub(super) fn read(&self, classes: &Classes) -> Result<Logged, SpecError> {
        let all = match self.all {
            None => None,
            Some(FileName(path)) => {
                let file = ArrayFile::open(path).map_err(|error| wrong(path, &error))?;
                if let Some(text) = file.text() {
                    if let Some(at) = self.named.iter().position(Option::is_some) {
                        let flag = task::spec::flag(ARRAYS[at]);
                        let error = format!("is a table of all predictions: leave {flag} out");
                        return Err(wrong(path, &error));
                    }
                    return long_form::read(text, classes).map_err(|error| wrong(path, &error));
                }
                Some((path, file))
            }
        };
        // The classes of the labels first, so that most predictions find theirs.
        let read = |i: usize| -> Result<Option<(PathBuf, Labels)>, SpecError> {
            let name = ARRAYS[i];
            if let Some(FileName(path)) = self.named[i] {
                let labels = ArrayFile::open(path).and_then(|file| file.only()?.labels(classes));
                let labels = labels.map_err(|error| wrong(path, &format!("{name} {error}")))?;
                return Ok(Some((path.clone(), labels)));
            }
            let Some((path, file)) = &all else { return Ok(None) };
            let Some(entry) = file.get(name) else { return Ok(None) };
            let labels = entry.labels(classes);
            let labels = labels.map_err(|error| wrong(path, &format!("{name} {error}")))?;
            Ok(Some(((*path).clone(), labels)))
        };
        let missing = |i: usize| {
            let (name, flag) = (ARRAYS[i], task::spec::flag(ARRAYS[i]));
            match &all {
                Some((path, file)) => {
                    let names: Vec<&str> = file.names().take(8).collect();
                    let names = match names.as_slice() {
                        [""] => "one array without a name".to_owned(),
                        names => names.join(", "),
                    };
                    let error = format!(
                        "it has no array {name}, but {names}: add it, or name its file by {flag}"
                    );
                    wrong(path, &error)
                }
                None => SpecError::Together(format!(
                    "{flag} is missing: name a file of logs, or labels, clean and attacked by flags"
                )),
            }
        };
        let (path, labels) = read(0)?.ok_or_else(|| missing(0))?;
        let Some(labels) = labels.as_list().map(<[u16]>::to_vec) else {
            return Err(wrong(&path, "labels has several columns: write one label a sample"));
        };
        let (clean, (attacked, (undefended, undefended_attacked))) = rayon::join(
            || read(1),
            || rayon::join(|| read(2), || rayon::join(|| read(3), || read(4))),
        );
        let draws = |i: usize, read: Option<(PathBuf, Labels)>| {
            let (path, array) = read.ok_or_else(|| missing(i))?;
            let (name, samples) = (ARRAYS[i], labels.len());
            if array.rows != samples {
                let rows = array.rows;
                let turned = array.columns == Some(samples);
                let right = if turned { "save its transpose" } else { "write one row a sample" };
                let error = format!("{name} has {rows} rows, and labels has {samples}: {right}");
                return Err(wrong(&path, &error));
            }
            Ok(Draws { count: array.columns.unwrap_or(1), codes: array.codes })
        };
        let once = |i: usize, read: Option<(PathBuf, Labels)>| match read {
            None => Ok(None),
            Some((path, array)) => {
                let draws = draws(i, Some((path.clone(), array)))?;
                let name = ARRAYS[i];
                match draws.count {
                    1 => Ok(Some(draws.codes)),
                    count => {
                        let error =
                            format!("{name} has {count} columns: write one prediction a sample");
                        Err(wrong(&path, &error))
                    }
                }
            }
        };
        Ok(Logged {
            clean: draws(1, clean?)?,
            attacked: draws(2, attacked?)?,
            undefended: once(3, undefended?)?,
            undefended_attacked: once(4, undefended_attacked?)?,
            labels,
        })
    }
}
