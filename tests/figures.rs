//! Rows to charts: which charts there are, and what is on them.

use gauss_sim::audit::row::{ClaimRow, RegionRow, region_rows};
use gauss_sim::audit::{self, Inquiry};
use gauss_sim::figures::claims::figures as claims_figures;
use gauss_sim::figures::{Figure, Picture, approach_rows, figures};
use gauss_sim::row::{Row, StageName};
use gauss_sim::sweep::Grid;
use plots::{Chart, Layer, Line, Point, Points, Reference, Size};
use task::{Claim, Metric};
use task::{DrawProtocol, Stage, Task, Votes};

const INVARIANCE: &str = "robust_accuracy_vs_invariance";
const VOTES: &str = "robust_accuracy_vs_votes";

/// The exact rows of all four stages, with these thresholds and numbers of votes (0: the limit).
fn rows(
    sigmas: &[f64],
    eps: &[f64],
    thresholds: &[f64],
    votes: &[u64],
    draws: DrawProtocol,
) -> Vec<Row> {
    let mut stages = vec![Stage::Undefended];
    stages.extend(thresholds.iter().map(|&threshold| Stage::Defended { threshold }));
    stages.push(Stage::Trained);
    stages.extend(votes.iter().map(|&n| Stage::Voted {
        votes: if n == 0 { Votes::Limit } else { Votes::new(n).unwrap() },
    }));
    let task = Task::new(1.0, 1.0).unwrap();
    let grid = Grid::new(task, 1.0, sigmas, eps, stages).unwrap().with_draws(draws);
    grid.exact_rows(&grid.exact())
}

/// The rows as if simulated: the estimates lie a little off the exact values.
fn with_estimates(mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        let robust = row.robust_accuracy;
        row.samples = Some(12_345);
        (row.mc_robust_accuracy, row.mc_robust_low, row.mc_robust_high) =
            (Some(robust + 0.001), Some(robust - 0.002), Some(robust + 0.003));
        (row.mc_invariance, row.mc_invariance_low, row.mc_invariance_high) =
            (Some(row.invariance), Some(row.invariance - 0.01), Some(row.invariance + 0.02));
    }
    rows
}

fn steps(n: u32) -> Vec<f64> {
    (0..=n).map(|i| f64::from(i) / f64::from(n)).collect()
}

fn chart(rows: &[Row], name: &str) -> Option<Chart> {
    let found = figures(rows).unwrap().into_iter().find(|figure| figure.name == name);
    found.map(|Figure { picture, .. }| {
        let Picture::Chart(chart) = picture else { panic!("{name} is one chart") };
        chart.render(Size::TEXT_WIDTH).unwrap();
        chart.render(Size::COLUMN).unwrap();
        chart
    })
}

fn names(rows: &[Row]) -> Vec<String> {
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

fn of(rows: &[Row], stage: StageName, sigma: f64, eps: f64) -> Vec<&Row> {
    let here = |row: &&Row| row.stage == stage && row.sigma == sigma && row.eps == eps;
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
        let family = of(&rows, StageName::Defended, sigma, 0.5);
        let place = |row: &Row| (row.invariance, row.robust_accuracy);
        assert_eq!(line.points, [place(family[1]), place(family[2]), place(family[0])]);
        let undefended = place(of(&rows, StageName::Undefended, sigma, 0.5)[0]);
        assert_eq!(undefended.0, 1.0);
        assert_eq!(marked(&chart, "undefended"), [undefended], "once for all sigma");
        assert!(marked(&chart, "defended (k = 0)").contains(&place(family[1])));
        let trained = place(of(&rows, StageName::Trained, sigma, 0.5)[0]);
        assert!(marked(&chart, "trained (k = 1)").contains(&trained));
        let voted: Vec<(f64, f64)> =
            of(&rows, StageName::Voted, sigma, 0.5).into_iter().map(place).collect();
        assert!(marked(&chart, "voted (n = 3)").contains(&voted[0]));
        assert!(marked(&chart, "voted (n = 11)").contains(&voted[1]));
        // By way of the votes to what they tend to.
        let way = [trained, voted[0], voted[1], undefended];
        assert!(lines(&chart).iter().any(|line| line.points == way), "σ = {sigma}");
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
    let rows = with_estimates(rows(&[1.0], &[0.5], &steps(20), &[11], DrawProtocol::Same));
    let chart = chart(&rows, INVARIANCE).unwrap();
    let first = of(&rows, StageName::Defended, 1.0, 0.5)[0];
    let estimates: Vec<Point> = points(&chart)[0].points.clone();
    assert!((3..=7).contains(&estimates.len()), "few enough to see: {}", estimates.len());
    let robust = first.robust_accuracy;
    assert_eq!((estimates[0].x, estimates[0].y), (first.invariance, robust + 0.001));
    assert_eq!((estimates[0].low, estimates[0].high), (robust - 0.002, robust + 0.003));
    let ends = (first.invariance - 0.01, first.invariance + 0.02);
    assert_eq!((estimates[0].x_low, estimates[0].x_high), ends);
    assert!(chart.title.contains("12,345 samples"), "{}", chart.title);
}

#[test]
fn votes_have_a_curve_a_sigma_and_their_limit() {
    let rows =
        with_estimates(rows(&[0.5, 2.0], &[0.5], &[0.0], &[11, 1, 3, 0, 1001], DrawProtocol::Same));
    let chart = chart(&rows, VOTES).unwrap();
    assert_eq!(labels(&chart), ["σ = 0.5", "σ = 2"]);
    let limit = of(&rows, StageName::Undefended, 2.0, 0.5)[0].robust_accuracy;
    let curves: Vec<&Line> = lines(&chart).into_iter().filter(|l| !l.label.is_empty()).collect();
    for (line, sigma) in curves.iter().zip([0.5, 2.0]) {
        let voted = of(&rows, StageName::Voted, sigma, 0.5);
        let mut want: Vec<(f64, f64)> = [1001.0, 11.0, 3.0, 1.0]
            .into_iter()
            .zip([4, 0, 2, 1])
            .map(|(n, i)| (n, voted[i].robust_accuracy))
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
        let voted = of(&rows, StageName::Voted, sigma, 0.5);
        let limit = of(&rows, StageName::Undefended, sigma, 0.5)[0].robust_accuracy;
        let (n, value) = line.points[line.points.len() - 1];
        assert!((n / 10_001.0 - 1.0).abs() < 1e-9);
        // What is left out is of order 1/n of the gap, times σ² and a small number.
        let gap = voted[5].robust_accuracy - limit;
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
    assert_eq!(names(&rows), names(&with_estimates(rows.clone())));
    assert!(names(&rows).ends_with(&[INVARIANCE.to_owned(), VOTES.to_owned()]));
}

/// What the map shows is what the rows say, and nothing else.
#[test]
fn the_map_of_the_claims_follows_its_rows() {
    let inquiry = Inquiry {
        task: Task::default(),
        shift: 1.0,
        sigmas: (0..=8).map(|i| f64::from(i) / 8.0).collect(),
        eps: (0..=4).map(|i| f64::from(i) / 8.0).collect(),
        claims: vec![Claim::TrainingHurts, Claim::TradeOff],
        metrics: vec![Metric::RobustAccuracy],
        draws: vec![DrawProtocol::Same],
    };
    let audited = audit::run(&inquiry, &|| {}).unwrap();
    let region = [[0.0, 1.0], [0.0, 0.5]];
    let claims: Vec<ClaimRow> = audited.iter().map(|item| ClaimRow::new(item, region, 0)).collect();
    let mut regions = region_rows(&audited);
    let map = |regions: &[RegionRow]| {
        let figures = claims_figures(&inquiry, &claims, regions).unwrap();
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
    let frontier = |regions: &[RegionRow], claim: &str| -> Vec<(f64, f64)> {
        let of = regions.iter().filter(|row| row.claim == claim && row.frontier);
        of.map(|row| (row.sigma, row.eps)).collect()
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
        let of = regions.iter().filter(|row| row.claim == claim);
        assert_eq!(*corners, of.map(|row| (row.sigma, row.eps)).collect::<Vec<_>>(), "{claim}");
    }
    assert_eq!(shaded.len(), 2);
    assert!(entries(&first).iter().any(|name| name == "trade-off fails (at ε = 0: σ < 0.6461)"));
    // The same rows, moved.
    for row in regions.iter_mut().filter(|row| row.claim == "trade-off") {
        row.sigma = 1.0 - row.sigma;
    }
    let moved = map(&regions);
    assert_eq!(sorted(curve(&moved, "trade-off")), sorted(frontier(&regions, "trade-off")));
    assert_ne!(curve(&moved, "trade-off"), curve(&first, "trade-off"));
    assert!(entries(&moved).iter().any(|name| name == "trade-off fails (at ε = 0: σ > 0.3539)"));
    // No rows, nowhere.
    regions.retain(|row| row.claim != "trade-off");
    assert!(curve(&map(&regions), "trade-off").is_empty());
}

/// The short dashes of the chart of votes are the rows that are kept of them.
#[test]
fn the_leading_terms_are_kept_as_they_are_drawn() {
    let rows = rows(&[0.5, 1.0], &[0.5], &[0.0], &[1, 11, 101, 1001], DrawProtocol::Same);
    let kept = approach_rows(&rows);
    let chart = chart(&rows, VOTES).unwrap();
    for sigma in [0.5, 1.0] {
        let of = kept.iter().filter(|row| row.sigma == sigma);
        let kept: Vec<(f64, f64)> = of.map(|row| (row.votes, row.leading_term)).collect();
        assert!(kept.len() > 20);
        assert!(lines(&chart).iter().any(|line| line.points == kept), "{sigma}");
    }
    for row in kept {
        let formula = row.limit + row.coefficient / row.votes.powf(row.power);
        assert!((row.leading_term - formula).abs() < 1e-15);
    }
}
