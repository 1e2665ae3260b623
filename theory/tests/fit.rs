//! Fits: against scikit-learn and 40 digits, blocks against plain loops, margins against attacks, stages against sums by
//! hand, and bands that cover.

use gauss_sim_theory::certify::Certifier;
use gauss_sim_theory::fit::held_out::{Margins, Stage, Voted, band, p_value};
use gauss_sim_theory::fit::ladder::{Law, Rung};
use gauss_sim_theory::fit::{FitError, Fitted, Matrix, fit};
use gauss_sim_theory::linear::Length;
use gauss_sim_theory::math::binomial::Binomial;
use gauss_sim_theory::math::normal::{cdf, quantile};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::certify::{Answers, Smoothed};
use task::fit::Shrinkage;
use task::spec::Parse;
use task::{Norm, Prior, Task, Votes};

use crate::common::{double, oracle, table};

/// Numbers of a fixed seed, uniform on (0, 1): SplitMix64.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / 2f64.powi(53)
    }

    fn normal(&mut self) -> f64 {
        quantile(self.next())
    }
}

/// Rows with the numbers of those of each class.
struct Data {
    values: Vec<f64>,
    columns: usize,
    classes: [Vec<usize>; 2],
}

impl Data {
    fn matrix(&self) -> Matrix<'_> {
        Matrix::new(&self.values, self.columns).unwrap()
    }

    fn fitted(&self, shrinkage: Shrinkage) -> Result<Fitted, FitError> {
        fit(&self.matrix(), [&self.classes[0], &self.classes[1]], shrinkage)
    }

    /// n rows of N(±1/√d, A·Aᵀ) with A = I + a rank-one matrix, alternating classes.
    fn random(n: usize, d: usize, seed: u64) -> Self {
        let mut uniform = Uniform(seed);
        let mut data = Self { values: Vec::new(), columns: d, classes: [Vec::new(), Vec::new()] };
        for row in 0..n {
            let sign = if row % 3 == 0 { 1.0 } else { -1.0 };
            data.classes[usize::from(sign > 0.0)].push(row);
            let common = uniform.normal();
            for _ in 0..d {
                data.values.push(sign / (d as f64).sqrt() + 0.3 * common + uniform.normal());
            }
        }
        data
    }
}

fn cases() -> Vec<Data> {
    let mut cases: Vec<Data> = Vec::new();
    for row in table(&oracle().join("fit_rows.csv")) {
        let case: usize = row[0].parse().unwrap();
        if case == cases.len() {
            let classes = [Vec::new(), Vec::new()];
            cases.push(Data { values: Vec::new(), columns: row.len() - 3, classes });
        }
        let data = cases.last_mut().unwrap();
        data.classes[usize::from(row[2] == "1")].push(data.values.len() / data.columns);
        data.values.extend(row[3..].iter().map(|text| double(text)));
    }
    cases
}

/// Shrinkage and covariance within 1e-12, relative to the largest entry; weights and margins within 1e-12 times what the condition of
/// the covariance, below 1e4 here, makes of it.
#[test]
fn scikit_learn_says_the_same() {
    let cases = cases();
    assert_eq!(cases.len(), 6);
    let mut seen = 0;
    for row in table(&oracle().join("fit.csv")) {
        let [case, name, what, index, value] = row.as_slice() else { panic!("{row:?}") };
        let data = &cases[case.parse::<usize>().unwrap()];
        let fitted = data.fitted(Shrinkage::parse(name).unwrap()).unwrap();
        let (index, known): (usize, f64) = (index.parse().unwrap(), double(value));
        let largest = |v: &[f64]| v.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        let (found, scale, tolerance) = match what.as_str() {
            "shrinkage" => (fitted.shrinkage(), 1.0, 1e-12),
            "covariance" => (fitted.covariance()[index], largest(fitted.covariance()), 1e-12),
            "weight" => (fitted.weights()[index], largest(fitted.weights()), 1e-9),
            margin => {
                let norm = <Norm as Parse>::parse(&margin["margin_".len()..]).unwrap();
                let sign = if data.classes[1].contains(&index) { 1.0 } else { -1.0 };
                let length = fitted.length(norm);
                let found = fitted.margin(data.matrix().row(index), sign, length);
                (found, largest(fitted.mean()) + known.abs(), 1e-9)
            }
        };
        assert!((found - known).abs() <= tolerance * scale, "{row:?}: {found}");
        seen += 1;
    }
    assert!(seen > 800, "{seen}");
}

/// Blocks are of 256 rows and columns: sizes around them, and one column.
#[test]
fn blocks_are_plain_sums() {
    for (n, d) in [(9, 1), (300, 5), (700, 255), (520, 256), (513, 257), (600, 520)] {
        let data = Data::random(n, d, 3);
        let fitted = data.fitted(Shrinkage::Fixed(0.25)).unwrap();
        let row = |i: usize| &data.values[i * d..][..d];
        let mean = |rows: &[usize], j: usize| {
            rows.iter().map(|i| row(*i)[j]).sum::<f64>() / rows.len() as f64
        };
        let means = [0, 1].map(|c| (0..d).map(|j| mean(&data.classes[c], j)).collect::<Vec<_>>());
        let entry = |j: usize, k: usize| {
            let of = |c: usize| {
                let z = |i: &usize, j: usize| row(*i)[j] - means[c][j];
                data.classes[c].iter().map(|i| z(i, j) * z(i, k)).sum::<f64>()
            };
            (of(0) + of(1)) / n as f64
        };
        let trace: f64 = (0..d).map(|j| entry(j, j)).sum();
        for j in (0..d).step_by(1 + d / 37) {
            assert!((fitted.mean()[j] - 0.5 * (means[1][j] - means[0][j])).abs() < 1e-14);
            assert!((fitted.centre()[j] - 0.5 * (means[1][j] + means[0][j])).abs() < 1e-14);
            for k in (0..=j).step_by(1 + d / 41) {
                let ridge = if j == k { 0.25 * trace / d as f64 } else { 0.0 };
                let found = [fitted.covariance()[j * d + k], fitted.covariance()[k * d + j]];
                assert_eq!(found[0], found[1]);
                let known = 0.75 * entry(j, k) + ridge;
                assert!((found[0] - known).abs() < 1e-13, "{n} {d} {j} {k}: {found:?} {known}");
            }
        }
        // Σ̂w = μ, to what rounding makes of it at a condition below 1e3.
        for j in 0..d {
            let product: f64 = fitted.covariance()[j * d..][..d]
                .iter()
                .zip(fitted.weights())
                .map(|(s, w)| s * w)
                .sum();
            assert!((product - fitted.mean()[j]).abs() < 1e-12, "{n} {d} {j}");
        }
    }
}

#[test]
fn no_number_depends_on_the_threads() {
    let data = Data::random(900, 300, 4);
    let found = [1, 2, 5].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let fitted = pool.install(|| data.fitted(Shrinkage::LedoitWolf).unwrap());
        (fitted.covariance().to_vec(), fitted.weights().to_vec(), fitted.shrinkage())
    });
    assert!(found[0] == found[1] && found[0] == found[2]);
}

#[test]
fn what_gives_no_task_is_refused_by_name() {
    let wrong = |values: &[f64], columns: usize, shrinkage: Shrinkage| {
        let rows = values.len() / columns;
        let classes = [(0..rows / 2).collect(), (rows / 2..rows).collect()];
        Data { values: values.to_vec(), columns, classes }.fitted(shrinkage).unwrap_err()
    };
    let none = Shrinkage::Fixed(0.0);
    let with_constant = [1.0, 7.0, 2.0, 7.0, 0.0, 7.0, 3.0, 7.0, 5.0, 7.0, 4.0, 7.0];
    assert_eq!(wrong(&with_constant, 2, none), FitError::Constant(1));
    let twice = [1.0, 2.0, 2.0, 4.0, 0.0, 0.0, 3.0, 6.0, 5.0, 10.0, 4.0, 8.0];
    assert_eq!(wrong(&twice, 2, none), FitError::Singular(1));
    assert_eq!(wrong(&[1.0, 1.0, 2.0, 2.0], 1, Shrinkage::LedoitWolf), FitError::NoSpread);
    assert_eq!(wrong(&[0.0, 2.0, 0.0, 2.0], 1, none), FitError::SameMeans);
    let tiny = [0.0, 1e-160, 3e-160, 5e-160];
    assert_eq!(wrong(&tiny, 1, none), FitError::Range);
    // A constant column is no obstacle once the identity has a share.
    let classes = [vec![0, 1, 2], vec![3, 4, 5]];
    let data = Data { values: with_constant.to_vec(), columns: 2, classes };
    let fitted = data.fitted(Shrinkage::Fixed(0.5)).unwrap();
    assert!(fitted.weights()[1] == 0.0 && fitted.weights()[0] > 0.0);
}

/// A margin is a distance: the move along the norm's best direction ends on the boundary, and no other of that length gets there.
#[test]
fn margins_are_distances() {
    let data = Data::random(200, 7, 5);
    let fitted = data.fitted(Shrinkage::Oas).unwrap();
    let mut uniform = Uniform(6);
    for norm in [Norm::ONE, Norm::TWO, Norm::MAX, Norm::new(3.0).unwrap()] {
        let length = fitted.length(norm);
        for index in 0..50 {
            let sign = if data.classes[1].contains(&index) { 1.0 } else { -1.0 };
            let row = data.matrix().row(index);
            let margin = fitted.margin(row, sign, length);
            let moved = |direction: &[f64]| -> f64 {
                let moved: Vec<f64> =
                    row.iter().zip(direction).map(|(x, z)| x - sign * margin * z).collect();
                fitted.margin(&moved, sign, length)
            };
            let best = norm.best_direction(fitted.weights());
            assert!((norm.of(&best) - 1.0).abs() < 1e-12);
            assert!(moved(&best).abs() < 1e-12 * (1.0 + margin.abs()), "{norm} {margin}");
            let random: Vec<f64> = row.iter().map(|_| uniform.normal()).collect();
            let size = norm.of(&random);
            let random: Vec<f64> = random.iter().map(|z| z / size).collect();
            assert!(moved(&random) * margin.signum() >= -1e-12, "{norm} {margin}");
        }
    }
}

/// The fitted parameters of 40,000 rows of a known task, within 5 standard errors of theirs.
#[test]
fn a_known_task_is_recovered() {
    let (n, d) = (40_000, 6);
    let data = Data::random(n, d, 7);
    let fitted = data.fitted(Shrinkage::LedoitWolf).unwrap();
    let mean = 1.0 / (d as f64).sqrt();
    for j in 0..d {
        // A third of the rows is in one class: μ has the variance 1.09·(1/n₊ + 1/n₋)/4.
        let error = 5.0 * (1.09 * (3.0 + 1.5) / (4.0 * n as f64)).sqrt();
        assert!((fitted.mean()[j] - mean).abs() < error, "{:?}", fitted.mean());
        for k in 0..d {
            let known = 0.09 + if j == k { 1.0 } else { 0.0 };
            let error = 5.0 * ((1.09 * 1.09 + known * known) / n as f64).sqrt() + 2e-3;
            assert!((fitted.covariance()[j * d + k] - known).abs() < error);
        }
    }
    // μᵀΣ⁻¹μ by Sherman and Morrison; its standard error is below 2(1 + Δ²)/√n.
    let square = 1.0 - 0.09 * d as f64 / (1.0 + 0.09 * d as f64);
    let Law { mean, std } = fitted.law(Norm::TWO);
    assert!(((mean / std).powi(2) - square).abs() < 5.0 * 0.02, "{mean} {std} {square}");
}

fn stages() -> Vec<Stage> {
    let smoothed = Smoothed::new(Task::default(), Prior::HALF, 0.0, 0.0, 0.7).unwrap();
    let answers = |n: u64| Answers::new(n).unwrap();
    let mut stages = vec![Stage::Undefended];
    for votes in [
        Votes::ONE,
        Votes::new(4).unwrap(),
        Votes::new(11).unwrap(),
        Votes::new(1001).unwrap(),
        Votes::Limit,
    ] {
        stages.push(Stage::Voted(Voted::new(0.7, votes)));
    }
    for (n0, n) in [
        (answers(100), answers(100)),
        (answers(1), answers(2000)),
        (Answers::Limit, Answers::Limit),
    ] {
        stages.push(Stage::Certified(Certifier::new(&smoothed, n0, n, 0.01)));
    }
    stages
}

/// Margins at the quantiles of a normal law are that law, to half their spacing, since no stage falls with the margin.
#[test]
fn margins_of_a_normal_law_give_what_theory_does() {
    let law = Law { mean: 1.3, std: 0.8 };
    let rung = Rung::from(law);
    let n = 5000;
    let at = |i: usize| rung.quantile((i as f64 + 0.5) / n as f64).unwrap();
    let margins = Margins::new((0..n).map(at).collect());
    for (i, stage) in stages().iter().enumerate() {
        for eps in [0.0, 0.1, 0.5, 1.3, 2.5] {
            let (found, known) =
                (stage.accuracy(&margins, eps), rung.accuracy(stage, eps).unwrap());
            assert!(
                (found - known.value).abs() < 0.5 / n as f64 + 1e-9,
                "stage {i}, {eps}: {found} {known:?}"
            );
        }
    }
    assert!(margins.distance(|r| rung.below(r)) < 0.5 / n as f64 + 1e-12);
}

/// One margin at a time, by sums of binomial probabilities.
#[test]
fn stages_by_hand() {
    for margin in [-2.0, -0.3, 0.0, 0.2, 1.0, 3.0, 60.0] {
        let one = Margins::new(vec![margin]);
        for eps in [0.0, 0.25, 1.0] {
            let p = cdf((margin - eps) / 0.7);
            let most = |n: u64| Binomial::new(n, p).unwrap().at_least(n / 2 + 1);
            let of = |votes: u64| {
                Stage::Voted(Voted::new(0.7, Votes::new(votes).unwrap())).accuracy(&one, eps)
            };
            for (votes, known) in
                [(1, p), (2, p), (3, most(3)), (11, most(11)), (12, most(11)), (501, most(501))]
            {
                let found = of(votes);
                assert!((found - known).abs() < 1e-12, "{margin} {eps} {votes}: {found} {known}");
            }
            let right = f64::from(margin > eps);
            assert_eq!(Stage::Undefended.accuracy(&one, eps), right);
            assert_eq!(Stage::Voted(Voted::new(0.7, Votes::Limit)).accuracy(&one, eps), right);
            // The least count by trying all: P[Bin(100, Φ(eps/0.7)) ≥ c] ≤ 0.01, and 7 answers to select by.
            let smoothed = Smoothed::new(Task::default(), Prior::HALF, 0.0, 0.0, 0.7).unwrap();
            let [n0, n] = [7, 100].map(|n| Answers::new(n).unwrap());
            let stage = Stage::Certified(Certifier::new(&smoothed, n0, n, 0.01));
            let bar = Binomial::new(100, cdf(eps / 0.7)).unwrap();
            let least = (0..=100).find(|c| bar.at_least(*c) <= 0.01);
            let p = cdf(margin / 0.7);
            let selected = Binomial::new(7, p).unwrap().at_least(4);
            let known =
                least.map_or(0.0, |c| selected * Binomial::new(100, p).unwrap().at_least(c));
            let found = stage.accuracy(&one, eps);
            assert!((found - known).abs() < 1e-12, "{margin} {eps}: {found} {known}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(41), cases: 60, ..ProptestConfig::default() })]

    /// Budgets cost, more votes of a positive margin help, and a certificate promises no more than there is.
    #[test]
    fn stages_are_in_order(values in prop::collection::vec(-3.0f64..5.0, 1..40), eps in 0.0f64..3.0, step in 0.0f64..2.0) {
        let margins = Margins::new(values);
        for stage in stages() {
            let [near, far] = [eps, eps + step].map(|eps| stage.accuracy(&margins, eps));
            prop_assert!((0.0..=1.0).contains(&near) && far <= near + 1e-12, "{near} {far}");
        }
        let sure = Margins::new(margins.values().iter().map(|r| r.abs() + eps).collect());
        let of = |votes: u64| Stage::Voted(Voted::new(0.5, Votes::new(votes).unwrap())).accuracy(&sure, eps);
        prop_assert!(of(1) <= of(3) + 1e-14 && of(3) <= of(101) + 1e-14);
        prop_assert!(margins.above(eps) == margins.values().iter().filter(|r| **r > eps).count());
    }

    /// In other units of the features all is the same.
    #[test]
    fn units_do_not_matter(power in -40i32..40, eps in 0.0f64..2.0) {
        let unit = 2f64.powi(power);
        let data = Data::random(60, 3, 8);
        let scaled = Data { values: data.values.iter().map(|x| x * unit).collect(), columns: 3, classes: data.classes.clone() };
        let [a, b] = [&data, &scaled].map(|data| data.fitted(Shrinkage::LedoitWolf).unwrap());
        prop_assert!((a.shrinkage() - b.shrinkage()).abs() < 1e-13);
        let [law, other] = [&a, &b].map(|fitted| Rung::from(fitted.law(Norm::MAX)));
        let of = |sigma| Stage::Voted(Voted::new(sigma, Votes::new(5).unwrap()));
        let one = law.accuracy(&of(0.7), eps).unwrap();
        let two = other.accuracy(&of(0.7 * unit), eps * unit).unwrap();
        prop_assert!((one.value - two.value).abs() <= one.error + two.error + 1e-13);
    }
}

/// The exact p-value is never above the stated one, which of 100 values and more is at most a quarter above it, from 2e-4 to ½.
#[test]
fn p_values_bound_the_exact_ones() {
    for row in table(&oracle().join("fit_distance.csv")) {
        let (n, distance, exact) = (row[0].parse().unwrap(), double(&row[1]), double(&row[2]));
        let stated = p_value(n, distance);
        assert!(stated >= exact, "{row:?}: {stated}");
        if n >= 100 && exact < 0.5 {
            assert!(stated <= 1.25 * exact, "{row:?}: {stated}");
        }
    }
    assert_eq!((p_value(10, 0.0), p_value(0, 0.5)), (1.0, 1.0));
}

/// The band at 90 % holds the whole distribution function in at least 90 % of 4000 samples of 30: by luck alone fewer than 3497 would
/// be so with a chance below 1e-6. It is not much wider than it has to be: at 85 % of its width too few would be held.
#[test]
fn the_band_covers() {
    let mut uniform = Uniform(9);
    let (n, half) = (30, band(30, 0.9));
    let distances: Vec<f64> = (0..4000)
        .map(|_| Margins::new((0..n).map(|_| uniform.normal()).collect()).distance(cdf))
        .collect();
    let held = |half: f64| distances.iter().filter(|d| **d <= half).count();
    assert!(held(half) >= 3600 - 103, "{}", held(half));
    assert!(held(0.85 * half) < 3497, "{}", held(0.85 * half));
}

#[test]
fn moments_by_hand() {
    let law = Law::of(&[1.0, 2.0, 3.0, 6.0]).unwrap();
    assert!(law.mean == 3.0 && (law.std - (14.0f64 / 3.0).sqrt()).abs() < 1e-15);
    assert_eq!((Law::of(&[1.0]), Law::of(&[2.0, 2.0]), Law::of(&[])), (None, None, None));
    let two =
        Rung::of_classes([(30, Law { mean: 0.0, std: 1.0 }), (10, Law { mean: 1.0, std: 2.0 })]);
    let known = 0.75 * cdf(-0.5) + 0.25 * cdf(0.25);
    let found = two.accuracy(&Stage::Undefended, 0.5).unwrap();
    assert!((found.value - known).abs() <= found.error.max(1e-15), "{found:?} {known}");
    assert!((two.below(0.5) - (1.0 - known)).abs() < 1e-15);
}
