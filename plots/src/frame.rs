//! One plot on the page: the room for its labels, its axes, ticks and grid.

use crate::axis::Map;
use crate::canvas::{Align, Canvas, Pen};
use crate::clip::Rect;
use crate::font::{CAP_HEIGHT, DESCENT, LINE_HEIGHT, text_width, wrap};
use crate::ticks::{self, Ticks};
use crate::{Axis, Chart, Color, Error, HeatMap, Layer};

/// Font sizes, in points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) headline: f64,
    pub(crate) detail: f64,
    pub(crate) label: f64,
    pub(crate) tick: f64,
    pub(crate) legend: f64,
}

impl Type {
    /// Returns the sizes for a page `width` points wide.
    pub(crate) fn for_width(width: f64) -> Self {
        let base = if width >= 4.5 * 72.0 { 9.0 } else { 8.0 };
        Self {
            headline: base + 0.5,
            detail: base - 1.0,
            label: base,
            tick: base - 1.0,
            legend: base - 0.5,
        }
    }
}

const TICK: f64 = 3.0;
const MINOR_TICK: f64 = 1.8;
const TICK_GAP: f64 = 2.5;
const LABEL_GAP: f64 = 4.0;
const BAR_GAP: f64 = 9.0;
const BAR: f64 = 9.0;
/// How far a panel's title may extend beyond its plot.
const TITLE_SLACK: f64 = 8.0;

/// The room around a plot, in points.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Margins {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

/// A chart with resolved axes.
pub(crate) struct Panel<'a> {
    pub(crate) chart: &'a Chart,
    pub(crate) heat: Option<&'a HeatMap>,
    title: &'a str,
    x_span: (f64, f64),
    y_span: (f64, f64),
}

/// A panel's place on the page.
pub(crate) struct Frame {
    pub(crate) plot: Rect,
    pub(crate) x: Map,
    pub(crate) y: Map,
    x_ticks: Ticks,
    y_ticks: Ticks,
}

impl<'a> Panel<'a> {
    pub(crate) fn new(chart: &'a Chart, title: &'a str) -> Result<Self, Error> {
        let heats: Vec<&HeatMap> = chart
            .layers
            .iter()
            .filter_map(|layer| if let Layer::HeatMap(map) = layer { Some(map) } else { None })
            .collect();
        if heats.len() > 1 {
            return Err(Error::ManyHeatMaps(heats.len()));
        }
        let heat = heats.first().copied();
        heat.map_or(Ok(()), HeatMap::check)?;
        let (x_span, y_span) = match heat {
            Some(map) => {
                let (x, y) = (&chart.x, &chart.y);
                (x.span_cells(&map.x_edges(x.scale))?, y.span_cells(&map.y_edges(y.scale))?)
            }
            None => {
                let xs = chart.layers.iter().flat_map(|layer| layer.xs(chart.x.scale));
                let ys = chart.layers.iter().flat_map(|layer| layer.ys(chart.y.scale));
                (chart.x.span(xs, true)?, chart.y.span(ys, true)?)
            }
        };
        Ok(Self { chart, heat, title, x_span, y_span })
    }

    fn y_ticks(&self, height: f64, types: &Type) -> Ticks {
        let most = (height / (types.tick * 2.6)) as usize;
        self.chart.y.ticks(self.y_span, most.clamp(2, 9))
    }

    /// Returns as many ticks as leave room between their labels.
    fn x_ticks(&self, width: f64, types: &Type) -> Ticks {
        let map = self.chart.x.map(self.x_span, 0.0, width);
        let apart = |ticks: &Ticks| {
            ticks.major.windows(2).all(|pair| {
                let [(a, left), (b, right)] = pair else {
                    return true;
                };
                let need = (text_width(left, types.tick) + text_width(right, types.tick)) / 2.0;
                let room = map.at(*b).unwrap_or(0.0) - map.at(*a).unwrap_or(0.0);
                room >= need + 1.4 * types.tick
            })
        };
        (2..=9)
            .rev()
            .map(|most| self.chart.x.ticks(self.x_span, most))
            .find(apart)
            .unwrap_or_default()
    }

    fn bar_ticks(&self, heat: &HeatMap, height: f64, types: &Type) -> Ticks {
        let (low, high) = heat.bar();
        ticks::linear(low, high, ((height / (types.tick * 2.6)) as usize).clamp(2, 9))
    }

    fn title_lines(&self, width: f64, types: &Type) -> Vec<(String, f64, Color)> {
        title_lines(self.title, width, types.label, types.tick)
    }

    /// Returns the room that labels need if everything is drawn in `width` × `height` points; `plot` is the size of
    /// the plot, if it is known.
    pub(crate) fn margins(
        &self,
        (width, height): (f64, f64),
        plot: Option<(f64, f64)>,
        types: &Type,
    ) -> Margins {
        let room = plot.map_or(width, |(wide, _)| wide + TITLE_SLACK);
        let top: f64 = self.title_lines(room, types).iter().map(|l| l.1 * LINE_HEIGHT).sum();
        let top = if top > 0.0 { top + 4.0 } else { types.tick * 0.6 };
        let line = types.label * LINE_HEIGHT;
        let below = label_lines(
            &self.chart.x,
            plot.map_or(width * 0.85, |(wide, _)| wide).max(60.0),
            types,
        )
        .len() as f64
            * line;
        let below = if below > 0.0 { below + LABEL_GAP } else { DESCENT * types.tick };
        let bottom = TICK + TICK_GAP + CAP_HEIGHT * types.tick + below;
        let tall = plot.map_or(height - top - bottom, |(_, tall)| tall).max(1.0);
        let beside = label_lines(&self.chart.y, tall, types).len() as f64 * line;
        let gap = if beside > 0.0 { LABEL_GAP } else { 0.0 };
        let left = TICK + TICK_GAP + widest(&self.y_ticks(tall, types), types) + gap + beside;
        let bar = self.heat.map_or(0.0, |heat| {
            let lines = wrap(&heat.label, types.label, tall, 2).len() as f64 * line;
            let gap = if lines > 0.0 { LABEL_GAP } else { 0.0 };
            BAR_GAP
                + BAR
                + TICK
                + TICK_GAP
                + widest(&self.bar_ticks(heat, tall, types), types)
                + gap
                + lines
        });
        let wide = (width - left - bar).max(1.0);
        let x = self.chart.x.map(self.x_span, 0.0, wide);
        let x_ticks = self.x_ticks(wide, types);
        let hang = x_ticks.major.last().map_or(0.0, |(value, text)| {
            x.at(*value).unwrap_or(0.0) + text_width(text, types.tick) / 2.0 - wide
        });
        let left = x_ticks.major.first().map_or(left, |(value, text)| {
            left.max(text_width(text, types.tick) / 2.0 - x.at(*value).unwrap_or(0.0))
        });
        Margins { left, right: bar.max(hang).max(3.0), top, bottom }
    }

    pub(crate) fn frame(&self, plot: Rect, types: &Type) -> Frame {
        Frame {
            plot,
            x: self.chart.x.map(self.x_span, plot.left, plot.right),
            y: self.chart.y.map(self.y_span, plot.bottom, plot.top),
            x_ticks: self.x_ticks(plot.width(), types),
            y_ticks: self.y_ticks(plot.height(), types),
        }
    }

    /// Draws grid lines, below everything else.
    pub(crate) fn draw_grid(&self, canvas: &mut Canvas, frame: &Frame) {
        let pen = Pen::new(Color::GRID, 0.5);
        let plot = &frame.plot;
        for x in frame.x_ticks.major.iter().filter_map(|t| frame.x.at(t.0)) {
            canvas.polyline(&[(x, plot.top), (x, plot.bottom)], pen);
        }
        for y in frame.y_ticks.major.iter().filter_map(|t| frame.y.at(t.0)) {
            canvas.polyline(&[(plot.left, y), (plot.right, y)], pen);
        }
    }

    /// Draws axes, ticks, labels and the colour bar.
    pub(crate) fn draw_axes(&self, canvas: &mut Canvas, frame: &Frame, types: &Type) {
        let plot = &frame.plot;
        let pen = Pen::new(Color::INK, 0.6);
        let corners = [
            (plot.left, plot.top),
            (plot.left, plot.bottom),
            (plot.right, plot.bottom),
            (plot.right, plot.top),
        ];
        if self.heat.is_some() {
            let [a, b, ..] = corners;
            canvas.polyline(&[&corners[..], &[a, b]].concat(), pen);
        } else {
            canvas.polyline(&corners[..3], pen);
        }
        let mut tick = |a: (f64, f64), b: (f64, f64)| canvas.polyline(&[a, b], pen);
        for x in frame.x_ticks.major.iter().filter_map(|t| frame.x.at(t.0)) {
            tick((x, plot.bottom), (x, plot.bottom + TICK));
        }
        for x in frame.x_ticks.minor.iter().filter_map(|&v| frame.x.at(v)) {
            tick((x, plot.bottom), (x, plot.bottom + MINOR_TICK));
        }
        for y in frame.y_ticks.major.iter().filter_map(|t| frame.y.at(t.0)) {
            tick((plot.left - TICK, y), (plot.left, y));
        }
        for y in frame.y_ticks.minor.iter().filter_map(|&v| frame.y.at(v)) {
            tick((plot.left - MINOR_TICK, y), (plot.left, y));
        }
        let baseline = plot.bottom + TICK + TICK_GAP + CAP_HEIGHT * types.tick;
        for (value, text) in &frame.x_ticks.major {
            if let Some(x) = frame.x.at(*value) {
                canvas.text(text, (x, baseline), types.tick, Align::Middle, Color::INK);
            }
        }
        for (value, text) in &frame.y_ticks.major {
            if let Some(y) = frame.y.at(*value) {
                let at = (plot.left - TICK - TICK_GAP, y);
                canvas.text_mid(text, at, types.tick, Align::End, Color::INK);
            }
        }
        let line = types.label * LINE_HEIGHT;
        let middle = (plot.left + plot.right) / 2.0;
        let lines = label_lines(&self.chart.x, plot.width().max(60.0), types);
        for (i, text) in lines.iter().enumerate() {
            let y = baseline + LABEL_GAP + CAP_HEIGHT * types.label + 1.0 + i as f64 * line;
            canvas.text(text, (middle, y), types.label, Align::Middle, Color::INK);
        }
        let lines = label_lines(&self.chart.y, plot.height(), types);
        let right = plot.left - TICK - TICK_GAP - widest(&frame.y_ticks, types) - LABEL_GAP;
        for (i, text) in lines.iter().rev().enumerate() {
            let x = right - DESCENT * types.label - i as f64 * line;
            let y = (plot.top + plot.bottom) / 2.0;
            canvas.text_up(text, (x, y), types.label, Color::INK);
        }
        if let Some(heat) = self.heat {
            self.draw_bar(canvas, plot, heat, types);
        }
    }

    fn draw_bar(&self, canvas: &mut Canvas, plot: &Rect, heat: &HeatMap, types: &Type) {
        const STEPS: u32 = 256;
        let (left, right) = (plot.right + BAR_GAP, plot.right + BAR_GAP + BAR);
        let axis = Axis::linear("");
        let (low, high) = heat.bar();
        let map = axis.map((low, high), plot.bottom, plot.top);
        for i in 0..STEPS {
            let level = |k: u32| plot.bottom - plot.height() * f64::from(k) / f64::from(STEPS);
            let t = f64::from(i) / f64::from(STEPS - 1);
            let color = heat.color(low * (1.0 - t) + high * t);
            canvas.rect((left, level(i)), (right, plot.top), color, 1.0);
        }
        let pen = Pen::new(Color::INK, 0.6);
        let outline = [
            (left, plot.top),
            (left, plot.bottom),
            (right, plot.bottom),
            (right, plot.top),
            (left, plot.top),
            (left, plot.bottom),
        ];
        canvas.polyline(&outline, pen);
        let ticks = self.bar_ticks(heat, plot.height(), types);
        for (value, text) in &ticks.major {
            if let Some(y) = map.at(*value) {
                canvas.polyline(&[(right, y), (right + TICK, y)], pen);
                let at = (right + TICK + TICK_GAP, y);
                canvas.text_mid(text, at, types.tick, Align::Start, Color::INK);
            }
        }
        let from = right + TICK + TICK_GAP + widest(&ticks, types) + LABEL_GAP;
        for (i, text) in wrap(&heat.label, types.label, plot.height(), 2).iter().enumerate() {
            let x = from + (0.8 + i as f64 * LINE_HEIGHT) * types.label;
            canvas.text_up(text, (x, (plot.top + plot.bottom) / 2.0), types.label, Color::INK);
        }
    }

    /// Draws the panel's own title, above the plot.
    pub(crate) fn draw_title(&self, canvas: &mut Canvas, plot: &Rect, types: &Type) {
        let lines = self.title_lines(plot.width() + TITLE_SLACK, types);
        let height: f64 = lines.iter().map(|l| l.1 * LINE_HEIGHT).sum();
        draw_title(canvas, &lines, (plot.left, plot.top - height - 4.0));
    }
}

/// Returns the lines of a title with their sizes and colours: a headline, and smaller lines.
pub(crate) fn title_lines(
    title: &str,
    width: f64,
    headline: f64,
    detail: f64,
) -> Vec<(String, f64, Color)> {
    let mut lines = Vec::new();
    for (i, part) in title.lines().enumerate() {
        let (size, color) = if i == 0 { (headline, Color::INK) } else { (detail, Color::GREY) };
        lines.extend(wrap(part, size, width, 3).into_iter().map(|line| (line, size, color)));
    }
    lines
}

pub(crate) fn draw_title(
    canvas: &mut Canvas,
    lines: &[(String, f64, Color)],
    (x, top): (f64, f64),
) {
    let mut y = top;
    for (text, size, color) in lines {
        y += size * LINE_HEIGHT;
        canvas.text(text, (x, y - DESCENT * size), *size, Align::Start, *color);
    }
}

fn label_lines(axis: &Axis, length: f64, types: &Type) -> Vec<String> {
    wrap(&axis.label, types.label, length, 2)
}

fn widest(ticks: &Ticks, types: &Type) -> f64 {
    ticks.major.iter().map(|(_, text)| text_width(text, types.tick)).fold(0.0, f64::max)
}
