//! The folder of a run: written into by one run at a time, with its counts.

use std::path::Path;

use anyhow::{Context, Result};

use super::answer::Answer;
use super::campaign::Campaign;
use super::checkpoint::COUNTS_FILE;
use super::lock::{LOCK_FILE, Lock};
use super::output_dir::OutputDir;
use super::publish::RECORD_FILE;
use crate::table::csv;

/// The files of a run that are neither tables, nor its record, nor charts.
pub(crate) const OWN_FILES: [&str; 2] = [COUNTS_FILE, LOCK_FILE];

/// A folder that no other run writes into.
#[derive(Debug)]
pub struct RunDir {
    folder: OutputDir,
    lock: Lock,
}

impl RunDir {
    /// Takes the sole right to write into a folder, and removes what a killed run left there.
    pub fn of(folder: OutputDir) -> Result<Self> {
        let lock = Lock::take(folder.path())?;
        folder.sweep_up();
        Ok(Self { folder, lock })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &OutputDir {
        &self.folder
    }

    /// Whether two runs are kept apart; not where the file system knows no locks.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.lock.is_held()
    }

    /// Writes what belongs to the question, and the counts.
    pub fn begin(&self, campaign: &Campaign) -> Result<()> {
        for (name, text) in campaign.experiment().files() {
            self.folder.replace(name, text.as_bytes())?;
        }
        self.checkpoint(campaign)
    }

    /// Writes the counts.
    pub fn checkpoint(&self, campaign: &Campaign) -> Result<()> {
        let text = campaign.to_json().context("the counts cannot be written as JSON")?;
        self.folder.replace(COUNTS_FILE, text.as_bytes())?;
        Ok(())
    }

    /// Whether rows, record and the files of the question are those of this answer already.
    pub(crate) fn is_current(
        &self,
        answer: &Answer,
        files: &[(&'static str, String)],
    ) -> Result<bool> {
        let read = |name: &str| std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        let kept: serde_json::Value =
            serde_json::from_slice(&read(RECORD_FILE)).unwrap_or_default();
        let samples = answer.record.simulation.as_ref().map(|simulation| simulation.samples);
        let rows = &answer.tables[0];
        let same = read(&format!("{}.csv", rows.name)) == csv::write(rows)?;
        let same = same && files.iter().all(|(name, text)| read(name) == text.as_bytes());
        Ok(same && kept["simulation"]["samples"].as_u64() == samples)
    }
}

/// A path as a shell takes it.
#[must_use]
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    match text.chars().all(plain) && !text.starts_with('-') {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}
