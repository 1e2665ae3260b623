//! Axes: their labels, their ranges, and the positions of values on the page.

use crate::Error;
use crate::label::minus;
use crate::ticks::{self, Ticks};

/// The scale of an axis.
///
/// ```
/// use gauss_sim_plots::{Axis, Scale};
///
/// assert_eq!(Axis::linear("σ").scale, Scale::Linear);
/// assert_eq!(Axis::log("samples").scale, Scale::Log);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Equal differences have equal lengths.
    #[default]
    Linear,
    /// Equal ratios have equal lengths; values that are not positive are not drawn.
    Log,
}

/// One axis of a chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// The quantity, with its symbol and unit.
    pub label: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// The lower end; taken from the data if absent.
    pub low: Option<f64>,
    /// The upper end; taken from the data if absent.
    pub high: Option<f64>,
    /// Whether only whole numbers have ticks, as for counts.
    pub whole: bool,
}

/// Values beyond this (or, on a log axis, below its inverse) are treated as not drawable.
const FAR: f64 = 1e300;

impl Axis {
    /// Creates a linear axis that spans its data.
    #[must_use]
    pub fn linear(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// Creates a logarithmic axis that spans its positive data.
    #[must_use]
    pub fn log(label: impl Into<String>) -> Self {
        Self { label: label.into(), scale: Scale::Log, ..Self::default() }
    }

    /// Returns the same axis with ticks at whole numbers only.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// Returns the same axis from `low` to `high`.
    #[must_use]
    pub fn range(self, low: f64, high: f64) -> Self {
        Self { low: Some(low), high: Some(high), ..self }
    }

    /// Returns the same axis starting at `low`.
    #[must_use]
    pub fn low(self, low: f64) -> Self {
        Self { low: Some(low), ..self }
    }

    /// Returns the same axis ending at `high`.
    #[must_use]
    pub fn high(self, high: f64) -> Self {
        Self { high: Some(high), ..self }
    }

    /// Returns the same axis, of which an end that is fixed lies a little beyond `value`, if that is outside.
    ///
    /// ```
    /// use gauss_sim_plots::Axis;
    ///
    /// assert_eq!(Axis::linear("ε").range(0.0, 1.0).showing(0.3), Axis::linear("ε").range(0.0, 1.0));
    /// assert_eq!(Axis::linear("ε").range(0.0, 1.0).showing(2.0), Axis::linear("ε").range(0.0, 2.1));
    /// assert_eq!(Axis::linear("ε").range(0.0, 1.0).showing(-1.0), Axis::linear("ε").range(-1.1, 1.0));
    /// // A tenth of the way in the logarithm; an end that is not fixed spans the data anyway.
    /// assert_eq!(Axis::log("Q").range(1.0, 1.0).showing(1024.0), Axis::log("Q").range(1.0, 2048.0));
    /// assert_eq!(Axis::linear("ε").showing(2.0), Axis::linear("ε"));
    /// ```
    #[must_use]
    pub fn showing(self, value: f64) -> Self {
        let room = |end: f64| match self.scale {
            Scale::Linear => value + 0.1 * (value - end),
            Scale::Log => value * (value / end).powf(0.1),
        };
        let low = self.low.map(|low| if value < low { room(low) } else { low });
        let high = self.high.map(|high| if value > high { room(high) } else { high });
        Self { low, high, ..self }
    }

    /// Returns the position of the value along the axis, if it can be drawn.
    fn position(&self, value: f64) -> Option<f64> {
        match self.scale {
            Scale::Linear => (value.abs() <= FAR).then_some(value),
            Scale::Log => (1.0 / FAR..=FAR).contains(&value).then(|| value.log10()),
        }
    }

    fn value(&self, position: f64) -> f64 {
        match self.scale {
            Scale::Linear => position,
            Scale::Log => 10.0_f64.powf(position),
        }
    }

    /// Returns the two ends for `data`; with `padded`, leaves a little room beyond it.
    pub(crate) fn span(
        &self,
        data: impl Iterator<Item = f64>,
        padded: bool,
    ) -> Result<(f64, f64), Error> {
        let bad = |low: f64, high: f64| Error::BadRange { label: self.label.clone(), low, high };
        for end in [self.low, self.high].into_iter().flatten() {
            if self.position(end).is_none() {
                return Err(bad(self.low.unwrap_or(f64::NAN), self.high.unwrap_or(f64::NAN)));
            }
        }
        let fixed = [self.low, self.high].map(|end| end.and_then(|end| self.position(end)));
        let (min, max) = data
            .filter_map(|value| self.position(value))
            .filter(|&v| {
                fixed[0].is_none_or(|low| v >= low) && fixed[1].is_none_or(|high| v <= high)
            })
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let (mut low, mut high) = if min <= max { (min, max) } else { (f64::NAN, f64::NAN) };
        let pad = if padded { 0.04 } else { 0.0 };
        match fixed {
            [Some(a), Some(b)] => (low, high) = (a, b),
            [Some(a), None] => {
                low = a;
                high =
                    if high > a { high + pad * (high - a) } else { a + step_aside(self.scale, a) };
            }
            [None, Some(b)] => {
                high = b;
                low = if low < b { low - pad * (b - low) } else { b - step_aside(self.scale, b) };
            }
            [None, None] if low.is_nan() => (low, high) = (0.0, 1.0),
            [None, None] => {
                let room = pad * (high - low);
                (low, high) = (low - room, high + room);
                let least = step_aside(self.scale, low.abs().max(high.abs()));
                if high - low <= least * 1e-9 {
                    (low, high) = (low - least, high + least);
                }
            }
        }
        let (a, b) = (self.value(low), self.value(high));
        if low < high && a.is_finite() && b.is_finite() && a < b {
            Ok((self.low.unwrap_or(a), self.high.unwrap_or(b)))
        } else {
            Err(bad(a, b))
        }
    }

    /// Returns the two ends for cells with these edges, or the limits of the axis if these are within the cells.
    pub(crate) fn span_cells(&self, edges: &[f64]) -> Result<(f64, f64), Error> {
        let asked = self.span(edges.iter().copied(), false)?;
        let free = Self { low: None, high: None, ..self.clone() };
        let cells = free.span(edges.iter().copied(), false)?;
        let (low, high) = (asked.0.max(cells.0), asked.1.min(cells.1));
        Ok(if low < high { (low, high) } else { asked })
    }

    pub(crate) fn ticks(&self, (low, high): (f64, f64), most: usize) -> Ticks {
        match self.scale {
            Scale::Linear if self.whole => {
                let Ticks { major, .. } = ticks::linear(low, high, most);
                let whole = major.into_iter().filter(|(value, _)| value.fract() == 0.0);
                Ticks {
                    major: whole.map(|(v, _)| (v, minus(&v.to_string()))).collect(),
                    minor: Vec::new(),
                }
            }
            Scale::Linear => ticks::linear(low, high, most),
            Scale::Log => ticks::log(low, high, most),
        }
    }

    /// Returns the map from values in `span` to places on the page between `from` and `to`.
    pub(crate) fn map(&self, span: (f64, f64), from: f64, to: f64) -> Map {
        let ends = (self.position(span.0).unwrap_or(0.0), self.position(span.1).unwrap_or(1.0));
        Map { axis: Self { label: String::new(), ..self.clone() }, ends, from, to }
    }
}

/// Returns the room to leave beside a single value, in positions.
fn step_aside(scale: Scale, position: f64) -> f64 {
    match scale {
        Scale::Log => 0.5,
        Scale::Linear if position.abs() < 1e-290 => 1.0,
        Scale::Linear => position.abs() * 0.1,
    }
}

/// A map from values to places on the page.
#[derive(Debug, Clone)]
pub(crate) struct Map {
    axis: Axis,
    ends: (f64, f64),
    from: f64,
    to: f64,
}

impl Map {
    /// Returns the place of `value`, if it can be drawn: it may be outside the plot, but not arbitrarily far.
    pub(crate) fn at(&self, value: f64) -> Option<f64> {
        // Halve, so that no difference overflows.
        let position = self.axis.position(value)? / 2.0;
        let (a, b) = (self.ends.0 / 2.0, self.ends.1 / 2.0);
        let t = ((position - a) / (b - a)).clamp(-1e6, 1e6);
        t.is_finite().then_some(self.from + t * (self.to - self.from))
    }

    /// Does the same as `at`, but places values below the axis' range (an interval down to 0 on a log axis, or to −∞)
    /// at its low end, and values above it at its high end.
    pub(crate) fn at_or_end(&self, value: f64) -> Option<f64> {
        if value.is_nan() {
            return None;
        }
        Some(self.at(value).unwrap_or(if value > 1.0 { self.to } else { self.from }))
    }
}
