//! The engine said once more in plain loops: one sample, one coordinate, one draw after the other, from the same streams.
//! The counts have to be the same, bit for bit.

use engine::attacks::{AttackCounts, REACH_UNIT};
use engine::dispatch::Hardware;
use engine::normal::pair;
use engine::stream::{LANES, Purpose, Stream};
use task::Votes;
use task::attack::{AttackKind, AttackPoint, AttackTask, GainLaw, GainScope, Judge, Loss, Start};

use super::ask::{QUESTIONS, count, points};

const CHUNK: usize = 64;

/// Rows of sixteen normals: pairs of half a chunk, first the one of each and then the other.
fn normals(stream: &mut Stream, rows: usize) -> Vec<[f32; LANES]> {
    let mut all = Vec::new();
    for from in (0..rows).step_by(CHUNK) {
        let here = (rows - from).min(CHUNK);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for _ in 0..here.div_ceil(2) {
            let (radius, angle) = (stream.step(), stream.step());
            let pairs: Vec<_> = (0..LANES).map(|i| pair::<Hardware>(radius[i], angle[i])).collect();
            first.push(std::array::from_fn(|i| pairs[i].0));
            second.push(std::array::from_fn(|i| pairs[i].1));
        }
        first.extend(second);
        first.truncate(here);
        all.extend(first);
    }
    all
}

fn words(stream: &mut Stream, rows: usize) -> Vec<[u32; LANES]> {
    (0..rows).map(|_| stream.step()).collect()
}

/// The task, read off.
struct World {
    task: AttackTask,
    d: usize,
    groups: usize,
    sigma: f64,
}

/// One draw of the transformation of every sample: what multiplies each row.
type Gains = Vec<[f64; LANES]>;

impl World {
    /// The least word of a share from below, as the engine rounds it.
    fn below(word: u32, part: u64, whole: u64) -> bool {
        let cut = ((u128::from(part) << 32) + u128::from(whole) / 2) / u128::from(whole);
        // Words are signed there.
        u128::from(word ^ 1 << 31) < cut.max(1)
    }

    fn shared(&self) -> bool {
        matches!(&self.task, AttackTask::Gains(t) if t.scope() == GainScope::Shared && t.law() != GainLaw::One)
    }

    /// Gains of rows that are drawn at once, in units.
    fn rows(&self, stream: &mut Stream, rows: usize) -> Gains {
        let AttackTask::Gains(task) = &self.task else { unreachable!() };
        match task.law() {
            GainLaw::One => vec![[1.0; LANES]; rows],
            GainLaw::Normal { spread } => {
                let gain = |z: f32| 1.0 + spread * f64::from(z);
                normals(stream, rows).into_iter().map(|z| z.map(gain)).collect()
            }
            GainLaw::List(list) => {
                let gain = |word: u32| {
                    let mut sum = 0;
                    for (units, weight) in list.units().iter().zip(list.weights()) {
                        sum += weight;
                        if sum == list.whole() || Self::below(word, sum, list.whole()) {
                            return *units as f64;
                        }
                    }
                    unreachable!()
                };
                words(stream, rows).into_iter().map(|words| words.map(gain)).collect()
            }
        }
    }

    fn unit(&self) -> f64 {
        match &self.task {
            AttackTask::Gains(task) => match task.law() {
                GainLaw::List(list) => list.unit().value(),
                _ => 1.0,
            },
            _ => 1.0,
        }
    }

    fn weight(&self, i: usize) -> f64 {
        match &self.task {
            AttackTask::Mirror(task) => task.weights()[i],
            _ => 1.0,
        }
    }

    fn swaps(&self, stream: &mut Stream) -> Vec<[bool; LANES]> {
        let AttackTask::Mirror(task) = &self.task else { unreachable!() };
        let (part, whole) = (task.swap().numerator().unsigned_abs(), task.swap().denominator());
        let swaps = |word| part == whole || (part > 0 && Self::below(word, part, whole));
        words(stream, self.groups).into_iter().map(|words| words.map(swaps)).collect()
    }

    /// The gains of all rows, and σ·Σθ of each group from the same stream or from another one.
    fn draw(&self, stream: &mut Stream, other: Option<&mut Stream>) -> (Gains, Vec<[f64; LANES]>) {
        let rows = self.groups * self.d;
        let shared = self.shared().then(|| self.chunked(stream, self.groups));
        let swapped = matches!(self.task, AttackTask::Mirror(_)).then(|| self.swaps(stream));
        let mut gains = Vec::new();
        let mut theta = vec![[0.0; LANES]; self.groups];
        let mut other = other;
        for from in (0..rows).step_by(CHUNK) {
            let here = (rows - from).min(CHUNK);
            if let Some(shared) = &shared {
                gains.extend((from..from + here).map(|row| shared[row / self.d]));
            } else if let Some(swapped) = &swapped {
                gains.extend((from..from + here).map(|row| {
                    swapped[row / 2].map(|s| self.weight(if s { 1 - row % 2 } else { row % 2 }))
                }));
            } else {
                gains.extend(self.rows(stream, here));
            }
            if self.sigma > 0.0 {
                let from_which = other.as_deref_mut().unwrap_or(stream);
                for (i, z) in normals(from_which, here).into_iter().enumerate() {
                    let row = from + i;
                    for lane in 0..LANES {
                        theta[row / self.d][lane] += self.weight(row % self.d) * f64::from(z[lane]);
                    }
                }
            }
        }
        (gains, theta)
    }

    fn chunked(&self, stream: &mut Stream, rows: usize) -> Gains {
        let chunks = (0..rows).step_by(CHUNK).map(|from| (rows - from).min(CHUNK));
        chunks.flat_map(|here| self.rows(stream, here)).collect()
    }

    /// The sum of m gains of all rows that are drawn for themselves, as a sign.
    fn margin_signs(&self, stream: &mut Stream, eot: u32) -> Vec<[i32; LANES]> {
        let sign = |sum: f64| i32::from(sum > 0.0) - i32::from(sum < 0.0);
        if let AttackTask::Mirror(task) = &self.task {
            let mut swaps = vec![[0; LANES]; self.groups];
            for _ in 0..eot {
                for (sum, one) in swaps.iter_mut().zip(self.swaps(stream)) {
                    (0..LANES).for_each(|lane| sum[lane] += u32::from(one[lane]));
                }
            }
            let sign = |row: usize| {
                swaps[row / 2].map(|swaps| i32::from(task.gradient_sign(row % 2, swaps, eot)))
            };
            return (0..2 * self.groups).map(sign).collect();
        }
        let AttackTask::Gains(task) = &self.task else { unreachable!() };
        let rows = if self.shared() { self.groups } else { self.groups * self.d };
        let mut signs = Vec::new();
        for from in (0..rows).step_by(CHUNK) {
            let here = (rows - from).min(CHUNK);
            match task.law() {
                GainLaw::One => signs.extend(vec![[1; LANES]; here]),
                GainLaw::List(_) => {
                    let mut sums = vec![[0.0; LANES]; here];
                    for _ in 0..eot {
                        for (sum, gain) in sums.iter_mut().zip(self.rows(stream, here)) {
                            (0..LANES).for_each(|lane| sum[lane] += gain[lane]);
                        }
                    }
                    signs.extend(sums.into_iter().map(|sum| sum.map(sign)));
                }
                GainLaw::Normal { spread } => {
                    let (mut wide, mut narrow) =
                        (vec![[0.0; LANES]; here], vec![[0f32; LANES]; here]);
                    for draw in 1..=eot {
                        for (i, z) in normals(stream, here).into_iter().enumerate() {
                            for lane in 0..LANES {
                                narrow[i][lane] += z[lane];
                                if draw % 256 == 0 || draw == eot {
                                    wide[i][lane] += f64::from(narrow[i][lane]);
                                    narrow[i][lane] = 0.0;
                                }
                            }
                        }
                    }
                    let threshold = -f64::from(eot) / spread;
                    let threshold = if eot == 1 { f64::from(threshold as f32) } else { threshold };
                    let sign = |sum: f64| if sum > threshold { 1 } else { -1 };
                    signs.extend(wide.into_iter().map(|sum| sum.map(sign)));
                }
            }
        }
        match self.shared() {
            true => (0..self.groups * self.d).map(|row| signs[row / self.d]).collect(),
            false => signs,
        }
    }
}

/// Right, by group and lane.
type Mask = Vec<[bool; LANES]>;

struct Panel<'a> {
    world: &'a World,
    y: Vec<[f64; LANES]>,
    x: Vec<[f64; LANES]>,
    votes: Votes,
}

type Positions = Vec<[i32; LANES]>;

impl Panel<'_> {
    /// The vote on several inputs, each a place and what a quantum is worth.
    fn vote(&self, stream: &mut Stream, inputs: &[(&Positions, f64)]) -> Vec<Mask> {
        let World { d, groups, .. } = *self.world;
        let (n, limit) = match self.votes {
            Votes::Finite(n) => (n.get(), false),
            Votes::Limit => (1, true),
        };
        let mut tally = vec![vec![[0; LANES]; groups]; inputs.len()];
        let mut right = vec![vec![[false; LANES]; groups]; inputs.len()];
        for vote in 1..=n {
            let (gains, theta) = match limit {
                true => (vec![[1.0; LANES]; groups * d], vec![[0.0; LANES]; groups]),
                false => self.world.draw(stream, None),
            };
            let (unit, sigma) =
                if limit { (1.0, 0.0) } else { (self.world.unit(), self.world.sigma) };
            for group in 0..groups {
                let coins = stream.step();
                for lane in 0..LANES {
                    let y = self.y[group][lane];
                    let fair = |bit: u32| (coins[lane] >> bit & 1 == 1) == (y > 0.0);
                    let sum = |f: &dyn Fn(usize) -> f64| {
                        (group * d..(group + 1) * d)
                            .fold(0.0, |sum, row| sum + gains[row][lane] * f(row))
                    };
                    let clean = sum(&|row| self.x[row][lane]);
                    for (i, (place, quantum)) in inputs.iter().enumerate() {
                        let moved = sum(&|row| f64::from(place[row][lane]));
                        let margin = clean - (y * quantum) * moved;
                        let margin = y * (unit * margin + sigma * theta[group][lane]);
                        let seen = margin > 0.0 || (margin == 0.0 && fair(0));
                        tally[i][group][lane] += u32::from(seen);
                        if vote == n {
                            let won = 2 * tally[i][group][lane];
                            right[i][group][lane] = won > n || (won == n && fair(1));
                        }
                    }
                }
            }
        }
        right
    }

    /// The signs of cross-entropy gradients at these positions.
    fn entropy_signs(
        &self,
        eot: u32,
        quantum: f64,
        place: &Positions,
        gains: &mut Stream,
        theta: &mut Stream,
    ) -> Positions {
        let World { d, groups, sigma, .. } = *self.world;
        let draws: Vec<_> = (0..eot).map(|_| self.world.draw(gains, Some(theta))).collect();
        let mut signs = vec![[0; LANES]; groups * d];
        for group in 0..groups {
            for lane in 0..LANES {
                let y = self.y[group][lane];
                let log_weight = |(gains, theta): &(Gains, Vec<[f64; LANES]>)| {
                    let margin = (group * d..(group + 1) * d).fold(0.0, |sum, row| {
                        let moved = self.x[row][lane] - (y * quantum) * f64::from(place[row][lane]);
                        sum + gains[row][lane] * moved
                    });
                    let m = y * (self.world.unit() * margin + sigma * theta[group][lane]);
                    -(m.max(0.0) + libm::log1p(libm::exp(-m.abs())))
                };
                let logs: Vec<f64> = draws.iter().map(log_weight).collect();
                let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let weights: Vec<f64> = logs.iter().map(|log| libm::exp(log - top)).collect();
                for row in group * d..(group + 1) * d {
                    let sum = weights
                        .iter()
                        .zip(&draws)
                        .fold(0.0, |sum, (w, (a, _))| sum + w * a[row][lane]);
                    signs[row][lane] = i32::from(sum > 0.0) - i32::from(sum < 0.0);
                }
            }
        }
        signs
    }
}

/// The counts of one point.
fn literal(point: &AttackPoint, seed: u64, samples: u64) -> AttackCounts {
    let task = point.task().clone();
    let d = task.dimension() as usize;
    let world = World { d, groups: (128 / d).max(1), sigma: task.sigma(), task };
    let panel = (world.groups * LANES) as u64;
    let mut total = AttackCounts {
        clean_correct: 0,
        adversarial_correct: 0,
        both: 0,
        invariant: 0,
        signs: samples * d as u64 * u64::from(point.attacker().steps),
        signs_right: 0,
        signs_zero: 0,
        reach: 0,
        reach_squares: 0,
    };
    for number in 0..samples.div_ceil(panel) {
        let here = (samples - number * panel).min(panel) as usize;
        count_panel(point, &world, (seed, number), here, &mut total);
    }
    total
}

fn count_panel(
    point: &AttackPoint,
    world: &World,
    (seed, number): (u64, u64),
    here: usize,
    total: &mut AttackCounts,
) {
    let stream = |purpose| Stream::new(seed, number, purpose);
    let attacker = *point.attacker();
    let (d, groups) = (world.d, world.groups);
    let rows = groups * d;
    let (mean, data_std) = match &world.task {
        AttackTask::Gains(task) => ([task.mean(); 2], task.data_std()),
        AttackTask::Mirror(task) => (task.mean(), task.data_std()),
        AttackTask::Spheres(_) => unreachable!(),
    };
    let mut data = stream(Purpose::AttackData);
    let y: Vec<[f64; LANES]> = words(&mut data, groups)
        .into_iter()
        .map(|words| words.map(|word| if word & 1 == 1 { 1.0 } else { -1.0 }))
        .collect();
    let x = normals(&mut data, rows).into_iter().enumerate();
    let x = x.map(|(row, z)| {
        std::array::from_fn(|lane| {
            y[row / d][lane] * mean[row % d % 2] + data_std * f64::from(z[lane])
        })
    });
    let room = Panel { world, x: x.collect(), y, votes: point.votes() };

    // The walk, or the place where a fixed move goes.
    let ratio = attacker.step.ratio(attacker.eps.get()).expect("a number");
    let step = (f64::from(1 << 30) / ratio.max(1.0)).floor();
    let (step, bound) = (step as i32, (step * ratio).round() as i32);
    let (step, bound) = if point.fixed_reach().is_some() { (0, 1 << 30) } else { (step, bound) };
    let quantum = if bound == 0 { 0.0 } else { attacker.eps.get() / f64::from(bound) };
    let mut place = vec![[0; LANES]; rows];
    if let Some(reach) = point.fixed_reach() {
        for (row, place) in place.iter_mut().enumerate() {
            *place = [(reach[row % d % 2] * f64::from(1 << 30)).round() as i32; LANES];
        }
    } else if attacker.start == Start::Uniform {
        for (place, words) in place.iter_mut().zip(words(&mut stream(Purpose::AttackStart), rows)) {
            let count = 2 * bound as u64 + 1;
            *place = words
                .map(|word| (((u64::from(word) * count) >> 32) as i64 - i64::from(bound)) as i32);
        }
    }
    let direction = |i: usize| match &world.task {
        AttackTask::Mirror(task) => i32::from(task.direction()[i]),
        _ => 1,
    };
    let eot = if attacker.kind == AttackKind::Off { 0 } else { attacker.eot };
    let votes = if let Votes::Finite(n) = point.votes() { n.get() } else { 0 };
    let mut gains = stream(Purpose::AttackGains(eot));
    let mut theta = stream(Purpose::AttackTheta(eot));
    let mut tests = stream(Purpose::AttackTests(votes));
    let (mut every, mut stopped) = (vec![[true; LANES]; groups], vec![[false; LANES]; groups]);
    let mut chosen = vec![[0; LANES]; rows];
    let exists = |group: usize, lane: usize| group * LANES + lane < here;
    for iterate in 0..=attacker.steps {
        if iterate > 0 {
            let signs = match (attacker.kind, attacker.loss) {
                (AttackKind::Off, _) => (0..rows)
                    .map(|row| {
                        let weight = world.weight(row % d);
                        [i32::from(weight > 0.0) - i32::from(weight < 0.0); LANES]
                    })
                    .collect(),
                (_, Loss::Margin) => world.margin_signs(&mut gains, eot),
                (_, Loss::CrossEntropy) => {
                    room.entropy_signs(eot, quantum, &place, &mut gains, &mut theta)
                }
            };
            for (row, signs) in signs.iter().enumerate() {
                for lane in 0..LANES {
                    if exists(row / d, lane) {
                        total.signs_right += u64::from(signs[lane] * direction(row % d) > 0);
                        total.signs_zero += u64::from(signs[lane] == 0);
                    }
                    place[row][lane] = (place[row][lane] + step * signs[lane]).clamp(-bound, bound);
                }
            }
        }
        if attacker.judge == Judge::Final {
            continue;
        }
        let right = &room.vote(&mut tests, &[(&place, quantum)])[0];
        for row in 0..rows {
            for lane in 0..LANES {
                let take = match attacker.judge {
                    Judge::First => !stopped[row / d][lane],
                    _ => !right[row / d][lane],
                };
                if take {
                    chosen[row][lane] = place[row][lane];
                }
            }
        }
        for group in 0..groups {
            for lane in 0..LANES {
                every[group][lane] &= right[group][lane];
                stopped[group][lane] |= !right[group][lane];
            }
        }
    }

    // The judgement.
    let nowhere = vec![[0; LANES]; rows];
    let aim = if attacker.judge == Judge::Final { &place } else { &chosen };
    let mut draws = stream(Purpose::AttackDraws(votes));
    let judged = room.vote(&mut draws, &[(&nowhere, 0.0), (aim, quantum)]);
    let (clean, mut attacked) = (&judged[0], judged[1].clone());
    if point.draws().tries() > 0 && point.votes() != Votes::Limit {
        attacked = vec![[true; LANES]; groups];
        let mut draws = stream(Purpose::AttackSecondDraws(votes));
        for _ in 0..point.draws().tries() {
            let once = &room.vote(&mut draws, &[(aim, quantum)])[0];
            for (all, once) in attacked.iter_mut().flatten().zip(once.iter().flatten()) {
                *all &= once;
            }
        }
    }
    if attacker.judge == Judge::Any {
        attacked = every;
    }
    for group in 0..groups {
        for lane in (0..LANES).filter(|lane| exists(group, *lane)) {
            let own = group * d..(group + 1) * d;
            let plain =
                own.clone().fold(0.0, |sum, row| sum + world.weight(row % d) * room.x[row][lane]);
            let (clean, attacked) = (clean[group][lane], attacked[group][lane]);
            total.clean_correct += u64::from(clean);
            total.adversarial_correct += u64::from(attacked);
            total.both += u64::from(clean && attacked);
            total.invariant += u64::from(clean == (room.y[group][lane] * plain > 0.0));
            let sum: i64 =
                own.map(|row| i64::from(direction(row % d)) * i64::from(place[row][lane])).sum();
            let share = 0.5 + 0.5 * (sum as f64 / (d as f64 * f64::from(bound.max(1))));
            let reach = (share * REACH_UNIT as f64 + 0.5).floor() as u64;
            total.reach += reach;
            total.reach_squares += reach * reach / REACH_UNIT;
        }
    }
}

#[test]
fn plain_loops_give_the_same_counts() {
    for (seed, (text, samples)) in (1 << 40..).zip(QUESTIONS) {
        let point = &points(text)[0];
        assert_eq!(count(text, seed, samples)[0], literal(point, seed, samples), "{text}");
    }
}

/// Moves that do not step, too.
#[test]
fn fixed_moves_are_literal() {
    for text in [
        "defense=scale=1 dimension=3 mean=0.2 eps=0.5 attack=none,full,optimum",
        "defense=mirror=0.3 mean=2,-0.25 eps=0.5 attack=none,full,optimum draws=same",
    ] {
        for (point, counted) in points(text).iter().zip(count(text, 5, 2000)) {
            assert_eq!(counted, literal(point, 5, 2000), "{text}");
        }
    }
}
