//! A barrage of transformations in one dimension: k maps of a pool, in random order.
//!
//! Each judgement draws `choose` = k different maps x ↦ cx + N(m, s²) of a pool in random order ([`task::barrage`]) and
//! says sgn(t(x) − threshold). A sequence of maps is one map x ↦ Ax + B + Sz, so that the classifier is known by its
//! [`Response`]
//!
//! ```text
//! π(x) = P[it says +1] = Σ w Φ((Ax + B − threshold)/S)
//! ```
//!
//! over all sequences; where S = 0 the term is a step. The votes of n draws say +1 with the probability
//! I_π(h + 1, h + 1), n = 2h + 1, and those of infinitely many where π is above ½ ([`Regions`]), which need not be where
//! x is above 0. With x | y ~ N(yμ, ν²), q(x) the probability of being right on x, and the attacked input x′ = x − y·z,
//!
//! ```text
//! clean_accuracy        ½ Σ_y E q(x)
//! adversarial_accuracy  ½ Σ_y E q(x′)^T             T tries; 1 for `same` and `fresh`
//! P[both], fresh        ½ Σ_y E q(x)·q(x′)^T
//! P[both], same         sequence by sequence: as A·z > 0 or not, right on both is right on x′, or on x
//! invariance            E P[it says sgn(x)]
//! ```
//!
//! For one draw clean, adversarial and `same` are sums of Φ((A(yμ − yz) + B − threshold)/√(A²ν² + S²)); the others
//! are quadratures over x.
//!
//! **The attack.** A fixed move: each x of class y becomes x − y·z with z = ε. Where no scale is negative this is the
//! strongest move there is. Where some are, it need not be, and z is the one of ε, z*, 0 and −ε that leaves the least
//! adversarial accuracy, z* = ±min(ε, |μ|) with the sign of μ. That is a fixed move still: an adversary who looks at x
//! may find a stronger one.
//!
//! **The optimum.** No classifier, random or not, has under the move z* an adversarial accuracy above
//! [`optimum`] = Φ(max(0, |μ| − ε)/ν), which is Bayes's for N(±(μ − z*), ν²). The move here is at least as strong, and
//! `P[both]` is at most the adversarial accuracy, so that robust_accuracy × clean_accuracy ≤ `optimum`.
//!
//! Errors are absolute and in every result: 1e-14 or so, and up to √n·T times that of n votes and T tries. Up to 2048
//! different sequences each term is taken as it stands; more are gathered (`mixture`), and the response of many is
//! tabulated (`table`), which together move it by at most 1.2e-14. At most [`MAX_WALKED`] different sequences are walked.
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

/// Sequences by which a threshold is sought where there are too many to walk.
pub const SPREAD: u32 = 1 << 17;

/// The largest adversarial accuracy that any classifier can have: Φ(max(0, |μ| − ε)/ν).
#[must_use]
pub fn optimum(task: &Task, eps: Eps) -> Bounded {
    let distance = Dd::two_sum(task.mean().abs(), -eps.get());
    if distance.hi() <= 0.0 {
        return Bounded::exact(0.5);
    }
    let value = cdf_dd(distance / Dd::from(task.data_std()));
    Bounded::probability(value, 2.0 * f64::EPSILON * value)
}

/// What a part of a walk has gathered.
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

/// Surveys each of so many parts, at the same time or one after the other, and returns what they gathered in order.
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
    /// Of `choose` maps of a pool; `None` where more than [`MAX_WALKED`] different sequences would have to be walked, or
    /// where there are fewer maps.
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

    /// The best threshold, see [`threshold`](self); infinite where always the same answer is best. `None` where the
    /// sequences do not gather into few enough terms.
    #[must_use]
    pub fn trained(&self, workers: &Workers<'_>) -> Option<f64> {
        let surveyed = self.survey(workers, |all, sequence| all.classes(sequence, &self.task));
        Some(Classes::new(surveyed)?.best())
    }

    /// The response at a threshold, which may be infinite. `None` where the sequences do not gather into few enough
    /// terms.
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

/// The best threshold for [`SPREAD`] sequences that are evenly spread over all: where there are too many to walk.
#[must_use]
pub fn nearly_trained(task: &Task, pool: &Pool, choose: usize) -> f64 {
    let walk = Walk::new(pool, choose);
    let mut surveyed = Surveyed::default();
    if !walk.is_empty() {
        walk.spread(SPREAD, &mut |sequence| surveyed.classes(&sequence, task));
    }
    Classes::new(surveyed).map_or(0.0, |classes| classes.best())
}
