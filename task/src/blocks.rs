//! Independent sub-problems ("blocks"): one class, several looks at it, and what may be decided from them.
//!
//! Block j has a classifier of its own, and T_j is the distance of an input from that classifier's boundary, on the right
//! side of it: the block is right iff T_j > 0, and an adversary who moves the block by T_j turns it. T_j ~ N(mean, data_std²),
//! independent for different blocks, and both classes are equally likely. The adversary knows the input and the classifiers,
//! but not what is drawn at random.
//!
//! ```
//! use gauss_sim_task::blocks::{Blocks, Choice, Law};
//!
//! let blocks = Blocks::equal(5, Law::new(1.5, 1.0)?)?;
//! // The majority of five says what three of them say.
//! assert_eq!(Choice::majority(&blocks), Choice::Vote(3));
//! assert!(Blocks::equal(0, Law::new(1.5, 1.0)?).is_err());
//! # Ok::<(), gauss_sim_task::DomainError>(())
//! ```

mod lists;

pub use lists::{BlockList, ChoiceList, Coordinates, Numbers};

use crate::adversary::Norm;
use crate::data::MIN_DATA_STD;
use crate::error::{DomainError, check};
use crate::spec::Word;

/// The largest number of blocks.
pub const MAX_BLOCKS: usize = 64;
/// The largest correlation of two classifiers, in magnitude.
pub const MAX_CORRELATION: f64 = 0.999;

/// T of a block, N(mean, std²): the distance of an input from the boundary of the block's classifier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    mean: f64,
    std: f64,
}

impl Law {
    /// Fails where `mean` is not from 0 to 1e15, or `std` not from 1e-15 to 1e15.
    pub fn new(mean: f64, std: f64) -> Result<Self, DomainError> {
        let right = "a number from 0 to 1e15: turn a block round whose classifier is wrong more often than right";
        let mean = check("mean", mean, |v| v >= 0.0, right)?;
        let std = check("data_std", std, |v| v >= MIN_DATA_STD, "a number from 1e-15 to 1e15")?;
        Ok(Self { mean, std })
    }

    /// The mean of T.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Its standard deviation.
    #[must_use]
    pub fn std(&self) -> f64 {
        self.std
    }
}

/// Several blocks.
///
/// Two may be correlated: then they are two classifiers of the same input, N(y·μ, data_std²·I), whose weights, of length 1,
/// have this scalar product; and the random choice may prefer one.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    laws: Vec<Law>,
    correlation: f64,
    mix: f64,
}

impl Blocks {
    /// Independent blocks. Fails where there are none, or more than [`MAX_BLOCKS`].
    pub fn new(laws: Vec<Law>) -> Result<Self, DomainError> {
        if !(1..=MAX_BLOCKS).contains(&laws.len()) {
            let expected = format!("a whole number from 1 to {MAX_BLOCKS}");
            return Err(DomainError { name: "blocks", value: laws.len().to_string(), expected });
        }
        Ok(Self { laws, correlation: 0.0, mix: 0.5 })
    }

    /// So many blocks of one law.
    pub fn equal(count: usize, law: Law) -> Result<Self, DomainError> {
        Self::new(vec![law; count.min(MAX_BLOCKS + 1)])
    }

    /// Two blocks with a correlation, of which the random choice takes the first with probability `mix`. Fails where there
    /// are not two, where correlated blocks differ in data_std, or where a number is outside its domain.
    pub fn pair(self, correlation: f64, mix: f64) -> Result<Self, DomainError> {
        let largest = format!("a number from -{MAX_CORRELATION} to {MAX_CORRELATION}");
        check("correlation", correlation, |v| v.abs() <= MAX_CORRELATION, &largest)?;
        check("mix", mix, |v| (0.0..=1.0).contains(&v), "a number from 0 to 1")?;
        let (name, value) =
            if correlation == 0.0 { ("mix", mix) } else { ("correlation", correlation) };
        let refused = |expected: &str| DomainError {
            name,
            value: crate::range::short(value),
            expected: expected.to_owned(),
        };
        let [first, second] = &self.laws[..] else {
            return Err(refused("it with --blocks 2: a correlation, and a mix, are of two blocks"));
        };
        if correlation != 0.0 && first.std() != second.std() {
            return Err(refused("0, or one data_std for both: correlated blocks share an input"));
        }
        Ok(Self { correlation, mix, ..self })
    }

    /// T of each block.
    #[must_use]
    pub fn laws(&self) -> &[Law] {
        &self.laws
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.laws.len()
    }

    /// The correlation of two blocks; 0 of others.
    #[must_use]
    pub fn correlation(&self) -> f64 {
        self.correlation
    }

    /// How often the random choice takes the first of two blocks; ½ of others, which are equally likely.
    #[must_use]
    pub fn mix(&self) -> f64 {
        self.mix
    }

    /// Whether the random choice takes every block equally often.
    #[must_use]
    pub fn is_fair(&self) -> bool {
        self.mix == 0.5
    }
}

/// In which norm the adversary's move of all blocks is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockNorm {
    /// The Euclidean one: blocks share the budget.
    Two,
    /// The sum: blocks share it, too.
    One,
    /// The largest: each block may be moved by the whole budget.
    Inf,
    /// How many blocks are moved, by any amount.
    Zero,
}

impl BlockNorm {
    /// The norm of numbers; `None` of the count of blocks, which is none.
    #[must_use]
    pub fn norm(self) -> Option<Norm> {
        match self {
            Self::Two => Some(Norm::TWO),
            Self::One => Some(Norm::ONE),
            Self::Inf => Some(Norm::MAX),
            Self::Zero => None,
        }
    }
}

impl Word for BlockNorm {
    const ALL: &'static [Self] = &[Self::Two, Self::One, Self::Inf, Self::Zero];
    const WHAT: &'static str = "a norm of blocks";

    fn word(self) -> &'static str {
        match self {
            Self::Two => "2",
            Self::One => "1",
            Self::Inf => "inf",
            Self::Zero => "0",
        }
    }
}

/// Who decides, from the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// A block at random, drawn anew for every query: one block is evaluated.
    Random,
    /// A vote: + iff at least so many blocks say +.
    Vote(u32),
    /// One block alone, the one that is best against this adversary.
    Single,
    /// The linear classifier of all blocks that is best without an adversary.
    Joint,
    /// The linear classifier of all blocks that no classifier is better than against this adversary, in ℓp.
    Optimum,
}

impl Choice {
    /// The vote that half of all blocks win. With an even number, where a fair coin decides ties, its accuracy is that of the
    /// vote for which half of them suffice, for the other vote that it mixes has the same.
    #[must_use]
    pub fn majority(blocks: &Blocks) -> Self {
        Self::Vote((blocks.count() as u32).div_ceil(2))
    }

    /// Its name in rows.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Vote(_) => "vote",
            Self::Single => "single",
            Self::Joint => "joint",
            Self::Optimum => "optimum",
        }
    }
}

/// What holds the adversary back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Attacker {
    /// His move is at most this.
    Budget(f64),
    /// The adversary pays this per unit of it, and maximises the probability of an error minus what he pays.
    Pays(f64),
}

impl Attacker {
    /// A budget, from 0 to 1e15.
    pub fn budget(eps: f64) -> Result<Self, DomainError> {
        check("eps", eps, |v| v >= 0.0, "a number from 0 to 1e15").map(Self::Budget)
    }

    /// A price, from 1e-15 to 1e15.
    pub fn pays(price: f64) -> Result<Self, DomainError> {
        check("pay", price, |v| v >= 1e-15, "a number from 1e-15 to 1e15").map(Self::Pays)
    }

    /// The largest move that he ever makes: an error is worth 1 to him, and no more.
    #[must_use]
    pub fn reach(self) -> f64 {
        match self {
            Self::Budget(eps) => eps,
            Self::Pays(price) => 1.0 / price,
        }
    }
}
