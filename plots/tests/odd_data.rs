//! Odd data are drawn as far as they can be; nothing panics.

use crate::common;

use gauss_sim_plots::{
    Axis, Band, Chart, ColorScale, Contour, Figure, Hatch, HeatMap, Legend, Line, Note, Point,
    Points, Reference, Region, Size, Style,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Any number there is, odd ones often.
fn odd() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => any::<f64>(),
        4 => -10.0..10.0,
        1 => prop::sample::select(vec![
            f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1.0, f64::MAX, f64::MIN,
            f64::MIN_POSITIVE, 5e-324, 1e300, -1e300,
        ]),
    ]
}

fn axis() -> impl Strategy<Value = Axis> {
    (any::<bool>(), ".{0,40}", prop::option::of(odd()), prop::option::of(odd())).prop_map(
        |(log, label, low, high)| {
            let axis = if log { Axis::log(label) } else { Axis::linear(label) };
            Axis { low, high, ..axis }
        },
    )
}

fn legend() -> impl Strategy<Value = Legend> {
    prop::sample::select(vec![
        Legend::auto(),
        Legend::right(),
        Legend::below(),
        Legend::inside(),
        Legend::hidden(),
    ])
    .prop_map(|legend| legend.line_means("theory").points_mean("simulation").band_means("spread"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn series_never_panic(
        (x, y, legend) in (axis(), axis(), legend()),
        title in any::<String>(),
        line in vec((odd(), odd()), 0..12),
        points in vec((odd(), odd(), odd(), odd()), 0..12),
        band in vec((odd(), odd(), odd()), 0..12),
        corners in vec((odd(), odd()), 0..9),
        hatch in prop::sample::select(vec![Hatch::None, Hatch::Rising, Hatch::Falling, Hatch::Upright]),
        (value, width, radius) in (odd(), odd(), odd()),
    ) {
        let style = Style { width, radius, ..Style::series(3) };
        let chart = Chart::new(x, y)
            .title(title.clone())
            .with(Region { opacity: width, ..Region::new(title.clone(), vec![line.clone(), Vec::new(), corners]).hatch(hatch) })
            .with(Line::new(title.clone(), line).style(style).label(title.clone()))
            .with(Points::new(title.clone(), points.into_iter().map(|p| Point::from(p).x_interval(p.2, p.3))).style(style).offset(width))
            .with(Band { opacity: value, ..Band::new("band", band) })
            .with(Reference::horizontal(value, title.clone()))
            .with(Reference::vertical(value, title.clone()))
            .with(Note::new(value, width, title).style(style))
            .legend(legend);
        if let Ok(drawing) = chart.render(Size::COLUMN) {
            common::parse(drawing.svg());
            drawing.pdf().unwrap();
        }
        let _ = chart.render(Size::points(width, radius));
    }

    #[test]
    fn heat_maps_never_panic(
        (x, y) in (axis(), axis()),
        (mut xs, mut ys) in (vec(odd(), 0..6), vec(odd(), 0..6)),
        values in vec(odd(), 36),
        (a, b, level) in (odd(), odd(), odd()),
        edges: bool,
    ) {
        for v in [&mut xs, &mut ys] {
            v.retain(|v| v.is_finite());
            v.sort_by(f64::total_cmp);
            v.dedup();
        }
        let less = usize::from(edges);
        let n = xs.len().saturating_sub(less) * ys.len().saturating_sub(less);
        let values = values[..n].to_vec();
        for scale in [ColorScale::Diverging, ColorScale::DivergingTo(a), ColorScale::Sequential, ColorScale::SequentialBetween(a, b)] {
            let map = if edges { HeatMap::edges(xs.clone(), ys.clone(), values.clone()) } else { HeatMap::centres(xs.clone(), ys.clone(), values.clone()) };
            let map = map.scale(scale).label("value").missing("none").contour(Contour::new(level, "level"));
            let chart = Chart::new(x.clone(), y.clone()).with(map).with(Line::new("line", [(a, b), (b, a)]));
            if let Ok(drawing) = chart.render(Size::COLUMN) {
                common::parse(drawing.svg());
            }
        }
    }
}

/// Data without fixed ranges always draw.
#[test]
fn empty_lone_equal_and_huge_series_are_drawn() {
    let cases: [Vec<(f64, f64)>; 8] = [
        vec![],
        vec![(1.0, 2.0)],
        vec![(0.0, 0.0)],
        vec![(1.0, 3.0), (2.0, 3.0), (3.0, 3.0)],
        vec![(f64::NAN, f64::NAN), (f64::INFINITY, 1.0)],
        vec![(1e300, -1e300), (-1e300, 1e300)],
        vec![(f64::MAX, f64::MIN), (5e-324, -5e-324)],
        vec![(1.0, 1.0), (1.0 + 1e-15, 1.0 + 1e-15)],
    ];
    for points in cases {
        for (x, y) in [(Axis::linear("x"), Axis::linear("y")), (Axis::log("x"), Axis::log("y"))] {
            let chart = Chart::new(x, y)
                .with(Line::new("line", points.iter().copied()))
                .with(Points::new("points", points.iter().copied()));
            let drawing = chart.render(Size::TEXT_WIDTH);
            assert!(drawing.is_ok(), "{points:?}: {drawing:?}");
        }
    }
}

#[test]
fn long_texts_are_wrapped_or_cut_and_stay_on_the_page() {
    let long = "a very long name that goes on and on σ ".repeat(8);
    let unbroken = "incomprehensibilities".repeat(20);
    for text in [long, unbroken] {
        let chart = Chart::new(Axis::linear(&text), Axis::linear(&text))
            .title(format!("{text}\n{text}"))
            .with(Line::new(&text, [(0.0, 0.0), (1.0, 1.0)]))
            .with(Note::new(0.5, 0.5, &text))
            .with(Reference::vertical(0.5, &text));
        for legend in [Legend::right(), Legend::below(), Legend::inside()] {
            let chart = chart.clone().legend(legend.line_means(&text));
            let tree = common::parse(chart.render(Size::inches(6.5, 5.0)).unwrap().svg());
            common::each_text(tree.root(), &mut |text| {
                let (b, page) = (text.abs_bounding_box(), tree.size());
                assert!(b.left() >= 0.0 && b.right() <= page.width() + 0.5, "{b:?}");
                assert!(b.top() >= 0.0 && b.bottom() <= page.height(), "{b:?}");
            });
        }
    }
}

#[test]
fn many_panels_and_odd_columns() {
    for (n, columns) in [(1, 5), (3, 2), (5, 3)] {
        let mut figure = Figure::new("panels", columns);
        for _ in 0..n {
            figure = figure.with(common::stages());
        }
        assert!(figure.render(Size::inches(8.0, 8.0)).is_ok(), "{n} {columns}");
    }
}
