//! The layout of a legend: in one column, or in rows as wide as the page.

use crate::Color;
use crate::canvas::{Align, Canvas};
use crate::clip::Rect;
use crate::font::{cut, text_width, wrap};
use crate::legend::Entry;

/// The length of a sample, in text sizes, and the gap between it and the text.
const SAMPLE: f64 = 2.7;
const GAP: f64 = 5.0;
/// The distance between the columns of rows: the preferred one, and the smallest.
const BETWEEN: [f64; 2] = [14.0, 8.0];

/// The entries of a legend, with their places.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    items: Vec<Item>,
    pub(crate) width: f64,
    pub(crate) height: f64,
    size: f64,
}

#[derive(Debug, Clone)]
struct Item {
    left: f64,
    middle: f64,
    text: String,
    /// Empty for further lines of a text.
    sample: Entry,
}

fn pitch(size: f64) -> f64 {
    size * 1.6
}

/// Returns the width of the sample before a text, with the gap.
fn indent(size: f64) -> f64 {
    SAMPLE * size + GAP
}

/// Lays out the entries below each other; texts are wrapped at a total width of `most` points.
pub(crate) fn column(entries: &[Entry], size: f64, most: f64) -> Key {
    let mut key = Key { items: Vec::new(), width: 0.0, height: 0.0, size };
    let mut explains = false;
    for entry in entries {
        if entry.explains && !explains && !key.items.is_empty() {
            key.height += size * 0.6;
        }
        explains = entry.explains;
        let lines = wrap(&entry.name, size, (most - indent(size)).max(10.0), 3);
        for (i, text) in lines.into_iter().enumerate() {
            key.width = key.width.max(indent(size) + text_width(&text, size));
            let sample = if i == 0 { entry.clone() } else { Entry::default() };
            if i > 0 {
                // Lines of one text are closer than entries.
                key.height -= size * 0.4;
            }
            key.items.push(Item {
                left: 0.0,
                middle: key.height + pitch(size) / 2.0,
                text,
                sample,
            });
            key.height += pitch(size);
        }
    }
    key
}

/// Lays out the entries beside each other, at most `most` points wide, in as few rows as possible; entries that
/// explain kinds start a new row.
pub(crate) fn rows(entries: &[Entry], size: f64, most: f64) -> Key {
    let mut key = Key { items: Vec::new(), width: 0.0, height: 0.0, size };
    for explains in [false, true] {
        let group: Vec<&Entry> = entries.iter().filter(|e| e.explains == explains).collect();
        if group.is_empty() {
            continue;
        }
        let room = (most - indent(size)).max(10.0);
        let texts: Vec<String> = group.iter().map(|entry| cut(&entry.name, size, room)).collect();
        let widths: Vec<f64> =
            texts.iter().map(|text| indent(size) + text_width(text, size)).collect();
        let table = arrange(&widths, most);
        for ((entry, text), (row, left)) in group.into_iter().zip(texts).zip(&table.places) {
            let middle = key.height + (*row as f64 + 0.5) * pitch(size);
            key.items.push(Item { left: *left, middle, text, sample: entry.clone() });
        }
        key.width = key.width.max(table.width);
        key.height += table.rows as f64 * pitch(size);
    }
    key
}

/// The row and the left end of each of several boxes.
struct Table {
    places: Vec<(usize, f64)>,
    rows: usize,
    width: f64,
}

/// Arranges boxes in as few rows as fit in `most`: in aligned columns, along the rows or down the columns, if these
/// need no more rows than boxes placed close together.
fn arrange(widths: &[f64], most: f64) -> Table {
    let counts = (1..=widths.len()).rev();
    let aligned = BETWEEN.into_iter().flat_map(|between| {
        counts
            .clone()
            .flat_map(move |n| [false, true].map(|down| columns(widths, n, down, between)))
    });
    let fitting = aligned.filter(|table| table.width <= most);
    // Prefer the fewest rows, and among these the fewest columns, so that no box is alone in the last column.
    let best = fitting.min_by_key(|table| table.rows);
    let close = flow(widths, most, BETWEEN[0]);
    match best {
        Some(table) if table.rows <= close.rows => table,
        _ => close,
    }
}

/// Arranges boxes in `n` columns, each as wide as its widest box.
fn columns(widths: &[f64], n: usize, down: bool, between: f64) -> Table {
    let n = n.max(1);
    let rows = widths.len().div_ceil(n);
    // As few columns as give that number of rows.
    let n = widths.len().div_ceil(rows.max(1));
    let cell = |i: usize| if down { (i % rows, i / rows) } else { (i / n, i % n) };
    let mut wide = vec![0.0_f64; n];
    for (i, width) in widths.iter().enumerate() {
        let column = &mut wide[cell(i).1];
        *column = column.max(*width);
    }
    let left = |column: usize| wide[..column].iter().sum::<f64>() + between * column as f64;
    Table {
        places: (0..widths.len()).map(|i| (cell(i).0, left(cell(i).1))).collect(),
        rows,
        width: wide.iter().sum::<f64>() + between * n.saturating_sub(1) as f64,
    }
}

/// Arranges boxes one after the other, like words in a text.
fn flow(widths: &[f64], most: f64, between: f64) -> Table {
    let mut table = Table { places: Vec::new(), rows: 1, width: 0.0 };
    let mut left = 0.0;
    for width in widths {
        if left > 0.0 && left + width > most {
            table.rows += 1;
            left = 0.0;
        }
        table.places.push((table.rows - 1, left));
        table.width = table.width.max(left + width);
        left += width + between;
    }
    table
}

impl Key {
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, (left, top): (f64, f64)) {
        for item in &self.items {
            let (x, y) = (left + item.left, top + item.middle);
            let half = self.size * 0.45;
            let area =
                Rect { left: x, top: y - half, right: x + SAMPLE * self.size, bottom: y + half };
            item.sample.draw(canvas, &area);
            canvas.text_mid(
                &item.text,
                (x + indent(self.size), y),
                self.size,
                Align::Start,
                Color::INK,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(widths: &[f64], most: f64) -> Vec<usize> {
        let table = arrange(widths, most);
        assert!(table.width <= most || widths.len() == 1, "{widths:?}: {}", table.width);
        let mut rows = vec![0; table.rows];
        for (row, left) in &table.places {
            rows[*row] += 1;
            assert!(*left >= 0.0);
        }
        // No two boxes overlap.
        for (i, a) in table.places.iter().enumerate() {
            for (j, b) in table.places.iter().enumerate().filter(|(j, b)| *j != i && a.0 == b.0) {
                let apart = a.1 + widths[i] <= b.1 || b.1 + widths[j] <= a.1;
                assert!(apart, "{widths:?}: {i} and {j}");
            }
        }
        rows
    }

    #[test]
    fn few_rows_first_then_even_ones() {
        assert_eq!(rows_of(&[50.0; 4], 300.0), [4]);
        // Not three and one.
        assert_eq!(rows_of(&[50.0; 4], 200.0), [2, 2]);
        assert_eq!(rows_of(&[50.0; 5], 200.0), [3, 2]);
        assert_eq!(rows_of(&[150.0; 3], 200.0), [1, 1, 1]);
    }

    #[test]
    fn one_long_name_does_not_put_all_others_below_each_other() {
        // With equal columns, there could only be one: 130 + 14 + 115 is too much.
        let widths = [72.0, 87.0, 90.0, 115.0, 112.0, 130.0];
        let rows = rows_of(&widths, 226.0);
        assert!(rows.len() <= 4, "{rows:?}");
        // In columns, with the short ones first, three fit.
        assert_eq!(rows_of(&widths, 230.0), [2, 2, 2]);
    }
}
