//! A run on the command line before its first sample: its question, its plan, and its folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use clap::ArgMatches;
use clap::parser::ValueSource;
use serde_json::{Map, Value};
use task::range::Count;
use task::spec::{Parameter, Spec, SpecError, apply, text};

use super::ask::AskVerb;
use super::flags::{Output, given};
use super::say;
use super::spec_file::SpecFile;
use crate::experiment::{ExactRow, Experiment, Kind};
use crate::experiments::KINDS;
use crate::run::checkpoint::{COUNTS_FILE, CountsError};
use crate::run::output_dir::OutputDir;
use crate::run::publish::{RECORD_FILE, chart_files, charts, table_files};
use crate::run::run_dir::{RunDir, quoted};
use crate::run::{Answer, Campaign, Plan};
use crate::table::text::thousands;

/// The work to be done, and the destination of the answer.
pub(super) struct Begun {
    pub(super) work: Work,
    pub(super) home: Option<RunDir>,
    pub(super) resumed: bool,
}

pub(super) enum Work {
    /// An answer without samples.
    Exact(Arc<dyn Experiment>),
    /// A run, which may already have samples.
    Run(Box<Campaign>),
}

/// The default limit on the samples of a run that stops at a precision.
const MOST_SAMPLES: u64 = 1_000_000_000_000;

/// Returns the name of the flag for samples, in place of that of the plan's parameter.
fn flag_of(parameter: &Parameter, kind: &Kind) -> String {
    match parameter.name {
        "samples" => task::spec::flag(kind.plan.samples_flag),
        _ => parameter.flag(),
    }
}

/// Returns the question and the plan of a command line: the defaults, overridden by a file, overridden by the flags.
pub(super) fn asked(verb: &AskVerb, matches: &ArgMatches) -> Result<(Box<dyn Spec>, Plan)> {
    let mut spec = (verb.kind.spec)();
    let usual = verb.usual.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
    apply(spec.as_mut(), &Value::Object(usual.collect::<Map<_, _>>()), Path::new(""))?;
    let mut plan = Plan::usual(verb.kind);
    let mut samples_asked = verb.samples && matches.contains_id("samples");
    if let Some(path) = matches.get_one::<PathBuf>("spec") {
        let file = SpecFile::read(path)?;
        file.apply(verb.kind, spec.as_mut(), &mut plan)?;
        samples_asked |= file.asks_samples();
    }
    let flags = given(spec.parameters(), matches)?;
    apply(spec.as_mut(), &Value::Object(flags), Path::new(""))?;
    apply_plan(&mut plan, matches, verb.kind)?;
    if plan.precision.is_some() && !samples_asked {
        plan.samples = Count::of(MOST_SAMPLES).unwrap_or(plan.samples);
    }
    (verb.check)(matches, spec.as_ref())?;
    say_without_effect(matches, spec.as_ref());
    say_idle(matches, spec.as_ref(), &(verb.idle)(spec.as_ref()));
    Ok((spec, plan))
}

/// The parameters that only one stage uses.
const OF_STAGES: [(&str, &str); 2] = [("threshold", "defended"), ("votes", "voted")];

/// Warns about a flag that has no effect because its stage is not asked for.
fn say_without_effect(matches: &ArgMatches, spec: &dyn Spec) {
    let has = |name: &str| spec.parameters().iter().any(|parameter| parameter.name == name);
    if !has("stages") {
        return;
    }
    let stages = text(spec, "stages");
    for (name, stage) in OF_STAGES.into_iter().filter(|(name, _)| has(name)) {
        let given = matches.value_source(name) == Some(ValueSource::CommandLine);
        if given && !stages.split(',').any(|asked| asked == stage) {
            let value = text(spec, name);
            say(&format!(
                "--{name} {value} changes nothing without the stage {stage}: add it to --stages, or leave --{name} out"
            ));
        }
    }
}

/// Says which of these parameters were given as flags though they change nothing.
pub(super) fn say_idle(matches: &ArgMatches, spec: &dyn Spec, idle: &[(&'static str, &str)]) {
    let given = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
    for (name, why) in idle.iter().filter(|(name, _)| given(name)) {
        let flag = task::spec::flag(name);
        say(&format!("{flag} {} changes nothing {why}: leave {flag} out", text(spec, name)));
    }
}

/// Sets what was given of a plan.
fn apply_plan(plan: &mut Plan, matches: &ArgMatches, kind: &Kind) -> Result<()> {
    let flags = given(Plan::PARAMETERS, matches)?;
    let renamed = |error| match error {
        SpecError::Unreadable { flag, message } if flag == "--samples" => {
            SpecError::Unreadable { flag: task::spec::flag(kind.plan.samples_flag), message }
        }
        error => error,
    };
    Ok(apply(plan, &Value::Object(flags), Path::new("")).map_err(renamed)?)
}

impl Begun {
    /// Begins a run, or takes up the one in a folder.
    pub(super) fn of(verb: &AskVerb, matches: &ArgMatches, output: &Output) -> Result<Self> {
        let resume = matches.try_get_one::<PathBuf>("resume").ok().flatten();
        if let Some(folder) = resume {
            return take_up(folder, verb, matches, output);
        }
        let (spec, plan) = asked(verb, matches)?;
        let experiment: Arc<dyn Experiment> = (verb.kind.new)(spec.as_ref())?.into();
        let flag = task::spec::flag(verb.kind.plan.samples_flag);
        if !verb.samples || plan.samples.get() == 0 {
            if verb.samples && verb.kind.plan.least > 0 {
                return Err(anyhow!(
                    "{flag} 0 is not possible: write a whole number of at least 1"
                ));
            }
            let time = matches.try_contains_id("time").unwrap_or(false);
            let given = [
                ("--shard", plan.shard.is_some()),
                ("--precision", plan.precision.is_some()),
                ("--time", time),
            ];
            if let Some((other, _)) = given.iter().find(|(_, given)| *given && verb.samples) {
                return Err(anyhow!("{other}: {flag} 0 draws nothing; write how many, as in 1e9"));
            }
            let files = files(experiment.as_ref(), false);
            let home = open(output, verb.fresh, &files)?;
            return Ok(Self { work: Work::Exact(experiment), home, resumed: false });
        }
        let shard = plan.shard;
        let campaign = Campaign::new(Arc::clone(&experiment), plan)?;
        if let Some(shard) = shard.filter(|_| campaign.whole().is_empty()) {
            return Err(anyhow!(
                "--shard {shard}: {} samples are {} batches, and none is left for this share; write fewer shares",
                campaign.samples(),
                campaign.batch_count()
            ));
        }
        let home = open(output, verb.fresh, &files(experiment.as_ref(), true))?;
        if let (Some(shard), None) = (shard, &home) {
            return Err(anyhow!(
                "--shard {shard} needs a folder to be merged from: name one with -o"
            ));
        }
        Ok(Self { work: Work::Run(Box::new(campaign)), home, resumed: false })
    }

    /// Returns the experiment that answers.
    pub(super) fn experiment(&self) -> Arc<dyn Experiment> {
        match &self.work {
            Work::Exact(experiment) => Arc::clone(experiment),
            Work::Run(campaign) => Arc::clone(campaign.experiment()),
        }
    }

    /// Returns a short description of the samples to be drawn.
    pub(super) fn planned(&self) -> String {
        let Work::Run(campaign) = &self.work else {
            return "0 samples".to_owned();
        };
        let most = if campaign.precision().is_some() { "at most " } else { "" };
        let (samples, seed) = (thousands(campaign.samples()), campaign.plan().seed.0);
        let what = campaign.experiment().kind().plan.samples_flag;
        let mut text = format!("{most}{samples} {what}, seed {seed}");
        if let Some(shard) = campaign.shard() {
            text +=
                &format!(", of which share {shard} has {}", thousands(campaign.whole_samples()));
        }
        if self.resumed {
            text += &format!(", {} of them done", thousands(campaign.drawn()));
        }
        text
    }
}

/// Returns the files of a run that are known before anything is answered.
pub(super) fn files(experiment: &dyn Experiment, sampled: bool) -> Vec<String> {
    let rows = (experiment.kind().schema)().file;
    let mut files = vec![format!("{rows}.csv"), RECORD_FILE.to_owned()];
    if sampled {
        files.push(COUNTS_FILE.to_owned());
    }
    files.extend(experiment.files().into_iter().map(|(name, _)| name.to_owned()));
    files
}

/// Returns the tables and charts that there will be, as the exact values determine; fails if one of their files is in
/// the way. So a file in the way is found before the long part of the work.
pub(super) fn foreseen(
    experiment: &dyn Experiment,
    exact: &[ExactRow],
    home: &RunDir,
    with_charts: bool,
) -> Result<Vec<String>> {
    let answer = Answer::exact(experiment, exact)?;
    let mut files = table_files(&answer.tables);
    if with_charts {
        let figures = charts(experiment.kind(), &answer)?;
        files.extend(figures.iter().flat_map(|figure| chart_files(&figure.name)));
    }
    files.iter().try_for_each(|file| home.folder().expect_free(file))?;
    Ok(files)
}

/// Returns the folder of `-o`, or a fresh one of this name, after checking that these files can be written; `None` if
/// neither is named.
pub(super) fn open(
    output: &Output,
    fresh: Option<&str>,
    files: &[String],
) -> Result<Option<RunDir>> {
    let folder = match (&output.folder, fresh) {
        (Some(path), _) => {
            OutputDir::open(path, output.force).map_err(|error| anyhow!("-o {error}"))?
        }
        (None, Some(stem)) => OutputDir::fresh(stem)?,
        (None, None) => return Ok(None),
    };
    let home = held(folder)?;
    let counts = home.folder().path().join(COUNTS_FILE);
    if !output.force && files.iter().any(|file| file == COUNTS_FILE) && counts.exists() {
        return Err(anyhow!(
            "{} exists: go on with that run by --resume {}, name another folder with -o, or write over it with --force",
            counts.display(),
            quoted(home.folder().path())
        ));
    }
    files.iter().try_for_each(|file| home.folder().expect_free(file))?;
    Ok(Some(home))
}

fn held(folder: OutputDir) -> Result<RunDir> {
    let home = RunDir::of(folder)?;
    if !home.is_held() {
        let folder = home.folder().path().display();
        say(&format!("{folder} knows no locks: see to it that no other run writes into it"));
    }
    Ok(home)
}

/// Takes up the run in a folder; the flags may be given again as they were.
fn take_up(path: &Path, verb: &AskVerb, matches: &ArgMatches, output: &Output) -> Result<Begun> {
    if let Some(other) = output.folder.as_ref().filter(|other| other.as_path() != path) {
        return Err(anyhow!(
            "-o {}: --resume goes on in its own folder, {}; leave -o out",
            other.display(),
            path.display()
        ));
    }
    if !path.join(COUNTS_FILE).is_file() {
        return Err(anyhow!("--resume: {}", CountsError::Missing(path.to_owned())));
    }
    let folder = OutputDir::open(path, true).map_err(|error| anyhow!("--resume {error}"))?;
    let home = held(folder).context("--resume")?;
    let mut campaign =
        Campaign::load(path, None, KINDS).map_err(|error| anyhow!("--resume: {error}"))?;
    let kind = campaign.experiment().kind();
    if kind.name != verb.kind.name {
        return Err(anyhow!(
            "--resume: {} is of a run of gauss-sim {}; use that verb",
            path.display(),
            kind.verbs
        ));
    }
    let (mut spec, mut plan) = (campaign.experiment().spec().boxed(), campaign.plan().clone());
    if let Some(file) = matches.get_one::<PathBuf>("spec") {
        SpecFile::read(file)?.apply(verb.kind, spec.as_mut(), &mut plan)?;
    }
    let flags = given(spec.parameters(), matches)?;
    apply(spec.as_mut(), &Value::Object(flags), Path::new(""))?;
    apply_plan(&mut plan, matches, verb.kind)?;
    let other = |parameter: &Parameter, now: &dyn Spec, then: &dyn Spec| {
        let (name, flag) = (parameter.name, flag_of(parameter, kind));
        if parameter.positional {
            return anyhow!(
                "{flag}: it is not that of the run in {}; leave it out",
                path.display()
            );
        }
        let [now, then] = [now, then].map(|spec| text(spec, name));
        let then = if then.is_empty() { "none".to_owned() } else { then };
        anyhow!("{flag} {now}: the run in {} has {then}; leave {flag} out", path.display())
    };
    let was = campaign.experiment().spec();
    if let Some(parameter) = was.difference(spec.as_ref()) {
        return Err(other(parameter, spec.as_ref(), was));
    }
    (verb.check)(matches, was)?;
    let samples = plan.samples;
    plan.samples = campaign.plan().samples;
    if let Some(parameter) = Spec::difference(campaign.plan(), &plan) {
        return Err(other(parameter, &plan, campaign.plan()));
    }
    let flag = task::spec::flag(kind.plan.samples_flag);
    campaign.extend(samples).map_err(|error| anyhow!("{flag} {samples}: {error}"))?;
    Ok(Begun { work: Work::Run(Box::new(campaign)), home: Some(home), resumed: true })
}
