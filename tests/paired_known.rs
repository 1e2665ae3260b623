//! The known counterexample, decided by simulation: at sigma = 0.3 and eps = 0.1 the robust accuracy
//! of the undefended classifier is above that of the trained one, by 2e-4.

use engine::BIAS;
use engine::{Question, Run};
use gauss_sim::check::Estimate;
use gauss_sim::check::paired::{Comparison, Sign, compare};
use task::Metric;
use task::{Defense, Eps, Margin, Stage, Task};
use theory::accuracy;
use theory::math::bounded::Bounded;

const CONFIDENCE: f64 = 0.99;

fn margins() -> [Margin; 2] {
    let (task, defense) = (Task::default(), Defense::new(1.0, 0.3).expect("a defense"));
    [Stage::Undefended, Stage::Trained]
        .map(|stage| stage.margin(&task, &defense).expect("a margin"))
}

fn eps() -> Eps {
    Eps::new(0.1).expect("a budget")
}

/// metric(trained) − metric(undefended).
fn exact(metric: Metric) -> Bounded {
    let [first, second] = margins().map(|margin| {
        let clean = accuracy::clean_accuracy(&margin).value;
        let adversarial = accuracy::adversarial_accuracy(&margin, eps()).value;
        match metric {
            Metric::AdversarialAccuracy => adversarial,
            Metric::RobustAccuracy => adversarial / clean,
            Metric::AttackSuccessRate => 1.0 - adversarial / clean,
        }
    });
    // Closed forms to 1e-15 each.
    Bounded { value: second - first, error: 1e-14 }
}

fn simulated(metric: Metric, seed: u64, samples: u64, alpha: f64) -> (Comparison, f64) {
    let question =
        Question::new(Task::default(), margins().to_vec(), vec![eps()]).expect("a question");
    let counts = Run::new(seed, samples).pairs(&question, &|_| ()).expect("two margins");
    let single = [0, 1].map(|margin| {
        let (successes, trials) = match metric {
            Metric::AdversarialAccuracy => (counts.adversarial_correct()[margin], samples),
            _ => (counts.both_correct()[margin], counts.clean_correct()[margin]),
        };
        // Two intervals that hold together with the confidence, by Bonferroni.
        Estimate::new(successes, trials, 1.0 - 0.5 * (1.0 - CONFIDENCE)).expect("an interval")
    });
    let singles = single.map(|estimate| estimate.high - estimate.low).iter().sum();
    (compare(metric, &counts, exact(metric), CONFIDENCE, alpha, BIAS), singles)
}

/// A pilot says how many samples decide; so many do, of another seed, with the right sign. The seeds
/// are fixed; a run errs with a chance of 0.05 (the power) at most, or 1e-3 (the wrong sign, or no
/// agreement).
#[test]
fn as_many_samples_as_planned_decide() {
    let alpha = 1e-3;
    for (metric, sign) in [
        (Metric::RobustAccuracy, Sign::FirstBetter),
        (Metric::AttackSuccessRate, Sign::FirstBetter),
        (Metric::AdversarialAccuracy, Sign::FirstBetter),
    ] {
        let (pilot, _) = simulated(metric, 1, 1_000_000, alpha);
        assert!(pilot.agrees);
        let needed = pilot.samples_needed.expect("a number");
        let (run, singles) = simulated(metric, 2, needed, alpha);
        println!(
            "{metric}: exact {:+.6e}, {needed} samples, p = {:.1e}, {:?}, discordant {:?} of {}, \
             width {:.3e}, of two single ones {singles:.3e}: {:.2}",
            exact(metric).value,
            run.p_value,
            run.difference,
            run.discordant,
            run.trials,
            run.difference.width(),
            singles / run.difference.width()
        );
        assert_eq!(run.sign, sign);
        assert!(run.agrees && run.difference.contains(exact(metric).value));
        // The wrong sign is caught.
        let question =
            Question::new(Task::default(), margins().to_vec(), vec![eps()]).expect("a question");
        let counts = Run::new(2, needed).pairs(&question, &|_| ()).expect("two margins");
        let wrong = Bounded { value: -exact(metric).value, ..exact(metric) };
        assert!(!compare(metric, &counts, wrong, CONFIDENCE, alpha, BIAS).agrees);
    }
}

/// At ten million samples: how much narrower the paired interval is than two single ones.
#[test]
fn paired_intervals_are_narrower() {
    for (metric, least) in [(Metric::AdversarialAccuracy, 2.5), (Metric::RobustAccuracy, 1.4)] {
        let (run, singles) = simulated(metric, 3, 10_000_000, 1e-3);
        let narrower = singles / run.difference.width();
        println!("{metric}: {:.4e}, {singles:.4e}: {narrower:.3}", run.difference.width());
        assert!(narrower > least);
    }
}
