//! The attacks: which questions, and what is made of the answers.

use task::query::QueryAttack;

use super::QueryCase;
use super::answers::Answers;
use super::world::{Lanes, Noise, Reached, World, dot};
use crate::stream::LANES;

/// Asks as often as the case with the most questions, and says where each leads, in the order of the case.
#[inline(always)]
pub(super) fn walk(
    case: &QueryCase,
    world: &World,
    answers: &mut Answers<'_>,
    directions: &mut Noise,
    guesses: &mut Noise,
) -> Vec<Reached> {
    match case.asker.attack() {
        QueryAttack::Simba => simba(case, world, answers),
        _ => differences(case, world, answers, directions, guesses),
    }
}

/// Symmetric differences: along the basis, round by round, or along random directions.
#[inline(always)]
fn differences(
    case: &QueryCase,
    world: &World,
    answers: &mut Answers<'_>,
    directions: &mut Noise,
    guesses: &mut Noise,
) -> Vec<Reached> {
    let asker = &case.asker;
    let d = asker.dimension() as usize;
    let pairs = |queries: &u64| {
        let spent = asker.spend(*queries);
        spent.rounds * spent.directions
    };
    let ends: Vec<u64> = case.queries.iter().map(pairs).collect();
    let last = ends.iter().copied().max().unwrap_or(0);
    let mut reached = vec![Reached { score: world.score, cosine: [0.0; LANES] }; ends.len()];
    let mut learned = vec![[0.0; LANES]; d];
    let mut random = vec![[0.0; LANES]; if asker.attack() == QueryAttack::Nes { d } else { 0 }];
    let mut labels = Vec::new();
    // In the root mean square, a normal vector times this is as long as the step.
    let scale = asker.step() / (d as f64).sqrt();
    let mut coordinates = (0..d).cycle();
    let mut next = 0;
    for asked in 0..=last {
        if asked >= next {
            for (end, reached) in ends.iter().zip(&mut reached) {
                if *end == asked {
                    *reached = moved(case, world, &learned, asked, guesses);
                }
            }
            next = ends.iter().copied().filter(|end| *end > asked).min().unwrap_or(last);
        }
        if asked == last || answers.is_given_up(random.len() as u32) {
            break;
        }
        let coordinate = coordinates.next().unwrap_or(0);
        let mut by = [0.0; LANES];
        match asker.attack() {
            QueryAttack::Nes => {
                directions.fill(&mut random);
                let along = dot(&world.e, &random);
                for lane in 0..LANES {
                    by[lane] = scale * along[lane];
                }
            }
            _ => {
                for lane in 0..LANES {
                    by[lane] = asker.step() * world.e[coordinate][lane];
                }
            }
        }
        let (mut ahead, mut back) = (world.score, world.score);
        for lane in 0..LANES {
            ahead[lane] += by[lane];
            back[lane] -= by[lane];
        }
        let mut difference = [0.0; LANES];
        if asker.attack() == QueryAttack::Label {
            answers.labels(&[ahead], &mut labels);
            let ahead = labels[0];
            answers.labels(&[back], &mut labels);
            for lane in 0..LANES {
                let one = |label: bool| if label { 1.0 } else { -1.0 };
                difference[lane] = one(ahead[lane]) - one(labels[0][lane]);
            }
        } else {
            let (ahead, back) = (answers.score(&ahead), answers.score(&back));
            for lane in 0..LANES {
                difference[lane] = ahead[lane] - back[lane];
            }
        }
        match asker.attack() {
            QueryAttack::Nes => {
                for (learned, random) in learned.iter_mut().zip(&random) {
                    for lane in 0..LANES {
                        learned[lane] += random[lane] * difference[lane];
                    }
                }
            }
            _ => {
                for lane in 0..LANES {
                    learned[coordinate][lane] += difference[lane];
                }
            }
        }
    }
    reached
}

/// Moves by ε along what was learned, with its signs alone for `sign`; in a random direction where that is nothing.
#[inline(always)]
fn moved(
    case: &QueryCase,
    world: &World,
    learned: &[Lanes],
    asked: u64,
    guesses: &mut Noise,
) -> Reached {
    let mut v = learned.to_vec();
    if case.asker.attack() == QueryAttack::Sign {
        let known = (asked as usize).min(v.len());
        for v in &mut v[..known] {
            for lane in 0..LANES {
                v[lane] = if v[lane] < 0.0 { -1.0 } else { 1.0 };
            }
        }
    }
    let mut square = dot(&v, &v);
    if square.contains(&0.0) {
        let mut guess = vec![[0.0; LANES]; v.len()];
        guesses.fill(&mut guess);
        for (v, guess) in v.iter_mut().zip(&guess) {
            for lane in 0..LANES {
                v[lane] = if square[lane] == 0.0 { guess[lane] } else { v[lane] };
            }
        }
        square = dot(&v, &v);
    }
    let mut length = [0.0; LANES];
    for lane in 0..LANES {
        length[lane] = square[lane].sqrt();
    }
    // v becomes the unit vector, and x the moved input.
    let eps = case.asker.eps();
    let (mut cosine, mut score) = ([0.0; LANES], [0.0; LANES]);
    for ((v, x), e) in v.iter().zip(&world.x).zip(&world.e) {
        for lane in 0..LANES {
            let unit = v[lane] / length[lane];
            cosine[lane] += unit * e[lane];
            score[lane] += e[lane] * (x[lane] - world.y[lane] * eps * unit);
        }
    }
    Reached { score, cosine }
}

/// SimBA: a step forth, else back, each kept if y times its noisy score is below that of the last kept point.
#[inline(always)]
fn simba(case: &QueryCase, world: &World, answers: &mut Answers<'_>) -> Vec<Reached> {
    let asker = &case.asker;
    let (step, eps) = (asker.simba_step(), asker.eps());
    let mut here = world.score;
    let mut reached = vec![Reached { score: here, cosine: [0.0; LANES] }; case.queries.len()];
    // Of each sample: how often it has asked. What is reached after its last question stays.
    let mut asked = [0u64; LANES];
    let mut kept = answers.score(&here);
    for lane in 0..LANES {
        asked[lane] = 1;
        kept[lane] *= world.y[lane];
    }
    for e in &world.e {
        if answers.is_given_up(0) {
            break;
        }
        let mut open = [true; LANES];
        for side in [1.0, -1.0] {
            let mut there = here;
            for lane in 0..LANES {
                there[lane] += side * step * e[lane];
            }
            let answer = answers.score(&there);
            for lane in 0..LANES {
                let says = world.y[lane] * answer[lane];
                asked[lane] += u64::from(open[lane]);
                if open[lane] && says < kept[lane] {
                    (kept[lane], here[lane], open[lane]) = (says, there[lane], false);
                    // Who may ask so often has come as far as this.
                    for (queries, reached) in case.queries.iter().zip(&mut reached) {
                        if asked[lane] <= *queries {
                            reached.score[lane] = here[lane];
                        }
                    }
                }
            }
        }
    }
    for reached in &mut reached {
        for lane in 0..LANES {
            let fallen = world.y[lane] * (world.score[lane] - reached.score[lane]);
            reached.cosine[lane] = if eps > 0.0 { fallen / eps } else { 0.0 };
        }
    }
    reached
}
