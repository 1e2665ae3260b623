//! Clean, adversarial, robust and invariant counts against the exact values.

use gauss_sim::check::p_value;
use task::{Eps, Stage, Votes};
use theory::accuracy::Profile;
use theory::invariance::invariance;

use super::support::{VOTES_BY, count, margin, question, task, voted};
use super::{Named, assert_agree};

const SAMPLES: u64 = 1_000_000;

/// Five tasks, eleven stages, five sigmas, both ways to vote, and budgets few and many.
#[test]
fn the_counts_agree_with_theory() {
    let few: &[f64] = &[0.0, 0.1, 0.5, 1.0, 3.0, 40.0];
    let many: Vec<f64> = (0..40).map(|i| f64::from(i) * 0.125).chain([10.0, 40.0]).collect();
    let cases = [
        (1.0, 1.0, 1.0, few, 101),
        (1.0, 1.0, -0.6, &many, 102),
        (-0.5, 1.0, 1.0, few, 103),
        (2.0, 0.25, 0.3, &many, 104),
        (0.3, 4.0, 5.0, few, 105 << 33),
    ];
    let mut p_values: Vec<Named> = Vec::new();
    for (mean, data_std, shift, eps, seed) in cases {
        let task = task(mean, data_std);
        let mut stages = vec![Stage::Undefended, Stage::Trained];
        stages.extend([-0.5, 0.0, 0.4, 2.2].map(|threshold| Stage::Defended { threshold }));
        stages.extend([2, 3, 6, 11].map(voted));
        stages.push(Stage::Voted { votes: Votes::Limit });
        let labelled: Vec<_> = [0.0, 0.3, 1.0, 30.0, 1e6]
            .iter()
            .flat_map(|&sigma| stages.iter().map(move |&stage| (sigma, stage)))
            .map(|(sigma, stage)| {
                let name = format!(
                    "{stage:?} at {sigma}, mean {mean}, data_std {data_std}, shift {shift}"
                );
                (name, margin(task, shift, sigma, stage))
            })
            .collect();
        let margins: Vec<_> = labelled.iter().map(|(_, margin)| *margin).collect();
        let ask = question(task, margins, eps);
        for by in VOTES_BY {
            let counts = count(&ask.clone().with_votes_by(by), seed, SAMPLES);
            assert_eq!(counts.samples, SAMPLES);
            for ((name, margin), counts) in labelled.iter().zip(&counts.margins) {
                let profile = Profile::new(margin);
                let clean = counts.clean_correct();
                let mut test =
                    |what: String, successes, trials, expected: theory::math::bounded::Bounded| {
                        let p = p_value(successes, trials, expected.value, expected.error);
                        p_values.push((format!("{what}, {name}, votes by {by:?}"), p));
                    };
                test("clean".into(), clean, SAMPLES, profile.clean());
                test("invariance".into(), counts.invariant(), SAMPLES, invariance(margin));
                for (&eps, &above) in eps.iter().zip(counts.adversarial_correct()) {
                    let exact = profile.at(Eps::new(eps).expect("a budget"));
                    test(format!("adversarial {eps}"), above, SAMPLES, exact.adversarial);
                    test(format!("robust {eps}"), above, clean, exact.robust);
                }
            }
        }
    }
    assert_eq!(p_values.len(), 2 * 55 * (3 * (2 + 2 * 6) + 2 * (2 + 2 * 42)));
    assert_agree(&p_values);
}
