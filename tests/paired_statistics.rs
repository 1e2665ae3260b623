//! The paired test, its interval and its planner: against direct sums over all counts where these are
//! few, and by simulation with a fixed seed where they are not.

use engine::BIAS;
use engine::paired::PairCounts;
use gauss_sim::check::clopper_pearson;
use gauss_sim::check::paired::{DOUBT, Discordant, Sign, compare, trials_needed};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use task::Metric;
use theory::math::binomial::Binomial;
use theory::math::bounded::Bounded;

fn discordant(for_first: u64, for_second: u64, trials: u64) -> Discordant {
    Discordant { for_first, for_second, trials }
}

/// The probabilities of 0 … n successes, by products and sums alone, without the code under test.
fn law(n: u64, p: f64) -> Vec<f64> {
    let mut law = vec![1.0];
    for _ in 0..n {
        let mut next = vec![0.0; law.len() + 1];
        for (k, weight) in law.iter().enumerate() {
            next[k] += weight * (1.0 - p);
            next[k + 1] += weight * p;
        }
        law = next;
    }
    law
}

/// P[event] under p₁, p₂, by summing over all counts of `trials` trials.
fn chance(trials: u64, p1: f64, p2: f64, event: impl Fn(u64, u64) -> bool) -> f64 {
    let rate = p1 + p2;
    let mut sum = 0.0;
    for (both, weight) in law(trials, rate).iter().enumerate() {
        let of_second = law(both as u64, if rate > 0.0 { p2 / rate } else { 0.5 });
        for (second, share) in of_second.iter().enumerate() {
            if event((both - second) as u64, second as u64) {
                sum += weight * share;
            }
        }
    }
    sum
}

/// Some p₁, p₂, among them 0 and those whose sum is 1.
fn laws() -> impl Iterator<Item = (f64, f64)> {
    let rates = [0.0, 0.003, 0.02, 0.1, 0.3, 0.6, 0.95, 1.0];
    let shares = [0.0, 0.01, 0.2, 0.45, 0.5, 0.6, 0.9, 1.0];
    rates.into_iter().flat_map(move |p| shares.map(|share| (p - p * share, p * share)))
}

#[test]
fn p_values_are_direct_sums() {
    for (first, second) in [(0, 0), (1, 0), (3, 9), (9, 3), (20, 20), (0, 13), (40, 21)] {
        let both = first + second;
        let half = law(both, 0.5);
        let at_least = |k: u64| half[k as usize..].iter().sum::<f64>();
        let counts = discordant(first, second, 1000);
        for (found, expected) in [
            (counts.p_value_second_better(0.0), at_least(second)),
            (counts.p_value_first_better(0.0), at_least(first)),
            (counts.p_value(0.0), (2.0 * at_least(first.max(second))).min(1.0)),
        ] {
            // Relative: 61 roundings of the sum, 4e-15 of the tails.
            assert!(
                (found / expected - 1.0).abs() < 2e-14,
                "{first}, {second}: {found} {expected}"
            );
        }
    }
}

/// P[p-value ≤ α] ≤ α at every law that the hypothesis allows, to the edge of the slack.
#[test]
fn p_values_are_valid() {
    let trials = 60;
    for slack in [0.0, 0.01, 0.1] {
        for rate in [0.02, 0.1, 0.3, 0.9] {
            for edge in [-1.0, 0.0, 1.0] {
                let difference = f64::min(slack, rate) * edge;
                let (p1, p2) = (0.5 * (rate - difference), 0.5 * (rate + difference));
                for alpha in [0.1, 0.01, 1e-4, 1e-8] {
                    let rejected = chance(trials, p1, p2, |first, second| {
                        discordant(first, second, trials).p_value(slack) <= alpha
                    });
                    assert!(rejected <= alpha * (1.0 + 1e-12), "{p1}, {p2}, {slack}: {rejected}");
                }
            }
        }
    }
}

#[test]
fn a_slack_is_the_most_favourable_hypothesis() {
    // At p = 0.01 a slack of 1e-4 allows a share of ½ + 1e-4/(2·0.01) = 0.505.
    let counts = discordant(495_000, 505_000, 100_000_000);
    assert!(counts.p_value(0.0) < 1e-20);
    // The rate's lower limit is 7 standard deviations of 1e-5 below, which shifts the share by 3.6e-5.
    let rate = clopper_pearson(1_000_000, 100_000_000, 1.0 - 2.0 * DOUBT).expect("a rate").low;
    assert!((rate / 0.01 - 1.0).abs() < 0.008 && rate < 0.01);
    let law = Binomial::new(1_000_000, 0.5 + 0.5e-4 / rate).expect("a law");
    let expected = law.at_least(505_000);
    assert!((counts.p_value_second_better(1e-4) - expected - DOUBT).abs() < 1e-12);
    assert!(counts.p_value(1e-4) > 0.5);
    // The other side does not care.
    assert_eq!(counts.p_value_first_better(1e-4), 1.0);
    // With a slack as large as the discordant rate, every share is allowed.
    assert_eq!(discordant(0, 40, 100_000_000).p_value(2.0 * BIAS), 1.0);
    assert!(discordant(0, 40, 1000).p_value(2.0 * BIAS) < 1e-11);
    assert!(discordant(0, 40, 1000).p_value(2.0 * BIAS) >= DOUBT);
    for slack in [-1e-9, f64::NAN] {
        assert!(counts.p_value(slack).is_nan());
    }
    for impossible in [discordant(5, 6, 10), discordant(u64::MAX, 1, 10), discordant(0, 0, 1 << 60)]
    {
        assert!(impossible.p_value(0.0).is_nan() && impossible.p_value(1e-3).is_nan());
        assert_eq!(impossible.difference(0.9), None);
    }
}

/// The chance that the interval contains the difference, summed over all counts, is at least the
/// confidence, for every law, zeros included.
#[test]
fn intervals_cover_at_their_nominal_rate() {
    for confidence in [0.5, 0.9, 0.99] {
        for trials in [1, 2, 5, 20, 45] {
            for (p1, p2) in laws() {
                let covered = chance(trials, p1, p2, |first, second| {
                    let interval = discordant(first, second, trials).difference(confidence);
                    interval.expect("an interval").contains(p2 - p1)
                });
                assert!(covered >= confidence - 1e-12, "{trials}, {p1}, {p2}: {covered}");
            }
        }
    }
}

#[test]
fn intervals_at_the_ends() {
    let nothing = discordant(0, 0, 100).difference(0.99).expect("an interval");
    assert_eq!((nothing.value, nothing.low), (0.0, -nothing.high));
    let high = clopper_pearson(0, 100, 1.0 - 0.05 * (1.0 - 0.99)).expect("an interval").high;
    assert_eq!(nothing.high, high);
    let all = discordant(0, 100, 100).difference(0.99).expect("an interval");
    assert_eq!((all.value, all.high), (1.0, 1.0));
    assert!(all.low > 0.8);
    assert_eq!(discordant(0, 0, 0).difference(0.99), None);
    for confidence in [0.0, 1.0, -0.1, 1.1, f64::NAN] {
        assert_eq!(discordant(1, 2, 10).difference(confidence), None);
    }
    let (one, other) = (discordant(30, 45, 1000), discordant(45, 30, 1000));
    let (one, other) = (one.difference(0.9).unwrap(), -other.difference(0.9).unwrap());
    assert_eq!(one.value, other.value);
    // The limits of a share are found from either end.
    assert!((one.low - other.low).abs() < 1e-15 && (one.high - other.high).abs() < 1e-15);
}

/// The power of the test on n trials, summed over all counts within 8 standard deviations of their
/// number, for δ = p₂ − p₁ > 0.
fn power(trials: u64, p1: f64, p2: f64, slack: f64, alpha: f64) -> f64 {
    let rate = p1 + p2;
    let of_both = Binomial::new(trials, rate).expect("a law");
    let (mean, sd) = (trials as f64 * rate, (trials as f64 * rate * (1.0 - rate)).sqrt());
    let from = (mean - 8.0 * sd - 3.0).max(0.0) as u64;
    let to = ((mean + 8.0 * sd) as u64 + 3).min(trials);
    let mut sum = 0.0;
    for both in from..=to {
        let weight = of_both.cdf(both) - if both > 0 { of_both.cdf(both - 1) } else { 0.0 };
        // As the test does, but by halving: the p-value falls as d₂ grows.
        let (mut accepts, mut rejects) = (both / 2, both + 1);
        while rejects - accepts > 1 {
            let middle = accepts + (rejects - accepts) / 2;
            if discordant(both - middle, middle, trials).p_value(slack) < alpha {
                rejects = middle;
            } else {
                accepts = middle;
            }
        }
        let law = Binomial::new(both, p2 / rate).expect("a law");
        sum += weight * law.at_least(rejects);
    }
    sum
}

#[test]
fn the_planner_has_its_power() {
    for (rate, relative) in
        [(0.03, 0.1), (0.03, 0.3), (0.3, 0.1), (0.3, 0.6), (0.002, 0.9), (0.9, 0.2), (0.05, 1.0)]
    {
        for alpha in [0.05, 1e-3, 1e-6] {
            for slack in [0.0, 0.1] {
                let (delta, slack) = (rate * relative, rate * relative * slack);
                let (p1, p2) = (0.5 * (rate - delta), 0.5 * (rate + delta));
                let n = trials_needed(delta, rate, slack, alpha, 0.95).expect("a number");
                let found = power(n, p1, p2, slack, alpha);
                println!("rate {rate}, delta {delta}, slack {slack}, alpha {alpha}: {n}, {found}");
                // Never too few; and not many too many where signs are hard to tell.
                assert!(found >= 0.95 && (relative > 0.3 || found < 0.965), "{n}: {found}");
            }
        }
    }
}

#[test]
fn the_planner_says_when_nothing_helps() {
    let needed = |delta, rate, slack| trials_needed(delta, rate, slack, 0.01, 0.95);
    assert_eq!(needed(1e-6, 0.1, 1e-6), None);
    assert_eq!(needed(0.0, 0.1, 0.0), None);
    assert_eq!(needed(1e-9, 0.1, 0.0), None); // 1.8e18 trials
    assert_eq!(needed(f64::NAN, 0.1, 0.0), None);
    assert_eq!(needed(0.1, f64::NAN, 0.0), None);
    assert_eq!(needed(0.1, 0.2, f64::NAN), None);
    assert_eq!(needed(-0.01, 0.1, 0.0), needed(0.01, 0.1, 0.0));
    assert_eq!(needed(0.2, 0.1, 0.0), needed(0.2, 0.2, 0.0));
    assert!(needed(0.01, 0.1, 1e-3) > needed(0.01, 0.1, 0.0));
    for alpha in [0.0, 1.0, f64::NAN] {
        assert_eq!(trials_needed(0.01, 0.1, 0.0, alpha, 0.95), None);
        assert_eq!(trials_needed(0.01, 0.1, 0.0, 0.05, alpha), None);
    }
}

/// Counts of so many samples whose codes have these probabilities, drawn one after the other.
fn draw(weights: &[f64; 16], samples: usize, rng: &mut SmallRng) -> PairCounts {
    let mut codes = Vec::with_capacity(samples);
    for _ in 0..samples {
        let mut left = rng.random::<f64>();
        let code = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        codes.push(code.unwrap_or(15));
    }
    let mut joint = [0; 16];
    for &code in &codes {
        joint[code] += 1;
    }
    let (c, f) = (
        |code: usize, m: usize| code >> (2 * m) & 1 == 1,
        |code: usize, m: usize| code >> (2 * m) & 3 == 1,
    );
    let mut crossed = [0; 2];
    for pair in codes.chunks_exact(2) {
        let x = f(pair[0], 0) && c(pair[1], 1);
        let y = f(pair[0], 1) && c(pair[1], 0);
        crossed[0] += u64::from(x && !y);
        crossed[1] += u64::from(y && !x);
    }
    PairCounts::new(joint, crossed, samples as u64 / 2).expect("counts")
}

/// metric(second) − metric(first) of this law.
fn exact(metric: Metric, weights: &[f64; 16]) -> f64 {
    let sum = |kind: &dyn Fn(usize) -> bool| -> f64 {
        (0..16).filter(|&code| kind(code)).map(|code| weights[code]).sum()
    };
    let [first, second] = [0, 2].map(|shift| {
        let clean = sum(&|code| code >> shift & 1 == 1);
        match metric {
            Metric::AdversarialAccuracy => sum(&|code| code >> shift & 2 == 2),
            Metric::RobustAccuracy => sum(&|code| code >> shift & 3 == 3) / clean,
            Metric::AttackSuccessRate => sum(&|code| code >> shift & 3 == 1) / clean,
        }
    });
    second - first
}

/// A law of sixteen codes, some of them rare or impossible.
fn some_weights(rng: &mut SmallRng, close: bool) -> [f64; 16] {
    let mut weights = [0.0; 16];
    for (code, weight) in weights.iter_mut().enumerate() {
        let alike = code / 4 == code % 4;
        *weight = rng.random::<f64>().powi(6) * if alike { 1.0 } else { 0.05 };
    }
    if close {
        // Nearly all samples are right in every way: few discordant ones, often none.
        weights[15] += 20.0;
    }
    weights[5] += 0.01; // both are right at times
    let total: f64 = weights.iter().sum();
    weights.map(|weight| weight / total)
}

/// Over laws drawn at random, the misses of the intervals, of the verdict, and of the sign are no
/// more than their rates allow: one-sided binomial tests, 45 of them, at α = 1e-7 each; fixed seed.
#[test]
fn comparisons_err_at_most_at_their_rates() {
    let mut rng = SmallRng::seed_from_u64(2026);
    let (confidence, alpha, rounds) = (0.9, 0.05, 3000);
    let (mut empty, mut decided) = (0, 0);
    for samples in [30, 31, 300, 3000] {
        for close in [false, true] {
            for metric in Metric::ALL {
                let [mut missed, mut disagreed, mut wrong] = [0u64; 3];
                for _ in 0..rounds {
                    let weights = some_weights(&mut rng, close);
                    let exact = exact(metric, &weights);
                    let counts = draw(&weights, samples, &mut rng);
                    let found =
                        compare(metric, &counts, Bounded::exact(exact), confidence, alpha, BIAS);
                    assert!(found.difference.low <= found.difference.high);
                    missed += u64::from(!found.difference.contains(exact));
                    disagreed += u64::from(!found.agrees);
                    let better = if metric == Metric::AttackSuccessRate { -exact } else { exact };
                    wrong += u64::from(match found.sign {
                        Sign::FirstBetter => better >= 0.0,
                        Sign::SecondBetter => better <= 0.0,
                        Sign::NotDecided => false,
                    });
                    empty += u64::from(found.discordant == [0, 0]);
                    decided += u64::from(found.sign != Sign::NotDecided);
                }
                for (misses, rate) in
                    [(missed, 1.0 - confidence), (disagreed, alpha), (wrong, 0.5 * alpha)]
                {
                    let law = Binomial::new(rounds, rate).expect("a law");
                    let p_value = law.at_least(misses);
                    assert!(p_value > 1e-7, "{metric} of {samples}: {misses} misses of {rounds}");
                }
                println!("{metric} of {samples}, {close}: {missed} {disagreed} {wrong}");
            }
        }
    }
    println!("{empty} without discordant trials, {decided} decided");
    assert!(empty > 5000 && decided > 2000, "the cases must be there: {empty}, {decided}");
}

/// Two stages that are equally good are told apart with a chance of at most α: the sign test at its
/// null, with an exchangeable law.
#[test]
fn equal_stages_are_seldom_told_apart() {
    let mut rng = SmallRng::seed_from_u64(5);
    let (alpha, rounds) = (0.1, 4000);
    for metric in Metric::ALL {
        let mut decided = 0;
        for _ in 0..rounds {
            let one = some_weights(&mut rng, false);
            let weights =
                std::array::from_fn(|code| 0.5 * (one[code] + one[code / 4 + code % 4 * 4]));
            let counts = draw(&weights, 600, &mut rng);
            let found = compare(metric, &counts, Bounded::exact(0.0), 0.9, alpha, BIAS);
            decided += u64::from(found.sign != Sign::NotDecided);
        }
        let law = Binomial::new(rounds, alpha).expect("a law");
        println!("{metric}: {decided} of {rounds}");
        // Three tests at 1e-7; and the test is not idle.
        assert!(law.at_least(decided) > 1e-7 && decided > rounds / 100, "{metric}: {decided}");
    }
}

#[test]
fn nothing_counted_shows_nothing() {
    let exact = Bounded::exact(0.1);
    for metric in Metric::ALL {
        let found = compare(metric, &PairCounts::default(), exact, 0.99, 0.01, BIAS);
        assert!(found.difference.value.is_nan());
        assert_eq!((found.difference.low, found.difference.high), (-1.0, 1.0));
        assert_eq!((found.p_value, found.sign, found.trials), (1.0, Sign::NotDecided, 0));
        assert_eq!((found.samples_needed, found.agrees), (None, true));
        // Never right on the clean input: no conditional rate.
        let mut joint = [0; 16];
        joint[0] = 1000;
        let counts = PairCounts::new(joint, [0, 0], 500).expect("counts");
        let found = compare(metric, &counts, exact, 0.99, 0.01, BIAS);
        assert_eq!(found.sign, Sign::NotDecided);
        if metric == Metric::AdversarialAccuracy {
            assert!(found.difference.high < 0.02 && !found.agrees);
        } else {
            assert!(found.difference.value.is_nan() && found.agrees);
            assert_eq!((found.difference.low, found.difference.high), (-1.0, 1.0));
        }
        for wrong in [0.0, 1.0, f64::NAN] {
            let found = compare(metric, &counts, exact, 0.99, wrong, BIAS);
            assert!(!found.agrees && found.sign == Sign::NotDecided);
        }
        assert!(!compare(metric, &counts, Bounded::exact(f64::NAN), 0.9, 0.1, BIAS).agrees);
    }
}
