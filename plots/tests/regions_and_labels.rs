//! Regions, labels on lines, and intervals both ways.

use crate::common;
use crate::common::count;
use gauss_sim_plots::{
    Axis, Chart, Color, Drawing, Hatch, Layer, Legend, Line, Point, Points, Region, Size, Style,
};
use resvg::tiny_skia::Pixmap;

/// A plot from 0 to 10 both ways.
fn plot(layers: impl IntoIterator<Item = Layer>) -> Drawing {
    let axis = || Axis::linear("").range(0.0, 10.0);
    let mut chart = Chart::new(axis(), axis());
    chart.layers.extend(layers);
    chart.render(Size::COLUMN).unwrap()
}

fn square(low: f64, high: f64) -> Vec<(f64, f64)> {
    vec![(low, low), (high, low), (high, high), (low, high)]
}

const BLUE: Color = Color::hex(0x00_4E_92);

fn region(loops: Vec<Vec<(f64, f64)>>) -> Region {
    Region::new("", loops).style(Style::series(1)).opacity(1.0)
}

/// How many pixels have just this colour.
fn pixels(drawing: &Drawing, color: Color) -> f64 {
    let picture = Pixmap::decode_png(&drawing.png(200.0).unwrap()).unwrap();
    let same = |p: &&resvg::tiny_skia::PremultipliedColorU8| {
        (p.red(), p.green(), p.blue()) == (color.r, color.g, color.b)
    };
    picture.pixels().iter().filter(same).count() as f64
}

/// Pixels at the edges are mixed: shares of an area agree to 3 %.
#[track_caller]
fn assert_share(part: f64, whole: f64, share: f64) {
    assert!(whole > 1000.0 && (part / whole - share).abs() < 0.03, "{part} of {whole}");
}

#[test]
fn a_loop_within_a_loop_is_a_hole_and_one_within_that_is_filled() {
    let filled = |loops| pixels(&plot([region(loops).into()]), BLUE);
    let whole = filled(vec![square(1.0, 9.0)]);
    assert_share(filled(vec![square(1.0, 9.0), square(3.0, 7.0)]), whole, 0.75);
    let nested = vec![square(1.0, 9.0), square(3.0, 7.0), square(4.0, 6.0)];
    assert_share(filled(nested), whole, 0.75 + 0.0625);
    // Whichever way round, and where loops cross: what two of them share is outside.
    let backwards: Vec<(f64, f64)> = square(3.0, 7.0).into_iter().rev().collect();
    assert_share(filled(vec![square(1.0, 9.0), backwards]), whole, 0.75);
    assert_share(filled(vec![square(1.0, 6.0), square(4.0, 9.0)]), whole, (50.0 - 8.0) / 64.0);
    // A loop that crosses itself: of a bow tie, both wings.
    let tie = vec![(1.0, 1.0), (9.0, 9.0), (9.0, 1.0), (1.0, 9.0)];
    assert_share(filled(vec![tie]), whole, 0.5);
}

#[test]
fn a_region_is_cut_to_the_axes_and_may_be_without_end() {
    let picture = |loops| plot([region(loops).hatch(Hatch::Falling).into()]).png(100.0).unwrap();
    let far = f64::INFINITY;
    let all = picture(vec![square(0.0, 10.0)]);
    assert!(all == picture(vec![square(-1e9, 1e12)]), "much larger than the axes");
    assert!(all == picture(vec![square(-far, far)]), "without end");
    assert!(all != picture(vec![square(0.0, 9.0)]));
    assert!(
        picture(vec![vec![(2.0, 2.0), (far, 2.0), (far, far), (2.0, far)]])
            == picture(vec![square(2.0, 10.0)])
    );
    // On a log axis down to 0.
    let on_log = |low: f64| {
        let axis = || Axis::log("").range(1e-3, 1.0);
        let chart = Chart::new(axis(), axis()).with(region(vec![square(low, 0.1)]));
        chart.render(Size::COLUMN).unwrap().png(100.0).unwrap()
    };
    assert!(on_log(0.0) == on_log(1e-3));
}

#[test]
fn what_has_no_inside_is_not_drawn() {
    let nothing = plot([]);
    for loops in [
        vec![],
        vec![vec![]],
        vec![vec![(1.0, 1.0)], vec![(1.0, 1.0), (5.0, 5.0)]],
        vec![vec![(f64::NAN, 1.0), (5.0, f64::NAN), (5.0, 5.0), (1.0, 5.0)]],
        vec![square(11.0, 15.0)],
        vec![square(-5.0, -1.0)],
    ] {
        let drawing = plot([region(loops.clone()).hatch(Hatch::Rising).into()]);
        assert_eq!(drawing.svg(), nothing.svg(), "{loops:?}");
    }
    for opacity in [0.0, -1.0, f64::NAN] {
        let clear = region(vec![square(1.0, 9.0)]).opacity(opacity);
        assert_eq!(plot([clear.into()]).svg(), nothing.svg(), "{opacity}");
    }
    // A corner that is NaN is left out of its loop.
    let mut corners = square(1.0, 9.0);
    corners.insert(2, (f64::NAN, 3.0));
    assert_eq!(
        plot([region(vec![corners]).into()]).svg(),
        plot([region(vec![square(1.0, 9.0)]).into()]).svg()
    );
}

/// The ends of the two-point lines in a colour.
fn strokes(svg: &str) -> Vec<[(f64, f64); 2]> {
    let point = |text: &str| -> (f64, f64) {
        let (x, y) = text.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    svg.lines()
        .filter(|line| line.starts_with("<polyline") && line.contains("#004E92"))
        .map(|line| {
            let points = line.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
            let ends: Vec<(f64, f64)> = points.split_whitespace().map(point).collect();
            [ends[0], ends[1]]
        })
        .collect()
}

#[test]
fn three_hatches_run_three_ways_and_keep_out_of_holes() {
    let ring = || region(vec![square(1.0, 9.0), square(3.0, 7.0)]);
    assert_eq!(strokes(plot([ring().into()]).svg()).len(), 0);
    // y grows downwards on the page.
    type Runs = fn(f64, f64) -> bool;
    let ways: [(Hatch, Runs); 3] = [
        (Hatch::Rising, |dx, dy| (dx + dy).abs() <= 2.0),
        (Hatch::Falling, |dx, dy| (dx - dy).abs() <= 2.0),
        (Hatch::Upright, |dx, _| dx.abs() <= 1.0),
    ];
    for (i, (hatch, way)) in ways.into_iter().enumerate() {
        assert_eq!(Hatch::series(i), hatch);
        let svg = plot([ring().hatch(hatch).into()]);
        let lines = strokes(svg.svg());
        assert!(lines.len() > 20, "{hatch:?}: {}", lines.len());
        assert!(lines.iter().all(|[a, b]| way(b.0 - a.0, b.1 - a.1)), "{hatch:?}: {lines:?}");
        // The total length is the area over the distance: that of the ring is ¾ of the square's.
        let length = |loops| -> f64 {
            let drawing = plot([region(loops).hatch(hatch).into()]);
            strokes(drawing.svg()).iter().map(|[a, b]| (b.0 - a.0).hypot(b.1 - a.1)).sum()
        };
        let (part, whole) =
            (length(vec![square(1.0, 9.0), square(3.0, 7.0)]), length(vec![square(1.0, 9.0)]));
        assert_share(part, whole, 0.75);
    }
}

#[test]
fn a_region_lies_under_lines_and_shares_their_legend_entry() {
    let line = Line::new("claim", [(0.0, 5.0), (10.0, 5.0)]).style(Style::series(2));
    let named = Region { name: "claim".to_owned(), ..region(vec![square(1.0, 9.0)]) };
    let drawing = plot([line.clone().into(), named.clone().into()]);
    let svg = drawing.svg();
    assert_eq!(texts(svg).iter().filter(|(text, _)| text == "claim").count(), 1);
    assert_eq!(svg.matches("<path ").count(), 2, "the region and its sample");
    assert!(svg.find("<path ").unwrap() < svg.find("stroke=\"#C43E00\"").unwrap());
    let alone = plot([named.hatch(Hatch::Upright).into()]);
    assert!(texts(alone.svg()).iter().any(|(text, _)| text == "claim"));
    let hatched = |drawing: &Drawing| strokes(drawing.svg()).len();
    let bare = plot([region(vec![square(1.0, 9.0)]).hatch(Hatch::Upright).into()]);
    assert!(hatched(&alone) > hatched(&bare), "the sample is hatched too");
}

/// The texts of a drawing and where they stand.
fn texts(svg: &str) -> Vec<(String, resvg::usvg::Rect)> {
    let mut texts = Vec::new();
    common::each_text(common::parse(svg).root(), &mut |text| {
        let words: String = text.chunks().iter().map(|c| c.text().to_owned()).collect();
        texts.push((words.trim().to_owned(), text.abs_bounding_box()));
    });
    texts
}

#[test]
fn a_line_is_labelled_once_in_its_colour_with_a_halo_and_beside_it() {
    // Alone, and with a second line that leaves room on one side only.
    for other in [None, Some(6.0), Some(4.0)] {
        let line = |y: f64| Line::new("", [(0.0, y), (10.0, y)]).style(Style::series(1));
        let mut layers: Vec<Layer> = vec![line(5.0).label("ε*(σ) <½>").into()];
        layers.extend(other.map(|y| line(y).into()));
        let drawing = plot(layers);
        let found: Vec<_> =
            texts(drawing.svg()).into_iter().filter(|(text, _)| text == "ε*(σ) <½>").collect();
        assert_eq!(found.len(), 1);
        let (heading, _) = drawing.svg().split_once(">ε*(σ)").unwrap();
        let element = heading.rsplit('\n').next().unwrap();
        for part in ["fill=\"#004E92\"", "stroke=\"#FFFFFF\"", "paint-order=\"stroke\""] {
            assert!(element.contains(part), "{part} in {element}");
        }
        let across = |area: &resvg::usvg::Rect, y: f32| area.top() < y && y < area.bottom();
        let scale = common::parse(drawing.svg()).size().height() / (2.75 * 7200.0);
        for [a, _] in strokes(drawing.svg()) {
            assert!(!across(&found[0].1, a.1 as f32 * scale), "{other:?}: on a line");
        }
    }
}

#[test]
fn only_labels_of_lines_have_halos() {
    let drawing = common::stages().render(Size::COLUMN).unwrap();
    assert!(!drawing.svg().contains("paint-order"));
}

#[test]
fn a_line_out_of_sight_has_no_label() {
    for points in [vec![], vec![(1.0, 11.0), (5.0, 12.0)], vec![(f64::NAN, 1.0), (1.0, f64::NAN)]] {
        let line = Line::new("", points).label("unseen");
        assert!(!plot([line.into()]).svg().contains("unseen"));
    }
}

#[test]
fn a_light_line_has_a_label_dark_enough_to_read() {
    let light = Line::new("", square(2.0, 8.0)).style(Style::series(4)).label("yellow");
    let drawing = plot([light.into()]);
    let (heading, _) = drawing.svg().split_once(">yellow").unwrap();
    let fill = heading.rsplit("fill=\"#").next().unwrap();
    let color = Color::hex(u32::from_str_radix(&fill[..6], 16).unwrap());
    assert!(color.lightness() < 56.0, "{color:?}");
    assert!(color.r > 2 * color.b, "still yellow: {color:?}");
}

#[test]
fn an_interval_in_x_is_a_bar_across_cut_to_the_axes() {
    let draw = |low: f64, high: f64| {
        let point = Point::from((5.0, 5.0)).x_interval(low, high);
        plot([Points::new("", [point]).style(Style::series(1)).into()])
    };
    let bars = |drawing: &Drawing| count(drawing.svg(), "polyline", BLUE);
    let none = bars(&plot([Points::new("", [(5.0, 5.0)]).style(Style::series(1)).into()]));
    assert_eq!(bars(&draw(f64::NAN, 6.0)), none);
    assert_eq!(bars(&draw(4.0, 6.0)), none + 3, "a bar and two caps");
    assert_eq!(draw(-50.0, f64::INFINITY).svg(), draw(0.0, 10.0).svg());
}

#[test]
fn the_legend_shows_bars_where_there_are_some() {
    let legend = || Legend::right().points_mean("simulation");
    let draw = |point: Point| {
        let style = Style::series(1);
        let chart = Chart::new(Axis::linear(""), Axis::linear(""));
        chart.with(Points::new("stage", [point]).style(style)).legend(legend())
    };
    let bare = draw(Point::from((1.0, 1.0))).render(Size::COLUMN).unwrap();
    assert!(texts(bare.svg()).iter().all(|(text, _)| text != "simulation"));
    let ends: [Point; 2] =
        [(1.0, 1.0, 0.5, 1.5).into(), Point::from((1.0, 1.0)).x_interval(0.5, 1.5)];
    for point in ends {
        let barred = draw(point).render(Size::COLUMN).unwrap();
        assert!(texts(barred.svg()).iter().any(|(text, _)| text == "simulation"));
        let bars = |drawing: &Drawing| count(drawing.svg(), "polyline", BLUE);
        assert_eq!(bars(&barred), bars(&bare) + 6, "in the plot and in the legend");
    }
}
