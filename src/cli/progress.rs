//! Progress on standard error, only if it is a terminal.

use std::fmt::Write;
use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::experiment::Watch;

fn bar(total: Option<u64>) -> ProgressBar {
    ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(10))
}

/// Returns the style of a bar. The templates are constants; if one were wrong, the bar would have the default style.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Returns a bar for this many samples, called `what`. The remaining time is extrapolated from the last seconds.
pub(super) fn samples(total: u64, what: &str) -> ProgressBar {
    let template = format!(
        "simulating {{wide_bar}} {{human_pos}} of {{human_len}} {what}, {{rate}}, {{eta}} to go"
    );
    let unit = what.to_owned();
    let rate = move |state: &ProgressState, text: &mut dyn Write| {
        // Writing to the bar's own buffer does not fail, and a bar without its rate would still be useful.
        let _ = write!(text, "{:.1e} {unit}/s", state.per_sec());
    };
    bar(Some(total)).with_style(style(&template).with_key("rate", rate))
}

/// Returns a bar for this many figures.
pub(super) fn figures(total: u64) -> ProgressBar {
    bar(Some(total)).with_style(style("drawing {wide_bar} {pos} of {len} figures {msg}"))
}

/// A display of work in progress, shown until it is dropped: a bar if steps are counted, otherwise the name and the
/// elapsed time.
#[must_use]
pub(super) struct Working(Mutex<ProgressBar>);

impl Working {
    /// Starts to show the work.
    pub(super) fn on(what: &'static str) -> Self {
        Self(Mutex::new(spinner(what)))
    }
}

fn spinner(what: &'static str) -> ProgressBar {
    let spinner = bar(None).with_style(style("{spinner} {msg}, {elapsed}")).with_message(what);
    // It ticks in a separate thread, which is only useful on a terminal and if the system grants one.
    let granted = || std::thread::Builder::new().spawn(|| ()).is_ok();
    if std::io::stderr().is_terminal() && granted() {
        spinner.enable_steady_tick(Duration::from_millis(200));
    }
    spinner
}

impl Watch for Working {
    fn begin(&self, what: &'static str, steps: Option<u64>) {
        let next = match steps {
            Some(steps) => bar(Some(steps))
                .with_style(style("looking {wide_bar} {pos} of {len} {msg}"))
                .with_message(what),
            None => spinner(what),
        };
        if let Ok(mut bar) = self.0.lock() {
            bar.finish_and_clear();
            *bar = next;
        }
    }

    fn step(&self, steps: u64) {
        if let Ok(bar) = self.0.lock() {
            bar.inc(steps);
        }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Ok(bar) = self.0.lock() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_is_valid() {
        let bar = super::samples(10, "samples");
        bar.inc(3);
        assert_eq!(bar.position(), 3);
    }
}
