//! Accuracies and the rate of invariance of a response under the fixed move.

use task::{DrawProtocol, Eps, Votes};

use super::limit::Regions;
use super::mixture::Pair;
use super::response::Response;
use crate::math::beta::Beta;
use crate::math::bounded::Bounded;
use crate::math::double::Dd;
use crate::math::normal::{between, pdf};
use crate::math::quadrature::{integrate, sum};

/// The rates of a classifier under a draw protocol at a budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// z: the attacked input is x − y·z.
    pub blind_move: f64,
    /// P[right on x].
    pub clean: Bounded,
    /// P[right on x − y·z, in every try].
    pub adversarial: Bounded,
    /// P[right on both]/P[right on x]; `None` where no exact value is known, see [`Judge::rates`], or where P[right on x]
    /// is below [`SMALL`] and too small for a share of it to be known.
    pub robust: Option<Bounded>,
    /// 1 − robust.
    pub attack_success_rate: Option<Bounded>,
    /// P[the answer is sgn(x)].
    pub invariance: Bounded,
}

/// A response and a number of votes, prepared for evaluation.
#[derive(Debug, Clone)]
pub struct Judge<'a> {
    response: &'a Response,
    votes: Vote,
    clean: Bounded,
    invariance: Bounded,
}

#[derive(Debug, Clone)]
enum Vote {
    /// One draw, or two with a fair coin, which are equivalent.
    One,
    /// More draws: Beta(h + 1, h + 1), and √n.
    Many(Beta, f64),
    Limit(Regions),
}

/// The number of standard deviations from the mean up to which the data are considered.
const REACH: f64 = 38.0;
/// The number of breaks that are integrated over at a time.
const AT_A_TIME: usize = 24;
/// The relative rounding error of an integrand.
const ROUNDING: f64 = 1e-14;
/// A rise over less than this, in standard deviations of the data, might be missed between nodes.
const NARROW: f64 = 0.25;
/// Breaks of every integral, in standard deviations of the data.
const ALWAYS: [f64; 9] = [-20.0, -9.0, -4.0, -2.0, 0.0, 2.0, 4.0, 9.0, 20.0];

/// A share of less than this is not known where its error is beyond `MOST_ERROR`.
pub const SMALL: f64 = 1e-3;
const MOST_ERROR: f64 = 1e-9;

impl<'a> Judge<'a> {
    /// Prepares the majority of this many draws; in the limit, for budgets up to `eps`.
    #[must_use]
    pub fn new(response: &'a Response, votes: Votes, eps: Eps) -> Self {
        let votes = match votes {
            Votes::Finite(n) if n.get() <= 2 => Vote::One,
            Votes::Finite(n) => {
                let a = f64::from(n.get().div_ceil(2));
                Vote::Many(Beta::from_shapes(a, a), f64::from(n.get()).sqrt())
            }
            Votes::Limit => {
                let task = &response.task;
                let reach = task.mean().abs() + REACH * task.data_std() + eps.get();
                Vote::Limit(Regions::new(response, reach))
            }
        };
        let unknown = Bounded::probability(f64::NAN, 1.0);
        let mut judge = Self { response, votes, clean: unknown, invariance: unknown };
        judge.clean = judge.adversarial(0.0, 1);
        judge.invariance = judge.agreement();
        judge
    }

    /// Returns the regions of the vote in the limit; `None` for finitely many votes.
    #[must_use]
    pub fn regions(&self) -> Option<&Regions> {
        match &self.votes {
            Vote::Limit(regions) => Some(regions),
            _ => None,
        }
    }

    /// Returns all rates at a budget. For more than two votes on the same draws, some of which reverse the input, the
    /// probability that both inputs are classified correctly is not known, because any combination of right and wrong
    /// is possible.
    #[must_use]
    pub fn rates(&self, draws: DrawProtocol, eps: Eps) -> Rates {
        let tries = draws.tries().max(1);
        let (blind_move, adversarial) = self.strongest(tries, eps);
        let both = match draws {
            DrawProtocol::Same => self.same(blind_move, adversarial),
            _ => Some(self.both(blind_move, tries)),
        };
        let robust = both.and_then(|both| self.share(both));
        Rates {
            blind_move,
            clean: self.clean,
            adversarial,
            robust,
            attack_success_rate: robust.map(Bounded::complement),
            invariance: self.invariance,
        }
    }

    /// Returns the strongest of the moves considered, and the resulting adversarial accuracy.
    fn strongest(&self, tries: u32, eps: Eps) -> (f64, Bounded) {
        let eps = eps.get();
        let first = (eps, self.adversarial(eps, tries));
        if !self.response.falls() || eps == 0.0 {
            return first;
        }
        let mean = self.response.task.mean();
        let theorem = mean.signum() * eps.min(mean.abs());
        let mut best = first;
        for other in [theorem, 0.0, -eps] {
            if other != eps {
                let found = self.adversarial(other, tries);
                if found.value < best.1.value {
                    best = (other, found);
                }
            }
        }
        best
    }

    /// P[both]/P[right on x], unless its bound says little: both are known absolutely, and may be tiny.
    fn share(&self, both: Bounded) -> Option<Bounded> {
        let clean = self.clean;
        if clean.value <= clean.error {
            return None;
        }
        let value = both.value / clean.value;
        let error = (both.error + value.min(1.0) * clean.error) / (clean.value - clean.error);
        let known = clean.value >= SMALL || error <= MOST_ERROR;
        known.then(|| Bounded::probability(value, error + f64::EPSILON))
    }

    /// Returns P[right on x − y·z in each of these tries].
    fn adversarial(&self, z: f64, tries: u32) -> Bounded {
        if let (Vote::One, 1) = (&self.votes, tries) {
            let value = self.averages(z, |_, right| right.iter().sum());
            return Bounded::probability(value, self.response.error());
        }
        let power = tries;
        self.expect(&[z], tries, |x, y| self.always(x - y * z, y, power))
    }

    /// Returns P[right on x and, with other draws, on x − y·z in each of these tries].
    fn both(&self, z: f64, tries: u32) -> Bounded {
        self.expect(&[0.0, z], tries, |x, y| {
            self.always(x, y, 1) * self.always(x - y * z, y, tries)
        })
    }

    /// Returns P[right on x and on x − y·z] for the same draws. A sequence that does not reverse the input is right
    /// on both exactly if it is right on the harder one.
    fn same(&self, z: f64, adversarial: Bounded) -> Option<Bounded> {
        match &self.votes {
            Vote::One if !self.response.falls() => {
                Some(if z > 0.0 { adversarial } else { self.clean })
            }
            Vote::One => {
                let value = self.averages(z, |clean, moved| {
                    let [rising, falling, constant] = *moved;
                    match z > 0.0 {
                        true => rising + clean[1] + constant,
                        false => clean[0] + falling + constant,
                    }
                });
                Some(Bounded::probability(value, self.response.error()))
            }
            Vote::Many(..) if z == 0.0 => Some(self.clean),
            Vote::Many(..) if self.response.falls() => None,
            Vote::Many(..) => Some(if z > 0.0 { adversarial } else { self.clean }),
            // Where the response is ½, one coin is flipped for both inputs.
            Vote::Limit(regions) => Some(self.expect(&[0.0, z], 1, |x, y| {
                let right = |x: f64| {
                    let plus = regions.at(x);
                    if y > 0.0 { plus } else { 1.0 - plus }
                };
                right(x).min(right(x - y * z))
            })),
        }
    }

    /// Returns P[right] and P[wrong] at x of class y.
    fn right(&self, x: f64, y: f64) -> (f64, f64) {
        let sides = |plus: f64, minus: f64| if y > 0.0 { (plus, minus) } else { (minus, plus) };
        match &self.votes {
            Vote::One => {
                let Pair { below, above } = self.response.pair(x);
                sides(below, above)
            }
            Vote::Many(beta, _) => {
                let Pair { below, above } = self.response.pair(x);
                let (plus, minus) = (below.clamp(0.0, 1.0), above.clamp(0.0, 1.0));
                if plus == 0.0 || minus == 0.0 {
                    return sides(1.0 - minus.ceil(), minus.ceil());
                }
                let tails = beta.tails_from_both(plus, minus);
                sides(tails.lower, tails.upper)
            }
            Vote::Limit(regions) => {
                let plus = regions.at(x);
                sides(plus, 1.0 - plus)
            }
        }
    }

    /// Returns P[right in every try].
    fn always(&self, x: f64, y: f64, tries: u32) -> f64 {
        let (right, wrong) = self.right(x, y);
        match tries {
            1 => right,
            _ if wrong < 0.5 => (f64::from(tries) * (-wrong).ln_1p()).exp(),
            _ => right.max(0.0).powf(f64::from(tries)),
        }
    }

    /// Returns an average over both classes of `of`, applied to P[right] of one draw on x and on x − y·z, each given
    /// separately for the sequences with A positive, negative and zero.
    fn averages(&self, z: f64, of: impl Fn(&[f64; 3], &[f64; 3]) -> f64) -> f64 {
        let task = &self.response.task;
        let variance = task.data_std() * task.data_std();
        let class = |y: f64| {
            let right = |at: f64| {
                let parts = self.response.parts(y * at, variance);
                parts.map(|pair| if y > 0.0 { pair.below } else { pair.above })
            };
            of(&right(task.mean()), &right(task.mean() - z))
        };
        0.5 * class(1.0) + 0.5 * class(-1.0)
    }

    /// Returns P[the answer is sgn(x)].
    fn agreement(&self) -> Bounded {
        // P[right] for the class sgn(x).
        let agree = |x: f64| self.right(x, if x > 0.0 { 1.0 } else { -1.0 }).0;
        self.expect_with(&[0.0], &[0.0], 1, |x, _| agree(x))
    }

    /// Returns ½ Σ_y E[f(x, y)] over x given y, where f has a factor that depends on x − y·s for each of the `shifts`
    /// s.
    fn expect(&self, shifts: &[f64], tries: u32, f: impl Fn(f64, f64) -> f64) -> Bounded {
        self.expect_with(shifts, &[], tries, f)
    }

    /// Returns the same for an f that also jumps at these places.
    fn expect_with(
        &self,
        shifts: &[f64],
        jumps: &[f64],
        tries: u32,
        f: impl Fn(f64, f64) -> f64,
    ) -> Bounded {
        let task = &self.response.task;
        let classes = [1.0, -1.0].map(|y| {
            let to_z = |x: f64| (x - y * task.mean()) / task.data_std();
            let mut jumps_at: Vec<f64> = jumps.to_vec();
            let mut knees = Vec::new();
            for shift in shifts {
                match &self.votes {
                    Vote::Limit(regions) => {
                        jumps_at.extend(regions.edges().iter().map(|x| x + y * shift));
                    }
                    _ => {
                        jumps_at.extend(self.response.steps().map(|x| x + y * shift));
                        let known = self.response.knees(NARROW * task.data_std());
                        let moved = known.into_iter().map(|(at, near)| (at + y * shift, near));
                        knees.extend(moved.map(|(at, near)| (to_z(at), near / task.data_std())));
                    }
                }
            }
            let breaks = breaks(jumps_at.into_iter().map(to_z), knees);
            let at = |z: f64| y * task.mean() + task.data_std() * z;
            if let Vote::Limit(_) = self.votes {
                // Constant between the jumps.
                let mass = |pair: &[f64]| {
                    let middle = at(0.5 * pair[0] + 0.5 * pair[1]);
                    f(middle, y) * between(Dd::from(pair[0]), Dd::from(pair[1]))
                };
                let value = sum(breaks.windows(2).map(mass));
                return Bounded { value, error: 8.0 * f64::EPSILON };
            }
            let (mut values, mut error) = (Vec::new(), 0.0);
            let mut start = 0;
            while start + 1 < breaks.len() {
                let end = (start + AT_A_TIME).min(breaks.len() - 1);
                let part = integrate(|z| pdf(z) * f(at(z), y), &breaks[start..=end], ROUNDING);
                values.push(part.value);
                error += part.error;
                start = end;
            }
            Bounded { value: sum(values), error }
        });
        let [plus, minus] = classes;
        let value = 0.5 * plus.value + 0.5 * minus.value;
        let error = 0.5 * plus.error + 0.5 * minus.error;
        Bounded::probability(value, error + self.slack(tries))
    }

    /// Returns the largest effect of an error of the response on an expectation. For one draw, tiny values keep their
    /// digits, so if rounding is the only error, many tries do not increase it.
    fn slack(&self, tries: u32) -> f64 {
        let tries = 1.0 + f64::from(tries);
        let data_std = self.response.task.data_std();
        match &self.votes {
            Vote::One => ROUNDING + tries * (self.response.cut() + self.response.blur()),
            Vote::Many(_, root) => 2.0 * ROUNDING + tries * root * self.response.error(),
            Vote::Limit(regions) => ROUNDING + tries * 0.4 * regions.blur() / data_std,
        }
    }
}

/// Returns ascending breaks from −[`REACH`] to [`REACH`]: all jumps, and those knees (place, width) that are not
/// within a width of another.
fn breaks(jumps: impl Iterator<Item = f64>, mut knees: Vec<(f64, f64)>) -> Vec<f64> {
    knees.extend(ALWAYS.map(|z| (z, 0.5)));
    // Far out there is nothing to resolve.
    knees.retain(|(z, _)| z.abs() <= 20.0);
    knees.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut breaks: Vec<f64> = vec![-REACH];
    for (z, width) in knees {
        if breaks.last().is_none_or(|last| z > last + width) {
            breaks.push(z);
        }
    }
    breaks.push(REACH);
    breaks.extend(jumps.filter(|z| z.abs() < REACH));
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    breaks
}
