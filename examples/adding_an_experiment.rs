//! A kind of experiment from nothing: a defense that answers at random with probability q, and right or wrong as the
//! undefended classifier does else. `docs/adding-an-experiment.md` explains it line by line.

use engine::sampler::{Drawing, Monitor, Sampler};
use engine::stream::{Purpose, Stream};
use gauss_sim::experiment::{
    Counted, ExactRate, ExactRow, Experiment, Kind, Rate, SampledRow, Schema, Tally, UsualPlan,
    Watch,
};
use gauss_sim::report::{Figure, FigureError};
use gauss_sim::table::{Columnar, Table};
use plots::{Axis, Chart, Line, Points};
use rand::RngExt;
use task::range::Range;
use task::spec::{Spec, SpecError};
use task::{Stage, Task};
use theory::math::bounded::Bounded;

task::spec! {
    /// The question.
    pub struct CoinSpec = "coin" {
        q: Range { default: "0..1/5", placeholder: "RANGE", help: "How often it answers at random" }
    }
}

gauss_sim::columns! {
    /// What a row is about.
    pub struct Keys {
        /// How often it answers at random.
        q: f64 [0.0, 1.0],
    }
}

/// The kind; a line in the register of `src/experiments/mod.rs` makes it known.
pub static KIND: Kind = Kind {
    name: "coin",
    verbs: "coin",
    spec: || Box::new(CoinSpec::default()),
    new: |spec| Ok(Box::new(Coin(gauss_sim::experiments::own(spec)?))),
    schema,
    beside: Vec::new,
    plan: UsualPlan::counted(100_000),
    charts: |tables, _| charts(&tables[0]),
};

fn schema() -> Schema {
    let counted = Counted { stem: "clean", successes: 0, trials: None };
    let about = "P[correct on x], exact; of all samples.";
    Schema {
        file: "rows",
        keys: Keys::columns(),
        rates: vec![Rate {
            name: "clean_accuracy",
            head: "clean",
            about,
            always_known: true,
            counted: Some(counted),
        }],
        counts: vec![gauss_sim::table::Column::new(
            "clean_correct",
            gauss_sim::table::ColumnKind::Count,
            "Of the samples.",
        )],
        found: Vec::new(),
        label: ("q", |row| row.number("q").to_string()),
        variables: Vec::new(),
        shown: Vec::new(),
        shown_behind: Vec::new(),
    }
}

/// A question made ready, on the usual task: x | y ~ N(y, 1).
pub struct Coin(pub CoinSpec);

impl Experiment for Coin {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn spec(&self) -> &dyn Spec {
        &self.0
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn exact(&self, _: &dyn Watch) -> Result<Vec<ExactRow>, SpecError> {
        let margin = Stage::Undefended.margin(&Task::default(), &task::Defense::new(0.0, 0.0)?)?;
        let undefended = theory::accuracy::clean_accuracy(&margin);
        let row = |&q: &f64| {
            let value = Bounded { value: (1.0 - q) * undefended.value + 0.5 * q, ..undefended };
            // Its samples are made of 53 bits.
            let rate = ExactRate { value: Some(value), bias: 1e-15 };
            ExactRow { keys: Keys { q }.cells(), rates: vec![rate] }
        };
        Ok(self.0.q.values().iter().map(row).collect())
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        let (spec, seed, samples) = (self.0.clone(), drawing.seed, drawing.samples);
        Ok(Box::new(Tosses { spec, seed, samples }))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let row = |count: &u64| SampledRow { counts: vec![*count], found: Vec::new() };
        tally.counts.iter().map(row).collect()
    }

    fn caption(&self) -> String {
        format!("answers at random with q = {}", self.0.q)
    }
}

/// Counts, for every q, how many of the same samples are answered correctly.
struct Tosses {
    spec: CoinSpec,
    seed: u64,
    samples: u64,
}

impl Sampler for Tosses {
    fn name(&self) -> &'static str {
        "coin"
    }

    fn batch(&self) -> u64 {
        10_000
    }

    fn tally_len(&self) -> usize {
        self.spec.q.values().len()
    }

    fn count(&self, batches: std::ops::Range<u64>, monitor: &dyn Monitor) -> Option<Vec<u64>> {
        let mut tally = vec![0; self.tally_len()];
        for batch in batches {
            // A real one has a purpose of its own in the stream.
            let mut rng = Stream::new(self.seed, batch, Purpose::SecondDraw).into_rng();
            let size = self.batch().min(self.samples - batch * self.batch());
            for _ in 0..size {
                let z: f64 = rng.sample(rand_distr::StandardNormal);
                let (toss, head): (f64, bool) = (rng.random(), rng.random());
                for (count, q) in tally.iter_mut().zip(self.spec.q.values()) {
                    let correct = if toss < *q { head } else { 1.0 + z > 0.0 };
                    *count += u64::from(correct);
                }
            }
            monitor.counted(size);
        }
        Some(tally)
    }
}

fn charts(table: &Table) -> Result<Vec<Figure>, FigureError> {
    let exact = table.iter().map(|row| (row.number("q"), row.number("clean_accuracy")));
    let counted = table.iter().filter_map(|row| {
        let of = |name: &str| row.maybe(name);
        Some((of("q")?, of("mc_clean_accuracy")?, of("mc_clean_low")?, of("mc_clean_high")?))
    });
    let chart = Chart::new(Axis::linear("q"), Axis::linear("clean accuracy (share of all)"))
        .with(Line::new("clean", exact))
        .with(Points::new("clean", counted));
    Ok(vec![Figure { name: "clean_accuracy_vs_q".to_owned(), picture: chart.into() }])
}

/// Asks the usual question.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let coin = Coin(CoinSpec::default());
    let answer = gauss_sim::run::answer(Box::new(coin), &gauss_sim::run::Plan::usual(&KIND))?;
    print!("{}", gauss_sim::table::format::csv_text(answer.rows())?);
    Ok(())
}
