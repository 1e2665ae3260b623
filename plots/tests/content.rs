//! What a chart shows, and what it leaves out.

use crate::common;
use crate::common::count;
use gauss_sim_plots::{
    Axis, Chart, Color, Error, Figure, HeatMap, Legend, Line, Note, PALETTE, Point, Points,
    Reference, Size, Style,
};

/// The texts of a drawing.
fn texts(svg: &str) -> Vec<String> {
    let mut texts = Vec::new();
    common::each_text(common::parse(svg).root(), &mut |text| {
        let words: String = text.chunks().iter().map(|c| c.text().to_owned()).collect();
        texts.push(words.trim().to_owned());
    });
    texts
}

#[test]
fn the_legend_names_each_series_once_and_says_what_is_theory() {
    for legend in [Legend::right(), Legend::below(), Legend::inside()] {
        let legend = legend.line_means("theory").points_mean("simulation");
        let drawing = common::stages().legend(legend).render(Size::TEXT_WIDTH).unwrap();
        let texts = texts(drawing.svg());
        for name in ["undefended", "trained", "theory", "simulation"] {
            assert_eq!(texts.iter().filter(|t| *t == name).count(), 1, "{name} in {texts:?}");
        }
    }
    let hidden = common::stages().legend(Legend::hidden()).render(Size::TEXT_WIDTH).unwrap();
    assert!(!texts(hidden.svg()).contains(&"undefended".to_owned()));
}

#[test]
fn a_figure_has_one_legend() {
    let figure = Figure::new("", 2).with(common::stages()).with(common::stages());
    let texts = texts(figure.render(Size::TEXT_WIDTH).unwrap().svg());
    assert_eq!(texts.iter().filter(|t| *t == "trained").count(), 1);
}

#[test]
fn a_legend_inside_covers_nothing_or_goes_below() {
    // The plot is full of points: there is no room inside.
    let full = (0..2000).map(|k| (f64::from(k % 50), f64::from(k / 50)));
    let chart =
        Chart::new(Axis::linear("x"), Axis::linear("y")).with(Points::new("everywhere", full));
    let inside = chart.clone().legend(Legend::inside()).render(Size::COLUMN).unwrap();
    let below = chart.legend(Legend::below()).render(Size::COLUMN).unwrap();
    assert_eq!(inside.svg(), below.svg());
}

#[test]
fn points_that_an_axis_cannot_show_are_not_drawn() {
    let style = Style::series(1);
    let draw = |points: Vec<Point>| {
        let chart = Chart::new(Axis::linear("x").range(0.0, 4.0), Axis::log("y").range(1e-3, 1.0))
            .with(Points::new("", points).style(style));
        chart.render(Size::COLUMN).unwrap()
    };
    let good: Vec<Point> = vec![(1.0, 0.1, 0.05, 0.2).into(), (2.0, 0.5, 0.4, 0.6).into()];
    let mut all = good.clone();
    for y in [0.0, -1.0, 1e-4, 2.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        all.push((3.0, y, y, y).into());
    }
    all.extend([Point::from((f64::NAN, 0.1)), Point::from((9.0, 0.1)), Point::from((-1.0, 0.1))]);
    assert_eq!(draw(good.clone()).svg(), draw(all).svg());
    // Each good point: a bar, two caps and a hollow outline.
    assert_eq!(count(draw(good).svg(), "polyline", style.color), 2 * 4);
}

#[test]
fn an_interval_down_to_zero_reaches_the_floor_of_a_log_axis() {
    let chart = |low: f64| {
        Chart::new(Axis::linear("x").range(0.0, 2.0), Axis::log("y").range(1e-3, 1.0))
            .with(Points::new("", [(1.0, 0.1, low, 0.2)]))
            .render(Size::COLUMN)
            .unwrap()
    };
    assert_eq!(chart(0.0).svg(), chart(1e-3).svg());
    assert_eq!(chart(f64::NEG_INFINITY).svg(), chart(1e-9).svg());
}

#[test]
fn a_line_breaks_at_what_is_not_a_number() {
    let style = Style::series(0);
    let draw = |points: &[(f64, f64)]| {
        let chart = Chart::new(Axis::linear("").range(0.0, 9.0), Axis::linear("").range(0.0, 1.0))
            .with(Line::new("", points.iter().copied()).style(style));
        count(chart.render(Size::COLUMN).unwrap().svg(), "polyline", style.color)
    };
    assert_eq!(draw(&[(1.0, 0.5), (2.0, 0.5), (3.0, 0.5), (4.0, 0.5)]), 1);
    assert_eq!(draw(&[(1.0, 0.5), (2.0, 0.5), (2.5, f64::NAN), (3.0, 0.5), (4.0, 0.5)]), 2);
    assert_eq!(draw(&[(1.0, 0.5)]), 0);
}

#[test]
fn labels_of_references_and_notes_are_shown() {
    let chart = Chart::new(Axis::linear("").range(0.0, 1.0), Axis::linear("").range(0.0, 1.0))
        .with(Reference::vertical(0.3, "σ* = 0.3"))
        .with(Reference::horizontal(0.7, "chance <½> & \"more\""))
        .with(Reference::vertical(3.0, "outside"))
        .with(Note::new(0.5, 0.5, "witness"));
    let texts = texts(chart.render(Size::COLUMN).unwrap().svg());
    for label in ["σ* = 0.3", "chance <½> & \"more\"", "witness"] {
        assert!(texts.contains(&label.to_owned()), "{label} in {texts:?}");
    }
    assert!(!texts.contains(&"outside".to_owned()));
}

#[test]
fn the_palette_can_be_told_apart_in_grey_and_by_the_colour_blind() {
    for (i, a) in PALETTE[..5].iter().enumerate() {
        for b in &PALETTE[i + 1..5] {
            assert!((a.lightness() - b.lightness()).abs() > 9.0, "{a:?} {b:?}");
        }
    }
    // Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
    let deutan = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];
    let protan = [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ];
    let seen = |c: Color, m: &[[f64; 3]; 3]| {
        let light = [c.r, c.g, c.b].map(|v| (f64::from(v) / 255.0).powf(2.2));
        [0, 1, 2].map(|k| {
            let v: f64 = (0..3).map(|j| m[k][j] * light[j]).sum();
            v.clamp(0.0, 1.0).powf(1.0 / 2.2)
        })
    };
    for matrix in [&deutan, &protan] {
        for (i, a) in PALETTE.iter().enumerate() {
            for b in &PALETTE[i + 1..] {
                let (a, b) = (seen(*a, matrix), seen(*b, matrix));
                let apart: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                assert!(apart > 0.1, "{a:?} {b:?}: {apart}");
            }
        }
    }
}

#[test]
fn nonsense_is_an_error_that_names_it() {
    let chart = |x: Axis| Chart::new(x, Axis::linear("y")).render(Size::COLUMN);
    for (low, high) in [(1.0, 0.0), (1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
        let error = chart(Axis::linear("width").range(low, high)).unwrap_err();
        assert!(matches!(error, Error::BadRange { .. }));
        assert!(error.to_string().contains("width"), "{error}");
    }
    assert!(matches!(chart(Axis::log("x").low(0.0)), Err(Error::BadRange { .. })));
    let heat = |map: HeatMap| {
        Chart::new(Axis::linear("x"), Axis::linear("y")).with(map).render(Size::COLUMN)
    };
    let map = HeatMap::centres(vec![0.0, 1.0], vec![0.0], vec![1.0]);
    assert!(matches!(heat(map), Err(Error::HeatMapShape { x: 2, y: 1, values: 1 })));
    let map = HeatMap::centres(vec![1.0, 0.0], vec![0.0], vec![1.0, 2.0]);
    assert!(matches!(heat(map), Err(Error::HeatMapGrid { axis: 'x' })));
    for size in [Size::points(0.0, 10.0), Size::points(f64::NAN, 10.0), Size::inches(1e9, 3.0)] {
        assert!(matches!(common::stages().render(size), Err(Error::BadSize { .. })));
    }
    assert!(matches!(
        common::stages().render(Size::points(60.0, 60.0)),
        Err(Error::TooSmall { .. })
    ));
    assert!(matches!(Figure::new("", 2).render(Size::COLUMN), Err(Error::NoPanels)));
    assert!(matches!(
        Chart::default().with(common_map()).with(common_map()).render(Size::COLUMN),
        Err(Error::ManyHeatMaps(2))
    ));
}

fn common_map() -> HeatMap {
    HeatMap::centres(vec![0.0, 1.0], vec![0.0, 1.0], vec![1.0, 2.0, 3.0, 4.0])
}

#[test]
fn missing_cells_are_hatched_and_others_are_coloured() {
    let hatched = |missing: f64| {
        let map = HeatMap::centres(vec![0.0, 1.0], vec![0.0, 1.0], vec![1.0, 2.0, missing, 4.0]);
        let chart = Chart::new(Axis::linear("x"), Axis::linear("y")).with(map);
        count(chart.render(Size::COLUMN).unwrap().svg(), "rect", Color::MISSING)
    };
    assert_eq!((hatched(f64::NAN), hatched(3.0)), (1, 0));
}
