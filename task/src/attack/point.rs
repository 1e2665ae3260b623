//! One attacked point.

use super::choice::{AttackKind, Judge, Loss, Start};
use super::gain::GainLaw;
use super::step::StepSize;
use super::subject::AttackTask;
use crate::adversary::Eps;
use crate::error::{DomainError, EntryError};
use crate::protocol::DrawProtocol;
use crate::votes::Votes;

/// The largest number of steps.
pub const MAX_STEPS: u32 = 1_000_000;
/// The largest number of gradients averaged in one step.
pub const MAX_EOT: u32 = 1_000_000;

/// The attacker's method and budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attacker {
    /// The kind of attack.
    pub kind: AttackKind,
    /// The budget in ℓ∞.
    pub eps: Eps,
    /// k, the number of steps.
    pub steps: u32,
    /// m, the number of gradients averaged in each step.
    pub eot: u32,
    /// The size of a step.
    pub step: StepSize,
    /// The starting point.
    pub start: Start,
    /// The loss that the attacker ascends.
    pub loss: Loss,
    /// Which iterates decide the outcome.
    pub judge: Judge,
}

/// One attacked point: the attacker, the task, and how the outcome is classified. Parameters that a kind of attack
/// does not use have a fixed value: `off` and `pgd` read one gradient per step, and the attacks without steps
/// (`none`, `full`, `optimum`) have 0 steps of size ε from the clean input and are judged at the end.
/// clean input and is judged at the end.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackPoint {
    task: AttackTask,
    votes: Votes,
    draws: DrawProtocol,
    attacker: Attacker,
    full: [f64; 2],
}

impl AttackPoint {
    /// Checks that the parameters go together:
    ///
    /// - `steps` and `eot` are at most [`MAX_STEPS`] and [`MAX_EOT`], `eot` and the step size are above 0;
    /// - infinitely many votes need a limit that is the classifier without a defense, sgn(Σx): gains of 1 or normal
    ///   gains;
    /// - `cross-entropy` needs a defense with gains;
    /// - `optimum` needs classes that differ in their means.
    pub fn new(
        task: AttackTask,
        votes: Votes,
        draws: DrawProtocol,
        attacker: Attacker,
    ) -> Result<Self, EntryError> {
        let attacker = attacker.usual();
        if attacker.steps > MAX_STEPS {
            let expected = format!("a whole number from 0 to {MAX_STEPS}");
            return Err(EntryError::new("steps", attacker.steps, expected));
        }
        if !(1..=MAX_EOT).contains(&attacker.eot) {
            let expected = format!("a whole number from 1 to {MAX_EOT}");
            return Err(EntryError::new("eot", attacker.eot, expected));
        }
        if !attacker.step.is_possible() {
            let expected = "eps/10, a number above 0 as in 0.02, or best";
            return Err(EntryError::new("step_size", attacker.step, expected));
        }
        let forgets = match &task {
            AttackTask::Gains(task) => !matches!(task.law(), GainLaw::List(_)),
            AttackTask::Mirror(_) | AttackTask::Spheres(_) => false,
        };
        if votes == Votes::Limit && !forgets {
            let expected = "a finite number: the limit is known for add and scale alone";
            return Err(EntryError::new("votes", votes, expected));
        }
        if attacker.loss == Loss::CrossEntropy && !matches!(task, AttackTask::Gains(_)) {
            let expected = "margin: cross-entropy is for add, scale, drop, flip and list";
            return Err(EntryError::new("loss", attacker.loss, expected));
        }
        if attacker.kind == AttackKind::Optimum && matches!(task, AttackTask::Spheres(_)) {
            let expected = "none, off, pgd, eot or full: the optimum is for classes with two means";
            return Err(EntryError::new("attack", attacker.kind, expected));
        }
        Ok(Self { task, votes, draws, attacker, full: [1.0; 2] })
    }

    /// Returns the same point with another strongest fixed move, in units of −y·ε, from −1 to 1: for the first
    /// coordinate and for all others. The default is 1; the exact values determine which move is strongest.
    pub fn with_full(self, full: [f64; 2]) -> Result<Self, DomainError> {
        for reach in full {
            let ok = |reach: f64| (-1.0..=1.0).contains(&reach);
            crate::error::check("full", reach, ok, "a number from -1 to 1")?;
        }
        Ok(Self { full, ..self })
    }

    /// Returns the same point with another step size.
    pub fn with_step(self, step: StepSize) -> Result<Self, EntryError> {
        let Self { task, votes, draws, attacker, full } = self;
        let point = Self::new(task, votes, draws, Attacker { step, ..attacker })?;
        Ok(Self { full, ..point })
    }

    /// Returns the task that is attacked.
    #[must_use]
    pub fn task(&self) -> &AttackTask {
        &self.task
    }

    /// Returns the number of draws that vote on an input.
    #[must_use]
    pub fn votes(&self) -> Votes {
        self.votes
    }

    /// Returns the draw protocol of the clean and the final input.
    #[must_use]
    pub fn draws(&self) -> DrawProtocol {
        self.draws
    }

    /// Returns the attacker.
    #[must_use]
    pub fn attacker(&self) -> &Attacker {
        &self.attacker
    }

    /// Returns how many gradients one attack reads: k·m for `pgd` and `eot`, and 0 otherwise.
    #[must_use]
    pub fn queries(&self) -> u64 {
        match self.attacker.kind {
            AttackKind::Pgd | AttackKind::Eot => {
                u64::from(self.attacker.steps) * u64::from(self.attacker.eot)
            }
            _ => 0,
        }
    }

    /// Returns where a move that does not depend on the sample leads, in units of −y·ε: for the first coordinate and
    /// for all others. `None` for attacks that take steps.
    #[must_use]
    pub fn fixed_reach(&self) -> Option<[f64; 2]> {
        match self.attacker.kind {
            AttackKind::None => Some([0.0; 2]),
            AttackKind::Off | AttackKind::Pgd | AttackKind::Eot => None,
            AttackKind::Full => Some(self.full),
            AttackKind::Optimum => {
                let means = match &self.task {
                    AttackTask::Gains(task) => [task.mean(); 2],
                    AttackTask::Mirror(task) => task.mean(),
                    AttackTask::Spheres(_) => [0.0; 2],
                };
                let eps = self.attacker.eps.get();
                let towards = |mean: f64| if mean.abs() >= eps { sign(mean) } else { mean / eps };
                Some(means.map(towards))
            }
        }
    }
}

fn sign(number: f64) -> f64 {
    if number == 0.0 { 0.0 } else { number.signum() }
}

impl Attacker {
    /// Returns the same point with fixed values for the parameters that its kind of attack does not use.
    fn usual(self) -> Self {
        match self.kind {
            AttackKind::Eot => self,
            AttackKind::Pgd | AttackKind::Off => Self { eot: 1, ..self },
            AttackKind::None | AttackKind::Full | AttackKind::Optimum => Self {
                steps: 0,
                eot: 1,
                step: StepSize::EpsOver(1.0),
                start: Start::Zero,
                judge: Judge::Final,
                ..self
            },
        }
    }
}
