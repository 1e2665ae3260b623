//! A whole question about attacks.

use serde_json::Value;

use super::choice::{AttackKind, GainScope, Judge, Loss, Start, Subject, Training};
use super::gain::GainDefense;
use super::point::{AttackPoint, Attacker, MAX_EOT, MAX_STEPS};
use super::step::StepSize;
use super::subject::{AttackTask, GainTask, MirrorTask, SpheresTask};
use crate::adversary::Eps;
use crate::data::Task;
use crate::defense::Defense;
use crate::error::EntryError;
use crate::protocol::DrawProtocol;
use crate::range::{Count, RANGE_HELP, Range, VoteList, number};
use crate::spec::{Choice, Choices, Parse, SpecError};

/// One number for all coordinates, or one number per coordinate in the order in which they are written.
#[derive(Debug, Clone, PartialEq)]
pub struct PerCoordinate(pub Vec<f64>);

impl Parse for PerCoordinate {
    fn parse(text: &str) -> Result<Self, String> {
        let read = |item: &str| number(item).map_err(|error| error.to_string());
        text.split(',').map(read).collect::<Result<_, _>>().map(Self)
    }

    fn write(&self) -> Value {
        match self.0.as_slice() {
            [one] => Value::from(*one),
            several => several.into(),
        }
    }
}

const TASK: &str = "The task and the defense";
const ATTACK: &str = "The attack";

crate::spec! {
    /// Sign-PGD with EOT against a random map, over a grid of budgets, steps, and numbers of gradients. The planner's
    /// `--budget` and `--enough` are not part of the question: they choose among such questions, and belong to the
    /// verb.
    pub struct AttackSpec = "attack" {
        defense: GainDefense {
            default: "scale=1", placeholder: "DEFENSE", heading: TASK,
            help: "What multiplies the input: add (1), scale=T (gains N(1, T²)), drop=Q (0 with probability Q, else 1), \
                   flip=Q (-1 with probability Q, else 1), list=GAIN:PROBABILITY,… or mirror=Q, which swaps two coordinates"
        }
        task: Choice<Subject> {
            default: "gaussian", placeholder: "gaussian|spheres", heading: TASK,
            help: "The data: two classes around ±mean, or two spheres of different size against --defense add"
        }
        dimension: Count {
            default: "64", placeholder: "COUNT", heading: TASK,
            help: "How many coordinates; mirror has two"
        }
        gain: Choice<GainScope> {
            default: "coordinates", placeholder: "coordinates|shared", heading: TASK,
            help: "Whether each coordinate has a gain of its own, or one is drawn for all"
        }
        mean: PerCoordinate {
            default: "0.25", placeholder: "NUMBER", heading: TASK,
            help: "The class mean μ of each coordinate: xᵢ | y ~ N(y·μ, data_std²); for mirror two numbers, as in 2,-0.5"
        }
        data_std: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: "The standard deviation ν of a coordinate given y"
        }
        spreads: PerCoordinate {
            default: "1,1.6", placeholder: "S1,S2", heading: TASK,
            help: "For spheres: the standard deviations of a coordinate in the two classes"
        }
        shift: f64 {
            default: "1", placeholder: "NUMBER", heading: TASK,
            help: "The mean of θᵢ, which the classifier takes away again"
        }
        sigma: Option<f64> {
            default: "", placeholder: "NUMBER", heading: TASK,
            help: "The standard deviation σ of θᵢ; if not given, 1 for add and 0 for the others"
        }
        training: Choice<Training> {
            default: "untrained", placeholder: "untrained|trained", heading: TASK,
            help: "For mirror and spheres: whether the classifier is the best one of clean or of defended inputs"
        }
        votes: VoteList {
            default: "1", placeholder: "VOTES", heading: TASK,
            help: "How many draws vote on an input: 1, or 1,11,101; inf for add and scale"
        }
        draws: DrawProtocol {
            default: "fresh", placeholder: "same|fresh|persistent=T", heading: TASK,
            help: "How the clean input and the attacked one are drawn for: same, one draw for both; fresh, the attacked \
                   one gets its own; persistent=T, it is judged T times, each with its own, and must be right always"
        }
        eps: Range {
            default: "0.125", placeholder: "RANGE", heading: ATTACK,
            help: "The budget ε in ℓ∞: a number or a range", long_help: RANGE_HELP
        }
        attack: Choices<AttackKind> {
            default: "pgd,eot,full", placeholder: "ATTACKS", heading: ATTACK, repeats: true,
            help: "Which attacks, separated by commas: none, off (gradients with the defense off), pgd (one gradient a \
                   step), eot, full (the strongest fixed move), optimum (the move that no defense survives better)"
        }
        steps: Range {
            default: "40", placeholder: "RANGE", heading: ATTACK,
            help: "k, how many steps: a whole number or a range"
        }
        eot: Range {
            default: "10", placeholder: "RANGE", heading: ATTACK,
            help: "m, how many gradients eot averages in a step: a whole number or a range"
        }
        budget: Option<Range> {
            default: "", placeholder: "RANGE", heading: ATTACK,
            help: "k·m instead of --steps and --eot: pgd takes all of it as steps; eot splits it in every way, m = 2, 5, 10, \
                   20 and so on, up to one step"
        }
        step_size: StepSize {
            default: "eps/10", placeholder: "eps/N|NUMBER|best", heading: ATTACK,
            help: "How far a step goes: a share of the budget, a number, or the best there is"
        }
        start: Choice<Start> {
            default: "zero", placeholder: "zero|uniform", heading: ATTACK,
            help: "Where the attack begins: at the input, or anywhere within the budget"
        }
        loss: Choice<Loss> {
            default: "margin", placeholder: "margin|cross-entropy", heading: ATTACK,
            help: "What the attack ascends"
        }
        judge: Choices<Judge> {
            default: "final", placeholder: "JUDGES", heading: ATTACK, repeats: true,
            help: "Which iterates decide: final, the last on a new draw; any, one that was wrong while optimising; first, \
                   the first that was wrong, judged again; last, the last that was wrong, judged again"
        }
    }
}

impl AttackSpec {
    /// Returns the standard deviation of θᵢ: if it is not given, 1 for `add` and 0 for the other defenses.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma.unwrap_or(f64::from(u8::from(self.defense == GainDefense::Add)))
    }

    /// Returns the task that is attacked. For `mirror`, the classifier is the one that is best without the defense,
    /// w = mean, whatever `training` says: the best weights for defended inputs are found by the exact values.
    pub fn task(&self) -> Result<AttackTask, SpecError> {
        let sigma = self.sigma();
        let theta = Defense::new(self.shift, sigma)?;
        if self.task.0 == Subject::Spheres {
            if self.defense != GainDefense::Add {
                let found = &self.defense;
                let message = format!("--task spheres needs --defense add, not {found}");
                return Err(SpecError::Together(message));
            }
            let expected = "two numbers, the smaller one first, as in 1,1.6";
            let spreads: [f64; 2] = two("spreads", &self.spreads, expected)?;
            if spreads[0] >= spreads[1] {
                return Err(entry("spreads", &self.spreads, expected));
            }
            let sees = if self.training.0 == Training::Trained { sigma } else { 0.0 };
            let task = |radius| SpheresTask::new(self.dimension.get(), spreads, sigma, radius);
            let dimension = task(0.0)?.dimension();
            return Ok(AttackTask::Spheres(task(SpheresTask::best_radius(
                dimension, spreads, sees,
            ))?));
        }
        if let GainDefense::Mirror(swap) = self.defense {
            let mean = two("mean", &self.mean, "two numbers for mirror, as in 2,-0.5")?;
            let mirror = MirrorTask::new(swap, mean, self.data_std, theta, mean)?;
            return Ok(AttackTask::Mirror(mirror));
        }
        let [mean] = self.mean.0[..] else {
            let expected = "one number for all coordinates (two are for mirror)";
            return Err(entry("mean", &self.mean, expected));
        };
        let data = Task::new(mean, self.data_std)?;
        let (defense, scope) = (self.defense.clone(), self.gain.0);
        Ok(AttackTask::Gains(GainTask::new(defense, scope, self.dimension.get(), data, theta)?))
    }

    /// Returns the points in the order of their rows: by ε, votes, judge and attack, `eot` by m, and attacks with
    /// steps by k. A point without steps appears once for all judges.
    pub fn points(&self, task: &AttackTask) -> Result<Vec<AttackPoint>, SpecError> {
        let steps = whole("steps", &self.steps, 0, MAX_STEPS)?;
        let eot = whole("eot", &self.eot, 1, MAX_EOT)?;
        let budgets = self.budget.as_ref().map(|budget| whole("budget", budget, 1, MAX_STEPS));
        let budgets = budgets.transpose()?;
        let mut points: Vec<AttackPoint> = Vec::new();
        for eps in self.eps.values() {
            let eps = Eps::new(*eps)?;
            for &votes in self.votes.values() {
                for (first, &judge) in self.judge.0.iter().enumerate().map(|(i, j)| (i == 0, j)) {
                    for &kind in &self.attack.0 {
                        use AttackKind::{Eot, Off, Pgd};
                        let walks = matches!(kind, Off | Pgd | Eot);
                        if !walks && !first {
                            continue;
                        }
                        let ways: Vec<(u32, u32)> = match (&budgets, kind) {
                            (Some(budgets), Eot) => {
                                budgets.iter().flat_map(|b| splits(*b)).collect()
                            }
                            (Some(budgets), Pgd | Off) => budgets.iter().map(|b| (1, *b)).collect(),
                            (_, Eot) => product(&eot, &steps),
                            (_, Pgd | Off) => product(&[1], &steps),
                            _ => vec![(1, 0)],
                        };
                        for (eot, steps) in ways {
                            let attacker = Attacker {
                                kind,
                                eps,
                                steps,
                                eot,
                                step: self.step_size,
                                start: self.start.0,
                                loss: self.loss.0,
                                judge,
                            };
                            let (task, draws) = (task.clone(), self.draws);
                            points.push(AttackPoint::new(task, votes, draws, attacker)?);
                        }
                    }
                }
            }
        }
        Ok(points)
    }
}

/// Returns every number of gradients per step with every number of steps.
fn product(eot: &[u32], steps: &[u32]) -> Vec<(u32, u32)> {
    eot.iter().flat_map(|&eot| steps.iter().map(move |&steps| (eot, steps))).collect()
}

/// Returns the ways to split a budget into gradients per step, from 2 on, and steps: by 1, 2 and 5 times every power
/// of ten, and the whole budget in one step.
fn splits(budget: u32) -> Vec<(u32, u32)> {
    let series = (0..7).flat_map(|power| [1, 2, 5].map(|digit| digit * 10u32.pow(power)));
    let several = series.filter(|eot| (2..budget).contains(eot)).map(|eot| (eot, budget / eot));
    several.chain((budget > 1).then_some((budget, 1))).collect()
}

fn entry(name: &str, value: &PerCoordinate, expected: &str) -> SpecError {
    let value = value.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    SpecError::Value(EntryError::new(name, value, expected))
}

fn two(name: &str, numbers: &PerCoordinate, expected: &str) -> Result<[f64; 2], SpecError> {
    numbers.0[..].try_into().map_err(|_| entry(name, numbers, expected))
}

/// Returns the whole numbers of a range; log-spaced points are rounded to the nearest whole numbers, without
/// repetitions.
fn whole(name: &str, range: &Range, least: u32, most: u32) -> Result<Vec<u32>, SpecError> {
    let expected = || format!("whole numbers from {least} to {most}");
    let spaced_by_ratio = range.to_string().contains("log");
    let number = |&value: &f64| {
        let value = if spaced_by_ratio { value.round() } else { value };
        let fits = value.fract() == 0.0 && (f64::from(least)..=f64::from(most)).contains(&value);
        fits.then_some(value as u32)
            .ok_or_else(|| SpecError::Value(EntryError::new(name, value, expected())))
    };
    let mut numbers = range.values().iter().map(number).collect::<Result<Vec<u32>, _>>()?;
    numbers.dedup();
    Ok(numbers)
}
