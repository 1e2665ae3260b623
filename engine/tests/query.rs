//! Black-box attackers, simulated: golden counts, a literal game in plain loops, and the promise that counts depend on the question
//! alone.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::support::batch_by_batch;
use engine::VotesBy;
use engine::dispatch::{Hardware, Level};
use engine::normal::pair;
use engine::query::{COSINE_UNIT, QueryCase, QueryCounts, QueryQuestion};
use engine::sampler::{Drawing, Sampler};
use engine::stream::{LANES, Purpose, Stream};
use task::query::{Asker, QueryAttack, QueryStage};
use task::spec::Word;
use task::{Defense, Task, Votes};

const MEAN: f64 = 1.0;
const DATA_STD: f64 = 0.75;
const SIGMA: f64 = 0.5;
const SHIFT: f64 = 0.25;
const EPS: f64 = 0.8;
const STEP: f64 = 0.6;
const D: u64 = 5;
const QUERIES: [u64; 6] = [0, 1, 4, 10, 11, 63];

fn case_of(attack: QueryAttack, d: u64, stage: QueryStage, eps: f64) -> QueryCase {
    let task = Task::new(MEAN, DATA_STD).expect("a task");
    let defense = Defense::new(SHIFT, SIGMA).expect("a defense");
    let asker = Asker::new(attack, d, task, defense, stage, eps, STEP).expect("an attacker");
    QueryCase { asker, queries: QUERIES.to_vec() }
}

fn voted(n: u64) -> QueryStage {
    QueryStage::Voted(Votes::new(n).expect("votes"))
}

/// Every attack against every kind of stage.
fn cases() -> Vec<QueryCase> {
    let stages =
        [QueryStage::Undefended, QueryStage::Defended, QueryStage::Trained, voted(4), voted(7)];
    QueryAttack::ALL
        .iter()
        .flat_map(|attack| stages.map(|stage| case_of(*attack, D, stage, EPS)))
        .collect()
}

fn count_at(
    cases: &[QueryCase],
    seed: u64,
    samples: u64,
    votes_by: VotesBy,
    level: Level,
) -> Vec<Vec<QueryCounts>> {
    let drawing = Drawing { level, ..Drawing::new(seed, samples, votes_by) };
    let question = QueryQuestion::new(cases.to_vec()).with_votes_by(votes_by);
    let sampler = question.clone().sampler(&drawing);
    let tally =
        sampler.count(0..samples.div_ceil(sampler.batch()), &|_| ()).expect("never stopped");
    assert!(sampler.is_possible(&tally, samples));
    question.counts(&tally)
}

fn count(cases: &[QueryCase], seed: u64, samples: u64) -> Vec<Vec<QueryCounts>> {
    count_by(VotesBy::Draws, cases, seed, samples)
}

fn count_by(
    votes_by: VotesBy,
    cases: &[QueryCase],
    seed: u64,
    samples: u64,
) -> Vec<Vec<QueryCounts>> {
    count_at(cases, seed, samples, votes_by, Level::best())
}

/// Normals of all lanes, two steps of a stream for every two.
struct Normals {
    stream: Stream,
    kept: Option<[f32; LANES]>,
}

impl Normals {
    fn new(seed: u64, purpose: Purpose) -> Self {
        Self { stream: Stream::new(seed, 0, purpose), kept: None }
    }

    fn next(&mut self) -> [f32; LANES] {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        let (radius, angle) = (self.stream.step(), self.stream.step());
        let of = |lane: usize| pair::<Hardware>(radius[lane], angle[lane]);
        self.kept = Some(std::array::from_fn(|lane| of(lane).1));
        std::array::from_fn(|lane| of(lane).0)
    }

    fn vectors(&mut self, d: usize) -> Vec<[f32; LANES]> {
        (0..d).map(|_| self.next()).collect()
    }
}

/// Counts with so many questions and no others, in the first batch: whole vectors of one sample after the other, each question a
/// point of its own whose score is a sum over all coordinates, as near as floating point tells.
fn literal(case: &QueryCase, queries: u64, seed: u64, samples: usize) -> QueryCounts {
    let asker = &case.asker;
    let d = asker.dimension() as usize;
    let n = asker.draws().unwrap_or(0);
    let (sigma, offset) = (asker.margin().sigma(), asker.margin().offset());
    let mut classes = Stream::new(seed, 0, Purpose::QueryClasses);
    let mut data = Normals::new(seed, Purpose::QueryData);
    let mut noise = Normals::new(seed, Purpose::QueryAnswers(n));
    let mut random = Normals::new(seed, Purpose::QueryDirections);
    let mut guesses = Normals::new(seed, Purpose::QueryGuesses);
    let mut decisions = Normals::new(seed, Purpose::QueryDecisions(n));
    let mut counts = QueryCounts::default();
    for start in (0..samples).step_by(LANES) {
        let class = classes.step();
        let (g, z) = (data.vectors(d), data.vectors(d));
        let number = asker.spend(queries);
        let pairs = number.rounds * number.directions;
        let asked = match asker.attack() {
            QueryAttack::Simba => 2 * D + 1,
            _ => 2 * pairs,
        };
        // All the randomness of sixteen samples, in the order in which it is drawn.
        let mut answers = Vec::new();
        let mut directions = Vec::new();
        for question in 0..asked {
            if asker.attack() == QueryAttack::Nes && question % 2 == 0 {
                directions.push(random.vectors(d));
            }
            answers.push((0..n).map(|_| noise.next()).collect::<Vec<_>>());
        }
        let judged: Vec<_> = (0..n).map(|_| decisions.next()).collect();
        let mut learned_all = Vec::new();
        for lane in 0..LANES {
            let length = g.iter().map(|g| f64::from(g[lane]).powi(2)).sum::<f64>().sqrt();
            let e: Vec<f64> = g.iter().map(|g| f64::from(g[lane]) / length).collect();
            let y = if class[lane] >> 31 == 1 { 1.0 } else { -1.0 };
            let x: Vec<f64> = e
                .iter()
                .zip(&z)
                .map(|(e, z)| y * MEAN * e + DATA_STD * f64::from(z[lane]))
                .collect();
            let dot = |a: &[f64]| a.iter().zip(&e).map(|(a, e)| a * e).sum::<f64>();
            let draws = |question: usize, at: &[f64]| -> Vec<f64> {
                let score = dot(at) + offset;
                match n {
                    0 => vec![score],
                    _ => answers[question]
                        .iter()
                        .map(|z| score + sigma * f64::from(z[lane]))
                        .collect(),
                }
            };
            let mean = |draws: &[f64]| draws.iter().sum::<f64>() / draws.len() as f64;
            let label = |draws: &[f64]| {
                let plus = draws.iter().filter(|draw| **draw > 0.0).count();
                let tie = 2 * plus == draws.len();
                if tie { draws[0] > 0.0 } else { 2 * plus > draws.len() }
            };
            let mut learned = vec![0.0; d];
            let mut walked = x.clone();
            if asker.attack() == QueryAttack::Simba {
                let step = asker.simba_step();
                let mut kept = y * mean(&draws(0, &x));
                let mut used = 1;
                for i in 0..d {
                    for (turn, side) in [1.0, -1.0].into_iter().enumerate() {
                        if used >= queries {
                            break;
                        }
                        let mut there = walked.clone();
                        there[i] += side * step;
                        used += 1;
                        let says = y * mean(&draws(1 + 2 * i + turn, &there));
                        if says < kept {
                            (kept, walked) = (says, there);
                            break;
                        }
                    }
                }
            }
            for pair in 0..if asker.attack() == QueryAttack::Simba { 0 } else { pairs as usize } {
                let mut u = vec![0.0; d];
                match asker.attack() {
                    QueryAttack::Nes => {
                        let scale = STEP / (d as f64).sqrt();
                        for (u, z) in u.iter_mut().zip(&directions[pair]) {
                            *u = scale * f64::from(z[lane]);
                        }
                    }
                    _ => u[pair % d] = STEP,
                }
                let at = |side: f64| -> Vec<f64> {
                    x.iter().zip(&u).map(|(x, u)| x + side * u).collect()
                };
                let (ahead, back) = (draws(2 * pair, &at(1.0)), draws(2 * pair + 1, &at(-1.0)));
                let difference = match asker.attack() {
                    QueryAttack::Label => {
                        f64::from(i8::from(label(&ahead)) - i8::from(label(&back)))
                    }
                    _ => mean(&ahead) - mean(&back),
                };
                for (learned, u) in learned.iter_mut().zip(&u) {
                    *learned += difference * u;
                }
            }
            learned_all.push((y, e, x, walked, learned));
        }
        let empty = |learned: &[f64]| learned.iter().all(|v| *v == 0.0);
        let guess = match asker.attack() {
            QueryAttack::Simba => None,
            // Signs of what was asked about are never empty.
            QueryAttack::Sign if pairs > 0 => None,
            _ => learned_all.iter().any(|(.., learned)| empty(learned)).then(|| guesses.vectors(d)),
        };
        for (lane, (y, e, x, walked, learned)) in learned_all.iter().enumerate() {
            if lane >= samples - start {
                break;
            }
            let dot = |a: &[f64]| a.iter().zip(e).map(|(a, e)| a * e).sum::<f64>();
            let (moved, cosine) = match asker.attack() {
                QueryAttack::Simba => (walked.clone(), y * (dot(x) - dot(walked)) / EPS),
                attack => {
                    let mut v = learned.clone();
                    if attack == QueryAttack::Sign {
                        for v in v.iter_mut().take(pairs as usize) {
                            *v = if *v < 0.0 { -1.0 } else { 1.0 };
                        }
                    }
                    if empty(&v) {
                        let guess = guess.as_ref().expect("a guess");
                        v = guess.iter().map(|z| f64::from(z[lane])).collect();
                    }
                    let length = v.iter().map(|v| v * v).sum::<f64>().sqrt();
                    let moved = x.iter().zip(&v).map(|(x, v)| x - y * EPS * v / length).collect();
                    (moved, dot(&v) / length)
                }
            };
            let right = |at: &[f64]| {
                let score = dot(at) + offset;
                let draws: Vec<bool> = match n {
                    0 => vec![score > 0.0],
                    _ => judged.iter().map(|z| z[lane] > (-score / sigma) as f32).collect(),
                };
                let plus = draws.iter().filter(|plus| **plus).count();
                let says = if 2 * plus == draws.len() { draws[0] } else { 2 * plus > draws.len() };
                u64::from(says == (*y > 0.0))
            };
            counts.clean_correct += right(x);
            counts.adversarial_correct += right(&moved);
            let share = ((0.5 + 0.5 * cosine) * COSINE_UNIT as f64 + 0.5) as u64;
            counts.cosines += share;
            counts.cosine_squares += share * share / COSINE_UNIT;
        }
    }
    counts
}

/// The vectorised loop forms scores of neighbours from that of x, so that cosines may differ in the last bits of a double, and their
/// counts by one of 2²⁴; what is right does not differ.
#[test]
fn the_vectorised_loop_is_the_literal_one() {
    for case in cases() {
        for samples in [1, 37] {
            let found = count(std::slice::from_ref(&case), 5, samples);
            for (queries, found) in QUERIES.iter().zip(&found[0]) {
                // Guesses are drawn for each number of questions that has learned nothing: alone it draws its own.
                let alone = QueryCase { queries: vec![*queries], ..case.clone() };
                let alone = count(&[alone], 5, samples)[0][0];
                let known = literal(&case, *queries, 5, samples as usize);
                let what = (case.asker.attack(), case.asker.stage(), queries, samples);
                assert_eq!(alone.clean_correct, known.clean_correct, "{what:?}");
                assert_eq!(alone.adversarial_correct, known.adversarial_correct, "{what:?}");
                assert!(alone.cosines.abs_diff(known.cosines) <= 2 * samples, "{what:?}");
                assert!(
                    alone.cosine_squares.abs_diff(known.cosine_squares) <= 4 * samples,
                    "{what:?}"
                );
                assert_eq!(found.clean_correct, known.clean_correct);
                if *queries > 11 && case.asker.attack() != QueryAttack::Label {
                    assert_eq!(found, &alone, "{what:?}");
                }
            }
        }
    }
}

#[test]
fn counts_depend_on_the_question_alone() {
    for votes_by in [VotesBy::Draws, VotesBy::Median] {
        let known = count_by(votes_by, &cases(), 7, 1000);
        for level in Level::available() {
            let counts = count_at(&cases(), 7, 1000, votes_by, level);
            assert_eq!(counts, known, "{}", level.name());
        }
        // Batch by batch, in any order.
        let question = QueryQuestion::new(cases()).with_votes_by(votes_by);
        let sampler = question.clone().sampler(&Drawing::new(7, 9000, votes_by));
        let total = batch_by_batch(&sampler, 9000);
        assert_eq!(question.counts(&total), count_by(votes_by, &cases(), 7, 9000));
        // A case has the counts that it has alone, in batches of the same size.
        let alone = count_by(votes_by, &cases()[7..8], 7, 1000);
        assert_eq!(alone[0], known[7]);
    }
}

/// An answer of one draw has the same number either way; more draws have other numbers with the same law. The noise is large, so that
/// its law shows. 126 comparisons at 5.7 standard errors of a difference of independent counts, each with probability 1.2e-8; the
/// data are shared, which makes differences smaller. The seed is fixed.
#[test]
fn one_number_stands_for_all_draws_of_an_answer() {
    const SAMPLES: u64 = 1 << 19;
    let queries = vec![0, 10, 63];
    for attack in QueryAttack::ALL {
        for stage in [QueryStage::Undefended, QueryStage::Trained, voted(1)] {
            let case = case_of(*attack, D, stage, EPS);
            let [drawn, by_law] = [VotesBy::Draws, VotesBy::Median]
                .map(|by| count_by(by, std::slice::from_ref(&case), 3, 5000));
            assert_eq!(drawn, by_law);
        }
        for n in [2, 3, 4, 9] {
            let asker = Asker::new(
                *attack,
                2,
                Task::new(0.5, DATA_STD).expect("a task"),
                Defense::new(SHIFT, 2.0).expect("a defense"),
                voted(n),
                EPS,
                STEP,
            );
            let case = [QueryCase { asker: asker.expect("an attacker"), queries: queries.clone() }];
            let [drawn, by_law] =
                [VotesBy::Draws, VotesBy::Median].map(|by| count_by(by, &case, 3, SAMPLES));
            assert_ne!(drawn, by_law);
            for ((drawn, by_law), queries) in drawn[0].iter().zip(&by_law[0]).zip(&queries) {
                let what = (attack, n, queries);
                let rates = [
                    (drawn.clean_correct, by_law.clean_correct),
                    (drawn.adversarial_correct, by_law.adversarial_correct),
                ];
                for (drawn, by_law) in rates {
                    let p = (drawn + by_law) as f64 / (2 * SAMPLES) as f64;
                    let error = (2.0 * SAMPLES as f64 * p * (1.0 - p)).sqrt();
                    let z = (drawn as f64 - by_law as f64) / error;
                    assert!(z.abs() < 5.7, "{what:?}: {z}");
                }
                let [drawn, by_law] =
                    [drawn, by_law].map(|counts| counts.mean_cosine(SAMPLES).expect("samples"));
                let z = (drawn.0 - by_law.0) / drawn.1.hypot(by_law.1).max(1e-12);
                assert!(z.abs() < 5.7, "{what:?}: cosine, {z}");
            }
        }
    }
}

/// Without noise one round of scores shows the direction, and SimBA's every step goes forward.
#[test]
fn without_noise_the_direction_is_found() {
    let found = |attack, queries| {
        let case = QueryCase {
            queries: vec![queries],
            ..case_of(attack, 20, QueryStage::Undefended, EPS)
        };
        count(&[case], 1, 2000)[0][0].mean_cosine(2000).expect("samples")
    };
    assert!((found(QueryAttack::Score, 40).0 - 1.0).abs() < 1e-6);
    // Signs have √(2/π) of it in many dimensions, and a little more in 20: E|e₁|·√20.
    let (signs, error) = found(QueryAttack::Sign, 40);
    assert!((signs - 0.808).abs() < 6.0 * error + 1e-3, "{signs} {error}");
    let (steps, error) = found(QueryAttack::Simba, 41);
    // Its steps are as long as the questions' step, 0.6 of 0.8.
    assert!((steps - 0.75 * 0.808).abs() < 6.0 * error + 1e-3, "{steps} {error}");
}

#[test]
fn a_batch_of_many_questions_is_short_and_can_be_given_up() {
    let case = case_of(QueryAttack::Score, 100, voted(10_000), EPS);
    let question = QueryQuestion::new(vec![QueryCase { queries: vec![1_000_000_000], ..case }]);
    assert_eq!(question.batch(), LANES as u64);
    struct Stops;
    impl engine::sampler::Monitor for Stops {
        fn counted(&self, _: u64) {}
        fn stop(&self) -> bool {
            true
        }
    }
    let sampler = question.sampler(&Drawing::new(1, 1_000_000, VotesBy::Draws));
    assert_eq!(sampler.count(0..100, &Stops), None);
}

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", "query.csv"].iter().collect()
}

fn answers() -> String {
    let mut text = String::from(
        "# Golden counts of black-box attackers. Changing these is a value-breaking change: raise STREAM_VERSION and say why\n\
         # in the CHANGELOG. Written by `cargo test -p gauss-sim-engine query::regenerate -- --ignored`.\n\
         seed,samples,attack,stage,votes,votes_by,queries,clean_correct,adversarial_correct,cosines,cosine_squares\n",
    );
    for (seed, samples) in [(1, 5000), (2, 1003)] {
        let drawn = count(&cases(), seed, samples);
        let by_law = count_by(VotesBy::Median, &cases(), seed, samples);
        let counted = cases().into_iter().zip(drawn.into_iter().zip(by_law));
        let ways = counted.flat_map(|(case, (drawn, by_law))| {
            let has_two = case.asker.draws() > Some(1);
            let by_law = has_two.then(|| (case.clone(), VotesBy::Median, by_law));
            std::iter::once((case, VotesBy::Draws, drawn)).chain(by_law)
        });
        for (case, votes_by, counts) in ways {
            let (asker, votes_by) = (&case.asker, votes_by.word());
            let (attack, stage) = (asker.attack().word(), asker.stage().word().word());
            let draws = asker.draws().unwrap_or(0);
            for (queries, counts) in case.queries.iter().zip(counts) {
                let QueryCounts { clean_correct, adversarial_correct, cosines, cosine_squares } =
                    counts;
                writeln!(
                    text,
                    "{seed},{samples},{attack},{stage},{draws},{votes_by},{queries},{clean_correct},{adversarial_correct},{cosines},{cosine_squares}"
                )
                .expect("a string takes all");
            }
        }
    }
    text
}

#[test]
fn the_counts_are_the_golden_ones() {
    assert_eq!(answers(), fs::read_to_string(file()).expect("tests/golden/query.csv"));
}

#[test]
#[ignore = "writes tests/golden/query.csv; only with a new STREAM_VERSION"]
fn regenerate() {
    fs::write(file(), answers()).expect("tests/golden/query.csv");
}
