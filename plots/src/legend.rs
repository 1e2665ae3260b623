//! The legend: which look is which series, and what lines and points mean.

use crate::canvas::{Align, Canvas, Pen};
use crate::clip::{Rect, dashes};
use crate::draw::draw_point;
use crate::font::{cut, text_width};
use crate::heatmap::hatch;
use crate::{Chart, Color, Layer, Region, Style};

/// Where the legend stands. It never covers data.
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
    /// To the right on pages of 5 inches and wider, else (and beside a colour bar) below.
    #[default]
    Auto,
    /// To the right of the plot.
    Right,
    /// Below the plot.
    Below,
    /// In a free place within the (first) plot, or below if there is none.
    Inside,
    /// No legend.
    Hidden,
}

/// The legend of a chart or figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Legend {
    /// Where it stands.
    pub place: Place,
    /// What lines are, e.g. "theory"; empty: not said.
    pub line: String,
    /// What points with bars are, e.g. "simulation, 95 % interval"; empty: not said.
    pub points: String,
    /// What bands are; empty: not said.
    pub band: String,
}

impl Legend {
    /// To the right on wide pages, else below.
    #[must_use]
    pub fn auto() -> Self {
        Self::default()
    }

    /// To the right of the plot.
    #[must_use]
    pub fn right() -> Self {
        Self { place: Place::Right, ..Self::default() }
    }

    /// Below the plot.
    #[must_use]
    pub fn below() -> Self {
        Self { place: Place::Below, ..Self::default() }
    }

    /// In a free place within the plot, or below if there is none.
    #[must_use]
    pub fn inside() -> Self {
        Self { place: Place::Inside, ..Self::default() }
    }

    /// No legend.
    #[must_use]
    pub fn hidden() -> Self {
        Self { place: Place::Hidden, ..Self::default() }
    }

    /// The same, saying what lines are.
    #[must_use]
    pub fn line_means(self, line: impl Into<String>) -> Self {
        Self { line: line.into(), ..self }
    }

    /// The same, saying what points with bars are.
    #[must_use]
    pub fn points_mean(self, points: impl Into<String>) -> Self {
        Self { points: points.into(), ..self }
    }

    /// The same, saying what bands are.
    #[must_use]
    pub fn band_means(self, band: impl Into<String>) -> Self {
        Self { band: band.into(), ..self }
    }
}

/// One row of a legend: a sample and a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    name: String,
    line: Option<Style>,
    /// Whether the points have intervals.
    points: Option<(Style, bool)>,
    band: Option<(Style, f64)>,
    /// Without its loops.
    region: Option<Region>,
    hatched: bool,
    /// Explains a kind of layer, not a series.
    key: bool,
}

/// The entries of all charts: those of one name are merged; what kinds mean comes last.
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
            .map(|(_, text, part)| Entry { name: text.clone(), key: true, ..part }),
    );
    entries
}

const SAMPLE: f64 = 25.0;
const GAP: f64 = 5.0;
const BETWEEN: f64 = 14.0;

/// A legend set in rows and columns.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    items: Vec<(f64, f64, String, Entry)>,
    pub(crate) width: f64,
    pub(crate) height: f64,
    size: f64,
}

fn pitch(size: f64) -> f64 {
    size * 1.6
}

/// One entry under the other; names are cut at `most` points of total width.
pub(crate) fn column(entries: &[Entry], size: f64, most: f64) -> Panel {
    let mut panel = Panel { items: Vec::new(), width: 0.0, height: 0.0, size };
    let mut keyed = false;
    for entry in entries {
        if entry.key && !keyed && !panel.items.is_empty() {
            panel.height += size * 0.6;
        }
        keyed = entry.key;
        for (i, line) in lines(&entry.name, size, most - SAMPLE - GAP).into_iter().enumerate() {
            let width = SAMPLE + GAP + text_width(&line, size);
            panel.width = panel.width.max(width);
            let sample = if i == 0 { entry.clone() } else { Entry::default() };
            if i > 0 {
                // Lines of one name stand closer than entries.
                panel.height -= size * 0.4;
            }
            panel.items.push((0.0, panel.height + pitch(size) / 2.0, line, sample));
            panel.height += pitch(size);
        }
    }
    panel
}

fn lines(name: &str, size: f64, width: f64) -> Vec<String> {
    crate::font::wrap(name, size, width.max(10.0), 3)
}

/// Entries beside each other in aligned columns, at most `most` points wide; what explains kinds
/// starts a new row.
pub(crate) fn rows(entries: &[Entry], size: f64, most: f64) -> Panel {
    let mut panel = Panel { items: Vec::new(), width: 0.0, height: 0.0, size };
    for keys in [false, true] {
        let group: Vec<Entry> = entries.iter().filter(|e| e.key == keys).cloned().collect();
        if group.is_empty() {
            continue;
        }
        let names: Vec<String> =
            group.iter().map(|e| cut(&e.name, size, (most - SAMPLE - GAP).max(10.0))).collect();
        let widths: Vec<f64> =
            names.iter().map(|name| SAMPLE + GAP + text_width(name, size)).collect();
        let table = |n: usize| -> Vec<f64> {
            (0..n)
                .map(|c| widths.iter().skip(c).step_by(n).fold(0.0, |a: f64, &b| a.max(b)))
                .collect()
        };
        let total = |n: usize| table(n).iter().sum::<f64>() + BETWEEN * (n - 1) as f64;
        let n = (1..=group.len()).rev().find(|&n| total(n) <= most).unwrap_or(1);
        // As few columns as give the same number of rows: no lone entry in the last one.
        let rows = group.len().div_ceil(n);
        let n = group.len().div_ceil(rows);
        let columns = table(n);
        for (i, (entry, name)) in group.into_iter().zip(names).enumerate() {
            let left = columns.iter().take(i % n).sum::<f64>() + BETWEEN * (i % n) as f64;
            let mid = panel.height + ((i / n) as f64 + 0.5) * pitch(size);
            panel.items.push((left, mid, name, entry));
        }
        panel.width = panel.width.max(total(n));
        panel.height += rows as f64 * pitch(size);
    }
    panel
}

impl Panel {
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, (left, top): (f64, f64)) {
        for (x, y, name, entry) in &self.items {
            let (x, y) = (left + x, top + y);
            entry.sample(canvas, (x, y), self.size);
            canvas.text_mid(name, (x + SAMPLE + GAP, y), self.size, Align::Start, Color::INK);
        }
    }
}

impl Entry {
    fn sample(&self, canvas: &mut Canvas, (x, y): (f64, f64), size: f64) {
        let half = size * 0.45;
        let area = Rect { left: x, top: y - half, right: x + SAMPLE, bottom: y + half };
        if self.hatched {
            hatch(canvas, &area);
        }
        if let Some(region) = &self.region {
            region.sample(canvas, &area);
        }
        if let Some((style, opacity)) = self.band {
            canvas.rect((area.left, area.top), (area.right, area.bottom), style.color, opacity);
        }
        if let Some(style) = self.line {
            for part in dashes(&[(x, y), (x + SAMPLE, y)], style.dash.pattern()) {
                canvas.polyline(&part, Pen::new(style.color, style.width));
            }
        }
        if let Some((style, intervals)) = self.points {
            // Beside a line the bar is left to the entry that explains points.
            let bar = intervals && self.line.is_none();
            let bar = bar.then_some((y - half * 1.2, y + half * 1.2));
            draw_point(canvas, (x + SAMPLE / 2.0, y), bar, &style);
        }
    }
}
