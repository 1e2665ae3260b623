//! The figures of the argument: what is drawn is what is in their rows, in the places that the labels say.

use std::collections::BTreeSet;

use gauss_sim::figures::Picture;
use gauss_sim::figures::convergence::DeviationRow;
use gauss_sim::figures::densities::DensityRow;
use gauss_sim::figures::train::EndRow;
use gauss_sim::nd::row::NdRow;
use gauss_sim::paper::table::Rows;
use gauss_sim::paper::{Name, Order, Sheet, judge, make};
use gauss_sim::row::{Row, StageName};
use plots::{Chart, Layer, Line, Points};
use task::DrawProtocol;

const ORDER: Order = Order { samples: 20_000, seed: 3, width: 468.0 };

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

/// The rows of one kind among a sheet's tables.
fn rows<'a, R>(sheet: &'a Sheet, pick: impl Fn(&'a Rows) -> Option<&'a Vec<R>>) -> &'a [R] {
    sheet.tables.iter().find_map(|table| pick(&table.rows)).unwrap()
}

fn one(sheet: &Sheet) -> &[Row] {
    rows(sheet, |rows| if let Rows::One(rows) = rows { Some(rows) } else { None })
}

/// Every number of a sheet's tables, as bits.
fn numbers(sheet: &Sheet) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    for table in &sheet.tables {
        let bytes = table.csv().unwrap();
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
                    other => panic!("{name}: {other:?}"),
                };
                for value in values.into_iter().filter(|value| !value.is_nan()) {
                    assert!(known.contains(&value.to_bits()), "{name}: {value} in {layer:?}");
                    drawn += 1;
                }
            }
        }
        assert!(drawn > 50, "{name}: {drawn}");
    }
}

/// Filled and hatched is what the rows call so, and the percentages are the stages' rates.
#[test]
fn the_task_is_drawn_as_its_rows_say() {
    let sheet = sheet(Name::Task);
    let densities: &[DensityRow] =
        rows(&sheet, |rows| if let Rows::Densities(rows) = rows { Some(rows) } else { None });
    let panels = charts(&sheet.picture);
    assert_eq!(panels.len(), 4);
    for (panel, rate) in panels.iter().zip(one(&sheet)) {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let [clean, attacked] = [rate.clean_accuracy, rate.adversarial_accuracy].map(percent);
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
        let kinds = [(1, "robust"), (1, "vulnerable"), (-1, "robust"), (-1, "vulnerable")];
        for ((class, outcome), region) in kinds.into_iter().zip(regions) {
            assert_eq!(region.hatch != plots::Hatch::None, outcome == "robust");
            let is = |row: &&DensityRow| row.stage == rate.stage && row.class == class;
            let inside: Vec<(f64, f64)> = densities
                .iter()
                .filter(is)
                .filter(|row| row.outcome == outcome)
                .map(|row| (row.value, row.density))
                .collect();
            let corners = &region.loops[0];
            assert!(inside.iter().all(|corner| corners.contains(corner)), "{class} {outcome}");
            // Beyond them only the edges, where one outcome becomes the other, and the axis.
            assert!(corners.len() <= inside.len() + 2 + 2, "{class} {outcome}");
        }
    }
    // The mass of what is vulnerable is what the attack takes.
    for rate in one(&sheet) {
        let mass = |outcome: &str| -> f64 {
            let of = densities.iter().filter(|d| d.stage == rate.stage && d.outcome == outcome);
            of.map(|d| d.density / 20.0).sum()
        };
        let lost = rate.clean_accuracy - rate.adversarial_accuracy;
        assert!((mass("vulnerable") - lost).abs() < 0.01, "{:?}", rate.stage);
        assert!((mass("robust") - rate.adversarial_accuracy).abs() < 0.01, "{:?}", rate.stage);
    }
}

/// Each panel has the metric and the protocol that its head says.
#[test]
fn metrics_and_draws_stand_in_their_panels() {
    let sheet = sheet(Name::Metrics);
    for picture in [&sheet.picture, sheet.column.as_ref().unwrap()] {
        let panels = charts(picture);
        assert_eq!(panels.len(), 6);
        for panel in panels {
            let draws = match panel.title.split(", ").nth(1).unwrap() {
                "same θ" => DrawProtocol::Same,
                "fresh θ" => DrawProtocol::Fresh,
                "5 tries" => DrawProtocol::persistent(5).unwrap(),
                other => panic!("{other}"),
            };
            let robust = panel.title.contains(") robust");
            assert_ne!(robust, panel.title.contains(") adversarial"));
            let share = if robust { "share of the correct" } else { "share of all" };
            assert!(panel.y.label.is_empty() || panel.y.label == share, "{}", panel.y.label);
            for (place, stage) in StageName::ALL.into_iter().enumerate() {
                let of: Vec<&Row> = one(&sheet)
                    .iter()
                    .filter(|row| row.stage == stage && row.draws.0 == draws)
                    .collect();
                let exact = |row: &&Row| match robust {
                    true => (row.sigma, row.robust_accuracy),
                    false => (row.sigma, row.adversarial_accuracy),
                };
                let line: Vec<(f64, f64)> = of.iter().map(exact).collect();
                assert_eq!(lines(panel)[place].points, line, "{} {stage}", panel.title);
                let estimates: Vec<_> = of
                    .iter()
                    .map(|row| match robust {
                        true => (row.mc_robust_accuracy, row.mc_robust_low, row.mc_robust_high),
                        false => (
                            row.mc_adversarial_accuracy,
                            row.mc_adversarial_low,
                            row.mc_adversarial_high,
                        ),
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
    let deviations: &[DeviationRow] =
        rows(&sheet, |rows| if let Rows::Deviations(rows) = rows { Some(rows) } else { None });
    for row in deviations {
        let (p, n) = (row.adversarial_accuracy, row.samples as f64);
        let rate = row.adversarial_correct as f64 / n;
        assert_eq!(row.mc_adversarial_accuracy, rate);
        assert_eq!(row.deviation, (rate - p).abs());
        // E|Z| = √(2/π).
        let expected = (p * (1.0 - p) / n).sqrt() * (2.0 / std::f64::consts::PI).sqrt();
        assert!((row.expected_deviation / expected - 1.0).abs() < 1e-12);
    }
    for panel in charts(&sheet.picture) {
        let eps: f64 = panel.title.split("ε = ").nth(1).unwrap().parse().unwrap();
        for (place, stage) in StageName::ALL.into_iter().enumerate() {
            let of = || deviations.iter().filter(|row| row.stage == stage && row.eps == eps);
            let line: Vec<(f64, f64)> =
                of().map(|row| (row.samples as f64, row.expected_deviation)).collect();
            assert_eq!(lines(panel)[place].points, line);
            let drawn: Vec<(f64, f64)> =
                points(panel)[place].points.iter().map(|p| (p.x, p.y)).collect();
            let found: Vec<(f64, f64)> =
                of().map(|row| (row.samples as f64, row.deviation)).collect();
            assert_eq!(drawn, found);
        }
    }
    // Over all points the deviations are of the expected size: a mean of some 150 absolute values, many of
    // them nearly the same sample.
    let ratios = deviations.iter().map(|row| row.deviation / row.expected_deviation);
    let mean = ratios.sum::<f64>() / deviations.len() as f64;
    assert!((0.4..2.0).contains(&mean), "{mean}");
}

/// The gap of a row is what its curve shows; its point is the optimum less the estimate.
#[test]
fn the_gap_is_drawn_from_the_optimum_down() {
    let sheet = sheet(Name::Gap);
    let found: &[NdRow] =
        rows(&sheet, |rows| if let Rows::Nd(rows) = rows { Some(rows) } else { None });
    let panels = charts(&sheet.picture);
    let [chart] = panels[..] else { panic!("one chart") };
    let mut compared = 0;
    for (line, points) in lines(chart).iter().zip(points(chart)) {
        assert_eq!(line.name, points.name);
        for (sigma, gap) in &line.points {
            assert!(found.iter().any(|row| row.sigma == *sigma && row.gap == Some(*gap)));
        }
        for point in &points.points {
            let row = found.iter().find(|row| {
                let estimate = row.adversarial_accuracy + row.gap.unwrap()
                    - row.mc_adversarial_accuracy.unwrap();
                row.sigma == point.x && (point.y - estimate).abs() < 1e-15
            });
            let row = row.expect("a row with this estimate");
            // The interval turns round with the sign.
            let width = row.mc_adversarial_high.unwrap() - row.mc_adversarial_low.unwrap();
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
    let ends: &[EndRow] =
        rows(&sheet, |rows| if let Rows::Ends(rows) = rows { Some(rows) } else { None });
    for (panel, invariance) in charts(&sheet.picture).into_iter().zip([true, false]) {
        assert_eq!(panel.y.label == "rate of invariance", invariance);
        for (label, threshold) in [("k = 0", 0.0), ("k = shift", 1.0)] {
            let end = ends.iter().find(|end| end.threshold == threshold).unwrap();
            let value = if invariance { end.invariance } else { end.robust_accuracy };
            let drawn = |layer: &Layer| match layer {
                Layer::Reference(line) => line.label == label && line.value == value,
                _ => false,
            };
            assert!(panel.layers.iter().any(drawn), "{label}: {value}");
        }
    }
    // The rate of invariance of the defended stage at the parameters of the paper.
    assert_eq!(ends[0].invariance, 0.75);
}

/// The verdict counts every simulated row, once, and one that is wrong is found.
#[test]
fn the_verdict_is_on_all_rows() {
    let mut sheets = [Name::Eps, Name::Convergence, Name::Gap].map(sheet);
    let simulated: usize = sheets
        .iter()
        .flat_map(|sheet| &sheet.tables)
        .map(|table| match &table.rows {
            Rows::One(rows) => rows.iter().filter(|row| row.p_value.is_some()).count(),
            Rows::Nd(rows) => rows.iter().filter(|row| row.p_value.is_some()).count(),
            Rows::Deviations(rows) => rows.len(),
            _ => 0,
        })
        .sum();
    let verdict = judge(&mut sheets).unwrap();
    assert!(verdict.agree);
    assert_eq!((verdict.rows, verdict.disagreeing), (simulated, 0));
    for place in 0..sheets.len() {
        let mut wrong = sheets.clone();
        match &mut wrong[place].tables[0].rows {
            Rows::One(rows) => rows[7].p_value = Some(1e-12),
            Rows::Nd(rows) => rows[7].p_value = Some(1e-12),
            Rows::Deviations(rows) => rows[7].p_value = 1e-12,
            _ => panic!("no simulated rows"),
        }
        let verdict = judge(&mut wrong).unwrap();
        assert!(!verdict.agree && verdict.disagreeing == 1);
        let marked: Vec<bool> = match &wrong[place].tables[0].rows {
            Rows::One(rows) => rows.iter().filter_map(|row| row.agrees).collect(),
            Rows::Nd(rows) => rows.iter().filter_map(|row| row.agrees).collect(),
            Rows::Deviations(rows) => rows.iter().filter_map(|row| row.agrees).collect(),
            _ => Vec::new(),
        };
        assert_eq!(marked.iter().filter(|agrees| !**agrees).count(), 1);
        assert!(!marked[7]);
    }
    let mut none = [sheet(Name::Claims)];
    assert!(judge(&mut none).is_none());
}
