//! A task in d dimensions, its defense and its adversary, with the numbers as they were given.

use std::fmt;

use serde::Serialize;
use task::Prior;
use task::linear::{Covariance, LinearDefense, LinearTask, symmetrise};
use task::{EntryError, Norm};

use crate::experiments::toml_file::title_line;

/// A task in d dimensions, its defense and its adversary.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The name of the task in charts.
    pub title: Option<String>,
    /// The data.
    pub task: LinearTask,
    /// The defense at sigma = 1: its covariance is multiplied by sigma².
    pub defense: LinearDefense,
    /// The norm of the adversary's budget.
    pub norm: Norm,
    /// The numbers as they were given.
    pub given: Given,
}

/// The numbers of a file, including defaults for those that it left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Given {
    /// The mean of x given y = 1.
    pub mean: Entries,
    /// The covariance of x given y.
    pub covariance: Entries,
    /// P[y = 1].
    pub prior: f64,
    /// The mean of θ.
    pub shift: Entries,
    /// The covariance of θ at sigma = 1.
    pub defense_covariance: Entries,
}

/// One number for all coordinates, a list, or rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Entries {
    /// The same for every coordinate.
    Number(f64),
    /// One for each coordinate.
    List(Vec<f64>),
    /// A full matrix.
    Rows(Vec<Vec<f64>>),
}

impl Problem {
    /// Returns the task as a file that [`super::file::parse`] reads back to the same task, with all numbers in it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let Given { mean, covariance, prior, shift, defense_covariance } = &self.given;
        let text = title_line(self.title.as_deref());
        let norm = match self.norm {
            Norm::MAX => "\"inf\"".to_owned(),
            norm => format!("{:?}", norm.p()),
        };
        text + &format!(
            "[task]\nmean = {mean}\ncovariance = {covariance}\nprior = {prior:?}\n[defense]\nshift = {shift}\n\
             covariance = {defense_covariance}\n[adversary]\nnorm = {norm}\n"
        )
    }
}

impl Problem {
    /// Returns the task as one value, in the form of its file.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let Given { mean, covariance, prior, shift, defense_covariance } = &self.given;
        let norm = match self.norm {
            Norm::MAX => serde_json::json!("inf"),
            norm => serde_json::json!(norm.p()),
        };
        let mut object = serde_json::json!({
            "task": {"mean": mean, "covariance": covariance, "prior": prior},
            "defense": {"shift": shift, "covariance": defense_covariance},
            "adversary": {"norm": norm},
        });
        if let Some(title) = &self.title {
            object["title"] = title.as_str().into();
        }
        object
    }
}

impl fmt::Display for Entries {
    /// Writes the entries as in TOML, with numbers in the shortest form that reads back exactly.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list(f: &mut fmt::Formatter<'_>, numbers: &[f64]) -> fmt::Result {
            f.write_str("[")?;
            for (i, number) in numbers.iter().enumerate() {
                let comma = if i == 0 { "" } else { ", " };
                write!(f, "{comma}{number:?}")?;
            }
            f.write_str("]")
        }
        match self {
            Self::Number(number) => write!(f, "{number:?}"),
            Self::List(numbers) => list(f, numbers),
            Self::Rows(rows) => {
                f.write_str("[\n")?;
                for row in rows {
                    f.write_str("  ")?;
                    list(f, row)?;
                    f.write_str(",\n")?;
                }
                f.write_str("]")
            }
        }
    }
}

impl Given {
    /// Creates the task from these numbers. Halves of a covariance that differ by rounding are averaged, which is
    /// noted.
    pub(super) fn problem(
        mut self,
        title: Option<String>,
        norm: Norm,
        notes: &mut Vec<String>,
    ) -> Result<Problem, String> {
        let covariances = [
            ("task.covariance", &mut self.covariance),
            ("defense.covariance", &mut self.defense_covariance),
        ];
        for (entry, entries) in covariances {
            if let Entries::Rows(rows) = entries
                && let Some(asymmetry) = symmetrise(rows)
            {
                notes.push(format!(
                    "{entry} is symmetric only up to {asymmetry:.1e} of the standard deviations: its two halves \
                     are averaged"
                ));
            }
        }
        let d = self.dimension();
        let task = || -> Result<LinearTask, EntryError> {
            let prior = Prior::new(self.prior)?;
            LinearTask::new(vector(&self.mean, d), covariance(&self.covariance)?, prior)
        };
        let defense = || -> Result<LinearDefense, EntryError> {
            LinearDefense::new(vector(&self.shift, d), covariance(&self.defense_covariance)?)
        };
        for (entry, entries) in [("task.mean", &self.mean), ("defense.shift", &self.shift)] {
            if matches!(entries, Entries::Rows(_)) {
                return Err(format!("{entry} has rows: write a list of numbers, or one"));
            }
        }
        let task = task().map_err(|error| placed("task", error))?;
        let defense = defense().map_err(|error| placed("defense", error))?;
        if defense.mean().len() != d {
            let found = defense.mean().len();
            return Err(format!(
                "length of defense.shift = {found} is not possible: {d}, as task.mean has"
            ));
        }
        Ok(Problem { title, task, defense, norm, given: self })
    }

    /// Returns d: the length of the first list, or 1 if all entries are numbers.
    fn dimension(&self) -> usize {
        [&self.mean, &self.covariance, &self.shift, &self.defense_covariance]
            .into_iter()
            .find_map(|entries| match entries {
                Entries::Number(_) => None,
                Entries::List(list) => Some(list.len()),
                Entries::Rows(rows) => Some(rows.len()),
            })
            .unwrap_or(1)
    }
}

fn vector(entries: &Entries, d: usize) -> Vec<f64> {
    match entries {
        Entries::Number(number) => vec![*number; d],
        Entries::List(list) => list.clone(),
        Entries::Rows(rows) => rows.concat(),
    }
}

fn covariance(entries: &Entries) -> Result<Covariance, EntryError> {
    match entries {
        Entries::Number(variance) => Covariance::scalar(*variance),
        Entries::List(variances) => Covariance::diagonal(variances.clone()),
        Entries::Rows(rows) => Covariance::full(rows),
    }
}

/// Returns an error of the library with the entry's name in the file.
pub(super) fn placed(section: &str, error: EntryError) -> String {
    let names = [
        ("variance", "covariance"),
        ("variances", "covariance"),
        ("covariance", "covariance"),
        ("mean", "mean"),
        ("shift", "shift"),
        ("prior", "prior"),
        ("norm", "norm"),
    ];
    let renamed = |error: EntryError, (from, to): (&str, &str)| {
        error.renamed(from, &format!("{section}.{to}"))
    };
    names.into_iter().fold(error, renamed).to_string()
}

/// Returns the norm's p as it is written after ℓ.
#[must_use]
pub fn subscript(norm: Norm) -> String {
    if norm == Norm::MAX { "∞".to_owned() } else { norm.to_string() }
}
