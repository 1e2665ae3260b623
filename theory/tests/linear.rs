//! d dimensions: the robust optima against 40 digits, one dimension against itself, and what is promised.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::linear::{
    Enclosure, Length, Method, Projection, angle, bayes, budget_of_noise, matching_noise,
    noise_of_budget, robust_optimum, trained, vote_restores_bayes,
};
use gauss_sim_theory::protocol::Protocol;
use task::Norm;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{Defense, DrawProtocol, Eps, Prior, Stage, Task, Votes};

fn numbers(text: &str) -> Vec<f64> {
    text.split_whitespace().map(double).collect()
}

fn covariance(shape: &str, entries: &[f64], d: usize) -> Covariance {
    match shape {
        "scalar" => Covariance::scalar(entries[0]),
        "diagonal" => Covariance::diagonal(entries.to_vec()),
        _ => Covariance::full(&entries.chunks(d).map(<[f64]>::to_vec).collect::<Vec<_>>()),
    }
    .unwrap()
}

fn eps(value: f64) -> Eps {
    Eps::new(value).unwrap()
}

/// The task, norm and budget of a row of linear.csv.
fn question(row: &[String]) -> (LinearTask, Norm, Eps) {
    let d = row[4].parse().unwrap();
    let covariance = covariance(&row[3], &numbers(&row[6]), d);
    let prior = Prior::new(double(&row[2])).unwrap();
    let task = LinearTask::new(numbers(&row[5]), covariance, prior).unwrap();
    (task, Norm::new(double(&row[0])).unwrap(), eps(double(&row[1])))
}

/// The truth is within the enclosure; READING is what the table loses when it is read.
fn encloses(found: Enclosure, text: &str) -> bool {
    let exact = truth(text);
    let to_digits =
        |v: f64| if double(text) == 0.0 { v } else { exact.ulps(v) * ulp(double(text)) };
    to_digits(found.lower) <= 1e-30 && to_digits(found.upper) >= -1e-30
}

fn rows() -> Vec<Vec<String>> {
    let rows = table(&oracle().join("linear.csv"));
    assert!(rows.len() >= 200, "{}", rows.len());
    rows
}

/// w·μ − ε‖w‖_q over ‖w‖_Σ, from the public interface alone.
fn quotient(task: &LinearTask, norm: Norm, eps: Eps, w: &[f64]) -> f64 {
    let classifier = LinearClassifier::new(w.to_vec(), 0.0).unwrap();
    let found = Projection::new(task, None, &classifier, norm, Votes::ONE).unwrap();
    let (mean, noise) = (found.margin.task().mean(), found.margin.task().data_std());
    (mean - eps.get() * found.cost) / noise
}

/// The sine of the Euclidean angle between two directions.
fn sine(a: &[f64], b: &[f64]) -> f64 {
    let unit = |x: &[f64]| -> Vec<f64> {
        let length = Norm::TWO.of(x);
        x.iter().map(|x| x / length).collect()
    };
    let (a, b) = (unit(a), unit(b));
    let off: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
    Norm::TWO.of(&off)
}

#[test]
fn optima_match_the_oracle() {
    // measured, gap/distance and the error of z: separable 1.4e-13 (of an optimum near 0) and 3e-16,
    // secular 7e-14 and 2e-13, interior point 7e-14 and 2e-14, Newton 1.3e-12 and 1.3e-9
    for row in rows() {
        let (task, norm, eps) = question(&row);
        let found = robust_optimum(&task, norm, eps).unwrap();
        let place = format!("{row:?}: {found:?}");
        assert!(encloses(found.distance, &row[9]), "distance of {place}");
        assert!(encloses(found.accuracy, &row[10]), "accuracy of {place}");
        let (distance, gap) = (double(&row[9]), found.distance.gap());
        assert!(gap <= 1e-11 * distance, "gap {gap:e} of {place}");
        assert!(found.accuracy.gap() <= 1e-11, "{place}");
        let Some(classifier) = found.rule.linear() else {
            assert_eq!(distance, 0.0, "{place}");
            continue;
        };
        let moved = numbers(&row[8]);
        assert!(norm.of(&found.shift) <= eps.get() * (1.0 + 1e-14), "{place}");
        // Newton stops where the objective no longer falls, at the root of its rounding
        let tolerance = if found.method == Method::Newton { 1e-8 } else { 1e-12 };
        for (z, exact) in found.shift.iter().zip(&moved) {
            assert!((z - exact).abs() <= tolerance * eps.get() + 1e-60, "move of {place}");
        }
        // measured: 7e-10 for Newton on a nearly singular covariance, 2e-13 at most for all others
        let off = sine(classifier.weights(), &numbers(&row[7]));
        assert!(off <= tolerance, "weights of {place}");
        // what the weights reach is the lower bound
        let reached = quotient(&task, norm, eps, classifier.weights());
        assert!((reached - found.distance.lower).abs() <= 1e-11 * distance, "{place}");
    }
}

#[test]
fn the_vote_is_the_l2_optimum() {
    let mut seen = 0;
    for row in rows().iter().filter(|row| !row[11].is_empty()) {
        let (task, norm, eps) = question(row);
        let exact = double(&row[11]);
        let noise = noise_of_budget(&task, eps).unwrap().unwrap();
        assert!((noise - exact).abs() <= 1e-13 * exact, "{noise} of {row:?}");
        let back = budget_of_noise(&task, exact).unwrap();
        assert!((back - eps.get()).abs() <= 1e-14 * eps.get(), "{back} of {row:?}");
        let spread = Covariance::scalar(noise).unwrap();
        let defense = LinearDefense::new(vec![0.3; task.dimension()], spread).unwrap();
        let Rule::Linear(voted) = trained(&task, &defense).unwrap() else { panic!("{row:?}") };
        let found = robust_optimum(&task, norm, eps).unwrap();
        let reached = quotient(&task, norm, eps, voted.weights());
        let distance = found.distance.upper;
        assert!((reached - distance).abs() <= 1e-11 * distance, "{reached} of {found:?}");
        // without an attack of that size, the unattacked best is better than the vote
        let Rule::Linear(best) = bayes(&task).unwrap() else { panic!("{row:?}") };
        assert!(quotient(&task, norm, eps, best.weights()) <= distance * (1.0 + 1e-12));
        seen += 1;
    }
    assert!(seen >= 35, "{seen}");
    let task =
        LinearTask::new(vec![3.0, 4.0], Covariance::scalar(2.0).unwrap(), Prior::HALF).unwrap();
    assert_eq!(noise_of_budget(&task, eps(5.0)).unwrap(), None);
    assert_eq!(noise_of_budget(&task, eps(0.0)).unwrap(), Some(0.0));
    assert_eq!(budget_of_noise(&task, 0.0).unwrap(), 0.0);
    // τ²·5/(2 + τ²) = 1 at τ² = ½
    assert!((noise_of_budget(&task, eps(1.0)).unwrap().unwrap() - 0.5).abs() <= 1e-15);
}

#[test]
fn noise_that_matches_leads_to_the_optimum() {
    let (mut infinite, mut finite) = (0, 0);
    for row in rows() {
        let (task, norm, eps) = question(&row);
        let found = robust_optimum(&task, norm, eps).unwrap();
        let Some(noise) = matching_noise(&task, &found) else {
            assert!(found.rule.linear().is_none());
            continue;
        };
        let d = task.dimension();
        assert!(noise.diagonal.iter().all(|s| *s >= 0.0), "{noise:?}");
        let most = task.covariance().entry(0, 0).max(1.0) * 1e16;
        infinite += i32::from(noise.diagonal.contains(&f64::INFINITY));
        finite += i32::from(!noise.diagonal.contains(&f64::INFINITY));
        let capped = noise.diagonal.iter().map(|s| s.min(most)).collect();
        for spread in [Covariance::diagonal(capped).unwrap(), noise.rank_one] {
            let defense = LinearDefense::new(vec![0.0; d], spread).unwrap();
            let Rule::Linear(voted) = trained(&task, &defense).unwrap() else { panic!("{row:?}") };
            let reached = quotient(&task, norm, eps, voted.weights());
            let distance = found.distance.upper;
            assert!((reached - distance).abs() <= 1e-9 * distance, "{reached}: {row:?}");
        }
    }
    assert!(infinite > 5 && finite > 50, "{infinite} {finite}");
}

#[test]
fn clipping_names_its_noise() {
    // sᵢ = vᵢzᵢ/(μᵢ − zᵢ)
    let variances = Covariance::diagonal(vec![1.0, 4.0, 2.0]).unwrap();
    let task = LinearTask::new(vec![2.0, -1.5, 0.25], variances, Prior::HALF).unwrap();
    let found = robust_optimum(&task, Norm::MAX, eps(0.5)).unwrap();
    assert_eq!(found.shift, [0.5, -0.5, 0.25]);
    let noise = matching_noise(&task, &found).unwrap();
    let expected = [0.5 / 1.5, 4.0 * 0.5, f64::INFINITY];
    for (s, e) in noise.diagonal.iter().zip(expected) {
        assert!(*s == e || (s - e).abs() <= 1e-14 * e, "{noise:?}");
    }
}

#[test]
fn one_dimension_is_the_library_of_one_dimension() {
    let norms = [Norm::ONE, Norm::TWO, Norm::MAX, Norm::new(1.7).unwrap()];
    for (mean, noise, shift, sigma) in
        [(1.0, 1.0, 1.0, 1.0), (0.7, 1.3, -0.4, 0.3), (-2.0, 0.1, 3.1, 0.0), (0.37, 7.7, 0.2, 11.0)]
    {
        let (task, defense) =
            (Task::new(mean, noise).unwrap(), Defense::new(shift, sigma).unwrap());
        let line =
            LinearTask::new(vec![mean], Covariance::scalar(noise * noise).unwrap(), Prior::HALF)
                .unwrap();
        let spread = Covariance::full(&[vec![sigma * sigma]]).unwrap();
        let added = LinearDefense::new(vec![shift], spread).unwrap();
        for norm in norms {
            for stage in [
                Stage::Undefended,
                Stage::Defended { threshold: 0.3 },
                Stage::Trained,
                Stage::Voted { votes: Votes::new(11).unwrap() },
            ] {
                let margin = stage.margin(&task, &defense).unwrap();
                let k = stage.threshold(&defense).unwrap_or(0.0);
                let classifier = LinearClassifier::new(vec![1.0], -k).unwrap();
                let defended = (stage != Stage::Undefended).then_some(&added);
                let found =
                    Projection::new(&line, defended, &classifier, norm, margin.votes()).unwrap();
                assert_eq!((found.margin, found.cost, found.unit), (margin, 1.0, 1.0));
                for draws in
                    [DrawProtocol::Same, DrawProtocol::Fresh, DrawProtocol::persistent(5).unwrap()]
                {
                    let one = Protocol::new(&margin, draws).at(eps(0.4));
                    assert_eq!(found.accuracies(draws, eps(0.4)).unwrap(), one);
                }
                let invariance = gauss_sim_theory::invariance::invariance(&margin);
                assert_eq!(found.invariance(), Some(invariance));
            }
        }
    }
}

#[test]
fn classes_are_weighted_by_the_prior() {
    let spread = Covariance::full(&[vec![1.0, 0.3], vec![0.3, 0.5]]).unwrap();
    let task = LinearTask::new(vec![0.8, -0.2], spread, Prior::new(0.8).unwrap()).unwrap();
    let defense =
        LinearDefense::new(vec![0.5, 0.1], Covariance::diagonal(vec![0.2, 0.0]).unwrap()).unwrap();
    let classifier = LinearClassifier::new(vec![1.0, -0.5], 0.2).unwrap();
    for votes in [Votes::ONE, Votes::new(5).unwrap(), Votes::Limit] {
        let found = Projection::new(&task, Some(&defense), &classifier, Norm::TWO, votes).unwrap();
        assert_eq!(found.invariance(), None);
        for draws in [DrawProtocol::Same, DrawProtocol::Fresh, DrawProtocol::persistent(3).unwrap()]
        {
            let all = found.accuracies(draws, eps(0.3)).unwrap();
            let [plus, minus] = found.class_accuracies(draws, eps(0.3)).unwrap();
            let mix = |a: f64, b: f64| 0.8 * a + (1.0 - 0.8) * b;
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-13; // some quadratures, each within 1e-14
            assert!(near(all.clean.value, mix(plus.clean.value, minus.clean.value)));
            assert!(near(
                all.adversarial.value,
                mix(plus.adversarial.value, minus.adversarial.value)
            ));
            let both =
                mix(plus.robust.value * plus.clean.value, minus.robust.value * minus.clean.value);
            assert!(near(all.robust.value * all.clean.value, both));
            assert!(near(all.robust.value + all.attack_success_rate.value, 1.0));
            assert!(plus.clean.value > minus.clean.value + 0.05);
            // and ½ is what it was
            let budget = found.budget(eps(0.3)).unwrap();
            let half = Protocol::new(&found.margin, draws).at(budget);
            assert_eq!(half, Protocol::with_prior(&found.margin, draws, Prior::HALF).at(budget));
            let middle = 0.5 * (plus.adversarial.value + minus.adversarial.value);
            assert!(near(half.adversarial.value, middle));
        }
    }
}

#[test]
fn where_the_fourth_stage_holds() {
    let spread = vec![vec![2.0, 0.5], vec![0.5, 1.0]];
    let holds = |mean: [f64; 2], noise: &[Vec<f64>]| {
        let task = LinearTask::new(mean.to_vec(), Covariance::full(&spread).unwrap(), Prior::HALF)
            .unwrap();
        let noise = Covariance::full(noise).unwrap();
        let defense = LinearDefense::new(vec![1.0, 2.0], noise).unwrap();
        let found = vote_restores_bayes(&task, &defense, 1e-12).unwrap();
        (found, angle(&task, &defense).unwrap())
    };
    let times =
        |c: f64| spread.iter().map(|r| r.iter().map(|v| c * v).collect()).collect::<Vec<_>>();
    assert!(holds([0.3, -1.0], &times(0.37)).0);
    assert!(holds([0.3, -1.0], &times(0.0)).0);
    // an eigenvector of Σ and of S: (1, √2 − 1) belongs to 1.5 + ½√2 … of Σ, and S = I
    let root = 2_f64.sqrt();
    assert!(holds([1.0, root - 1.0], &[vec![1.0, 0.0], vec![0.0, 1.0]]).0);
    let (other, found) = holds([0.3, -1.0], &[vec![1.0, 0.0], vec![0.0, 1.0]]);
    assert!(!other);
    // cos = μ·w/(‖w‖_Σ‖v‖_Σ), w = (Σ + I)⁻¹μ, v = Σ⁻¹μ, by hand
    let (w, v) = ([(0.3 * 2.0 + 0.5) / 5.75, (-3.0 - 0.15) / 5.75], [0.8 / 1.75, -2.15 / 1.75]);
    let form = |a: [f64; 2], b: [f64; 2]| {
        2.0 * a[0] * b[0] + a[1] * b[1] + 0.5 * (a[0] * b[1] + a[1] * b[0])
    };
    let cos = form(w, v) / (form(w, w) * form(v, v)).sqrt();
    assert!((found.cos() - cos).abs() <= 1e-14, "{found} {}", cos.acos());
}

#[test]
fn a_constant_where_the_attack_makes_the_classes_equal() {
    let task = |prior| {
        let spread = Covariance::diagonal(vec![1.0, 2.0]).unwrap();
        LinearTask::new(vec![0.5, -0.5], spread, Prior::new(prior).unwrap()).unwrap()
    };
    for (prior, class, best) in [(0.5, 1, 0.5), (0.7, 1, 0.7), (0.25, -1, 0.75)] {
        for (norm, budget) in [(Norm::MAX, 0.5), (Norm::ONE, 1.0), (Norm::TWO, 0.8)] {
            let found = robust_optimum(&task(prior), norm, eps(budget)).unwrap();
            assert_eq!(found.rule, Rule::Constant(class));
            assert_eq!(found.accuracy, Enclosure { lower: best, upper: best });
            assert_eq!(matching_noise(&task(prior), &found), None);
        }
    }
}

#[test]
fn errors_name_the_entry() {
    let text = |found: Result<_, task::EntryError>| match found {
        Err(e) => e.to_string(),
        Ok(()) => "no error".to_owned(),
    };
    let full = |rows: &[&[f64]]| {
        text(Covariance::full(&rows.iter().map(|r| r.to_vec()).collect::<Vec<_>>()).map(drop))
    };
    let starts = |found: String, start: &str| assert!(found.starts_with(start), "{found}");
    starts(text(Covariance::scalar(-1.0).map(drop)), "variance = -1 is not possible");
    starts(text(Covariance::diagonal(vec![1.0, f64::NAN]).map(drop)), "variances[1] = NaN");
    starts(text(Covariance::diagonal(vec![1.0, -2.0]).map(drop)), "variances[1] = -2");
    starts(full(&[]), "rows of covariance = 0");
    starts(full(&[&[1.0, 0.0], &[0.0]]), "length of covariance[1] = 1");
    starts(full(&[&[1.0, f64::INFINITY], &[0.0, 1.0]]), "covariance[0][1] = inf");
    starts(full(&[&[1.0, 0.1], &[0.2, 1.0]]), "covariance[1][0] = 0.2");
    starts(full(&[&[1.0, 2.0], &[2.0, 1.0]]), "covariance[1][0] = 2.0");
    starts(full(&[&[1.0, 0.0], &[0.0, -1.0]]), "covariance[1][1] = -1");
    let indefinite = [&[1.0, 0.9, 0.9][..], &[0.9, 1.0, 0.0], &[0.9, 0.0, 1.0]];
    starts(full(&indefinite), "pivot 2 of covariance = -");
    let task = |mean: Vec<f64>, spread: Covariance, prior: f64| {
        text(LinearTask::new(mean, spread, Prior::new(prior).unwrap()).map(drop))
    };
    let one = || Covariance::scalar(1.0).unwrap();
    starts(task(vec![1.0, f64::NAN], one(), 0.5), "mean[1] = NaN");
    starts(task(vec![], one(), 0.5), "length of mean = 0");
    starts(task(vec![1.0], one(), 1.0), "prior = 1");
    starts(task(vec![1.0], Covariance::zero(), 0.5), "covariance[0][0] = 0");
    starts(
        task(vec![1.0; 3], Covariance::diagonal(vec![1.0; 2]).unwrap(), 0.5),
        "dimensions of cov",
    );
    starts(
        task(vec![1.0; 2], Covariance::diagonal(vec![1.0, 0.0]).unwrap(), 0.5),
        "covariance[1][1] = 0",
    );
    // semi-definite is a covariance, but not one of the data
    let singular = Covariance::full(&[vec![1.0, 2.0], vec![2.0, 4.0]]).unwrap();
    starts(task(vec![1.0; 2], singular.clone(), 0.5), "pivot 1 of covariance = 0");
    assert!(LinearDefense::new(vec![0.0; 2], singular).is_ok());
    let defense = |mean, spread| text(LinearDefense::new(mean, spread).map(drop));
    starts(defense(vec![f64::INFINITY], one()), "shift[0] = inf");
    let classifier = |w, b| text(LinearClassifier::new(w, b).map(drop));
    starts(classifier(vec![0.0, 0.0], 1.0), "weights = 0");
    starts(classifier(vec![1.0, f64::NAN], 1.0), "weights[1] = NaN");
    starts(classifier(vec![1.0], f64::NAN), "bias = NaN");
    assert!(Norm::new(0.5).is_err() && Norm::new(f64::NAN).is_err());
    assert!(Norm::new(f64::INFINITY).is_ok());
}

/// On augmented data no classifier near the trained one is right more often.
#[test]
fn training_finds_the_best_on_augmented_data() {
    let spread = Covariance::full(&[vec![1.0, 0.3], vec![0.3, 0.5]]).unwrap();
    let noise = Covariance::full(&[vec![0.4, -0.1], vec![-0.1, 0.9]]).unwrap();
    for prior in [0.5, 0.7] {
        let prior = Prior::new(prior).unwrap();
        let task = LinearTask::new(vec![0.8, -0.2], spread.clone(), prior).unwrap();
        let defense = LinearDefense::new(vec![0.5, 1.1], noise.clone()).unwrap();
        let Rule::Linear(found) = trained(&task, &defense).unwrap() else { panic!() };
        let clean = |w: Vec<f64>, bias: f64| {
            let c = LinearClassifier::new(w, bias).unwrap();
            let p = Projection::new(&task, Some(&defense), &c, Norm::TWO, Votes::ONE).unwrap();
            p.accuracies(DrawProtocol::Same, Eps::ZERO).unwrap().clean.value
        };
        let (w, b) = (found.weights(), found.bias());
        let best = clean(w.to_vec(), b);
        for step in [-0.1, 0.1] {
            for (i, j, k) in [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.3, -1.0, 0.2)] {
                let moved = vec![w[0] + i * step, w[1] + j * step];
                let other = clean(moved, b + k * step);
                // a step of 0.1 costs some 1e-4
                assert!(other < best - 1e-6, "{other} {best} at {step} {i} {j} {k}");
            }
        }
        // its vote forgets the spread of θ, and its mean was taken out: sgn(w·x + ½ln(prior odds))
        let p = Projection::new(&task, Some(&defense), &found, Norm::TWO, Votes::Limit).unwrap();
        let odds = 0.5 * (prior.get() / (1.0 - prior.get())).ln();
        assert!((p.margin.offset() - odds).abs() <= 1e-15);
    }
}

/// The units of the weights do not matter, nor how far they are from 1.
#[test]
fn weights_have_no_units() {
    let spread = Covariance::full(&[vec![1.0, 0.3], vec![0.3, 0.5]]).unwrap();
    let task = LinearTask::new(vec![0.8, -0.2], spread.clone(), Prior::new(0.6).unwrap()).unwrap();
    let defense = LinearDefense::new(vec![0.5, 1.1], spread).unwrap();
    let at = |scale: f64| {
        let c = LinearClassifier::new(vec![1.25 * scale, -0.5 * scale], 0.375 * scale).unwrap();
        let p = Projection::new(&task, Some(&defense), &c, Norm::MAX, Votes::ONE).unwrap();
        p.accuracies(DrawProtocol::Fresh, eps(0.3)).unwrap()
    };
    let one = at(1.0);
    for power in [-900, -300, -40, -3, 5, 29, 60, 500, 1000] {
        assert_eq!(at(2_f64.powi(power)), one, "2^{power}");
    }
}
