//! The counts depend on (stream version, seed, samples, question) and on nothing else; what is refused.

use engine::Run;
use engine::attacks::{AttackQuestion, MAX_SAMPLES};
use engine::dispatch::Level;
use engine::sampler::{Sampler, add};

use super::ask::{QUESTIONS, SPHERES, count, points, question};

#[test]
fn every_instruction_set_gives_the_same_counts() {
    for (text, samples) in QUESTIONS.into_iter().chain(SPHERES) {
        let question = question(text);
        let run = Run::new(3, samples);
        let expected = run.count_attack(&question, &|_| ());
        for level in Level::available() {
            let found = Run { level, ..run }.count_attack(&question, &|_| ());
            assert_eq!(found, expected, "{text} on {}", level.name());
        }
    }
}

/// Batch by batch, in any order, and on any number of threads.
#[test]
fn batches_add_up() {
    for text in [
        "defense=scale=1 dimension=200 attack=none,pgd,eot steps=1,20 eot=40 judge=final,any",
        "defense=drop=0.5 dimension=20 attack=eot eot=1..100:33 steps=50",
    ] {
        let asked = question(text);
        let prepared = Run::new(4, 5000).prepare_attack(asked.clone()).expect("not too many");
        let batches = 5000_u64.div_ceil(prepared.batch());
        assert!(batches > 2, "{batches} of {}", prepared.batch());
        let samples = 5000.min(prepared.batch() * 3 - 7);
        let run = Run::new(4, samples);
        let prepared = run.prepare_attack(asked.clone()).expect("not too many");
        let mut total = vec![0; prepared.tally_len()];
        for batch in (0..3).rev() {
            add(&mut total, &prepared.count(batch..batch + 1, &|_| ()).expect("never stopped"));
        }
        assert!(prepared.is_possible(&total, samples));
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("a pool").install(|| run.count_attack(&asked, &|_| ()))
        };
        assert_eq!(asked.counts(&total, samples), with(1));
        assert_eq!(with(1), with(3));
        total[2] = samples + 1;
        assert!(!prepared.is_possible(&total, samples));
    }
}

/// Asked alone or in company, a point has the same counts.
#[test]
fn the_counts_of_a_point_are_its_own() {
    for text in [
        "defense=scale=2 dimension=9 sigma=0.5 votes=1,2,inf attack=none,off,pgd,eot,full,optimum eot=2,3 steps=0,3,7 \
         judge=final,any,first,last eps=0.1,0.5 start=uniform step_size=0.08",
        "defense=flip=0.3 dimension=130 gain=shared attack=pgd,eot eot=2 steps=2,5 eps=0,0.5 draws=same judge=final,last",
        "defense=mirror=0.4 mean=2,-0.5 eps=0.1,0.3 attack=none,off,pgd,eot,full draws=persistent=3",
        "task=spheres defense=add dimension=9 attack=none,off,pgd,eot,full eot=2,3 eps=0.1,0.5 steps=2,5 judge=final,any,last",
        "defense=drop=0.3 dimension=3 loss=cross-entropy attack=pgd,eot eot=2,3 eps=0.1,0.2 steps=2,3 judge=final,first",
    ] {
        let together = count(text, 5, 700);
        for (point, together) in points(text).into_iter().zip(together) {
            let alone = AttackQuestion::new(vec![point.clone()]).expect("a question");
            let alone = Run::new(5, 700).count_attack(&alone, &|_| ());
            assert_eq!(alone, [together], "{point:?}");
        }
    }
}

#[test]
fn a_run_begins_as_a_shorter_one() {
    let text = "defense=drop=0.5 dimension=40 attack=pgd steps=5 judge=first";
    let mut last = count(text, 6, 0)[0];
    assert_eq!((last.clean_correct, last.signs_right, last.reach), (0, 0, 0));
    for samples in [1, 15, 16, 17, 47, 48, 49, 500] {
        let here = count(text, 6, samples)[0];
        for (more, fewer) in [
            (here.clean_correct, last.clean_correct),
            (here.adversarial_correct, last.adversarial_correct),
            (here.both, last.both),
            (here.signs_right, last.signs_right),
            (here.signs_zero, last.signs_zero),
            (here.reach, last.reach),
        ] {
            assert!(more >= fewer, "{samples}");
        }
        assert!(here.signs_right + here.signs_zero <= here.signs);
        last = here;
    }
}

#[test]
fn done_hears_of_every_sample() {
    let heard = std::sync::atomic::AtomicU64::new(0);
    let told = |samples| {
        heard.fetch_add(samples, std::sync::atomic::Ordering::Relaxed);
    };
    Run::new(1, 1000).count_attack(&question("attack=pgd dimension=500 steps=900"), &told);
    assert_eq!(heard.into_inner(), 1000);
}

/// A batch is a power of two of panels that costs about as much whatever is asked.
#[test]
fn the_size_of_a_batch_follows_from_the_cost() {
    let batch = |text: &str| {
        let question = question(text);
        let prepared = Run::new(1, 1).prepare_attack(question.clone()).expect("a run");
        (prepared.batch(), question.cost())
    };
    assert_eq!(batch("dimension=1 attack=pgd steps=1"), (1 << 16, 4));
    for text in ["dimension=256 attack=pgd steps=40", "dimension=64 attack=eot eot=10 steps=100"] {
        let (batch, cost) = batch(text);
        assert!((1 << 20..=1 << 22).contains(&(batch * cost)), "{text}: {batch} of {cost}");
    }
    assert_eq!(batch("dimension=16384 attack=pgd steps=1000").0, 16);
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let refused = |points| AttackQuestion::new(points).unwrap_err().to_string();
    let mut mixed = points("dimension=2");
    mixed.extend(points("dimension=3"));
    for (found, expected) in [
        (refused(Vec::new()), "points = 0 is not possible: at least one"),
        (refused(mixed), "points = Gains("),
        (refused(points("attack=pgd step_size=best")), "step_size = best is not possible"),
        (refused(points("attack=pgd step_size=1e-15")), "step_size = 0.000000000000001 is not"),
    ] {
        assert!(found.starts_with(expected) && !found.contains('\n'), "{found}");
    }
    let run = Run::new(1, MAX_SAMPLES + 1);
    let error = run.prepare_attack(question("dimension=2")).err().map(|error| error.to_string());
    assert!(error.is_some_and(|error| error.starts_with("samples = ")));
}
