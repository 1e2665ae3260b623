//! The plots: signed errors, or errors with the bounds that came with them.

use plots::{Axis, Chart, Legend, Marker, Points, Reference, Scale, Size, Style};

use crate::Error;
use crate::page::Measured;

/// So many points of one plot are drawn, evenly picked.
const DRAWN: usize = 300;

const SIZE: (f64, f64) = (6.5, 3.0);

/// The abscissa of a plot.
#[derive(Clone, Copy)]
pub(crate) struct Abscissa {
    pub(crate) label: &'static str,
    pub(crate) scale: Scale,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// Probabilities by −log10, itself on a logarithmic scale: those near 1 and those far down both
/// have room.
pub(crate) const SIZE_OF_VALUE: Abscissa = Abscissa {
    label: "−log10 of the value: 0.3 is ½, 300 is 1e-300",
    scale: Scale::Log,
    from: 1e-3,
    to: 320.0,
};

impl Abscissa {
    fn axis(self) -> Axis {
        let axis = match self.scale {
            Scale::Linear => Axis::linear(self.label),
            Scale::Log => Axis::log(self.label),
        };
        axis.range(self.from, self.to)
    }

    /// The values on it, thinned out to share a plot with other series, but with the largest error
    /// and the largest bound.
    fn pick(self, measured: &[Measured], series: usize) -> Vec<&Measured> {
        let on = |m: &&Measured| (self.from..=self.to).contains(&m.place);
        let all: Vec<_> = measured.iter().filter(on).collect();
        let largest = |size: fn(&Measured) -> f64| {
            let finite = all.iter().copied().filter(|m| size(m).is_finite());
            finite.max_by(|a, b| size(a).total_cmp(&size(b)))
        };
        let extremes = [largest(|m| m.error.abs()), largest(|m| m.bound)];
        let every = all.len().div_ceil(DRAWN / series).max(1);
        all.iter().copied().step_by(every).chain(extremes.into_iter().flatten()).collect()
    }
}

fn dots(series: usize) -> Style {
    const MARKERS: [Marker; 3] = [Marker::Square, Marker::Diamond, Marker::Triangle];
    Style { radius: 1.0, ..Style::series(series).marker(MARKERS[series % 3]) }
}

fn legend(series: usize) -> Legend {
    if series > 1 { Legend::below() } else { Legend::hidden() }
}

/// Signed errors, counted in `unit` (which `label` names), with lines at ± what correct rounding
/// can cost.
pub(crate) fn signed(
    title: &str,
    abscissa: Abscissa,
    (label, unit, rounding): (&str, f64, f64),
    series: &[(&str, &[Measured])],
) -> Result<String, Error> {
    let mut layers = Vec::new();
    let mut largest = 1.0_f64;
    for (index, &(name, measured)) in series.iter().enumerate() {
        let picked = abscissa.pick(measured, series.len());
        let points: Vec<_> = picked.iter().map(|m| (m.place, m.error / unit)).collect();
        largest = points.iter().fold(largest, |top, p| top.max(p.1.abs()));
        layers.push(Points::new(name, points).style(dots(index)));
    }
    let ordinate = Axis::linear(label).range(-1.1 * largest, 1.1 * largest);
    let empty = Chart::new(abscissa.axis(), ordinate)
        .title(title)
        .with(Reference::horizontal(rounding, ""))
        .with(Reference::horizontal(-rounding, ""))
        .legend(legend(series.len()));
    let chart = layers.into_iter().fold(empty, Chart::with);
    Ok(chart.render(Size::inches(SIZE.0, SIZE.1))?.svg_paths())
}

/// The magnitudes of relative errors, and of the bounds that came with them, on a logarithmic
/// scale. Errors below 1e-18, which are those of values that are correctly rounded to the last bit
/// by luck, stand at its lower end.
pub(crate) fn with_bounds(
    title: &str,
    abscissa: Abscissa,
    measured: &[Measured],
) -> Result<String, Error> {
    const FLOOR: f64 = 1e-18;
    let picked = abscissa.pick(measured, 2);
    let errors: Vec<_> = picked.iter().map(|m| (m.place, m.error.abs().max(FLOOR))).collect();
    let bounds: Vec<_> = picked.iter().map(|m| (m.place, m.bound)).collect();
    let top = bounds.iter().chain(&errors).fold(1e-14_f64, |top, p| top.max(p.1));
    let chart = Chart::new(
        abscissa.axis(),
        Axis::log("relative error").range(0.7 * FLOOR, 10_f64.powf(top.log10().ceil())),
    )
    .title(title)
    .with(Points::new("error", errors).style(dots(0)))
    .with(Points::new("bound returned with it", bounds).style(dots(1)))
    .legend(Legend::below());
    Ok(chart.render(Size::inches(SIZE.0, SIZE.1))?.svg_paths())
}
