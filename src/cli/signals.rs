//! Signals that end a run: the first one asks it to stop, the second one stops it at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit status of a run that was interrupted.
pub(super) const INTERRUPTED: u8 = 130;

/// A flag that is set by Ctrl-C, by SIGTERM, and by what else asks a process to end. From the first
/// such signal on, another one ends it at once.
pub(super) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut signals = vec![SIGINT, SIGTERM];
    #[cfg(target_os = "linux")]
    signals.extend([signal_hook::consts::SIGHUP, signal_hook::consts::SIGXCPU]);
    let ignored = ignored();
    for signal in signals {
        // What the caller chose to ignore stays so: nohup, and jobs in the background of a script.
        if ignored & (1 << (signal - 1)) != 0 {
            continue;
        }
        // Where a signal cannot be caught, it does what it did before.
        let _ = flag::register_conditional_shutdown(signal, INTERRUPTED.into(), Arc::clone(&stop));
        let _ = flag::register(signal, Arc::clone(&stop));
    }
    // A file that grows beyond a limit is an error of its writing, not the end of the process.
    #[cfg(unix)]
    let _ = flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    stop
}

/// The signals that this process ignores, signal s at bit s − 1; none where that is not known.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
