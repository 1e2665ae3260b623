//! The names of the themes.

use plots::Theme;
use task::spec::Word;

/// The name of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThemeName {
    /// Dark ink on white.
    Light,
    /// Light ink on near-black.
    Dark,
    /// Greys on white.
    Grey,
}

impl Word for ThemeName {
    const ALL: &'static [Self] = &[Self::Light, Self::Dark, Self::Grey];
    const WHAT: &'static str = "a theme";

    fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Grey => "grey",
        }
    }
}

impl ThemeName {
    /// The theme.
    #[must_use]
    pub fn theme(self) -> Theme {
        match self {
            Self::Light => Theme::Light,
            Self::Dark => Theme::Dark,
            Self::Grey => Theme::Grey,
        }
    }
}
