//! The course of a chart's lines on the page.

use crate::clip::Path;
use crate::frame::Frame;
use crate::{Direction, Line, Reference};

/// Returns the parts of a line within the plot, on the page.
pub(crate) fn pieces(frame: &Frame, line: &Line) -> Vec<Path> {
    let places = line.points.iter().map(|&(x, y)| frame.x.at(x).zip(frame.y.at(y)));
    frame.plot.pieces(places)
}

/// Returns the ends of a reference line, if it is within the plot.
pub(crate) fn reference_line(frame: &Frame, reference: &Reference) -> Option<[(f64, f64); 2]> {
    let plot = &frame.plot;
    let ends = match reference.direction {
        Direction::Horizontal => {
            let y = frame.y.at(reference.value)?;
            [(plot.left, y), (plot.right, y)]
        }
        Direction::Vertical => {
            let x = frame.x.at(reference.value)?;
            [(x, plot.bottom), (x, plot.top)]
        }
    };
    plot.contains(ends[0]).then_some(ends)
}
