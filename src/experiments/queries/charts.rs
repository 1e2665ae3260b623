//! The charts of attackers: accuracy against questions beside the bound for any attacker, the cosine beside its bound, and the
//! noise that protects best against a number of questions.

use plots::{Axis, Chart, Color, Dash, Legend, Line, Note, Points, Reference, Style};

use super::rows::{EPS, QUERIES, SIGMA, label, questions, stage};
use crate::report::curves::{POINTS, by_rank, estimate, evenly, samples};
use crate::report::{Figure, FigureError, check_same};
use crate::table::schema::Variable;
use crate::table::{Row, Table};

/// More curves than these hide each other.
const MOST: usize = 8;

/// The charts that these rows can fill. What they have several of and a chart does not vary is held at the value nearest to the
/// usual one.
pub(super) fn figures(table: &Table) -> Result<Vec<Figure>, FigureError> {
    let same = ["dimension", "mean", "data_std"];
    check_same(table, &same)?;
    let Some(first) = table.row(0) else { return Ok(Vec::new()) };
    let all: Vec<Row<'_>> = table.iter().collect();
    let mut figures = Vec::new();
    figures.extend(against_queries(&all, &first));
    figures.extend(cosines(&all, &first));
    figures.extend(against_sigma(&all, &first));
    Ok(figures)
}

/// The values of a column, ascending, each once.
fn values(rows: &[Row<'_>], variable: &Variable) -> Vec<f64> {
    let mut values: Vec<f64> = rows.iter().map(|row| variable.of(row)).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// Whether a stage answers with noise.
fn is_noisy(row: &Row<'_>) -> bool {
    row.word("stage") != "undefended"
}

/// The noise at which a chart holds: that of stages that have some.
fn usual_noise(rows: &[Row<'_>]) -> f64 {
    let noisy: Vec<Row<'_>> = rows.iter().copied().filter(is_noisy).collect();
    SIGMA.nearest(&values(&noisy, &SIGMA))
}

/// What titles say of the game.
fn game(first: &Row<'_>, rows: &[Row<'_>]) -> String {
    let mut text = format!(
        "d = {}, mean = {}, data_std = {}",
        first.count("dimension").unwrap_or(0),
        first.number("mean"),
        first.number("data_std")
    );
    if let Some(shift) = rows.iter().find_map(|row| row.maybe("shift")) {
        text += &format!(", shift = {shift}");
    }
    text
}

/// The rows at one noise and one ε, by curve; and these in words.
fn curves<'a>(all: &[Row<'a>]) -> (Vec<(String, Vec<Row<'a>>)>, String) {
    let (sigma, eps) = (usual_noise(all), EPS.nearest(&values(all, &EPS)));
    let here = |row: &&Row<'a>| {
        row.number("eps") == eps && (!is_noisy(row) || row.number("sigma") == sigma)
    };
    let rows: Vec<Row<'a>> = all.iter().filter(here).copied().collect();
    let attacks = {
        let mut attacks: Vec<&str> = rows.iter().map(|row| row.word("attack")).collect();
        attacks.dedup();
        attacks.len()
    };
    let mut curves: Vec<(String, Vec<Row<'a>>)> = Vec::new();
    for row in rows {
        let name = if attacks > 1 { label(&row) } else { stage(&row) };
        match curves.iter_mut().find(|(known, _)| *known == name) {
            // A stage without noise is there once for every noise.
            Some((_, rows)) => {
                if !rows.iter().any(|known| known.number("queries") == row.number("queries")) {
                    rows.push(row);
                }
            }
            None => curves.push((name, vec![row])),
        }
    }
    curves.truncate(MOST);
    let mut fixed = format!("σ = {sigma}, ε = {eps}");
    if attacks == 1 {
        let attack = all.first().map_or("", |row| row.word("attack"));
        fixed = format!("attack {attack}, {fixed}");
    }
    if let Some(step) = all.first().map(|row| row.number("step")).filter(|step| *step != eps) {
        fixed += &format!(", questions within {step}");
    }
    (curves, fixed)
}

fn figure(name: &str, chart: Chart, title: String) -> Figure {
    let legend = Legend::below().line_means("theory").points_mean("simulation, interval");
    Figure { name: name.to_owned(), picture: chart.title(title).legend(legend).into() }
}

/// A logarithmic axis for numbers of questions; `None` if there are not several.
fn axis(rows: &[Row<'_>]) -> Option<Axis> {
    let numbers = values(rows, &QUERIES);
    let (low, high) = (*numbers.first()?, *numbers.last()?);
    if numbers.len() < 2 {
        return None;
    }
    let label = "questions asked, Q";
    Some(match low > 0.0 && high / low >= 20.0 {
        true => Axis::log(label).range(low, high),
        false => Axis::linear(label).range(low, high),
    })
}

fn line<'a>(rows: &'a [Row<'_>], column: &'a str) -> impl Iterator<Item = (f64, f64)> + 'a {
    rows.iter().filter_map(move |row| Some((row.number("queries"), row.maybe(column)?)))
}

/// Points of the simulation, few enough to tell apart.
fn points(rows: &[Row<'_>], rate: &str, stem: &str) -> Vec<(f64, f64, f64, f64)> {
    let stride = rows.len().div_ceil(POINTS).max(1);
    let point = |row: &Row<'_>| {
        let [value, low, high] = estimate(row, rate, stem)?;
        Some((row.number("queries"), value, low, high))
    };
    rows.iter().step_by(stride).filter_map(point).collect()
}

/// The look of a bound.
fn bound(style: Style) -> Style {
    style.dash(Dash::Dotted).width(1.2)
}

fn against_queries(all: &[Row<'_>], first: &Row<'_>) -> Option<Figure> {
    let mut chart = Chart::new(axis(all)?, Axis::linear("adversarial accuracy (share of all)"));
    let (curves, fixed) = curves(all);
    for (place, (name, rows)) in curves.iter().enumerate() {
        let style = Style::series(place);
        let exact: Vec<(f64, f64)> = line(rows, "adversarial_accuracy").collect();
        if !exact.is_empty() {
            chart = chart.with(Line::new(name, exact).style(style));
        }
        let points = points(rows, "adversarial_accuracy", "adversarial");
        if !points.is_empty() {
            chart = chart.with(Points::new(name, points).style(style));
        }
        // Defended and trained differ in clean accuracy; the bounds that matter are of those that took it back.
        if ["trained", "voted"].contains(&rows[0].word("stage")) {
            let name = format!("{name}: any attacker leaves at least");
            chart = chart.with(Line::new(name, line(rows, "bound")).style(bound(style)));
        }
    }
    let white_box = curves.iter().find(|(_, rows)| !is_noisy(&rows[0]));
    if let Some((_, rows)) = white_box {
        let at = rows[0].number("white_box");
        chart = chart.with(Reference::horizontal(at, "undefended, white box"));
    }
    let drawn = samples(curves.iter().flat_map(|(_, rows)| rows.iter().copied()));
    let title = format!("Accuracy against questions\n{fixed}, {}{drawn}", game(first, all));
    Some(figure("adversarial_accuracy_vs_queries", chart, title))
}

fn cosines(all: &[Row<'_>], first: &Row<'_>) -> Option<Figure> {
    let y = Axis::linear("cosine E η (share of the move along the direction)").range(0.0, 1.0);
    let mut chart = Chart::new(axis(all)?, y);
    let (curves, fixed) = curves(all);
    for (place, (name, rows)) in curves.iter().enumerate() {
        // The mean of the noise does not show in differences of scores: one curve serves both stages.
        if rows[0].word("stage") == "defended" {
            continue;
        }
        let style = Style::series(place);
        let exact: Vec<(f64, f64)> = line(rows, "cosine").collect();
        if !exact.is_empty() {
            chart = chart.with(Line::new(name, exact).style(style));
        }
        let points = points(rows, "cosine", "cosine");
        if !points.is_empty() {
            chart = chart.with(Points::new(name, points).style(style));
        }
        if is_noisy(&rows[0]) {
            let name = format!("{name}: any attacker at most");
            chart = chart.with(Line::new(name, line(rows, "cosine_bound")).style(bound(style)));
        }
    }
    let drawn = samples(curves.iter().flat_map(|(_, rows)| rows.iter().copied()));
    let title = format!("What questions teach\n{fixed}, {}{drawn}", game(first, all));
    Some(figure("cosine_vs_queries", chart, title))
}

/// One curve for each number of questions, of the first noisy stage that took its accuracy back.
fn against_sigma(all: &[Row<'_>], first: &Row<'_>) -> Option<Figure> {
    let eps = EPS.nearest(&values(all, &EPS));
    let wanted = ["trained", "voted", "defended"];
    let of = |stage: &&str| all.iter().find(|row| row.word("stage") == *stage);
    let sample = wanted.iter().find_map(of)?;
    let name = label(sample);
    let rows: Vec<Row<'_>> =
        all.iter().filter(|row| label(row) == name && row.number("eps") == eps).copied().collect();
    let sigmas = values(&rows, &SIGMA);
    let (low, high) = (*sigmas.first()?, *sigmas.last()?);
    if sigmas.len() < 3 {
        return None;
    }
    let x = Axis::linear("σ, standard deviation of the noise (units of distance)");
    let y = Axis::linear("adversarial accuracy (share of all)");
    let mut chart = Chart::new(x.range(low, high), y);
    let budgets = evenly(&values(&rows, &QUERIES), 6);
    let mut noted: Vec<(f64, f64)> = Vec::new();
    for (rank, queries) in budgets.iter().enumerate() {
        let mut here: Vec<&Row<'_>> =
            rows.iter().filter(|row| row.number("queries") == *queries).collect();
        here.sort_by(|a, b| a.number("sigma").total_cmp(&b.number("sigma")));
        let line: Vec<(f64, f64)> = here
            .iter()
            .filter_map(|row| Some((row.number("sigma"), row.maybe("adversarial_accuracy")?)))
            .collect();
        let style = by_rank(rank, budgets.len());
        let best = line.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        let drawn = format!("Q = {}", questions(*queries));
        let estimates: Vec<(f64, f64, f64, f64)> = here
            .iter()
            .filter_map(|row| {
                let [value, low, high] = estimate(row, "adversarial_accuracy", "adversarial")?;
                Some((row.number("sigma"), value, low, high))
            })
            .collect();
        // Budgets against which no noise is the best end in one point, which is named once.
        if let Some((sigma, value)) = best.filter(|best| !noted.contains(best)) {
            noted.push((sigma, value));
            let says = match sigma == 0.0 {
                true => "none".to_owned(),
                false => format!("σ = {}", plots::label::number((sigma * 100.0).round() / 100.0)),
            };
            chart = chart.with(Note::new(sigma, value, says).style(style));
        }
        chart = chart.with(Line::new(&drawn, line).style(style));
        if !estimates.is_empty() {
            chart = chart.with(Points::new(&drawn, estimates).style(style));
        }
    }
    let white_box = rows.iter().map(|row| (row.number("sigma"), row.number("white_box")));
    let mut white_box: Vec<(f64, f64)> = white_box.collect();
    white_box.sort_by(|a, b| a.0.total_cmp(&b.0));
    white_box.dedup();
    let ink = Style::neutral().color(Color::INK).dash(Dash::Dashed).width(1.2);
    chart = chart.with(Line::new("white box", white_box).style(ink));
    let title = format!(
        "The noise that protects best against Q questions\n{name}, ε = {eps}, {}",
        game(first, all)
    );
    Some(figure("adversarial_accuracy_vs_sigma", chart, title))
}
