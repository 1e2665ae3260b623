//! A barrage of transformations: golden counts, a literal simulation in plain loops, the promise that counts depend on the
//! question alone, and known probabilities.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use engine::VotesBy;
use engine::barrage::{Ballot, BarrageQuestion, Judge};
use engine::counts::Counts;
use engine::dispatch::{Hardware, Level};
use engine::normal::pair;
use engine::sampler::{Drawing, Sampler};
use engine::stream::{LANES, Purpose, Stream};
use task::barrage::{Pool, Transform};
use task::{DrawProtocol, Task};

const LAB: [[f64; 3]; 6] = [
    [1.0, 0.0, 0.5],
    [1.0, 0.8, 0.3],
    [0.5, 0.0, 0.0],
    [1.0, -0.2, 1.0],
    [2.0, 0.3, 0.0],
    [0.8, 0.6, 0.4],
];
const TURN: [[f64; 3]; 3] = [[-1.0, 0.3, 0.4], [2.0, 0.0, 0.5], [0.5, -0.4, 0.0]];

fn pool(maps: &[[f64; 3]]) -> Pool {
    let map = |&[scale, shift, sigma]: &[f64; 3]| Transform { scale, shift, sigma };
    Pool::new(maps.iter().map(map).collect()).expect("a pool")
}

fn judge(choose: usize, threshold: f64, votes: u32, moves: &[f64]) -> Judge {
    Judge { choose, threshold, votes: Ballot::Drawn(votes), moves: moves.to_vec() }
}

fn limit(edges: &[f64], says: &[f64], moves: &[f64]) -> Judge {
    let votes = Ballot::Regions { edges: edges.to_vec(), says: says.to_vec() };
    Judge { choose: 1, threshold: 0.0, votes, moves: moves.to_vec() }
}

fn question(maps: &[[f64; 3]], judges: Vec<Judge>, draws: &str) -> BarrageQuestion {
    let task = Task::new(1.0, 0.8).expect("a task");
    let draws: DrawProtocol = draws.parse().expect("a protocol");
    BarrageQuestion::new(task, pool(maps), judges, draws).expect("a question")
}

/// Few and many votes, odd and even, several lengths, thresholds and moves, and regions with a coin.
fn judges(longest: usize) -> Vec<Judge> {
    vec![
        judge(1, 0.0, 1, &[0.0, 0.5]),
        judge(longest, 0.25, 1, &[0.5]),
        judge(2, 0.1, 4, &[0.25, 0.5, 2.0]),
        judge(longest, -0.5, 11, &[-0.5, 0.75]),
        judge(2, f64::INFINITY, 1, &[0.5]),
        limit(&[-1.0, 0.3], &[0.0, 0.5, 1.0], &[0.0, 0.5]),
    ]
}

fn count_at(question: &BarrageQuestion, seed: u64, samples: u64, level: Level) -> Counts {
    let drawing = Drawing { level, ..Drawing::new(seed, samples, VotesBy::Draws) };
    let sampler = question.clone().sampler(&drawing);
    let tally = sampler.count(0..samples.div_ceil(sampler.batch()), &|_| ());
    question.empty().filled(&tally.expect("never stopped"), samples)
}

fn count(question: &BarrageQuestion, seed: u64, samples: u64) -> Counts {
    count_at(question, seed, samples, Level::best())
}

/// The first batch, one sample and one map after the other.
fn literal(
    question: &BarrageQuestion,
    maps: &[[f64; 3]],
    draws: &str,
    seed: u64,
    samples: u64,
) -> Counts {
    let tries = draws.parse::<DrawProtocol>().expect("a protocol").tries();
    let stream = |purpose| Stream::new(seed, 0, purpose);
    let mut data = stream(Purpose::BarrageData);
    let mut counts = question.empty();
    counts.samples = samples;
    let all = question.judges();
    let mut numbers: Vec<u32> = Vec::new();
    for judge in all {
        if let Ballot::Drawn(n) = judge.votes
            && !numbers.contains(&n)
        {
            numbers.push(n);
        }
    }
    let mut streams: Vec<[Stream; 2]> = numbers
        .iter()
        .map(|&n| [Purpose::BarrageVotes(n), Purpose::BarrageSecondVotes(n)].map(stream))
        .collect();
    let mut coins = [Purpose::BarrageVotes(0), Purpose::BarrageSecondVotes(0)].map(stream);
    let mut order = vec![(0..maps.len()).collect::<Vec<usize>>(); LANES];
    for start in (0..samples).step_by(LANES) {
        let (radius, angle) = (data.step(), data.step());
        let there = |lane: usize| start + (lane as u64) < samples;
        let y: Vec<f64> = radius.iter().map(|w| if w & 1 == 1 { 1.0 } else { -1.0 }).collect();
        let z = |lane: usize| f64::from(pair::<Hardware>(radius[lane], angle[lane]).0);
        let x: Vec<f64> = (0..LANES).map(|l| y[l] * 1.0 + 0.8 * z(l)).collect();
        for (&n, [first, second]) in numbers.iter().zip(&mut streams) {
            let judged: Vec<usize> =
                (0..all.len()).filter(|&j| all[j].votes == Ballot::Drawn(n)).collect();
            // As the kernel sorts them: by length, then as asked.
            let mut judged = judged;
            judged.sort_by_key(|&j| all[j].choose);
            let longest = judged.iter().map(|&j| all[j].choose).max().expect("a judge");
            // says[judge][0 for clean, 1 + budget][lane]
            let mut vote = |stream: &mut Stream| -> Vec<Vec<Vec<bool>>> {
                let coin = if n % 2 == 0 { stream.step() } else { [0; LANES] };
                let mut votes: Vec<Vec<Vec<u32>>> =
                    judged.iter().map(|&j| vec![vec![0; LANES]; 1 + all[j].moves.len()]).collect();
                for _ in 0..n {
                    let mut words = Vec::new();
                    let mut normals: Vec<[f64; LANES]> = Vec::new();
                    for place in 0..longest {
                        words.push(stream.step());
                        if place % 2 == 0 {
                            let (r, a) = (stream.step(), stream.step());
                            let pairs: Vec<_> =
                                (0..LANES).map(|l| pair::<Hardware>(r[l], a[l])).collect();
                            normals.push(std::array::from_fn(|l| f64::from(pairs[l].0)));
                            normals.push(std::array::from_fn(|l| f64::from(pairs[l].1)));
                        }
                    }
                    for lane in 0..LANES {
                        for (place, words) in words.iter().enumerate() {
                            let left = (maps.len() - place) as u64;
                            let product = u64::from(words[lane]) * left;
                            assert!(product & 0xffff_ffff >= left, "a word that is drawn again");
                            order[lane].swap(place, place + (product >> 32) as usize);
                        }
                        let through = |input: f64, maps_drawn: usize| {
                            (0..maps_drawn).fold(input, |v, place| {
                                let [scale, shift, sigma] = maps[order[lane][place]];
                                scale * v + (shift + sigma * normals[place][lane])
                            })
                        };
                        for (&j, votes) in judged.iter().zip(&mut votes) {
                            let inputs = std::iter::once(0.0).chain(all[j].moves.iter().copied());
                            for (input, votes) in inputs.zip(votes) {
                                let value = through(x[lane] - y[lane] * input, all[j].choose);
                                votes[lane] += u32::from(value > all[j].threshold);
                            }
                        }
                    }
                }
                let says = |votes: &Vec<u32>| {
                    let one = |(lane, &v): (usize, &u32)| {
                        if 2 * v == n { coin[lane] >> 31 == 1 } else { 2 * v > n }
                    };
                    votes.iter().enumerate().map(one).collect()
                };
                votes.iter().map(|votes| votes.iter().map(says).collect()).collect()
            };
            let clean = vote(first);
            let mut right: Vec<Vec<Vec<bool>>> = judged
                .iter()
                .map(|&j| vec![(0..LANES).map(there).collect(); all[j].moves.len()])
                .collect();
            let mut survive = |says: &[Vec<Vec<bool>>]| {
                let mut some = false;
                for (right, says) in right.iter_mut().zip(says) {
                    for (right, says) in right.iter_mut().zip(&says[1..]) {
                        for lane in 0..LANES {
                            right[lane] &= says[lane] == (y[lane] > 0.0);
                            some |= right[lane];
                        }
                    }
                }
                some
            };
            if tries == 0 {
                survive(&clean);
            }
            for _ in 0..tries {
                if !survive(&vote(second)) {
                    break;
                }
            }
            for (i, &j) in judged.iter().enumerate() {
                let margin = &mut counts.margins[j];
                for lane in (0..LANES).filter(|lane| there(*lane)) {
                    let says = clean[i][0][lane];
                    let correct = says == (y[lane] > 0.0);
                    margin.above[0] += u64::from(correct);
                    margin.invariant += u64::from(says == (x[lane] > 0.0));
                    for (budget, right) in right[i].iter().enumerate() {
                        margin.above[1 + budget] += u64::from(right[lane]);
                        margin.both.as_mut().expect("counted")[budget] +=
                            u64::from(correct && right[lane]);
                    }
                }
            }
        }
        for (j, judge) in all.iter().enumerate() {
            let Ballot::Regions { edges, says } = &judge.votes else { continue };
            let [first, second] = &mut coins;
            let say = |x: f64, coin: bool| {
                let share = says[edges.iter().filter(|edge| **edge < x).count()];
                if share == 0.5 { coin } else { share > 0.5 }
            };
            let coin = first.step().map(|w| w >> 31 == 1);
            let mut right = vec![[true; LANES]; judge.moves.len()];
            for attempt in 0..tries.max(1) {
                let coin = if tries > 0 { second.step().map(|w| w >> 31 == 1) } else { coin };
                let mut some = false;
                for (right, z) in right.iter_mut().zip(&judge.moves) {
                    for lane in 0..LANES {
                        right[lane] &= there(lane)
                            && say(x[lane] - y[lane] * z, coin[lane]) == (y[lane] > 0.0);
                        some |= right[lane];
                    }
                }
                if !some || attempt + 1 == tries {
                    break;
                }
            }
            let margin = &mut counts.margins[j];
            for lane in (0..LANES).filter(|lane| there(*lane)) {
                let says = say(x[lane], coin[lane]);
                let correct = says == (y[lane] > 0.0);
                margin.above[0] += u64::from(correct);
                margin.invariant += u64::from(says == (x[lane] > 0.0));
                for (budget, right) in right.iter().enumerate() {
                    margin.above[1 + budget] += u64::from(right[lane]);
                    margin.both.as_mut().expect("counted")[budget] +=
                        u64::from(correct && right[lane]);
                }
            }
        }
    }
    counts
}

/// A pool, the longest sequence, draws, seed and samples.
type Asked = (&'static [[f64; 3]], usize, &'static str, u64, u64);

const CASES: [Asked; 5] = [
    (&LAB, 6, "same", 7, 1000),
    (&LAB, 4, "fresh", 1 << 33 | 5, 777),
    (&LAB, 3, "persistent=3", 11, 300),
    (&TURN, 3, "same", u64::MAX, 1000),
    (&TURN, 2, "persistent=2", 0, 99),
];

#[test]
fn plain_loops_count_the_same() {
    for (maps, longest, draws, seed, samples) in CASES {
        let question = question(maps, judges(longest), draws);
        let found = count(&question, seed, samples);
        assert_eq!(found, literal(&question, maps, draws, seed, samples), "{draws} {seed}");
    }
}

#[test]
fn every_instruction_set_and_number_of_threads_counts_the_same() {
    for (maps, longest, draws, seed, _) in CASES {
        let question = question(maps, judges(longest), draws);
        // Several batches.
        let question = {
            let mut judges = question.judges().to_vec();
            judges.push(judge(1, 0.0, 2001, &[0.5]));
            let task = Task::new(1.0, 0.8).expect("a task");
            BarrageQuestion::new(task, pool(maps), judges, draws.parse().expect("draws"))
                .expect("a question")
        };
        let samples = 3 * question.batch().min(200) + 5;
        let expected = count(&question, seed, samples);
        for level in Level::available() {
            assert_eq!(count_at(&question, seed, samples, level), expected, "{}", level.name());
        }
        for threads in [1, 3] {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            assert_eq!(pool.install(|| count(&question, seed, samples)), expected, "{threads}");
        }
    }
}

#[test]
fn a_batch_is_small_where_a_sample_is_dear() {
    let batch = |votes, draws| question(&LAB, vec![judge(6, 0.0, votes, &[0.5])], draws).batch();
    assert_eq!(batch(1, "same"), 1 << 16);
    assert!((1000..4000).contains(&batch(101, "fresh").max(1)), "{}", batch(101, "fresh"));
    assert_eq!(batch(1_000_000, "persistent=1000"), 1);
}

/// Known to 14 digits: clean, adversarial, both with the same and with fresh draws, invariant. Five standard
/// deviations each at 400 000 samples, α = 6e-7 each.
#[test]
fn known_probabilities_are_found() {
    let task = Task::default();
    let samples = 400_000;
    let known = [0.640_818_025_950_67, 0.570_977_390_456_05, 0.664_429_375_615_19];
    for (draws, robust) in [("same", 0.891_013_310_071_90), ("fresh", 0.750_929_921_591_49)] {
        let asked = BarrageQuestion::new(
            task,
            pool(&LAB),
            vec![judge(6, 0.0, 1, &[0.5])],
            draws.parse().expect("draws"),
        );
        let counts = count(&asked.expect("a question"), 3, samples);
        let margin = &counts.margins[0];
        for (found, p) in [
            (margin.clean_correct(), known[0]),
            (margin.adversarial_correct()[0], known[1]),
            (margin.both_correct()[0], known[0] * robust),
            (margin.invariant(), known[2]),
        ] {
            let n = samples as f64;
            let miss = (found as f64 - n * p) / (n * p * (1.0 - p)).sqrt();
            assert!(miss.abs() < 5.0, "{draws}: {found} of {samples}, {p}");
        }
    }
}

#[test]
fn impossible_judges_are_refused_by_name() {
    let refused = |judge| {
        let task = Task::default();
        let asked = BarrageQuestion::new(task, pool(&TURN), vec![judge], DrawProtocol::Same);
        asked.expect_err("refused").to_string()
    };
    for (judge, expected) in [
        (judge(4, 0.0, 1, &[]), "choose of judges[0] = 4 is not possible: from 1 to 3"),
        (judge(0, 0.0, 1, &[]), "choose of judges[0] = 0"),
        (judge(1, f64::NAN, 1, &[]), "threshold of judges[0] = NaN"),
        (judge(1, 0.0, 0, &[]), "votes of judges[0] = 0"),
        (judge(1, 0.0, 1, &[f64::NAN]), "move of judges[0] = NaN"),
        (limit(&[0.0], &[1.0], &[]), "regions of judges[0] = 1"),
    ] {
        let found = refused(judge);
        assert!(found.starts_with(expected), "{found}");
    }
}

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", "barrage.csv"].iter().collect()
}

fn answers() -> String {
    let mut text = String::from(
        "# Golden counts of a barrage. Changing these is a value-breaking change: raise STREAM_VERSION and say why\n\
         # in the CHANGELOG. Written by `cargo test -p gauss-sim-engine barrage::regenerate -- --ignored`.\n\
         case,draws,seed,samples,judge,clean,invariant,adversarial,both\n",
    );
    for (case, (maps, longest, draws, seed, samples)) in CASES.into_iter().enumerate() {
        let samples = samples + 5000;
        let counts = count(&question(maps, judges(longest), draws), seed, samples);
        for (i, margin) in counts.margins.iter().enumerate() {
            let list = |v: &[u64]| v.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
            let (clean, invariant) = (margin.clean_correct(), margin.invariant());
            let (adversarial, both) =
                (list(margin.adversarial_correct()), list(margin.both_correct()));
            writeln!(
                text,
                "{case},{draws},{seed},{samples},{i},{clean},{invariant},{adversarial},{both}"
            )
            .expect("a string takes all");
        }
    }
    text
}

#[test]
fn the_counts_are_the_golden_ones() {
    assert_eq!(answers(), fs::read_to_string(file()).expect("tests/golden/barrage.csv"));
}

#[test]
#[ignore = "writes tests/golden/barrage.csv; only with a new STREAM_VERSION"]
fn regenerate() {
    fs::write(file(), answers()).expect("tests/golden/barrage.csv");
}
