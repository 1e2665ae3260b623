//! One walk of a panel: steps along the signs of gradients, and the iterates that are watched.

use task::attack::{Judge, Start};

use super::classify::{ALL, Aim, Ballot, Classify, Samples};
use super::cross_entropy::CrossEntropy;
use super::lattice::Lattice;
use super::law::{CHUNK, Drawn, Gain, World};
use super::plan::{Reads, Walk};
use super::record::{Key, Record, Signs, reach, votes};
use super::rows::{self, Line, Rows};
use crate::batch::Monitored;
use crate::dispatch::Level;
use crate::stream::{LANES, Purpose, Stream};

/// The results of an observer.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// For `any`, the lanes that were right at every iterate so far; for `first`, likewise, which means that the walk
    /// goes on.
    right: Vec<u16>,
    /// For `first` and `last`, the chosen iterate.
    chosen: Rows<i32>,
}

/// Working memory for walks.
#[derive(Debug, Clone, Default)]
pub(super) struct Walker {
    /// The positions, by lattice.
    live: Vec<Rows<i32>>,
    signs: Rows<i32>,
    shared: Rows<i32>,
    swaps: Rows<u32>,
    counted: Signs,
    /// The results of the observers, by number of votes and observer.
    seen: Vec<Vec<Seen>>,
    right: Vec<u16>,
    entropy: CrossEntropy,
}

/// Copies the lanes of a group that are in `mask`.
fn copy(to: &mut [Line<i32>], from: &[Line<i32>], mask: u16) {
    let mut take = [0; LANES];
    for lane in 0..LANES {
        take[lane] = -i32::from(mask >> lane & 1 == 1);
    }
    for (to, from) in to.iter_mut().zip(from) {
        for lane in 0..LANES {
            to[lane] = (from[lane] & take[lane]) | (to[lane] & !take[lane]);
        }
    }
}

/// The approximate number of normals between checks of the monitor.
const OFTEN: u64 = 1 << 22;

impl Walker {
    /// Takes the steps of a walk, and records its points: the inputs to classify are written to `places`. Lanes that
    /// are not in `there`, by group, count no signs.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn walk(
        &mut self,
        world: &World,
        walk: &Walk,
        key: Key,
        samples: &Samples,
        there: &[u16],
        drawn: &mut Drawn,
        classify: &mut Classify,
        places: &mut [Rows<i32>],
        records: &mut [Record],
        monitored: &Monitored<'_>,
    ) {
        self.begin(walk, key, samples.x.len(), there.len(), drawn);
        let eot = match walk.reads {
            Reads::Undefended => 0,
            Reads::Margin(eot) | Reads::CrossEntropy { eot, .. } | Reads::Spheres { eot, .. } => {
                eot
            }
        };
        let mut gains = key.stream(Purpose::AttackGains(eot));
        let mut theta = key.stream(Purpose::AttackTheta(eot));
        let mut tests: Vec<Stream> =
            walk.watched.iter().map(|w| key.stream(Purpose::AttackTests(votes(w.votes)))).collect();
        let mut due = walk.due.iter().peekable();
        // Check after some milliseconds of normals, however many a step takes.
        let step = (samples.x.len() * LANES) as u64 * u64::from(eot.max(1));
        let often = (OFTEN / step.max(1)).max(1);
        for iterate in 0..=walk.steps {
            if u64::from(iterate).is_multiple_of(often) && monitored.asks_to_give_up() {
                return;
            }
            if iterate > 0 {
                match walk.reads {
                    Reads::Undefended => self.undefended(world, walk, drawn.level, there),
                    Reads::Margin(_) if world.mirror.is_some() => {
                        self.mirrored(world, walk, eot, &mut gains, there, drawn);
                    }
                    Reads::Margin(_) if world.shared => {
                        self.shared(world, walk, eot, &mut gains, there, drawn);
                    }
                    Reads::Margin(_) => self.step(world, walk, eot, &mut gains, there, drawn),
                    Reads::Spheres { eot, eps } => {
                        let lattice = walk.lattices[0];
                        let of = (eot, lattice.quantum(eps));
                        self.outwards(world, lattice, of, &mut theta, samples, there, drawn);
                    }
                    Reads::CrossEntropy { eot, eps } => {
                        let quantum = walk.lattices[0].quantum(eps);
                        let streams = [&mut gains, &mut theta];
                        let live = &self.live[0];
                        self.entropy.signs(
                            world,
                            (eot, quantum),
                            streams,
                            samples,
                            live,
                            drawn,
                            classify,
                            &mut self.signs,
                        );
                        self.along(world, walk, (0, samples.x.len()), there, drawn.level);
                    }
                }
            }
            for (at, stream) in tests.iter_mut().enumerate() {
                self.watch(world, walk, at, stream, samples, drawn, classify);
            }
            while let Some(due) = due.next_if(|due| due.steps == iterate) {
                let record = &mut records[due.point];
                (record.signs_right, record.signs_zero) = (self.counted.right, self.counted.zero);
                let live = &self.live[due.lattice];
                let lattice = walk.lattices[due.lattice];
                reach(drawn.level, world, lattice, live, &mut record.reach);
                let seen = due.eye.map(|(watched, eye)| &self.seen[watched][eye]);
                if let Some(place) = due.place {
                    let from = seen.map_or(live, |seen| &seen.chosen);
                    places[place].copy(from);
                } else if let Some(seen) = seen {
                    record.right.clone_from(&seen.right);
                }
            }
        }
    }

    fn begin(&mut self, walk: &Walk, key: Key, rows: usize, groups: usize, drawn: &mut Drawn) {
        self.counted = Signs::default();
        self.signs.resize(CHUNK.max(rows));
        self.live.resize_with(walk.lattices.len(), Rows::default);
        for live in &mut self.live {
            live.set(rows, [0; LANES]);
        }
        if walk.start == Start::Uniform {
            let words = drawn.words(&mut key.stream(Purpose::AttackStart), rows);
            for (lattice, live) in walk.lattices.iter().zip(&mut self.live) {
                lattice.scatter(live, words);
            }
        }
        self.seen.clear();
        for watched in &walk.watched {
            let seen = watched.eyes.iter().map(|eye| Seen {
                right: vec![ALL; groups],
                chosen: {
                    let mut chosen = Rows::default();
                    chosen.set(if eye.judge == Judge::Any { 0 } else { rows }, [0; LANES]);
                    chosen
                },
            });
            self.seen.push(seen.collect());
        }
    }

    /// Takes a step along signs that are drawn separately for each coordinate of each sample.
    fn step(
        &mut self,
        world: &World,
        walk: &Walk,
        eot: u32,
        stream: &mut Stream,
        there: &[u16],
        drawn: &mut Drawn,
    ) {
        let rows = there.len() * world.dimension;
        let whole = there.iter().all(|there| *there == ALL);
        for from in (0..rows).step_by(CHUNK) {
            let to = (from + CHUNK).min(rows);
            // The most frequent case in one pass, with the same result.
            if let (Gain::Normal { spread }, 1, [lattice], true) =
                (&world.gain, eot, &walk.lattices[..], whole)
            {
                let Drawn { level, pair_words, .. } = drawn;
                let threshold = (-1.0 / spread) as f32;
                let (live, right) = (&mut self.live[0][from..to], &mut self.counted.right);
                rows::normal_steps(*level, stream, pair_words, threshold, *lattice, live, right);
                continue;
            }
            drawn.signs(stream, &world.gain, eot, &mut self.signs[..to - from]);
            self.along(world, walk, (from, to), there, drawn.level);
        }
    }

    /// Moves these rows along the drawn signs, and counts the signs.
    fn along(
        &mut self,
        world: &World,
        walk: &Walk,
        (from, to): (usize, usize),
        there: &[u16],
        level: Level,
    ) {
        let signs = &self.signs[..to - from];
        let whole = there.iter().all(|there| *there == ALL);
        if !whole {
            for (group, rows) in super::classify::parts(world.dimension, from, to) {
                self.counted.add(&signs[rows.start - from..rows.end - from], 1, there[group]);
            }
        }
        for (i, (lattice, live)) in walk.lattices.iter().zip(&mut self.live).enumerate() {
            let live = &mut live[from..to];
            if whole && i == 0 {
                let mut counts = [0; 2];
                let zeros = !matches!(world.gain, Gain::Normal { .. });
                rows::advance_and_count(level, *lattice, live, signs, zeros, &mut counts);
                self.counted.right += counts[0];
                self.counted.zero += counts[1];
            } else {
                rows::advance(level, *lattice, live, signs);
            }
        }
    }

    /// Takes a step along one sign for all coordinates.
    fn shared(
        &mut self,
        world: &World,
        walk: &Walk,
        eot: u32,
        stream: &mut Stream,
        there: &[u16],
        drawn: &mut Drawn,
    ) {
        self.shared.resize(there.len());
        for signs in self.shared.chunks_mut(CHUNK) {
            drawn.signs(stream, &world.gain, eot, signs);
        }
        for (group, there) in there.iter().enumerate() {
            for coordinate in 0..world.dimension {
                let row = group * world.dimension + coordinate;
                let sign = std::slice::from_ref(&self.shared[group]);
                self.counted.add(sign, 1, *there);
                for (lattice, live) in walk.lattices.iter().zip(&mut self.live) {
                    rows::advance(drawn.level, *lattice, &mut live[row..=row], sign);
                }
            }
        }
    }

    /// Takes a step along gradients of two coordinates that may have been swapped.
    fn mirrored(
        &mut self,
        world: &World,
        walk: &Walk,
        eot: u32,
        stream: &mut Stream,
        there: &[u16],
        drawn: &mut Drawn,
    ) {
        let Some(mirror) = &world.mirror else { return };
        self.swaps.set(there.len(), [0; LANES]);
        for _ in 0..eot {
            for (swaps, words) in self.swaps.iter_mut().zip(drawn.words(stream, there.len())) {
                for lane in 0..LANES {
                    swaps[lane] += u32::from(mirror.swaps(words[lane]));
                }
            }
        }
        for (group, there) in there.iter().enumerate() {
            for coordinate in 0..2 {
                let swaps = &self.swaps[group];
                let sign: Line<i32> = std::array::from_fn(|lane| {
                    i32::from(mirror.task.gradient_sign(coordinate, swaps[lane], eot))
                });
                let signs = std::slice::from_ref(&sign);
                self.counted.add(signs, world.direction(coordinate), *there);
                let row = 2 * group + coordinate;
                for (lattice, live) in walk.lattices.iter().zip(&mut self.live) {
                    rows::advance(drawn.level, *lattice, &mut live[row..=row], signs);
                }
            }
        }
    }

    /// Takes a step along the gradient without a defense.
    fn undefended(&mut self, world: &World, walk: &Walk, level: Level, there: &[u16]) {
        for (group, there) in there.iter().enumerate() {
            for coordinate in 0..world.dimension {
                let row = group * world.dimension + coordinate;
                let sign = [[world.undefended(coordinate); LANES]];
                self.counted.add(&sign, world.direction(coordinate), *there);
                for (lattice, live) in walk.lattices.iter().zip(&mut self.live) {
                    rows::advance(level, *lattice, &mut live[row..=row], &sign);
                }
            }
        }
    }

    /// Takes a step on spheres: class 1 away from 0, class −1 towards it, along the sign of the sum of xᵢ + δᵢ + θᵢ.
    /// A sign is right if it is that of xᵢ + δᵢ.
    #[allow(clippy::too_many_arguments)]
    fn outwards(
        &mut self,
        world: &World,
        lattice: Lattice,
        (eot, quantum): (u32, f64),
        stream: &mut Stream,
        samples: &Samples,
        there: &[u16],
        drawn: &mut Drawn,
    ) {
        let level = drawn.level;
        let noisy = eot > 0 && world.sigma > 0.0;
        let weight = f64::from(eot.max(1));
        let rows = samples.x.len();
        for from in (0..rows).step_by(CHUNK) {
            let to = (from + CHUNK).min(rows);
            let count = if noisy { eot } else { 0 };
            let noise = drawn.normal_sums(stream, count, to - from);
            let signs = &mut self.signs[..to - from];
            for (row, (noise, signs)) in (from..to).zip(noise.iter().zip(&mut *signs)) {
                let group = row / world.dimension;
                let (x, y, live) = (&samples.x[row], &samples.y[group], &self.live[0][row]);
                for lane in 0..LANES {
                    // In the direction of x.
                    let at = x[lane].abs() + (y[lane] * quantum) * f64::from(live[lane]);
                    let theta = x[lane].signum() * (world.sigma * noise[lane]);
                    let sum = weight * at + theta;
                    signs[lane] = i32::from(sum > 0.0) - i32::from(sum < 0.0);
                    if there[group] >> lane & 1 == 1 {
                        let own = i32::from(at > 0.0) - i32::from(at < 0.0);
                        self.counted.right += u64::from(signs[lane] * own > 0);
                        self.counted.zero += u64::from(signs[lane] == 0);
                    }
                }
            }
            rows::advance(level, lattice, &mut self.live[0][from..to], signs);
        }
    }

    /// Classifies the current iterate, and updates the results of its observers.
    #[allow(clippy::too_many_arguments)]
    fn watch(
        &mut self,
        world: &World,
        walk: &Walk,
        at: usize,
        stream: &mut Stream,
        samples: &Samples,
        drawn: &mut Drawn,
        classify: &mut Classify,
    ) {
        let watched = &walk.watched[at];
        let places: Vec<&[Line<i32>]> = self.live.iter().map(|live| &**live).collect();
        let aims: Vec<Aim> = watched
            .eyes
            .iter()
            .map(|eye| Aim { place: Some(eye.lattice), quantum: eye.quantum, fixed: false })
            .collect();
        let votes = watched.votes;
        let ballot = Ballot { world, votes, samples, places: &places, aims: &aims };
        classify.vote(&ballot, drawn, stream, &mut self.right);
        let (d, groups) = (world.dimension, samples.y.len());
        for (i, (eye, seen)) in watched.eyes.iter().zip(&mut self.seen[at]).enumerate() {
            let live = &self.live[eye.lattice];
            for group in 0..groups {
                let right = self.right[i * groups + group];
                let rows = group * d..(group + 1) * d;
                match eye.judge {
                    Judge::First => {
                        copy(&mut seen.chosen[rows.clone()], &live[rows], seen.right[group]);
                    }
                    Judge::Last => copy(&mut seen.chosen[rows.clone()], &live[rows], !right),
                    Judge::Any | Judge::Final => {}
                }
                seen.right[group] &= right;
            }
        }
    }
}
