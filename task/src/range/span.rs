//! One range, `start..end` with its spacing: its grammar, and the conditions on its parts.

use super::count::Count;
use super::number::{Number, written};
use super::points::{evenly, logarithmically};
use super::text::quote;
use super::{DEFAULT_POINTS, MAX_POINTS, RangeError};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;

/// The spacing of the points of a span.
#[derive(Debug, Clone)]
pub(super) enum Spacing {
    /// No spacing is given.
    Default,
    /// `:step`
    Step(Number),
    /// `/count`
    Count(u64),
    /// `/logcount`
    Log(u64),
}

/// `start..end`, `start..end:step`, `start..end/count` or `start..end/logcount`.
#[derive(Debug, Clone)]
pub(super) struct Span {
    text: String,
    pub(super) start: Number,
    pub(super) end: Number,
    pub(super) spacing: Spacing,
}

impl Span {
    /// Parses a range; returns `None` if the text does not look like one, so that it must be a single value.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, RangeError> {
        let text = text.trim();
        if text.contains("...") {
            return Err(RangeError::ThreeDots(quote(text)));
        }
        let Some((start, rest)) = text.split_once("..") else {
            let log = |part: &str| part.trim_start().starts_with("log");
            return match text.contains(':') || text.split('/').skip(1).any(log) {
                true => Err(RangeError::NoRange(quote(text))),
                false => Ok(None),
            };
        };
        if rest.contains("..") {
            return Err(RangeError::TwoRanges(quote(text)));
        }
        let (end, spacing) = match (rest.split_once(':'), rest.rsplit_once('/')) {
            (Some((end, step)), _) => (end, parse_step(end, step, text)?),
            (None, Some((end, count))) => (end, parse_count(end, count, text)?),
            (None, None) => (rest, Spacing::Default),
        };
        if start.trim().is_empty() || end.trim().is_empty() {
            return Err(RangeError::MissingEnd(quote(text)));
        }
        Ok(Some(Self {
            text: text.to_owned(),
            start: Number::parse(start)?,
            end: Number::parse(end)?,
            spacing,
        }))
    }

    /// Returns the points, strictly ascending, including both ends.
    pub(super) fn points(&self) -> Result<Vec<f64>, RangeError> {
        let (start, end) = (self.start.value(), self.end.value());
        if start > end {
            return Err(self.backwards());
        }
        match &self.spacing {
            Spacing::Default if start == end => Ok(vec![start]),
            Spacing::Default => Ok(self.evenly(DEFAULT_POINTS)),
            Spacing::Step(step) => self.stepwise(step),
            Spacing::Count(count) => self.check_count(*count).map(|count| self.evenly(count)),
            Spacing::Log(count) => self.logarithmically(*count),
        }
        .and_then(|points| self.check_distinct(points))
    }

    fn stepwise(&self, step: &Number) -> Result<Vec<f64>, RangeError> {
        if !step.exact().is_positive() {
            return Err(RangeError::BadStep(quote(&self.text), step.shown()));
        }
        if self.start.value() == self.end.value() {
            return Ok(vec![self.start.value()]);
        }
        let width = self.width();
        if *step.exact() > width {
            return Err(RangeError::StepTooLarge(quote(&self.text), written(&width)));
        }
        let steps = width / step.exact();
        let missed = !steps.is_integer();
        let asked: BigInt = steps.to_integer() + 1 + u32::from(missed);
        let Some(asked) = u32::try_from(&asked).ok().filter(|&asked| asked <= MAX_POINTS) else {
            let asked = i128::try_from(&asked).unwrap_or(i128::MAX);
            return Err(RangeError::TooMany(quote(&self.text), asked));
        };
        let mut points = evenly(self.start.exact(), step.exact(), asked - 1 - u32::from(missed));
        if missed {
            points.push(self.end.value());
        }
        Ok(points)
    }

    fn evenly(&self, count: u32) -> Vec<f64> {
        let last = count - 1;
        if last == 0 {
            return vec![self.start.value()];
        }
        evenly(self.start.exact(), &(self.width() / BigInt::from(last)), last)
    }

    fn logarithmically(&self, count: u64) -> Result<Vec<f64>, RangeError> {
        for bound in [&self.start, &self.end] {
            if bound.value() <= 0.0 {
                return Err(RangeError::LogOfZero(quote(&self.text), bound.shown()));
            }
        }
        let last = self.check_count(count)? - 1;
        if last == 0 {
            return Ok(vec![self.start.value()]);
        }
        Ok(logarithmically(self.start.exact(), self.end.exact(), last))
    }

    fn width(&self) -> BigRational {
        self.end.exact() - self.start.exact()
    }

    /// Checks that there is only one point if the ends are equal, and at least two if they differ.
    fn check_count(&self, count: u64) -> Result<u32, RangeError> {
        let equal = self.start.value() == self.end.value();
        match u32::try_from(count) {
            Ok(1) if equal => Ok(1),
            Ok(0) | Ok(1) => Err(RangeError::TooFew(quote(&self.text), count)),
            _ if equal => Err(RangeError::EqualEnds(quote(&self.text), count, self.start.shown())),
            Ok(count) if count <= MAX_POINTS => Ok(count),
            _ => Err(RangeError::TooMany(quote(&self.text), i128::from(count))),
        }
    }

    fn check_distinct(&self, points: Vec<f64>) -> Result<Vec<f64>, RangeError> {
        match points.is_sorted_by(|a, b| a < b) {
            true => Ok(points),
            false => Err(RangeError::TooNarrow(quote(&self.text), points.len())),
        }
    }

    /// Returns the error of a start above the end, which also says whether a fraction was split at its slash.
    fn backwards(&self) -> RangeError {
        let (text, end) = (quote(&self.text), self.end.shown());
        if let Spacing::Count(count) = self.spacing
            && !self.end.is_fraction()
            && count > 0
            && self.start.value() <= self.end.value() / count as f64
        {
            return RangeError::BackwardsWithCount(text, end, count);
        }
        let mut start = self.start.shown();
        if self.start.is_fraction() {
            // A fraction is not allowed as an end without a spacing.
            start += &match &self.spacing {
                Spacing::Default => format!("/{DEFAULT_POINTS}"),
                Spacing::Step(step) => format!(":{}", step.shown()),
                Spacing::Count(count) => format!("/{count}"),
                Spacing::Log(count) => format!("/log{count}"),
            };
        }
        RangeError::Backwards(text, end, start)
    }
}

/// Parses the text after the colon of `text`, where `end` is the text before it.
fn parse_step(end: &str, step: &str, text: &str) -> Result<Spacing, RangeError> {
    if step.contains(':') || !is_one_number(end) || !is_one_number(step) {
        return Err(RangeError::TwoSpacings(quote(text)));
    }
    match step.trim() {
        "" => Err(RangeError::NoSpacing(quote(text))),
        step => Number::parse(step).map(Spacing::Step),
    }
}

/// Parses the text after the last slash of `text`, where `end` is the text before it.
fn parse_count(end: &str, count: &str, text: &str) -> Result<Spacing, RangeError> {
    if !is_one_number(end) {
        return Err(RangeError::TwoSpacings(quote(text)));
    }
    let count = count.trim();
    let (spacing, count): (fn(u64) -> Spacing, &str) = match count.strip_prefix("log") {
        Some(count) => (Spacing::Log, count.trim()),
        None => (Spacing::Count, count),
    };
    if count.is_empty() {
        return Err(RangeError::NoSpacing(quote(text)));
    }
    match count.parse::<Count>() {
        Ok(count) => Ok(spacing(count.get())),
        Err(source) => Err(RangeError::BadCount(quote(text), source)),
    }
}

/// Returns whether the slash of `text`, if there is one, may belong to a fraction and not to a count.
fn is_one_number(text: &str) -> bool {
    text.split_once('/').is_none_or(|(numerator, denominator)| {
        let (numerator, denominator) = (numerator.trim(), denominator.trim());
        !numerator.is_empty()
            && !denominator.is_empty()
            && !denominator.contains('/')
            && !denominator.starts_with("log")
    })
}
