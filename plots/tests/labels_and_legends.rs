//! Labels keep off lines and off each other, or are left to the legend; legends use the width they have.

use crate::common;
use gauss_sim_plots::{
    Axis, Chart, Contour, Drawing, Figure, HeatMap, Legend, Line, Reference, Size, Style, Theme,
};
use resvg::usvg;

/// A text and the box of its ink, in units of the SVG.
struct Text {
    words: String,
    area: [f64; 4],
}

fn texts(drawing: &Drawing) -> Vec<Text> {
    let tree = common::parse(drawing.svg());
    let unit = drawing.size().width * 100.0 / f64::from(tree.size().width());
    let mut texts = Vec::new();
    common::each_text(tree.root(), &mut |text: &usvg::Text| {
        let words: String = text.chunks().iter().map(|c| c.text().to_owned()).collect();
        let b = text.abs_bounding_box();
        let area = [b.left(), b.top(), b.right(), b.bottom()].map(|v| f64::from(v) * unit);
        texts.push(Text { words, area });
    });
    texts
}

fn starting(drawing: &Drawing, start: &str) -> Vec<Text> {
    texts(drawing).into_iter().filter(|text| text.words.starts_with(start)).collect()
}

/// The strokes in the colour of a series.
fn strokes(drawing: &Drawing, series: usize) -> Vec<[(f64, f64); 2]> {
    let c = Style::series(series).color;
    let color = format!(" stroke=\"#{:02X}{:02X}{:02X}\"", c.r, c.g, c.b);
    let point = |text: &str| -> (f64, f64) {
        let (x, y) = text.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    drawing
        .svg()
        .lines()
        .filter(|line| line.starts_with("<polyline ") && line.contains(&color))
        .flat_map(|line| {
            let points = line.split(" points=\"").nth(1).unwrap().split('"').next().unwrap();
            let points: Vec<(f64, f64)> = points.split(' ').map(point).collect();
            points.windows(2).map(|pair| [pair[0], pair[1]]).collect::<Vec<_>>()
        })
        .collect()
}

/// Whether a stroke crosses a box, by many points on it.
fn crosses([a, b]: &[(f64, f64); 2], [left, top, right, bottom]: [f64; 4]) -> bool {
    (0..=200).map(|k| f64::from(k) / 200.0).any(|t| {
        let (x, y) = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
        x > left && x < right && y > top && y < bottom
    })
}

/// Curves that fan out from a point, `n` of them, each with its label.
fn fan(n: usize) -> Chart {
    let axis = |label| Axis::linear(label).range(0.0, 4.0);
    let mut chart = Chart::new(axis("σ"), axis("value")).legend(Legend::hidden());
    for i in 0..n {
        let slope = (i + 1) as f64 / n as f64;
        let points = (0..=40).map(|k| f64::from(k) / 10.0).map(|x| (x, slope * x * x / 4.0));
        chart = chart.with(Line::new("", points).style(Style::series(i)).label(format!("k = {i}")));
    }
    chart
}

#[test]
fn labels_lie_on_no_line_and_no_text_and_none_is_lost() {
    for size in [Size::TEXT_WIDTH, Size::COLUMN] {
        for theme in Theme::ALL {
            for n in 1..=8 {
                let drawing = fan(n).render_in(size, theme).unwrap();
                let labels = starting(&drawing, "k = ");
                let mut names: Vec<&str> = labels.iter().map(|l| l.words.as_str()).collect();
                names.sort_unstable();
                let all: Vec<String> = (0..n).map(|i| format!("k = {i}")).collect();
                assert_eq!(names, all, "{size:?}");
            }
        }
        for n in 1..=8 {
            let drawing = fan(n).render(size).unwrap();
            for label in starting(&drawing, "k = ") {
                for series in 0..n {
                    let crossed = strokes(&drawing, series).iter().any(|s| crosses(s, label.area));
                    assert!(!crossed, "{} of {n} on line {series}, {size:?}", label.words);
                }
            }
            let all = texts(&drawing);
            for a in all.iter().filter(|text| text.words.starts_with("k = ")) {
                for b in all.iter().filter(|text| text.words != a.words) {
                    let ([l, t, r, m], [l2, t2, r2, m2]) = (a.area, b.area);
                    assert!(r <= l2 || r2 <= l || m <= t2 || m2 <= t, "{} {}", a.words, b.words);
                }
            }
        }
    }
    // Some did have to go, or this shows nothing.
    let legend = |drawing: &Drawing| {
        let axis = starting(drawing, "σ")[0].area[3];
        starting(drawing, "k = ").iter().filter(|label| label.area[1] > axis).count()
    };
    assert!(legend(&fan(8).render(Size::COLUMN).unwrap()) > 0);
    assert_eq!(legend(&fan(1).render(Size::COLUMN).unwrap()), 0);
}

/// A line whose label has no room: others run along it on both sides.
fn hemmed_in(name: &str) -> Chart {
    let axis = |label| Axis::linear(label).range(0.0, 10.0);
    let mut chart = Chart::new(axis("x"), axis("y"));
    for i in 0..=60 {
        let y = f64::from(i) / 6.0;
        chart = chart.with(Line::new("", [(0.0, y), (10.0, y)]).style(Style::series(1)));
    }
    chart.with(
        Line::new(name, [(0.0, 5.05), (10.0, 5.05)]).style(Style::series(2)).label("hemmed in"),
    )
}

#[test]
fn a_label_without_room_stands_in_the_legend_once() {
    for legend in [Legend::hidden(), Legend::below(), Legend::auto(), Legend::inside()] {
        let below = legend.place != Legend::auto().place;
        let drawing = hemmed_in("").legend(legend).render(Size::TEXT_WIDTH).unwrap();
        let found = starting(&drawing, "hemmed in");
        assert_eq!(found.len(), 1);
        let axis = starting(&drawing, "x")[0].area;
        assert!(if below { found[0].area[1] > axis[3] } else { found[0].area[0] > axis[2] });
        // With a sample of its line.
        let samples = strokes(&drawing, 2);
        let middle = f64::midpoint(found[0].area[1], found[0].area[3]);
        assert!(
            samples.iter().any(|[a, _]| (a.1 - middle).abs() < 300.0 && a.0 < found[0].area[0])
        );
    }
    // A line that the legend names anyway needs no second entry there, unless it is hidden.
    let named = |legend| hemmed_in("its name").legend(legend).render(Size::COLUMN).unwrap();
    let shown = named(Legend::below());
    assert_eq!((starting(&shown, "hemmed in").len(), starting(&shown, "its name").len()), (0, 1));
    let hidden = named(Legend::hidden());
    assert_eq!((starting(&hidden, "hemmed in").len(), starting(&hidden, "its name").len()), (1, 0));
}

#[test]
fn panels_share_an_entry_of_a_label_without_room() {
    let panels = Figure::new("", 2).with(hemmed_in("")).with(hemmed_in("").title("(b)"));
    let drawing = panels.legend(Legend::hidden()).render(Size::TEXT_WIDTH).unwrap();
    assert_eq!(starting(&drawing, "hemmed in").len(), 1);
}

#[test]
fn a_page_too_small_for_such_a_legend_is_drawn_all_the_same() {
    let chart = hemmed_in("").title("");
    let mut drawn = 0;
    for height in 40..=90 {
        let size = Size::points(90.0, f64::from(height));
        let without = Chart { layers: chart.layers[..3].to_vec(), ..chart.clone() };
        if without.legend(Legend::hidden()).render(size).is_ok() {
            let drawing = chart.clone().legend(Legend::hidden()).render(size).unwrap();
            drawn += usize::from(drawing.svg().contains("hemmed"));
        }
    }
    assert!(drawn > 10, "{drawn}");
}

#[test]
fn a_fitted_page_leaves_room_for_labels_in_the_legend() {
    let chart = hemmed_in("").legend(Legend::hidden());
    let size = chart.fitted(234.0, 0.72).unwrap();
    let bare = Chart { layers: Vec::new(), ..chart.clone() };
    let bare = bare.with(Line::new("", [(0.0, 0.0)])).fitted(234.0, 0.72).unwrap();
    assert!(size.height > bare.height + 10.0, "{size:?} {bare:?}");
}

#[test]
fn labels_of_references_and_contours_keep_off_other_lines_and_texts() {
    let xs: Vec<f64> = (0..41).map(|k| f64::from(k) / 10.0).collect();
    let values = xs.iter().flat_map(|y| xs.iter().map(move |x| x + y)).collect();
    let mut map = HeatMap::centres(xs.clone(), xs, values);
    for level in [1.0, 2.0, 3.0, 4.0, 5.0] {
        map = map.contour(Contour::new(level, format!("level {level}")));
    }
    let across = |c: f64| Line::new("", [(0.0, c), (4.0, c)]).style(Style::series(1));
    let mut chart = Chart::new(Axis::linear("x"), Axis::linear("y")).with(map);
    for c in [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5] {
        chart = chart.with(across(c));
    }
    let chart = chart.with(Reference::vertical(2.0, "half-way")).legend(Legend::hidden());
    for size in [Size::TEXT_WIDTH, Size::COLUMN] {
        let drawing = chart.render(size).unwrap();
        let mut labels = starting(&drawing, "level");
        assert_eq!(labels.len(), 5);
        labels.extend(starting(&drawing, "half-way"));
        assert_eq!(labels.len(), 6);
        for label in &labels {
            let crossed = strokes(&drawing, 1).iter().any(|s| crosses(s, label.area));
            assert!(!crossed, "{} {size:?}", label.words);
        }
    }
}

#[test]
fn a_narrow_page_has_its_legend_below_and_uses_its_width() {
    let names = [
        "boundary",
        "class y = 1",
        "class y = −1",
        "correct, and robust",
        "correct, not robust",
        "all",
    ];
    let mut chart = Chart::new(Axis::linear("x"), Axis::linear("y"));
    for (i, name) in names.into_iter().enumerate() {
        let line = [(0.0, i as f64), (1.0, i as f64)];
        chart = chart.with(Line::new(name, line).style(Style::series(i)));
    }
    let right = chart.clone().legend(Legend::right()).render(Size::COLUMN).unwrap();
    let below = chart.clone().legend(Legend::below()).render(Size::COLUMN).unwrap();
    assert_eq!(right.svg(), below.svg());
    let wide = chart.legend(Legend::right()).render(Size::TEXT_WIDTH).unwrap();
    assert!(starting(&wide, "boundary")[0].area[0] > starting(&wide, "x")[0].area[2]);
    // From the first sample to the end of the last name: three quarters of the page.
    let legend: Vec<Text> =
        texts(&below).into_iter().filter(|t| names.contains(&&*t.words)).collect();
    let left = legend.iter().fold(f64::INFINITY, |left, t| left.min(t.area[0])) - 3000.0;
    let end = legend.iter().fold(0.0_f64, |end, t| end.max(t.area[2]));
    assert!(end - left > 0.75 * 23400.0, "{left} {end}");
    // And in three rows, not six.
    let mut rows: Vec<i64> = legend.iter().map(|t| (t.area[3] / 900.0).round() as i64).collect();
    rows.sort_unstable();
    rows.dedup();
    assert!(rows.len() <= 3, "{rows:?}");
}
