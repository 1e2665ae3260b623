//! The figures of the argument: what is drawn is what is in their rows, in the places that the labels say.

use std::collections::BTreeSet;

use gauss_sim::experiments::stages::StageName;
use gauss_sim::paper::caption::{MOST_WORDS, definitions};
use gauss_sim::paper::{Given, Name, Order, Sheet, judge, make};
use gauss_sim::report::Picture;
use gauss_sim::table::{Cell, Row, Table};
use plots::{Chart, Layer, Line, Points};
use task::DrawProtocol;
use task::spec::Word;

use crate::figures::edited;

const ORDER: Order = Order { samples: 20_000, seed: 3, width: 468.0, given: Given::NONE };

fn sheet(name: Name) -> Sheet {
    make(name, &ORDER).unwrap()
}

/// The charts of a picture, panel by panel.
fn charts(picture: &Picture) -> Vec<&Chart> {
    match picture {
        Picture::Chart(chart) => vec![chart],
        Picture::Panels(figure, _) => figure.panels.iter().collect(),
    }
}

fn lines(chart: &Chart) -> Vec<&Line> {
    let of = chart.layers.iter();
    of.filter_map(|layer| if let Layer::Line(line) = layer { Some(line) } else { None }).collect()
}

fn points(chart: &Chart) -> Vec<&Points> {
    let of = chart.layers.iter();
    of.filter_map(|layer| if let Layer::Points(p) = layer { Some(p) } else { None }).collect()
}

/// The table of this name among those of a sheet.
fn table<'a>(sheet: &'a Sheet, name: &str) -> &'a Table {
    sheet.tables.iter().map(|data| &data.table).find(|table| table.name == name).unwrap()
}

/// Every number of a sheet's tables, as bits.
fn numbers(sheet: &Sheet) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    for data in &sheet.tables {
        let bytes = gauss_sim::table::csv::write(&data.table).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        for record in reader.records() {
            let record = record.unwrap();
            let read = record.iter().filter_map(|cell| cell.parse::<f64>().ok());
            numbers.extend(read.map(f64::to_bits));
        }
    }
    numbers
}

/// No curve, point, bar, band, region or reference line has a number that is not in a row.
#[test]
fn nothing_is_drawn_that_is_not_in_the_rows() {
    for name in Name::ALL {
        let sheet = sheet(name);
        let known = numbers(&sheet);
        let mut drawn = 0;
        for picture in [Some(&sheet.picture), sheet.column.as_ref()].into_iter().flatten() {
            for layer in charts(picture).iter().flat_map(|chart| &chart.layers) {
                let values: Vec<f64> = match layer {
                    Layer::Line(line) => line.points.iter().flat_map(|p| [p.0, p.1]).collect(),
                    // Accuracies as their distance from the optimum.
                    Layer::Points(_) if name == Name::Gap => Vec::new(),
                    Layer::Points(points) => {
                        points.points.iter().flat_map(|p| [p.x, p.y, p.low, p.high]).collect()
                    }
                    Layer::Band(band) => band.points.iter().flat_map(|p| [p.0, p.1, p.2]).collect(),
                    // Areas between a curve and the axis.
                    Layer::Region(_) if name == Name::Task => Vec::new(),
                    Layer::Region(region) => {
                        region.loops.iter().flatten().flat_map(|p| [p.0, p.1]).collect()
                    }
                    Layer::Reference(reference) => vec![reference.value],
                    Layer::HeatMap(map) => {
                        map.x.iter().chain(&map.y).chain(&map.values).copied().collect()
                    }
                    Layer::Note(note) => vec![note.x, note.y],
                    other => panic!("{name}: {other:?}"),
                };
                for value in values.into_iter().filter(|value| !value.is_nan()) {
                    assert!(known.contains(&value.to_bits()), "{name}: {value} in {layer:?}");
                    drawn += 1;
                }
            }
        }
        // A barrage that grows has three curves of four points, and no other figure has as few.
        let least = if name == Name::Growth { 40 } else { 50 };
        assert!(drawn > least, "{name}: {drawn}");
    }
}

/// Captions are short, and state the parameters; what several of them need is said once.
#[test]
fn captions_have_at_most_sixty_words() {
    let given = Given {
        sigma: Some("0.2..3/8".parse().unwrap()),
        eps: Some("0.3".parse().unwrap()),
        mean: Some(1.5),
        draws: Some(DrawProtocol::Fresh),
        ..Given::NONE
    };
    let given = Order { samples: 2000, given, ..ORDER };
    for order in [Order { samples: 2000, ..ORDER }, given] {
        let sheets: Vec<Sheet> =
            Name::ALL.iter().map(|name| make(*name, &order).unwrap()).collect();
        for sheet in &sheets {
            let caption = &sheet.caption;
            let (words, text) = (caption.words(), caption.short());
            assert!((20..=MOST_WORDS).contains(&words), "{}: {words} words: {text}", sheet.name);
            assert!(text.ends_with('.') && !text.contains("  "), "{text}");
        }
        let said = definitions(&sheets);
        let sentences: Vec<&str> =
            said.iter().flat_map(|text| text.split_inclusive(". ")).map(str::trim).collect();
        let distinct: BTreeSet<&&str> = sentences.iter().collect();
        assert_eq!(sentences.len(), distinct.len());
        assert!(said.iter().any(|text| text.starts_with("The label y is ±1")));
    }
}

/// Filled and hatched is what the rows call so, and the percentages are the stages' rates.
#[test]
fn the_task_is_drawn_as_its_rows_say() {
    let sheet = sheet(Name::Task);
    let densities = table(&sheet, "task");
    let rates = table(&sheet, "task_rates");
    let panels = charts(&sheet.picture);
    assert_eq!(panels.len(), 4);
    for (panel, rate) in panels.iter().zip(rates.iter()) {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let [clean, attacked] =
            ["clean_accuracy", "adversarial_accuracy"].map(|name| percent(rate.number(name)));
        assert!(panel.title.contains(&format!("{clean} correct, {attacked} under attack")));
        // Two classes: robust, vulnerable, robust, vulnerable, before them the band.
        let regions: Vec<_> = panel
            .layers
            .iter()
            .filter_map(|l| if let Layer::Region(r) = l { Some(r) } else { None })
            .filter(|region| region.name.is_empty() && !region.loops.is_empty())
            .filter(|region| region.loops[0].len() > 4)
            .collect();
        assert_eq!(regions.len(), 4);
        let kinds = [(1.0, "robust"), (1.0, "vulnerable"), (-1.0, "robust"), (-1.0, "vulnerable")];
        for ((class, outcome), region) in kinds.into_iter().zip(regions) {
            assert_eq!(region.hatch != plots::Hatch::None, outcome == "robust");
            let is = |row: &Row<'_>| {
                row.word("stage") == rate.word("stage") && row.number("class") == class
            };
            let inside: Vec<(f64, f64)> = densities
                .iter()
                .filter(is)
                .filter(|row| row.word("outcome") == outcome)
                .map(|row| (row.number("value"), row.number("density")))
                .collect();
            let corners = &region.loops[0];
            assert!(inside.iter().all(|corner| corners.contains(corner)), "{class} {outcome}");
            // Beyond them only the edges, where one outcome becomes the other, and the axis.
            assert!(corners.len() <= inside.len() + 2 + 2, "{class} {outcome}");
        }
    }
    // The mass of what is vulnerable is what the attack takes.
    for rate in rates.iter() {
        let stage = rate.word("stage");
        let mass = |outcome: &str| -> f64 {
            let of = densities.iter();
            let of = of.filter(|d| d.word("stage") == stage && d.word("outcome") == outcome);
            of.map(|d| d.number("density") / 20.0).sum()
        };
        let [clean, attacked] =
            ["clean_accuracy", "adversarial_accuracy"].map(|name| rate.number(name));
        let lost = clean - attacked;
        assert!((mass("vulnerable") - lost).abs() < 0.01, "{stage}");
        assert!((mass("robust") - attacked).abs() < 0.01, "{stage}");
    }
}

/// Each panel has the metric and the protocol that its head says.
#[test]
fn metrics_and_draws_stand_in_their_panels() {
    let sheet = sheet(Name::Metrics);
    for picture in [&sheet.picture, sheet.column.as_ref().unwrap()] {
        let panels = charts(picture);
        assert_eq!(panels.len(), 5);
        for panel in panels {
            let draws = match panel.title.split(", ").nth(1).unwrap() {
                "same θ" | "same or fresh θ" => DrawProtocol::Same,
                "fresh θ" => DrawProtocol::Fresh,
                "5 tries" => DrawProtocol::persistent(5).unwrap(),
                other => panic!("{other}"),
            };
            let robust = panel.title.contains(") robust");
            if !robust && draws == DrawProtocol::Same {
                // Fresh draws are in this panel, too, being the same.
                let of = |draws: &str| -> Vec<f64> {
                    let rows = table(&sheet, Name::Metrics.name()).iter();
                    let rows = rows.filter(|row| row.word("draws") == draws);
                    rows.map(|row| row.number("adversarial_accuracy")).collect()
                };
                assert!(panel.title.contains("same or fresh"), "{}", panel.title);
                assert_eq!(of("same"), of("fresh"));
            }
            assert_ne!(robust, panel.title.contains(") adversarial"));
            let share = if robust { "share of the correct" } else { "share of all" };
            assert!(panel.y.label.is_empty() || panel.y.label == share, "{}", panel.y.label);
            for (place, stage) in StageName::ALL.iter().map(|stage| stage.word()).enumerate() {
                let here = |row: &Row<'_>| {
                    let judged: DrawProtocol = row.word("draws").parse().unwrap();
                    row.word("stage") == stage && judged == draws
                };
                let of: Vec<Row<'_>> =
                    table(&sheet, Name::Metrics.name()).iter().filter(here).collect();
                let metric = if robust { "robust" } else { "adversarial" };
                let exact = |row: &Row<'_>| {
                    (row.number("sigma"), row.number(&format!("{metric}_accuracy")))
                };
                let line: Vec<(f64, f64)> = of.iter().map(exact).collect();
                assert_eq!(lines(panel)[place].points, line, "{} {stage}", panel.title);
                let estimates: Vec<_> = of
                    .iter()
                    .map(|row| {
                        let of = |end: &str| row.maybe(&format!("mc_{metric}_{end}"));
                        (of("accuracy"), of("low"), of("high"))
                    })
                    .collect();
                for point in &points(panel)[place].points {
                    let bar = (Some(point.y), Some(point.low), Some(point.high));
                    assert!(estimates.contains(&bar), "{} {stage}", panel.title);
                }
            }
        }
    }
}

/// Points are |simulation − theory|, lines the mean of the absolute value of a normal.
#[test]
fn convergence_shows_deviations_and_their_expected_size() {
    let sheet = sheet(Name::Convergence);
    let deviations = table(&sheet, Name::Convergence.name());
    let samples = |row: &Row<'_>| row.count("samples").unwrap() as f64;
    for row in deviations.iter() {
        let (p, n) = (row.number("adversarial_accuracy"), samples(&row));
        let rate = row.count("adversarial_correct").unwrap() as f64 / n;
        assert_eq!(row.number("mc_adversarial_accuracy"), rate);
        assert_eq!(row.number("deviation"), (rate - p).abs());
        // E|Z| = √(2/π).
        let expected = (p * (1.0 - p) / n).sqrt() * (2.0 / std::f64::consts::PI).sqrt();
        assert!((row.number("expected_deviation") / expected - 1.0).abs() < 1e-12);
    }
    for panel in charts(&sheet.picture) {
        let eps: f64 = panel.title.split("ε = ").nth(1).unwrap().parse().unwrap();
        for (place, stage) in StageName::ALL.iter().map(|stage| stage.word()).enumerate() {
            let here = |row: &Row<'_>| row.word("stage") == stage && row.number("eps") == eps;
            let of = || deviations.iter().filter(here);
            let line: Vec<(f64, f64)> =
                of().map(|row| (samples(&row), row.number("expected_deviation"))).collect();
            assert_eq!(lines(panel)[place].points, line);
            let drawn: Vec<(f64, f64)> =
                points(panel)[place].points.iter().map(|p| (p.x, p.y)).collect();
            let found: Vec<(f64, f64)> =
                of().map(|row| (samples(&row), row.number("deviation"))).collect();
            assert_eq!(drawn, found);
        }
    }
    // Over all points the deviations are of the expected size: a mean of some 150 absolute values, many of
    // them nearly the same sample.
    let ratios =
        deviations.iter().map(|row| row.number("deviation") / row.number("expected_deviation"));
    let mean = ratios.sum::<f64>() / deviations.len() as f64;
    assert!((0.4..2.0).contains(&mean), "{mean}");
}

/// The gap of a row is what its curve shows; its point is the optimum less the estimate.
#[test]
fn the_gap_is_drawn_from_the_optimum_down() {
    let sheet = sheet(Name::Gap);
    let found = table(&sheet, Name::Gap.name());
    let panels = charts(&sheet.picture);
    let [chart] = panels[..] else { panic!("one chart") };
    let mut compared = 0;
    for (line, points) in lines(chart).iter().zip(points(chart)) {
        assert_eq!(line.name, points.name);
        for (sigma, gap) in &line.points {
            let is = |row: Row<'_>| row.number("sigma") == *sigma && row.maybe("gap") == Some(*gap);
            assert!(found.iter().any(is));
        }
        for point in &points.points {
            let row = found.iter().find(|row| {
                let estimate = row.number("adversarial_accuracy") + row.maybe("gap").unwrap()
                    - row.maybe("mc_adversarial_accuracy").unwrap();
                row.number("sigma") == point.x && (point.y - estimate).abs() < 1e-15
            });
            let row = row.expect("a row with this estimate");
            // The interval turns round with the sign.
            let [low, high] =
                ["mc_adversarial_low", "mc_adversarial_high"].map(|name| row.maybe(name).unwrap());
            let width = high - low;
            assert!((point.high - point.low - width).abs() < 1e-14 && point.low < point.high);
            assert!(point.low <= point.y && point.y <= point.high);
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared}");
}

/// The dashed lines of training are at what their labels say.
#[test]
fn training_moves_between_the_classifiers_that_are_named() {
    let sheet = sheet(Name::Epoch);
    let ends = table(&sheet, "training_ends");
    for (panel, invariance) in charts(&sheet.picture).into_iter().zip([true, false]) {
        assert_eq!(panel.y.label == "rate of invariance", invariance);
        for (label, threshold) in [("k = 0", 0.0), ("k = shift", 1.0)] {
            let end = ends.iter().find(|end| end.number("threshold") == threshold).unwrap();
            let value = end.number(if invariance { "invariance" } else { "robust_accuracy" });
            let drawn = |layer: &Layer| match layer {
                Layer::Reference(line) => line.label == label && line.value == value,
                _ => false,
            };
            assert!(panel.layers.iter().any(drawn), "{label}: {value}");
        }
    }
    // The rate of invariance of the defended stage at the parameters of the paper.
    assert_eq!(ends.row(0).unwrap().number("invariance"), 0.75);
}

/// The verdict counts every simulated row, once, and one that is wrong is found.
#[test]
fn the_verdict_is_on_all_rows() {
    let mut sheets = [Name::Eps, Name::Convergence, Name::Gap].map(sheet);
    let simulated: usize = sheets
        .iter()
        .flat_map(|sheet| &sheet.tables)
        .map(|data| match data.table.name == Name::Convergence.name() {
            true => data.table.len(),
            false => data.table.iter().filter(|row| row.maybe("p_value").is_some()).count(),
        })
        .sum();
    let verdict = judge(&mut sheets).unwrap();
    assert!(verdict.agree);
    assert_eq!((verdict.rows, verdict.disagreeing), (simulated, 0));
    for place in 0..sheets.len() {
        let mut wrong = sheets.clone();
        let first = &mut wrong[place].tables[0].table;
        *first = edited(first, |row, _| match row {
            7 => vec![("p_value", Cell::Number(1e-12))],
            _ => Vec::new(),
        });
        let verdict = judge(&mut wrong).unwrap();
        assert!(!verdict.agree && verdict.disagreeing == 1);
        let first = &wrong[place].tables[0].table;
        let marked: Vec<bool> = first.iter().filter_map(|row| row.truth("agrees")).collect();
        assert_eq!(marked.iter().filter(|agrees| !**agrees).count(), 1);
        assert!(!marked[7]);
    }
    let mut none = [sheet(Name::Claims)];
    assert!(judge(&mut none).is_none());
}
