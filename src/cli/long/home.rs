//! The folder of a run: held by one run at a time, with its counts.

use std::path::Path;

use anyhow::{Result, anyhow};

use crate::campaign::Campaign;
use crate::campaign::file::COUNTS_FILE;
use crate::campaign::lock::{LOCK_FILE, Lock};
use crate::campaign::nd::TASK_FILE;
use crate::campaign::subject::Subject;
use crate::cli::args::OutputArgs;
use crate::cli::results::{RECORD_FILE, RUN_FILES};
use crate::cli::say;
use crate::record::Record;
use crate::store::{Folder, to_csv};

/// The files that are a run's own besides rows, record and charts.
pub(in crate::cli) const OWN_FILES: [&str; 3] = [COUNTS_FILE, LOCK_FILE, TASK_FILE];

/// A folder that no other run writes into.
#[derive(Debug)]
pub(in crate::cli) struct Home {
    pub(in crate::cli) folder: Folder,
    _lock: Lock,
}

impl Home {
    /// `folder`, with whatever a killed run left there swept up.
    pub(in crate::cli) fn of(folder: Folder) -> Result<Self> {
        let lock = Lock::take(folder.path())?;
        if !lock.is_held() {
            let folder = folder.path().display();
            say(&format!("{folder} knows no locks: see to it that no other run writes into it"));
        }
        folder.sweep_up();
        Ok(Self { folder, _lock: lock })
    }

    /// The folder of `-o`, or a fresh one of this name, known to take these files; `None` if
    /// neither is named.
    pub(in crate::cli) fn open(
        output: &OutputArgs,
        fresh: Option<&str>,
        files: &[&str],
    ) -> Result<Option<Self>> {
        let folder = match (&output.output, fresh) {
            (Some(path), _) => {
                Folder::open(path, output.force).map_err(|error| anyhow!("-o {error}"))?
            }
            (None, Some(stem)) => Folder::fresh(stem)?,
            (None, None) => return Ok(None),
        };
        let home = Self::of(folder)?;
        let path = home.folder.path();
        if !output.force && files.contains(&COUNTS_FILE) && path.join(COUNTS_FILE).exists() {
            return Err(anyhow!(
                "{} exists: go on with that run by --resume {}, name another folder with -o, or write over it with --force",
                path.join(COUNTS_FILE).display(),
                quoted(path)
            ));
        }
        for file in files {
            home.folder.expect_free(file)?;
        }
        Ok(Some(home))
    }

    /// Writes what belongs to the counts, and the counts.
    pub(in crate::cli) fn begin<S: Subject>(&self, campaign: &Campaign<S>) -> Result<()> {
        for (name, text) in campaign.grid().files() {
            self.folder.replace(name, text.as_bytes())?;
        }
        self.keep(campaign)
    }

    /// Writes the counts.
    pub(in crate::cli) fn keep<S: Subject>(&self, campaign: &Campaign<S>) -> Result<()> {
        self.folder.replace(COUNTS_FILE, campaign.to_json()?.as_bytes())?;
        Ok(())
    }

    /// Whether rows and record are those of these rows already.
    pub(in crate::cli) fn is_current<S: Subject>(
        &self,
        rows: &[S::Row],
        record: &Record<S::Record>,
    ) -> Result<bool> {
        let read = |name: &str| std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        let kept: serde_json::Value =
            serde_json::from_slice(&read(RECORD_FILE)).unwrap_or_default();
        let samples = record.simulation.as_ref().map(|simulation| simulation.samples);
        Ok(kept["simulation"]["samples"].as_u64() == samples && read(RUN_FILES[0]) == to_csv(rows)?)
    }
}

/// A path as a shell takes it.
pub(in crate::cli) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    match text.chars().all(plain) && !text.starts_with('-') {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}
