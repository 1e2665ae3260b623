//! Where the cells of heat maps end, and their axes with them.

use gauss_sim_plots::{Axis, Chart, Drawing, HeatMap, Line, Note, PALETTE, Size, Style};
use resvg::usvg;

use crate::common;

const FAR: f64 = f64::INFINITY;

/// Values that all differ, at uneven places: as in a sweep over few σ.
fn uneven() -> HeatMap {
    let values = (0..9).map(f64::from).collect();
    HeatMap::centres(vec![0.1, 1.0, 3.0], vec![0.01, 0.1, 1.0], values)
}

fn draw(map: HeatMap, x: Axis) -> Drawing {
    Chart::new(x, Axis::linear("ε")).with(map).render(Size::COLUMN).unwrap()
}

/// The left and right ends of the cells in the SVG, in its units: all rectangles but the paper and the colour bar.
fn cells(drawing: &Drawing) -> (f64, f64) {
    let number = |line: &str, name: &str| -> f64 {
        line.split(&format!(" {name}=\""))
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    };
    let bar = drawing.svg().lines().rfind(|line| line.starts_with("<rect ")).unwrap();
    let bar = number(bar, "x");
    let rects = drawing.svg().lines().filter(|line| line.starts_with("<rect ")).skip(1);
    rects
        .map(|line| (number(line, "x"), number(line, "x") + number(line, "width")))
        .filter(|(left, _)| *left < bar)
        .fold((FAR, 0.0), |(a, b), (left, right)| (a.min(left), b.max(right)))
}

/// The ends of the horizontal axis: the widest of the lines.
fn axis(drawing: &Drawing) -> (f64, f64) {
    let lines = drawing.svg().lines().filter(|line| line.starts_with("<polyline "));
    let xs = |line: &str| -> Vec<f64> {
        let points = line.split(" points=\"").nth(1).unwrap().split('"').next().unwrap();
        points.split(' ').map(|p| p.split(',').next().unwrap().parse().unwrap()).collect()
    };
    let ends = lines.map(|line| {
        let xs = xs(line);
        xs.iter().fold((FAR, 0.0_f64), |(a, b), x| (a.min(*x), b.max(*x)))
    });
    ends.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0))).unwrap()
}

/// The labels of the axis across, whose texts stand lowest but for its own label.
fn ticks(drawing: &Drawing) -> Vec<f64> {
    let mut texts: Vec<(f32, String)> = Vec::new();
    common::each_text(common::parse(drawing.svg()).root(), &mut |text: &usvg::Text| {
        let words: String = text.chunks().iter().map(|c| c.text().to_owned()).collect();
        texts.push((text.abs_bounding_box().bottom(), words));
    });
    let number = |text: &str| text.replace('−', "-").parse::<f64>().ok();
    let lowest = texts
        .iter()
        .filter(|(_, text)| number(text).is_some())
        .fold(0.0_f32, |low, (bottom, _)| low.max(*bottom));
    texts.iter().filter(|t| t.0 > lowest - 0.5).filter_map(|(_, text)| number(text)).collect()
}

#[track_caller]
fn assert_cells_fill_the_axis(drawing: &Drawing) {
    let (cells, axis) = (cells(drawing), axis(drawing));
    assert!((cells.0 - axis.0).abs() < 2.0 && (cells.1 - axis.1).abs() < 2.0, "{cells:?} {axis:?}");
}

#[test]
fn no_cell_lies_out_of_the_domain() {
    // How far within the axis 0 stands.
    let zero = |drawing: &Drawing| {
        let tree = common::parse(drawing.svg());
        let unit = drawing.size().width * 100.0 / f64::from(tree.size().width());
        let mut at = Vec::new();
        common::each_text(tree.root(), &mut |text: &usvg::Text| {
            let b = text.abs_bounding_box();
            if text.chunks()[0].text() == "0" {
                at.push(f64::from(f32::midpoint(b.left(), b.right())) * unit - axis(drawing).0);
            }
        });
        // Not that of the colour bar, which stands to the right.
        at.into_iter().filter(|x| *x > -100.0).fold(FAR, f64::min)
    };
    let free = draw(uneven(), Axis::linear("σ"));
    assert!(zero(&free) > 500.0, "half a step below 0.1: {}", zero(&free));
    let bounded = draw(uneven().x_domain(0.0, FAR).y_domain(0.0, FAR), Axis::linear("σ"));
    assert!(zero(&bounded).abs() < 30.0, "{}", zero(&bounded));
    assert_eq!(ticks(&bounded).first(), Some(&0.0));
    assert_eq!(ticks(&bounded).last(), Some(&4.0), "half a step beyond the data");
    assert!(!bounded.svg().contains('−'));
    assert_cells_fill_the_axis(&bounded);
    // A domain that has an end on the other side, too.
    let both = draw(uneven().x_domain(0.0, 3.2).y_domain(0.0, FAR), Axis::linear("σ"));
    assert_eq!(ticks(&both).last(), Some(&3.0));
    assert_cells_fill_the_axis(&both);
}

#[test]
fn cells_end_at_the_data_when_asked() {
    let drawing = draw(uneven().ending_at_data(), Axis::linear("σ"));
    assert_eq!(ticks(&drawing).last(), Some(&3.0));
    assert!(ticks(&drawing)[0] > 0.0 && !drawing.svg().contains('−'));
    assert_cells_fill_the_axis(&drawing);
    // The inner edges stay half-way.
    let inner = |map: HeatMap| {
        let svg = draw(map, Axis::linear("σ").range(0.1, 3.0)).svg().to_owned();
        svg.lines().filter(|line| line.starts_with("<rect ")).count()
    };
    assert_eq!(inner(uneven().ending_at_data()), inner(uneven()));
    // A lone centre has no other end than its own.
    let lone = HeatMap::centres(vec![1.0], vec![0.0, 1.0], vec![1.0, 2.0]).ending_at_data();
    assert_cells_fill_the_axis(&draw(lone, Axis::linear("σ")));
}

#[test]
fn edges_that_are_given_stay_but_for_the_domain() {
    let map = || HeatMap::edges(vec![-1.0, 0.0, 2.0], vec![0.0, 1.0], vec![1.0, 2.0]);
    let drawing = |map: HeatMap| draw(map, Axis::linear("σ"));
    assert_eq!(drawing(map().ending_at_data()).svg(), drawing(map()).svg());
    assert_eq!(ticks(&drawing(map()))[0], -1.0);
    assert_eq!(ticks(&drawing(map().x_domain(0.0, FAR)))[0], 0.0);
}

#[test]
fn axes_end_with_the_cells_whatever_they_are_asked_for() {
    let map = || uneven().ending_at_data();
    // Limits beyond the cells, and other layers that reach beyond them.
    let wide = draw(map(), Axis::linear("σ").range(-5.0, 50.0));
    assert_eq!(wide.svg(), draw(map(), Axis::linear("σ")).svg());
    let beyond = Chart::new(Axis::linear("σ"), Axis::linear("ε"))
        .with(map())
        .with(Line::new("", [(-3.0, 0.5), (9.0, 0.5)]).style(Style::series(1)))
        .with(Note::new(20.0, 0.5, "far away"));
    let beyond = beyond.render(Size::COLUMN).unwrap();
    assert_cells_fill_the_axis(&beyond);
    assert!(common::count(beyond.svg(), "polyline", PALETTE[1]) > 0, "the part inside is drawn");
    assert!(!beyond.svg().contains("far away"));
    // Limits within them cut them.
    let narrow = draw(map(), Axis::linear("σ").range(0.5, 2.5));
    assert_eq!((ticks(&narrow)[0], *ticks(&narrow).last().unwrap()), (0.5, 2.5));
    assert_cells_fill_the_axis(&narrow);
    // Where there is none to be seen, the limits are what was asked for.
    let apart = draw(map(), Axis::linear("σ").range(5.0, 6.0));
    assert_eq!((ticks(&apart)[0], *ticks(&apart).last().unwrap()), (5.0, 6.0));
}

#[test]
fn a_log_axis_leaves_out_zero_and_nothing_else() {
    let map = |first: f64| {
        HeatMap::centres(
            vec![first, 0.1, 1.0, 10.0],
            vec![0.0, 1.0],
            (0..8).map(f64::from).collect(),
        )
    };
    let drawn = |map: HeatMap| {
        let svg = draw(map, Axis::log("σ")).svg().to_owned();
        svg.lines().filter(|line| line.starts_with("<rect ")).count()
    };
    // Two cells of four are not shown, one in each row.
    assert_eq!(drawn(map(0.01)) - drawn(map(0.0)), 2);
    assert_cells_fill_the_axis(&draw(map(0.0), Axis::log("σ")));
    assert_cells_fill_the_axis(&draw(map(0.0).ending_at_data(), Axis::log("σ")));
}
