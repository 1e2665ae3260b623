//! Fresh draws: the clean and the attacked input each get a θ of their own (`draws = fresh`).
//!
//! For a vote, each gets its own n. Given the data (t = mean + noise·z and the class y) the two
//! decisions are independent, so with u = offset
//!
//! ```text
//! P[right on both]          = ½ Σ_y E_t[ S(t + y·u) · S(t + y·u − ε) ]
//! P[right, then wrong]      = ½ Σ_y E_t[ S(t + y·u) · S(−(t + y·u − ε)) ]
//! robust_accuracy           = P[right on both]/A(0)
//! attack_success_rate       = P[right, then wrong]/A(0)
//! ```
//!
//! where S(c) is the probability that the vote is right at the margin c, Φ(c/sigma) for one draw,
//! and S(−c) = 1 − S(c). For one draw, the first expectation is the bivariate normal
//! `Φ₂(M/s, (M − ε)/s; noise²/s²)`, M = mean + y·u. Without spread (sigma = 0, or the limit of
//! many votes) fresh draws are as good as the same one.
//!
//! Method: the factors S are log-concave, hence so is the integrand, which is integrated from its
//! peak outwards. Each of the two probabilities is an integral of its own, so that neither loses
//! digits where it is tiny.
//! Source: Gao, Shumailov, Fawaz, Papernot, arXiv 2206.09491, section 4; the formulas are derived
//! above.
//!
//! Accuracy: 1e-12 relative wherever the result is a normal double; each states its own bound.
//! Measured against 40 digits (`oracle/fresh.csv`): errors up to 9e-15, bounds up to 1.4e-13.

use crate::accuracy::{Accuracies, Profile, class_average};
use crate::bell::{self, ABYSS, Line};
use crate::bounded::Bounded;
use crate::double::Dd;
use crate::majority::{Chance, Majority};
use crate::scaled::{INV_SQRT_2PI, Scaled};
use crate::task::{Eps, Margin, Votes};

/// Where noise/sigma is above this, sigma counts as 0.
const MAX_RATE: f64 = 1e150;

/// The accuracies of one margin with fresh draws, as a function of ε. What depends on the margin
/// alone is computed once.
///
/// ```
/// use gauss_sim_theory::fresh::Fresh;
/// use gauss_sim_theory::task::{Eps, Margin, Task, Votes};
///
/// let fresh = Fresh::new(&Margin::new(Task::default(), 0.0, 1.0, Votes::ONE)?);
/// let found = fresh.at(Eps::new(0.5)?);
/// assert!((found.robust.value - 0.7217938318281119).abs() < 1e-15);
/// # Ok::<(), gauss_sim_theory::task::DomainError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fresh {
    profile: Profile,
    /// How one input is judged, unless that is certain.
    majority: Option<Majority>,
}

/// What happens to an input that is classified correctly, then attacked.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Survives,
    Falls,
}

impl Fresh {
    /// For a margin; costs one evaluation of the accuracy, and some 0.1 ms for more than 80 votes.
    #[must_use]
    pub fn new(margin: &Margin) -> Self {
        let sure = margin.task().noise() / margin.sigma() > MAX_RATE;
        let majority = match margin.votes() {
            Votes::Finite(n) if !sure => Some(Majority::new(n.get())),
            _ => None,
        };
        Self { profile: Profile::new(margin), majority }
    }

    /// P[right on the clean and on the attacked input].
    #[must_use]
    pub fn both_correct(&self, eps: Eps) -> Bounded {
        self.both(eps).probability()
    }

    /// All four at one ε: clean and adversarial accuracy as for one shared draw, and the two rates
    /// with fresh ones.
    #[must_use]
    pub fn at(&self, eps: Eps) -> Accuracies {
        let Some(majority) = &self.majority else {
            return self.without_spread(eps);
        };
        let clean = self.profile.survival(Eps::ZERO);
        let robust = self.both(eps).ratio(clean);
        let attack_success_rate = if robust.value < 0.5 {
            robust.complement() // loses nothing: the result is above ½
        } else {
            expect(self.profile.margin(), majority, eps, Fate::Falls).ratio(clean)
        };
        Accuracies {
            clean: self.profile.clean(),
            adversarial: self.profile.adversarial(eps),
            robust,
            attack_success_rate,
        }
    }

    /// The four where sigma counts as 0: those of one shared draw. What sigma > 0 would change is in
    /// the bounds: it moves a threshold by about sigma, and an accuracy by the hazard times that.
    fn without_spread(&self, eps: Eps) -> Accuracies {
        let mut found = self.profile.at(eps);
        let margin = self.profile.margin();
        if margin.sigma() > 0.0 && margin.votes() != Votes::Limit {
            let (mean, noise) = (margin.task().mean(), margin.task().noise());
            let hazard = 1.0 + (mean.abs() + margin.offset().abs() + eps.get()) / noise;
            let change = hazard * (margin.sigma() / noise);
            found.robust.error += change * found.robust.value;
            found.attack_success_rate.error += change;
        }
        found
    }

    fn both(&self, eps: Eps) -> Scaled {
        match &self.majority {
            Some(majority) => expect(self.profile.margin(), majority, eps, Fate::Survives),
            None => self.profile.survival(eps),
        }
    }
}

/// P[right on the clean and on the attacked input] of a margin, each with its own draws.
#[must_use]
pub fn both_correct(margin: &Margin, eps: Eps) -> Bounded {
    Fresh::new(margin).both_correct(eps)
}

/// All four of a margin at one ε, with fresh draws; for many ε use [`Fresh`].
#[must_use]
pub fn accuracies(margin: &Margin, eps: Eps) -> Accuracies {
    Fresh::new(margin).at(eps)
}

/// P[right on the clean input, and `fate` on the attacked one].
fn expect(margin: &Margin, majority: &Majority, eps: Eps, fate: Fate) -> Scaled {
    let (noise, sigma) = (margin.task().noise(), margin.sigma());
    let attack = Dd::from(eps.get()) / Dd::from(sigma);
    let second = match fate {
        Fate::Survives => Vote { majority, sign: 1.0, shift: -attack },
        Fate::Falls => Vote { majority, sign: -1.0, shift: attack },
    };
    let votes = [Vote { majority, sign: 1.0, shift: Dd::ZERO }, second];
    class_average(margin, |centre| {
        average(votes, Line { constant: centre, factor: noise, unit: sigma })
    })
}

/// S(sign·x + shift), with x in units of sigma.
#[derive(Clone, Copy)]
struct Vote<'a> {
    majority: &'a Majority,
    sign: f64,
    shift: Dd,
}

impl<'a> Vote<'a> {
    fn argument(&self, x: Dd) -> Dd {
        Dd::from(self.sign) * x + self.shift
    }

    /// The derivative of the logarithm with respect to x.
    fn slope(&self, x: Dd) -> f64 {
        self.sign * self.majority.slope(self.argument(x).hi())
    }

    /// This vote as a function of the distance from the peak, where x moves by `rate` per unit.
    fn near(self, peak: Dd, rate: f64) -> Near<'a> {
        let argument = self.argument(peak);
        let top = self.majority.chance(argument.hi());
        Near { majority: self.majority, argument, rate: self.sign * rate, top }
    }
}

/// A vote near the peak of the integrand.
struct Near<'a> {
    majority: &'a Majority,
    /// What S is taken of, at the peak.
    argument: Dd,
    /// How fast that moves.
    rate: f64,
    /// S at the peak.
    top: Chance,
}

impl Near<'_> {
    fn argument(&self, d: f64) -> f64 {
        self.rate.mul_add(d, self.argument.hi())
    }

    /// The logarithm at the peak, but for the mantissa.
    fn exponent(&self) -> Dd {
        let decay = if self.top.near > 0.0 {
            self.argument * self.argument.half() * Dd::from(self.majority.weight())
        } else {
            Dd::ZERO
        };
        Dd::from(self.top.power) - decay
    }

    /// The mantissa at the distance d, and what the logarithm has gained since the peak.
    fn at(&self, d: f64) -> (f64, f64) {
        let Chance { mantissa, power, near } = self.majority.chance(self.argument(d));
        let both_deep = near > 0.0 && self.top.near > 0.0;
        let step = if both_deep { -self.rate * d } else { near - self.top.near };
        let decay = 0.5 * self.majority.weight() * step * (near + self.top.near);
        (mantissa, (power - self.top.power) - decay)
    }

    fn slope(&self, d: f64) -> f64 {
        self.rate * self.majority.slope(self.argument(d))
    }
}

/// `E[S₁·S₂]` over the standard normal z, with x = (centre + noise·z)/sigma given as `line`.
fn average(votes: [Vote<'_>; 2], line: Line) -> Scaled {
    let rate = line.rate();
    let width = votes[0].majority.scale() / rate;
    let step = width.min(1.0); // the integrand is not much narrower than this
    let slope = |x: Dd| votes[0].slope(x) + votes[1].slope(x);
    let (peak, x_peak) = line.peak(|z| -z, slope, 0.0, 1.0, step);

    // From here on z = peak + d, with d the variable, as in `vote`.
    let votes = votes.map(|vote| vote.near(x_peak, rate));
    let exponent = votes[0].exponent() + votes[1].exponent() - peak * peak.half();
    if exponent.hi() < ABYSS {
        return Scaled::unresolved(exponent); // the factors left out are within exp(±100)
    }
    let peak = peak.hi();
    let value = |d: f64| {
        let [(m1, gain1), (m2, gain2)] = [votes[0].at(d), votes[1].at(d)];
        let mantissa = m1 * m2;
        let loss = 0.5 * d * (2.0 * peak + d);
        if mantissa > 0.0 { (gain1 + gain2 - loss).exp() * mantissa } else { 0.0 }
    };
    let slope = |d: f64| votes[0].slope(d) + votes[1].slope(d) - (peak + d);
    // at 8·1.5 = 12 widths from its middle S has settled to 1e-17, most slowly for n ≈ 11
    let knees = [0, 1].map(|i| -votes[i].argument.hi() / votes[i].rate);
    let rounding: f64 = votes.iter().map(|v| v.majority.rounding(v.argument.hi())).sum();
    let Bounded { value: integral, error } =
        bell::integral(value, slope, step, &knees, 1.5 * width, rounding);
    Scaled {
        exponent,
        mantissa: INV_SQRT_2PI * integral,
        relative: error / integral + 4.0 * f64::EPSILON,
    }
}
