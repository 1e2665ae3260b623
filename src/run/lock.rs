//! One run at a time in a folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The file that is locked while a run writes into its folder.
pub(crate) const LOCK_FILE: &str = ".gauss-sim.lock";

/// The exclusive right to write into a folder. The lock is the kernel's: it ends with the process, even if that is
/// killed, and a file left behind does not block anyone.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    /// Dropped last, and the lock with it.
    _file: File,
    held: bool,
}

/// The reason why there is no lock. The message is one line that names the folder.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has the lock.
    #[error("another run is writing into {}: wait until it has ended, or name another folder", .0.display())]
    Busy(PathBuf),
    /// The file cannot be created.
    #[error("{} cannot be written into ({cause}): name a folder that can", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The reason.
        cause: io::Error,
    },
}

impl Lock {
    /// Takes the lock of a folder, which must exist, or fails if another process has it.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join(LOCK_FILE);
        loop {
            let mut open = OpenOptions::new();
            let file = open.read(true).write(true).create(true).truncate(false).open(&path);
            let file =
                file.map_err(|cause| LockError::Folder { path: folder.to_owned(), cause })?;
            match file.try_lock() {
                Ok(()) if still_there(&file, &path) => {
                    return Ok(Self { path, _file: file, held: true });
                }
                // The previous owner has ended and removed the file: try the next one.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(LockError::Busy(folder.to_owned())),
                // A file system without locks.
                Err(TryLockError::Error(_)) => return Ok(Self { path, _file: file, held: false }),
            }
        }
    }

    /// Returns whether two runs exclude each other, which is not the case if the file system does not support locks.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still locked. A file left behind does not block anyone.
        let _ = fs::remove_file(&self.path);
    }
}

/// Returns whether the open file is (still) the one with that name.
#[cfg(unix)]
fn still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(file), Ok(path)) => identity(file) == identity(path),
        _ => false,
    }
}

/// Returns `true`: an open file cannot be removed on this platform.
#[cfg(not(unix))]
fn still_there(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_nothing_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let lock = Lock::take(folder.path()).expect("free");
        assert!(lock.is_held());
        assert!(matches!(Lock::take(folder.path()), Err(LockError::Busy(_))));
        drop(lock);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
        // A file that a killed process left.
        fs::write(folder.path().join(LOCK_FILE), "").expect("a file");
        let lock = Lock::take(folder.path()).expect("free");
        assert!(matches!(Lock::take(folder.path()), Err(LockError::Busy(_))));
        drop(lock);
        assert!(matches!(Lock::take(&folder.path().join("no")), Err(LockError::Folder { .. })));
    }
}
