//! A black-box attacker with few questions: how much of the margin he takes, what is left of the accuracy, and what no attacker
//! gets below.
//!
//! The attacker looks for the direction e of a linear classifier, uniform on the sphere of d dimensions, and moves by ε along v; the
//! margin falls by εη, η = e·v. With answers at distance h whose noise has the standard deviation σ (that of the mean of n votes: σ/√n):
//!
//! ```text
//! score   k rounds of symmetric differences along a basis, Q = 2dk:   τ = σ/(h√(2k)),   η = A/√(A² + τ²χ²_(d−1)),  A = 1 + τZ
//! nes     q = Q/2 differences along normal directions of length h in the root mean square:   ρ = σ√d/(h√2),
//!         η = t/√(t² + χ²_(d−1)),   t = (χ_q + ρZ)/√(1 + ρ²)
//! A(Q) = E[A(εη)],   A(x) = P[margin > x]
//! ```
//!
//! The laws, also with fewer than 2d questions, are in `law`; bounds for every attacker, adaptive or not, in `bound`; `label`, whose
//! move depends on the margin, in `label`. `sign`, `simba` and `label` have no exact value here in more than one dimension, but
//! for questions too few to learn anything.
//!
//! ```
//! use gauss_sim_theory::query::Victim;
//! use task::query::{Asker, QueryAttack, QueryStage};
//! use task::{Defense, Task};
//!
//! let (task, defense) = (Task::new(2.0, 1.0)?, Defense::new(0.0, 1.0)?);
//! let asker = Asker::new(QueryAttack::Score, 100, task, defense, QueryStage::Trained, 1.0, 1.0)?;
//! let victim = Victim::new(&asker);
//! let found = victim.known(1000).expect("it is known");
//! assert!((found.accuracy.value - 0.884_735_550_964_685).abs() < 1e-13);
//! // No attacker with a thousand questions leaves less than this, and one who knows e no less than that.
//! assert!(victim.bound(1000) < found.accuracy.value && victim.white_box().value < victim.bound(1000));
//! # Ok::<(), task::DomainError>(())
//! ```

mod bound;
mod label;
mod law;
mod planner;
mod radial;
mod response;

pub use bound::{Reach, reach};
pub use planner::Needed;

use self::bound::Smooth;
use self::law::{Law, Measured};
use self::response::Response;
use crate::math::bounded::Bounded;
use std::sync::OnceLock;
use task::query::{Asker, QueryAttack, QueryStage};

/// What an attack comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    /// E η.
    pub cosine: Bounded,
    /// The accuracy that is left, of all samples.
    pub accuracy: Bounded,
}

/// An attacker and a stage, with what does not depend on the number of questions.
#[derive(Debug, Clone)]
pub struct Victim {
    asker: Asker,
    response: Response,
    /// The same without noise, which costs nothing but its response.
    bare: Response,
    smooth: Option<Smooth>,
    /// [`Victim::break_even`], once it was asked for.
    even: OnceLock<Option<f64>>,
}

impl Victim {
    /// Whoever asks, and is asked.
    #[must_use]
    pub fn new(asker: &Asker) -> Self {
        let response = Response::new(asker.margin(), asker.eps());
        let bare = Response::new(asker.undefended().margin(), asker.eps());
        let smooth = Smooth::new(&response, asker.eps());
        Self { asker: *asker, response, bare, smooth, even: OnceLock::new() }
    }

    /// Whoever asks, and is asked.
    #[must_use]
    pub fn asker(&self) -> &Asker {
        &self.asker
    }

    /// The accuracy without an attack.
    #[must_use]
    pub fn clean(&self) -> Bounded {
        self.response.bounded(0.0)
    }

    /// The accuracy against an attacker who knows the direction.
    #[must_use]
    pub fn white_box(&self) -> Bounded {
        self.response.bounded(self.asker.eps())
    }

    /// That of the classifier without noise.
    #[must_use]
    pub fn white_box_without_noise(&self) -> Bounded {
        self.bare.bounded(self.asker.eps())
    }

    /// What the attack comes to with so many questions; `None` where no exact value is known.
    #[must_use]
    pub fn known(&self, queries: u64) -> Option<Known> {
        if asks_labels(&self.asker, queries) {
            return labels(&self.asker, queries);
        }
        let law = law_of(&self.asker, queries)?;
        let measured = law.measured();
        let cosine = cosine(&law, &measured);
        Some(Known { cosine, accuracy: self.left(&law, &measured, &self.response) })
    }

    /// The accuracy that is left of the classifier without noise, asked in the same way as often.
    #[must_use]
    pub fn no_noise(&self, queries: u64) -> Option<Bounded> {
        let bare = self.asker.undefended();
        if asks_labels(&bare, queries) {
            return labels(&bare, queries).map(|known| known.accuracy);
        }
        let law = law_of(&bare, queries)?;
        Some(self.left(&law, &law.measured(), &self.bare))
    }

    fn accuracy(&self, queries: u64) -> Option<Bounded> {
        if asks_labels(&self.asker, queries) {
            return labels(&self.asker, queries).map(|known| known.accuracy);
        }
        let law = law_of(&self.asker, queries)?;
        Some(self.left(&law, &law.measured(), &self.response))
    }

    /// E A(εη).
    fn left(&self, law: &Law, measured: &Measured, response: &Response) -> Bounded {
        let eps = self.asker.eps();
        match law {
            Law::Still => return response.bounded(0.0),
            Law::Known => return response.bounded(eps),
            _ if eps == 0.0 => return response.bounded(0.0),
            _ => {}
        }
        let margin = response.margin();
        let (mean, offset) = (margin.task().mean(), margin.offset());
        let knees = [mean + offset, mean - offset].map(|at| (at / eps, response.spread() / eps));
        let found = measured.expect(|eta| response.at(eps * eta), &knees);
        Bounded::probability(found.value, found.error + response.error())
    }

    /// What the accuracy is at least against every attacker with so many questions within a mean square distance of the step,
    /// whatever he makes of the answers.
    #[must_use]
    pub fn bound(&self, queries: u64) -> f64 {
        let reach = self.reach(queries);
        bound::accuracy(&self.response, self.asker.eps(), self.smooth.as_ref(), reach)
    }

    /// The most that so many answers show.
    #[must_use]
    pub fn reach(&self, queries: u64) -> Reach {
        let asker = &self.asker;
        let signal = asker.step() / asker.answer_noise();
        let share = match asker.attack() {
            QueryAttack::Label => std::f64::consts::FRAC_2_PI,
            _ => 1.0,
        };
        reach(asker.dimension(), queries as f64 * share * signal * signal, queries)
    }

    /// Whether the stage has noise in its answers.
    fn is_noisy(&self) -> bool {
        self.asker.stage() != QueryStage::Undefended && self.asker.answer_noise() > 0.0
    }
}

/// Whether labels teach anything, of which the cosine depends on the margin.
fn asks_labels(asker: &Asker, queries: u64) -> bool {
    asker.attack() == QueryAttack::Label && asker.spend(queries).directions > 0
}

/// What labels come to; `None` in more than one dimension, and for more questions than are counted.
fn labels(asker: &Asker, queries: u64) -> Option<Known> {
    // Without noise all rounds say the same.
    let rounds = if asker.draws().is_none() { 1 } else { asker.spend(queries).rounds };
    let counted = asker.dimension() == 1 && rounds <= label::MOST_ROUNDS;
    counted.then(|| label::known(asker.margin(), rounds, asker.step(), asker.eps()))
}

/// The law of the cosine; `None` where it is not known.
fn law_of(asker: &Asker, queries: u64) -> Option<Law> {
    let spent = asker.spend(queries);
    let (d, noise, step) = (asker.dimension(), asker.answer_noise(), asker.step());
    let coordinate = || noise / (step * (2.0 * spent.rounds as f64).sqrt());
    match asker.attack() {
        QueryAttack::Simba if spent.questions < 2 => Some(Law::Still),
        QueryAttack::Simba => None,
        _ if spent.directions == 0 => Some(Law::of_coordinates(d, 0, 0.0)),
        QueryAttack::Score => Some(Law::of_coordinates(d, spent.directions, coordinate())),
        QueryAttack::Nes => {
            let rho = noise * (0.5 * f64::from(d)).sqrt() / step;
            Some(Law::of_directions(d, spent.directions, rho))
        }
        QueryAttack::Sign if d == 1 => Some(Law::of_coordinates(1, 1, coordinate())),
        QueryAttack::Sign | QueryAttack::Label => None,
    }
}

fn cosine(law: &Law, measured: &Measured) -> Bounded {
    match law {
        Law::Still => Bounded::exact(0.0),
        Law::Known => Bounded::exact(1.0),
        Law::Sign(right, wrong) => {
            let value = right - wrong;
            Bounded { value, error: 4.0 * f64::EPSILON }
        }
        _ if law.is_blind() => Bounded::exact(0.0),
        _ => measured.expect(|eta| eta, &[]),
    }
}
