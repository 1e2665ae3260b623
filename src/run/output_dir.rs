//! The folder of results: files appear whole or not at all, and never replace an existing one unless told to.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// An error of a file. Each message is one line that names the path.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The folder cannot be created or written into.
    #[error("{} cannot be written into ({cause}): name a folder that can, with -o", path.display())]
    Dir {
        /// The folder.
        path: PathBuf,
        /// The reason. It is not a `source`, since the message contains it and must not repeat it.
        cause: io::Error,
    },
    /// A file is in the way.
    #[error("{} exists: name another folder with -o, or write over it with --force", path.display())]
    InTheWay {
        /// The file.
        path: PathBuf,
    },
    /// A folder is in the way, which is never replaced.
    #[error("{} is a folder: name another one than its parent with -o", path.display())]
    DirectoryInTheWay {
        /// The folder.
        path: PathBuf,
    },
    /// A device, a pipe or a socket is in the way.
    #[error("{} is no file that could be replaced (a device, a pipe or a socket): name another", path.display())]
    Special {
        /// The path.
        path: PathBuf,
    },
    /// A file could not be written; the previous one is still there.
    #[error("{} was not written ({cause}); nothing there was changed", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        cause: io::Error,
    },
}

/// A folder that is known to be writable.
#[derive(Debug, Clone)]
pub struct OutputDir {
    path: PathBuf,
    force: bool,
}

impl OutputDir {
    /// Opens `path`, creating it if it is missing, and makes sure that it can be written into, so that a long run
    /// does not end with nowhere to go.
    pub fn open(path: &Path, force: bool) -> Result<Self, OutputError> {
        let failed = |cause| OutputError::Dir { path: path.to_owned(), cause };
        if path == Path::new("-") {
            // Several files would be written.
            return Err(failed(io::Error::other("- stands for one stream, and this is a folder")));
        }
        fs::create_dir_all(path).map_err(failed)?;
        temporary(path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), force })
    }

    /// Creates a fresh folder in the current one: `stem`, or `stem-2`, `stem-3` … if that is taken.
    pub fn fresh(stem: &str) -> Result<Self, OutputError> {
        let mut path = PathBuf::from(stem);
        for number in 2u64.. {
            match fs::create_dir(&path) {
                Ok(()) => break,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    path = PathBuf::from(format!("{stem}-{number}"));
                }
                Err(cause) => return Err(OutputError::Dir { path, cause }),
            }
        }
        Self::open(&path, false)
    }

    /// Returns the path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fails if a file with that name is in the way, or a folder, which even `--force` does not replace.
    pub fn expect_free(&self, name: &str) -> Result<(), OutputError> {
        let path = self.path.join(name);
        if path.is_dir() {
            return Err(OutputError::DirectoryInTheWay { path });
        }
        // For a link, its target matters.
        if path.metadata().is_ok_and(|there| !there.is_file()) {
            return Err(OutputError::Special { path });
        }
        if !self.force && path.symlink_metadata().is_ok() {
            return Err(OutputError::InTheWay { path });
        }
        Ok(())
    }

    /// Returns the names of the existing files, in order; those that cannot be listed are left out.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Writes a file, whole or not at all.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, OutputError> {
        self.expect_free(name)?;
        self.replace(name, bytes)
    }

    /// Writes a file of this run, whole or not at all, in place of an existing one. A link remains a link: its target
    /// is replaced.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, OutputError> {
        let mut path = self.path.join(name);
        if let Ok(target) = fs::read_link(&path) {
            // One that leads nowhere yet has no canonical name.
            path = path.canonicalize().unwrap_or_else(|_| self.path.join(target));
        }
        let folder = path.parent().unwrap_or(&self.path).to_owned();
        let write = || -> io::Result<()> {
            let mut file = temporary(&folder)?;
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|cause| OutputError::Write { path: path.clone(), cause })?;
        // So that the new name survives a crash of the system, if the folder can be synchronised.
        if let Ok(folder) = fs::File::open(&folder) {
            let _ = folder.sync_all();
        }
        Ok(path)
    }

    /// Removes temporary files of a run that was killed while it wrote. Must not be called while another run writes.
    pub fn sweep_up(&self) {
        for name in self.files() {
            if name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1) {
                // A file that stays does no harm.
                let _ = fs::remove_file(self.path.join(name));
            }
        }
    }
}

/// The prefix and the suffix of the names of files that are being written.
const TEMPORARY: (&str, &str) = (".gauss-sim-", ".tmp");

/// Creates a temporary file, whose name no reader would look for; it is removed unless it is persisted.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Subject to the umask, so that others can read it as they can the user's other files.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
