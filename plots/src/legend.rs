//! The legend: the appearance of each series, and the meaning of lines and points.

use crate::canvas::{Canvas, Pen};
use crate::clip::{Rect, dashes};
use crate::draw::draw_point;
use crate::heatmap::hatch;
use crate::{Chart, Layer, Region, Style};

/// The place of the legend. It never covers data.
///
/// ```
/// use gauss_sim_plots::{Legend, Place};
///
/// assert_eq!(Legend::default().place, Place::Auto);
/// assert_eq!(Legend::inside().place, Place::Inside);
/// let below = Legend { place: Place::Below, ..Legend::auto().line_means("theory") };
/// assert_eq!(below, Legend::below().line_means("theory"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// To the right on pages of 5 inches or more; below on narrower ones, or if there is a colour bar.
    #[default]
    Auto,
    /// To the right of the plot; below on pages narrower than 4½ inches, which have no room beside it.
    Right,
    /// Below the plot.
    Below,
    /// In a free place within the (first) plot, or below if there is none.
    Inside,
    /// No legend, except for labels that find no room in the plot, which are listed below.
    Hidden,
}

/// The legend of a chart or figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Legend {
    /// The place of the legend.
    pub place: Place,
    /// The meaning of lines, such as "theory"; empty for no entry.
    pub line: String,
    /// The meaning of points with bars, such as "simulation, 95 % interval"; empty for no entry.
    pub points: String,
    /// The meaning of bands; empty for no entry.
    pub band: String,
}

impl Legend {
    /// Creates a legend to the right on wide pages, and below otherwise.
    #[must_use]
    pub fn auto() -> Self {
        Self::default()
    }

    /// Creates a legend to the right of the plot, if the page is wide enough.
    #[must_use]
    pub fn right() -> Self {
        Self { place: Place::Right, ..Self::default() }
    }

    /// Creates a legend below the plot.
    #[must_use]
    pub fn below() -> Self {
        Self { place: Place::Below, ..Self::default() }
    }

    /// Creates a legend in a free place within the plot, or below if there is none.
    #[must_use]
    pub fn inside() -> Self {
        Self { place: Place::Inside, ..Self::default() }
    }

    /// Creates a hidden legend.
    #[must_use]
    pub fn hidden() -> Self {
        Self { place: Place::Hidden, ..Self::default() }
    }

    /// Returns the same legend with a meaning of lines.
    #[must_use]
    pub fn line_means(self, line: impl Into<String>) -> Self {
        Self { line: line.into(), ..self }
    }

    /// Returns the same legend with a meaning of points with bars.
    #[must_use]
    pub fn points_mean(self, points: impl Into<String>) -> Self {
        Self { points: points.into(), ..self }
    }

    /// Returns the same legend with a meaning of bands.
    #[must_use]
    pub fn band_means(self, band: impl Into<String>) -> Self {
        Self { band: band.into(), ..self }
    }
}

/// One entry of a legend: a sample and a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) name: String,
    line: Option<Style>,
    /// Whether the points have intervals.
    points: Option<(Style, bool)>,
    band: Option<(Style, f64)>,
    /// The region, without its loops.
    region: Option<Region>,
    hatched: bool,
    /// Whether the entry explains a kind of layer, rather than naming a series.
    pub(crate) explains: bool,
}

/// Returns the entries of all charts: those with the same name are merged, and the meanings of kinds come last.
pub(crate) fn entries(charts: &[&Chart], legend: &Legend) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut kinds = (false, false, None);
    for layer in charts.iter().flat_map(|chart| &chart.layers) {
        let (name, mut part) = match layer {
            Layer::Line(line) => {
                kinds.0 = true;
                (&line.name, Entry { line: Some(line.style), ..Entry::default() })
            }
            Layer::Points(points) => {
                let intervals = points.points.iter().any(|p| !(p.low.is_nan() && p.x_low.is_nan()));
                kinds.1 |= intervals;
                let look = Some((points.style, intervals));
                (&points.name, Entry { points: look, ..Entry::default() })
            }
            Layer::Band(band) => {
                kinds.2 = Some(band.opacity);
                let look = Some((band.style, band.opacity));
                (&band.name, Entry { band: look, ..Entry::default() })
            }
            Layer::Region(region) => {
                let look = Region { name: String::new(), loops: Vec::new(), ..*region };
                (&region.name, Entry { region: Some(look), ..Entry::default() })
            }
            Layer::HeatMap(map) if map.has_missing() => {
                (&map.missing, Entry { hatched: true, ..Entry::default() })
            }
            Layer::HeatMap(_) | Layer::Reference(_) | Layer::Note(_) => continue,
        };
        if name.trim().is_empty() {
            continue;
        }
        part.name.clone_from(name);
        match entries.iter_mut().find(|e| e.name == *name) {
            None => entries.push(part),
            Some(entry) => {
                entry.line = entry.line.or(part.line);
                entry.points = entry.points.or(part.points);
                entry.band = entry.band.or(part.band);
                entry.region = entry.region.take().or(part.region);
                entry.hatched |= part.hatched;
            }
        }
    }
    let plain = Style::neutral();
    let keys = [
        (kinds.0, &legend.line, Entry { line: Some(plain), ..Entry::default() }),
        (kinds.1, &legend.points, Entry { points: Some((plain, true)), ..Entry::default() }),
        (
            kinds.2.is_some(),
            &legend.band,
            Entry { band: kinds.2.map(|opacity| (plain, opacity)), ..Entry::default() },
        ),
    ];
    entries.extend(
        keys.into_iter()
            .filter(|(used, text, _)| *used && !text.trim().is_empty())
            .map(|(_, text, part)| Entry { name: text.clone(), explains: true, ..part }),
    );
    entries
}

/// Adds entries for labels without room in the plot, one per name, before the entries that explain kinds.
pub(crate) fn add(entries: &mut Vec<Entry>, labels: impl Iterator<Item = (String, Style)>) {
    for (name, style) in labels {
        if entries.iter().all(|entry| entry.name != name) {
            let at = entries.iter().position(|entry| entry.explains).unwrap_or(entries.len());
            entries.insert(at, Entry { name, line: Some(style), ..Entry::default() });
        }
    }
}

impl Entry {
    /// Draws the sample of an entry.
    pub(crate) fn draw(&self, canvas: &mut Canvas, area: &Rect) {
        let middle = (area.top + area.bottom) / 2.0;
        if self.hatched {
            hatch(canvas, area);
        }
        if let Some(region) = &self.region {
            region.sample(canvas, area);
        }
        if let Some((style, opacity)) = self.band {
            canvas.rect((area.left, area.top), (area.right, area.bottom), style.color, opacity);
        }
        if let Some(style) = self.line {
            for part in dashes(&[(area.left, middle), (area.right, middle)], style.dash.pattern()) {
                canvas.polyline(&part, Pen::new(style.color, style.width));
            }
        }
        if let Some((style, intervals)) = self.points {
            // Beside a line, the bar is left to the entry that explains points.
            let bar = intervals && self.line.is_none();
            let half = area.height() * 0.6;
            let bar = bar.then_some((middle - half, middle + half));
            draw_point(canvas, ((area.left + area.right) / 2.0, middle), bar, &style);
        }
    }
}
