//! Text and numbers as they are shown in messages.

/// Returns `text` in quotes, on one line and shortened to a readable length.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", clip(text))
}

/// Returns `text` on one line and shortened to a readable length.
pub(super) fn clip(text: &str) -> String {
    const LONGEST: usize = 48;
    let text = text.trim();
    let mut clipped: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        clipped.push('…');
    }
    clipped
}

/// Formats a double with its shortest digits, and with an exponent from 1e6 on and below 1e-4.
pub fn short(value: f64) -> String {
    match value == 0.0 || (1e-4..1e6).contains(&value.abs()) {
        true => value.to_string(),
        false => format!("{value:e}"),
    }
}
