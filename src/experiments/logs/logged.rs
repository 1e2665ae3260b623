//! What a log has: the labels, and the predictions on each input.

/// The classes that were said of each sample, so many times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Draws {
    /// How many predictions a sample has.
    pub(super) count: usize,
    /// All of the first sample, then all of the second, and so on.
    pub(super) codes: Vec<u16>,
}

impl Draws {
    /// The predictions of a sample.
    pub(super) fn of(&self, sample: usize) -> &[u16] {
        &self.codes[sample * self.count..(sample + 1) * self.count]
    }
}

/// Everything that was logged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Logged {
    pub(super) labels: Vec<u16>,
    pub(super) clean: Draws,
    pub(super) attacked: Draws,
    pub(super) undefended: Option<Vec<u16>>,
    pub(super) undefended_attacked: Option<Vec<u16>>,
}
