//! Flags made from the parameters of a question or of a plan, and flags that several verbs share.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use clap::builder::PossibleValuesParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use engine::Kernel;
use engine::dispatch::Level;
use rayon::ThreadPool;
use serde_json::{Map, Value};
use task::range::quote;
use task::spec::{Parameter, Word};

use super::say;
use crate::experiment::Planner;
use crate::run::plan::{LONG_RUNS, SIMULATION};
use crate::run::{Means, limits};
use crate::table::format::Format;

/// The heading of flags about files.
const OUTPUT: &str = "The output";

/// Returns the flag of a parameter with this default; there is no default if it is empty.
pub(super) fn parameter(parameter: &Parameter, usual: &'static str) -> Arg {
    let mut arg = Arg::new(parameter.name)
        .value_name(parameter.placeholder)
        .help(parameter.help)
        .allow_negative_numbers(true);
    if parameter.positional {
        return arg;
    }
    arg = arg.long(parameter.name.replace('_', "-"));
    if !parameter.long_help.is_empty() {
        arg = arg.long_help(format!("{}. {}", parameter.help, parameter.long_help));
    }
    if !parameter.heading.is_empty() {
        arg = arg.help_heading(parameter.heading);
    }
    // A range may begin with a minus that is not that of a number: -1..1.
    if matches!(parameter.placeholder, "RANGE" | "NUMBER") {
        arg = arg.allow_hyphen_values(true);
    }
    // A switch: its name alone means true.
    if parameter.placeholder == "true|false" {
        arg = arg.num_args(0..=1).require_equals(true).default_missing_value("true");
    }
    if parameter.repeats {
        arg = arg.action(ArgAction::Append);
    }
    if !parameter.words.is_empty() {
        arg = arg.value_parser(PossibleValuesParser::new(parameter.words));
    }
    if usual.is_empty() { arg } else { arg.default_value(usual) }
}

/// The flag of a planner, without its parser.
pub(super) fn planner(planner: &'static Planner) -> Arg {
    Arg::new(planner.name)
        .long(planner.name.replace('_', "-"))
        .value_name(planner.placeholder)
        .allow_hyphen_values(true)
        .conflicts_with_all(planner.without)
        .help(planner.help)
}

/// What was given of these parameters, by name, and nothing of what was not.
pub(super) fn given(parameters: &[Parameter], matches: &ArgMatches) -> Result<Map<String, Value>> {
    let mut given = Map::new();
    for parameter in parameters {
        let name = parameter.name;
        let known = matches.try_contains_id(name).unwrap_or(false);
        if !known || matches.value_source(name) != Some(ValueSource::CommandLine) {
            continue;
        }
        let values = matches.get_many::<String>(name).into_iter().flatten();
        let text = values.cloned().collect::<Vec<_>>().join(",");
        if text.is_empty() && parameter.default.is_empty() {
            let (flag, placeholder) = (parameter.flag(), parameter.placeholder);
            return Err(anyhow!("{flag}: nothing is given: write its {placeholder}; see --help"));
        }
        given.insert(name.to_owned(), Value::from(text));
    }
    Ok(given)
}

/// Returns the flags for the output of rows.
pub(super) fn output() -> [Arg; 4] {
    [
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .help_heading(OUTPUT)
            .value_parser(words::<Format>())
            .help("How rows are printed: table, csv, json, markdown or latex"),
        Arg::new("digits")
            .long("digits")
            .value_name("COUNT")
            .help_heading(OUTPUT)
            .value_parser(digit_count)
            .help("Digits after the point in printed tables [default: as many as intervals tell apart, at most 4 in LaTeX]"),
        folder("Write the results and run.json into this folder, which is made where missing")
            .help_heading(OUTPUT),
        force("Write over files that are there").help_heading(OUTPUT),
    ]
}

fn digit_count(text: &str) -> Result<u64, String> {
    let digits: Option<u64> = text.trim().parse().ok();
    digits.filter(|digits| *digits <= 17).ok_or_else(|| {
        format!("{} is not a number of digits: write a whole number from 0 to 17", quote(text))
    })
}

/// Returns the flag `-o DIR`.
pub(super) fn folder(help: &'static str) -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help(help)
}

/// Returns the flag `--force`.
pub(super) fn force(help: &'static str) -> Arg {
    Arg::new("force").long("force").action(ArgAction::SetTrue).help(help)
}

/// Returns the flag `--no-plots`.
pub(super) fn no_plots() -> Arg {
    Arg::new("no_plots")
        .long("no-plots")
        .action(ArgAction::SetTrue)
        .help_heading(OUTPUT)
        .help("Write tables and run.json, no charts")
}

/// The values of the flags of [`output`].
pub(super) struct Output {
    pub(super) format: Option<Format>,
    pub(super) folder: Option<PathBuf>,
    pub(super) force: bool,
    /// The digits after the point of a printed table; `None` for as many as are significant.
    pub(super) digits: Option<usize>,
}

impl Output {
    pub(super) fn of(matches: &ArgMatches) -> Self {
        let format = matches.try_get_one::<String>("format").ok().flatten();
        Self {
            format: format.and_then(|word| Format::of(word).ok()),
            folder: matches.get_one::<PathBuf>("output").cloned(),
            force: matches.get_flag("force"),
            digits: matches.try_get_one::<u64>("digits").ok().flatten().map(|n| *n as usize),
        }
    }
}

/// Returns a parser of one of several words.
pub(super) fn words<W: Word>() -> PossibleValuesParser {
    PossibleValuesParser::new(W::ALL.iter().map(|word| word.word()))
}

/// Returns the flag `--threads`.
pub(super) fn threads() -> Arg {
    Arg::new("threads")
        .long("threads")
        .value_name("COUNT")
        .allow_negative_numbers(true)
        .value_parser(limits::threads)
        .help("Worker threads; no number depends on it [default: one a core]")
}

/// Runs `work` on a pool of as many threads as [`threads`] says, or of as many as the system grants: on this one alone
/// if need be.
pub(super) fn install<R: Send>(matches: &ArgMatches, work: impl FnOnce() -> R + Send) -> Result<R> {
    // One pool for the whole verb, since this thread can be part of only one.
    static POOL: OnceLock<ThreadPool> = OnceLock::new();
    let pool = match POOL.get() {
        Some(pool) => pool,
        None => {
            let pool = threads_of(matches)?;
            POOL.get_or_init(|| pool)
        }
    };
    Ok(pool.install(work))
}

/// Returns a pool of as many threads as are requested and granted.
fn threads_of(matches: &ArgMatches) -> Result<ThreadPool> {
    let asked = matches.get_one::<NonZeroUsize>("threads").map(|threads| threads.get());
    let wanted = asked.or_else(|| std::thread::available_parallelism().ok().map(NonZeroUsize::get));
    let wanted = wanted.unwrap_or(1);
    let builder = rayon::ThreadPoolBuilder::new;
    let halves = std::iter::successors(Some(wanted), |threads| Some(threads / 2));
    let pool = halves
        .take_while(|threads| *threads > 0)
        .find_map(|threads| builder().num_threads(threads).build().ok());
    let pool = match pool {
        Some(pool) => pool,
        None => builder().num_threads(1).use_current_thread().build()?,
    };
    let threads = pool.current_num_threads();
    if threads < wanted {
        say(&format!(
            "the system grants {threads} of {wanted} threads: it takes longer, and no number depends on it"
        ));
    }
    Ok(pool)
}

/// Returns the flags for the means of drawing, which affect no count.
pub(super) fn means() -> [Arg; 2] {
    [
        Arg::new("engine")
            .long("engine")
            .value_name("ENGINE")
            .help_heading(SIMULATION)
            .default_value("auto")
            .value_parser(PossibleValuesParser::new(["auto", "reference", "simd"]))
            .help("The kernel: the fastest, the scalar reference, or the vectorised one; no count depends on it"),
        Arg::new("instructions")
            .long("instructions")
            .value_name("NAME")
            .hide(true)
            .value_parser(instruction_set)
            .help("The instruction set, for comparing them; no count depends on it"),
    ]
}

/// Returns the means given by the flags of [`means`]; the fastest if none are given.
pub(super) fn means_of(matches: &ArgMatches) -> Means {
    let asked = |name: &str| matches.try_contains_id(name).unwrap_or(false);
    let mut means = Means::default();
    if asked("engine") {
        means.kernel = match matches.get_one::<String>("engine").map(String::as_str) {
            Some("reference") => Kernel::Reference,
            Some("simd") => Kernel::Simd,
            _ => Kernel::default(),
        };
    }
    if asked("instructions") {
        means.level = matches.get_one::<Level>("instructions").copied().unwrap_or(means.level);
    }
    means
}

/// Returns the instruction set of this name, if this machine has it.
fn instruction_set(name: &str) -> Result<Level, String> {
    let available = Level::available();
    available.iter().copied().find(|level| level.name() == name).ok_or_else(|| {
        let names: Vec<&str> = available.iter().map(|level| level.name()).collect();
        format!("{} is not on this machine: write one of {}", quote(name), names.join(", "))
    })
}

/// Returns the flags for how a run is continued and stopped.
pub(super) fn long_runs() -> [Arg; 3] {
    let time = |name: &'static str| {
        Arg::new(name)
            .long(name.replace('_', "-"))
            .value_name("TIME")
            .help_heading(LONG_RUNS)
            .allow_hyphen_values(true)
            .value_parser(limits::time)
    };
    [
        Arg::new("resume")
            .long("resume")
            .value_name("DIR")
            .help_heading(LONG_RUNS)
            .value_parser(value_parser!(PathBuf))
            .help("Go on with the run in this folder, to the same counts as without the stop")
            .long_help(
                "Go on with the run in this folder: its question, seed and samples, to the same counts as without the \
                 stop. Flags may be given again as they were, so that a job can repeat its command line; larger \
                 --samples make the run longer",
            ),
        time("time").help("Stop after this time: 90s, 10m, 2h30m; --resume goes on"),
        time("checkpoint_every")
            .default_value("30s")
            .help("How often the counts are kept in the folder while running"),
    ]
}

/// `--seed` and `--samples` of figures, whose questions are fixed.
pub(super) fn seed() -> Arg {
    Arg::new("seed")
        .long("seed")
        .value_name("NUMBER")
        .default_value("1")
        .allow_negative_numbers(true)
        .value_parser(|text: &str| <crate::run::plan::Seed as task::spec::Parse>::parse(text))
        .help("The seed; the same seed gives the same counts on any machine")
}
