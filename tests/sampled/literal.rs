//! The definitions taken word for word: x, θ and the attack are drawn and added, signs are taken,
//! votes are counted, by rand and rand_distr. No margin, no formula, nothing of the engine. That the
//! engine and theory agree with it shows that the margin is the right reading of the definitions.

use gauss_sim::check::p_value;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Normal};
use task::{DrawProtocol, Eps, Stage};
use theory::invariance::invariance;
use theory::math::normal::sf;
use theory::protocol::Protocol;

use super::support::{count, margin, question, task, voted};
use super::{Named, assert_agree};

const SAMPLES: u64 = 300_000;

/// Data, defense, classifier and adversary in their own words.
#[derive(Debug, Clone, Copy)]
struct World {
    mean: f64,
    data_std: f64,
    shift: f64,
    sigma: f64,
    threshold: f64,
    /// How many fresh θ vote; 0 is the undefended classifier sgn(x).
    votes: u32,
    eps: f64,
    /// How often the attacked input is judged with θ of its own; 0 if it shares the clean one's.
    tries: u64,
}

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    clean: u64,
    adversarial: u64,
    both: u64,
    invariant: u64,
}

fn sign(v: f64) -> i64 {
    if v > 0.0 { 1 } else { -1 }
}

impl World {
    fn classify(&self, x: f64, thetas: &[f64], coin: i64) -> i64 {
        if self.votes == 0 {
            return sign(x);
        }
        let sum: i64 = thetas.iter().map(|theta| sign(x + theta - self.threshold)).sum();
        if sum == 0 { coin } else { sum.signum() }
    }

    fn simulate(&self, rng: &mut Xoshiro256PlusPlus) -> Seen {
        let theta = Normal::new(self.shift, self.sigma).expect("a normal");
        let mut seen = Seen::default();
        for _ in 0..SAMPLES {
            let y = if rng.random::<bool>() { 1.0 } else { -1.0 };
            let x = Normal::new(y * self.mean, self.data_std).expect("a normal").sample(rng);
            let thetas: Vec<f64> = (0..self.votes).map(|_| theta.sample(rng)).collect();
            let coin = if rng.random::<bool>() { 1 } else { -1 };
            let clean = self.classify(x, &thetas, coin);
            let right = clean == sign(y);
            let attacked = x - y * self.eps;
            let right_attacked = if self.tries == 0 {
                self.classify(attacked, &thetas, coin) == sign(y)
            } else {
                (0..self.tries).all(|_| {
                    let thetas: Vec<f64> = (0..self.votes).map(|_| theta.sample(rng)).collect();
                    let coin = if rng.random::<bool>() { 1 } else { -1 };
                    self.classify(attacked, &thetas, coin) == sign(y)
                })
            };
            seen.clean += u64::from(right);
            seen.adversarial += u64::from(right_attacked);
            seen.both += u64::from(right && right_attacked);
            seen.invariant += u64::from(clean == sign(x));
        }
        seen
    }

    fn draws(&self) -> DrawProtocol {
        if self.tries == 0 {
            DrawProtocol::Same
        } else {
            DrawProtocol::persistent(self.tries).expect("tries")
        }
    }

    fn stage(&self) -> Stage {
        match self.votes {
            0 => Stage::Undefended,
            1 => Stage::Defended { threshold: self.threshold },
            n => voted(u64::from(n)),
        }
    }
}

fn worlds() -> Vec<World> {
    let paper = World {
        mean: 1.0,
        data_std: 1.0,
        shift: 1.0,
        sigma: 1.0,
        threshold: 0.0,
        votes: 1,
        eps: 0.5,
        tries: 0,
    };
    let mut worlds = vec![World { votes: 0, ..paper }, World { votes: 0, mean: -0.7, ..paper }];
    worlds.extend([-0.5, 0.0, 0.4, 1.0, 2.5].map(|threshold| World { threshold, ..paper }));
    worlds.extend([0.0, 0.3, 30.0].map(|sigma| World { sigma, threshold: 0.6, ..paper }));
    worlds.extend([1.0, 2.0, 3.0].map(|eps| World { eps, mean: 2.0, data_std: 0.6, ..paper }));
    worlds.push(World { mean: -0.4, data_std: 2.0, shift: -1.5, threshold: 0.3, ..paper });
    for votes in [2, 3, 6, 11] {
        worlds.push(World { votes, threshold: 1.0, ..paper });
        let (sigma, shift) = (3.0, -0.8); // a voter is trained: its threshold is the shift
        worlds.push(World { votes, sigma, shift, threshold: shift, data_std: 0.5, ..paper });
    }
    for (votes, tries) in [(0, 3), (1, 1), (1, 5), (1, 40), (2, 3), (3, 4), (6, 2), (11, 5)] {
        worlds.push(World { votes, tries, threshold: 1.0, ..paper });
        worlds.push(World { votes: votes.min(1), tries, mean: 2.0, sigma: 0.7, ..paper });
    }
    worlds
}

/// What the literal simulator saw, world by world.
fn seen() -> Vec<(World, Seen)> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(2206_09491);
    worlds().into_iter().map(|world| (world, world.simulate(&mut rng))).collect()
}

#[test]
fn theory_says_what_the_definitions_say() {
    let mut p_values: Vec<Named> = Vec::new();
    for (world, seen) in seen() {
        let margin =
            margin(task(world.mean, world.data_std), world.shift, world.sigma, world.stage());
        let protocol = Protocol::new(&margin, world.draws());
        let exact = protocol.at(Eps::new(world.eps).expect("a budget"));
        if world.tries == 0 {
            assert_eq!(seen.both, seen.adversarial, "right attacked is right without: {world:?}");
        }
        for (what, successes, trials, expected) in [
            ("clean", seen.clean, SAMPLES, exact.clean),
            ("adversarial", seen.adversarial, SAMPLES, exact.adversarial),
            ("robust", seen.both, seen.clean, exact.robust),
            ("invariance", seen.invariant, SAMPLES, invariance(&margin)),
        ] {
            let p = p_value(successes, trials, expected.value, expected.error);
            p_values.push((format!("{what} in {world:?}"), p));
        }
    }
    assert_agree(&p_values);
}

/// Two samples of equal size: the difference in its own standard deviations, two-sided. (Normal
/// law; the counts are thousands or equal.)
fn two_sample(a: u64, b: u64) -> f64 {
    let trials = SAMPLES as f64;
    let pooled = (a + b) as f64 / (2.0 * trials);
    let sd = (2.0 * trials * pooled * (1.0 - pooled)).sqrt();
    if a == b { 1.0 } else { 2.0 * sf((a as f64 - b as f64).abs() / sd) }
}

#[test]
fn the_engine_counts_what_the_definitions_say() {
    let mut p_values: Vec<Named> = Vec::new();
    for (seed, (world, seen)) in (700..).zip(seen()) {
        let task = task(world.mean, world.data_std);
        let margin = margin(task, world.shift, world.sigma, world.stage());
        let asked = question(task, vec![margin], &[world.eps]).with_draws(world.draws());
        let counts = count(&asked, seed, SAMPLES);
        let counts = &counts.margins[0];
        for (what, literal, engine) in [
            ("clean", seen.clean, counts.clean_correct()),
            ("adversarial", seen.adversarial, counts.adversarial_correct()[0]),
            ("both", seen.both, counts.both_correct()[0]),
            ("invariance", seen.invariant, counts.invariant()),
        ] {
            p_values.push((format!("{what} in {world:?}"), two_sample(literal, engine)));
        }
    }
    assert_agree(&p_values);
}
