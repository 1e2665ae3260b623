//! Signals that end a run: the first one asks it to stop, the second one stops it at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit status of an interrupted run.
pub(super) const INTERRUPTED: u8 = 130;

/// Returns a flag that is set by Ctrl-C, by SIGTERM, and by other signals that ask a process to end. After the first
/// such signal, another one ends the process at once.
pub(super) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut signals = vec![SIGINT, SIGTERM];
    #[cfg(target_os = "linux")]
    signals.extend([signal_hook::consts::SIGHUP, signal_hook::consts::SIGXCPU]);
    let ignored = ignored();
    for signal in signals {
        // Signals that the caller chose to ignore stay ignored: nohup, and background jobs of a script.
        if ignored & (1 << (signal - 1)) != 0 {
            continue;
        }
        // If a signal cannot be caught, it keeps its previous effect.
        let _ = flag::register_conditional_shutdown(signal, INTERRUPTED.into(), Arc::clone(&stop));
        let _ = flag::register(signal, Arc::clone(&stop));
    }
    // A file that exceeds a size limit is an error when it is written, not the end of the process.
    #[cfg(unix)]
    let _ = flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    stop
}

/// Returns the signals that this process ignores, signal s at bit s − 1; none if that is not known.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
