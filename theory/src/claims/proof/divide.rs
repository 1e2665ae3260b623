//! The division of a region into cells until each is proven.

use super::{Cell, Cover, MAX_BOXES, Region, Verdict};
use crate::claims::enclosure::Enclosure;
use std::collections::VecDeque;

/// Divides a region until every cell is proven or fine enough, or the open cells are at most `enough` of it. The
/// widest cells are divided first, so that the cells left when the boxes run out are spread evenly.
pub(super) fn divide(
    region: &Region,
    finest: f64,
    enough: f64,
    judge: impl Fn(&Region) -> Verdict,
) -> Cover {
    let finest = if finest >= 1e-6 { finest } else { 1e-6 };
    let flat = |(low, high): (f64, f64)| if low < high { 1.0 } else { 0.0 };
    let share = |size: [f64; 2]| -> f64 {
        size.iter().map(|&along| if along > 0.0 { along } else { 1.0 }).product()
    };
    let mut found =
        Cover { holds: 0.0, fails: 0.0, open: 0.0, boxes: 0, exhausted: false, cells: Vec::new() };
    // The cells judged open, with their sizes along sigma and eps as shares of the region's, which are powers of two.
    // `doubtful` is their total share.
    let mut waiting = VecDeque::new();
    let mut doubtful = 0.0;
    let look = |cell: Region, size: [f64; 2], found: &mut Cover| {
        found.boxes += 1;
        let verdict = judge(&cell);
        match verdict {
            Verdict::Holds => found.holds += share(size),
            Verdict::Fails => found.fails += share(size),
            Verdict::Open => return Some((cell, size)),
        }
        found.cells.push(Cell { region: cell, share: share(size), verdict });
        None
    };
    let mut parts = vec![(*region, [flat(region.sigma), flat(region.eps)])];
    loop {
        for (cell, size) in parts {
            if let Some(open) = look(cell, size, &mut found) {
                doubtful += share(size);
                waiting.push_back(open);
            }
        }
        let Some((cell, size)) = waiting.pop_front() else {
            break;
        };
        let room = found.boxes + 2 <= MAX_BOXES;
        found.exhausted |= !room;
        match cut(&cell, size, finest).filter(|_| room && doubtful > enough) {
            Some(halves) => {
                doubtful -= share(size);
                parts = halves.to_vec();
            }
            None => {
                found.open += share(size);
                found.cells.push(Cell { region: cell, share: share(size), verdict: Verdict::Open });
                parts = Vec::new();
            }
        }
    }
    found
}

/// Returns the two halves of a cell across its longer side, unless it is already fine enough or contains no double in
/// between.
fn cut(cell: &Region, size: [f64; 2], finest: f64) -> Option<[(Region, [f64; 2]); 2]> {
    let along_sigma = size[0] >= size[1];
    let (low, high) = if along_sigma { cell.sigma } else { cell.eps };
    let longest = size[0].max(size[1]);
    let middle = Enclosure::new(low, high).middle();
    if longest <= finest || middle <= low || middle >= high {
        return None;
    }
    let part = |range: (f64, f64)| {
        if along_sigma {
            (Region { sigma: range, ..*cell }, [0.5 * size[0], size[1]])
        } else {
            (Region { eps: range, ..*cell }, [size[0], 0.5 * size[1]])
        }
    };
    Some([part((low, middle)), part((middle, high))])
}
