//! Rows to charts: which charts there are, and what is on them.

use std::fmt::Display;
use std::str::FromStr;

use gauss_sim::experiment::Experiment;
use gauss_sim::experiments::claims::{self, Claims, ClaimsSpec};
use gauss_sim::experiments::stages::charts::{approach_table, figures};
use gauss_sim::experiments::stages::{Stages, StagesSpec};
use gauss_sim::report::{Figure, Picture};
use gauss_sim::run::Answer;
use gauss_sim::table::{Cell, Row, Table};
use plots::{Chart, Layer, Line, Point, Points, Reference, Size};
use task::spec::{Choices, Listed, Protocols};
use task::{Claim, DrawProtocol, Metric};

const INVARIANCE: &str = "robust_accuracy_vs_invariance";
const VOTES: &str = "robust_accuracy_vs_votes";

/// These values as one would write them.
fn listed<T: FromStr<Err: std::fmt::Debug>>(values: impl IntoIterator<Item = impl Display>) -> T {
    let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    values.join(",").parse().unwrap()
}

/// The exact tables of an experiment, its rows first.
fn exact(experiment: &dyn Experiment) -> Vec<Table> {
    Answer::exact(experiment, &experiment.exact(&()).unwrap()).unwrap().tables
}

/// The exact rows of all four stages, with these thresholds and numbers of votes (0: the limit), in this order.
fn rows(
    sigmas: &[f64],
    eps: &[f64],
    thresholds: &[f64],
    votes: &[u64],
    draws: DrawProtocol,
) -> Table {
    let count = |n: u64| if n == 0 { f64::INFINITY } else { n as f64 };
    let spec = StagesSpec {
        sigma: listed(sigmas),
        eps: listed(eps),
        threshold: listed(thresholds),
        votes: listed(votes.iter().map(|&n| count(n))),
        draws,
        ..StagesSpec::default()
    };
    let table = exact(&Stages::new(spec).unwrap()).swap_remove(0);
    // A question is in ascending order.
    let place = |row: &Row<'_>| match row.word("stage") {
        "defended" => thresholds.iter().position(|&k| k == row.number("threshold")),
        "voted" => votes.iter().position(|&n| count(n) == row.number("votes")),
        _ => None,
    };
    let mut rows: Vec<Row<'_>> = table.iter().collect();
    for family in rows.chunk_by_mut(|a, b| a.word("stage") == b.word("stage")) {
        family.sort_by_key(place);
    }
    let mut ordered = Table::new(table.name.clone(), table.columns().to_vec());
    rows.into_iter().for_each(|row| ordered.push(row.cells()));
    ordered
}

/// The same table, but for these cells of each row, from 0.
pub(crate) fn edited(
    table: &Table,
    edit: impl Fn(usize, &Row<'_>) -> Vec<(&'static str, Cell)>,
) -> Table {
    let mut changed = Table::new(table.name.clone(), table.columns().to_vec());
    for (index, row) in table.iter().enumerate() {
        let mut cells: Vec<Cell> = row.cells().collect();
        for (name, cell) in edit(index, &row) {
            let place = table.columns().iter().position(|column| column.name == name);
            cells[place.unwrap()] = cell;
        }
        changed.push(cells);
    }
    changed
}

/// The rows as if simulated: the estimates lie a little off the exact values.
fn with_estimates(rows: &Table) -> Table {
    edited(rows, |_, row| {
        let [robust, invariance] = ["robust_accuracy", "invariance"].map(|name| row.number(name));
        vec![
            ("samples", Cell::Count(12_345)),
            ("mc_robust_accuracy", Cell::Number(robust + 0.001)),
            ("mc_robust_low", Cell::Number(robust - 0.002)),
            ("mc_robust_high", Cell::Number(robust + 0.003)),
            ("mc_invariance", Cell::Number(invariance)),
            ("mc_invariance_low", Cell::Number(invariance - 0.01)),
            ("mc_invariance_high", Cell::Number(invariance + 0.02)),
        ]
    })
}

fn steps(n: u32) -> Vec<f64> {
    (0..=n).map(|i| f64::from(i) / f64::from(n)).collect()
}

fn chart(rows: &Table, name: &str) -> Option<Chart> {
    let found = figures(rows).unwrap().into_iter().find(|figure| figure.name == name);
    found.map(|Figure { picture, .. }| {
        let Picture::Chart(chart) = picture else { panic!("{name} is one chart") };
        chart.render(Size::TEXT_WIDTH).unwrap();
        chart.render(Size::COLUMN).unwrap();
        chart
    })
}

fn names(rows: &Table) -> Vec<String> {
    figures(rows).unwrap().into_iter().map(|figure| figure.name).collect()
}

fn lines(chart: &Chart) -> Vec<&Line> {
    chart
        .layers
        .iter()
        .filter_map(|l| if let Layer::Line(x) = l { Some(x) } else { None })
        .collect()
}

fn points(chart: &Chart) -> Vec<&Points> {
    chart
        .layers
        .iter()
        .filter_map(|l| if let Layer::Points(x) = l { Some(x) } else { None })
        .collect()
}

fn labels(chart: &Chart) -> Vec<&str> {
    lines(chart).iter().map(|line| line.label.as_str()).filter(|label| !label.is_empty()).collect()
}

/// The points of the layer of this name, as (x, y).
fn marked(chart: &Chart, name: &str) -> Vec<(f64, f64)> {
    let layers = points(chart);
    let layer = layers.iter().find(|points| points.name == name);
    layer.map_or_else(Vec::new, |layer| layer.points.iter().map(|p| (p.x, p.y)).collect())
}

fn of<'a>(rows: &'a Table, stage: &str, sigma: f64, eps: f64) -> Vec<Row<'a>> {
    let here = |row: &Row<'_>| {
        row.word("stage") == stage && row.number("sigma") == sigma && row.number("eps") == eps
    };
    rows.iter().filter(here).collect()
}

#[test]
fn three_thresholds_or_votes_make_a_chart_and_two_do_not() {
    let named = |thresholds: &[f64], votes: &[u64]| {
        names(&rows(&[1.0], &[0.5], thresholds, votes, DrawProtocol::Same))
    };
    assert_eq!(named(&[0.0, 0.5], &[1, 11]), [""; 0]);
    assert_eq!(named(&[0.0, 0.5, 1.0], &[11]), [INVARIANCE]);
    assert_eq!(named(&[0.0], &[1, 3, 11]), [VOTES]);
    // The limit has no place on the axis.
    assert_eq!(named(&[0.0], &[1, 3, 0]), [""; 0]);
    assert_eq!(named(&[0.0, 0.5, 1.0], &[1, 3, 11]), [INVARIANCE, VOTES]);
}

#[test]
fn the_trade_off_has_a_curve_a_sigma_along_the_threshold() {
    let rows = rows(&[0.3, 1.0], &[0.1, 0.5, 0.9], &[1.0, 0.0, 0.5], &[3, 11], DrawProtocol::Same);
    let chart = chart(&rows, INVARIANCE).unwrap();
    assert_eq!(labels(&chart), ["σ = 0.3", "σ = 1"]);
    for (line, sigma) in lines(&chart).iter().zip([0.3, 1.0]) {
        // The rows have k = 1, 0, 0.5; the curve goes from 0 to 1.
        let family = of(&rows, "defended", sigma, 0.5);
        let place = |row: Row<'_>| (row.number("invariance"), row.number("robust_accuracy"));
        assert_eq!(line.points, [place(family[1]), place(family[2]), place(family[0])]);
        let undefended = place(of(&rows, "undefended", sigma, 0.5)[0]);
        assert_eq!(undefended.0, 1.0);
        assert_eq!(marked(&chart, "undefended"), [undefended], "once for all sigma");
        assert!(marked(&chart, "defended (k = 0)").contains(&place(family[1])));
        let trained = place(of(&rows, "trained", sigma, 0.5)[0]);
        assert!(marked(&chart, "trained (k = 1)").contains(&trained));
        let voted: Vec<(f64, f64)> =
            of(&rows, "voted", sigma, 0.5).into_iter().map(place).collect();
        assert!(marked(&chart, "voted (n = 3)").contains(&voted[0]));
        assert!(marked(&chart, "voted (n = 11)").contains(&voted[1]));
        // By way of the votes to what they tend to, through numbers of votes that are computed where rows have few.
        let ends = |line: &&&Line| {
            line.points.first() == Some(&trained) && line.points.last() == Some(&undefended)
        };
        let way = lines(&chart).iter().find(ends).map(|line| line.points.clone()).unwrap();
        let places = voted.iter().map(|place| way.iter().position(|at| at == place));
        let places: Vec<usize> = places.map(Option::unwrap).collect();
        assert!(way.len() > 9 && places[0] < places[1], "σ = {sigma}: {way:?}");
        assert!(way.windows(2).all(|pair| pair[0].0 < pair[1].0), "invariance rises: {way:?}");
    }
    for text in ["ε = 0.5", "mean μ = 1", "data_std ν = 1", "shift = 1", "k from 0 to 1"] {
        assert!(chart.title.contains(text), "{text}: {}", chart.title);
    }
    assert!(!chart.title.contains("samples") && !chart.title.contains("values of σ"));
    assert_eq!(chart.x.label, "rate of invariance (share of all)");
    assert_eq!(chart.y.label, "robust accuracy (share of the correct)");
}

#[test]
fn the_trade_off_shows_where_invariance_costs_robustness_and_where_not() {
    let falls = |sigma: f64, eps: f64| {
        let rows = rows(&[sigma], &[eps], &steps(20), &[11], DrawProtocol::Same);
        let chart = chart(&rows, INVARIANCE).unwrap();
        let curve = lines(&chart)[0].points.clone();
        assert!(curve.windows(2).all(|w| w[1].0 > w[0].0), "invariance grows with k");
        curve.windows(2).all(|w| w[1].1 < w[0].1)
    };
    assert!(falls(1.0, 0.5) && falls(1.0, 0.1) && falls(0.3, 0.5));
    assert!(!falls(0.3, 0.1));
}

#[test]
fn estimates_of_the_trade_off_have_intervals_both_ways() {
    let rows = with_estimates(&rows(&[1.0], &[0.5], &steps(20), &[11], DrawProtocol::Same));
    let chart = chart(&rows, INVARIANCE).unwrap();
    let first = of(&rows, "defended", 1.0, 0.5)[0];
    let estimates: Vec<Point> = points(&chart)[0].points.clone();
    assert!((3..=7).contains(&estimates.len()), "few enough to see: {}", estimates.len());
    let [robust, invariance] = ["robust_accuracy", "invariance"].map(|name| first.number(name));
    assert_eq!((estimates[0].x, estimates[0].y), (invariance, robust + 0.001));
    assert_eq!((estimates[0].low, estimates[0].high), (robust - 0.002, robust + 0.003));
    let ends = (invariance - 0.01, invariance + 0.02);
    assert_eq!((estimates[0].x_low, estimates[0].x_high), ends);
    assert!(chart.title.contains("12,345 samples"), "{}", chart.title);
}

#[test]
fn votes_have_a_curve_a_sigma_and_their_limit() {
    let rows = with_estimates(&rows(
        &[0.5, 2.0],
        &[0.5],
        &[0.0],
        &[11, 1, 3, 0, 1001],
        DrawProtocol::Same,
    ));
    let chart = chart(&rows, VOTES).unwrap();
    assert_eq!(labels(&chart), ["σ = 0.5", "σ = 2"]);
    let limit = of(&rows, "undefended", 2.0, 0.5)[0].number("robust_accuracy");
    let curves: Vec<&Line> = lines(&chart).into_iter().filter(|l| !l.label.is_empty()).collect();
    for (line, sigma) in curves.iter().zip([0.5, 2.0]) {
        let voted = of(&rows, "voted", sigma, 0.5);
        let mut want: Vec<(f64, f64)> = [1001.0, 11.0, 3.0, 1.0]
            .into_iter()
            .zip([4, 0, 2, 1])
            .map(|(n, i)| (n, voted[i].number("robust_accuracy")))
            .collect();
        let mut got = line.points.clone();
        got.sort_by(|a, b| a.0.total_cmp(&b.0));
        want.reverse();
        assert_eq!(got, want);
    }
    let references: Vec<&Reference> = chart
        .layers
        .iter()
        .filter_map(|l| if let Layer::Reference(x) = l { Some(x) } else { None })
        .collect();
    assert_eq!(references.len(), 1);
    assert_eq!(references[0].value, limit);
    let layers = points(&chart);
    assert_eq!(layers.iter().map(|points| points.points.len()).collect::<Vec<_>>(), [4, 4]);
    assert!(chart.title.contains("ε = 0.5") && chart.title.contains("12,345 samples"));
}

#[test]
fn the_asymptote_meets_the_curve_where_votes_are_many() {
    let sigmas = [0.5, 1.0, 2.0];
    let rows = rows(&sigmas, &[0.5], &[0.0], &[1, 3, 11, 101, 1001, 10_001], DrawProtocol::Same);
    let chart = chart(&rows, VOTES).unwrap();
    assert!(lines(&chart).iter().any(|line| line.name == "limit + c/n"));
    let dashed: Vec<&Line> = lines(&chart)
        .into_iter()
        .filter(|line| line.label.is_empty() && !line.points.is_empty())
        .collect();
    assert_eq!(dashed.len(), sigmas.len());
    for (line, sigma) in dashed.iter().zip(sigmas) {
        let voted = of(&rows, "voted", sigma, 0.5);
        let limit = of(&rows, "undefended", sigma, 0.5)[0].number("robust_accuracy");
        let (n, value) = line.points[line.points.len() - 1];
        assert!((n / 10_001.0 - 1.0).abs() < 1e-9);
        // What is left out is of order 1/n of the gap, times σ² and a small number.
        let gap = voted[5].number("robust_accuracy") - limit;
        assert!(gap != 0.0 && ((value - limit) / gap - 1.0).abs() < 3e-3, "{sigma}: {value} {gap}");
    }
}

#[test]
fn the_law_of_the_approach_is_that_of_the_draws() {
    let votes = [1, 11, 101, 1001, 10_001];
    for (draws, law, title) in [
        (DrawProtocol::Same, "limit + c/n", "Robust"),
        (DrawProtocol::Fresh, "limit + c/n", "fresh θ"),
        (DrawProtocol::persistent(5).unwrap(), "limit + c/√n", "5 tries"),
    ] {
        let chart = chart(&rows(&[1.0], &[0.5], &[0.0], &votes, draws), VOTES).unwrap();
        assert!(lines(&chart).iter().any(|line| line.name == law), "{draws}: {:?}", lines(&chart));
        assert!(chart.title.contains(title), "{}", chart.title);
    }
}

#[test]
fn of_many_sigmas_a_few_have_curves_and_the_title_says_so() {
    let sigmas = steps(40);
    let rows = rows(&sigmas, &[0.5], &[0.0, 0.5, 1.0], &[1, 3, 11], DrawProtocol::Same);
    for name in [INVARIANCE, VOTES] {
        let chart = chart(&rows, name).unwrap();
        assert_eq!(labels(&chart).len(), 6, "{name}");
        assert_eq!((labels(&chart)[0], labels(&chart)[5]), ("σ = 0", "σ = 1"));
        assert!(chart.title.contains("6 of 41 values of σ"), "{}", chart.title);
    }
}

#[test]
fn of_many_thresholds_or_votes_a_few_have_curves_against_sigma() {
    let series = |thresholds: &[f64], votes: &[u64]| {
        let rows = rows(&[0.0, 1.0], &[0.5], thresholds, votes, DrawProtocol::Same);
        let chart = chart(&rows, "robust_accuracy_vs_sigma").unwrap();
        let names: Vec<String> = lines(&chart).iter().map(|line| line.name.clone()).collect();
        (names, chart.title)
    };
    // As many as ever are left alone.
    let (names, title) = series(&steps(5), &[1, 3]);
    assert_eq!(names.len(), 1 + 6 + 1 + 2);
    assert!(!title.contains(" of "), "{title}");
    let (names, title) = series(&steps(20), &[11]);
    let thresholds = ["0", "0.2", "0.4", "0.6", "0.8", "1"].map(|k| format!("defended (k = {k})"));
    assert_eq!(names[1..7], thresholds);
    assert_eq!(names.len(), 1 + 6 + 1 + 1);
    assert!(title.contains("6 of 21 thresholds k"), "{title}");
    let (names, title) = series(&[0.0], &[1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21]);
    let votes = [1, 5, 9, 13, 17, 21].map(|n| format!("voted (n = {n})"));
    assert_eq!(names[3..], votes);
    assert!(title.contains("6 of 11 numbers of votes n"), "{title}");
    // Both at once: no look twice.
    let (names, title) = series(&steps(20), &[1, 3, 5, 7]);
    assert_eq!(names.len(), 1 + 3 + 1 + 3);
    assert!(title.contains("3 of 21 thresholds k; 3 of 4 numbers of votes n"), "{title}");
}

#[test]
fn estimates_change_no_name() {
    // A sweep asks for the names before it has simulated.
    let rows = rows(&[0.5, 1.0], &[0.1, 0.5], &steps(4), &[1, 3, 11, 0], DrawProtocol::Same);
    assert_eq!(names(&rows), names(&with_estimates(&rows)));
    assert!(names(&rows).ends_with(&[INVARIANCE.to_owned(), VOTES.to_owned()]));
}

/// What the map shows is what the rows say, and nothing else.
#[test]
fn the_map_of_the_claims_follows_its_rows() {
    let spec = ClaimsSpec {
        sigma: "0..1/9".parse().unwrap(),
        eps: "0..0.5/5".parse().unwrap(),
        claim: Some(Choices(vec![Claim::TrainingHurts, Claim::TradeOff])),
        metric: Some(Listed(vec![Metric::RobustAccuracy])),
        draws: Some(Protocols(vec![DrawProtocol::Same])),
        ..ClaimsSpec::default()
    };
    let mut tables = exact(&Claims::new(spec.clone()).unwrap());
    let (mut regions, claims) = (tables.remove(1), tables.remove(0));
    assert_eq!(regions.name, "regions");
    let map = |regions: &Table| {
        let tables = [claims.clone(), regions.clone()];
        let figures = (claims::KIND.charts)(&tables, Some(&spec)).unwrap();
        let found = figures.into_iter().find(|figure| figure.name == "claims_map");
        match found.unwrap().picture {
            Picture::Chart(chart) => chart,
            Picture::Panels(..) => panic!("panels"),
        }
    };
    let curve = |chart: &Chart, label: &str| -> Vec<(f64, f64)> {
        let lines = lines(chart).into_iter().filter(|line| line.label == label);
        lines.flat_map(|line| line.points.clone()).collect()
    };
    let place = |row: Row<'_>| (row.number("sigma"), row.number("eps"));
    let frontier = |regions: &Table, claim: &str| -> Vec<(f64, f64)> {
        let of_claim = |row: &Row<'_>| row.word("claim") == claim;
        let of = regions.iter().filter(|row| of_claim(row) && row.truth("frontier") == Some(true));
        of.map(place).collect()
    };
    let sorted = |mut points: Vec<(f64, f64)>| {
        points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        points
    };
    let entries = |chart: &Chart| -> Vec<String> {
        lines(chart).iter().map(|line| line.name.clone()).collect()
    };
    let first = map(&regions);
    for claim in ["training-hurts", "trade-off"] {
        let drawn = sorted(curve(&first, claim));
        assert!(drawn.len() > 5);
        assert_eq!(drawn, sorted(frontier(&regions, claim)), "{claim}");
    }
    let shaded: Vec<Vec<(f64, f64)>> = first
        .layers
        .iter()
        .filter_map(|l| if let Layer::Region(r) = l { Some(r.loops.concat()) } else { None })
        .collect();
    for (corners, claim) in shaded.iter().zip(["training-hurts", "trade-off"]) {
        let of = regions.iter().filter(|row| row.word("claim") == claim);
        assert_eq!(*corners, of.map(place).collect::<Vec<_>>(), "{claim}");
    }
    assert_eq!(shaded.len(), 2);
    assert!(entries(&first).iter().any(|name| name == "trade-off fails (at ε = 0: σ < 0.6461)"));
    // The same rows, moved.
    regions = edited(&regions, |_, row| match row.word("claim") {
        "trade-off" => vec![("sigma", Cell::Number(1.0 - row.number("sigma")))],
        _ => Vec::new(),
    });
    let moved = map(&regions);
    assert_eq!(sorted(curve(&moved, "trade-off")), sorted(frontier(&regions, "trade-off")));
    assert_ne!(curve(&moved, "trade-off"), curve(&first, "trade-off"));
    assert!(entries(&moved).iter().any(|name| name == "trade-off fails (at ε = 0: σ > 0.3539)"));
    // No rows, nowhere.
    regions = regions.filtered(|row| row.word("claim") != "trade-off");
    assert!(curve(&map(&regions), "trade-off").is_empty());
}

/// The short dashes of the chart of votes are the rows that are kept of them.
#[test]
fn the_leading_terms_are_kept_as_they_are_drawn() {
    let rows = rows(&[0.5, 1.0], &[0.5], &[0.0], &[1, 11, 101, 1001], DrawProtocol::Same);
    let kept = approach_table(&rows);
    let chart = chart(&rows, VOTES).unwrap();
    for sigma in [0.5, 1.0] {
        let of = kept.iter().filter(|row| row.number("sigma") == sigma);
        let kept: Vec<(f64, f64)> =
            of.map(|row| (row.number("votes"), row.number("leading_term"))).collect();
        assert!(kept.len() > 20);
        assert!(lines(&chart).iter().any(|line| line.points == kept), "{sigma}");
    }
    for row in kept.iter() {
        let [limit, coefficient, votes, power] =
            ["limit", "coefficient", "votes", "power"].map(|name| row.number(name));
        let formula = limit + coefficient / votes.powf(power);
        assert!((row.number("leading_term") - formula).abs() < 1e-15);
    }
}
