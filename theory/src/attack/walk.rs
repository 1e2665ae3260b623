//! Where sign-PGD is after k steps: the law of a coordinate of its position.
//!
//! In units of ε, and along the right direction, a coordinate U starts at 0 (or anywhere in [−1, 1]) and each step moves
//! it by 1/K the right way, by nothing, or by 1/K the wrong way, with the probabilities p, z and q of [`Signs`];
//! K = ε/α. It is clipped to [−1, 1]:
//!
//! ```text
//! U ← min(1, max(−1, U + s/K)),   s = 1, 0, −1 with p, z, q
//! ```
//!
//! This is a Markov chain on finitely many positions. For a whole K they are j/K, |j| ≤ K, and k steps take k·(2K + 1)
//! operations. For other K there are three lattices: j/K, as long as the walk has met no bound, and 1 − j/K and
//! −1 + j/K after it met one last. From a uniform start the mass that has met no bound is uniform in each of the
//! intervals between the points of the last two, which a step moves onto one another.
//!
//! [`spectral`](spectral()) gives the same for any number of steps, and [`stationary_mean`] the limit. The *reach* is E U.
//!
//! Two walks that are moved alike never part, and meet at the latest when they have been at both bounds. So an error of p
//! or of an operation moves the reach by 2/K times its own size at most, and is forgotten after some (2K + 1)²/(p + q) or
//! (2K + 1)/|p − q| steps: that is what the bound on the reach counts.
//!
//! ```
//! use gauss_sim_theory::attack::{Signs, Walk};
//! use task::attack::{GainLaw, Start};
//!
//! // 40 steps of ε/8 with one gradient each, which is right with probability Φ(1)
//! let signs = Signs::new(&GainLaw::Normal { spread: 1.0 }, 1)?;
//! let walk = Walk::new(&signs, 8.0, 40, Start::Zero)?;
//! assert!((walk.reach().value - 0.970941893910941735).abs() < 1e-15);
//! # Ok::<(), task::EntryError>(())
//! ```

mod spectral;
mod strip;

pub use spectral::{spectral, stationary, stationary_mean};

use super::Signs;
use crate::math::bounded::Bounded;
use crate::math::quadrature::sum;
use strip::Strips;
use task::EntryError;
use task::attack::Start;

/// The largest number of operations of a chain.
const MAX_WORK: f64 = 4e9;
/// The largest number of positions of a law.
const MAX_POSITIONS: f64 = 4e6;

/// How many steps a walk remembers, in the mean.
fn memory(signs: &Signs, ratio: f64) -> f64 {
    let n = 2.0 * ratio + 1.0;
    (n * n / (signs.right + signs.wrong)).min(n / signs.drift().abs()).max(1.0)
}

/// A position and its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Atom {
    /// In units of ε, from −1 to 1, along the right direction.
    pub at: f64,
    /// Its probability.
    pub chance: f64,
}

/// An interval in which the position is uniform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Its lower end, in units of ε.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Its probability.
    pub chance: f64,
}

/// The law of a coordinate of the position, in units of ε.
#[derive(Debug, Clone, PartialEq)]
pub struct Walk {
    atoms: Vec<Atom>,
    cells: Vec<Cell>,
    reach: Bounded,
}

impl Walk {
    /// After `steps` steps of ε/`ratio` each.
    ///
    /// Where the chain takes too many operations, the spectral form is summed if it keeps its digits; else the walk is
    /// refused.
    pub fn new(signs: &Signs, ratio: f64, steps: u32, start: Start) -> Result<Self, EntryError> {
        if ratio.is_nan() || ratio <= 0.0 {
            return Err(EntryError::new("step_size", format!("eps/{ratio}"), "a step above 0"));
        }
        if steps == 0 && start == Start::Zero {
            return Ok(Self::fixed(0.0));
        }
        // a step of a strip costs its active part: all that a start from 0 can reach
        let n = f64::from(steps);
        let spread = n.min(13.0 * (n * (signs.right + signs.wrong)).sqrt() + 40.0);
        let width = (2.0 * ratio + 1.0).min(spread);
        let whole = ratio.fract() == 0.0 && start == Start::Zero;
        let positions = match start {
            Start::Zero => 6.0 * ratio.min(n),
            Start::Uniform => 8.0 * ratio,
        };
        if positions > MAX_POSITIONS {
            let expected = "larger: so many positions are too many to go through";
            return Err(EntryError::new("step_size", format!("eps/{ratio}"), expected));
        }
        if n * width > MAX_WORK {
            let keeps = whole && spectral::loss(signs, ratio as u32) < 1e-11;
            if keeps {
                return Ok(spectral(signs, ratio as u32, u64::from(steps)));
            }
            let expected = "fewer, or larger steps: so many steps take too long to go through";
            return Err(EntryError::new("steps", steps, expected));
        }
        let mut strips = match start {
            Start::Zero if whole => Strips::whole(ratio as usize, steps as usize),
            Start::Zero => Strips::three(ratio, steps as usize),
            Start::Uniform => Strips::uniform(ratio),
        };
        strips.walk(signs, steps);
        let memory = memory(signs, ratio).min(n);
        let rounding = 0.5 * f64::EPSILON * (4.0 + 2.0 * memory.sqrt());
        let sensitivity = 2.0 * memory * (1.0 / ratio).min(1.0);
        Ok(Self::of(strips.atoms(), strips.cells(), rounding + sensitivity * signs.error))
    }

    /// A coordinate that is there for sure.
    #[must_use]
    pub fn fixed(at: f64) -> Self {
        Self { atoms: vec![Atom { at, chance: 1.0 }], cells: Vec::new(), reach: Bounded::exact(at) }
    }

    fn of(mut atoms: Vec<Atom>, mut cells: Vec<Cell>, error: f64) -> Self {
        let chances = || {
            let atoms = atoms.iter().map(|atom| atom.chance);
            atoms.chain(cells.iter().map(|cell| cell.chance))
        };
        let whole = sum(chances());
        atoms.iter_mut().for_each(|atom| atom.chance /= whole);
        cells.iter_mut().for_each(|cell| cell.chance /= whole);
        let means = atoms.iter().map(|atom| atom.at * atom.chance);
        let middles = cells.iter().map(|cell| 0.5 * (cell.low + cell.high) * cell.chance);
        let value = sum(means.chain(middles)).clamp(-1.0, 1.0);
        Self { reach: Bounded { value, error: error.min(2.0) }, atoms, cells }
    }

    /// The positions that have a probability of their own, by lattice.
    #[must_use]
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// The intervals in which a uniform start is still uniform; none for another.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// E U: how much of ε the attack covers in the mean.
    #[must_use]
    pub fn reach(&self) -> Bounded {
        self.reach
    }

    /// The lowest position that it can have.
    pub(crate) fn lowest(&self) -> f64 {
        let cells = self.cells.iter().map(|cell| cell.low);
        self.atoms.iter().map(|atom| atom.at).chain(cells).fold(1.0, f64::min)
    }

    /// The position, if there is but one.
    pub(crate) fn only(&self) -> Option<f64> {
        match (self.atoms.as_slice(), self.cells.as_slice()) {
            ([atom], []) => Some(atom.at),
            _ => None,
        }
    }
}
