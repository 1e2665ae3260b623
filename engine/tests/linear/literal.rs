//! The engine said once more in plain loops: one sample, one coordinate, one vote after the other, from the
//! same streams. The counts have to be the same, bit for bit.

use engine::dispatch::Hardware;
use engine::linear::LINEAR_BATCH;
use engine::normal::pair;
use engine::stream::{LANES, Purpose, Stream};
use task::Votes;

use super::world::{Matrix, Numbers, Player, World, protocols};

/// (clean, invariant, attacked …, both …) of one contestant.
pub(crate) type Seen = (u64, u64, Vec<u64>, Vec<u64>);

/// `count` normals of each lane, and a coin of each: two steps are a pair.
fn sequence(stream: &mut Stream, count: usize) -> (Vec<[f64; LANES]>, [bool; LANES]) {
    let mut normals = Vec::new();
    let mut coins = None;
    while normals.len() < count {
        let (radius, angle) = (stream.step(), stream.step());
        coins = coins.or(Some(radius.map(|word| word & 1 == 1)));
        let pairs: Vec<_> = (0..LANES).map(|i| pair::<Hardware>(radius[i], angle[i])).collect();
        normals.push(std::array::from_fn(|i| f64::from(pairs[i].0)));
        normals.push(std::array::from_fn(|i| f64::from(pairs[i].1)));
    }
    normals.truncate(count);
    (normals, coins.expect("at least one pair"))
}

/// The columns of the root of a matrix, by the rule of the pivots and sums in their order.
fn root(matrix: &Matrix, d: usize, least: f64) -> Vec<Vec<f64>> {
    let variances = match matrix {
        Matrix::Scalar(v) => vec![*v; d],
        Matrix::Diagonal(v) => v.clone(),
        Matrix::Full(rows) => return cholesky(rows, least),
    };
    let unit = |i: usize, v: f64| (0..d).map(|j| if i == j { v.sqrt() } else { 0.0 }).collect();
    variances.iter().enumerate().filter(|(_, v)| **v > 0.0).map(|(i, v)| unit(i, *v)).collect()
}

fn cholesky(rows: &[Vec<f64>], least: f64) -> Vec<Vec<f64>> {
    let d = rows.len();
    let own: Vec<f64> = (0..d).map(|i| rows[i][i]).collect();
    let mut waiting: Vec<usize> = (0..d).collect();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    loop {
        let rest = |i: usize, j: usize| {
            let whole = if i == j { rows[i][i] } else { 0.5 * rows[i][j] + 0.5 * rows[j][i] };
            columns.iter().fold(whole, |rest, column| rest - column[i] * column[j])
        };
        let mut best = (0.0, usize::MAX);
        for &i in &waiting {
            let share = if own[i] > 0.0 { rest(i, i) / own[i] } else { 0.0 };
            if share > best.0 {
                best = (share, i);
            }
        }
        let (share, pivot) = best;
        if share <= least {
            return columns;
        }
        let root = rest(pivot, pivot).sqrt();
        let mut column = vec![0.0; d];
        for &i in &waiting {
            column[i] = if i == pivot { root } else { rest(i, pivot) / root };
        }
        waiting.retain(|i| *i != pivot);
        columns.push(column);
    }
}

/// L·z of one lane.
fn times(columns: &[Vec<f64>], z: &[[f64; LANES]], lane: usize, d: usize) -> Vec<f64> {
    let entry = |i: usize| columns.iter().zip(z).fold(0.0, |sum, (c, z)| sum + c[i] * z[lane]);
    (0..d).map(entry).collect()
}

fn dot(w: &[f64], v: &[f64]) -> f64 {
    let part = |p: usize| (p..w.len()).step_by(4).fold(0.0, |sum, i| sum + w[i] * v[i]);
    (part(0) + part(1)) + (part(2) + part(3))
}

/// The direction of the attack, by hand.
fn direction(p: f64, w: &[f64]) -> Vec<f64> {
    let top = w.iter().fold(0.0f64, |top, w| top.max(w.abs()));
    let shares: Vec<f64> = w.iter().map(|w| w.abs() / top).collect();
    let first = shares.iter().position(|r| *r == 1.0);
    let length = if p == 2.0 {
        shares.iter().map(|r| r * r).sum::<f64>().sqrt()
    } else {
        libm::pow(shares.iter().map(|r| libm::pow(*r, p / (p - 1.0))).sum(), 1.0 / p)
    };
    let size = |i: usize, r: f64| match p {
        1.0 => f64::from(u8::from(first == Some(i))),
        f64::INFINITY => f64::from(u8::from(r > 0.0)),
        2.0 => r / length,
        p => libm::pow(r, 1.0 / (p - 1.0)) / length,
    };
    shares.iter().enumerate().map(|(i, r)| size(i, *r) * w[i].signum()).collect()
}

/// One sample's θ − m: as many as vote, and the coin.
struct Thetas {
    deviations: Vec<Vec<f64>>,
    coin: bool,
}

/// Whether `player` is right on the sample of class y with this input.
fn right(player: &Player, y: f64, input: &[f64], shift: &[f64], thetas: Option<&Thetas>) -> bool {
    if player.weights.is_empty() {
        return player.bias == y;
    }
    let score = dot(&player.weights, input);
    let vote = |theta: &[f64]| y * ((score + dot(&player.weights, theta)) + player.bias) > 0.0;
    let Some((sigma, _)) = player.noise else {
        return y * (score + player.bias) > 0.0;
    };
    let Some(thetas) = thetas else { return vote(shift) };
    let of =
        |e: &Vec<f64>| -> Vec<f64> { shift.iter().zip(e).map(|(m, e)| m + sigma * e).collect() };
    let won = thetas.deviations.iter().filter(|e| vote(&of(e))).count();
    let tie = 2 * won == thetas.deviations.len();
    if tie { thetas.coin == (y > 0.0) } else { 2 * won > thetas.deviations.len() }
}

/// How many θ a player looks at, if at their spread at all.
fn looks_at(player: &Player, columns: usize) -> Option<u32> {
    match player.noise {
        Some((sigma, Votes::Finite(n)))
            if sigma > 0.0 && columns > 0 && !player.weights.is_empty() =>
        {
            Some(n.get())
        }
        _ => None,
    }
}

pub(crate) fn simulate(world: &World, seed: u64, samples: u64) -> Vec<Seen> {
    let d = world.mean.len();
    let data = root(&world.data, d, 0.0);
    let spread = root(&world.theta, d, 8.0 * d as f64 * f64::EPSILON);
    let empty = |p: &Player| (0, 0, vec![0; p.eps.len()], vec![0; p.eps.len()]);
    let mut seen: Vec<Seen> = world.players.iter().map(empty).collect();
    let mut numbers: Vec<u32> =
        world.players.iter().filter_map(|p| looks_at(p, spread.len())).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for first in (0..samples).step_by(LINEAR_BATCH as usize) {
        let stream = |purpose| Stream::new(seed, first / LINEAR_BATCH, purpose);
        let mut of_data = stream(Purpose::LinearData);
        let mut of_votes: Vec<[Stream; 2]> = numbers
            .iter()
            .map(|&n| match n {
                1 => [Purpose::LinearDraw, Purpose::LinearSecondDraw].map(stream),
                n => [Purpose::LinearVotes(n), Purpose::LinearSecondVotes(n)].map(stream),
            })
            .collect();
        for group in (first..samples.min(first + LINEAR_BATCH)).step_by(LANES) {
            let words = (world.prior != 0.5).then(|| [of_data.step(), of_data.step()]);
            let (z, coins) = sequence(&mut of_data, data.len());
            // of each number of votes: the clean draws, and those of each try
            let mut drawn = Vec::new();
            for (n, streams) in numbers.iter().zip(&mut of_votes) {
                let mut draw =
                    |which: usize| sequence(&mut streams[which], *n as usize * spread.len());
                let clean = draw(0);
                drawn.push((clean, (0..world.draws.tries()).map(|_| draw(1)).collect::<Vec<_>>()));
            }
            for lane in 0..LANES.min((samples - group) as usize) {
                let plus = words.map_or(coins[lane], |[high, low]| {
                    let bits = u64::from(high[lane]) << 21 | u64::from(low[lane]) >> 11;
                    bits as f64 / (1u64 << 53) as f64 <= f64::from_bits(world.prior.to_bits() - 1)
                });
                let y = if plus { 1.0 } else { -1.0 };
                let deviation = times(&data, &z, lane, d);
                let x: Vec<f64> =
                    deviation.iter().zip(&world.mean).map(|(e, mean)| e + y * mean).collect();
                let plain = right(&world.undefended, y, &x, &world.shift, None);
                for (player, seen) in world.players.iter().zip(&mut seen) {
                    let source = looks_at(player, spread.len())
                        .and_then(|n| numbers.iter().position(|known| *known == n));
                    let thetas = |(z, coins): &(Vec<[f64; LANES]>, [bool; LANES])| Thetas {
                        deviations: z
                            .chunks(spread.len())
                            .map(|z| times(&spread, z, lane, d))
                            .collect(),
                        coin: coins[lane],
                    };
                    let judge = |input: &[f64], thetas: Option<&Thetas>| {
                        right(player, y, input, &world.shift, thetas)
                    };
                    let own = source.map(|source| thetas(&drawn[source].0));
                    let clean = judge(&x, own.as_ref());
                    seen.0 += u64::from(clean);
                    seen.1 += u64::from(clean == plain);
                    for (budget, eps) in player.eps.iter().enumerate() {
                        let v = direction(world.norm, &player.weights);
                        let attacked: Vec<f64> = match v.is_empty() {
                            true => x.clone(),
                            false => x.iter().zip(&v).map(|(x, v)| x + -y * eps * v).collect(),
                        };
                        let robust = match source {
                            Some(source) if world.draws.tries() > 0 => drawn[source]
                                .1
                                .iter()
                                .all(|draw| judge(&attacked, Some(&thetas(draw)))),
                            _ => judge(&attacked, own.as_ref()),
                        };
                        seen.2[budget] += u64::from(robust);
                        seen.3[budget] += u64::from(robust && clean);
                    }
                }
            }
        }
    }
    seen
}

pub(crate) fn counted(counts: &engine::counts::Counts) -> Vec<Seen> {
    let seen = |c: &engine::counts::MarginCounts| {
        let attacked = c.adversarial_correct().to_vec();
        (c.clean_correct(), c.invariant(), attacked, c.both_correct().to_vec())
    };
    counts.margins.iter().map(seen).collect()
}

/// Every shape, norm, prior and protocol, dimensions that fill no block and that fill several.
#[test]
fn the_counts_are_those_of_plain_loops() {
    let shapes = ["scalar", "diagonal", "full"];
    let of_theta = ["full", "zeros", "singular", "scalar"];
    let mut numbers = Numbers(2026);
    let mut case = 0;
    for d in [1, 2, 3, 5, 9, 40] {
        for norm in [1.0, 1.5, 2.0, 3.0, f64::INFINITY] {
            for draws in protocols() {
                let shape = (shapes[case % 3], of_theta[case % 4]);
                let prior = if case.is_multiple_of(2) { 0.5 } else { 0.3 };
                case += 1;
                let world = numbers.world(d, shape, norm, prior, draws, &[0.0, 0.1, 0.4]);
                let samples = if d < 9 { 700 } else { 270 };
                let found = world.count(case as u64, samples);
                assert_eq!(found.samples, samples);
                assert_eq!(counted(&found), simulate(&world, case as u64, samples), "{world:?}");
            }
        }
    }
    // more columns than are multiplied at a time, and more than two of their blocks
    for (d, theta) in [(150, "singular"), (300, "full")] {
        let world = numbers.world(d, ("full", theta), 2.0, 0.5, protocols()[0], &[0.05]);
        assert_eq!(counted(&world.count(5, 20)), simulate(&world, 5, 20), "d = {d}");
    }
}
