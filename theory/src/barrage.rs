//! A barrage of transformations in one dimension: k maps from a pool, in random order.
//!
//! Each classification draws `choose` = k different maps x ↦ cx + N(m, s²) from a pool in random order
//! ([`task::barrage`]) and returns sgn(t(x) − threshold). A sequence of maps is one map x ↦ Ax + B + Sz, so the
//! classifier is described by its [`Response`]
//!
//! ```text
//! π(x) = P[answer +1] = Σ w Φ((Ax + B − threshold)/S)
//! ```
//!
//! over all sequences; where S = 0 the term is a step. The majority of n draws is +1 with the probability
//! I_π(h + 1, h + 1), n = 2h + 1, and that of infinitely many draws is +1 where π is above ½ ([`Regions`]), which
//! need not be where x is above 0. With x | y ~ N(yμ, ν²), q(x) the probability of being right on x, and the attacked
//! input x′ = x − y·z,
//!
//! ```text
//! clean_accuracy        ½ Σ_y E q(x)
//! adversarial_accuracy  ½ Σ_y E q(x′)^T             T tries; 1 for `same` and `fresh`
//! P[both], fresh        ½ Σ_y E q(x)·q(x′)^T
//! P[both], same         sequence by sequence: if A·z > 0, right on both means right on x′, otherwise on x
//! invariance            E P[answer sgn(x)]
//! ```
//!
//! For one draw, clean, adversarial and `same` are sums of Φ((A(yμ − yz) + B − threshold)/√(A²ν² + S²)); the other
//! rates are quadratures over x.
//!
//! **The attack** is a fixed move: each x of class y becomes x − y·z with z = ε. If no scale is negative, this is the
//! strongest possible move. If some are, it need not be, and z is the one of ε, z*, 0 and −ε with the lowest
//! adversarial accuracy, where z* = ±min(ε, |μ|) has the sign of μ. That is still a fixed move: an adversary who sees
//! x may find a stronger one.
//!
//! **The optimum.** Under the move z*, no classifier, random or not, has an adversarial accuracy above [`optimum`] =
//! Φ(max(0, |μ| − ε)/ν), that of the Bayes classifier for N(±(μ − z*), ν²). The move here is at least as strong, and
//! `P[both]` is at most the adversarial accuracy, so robust_accuracy × clean_accuracy ≤ `optimum`.
//!
//! Errors are absolute and part of every result: about 1e-14, and for n votes and T tries up to √n·T times that. Up
//! to 2048 different sequences are kept term by term; more are combined (`mixture`), and the response of many is
//! tabulated (`table`), which together change it by at most 1.2e-14. At most [`MAX_WALKED`] different sequences are
//! enumerated.
//!
//! ```
//! use gauss_sim_theory::barrage::{Judge, Law, one_by_one};
//! use task::barrage::{Pool, Transform};
//! use task::{DrawProtocol, Eps, Task, Votes};
//!
//! // one map that adds is the usual defense
//! let pool = Pool::new(vec![Transform { scale: 1.0, shift: 1.0, sigma: 1.0 }])?;
//! let law = Law::new(Task::default(), &pool, 1).expect("one sequence");
//! let threshold = law.trained(&one_by_one).expect("few terms");
//! let response = law.response(threshold, &one_by_one).expect("few terms");
//! let eps = Eps::new(0.5)?;
//! let rates = Judge::new(&response, Votes::ONE, eps).rates(DrawProtocol::Same, eps);
//! assert!((threshold - 1.0).abs() < 1e-15);
//! assert!((rates.clean.value - 0.760_249_938_906_523_27).abs() < 1e-14);
//! assert!((rates.adversarial.value - 0.638_163_195_084_118_47).abs() < 1e-14);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod grid;
mod limit;
mod mixture;
mod rates;
mod response;
mod sequences;
mod table;
mod threshold;

pub use limit::Regions;
pub use rates::{Judge, Rates, SMALL};
pub use response::Response;
pub use sequences::{MAX_WALKED, Sequence, Walk, ordered};

use mixture::{Gathered, Pair};
use task::barrage::Pool;
use task::{Eps, Task};
use threshold::Classes;

use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::normal::cdf_dd;

/// The number of sequences used to find a threshold if there are too many to enumerate.
pub const SPREAD: u32 = 1 << 17;

/// Returns the largest adversarial accuracy that any classifier can have: Φ(max(0, |μ| − ε)/ν).
#[must_use]
pub fn optimum(task: &Task, eps: Eps) -> Bounded {
    let distance = Dd::two_sum(task.mean().abs(), -eps.get());
    if distance.hi() <= 0.0 {
        return Bounded::exact(0.5);
    }
    let value = cdf_dd(distance / Dd::from(task.data_std()));
    Bounded::probability(value, 2.0 * f64::EPSILON * value)
}

/// The sums collected from a part of a walk.
#[derive(Debug, Default)]
pub struct Surveyed {
    first: Gathered,
    second: Gathered,
    constant: Pair,
    blur: f64,
}

impl Surveyed {
    fn absorb(&mut self, other: &Self) {
        self.first.absorb(&other.first);
        self.second.absorb(&other.second);
        self.constant.below += other.constant.below;
        self.constant.above += other.constant.above;
        self.blur += other.blur;
    }
}

/// Surveys each of a number of parts, in parallel or one after the other, and returns the results in order.
pub type Workers<'a> = dyn Fn(usize, &(dyn Fn(usize) -> Surveyed + Sync)) -> Vec<Surveyed> + 'a;

/// Surveys one part after the other.
pub fn one_by_one(parts: usize, survey: &(dyn Fn(usize) -> Surveyed + Sync)) -> Vec<Surveyed> {
    (0..parts).map(survey).collect()
}

/// The law of all sequences of one length.
#[derive(Debug, Clone)]
pub struct Law {
    task: Task,
    walk: Walk,
}

impl Law {
    /// Creates the law of `choose` maps from a pool; `None` if more than [`MAX_WALKED`] different sequences would
    /// have to be enumerated, or if the pool has fewer maps.
    #[must_use]
    pub fn new(task: Task, pool: &Pool, choose: usize) -> Option<Self> {
        let walk = Walk::new(pool, choose);
        (!walk.is_empty() && walk.len() <= MAX_WALKED).then_some(Self { task, walk })
    }

    fn survey(
        &self,
        workers: &Workers<'_>,
        add: impl Fn(&mut Surveyed, &Sequence) + Sync,
    ) -> Surveyed {
        let part = |part: usize| {
            let mut surveyed = Surveyed::default();
            self.walk.visit(part, &mut |sequence| add(&mut surveyed, &sequence));
            surveyed
        };
        let mut parts = workers(self.walk.parts(), &part).into_iter();
        let mut all = parts.next().unwrap_or_default();
        parts.for_each(|part| all.absorb(&part));
        all
    }

    /// Returns the best threshold, see [`threshold`](self); infinite if a constant answer is best. `None` if the
    /// sequences cannot be combined into few enough terms.
    #[must_use]
    pub fn trained(&self, workers: &Workers<'_>) -> Option<f64> {
        let surveyed = self.survey(workers, |all, sequence| all.classes(sequence, &self.task));
        Some(Classes::new(surveyed)?.best())
    }

    /// Returns the response at a threshold, which may be infinite. `None` if the sequences cannot be combined into
    /// few enough terms.
    #[must_use]
    pub fn response(&self, threshold: f64, workers: &Workers<'_>) -> Option<Response> {
        if threshold == f64::INFINITY {
            return Some(Response::never(self.task));
        }
        let surveyed =
            self.survey(workers, |all, sequence| all.respond(sequence, threshold, &self.task));
        Response::new(self.task, threshold, surveyed)
    }
}

/// Returns the best threshold for [`SPREAD`] sequences that are evenly spread over all, for pools with too many
/// sequences to enumerate.
#[must_use]
pub fn nearly_trained(task: &Task, pool: &Pool, choose: usize) -> f64 {
    let walk = Walk::new(pool, choose);
    let mut surveyed = Surveyed::default();
    if !walk.is_empty() {
        walk.spread(SPREAD, &mut |sequence| surveyed.classes(&sequence, task));
    }
    Classes::new(surveyed).map_or(0.0, |classes| classes.best())
}
