//! The threads that work.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The pool in use: of which process, of how many threads as asked for.
type InUse = Option<(u32, Option<NonZeroUsize>, Arc<ThreadPool>)>;

static IN_USE: Mutex<InUse> = Mutex::new(None);

/// A pool of so many threads, or of one a core. It is kept for the next call; a process that was forked makes its own, as
/// it has none of its parent's threads.
pub(crate) fn pool(threads: Option<NonZeroUsize>) -> PyResult<Arc<ThreadPool>> {
    let process = std::process::id();
    let mut in_use = IN_USE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match in_use.take() {
        Some((of, asked, pool)) if of == process && asked == threads => {
            *in_use = Some((of, asked, Arc::clone(&pool)));
            return Ok(pool);
        }
        // The threads of a parent are not here to be ended.
        Some((of, _, pool)) if of != process => std::mem::forget(pool),
        _ => {}
    }
    let builder = ThreadPoolBuilder::new().num_threads(threads.map_or(0, NonZeroUsize::get));
    let pool = builder.build().map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    let pool = Arc::new(pool);
    *in_use = Some((process, threads, Arc::clone(&pool)));
    Ok(pool)
}

/// Leaves a pool to what it is still at; the next call gets a new one.
pub(crate) fn abandon() {
    *IN_USE.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
}
