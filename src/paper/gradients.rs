//! The effect of a budget of gradients: curves against it, the map of its splits, the information that signs must
//! carry, and four ways to judge.

use plots::{Axis, Chart, ColorScale, Contour, HeatMap, Legend, Line, Points, Reference, Style};
use rayon::prelude::*;
use task::attack::Start;
use theory::attack::{Signs, best_step, sufficient};

use super::ask::Ask;
use super::caption::Caption;
use super::{Data, Given, Name, Order, PaperError, Sheet};
use crate::columns;
use crate::experiments::attack::KIND;
use crate::table::text::thousands;
use crate::table::{Row, Table};

/// Selects the rows from which a curve is drawn.
type Is = fn(&Row<'_>) -> bool;

const ACCURACY: &str = "adversarial accuracy";
/// The data, as a title and as a caption name them.
const DATA: [[(&str, &str); 2]; 2] =
    [[("mean μ", "mean"), ("data std ν", "data_std")], [("μ", "mean"), ("ν", "data_std")]];

fn attack(order: &Order, given: &[(&'static str, &str)]) -> Ask {
    given.iter().fold(Ask::new(&KIND, "attack", order), |ask, (name, value)| ask.with(name, *value))
}

fn sheet(name: Name, chart: Chart, data: Data, caption: Caption) -> Sheet {
    Sheet {
        name,
        picture: chart.into(),
        column: None,
        tables: vec![data],
        files: Vec::new(),
        caption,
    }
}

/// Returns the data, the noise that is added besides the gains, and the budget, as a title and as a caption state them.
fn facts(ask: &Ask) -> Result<[String; 2], PaperError> {
    let sigma = match ask.said("sigma")?.as_str() {
        "" => String::new(),
        sigma => format!(", σ = {sigma}"),
    };
    let eps = ask.said("eps")?;
    let [title, caption] = DATA.map(|symbols| ask.equations(&symbols));
    Ok([title?, caption?].map(|data| format!("{data}{sigma}, ε = {eps} in ℓ∞")))
}

/// Returns the figure with one curve for each way to spend a budget.
pub(super) fn budget(order: &Order) -> Result<Sheet, PaperError> {
    let name = Name::Gradients;
    let ask = attack(
        order,
        &[
            ("defense", "scale=5"),
            ("dimension", "256"),
            ("eps", "0.2"),
            ("budget", "2..2000/log16"),
            ("step_size", "best"),
            ("attack", "pgd,eot,full"),
        ],
    )
    .samples(0);
    let data = Data::of(ask.answer()?, name.name(), "every split of every budget, exact");
    let ways: [(&str, Is); 4] = [
        ("PGD, one gradient a step", |row| row.word("attack") == "pgd"),
        ("EOT, 10 gradients a step", |row| {
            row.count("eot") == Some(10) && row.count("steps") > Some(1)
        }),
        ("EOT, 100 gradients a step", |row| {
            row.count("eot") == Some(100) && row.count("steps") > Some(1)
        }),
        ("one step of EOT, the ceiling", |row| {
            row.word("attack") == "eot" && row.count("steps") == Some(1)
        }),
    ];
    let x = Axis::log("gradients read by one attack, N = k·m").range(2.0, 2000.0);
    let mut y = Axis::linear(ACCURACY);
    if order.given == Given::NONE {
        y = y.range(0.5, 0.85);
    }
    let [of_title, of_caption] = facts(&ask)?;
    let mut chart = Chart::new(x, y).title(format!(
        "What a budget of gradients buys\ngains N(1, 5²), d = 256, {of_title}, best step sizes"
    ));
    for (place, (label, is)) in ways.into_iter().enumerate() {
        let line = data
            .table
            .iter()
            .filter(is)
            .map(|row| (row.number("queries"), row.number("adversarial_accuracy")));
        chart = chart.with(Line::new(label, line).style(Style::series(place)));
    }
    if let Some(row) = data.table.iter().find(|row| row.word("attack") == "full") {
        chart = chart
            .with(Reference::horizontal(row.number("adversarial_accuracy"), "strongest fixed move"))
            .with(Reference::horizontal(row.number("optimum"), "optimum"));
    }
    let caption = Caption {
        title: "What a budget of gradients buys",
        text: vec![format!(
            "The adversarial accuracy, a share of all samples, against the gradients that sign-PGD reads in k steps of m. \
             Gains N(1, 5²), d = 256, {of_caption}, best step sizes. No attack that reads N gradients \
             beats one step of EOT with all; no classifier exceeds the optimum."
        )],
        rows_by: format!("{} -o attack", ask.command()),
    };
    Ok(sheet(name, chart.legend(Legend::below()), data, caption))
}

/// The numbers of steps and of gradients per step.
const SPLITS: &str = "1,2,5,10,20,50,100,200,500";
/// The budgets of the lines.
const BUDGETS: [u64; 3] = [10, 100, 1000];

/// Returns the figure with every number of steps and every number of gradients per step.
pub(super) fn splits(order: &Order) -> Result<Sheet, PaperError> {
    let name = Name::Splits;
    let ask = attack(
        order,
        &[
            ("defense", "scale=10"),
            ("dimension", "256"),
            ("eps", "0.25"),
            ("steps", SPLITS),
            ("eot", SPLITS),
            ("step_size", "best"),
            ("attack", "eot"),
        ],
    )
    .samples(0);
    let data = Data::of(ask.answer()?, name.name(), "every k and every m, exact");
    let numbers = |column: &str| {
        let mut numbers: Vec<f64> = data.table.iter().map(|row| row.number(column)).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers.dedup();
        numbers
    };
    let (steps, eot) = (numbers("steps"), numbers("eot"));
    // The rows go through the steps for the first m, then through those for the second.
    let values: Vec<f64> =
        data.table.iter().map(|row| row.number("adversarial_accuracy")).collect();
    let levels = match order.given == Given::NONE {
        true => vec![0.53, 0.6],
        false => levels(&values),
    };
    let mut map = HeatMap::centres(steps.clone(), eot.clone(), values)
        .scale(ColorScale::Sequential)
        .label("adversarial accuracy (share of all)")
        .ending_at_data();
    for level in levels {
        map = map.contour(Contour::new(level, level.to_string()));
    }
    let [of_title, of_caption] = facts(&ask)?;
    let mut chart = Chart::new(
        Axis::log("steps k").range(1.0, 500.0),
        Axis::log("gradients a step, m").range(1.0, 500.0),
    )
    .title(format!(
        "Steps or EOT: neutral while steps are many\ngains N(1, 10²), d = 256, {of_title}, best step sizes"
    ))
    .with(map);
    for (place, budget) in BUDGETS.into_iter().enumerate() {
        let of_budget = data.table.iter().filter(|row| row.count("queries") == Some(budget));
        let mut line: Vec<(f64, f64)> =
            of_budget.map(|row| (row.number("steps"), row.number("eot"))).collect();
        line.sort_by(|a, b| a.0.total_cmp(&b.0));
        let style = Style::series(place + 1).width(1.6);
        chart = chart.with(Line::new(format!("k·m = {budget}"), line).style(style));
    }
    let caption = Caption {
        title: "Steps or EOT",
        text: vec![format!(
            "The adversarial accuracy, a share of all samples, after k steps of sign-PGD along the mean of m gradients (EOT). \
             Black lines join equal accuracies, coloured ones equal budgets k·m. Where steps are many the two run alike. \
             Gains N(1, 10²), d = 256, {of_caption}, best step sizes."
        )],
        rows_by: format!("{} -o attack", ask.command()),
    };
    Ok(sheet(name, chart.legend(Legend::below()), data, caption))
}

/// Returns two values of a few digits, a third and two thirds of the way between the smallest and the largest; none
/// where there is no way.
fn levels(values: &[f64]) -> Vec<f64> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let at = |part: f64| ((low + part * (high - low)) * 1000.0).round() / 1000.0;
    let inside = |level: &f64| low < *level && *level < high;
    [1.0 / 3.0, 2.0 / 3.0].map(at).into_iter().filter(inside).collect()
}

columns! {
    /// How often one sign must be right so that PGD without EOT misses at most 5 % of ε.
    pub struct SignRow {
        /// N, how many gradients are read, one a step.
        gradients: u32,
        /// The smallest sign-match p that is enough, by the walk at its best step size.
        sign_match: f64 [0.5, 1.0],
        /// ½ + √(x/N), x = N·(p − ½)² in the limit of weak signals.
        weak_signals: f64 [0.5, 2.0],
    }
}

/// The part of ε that PGD may miss.
const MISSED: f64 = 0.05;

/// Returns the figure of the sign-match that is sufficient for each budget.
pub(super) fn signs(_: &Order) -> Result<Sheet, PaperError> {
    let name = Name::Signs;
    let law = sufficient(MISSED);
    let rows = [20, 25, 32, 40, 50, 63, 80, 100, 126, 158, 200, 251, 316, 398, 500, 631, 794, 1000]
        .into_par_iter()
        .with_max_len(1)
        .map(|gradients| {
            let weak_signals = 0.5 + (law / f64::from(gradients)).sqrt();
            let (mut low, mut high) = (0.5, 1.0);
            // To 1e-5, a hundred times finer than what is drawn.
            for _ in 0..16 {
                let p = 0.5 * (low + high);
                let signs = Signs::from_parts(p, 0.0, 1.0 - p);
                let reach = best_step(&signs, gradients, Start::Zero)
                    .map_err(task::spec::SpecError::from)?;
                if reach.walk.reach().value < 1.0 - MISSED { low = p } else { high = p }
            }
            Ok(SignRow { gradients, sign_match: high, weak_signals })
        })
        .collect::<Result<Vec<_>, PaperError>>()?;
    let table = Table::of(name.name(), rows);
    let of = |column: &'static str| {
        table.iter().map(move |row| (row.number("gradients"), row.number(column)))
    };
    let chart = Chart::new(
        Axis::log("gradients N, one a step").range(20.0, 1000.0),
        Axis::linear("sign-match p (share of steps)"),
    )
    .title("How often must one gradient be right?\nPGD without EOT misses at most 5 % of ε, best step sizes")
    .with(Line::new("exact", of("sign_match")).style(Style::series(0)))
    .with(
        Line::new(format!("weak signals, N·(p − ½)² = {law:.2}"), of("weak_signals"))
            .style(Style::series(1)),
    );
    let caption = Caption {
        title: "How random is sufficiently random",
        text: vec![format!(
            "The smallest share of single gradients with the right sign, p, from which on N steps of PGD without EOT cover 95 % \
             of ε at the best step size. Above the curve a standard attack suffices; below, the defense is random enough for \
             EOT to matter. For weak signals N·(p − ½)² = {law:.2}."
        )],
        rows_by: String::new(),
    };
    let data = Data::exact(table, "the sign-match that is enough for each budget");
    Ok(sheet(name, chart.legend(Legend::below()), data, caption))
}

/// Returns the figure of one attack, judged in four ways.
pub(super) fn judges(order: &Order) -> Result<Sheet, PaperError> {
    let name = Name::Judges;
    let ask = attack(
        order,
        &[
            ("defense", "add"),
            ("dimension", "1"),
            ("mean", "1"),
            ("eps", "0.5"),
            ("steps", "1,2,3,4,5,7,10,14,20,30,50,70,100"),
            ("step_size", "eps/4"),
            ("attack", "pgd"),
            ("judge", "final,any,first,last"),
        ],
    )
    .samples(order.vectors());
    let data = Data::of(ask.answer()?, name.name(), "four ways to judge, exact beside simulated");
    let ways = [
        ("final", "final: the last iterate"),
        ("any", "any: wrong once on the way"),
        ("first", "first: the first success, judged again"),
        ("last", "last: the last success, judged again"),
    ];
    let [of_title, of_caption] = DATA.map(|symbols| ask.equations(&symbols));
    let (of_title, of_caption, eps) = (of_title?, of_caption?, ask.said("eps")?);
    // That of additive noise unless it is given.
    let sigma = Some(ask.said("sigma")?).filter(|text| !text.is_empty());
    let sigma = sigma.unwrap_or_else(|| "1".to_owned());
    let mut chart = Chart::new(
        Axis::log("steps k").range(1.0, 100.0),
        Axis::linear(ACCURACY).range(0.0, 1.0),
    )
    .title(format!(
        "Four ways to judge one attack\nadditive noise, σ = {sigma}, {of_title}, ε = {eps}, steps of ε/4{}",
        crate::report::curves::samples(data.table.iter())
    ));
    for (place, (word, label)) in ways.into_iter().enumerate() {
        let here = || data.table.iter().filter(|row| row.word("judge") == word);
        let line = here().map(|row| (row.number("steps"), row.number("adversarial_accuracy")));
        let points = here().map(|row| {
            let of = |name: &str| row.number(name);
            (
                of("steps"),
                of("mc_adversarial_accuracy"),
                of("mc_adversarial_low"),
                of("mc_adversarial_high"),
            )
        });
        let style = Style { radius: 1.9, ..Style::series(place) };
        chart = chart
            .with(Line::new(label, line).style(style))
            .with(Points::new(label, points).style(style));
    }
    let caption = Caption {
        title: "Four ways to judge one attack",
        text: vec![format!(
            "The adversarial accuracy, a share of all samples, by four rules: the last iterate decides on a new draw; one \
                 wrong draw on the way counts; the first success is judged again; the last is. Additive noise, σ = {sigma}, \
                 {of_caption}, ε = {eps}, steps of ε/4. Points: {} samples of seed {}.",
            thousands(order.vectors()),
            order.seed
        )],
        rows_by: format!("{} -o attack", ask.command()),
    };
    let legend = Legend::below().line_means("theory").points_mean("simulation, interval");
    Ok(sheet(name, chart.legend(legend), data, caption))
}
