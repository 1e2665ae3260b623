//! The columns of attacked points, and the findings about them.

use task::attack::{AttackKind, AttackSpec, AttackTask, GainScope, Judge, Loss, Start, Training};
use task::range::short;
use task::{DrawProtocol, Votes};
use theory::attack::{Diagnosis, Known, Outcome, diagnose, sufficient};

use crate::columns;
use crate::experiment::Findings;
use crate::experiments::accuracies::RATES;
use crate::table::column::word_field;
use crate::table::schema::{Counted, Head, Rate, Schema, Shown, Shows};
use crate::table::text::number;
use crate::table::{Column, ColumnKind, Columnar, Row, Table};

word_field!(AttackKind, GainScope, Judge, Loss, Start, Training);

columns! {
    /// The keys of a row.
    pub struct Keys {
        /// The gains of the defense: `add`, `scale=T`, `drop=Q`, `flip=Q`, `list=…` or `mirror=Q`.
        defense: String,
        /// The number of coordinates of x.
        dimension: u32 [1.0, 1e9],
        /// Whether each coordinate has a gain of its own, or one is drawn for all.
        gain: GainScope,
        /// The class mean of a coordinate, in units of x; empty for spheres.
        mean: Option<f64> [-1e15, 1e15],
        /// The class mean of the second coordinate for mirror, in units of x; empty for others.
        mean_2: Option<f64> [-1e15, 1e15],
        /// The standard deviation of a coordinate given y, in units of x; for spheres that of the first class.
        data_std: f64 [0.0, 1e15],
        /// The standard deviation of the second class for spheres, in units of x; empty for others.
        data_std_2: Option<f64> [0.0, 1e15],
        /// Whether the classifier was trained on defended inputs; empty where that changes nothing.
        training: Option<Training>,
        /// The mean of θᵢ, which the classifier subtracts, in units of x.
        shift: f64 [-1e15, 1e15],
        /// The standard deviation of θᵢ, in units of x.
        sigma: f64 [0.0, 1e15],
        /// How many draws vote on an input.
        votes: Votes [1.0, f64::INFINITY],
        /// How defenses are drawn for the clean and the final input: `same`, `fresh` or `persistent=T`.
        draws: DrawProtocol,
        /// The adversary's budget in ℓ∞, in units of x.
        eps: f64 [0.0, 1e15],
        /// `none`, `off`, `pgd`, `eot`, `full` or `optimum`.
        attack: AttackKind,
        /// k, the number of steps; 0 for a move without steps.
        steps: u32,
        /// m, the number of gradients that a step averages.
        eot: u32,
        /// α, the step size, in units of x; empty for a move without steps.
        step_size: Option<f64> [0.0, 1e15],
        /// Where the attack begins: `zero` or `uniform`.
        start: Start,
        /// The loss that the attack ascends: `margin` or `cross-entropy`.
        loss: Loss,
        /// Which iterates decide: `final`, `any`, `first` or `last`.
        judge: Judge,
        /// k·m, the number of gradients that one attack evaluates.
        queries: u64,
        /// E U, how far the last iterate has moved in the right direction, in units of ε, averaged over coordinates; exact.
        reach: Option<f64> [-1.0, 1.0],
        /// The adversarial accuracy that no classifier exceeds, exact; empty for spheres.
        optimum: Option<f64> [0.0, 1.0],
        /// Whether the exact adversarial accuracy is above the optimum, which proves the attack too weak.
        proven_weak: Option<bool>,
        /// Why no exact adversarial accuracy is known; empty where one is.
        unknown: Option<String>,
    }
}

/// Returns a value, if it is known.
fn value(known: &Known) -> Option<f64> {
    known.as_ref().ok().map(|bounded| bounded.value)
}

impl Keys {
    /// Creates the keys of one point.
    #[must_use]
    pub fn new(spec: &AttackSpec, outcome: &Outcome) -> Self {
        let point = &outcome.point;
        let attacker = point.attacker();
        let (task, eps) = (point.task(), attacker.eps.get());
        let (mean, mean_2, data_std, data_std_2, shift, sigma) = match task {
            AttackTask::Gains(task) => {
                (Some(task.mean()), None, task.data_std(), None, task.shift(), task.sigma())
            }
            AttackTask::Mirror(task) => {
                let [first, second] = task.mean();
                let (data_std, shift, sigma) = (task.data_std(), task.shift(), task.sigma());
                (Some(first), Some(second), data_std, None, shift, sigma)
            }
            AttackTask::Spheres(task) => {
                let [first, second] = task.spreads();
                (None, None, first, Some(second), spec.shift, task.sigma())
            }
        };
        let adversarial = &outcome.rates.adversarial;
        Self {
            defense: spec.defense.to_string(),
            dimension: task.dimension(),
            gain: spec.gain.0,
            mean,
            mean_2,
            data_std,
            data_std_2,
            training: (!matches!(task, AttackTask::Gains(_))).then_some(spec.training.0),
            shift,
            sigma,
            votes: point.votes(),
            draws: point.draws(),
            eps,
            attack: attacker.kind,
            steps: attacker.steps,
            eot: attacker.eot,
            step_size: walks(attacker.kind).then(|| attacker.step.alpha(eps)).flatten(),
            start: attacker.start,
            loss: attacker.loss,
            judge: attacker.judge,
            queries: outcome.queries,
            reach: value(&outcome.reach),
            optimum: outcome.optimum.map(|optimum| optimum.value),
            proven_weak: match (adversarial, outcome.optimum) {
                (Ok(found), Some(optimum)) => {
                    Some(found.value - found.error > optimum.value + optimum.error)
                }
                _ => None,
            },
            unknown: adversarial.as_ref().err().map(|unknown| unknown.0.to_owned()),
        }
    }
}

/// Returns whether an attack takes steps.
pub(super) fn walks(kind: AttackKind) -> bool {
    matches!(kind, AttackKind::Off | AttackKind::Pgd | AttackKind::Eot)
}

/// Returns a label that distinguishes an attack from others with the same name, whatever its budget and number of
/// steps.
pub(super) fn label(row: &Row<'_>) -> String {
    let mut apart = Vec::new();
    if row.word("attack") == "eot" {
        apart.push(format!("m = {}", row.count("eot").unwrap_or(0)));
    }
    match row.maybe("votes") {
        Some(f64::INFINITY) => apart.push("n = ∞".to_owned()),
        Some(votes) if votes > 1.0 => apart.push(format!("n = {votes}")),
        _ => {}
    }
    if row.word("start") != "zero" && row.maybe("step_size").is_some() {
        apart.push(format!("{} start", row.word("start")));
    }
    if row.word("loss") != "margin" && row.maybe("step_size").is_some() {
        apart.push(row.word("loss").to_owned());
    }
    if row.word("judge") != "final" {
        apart.push(row.word("judge").to_owned());
    }
    match apart.is_empty() {
        true => row.word("attack").to_owned(),
        false => format!("{} ({})", row.word("attack"), apart.join(", ")),
    }
}

fn sign(name: &'static str, head: &'static str, about: &'static str, successes: usize) -> Rate {
    let counted = Some(Counted { stem: name, successes, trials: Some(4) });
    Rate { name, head, about, always_known: false, counted }
}

pub(super) fn schema() -> Schema {
    let mut rates: Vec<Rate> =
        RATES.iter().map(|rate| Rate { always_known: false, ..*rate }).collect();
    rates.push(sign(
        "sign_right",
        "right sign",
        "P[the sign that a step follows is right], the sign-match, exact; of the signs of all steps and coordinates.",
        5,
    ));
    rates.push(sign(
        "sign_zero",
        "",
        "P[the gradients of a step sum to 0, so that it stays], exact; of the signs of all steps and coordinates.",
        6,
    ));
    let count =
        |(name, about): (&'static str, &'static str)| Column::new(name, ColumnKind::Count, about);
    let counts = [
        ("clean_correct", "Of the samples: right on the clean input."),
        ("both_correct", "Of the samples: right on the clean and on the attacked input."),
        ("adversarial_correct", "Of the samples: right on the attacked input."),
        ("invariant", "Of the samples: predicted as without a defense."),
        (
            "signs",
            "Signs that steps followed; 0 where they are not independent, so that their share has no exact interval.",
        ),
        ("signs_right", "Of these: right."),
        ("signs_zero", "Of these: none, as the gradients sum to 0."),
    ];
    let found = |(name, kind, about): (&'static str, ColumnKind, &'static str)| {
        Column::new(name, kind, about)
    };
    use ColumnKind::{Number, Truth};
    let reach_about = "The simulated reach; empty of a move that does not step.";
    Schema {
        file: "rows",
        keys: Keys::columns(),
        rates,
        counts: counts.map(count).to_vec(),
        found: [
            ("share_right", Number, "The share of all signs that were right, independent or not."),
            ("share_zero", Number, "The share of all signs that were none."),
            ("mc_reach", Number, reach_about),
            ("mc_reach_low", Number, "The lower limit of its interval, by the central limit theorem."),
            ("mc_reach_high", Number, "The upper limit of its interval."),
            (
                "mc_proven_weak",
                Truth,
                "Whether the interval of the adversarial accuracy is above the optimum, which proves the attack too weak.",
            ),
        ]
        .map(found)
        .to_vec(),
        label: ("attack", label),
        variables: Vec::new(),
        shown: shown().to_vec(),
        shown_behind: vec![Head {
            head: "reach",
            latex: "reach",
            cell: Shows::Number(|row| row.maybe("reach")),
            shown: Shown::WhereThereIsAny,
        }],
    }
}

fn shown() -> [Head; 4] {
    [
        Head {
            head: "ε",
            latex: "$\\varepsilon$",
            cell: Shows::Text(|row| short(row.number("eps"))),
            shown: Shown::WhereItDiffers,
        },
        Head {
            head: "k",
            latex: "$k$",
            cell: Shows::Text(|row| stepping(row, "steps")),
            shown: Shown::WhereThereIsAny,
        },
        Head {
            head: "α",
            latex: "$\\alpha$",
            cell: Shows::Text(|row| {
                row.maybe("step_size").map_or_else(String::new, |a| number(a, 4))
            }),
            shown: Shown::WhereItDiffers,
        },
        Head {
            head: "gradients",
            latex: "gradients",
            cell: Shows::Text(|row| stepping(row, "queries")),
            shown: Shown::WhereThereIsAny,
        },
    ]
}

/// Returns a count of an attack with steps.
fn stepping(row: &Row<'_>, name: &str) -> String {
    match row.count("steps") {
        None | Some(0) => String::new(),
        Some(_) => row.count(name).map_or_else(String::new, |count| count.to_string()),
    }
}

pub(super) fn caption(spec: &AttackSpec) -> String {
    let AttackSpec { defense, dimension, eps, draws, .. } = spec;
    let sigma = short(spec.sigma());
    let mean: Vec<String> = spec.mean.0.iter().map(|mean| short(*mean)).collect();
    let data = match spec.task.0 {
        task::attack::Subject::Gaussian => {
            format!("mean = {}, data_std = {}", mean.join(","), short(spec.data_std))
        }
        task::attack::Subject::Spheres => {
            let spreads: Vec<String> = spec.spreads.0.iter().map(|s| short(*s)).collect();
            format!("spheres, spreads = {}", spreads.join(","))
        }
    };
    let dimension = match defense.to_string().starts_with("mirror") {
        true => "2".to_owned(),
        false => dimension.to_string(),
    };
    format!("{defense}, d = {dimension}, {data}, σ = {sigma}, ε = {eps} in ℓ∞, {draws} draws")
}

/// The difference to the strongest move's adversarial accuracy within which PGD without EOT is said to suffice.
pub const ENOUGH: f64 = 0.05;

/// Returns the findings about the first attack that reads gradients: the diagnosis, one sentence for each result.
pub(super) fn findings(spec: &AttackSpec, outcomes: &[Outcome]) -> Findings {
    let most = outcomes.iter().filter(|outcome| outcome.queries > 0).max_by_key(|o| o.queries);
    let Some(outcome) = most.filter(|o| o.point.votes() == Votes::ONE) else {
        return Findings::default();
    };
    let gradients = outcome.queries.min(100_000) as u32;
    let Ok(diagnosis) = diagnose(&outcome.point, gradients) else { return Findings::default() };
    let lines = sentences(&diagnosis, gradients, ENOUGH);
    let record = serde_json::json!({
        "gradients": gradients,
        "sign_match": diagnosis.signs.right,
        "strongest": diagnosis.strongest.value,
        "pgd": {"steps": diagnosis.pgd.steps, "adversarial_accuracy": diagnosis.pgd.adversarial.value},
        "eot": {
            "steps": diagnosis.eot.steps, "eot": diagnosis.eot.eot,
            "adversarial_accuracy": diagnosis.eot.adversarial.value,
        },
        "ceiling_of_reach": diagnosis.ceiling.map(|ceiling| ceiling.value),
        "defense": spec.defense.to_string(),
    });
    Findings { lines, record }
}

/// Returns the diagnosis in words.
#[must_use]
pub fn sentences(diagnosis: &Diagnosis, gradients: u32, enough: f64) -> Vec<String> {
    let Diagnosis { signs, strongest, pgd, eot, ceiling } = diagnosis;
    let stays = match signs.zero > 0.0 {
        true => format!(" (and 0 with {:.4})", signs.zero),
        false => String::new(),
    };
    let mut first =
        format!("the sign of one gradient is right with probability {:.4}{stays}", signs.right);
    // The law of weak signals: δ = p − ½, with half of the probability of 0 added to p.
    let drift = signs.right + 0.5 * signs.zero - 0.5;
    if drift <= 0.0 {
        first += ", so that steps along single gradients lead nowhere";
    } else if signs.zero == 0.0 && drift < WEAK {
        let (known, needed) = (f64::from(gradients) * drift * drift, sufficient(0.05));
        first += &format!(
            "; N(p − ½)² = {known:.3} at N = {gradients} gradients, and {needed:.2} are enough to miss at most 5 % of ε"
        );
    }
    let gap = pgd.adversarial.value - strongest.value;
    let gain = pgd.adversarial.value - eot.adversarial.value;
    let verdict = match diagnosis.suffices(enough) {
        true => "which suffices: the randomness does not make EOT necessary",
        false => "which does not suffice at this budget",
    };
    let second = format!(
        "PGD without EOT, {gradients} steps of the best size, leaves an adversarial accuracy of {:.4}, within {gap:.4} of the \
         strongest fixed move's {:.4}, {verdict} (enough is {})",
        pgd.adversarial.value,
        strongest.value,
        short(enough)
    );
    let most = match ceiling {
        Some(ceiling) => {
            format!(
                "; no attack that reads as many reaches beyond {:.4} ε (Neyman–Pearson)",
                ceiling.value
            )
        }
        None => String::new(),
    };
    let steps = match eot.steps {
        1 => "1 step".to_owned(),
        k => format!("{k} steps"),
    };
    let third = format!(
        "EOT gains at most {gain:.4} at {gradients} gradients, with {} in each of {steps} (reach {:.4} against {:.4}){most}",
        eot.eot, eot.reach, pgd.reach
    );
    vec![first, second, third]
}

/// The largest p − ½ for which the law of weak signals is shown.
const WEAK: f64 = 0.25;

/// Returns notes on the rows without exact values, with the reasons.
pub(super) fn notes(outcomes: &[Outcome], _: &Table) -> Vec<String> {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for unknown in outcomes.iter().filter_map(|outcome| outcome.rates.adversarial.as_ref().err()) {
        match reasons.iter_mut().find(|(reason, _)| *reason == unknown.0) {
            Some((_, count)) => *count += 1,
            None => reasons.push((unknown.0, 1)),
        }
    }
    let of = outcomes.len();
    let say = |(reason, count): (&str, usize)| {
        format!(
            "{count} of {of} rows have no exact adversarial accuracy ({reason}): the simulation stands alone, bounded by the optimum"
        )
    };
    reasons.into_iter().map(say).collect()
}
