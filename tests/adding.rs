//! The worked example of `docs/adding-an-experiment.md` gets what every kind of experiment gets.

#[path = "../examples/adding_an_experiment.rs"]
#[allow(dead_code, unreachable_pub)] // it is a program of its own, too
mod example;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use engine::sampler::{Drawing, Sampler};
use example::{Coin, CoinSpec, KIND};
use gauss_sim::experiment::{ExactRow, Experiment, Kind, SampledRow, Tally, Watch, kind_of_header};
use gauss_sim::experiments::KINDS;
use gauss_sim::run::merge::Merger;
use gauss_sim::run::plan::{Shard, Width};
use gauss_sim::run::{Answer, Campaign, End, Limits, Means, Plan, answer};
use gauss_sim::table::{csv, format, text::Script};
use task::range::Count;
use task::spec::{Spec, SpecError};

const SAMPLES: u64 = 35_000;

fn coin() -> Coin {
    Coin(CoinSpec::default())
}

fn plan(shard: Option<Shard>) -> Plan {
    Plan { samples: Count::of(SAMPLES).expect("a count"), shard, ..Plan::usual(&KIND) }
}

fn drawn(plan: Plan, stop: bool) -> Campaign {
    let mut campaign = Campaign::new(Arc::new(coin()), plan).expect("a run");
    draw(&mut campaign, stop);
    campaign
}

fn draw(campaign: &mut Campaign, stop: bool) -> End {
    let stop = AtomicBool::new(stop);
    let limits = Limits { stop: &stop, time: None, checkpoint_every: Duration::MAX };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    pool.install(|| campaign.draw(Means::default(), limits, &mut |_| (), &|_| ())).expect("an end")
}

#[test]
fn it_has_a_table_a_file_a_verdict_and_a_chart() {
    let found = answer(Box::new(coin()), &plan(None)).expect("an answer");
    let verdict = found.verdict.as_ref().expect("a verdict");
    assert!(verdict.agree && verdict.rows == 5 && verdict.detectable < 0.05, "{verdict:?}");
    let rows = found.rows();
    let written = csv::write(rows).expect("CSV");
    let header = csv::header(&written).expect("a header");
    let columns = "q label clean_accuracy samples clean_correct mc_clean_accuracy mc_clean_low mc_clean_high p_value agrees";
    assert_eq!(header.join(" "), columns);
    let columns = rows.columns().to_vec();
    assert!(csv::read("rows", columns, &written).expect("the same rows") == *rows);
    let kinds: Vec<&'static Kind> = KINDS.iter().copied().chain([&KIND]).collect();
    assert_eq!(kind_of_header(&kinds, &header).expect("a kind").name, "coin");
    let schema = (KIND.schema)();
    let lines = format::lines(&schema, rows, Script::Unicode, None);
    assert_eq!((lines.rows.len(), lines.rows[0].len()), (5, 3));
    let json = format::json_text(&found.record, &found.tables).expect("JSON");
    assert!(json.contains("\"experiment\": \"coin\"") && json.contains("\"q\": \"0..1/5\""));
    let charts = (KIND.charts)(&found.tables, None).expect("charts");
    assert!(charts[0].picture.render().expect("a drawing").svg().contains("clean accuracy"));
}

/// A sampler that is off by 2 % in one of its rows is noticed.
#[test]
fn a_wrong_formula_is_noticed() {
    let mut exact = gauss_sim::experiment::Experiment::exact(&coin(), &()).expect("exact values");
    let value = exact[2].rates[0].value.as_mut().expect("a value");
    value.value -= 0.02;
    let campaign = drawn(plan(None), false);
    let answer = Answer::judged(&campaign, &exact, Means::default(), None).expect("rows");
    assert!(!answer.verdict.as_ref().expect("a verdict").agree && !answer.agrees());
}

/// A kind that leaves something out of what was counted.
struct Leaves(Coin, Leave);

type Leave = fn(&mut Vec<SampledRow>);

impl Experiment for Leaves {
    fn kind(&self) -> &'static Kind {
        self.0.kind()
    }

    fn spec(&self) -> &dyn Spec {
        self.0.spec()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn exact(&self, watch: &dyn Watch) -> Result<Vec<ExactRow>, SpecError> {
        self.0.exact(watch)
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        self.0.sampler(drawing)
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let mut rows = self.0.sampled(tally);
        (self.1)(&mut rows);
        rows
    }

    fn caption(&self) -> String {
        self.0.caption()
    }
}

#[test]
fn what_was_not_counted_is_no_agreement() {
    let leaves: [(Leave, &str); 4] = [
        (Vec::clear, "rows: 0 rows have counts, and 5 are asked for"),
        (|rows| rows.truncate(4), "rows: 4 rows have counts, and 5 are asked for"),
        (|rows| rows.extend(rows.first().cloned()), "6 rows have counts, and 5 are asked for"),
        (|rows| rows[2].counts.clear(), "row 3 has 0 counts in place of 1"),
    ];
    for (leave, message) in leaves {
        let found = answer(Box::new(Leaves(coin(), leave)), &plan(None));
        let error = found.expect_err("no answer").to_string();
        assert!(error.contains(message), "{error}");
    }
    // Nor is it as precise as one may wish.
    let precision = Some(Width(0.5));
    let plan = Plan { precision, ..plan(None) };
    let mut campaign = Campaign::new(Arc::new(Leaves(coin(), Vec::clear)), plan).expect("a run");
    assert_eq!(draw(&mut campaign, false), End::Complete);
}

#[test]
fn a_kind_answers_no_question_of_another() {
    for (kind, other) in KINDS.iter().flat_map(|kind| KINDS.iter().map(move |other| (kind, other)))
    {
        let error = (kind.new)((other.spec)().as_ref()).err().map(|error| error.to_string());
        let refused = error.is_some_and(|error| error.contains("ask the kind that it names"));
        assert_eq!(refused, kind.name != other.name, "{} and {}", kind.name, other.name);
    }
}

#[test]
fn it_is_stopped_resumed_shared_out_and_merged_to_the_same_counts() {
    let whole = drawn(plan(None), false);
    // Stopped after its first round, kept as a file, read again, and continued.
    let stopped = drawn(plan(None), true);
    assert!((1..SAMPLES).contains(&stopped.drawn()), "{}", stopped.drawn());
    let kept = stopped.to_json().expect("JSON");
    let path = Path::new("kept/counts.json");
    let mut resumed =
        Campaign::from_bytes(kept.as_bytes(), path, None, &[&KIND]).expect("the same run");
    assert_eq!(draw(&mut resumed, false), End::Complete);
    assert_eq!(resumed.counts(), whole.counts());
    let damaged = kept.replacen("\"q\":\"0..1/5\"", "\"q\":\"0..1/4\"", 1);
    assert!(Campaign::from_bytes(damaged.as_bytes(), path, None, &[&KIND]).is_err());
    // Shared out and added up.
    let share = |number| drawn(plan(Some(Shard::new(number, 3).expect("a share"))), false);
    let mut merger = Merger::new("one".to_owned(), share(1));
    merger.add("three".to_owned(), &share(3)).expect("a share");
    merger.add("two".to_owned(), &share(2)).expect("a share");
    assert_eq!(merger.finish(false).expect("the whole run").counts(), whole.counts());
}

/// The book has the example as it is compiled here.
#[test]
fn the_book_shows_this_example() {
    let book = include_str!("../docs/adding-an-experiment.md");
    let code = include_str!("../examples/adding_an_experiment.rs");
    assert!(book.contains(code), "copy examples/adding_an_experiment.rs into the book");
    let code =
        code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    assert!(code.count() < 150, "an example is short");
}
