//! Where the lines of a chart run on the page.

use crate::clip::Path;
use crate::frame::Frame;
use crate::{Direction, Line, Reference};

/// The parts of a line within the plot, on the page.
pub(crate) fn pieces(frame: &Frame, line: &Line) -> Vec<Path> {
    let places = line.points.iter().map(|&(x, y)| frame.x.at(x).zip(frame.y.at(y)));
    frame.plot.pieces(places)
}

/// Where a reference line runs, if within the plot.
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
