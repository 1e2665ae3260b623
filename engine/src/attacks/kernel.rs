//! The kernel that counts panels: draws samples, walks, classifies and adds up.

use task::Votes;

use super::classify::{ALL, Aim, Ballot, Classify, Samples};
use super::lattice::TOP;
use super::law::{CHUNK, Drawn, World};
use super::plan::{Plan, Voters};
use super::record::{Key, Record, reach, votes};
use super::rows::{self, Line, Part, Rows};
use super::walk::Walker;
use super::{ENTRIES, REACH_UNIT};
use crate::batch::Monitored;
use crate::dispatch::Level;
use crate::stream::{LANES, Purpose};

/// Working memory for counting panels, one per thread.
#[derive(Debug, Clone)]
pub(super) struct Room {
    samples: Samples,
    undefended: Vec<u16>,
    there: Vec<u16>,
    places: Vec<Rows<i32>>,
    records: Vec<Record>,
    drawn: Drawn,
    classify: Classify,
    walker: Walker,
    masks: Vec<u16>,
    once: Vec<u16>,
}

/// A panel, and the number of its samples.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a> {
    pub(super) key: Key,
    pub(super) groups: usize,
    pub(super) samples: usize,
    /// The monitor that can stop it.
    pub(super) monitored: &'a Monitored<'a>,
}

impl Room {
    pub(super) fn new(level: Level) -> Self {
        Self {
            samples: Samples::default(),
            undefended: Vec::new(),
            there: Vec::new(),
            places: Vec::new(),
            records: Vec::new(),
            drawn: Drawn::new(level),
            classify: Classify::default(),
            walker: Walker::default(),
            masks: Vec::new(),
            once: Vec::new(),
        }
    }

    /// Adds the counts of a panel to `tally`.
    pub(super) fn count(&mut self, plan: &Plan, panel: Panel<'_>, tally: &mut [u64]) {
        let world = &plan.world;
        self.there.clear();
        self.there.extend((0..panel.groups).map(|group| {
            let left = panel.samples.saturating_sub(group * LANES).min(LANES);
            if left == 0 { 0 } else { ALL >> (LANES - left) }
        }));
        self.data(world, panel);
        self.begin(plan, panel);
        for walk in &plan.walks {
            self.walker.walk(
                world,
                walk,
                panel.key,
                &self.samples,
                &self.there,
                &mut self.drawn,
                &mut self.classify,
                &mut self.places,
                &mut self.records,
                panel.monitored,
            );
            if panel.monitored.is_given_up() {
                return;
            }
        }
        for voters in &plan.voters {
            self.judge(plan, panel, voters);
            self.finish(plan, voters, tally);
        }
    }

    /// Draws y and x, and classifies x without a defense.
    fn data(&mut self, world: &World, panel: Panel<'_>) {
        let mut stream = panel.key.stream(Purpose::AttackData);
        let Samples { plus, y, x } = &mut self.samples;
        plus.clear();
        for words in self.drawn.words(&mut stream, panel.groups) {
            let mut mask = 0;
            for lane in 0..LANES {
                mask |= ((words[lane] & 1) as u16) << lane;
            }
            plus.push(mask);
        }
        y.resize(panel.groups);
        for (y, plus) in y.iter_mut().zip(&*plus) {
            for lane in 0..LANES {
                y[lane] = if plus >> lane & 1 == 1 { 1.0 } else { -1.0 };
            }
        }
        let rows = panel.groups * world.dimension;
        x.resize(rows);
        for from in (0..rows).step_by(CHUNK) {
            let here = (rows - from).min(CHUNK);
            let part = Part { dimension: world.dimension, from, to: from + here };
            let (Drawn { level, pairs, .. }, law) = (&mut self.drawn, (world.mean, world.data_std));
            rows::data(*level, part, &mut stream, pairs, law, y, x);
        }
        self.undefended.clear();
        if let Some(spheres) = &world.spheres {
            for (group, x) in x.chunks_exact_mut(world.dimension).enumerate() {
                let (plus, mut inside, mut norm) = (plus[group], 0, [0.0; LANES]);
                for x in x {
                    for lane in 0..LANES {
                        x[lane] *= spheres.spreads[usize::from(plus >> lane & 1 == 0)];
                        norm[lane] += x[lane] * x[lane];
                    }
                }
                for lane in 0..LANES {
                    inside |= u16::from(norm[lane] < spheres.plain_square) << lane;
                }
                self.undefended.push(!(inside ^ plus));
            }
            return;
        }
        for (group, x) in x.chunks_exact(world.dimension).enumerate() {
            let mut sum = [0.0; LANES];
            for (coordinate, x) in x.iter().enumerate() {
                let weight = world.weight(coordinate);
                for lane in 0..LANES {
                    sum[lane] += weight * x[lane];
                }
            }
            let mut right = 0;
            for lane in 0..LANES {
                right |= u16::from(y[group][lane] * sum[lane] > 0.0) << lane;
            }
            self.undefended.push(right);
        }
    }

    /// Sets the places that are the same for all samples.
    fn begin(&mut self, plan: &Plan, panel: Panel<'_>) {
        let d = plan.world.dimension;
        self.places.resize_with(plan.places, Rows::default);
        self.records.resize_with(plan.points.len(), Record::default);
        for (place, fixed) in self.places.iter_mut().zip(&plan.fixed) {
            if place.len() != panel.groups * d {
                place.resize(panel.groups * d);
                for (row, place) in place.iter_mut().enumerate() {
                    *place = [fixed[row % d % 2]; LANES];
                }
            }
        }
        for (point, record) in plan.points.iter().zip(&mut self.records) {
            if let Some(place) = point.fixed {
                let (level, place) = (self.drawn.level, &self.places[place]);
                reach(level, &plan.world, point.lattice, place, &mut record.reach);
                if plan.world.spheres.is_some() && plan.fixed[point.fixed.unwrap_or(0)] != [0; 2] {
                    // Towards 0, the move is limited by the distance.
                    let eps = point.aim.map_or(0.0, |aim| aim.quantum * f64::from(TOP));
                    for (group, reach) in record.reach.iter_mut().enumerate() {
                        let plus = self.samples.plus[group];
                        for lane in (0..LANES).filter(|lane| plus >> lane & 1 == 0) {
                            let x = &self.samples.x[group * d..(group + 1) * d];
                            let moved = |x: &Line<f64>| {
                                if eps > 0.0 { (x[lane].abs() / eps).min(1.0) } else { 1.0 }
                            };
                            let mean = x.iter().map(moved).sum::<f64>() / d as f64;
                            reach[lane] = 0.5 + 0.5 * mean;
                        }
                    }
                }
            }
        }
    }

    /// Classifies the clean input and every final one: the first mask is that of the clean input, followed by one per
    /// point.
    fn judge(&mut self, plan: &Plan, panel: Panel<'_>, voters: &Voters) {
        let Self { samples, places, drawn, classify, masks, once, .. } = self;
        let places: Vec<&[Line<i32>]> = places.iter().map(|place| &**place).collect();
        let clean = Aim { place: None, quantum: 0.0, fixed: false };
        let attacked: Vec<Aim> =
            voters.points.iter().map(|point| plan.points[*point].aim.unwrap_or(clean)).collect();
        let n = votes(voters.votes);
        let mut stream = panel.key.stream(Purpose::AttackDraws(n));
        let mut vote = |stream: &mut _, aims: &[Aim], right: &mut Vec<u16>| {
            let (world, votes) = (&plan.world, voters.votes);
            let ballot = Ballot { world, votes, samples, places: &places, aims };
            classify.vote(&ballot, drawn, stream, right);
        };
        let tries = plan.draws.tries();
        if tries == 0 || voters.votes == Votes::Limit {
            let aims: Vec<Aim> = std::iter::once(clean).chain(attacked).collect();
            vote(&mut stream, &aims, masks);
            return;
        }
        vote(&mut stream, &[clean], masks);
        masks.resize((1 + attacked.len()) * samples.y.len(), ALL);
        let mut stream = panel.key.stream(Purpose::AttackSecondDraws(n));
        for _ in 0..tries {
            vote(&mut stream, &attacked, once);
            for (right, once) in masks[samples.y.len()..].iter_mut().zip(once.iter()) {
                *right &= once;
            }
        }
    }

    /// Adds up the counts of these points.
    fn finish(&self, plan: &Plan, voters: &Voters, tally: &mut [u64]) {
        let groups = self.there.len();
        let ones = |lanes: u16| u64::from(lanes.count_ones());
        for (i, &point) in voters.points.iter().enumerate() {
            let (planned, record) = (&plan.points[point], &self.records[point]);
            let entries = &mut tally[point * ENTRIES..(point + 1) * ENTRIES];
            for group in 0..groups {
                let there = self.there[group];
                let clean = self.masks[group] & there;
                let attacked = match planned.aim {
                    Some(_) => self.masks[(1 + i) * groups + group],
                    None => record.right[group],
                } & there;
                entries[0] += ones(clean);
                entries[1] += ones(attacked);
                entries[2] += ones(clean & attacked);
                entries[3] += ones(!(clean ^ self.undefended[group]) & there);
                for lane in 0..LANES {
                    if there >> lane & 1 == 1 {
                        let reach = (record.reach[group][lane] * REACH_UNIT as f64 + 0.5) as u64;
                        entries[6] += reach;
                        entries[7] += reach * reach / REACH_UNIT;
                    }
                }
            }
            if planned.fixed.is_none() {
                entries[4] += record.signs_right;
                entries[5] += record.signs_zero;
            }
        }
    }
}
