//! A black-box attacker with few questions: what he may ask, how he spends it, and whom he asks.
//!
//! The classifier is linear, sgn(e·x − k), and its direction e, |e| = 1, is all that the attacker does not know: he knows x,
//! y and ε. The margin of a sample is N(`mean`, `data_std`²) in units of distance. He asks at points within `step` of x;
//! every answer has noise of its own, N(`shift`, `sigma`²) on the margin. Then he moves x by ε along a direction v of his choice,
//! and the margin falls by ε·η, η = e·v the cosine.
//!
//! ```
//! use gauss_sim_task::query::{Asker, QueryAttack, QueryStage, Spent};
//! use gauss_sim_task::{Defense, Task, Votes};
//!
//! let (task, defense) = (Task::new(2.0, 1.0)?, Defense::new(1.0, 0.5)?);
//! let asker = Asker::new(QueryAttack::Score, 100, task, defense, QueryStage::Voted(Votes::new(25)?), 1.0, 1.0)?;
//! // The mean of 25 answers has a fifth of the noise.
//! assert_eq!(asker.answer_noise(), 0.1);
//! // Five rounds of two questions for each of 100 directions.
//! assert_eq!(asker.spend(1100), Spent { rounds: 5, directions: 100, questions: 1000 });
//! // With fewer than one round he asks about as many directions as he can.
//! assert_eq!(asker.spend(31), Spent { rounds: 1, directions: 15, questions: 30 });
//! # Ok::<(), gauss_sim_task::DomainError>(())
//! ```

use crate::data::Task;
use crate::defense::Defense;
use crate::error::{DomainError, check};
use crate::spec::Word;
use crate::{Margin, Stage, Votes};

/// The largest dimension.
pub const MAX_QUERY_DIMENSION: u32 = 10_000_000;
/// The largest number of questions.
pub const MAX_QUERIES: u64 = 1_000_000_000_000;

/// How the questions are chosen, and what the answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryAttack {
    /// Symmetric differences of scores along an orthonormal basis; the move is along their sum.
    Score,
    /// The same questions; the move takes the sign of each difference alone.
    Sign,
    /// Symmetric differences of scores along random normal directions; the move is along their weighted sum.
    Nes,
    /// SimBA as published: one step a direction, kept if the score is below that of the last kept point.
    Simba,
    /// Symmetric differences of labels along an orthonormal basis; the move is along their sum.
    Label,
}

impl Word for QueryAttack {
    const ALL: &'static [Self] = &[Self::Score, Self::Sign, Self::Nes, Self::Simba, Self::Label];
    const WHAT: &'static str = "an attack";

    fn word(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Sign => "sign",
            Self::Nes => "nes",
            Self::Simba => "simba",
            Self::Label => "label",
        }
    }
}

/// The name of a stage that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StageWord {
    /// Without noise.
    Undefended,
    /// One draw an answer, whose mean nobody takes away.
    Defended,
    /// One draw an answer, its mean taken away.
    Trained,
    /// Several such draws an answer: their mean score, their majority.
    Voted,
}

impl Word for StageWord {
    const ALL: &'static [Self] = &[Self::Undefended, Self::Defended, Self::Trained, Self::Voted];
    const WHAT: &'static str = "a stage";

    fn word(self) -> &'static str {
        match self {
            Self::Undefended => "undefended",
            Self::Defended => "defended",
            Self::Trained => "trained",
            Self::Voted => "voted",
        }
    }
}

/// A stage that is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum QueryStage {
    /// Without noise.
    Undefended,
    /// One draw an answer, whose mean nobody takes away.
    Defended,
    /// One draw an answer, its mean taken away.
    Trained,
    /// So many trained draws an answer.
    Voted(Votes),
}

impl QueryStage {
    /// Its name.
    #[must_use]
    pub fn word(self) -> StageWord {
        match self {
            Self::Undefended => StageWord::Undefended,
            Self::Defended => StageWord::Defended,
            Self::Trained => StageWord::Trained,
            Self::Voted(_) => StageWord::Voted,
        }
    }

    fn stage(self) -> Stage {
        match self {
            Self::Undefended => Stage::Undefended,
            Self::Defended => Stage::Defended { threshold: 0.0 },
            Self::Trained => Stage::Trained,
            Self::Voted(votes) => Stage::Voted { votes },
        }
    }
}

/// What a number of questions is spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// How often each direction is asked about, on both sides.
    pub rounds: u64,
    /// How many directions are asked about: of the basis, or random ones.
    pub directions: u64,
    /// How many questions that takes, at most.
    pub questions: u64,
}

/// Who asks, and whom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asker {
    attack: QueryAttack,
    dimension: u32,
    stage: QueryStage,
    margin: Margin,
    eps: f64,
    step: f64,
}

impl Asker {
    /// `step` is how far from x he asks. Fails where a number is outside its domain.
    pub fn new(
        attack: QueryAttack,
        dimension: u64,
        task: Task,
        defense: Defense,
        stage: QueryStage,
        eps: f64,
        step: f64,
    ) -> Result<Self, DomainError> {
        let known = u32::try_from(dimension).ok().filter(|d| (1..=MAX_QUERY_DIMENSION).contains(d));
        let dimension = known.ok_or_else(|| DomainError {
            name: "dimension",
            value: dimension.to_string(),
            expected: format!("a whole number from 1 to {MAX_QUERY_DIMENSION}"),
        })?;
        Ok(Self {
            attack,
            dimension,
            stage,
            margin: stage.stage().margin(&task, &defense)?,
            eps: check("eps", eps, |v| v >= 0.0, "a number from 0 to 1e15")?,
            step: check("step", step, |v| v >= 1e-15, "a number from 1e-15 to 1e15")?,
        })
    }

    /// The same against another stage, of which the margin is this.
    #[must_use]
    pub fn against(&self, stage: QueryStage, margin: Margin) -> Self {
        Self { stage, margin, ..*self }
    }

    /// Without any noise.
    #[must_use]
    pub fn undefended(&self) -> Self {
        let margin = Margin::new(*self.margin.task(), 0.0, 0.0, Votes::Limit);
        margin.map_or(*self, |margin| self.against(QueryStage::Undefended, margin))
    }

    /// How he asks.
    #[must_use]
    pub fn attack(&self) -> QueryAttack {
        self.attack
    }

    /// How many coordinates x has.
    #[must_use]
    pub fn dimension(&self) -> u32 {
        self.dimension
    }

    /// Whom he asks.
    #[must_use]
    pub fn stage(&self) -> QueryStage {
        self.stage
    }

    /// The margin of whom he asks, without a move.
    #[must_use]
    pub fn margin(&self) -> &Margin {
        &self.margin
    }

    /// How far he moves, in units of distance.
    #[must_use]
    pub fn eps(&self) -> f64 {
        self.eps
    }

    /// How far from x he asks, in units of distance.
    #[must_use]
    pub fn step(&self) -> f64 {
        self.step
    }

    /// How many draws make an answer; `None` where there is no noise in it.
    #[must_use]
    pub fn draws(&self) -> Option<u32> {
        match self.margin.votes() {
            Votes::Finite(n) if self.margin.sigma() > 0.0 => Some(n.get()),
            _ => None,
        }
    }

    /// The standard deviation of the noise of an answer, if it is the mean of its draws; 0 where there is none.
    #[must_use]
    pub fn answer_noise(&self) -> f64 {
        self.draws().map_or(0.0, |draws| self.margin.sigma() / f64::from(draws).sqrt())
    }

    /// How far a step of SimBA goes: as many as there are directions lead as far as he may move and ask.
    #[must_use]
    pub fn simba_step(&self) -> f64 {
        self.step.min(self.eps) / f64::from(self.dimension).sqrt()
    }

    /// What `queries` questions are spent on.
    #[must_use]
    pub fn spend(&self, queries: u64) -> Spent {
        let d = u64::from(self.dimension);
        let pairs = queries / 2;
        match self.attack {
            QueryAttack::Nes => Spent { rounds: 1, directions: pairs, questions: 2 * pairs },
            QueryAttack::Simba => {
                let questions = queries.min(2 * d + 1);
                Spent { rounds: 1, directions: d, questions }
            }
            QueryAttack::Score | QueryAttack::Sign | QueryAttack::Label if pairs < d => {
                Spent { rounds: pairs.min(1), directions: pairs, questions: 2 * pairs }
            }
            QueryAttack::Score | QueryAttack::Sign | QueryAttack::Label => {
                let rounds = pairs / d;
                Spent { rounds, directions: d, questions: 2 * d * rounds }
            }
        }
    }
}
