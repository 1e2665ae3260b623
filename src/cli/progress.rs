//! Progress on standard error, and only to a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar for so many samples. The time to go is extrapolated from the work of the last seconds.
pub(super) fn samples(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
    let template =
        "simulating {wide_bar} {human_pos} of {human_len} samples, {per_sec}, {eta} to go";
    // The template is a constant, tested below: a bar in the default style is still a bar.
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style)
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
