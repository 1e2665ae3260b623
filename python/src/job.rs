//! Work on other threads, while Python's own one hears signals and says how far it is.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use gauss_sim::experiment::Watch;
use pyo3::prelude::*;

use crate::pool;
use crate::refused;

/// How often signals are looked for and progress is told.
const TICK: Duration = Duration::from_millis(50);

/// How long work that hears no stop may go on after it before it is left to itself.
const PATIENCE: Duration = Duration::from_millis(300);

/// What the worker and Python's thread share.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    /// Set to have the work stop.
    pub(crate) stop: AtomicBool,
    /// Whether samples are drawn, whose loop hears `stop` and keeps what there is.
    pub(crate) drawing: AtomicBool,
    /// Samples, or steps of exact values, that are done …
    pub(crate) done: AtomicU64,
    /// … of so many; 0 where that is not known.
    pub(crate) total: AtomicU64,
    /// What there is to say, line by line.
    pub(crate) notes: Mutex<Vec<String>>,
}

/// The payload of a panic that ends work which is to stop.
struct Stopped;

impl Watched {
    /// Says a line.
    pub(crate) fn note(&self, line: impl Into<String>) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
    }

    /// Begins something of so many steps.
    pub(crate) fn begin_of(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }
}

impl Watch for Watched {
    fn begin(&self, _: &'static str, steps: Option<u64>) {
        self.begin_of(0, steps.unwrap_or(0));
    }

    fn step(&self, steps: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) {
            resume_unwind(Box::new(Stopped));
        }
    }
}

/// Where a worker leaves its result.
struct Slot<T> {
    result: Mutex<Option<T>>,
    there: Condvar,
}

impl<T> Slot<T> {
    fn put(&self, result: T) {
        *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        self.there.notify_all();
    }

    /// The result, if it comes within `time`.
    fn wait(&self, time: Duration) -> Option<T> {
        let guard = self.result.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.there.wait_timeout_while(guard, time, |result| result.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.take()
    }
}

type Worked<T> = std::result::Result<Result<T>, Box<dyn Any + Send>>;

/// Does `work` on a pool of threads, without Python's lock. Signals are heard meanwhile, so that Ctrl-C ends the work, and
/// `progress` is called with what is done and the total. An error of the work is a `ValueError` with its sentence.
pub(crate) fn run<T: Send + 'static>(
    py: Python<'_>,
    pool: &rayon::ThreadPool,
    progress: Option<&Bound<'_, PyAny>>,
    watched: &Arc<Watched>,
    work: impl FnOnce(&Watched) -> Result<T> + Send + 'static,
) -> PyResult<T> {
    let slot = Arc::new(Slot { result: Mutex::new(None), there: Condvar::new() });
    let (theirs, shared) = (Arc::clone(&slot), Arc::clone(watched));
    pool.spawn(move || theirs.put(catch_unwind(AssertUnwindSafe(|| work(&shared)))));
    let mut told = (u64::MAX, 0);
    loop {
        if let Some(worked) = py.detach(|| slot.wait(TICK)) {
            if told.0 != u64::MAX {
                tell(progress, watched, &mut told)?;
            }
            return finish(worked);
        }
        let heard = py.check_signals().and_then(|()| tell(progress, watched, &mut told));
        if let Err(error) = heard {
            watched.stop.store(true, Ordering::Relaxed);
            leave(py, &slot, watched);
            return Err(error);
        }
    }
}

/// Tells how far the work is, where that has changed.
fn tell(
    progress: Option<&Bound<'_, PyAny>>,
    watched: &Watched,
    told: &mut (u64, u64),
) -> PyResult<()> {
    let Some(progress) = progress else { return Ok(()) };
    let total = watched.total.load(Ordering::Relaxed);
    let now = (watched.done.load(Ordering::Relaxed), total);
    if total > 0 && now != *told {
        progress.call1(now)?;
        *told = now;
    }
    Ok(())
}

/// Waits for work that is to stop: for a run until what it has counted is kept, for the rest a moment.
fn leave<T: Send>(py: Python<'_>, slot: &Slot<Worked<T>>, watched: &Watched) {
    let since = Instant::now();
    while py.detach(|| slot.wait(TICK)).is_none() {
        let patient = watched.drawing.load(Ordering::Relaxed) || since.elapsed() < PATIENCE;
        if !patient || py.check_signals().is_err() {
            pool::abandon();
            return;
        }
    }
}

fn finish<T>(worked: Worked<T>) -> PyResult<T> {
    match worked {
        Ok(result) => result.map_err(|error| refused(format!("{error:#}"))),
        // A panic is a fault of ours, and Python's caller hears of it as such.
        Err(payload) => resume_unwind(payload),
    }
}
