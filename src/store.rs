//! Files: whole or not at all, and never over one that is there unless told.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use task::{Defense, Eps, Task};

use crate::answer::Answer;
use crate::nd::row::NdRow;
use crate::row::Row;

/// What can go wrong with a file. Each message is one line that names the path.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made or written into.
    #[error("{} cannot be written into ({cause}): name a folder that can, with -o", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not. Not a `source`: the message has it, and must not say it twice.
        cause: io::Error,
    },
    /// A file is in the way.
    #[error("{} exists: name another folder with -o, or write over it with --force", path.display())]
    InTheWay {
        /// The file.
        path: PathBuf,
    },
    /// A folder is in the way, which nothing is written over.
    #[error("{} is a folder: name another one than its parent with -o", path.display())]
    FolderInTheWay {
        /// The folder.
        path: PathBuf,
    },
    /// A file could not be written; what was there before still is.
    #[error("{} was not written ({cause}); nothing there was changed", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// A file cannot be read.
    #[error("{} cannot be read ({cause}): name a rows.csv that gauss-sim wrote", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// A file does not hold rows.
    #[error("{} is not a table of rows ({reason}): name a rows.csv that gauss-sim wrote", path.display())]
    NotRows {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        reason: String,
    },
}

/// A folder that is known to take files.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    force: bool,
}

impl Folder {
    /// Opens `path`, making it where it is missing, and makes sure that it can be written into, so
    /// that a long run does not end with nowhere to go.
    pub fn open(path: &Path, force: bool) -> Result<Self, StoreError> {
        let failed = |cause| StoreError::Folder { path: path.to_owned(), cause };
        fs::create_dir_all(path).map_err(failed)?;
        temporary(path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), force })
    }

    /// Makes a fresh folder in the current one: `stem`, or `stem-2`, `stem-3` … if that is taken.
    pub fn fresh(stem: &str) -> Result<Self, StoreError> {
        let mut path = PathBuf::from(stem);
        for number in 2u64.. {
            match fs::create_dir(&path) {
                Ok(()) => break,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    path = PathBuf::from(format!("{stem}-{number}"));
                }
                Err(cause) => return Err(StoreError::Folder { path, cause }),
            }
        }
        Self::open(&path, false)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fails if a file of that name is in the way, or a folder, which `--force` spares, too.
    pub fn expect_free(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path.join(name);
        if path.is_dir() {
            return Err(StoreError::FolderInTheWay { path });
        }
        if !self.force && path.symlink_metadata().is_ok() {
            return Err(StoreError::InTheWay { path });
        }
        Ok(())
    }

    /// The names of the files that are there, in order; those that cannot be listed are left out.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Writes a file, whole or not at all.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, StoreError> {
        self.expect_free(name)?;
        self.replace(name, bytes)
    }

    /// Writes a file of this run, whole or not at all, over the one that is there.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, StoreError> {
        let path = self.path.join(name);
        let write = || -> io::Result<()> {
            let mut file = temporary(&self.path)?;
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|cause| StoreError::Write { path: path.clone(), cause })?;
        // So that the new name outlives a crash of the system, where a folder can be synchronised.
        if let Ok(folder) = fs::File::open(&self.path) {
            let _ = folder.sync_all();
        }
        Ok(path)
    }

    /// Takes away what a run that was killed while it wrote has left. Not while another run writes.
    pub fn sweep_up(&self) {
        for name in self.files() {
            if name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1) {
                // What stays is in nobody's way.
                let _ = fs::remove_file(self.path.join(name));
            }
        }
    }
}

/// How the names of files that are being written begin and end.
const TEMPORARY: (&str, &str) = (".gauss-sim-", ".tmp");

/// A file without a name that any reader would look for; it goes away unless it is persisted.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less the umask: as readable to others as the user's files usually are.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Rows as CSV: one header line, `\n` line ends.
pub fn to_csv<T: Serialize>(rows: &[T]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// The rows of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// Of one dimension.
    One(Vec<Row>),
    /// Of d dimensions.
    Nd(Vec<NdRow>),
}

/// Reads rows from a CSV file; of what kind they are, its header says.
pub fn read_rows(path: &Path) -> Result<Rows, StoreError> {
    let file = fs::read(path).map_err(|cause| StoreError::Read { path: path.to_owned(), cause })?;
    parse_rows(&file).map_err(|reason| StoreError::NotRows { path: path.to_owned(), reason })
}

/// The same from what is in the file; or what is wrong with it, in one line.
pub fn parse_rows(file: &[u8]) -> Result<Rows, String> {
    let header = csv::Reader::from_reader(file).headers().cloned();
    if header.is_ok_and(|header| header.iter().any(|name| name == "dimension")) {
        rows_of(file, |row: &NdRow| nd_in_domain(row)).map(Rows::Nd)
    } else {
        rows_of(file, |row: &Row| in_domain(row)).map(Rows::One)
    }
}

/// The rows of one kind, at least one; or what is wrong.
fn rows_of<R: Serialize + DeserializeOwned>(
    file: &[u8],
    in_domain: impl Fn(&R) -> Result<(), String>,
) -> Result<Vec<R>, String> {
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers().cloned().unwrap_or_default();
    let rows: Vec<R> = reader
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(&error, &header))?;
    let Some(first) = rows.first() else {
        return Err("it has no rows".to_owned());
    };
    // An optional column that is missing would read as if every cell of it were empty.
    let written = to_csv(std::slice::from_ref(first)).unwrap_or_default();
    let mut written = csv::Reader::from_reader(written.as_slice());
    let (Ok(expected), Ok(found)) = (written.headers(), reader.headers()) else {
        return Err("it has no header".to_owned());
    };
    if let Some(missing) = expected.iter().find(|name| !found.iter().any(|header| header == *name))
    {
        return Err(format!("it has no column {missing}"));
    }
    for (row, number) in rows.iter().zip(1u64..) {
        in_domain(row).map_err(|reason| format!("row {number}: {reason}"))?;
    }
    Ok(rows)
}

/// What a CSV reader finds wrong, in one line, with the column by its name.
fn unreadable(error: &csv::Error, header: &csv::StringRecord) -> String {
    let csv::ErrorKind::Deserialize { pos, err } = error.kind() else {
        return error.to_string().replace('\n', " ");
    };
    let what = err.kind().to_string().replace('\n', " ");
    // Its list of all columns that there are is long.
    if let Some(unknown) = what.strip_prefix("unknown field `").and_then(|s| s.split('`').next()) {
        let own = match unknown {
            "claim" => "; gauss-sim claims draws what it finds",
            "method" => "; gauss-sim train draws what it finds",
            _ => "",
        };
        return format!("it has a column {unknown}, which rows have not{own}");
    }
    let line = pos.as_ref().map_or_else(String::new, |at| format!("line {}, ", at.line()));
    let column = err.field().and_then(|field| header.get(field as usize));
    let column = column.map_or_else(String::new, |name| format!("{name}: "));
    format!("{line}{column}{what}")
}

/// Whether these can be the numbers of a row: no program of ours writes others, and no chart has a
/// place for them.
fn in_domain(row: &Row) -> Result<(), String> {
    let parameters = Task::new(row.mean, row.data_std)
        .and_then(|_| Defense::new(row.shift, row.sigma))
        .and_then(|_| Eps::new(row.eps));
    parameters.map_err(|error| error.to_string())?;
    rates_in_domain(&row.answer())
}

/// The same for a row of d dimensions.
fn nd_in_domain(row: &NdRow) -> Result<(), String> {
    let parameters = Defense::new(0.0, row.sigma).and_then(|_| Eps::new(row.eps));
    parameters.map_err(|error| error.to_string())?;
    if row.gap.is_some_and(|gap| !(-1.0..=1.0).contains(&gap)) {
        return Err("gap is no difference of shares: from -1 to 1 is possible".to_owned());
    }
    rates_in_domain(&row.answer())
}

fn rates_in_domain(row: &Answer) -> Result<(), String> {
    let rates = [
        ("clean_accuracy", Some(row.clean_accuracy)),
        ("adversarial_accuracy", Some(row.adversarial_accuracy)),
        ("robust_accuracy", Some(row.robust_accuracy)),
        ("attack_success_rate", Some(row.attack_success_rate)),
        ("invariance", Some(row.invariance)),
        ("mc_clean_accuracy", row.mc_clean_accuracy),
        ("mc_clean_low", row.mc_clean_low),
        ("mc_clean_high", row.mc_clean_high),
        ("mc_adversarial_accuracy", row.mc_adversarial_accuracy),
        ("mc_adversarial_low", row.mc_adversarial_low),
        ("mc_adversarial_high", row.mc_adversarial_high),
        ("mc_robust_accuracy", row.mc_robust_accuracy),
        ("mc_robust_low", row.mc_robust_low),
        ("mc_robust_high", row.mc_robust_high),
        ("mc_invariance", row.mc_invariance),
        ("mc_invariance_low", row.mc_invariance_low),
        ("mc_invariance_high", row.mc_invariance_high),
    ];
    match rates.iter().find(|(_, rate)| rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate))) {
        Some((name, Some(rate))) => {
            Err(format!("{name} = {rate} is no share: from 0 to 1 is possible"))
        }
        _ => Ok(()),
    }
}
