//! The counts depend on (stream version, seed, samples, question) and on nothing else; what is refused.

use engine::Run;
use engine::dispatch::Level;
use engine::linear::{Contestant, LINEAR_BATCH, LinearNoise, LinearQuestion};
use task::Norm;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{DrawProtocol, Eps, Prior, Votes};

use super::literal::counted;
use super::world::{Numbers, World, budgets, protocols};

fn worlds() -> Vec<World> {
    let mut numbers = Numbers(77);
    let mut worlds = Vec::new();
    for (d, data, theta) in
        [(1, "scalar", "full"), (7, "full", "singular"), (19, "diagonal", "full")]
    {
        for (norm, draws) in [1.5, 2.0, f64::INFINITY].into_iter().zip(protocols()) {
            worlds.push(numbers.world(d, (data, theta), norm, 0.4, draws, &[0.05, 0.2]));
        }
    }
    worlds
}

#[test]
fn every_instruction_set_gives_the_same_counts() {
    for world in worlds() {
        let question = world.question();
        let run = Run::new(3, 2 * LINEAR_BATCH + 77);
        let expected = run.count_linear(&question, &|_| ());
        for level in Level::available() {
            let found = Run { level, ..run }.count_linear(&question, &|_| ());
            assert_eq!(found, expected, "{}", level.name());
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_counts() {
    for world in worlds() {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("a pool").install(|| world.count(4, 9 * LINEAR_BATCH + 5))
        };
        let one = with(1);
        assert_eq!(with(2), one);
        assert_eq!(with(3), one);
    }
}

/// Asked alone or in company, a contestant has the same counts; also where another number of votes was
/// drawn before.
#[test]
fn the_counts_of_a_contestant_are_its_own() {
    for world in worlds() {
        let together = world.count(5, 1000);
        for (i, player) in world.players.iter().enumerate() {
            let alone = World { players: vec![player.clone()], ..world.clone() };
            assert_eq!(alone.count(5, 1000).margins[0], together.margins[i], "{player:?}");
        }
    }
}

#[test]
fn a_run_begins_as_a_shorter_one() {
    let world = &worlds()[5];
    let mut last = counted(&world.count(6, 0));
    assert!(last.iter().all(|seen| (seen.0, seen.1) == (0, 0)));
    for samples in [1, 15, 16, 17, LINEAR_BATCH - 1, LINEAR_BATCH, LINEAR_BATCH + 1] {
        let here = counted(&world.count(6, samples));
        for (more, fewer) in here.iter().zip(&last) {
            assert!(more.0 >= fewer.0 && more.0 <= samples && more.1 >= fewer.1);
            assert!(more.3.iter().zip(&fewer.3).all(|(more, fewer)| more >= fewer));
        }
        last = here;
    }
}

#[test]
fn done_hears_of_every_sample() {
    let heard = std::sync::atomic::AtomicU64::new(0);
    let told = |samples| {
        heard.fetch_add(samples, std::sync::atomic::Ordering::Relaxed);
    };
    Run::new(1, 1000).count_linear(&worlds()[0].question(), &told);
    assert_eq!(heard.into_inner(), 1000);
}

/// Weights at the ends of the range change no verdict.
#[test]
fn weights_of_any_size_give_the_same_counts() {
    let world = &worlds()[4];
    let expected = world.count(8, 500);
    for exponent in [-1000, -400, 400, 1000] {
        let mut scaled = world.clone();
        for player in scaled.players.iter_mut().filter(|p| !p.weights.is_empty()) {
            let unit = 2f64.powi(exponent);
            player.weights.iter_mut().for_each(|w| *w *= unit);
            player.bias *= unit;
        }
        assert_eq!(scaled.count(8, 500), expected, "2^{exponent}");
    }
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let task = LinearTask::new(vec![1.0, 2.0], Covariance::scalar(1.0).unwrap(), Prior::HALF);
    let task = task.expect("a task");
    let defense = LinearDefense::new(vec![0.0; 2], Covariance::zero()).expect("a defense");
    let rule = |d| Rule::Linear(LinearClassifier::new(vec![1.0; d], 0.0).expect("a classifier"));
    let noise = |sigma| Some(LinearNoise { sigma, votes: Votes::ONE });
    let plain = |rule| Contestant { rule, noise: None, eps: vec![Eps::ZERO] };
    let ask = |defense: Option<&LinearDefense>, undefended, contestant| {
        let contestants = vec![plain(Rule::Constant(1)), contestant];
        LinearQuestion::new(&task, defense, Norm::TWO, undefended, contestants, DrawProtocol::Same)
            .map_err(|error| error.to_string())
    };
    assert!(ask(Some(&defense), rule(2), plain(rule(2))).is_ok());
    let other = LinearDefense::new(vec![0.0; 3], Covariance::zero()).expect("a defense");
    let with = |noise, eps: &[f64]| Contestant { rule: rule(2), noise, eps: budgets(eps) };
    for (found, expected) in [
        (ask(None, rule(2), plain(rule(3))), "length of the weights of contestants[1] = 3"),
        (ask(None, rule(1), plain(rule(2))), "length of the weights of undefended = 1"),
        (ask(None, rule(2), plain(Rule::Constant(0))), "class of contestants[1] = 0"),
        (ask(None, rule(2), plain(Rule::Constant(i8::MIN))), "class of contestants[1] = -128"),
        (ask(None, rule(2), with(noise(1.0), &[])), "noise of contestants[1] = 1"),
        (ask(Some(&defense), rule(2), with(noise(-1.0), &[])), "sigma of contestants[1] = -1"),
        (ask(Some(&defense), rule(2), with(noise(f64::NAN), &[])), "sigma of contestants[1] = NaN"),
        (ask(None, rule(2), with(None, &[1.0, 0.5])), "eps of contestants[1] = 1 before 0.5"),
        (ask(Some(&other), rule(2), plain(rule(2))), "length of shift = 3"),
    ] {
        let message = found.expect_err(expected);
        assert!(message.starts_with(expected) && !message.contains('\n'), "{message}");
    }
}
