//! The size of a page.

use crate::Error;

/// Width and height of a drawing at print size.
///
/// ```
/// use gauss_sim_plots::Size;
///
/// let slide = Size::inches(10.0, 5.625);
/// assert_eq!(slide, Size::points(720.0, 405.0));
/// assert_eq!(Size::default(), Size::TEXT_WIDTH);
/// assert_eq!(2.0 * Size::COLUMN.width, Size::TEXT_WIDTH.width);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Width in points (1/72 inch).
    pub width: f64,
    /// Height in points (1/72 inch).
    pub height: f64,
}

impl Size {
    /// A full text width: 6.5 × 4 inches.
    pub const TEXT_WIDTH: Self = Self::inches(6.5, 4.0);
    /// One column of two: 3.25 × 2.75 inches.
    pub const COLUMN: Self = Self::inches(3.25, 2.75);

    /// Creates a size in inches.
    #[must_use]
    pub const fn inches(width: f64, height: f64) -> Self {
        Self { width: width * 72.0, height: height * 72.0 }
    }

    /// Creates a size in points.
    #[must_use]
    pub const fn points(width: f64, height: f64) -> Self {
        Self { width, height }
    }

    pub(crate) fn check(self) -> Result<(), Error> {
        let ok = |v: f64| (1.0..=200.0 * 72.0).contains(&v);
        if ok(self.width) && ok(self.height) {
            Ok(())
        } else {
            Err(Error::BadSize { width: self.width, height: self.height })
        }
    }
}

impl Default for Size {
    fn default() -> Self {
        Self::TEXT_WIDTH
    }
}
