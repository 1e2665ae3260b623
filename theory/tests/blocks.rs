//! Independent sub-problems: against tables made by inverting Laplace transforms, and the four theorems as properties.

use gauss_sim_theory::blocks::{Game, Known, Solver, noise_that_repels};
use gauss_sim_theory::math::bounded::Bounded;
use gauss_sim_theory::math::normal::cdf;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use task::blocks::{Attacker, BlockNorm, Blocks, Choice, Coordinates, Law};
use task::linear::{Covariance, LinearTask};
use task::spec::Word;
use task::{Norm, Prior};

use crate::common::{oracle, table};

fn game(laws: &[(f64, f64)]) -> Game {
    let laws = laws.iter().map(|(mean, std)| Law::new(*mean, *std).unwrap()).collect();
    Game::of(Blocks::new(laws).unwrap()).unwrap()
}

fn known(game: &Game, norm: BlockNorm, eps: f64, choice: Choice) -> Known {
    let attacker = Attacker::budget(eps).unwrap();
    Solver::new(game, norm, eps).answer(choice, attacker).unwrap().adversarial
}

fn exact(game: &Game, norm: BlockNorm, eps: f64, choice: Choice) -> Bounded {
    known(game, norm, eps, choice).exact().unwrap_or_else(|| panic!("{norm:?} {eps} {choice:?}"))
}

/// Within its own bound of the table's value, and that bound 2e-12 at most: the table is right to 1e-14.
#[track_caller]
fn close(found: Bounded, expected: f64, about: &str) {
    assert!((found.value - expected).abs() <= found.error + 1e-14, "{about}: {found:?} {expected}");
    assert!(found.error <= 2e-12, "{about}: {found:?}");
}

/// P[F ≥ m] of a table leads to every vote and to the random choice.
#[test]
fn choices_are_those_of_the_tables() {
    let mut rows = 0;
    for cells in table(&oracle().join("blocks.csv")) {
        rows += 1;
        let line = &cells.join(",");
        let norm = BlockNorm::of(&cells[0]).unwrap();
        let eps: f64 = cells[1].parse().unwrap();
        let laws: Vec<(f64, f64)> = cells[2]
            .split(' ')
            .map(|law| {
                let (mean, std) = law.split_once(':').unwrap();
                (mean.parse().unwrap(), std.parse().unwrap())
            })
            .collect();
        let turned: Vec<f64> = cells[3].split(' ').map(|p| p.parse().unwrap()).collect();
        let (game, blocks) = (game(&laws), laws.len());
        let random = 1.0 - turned.iter().sum::<f64>() / blocks as f64;
        close(exact(&game, norm, eps, Choice::Random), random, line);
        for k in 1..=blocks {
            let vote = 1.0 - 0.5 * (turned[blocks - k] + turned[k - 1]);
            close(exact(&game, norm, eps, Choice::Vote(k as u32)), vote, line);
        }
    }
    assert!(rows >= 20, "{rows}");
}

#[test]
fn correlated_pairs_are_those_of_the_table() {
    for cells in table(&oracle().join("blocks_pair.csv")) {
        let line = &cells.join(",");
        let cells: Vec<f64> = cells.iter().map(|cell| cell.parse().unwrap()).collect();
        let [a, b, eps, rho, first, second, each, both] = cells[..] else { panic!("{line}") };
        if rho == 0.0 {
            // Independent blocks, by the other way.
            let game = game(&[(a, 1.0), (b, 1.0)]);
            let expected = 1.0 - 0.5 * (first + second - each + both);
            close(exact(&game, BlockNorm::Two, eps, Choice::Random), expected, line);
            continue;
        }
        // In other units, too.
        for unit in [1.0, 1e-6, 3e5] {
            let laws = vec![Law::new(a * unit, unit).unwrap(), Law::new(b * unit, unit).unwrap()];
            let expected = |p: f64| {
                let [likely, other] = if p >= 0.5 { [first, second] } else { [second, first] };
                let p = p.max(1.0 - p);
                1.0 - both - p * (likely - both) - (1.0 - p) * (other - each)
            };
            for mix in [0.0, 0.25, 0.5, 0.8, 1.0] {
                let blocks = Blocks::new(laws.clone()).unwrap().pair(rho, mix).unwrap();
                let game = Game::of(blocks).unwrap();
                close(
                    exact(&game, BlockNorm::Two, eps * unit, Choice::Random),
                    expected(mix),
                    line,
                );
            }
        }
    }
}

/// The values of the note on orientation.
#[test]
fn known_values_are_met() {
    let two = game(&[(1.5, 1.0); 2]);
    close(exact(&two, BlockNorm::Two, 1.0, Choice::Random), 0.701_342_906_975_931, "two blocks");
    let five = game(&[(1.0, 1.0); 5]);
    close(exact(&five, BlockNorm::Inf, 0.5, Choice::Vote(3)), 0.825_442_804_134_119, "majority");
    // A majority may lose against the random choice; another vote never does.
    let three = game(&[(1.5, 1.0); 3]);
    let of = |choice| exact(&three, BlockNorm::Two, 2.0, choice).value;
    let [first, majority] = [1, 2].map(|k| of(Choice::Vote(k)));
    let random = of(Choice::Random);
    assert!(majority < random && random < first, "{majority} {random} {first}");
    assert!((majority - 0.363).abs() < 5e-4 && (random - 0.413).abs() < 5e-4);
}

/// Theorem 1 on finite games: any randomised classifier is the mean of its thresholds.
#[test]
fn a_randomised_classifier_is_the_mean_of_its_thresholds() {
    let mut state = 16_u64;
    let mut uniform = || {
        // xorshift64*, which shares nothing with the streams.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    };
    for game in 0..5000 {
        let inputs = 2 + (uniform() * 7.0) as usize;
        // What is likely given each class, whereto each input can be moved, and how often h says +.
        let mut law = [0, 1].map(|_| (0..inputs).map(|_| uniform()).collect::<Vec<_>>());
        for weights in &mut law {
            let total: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|w| *w *= 0.5 / total);
        }
        let reach: Vec<Vec<usize>> = (0..inputs)
            .map(|x| (0..inputs).filter(|z| *z == x || uniform() < 0.3).collect())
            .collect();
        let says: Vec<f64> = (0..inputs).map(|_| uniform()).collect();
        let accuracy = |h: &dyn Fn(usize) -> f64| -> f64 {
            (0..inputs)
                .map(|x| {
                    let least = reach[x].iter().map(|z| h(*z)).fold(1.0, f64::min);
                    let most = reach[x].iter().map(|z| h(*z)).fold(0.0, f64::max);
                    law[0][x] * least + law[1][x] * (1.0 - most)
                })
                .sum()
        };
        let random = accuracy(&|x| says[x]);
        // 1{h > u} changes at the values of h alone.
        let mut levels: Vec<f64> = says.iter().copied().chain([0.0, 1.0]).collect();
        levels.sort_by(f64::total_cmp);
        let pieces: Vec<(f64, f64)> = levels
            .windows(2)
            .map(|w| {
                let u = 0.5 * (w[0] + w[1]);
                (w[1] - w[0], accuracy(&|x| f64::from(u8::from(says[x] > u))))
            })
            .collect();
        let mean: f64 = pieces.iter().map(|(width, accuracy)| width * accuracy).sum();
        assert!((mean - random).abs() < 1e-13, "game {game}: {mean} {random}");
        let best = pieces.iter().map(|(_, accuracy)| *accuracy).fold(0.0, f64::max);
        assert!(best >= random - 1e-13, "game {game}: {best} {random}");
    }
}

fn laws() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let law = (0.0..4.0f64, prop::sample::select(vec![0.5, 1.0, 2.0]));
    prop_oneof![
        (1..7usize, law.clone()).prop_map(|(count, law)| vec![law; count]),
        prop::collection::vec(law, 1..4),
    ]
}

fn norm() -> impl Strategy<Value = BlockNorm> {
    prop::sample::select(BlockNorm::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, rng_seed: RngSeed::Fixed(16), ..ProptestConfig::default() })]

    /// Theorems 1 to 3: the random choice is the mean of all votes, the best vote is no worse, and nothing is above the optimum.
    #[test]
    fn votes_and_the_optimum_bound_the_random_choice(laws in laws(), norm in norm(), eps in 0.0..5.0f64) {
        let game = game(&laws);
        let solver = Solver::new(&game, norm, eps);
        let attacker = Attacker::budget(eps).unwrap();
        let of = |choice| {
            let answer = solver.answer(choice, attacker).unwrap();
            let value = answer.adversarial.exact().unwrap();
            assert!(value.error <= 2e-11, "{value:?}");
            // Attacks only harm.
            assert!(value.value <= answer.clean.value + value.error + answer.clean.error);
            value
        };
        let blocks = laws.len() as u32;
        let random = of(Choice::Random);
        let votes: Vec<Bounded> = (1..=blocks).map(|k| of(Choice::Vote(k))).collect();
        let mean = votes.iter().map(|v| v.value).sum::<f64>() / f64::from(blocks);
        prop_assert!((mean - random.value).abs() <= random.error + 1e-14, "{mean} {random:?}");
        let best = votes.iter().map(|v| v.value).fold(0.0, f64::max);
        prop_assert!(best >= random.value - random.error - 1e-14);
        let optimum = solver.optimum(eps).unwrap();
        let most = optimum.value + optimum.error + 1e-13;
        for choice in [Choice::Single, Choice::Joint] {
            let value = of(choice);
            prop_assert!(value.value <= most + value.error, "{choice:?} {value:?} {optimum:?}");
        }
        prop_assert!(best <= most + random.error, "{best} {optimum:?}");
        if norm != BlockNorm::Zero {
            let reached = of(Choice::Optimum);
            prop_assert!((reached.value - optimum.value).abs() <= 1e-11, "{reached:?} {optimum:?}");
        }
    }

    /// A larger budget never helps the defender, and the bounds without tables are bounds.
    #[test]
    fn accuracy_falls_with_the_budget(laws in laws(), norm in norm(), eps in 0.0..4.0f64, more in 0.0..1.0f64) {
        let game = game(&laws);
        let solver = Solver::new(&game, norm, eps + more);
        for choice in [Choice::Random, Choice::Vote(1)] {
            let of = |eps| {
                let found = solver.answer(choice, Attacker::budget(eps).unwrap()).unwrap().adversarial;
                found.exact().unwrap_or_else(|| panic!("{norm:?} {eps} {found:?}"))
            };
            let (less, larger) = (of(eps), of(eps + more));
            prop_assert!(larger.value <= less.value + larger.error + less.error, "{less:?} {larger:?}");
            // The largest budget of a solver changes its tables, not its values.
            let own = exact(&game, norm, eps, choice);
            prop_assert!((own.value - less.value).abs() <= own.error + less.error, "{own:?} {less:?}");
            // ℓ∞ has more of each budget than ℓ2 and ℓ1; and 1/√B of it for each block is within ℓ2.
            let whole = exact(&game, BlockNorm::Inf, eps, choice).value;
            let shared = exact(&game, BlockNorm::Two, eps, choice);
            let count = laws.len() as f64;
            let split = exact(&game, BlockNorm::Inf, eps / count.sqrt(), choice).value;
            prop_assert!(whole - 1e-13 <= shared.value + shared.error && shared.value - shared.error <= split + 1e-13);
        }
    }

    /// Theorem 4: against a price the random choice is between what it is against a budget of 1/λ and a separate price for each
    /// block; votes and linear classifiers are as against the budget.
    #[test]
    fn a_price_spares_the_random_choice(laws in laws(), norm in norm(), price in 0.05..3.0f64) {
        let game = game(&laws);
        let solver = Solver::new(&game, norm, 1.0 / price);
        let (pays, budget) = (Attacker::pays(price).unwrap(), Attacker::budget(1.0 / price).unwrap());
        let random = solver.answer(Choice::Random, pays).unwrap();
        let spent = solver.answer(Choice::Random, budget).unwrap().adversarial.exact().unwrap();
        let [low, high] = random.adversarial.limits();
        prop_assert!(low >= spent.value - 2.0 * spent.error - 1e-13 && low <= high);
        prop_assert!(high <= random.clean.value + 1e-12);
        for choice in [Choice::Vote(1), Choice::Joint, Choice::Single] {
            let [paid, spent] = [pays, budget].map(|a| solver.answer(choice, a).unwrap().adversarial);
            prop_assert_eq!(paid, spent);
        }
        // Added noise: no move is worth its price from the noise that repels on.
        let sigma = noise_that_repels(price) * (1.0 + 1e-12);
        for margin in [-1.0, 0.0, 0.3, 2.0] {
            let gain = |move_: f64| cdf((move_ - margin) / sigma) - cdf(-margin / sigma) - price * move_;
            prop_assert!((1..200).all(|i| gain(0.02 * f64::from(i)) <= 1e-15));
        }
        let less = 0.9 * sigma;
        prop_assert!(cdf(0.01) - 0.5 > price * 0.01 * less);
    }
}

/// The ends of the domain.
#[test]
fn the_ends_are_right_or_unknown() {
    for count in [1, 2, 5, 16] {
        for (mean, std) in [(0.0, 1.0), (1e-15, 1e-15), (1e15, 1.0), (20.0, 1.0), (3.0, 1e-3)] {
            let game = game(&vec![(mean, std); count]);
            for norm in BlockNorm::ALL {
                for eps in [0.0, 1e-12, 0.5, 1e3, 1e15] {
                    let [low, high] = known(&game, *norm, eps, Choice::Random).limits();
                    assert!(0.0 <= low && low <= high && high <= 1.0, "{mean} {std} {eps}");
                    let free = cdf(mean / std);
                    if eps == 0.0 {
                        assert!((low - free).abs() < 1e-13 && (high - free).abs() < 1e-13);
                    }
                    // All blocks are within the budget, or none is.
                    let share = eps / (count as f64).sqrt();
                    if *norm == BlockNorm::Two && share > mean + 10.0 * std {
                        assert!(high < 1e-12, "{mean} {std} {eps} {count}: {high}");
                    }
                    if *norm == BlockNorm::Two && eps + 10.0 * std < mean {
                        assert!(low > 1.0 - 1e-12, "{mean} {std} {eps} {count}: {low}");
                    }
                }
            }
        }
    }
    let unknown = game(&[(1.0, 1e-4); 9]);
    assert!(matches!(known(&unknown, BlockNorm::Two, 2.5, Choice::Random), Known::Between(..)));
}

/// Blocks of a task: by hand for independent coordinates, and what is refused.
#[test]
fn blocks_of_a_task_have_its_laws() {
    let coordinates = |text: &str| task::spec::Parse::parse(text).unwrap();
    let task = |prior| {
        let covariance = Covariance::diagonal(vec![1.0, 0.25, 4.0]).unwrap();
        LinearTask::new(vec![1.0, 0.5, 2.0], covariance, Prior::new(prior).unwrap()).unwrap()
    };
    let game = Game::of_task(&task(0.5), &coordinates("0-1,2"), Norm::TWO).unwrap();
    // w = (1, 2): w·μ = 2, wᵀΣw = 2, ‖w‖ = √5.
    let laws = game.blocks().laws();
    assert!((laws[0].mean() - 2.0 / 5f64.sqrt()).abs() < 1e-15);
    assert!((laws[0].std() - (2.0f64 / 5.0).sqrt()).abs() < 1e-15);
    assert_eq!((laws[1].mean(), laws[1].std()), (2.0, 2.0));
    assert_eq!(game.classifiers()[1], [0.0, 0.0, 1.0]);
    // In ℓ1 a margin is divided by the largest weight.
    let game = Game::of_task(&task(0.5), &coordinates("0-1,2"), Norm::ONE).unwrap();
    assert_eq!((game.blocks().laws()[0].mean(), game.classifiers()[0][1]), (1.0, 1.0));
    let refused = |task: &LinearTask, list: &str| {
        let list: Coordinates = coordinates(list);
        Game::of_task(task, &list, Norm::TWO).unwrap_err().to_string()
    };
    assert!(refused(&task(0.25), "0,1").starts_with("prior = 0.25 is not possible"));
    assert!(refused(&task(0.5), "0,3").starts_with("coordinate = 3 is not possible"));
    let rows = [vec![1.0, 0.5, 0.0], vec![0.5, 1.0, 0.25], vec![0.0, 0.25, 1.0]];
    let full =
        LinearTask::new(vec![1.0; 3], Covariance::full(&rows).unwrap(), Prior::HALF).unwrap();
    assert!(refused(&full, "0-1,2").starts_with("covariance[1][2] = 0.25 is not possible: 0, as"));
    assert!(Game::of_task(&full, &coordinates("0,2"), Norm::TWO).is_ok());
}
