//! The folder of a run: written into by one run at a time, with its counts.

use std::borrow::Cow;
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
pub const OWN_FILES: [&str; 2] = [COUNTS_FILE, LOCK_FILE];

/// A folder that no other run writes into.
#[derive(Debug)]
pub struct RunDir {
    folder: OutputDir,
    lock: Lock,
}

impl RunDir {
    /// Takes the exclusive right to write into a folder, and removes files that a killed run left there.
    pub fn of(folder: OutputDir) -> Result<Self> {
        let lock = Lock::take(folder.path())?;
        folder.sweep_up();
        Ok(Self { folder, lock })
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &OutputDir {
        &self.folder
    }

    /// Returns whether two runs exclude each other, which is not the case if the file system does not support locks.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.lock.is_held()
    }

    /// Removes the results of the previous run, to make room for `files`: its record first, then its counts, the
    /// files that the record names, and those of `files`. Whenever the new run is killed from here on, the folder
    /// never has files of both.
    pub fn clear(&self, files: &[String]) -> Result<()> {
        let folder = self.folder.path();
        let record = std::fs::read(folder.join(RECORD_FILE)).unwrap_or_default();
        let record: serde_json::Value = serde_json::from_slice(&record).unwrap_or_default();
        let named =
            record["files"].as_array().into_iter().flatten().filter_map(|name| name.as_str());
        let all = [RECORD_FILE, COUNTS_FILE].map(str::to_owned).into_iter();
        for name in all.chain(named.map(str::to_owned)).chain(files.iter().cloned()) {
            // A name that leads elsewhere was not written by this program.
            let path = folder.join(&name);
            let plain = path.parent() == Some(folder);
            if plain && path.symlink_metadata().is_ok_and(|file| file.is_file()) {
                std::fs::remove_file(&path).with_context(|| {
                    format!("{}, of the run before, cannot be removed", path.display())
                })?;
            }
        }
        Ok(())
    }

    /// Writes the files that belong to the question, and the counts.
    pub fn begin(&self, campaign: &Campaign) -> Result<()> {
        for (name, content) in campaign.experiment().files() {
            self.folder.replace(name, &content)?;
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
    pub fn is_current(
        &self,
        answer: &Answer,
        files: &[(&'static str, Cow<'_, [u8]>)],
    ) -> Result<bool> {
        let read = |name: &str| std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        let kept: serde_json::Value =
            serde_json::from_slice(&read(RECORD_FILE)).unwrap_or_default();
        let samples = answer.record.simulation.as_ref().map(|simulation| simulation.samples);
        let rows = &answer.tables[0];
        let same = read(&format!("{}.csv", rows.name)) == csv::write(rows)?;
        let same = same && files.iter().all(|(name, content)| read(name) == content.as_ref());
        Ok(same && kept["simulation"]["samples"].as_u64() == samples)
    }
}

/// Quotes a path for a shell.
#[must_use]
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    match text.chars().all(plain) && !text.starts_with('-') {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}
