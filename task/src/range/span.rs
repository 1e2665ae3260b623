//! One range, `start..end` with its spacing, and its points.

use super::count::Count;
use super::decimal::{
    Literal, clip, mantissa_and_decade, nearest_quotient, quote, short, times_decade,
};
use super::{DEFAULT_POINTS, MAX_POINTS, RangeError};

/// A number as written, and the double that it means.
#[derive(Debug, Clone)]
pub(super) struct Number {
    text: String,
    literal: Literal,
    value: f64,
}

impl Number {
    pub(super) fn parse(text: &str) -> Result<Self, RangeError> {
        let text = text.trim();
        let Some(literal) = Literal::parse(text) else {
            let named = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
            return Err(match named.as_str() {
                "inf" | "infinity" | "nan" => RangeError::NotFinite(quote(text)),
                _ => RangeError::NotANumber(quote(text)),
            });
        };
        let value = literal.nearest();
        if !value.is_finite() {
            return Err(RangeError::TooLarge(quote(text)));
        }
        if value == 0.0 && !literal.is_zero() {
            return Err(RangeError::TooSmall(quote(text)));
        }
        Ok(Self { text: text.to_owned(), literal, value })
    }

    pub(super) fn value(&self) -> f64 {
        self.value
    }

    fn shown(&self) -> String {
        clip(&self.text)
    }
}

/// How the points of a span are spaced.
#[derive(Debug, Clone)]
pub(super) enum Spacing {
    /// Nothing is said.
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
    /// `None` where the text does not claim to be a range, so that it must be one value.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, RangeError> {
        let text = text.trim();
        if text.contains("...") {
            return Err(RangeError::ThreeDots(quote(text)));
        }
        let Some((start, rest)) = text.split_once("..") else {
            return match text.contains([':', '/']) {
                true => Err(RangeError::NoRange(quote(text))),
                false => Ok(None),
            };
        };
        if rest.contains("..") {
            return Err(RangeError::TwoRanges(quote(text)));
        }
        let (end, spacing) = match rest.find([':', '/']) {
            None => (rest, Spacing::Default),
            Some(at) => {
                let (end, spacing) = rest.split_at(at);
                if spacing.get(1..).is_some_and(|s| s.contains([':', '/'])) {
                    return Err(RangeError::TwoSpacings(quote(text)));
                }
                (end, parse_spacing(spacing, text)?)
            }
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

    /// The points, strictly ascending, both ends among them.
    pub(super) fn points(&self) -> Result<Vec<f64>, RangeError> {
        let (start, end) = (self.start.value, self.end.value);
        if start > end {
            return Err(RangeError::Backwards(
                quote(&self.text),
                self.end.shown(),
                self.start.shown(),
            ));
        }
        match &self.spacing {
            Spacing::Default if start == end => Ok(vec![start]),
            Spacing::Default => self.evenly(DEFAULT_POINTS),
            Spacing::Step(step) => self.stepwise(step),
            Spacing::Count(count) => self.evenly(self.check_count(*count)?),
            Spacing::Log(count) => self.logarithmically(*count),
        }
        .and_then(|points| self.check_distinct(points))
    }

    fn stepwise(&self, step: &Number) -> Result<Vec<f64>, RangeError> {
        if step.literal.is_negative() || step.literal.is_zero() {
            return Err(RangeError::BadStep(quote(&self.text), step.shown()));
        }
        if self.start.value == self.end.value {
            return Ok(vec![self.start.value]);
        }
        let (unit, [start, end, step]) = self.scaled([&self.start, &self.end, step])?;
        let width = end - start;
        if step > width {
            let widest = short(nearest_quotient(width, 1, unit));
            return Err(RangeError::StepTooLarge(quote(&self.text), widest));
        }
        let (steps, rest) = (width / step, width % step);
        let asked = steps + 1 + i128::from(rest != 0);
        if asked > i128::from(MAX_POINTS) {
            return Err(RangeError::TooMany(quote(&self.text), asked));
        }
        let mut points: Vec<f64> =
            (0..=steps).map(|i| nearest_quotient(start + i * step, 1, unit)).collect();
        if rest != 0 {
            points.push(self.end.value);
        }
        Ok(points)
    }

    fn evenly(&self, count: u32) -> Result<Vec<f64>, RangeError> {
        let last = count - 1;
        if last == 0 {
            return Ok(vec![self.start.value]);
        }
        let (unit, [start, end]) = self.scaled([&self.start, &self.end])?;
        Ok((0..=last)
            .map(|i| {
                let weighted = start * i128::from(last - i) + end * i128::from(i);
                nearest_quotient(weighted, last, unit)
            })
            .collect())
    }

    fn logarithmically(&self, count: u64) -> Result<Vec<f64>, RangeError> {
        for bound in [&self.start, &self.end] {
            if bound.value <= 0.0 {
                return Err(RangeError::LogOfZero(quote(&self.text), bound.shown()));
            }
        }
        let last = self.check_count(count)? - 1;
        if last == 0 {
            return Ok(vec![self.start.value]);
        }
        // Whole decades are counted in integers: what is left for floating point is a power of ten
        // between 0 and 2, so that the error does not grow with the length of the range. libm
        // rather than the platform's functions, so that every machine has the same grid.
        let (start, start_decade) = mantissa_and_decade(self.start.value);
        let (end, end_decade) = mantissa_and_decade(self.end.value);
        let (start, end) = (libm::log10(start), libm::log10(end));
        let point = |i: u32| {
            let decades = start_decade * i64::from(last - i) + end_decade * i64::from(i);
            let decade = decades.div_euclid(i64::from(last));
            let rest = decades.rem_euclid(i64::from(last)) as f64;
            let logs = start * f64::from(last - i) + end * f64::from(i);
            times_decade(libm::exp10((rest + logs) / f64::from(last)), decade)
        };
        let mut points = vec![self.start.value];
        points.extend((1..last).map(point));
        points.push(self.end.value);
        Ok(points)
    }

    /// One point only where the ends are equal, at least two where they differ.
    fn check_count(&self, count: u64) -> Result<u32, RangeError> {
        let equal = self.start.value == self.end.value;
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

    /// The numbers in units of the smallest power of ten among them, at most 1.
    fn scaled<const N: usize>(
        &self,
        numbers: [&Number; N],
    ) -> Result<(i64, [i128; N]), RangeError> {
        let unit = numbers.iter().fold(0, |unit, n| n.literal.exponent().min(unit));
        let mut scaled = [0; N];
        for (scaled, number) in scaled.iter_mut().zip(numbers) {
            *scaled = number
                .literal
                .scaled(unit)
                .ok_or_else(|| RangeError::TooManyDigits(quote(&self.text)))?;
        }
        Ok((unit, scaled))
    }
}

/// `spacing` begins with its colon or slash.
fn parse_spacing(spacing: &str, text: &str) -> Result<Spacing, RangeError> {
    let parse_count = |count: &str| match count.trim() {
        "" => Err(RangeError::NoSpacing(quote(text))),
        count => count
            .parse()
            .map(Count::get)
            .map_err(|source| RangeError::BadCount(quote(text), source)),
    };
    if let Some(step) = spacing.strip_prefix(':') {
        return match step.trim() {
            "" => Err(RangeError::NoSpacing(quote(text))),
            step => Number::parse(step).map(Spacing::Step),
        };
    }
    let count = spacing.trim_start_matches('/').trim_start();
    match count.strip_prefix("log") {
        Some(count) => parse_count(count).map(Spacing::Log),
        None => parse_count(count).map(Spacing::Count),
    }
}
