//! What a run is given besides its question and its plan, as it is written: threads, and time.

use std::num::NonZeroUsize;
use std::time::Duration;

use task::range::quote;

/// The most threads that can be asked for.
const MAX_THREADS: usize = 4096;

/// Reads a number of worker threads. The message says what would be right.
pub fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let threads: Option<NonZeroUsize> = text.trim().parse().ok();
    threads.filter(|threads| threads.get() <= MAX_THREADS).ok_or_else(|| {
        let text = quote(text);
        format!("{text} is not a number of threads: write a whole number from 1 to {MAX_THREADS}")
    })
}

/// Reads a time, such as 90s, 10m or 2h30m. The message says what would be right.
pub fn time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text.trim())
        .map_err(|_| format!("{} is not a time: write one as in 90s, 10m or 2h30m", quote(text)))
}
