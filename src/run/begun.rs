//! A run from its plan to its answer: its folder, where it has one, and its samples.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use task::spec::{Parameter, Spec, flag, text};
use web_time::Instant;

use super::answer::Answer;
use super::asked::Asked;
use super::campaign::{Campaign, End};
use super::checkpoint::{COUNTS_FILE, CountsError};
use super::output_dir::OutputDir;
use super::plan::Plan;
use super::publish::{RECORD_FILE, chart_files, charts, table_files};
use super::rounds::{Limits, Means};
use super::run_dir::{RunDir, quoted};
use crate::experiment::{ExactRow, Experiment, Kind};

/// What is to be done, and where the answer goes.
pub struct Begun {
    /// What is to be done.
    pub work: Work,
    /// The folder.
    pub home: Option<RunDir>,
    /// Whether it was begun before.
    pub resumed: bool,
}

/// What is to be done.
pub enum Work {
    /// Nothing is drawn.
    Exact(Arc<dyn Experiment>),
    /// A run, begun or not.
    Run(Box<Campaign>),
}

/// The folder that results are to go to.
#[derive(Debug, Clone, Default)]
pub struct Place<'a> {
    /// Its path.
    pub path: Option<&'a Path>,
    /// The name of a fresh one where no path is given; `None` where there is to be none then.
    pub fresh: Option<&'a str>,
    /// Whether files that are there are written over.
    pub force: bool,
}

/// What came of a run.
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Everything was there already.
    pub current: bool,
    /// Why it came to an end; `None` where nothing was drawn.
    pub end: Option<End>,
}

/// What watches over a run while it is drawn.
#[derive(Clone, Copy)]
pub struct Watched<'a> {
    /// When to stop.
    pub limits: Limits<'a>,
    /// Is told of each batch that is done, with its samples.
    pub done: &'a (dyn Fn(u64) + Sync),
    /// Is told, once, that the counts could not be kept; the run goes on and tries again.
    pub trouble: &'a (dyn Fn(&str) + Sync),
}

impl Begun {
    /// Begins a run; without samples, or where the plan has none, there are exact values alone. `time` says whether a time
    /// limit was given.
    pub fn new(
        kind: &'static Kind,
        (spec, plan): (&dyn Spec, Plan),
        samples: bool,
        time: bool,
        place: &Place<'_>,
    ) -> Result<Self> {
        let experiment: Arc<dyn Experiment> = (kind.new)(spec)?.into();
        let flag = flag(kind.plan.samples_flag);
        if !samples || plan.samples.get() == 0 {
            if samples && kind.plan.least > 0 {
                return Err(anyhow!(
                    "{flag} 0 is not possible: write a whole number of at least 1"
                ));
            }
            let given = [
                ("--shard", plan.shard.is_some()),
                ("--precision", plan.precision.is_some()),
                ("--time", time),
            ];
            if let Some((other, _)) = given.iter().find(|(_, given)| *given && samples) {
                return Err(anyhow!("{other}: {flag} 0 draws nothing; write how many, as in 1e9"));
            }
            let home = open(place, &files(experiment.as_ref(), false))?;
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
        let home = open(place, &files(experiment.as_ref(), true))?;
        if let (Some(shard), None) = (shard, &home) {
            return Err(anyhow!(
                "--shard {shard} needs a folder to be merged from: name one with -o"
            ));
        }
        Ok(Self { work: Work::Run(Box::new(campaign)), home, resumed: false })
    }

    /// Takes up the run in a folder, of which what was asked may be given again as it was; `check` refuses what does not
    /// go with its question.
    pub fn take_up(
        path: &Path,
        asked: &Asked<'_>,
        output: Option<&Path>,
        check: &dyn Fn(&dyn Spec) -> Result<()>,
    ) -> Result<Self> {
        if let Some(other) = output.filter(|other| *other != path) {
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
        let home = RunDir::of(folder).context("--resume")?;
        let mut campaign = Campaign::load(path, None, asked.kinds)
            .map_err(|error| anyhow!("--resume: {error}"))?;
        let kind = campaign.experiment().kind();
        if kind.name != asked.kind.name {
            return Err(anyhow!(
                "--resume: {} is of a run of gauss-sim {}; use that verb",
                path.display(),
                kind.verbs
            ));
        }
        let (mut spec, mut plan) = (campaign.experiment().spec().boxed(), campaign.plan().clone());
        asked.set(spec.as_mut(), &mut plan)?;
        let was = campaign.experiment().spec();
        if let Some(parameter) = was.difference(spec.as_ref()) {
            return Err(other(path, kind, parameter, spec.as_ref(), was));
        }
        check(was)?;
        let samples = plan.samples;
        plan.samples = campaign.plan().samples;
        if let Some(parameter) = Spec::difference(campaign.plan(), &plan) {
            return Err(other(path, kind, parameter, &plan, campaign.plan()));
        }
        let flag = flag(kind.plan.samples_flag);
        campaign.extend(samples).map_err(|error| anyhow!("{flag} {samples}: {error}"))?;
        Ok(Self { work: Work::Run(Box::new(campaign)), home: Some(home), resumed: true })
    }

    /// What answers.
    #[must_use]
    pub fn experiment(&self) -> Arc<dyn Experiment> {
        match &self.work {
            Work::Exact(experiment) => Arc::clone(experiment),
            Work::Run(campaign) => Arc::clone(campaign.experiment()),
        }
    }

    /// The run, if samples are drawn.
    #[must_use]
    pub fn campaign(&self) -> Option<&Campaign> {
        match &self.work {
            Work::Exact(_) => None,
            Work::Run(campaign) => Some(campaign),
        }
    }

    /// What there is to say of the folder before anything is done.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.home.as_ref().and_then(unlocked).into_iter().collect()
    }

    /// Draws what is to be drawn and compares, on rayon's current pool. The counts are in the folder when this
    /// returns.
    pub fn answer(
        &mut self,
        exact: &[ExactRow],
        means: Means,
        watched: Watched<'_>,
    ) -> Result<Answered> {
        let start = Instant::now();
        let home = self.home.as_ref();
        let campaign = match &mut self.work {
            Work::Exact(experiment) => {
                let mut answer = Answer::exact(experiment.as_ref(), exact)?;
                answer.record.wall_seconds = start.elapsed().as_secs_f64();
                return Ok(Answered { answer, current: false, end: None });
            }
            Work::Run(campaign) => campaign,
        };
        let there = self.resumed.then(|| campaign.ended()).flatten();
        let end = match there {
            Some(end) => end,
            None => draw(campaign, home, means, watched)?,
        };
        let mut answer = Answer::judged(campaign, exact, means, Some(end))?;
        answer.record.wall_seconds = start.elapsed().as_secs_f64();
        let current = match (there, home) {
            (Some(_), Some(home)) => home.is_current(&answer, &campaign.experiment().files())?,
            _ => false,
        };
        Ok(Answered { answer, current, end: Some(end) })
    }
}

/// A parameter that the run in a folder has another value of.
fn other(
    path: &Path,
    kind: &Kind,
    parameter: &Parameter,
    now: &dyn Spec,
    then: &dyn Spec,
) -> anyhow::Error {
    let name = parameter.name;
    let flag = match name {
        "samples" => flag(kind.plan.samples_flag),
        _ => parameter.flag(),
    };
    if parameter.positional {
        return anyhow!("{flag}: it is not that of the run in {}; leave it out", path.display());
    }
    let [now, then] = [now, then].map(|spec| text(spec, name));
    let then = if then.is_empty() { "none".to_owned() } else { then };
    anyhow!("{flag} {now}: the run in {} has {then}; leave {flag} out", path.display())
}

/// Draws until an end comes, keeping the counts now and then and at the end.
fn draw(
    campaign: &mut Campaign,
    home: Option<&RunDir>,
    means: Means,
    watched: Watched<'_>,
) -> Result<End> {
    if let Some(home) = home {
        // Before the work: what cannot be written even once would have nowhere to go.
        home.begin(campaign)?;
    }
    let mut said = false;
    let mut keep = |campaign: &Campaign| {
        let kept = home.map_or(Ok(()), |home| home.checkpoint(campaign));
        match kept {
            Err(error) if !said => {
                said = true;
                let line =
                    format!("{error:#}; the run goes on and tries again, and says no more of it");
                (watched.trouble)(&line);
            }
            _ => {}
        }
    };
    let end = campaign.draw(means, watched.limits, &mut keep, watched.done)?;
    if let Some(home) = home {
        home.checkpoint(campaign).with_context(|| {
            format!(
                "the counts as last kept are still there: make room, and go on with --resume {}",
                quoted(home.folder().path())
            )
        })?;
    }
    Ok(end)
}

/// The files of a run that are known before anything is answered.
#[must_use]
pub fn files(experiment: &dyn Experiment, sampled: bool) -> Vec<String> {
    let rows = (experiment.kind().schema)().file;
    let mut files = vec![format!("{rows}.csv"), RECORD_FILE.to_owned()];
    if sampled {
        files.push(COUNTS_FILE.to_owned());
    }
    files.extend(experiment.files().into_iter().map(|(name, _)| name.to_owned()));
    files
}

/// The tables and charts that there will be, as the exact values say; fails where one is in the way. So a file in the way
/// is found before the long part of the work, not after it. `campaign` is the run, if samples are drawn.
pub fn foreseen(
    experiment: &dyn Experiment,
    campaign: Option<&Campaign>,
    exact: &[ExactRow],
    home: &RunDir,
    with_charts: bool,
) -> Result<Vec<String>> {
    let answer = Answer::exact(experiment, exact)?;
    let mut files = table_files(&answer.tables);
    let again = campaign.and_then(|campaign| experiment.recounted(&campaign.tally()));
    files.extend(again.map(|again| format!("{}.csv", again.table)));
    if with_charts {
        let figures = charts(experiment.kind(), &answer)?;
        files.extend(figures.iter().flat_map(|figure| chart_files(&figure.name)));
    }
    files.iter().try_for_each(|file| home.folder().expect_free(file))?;
    Ok(files)
}

/// The folder of a place, known to take these files; `None` if it names none.
pub fn open(place: &Place<'_>, files: &[String]) -> Result<Option<RunDir>> {
    let folder = match (place.path, place.fresh) {
        (Some(path), _) => {
            OutputDir::open(path, place.force).map_err(|error| anyhow!("-o {error}"))?
        }
        (None, Some(stem)) => OutputDir::fresh(stem)?,
        (None, None) => return Ok(None),
    };
    let home = RunDir::of(folder)?;
    let counts: PathBuf = home.folder().path().join(COUNTS_FILE);
    if !place.force && files.iter().any(|file| file == COUNTS_FILE) && counts.exists() {
        return Err(anyhow!(
            "{} exists: go on with that run by --resume {}, name another folder with -o, or write over it with --force",
            counts.display(),
            quoted(home.folder().path())
        ));
    }
    files.iter().try_for_each(|file| home.folder().expect_free(file))?;
    Ok(Some(home))
}

/// Says that nothing keeps another run out of a folder, where that is so.
#[must_use]
pub fn unlocked(home: &RunDir) -> Option<String> {
    let folder = home.folder().path().display();
    (!home.is_held())
        .then(|| format!("{folder} knows no locks: see to it that no other run writes into it"))
}
