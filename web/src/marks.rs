//! What the page adds to a chart: where the sliders are.

use gauss_sim::plots::{Chart, Color, Marker, Points, Reference, Size, Style, Theme};
use gauss_sim::report::Picture;
use gauss_sim::report::theme::ThemeName;
use gauss_sim::task::spec::{Word, one_of};
use serde::Deserialize;

/// How a chart looks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asked {
    /// The width of the page, in points; without it the chart's own.
    width: Option<f64>,
    /// Its height, in points.
    height: Option<f64>,
    /// `light`, `dark` or `grey`.
    theme: Option<String>,
    /// Whether the title is left out.
    untitled: bool,
    marks: Vec<Mark>,
}

/// A place: a point, or a line where one of its coordinates is not given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    x: Option<f64>,
    y: Option<f64>,
    #[serde(default)]
    label: String,
}

impl Mark {
    fn on(&self, chart: Chart) -> Chart {
        match (self.x, self.y) {
            (Some(x), Some(y)) => {
                let style = Style { radius: 3.4, ..Style::default() };
                let style = style.color(Color::INK).marker(Marker::Circle);
                // The point is what the page is about, wherever the chart ends.
                let Chart { x: across, y: up, .. } = chart;
                let chart = Chart { x: across.showing(x), y: up.showing(y), ..chart };
                chart.with(Points::new(&self.label, [(x, y)]).style(style))
            }
            (Some(x), None) => chart.with(Reference::vertical(x, &self.label)),
            (None, Some(y)) => chart.with(Reference::horizontal(y, &self.label)),
            (None, None) => chart,
        }
    }
}

impl Asked {
    /// Returns the width of the page, in points.
    pub(crate) fn wide(&self) -> f64 {
        self.width.unwrap_or(Size::TEXT_WIDTH.width)
    }

    /// Returns whether it has a page of its own.
    pub(crate) fn is_sized(&self) -> bool {
        self.width.is_some() && self.height.is_some()
    }

    /// Returns the same look on a page of this size.
    pub(crate) fn on(self, size: Size) -> Self {
        Self { width: Some(size.width), height: Some(size.height), ..self }
    }

    /// Returns the SVG of a picture with this look.
    pub(crate) fn svg(&self, mut picture: Picture) -> anyhow::Result<String> {
        if self.untitled {
            picture.remove_title();
        }
        if let Picture::Chart(chart) = picture {
            picture = self.marks.iter().fold(chart, |chart, mark| mark.on(chart)).into();
        }
        let words: Vec<&str> = ThemeName::ALL.iter().map(|theme| theme.word()).collect();
        let theme = self.theme.as_deref().unwrap_or("light");
        one_of(theme, &words).map_err(|error| anyhow::anyhow!("--theme: {error}"))?;
        let theme = ThemeName::of(theme).map_or(Theme::Light, ThemeName::theme);
        let size = self.width.zip(self.height).map(|(width, height)| Size::points(width, height));
        Ok(picture.svg_on(size, theme)?)
    }
}
