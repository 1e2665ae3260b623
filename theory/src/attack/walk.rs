//! The position of sign-PGD after k steps: the law of one coordinate.
//!
//! In units of ε and along the right direction, a coordinate U starts at 0 (or anywhere in [−1, 1]). Each step moves
//! it by 1/K in the right direction, not at all, or by 1/K in the wrong direction, with the probabilities p, z and q
//! of [`Signs`]; K = ε/α. It is clipped to [−1, 1]:
//!
//! ```text
//! U ← min(1, max(−1, U + s/K)),   s = 1, 0, −1 with p, z, q
//! ```
//!
//! This is a Markov chain on finitely many positions. For an integer K they are j/K, |j| ≤ K, and k steps take
//! k·(2K + 1) operations. For other K there are three lattices: j/K until the walk has met a bound, and 1 − j/K or −1 + j/K
//! depending on the bound it met last. From a uniform start, the mass that has not met a bound is uniform in each of
//! the intervals between the points of the last two lattices, and a step moves these intervals onto one another.
//!
//! [`spectral`](spectral()) computes the same for any number of steps, and [`stationary_mean`] the limit. The *reach*
//! is E U.
//!
//! Two walks with the same moves never move apart, and meet at the latest when they have been at both bounds. So an
//! error of p or of an operation moves the reach by at most 2/K times its own size, and is forgotten after some
//! (2K + 1)²/(p + q) or (2K + 1)/|p − q| steps: the bound on the reach adds up these errors.
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

/// Returns the number of steps that a walk remembers on average.
fn memory(signs: &Signs, ratio: f64) -> f64 {
    let n = 2.0 * ratio + 1.0;
    (n * n / (signs.right + signs.wrong)).min(n / signs.drift().abs()).max(1.0)
}

/// A position and its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Atom {
    /// The position in units of ε, from −1 to 1, along the right direction.
    pub at: f64,
    /// Its probability.
    pub chance: f64,
}

/// An interval in which the position is uniformly distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Its lower end, in units of ε.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Its probability.
    pub chance: f64,
}

/// The law of one coordinate of the position, in units of ε.
#[derive(Debug, Clone, PartialEq)]
pub struct Walk {
    atoms: Vec<Atom>,
    cells: Vec<Cell>,
    reach: Bounded,
}

impl Walk {
    /// Computes the law after `steps` steps of ε/`ratio` each.
    ///
    /// If the chain takes too many operations, the spectral form is summed, provided that it does not lose its
    /// digits; otherwise this fails.
    pub fn new(signs: &Signs, ratio: f64, steps: u32, start: Start) -> Result<Self, EntryError> {
        if ratio.is_nan() || ratio <= 0.0 {
            return Err(EntryError::new("step_size", format!("eps/{ratio}"), "a step above 0"));
        }
        if steps == 0 && start == Start::Zero {
            return Ok(Self::fixed(0.0));
        }
        // A step of a strip takes as many operations as its active part is long: all that a start from 0 can reach.
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

    /// Creates the law of a coordinate with a fixed position.
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

    /// Returns the positions with positive probability, by lattice.
    #[must_use]
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// Returns the intervals in which a uniform start is still uniform; empty for other starts.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Returns E U, the mean share of ε that the attack covers.
    #[must_use]
    pub fn reach(&self) -> Bounded {
        self.reach
    }

    /// Returns the lowest possible position.
    pub(crate) fn lowest(&self) -> f64 {
        let cells = self.cells.iter().map(|cell| cell.low);
        self.atoms.iter().map(|atom| atom.at).chain(cells).fold(1.0, f64::min)
    }

    /// Returns the position, if only one is possible.
    pub(crate) fn only(&self) -> Option<f64> {
        match (self.atoms.as_slice(), self.cells.as_slice()) {
            ([atom], []) => Some(atom.at),
            _ => None,
        }
    }
}
