//! Work that several points share: walks, places, and the iterates that are watched during a walk.

use task::attack::{AttackKind, AttackPoint, Judge, Loss, Start};
use task::{DrawProtocol, EntryError, Votes};

use super::classify::Aim;
use super::lattice::{Lattice, TOP};
use super::law::World;

/// The points, in the order in which they are computed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) world: World,
    pub(super) draws: DrawProtocol,
    /// Places that are the same for every sample: shares of the budget, for alternating coordinates.
    pub(super) fixed: Vec<[i32; 2]>,
    pub(super) walks: Vec<Walk>,
    /// The number of places, with the fixed ones first.
    pub(super) places: usize,
    pub(super) voters: Vec<Voters>,
    pub(super) points: Vec<Point>,
}

/// The way in which a point is classified.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    /// Its input; `None` if it is decided during the walk.
    pub(super) aim: Option<Aim>,
    /// The lattice of its place.
    pub(super) lattice: Lattice,
    /// The index of its place, if that is a fixed one.
    pub(super) fixed: Option<usize>,
    /// The number of signs that it reads of each coordinate.
    pub(super) steps: u64,
}

/// The points with the same number of votes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Voters {
    pub(super) votes: Votes,
    pub(super) points: Vec<usize>,
}

/// Attacks that read the same gradients.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Walk {
    pub(super) reads: Reads,
    pub(super) start: Start,
    /// The step sizes: one walk for each, along the same signs.
    pub(super) lattices: Vec<Lattice>,
    /// The number of steps of the longest walk.
    pub(super) steps: u32,
    /// Points to record, ordered by the iterate at which they are due.
    pub(super) due: Vec<Due>,
    /// The iterates that are classified at every step, by number of votes.
    pub(super) watched: Vec<Watched>,
}

/// The gradient that a step follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reads {
    /// The gradient without a defense.
    Undefended,
    /// The sum of this many gradients of the margin.
    Margin(u32),
    /// The sum of this many gradients of the cross-entropy, which depend on the input.
    CrossEntropy { eot: u32, eps: f64 },
    /// The sum of this many gradients of the squared norm, which depend on the input; if there are none, the gradient
    /// without a defense.
    Spheres { eot: u32, eps: f64 },
}

/// A point that is recorded after this many steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Due {
    pub(super) steps: u32,
    pub(super) point: usize,
    pub(super) lattice: usize,
    /// The place where its input is stored, if it is.
    pub(super) place: Option<usize>,
    /// The vote during the walk that decides or selects it: an index into [`Walk::watched`] and into its
    /// [`Watched::eyes`].
    pub(super) eye: Option<(usize, usize)>,
}

/// Iterates that are classified by this many votes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Watched {
    pub(super) votes: Votes,
    pub(super) eyes: Vec<Eye>,
}

/// An observer of the iterates of one lattice at one budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Eye {
    pub(super) judge: Judge,
    pub(super) lattice: usize,
    pub(super) quantum: f64,
}

/// Returns the index of an item, which is appended if it is missing.
fn index_of<T: PartialEq>(items: &mut Vec<T>, item: T) -> usize {
    items.iter().position(|known| *known == item).unwrap_or_else(|| {
        items.push(item);
        items.len() - 1
    })
}

impl Plan {
    /// Plans the work for these points. Fails, naming what is wrong, if they have different tasks or draw protocols,
    /// or if there is no sampler for one of them.
    pub(super) fn new(points: &[AttackPoint]) -> Result<Self, EntryError> {
        let Some(first) = points.first() else {
            return Err(EntryError::new("points", 0, "at least one"));
        };
        let stranger =
            |point: &&AttackPoint| point.task() != first.task() || point.draws() != first.draws();
        if let Some(stranger) = points.iter().find(stranger) {
            let value = format!("{:?}, {}", stranger.task(), stranger.draws());
            let expected =
                format!("all of one task and protocol: {:?}, {}", first.task(), first.draws());
            return Err(EntryError::new("points", value, expected));
        }
        let mut plan = Self {
            world: World::new(first.task()),
            draws: first.draws(),
            fixed: Vec::new(),
            walks: Vec::new(),
            places: 0,
            voters: Vec::new(),
            points: Vec::new(),
        };
        for point in points {
            if let Some(reach) = point.fixed_reach() {
                // Rounded to 2⁻³⁰ of the budget.
                let place = reach.map(|reach| (reach * f64::from(TOP)).round() as i32);
                index_of(&mut plan.fixed, place);
            }
        }
        plan.places = plan.fixed.len();
        for (number, point) in points.iter().enumerate() {
            let planned = match point.fixed_reach() {
                Some(reach) => plan.fixed_point(point, reach),
                None => plan.walking_point(number, point)?,
            };
            plan.points.push(planned);
            match plan.voters.iter_mut().find(|voters| voters.votes == point.votes()) {
                Some(voters) => voters.points.push(number),
                None => plan.voters.push(Voters { votes: point.votes(), points: vec![number] }),
            }
        }
        for walk in &mut plan.walks {
            walk.due.sort_by_key(|due| due.steps);
        }
        Ok(plan)
    }

    fn fixed_point(&mut self, point: &AttackPoint, reach: [f64; 2]) -> Point {
        let place = reach.map(|reach| (reach * f64::from(TOP)).round() as i32);
        let place = index_of(&mut self.fixed, place);
        let lattice = Lattice::FIXED;
        let aim = Aim {
            place: Some(place),
            quantum: lattice.quantum(point.attacker().eps.get()),
            fixed: true,
        };
        Point { aim: Some(aim), lattice, fixed: Some(place), steps: 0 }
    }

    fn walking_point(&mut self, number: usize, point: &AttackPoint) -> Result<Point, EntryError> {
        let attacker = point.attacker();
        let eps = attacker.eps.get();
        let ratio = attacker.step.ratio(eps).ok_or_else(|| {
            EntryError::new(
                "step_size",
                attacker.step,
                "a number: which one is best is not sampled",
            )
        })?;
        if ratio > f64::from(TOP) {
            let expected = "at least 2^-30 of eps";
            return Err(EntryError::new("step_size", attacker.step, expected));
        }
        let lattice = Lattice::new(ratio);
        let quantum = lattice.quantum(eps);
        let reads = match (attacker.kind, attacker.loss) {
            (kind, _) if self.world.spheres.is_some() => {
                let eot = if kind == AttackKind::Off { 0 } else { attacker.eot };
                Reads::Spheres { eot, eps }
            }
            (AttackKind::Off, _) => Reads::Undefended,
            (_, Loss::Margin) => Reads::Margin(attacker.eot),
            (_, Loss::CrossEntropy) => Reads::CrossEntropy { eot: attacker.eot, eps },
        };
        let alone = matches!(reads, Reads::CrossEntropy { .. } | Reads::Spheres { .. });
        let fits = |walk: &Walk| {
            let same = walk.reads == reads && walk.start == attacker.start;
            same && (!alone || walk.lattices == [lattice])
        };
        let at = self.walks.iter().position(fits).unwrap_or_else(|| {
            self.walks.push(Walk {
                reads,
                start: attacker.start,
                lattices: Vec::new(),
                steps: 0,
                due: Vec::new(),
                watched: Vec::new(),
            });
            self.walks.len() - 1
        });
        let walk = &mut self.walks[at];
        walk.steps = walk.steps.max(attacker.steps);
        let index = index_of(&mut walk.lattices, lattice);
        let eye = (attacker.judge != Judge::Final).then(|| {
            let votes = point.votes();
            let at = walk.watched.iter().position(|watched| watched.votes == votes);
            let at = at.unwrap_or_else(|| {
                walk.watched.push(Watched { votes, eyes: Vec::new() });
                walk.watched.len() - 1
            });
            let eye = Eye { judge: attacker.judge, lattice: index, quantum };
            (at, index_of(&mut walk.watched[at].eyes, eye))
        });
        let known = walk
            .due
            .iter()
            .find(|due| due.steps == attacker.steps && due.lattice == index && due.eye == eye);
        let place = match (attacker.judge, known) {
            (Judge::Any, _) => None,
            (_, Some(known)) => known.place,
            (_, None) => {
                self.places += 1;
                Some(self.places - 1)
            }
        };
        walk.due.push(Due { steps: attacker.steps, point: number, lattice: index, place, eye });
        let aim = place.map(|place| Aim { place: Some(place), quantum, fixed: false });
        Ok(Point { aim, lattice, fixed: None, steps: u64::from(attacker.steps) })
    }

    /// Returns the cost of a sample, in normals: d times the gradients that are read (twice for cross-entropy, which
    /// needs the margins first), the data, and every draw that classifies it.
    pub(super) fn cost(&self) -> u64 {
        let votes = |votes: Votes| match votes {
            Votes::Finite(n) => u64::from(n.get()),
            Votes::Limit => 1,
        };
        let draws = self.world.draws().max(1);
        let mut cost = 1u64;
        for walk in &self.walks {
            let steps = u64::from(walk.steps);
            let reads = match walk.reads {
                Reads::Undefended => 1,
                Reads::Spheres { eot, .. } => 1 + u64::from(eot),
                Reads::Margin(eot) => u64::from(eot),
                Reads::CrossEntropy { eot, .. } => 2 * (1 + draws) * u64::from(eot),
            };
            cost = cost.saturating_add(steps.saturating_mul(reads));
            for watched in &walk.watched {
                let tests = (steps + 1).saturating_mul(votes(watched.votes) * draws);
                cost = cost.saturating_add(tests);
            }
        }
        let tries = u64::from(self.draws.tries());
        for voters in &self.voters {
            let one = votes(voters.votes) * (draws + voters.points.len() as u64 / 4);
            cost = cost.saturating_add(one.saturating_mul(1 + tries));
        }
        cost.saturating_mul(self.world.dimension as u64)
    }
}
