//! Charts that the tests draw.
#![allow(dead_code, unreachable_pub)] // Each test file uses a part.

use std::sync::Arc;

use gauss_sim_plots::{
    Axis, Band, Chart, ColorScale, Contour, Drawing, Figure, Hatch, HeatMap, Legend, Line, Note,
    Point, Points, Reference, Region, Size, Style,
};
use resvg::usvg::{self, Node, fontdb};

/// Two series of theory and simulation.
pub fn stages() -> Chart {
    let mut chart = Chart::new(
        Axis::linear("noise of the defense, σ").range(0.0, 4.0),
        Axis::linear("robust accuracy"),
    )
    .title("Robust accuracy\nmean = 1, ε = 0.5")
    .legend(Legend::auto().line_means("theory").points_mean("simulation, 95 % interval"));
    for (i, name) in ["undefended", "trained"].into_iter().enumerate() {
        let value = move |x: f64| 0.6 + 0.1 * i as f64 + 0.05 * x;
        let xs = (0..17).map(|k| f64::from(k) / 4.0);
        let points = xs.clone().map(|x| (x, value(x) + 0.01, value(x) - 0.02, value(x) + 0.04));
        chart = chart
            .with(Line::new(name, xs.map(|x| (x, value(x)))).style(Style::series(i)))
            .with(Points::new(name, points).style(Style::series(i)));
    }
    chart
}

/// A heat map of x² + y² − 1 over [−2, 2]², some of it missing.
pub fn surface() -> Chart {
    let xs: Vec<f64> = (0..41).map(|k| f64::from(k) / 10.0 - 2.0).collect();
    let values = xs
        .iter()
        .flat_map(|&y| {
            xs.iter().map(move |&x| if x + y > 3.0 { f64::NAN } else { x * x + y * y - 1.0 })
        })
        .collect();
    Chart::new(Axis::linear("x"), Axis::linear("y")).title("A bowl").with(
        HeatMap::centres(xs.clone(), xs, values)
            .label("height")
            .missing("not defined")
            .contour(Contour::new(0.0, "0"))
            .contour(Contour::new(2.0, "2")),
    )
}

/// One drawing of each kind.
pub fn every_kind() -> Vec<(&'static str, Drawing)> {
    let logs = Chart::new(Axis::log("samples"), Axis::log("error"))
        .with(Band::new("band", [(1.0, 0.1, 2.0), (1e6, 1e-4, 2e-3)]))
        .with(Line::new("1/√n", [(1.0, 1.0), (1e6, 1e-3)]))
        .legend(Legend::below().band_means("spread"));
    let notes = Chart::new(Axis::linear("σ"), Axis::linear("difference"))
        .with(Line::new("", (0..50).map(|k| (f64::from(k), (f64::from(k) / 8.0).sin()))))
        .with(Reference::horizontal(0.0, "equal"))
        .with(Reference::vertical(25.13, "σ* = 25.13"))
        .with(Note::new(12.566, 1.0, "largest"));
    let sequential = Chart::new(Axis::log("x"), Axis::linear("y")).with(
        HeatMap::edges(vec![1.0, 10.0, 100.0], vec![0.0, 1.0, 2.0], vec![1.0, 2.0, 3.0, 4.0])
            .scale(ColorScale::Sequential)
            .label("value"),
    );
    let regions = Chart::new(Axis::linear("σ"), Axis::linear("ε"))
        .with(
            Region::new("fails", vec![vec![(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]])
                .style(Style::series(1))
                .hatch(Hatch::Rising),
        )
        .with(Line::new("", [(0.0, 1.0), (1.0, 0.0)]).style(Style::series(1)).label("frontier"))
        .with(Points::new("both ways", [Point::from((0.5, 0.7, 0.6, 0.8)).x_interval(0.4, 0.6)]));
    let figure = Figure::new("Four", 2)
        .with(stages().title("(a)"))
        .with(stages().title("(b)"))
        .with(notes.clone())
        .with(surface());
    let wide = Size::inches(6.5, 5.5);
    vec![
        ("stages", stages().render(Size::TEXT_WIDTH).unwrap()),
        ("stages in a column", stages().render(Size::COLUMN).unwrap()),
        ("inside", stages().legend(Legend::inside()).render(Size::TEXT_WIDTH).unwrap()),
        ("heat map", surface().render(Size::COLUMN).unwrap()),
        ("sequential", sequential.render(Size::COLUMN).unwrap()),
        ("logs", logs.render(Size::COLUMN).unwrap()),
        ("regions", regions.render(Size::COLUMN).unwrap()),
        ("notes", notes.render(Size::TEXT_WIDTH).unwrap()),
        ("figure", figure.render(wide).unwrap()),
    ]
}

/// The drawing as another program reads it, with the embedded font alone.
pub fn parse(svg: &str) -> usvg::Tree {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../../fonts/DejaVuSans.ttf").to_vec());
    let options = usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() };
    usvg::Tree::from_str(svg, &options).unwrap()
}

/// Calls `visit` with every text of a tree.
pub fn each_text(group: &usvg::Group, visit: &mut impl FnMut(&usvg::Text)) {
    for node in group.children() {
        match node {
            Node::Group(group) => each_text(group, visit),
            Node::Text(text) => visit(text),
            _ => {}
        }
    }
}

/// How many elements of a kind and colour the SVG has.
pub fn count(svg: &str, tag: &str, color: gauss_sim_plots::Color) -> usize {
    let color = format!("\"#{:02X}{:02X}{:02X}\"", color.r, color.g, color.b);
    let open = format!("<{tag} ");
    svg.lines().filter(|line| line.starts_with(&open) && line.contains(&color)).count()
}
