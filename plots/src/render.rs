//! From charts to a drawing: the page is divided between title, legend and panels.

use crate::canvas::{Canvas, Pen};
use crate::clip::Rect;
use crate::draw::draw_layers;
use crate::font::{LINE_HEIGHT, clean, text_width};
use crate::frame::{Frame, Margins, Panel, Type, draw_title, title_lines};
use crate::key::{self, Key};
use crate::labels::Unplaced;
use crate::legend::{self, Entry};
use crate::occupancy::Occupancy;
use crate::{Chart, Color, Drawing, Error, Legend, Place, Size, Theme};

/// The white space around everything, between panels, and beside the legend, in points.
const EDGE: f64 = 4.0;
const PANEL_GAP: f64 = 12.0;
const LEGEND_GAP: f64 = 8.0;
/// The width below which a page has no room for a legend beside the plot.
const NARROW: f64 = 4.5 * 72.0;
/// The smallest side of a plot.
const LEAST: f64 = 24.0;

pub(crate) fn render(
    title: &str,
    charts: &[&Chart],
    columns: usize,
    legend: &Legend,
    size: Size,
    theme: Theme,
) -> Result<Drawing, Error> {
    let svg = svg(title, charts, columns, legend, size, theme)?;
    Drawing::new(svg, headline(title), size, theme.paper())
}

/// Returns the SVG alone.
pub(crate) fn svg(
    title: &str,
    charts: &[&Chart],
    columns: usize,
    legend: &Legend,
    size: Size,
    theme: Theme,
) -> Result<String, Error> {
    size.check()?;
    if charts.is_empty() || columns == 0 {
        return Err(Error::NoPanels);
    }
    let settled = settle(&Asked { title, charts, columns, legend, size, theme })?;
    Ok(settled.canvas.finish(&headline(title)))
}

fn headline(title: &str) -> String {
    clean(title.lines().next().unwrap_or_default())
}

/// Returns the page `width` points wide on which the first plot is `ratio` times as high as wide.
pub(crate) fn fitted(
    title: &str,
    charts: &[&Chart],
    columns: usize,
    legend: &Legend,
    width: f64,
    ratio: f64,
) -> Result<Size, Error> {
    // The room beside the plots hardly depends on the height, except for labels that wrap or find no room. Start from
    // a high page, since a low one may have no room at all.
    let mut height = width * charts.len() as f64 + 720.0;
    for _ in 0..4 {
        let (size, theme) = (Size::points(width, height), Theme::default());
        size.check()?;
        if charts.is_empty() || columns == 0 {
            return Err(Error::NoPanels);
        }
        let settled = settle(&Asked { title, charts, columns, legend, size, theme })?;
        let rows = charts.len().div_ceil(columns.min(charts.len())) as f64;
        height += rows * (ratio * settled.plot.width() - settled.plot.height());
    }
    Ok(Size::points(width, height.ceil()))
}

/// The input of a drawing.
struct Asked<'a> {
    title: &'a str,
    charts: &'a [&'a Chart],
    columns: usize,
    legend: &'a Legend,
    size: Size,
    theme: Theme,
}

/// A finished page, and the place of the first plot.
struct Settled {
    canvas: Canvas,
    plot: Rect,
}

/// Draws the page, repeatedly while labels find no room and are moved to the legend, which takes up room itself.
fn settle(asked: &Asked) -> Result<Settled, Error> {
    let mut unplaced = Unplaced::default();
    loop {
        let before = unplaced.len();
        match draw(asked, &mut unplaced) {
            // With all of them in the legend, there is no room for the plot.
            Err(Error::TooSmall { .. }) if before > 0 => {
                unplaced = Unplaced::forced();
            }
            Ok(settled) if unplaced.len() == before => return Ok(settled),
            Ok(_) => {}
            Err(error) => return Err(error),
        }
    }
}

fn draw(asked: &Asked, unplaced: &mut Unplaced) -> Result<Settled, Error> {
    let (page, entries, place) = page(asked, unplaced)?;
    let room = asked.size.width - 2.0 * EDGE;
    let size = page.types.legend;
    let rows = || key::rows(&entries, size, room);
    let column = || key::column(&entries, size, asked.size.width * 0.4);
    let settled = match place {
        Place::Below => page.draw(&rows(), Place::Below, unplaced)?,
        Place::Inside if !entries.is_empty() => {
            match page.draw(&column(), Place::Inside, unplaced)? {
                Some(settled) => Some(settled),
                None => page.draw(&rows(), Place::Below, unplaced)?,
            }
        }
        place => page.draw(&column(), place, unplaced)?,
    };
    settled.ok_or_else(|| page.too_small())
}

/// Returns an empty page, the entries of its legend, and the place of the legend.
fn page<'a>(
    asked: &Asked<'a>,
    unplaced: &Unplaced,
) -> Result<(Page<'a>, Vec<Entry>, Place), Error> {
    let Asked { title, charts, columns, legend, size, theme } = *asked;
    let own_titles = charts.len() > 1 || charts.iter().any(|chart| chart.title != title);
    let panels = charts
        .iter()
        .map(|chart| Panel::new(chart, if own_titles { &chart.title } else { "" }))
        .collect::<Result<Vec<_>, _>>()?;
    let types = Type::for_width(size.width);
    let place = match legend.place {
        // A colour bar already takes up part of the width.
        Place::Auto if size.width >= 5.0 * 72.0 && panels.iter().all(|p| p.heat.is_none()) => {
            Place::Right
        }
        Place::Auto => Place::Below,
        Place::Right if size.width < NARROW => Place::Below,
        place => place,
    };
    let shown = place != Place::Hidden;
    let mut entries = if shown { legend::entries(charts, legend) } else { Vec::new() };
    legend::add(&mut entries, unplaced.entries(shown));
    let place = if shown || entries.is_empty() { place } else { Place::Below };
    let columns = columns.min(charts.len());
    Ok((Page { title, panels, columns, size, types, theme }, entries, place))
}

struct Page<'a> {
    title: &'a str,
    panels: Vec<Panel<'a>>,
    columns: usize,
    size: Size,
    types: Type,
    theme: Theme,
}

/// The lines of a title with their sizes and colours.
type TitleLines = Vec<(String, f64, Color)>;

impl Page<'_> {
    fn too_small(&self) -> Error {
        Error::TooSmall { width: self.size.width, height: self.size.height }
    }

    /// Returns the area left for the panels, and the lines of the title.
    fn area(&self, key: &Key, place: Place) -> (Rect, TitleLines) {
        let (size, types) = (self.size, &self.types);
        let lines = title_lines(self.title, size.width - 2.0 * EDGE, types.headline, types.detail);
        let title_height: f64 = lines.iter().map(|line| line.1 * LINE_HEIGHT).sum();
        let mut area = Rect {
            left: EDGE,
            top: EDGE + if title_height > 0.0 { title_height + 4.0 } else { 0.0 },
            right: size.width - EDGE,
            bottom: size.height - EDGE,
        };
        match place {
            _ if key.is_empty() => {}
            Place::Right => area.right -= key.width + LEGEND_GAP,
            Place::Below => area.bottom -= key.height + LEGEND_GAP,
            _ => {}
        }
        (area, lines)
    }

    /// Draws the page; returns `None` if the legend should be inside and finds no room.
    fn draw(
        &self,
        key: &Key,
        place: Place,
        unplaced: &mut Unplaced,
    ) -> Result<Option<Settled>, Error> {
        let (size, types) = (self.size, &self.types);
        let (area, lines) = self.area(key, place);
        let frames = self.frames(&area)?;

        let mut canvas = Canvas::new(size, self.theme);
        canvas.rect((0.0, 0.0), (size.width, size.height), Color::WHITE, 1.0);
        let mut taken = Occupancy::new(size.width, size.height);
        for (number, (panel, frame)) in self.panels.iter().zip(&frames).enumerate() {
            // Draw markers over the axes, but axes over the cells of a heat map.
            if panel.heat.is_none() {
                panel.draw_grid(&mut canvas, frame);
                panel.draw_axes(&mut canvas, frame, types);
            }
            let panel_of = (number, panel);
            draw_layers(&mut canvas, panel_of, frame, &mut taken, unplaced, types);
            if panel.heat.is_some() {
                panel.draw_axes(&mut canvas, frame, types);
            }
            panel.draw_title(&mut canvas, &frame.plot, types);
        }
        let plots = frames.iter().map(|frame| &frame.plot);
        let left = plots.clone().map(|p| p.left).fold(f64::INFINITY, f64::min);
        let right = plots.map(|p| p.right).fold(0.0, f64::max);
        let widest = lines.iter().map(|line| text_width(&line.0, line.1)).fold(0.0, f64::max);
        // Aligned with the plot, unless that would push it off the page.
        let title_left = left.min(size.width - EDGE - widest).max(EDGE);
        draw_title(&mut canvas, &lines, (title_left, EDGE));
        match place {
            _ if key.is_empty() => {}
            Place::Right => {
                let middle = frames.first().map_or(0.0, |frame| frame.plot.top);
                key.draw(&mut canvas, (area.right + LEGEND_GAP, middle));
            }
            Place::Inside => {
                let Some(spot) = frames.first().and_then(|f| free_spot(key, &f.plot, &taken))
                else {
                    return Ok(None);
                };
                draw_box(&mut canvas, &spot);
                key.draw(&mut canvas, (spot.left + BOX_PAD, spot.top + BOX_PAD));
            }
            _ => {
                let middle = (left + right - key.width) / 2.0;
                let x = middle.min(size.width - EDGE - key.width).max(EDGE);
                key.draw(&mut canvas, (x, area.bottom + LEGEND_GAP));
            }
        }
        let plot = frames.first().map_or(area, |frame| frame.plot);
        Ok(Some(Settled { canvas, plot }))
    }

    /// Returns the places of all panels: those in a column share left and right, those in a row share top and bottom,
    /// and all plots have the same size.
    fn frames(&self, area: &Rect) -> Result<Vec<Frame>, Error> {
        let columns = self.columns;
        let rows = self.panels.len().div_ceil(columns);
        let width = (area.width() - PANEL_GAP * (columns - 1) as f64) / columns as f64;
        let height = (area.height() - PANEL_GAP * (rows - 1) as f64) / rows as f64;
        if !(width >= LEAST && height >= LEAST) {
            return Err(self.too_small());
        }
        let cell = (width, height);
        let margins = |plot: Option<(f64, f64)>| -> Shares {
            let own: Vec<Margins> =
                self.panels.iter().map(|panel| panel.margins(cell, plot, &self.types)).collect();
            Shares::new(&own, columns)
        };
        // Titles and labels wrap to the size of the plots, which depends on their ticks.
        let room = |shares: &Shares| {
            let [beside, above] = shares.totals();
            let wide = width - beside / columns as f64;
            (wide, height - above / rows as f64)
        };
        let first = margins(None);
        let shares = margins(Some(room(&first)));
        let (wide, tall) = room(&shares);
        if !(wide >= LEAST && tall >= LEAST) {
            return Err(self.too_small());
        }
        let place = |i: usize| {
            let (column, row) = (i % columns, i / columns);
            let before: f64 =
                shares.columns[..column].iter().map(|(l, r)| l + wide + r + PANEL_GAP).sum();
            let over: f64 = shares.rows[..row].iter().map(|(t, b)| t + tall + b + PANEL_GAP).sum();
            let left = area.left + before + shares.columns[column].0;
            let top = area.top + over + shares.rows[row].0;
            Rect { left, right: left + wide, top, bottom: top + tall }
        };
        let frame = |(i, panel): (usize, &Panel)| panel.frame(place(i), &self.types);
        Ok(self.panels.iter().enumerate().map(frame).collect())
    }
}

/// The room around the plots: (left, right) of each column, (top, bottom) of each row.
struct Shares {
    columns: Vec<(f64, f64)>,
    rows: Vec<(f64, f64)>,
}

impl Shares {
    fn new(own: &[Margins], columns: usize) -> Self {
        let rows = own.len().div_ceil(columns);
        let mut shares = Self { columns: vec![(0.0, 0.0); columns], rows: vec![(0.0, 0.0); rows] };
        for (i, margins) in own.iter().enumerate() {
            let (column, row) = (&mut shares.columns[i % columns], &mut shares.rows[i / columns]);
            *column = (column.0.max(margins.left), column.1.max(margins.right));
            *row = (row.0.max(margins.top), row.1.max(margins.bottom));
        }
        shares
    }

    /// Returns the total room, across and down.
    fn totals(&self) -> [f64; 2] {
        [&self.columns, &self.rows].map(|shares| shares.iter().map(|(a, b)| a + b).sum())
    }
}

const BOX_PAD: f64 = 4.0;

/// Returns a place in the plot where the legend covers nothing: the corners are tried first, then the rest.
fn free_spot(key: &Key, plot: &Rect, taken: &Occupancy) -> Option<Rect> {
    const INSET: f64 = 5.0;
    let (width, height) = (key.width + 2.0 * BOX_PAD, key.height + 2.0 * BOX_PAD);
    let (free_x, free_y) =
        (plot.width() - width - 2.0 * INSET, plot.height() - height - 2.0 * INSET);
    if free_x < 0.0 || free_y < 0.0 {
        return None;
    }
    let corners = [(1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
    let lattice =
        (0..=10).flat_map(|j| (0..=10).map(move |i| (f64::from(i) / 10.0, f64::from(j) / 10.0)));
    corners.into_iter().chain(lattice).find_map(|(tx, ty)| {
        let (left, top) = (plot.left + INSET + tx * free_x, plot.top + INSET + ty * free_y);
        let spot = Rect { left, top, right: left + width, bottom: top + height };
        let around = Rect {
            left: left - 3.0,
            top: top - 3.0,
            right: spot.right + 3.0,
            bottom: spot.bottom + 3.0,
        };
        (taken.covered(&around) == 0).then_some(spot)
    })
}

fn draw_box(canvas: &mut Canvas, spot: &Rect) {
    canvas.rect((spot.left, spot.top), (spot.right, spot.bottom), Color::WHITE, 1.0);
    let outline = [
        (spot.left, spot.top),
        (spot.right, spot.top),
        (spot.right, spot.bottom),
        (spot.left, spot.bottom),
        (spot.left, spot.top),
        (spot.right, spot.top),
    ];
    canvas.polyline(&outline, Pen::new(Color::GRID, 0.6));
}
