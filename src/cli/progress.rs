//! Progress on standard error, and only to a terminal.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A bar for so many samples. The time to go is extrapolated from the work of the last seconds.
pub(super) fn samples(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
    let template = "simulating {wide_bar} {human_pos} of {human_len} samples, {rate}, {eta} to go";
    // The template is a constant, tested below: a bar in the default style is still a bar.
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let rate = |state: &ProgressState, text: &mut dyn Write| {
        // Writing to the bar's own buffer does not fail, and a bar without its rate is still one.
        let _ = write!(text, "{:.1e} samples/s", state.per_sec());
    };
    bar.with_style(style.with_key("rate", rate))
}

/// A bar for so many questions about claims.
pub(super) fn questions(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("looking {wide_bar} {pos} of {len} questions");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A bar for so many figures.
pub(super) fn figures(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("drawing {wide_bar} {pos} of {len} figures {msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A bar for so many examples of training sets.
pub(super) fn examples(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
    let template = "training {wide_bar} {human_pos} of {human_len} examples, {eta} to go";
    let style = ProgressStyle::with_template(template);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// What goes on, and for how long, until this is dropped: for work without parts that can be counted.
#[must_use]
pub(super) struct Working(ProgressBar);

impl Working {
    /// Begins to say so.
    pub(super) fn on(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed}");
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        let bar = bar.with_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_is_valid() {
        let bar = super::samples(10);
        bar.inc(3);
        assert_eq!(bar.position(), 3);
    }
}
